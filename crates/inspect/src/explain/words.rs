//! A routine's signature in the words of its own language, as the debug information has it.

#![expect(non_upper_case_globals, reason = "patterns are the constants of the DWARF standard, by its names")]

use gimli::constants::*;

use crate::dwarf::{DebugInfo, Die, DieRef, Language, integer};
use crate::inlined::Known;

/// Types inside types that are followed.
const MAX_DEPTH: usize = 12;
/// Parameters that are named.
const MAX_PARAMETERS: usize = 128;

/// The signature, if the debug information has one.
pub(super) fn signature<'s>(info: &DebugInfo<'s>, known: &Known, language: Language) -> Option<String> {
    let chain = info.die(known.die).and_then(|die| info.origins(&die)).ok()?;
    let name = qualified(known, language)?;
    let printer = Printer { info, language };
    let returns = chain.iter().find_map(|die| info.reference(die, DW_AT_type).ok().flatten());
    let mut parameters = Vec::new();
    let mut variadic = false;
    for die in chain.iter() {
        let children = info.children(die.at).unwrap_or_default();
        variadic |= children.iter().any(|c| c.tag() == DW_TAG_unspecified_parameters);
        if !parameters.is_empty() {
            continue;
        }
        let formal = children.into_iter().filter(|c| c.tag() == DW_TAG_formal_parameter);
        for child in formal.take(MAX_PARAMETERS) {
            let Ok(own) = info.origins(&child) else { continue };
            let name = own.iter().find_map(|d| info.name(d)).unwrap_or_default();
            // gfortran marks the parameters of an ENTRY artificial, too; those it adds itself begin with these.
            let written = language == Language::Fortran && !name.is_empty() && !name.starts_with(['_', '.']);
            if !written && own.iter().any(|d| crate::dwarf::flag(d, DW_AT_artificial)) {
                continue;
            }
            let ty = own.iter().find_map(|d| info.reference(d, DW_AT_type).ok().flatten());
            parameters.push((name, ty));
        }
    }
    Some(printer.routine(&name, returns, &parameters, variadic))
}

/// The routine's name as its language writes it.
pub(super) fn qualified(known: &Known, language: Language) -> Option<String> {
    let linkage = known.linkage_name.as_deref().unwrap_or_default();
    let name = known.name.clone().or_else(|| known.linkage_name.clone())?;
    Some(match language {
        Language::Cpp => nested(linkage).unwrap_or(name),
        // GNAT's own name of a library-level routine is its full one.
        Language::Ada => name.replace("__", "."),
        Language::Fortran => match linkage.strip_prefix("__").and_then(|l| l.split_once("_MOD_")) {
            Some((module, procedure)) => format!("{module}::{procedure}"),
            None => name,
        },
        _ => name,
    })
}

/// `_ZN6Agenda5trierEv` is `Agenda::trier`. Templates and operators are left to the debug information.
pub(super) fn nested(linkage: &str) -> Option<String> {
    let mut rest = linkage.strip_prefix("_ZN")?;
    rest = rest.trim_start_matches(['K', 'V', 'r', 'R', 'O']);
    let mut parts: Vec<&str> = Vec::new();
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        let len: usize = rest[..digits].parse().ok()?;
        let end = digits.checked_add(len)?;
        parts.push(rest.get(digits..end)?);
        rest = &rest[end..];
    }
    let last = *parts.last()?;
    let name = match rest.as_bytes() {
        [b'E', ..] => String::new(),
        [b'C', b'1'..=b'4', b'E', ..] => format!("::{last}"),
        [b'D', b'0'..=b'2', b'E', ..] => format!("::~{last}"),
        _ => return None,
    };
    Some(parts.join("::").replace("_GLOBAL__N_1", "(anonymous)") + &name)
}

struct Printer<'a, 's> {
    info: &'a DebugInfo<'s>,
    language: Language,
}

impl<'s> Printer<'_, 's> {
    fn routine(
        &self,
        name: &str,
        returns: Option<DieRef>,
        parameters: &[(String, Option<DieRef>)],
        variadic: bool,
    ) -> String {
        match self.language {
            Language::Fortran => {
                let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
                let head = match returns {
                    Some(ty) => format!("{} FUNCTION {name}", self.fortran(ty)),
                    None => format!("SUBROUTINE {name}"),
                };
                let mut text = format!("{head}({})", names.join(", "));
                for (name, ty) in parameters {
                    let ty = ty.map_or_else(|| "?".to_string(), |ty| self.fortran(ty));
                    text += &format!("\n    {ty} :: {name}");
                }
                text
            }
            Language::Ada => {
                let each = parameters.iter().map(|(name, ty)| format!("{name} : {}", self.ada(*ty)));
                let list = each.collect::<Vec<_>>().join("; ");
                let list = if list.is_empty() { list } else { format!(" ({list})") };
                match returns {
                    Some(ty) => format!("function {name}{list} return {}", self.ada(Some(ty))),
                    None => format!("procedure {name}{list}"),
                }
            }
            _ => {
                let mut each: Vec<String> =
                    parameters.iter().map(|(name, ty)| self.c(*ty, name, 0)).collect();
                if variadic {
                    each.push("...".to_string());
                }
                if each.is_empty() && self.language == Language::C {
                    each.push("void".to_string());
                }
                self.c(returns, &format!("{name}({})", each.join(", ")), 0)
            }
        }
    }

    fn follow(&self, ty: Option<DieRef>) -> Option<Die<'s>> {
        self.info.die(ty?).ok()
    }

    fn target(&self, die: &Die<'s>) -> Option<DieRef> {
        self.info.reference(die, DW_AT_type).ok().flatten()
    }

    /// A declaration in C and C++: `double (*f)(int)`.
    fn c(&self, ty: Option<DieRef>, declared: &str, depth: usize) -> String {
        let spaced = |text: &str| match declared.is_empty() {
            true => text.to_string(),
            false => format!("{text} {declared}"),
        };
        let Some(die) = self.follow(ty).filter(|_| depth < MAX_DEPTH) else {
            return spaced(if ty.is_none() { "void" } else { "?" });
        };
        let target = self.target(&die);
        let inner = target.and_then(|t| self.info.die(t).ok()).map(|d| d.tag());
        let wrapped = |mark: &str| match inner {
            Some(DW_TAG_subroutine_type | DW_TAG_array_type) => format!("({mark}{declared})"),
            _ => format!("{mark}{declared}"),
        };
        match die.tag() {
            DW_TAG_pointer_type => self.c(target, &wrapped("*"), depth + 1),
            DW_TAG_reference_type => self.c(target, &wrapped("&"), depth + 1),
            DW_TAG_rvalue_reference_type => self.c(target, &wrapped("&&"), depth + 1),
            DW_TAG_const_type => self.qualifier("const", inner, target, declared, depth),
            DW_TAG_volatile_type => self.qualifier("volatile", inner, target, declared, depth),
            DW_TAG_restrict_type => self.c(target, &format!("restrict {declared}"), depth + 1),
            DW_TAG_atomic_type => self.qualifier("_Atomic", inner, target, declared, depth),
            DW_TAG_subroutine_type => {
                let children = self.info.children(die.at).unwrap_or_default();
                let formal = children.iter().filter(|c| c.tag() == DW_TAG_formal_parameter);
                let each: Vec<String> =
                    formal.take(MAX_PARAMETERS).map(|c| self.c(self.target(c), "", depth + 1)).collect();
                self.c(target, &format!("{declared}({})", each.join(", ")), depth + 1)
            }
            DW_TAG_array_type => {
                let extents: String = self.extents(&die).iter().map(|e| format!("[{e}]")).collect();
                self.c(target, &format!("{declared}{extents}"), depth + 1)
            }
            tag => {
                let name = self.info.name(&die).unwrap_or_else(|| "(unnamed)".to_string());
                let name = match tag {
                    DW_TAG_structure_type if self.language == Language::C => format!("struct {name}"),
                    DW_TAG_union_type if self.language == Language::C => format!("union {name}"),
                    DW_TAG_enumeration_type if self.language == Language::C => format!("enum {name}"),
                    _ => name,
                };
                spaced(&name)
            }
        }
    }

    /// `const` stands before what it qualifies, except after a `*`.
    fn qualifier(
        &self,
        word: &str,
        inner: Option<gimli::DwTag>,
        target: Option<DieRef>,
        declared: &str,
        depth: usize,
    ) -> String {
        match inner {
            Some(DW_TAG_pointer_type) => {
                let declared =
                    if declared.is_empty() { word.to_string() } else { format!("{word} {declared}") };
                self.c(target, &declared, depth + 1)
            }
            _ => format!("{word} {}", self.c(target, declared, depth + 1)),
        }
    }

    /// Number of elements in each dimension, as far as it is a constant.
    fn extents(&self, die: &Die<'s>) -> Vec<String> {
        let children = self.info.children(die.at).unwrap_or_default();
        let ranges = children.iter().filter(|c| c.tag() == DW_TAG_subrange_type);
        let constant = |c: &Die<'s>, at| c.entry.attr_value(at).as_ref().and_then(integer);
        ranges
            .map(|c| {
                let first = match self.language {
                    Language::Fortran | Language::Ada => 1,
                    _ => 0,
                };
                let lower = constant(c, DW_AT_lower_bound);
                let upper = constant(c, DW_AT_upper_bound);
                match (self.language, lower.unwrap_or(first), upper, constant(c, DW_AT_count)) {
                    (Language::Fortran, 1, Some(upper), _) => upper.to_string(),
                    (Language::Fortran, lower, Some(upper), _) => format!("{lower}:{upper}"),
                    (Language::Fortran, ..) => "*".to_string(),
                    (_, lower, Some(upper), _) => upper.saturating_sub(lower).saturating_add(1).to_string(),
                    (_, _, None, Some(count)) => count.to_string(),
                    _ => String::new(),
                }
            })
            .collect()
    }

    /// A type in Fortran: `REAL(8), DIMENSION(3)`.
    fn fortran(&self, ty: DieRef) -> String {
        let mut ty = Some(ty);
        let mut dimension = String::new();
        for _ in 0..MAX_DEPTH {
            let Some(die) = self.follow(ty) else { break };
            match die.tag() {
                DW_TAG_pointer_type
                | DW_TAG_reference_type
                | DW_TAG_const_type
                | DW_TAG_restrict_type
                | DW_TAG_volatile_type
                | DW_TAG_typedef => ty = self.target(&die),
                DW_TAG_array_type => {
                    dimension = format!(", DIMENSION({})", self.extents(&die).join(", "));
                    ty = self.target(&die);
                }
                DW_TAG_string_type => return format!("CHARACTER(*){dimension}"),
                DW_TAG_subroutine_type => return "PROCEDURE".to_string(),
                DW_TAG_structure_type => {
                    return format!("TYPE({}){dimension}", self.info.name(&die).unwrap_or_default());
                }
                _ => {
                    let name = self.info.name(&die).unwrap_or_else(|| "?".to_string());
                    return format!("{}{dimension}", name.to_uppercase().replace("(KIND=", "("));
                }
            }
        }
        "?".to_string()
    }

    /// A type in Ada: its name, or what it is made of.
    fn ada(&self, ty: Option<DieRef>) -> String {
        let mut ty = ty;
        for _ in 0..MAX_DEPTH {
            let Some(die) = self.follow(ty) else { break };
            let name = self.info.name(&die).filter(|n| !n.contains("___"));
            match (name, die.tag()) {
                (Some(name), _) => return name.replace("__", "."),
                (None, DW_TAG_subroutine_type) => return "access procedure".to_string(),
                (None, _) => ty = self.target(&die),
            }
        }
        "?".to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_are_read() {
        for (linkage, expected) in [
            ("_ZN6Agenda5trierEv", Some("Agenda::trier")),
            ("_ZNK3cmp4Lieu6calculEd", Some("cmp::Lieu::calcul")),
            ("_ZN4LieuC2Edd", Some("Lieu::Lieu")),
            ("_ZN4LieuD1Ev", Some("Lieu::~Lieu")),
            ("_Z3addii", None),
            ("_ZN999999999999999999999aE", None),
            ("_ZN4LiE", None),
            ("_ZN", None),
        ] {
            assert_eq!(nested(linkage).as_deref(), expected, "{linkage}");
        }
    }
}
