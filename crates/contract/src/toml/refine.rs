//! What a re-scan makes of a contract: the binary's facts are new, what people wrote stays.

use crate::model::*;

/// `old` brought up to date with `new`. Whatever `new` does not speak of stays: a scan may be of one routine only, and
/// what the binary no longer has is for `check` to say.
pub(super) fn refined(old: &Contract, new: &Contract) -> Contract {
    Contract {
        component: component(&old.component, &new.component),
        types: by_name(&old.types, &new.types, |def| &def.name, type_def),
        state: by_name(&old.state, &new.state, |area| &area.name, |_, new| new.clone()),
        routines: by_name(&old.routines, &new.routines, |routine| &routine.name, routine),
        proposals: old.proposals.clone(),
    }
}

/// The old elements, updated where there is a new one of the same name; then the new ones.
fn by_name<T: Clone>(old: &[T], new: &[T], name: fn(&T) -> &String, update: fn(&T, &T) -> T) -> Vec<T> {
    let find = |list: &[T], wanted: &T| list.iter().find(|other| name(other) == name(wanted)).cloned();
    let updated = old.iter().map(|old| find(new, old).map_or_else(|| old.clone(), |new| update(old, &new)));
    let added = new.iter().filter(|new| find(old, new).is_none()).cloned();
    updated.chain(added).collect()
}

fn component(old: &Component, new: &Component) -> Component {
    Component {
        name: old.name.clone(),
        language: new.language,
        binary: new.binary.clone().or_else(|| old.binary.clone()),
        build_id: new.build_id.clone().or_else(|| old.build_id.clone()),
        target: new.target,
    }
}

fn type_def(old: &TypeDef, new: &TypeDef) -> TypeDef {
    let kind = match (&old.kind, &new.kind) {
        (TypeKind::Struct(old) | TypeKind::Union(old), TypeKind::Struct(new)) => {
            TypeKind::Struct(fields(old, new))
        }
        (TypeKind::Struct(old) | TypeKind::Union(old), TypeKind::Union(new)) => {
            TypeKind::Union(fields(old, new))
        }
        (_, new) => new.clone(),
    };
    TypeDef {
        kind,
        release: old.release.clone().or_else(|| new.release.clone()),
        user_data: old.user_data.clone().or_else(|| new.user_data.clone()),
        stop: old.stop.or(new.stop),
        ..new.clone()
    }
}

/// The new fields, with what people wrote about those of the same name.
fn fields(old: &[Field], new: &[Field]) -> Vec<Field> {
    let update = |new: &Field| match old.iter().find(|old| old.name == new.name) {
        None => new.clone(),
        Some(old) => Field {
            usage: if old.usage == Use::Ignored { Use::Ignored } else { new.usage },
            unit: old.unit.clone().or_else(|| new.unit.clone()),
            tolerance: old.tolerance.or(new.tolerance),
            ..new.clone()
        },
    };
    new.iter().map(update).collect()
}

fn routine(old: &Routine, new: &Routine) -> Routine {
    let params = new.params.iter().map(|new| match old.params.iter().find(|old| old.name == new.name) {
        Some(old) => param(old, new),
        None => new.clone(),
    });
    let returns = match (&old.returns, &new.returns) {
        (Some(old), Some(new)) => Some(Returns {
            ty: new.ty.clone(),
            by: new.by,
            usage: usage(old.usage, new.usage),
            release: old.release.clone().or_else(|| new.release.clone()),
            unit: old.unit.clone().or_else(|| new.unit.clone()),
            tolerance: old.tolerance.or(new.tolerance),
        }),
        (_, new) => new.clone(),
    };
    let state = by_name(
        &old.state,
        &new.state,
        |entry| &entry.area,
        |old, new| StateUse {
            area: new.area.clone(),
            view: new.view.clone(),
            usage: usage(old.usage, new.usage),
        },
    );
    Routine {
        name: new.name.clone(),
        symbol: new.symbol.clone(),
        source: new.source.clone().or_else(|| old.source.clone()),
        at: new.at.clone().or_else(|| old.at.clone()),
        params: params.collect(),
        returns,
        status: old.status.clone().or_else(|| new.status.clone()),
        state,
        effects: if old.effects == Effects::Unknown { new.effects } else { old.effects },
        threads: old.threads,
        // A person may know that no exception comes out.
        exceptions: old.exceptions,
        remote: old.remote,
        varargs: new.varargs,
        static_link: new.static_link,
    }
}

fn usage(old: Use, new: Use) -> Use {
    if old == Use::Unknown { new } else { old }
}

fn param(old: &Param, new: &Param) -> Param {
    let keep = says_more(old, new);
    Param {
        name: new.name.clone(),
        ty: if keep { old.ty.clone() } else { new.ty.clone() },
        by: if keep { old.by } else { new.by },
        usage: usage(old.usage, new.usage),
        nullable: old.nullable || new.nullable,
        user_data: old.user_data.clone().or_else(|| new.user_data.clone()),
        // No binary says it.
        kept: old.kept.or(new.kept),
        unit: old.unit.clone().or_else(|| new.unit.clone()),
        tolerance: old.tolerance.or(new.tolerance),
    }
}

/// The old type says all that the new one says, and more: a person completed it.
fn says_more(old: &Param, new: &Param) -> bool {
    match (new.by, &new.ty) {
        // The scan knows no more than that it is an address.
        (By::Value, Type::Ptr) => old.by == By::Reference,
        // `double *x` may be one or many.
        (By::Reference, _) if old.by == By::Reference => completes(&old.ty, &new.ty),
        _ => false,
    }
}

/// `old` is `new` with extents filled in, or with bytes known to be text.
fn completes(old: &Type, new: &Type) -> bool {
    match (old, new) {
        _ if old == new => true,
        (Type::Cstr, _) => is_byte(new) || matches!(new, Type::Array(element, _) if is_byte(element)),
        (Type::Array(old, old_extent), Type::Array(new, new_extent)) => {
            completes(old, new)
                && match (old_extent, new_extent) {
                    (_, Extent::Unknown) => true,
                    // A constant in the binary is a bound; an expression over parameters is what is used of it.
                    (Extent::Expr(old), Extent::Expr(new)) => {
                        old == new || (new.constant().is_some() && old.constant().is_none())
                    }
                    (Extent::Carried(old), Extent::Carried(new)) => old == new,
                    (Extent::Unknown | Extent::Carried(_), _) | (_, Extent::Carried(_)) => false,
                }
        }
        (Type::Array(element, _), new) => completes(element, new),
        _ => false,
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Char | Type::Int(1, _))
}
