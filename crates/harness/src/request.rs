//! Arguments as written become a request to a worker.

use crate::place;
use crate::texts::{self, Texts};
use cmp_bridge::plan::Place;
use cmp_bridge::worker::{Lead, Request, RequestArea};
use cmp_bridge_contract::abi::{self, AbiError, Lowered, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Area, Bytes, Owner};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::lower::{LowerError, lower};
use cmp_bridge_contract::model::{By, Contract, Extent, Language, Param, Routine, Type, Use};
use cmp_bridge_contract::names::nearest;
use std::collections::BTreeMap;

/// Most bytes of one area.
pub(crate) const MAX_AREA: u64 = 16 << 20;

/// The name under which room for a returned text is given.
const RETURN: &str = "return";
/// Behind the name of an array that carries its bounds: first and last index of each dimension, as `text'range`.
const RANGE: &str = "'range";

/// Why arguments do not make a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// The signature.
    #[error("the signature of `{routine}` cannot be carried")]
    Abi {
        /// The routine.
        routine: String,
        /// Why.
        source: AbiError,
    },
    /// No such parameter.
    #[error("`{routine}` has no parameter `{name}`{near}; it has {known}")]
    Unknown {
        /// The routine.
        routine: String,
        /// What was named.
        name: String,
        /// What may have been meant.
        near: String,
        /// The parameters.
        known: String,
    },
    /// Given twice.
    #[error("`{0}` is given twice")]
    Twice(String),
    /// Not given.
    #[error("parameter `{name}` ({ty}) is missing{why}")]
    Missing {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// Why it is needed.
        why: &'static str,
        /// How it could be written.
        example: String,
    },
    /// Another type, or out of range.
    #[error(transparent)]
    Value(#[from] LowerError),
    /// Another size.
    #[error("`{name}` takes {expected} ({ty}), found {found}")]
    Extent {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// How much it takes.
        expected: String,
        /// How much was given.
        found: String,
    },
    /// An extent that cannot be worked out.
    #[error("the extent of `{name}` ({ty}) cannot be worked out: {why}")]
    NoExtent {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// Why.
        why: String,
    },
    /// No list of texts.
    #[error("`{name}` takes a list of texts of one length ({ty}), found {found}")]
    Texts {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// What was given.
        found: String,
    },
    /// The bounds of an array that carries them.
    #[error("the bounds of `{name}` ({ty}) cannot be made: {why}")]
    Bounds {
        /// The parameter.
        name: String,
        /// Its type.
        ty: String,
        /// Why.
        why: &'static str,
    },
    /// No such state.
    #[error("`{routine}` has no state `{name}`{known}")]
    State {
        /// The routine.
        routine: String,
        /// What was named.
        name: String,
        /// What there is.
        known: String,
    },
}

impl ArgumentError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ArgumentError::Missing { example, .. } => Some(format!("write {example}")),
            ArgumentError::NoExtent { name, .. } => {
                Some(format!("give `{name}` a value, or room, such as '{name}=[f64; 3]'"))
            }
            ArgumentError::Texts { name, .. } => {
                Some(format!("write '{name}=[\"one\", \"three\"]', or room, such as '{name}=[[char; 8]; 3]'"))
            }
            _ => None,
        }
    }
}

/// A routine with everything that calling it needs.
pub struct Callee<'a> {
    /// Its contract.
    pub contract: &'a Contract,
    /// The routine.
    pub routine: &'a Routine,
    /// Where its arguments go.
    pub lowered: Lowered,
    /// Its areas.
    pub areas: Vec<Area>,
}

/// The values of a call, by name of the parameter.
pub type Arguments = BTreeMap<String, Literal>;

/// The bytes of the arguments.
struct Values {
    /// Of each parameter: the value itself, or what its address leads to; `None` for a null address.
    bytes: Vec<Option<Vec<u8>>>,
}

impl<'a> Callee<'a> {
    /// Works out the signature.
    pub fn of(contract: &'a Contract, routine: &'a Routine) -> Result<Callee<'a>, ArgumentError> {
        let carried = |source| ArgumentError::Abi { routine: routine.name.clone(), source };
        let lowered = abi::lower(contract, routine).map_err(carried)?;
        let areas = areas::of(contract, routine).map_err(carried)?;
        Ok(Callee { contract, routine, lowered, areas })
    }

    /// What an area is called: `pos`, `return`, `state.cst`.
    pub fn label(&self, area: usize) -> String {
        match self.areas.get(area).map(|area| area.owner) {
            Some(Owner::Param(i)) => self.routine.params[i].name.clone(),
            Some(Owner::Bounds(i)) => format!("{}'range", self.routine.params[i].name),
            Some(Owner::State(i)) => format!("state.{}", self.routine.state[i].area),
            Some(Owner::Return) => "return".to_owned(),
            None => format!("area {area}"),
        }
    }

    /// Bytes of a state area, whose size is always known.
    pub(crate) fn state_bytes(area: &Area) -> usize {
        match area.bytes {
            Bytes::Fixed(size) => size.min(MAX_AREA) as usize,
            _ => 0,
        }
    }

    /// A request that reads the live state, and sets what `set` names.
    pub fn state_request(&self, set: &[(usize, Vec<u8>)]) -> Request {
        let areas = self.areas.iter().enumerate().map(|(index, area)| {
            let live = matches!(area.owner, Owner::State(_));
            let given = set.iter().find(|(i, _)| *i == index);
            RequestArea {
                // Nothing is called: no argument leads anywhere.
                lead: Lead::State,
                address: if live { address(index) } else { 0 },
                bytes: match given {
                    Some((_, bytes)) => bytes.clone(),
                    None if live => vec![0; Self::state_bytes(area)],
                    None => Vec::new(),
                },
                set: given.is_some(),
                written: live,
            }
        });
        Request { call: false, areas: areas.collect(), ..self.empty() }
    }

    /// A request for a call of which the registers and areas are still to be filled in.
    pub(crate) fn request_frame(&self) -> Request {
        Request { call: true, ..self.empty() }
    }

    fn empty(&self) -> Request {
        Request {
            routine: self.routine.name.clone(),
            contract_hash: routine_hash(self.contract, self.routine),
            stack: vec![0; self.lowered.stack_bytes as usize],
            mxcsr: 0x1f80,
            x87_control: 0x37f,
            returns: self.returns(),
            ..Request::default()
        }
    }

    /// The return registers in use, as the plan has them.
    fn returns(&self) -> u8 {
        self.lowered.returns.iter().fold(0, |bits, (place, ..)| {
            let bit = match place {
                ReturnPlace::Gpr(i) => *i,
                ReturnPlace::Xmm(i) => 2 + i,
                ReturnPlace::X87(i) => 4 + i,
            };
            bits | 1u8.checked_shl(bit.into()).unwrap_or(0)
        })
    }

    /// Where the address of area number `index` stands.
    pub(crate) fn lead(&self, owner: Owner, index: usize) -> Result<Lead, ArgumentError> {
        let lead = lead(self.contract, self.routine, &self.lowered, owner, index);
        let name = || self.label(index);
        lead.ok_or_else(|| ArgumentError::NoExtent {
            name: name(),
            ty: String::new(),
            why: "no argument leads to it".to_owned(),
        })
    }

    /// The request of a call. `live` is the state before it, by area; `set` says that it must be written first.
    pub fn request(
        &self,
        arguments: &Arguments,
        live: &[(usize, Vec<u8>)],
        set: bool,
    ) -> Result<Request, ArgumentError> {
        for name in arguments.keys() {
            let is_room = name == RETURN && matches!(arguments.get(name), Some(Literal::Room(_)));
            let is_range = name.strip_suffix(RANGE).is_some_and(|name| {
                self.routine.params.iter().any(|param| param.name == name && param.by == By::Descriptor)
            });
            if !is_room && !is_range && !self.routine.params.iter().any(|param| param.name == *name) {
                return Err(self.unknown(name));
            }
        }
        let values = self.values(arguments)?;
        let mut request = Request { call: true, ..self.empty() };
        for argument in &self.lowered.arguments {
            let bytes = match argument.role {
                Role::Param(i) if !self.has_area(Owner::Param(i)) => {
                    values.bytes[i].clone().unwrap_or_default()
                }
                Role::ReturnLength => (self.returned_bytes(arguments)? as u64).to_le_bytes().to_vec(),
                Role::Length(i) => self.hidden_length(i, arguments, &values)?.to_le_bytes().to_vec(),
                // The worker puts the address there.
                Role::Param(_) | Role::ReturnAddress => continue,
            };
            let signed = match argument.role {
                Role::Param(i) => is_signed(self.contract.scalar(&self.routine.params[i].ty)),
                _ => false,
            };
            put(&mut request, &argument.pieces, &bytes, signed);
        }
        for (index, area) in self.areas.iter().enumerate() {
            let (bytes, set) = match area.owner {
                Owner::Param(i) => (values.bytes[i].clone(), true),
                Owner::Bounds(i) => (self.bounds(i, area, arguments)?, true),
                Owner::Return => (Some(vec![0; self.returned_bytes(arguments)?]), true),
                Owner::State(_) => {
                    let known = live.iter().find(|(i, _)| *i == index).map(|(_, bytes)| bytes.clone());
                    (Some(known.unwrap_or_else(|| vec![0; Self::state_bytes(area)])), set)
                }
            };
            request.areas.push(RequestArea {
                lead: self.lead(area.owner, index)?,
                address: if bytes.is_some() { address(index) } else { 0 },
                bytes: bytes.unwrap_or_default(),
                // What is only read is wanted, too, where it is live: nobody else can say that it stayed as it was.
                written: area.written,
                set,
            });
        }
        Ok(request)
    }

    fn unknown(&self, name: &str) -> ArgumentError {
        let known = || self.routine.params.iter().map(|param| param.name.as_str());
        let near = nearest(name, known()).map_or_else(String::new, |near| format!("; is `{near}` meant?"));
        let known = match known().collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "none".to_owned(),
            some => some,
        };
        ArgumentError::Unknown { routine: self.routine.name.clone(), name: name.to_owned(), near, known }
    }

    fn values(&self, arguments: &Arguments) -> Result<Values, ArgumentError> {
        let numbers = self.integers(arguments);
        let bytes = self.routine.params.iter().enumerate().map(|(i, param)| {
            let literal = match arguments.get(&param.name) {
                Some(literal) => Some(literal.clone()),
                // A count that nobody wrote is that of the array it counts.
                None => numbers.get(&param.name).map(|number| Literal::Int(i128::from(*number))),
            };
            match param.by {
                By::Value => self.by_value(param, literal.as_ref()).map(Some),
                By::Reference if !self.has_area(Owner::Param(i)) => {
                    self.opaque(param, literal.as_ref()).map(Some)
                }
                By::Reference | By::Descriptor => self.by_reference(i, param, literal.as_ref(), &numbers),
            }
        });
        Ok(Values { bytes: bytes.collect::<Result<_, _>>()? })
    }

    /// The integer parameters that are given, or that follow from the number of elements of an array.
    fn integers(&self, arguments: &Arguments) -> BTreeMap<String, i64> {
        let mut numbers = BTreeMap::new();
        for param in &self.routine.params {
            if let Some(Literal::Int(number)) = arguments.get(&param.name)
                && let Ok(number) = i64::try_from(*number)
            {
                numbers.insert(param.name.clone(), number);
            }
        }
        for param in &self.routine.params {
            let Type::Array(_, Extent::Expr(Expr::Param(count))) = &param.ty else { continue };
            let length = match arguments.get(&param.name) {
                Some(Literal::Array(items)) => items.len(),
                Some(Literal::Text(text)) => text.len(),
                Some(Literal::Room(Type::Array(_, Extent::Expr(extent)))) => {
                    extent.constant().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
                }
                _ => continue,
            };
            let is_missing = !arguments.contains_key(count) && !numbers.contains_key(count);
            let counts = self.routine.params.iter().any(|p| {
                p.name == *count
                    && p.usage != Use::Out
                    && matches!(self.contract.scalar(&p.ty), Type::Int(..))
            });
            if is_missing && counts {
                numbers.insert(count.clone(), length as i64);
            }
        }
        numbers
    }

    fn has_area(&self, owner: Owner) -> bool {
        self.areas.iter().any(|area| area.owner == owner)
    }

    /// Bytes of a value that is returned in memory: of its type, or of the room given under the name `return`.
    fn returned_bytes(&self, arguments: &Arguments) -> Result<usize, ArgumentError> {
        let ty = self.routine.returns.as_ref().map(|returns| &returns.ty);
        let room = match arguments.get(RETURN) {
            Some(Literal::Room(room)) => Some(room),
            _ => None,
        };
        let size = room.or(ty).and_then(|ty| self.contract.size_align(ty)).map(|(size, _)| size);
        let size = size.filter(|size| *size <= MAX_AREA).and_then(|size| usize::try_from(size).ok());
        size.ok_or_else(|| ArgumentError::NoExtent {
            name: RETURN.to_owned(),
            ty: ty.map(ToString::to_string).unwrap_or_default(),
            why: "the contract does not know it".to_owned(),
        })
    }

    /// The address of something that is not described: null, or one that an earlier call gave.
    fn opaque(&self, param: &Param, literal: Option<&Literal>) -> Result<Vec<u8>, ArgumentError> {
        match literal {
            Some(literal) => Ok(lower(self.contract, &param.name, &Type::Ptr, literal)?),
            None => Err(ArgumentError::Missing {
                name: param.name.clone(),
                ty: param.ty.to_string(),
                why: "; what it leads to is not described, so only an address can be given",
                example: format!("{}=null", param.name),
            }),
        }
    }

    fn by_value(&self, param: &Param, literal: Option<&Literal>) -> Result<Vec<u8>, ArgumentError> {
        let size = self.contract.size_align(&param.ty).map_or(8, |(size, _)| size as usize);
        match literal {
            Some(literal) => Ok(lower(self.contract, &param.name, &param.ty, literal)?),
            None if param.usage == Use::Ignored || param.usage == Use::Out => Ok(vec![0; size]),
            None => Err(self.missing(param)),
        }
    }

    fn missing(&self, param: &Param) -> ArgumentError {
        let example = match self.contract.scalar(&param.ty) {
            Type::Array(element, _) => format!("'{}=[1, 2]', or room for {element}", param.name),
            Type::Chars | Type::Cstr => format!("'{}=\"text\"', or room, as '{0}=[char; 24]'", param.name),
            Type::F32 | Type::F64 | Type::F80 => format!("{}=1.5", param.name),
            Type::Bool | Type::Logical(_) => format!("{}=true", param.name),
            Type::Ptr | Type::Fn => format!("{}=null", param.name),
            Type::Named(_) => format!("'{}={{field=value}}'", param.name),
            _ => format!("{}=0", param.name),
        };
        let why = match param.usage {
            Use::Unknown => "; whether it is an input is not known",
            _ => "",
        };
        ArgumentError::Missing { name: param.name.clone(), ty: param.ty.to_string(), why, example }
    }

    /// What the address of a parameter leads to; `None` for a null one.
    fn by_reference(
        &self,
        i: usize,
        param: &Param,
        literal: Option<&Literal>,
        numbers: &BTreeMap<String, i64>,
    ) -> Result<Option<Vec<u8>>, ArgumentError> {
        let Some(area) = self.areas.iter().find(|area| area.owner == Owner::Param(i)) else {
            return Ok(None);
        };
        if texts::is_list(self.contract, param)
            && let Some(literal) = literal
        {
            let texts = Texts::read(param, literal, numbers)?;
            return Ok(texts.map(|texts| texts.bytes));
        }
        let extent = self.extent(param, area, numbers);
        let Some(literal) = literal else {
            return match (param.usage, extent?) {
                (Use::Out | Use::Status | Use::Ignored, Some(size)) => Ok(Some(vec![0; size])),
                (Use::Ignored, None) => Ok(None),
                (Use::Out, None) => Err(ArgumentError::NoExtent {
                    name: param.name.clone(),
                    ty: param.ty.to_string(),
                    why: "the contract does not know it".to_owned(),
                }),
                _ => Err(self.missing(param)),
            };
        };
        let mut bytes = match literal {
            Literal::Null => return Ok(None),
            // As many bytes as the extent says, or as were given where it says nothing.
            Literal::Room(_) | Literal::Bytes(_) => {
                let opaque = Type::Array(Box::new(param.ty.clone()), Extent::Unknown);
                let sized = self.contract.size_align(&param.ty).is_some();
                lower(self.contract, &param.name, if sized { &opaque } else { &param.ty }, literal)?
            }
            literal => lower(self.contract, &param.name, &param.ty, literal)?,
        };
        let room = matches!(literal, Literal::Room(_));
        if room && param.ty == Type::Chars {
            bytes.fill(b' ');
        }
        let is_c = matches!(self.contract.component.language, Language::C | Language::Cpp);
        let is_text = matches!(&param.ty, Type::Array(element, Extent::Unknown) if **element == Type::Char);
        if is_c && is_text && matches!(literal, Literal::Text(_)) {
            // What a `char *` leads to is a text with its end, as far as anybody knows.
            bytes.push(0);
        }
        match extent? {
            Some(size) if size != bytes.len() => {
                let each = self.element(param);
                let count = |bytes: usize| match bytes.checked_div(each) {
                    Some(count) if each > 1 => format!("{count} elements"),
                    _ => format!("{bytes} bytes"),
                };
                let (expected, found) = (count(size), count(bytes.len()));
                Err(ArgumentError::Extent {
                    name: param.name.clone(),
                    ty: param.ty.to_string(),
                    expected,
                    found,
                })
            }
            _ => Ok(Some(bytes)),
        }
    }

    /// Bytes of one element of an array.
    fn element(&self, param: &Param) -> usize {
        let Type::Array(element, _) = &param.ty else { return 0 };
        self.contract.size_align(element).map_or(0, |(size, _)| size as usize)
    }

    /// The bytes of a parameter's area; `None` where the contract does not know.
    fn extent(
        &self,
        param: &Param,
        area: &Area,
        numbers: &BTreeMap<String, i64>,
    ) -> Result<Option<usize>, ArgumentError> {
        let (element, count) = match &area.bytes {
            Bytes::Fixed(size) => (*size, 1),
            Bytes::Counted { element, count } => {
                let no_extent = |why: String| ArgumentError::NoExtent {
                    name: param.name.clone(),
                    ty: param.ty.to_string(),
                    why,
                };
                if let Some(unknown) = count.params().into_iter().find(|name| !numbers.contains_key(*name)) {
                    return Err(no_extent(format!("`{unknown}` is not given")));
                }
                let value = count.evaluate(&|name| numbers.get(name).copied());
                let value = value.ok_or_else(|| no_extent("its expression overflows".to_owned()))?;
                (*element, value.max(0) as u64)
            }
            Bytes::HiddenLength | Bytes::ToNul | Bytes::Unknown { .. } | Bytes::Carried { .. } => {
                return Ok(None);
            }
        };
        let size = element.checked_mul(count).filter(|size| *size <= MAX_AREA);
        let size = size.and_then(|size| usize::try_from(size).ok());
        size.map(Some).ok_or_else(|| ArgumentError::NoExtent {
            name: param.name.clone(),
            ty: param.ty.to_string(),
            why: format!("more than {MAX_AREA} bytes"),
        })
    }

    /// What an array carries beside its data: its bounds (Ada), or its descriptor (Fortran).
    fn bounds(&self, i: usize, area: &Area, arguments: &Arguments) -> Result<Option<Vec<u8>>, ArgumentError> {
        let param = &self.routine.params[i];
        let refuse = |why| ArgumentError::Bounds { name: param.name.clone(), ty: param.ty.to_string(), why };
        let literal = arguments.get(&param.name).ok_or_else(|| self.missing(param))?;
        if *literal == Literal::Null {
            return Ok(None);
        }
        let fortran = self.contract.component.language == Language::Fortran;
        if let Some(range) = arguments.get(&format!("{}{RANGE}", param.name)).filter(|_| !fortran) {
            return Ok(Some(lower(self.contract, &param.name, &area.ty, range)?));
        }
        let shape = shape(&param.ty, literal).ok_or_else(|| {
            refuse(
                "write it as [...], as a text, or as room such as [f64; 3], every row as long as the others",
            )
        })?;
        if fortran {
            let element = innermost(&param.ty, shape.len());
            let size = self.contract.size_align(element).map(|(size, _)| size);
            let size = size.ok_or_else(|| refuse("its elements have no size"))?;
            return Ok(Some(fortran_descriptor(self.contract.scalar(element), size, &shape)));
        }
        let pairs = shape.iter().flat_map(|count| [Literal::Int(1), Literal::Int(i128::from(*count))]);
        Ok(Some(lower(self.contract, &param.name, &area.ty, &Literal::Array(pairs.collect()))?))
    }

    /// The hidden length of a text: its own, or that of one element of an array of texts.
    fn hidden_length(&self, i: usize, arguments: &Arguments, values: &Values) -> Result<u64, ArgumentError> {
        let param = &self.routine.params[i];
        if texts::is_list(self.contract, param) {
            let texts = match arguments.get(&param.name) {
                Some(literal) => Texts::read(param, literal, &self.integers(arguments))?,
                None => None,
            };
            return Ok(texts.map_or(0, |texts| texts.length));
        }
        let mut innermost = None;
        let mut ty = &param.ty;
        while let Type::Array(element, extent) = ty {
            innermost = Some(extent);
            ty = element;
        }
        match (ty, innermost) {
            (Type::Char, None) => Ok(1),
            (Type::Char, Some(Extent::Expr(extent))) => {
                let numbers = self.integers(arguments);
                let length = extent.evaluate(&|name| numbers.get(name).copied());
                Ok(length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0))
            }
            _ => Ok(values.bytes[i].as_ref().map_or(0, |bytes| bytes.len() as u64)),
        }
    }

    /// The state before a call, with what the caller sets: by path without `state.`.
    pub fn set_state(
        &self,
        live: &mut [(usize, Vec<u8>)],
        path: &str,
        literal: &Literal,
    ) -> Result<usize, ArgumentError> {
        let name = place::head(path);
        let position = self.areas.iter().position(|area| match area.owner {
            Owner::State(i) => self.routine.state[i].area == name,
            _ => false,
        });
        let index = position.ok_or_else(|| {
            let known: Vec<&str> = self.routine.state.iter().map(|state| state.area.as_str()).collect();
            let known = match known.join(", ") {
                none if none.is_empty() => "; its contract declares none".to_owned(),
                some => format!("; it has {some}"),
            };
            ArgumentError::State { routine: self.routine.name.clone(), name: name.to_owned(), known }
        })?;
        let area = &self.areas[index];
        if let Some((_, bytes)) = live.iter_mut().find(|(i, _)| *i == index) {
            place::write(self.contract, path, &area.ty, literal, bytes)?;
        }
        Ok(index)
    }
}

/// Where the address of area number `index` of a routine stands; `None` where no argument leads to it.
pub fn lead(
    contract: &Contract,
    routine: &Routine,
    lowered: &Lowered,
    owner: Owner,
    index: usize,
) -> Option<Lead> {
    let fortran = contract.component.language == Language::Fortran;
    let by_descriptor = |i: usize| routine.params.get(i).is_some_and(|param| param.by == By::Descriptor);
    let (role, word) = match owner {
        // The data of a Fortran descriptor, which is the area before.
        Owner::Param(i) if fortran && by_descriptor(i) => {
            let descriptor = index.checked_sub(1).and_then(|before| u16::try_from(before).ok());
            return descriptor.map(|area| Lead::Area(area, 0));
        }
        Owner::Param(i) => (Role::Param(i), 0),
        Owner::Bounds(i) => (Role::Param(i), u32::from(!fortran)),
        Owner::Return => (Role::ReturnAddress, 0),
        Owner::State(_) => return Some(Lead::State),
    };
    Some(Lead::Argument(match lowered.word(role, word)? {
        abi::Place::Gpr(i) => Place::Gpr(i),
        abi::Place::Xmm(i) => Place::Xmm(i),
        abi::Place::Stack(offset) => Place::Stack(offset),
    }))
}

/// The element of an array of so many dimensions.
fn innermost(ty: &Type, rank: usize) -> &Type {
    match (ty, rank) {
        (Type::Array(element, _), 1..) => innermost(element, rank - 1),
        _ => ty,
    }
}

/// The number of elements in each dimension that an array carries, the outermost first.
fn shape(ty: &Type, literal: &Literal) -> Option<Vec<u64>> {
    let Type::Array(element, Extent::Carried(_) | Extent::Unknown) = ty else { return Some(Vec::new()) };
    let (count, inner) = match literal {
        Literal::Text(text) => (text.len() as u64, None),
        Literal::Array(items) => (items.len() as u64, items.first().cloned()),
        Literal::Room(Type::Array(inner, Extent::Expr(extent))) => {
            (u64::try_from(extent.constant()?).ok()?, Some(Literal::Room((**inner).clone())))
        }
        _ => return None,
    };
    let deeper = matches!(**element, Type::Array(_, Extent::Carried(_) | Extent::Unknown));
    let mut dimensions = vec![count];
    if deeper {
        let inner = inner?;
        let first = shape(element, &inner)?;
        if let Literal::Array(items) = literal
            && items.iter().any(|item| shape(element, item).as_ref() != Some(&first))
        {
            return None;
        }
        dimensions.extend(first);
    }
    Some(dimensions)
}

/// An array descriptor of libgfortran since GCC 8: address, offset, element size, version, rank, type, attribute, span,
/// and stride, lower and upper bound of each dimension, the first varying fastest. The worker puts the address there.
fn fortran_descriptor(element: &Type, size: u64, shape: &[u64]) -> Vec<u8> {
    let kind: u8 = match element {
        Type::Int(..) => 1,
        Type::Logical(_) => 2,
        Type::F32 | Type::F64 | Type::F80 => 3,
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => 4,
        Type::Char | Type::Chars => 6,
        _ => 5,
    };
    let mut stride = 1_i64;
    let mut dimensions = Vec::new();
    let mut offset = 0_i64;
    for count in shape.iter().rev() {
        let count = i64::try_from(*count).unwrap_or(0);
        offset -= stride;
        dimensions.extend([stride, 1, count].into_iter().flat_map(i64::to_le_bytes));
        stride *= count;
    }
    let mut bytes = vec![0; 8];
    bytes.extend(offset.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend([0, 0, 0, 0, shape.len() as u8, kind, 0, 0]);
    bytes.extend(size.to_le_bytes());
    bytes.extend(dimensions);
    bytes
}

/// An address that no other area of the call has; the worker replaces it.
fn address(index: usize) -> u64 {
    (index as u64 + 1) << 32
}

fn is_signed(ty: &Type) -> bool {
    matches!(ty, Type::Int(_, true) | Type::Logical(_))
}

/// Puts a value where the ABI wants it; a small integer is extended to its register.
fn put(request: &mut Request, pieces: &[abi::Piece], bytes: &[u8], signed: bool) {
    for piece in pieces {
        let start = (piece.offset as usize).min(bytes.len());
        let part = &bytes[start..(start + piece.size as usize).min(bytes.len())];
        let negative = signed && part.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut word = [if negative && pieces.len() == 1 { 0xff } else { 0 }; 8];
        let length = part.len().min(8);
        word[..length].copy_from_slice(&part[..length]);
        match piece.place {
            abi::Place::Gpr(i) => {
                if let Some(register) = request.gpr.get_mut(usize::from(i)) {
                    *register = u64::from_le_bytes(word);
                }
            }
            abi::Place::Xmm(i) => {
                if let Some(register) = request.xmm.get_mut(usize::from(i)) {
                    *register = u64::from_le_bytes(word);
                }
            }
            abi::Place::Stack(offset) => {
                let whole = if part.len() < 8 { &word[..] } else { part };
                let start = (offset as usize).min(request.stack.len());
                let end = (start + whole.len()).min(request.stack.len());
                request.stack[start..end].copy_from_slice(&whole[..end - start]);
            }
        }
    }
}
