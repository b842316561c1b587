//! Semantic checks of a contract: everything a reader of the model may rely on.

mod routines;
mod types;

use crate::layout::MAX_SIZE;
use crate::model::*;
use crate::names::{nearest, rust_name, rust_type_name};
use crate::syntax::{BUILT_IN, is_identifier};
use crate::toml::section::shown;
use std::collections::{BTreeMap, BTreeSet};

/// Every code of this crate, with what it stands for: C0.. are found while reading, C1.. in what was read.
pub const CODES: [(&str, &str); 64] = [
    ("C001", "not TOML"),
    ("C002", "unknown version of the format"),
    ("C003", "unknown key"),
    ("C004", "missing key"),
    ("C005", "wrong kind of value"),
    ("C006", "unknown word"),
    ("C007", "not a type"),
    ("C008", "not a condition"),
    ("C009", "negative size or offset"),
    ("C010", "bit field not given as [first, count]"),
    ("C011", "key of another kind of type"),
    ("C012", "not a ratio"),
    ("C013", "not a time"),
    ("C101", "not an identifier"),
    ("C102", "name used twice"),
    ("C103", "two names become one in Rust"),
    ("C104", "name of a built-in type"),
    ("C105", "undefined type"),
    ("C106", "type contains itself, or nests too deep"),
    ("C107", "impossible size or alignment"),
    ("C108", "field outside its record"),
    ("C109", "fields overlap"),
    ("C110", "fields out of order"),
    ("C111", "impossible bit field"),
    ("C112", "extent names no parameter"),
    ("C113", "extent names a parameter that is no integer at entry"),
    ("C114", "extent where there are no parameters"),
    ("C115", "`chars` outside Fortran"),
    ("C116", "value without a size"),
    ("C117", "array or string by value"),
    ("C118", "output by value"),
    ("C119", "more than one status carrier"),
    ("C120", "status without a carrier"),
    ("C121", "status carrier without status"),
    ("C122", "status carrier is no integer"),
    ("C123", "panic code is no error"),
    ("C124", "status conditions contradict each other"),
    ("C125", "code does not fit the status carrier"),
    ("C126", "undefined state area"),
    ("C127", "view larger than its area"),
    ("C128", "tolerance on something that is not floating point"),
    ("C129", "impossible tolerance"),
    ("C130", "direction that cannot be"),
    ("C131", "impossible enumeration"),
    ("C132", "too many"),
    ("C133", "impossible state size"),
    ("C134", "impossible extent"),
    ("C135", "not a symbol"),
    ("C136", "two routines at one symbol"),
    ("C137", "not a build-id"),
    ("C138", "effects contradict state"),
    ("C139", "no such built-in type"),
    ("C140", "value too large to pass"),
    ("C141", "nullable by value"),
    ("C142", "extent that does not travel with the array"),
    ("C143", "descriptor of something that is no array"),
    ("C144", "impossible condition of a variant"),
    ("C145", "impossible range, fixed-point or packed type"),
    ("C146", "release by no routine of the contract"),
    ("C147", "user data, or `kept`, of something that calls nothing back"),
    ("C148", "threads contradict state"),
    ("C149", "impossible deadline"),
    ("C150", "fallback to a status that has no error code"),
    ("C151", "idempotent contradicts effects"),
];

/// Most entries of any list of a contract.
const MAX_COUNT: usize = 20_000;
/// Most parameters of a routine.
const MAX_PARAMS: usize = 255;

/// One inconsistency of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Where, as keys from the top of the file: `routine.eck_hec.params.2.type`.
    pub path: String,
    /// Stable code, one of [`CODES`].
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What to do.
    pub hint: String,
}

/// All inconsistencies of a contract. Empty: every other function of this crate may be used on it.
pub fn validate(contract: &Contract) -> Vec<Issue> {
    let mut check = Check { contract, issues: Vec::new() };
    check.component();
    check.count("type", contract.types.len(), MAX_COUNT);
    check.count("state", contract.state.len(), MAX_COUNT);
    check.count("routine", contract.routines.len(), MAX_COUNT);
    if check.issues.iter().any(|issue| issue.code == "C132") {
        return check.issues;
    }
    check.names("type", contract.types.iter().map(|def| def.name.as_str()), rust_type_name);
    check.names("state", contract.state.iter().map(|area| area.name.as_str()), rust_name);
    check.names("routine", contract.routines.iter().map(|routine| routine.name.as_str()), rust_type_name);
    check.symbols();
    for def in &contract.types {
        check.type_def(def);
    }
    check.nesting();
    for area in &contract.state {
        check.state_area(area);
    }
    for routine in &contract.routines {
        check.routine(routine);
    }
    check.issues
}

/// Where a type stands, which decides what it may be.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// A field of a record or a state view: no parameters at hand, a size required.
    Stored,
    /// A parameter, among these; it may carry its extents itself.
    Param(&'a [Param], By),
    /// A returned value.
    Returned(By),
}

struct Check<'a> {
    contract: &'a Contract,
    issues: Vec<Issue>,
}

impl Check<'_> {
    fn issue(
        &mut self,
        path: &str,
        code: &'static str,
        message: String,
        expected: impl Into<String>,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (expected, found, hint) = (expected.into(), shown(&found.into()), hint.into());
        self.issues.push(Issue { path: path.to_string(), code, message, expected, found, hint });
    }

    fn component(&mut self) {
        let component = &self.contract.component;
        self.identifier("component.name", &component.name);
        if let Some(id) = &component.build_id {
            let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            if id.is_empty() || id.len() % 2 == 1 || id.len() > 128 || !id.chars().all(hex) {
                let hint = "`readelf -n` prints it; remove the key if the contract is not tied to one build";
                let expected = "an even number of lower-case hexadecimal digits";
                self.issue("component.binary.build-id", "C137", "not a build-id".into(), expected, id, hint);
            }
        }
    }

    fn count(&mut self, path: &str, count: usize, most: usize) {
        if count > most {
            let hint = "split the contract, or scan fewer routines with --routine";
            self.issue(
                path,
                "C132",
                "too many entries".into(),
                format!("at most {most}"),
                count.to_string(),
                hint,
            );
        }
    }

    fn identifier(&mut self, path: &str, name: &str) {
        if !is_identifier(name) {
            let message = format!("`{}` is not an identifier", shown(name));
            let expected = "an ASCII letter or `_`, then letters, digits and `_`, at most 255 in all";
            self.issue(
                path,
                "C101",
                message,
                expected,
                name,
                "the linkage name goes to `symbol`, this is yours to choose",
            );
        }
    }

    /// Names are identifiers, each used once, and still different in Rust.
    fn names<'n>(&mut self, path: &str, names: impl Iterator<Item = &'n str>, in_rust: fn(&str) -> String) {
        let mut seen = BTreeSet::new();
        let mut rust: BTreeMap<String, &str> = BTreeMap::new();
        for name in names {
            let path = format!("{path}.{name}");
            self.unique(&path, &path, name, &mut seen, &mut rust, in_rust);
        }
    }

    /// The same for names in a list.
    fn listed_names<'n>(&mut self, path: &str, key: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        let mut rust: BTreeMap<String, &str> = BTreeMap::new();
        for (i, name) in names.enumerate() {
            let at = format!("{path}.{i}.{key}");
            self.unique(&at, path, name, &mut seen, &mut rust, rust_name);
        }
    }

    fn unique<'n>(
        &mut self,
        at: &str,
        whole: &str,
        name: &'n str,
        seen: &mut BTreeSet<&'n str>,
        rust: &mut BTreeMap<String, &'n str>,
        in_rust: fn(&str) -> String,
    ) {
        self.identifier(at, name);
        if !seen.insert(name) {
            let message = format!("`{}` stands twice in `{}`", shown(name), shown(whole));
            return self.issue(
                at,
                "C102",
                message,
                "a name of its own",
                name,
                "rename or remove one of them",
            );
        }
        if let Some(other) = rust.insert(in_rust(name), name) {
            let message = format!("`{}` and `{}` become one name in Rust", shown(name), shown(other));
            let found = format!("{}, twice", in_rust(name));
            self.issue(at, "C103", message, "names that stay different", found, "rename one of them");
        }
    }

    /// Two routines at one address would be two hooks at one entry.
    fn symbols(&mut self) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for routine in &self.contract.routines {
            if let Some(other) = seen.insert(&routine.symbol, &routine.name) {
                let message =
                    format!("`{}` and `{}` name the same symbol", shown(other), shown(&routine.name));
                let path = format!("routine.{}.symbol", routine.name);
                let hint = "remove one; a routine has one contract";
                self.issue(&path, "C136", message, "a symbol of its own", routine.symbol.as_str(), hint);
            }
        }
    }

    fn symbol(&mut self, path: &str, symbol: &str) {
        let bad = |c: char| c.is_control() || c == ' ';
        if symbol.is_empty() || symbol.len() > 65_536 || symbol.contains(bad) {
            let hint = "`nm` lists the symbols of a binary";
            self.issue(
                path,
                "C135",
                "not a symbol".into(),
                "a linkage name, as in the symbol table",
                symbol,
                hint,
            );
        }
    }

    fn state_area(&mut self, area: &StateArea) {
        let path = format!("state.{}", area.name);
        self.symbol(&format!("{path}.symbol"), &area.symbol);
        if area.size == 0 || area.size > MAX_SIZE {
            let expected = format!("1 to {MAX_SIZE} bytes");
            let hint = "`nm -S` prints the size of a symbol";
            self.issue(
                &format!("{path}.size"),
                "C133",
                "impossible size".into(),
                expected,
                area.size.to_string(),
                hint,
            );
        }
    }

    /// A type as it stands at `path`: everything in it exists, is where it may be, and has a size that makes sense.
    fn ty(&mut self, path: &str, ty: &Type, place: Place) {
        match ty {
            Type::Int(size, _) | Type::Logical(size) if !matches!(size, 1 | 2 | 4 | 8) => {
                let hint = "wider integers are not passed by any supported compiler";
                self.issue(path, "C139", "no such size".into(), "1, 2, 4 or 8 bytes", size.to_string(), hint);
            }
            Type::Named(name) if self.contract.type_def(name).is_none() => self.undefined(path, name),
            Type::Chars if self.contract.component.language != Language::Fortran => {
                let hint =
                    "write \"cstr\" for text that ends with a NUL, \"[char; n]\" for text with a length";
                let message = "only Fortran passes hidden lengths".to_string();
                self.issue(path, "C115", message, "a type of this language", "chars", hint);
            }
            Type::Chars if matches!(place, Place::Returned(_)) => (),
            Type::Cstr if matches!(place, Place::Returned(By::Reference)) => (),
            Type::Chars | Type::Cstr if !matches!(place, Place::Param(..)) => {
                let message = format!("`{ty}` has no size of its own here");
                let hint = "write \"[char; 8]\" for text in place, \"ptr\" for an address";
                self.issue(path, "C116", message, "a type with a size", ty.to_string(), hint);
            }
            Type::Array(element, extent) => {
                if matches!(**element, Type::Chars | Type::Cstr) {
                    let message = format!("an array of `{element}` has elements of unknown size");
                    let hint = "write \"[[char; 8]; n]\" for texts in place, \"[ptr; n]\" for addresses";
                    return self.issue(path, "C116", message, "elements with a size", ty.to_string(), hint);
                }
                self.extent(path, extent, place);
                self.ty(path, element, place);
                self.array_size(path, ty);
            }
            _ => (),
        }
    }

    fn undefined(&mut self, path: &str, name: &str) {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let defined = self.contract.types.iter().map(|def| def.name.as_str());
        let hint = match nearest(name, built_in.chain(defined)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("define it under [type.{}]", shown(name)),
        };
        let message = format!("type `{}` is not defined", shown(name));
        self.issue(path, "C105", message, "a built-in type or one defined under [type.*]", name, hint);
    }

    /// Constant extents must make an array of sane size.
    fn array_size(&mut self, path: &str, ty: &Type) {
        let mut bytes = Some(1u64);
        let mut inner = ty;
        while let Type::Array(element, extent) = inner {
            if let Extent::Expr(extent) = extent
                && let Some(count) = extent.constant()
            {
                bytes =
                    bytes.zip(u64::try_from(count).ok()).and_then(|(bytes, count)| bytes.checked_mul(count));
            }
            inner = element;
        }
        let element = self.contract.size_align(inner).map_or(1, |(size, _)| size);
        let size = bytes.and_then(|bytes| bytes.checked_mul(element));
        if size.is_none_or(|size| size > MAX_SIZE) {
            let message = "the array has an impossible size".to_string();
            let expected = format!("extents of 0 or more, {MAX_SIZE} bytes at most");
            let hint = "write the extent in terms of the routine's parameters, or `?`";
            self.issue(path, "C134", message, expected, ty.to_string(), hint);
        }
    }

    fn extent(&mut self, path: &str, extent: &Extent, place: Place) {
        if let Extent::Carried(_) = extent {
            if !matches!(place, Place::Param(_, By::Descriptor) | Place::Returned(By::Descriptor)) {
                let hint = "write `by = \"descriptor\"` if the array's bounds are passed with it, else the number of elements";
                let message = "only an array passed with its bounds carries its extent".to_string();
                self.issue(path, "C142", message, "an extent that is known here", ":", hint);
            }
            return;
        }
        let Extent::Expr(expr) = extent else {
            // The descriptor says it when the routine has returned.
            if !matches!(place, Place::Param(..) | Place::Returned(By::Descriptor)) {
                let hint = "a record in memory has a fixed size: write it";
                let message = "this extent must be known".to_string();
                self.issue(path, "C114", message, "a constant extent", "?", hint);
            }
            return;
        };
        for name in expr.params() {
            match place {
                Place::Param(params, _) => self.extent_param(path, params, name),
                _ => {
                    let message = format!("there is no parameter `{}` here", shown(name));
                    let hint = "only the extents of a routine's parameters may name parameters";
                    self.issue(path, "C114", message, "a constant extent", name, hint);
                }
            }
        }
    }

    /// An extent is computed before the call: what it names must be an integer that is known then.
    fn extent_param(&mut self, path: &str, params: &[Param], name: &str) {
        let Some(param) = params.iter().find(|param| param.name == name) else {
            let known = params.iter().map(|param| param.name.as_str());
            let hint = match nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write `?` if the extent is not known".to_string(),
            };
            let message = format!("the extent names `{}`, which is no parameter", shown(name));
            return self.issue(path, "C112", message, "the name of an integer parameter", name, hint);
        };
        let found = if !matches!(self.contract.scalar(&param.ty), Type::Int(..)) {
            format!("type = \"{}\"", param.ty)
        } else if matches!(param.usage, Use::Out | Use::Ignored) {
            format!("use = \"{}\"", param.usage)
        } else if param.nullable {
            "nullable = true".to_string()
        } else {
            return;
        };
        let message = format!("the extent needs `{}` before the call", shown(name));
        let hint = "name another parameter, write `?`, or correct that parameter";
        self.issue(path, "C113", message, "an integer that is read, never null", found, hint);
    }

    fn tolerance(&mut self, path: &str, ty: &Type, tolerance: &Option<Tolerance>) {
        let Some(tolerance) = tolerance else { return };
        let path = format!("{path}.tolerance");
        if !self.holds_floats(ty, &mut BTreeSet::new()) {
            let message = format!("`{ty}` is compared exactly");
            let hint = "remove the tolerance; only floating-point values have one";
            self.issue(&path, "C128", message, "no tolerance", "a tolerance", hint);
        }
        for (key, value) in [("absolute", tolerance.absolute), ("relative", tolerance.relative)] {
            if let Some(value) = value
                && !(value.is_finite() && value >= 0.0)
            {
                let at = format!("{path}.{key}");
                let message = format!("the {key} tolerance is impossible");
                self.issue(
                    &at,
                    "C129",
                    message,
                    "a finite number, 0 or more",
                    value.to_string(),
                    "write for instance 1e-9",
                );
            }
        }
        if let Some(ulp) = tolerance.ulp
            && i64::try_from(ulp).is_err()
        {
            let at = format!("{path}.ulp");
            self.issue(
                &at,
                "C129",
                "the ulp tolerance is impossible".into(),
                "less than 2^63",
                ulp.to_string(),
                "write for instance 4",
            );
        }
    }

    /// A value of this type holds floating-point numbers that are compared as such.
    fn holds_floats<'a>(&'a self, ty: &'a Type, seen: &mut BTreeSet<&'a str>) -> bool {
        match ty {
            Type::F32 | Type::F64 | Type::F80 => true,
            Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => true,
            Type::Array(element, _) => self.holds_floats(element, seen),
            Type::Named(name) if seen.insert(name) => match self.contract.type_def(name).map(|def| &def.kind)
            {
                Some(TypeKind::Struct(fields)) => {
                    fields.iter().any(|field| self.holds_floats(&field.ty, seen))
                }
                Some(_) => false,
                // Undefined: that is an error of its own.
                None => true,
            },
            _ => false,
        }
    }
}
