//! An RPC language file (RFC 5531 and RFC 4506) as rpcgen reads it: whoever has rpcgen can call the routines, host them, or
//! tell of calls, with none of our code. What travels is asked of `cmp_bridge_contract::wire`.

use super::File;
use super::c_names::plain;
use super::c_page::{Page, harmless};
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Field, Routine, Type, TypeDef, TypeKind};
use cmp_bridge_contract::readiness::Missing;
use cmp_bridge_contract::wire::{self, Count, Item, Shape, Source, Xdr};
use std::collections::{BTreeMap, BTreeSet};

/// Words of rpcgen and names that the RPC headers make macros of, beside those that C keeps for itself.
const KEPT: &[&str] = &[
    "FALSE",
    "TRUE",
    "h_addr",
    "h_errno",
    "hyper",
    "opaque",
    "program",
    "quadruple",
    "rpc_createerr",
    "stderr",
    "stdin",
    "stdout",
    "string",
    "svc_fdset",
    "version",
];

/// Prints `<component>_rpc.x`. (What rpcgen makes of it has names of its own beside the C header.)
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let mut faults = Vec::new();
    let mut calls = Vec::new();
    for routine in routines {
        match wire::shape(contract, routine) {
            Ok(shape) => calls.push((*routine, shape)),
            Err(missing) => faults.extend(missing.into_iter().map(|missing| unsupported(routine, missing))),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let printer = Printer { contract, names: Names::new(contract, &calls), calls };
    let name = format!("{}_rpc.x", contract.component.name);
    Ok(vec![File { name, text: printer.print() }])
}

fn unsupported(routine: &Routine, missing: Missing) -> Unsupported {
    Unsupported { routine: routine.name.clone(), part: missing.path, reason: missing.message }
}

/// A name that neither C nor rpcgen keeps for itself.
fn accepted(name: &str) -> String {
    if KEPT.contains(&name) { format!("{name}_") } else { plain(name) }
}

/// The first of `name`, `name_`, `name__`... that is not taken.
fn free(taken: &mut BTreeSet<String>, name: String) -> String {
    let mut name = name;
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

/// The names of one file that could meet: types and constants, which rpcgen makes C's types and macros of. All begin with the
/// component's, as the file meets the vendor's headers in the programs that use it.
struct Names<'a> {
    /// What a routine's names begin with: `telemetry_tm_crc16` and `TELEMETRY_TM_CRC16`.
    routines: BTreeMap<&'a str, (String, String)>,
    records: BTreeMap<&'a str, String>,
    /// `telemetry` and `TELEMETRY`.
    lower: String,
    upper: String,
}

/// Names behind the component's that this file has for itself.
const OWN: &[&str] = &[
    "program",
    "version_1",
    "hello",
    "hello_routine",
    "hello_answer",
    "hello_1",
    "hello_1_svc",
    "status_1",
    "status_1_svc",
    "program_1",
    "program_1_freeresult",
    "status",
    "complex_float",
    "complex_double",
    "caller",
    "recorder",
    "returned",
    "declined",
    "exception",
    "not_possible",
];

/// What is made of a routine's name.
const PARTS: &[&str] = &[
    "",
    "_1",
    "_1_svc",
    "_in",
    "_out",
    "_ending",
    "_seen",
    "_seen_1",
    "_seen_1_svc",
    "_result",
    "_hash_high",
    "_hash_low",
];

impl<'a> Names<'a> {
    fn new(contract: &'a Contract, calls: &[(&'a Routine, Shape)]) -> Names<'a> {
        let lower = contract.component.name.clone();
        let upper = lower.to_ascii_uppercase();
        let mut taken: BTreeSet<String> = OWN.iter().map(|name| (*name).to_string()).collect();
        let mut routines = BTreeMap::new();
        for (routine, shape) in calls {
            // Procedures are made upper case for rpcgen, and functions with a number behind the lower case name by it.
            let mut stem = routine.name.to_ascii_lowercase();
            let mut parts: Vec<String> = PARTS.iter().map(|part| (*part).to_string()).collect();
            let items = shape
                .inputs
                .iter()
                .map(|item| ("in", item))
                .chain(shape.outputs.iter().map(|item| ("out", item)));
            parts.extend(
                items.filter(|(_, item)| item.optional).map(|(list, item)| format!("_{list}_{}", item.name)),
            );
            while parts.iter().any(|part| taken.contains(&format!("{stem}{part}"))) {
                stem.push('_');
            }
            taken.extend(parts.iter().map(|part| format!("{stem}{part}")));
            let names = (format!("{lower}_{stem}"), format!("{upper}_{}", stem.to_ascii_uppercase()));
            routines.insert(routine.name.as_str(), names);
        }
        let mut records = BTreeMap::new();
        for def in &contract.types {
            records.insert(def.name.as_str(), format!("{lower}_{}", free(&mut taken, def.name.clone())));
        }
        Names { routines, records, lower, upper }
    }

    fn routine(&self, routine: &Routine) -> (&str, &str) {
        self.routines.get(routine.name.as_str()).map_or(("", ""), |(lower, upper)| (lower, upper))
    }

    /// A scalar, or a record.
    fn base(&self, ty: &Xdr) -> String {
        let word = match ty {
            Xdr::Int => "int",
            Xdr::UnsignedInt => "unsigned int",
            Xdr::Hyper => "hyper",
            Xdr::UnsignedHyper => "unsigned hyper",
            Xdr::Float => "float",
            Xdr::Double => "double",
            Xdr::ComplexFloat => return format!("{}_complex_float", self.lower),
            Xdr::ComplexDouble => return format!("{}_complex_double", self.lower),
            Xdr::String => "string",
            Xdr::Opaque(_) => "opaque",
            Xdr::Array(element, _) => return self.base(element),
            Xdr::Struct(name) => return self.records.get(name.as_str()).cloned().unwrap_or_default(),
        };
        word.to_string()
    }

    /// `double pos[3]`; `None` for what has no bytes.
    fn declaration(&self, ty: &Xdr, name: &str) -> Option<String> {
        let count = match ty {
            Xdr::Opaque(count) | Xdr::Array(_, count) => Some(count),
            _ => None,
        };
        let tail = match (ty, count) {
            (_, Some(Count::Fixed(0))) => return None,
            (_, Some(Count::Fixed(count))) => format!("[{count}]"),
            (Xdr::String, _) | (_, Some(_)) => "<>".to_string(),
            _ => String::new(),
        };
        Some(format!("{} {name}{tail}", self.base(ty)))
    }
}

/// Something declared, and a remark on it.
type Line = (String, String);

struct Printer<'a> {
    contract: &'a Contract,
    names: Names<'a>,
    calls: Vec<(&'a Routine, Shape)>,
}

impl Printer<'_> {
    fn print(&self) -> String {
        let mut page = Page::default();
        self.head(&mut page);
        self.hello(&mut page);
        self.records(&mut page);
        for (routine, shape) in &self.calls {
            self.messages(routine, shape, &mut page);
        }
        self.program(&mut page);
        page.finish()
    }

    fn head(&self, page: &mut Page) {
        let (name, program) = (&self.contract.component.name, wire::program(self.contract));
        page.line(&format!("/* {} */", words::what(self.contract)));
        page.comment(&[
            format!(
                "The routines of `{name}` as ONC RPC program 0x{program:08x} (RFC 5531, RFC 4506), over TCP, for rpcgen: \
                 rpcgen {name}_rpc.x. From its contract; do not change by hand."
            ),
            String::new(),
            "Every call has an AUTH_SYS credential. HELLO is the first call of a connection; routines that it does not \
             name, or with another hash, are answered NOT_POSSIBLE."
                .into(),
            "A variable array has as many elements as its remark says; a message with another number is refused.".into(),
            "Everything that the routine may write is sent, too: it may leave an output as it was. Who receives outputs \
             stores an element only if what it holds is encoded otherwise."
                .into(),
            "Every NaN is sent as 0x7ff8000000000000, or 0x7fc00000 in a float.".into(),
            "A SEEN tells of a call that was made elsewhere. No answer comes: send it with clnt_call, xdr_void, a null \
             result and a timeout of zero; who serves it returns NULL."
                .into(),
        ]);
        page.gap();
    }

    fn constant(&self, page: &mut Page, name: &str, value: &str, remark: &str) {
        let remark = if remark.is_empty() { String::new() } else { format!(" /* {remark} */") };
        page.line(&format!("const {}_{name} = {value};{remark}", self.names.upper));
    }

    fn hello(&self, page: &mut Page) {
        let lower = &self.names.lower;
        page.comment(&["Who calls, in HELLO.".into()]);
        self.constant(page, "CALLER", "0", "it calls routines");
        self.constant(page, "RECORDER", "1", "it tells of calls, by SEEN");
        page.gap();
        page.comment(&["What came of a call.".into()]);
        self.constant(page, "RETURNED", "0", "the routine returned");
        self.constant(
            page,
            "DECLINED",
            "1",
            "it must be answered elsewhere: the arguments are outside the contract",
        );
        self.constant(page, "EXCEPTION", "2", "an exception ended it");
        self.constant(page, "NOT_POSSIBLE", "3", "not called: not named in HELLO, not served now");
        page.gap();
        let (name, what, reason) = (wire::MAX_NAME, wire::MAX_WHAT, wire::MAX_REASON);
        page.lines(&format!(
            "struct {lower}_hello_routine {{
    unsigned int procedure; /* by which it is called */
    string name<{name}>;
    unsigned hyper hash; /* its _HASH_HIGH and _HASH_LOW below */
}};

struct {lower}_hello {{
    string component<{name}>; /* \"{}\" */
    string what<{what}>; /* what the caller is */
    unsigned int role; /* CALLER or RECORDER */
    {lower}_hello_routine routines<{}>;
}};

union {lower}_hello_answer switch (int refused) {{
case 0:
    string what<{what}>; /* what the server is */
default:
    string reason<{reason}>;
}};",
            self.contract.component.name,
            wire::MAX_ROUTINES
        ));
        page.gap();
        page.comment(&["Counts of the server, for operators: JSON.".into()]);
        page.line(&format!("typedef string {lower}_status<>;"));
        page.gap();
    }

    fn records(&self, page: &mut Page) {
        let mut all: Vec<&TypeDef> = Vec::new();
        for (_, shape) in &self.calls {
            for def in shape.records(self.contract) {
                if !all.iter().any(|known| known.name == def.name) {
                    all.push(def);
                }
            }
        }
        let fields = |def: &TypeDef| wire::fields(self.contract, &def.name).unwrap_or_default();
        let mut types: Vec<&Xdr> = self
            .calls
            .iter()
            .flat_map(|(_, s)| s.inputs.iter().chain(&s.outputs))
            .map(|item| &item.ty)
            .collect();
        let inside: Vec<Xdr> = all.iter().flat_map(|def| fields(def)).map(|(_, ty)| ty).collect();
        types.extend(&inside);
        for (complex, part) in [(Xdr::ComplexFloat, "float"), (Xdr::ComplexDouble, "double")] {
            let is =
                |ty: &&Xdr| **ty == complex || matches!(ty, Xdr::Array(element, _) if **element == complex);
            if types.iter().any(is) {
                let name = self.names.base(&complex);
                page.lines(&format!("struct {name} {{\n    {part} re;\n    {part} im;\n}};"));
                page.gap();
            }
        }
        for def in all {
            self.record(def, &fields(def), page);
        }
    }

    fn record(&self, def: &TypeDef, fields: &[(&Field, Xdr)], page: &mut Page) {
        let mut taken = BTreeSet::new();
        let lines = fields.iter().map(|(field, ty)| {
            let name = free(&mut taken, accepted(&field.name));
            let mut remarks: Vec<String> = field.unit.iter().map(|unit| harmless(unit)).collect();
            remarks.extend(self.meaning(&field.ty));
            (self.names.declaration(ty, &name), remarks.join(", "))
        });
        let lines = lines.filter_map(|(line, remark)| Some((line?, remark)));
        self.structure(&self.names.base(&Xdr::Struct(def.name.clone())), lines.collect(), page);
    }

    /// What an integer stands for.
    fn meaning(&self, ty: &Type) -> Option<String> {
        let mut ty = ty;
        while let Type::Array(element, _) = ty {
            ty = element;
        }
        match ty {
            Type::Char => Some("text".to_string()),
            Type::Logical(_) => Some("LOGICAL: 0 or 1".to_string()),
            Type::Bool => Some("0 or 1".to_string()),
            Type::Named(name) => match &self.contract.type_def(name)?.kind {
                TypeKind::Enum { values, .. } => {
                    let list: Vec<String> =
                        values.iter().map(|(name, value)| format!("{value} {name}")).collect();
                    Some(list.join(", "))
                }
                TypeKind::Range { first, last, .. } => Some(format!("{first} to {last}")),
                TypeKind::Fixed { small: (above, below), .. } => Some(format!("times {above}/{below}")),
                _ => None,
            },
            _ => None,
        }
    }

    /// A structure; none where it would have no member, which rpcgen does not accept.
    fn structure(&self, name: &str, lines: Vec<Line>, page: &mut Page) -> bool {
        if lines.is_empty() {
            return false;
        }
        page.open(&format!("struct {name} {{"));
        for (line, remark) in lines {
            match remark.as_str() {
                "" => page.line(&format!("{line};")),
                remark if line.len() + remark.len() < 110 => page.line(&format!("{line}; /* {remark} */")),
                _ => {
                    page.comment(&[remark]);
                    page.line(&format!("{line};"));
                }
            }
        }
        page.close("};");
        page.gap();
        true
    }

    fn messages(&self, routine: &Routine, shape: &Shape, page: &mut Page) {
        let (lower, upper) = self.names.routine(routine);
        self.describe(routine, page);
        let hash = shape.hash(self.contract, routine);
        page.line(&format!("const {upper}_HASH_HIGH = 0x{:08x};", hash >> 32));
        page.line(&format!("const {upper}_HASH_LOW = 0x{:08x};", hash & 0xffff_ffff));
        page.gap();
        let inputs = self.items(routine, &shape.inputs, &format!("{lower}_in"), page);
        let has_inputs = self.structure(&format!("{lower}_in"), inputs, page);
        let outputs = self.items(routine, &shape.outputs, &format!("{lower}_out"), page);
        let has_outputs = self.structure(&format!("{lower}_out"), outputs, page);
        let out = if has_outputs { format!("{lower}_out out") } else { "void".to_string() };
        let name = &self.names.upper;
        let reason = wire::MAX_REASON;
        page.lines(&format!(
            "union {lower}_result switch (int status) {{
case {name}_RETURNED:
    {out};
case {name}_DECLINED:
    string declined<{reason}>;
case {name}_EXCEPTION:
    string exception<{reason}>;
case {name}_NOT_POSSIBLE:
    string not_possible<{reason}>;
}};

union {lower}_ending switch (int ending) {{
case {name}_RETURNED:
    {out};
case {name}_EXCEPTION:
    void;
}};"
        ));
        page.gap();
        let counts = [
            ("unsigned int number_high", "number of the call in its process, upper half"),
            ("unsigned int number_low", "lower half"),
            ("unsigned int dropped", "calls not told since the last one that was"),
        ];
        let mut lines: Vec<Line> = counts.map(|(line, remark)| (line.to_string(), remark.to_string())).into();
        if has_inputs {
            lines.push((format!("{lower}_in in"), String::new()));
        }
        lines.push((format!("{lower}_ending ending"), String::new()));
        self.structure(&format!("{lower}_seen"), lines, page);
    }

    /// The members of a message. An array that may be absent needs a name for its type, which is declared before.
    fn items(&self, routine: &Routine, items: &[Item], message: &str, page: &mut Page) -> Vec<Line> {
        let mut taken = BTreeSet::new();
        let mut lines = Vec::new();
        for item in items {
            let name = free(&mut taken, accepted(&item.name));
            let plain = matches!(item.ty, Xdr::Struct(_))
                || !matches!(item.ty, Xdr::String | Xdr::Opaque(_) | Xdr::Array(..));
            let line = match (item.optional, plain) {
                (false, _) => self.names.declaration(&item.ty, &name),
                (true, true) => Some(format!("{} *{name}", self.names.base(&item.ty))),
                (true, false) => {
                    let array = format!("{message}_{name}");
                    self.names.declaration(&item.ty, &array).map(|declaration| {
                        page.line(&format!("typedef {declaration};"));
                        page.gap();
                        format!("{array} *{name}")
                    })
                }
            };
            lines.extend(line.map(|line| (line, self.remark(routine, item))));
        }
        lines
    }

    fn remark(&self, routine: &Routine, item: &Item) -> String {
        let (words, ty) = match item.source {
            Source::Param(i) => match routine.params.get(i) {
                Some(param) => (words::param(param), Some(&param.ty)),
                None => return String::new(),
            },
            Source::Return => match &routine.returns {
                Some(returns) => (words::returns(returns), Some(&returns.ty)),
                None => return String::new(),
            },
            Source::State(i) => match routine.state.get(i) {
                Some(state) => {
                    (format!("{}, state `{}`", words::direction(state.usage), state.area), Some(&state.view))
                }
                None => return String::new(),
            },
        };
        let meaning = ty.and_then(|ty| self.meaning(ty)).map_or(String::new(), |text| format!(": {text}"));
        harmless(&format!("{words}{meaning}"))
    }

    fn describe(&self, routine: &Routine, page: &mut Page) {
        let source = routine.source.as_ref().map_or(String::new(), |source| format!(": {source}"));
        let at = routine.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
        let mut text = vec![format!("{}{source}{at}", routine.name)];
        if let Some(rule) = &routine.status {
            text.push(format!("Status: {}.", words::status(rule)));
        }
        text.push(words::remarks(routine).join(" "));
        page.comment(&text);
    }

    fn program(&self, page: &mut Page) {
        let (lower, upper) = (&self.names.lower, &self.names.upper);
        page.open(&format!("program {upper}_PROGRAM {{"));
        page.open(&format!("version {upper}_VERSION_1 {{"));
        page.line(&format!("{lower}_hello_answer {upper}_HELLO({lower}_hello) = {};", wire::PROCEDURE_HELLO));
        page.line(&format!("{lower}_status {upper}_STATUS(void) = {};", wire::PROCEDURE_STATUS));
        for (routine, shape) in &self.calls {
            let (low, up) = self.names.routine(routine);
            let any = shape.inputs.iter().any(|item| self.names.declaration(&item.ty, "x").is_some());
            let inputs = if any { format!("{low}_in") } else { "void".to_string() };
            let call = wire::call_procedure(self.contract, routine).unwrap_or_default();
            let seen = wire::seen_procedure(self.contract, routine).unwrap_or_default();
            page.line(&format!("{low}_result {up}({inputs}) = {call};"));
            page.line(&format!("void {up}_SEEN({low}_seen) = {seen};"));
        }
        page.close(&format!("}} = {};", wire::VERSION));
        page.close(&format!("}} = 0x{:08x};", wire::program(self.contract)));
    }
}
