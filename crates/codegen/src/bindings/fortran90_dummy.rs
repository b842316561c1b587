//! One argument in Fortran 90: how the routine's own interface declares it, and how the friendly procedure around that does.

use super::fortran::{self, Names, dimensions, ends_with_nul, fault, is_text, part, record, variable};
use super::fortran90_types::{Abi, Types, shape};
use super::signature::carried;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Extent, Language, Param, Routine, Type, TypeKind, Use};

/// One argument.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dummy {
    pub name: String,
    /// In the routine's own interface: type and attributes, shape.
    pub raw: (String, String),
    /// The hidden length that a `bind(c)` interface spells out.
    pub raw_length: Option<String>,
    /// In the procedure around it. None: it is not an argument there.
    pub shown: Option<(String, String)>,
    pub locals: Vec<String>,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// What is passed on.
    pub argument: String,
    /// The length that is passed on.
    pub argument_length: String,
    /// The procedure around it has something to convert.
    pub converts: bool,
    pub remark: String,
    /// The lower bounds of an Ada array, an optional argument at the end: type and attributes, name.
    pub first: Option<(String, String)>,
    /// A condition that stops the program: extents that do not agree.
    pub wrong: Vec<String>,
}

/// What the printed procedures use themselves.
const USED: &[&str] = &[
    "answer",
    "answer_length",
    "answer_raw",
    "warning",
    "size",
    "len",
    "len_trim",
    "trim",
    "merge",
    "min",
    "max",
    "present",
    "transfer",
    "allocate",
    "allocated",
    "logical",
    "int",
    "c_loc",
    "c_funloc",
    "c_associated",
    "c_f_pointer",
    "c_null_ptr",
    "c_null_funptr",
    "c_null_char",
    "c_ptr",
    "c_funptr",
    "c_bool",
    "c_char",
    "c_double",
    "c_float",
    "c_long_double",
    "c_int8_t",
    "c_int16_t",
    "c_int32_t",
    "c_int64_t",
    "c_size_t",
    "c_float_complex",
    "c_double_complex",
    "c_long_double_complex",
    "text_to_chars",
    "chars_to_text",
    "text_at",
    "ada_array",
];

/// The arguments of one routine.
pub(crate) struct Maker<'a> {
    pub types: &'a Types<'a>,
    pub routine: &'a Routine,
    pub abi: Abi,
    names: Names,
    idents: Vec<String>,
    /// Integer parameters that the friendly procedure takes from an array: parameter, array, dimension.
    dropped: Vec<(usize, usize, usize)>,
}

impl<'a> Maker<'a> {
    /// The scope of a routine; `reserved` are the names of the module that it uses.
    pub fn of(types: &'a Types<'a>, routine: &'a Routine, abi: Abi, reserved: &[&str]) -> Maker<'a> {
        let mut names = Names::with(USED);
        types.names.values().for_each(|name| {
            names.claim(name);
        });
        reserved.iter().for_each(|name| {
            names.claim(name);
        });
        let idents = routine.params.iter().map(|param| names.take(&variable(&param.name))).collect();
        let mut maker = Maker { types, routine, abi, names, idents, dropped: Vec::new() };
        maker.dropped = maker.drop_extents();
        maker
    }

    /// All arguments.
    pub fn dummies(&mut self) -> Result<Vec<Dummy>, Vec<Unsupported>> {
        let (mut list, mut faults) = (Vec::new(), Vec::new());
        for i in 0..self.routine.params.len() {
            let param = &self.routine.params[i];
            match self.dummy(i, param) {
                Ok(dummy) => list.push(dummy),
                Err(reason) => faults.push(fault(self.routine, part(param), reason)),
            }
        }
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }

    /// A name that is free in this routine.
    pub fn take(&mut self, wanted: &str) -> String {
        self.names.take(wanted)
    }

    /// The parameter of that name, if its value is known at the entry.
    fn known(&self, name: &str) -> Option<usize> {
        fortran::entry_value(self.types.contract, self.routine, name)?;
        self.routine.params.iter().position(|param| param.name == name)
    }

    /// The dummy argument of a parameter.
    fn value(&self, name: &str) -> Option<String> {
        self.known(name).map(|i| self.idents[i].clone())
    }

    /// The same in the procedure around: an extent that is taken from an array is asked of that.
    fn shown_value(&self, name: &str) -> Option<String> {
        let i = self.known(name)?;
        Some(self.extent_of(i).unwrap_or_else(|| self.idents[i].clone()))
    }

    /// Other parameters are taken from this array.
    fn asked(&self, i: usize) -> bool {
        self.dropped.iter().any(|(_, array, _)| *array == i)
    }

    /// The expression that stands for a dropped parameter.
    fn extent_of(&self, i: usize) -> Option<String> {
        let (_, array, dimension) = *self.dropped.iter().find(|(param, ..)| *param == i)?;
        let name = &self.idents[array];
        let param = &self.routine.params[array];
        let (extents, element) = dimensions(&param.ty);
        if is_text(element) && extents.is_empty() {
            return Some(format!("len({name})"));
        }
        Some(format!("size({name}, {dimension})"))
    }

    /// Integers that are only the extent of an array: the friendly procedure asks the array.
    fn drop_extents(&self) -> Vec<(usize, usize, usize)> {
        let mut list: Vec<(usize, usize, usize)> = Vec::new();
        for (array, param) in self.routine.params.iter().enumerate() {
            if param.by != By::Reference || param.nullable || self.opaque(&param.ty) {
                continue;
            }
            let (mut extents, element) = dimensions(&param.ty);
            let hidden = has_hidden_length(self.types.contract.component.language, &param.ty);
            if let (Type::Array(_, extent), true) = (element, extents.is_empty())
                && self.abi == Abi::C
                && !hidden
            {
                extents.push(extent);
            }
            for (dimension, extent) in extents.iter().enumerate() {
                let Extent::Expr(Expr::Param(name)) = extent else { continue };
                let Some(i) = self.known(name) else { continue };
                let only_in = self.routine.params[i].usage == Use::In;
                if only_in && !list.iter().any(|(known, ..)| *known == i) {
                    list.push((i, array, dimension + 1));
                }
            }
        }
        // An array that is asked is declared without extents, which a computed one would need.
        list.retain(|(_, array, _)| self.own_shape(*array));
        list
    }

    /// Every extent of the array is a constant or one parameter.
    fn own_shape(&self, array: usize) -> bool {
        let (extents, _) = dimensions(&self.routine.params[array].ty);
        extents.iter().all(|extent| match extent {
            Extent::Expr(Expr::Param(name)) => self.known(name).is_some(),
            Extent::Expr(expr) => expr.constant().is_some(),
            _ => false,
        })
    }

    fn opaque(&self, ty: &Type) -> bool {
        let (_, element) = dimensions(ty);
        record(self.types.contract, element).is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }))
    }

    fn dummy(&mut self, i: usize, param: &Param) -> Result<Dummy, String> {
        let name = self.idents[i].clone();
        let mut dummy =
            Dummy { name: name.clone(), argument: name.clone(), remark: remark(param), ..Dummy::default() };
        match param.by {
            By::Value => self.by_value(param, &mut dummy)?,
            By::Reference => self.by_reference(i, param, &mut dummy)?,
            By::Descriptor if self.types.contract.component.language == Language::Ada => {
                self.fat(param, &mut dummy)?
            }
            By::Descriptor => self.described(param, &mut dummy)?,
        }
        if let Some(extent) = self.extent_of(i) {
            let kind = match self.types.contract.scalar(&param.ty) {
                Type::Int(bytes, _) => format!("c_int{}_t", u32::from(*bytes) * 8),
                _ => return Err("an extent that is no integer".into()),
            };
            dummy.shown = None;
            dummy.argument = format!("int({extent}, {kind})");
            dummy.converts = true;
        }
        Ok(dummy)
    }

    fn by_value(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        let name = dummy.name.clone();
        if let Some((_, interface)) = self.types.callback(&param.ty) {
            let plain = format!("procedure({interface})");
            if param.nullable && self.abi == Abi::C {
                let address = self.take(&format!("{name}_address"));
                dummy.raw = ("type(c_funptr), value".into(), String::new());
                dummy.shown = Some((format!("{plain}, optional"), String::new()));
                dummy.locals = vec![format!("type(c_funptr) :: {address}")];
                dummy.before = vec![
                    format!("{address} = c_null_funptr"),
                    format!("if (present({name})) {address} = c_funloc({name})"),
                ];
                (dummy.argument, dummy.converts) = (address, true);
            } else {
                let optional = if param.nullable { ", optional" } else { "" };
                dummy.raw = (format!("{plain}{optional}"), String::new());
                dummy.shown = Some(dummy.raw.clone());
            }
            return Ok(());
        }
        if self.abi == Abi::Fortran && *self.types.contract.scalar(&param.ty) == Type::Fn {
            dummy.raw = ("external".into(), String::new());
            dummy.shown = Some(dummy.raw.clone());
            return Ok(());
        }
        if record(self.types.contract, &param.ty).is_some_and(|def| !def.trivial) {
            return Err(format!(
                "`{}` is a class with constructors of its own: it is not passed by value",
                param.ty
            ));
        }
        if self.opaque(&param.ty) {
            return Err(format!("`{}` by value, whose inside is not described", param.ty));
        }
        let spelled = self.types.spelled(&param.ty, self.abi)?;
        dummy.raw = (format!("{spelled}, value"), String::new());
        dummy.shown = Some((format!("{spelled}, intent(in)"), String::new()));
        match self.types.contract.scalar(&param.ty) {
            Type::Bool => {
                dummy.shown = Some(("logical, intent(in)".into(), String::new()));
                (dummy.argument, dummy.converts) = (format!("logical({name}, c_bool)"), true);
            }
            Type::Char if self.abi == Abi::C => {
                // gfortran 12 passes a dummy argument's address here, and a variable's value.
                let copy = self.take(&format!("{name}_copy"));
                dummy.locals = vec![format!("{spelled} :: {copy}")];
                dummy.before = vec![format!("{copy} = {name}")];
                (dummy.argument, dummy.converts) = (copy, true);
            }
            Type::Logical(bytes) if self.abi == Abi::C => {
                dummy.shown = Some(("logical, intent(in)".into(), String::new()));
                let kind = format!("c_int{}_t", u32::from(*bytes) * 8);
                (dummy.argument, dummy.converts) = (format!("merge(1_{kind}, 0_{kind}, {name})"), true);
            }
            _ => (),
        }
        Ok(())
    }

    fn by_reference(&mut self, i: usize, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        let contract = self.types.contract;
        let (extents, element) = dimensions(&param.ty);
        if *element == Type::Cstr {
            return if extents.is_empty() {
                self.cstr(param, dummy)
            } else {
                Err("an array of addresses of texts".into())
            };
        }
        if is_text(element) {
            return self.text(i, param, dummy);
        }
        if self.opaque(&param.ty) && extents.is_empty() {
            let spelled = self.types.spelled(&param.ty, self.abi)?;
            dummy.raw = (format!("{spelled}, value"), String::new());
            dummy.shown = Some((format!("{spelled}, intent(in)"), String::new()));
            return Ok(());
        }
        if self.opaque(&param.ty) {
            return Err("an array of what is not described".into());
        }
        let spelled = self.types.spelled(element, self.abi)?;
        let intent = intent(param.usage);
        let raw_shape = shape(&param.ty, &|name| self.value(name));
        dummy.raw = (format!("{spelled}{intent}"), raw_shape);
        let dropped = self.asked(i);
        let shown_shape = if dropped {
            format!("({})", vec![":"; extents.len()].join(", "))
        } else {
            shape(&param.ty, &|name| self.shown_value(name))
        };
        dummy.shown = Some((dummy.raw.0.clone(), shown_shape));
        if dropped {
            dummy.converts = true;
            dummy.wrong = self.disagreements(i, &extents);
        }
        match contract.scalar(&param.ty) {
            Type::Bool => self.logical("logical(c_bool)", param, dummy),
            Type::Logical(bytes) if self.abi == Abi::C => {
                self.logical(&format!("integer(c_int{}_t)", u32::from(*bytes) * 8), param, dummy);
            }
            _ if param.nullable => self.optional(param, dummy, &spelled),
            _ => (),
        }
        Ok(())
    }

    /// An argument that may be absent: `optional`, and in C a null address.
    fn optional(&mut self, param: &Param, dummy: &mut Dummy, spelled: &str) {
        let (name, shape) = (dummy.name.clone(), dummy.raw.1.clone());
        let intent = intent(param.usage);
        if self.abi == Abi::Fortran {
            dummy.raw.0.push_str(", optional");
            if let Some(shown) = &mut dummy.shown {
                shown.0.push_str(", optional");
            }
            return;
        }
        let address = self.take(&format!("{name}_address"));
        dummy.raw = ("type(c_ptr), value".into(), String::new());
        dummy.shown = Some((format!("{spelled}{intent}, optional, target"), shape));
        dummy.locals.push(format!("type(c_ptr) :: {address}"));
        dummy.before.push(format!("{address} = c_null_ptr"));
        dummy.before.push(format!("if (present({name})) {address} = c_loc({name})"));
        (dummy.argument, dummy.converts) = (address, true);
    }

    /// The dimensions of an asked array that another array or a constant decides.
    fn disagreements(&self, array: usize, extents: &[&Extent]) -> Vec<String> {
        let name = &self.idents[array];
        let mut list = Vec::new();
        for (i, extent) in extents.iter().enumerate() {
            let here = format!("size({name}, {})", i + 1);
            match fortran::extent(extent, &|name| self.shown_value(name)) {
                Some(there) if there != here => list.push(format!("{here} /= {there}")),
                _ => (),
            }
        }
        list
    }

    /// A LOGICAL that has another size on the other side.
    fn logical(&mut self, raw: &str, param: &Param, dummy: &mut Dummy) {
        let name = dummy.name.clone();
        let copy = self.take(&format!("{name}_raw"));
        let bool = raw.starts_with("logical");
        let (given, optional) = if param.nullable {
            (format!("if (present({name})) "), ", optional")
        } else {
            (String::new(), "")
        };
        let intent = intent(param.usage);
        dummy.raw = (format!("{raw}{intent}"), String::new());
        dummy.shown = Some((format!("logical{intent}{optional}"), String::new()));
        dummy.locals = vec![format!("{raw}{} :: {copy}", if param.nullable { ", target" } else { "" })];
        let kind = raw.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or("c_bool");
        let (to, from) = if bool {
            (format!("logical({name}, c_bool)"), format!("logical({copy})"))
        } else {
            (format!("merge(1_{kind}, 0_{kind}, {name})"), format!("{copy} /= 0"))
        };
        if param.usage != Use::Out {
            dummy.before.push(format!("{given}{copy} = {to}"));
        }
        if param.usage != Use::In {
            dummy.after.push(format!("{given}{name} = {from}"));
        }
        (dummy.argument, dummy.converts) = (copy.clone(), true);
        if param.nullable {
            let address = self.take(&format!("{name}_address"));
            dummy.raw = ("type(c_ptr), value".into(), String::new());
            dummy.locals.push(format!("type(c_ptr) :: {address}"));
            dummy.before.push(format!("{address} = c_null_ptr"));
            dummy.before.push(format!("{given}{address} = c_loc({copy})"));
            dummy.argument = address;
        }
    }

    fn cstr(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        if !matches!(param.usage, Use::In | Use::Ignored) {
            return Err("the room behind a NUL-terminated output is not known; declare it `[char; n]`".into());
        }
        let name = dummy.name.clone();
        dummy.raw = ("character(kind=c_char), intent(in)".into(), "(*)".into());
        dummy.shown = Some(("character(len=*), intent(in)".into(), String::new()));
        (dummy.argument, dummy.converts) = (format!("trim({name})//c_null_char"), true);
        if param.nullable {
            let (copy, address) =
                (self.take(&format!("{name}_chars")), self.take(&format!("{name}_address")));
            dummy.raw = ("type(c_ptr), value".into(), String::new());
            dummy.shown = Some(("character(len=*), intent(in), optional".into(), String::new()));
            dummy.locals = vec![
                format!("character(kind=c_char), allocatable, target :: {copy}(:)"),
                format!("type(c_ptr) :: {address}"),
            ];
            dummy.before = vec![
                format!("{address} = c_null_ptr"),
                format!("if (present({name})) then"),
                format!("  allocate({copy}(len_trim({name}) + 1))"),
                format!("  call text_to_chars({name}, {copy}, c_null_char)"),
                format!("  {address} = c_loc({copy})"),
                "end if".into(),
            ];
            dummy.argument = address;
        }
        Ok(())
    }

    /// Text of a length that is known, or that a hidden argument tells.
    fn text(&mut self, i: usize, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        let (extents, element) = dimensions(&param.ty);
        let name = dummy.name.clone();
        let intent = intent(param.usage);
        let hidden = has_hidden_length(self.types.contract.component.language, &param.ty);
        let length = match element {
            Type::Array(_, extent) => fortran::extent(extent, &|name| self.value(name)),
            Type::Char => Some("1".into()),
            _ => None,
        };
        if self.abi == Abi::Fortran || (hidden && !extents.is_empty()) {
            if self.abi == Abi::C {
                return Err(
                    "an array of texts of a module procedure; give it a routine outside of the module".into(),
                );
            }
            let optional = if param.nullable { ", optional" } else { "" };
            let raw_shape = shape(&param.ty, &|name| self.value(name));
            dummy.raw =
                (format!("character(len={}){intent}{optional}", length.unwrap_or("*".into())), raw_shape);
            let shown = if self.asked(i) {
                dummy.converts = true;
                dummy.wrong = self.disagreements(i, &extents);
                format!("({})", vec![":"; extents.len()].join(", "))
            } else {
                shape(&param.ty, &|name| self.shown_value(name))
            };
            dummy.shown = Some((dummy.raw.0.clone(), shown));
            return Ok(());
        }
        if hidden {
            if param.nullable {
                return Err("a text of a module procedure that may be absent".into());
            }
            let constant = length.filter(|length| length.bytes().all(|b| b.is_ascii_digit()));
            dummy.raw = (format!("character(kind=c_char){intent}"), "(*)".into());
            dummy.raw_length = Some(self.take(&format!("{name}_length")));
            dummy.shown =
                Some((format!("character(len={}){intent}", constant.unwrap_or("*".into())), String::new()));
            dummy.argument_length = format!("len({name}, c_size_t)");
            dummy.converts = true;
            return Ok(());
        }
        self.text_of_c(param, dummy, &extents, element)
    }

    /// Text in room of a size that the contract tells.
    fn text_of_c(
        &mut self,
        param: &Param,
        dummy: &mut Dummy,
        extents: &[&Extent],
        element: &Type,
    ) -> Result<(), String> {
        let (name, intent) = (dummy.name.clone(), intent(param.usage));
        let raw_shape = shape_of_chars(&param.ty, &|name| self.value(name))
            .ok_or("its extent is not known; complete it")?;
        dummy.raw = (format!("character(kind=c_char){intent}"), raw_shape);
        dummy.shown = Some(dummy.raw.clone());
        if !extents.is_empty() {
            if param.nullable {
                return Err("an array of texts that may be absent".into());
            }
            return Ok(());
        }
        if *element == Type::Char {
            if param.nullable {
                self.optional(param, dummy, "character(kind=c_char)");
            }
            return Ok(());
        }
        let Type::Array(_, extent) = element else {
            return Err("its extent is not known; complete it".into());
        };
        let size = fortran::extent(extent, &|name| self.shown_value(name))
            .ok_or("its extent is not known at the entry")?;
        let chars = self.take(&format!("{name}_chars"));
        let pad = if ends_with_nul(self.types.contract) { "c_null_char" } else { "' '" };
        let (given, optional) = if param.nullable {
            (format!("if (present({name})) "), ", optional")
        } else {
            (String::new(), "")
        };
        dummy.shown = Some((format!("character(len=*){intent}{optional}"), String::new()));
        dummy.locals = vec![format!(
            "character(kind=c_char){} :: {chars}({size})",
            if param.nullable { ", target" } else { "" }
        )];
        if param.usage == Use::Out {
            dummy.before.push(format!("{chars} = {pad}"));
        } else {
            dummy.before.push(format!("{given}call text_to_chars({name}, {chars}, {pad})"));
        }
        if !matches!(param.usage, Use::In | Use::Ignored) {
            dummy.after.push(format!("{given}call chars_to_text({chars}, {name}, {pad})"));
        }
        (dummy.argument, dummy.converts) = (chars.clone(), true);
        if param.nullable {
            let address = self.take(&format!("{name}_address"));
            dummy.raw = ("type(c_ptr), value".into(), String::new());
            dummy.locals.push(format!("type(c_ptr) :: {address}"));
            dummy.before.push(format!("{address} = c_null_ptr"));
            dummy.before.push(format!("{given}{address} = c_loc({chars})"));
            dummy.argument = address;
        }
        Ok(())
    }

    /// gfortran: an array that carries its bounds is Fortran's own.
    fn described(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        if self.abi == Abi::C {
            return Err("an array descriptor of gfortran's".into());
        }
        let (_, element) = dimensions(&param.ty);
        let mut element = element;
        while let Type::Array(inner, Extent::Carried(_)) = element {
            element = inner;
        }
        let spelled = match element {
            Type::Chars => "character(len=*)".to_string(),
            Type::Char => "character(len=1)".to_string(),
            Type::Array(..) => {
                let size = self
                    .types
                    .contract
                    .size_align(element)
                    .ok_or("a text of a length that is not constant")?
                    .0;
                format!("character(len={size})")
            }
            ty => self.types.spelled(ty, Abi::Fortran)?,
        };
        let optional = if param.nullable { ", optional" } else { "" };
        let shape = shape(&param.ty, &|_| None);
        dummy.raw = (format!("{spelled}{}{optional}", intent(param.usage)), shape);
        dummy.shown = Some(dummy.raw.clone());
        Ok(())
    }

    /// Ada: the addresses of the data and of the bounds.
    fn fat(&mut self, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        if param.nullable {
            return Err("an Ada array with its bounds that may be absent".into());
        }
        let (element, rank, index) = carried(&param.ty).ok_or("its bounds are of different types")?;
        let (name, intent) = (dummy.name.clone(), intent(param.usage));
        let fat = self.take(&format!("{name}_fat"));
        let (copy, bounds) = (self.take(&format!("{name}_copy")), self.take(&format!("{name}_bounds")));
        let kind = format!("c_int{}_t", u32::from(index.size) * 8);
        dummy.raw = ("type(ada_array), value".into(), String::new());
        let colons = format!("({})", vec![":"; rank as usize].join(", "));
        let mut locals = vec![
            format!("type(ada_array) :: {fat}"),
            format!("integer({kind}), target :: {bounds}({})", 2 * rank),
        ];
        let (mut before, mut after) = (Vec::new(), Vec::new());
        if *element == Type::Char && rank == 1 {
            dummy.shown = Some((format!("character(len=*){intent}"), String::new()));
            locals.push(format!("character(kind=c_char), allocatable, target :: {copy}(:)"));
            before.push(format!("allocate({copy}(len({name})))"));
            before.push(format!("{bounds} = [1_{kind}, int(len({name}), {kind})]"));
            if param.usage != Use::Out {
                before.push(format!("call text_to_chars({name}, {copy}, ' ')"));
            }
            if param.usage != Use::In {
                after.push(format!("call chars_to_text({copy}, {name}, ' ')"));
            }
        } else {
            let spelled = self.types.spelled(element, Abi::C)?;
            dummy.shown = Some((format!("{spelled}{intent}"), colons.clone()));
            locals.push(format!("{spelled}, allocatable, target :: {copy}{colons}"));
            let sizes: Vec<String> = (1..=rank).map(|i| format!("size({name}, {i})")).collect();
            before.push(format!("allocate({copy}({}))", sizes.join(", ")));
            let first = self.take(&format!("{name}_first"));
            let (list, of) = if rank == 1 {
                (String::new(), String::new())
            } else {
                (format!(", dimension({rank})"), "(%)".into())
            };
            dummy.first = Some((format!("integer(c_int32_t), intent(in), optional{list}"), first.clone()));
            for dimension in 1..=rank {
                // Ada's first index varies slowest.
                let (low, high) = (2 * (rank - dimension) + 1, 2 * (rank - dimension) + 2);
                let given = format!("{first}{}", of.replace('%', &dimension.to_string()));
                before.push(format!("{bounds}({low}) = 1"));
                before.push(format!("if (present({first})) {bounds}({low}) = int({given}, {kind})"));
                let size = format!("int(size({name}, {dimension}), {kind})");
                before.push(format!("{bounds}({high}) = {bounds}({low}) + {size} - 1_{kind}"));
            }
            if param.usage != Use::Out {
                before.push(format!("{copy} = {name}"));
            }
            if param.usage != Use::In {
                after.push(format!("{name} = {copy}"));
            }
        }
        before.push(format!("{fat}%data = c_loc({copy})"));
        before.push(format!("{fat}%bounds = c_loc({bounds})"));
        (dummy.locals, dummy.before, dummy.after) = (locals, before, after);
        (dummy.argument, dummy.converts) = (fat, true);
        Ok(())
    }
}

/// The dimensions of text as single characters, which is what a C interface has.
pub(crate) fn shape_of_chars(ty: &Type, rename: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (mut list, mut inner) = (Vec::new(), ty);
    while let Type::Array(element, extent) = inner {
        list.push(fortran::extent(extent, rename)?);
        inner = element;
    }
    list.reverse();
    Some(if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) })
}

fn intent(usage: Use) -> &'static str {
    match usage {
        Use::In => ", intent(in)",
        Use::Out | Use::Status => ", intent(out)",
        Use::InOut => ", intent(inout)",
        Use::Ignored | Use::Unknown => "",
    }
}

fn remark(param: &Param) -> String {
    let mut list = vec![words::direction(param.usage).to_string()];
    list.extend(param.unit.as_deref().map(fortran::plain));
    if param.nullable {
        list.push("may be absent".into());
    }
    list.join(", ")
}
