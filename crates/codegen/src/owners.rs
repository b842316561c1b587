//! Who releases what a routine returns by its address, and with which routine.

use crate::entry::raw_return;
use crate::error::Unsupported;
use crate::names;
use crate::page::Page;
use crate::shape::{Arg, Kind, Shape, leads_on};
use cmp_bridge_contract::abi::Role;
use cmp_bridge_contract::model::{By, Contract, Type, TypeKind};
use std::collections::BTreeMap;

/// The types whose values are released, and the routines that do it.
pub(crate) struct Owners<'a> {
    contract: &'a Contract,
    /// Routine by type, for storage whose inside is not described.
    by_type: BTreeMap<&'a str, &'a str>,
}

/// A returned address as `Control` gives it.
pub(crate) struct Given {
    pub ty: String,
    pub value: String,
}

/// A parameter that is owned.
pub(crate) struct Taken {
    pub ty: String,
    /// The routine ends its life.
    pub ends: bool,
    /// It travels as an address that the trait's function does not follow.
    pub address: bool,
    pub mutable: bool,
}

/// The routines that release something the routines of this name give away.
pub(crate) fn needed<'a>(contract: &'a Contract, names: &[String]) -> Vec<&'a str> {
    let mut found = Vec::new();
    for routine in contract.routines.iter().filter(|routine| names.contains(&routine.name)) {
        let Some(returns) = &routine.returns else { continue };
        found.extend(returns.release.as_deref());
    }
    found.retain(|name| contract.routine(name).is_some());
    found.sort_unstable();
    found.dedup();
    found
}

impl<'a> Owners<'a> {
    /// What a contract says of it.
    pub fn of(contract: &'a Contract) -> Owners<'a> {
        let opaque = contract.types.iter().filter(|def| matches!(def.kind, TypeKind::Opaque { .. }));
        let released = opaque.filter_map(|def| Some((def.name.as_str(), def.release.as_deref()?)));
        let mut by_type: BTreeMap<&str, &str> = released.collect();
        for routine in &contract.routines {
            if let Some(returns) = &routine.returns
                && let (By::Reference, Type::Named(name), Some(release)) =
                    (returns.by, &returns.ty, &returns.release)
            {
                by_type.entry(name).or_insert(release);
            }
        }
        Owners { contract, by_type }
    }

    /// The type of a parameter that is the address of something released.
    fn owned_type(&self, arg: &Arg) -> Option<(&'a str, &'a str)> {
        let Type::Named(name) = &arg.param.ty else { return None };
        let addressed = matches!(arg.kind, Kind::Sized { .. } | Kind::Opaque);
        let (name, release) = self.by_type.get_key_value(name.as_str())?;
        (addressed && arg.param.by == By::Reference && !arg.nullable).then_some((*name, *release))
    }

    /// How a parameter is owned. `None`: it is not.
    pub fn taken(&self, shape: &Shape, arg: &Arg) -> Option<Taken> {
        let (name, release) = self.owned_type(arg)?;
        let opaque =
            self.contract.type_def(name).is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }));
        let ends = release == shape.routine.name;
        if !ends && !opaque {
            return None;
        }
        let (mutable, address) = match arg.kind {
            Kind::Sized { mutable, .. } => (mutable, false),
            _ => (false, true),
        };
        let ty = names::type_name(name);
        let lifetime =
            if self.lender(shape).is_some_and(|lender| lender.ident == arg.ident) { "'o " } else { "" };
        let ty = match (ends, mutable) {
            (true, _) => format!("Owned<{ty}>"),
            (false, true) => format!("&{lifetime}mut Owned<{ty}>"),
            (false, false) => format!("&{lifetime}Owned<{ty}>"),
        };
        Some(Taken { ty, ends, address, mutable })
    }

    /// The routine releases what it is given, and a type does not see to it that it is given away first.
    pub fn releases_unowned(&self, shape: &Shape, arg: &Arg) -> bool {
        let name = Some(shape.routine.name.as_str());
        let returned = self.contract.routines.iter().filter_map(|routine| routine.returns.as_ref());
        let releases = returned.map(|returns| returns.release.as_deref()).any(|release| release == name)
            || self.by_type.values().any(|release| Some(*release) == name);
        releases && arg.param.by == By::Reference && !self.taken(shape, arg).is_some_and(|taken| taken.ends)
    }

    /// What a returned address becomes. `None`: what is returned is no address.
    pub fn given(&self, shape: &Shape) -> Option<Given> {
        let returns = shape.routine.returns.as_ref().filter(|returns| returns.by == By::Reference)?;
        let text = returns.ty == Type::Cstr;
        if let Some(release) = self.release(shape) {
            let function = release_function(release);
            return Some(match (&returns.ty, text) {
                (_, true) => Given {
                    ty: "Option<OwnedText>".into(),
                    value: format!("unsafe {{ OwnedText::new(value, {function}) }}"),
                },
                (_, false) => Given {
                    ty: format!("Option<Owned<{}>>", inner(shape)?),
                    value: format!("unsafe {{ Owned::new(value, {function}) }}"),
                },
            });
        }
        let lent = self.lender(shape).is_some();
        let plain = |ty: String, value: &str| Some(Given { ty, value: value.into() });
        match (text, lent) {
            (true, true) => plain("Option<&'o CStr>".into(), "unsafe { value.borrow_text() }"),
            (true, false) => plain("Option<std::ffi::CString>".into(), "value.text()"),
            (false, true) => plain(format!("Option<&'o {}>", inner(shape)?), "unsafe { value.borrow() }"),
            (false, false) if self.is_opaque(&returns.ty) => None,
            (false, false) => plain(format!("Option<{}>", inner(shape)?), "value.get()"),
        }
    }

    /// Why what is given is sound.
    pub fn safety(&self, shape: &Shape) -> Option<&'static str> {
        shape.routine.returns.as_ref().filter(|returns| returns.by == By::Reference)?;
        match (self.release(shape), self.lender(shape)) {
            (Some(_), _) => Some("SAFETY: the contract says that its receiver releases it, and how."),
            (None, Some(_)) => Some("SAFETY: it belongs to what is borrowed, and is as lasting."),
            _ => None,
        }
    }

    /// Who releases what is returned, in words.
    pub fn told(&self, shape: &Shape) -> Option<String> {
        let returns = shape.routine.returns.as_ref().filter(|returns| returns.by == By::Reference)?;
        if let Some(release) = self.release(shape) {
            return Some(format!(
                "What is returned is the caller's: when it is dropped, `{release}` releases it."
            ));
        }
        let Type::Named(name) = &returns.ty else { return None };
        let release = self.by_type.get(name.as_str())?;
        Some(format!(
            "What is returned is not the caller's to release: the contract has no `release = \"{release}\"` at this routine."
        ))
    }

    /// What is returned is lent by something that is owned.
    pub fn lends(&self, shape: &Shape) -> bool {
        self.given(shape).is_some_and(|given| given.ty.contains("'o"))
    }

    fn is_opaque(&self, ty: &Type) -> bool {
        let Type::Named(name) = ty else { return false };
        let def = self.contract.type_def(name);
        def.is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }))
    }

    /// The routine that releases what this one returns. The routine itself must say so: the `release` of a type says how the
    /// life of one ends, not that whoever is given an address of one is to end it.
    fn release(&self, shape: &Shape) -> Option<&'a str> {
        let routine = self.contract.routine(&shape.routine.name)?;
        let returns = routine.returns.as_ref().filter(|returns| returns.by == By::Reference)?;
        returns.release.as_deref()
    }

    /// The parameter to which a returned address belongs: the first that is owned, and lives on.
    fn lender<'s>(&self, shape: &'s Shape) -> Option<&'s Arg<'s>> {
        let returned = shape.routine.returns.as_ref().is_some_and(|returns| returns.by == By::Reference);
        if !returned || self.release(shape).is_some() {
            return None;
        }
        shape
            .args
            .iter()
            .find(|arg| self.owned_type(arg).is_some_and(|(_, release)| release != shape.routine.name))
    }

    /// Prints the functions that release, and says which cannot.
    pub fn print(&self, shapes: &[Shape], page: &mut Page) -> Result<(), Vec<Unsupported>> {
        let mut faults = Vec::new();
        let mut names: Vec<(&str, &str)> = shapes
            .iter()
            .filter_map(|shape| Some((self.release(shape)?, shape.routine.name.as_str())))
            .filter(|(release, _)| *release != "free" || self.contract.routine("free").is_some())
            .collect();
        names.sort_unstable();
        names.dedup_by_key(|(release, _)| *release);
        for (release, user) in names {
            if let Err(reason) = release_by(shapes, release, page) {
                let part = format!("what it returns is released by `{release}`");
                faults.push(Unsupported { routine: user.to_string(), part, reason });
            }
        }
        self.plain(shapes, page);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Says which records safe code may change while it owns them: those that hold no address.
    fn plain(&self, shapes: &[Shape], page: &mut Page) {
        let owned = shapes.iter().filter(|shape| self.release(shape).is_some());
        let mut names: Vec<&str> = owned
            .filter_map(|shape| match &shape.routine.returns.as_ref()?.ty {
                ty @ Type::Named(name) if !leads_on(self.contract, ty) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            page.line("// SAFETY: the contract describes all of it, and it holds no address.");
            page.line(&format!("unsafe impl support::Plain for {} {{}}", names::type_name(name)));
            page.gap();
        }
    }
}

/// What the address leads to, in Rust.
fn inner<'s>(shape: &'s Shape) -> Option<&'s str> {
    shape.value.as_ref()?.raw.strip_prefix("Lasting<")?.strip_suffix('>')
}

fn release_function(release: &str) -> String {
    match release {
        "free" => "support::free".into(),
        name => format!("release_by_{}", names::variable(name).trim_end_matches('_')),
    }
}

fn release_by(shapes: &[Shape], release: &str, page: &mut Page) -> Result<(), String> {
    let Some(shape) = shapes.iter().find(|shape| shape.routine.name == release) else {
        return Err("that routine is not generated: name it, too".into());
    };
    let [(Role::Param(0), _)] = shape.abi.as_slice() else {
        return Err("that routine takes more than the address".into());
    };
    let argument = match &shape.args[0].kind {
        Kind::Opaque => "support::Address(address as usize)",
        Kind::Value(scalar) if scalar.raw == "Address" => "support::Address(address as usize)",
        Kind::Sized { .. } | Kind::Cstr => "address.cast()",
        Kind::Out(..) | Kind::In(_) => "address.cast()",
        _ => return Err("that routine does not take an address".into()),
    };
    page.comment("///", &format!("Releases what legacy code gave away, by `{release}`."));
    page.line("///");
    page.line("/// # Safety");
    page.line("/// The address was given away, and is not released yet.");
    page.open(&format!("unsafe fn {}(address: *mut c_void) {{", release_function(release)));
    if shape.serial() {
        page.line("let _serial = Serial::lock();");
    }
    page.line("// SAFETY: the caller's promise.");
    let call = format!("unsafe {{ {}::legacy()({argument}) }}", shape.name);
    page.line(&match (shape.raises, raw_return(shape)) {
        (true, _) => format!("let _ = self::caught(|| {call});"),
        (false, Some(_)) => format!("let _ = {call};"),
        (false, None) => format!("{call};"),
    });
    page.close("}");
    page.gap();
    Ok(())
}
