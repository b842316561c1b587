//! A contract held against a binary: every disagreement is a [`Finding`].
//!
//! The routine is read out of the binary's debug information as `scan` would, and the two are compared. What a person
//! completes after a scan (directions, extents, `cstr` for `[char; ?]`, a record for `ptr`) is no disagreement.

mod against;
mod compare;
mod header;
mod layout;
mod module;
mod side;
mod state;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use cmp_bridge_contract::model::{self, Component, Contract, Routine, Type, TypeKind};

use crate::binary::{Binary, Symbol};
use crate::dwarf::routines::{Index, Subprogram};
use crate::dwarf::{DebugInfo, Language, Sections};
use crate::finding::{Code, Finding};
pub use against::check_against;
pub use header::check_header;
pub use layout::check_layout;
pub use module::{ModuleFile, check_module};
pub use side::{Side, Undescribed};

use crate::scan::{
    Classes, Described, Draft, Problem, Source, admit, clone_suffix, describe, is_copy_of, is_same_routine,
};

/// Options of GCC that let it reorder floating-point arithmetic.
const RELAXED: [&str; 4] = ["-Ofast", "-ffast-math", "-funsafe-math-optimizations", "-fassociative-math"];
/// Options of GCC that give it fused multiply-add, which it uses unasked.
const FUSED: [&str; 14] = [
    "-mfma",
    "-march=native",
    "-march=haswell",
    "-march=broadwell",
    "-march=skylake",
    "-march=skylake-avx512",
    "-march=cascadelake",
    "-march=icelake",
    "-march=znver",
    "-march=core-avx2",
    "-march=x86-64-v3",
    "-march=x86-64-v4",
    "-march=alderlake",
    "-march=sapphirerapids",
];

/// Compares a contract with the binary it speaks of. The findings are in the order of the contract.
pub fn check(contract: &Contract, binary: &Binary) -> Vec<Finding> {
    let mut findings = Findings::default();
    check_build(contract, binary, &mut findings);
    state::check_areas(contract, binary, &mut findings);
    let clones = clones(binary);
    match Sections::load(binary) {
        Ok(sections) => {
            let info = DebugInfo::read(&sections);
            let index = Index::read(&info);
            let classes = RefCell::default();
            let debug = Some(Debug { info: &info, index: &index, classes: &classes });
            for routine in &contract.routines {
                Checker { contract, binary, clones: &clones, debug, routine, findings: &mut findings }
                    .check();
            }
        }
        Err(error) => {
            findings.push(Finding {
                code: Code::NoDebugInformation,
                routine: None,
                declared: "component.binary".into(),
                found_at: None,
                expected: "debug information".into(),
                found: error.to_string(),
                hint: "only symbols are verified; give the file with its debug information".into(),
            });
            for routine in &contract.routines {
                Checker { contract, binary, clones: &clones, debug: None, routine, findings: &mut findings }
                    .check();
            }
        }
    }
    findings.all
}

/// Collects the names of the definitions that `ty` leads to.
pub(crate) fn reach(contract: &Contract, ty: &Type, names: &mut BTreeSet<String>) {
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        match ty {
            Type::Array(element, _) => open.push(element),
            Type::Named(name) if names.insert(name.clone()) => match contract.type_def(name).map(|d| &d.kind)
            {
                Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                    open.extend(fields.iter().map(|field| &field.ty));
                }
                Some(TypeKind::Function { params, returns }) => {
                    open.extend(params.iter().map(|p| &p.ty).chain(returns.iter().map(|r| &r.ty)));
                }
                Some(TypeKind::Packed { element, .. }) => open.push(element),
                _ => {}
            },
            _ => {}
        }
    }
}

/// The findings so far.
#[derive(Default)]
struct Findings {
    all: Vec<Finding>,
    /// Code, place and both sides of those that concern a definition.
    types: HashSet<(Code, String, String, String)>,
}

impl Findings {
    /// Adds a finding. A record that ten routines use differs once: the first of them speaks for all.
    fn push(&mut self, finding: Finding) {
        let texts = |f: &Finding| (f.code, f.declared.clone(), f.expected.clone(), f.found.clone());
        if !finding.declared.starts_with("type.") || self.types.insert(texts(&finding)) {
            self.all.push(finding);
        }
    }
}

fn check_build(contract: &Contract, binary: &Binary, findings: &mut Findings) {
    let Some(pinned) = &contract.component.build_id else {
        return;
    };
    let found = binary.build_id_hex();
    if found.as_deref() == Some(pinned.to_ascii_lowercase().as_str()) {
        return;
    }
    findings.push(Finding {
        code: Code::BuildId,
        routine: None,
        declared: "component.binary.build-id".into(),
        found_at: Some(binary.path().display().to_string()),
        expected: pinned.clone(),
        found: found.unwrap_or_else(|| "no build-id".into()),
        hint: "scan this build again, or check the build the contract was written for".into(),
    });
}

/// Specialised copies by the symbol they were made of.
fn clones(binary: &Binary) -> HashMap<&str, Vec<&Symbol>> {
    let mut clones: HashMap<&str, Vec<&Symbol>> = HashMap::new();
    for symbol in binary.symbols().iter().filter(|s| s.is_function()) {
        // `.cold` is the unlikely part of the routine itself, and runs after its entry.
        if clone_suffix(&symbol.name).is_some_and(|kind| kind != "cold")
            && let Some((base, _)) = symbol.name.split_once('.')
        {
            clones.entry(base).or_default().push(symbol);
        }
    }
    clones
}

/// The debug information of the binary.
#[derive(Clone, Copy)]
struct Debug<'a, 's> {
    info: &'a DebugInfo<'s>,
    index: &'a Index,
    /// What is known of C++ classes, from one routine to the next.
    classes: &'a RefCell<Classes>,
}

/// One routine under examination.
struct Checker<'a, 's> {
    contract: &'a Contract,
    binary: &'a Binary,
    clones: &'a HashMap<&'a str, Vec<&'a Symbol>>,
    debug: Option<Debug<'a, 's>>,
    routine: &'a Routine,
    findings: &'a mut Findings,
}

impl<'a, 's> Checker<'a, 's> {
    fn report(&mut self, code: Code, field: &str, found_at: Option<String>, texts: [String; 3]) {
        let [expected, found, hint] = texts;
        let name = &self.routine.name;
        let declared = format!("routine.{name}.{field}");
        self.findings.push(Finding {
            code,
            routine: Some(name.clone()),
            declared,
            found_at,
            expected,
            found,
            hint,
        });
    }

    fn check(mut self) {
        let Some(symbol) = self.check_symbol() else {
            return;
        };
        self.check_copies(symbol);
        let Some(debug) = self.debug else {
            return;
        };
        let Some(subprogram) = debug.index.at(symbol.address) else {
            let text = [
                "debug information of its source",
                "none",
                "rebuild its source with -g to verify the signature",
            ];
            return self.report(Code::NoDebugInformation, "symbol", address(symbol), text.map(String::from));
        };
        self.check_inlined(debug, subprogram);
        if self.check_language(debug, subprogram) {
            self.check_signature(debug, subprogram);
        }
    }

    /// The routine's symbol, when there is exactly one and it is code.
    fn check_symbol(&mut self) -> Option<&'a Symbol> {
        let wanted = &self.routine.symbol;
        let all: Vec<&Symbol> = self.binary.symbols_named(wanted).collect();
        let Some(first) = all.first() else {
            let hint = match (self.clones.get(wanted.as_str()), self.binary.stripped()) {
                (Some(clones), _) => format!("only the specialised copy {} is left of it", clones[0].name),
                (None, true) => "the binary is stripped: use the file from before `strip`".into(),
                (None, false) => match self.similar(wanted) {
                    Some(similar) => format!("did you mean `{similar}`?"),
                    None => "was the routine inlined everywhere, or is it in another binary?".into(),
                },
            };
            self.report(Code::SymbolMissing, "symbol", None, [wanted.clone(), "no such symbol".into(), hint]);
            return None;
        };
        let functions: Vec<&&Symbol> = all.iter().filter(|s| s.is_function()).collect();
        let Some(function) = functions.first() else {
            let found = format!("{:?} of {} bytes", first.kind, first.size).to_lowercase();
            let hint = "name a routine; data belongs under [state.*]".into();
            self.report(Code::NotAFunction, "symbol", address(first), ["code".into(), found, hint]);
            return None;
        };
        if functions.iter().any(|f| f.address != function.address) {
            let found = format!("{} routines of that name", functions.len());
            let hint = "local routines with one name cannot be told apart by symbol".into();
            self.report(Code::SymbolAmbiguous, "symbol", None, ["one routine".into(), found, hint]);
            return None;
        }
        Some(function)
    }

    /// A function symbol that differs by underscores or case only.
    fn similar(&self, wanted: &str) -> Option<&'a str> {
        let bare = |name: &str| name.trim_matches('_').to_ascii_lowercase();
        let target = bare(wanted);
        let functions = self.binary.symbols().iter().filter(|s| s.is_function());
        functions.map(|s| s.name.as_str()).find(|name| bare(name) == target)
    }

    /// Other names of the address, and specialised copies.
    fn check_copies(&mut self, symbol: &Symbol) {
        let same =
            |s: &&Symbol| s.is_function() && s.name != symbol.name && !is_same_routine(&s.name, &symbol.name);
        let others: Vec<&str> =
            self.binary.symbols_at(symbol.address).filter(same).map(|s| s.name.as_str()).collect();
        if !others.is_empty() {
            let hint = "a hook at this address answers for all of them".into();
            let texts = [format!("{} alone", symbol.name), format!("also {}", others.join(", ")), hint];
            self.report(Code::SharedAddress, "symbol", address(symbol), texts);
        }
        if let Some(clones) = self.clones.get(symbol.name.as_str()) {
            let names: Vec<&str> = clones.iter().map(|c| c.name.as_str()).collect();
            let hint = "calls to a specialised copy do not pass the routine's entry".into();
            let texts = ["no specialised copy".into(), names.join(", "), hint];
            self.report(Code::Clone, "symbol", address(symbol), texts);
        }
    }

    fn check_inlined(&mut self, debug: Debug<'a, 's>, subprogram: &Subprogram) {
        let hint =
            "an inlined copy keeps the legacy code whatever the route is: replace the routine around it";
        let Some(inlined) = debug.index.inlined.get(&subprogram.origin) else {
            let symbol = subprogram.linkage_name.as_ref().or(subprogram.name.as_ref());
            let copied = symbol.is_some_and(|symbol| {
                let clones = self.clones.get(symbol.as_str()).into_iter().flatten();
                clones.into_iter().any(|c| is_copy_of(&c.name, symbol))
            });
            if !copied && debug.info.die(subprogram.die).is_ok_and(|die| debug.info.says_inlined(&die)) {
                let found = "the compiler says that it inlined it, and lists no copy: merged with the code around it, or \
                             folded to a number";
                let hint = "nobody can say where: replace the routines of its source file that call it as well, or \
                            compile that with -fno-inline";
                let texts = ["every call passes the entry".into(), found.into(), hint.into()];
                self.report(Code::Inlined, "symbol", subprogram.at.clone(), texts);
            }
            return;
        };
        let copies = debug.index.copies(debug.info, subprogram.origin);
        for copy in &copies {
            let found = match &copy.within {
                Some(within) => format!("inlined into {within}"),
                None => "inlined".into(),
            };
            let texts = ["every call passes the entry".into(), found, hint.into()];
            self.report(Code::Inlined, "symbol", copy.at.clone(), texts);
        }
        if inlined.count > copies.len() {
            let found = format!("{} more copies", inlined.count - copies.len());
            self.report(
                Code::Inlined,
                "symbol",
                None,
                ["every call passes the entry".into(), found, hint.into()],
            );
        }
    }

    /// False when the signature cannot be compared.
    fn check_language(&mut self, debug: Debug<'a, 's>, subprogram: &Subprogram) -> bool {
        let found = debug.info.language(subprogram.origin.unit);
        let declared = match self.contract.component.language {
            model::Language::C => Language::C,
            model::Language::Cpp => Language::Cpp,
            model::Language::Fortran => Language::Fortran,
            model::Language::Ada => Language::Ada,
        };
        if found != declared {
            let hint = "the calling convention's hidden parts follow the language: move the routine to another contract";
            let texts = [declared.name(), found.name(), hint.into()];
            self.report(Code::Language, "symbol", subprogram.at.clone(), texts);
            return false;
        }
        true
    }

    fn check_signature(&mut self, debug: Debug<'a, 's>, subprogram: &Subprogram) {
        let component = Component {
            name: String::new(),
            binary: None,
            build_id: None,
            ..self.contract.component.clone()
        };
        let mut draft = Draft::new(debug.info, component);
        draft.classes = debug.classes.take();
        let described = self.describe(debug, subprogram, &mut draft);
        debug.classes.replace(draft.classes.of_every_draft());
        let described = match described {
            Ok(described) => described,
            Err(problem) => return self.refused(subprogram, problem),
        };
        self.check_floating_point(debug, subprogram);
        compare::signature(self.contract, self.routine, &draft, &described, self.findings);
        state::check_uses(self.contract, self.routine, &draft, &described.routine, self.findings);
    }

    fn describe(
        &self,
        debug: Debug<'a, 's>,
        subprogram: &Subprogram,
        draft: &mut Draft<'a, 's>,
    ) -> Result<Described, Problem> {
        let symbol = admit(self.binary, debug.info, subprogram)?;
        let source = Source::read(debug.info, subprogram)?;
        describe(draft, self.binary, &source, self.routine.name.clone(), symbol.name.clone())
    }

    fn refused(&mut self, subprogram: &Subprogram, problem: Problem) {
        let code = Code::NotDescribable;
        let found = match problem.detail.is_empty() {
            true => problem.reason.text().to_string(),
            false => format!("{} ({})", problem.reason.text(), problem.detail),
        };
        let hint =
            "remove the routine from the contract; write a routine of plain arguments around it".into();
        self.report(
            code,
            "params",
            subprogram.at.clone(),
            ["a fixed list of plain arguments".into(), found, hint],
        );
    }

    fn check_floating_point(&mut self, debug: Debug<'a, 's>, subprogram: &Subprogram) {
        let producer = debug.info.producer(subprogram.origin.unit);
        let uses = |options: &[&str]| {
            producer
                .split_whitespace()
                .find(|word| options.iter().any(|o| word.starts_with(o)))
                .map(str::to_string)
        };
        for (option, effect) in
            [(uses(&RELAXED), "reordered arithmetic"), (uses(&FUSED), "fused multiply-add")]
        {
            if let Some(option) = option {
                let hint =
                    "rustc does neither: declare a tolerance, found by running control against control"
                        .into();
                let texts =
                    ["IEEE arithmetic, operation by operation".into(), format!("{option}: {effect}"), hint];
                self.report(Code::FloatingPoint, "symbol", subprogram.at.clone(), texts);
            }
        }
    }
}

fn address(symbol: &Symbol) -> Option<String> {
    Some(format!("address {:#x}", symbol.address))
}
