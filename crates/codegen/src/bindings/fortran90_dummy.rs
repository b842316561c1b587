//! One argument in Fortran 90: how the routine's own interface declares it, and how the friendly procedure around that does.

use super::fortran::{
    self, Names, dimensions, ends_with_nul, fault, identifier, is_text, part, record, variable,
};
use super::fortran90_types::{Abi, Types, shape};
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
    /// Lines before anything else, which stop the program: extents that do not agree, or that their count cannot say.
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
    "wrong_call",
    "release_answer",
    "iand",
    "huge",
];

/// The arguments of one routine.
pub(crate) struct Maker<'a> {
    pub types: &'a Types<'a>,
    pub routine: &'a Routine,
    pub abi: Abi,
    names: Names,
    pub(super) idents: Vec<String>,
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
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.known(name).map(|i| self.idents[i].clone())
    }

    /// The same in the procedure around: an extent that is taken from an array is asked of that.
    pub(super) fn shown_value(&self, name: &str) -> Option<String> {
        let i = self.known(name)?;
        Some(
            self.extent_of(i)
                .unwrap_or_else(|| whole(self.types, &self.routine.params[i].ty, &self.idents[i])),
        )
    }

    /// The extent is taken from an array, this one or another.
    pub(super) fn taken(&self, extent: &Extent) -> bool {
        let Extent::Expr(expr) = extent else { return false };
        expr.params()
            .iter()
            .any(|name| self.known(name).is_some_and(|i| self.dropped.iter().any(|(param, ..)| *param == i)))
    }

    /// Lines that stop the program where a condition holds.
    pub fn stops(&self, condition: &str, why: &str) -> Vec<String> {
        let name = identifier(&self.routine.name);
        vec![format!("if ({condition}) &"), format!("  call wrong_call('{name}: {why}')")]
    }

    /// Other parameters are taken from this array.
    pub(super) fn asked(&self, i: usize) -> bool {
        self.dropped.iter().any(|(_, array, _)| *array == i)
    }

    /// The expression that stands for a dropped parameter.
    fn extent_of(&self, i: usize) -> Option<String> {
        let (_, array, dimension) = *self.dropped.iter().find(|(param, ..)| *param == i)?;
        let name = &self.idents[array];
        let param = &self.routine.params[array];
        let (extents, element) = dimensions(&param.ty);
        if is_text(element) && extents.is_empty() {
            return Some(format!("len({name}, c_int64_t)"));
        }
        // A text is a run of single characters in an interface of C's: the first dimension.
        let inner = usize::from(self.abi == Abi::C && matches!(element, Type::Array(..)));
        Some(format!("size({name}, {}, c_int64_t)", dimension + inner))
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
        let mut dummy = Dummy {
            name: name.clone(),
            argument: name.clone(),
            remark: self.remark(param),
            ..Dummy::default()
        };
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
            if let Type::Int(bytes @ 1..8, signed) = self.types.contract.scalar(&param.ty) {
                let most = (1i64 << (u32::from(*bytes) * 8 - u32::from(*signed))) - 1;
                let why =
                    format!("its array has more elements than `{}` can count", fortran::plain(&param.name));
                dummy.wrong = self.stops(&format!("{extent} > {most}_c_int64_t"), &why);
            }
            dummy.argument = format!("int({extent}, {kind})");
            dummy.converts = true;
        }
        Ok(dummy)
    }

    /// What a comment says of a parameter.
    fn remark(&self, param: &Param) -> String {
        let mut list = vec![words::direction(param.usage).to_string()];
        list.extend(param.unit.as_deref().map(fortran::plain));
        if fortran::unsigned(self.types.contract, &param.ty) {
            list.push("unsigned".into());
        }
        if param.nullable {
            list.push("may be absent".into());
        }
        list.join(", ")
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
        self.types.travels(&param.ty)?;
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
        let intent = if extents.is_empty() { intent(param.usage) } else { kept(param.usage) };
        let raw_shape = shape(&param.ty, &|name| self.value(name));
        dummy.raw = (format!("{spelled}{intent}"), raw_shape);
        let shown_shape = if self.asks(i, &extents) {
            self.checked(i, &extents, dummy)
        } else {
            shape(&param.ty, &|name| self.shown_value(name))
        };
        dummy.shown = Some((dummy.raw.0.clone(), shown_shape));
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
        let name = dummy.name.clone();
        let shape = dummy.shown.as_ref().map_or(String::new(), |shown| shown.1.clone());
        let intent = if shape.is_empty() { intent(param.usage) } else { kept(param.usage) };
        if self.abi == Abi::Fortran {
            dummy.raw.0.push_str(", optional");
            if let Some(shown) = &mut dummy.shown {
                shown.0.push_str(", optional");
            }
            return;
        }
        let address = self.take(&format!("{name}_address"));
        dummy.raw = ("type(c_ptr), value".into(), String::new());
        dummy.locals.push(format!("type(c_ptr) :: {address}"));
        dummy.before.push(format!("{address} = c_null_ptr"));
        if shape.contains(':') {
            // It may be a section, whose elements do not lie together.
            let copy = self.take(&format!("{name}_copy"));
            dummy.locals.push(format!("{spelled}, allocatable, target :: {copy}{shape}"));
            let sizes: Vec<String> =
                (1..=shape.matches(':').count()).map(|i| format!("size({name}, {i}, c_int64_t)")).collect();
            dummy.before.push(format!("if (present({name})) then"));
            dummy.before.push(format!("  allocate({copy}({}))", sizes.join(", ")));
            dummy.before.push(format!("  {copy} = {name}"));
            dummy.before.push(format!("  {address} = c_loc({copy})"));
            dummy.before.push("end if".into());
            if !matches!(param.usage, Use::In | Use::Ignored) {
                dummy.after.push(format!("if (present({name})) {name} = {copy}"));
            }
            dummy.shown = Some((format!("{spelled}{intent}, optional"), shape));
        } else {
            dummy.before.push(format!("if (present({name})) {address} = c_loc({name})"));
            dummy.shown = Some((format!("{spelled}{intent}, optional, target"), shape));
        }
        (dummy.argument, dummy.converts) = (address, true);
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
        let copy = self.take(&format!("{name}_chars"));
        if !param.nullable && self.routine.returns.as_ref().is_some_and(|returns| returns.by == By::Reference)
        {
            // What comes back may lie in this text, so that it must live until that was read.
            dummy.locals = vec![format!("character(kind=c_char), allocatable :: {copy}(:)")];
            dummy.before = vec![
                format!("allocate({copy}(len_trim({name}) + 1))"),
                format!("call text_to_chars({name}, {copy}, c_null_char)"),
            ];
            dummy.argument = copy;
            return Ok(());
        }
        if param.nullable {
            let address = self.take(&format!("{name}_address"));
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
            let intent = if extents.is_empty() { intent } else { kept(param.usage) };
            dummy.raw =
                (format!("character(len={}){intent}{optional}", length.unwrap_or("*".into())), raw_shape);
            let shown = if self.asks(i, &extents) {
                self.checked(i, &extents, dummy)
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
        if !extents.is_empty() {
            return self.texts_of_c(i, param, dummy);
        }
        self.text_of_c(param, dummy, element)
    }

    /// An array of texts: single characters, which Fortran keeps as they are.
    fn texts_of_c(&mut self, i: usize, param: &Param, dummy: &mut Dummy) -> Result<(), String> {
        let raw_shape = shape_of_chars(&param.ty, &|name| self.value(name))
            .ok_or("its extent is not known; complete it")?;
        if param.nullable {
            return Err("an array of texts that may be absent".into());
        }
        dummy.raw = (format!("character(kind=c_char){}", kept(param.usage)), raw_shape);
        let (mut extents, mut inner) = (Vec::new(), &param.ty);
        while let Type::Array(element, extent) = inner {
            extents.insert(0, extent);
            inner = element;
        }
        let shape = if self.asks(i, &extents) {
            self.checked(i, &extents, dummy)
        } else {
            shape_of_chars(&param.ty, &|name| self.shown_value(name)).unwrap_or_default()
        };
        dummy.shown = Some((dummy.raw.0.clone(), shape));
        Ok(())
    }

    /// Text in room of a size that the contract tells.
    fn text_of_c(&mut self, param: &Param, dummy: &mut Dummy, element: &Type) -> Result<(), String> {
        let single = *element == Type::Char;
        let (name, intent) =
            (dummy.name.clone(), if single { intent(param.usage) } else { kept(param.usage) });
        let raw_shape = shape_of_chars(&param.ty, &|name| self.value(name))
            .ok_or("its extent is not known; complete it")?;
        dummy.raw = (format!("character(kind=c_char){intent}"), raw_shape);
        dummy.shown = Some(dummy.raw.clone());
        if single {
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
            // As it is, not read: what the routine does not write stays.
            let room = format!("min(len({name}), size({chars}))");
            let lines = [
                format!("{chars} = {pad}"),
                format!("{given}{chars}(1:{room}) = transfer({name}, {chars}, {room})"),
            ];
            dummy.before.extend(lines);
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

/// Of what is written to by parts: the rest stays as the caller has it, in a section of an array as well.
pub(crate) fn kept(usage: Use) -> &'static str {
    if matches!(usage, Use::Out | Use::Status) { ", intent(inout)" } else { intent(usage) }
}

/// The value of an integer; that of an unsigned one, which Fortran does not have, is that of its bits.
pub(crate) fn whole(types: &Types, ty: &Type, name: &str) -> String {
    match types.contract.scalar(ty) {
        Type::Int(bytes @ 1..8, false) => {
            format!("iand(int({name}, c_int64_t), {}_c_int64_t)", (1i64 << (u32::from(*bytes) * 8)) - 1)
        }
        _ => name.to_string(),
    }
}

pub(crate) fn intent(usage: Use) -> &'static str {
    match usage {
        Use::In => ", intent(in)",
        Use::Out | Use::Status => ", intent(out)",
        Use::InOut => ", intent(inout)",
        Use::Ignored | Use::Unknown => "",
    }
}
