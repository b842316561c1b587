//! From what the calls of a routine have shown to proposals, and to what they cannot tell.

use super::extent::{self, Extent, Reach};
use super::facts::{AreaSample, Matters, RETURN, Sample, Tally, area_of, digest};
use super::record::Background;
use super::state;
use super::status;
use crate::evidence::Known;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{By, Contract, Effects, Param, Proposal, Type, TypeKind, Use};
use cmp_bridge_contract::readiness::has_unknown_extent;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::closure::{Site, is_numeric};
use std::collections::BTreeSet;

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
    /// Places in its code that may read and that no watched call reached.
    pub unread: &'a [Site],
    /// Why a watched call may have written what the comparison does not see.
    pub hidden: Option<&'a str>,
    /// What its code reaches.
    pub background: &'a Background,
    /// The image it is in.
    pub binary: &'a Binary,
    /// Scanned facts of its state: where views come from.
    pub scanned: &'a [cmp_bridge_contract::model::Contract],
    /// Types of variables of its image, by address.
    pub types: &'a std::collections::BTreeMap<u64, Type>,
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
            learnt.silent(&what, unwatched(case, i));
        }
        return;
    }
    if written == 0 {
        let unclear = match () {
            () if changed > 0 => {
                Some(format!("never written in {calls} watched calls, yet changed in {changed} of all"))
            }
            () if read == 0 => Some(format!("neither read nor written in {calls} calls")),
            () if reached_by_none(case.unreached, case, param) > 0 => Some(format!(
                "read in {read} of {calls} watched calls and written in none, but {} of its code that may write it \
                 never ran",
                crate::report::count(reached_by_none(case.unreached, case, param) as u64, "place")
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
    // Caution does not contradict what a person knows.
    let said = matches!(param.usage, Use::Out | Use::Status);
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
    } else if !said && seen.iter().any(|(_, area)| area.written && !in_full(case, param, area)) {
        let why =
            format!("written in {written} of {calls} watched calls, in some only in part: the rest stays");
        learnt.propose(case, &what, quoted("inout"), calls as u64, why);
    } else if !said && reached_by_none(case.unread, case, param) > 0 {
        let why = format!(
            "written in {written} of {calls} watched calls; {} of its code that may read it before never ran",
            crate::report::count(reached_by_none(case.unread, case, param) as u64, "place")
        );
        learnt.propose(case, &what, quoted("inout"), calls as u64, why);
    } else {
        let why = if read == 0 {
            format!("written in {written} of {calls} watched calls, never read before")
        } else {
            format!("written in {written} of {calls} watched calls; what stood there before does not matter")
        };
        learnt.propose(case, &what, quoted("out"), calls as u64, why);
    }
}

/// Of these places in the code, those that may access an element of this parameter and that no watched call reached.
fn reached_by_none(sites: &[Site], case: &Case<'_>, param: &Param) -> usize {
    let mut element = &param.ty;
    while let Type::Array(inner, _) = element {
        element = inner;
    }
    let scalar = case.known.contract.scalar(element);
    let size = match scalar {
        Type::Named(_) | Type::Chars | Type::Cstr => 1,
        other => case.known.contract.size_align(other).map_or(1, |(size, _)| size),
    };
    sites.iter().filter(|site| site.width == 0 || site.width >= size).count()
}

/// Every element of it was written: of an area of unknown extent, every one up to the last. What a record has between its
/// fields does not count.
fn in_full(case: &Case<'_>, param: &Param, area: &AreaSample) -> bool {
    let mut element = &param.ty;
    while let Type::Array(inner, _) = element {
        element = inner;
    }
    let contract = case.known.contract;
    let size = contract.size_align(element).map_or(1, |(size, _)| size.max(1)) as usize;
    let end = if has_unknown_extent(&param.ty) { area.ends.0.next_multiple_of(size) } else { area.captured };
    let mut leaves = Vec::new();
    value_bytes(contract, element, 0, 0, &mut leaves);
    let written = |from: usize, to: usize| {
        area.writes.iter().any(|(start, stop)| *start as usize <= from && to <= *stop as usize)
    };
    (0..end).step_by(size).all(|at| leaves.iter().all(|(from, to)| written(at + from, at + to)))
}

/// The bytes of an element that hold values: from, and up to.
fn value_bytes(contract: &Contract, ty: &Type, at: usize, depth: u32, into: &mut Vec<(usize, usize)>) {
    let fields = match ty {
        Type::Named(name) if depth < 16 => contract.type_def(name).map(|def| &def.kind),
        _ => None,
    };
    match fields {
        Some(TypeKind::Struct(fields)) => {
            for field in fields {
                value_bytes(contract, &field.ty, at + field.offset as usize, depth + 1, into);
            }
        }
        _ => {
            let size = contract.size_align(ty).map_or(0, |(size, _)| size) as usize;
            into.push((at, at + size));
        }
    }
}

/// Why no watched call speaks.
fn unwatched(case: &Case<'_>, param: usize) -> String {
    if area_of(&case.known, param).is_none() {
        return "what it leads to is not described".to_owned();
    }
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
        return learnt.silent(&what, unwatched(case, i));
    }
    if seen.iter().any(|(_, area)| area.masked) {
        return learnt.silent(&what, "vector instructions touch it under a mask: how far is not seen");
    }
    let (names, positions) = bounds(case);
    let reaches = reaches(case, i, size, &positions);
    let extent = extent::infer(&names, &reaches);
    let text = is_text(element, &seen);
    let counted = matches!(&extent, Extent::Is(text, _) if text.parse::<i64>().is_err());
    let exactly = reaches.iter().all(|reach| reach.least == reach.most);
    if text.is_some() && counted && !exactly {
        return learnt.silent(&what, "it may end at its NUL, and where an integer parameter says");
    }
    if let Some(calls) = text.filter(|_| !counted) {
        let why = format!("printable text up to a NUL in all {calls} calls, never touched beyond it");
        return learnt.propose(case, &what, quoted("cstr"), calls as u64, why);
    }
    // In text the end is data: what looks constant is the same text again.
    let is_char = **element == Type::Char;
    match extent {
        Extent::Is(text, _)
            if text.parse::<i64>().is_ok()
                && let Some(why) = same_inputs(case, i) =>
        {
            learnt.silent(&what, format!("{text} elements, but {why} in all calls: it may depend on that"));
        }
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

/// What each call touched of a parameter, in elements.
fn reaches(case: &Case<'_>, param: usize, size: u64, positions: &[usize]) -> Vec<Reach> {
    let elements = |bytes: usize| (bytes as u64).div_ceil(size) as i64;
    let reach = |(sample, area): (&Sample, &AreaSample)| {
        let integers = positions.iter().map(|at| sample.integers.get(*at).copied().flatten());
        let mut touched: BTreeSet<u64> = BTreeSet::new();
        for (from, to) in &area.touched {
            touched.extend(u64::from(*from) / size..u64::from(*to).div_ceil(size));
        }
        let least = elements(area.ends.0);
        let bytes: Vec<u8> = touched.iter().flat_map(|element| element.to_le_bytes()).collect();
        Some(Reach {
            least,
            most: elements(area.ends.1),
            captured: (area.captured as u64 / size) as i64 + 1,
            integers: integers.collect::<Option<Vec<i64>>>()?,
            content: area.content,
            set: digest(&bytes),
            dense: (0..least as u64).all(|element| touched.contains(&element)),
        })
    };
    seen(case, param).into_iter().filter(|(_, area)| area.ends.0 > 0).filter_map(reach).collect()
}

/// An input that was the same in all watched calls: which elements are touched may depend on it.
fn same_inputs(case: &Case<'_>, param: usize) -> Option<String> {
    let mine = area_of(&case.known, param);
    for (index, area) in case.known.areas.iter().enumerate() {
        let samples = || case.samples.iter().filter_map(|sample| sample.areas.get(index));
        let before: BTreeSet<u64> = samples().map(|area| area.before).collect();
        let input = samples().any(|area| area.input);
        if Some(index) != mine && input && before.len() < 2 && !matches!(area.owner, Owner::Bounds(_)) {
            return Some(format!("`{}` was the same", case.known.label(index)));
        }
    }
    for (i, other) in case.known.routine.params.iter().enumerate() {
        let values = case.tally.values.get(&i).and_then(super::facts::Values::constant);
        if i != param && other.by == By::Value && values.is_some() {
            return Some(format!("`{}` was the same", other.name));
        }
    }
    None
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
    // The NUL was looked at, and nothing surely beyond it.
    let text = |area: &AreaSample| {
        area.text.is_some_and(|nul| area.ends.0 <= nul + 1 && area.ends.1 > nul) && !area.written
    };
    let ends: BTreeSet<_> = seen.iter().map(|(_, area)| area.text).collect();
    let fits = *element == Type::Char && seen.len() >= 3 && ends.len() >= 2;
    (fits && seen.iter().all(|(_, area)| text(area))).then_some(seen.len())
}

/// Functions of libraries that do nothing but compute, and write through addresses they are given, or have other forms than
/// [`is_numeric`] knows.
const PURE: [&str; 41] = [
    "log1p",
    "expm1",
    "sincos",
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
    "memchr",
    "strnlen",
    "strcpy",
    "strncpy",
    "strcat",
    "strncat",
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
    "_gfortran_concat_string",
    "_gfortran_string_",
];

/// Whether a function of a library does nothing but compute. `sinf` and `sinl` are `sin`; `sigaction` is not.
fn is_pure(name: &str) -> bool {
    let forms = |base: &str| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| base.ends_with('_') || matches!(rest, "" | "f" | "l"))
    };
    is_numeric(name) || PURE.iter().any(|base| forms(base))
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
        () if closure.thread => {
            learnt.silent("effects", "it uses variables of its thread, which are not watched");
        }
        () if let Some(why) = case.hidden => learnt.silent("effects", why),
        () if has_other_addresses(&case.known, case.background) && !case.unreached.is_empty() => {
            let places = crate::report::count(case.unreached.len() as u64, "place");
            learnt.silent(
                "effects",
                format!("{places} of its code that may write through an address never ran"),
            );
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

/// Addresses come to it otherwise than as described parameters: it mentions data, which may hold some, or is given one of
/// which nothing is described.
pub fn has_other_addresses(known: &Known<'_>, background: &Background) -> bool {
    let closure = &background.closure;
    let opaque = known.routine.params.iter().any(|param| {
        param.by == By::Value && matches!(known.contract.scalar(&param.ty), Type::Ptr | Type::Fn)
    });
    closure.indirect || background.incomplete || !closure.data.is_empty() || opaque
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
