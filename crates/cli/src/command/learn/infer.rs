//! From what the calls of a routine have shown to proposals, and to what they cannot tell.

use super::extent::{self, Extent, Reach};
use super::facts::{AreaSample, Matters, RETURN, Sample, Tally, area_of};
use super::record::Background;
use super::state;
use super::status;
use crate::evidence::Known;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{By, Contract, Effects, Param, Proposal, Type, TypeKind, Use};
use cmp_bridge_contract::readiness::has_unknown_extent;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::closure::Site;

/// Calls that must have left a parameter unwritten before it is said to be only read.
const FOR_IN: usize = 3;
/// Calls that must have written a parameter without reading it before.
const FOR_OUT: usize = 3;
/// Calls that must have asked nothing of the system.
const FOR_EFFECTS: usize = 5;

/// All that is known of a routine when it is reasoned about.
pub struct Case<'a> {
    /// Its contract.
    pub known: Known<'a>,
    /// All its calls, counted.
    pub tally: &'a Tally,
    /// The watched ones that did what was recorded.
    pub samples: &'a [Sample],
    /// Watched calls in which the system was asked for something.
    pub system_calls: u64,
    /// Their numbers.
    pub numbers: Vec<u32>,
    /// Data of its image that was touched and not captured: image of the plan and address.
    pub elsewhere: &'a std::collections::BTreeSet<(u16, u64)>,
    /// Places in its code that may write and that no watched call reached.
    pub unreached: &'a [Site],
    /// What its code reaches.
    pub background: &'a Background,
    /// The image it is in.
    pub binary: &'a Binary,
    /// Scanned facts of its state: where views come from.
    pub scanned: &'a [cmp_bridge_contract::model::Contract],
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Learnt {
    /// What is proposed.
    pub proposals: Vec<Proposal>,
    /// What the evidence does not tell: what it is about, and why.
    pub silent: Vec<(String, String)>,
    /// What to know beside: null never passed, constants, aliases.
    pub notes: Vec<String>,
}

impl Learnt {
    /// Proposes.
    pub fn propose(&mut self, case: &Case<'_>, set: &str, value: String, calls: u64, why: String) {
        self.proposals.push(Proposal {
            routine: Some(case.known.routine.name.clone()),
            set: set.to_owned(),
            value,
            calls,
            by: "learn".to_owned(),
            why,
            conflict: None,
            rejected: false,
        });
    }

    /// Says that it cannot tell.
    pub fn silent(&mut self, what: &str, why: impl Into<String>) {
        self.silent.push((what.to_owned(), why.into()));
    }
}

/// A word as TOML.
pub fn quoted(word: &str) -> String {
    toml_edit::Value::from(word).to_string()
}

/// Reasons about one routine.
pub fn infer(case: &Case<'_>) -> Learnt {
    let mut learnt = Learnt::default();
    let status = status::infer(case, &mut learnt);
    for (i, param) in case.known.routine.params.iter().enumerate() {
        nulls(case, i, param, &mut learnt);
        match param.by {
            By::Reference | By::Descriptor => {
                let carries = status == Some(i);
                if !carries {
                    direction(case, i, param, &mut learnt);
                }
                shape(case, i, param, &mut learnt);
            }
            By::Value => by_value(case, param, &mut learnt),
        }
    }
    state::infer(case, &mut learnt);
    state::elsewhere(case, &mut learnt);
    effects(case, &mut learnt);
    for ((a, b), count) in &case.tally.aliased {
        learnt.notes.push(format!(
            "`{}` and `{}` overlap in {count} calls: a rewrite must not take them for separate",
            case.known.label(*a),
            case.known.label(*b)
        ));
    }
    learnt
}

/// What the watched calls did to the area of a parameter, where it was not null.
fn seen<'a>(case: &'a Case<'_>, param: usize) -> Vec<(&'a Sample, &'a AreaSample)> {
    let Some(area) = area_of(&case.known, param) else { return Vec::new() };
    let each = case.samples.iter().filter_map(|sample| Some((sample, sample.areas.get(area)?)));
    each.filter(|(_, area)| !area.null).collect()
}

fn nulls(case: &Case<'_>, i: usize, param: &Param, learnt: &mut Learnt) {
    let nulls = case.tally.nulls.get(&i).copied().unwrap_or(0);
    let calls = case.tally.calls;
    if nulls > 0 && !param.nullable {
        let set = format!("params.{}.nullable", param.name);
        learnt.propose(case, &set, "true".to_owned(), nulls, format!("null in {nulls} of {calls} calls"));
    } else if param.by == By::Reference && calls > 0 && nulls == 0 {
        learnt.notes.push(format!("`{}` was never null in {calls} calls", param.name));
    }
    if let Some(value) = case.tally.values.get(&i).and_then(super::facts::Values::constant)
        && calls > 1
        && matches!(case.known.contract.scalar(&param.ty), Type::Int(..))
    {
        learnt.notes.push(format!("`{}` was {value} in all {calls} calls", param.name));
    }
}

fn by_value(case: &Case<'_>, param: &Param, learnt: &mut Learnt) {
    if param.usage != Use::Unknown {
        return;
    }
    let what = format!("params.{}.use", param.name);
    match param.ty {
        Type::Ptr | Type::Fn => learnt.silent(&what, "what an address leads to is not watched"),
        // A value cannot be an output.
        _ => learnt.propose(case, &what, quoted("in"), case.tally.calls, "passed by value".to_owned()),
    }
}

fn direction(case: &Case<'_>, i: usize, param: &Param, learnt: &mut Learnt) {
    let what = format!("params.{}.use", param.name);
    let seen = seen(case, i);
    let count = |test: &dyn Fn(&AreaSample) -> bool| seen.iter().filter(|(_, area)| test(area)).count();
    let (calls, read, written) = (seen.len(), count(&|area| area.input), count(&|area| area.written));
    let area = area_of(&case.known, i).unwrap_or(usize::MAX);
    let changed = case.tally.changed.get(&area).copied().unwrap_or(0);
    if calls == 0 {
        if param.usage == Use::Unknown {
            learnt.silent(&what, unwatched(case));
        }
        return;
    }
    if written == 0 {
        let unclear = match () {
            () if changed > 0 => {
                Some(format!("never written in {calls} watched calls, yet changed in {changed} of all"))
            }
            () if read == 0 => Some(format!("neither read nor written in {calls} calls")),
            () if unreached(case, param) > 0 => Some(format!(
                "read in {read} of {calls} watched calls and written in none, but {} of its code that may write it \
                 never ran",
                crate::report::count(unreached(case, param) as u64, "place")
            )),
            () if calls < FOR_IN => Some(format!("read and not written, but in {calls} calls only")),
            () => None,
        };
        match unclear {
            Some(_) if param.usage != Use::Unknown => {}
            Some(why) => learnt.silent(&what, why),
            None => {
                let why = format!("read in {read} of {calls} watched calls, written in none");
                learnt.propose(case, &what, quoted("in"), calls as u64, why);
            }
        }
        return;
    }
    let matters = count(&|area| area.matters == Some(Matters::Yes));
    let put_back = count(&|area| area.matters == Some(Matters::PutBack));
    let overwritten = count(&|area| area.matters == Some(Matters::No));
    let both = count(&|area| area.input && area.written);
    // Read in calls that did not write it: what stood there before was looked at.
    let only_read = count(&|area| area.input && !area.written);
    if matters > 0 || only_read > 0 {
        let why =
            format!("written in {written} of {calls} watched calls, and what stood there before matters");
        learnt.propose(case, &what, quoted("inout"), calls as u64, why);
    } else if put_back > 0 || (both > 0 && overwritten == 0) {
        let why = format!(
            "written in {written} of {calls} calls, and put back as it was in some: `out` or `inout`"
        );
        learnt.silent(&what, why);
    } else if calls < FOR_OUT {
        learnt.silent(&what, format!("written and not read, but in {calls} calls only"));
    } else {
        let why = if read == 0 {
            format!("written in {written} of {calls} watched calls, never read before")
        } else {
            format!("written in {written} of {calls} watched calls; what stood there before does not matter")
        };
        learnt.propose(case, &what, quoted("out"), calls as u64, why);
    }
}

/// Places in the code that may write an element of this parameter and that no watched call reached.
fn unreached(case: &Case<'_>, param: &Param) -> usize {
    let mut element = &param.ty;
    while let Type::Array(inner, _) = element {
        element = inner;
    }
    let scalar = case.known.contract.scalar(element);
    let size = match scalar {
        Type::Named(_) | Type::Chars | Type::Cstr => 1,
        other => case.known.contract.size_align(other).map_or(1, |(size, _)| size),
    };
    case.unreached.iter().filter(|site| site.width == 0 || site.width >= size).count()
}

/// Why no watched call speaks.
fn unwatched(case: &Case<'_>) -> String {
    match (case.tally.calls, case.samples.len()) {
        (0, _) => "it was never called".to_owned(),
        (calls, 0) => format!("none of {calls} calls could be repeated"),
        (_, watched) => format!("null in all {watched} watched calls"),
    }
}

/// Extents and texts.
fn shape(case: &Case<'_>, i: usize, param: &Param, learnt: &mut Learnt) {
    let Type::Array(element, _) = &param.ty else { return };
    if !has_unknown_extent(&param.ty) {
        return;
    }
    let what = format!("params.{}.type", param.name);
    if has_unknown_extent(element) {
        return learnt.silent(&what, "several of its extents are not known");
    }
    let Some(size) = case.known.contract.size_align(element).map(|(size, _)| size.max(1)) else { return };
    let seen = seen(case, i);
    if seen.is_empty() {
        return learnt.silent(&what, unwatched(case));
    }
    if let Some(calls) = is_text(element, &seen) {
        let why = format!("printable text up to a NUL in all {calls} calls, never touched beyond it");
        return learnt.propose(case, &what, quoted("cstr"), calls as u64, why);
    }
    let (names, positions) = bounds(case);
    let elements = |bytes: usize| (bytes as u64).div_ceil(size) as i64;
    let reaches: Vec<Reach> = seen
        .iter()
        .filter(|(_, area)| area.ends.0 > 0)
        .filter_map(|(sample, area)| {
            let integers = positions.iter().map(|at| sample.integers.get(*at).copied().flatten());
            Some(Reach {
                least: elements(area.ends.0),
                most: elements(area.ends.1),
                captured: (area.captured as u64 / size) as i64 + 1,
                integers: integers.collect::<Option<Vec<i64>>>()?,
                content: area.content,
            })
        })
        .collect();
    // In text the end is data: what looks constant is the same text again.
    let is_char = **element == Type::Char;
    match extent::infer(&names, &reaches) {
        Extent::Is(text, _) if is_char && text.parse::<i64>().is_ok() => {
            learnt.silent(
                &what,
                format!("{text} characters in all {} calls: that may be the text's", reaches.len()),
            );
        }
        Extent::Is(text, exact) => {
            let ty = if text == "1" { element.to_string() } else { format!("[{element}; {text}]") };
            let why = match reaches.len() {
                all if all == exact => {
                    format!("exactly so many elements are touched in all {all} watched calls")
                }
                all => format!("never exceeded in {all} watched calls, and met in {exact}"),
            };
            learnt.propose(case, &what, quoted(&ty), reaches.len() as u64, why);
        }
        Extent::Unclear(why) => learnt.silent(&what, why),
    }
}

/// The integer parameters an extent may be made of: those that are not outputs.
fn bounds<'a>(case: &Case<'a>) -> (Vec<&'a str>, Vec<usize>) {
    let params = case.known.routine.params.iter().enumerate();
    let integers = params.filter(|(i, param)| {
        let integer = matches!(case.known.contract.scalar(&param.ty), Type::Int(..));
        let written = param.by == By::Reference
            && area_of(&case.known, *i).is_some_and(|area| {
                case.samples
                    .iter()
                    .any(|sample| sample.areas.get(area).is_some_and(|a| a.written && !a.input))
            });
        integer && !written
    });
    integers.map(|(i, param)| (param.name.as_str(), i)).unzip()
}

/// Text up to a NUL in every call, and two different ones: the number of calls.
fn is_text(element: &Type, seen: &[(&Sample, &AreaSample)]) -> Option<usize> {
    let text = |area: &AreaSample| area.text.is_some_and(|nul| area.ends.0 <= nul + 1) && !area.written;
    let ends: std::collections::BTreeSet<_> = seen.iter().map(|(_, area)| area.text).collect();
    let fits = *element == Type::Char && seen.len() >= 3 && ends.len() >= 2;
    (fits && seen.iter().all(|(_, area)| text(area))).then_some(seen.len())
}

/// Functions of libraries that do nothing but compute, by the beginning of their names.
const PURE: [&str; 62] = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sqrt",
    "exp",
    "log",
    "pow",
    "fmod",
    "floor",
    "ceil",
    "round",
    "trunc",
    "fabs",
    "hypot",
    "cbrt",
    "copysign",
    "fmin",
    "fmax",
    "ldexp",
    "frexp",
    "modf",
    "lround",
    "rint",
    "nearbyint",
    "remainder",
    "erf",
    "memcpy",
    "memmove",
    "memset",
    "memcmp",
    "memchr",
    "strlen",
    "strnlen",
    "strcpy",
    "strncpy",
    "strcat",
    "strncat",
    "strcmp",
    "strncmp",
    "strchr",
    "strrchr",
    "strstr",
    "strspn",
    "strcspn",
    "strcasecmp",
    "strncasecmp",
    "toupper",
    "tolower",
    "abs",
    "labs",
    "__memcpy_chk",
    "__memset_chk",
    "__strcpy_chk",
    "__strcat_chk",
    "__stack_chk_fail",
    "_gfortran_compare_string",
    "_gfortran_concat_string",
    "_gfortran_string_",
    "_gfortran_pow_",
];

/// Whether a function of a library does nothing but compute. `sinf` and `sinl` are `sin`; `sigaction` is not.
fn is_pure(name: &str) -> bool {
    let forms = |base: &str| {
        name.strip_prefix(base).is_some_and(|rest| {
            base.ends_with('_')
                || matches!(rest, "" | "f" | "l" | "2" | "2f" | "2l" | "10" | "1p" | "m1" | "h" | "cos")
        })
    };
    PURE.iter().any(|base| forms(base))
}

/// The name of a system call that legacy routines make.
fn system_call(number: u32) -> String {
    let names = [
        (libc::SYS_read, "read"),
        (libc::SYS_write, "write"),
        (libc::SYS_open, "open"),
        (libc::SYS_openat, "open"),
        (libc::SYS_close, "close"),
        (libc::SYS_stat, "stat"),
        (libc::SYS_fstat, "stat"),
        (libc::SYS_newfstatat, "stat"),
        (libc::SYS_lseek, "lseek"),
        (libc::SYS_ioctl, "ioctl"),
        (libc::SYS_socket, "socket"),
        (libc::SYS_nanosleep, "nanosleep"),
        (libc::SYS_clock_nanosleep, "nanosleep"),
        (libc::SYS_unlink, "unlink"),
        (libc::SYS_kill, "kill"),
    ];
    let name = names.iter().find(|(known, _)| *known == i64::from(number));
    name.map_or_else(|| format!("number {number}"), |(_, name)| (*name).to_owned())
}

fn effects(case: &Case<'_>, learnt: &mut Learnt) {
    if case.known.routine.effects != Effects::Unknown && case.system_calls == 0 {
        return;
    }
    let closure = &case.background.closure;
    if case.system_calls > 0 {
        let names = case.numbers.iter().map(|number| system_call(*number)).collect::<Vec<_>>().join(", ");
        let why = format!("{} watched calls asked the system: {names}", case.system_calls);
        return learnt.propose(case, "effects", quoted("io"), case.system_calls, why);
    }
    let calls = case.samples.len();
    if calls < FOR_EFFECTS {
        return learnt.silent("effects", format!("{calls} calls were watched"));
    }
    let impure: Vec<&str> =
        closure.imports.iter().map(String::as_str).filter(|name| !is_pure(name)).take(3).collect();
    let written = case.samples.iter().any(|sample| {
        sample.areas.iter().enumerate().any(|(index, area)| {
            let state = case.known.areas.get(index).is_none_or(|area| matches!(area.owner, Owner::State(_)));
            state && area.written
        })
    });
    let follows = case.known.areas.iter().any(|area| holds_address(case.known.contract, &area.ty, 0));
    match () {
        () if follows => {
            learnt.silent("effects", "it is given records with addresses in them, which are not followed")
        }
        () if closure.open => learnt.silent("effects", "it calls through a pointer"),
        () if closure.system => learnt.silent("effects", "its code has a system call in it"),
        () if !impure.is_empty() => {
            learnt.silent("effects", format!("it may do input or output: it calls {}", impure.join(", ")));
        }
        () if written => {
            let why = format!(
                "it writes state in some of {calls} watched calls, and calls nothing that does input or output"
            );
            learnt.propose(case, "effects", quoted("state"), calls as u64, why);
        }
        () if !closure.stored.is_empty() || case.background.incomplete => {
            learnt.silent("effects", "its code may write data of the program, and no watched call did");
        }
        () => {
            let why = format!(
                "its code writes no data of the program and calls nothing that does input or output; {calls} calls watched"
            );
            learnt.propose(case, "effects", quoted("none"), calls as u64, why);
        }
    }
}

/// A record with an address in it, or with a union, which may be one.
fn holds_address(contract: &Contract, ty: &Type, depth: u32) -> bool {
    match ty {
        Type::Ptr | Type::Fn => true,
        Type::Array(element, _) => holds_address(contract, element, depth),
        Type::Named(name) if depth < 16 => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields)) => {
                fields.iter().any(|field| holds_address(contract, &field.ty, depth + 1))
            }
            Some(TypeKind::Union(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

/// The values a status may have: of a parameter, or of the returned value.
pub fn outcomes<'a>(case: &'a Case<'_>, param: Option<usize>) -> Option<&'a super::facts::Values> {
    case.tally.outcomes.get(&param.unwrap_or(RETURN))
}
