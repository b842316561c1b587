//! Ada: a package that legacy Ada code calls as if the routines had always been there. Ada 95 and later.
//!
//! - Callers pass their own arrays, whatever their bounds; a parameter that only says how long an array is disappears.
//! - Where the contract is Ada's own, the symbol is imported with convention Ada, so that GNAT itself makes the fat pointers;
//!   a record of `out` scalars becomes `out` and `in out` parameters again.
//! - An error code is raised as the package's exception; a warning stays a parameter.

mod answer;
mod body;
mod callback;
mod lengths;
mod names;
mod param;
mod profile_hint;
mod records;
mod routine;
mod scalars;
mod shaped;
mod text;
mod types;

use super::{File, words};
use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Language, Routine, StateKind};
use names::Scope;
use routine::Sub;
use std::collections::BTreeMap;
use text::{comment, quoted};
use types::Types;

/// Prints specification and body.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let package = package(contract);
    let mut scope = Scope::default();
    scope.take(&package);
    let mut types = Types::new(contract, scope);
    let areas: BTreeMap<&str, String> =
        contract.state.iter().map(|area| (area.name.as_str(), types.scope.take(&area.name))).collect();
    let called: BTreeMap<&str, String> =
        contract.routines.iter().map(|r| (r.name.as_str(), types.scope.take(&r.name))).collect();
    let (mut subs, mut faults) = (Vec::new(), Vec::new());
    for routine in routines {
        let name = called.get(routine.name.as_str()).cloned().unwrap_or_default();
        match routine::make(&mut types, routine, name) {
            Ok(sub) => subs.push(sub),
            Err(more) => faults.extend(more),
        }
    }
    let state = state(&mut types, routines, &areas, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let spec = specification(&types, &package, &subs, &state);
    let body = body::print(&types, &package, &subs, &spec);
    let file = |tail: &str, text: String| File {
        name: format!("{}.{tail}", package.to_ascii_lowercase()),
        text: text::fold(&text),
    };
    Ok(vec![file("ads", spec), file("adb", body)])
}

/// The package's name: another where it is kept, or where the legacy code has a package of that name, whose symbols would be
/// those of the binding's own subprograms.
fn package(contract: &Contract) -> String {
    let name = names::mixed(&contract.component.name);
    let prefix = format!("{}__", name.to_ascii_lowercase());
    let symbols = contract.routines.iter().map(|routine| &routine.symbol);
    let mut symbols = symbols.chain(contract.state.iter().map(|area| &area.symbol));
    let clashes = names::is_kept(&name) || symbols.any(|symbol| symbol.starts_with(&prefix));
    if clashes { format!("{name}_Binding") } else { name }
}

/// The storage that the routines share with everybody, imported under its symbol: a variable for each view of it.
fn state(
    types: &mut Types<'_>,
    routines: &[&Routine],
    areas: &BTreeMap<&str, String>,
    faults: &mut Vec<Unsupported>,
) -> Vec<String> {
    let (mut list, mut seen) = (Vec::new(), Vec::new());
    for routine in routines {
        for entry in &routine.state {
            let Some(area) = types.contract.state_area(&entry.area) else { continue };
            let visible = matches!(area.kind, StateKind::Common | StateKind::Global);
            let key = (entry.area.as_str(), &entry.view);
            // A view of unknown extent is not printed: the routine itself knows what it sees.
            if !visible || seen.contains(&key) || types.contract.size_align(&entry.view).is_none() {
                continue;
            }
            match types.stored(&entry.view) {
                Err(reason) => faults.push(Unsupported {
                    routine: routine.name.clone(),
                    part: format!("state `{}`", entry.area),
                    reason,
                }),
                Ok(mark) => {
                    let first = !seen.iter().any(|(area, _)| *area == entry.area);
                    let own = areas.get(entry.area.as_str()).cloned().unwrap_or_default();
                    let short = mark.rsplit('.').next().unwrap_or_default();
                    let name = if first { own } else { types.scope.take(&format!("{own}_as_{short}")) };
                    let symbol = quoted(&area.symbol);
                    // An enumeration of convention C would be an int.
                    let items = match types.contract.component.language {
                        Language::Ada => ["Ada".to_string(), name.clone(), format!("Link_Name => {symbol}")],
                        _ => ["C".to_string(), name.clone(), symbol],
                    };
                    let import = text::call(3, "pragma Import", &items, ";");
                    list.push(format!("   {name} : {mark};\n{import}"));
                    seen.push(key);
                }
            }
        }
    }
    list
}

/// Everything after the context clauses, put together with empty lines between.
fn paragraphs(list: &[String]) -> String {
    list.iter().map(|text| format!("\n{text}\n")).collect()
}

fn specification(types: &Types<'_>, package: &str, subs: &[Sub<'_>], state: &[String]) -> String {
    let contract = types.contract;
    let what = words::what(contract);
    let mut text = format!("package {package} is\n   pragma Elaborate_Body;\n\n");
    text.push_str(&format!(
        "{}\n   Identification : constant String :=\n     {}\n     & Character'Val (0);\n",
        comment(3, "Kept in the object, for the command what."),
        quoted(&what)
    ));
    text.push_str(
        "\n   pragma Compile_Time_Error\n     (Integer'Size /= 32 or Long_Float'Size /= 64 or Float'Size /= 32,\n      \
         \"the contract is for a machine with other integers or floats\");\n",
    );
    if types.raises {
        let about = "Raised where a routine returns a code that is an error. The message names the routine and the code, \
                     which Code gives back.";
        text.push_str(&format!(
            "\n{}\n   Error : exception;\n   function Code\n     (Occurrence : Ada.Exceptions.Exception_Occurrence) return \
             Integer;\n",
            comment(3, about)
        ));
    }
    text.push_str(&paragraphs(&types.visible));
    if !state.is_empty() {
        text.push_str(&format!(
            "\n{}\n",
            comment(3, "State that the routines share with the whole program.")
        ));
        text.push_str(&paragraphs(state));
    }
    for sub in subs {
        text.push_str(&format!("\n{}\n", declaration(sub)));
    }
    let imports: Vec<String> = subs
        .iter()
        .filter(|sub| body::is_direct(sub))
        .map(|sub| body::import(types, sub, 3, &sub.name))
        .collect();
    if !types.hidden.is_empty() || !imports.is_empty() {
        text.push_str("\nprivate\n");
        text.push_str(&paragraphs(&types.hidden));
        text.push_str(&paragraphs(&imports));
    }
    text.push_str(&format!("\nend {package};\n"));
    let about = format!("Routines of the component {}, for Ada callers.", contract.component.name);
    format!("--  {what}\n--\n{}\n{}\n{text}", comment(0, &about), body::context(&text, &[]))
}

/// A subprogram's declaration, and what callers must know.
fn declaration(sub: &Sub<'_>) -> String {
    let mut lines = vec![body::profile(sub, ";")];
    let routine = sub.routine;
    let at = routine.at.as_ref().map_or(String::new(), |at| format!("{at}, "));
    lines.push(comment(3, &format!("{at}symbol {}.", routine.symbol)));
    for formal in sub.formals.iter().filter(|formal| !formal.about.is_empty()) {
        lines.push(comment(3, &format!("{}: {}.", formal.parameter.name, formal.about.join("; "))));
    }
    if sub.result.is_some() && !sub.result_about.is_empty() {
        lines.push(comment(3, &format!("Result: {}.", sub.result_about)));
    }
    if let Some(status) = &routine.status {
        let kept = if status.warning.is_some() { "; a warning is given back" } else { "" };
        lines.push(comment(3, &format!("Status: {}. An error raises Error{kept}.", words::status(status))));
    }
    lines.extend(words::remarks(routine).iter().map(|remark| comment(3, remark)));
    lines.join("\n")
}
