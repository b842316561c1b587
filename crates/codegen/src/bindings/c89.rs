//! A stub in strict C89 for machines that have no Rust: the routines' own symbols, whose calls travel as
//! `cmp_bridge_contract::wire` says, and the other direction, for the legacy routines themselves.
//!
//! One file a component, beside a runtime that is the same for all. Records are C structs that the local compiler lays out:
//! nothing here depends on the layouts of the machine that the contract was scanned on.

use super::File;
use super::c_names::plain;
use super::c_page::Page;
use super::c_types::{Types, innermost};
use super::c89_names::{is_ours, widened, without_underscore};
use super::c89_routine::Stub;
use super::c89_types as records;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Routine, StateArea, TypeKind};
use cmp_bridge_contract::wire;
use std::collections::BTreeSet;

/// The runtime is one file to compile; here, one a part.
const RUNTIME: [&str; 6] = [
    include_str!("c89/cmpb_runtime.c"),
    include_str!("c89/cmpb_xdr.c"),
    include_str!("c89/cmpb_rpc.c"),
    include_str!("c89/cmpb_record.c"),
    include_str!("c89/cmpb_routes.c"),
    include_str!("c89/cmpb_serve.c"),
];
const RUNTIME_HEADER: &str = include_str!("c89/cmpb_runtime.h");
const MAKEFILE: &str = include_str!("c89/Makefile");

/// Prints `<component>_stub.c` and `.h`, a `main` that serves, the runtime and a Makefile.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let what = &words::what(contract);
    let contract = &records::loosened(widened(contract));
    let own = |routine: &&Routine| contract.routine(&routine.name);
    let routines: Vec<&Routine> = routines.iter().filter_map(own).collect();
    let types = Types::new(contract, &routines)?;
    let (mut stubs, mut faults) = (Vec::new(), Vec::new());
    for (index, routine) in routines.iter().enumerate() {
        match Stub::new(&types, routine, index) {
            Ok(stub) => stubs.push(stub),
            Err(fault) => faults.extend(fault),
        }
    }
    for ty in stubs.iter().flat_map(|stub| records::needed(contract, stub.types())) {
        let name = types.names.ty(&ty.name);
        if is_ours(contract, &name) {
            faults.push(Unsupported {
                routine: routines.first().map_or(String::new(), |routine| routine.name.clone()),
                part: format!("type `{}`", ty.name),
                reason: "it is a name of the stub itself; rename it in the contract".into(),
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let name = plain(&contract.component.name);
    let source = source(&types, &stubs, what).map_err(|fault| vec![fault])?;
    let file = |name: String, text: String| File { name, text };
    Ok(vec![
        file(format!("{name}_stub.c"), source),
        file(format!("{name}_stub.h"), header(contract, &name, &stubs, what)),
        file(format!("{name}_serve.c"), serve(contract, &name, what)),
        file("cmpb_runtime.c".into(), RUNTIME.join("\n")),
        file("cmpb_runtime.h".into(), RUNTIME_HEADER.into()),
        file("Makefile".into(), MAKEFILE.into()),
    ])
}

fn source(types: &Types, stubs: &[Stub], what: &str) -> Result<String, Unsupported> {
    let contract = types.contract;
    let name = plain(&contract.component.name);
    let mut page = Page::default();
    head(types, stubs, &name, what, &mut page);
    symbols(contract, stubs, &mut page);
    definitions(types, stubs, &mut page)?;
    for stub in stubs {
        stub.print(types, &mut page)?;
    }
    page.gap();
    page.open("static cmpb_routine cmpb_routines[] = {");
    for (i, stub) in stubs.iter().enumerate() {
        stub.entry(types, i + 1 == stubs.len(), &mut page);
    }
    page.close("};");
    page.gap();
    page.line(&format!("cmpb_component {name}_stub ="));
    page.line(&format!(
        "    CMPB_COMPONENT(\"{}\", cmpb_what, 0x{:08x}u, cmpb_routines);",
        contract.component.name,
        wire::program(contract)
    ));
    Ok(page.finish())
}

fn head(types: &Types, stubs: &[Stub], name: &str, what: &str, page: &mut Page) {
    let contract = types.contract;
    page.line(&format!("/* {what} */"));
    page.comment(&[
        format!(
            "The routines of `{}`, written in {}, as a machine without Rust sees them: each has the symbol of the legacy \
             routine, and calls the one or the server. From its contract; do not change by hand.",
            contract.component.name, contract.component.language
        ),
        String::new(),
        "The legacy routines are linked under the same names behind `legacy_`, or not at all. See Makefile and \
         cmpb_runtime.h."
            .into(),
    ]);
    page.line("#define CMPB_TYPES 1");
    long(types, stubs, page);
    page.line(&format!("#include \"{name}_stub.h\""));
    // Not <string.h>: it has names that legacy programs have, such as `index`.
    page.line("extern void *memset(void *, int, size_t);");
    page.gap();
    page.line("static const char cmpb_what[] =");
    page.line(&format!("    \"{what}\";"));
    page.line(&format!("#define CMPB_STUB {name}_stub"));
    page.gap();
    page.comment(&["The machine of the contract, whose layouts are known exactly.".into()]);
    page.line(&format!("#if {}", records::home(contract.component.target)));
    page.lines("#define CMPB_HOME 1\n#else\n#define CMPB_HOME 0\n#endif");
    page.gap();
}

/// Whether there are integers of which only the program's source says how long they are here.
fn long(types: &Types, stubs: &[Stub], page: &mut Page) {
    let contract = types.contract;
    let (mut value, mut memory) = (false, false);
    for stub in stubs {
        value |= stub.by_value_types().any(|ty| records::may_be_long(contract, ty));
        memory |= stub.by_address_types().any(|ty| records::may_be_long(contract, innermost(ty)));
        for def in records::needed(contract, stub.types()) {
            if let TypeKind::Struct(fields) | TypeKind::Union(fields) = &def.kind {
                memory |= fields.iter().any(|field| records::may_be_long(contract, innermost(&field.ty)));
            }
        }
    }
    records::choose_long(contract, value, memory, page);
}

/// The names of routines and blocks, and the storage that the routines share.
fn symbols(contract: &Contract, stubs: &[Stub], page: &mut Page) {
    let mut areas: Vec<&StateArea> = Vec::new();
    for entry in stubs.iter().flat_map(|stub| &stub.routine.state) {
        let area = contract.state_area(&entry.area);
        areas.extend(area.filter(|area| !areas.iter().any(|known| known.symbol == area.symbol)));
    }
    let routines = stubs.iter().map(|stub| stub.routine.symbol.as_str());
    let all: BTreeSet<&str> = routines.clone().chain(areas.iter().map(|area| area.symbol.as_str())).collect();
    let plain: Vec<(&str, String)> =
        all.iter().filter_map(|symbol| Some((*symbol, without_underscore(contract, symbol)?))).collect();
    if !plain.is_empty() {
        page.line("#ifdef CMPB_PLAIN");
        for (symbol, plain) in plain {
            page.line(&format!("#define {symbol} {plain}"));
            if routines.clone().any(|routine| routine == symbol) {
                page.line(&format!("#define legacy_{symbol} legacy_{plain}"));
            }
        }
        page.line("#endif");
        page.gap();
    }
    for area in areas {
        page.line(&format!("extern char {}[] CMPB_WEAK;", area.symbol));
    }
    page.gap();
}

/// The records, and how each travels.
fn definitions(types: &Types, stubs: &[Stub], page: &mut Page) -> Result<(), Unsupported> {
    let fault = |part: String, reason: String| Unsupported {
        routine: stubs.first().map_or(String::new(), |stub| stub.routine.name.clone()),
        part,
        reason,
    };
    let all = stubs.iter().flat_map(|stub| stub.types());
    for def in records::needed(types.contract, all) {
        records::define(types, def, page).map_err(|reason| fault(format!("type `{}`", def.name), reason))?;
    }
    let mut walked = BTreeSet::new();
    for def in stubs.iter().flat_map(|stub| stub.shape.records(types.contract)) {
        if walked.insert(def.name.as_str()) {
            records::walk_record(types, def, page)
                .map_err(|reason| fault(format!("type `{}`", def.name), reason))?;
        }
    }
    Ok(())
}

fn header(contract: &Contract, name: &str, stubs: &[Stub], what: &str) -> String {
    let mut page = Page::default();
    let guard = format!("CMPB_{}_STUB_H", name.to_ascii_uppercase());
    page.line(&format!("/* {what} */"));
    let list: Vec<&str> = stubs.iter().map(|stub| stub.routine.name.as_str()).collect();
    page.comment(&[format!("The stub of `{}`: {}.", contract.component.name, list.join(", "))]);
    page.lines(&format!("#ifndef {guard}\n#define {guard}\n\n#include \"cmpb_runtime.h\"\n"));
    page.lines("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    page.comment(&["For cmpb_route, cmpb_flush and cmpb_serve_open.".into()]);
    page.line(&format!("extern cmpb_component {name}_stub;"));
    page.lines("\n#ifdef __cplusplus\n}\n#endif\n\n#endif");
    page.finish()
}

/// A program that hosts the legacy routines.
fn serve(contract: &Contract, name: &str, what: &str) -> String {
    let mut page = Page::default();
    page.line(&format!("/* {what} */"));
    page.comment(&[format!(
        "A process that answers with the legacy routines of `{}`: link it with them (as `legacy_...`), the stub and the \
         runtime. Prints the port where it listens.",
        contract.component.name
    )]);
    page.line(&format!("#include \"{name}_stub.h\""));
    page.gap();
    page.line("int main(int argc, char **argv)");
    page.open("{");
    page.line(&format!("static cmpb_component *components[] = {{&{name}_stub, 0}};"));
    page.line("return cmpb_serve_main(components, argc > 1 ? argv[1] : \"127.0.0.1:0\");");
    page.close("}");
    page.finish()
}
