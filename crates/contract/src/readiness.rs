//! What a route still needs to know of a routine. A contract may be incomplete; what uses it may not.

use crate::model::*;
use std::collections::BTreeSet;

/// What a contract is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Route `record`: nothing but the ABI is needed.
    Record,
    /// Replay of a journal through the candidate.
    Replay,
    /// Route `shadow`: replay, live.
    Shadow,
    /// Route `rust`, or a candidate relinked.
    Rust,
}

/// A fact that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Where to complete it, as keys from the top of the file: `routine.eck_hec.params.2.use`. See
    /// [`crate::toml::locate`].
    pub path: String,
    /// What is missing, and what to write.
    pub message: String,
}

/// The facts that `purpose` needs of `routine` and the contract does not say. Empty: it may go ahead.
pub fn missing(contract: &Contract, routine: &Routine, purpose: Purpose) -> Vec<Missing> {
    let mut search = Search { contract, path: format!("routine.{}", routine.name), missing: Vec::new() };
    if routine.varargs {
        let message = "it takes variable arguments: how many there are is not known at its entry; put a routine with fixed ones around it";
        search.add("varargs", message.into());
    }
    if purpose == Purpose::Record {
        return search.missing;
    }
    search.hidden(routine, purpose);
    for (i, param) in routine.params.iter().enumerate() {
        search.param(&format!("params.{i}"), param);
    }
    if let Some(returns) = &routine.returns {
        if returns.usage == Use::Unknown {
            search.add(
                "returns.use",
                "the returned value: write `use = \"out\"`, `\"status\"` or `\"ignored\"`".into(),
            );
        }
        search.addresses("returns.type", "the returned value", &returns.ty, returns.usage);
    }
    for (i, entry) in routine.state.iter().enumerate() {
        if entry.usage == Use::Unknown {
            let message =
                format!("state `{}`: `use` is unknown; write `\"in\"`, `\"out\"` or `\"inout\"`", entry.area);
            search.add(&format!("state.{i}.use"), message);
        }
        search.addresses(
            &format!("state.{i}.view"),
            &format!("state `{}`", entry.area),
            &entry.view,
            entry.usage,
        );
    }
    search.effects(routine, purpose);
    search.missing
}

struct Search<'a> {
    contract: &'a Contract,
    path: String,
    missing: Vec<Missing>,
}

impl Search<'_> {
    fn add(&mut self, key: &str, message: String) {
        self.missing.push(Missing { path: format!("{}.{key}", self.path), message });
    }

    /// What can be recorded and not be called again from outside.
    fn hidden(&mut self, routine: &Routine, purpose: Purpose) {
        if routine.static_link {
            let message = "it works on the frame of the routine it stands in, which is not there in a replay; only `record` is possible: take the enclosing routine instead";
            self.add("static-link", message.into());
        }
        for (i, param) in routine.params.iter().enumerate() {
            if param.by == By::Descriptor && purpose != Purpose::Replay {
                let message = format!(
                    "parameter `{}`: an array that travels with its bounds can be recorded and replayed yet, not given to a candidate",
                    param.name
                );
                self.add(&format!("params.{i}.by"), message);
            }
        }
        if routine.returns.as_ref().is_some_and(|returns| returns.by == By::Descriptor) {
            let message = "an array that is returned with its bounds: only `record` is possible yet";
            self.add("returns.by", message.into());
        }
        if routine
            .returns
            .as_ref()
            .is_some_and(|returns| returns.by == By::Reference && returns.usage != Use::Ignored)
        {
            let message =
                "what the returned address leads to is not captured yet: write `use = \"ignored\"` there";
            self.add("returns.by", message.into());
        }
    }

    fn param(&mut self, path: &str, param: &Param) {
        let name = &param.name;
        if param.usage == Use::Unknown {
            let words = match param.by {
                By::Value => "`\"in\"` or `\"ignored\"`",
                By::Reference | By::Descriptor => {
                    "`\"in\"`, `\"out\"`, `\"inout\"`, `\"status\"` or `\"ignored\"`"
                }
            };
            self.add(&format!("{path}.use"), format!("parameter `{name}`: `use` is unknown; write {words}"));
        }
        if has_unknown_extent(&param.ty) {
            let message = format!(
                "parameter `{name}`: an extent is `?`; write the number of elements, such as `3` or `2*n-1`, in \"{}\"",
                param.ty
            );
            self.add(&format!("{path}.type"), message);
        }
        if param.ty == Type::Cstr && matches!(param.usage, Use::Out | Use::InOut) {
            let message = format!(
                "parameter `{name}`: how much may be written is not known of a \"cstr\"; write \"[char; n]\" with the size of the buffer"
            );
            self.add(&format!("{path}.type"), message);
        }
        self.addresses(&format!("{path}.type"), &format!("parameter `{name}`"), &param.ty, param.usage);
    }

    /// An address is only good in the process and at the moment it was taken: a candidate that runs on a copy cannot
    /// follow it, and its bits differ at every run.
    fn addresses(&mut self, path: &str, what: &str, ty: &Type, usage: Use) {
        if usage == Use::Ignored {
            return;
        }
        let Some((field, ty)) = first_address(self.contract, ty, &mut BTreeSet::new()) else { return };
        let what = if field.is_empty() { what.to_string() } else { format!("{what}, field `{field}`") };
        let message = match ty {
            Type::Named(name) => format!(
                "{what}: the inside of `{name}` is not described; describe it, or write `use = \"ignored\"` there"
            ),
            Type::Fn => format!(
                "{what}: it is called back, and a candidate that runs on a copy must not do that twice; only `record` is \
                 possible, unless it is never called: then write `use = \"ignored\"` there"
            ),
            _ => format!(
                "{what}: \"ptr\" is an address that leads to nothing described; describe what it leads to, or write \
                 `use = \"ignored\"` there"
            ),
        };
        self.add(path, message);
    }

    fn effects(&mut self, routine: &Routine, purpose: Purpose) {
        match (routine.effects, purpose) {
            (Effects::Unknown, _) => {
                let message = "`effects` is unknown; write `\"none\"`, `\"state\"` if it writes declared state only, or `\"io\"`";
                self.add("effects", message.into());
            }
            (Effects::Io, Purpose::Replay | Purpose::Shadow) => {
                let message = "`effects = \"io\"`: what it does outside must not be done twice; only `record` and `rust` are possible";
                self.add("effects", message.into());
            }
            _ => (),
        }
    }
}

/// Whether the number of elements is not known, of an array or of one inside it.
pub fn has_unknown_extent(ty: &Type) -> bool {
    match ty {
        Type::Array(_, Extent::Unknown) => true,
        Type::Array(element, _) => has_unknown_extent(element),
        _ => false,
    }
}

/// The first address inside a value, with the path to it: ignored fields and unions, which are bytes, apart.
fn first_address<'a>(
    contract: &'a Contract,
    ty: &'a Type,
    seen: &mut BTreeSet<&'a str>,
) -> Option<(String, &'a Type)> {
    match ty {
        Type::Ptr | Type::Fn => Some((String::new(), ty)),
        Type::Array(element, _) => first_address(contract, element, seen),
        Type::Named(name) if seen.insert(name) => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields)) => {
                fields.iter().filter(|field| field.usage != Use::Ignored).find_map(|field| {
                    let (inner, ty) = first_address(contract, &field.ty, seen)?;
                    let path =
                        if inner.is_empty() { field.name.clone() } else { format!("{}.{inner}", field.name) };
                    Some((path, ty))
                })
            }
            Some(TypeKind::Function { .. }) => Some((String::new(), &Type::Fn)),
            Some(TypeKind::Opaque { .. }) => Some((String::new(), ty)),
            _ => None,
        },
        _ => None,
    }
}
