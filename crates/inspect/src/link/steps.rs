//! The commands that follow a plan, in order, as a shell script or a piece of a Makefile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::line::{Item, LinkLine};
use super::plan::{Means, Plan};
use super::program::Loaded;
use super::unit::{Place, Unit};
use super::words::quoted;

/// Why no commands can be written.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A routine cannot be replaced.
    #[error("no commands are written: {count} of the routines cannot be replaced")]
    Refused {
        /// How many.
        count: usize,
    },
    /// make would take a name apart.
    #[error(
        "`{word}` cannot stand in a Makefile: it has a space, a colon or a quote; write a script instead"
    )]
    Unwritable {
        /// The name.
        word: String,
    },
    /// A command would write over a file that legacy has.
    #[error("{path} would be written over: {what}")]
    Overwrites {
        /// The file.
        path: String,
        /// Whose it is.
        what: &'static str,
    },
    /// What `legacy_x` is to name cannot be said to objcopy.
    #[error("{unit} has several sections `{section}`: objcopy cannot be told which holds `{symbol}`")]
    Ambiguous {
        /// The routine.
        symbol: String,
        /// The object.
        unit: String,
        /// The section's name.
        section: String,
    },
}

/// A command; its output may go to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Program and arguments.
    pub words: Vec<String>,
    /// The file that its output goes to.
    pub into: Option<String>,
}

impl Command {
    pub(super) fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Command {
        Command { words: words.into_iter().map(Into::into).collect(), into: None }
    }
}

/// Commands that make one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What for.
    pub why: String,
    /// The file.
    pub output: String,
    /// What it is made of.
    pub inputs: Vec<String>,
    /// The commands.
    pub commands: Vec<Command>,
}

/// Where things are, as the commands write it.
#[derive(Debug, Clone)]
pub struct Places {
    /// The folder that everything is written to.
    pub work: String,
    /// The Rust library.
    pub rust: String,
    /// The program that is linked.
    pub output: String,
}

/// What legacy code is called when Rust has taken its name.
pub fn legacy_name(symbol: &str) -> String {
    format!("legacy_{symbol}")
}

/// The commands that follow a plan.
pub fn steps(plan: &Plan, places: &Places) -> Result<Vec<Step>, StepError> {
    let refused = plan.routines.iter().filter(|r| r.means.is_none()).count();
    if refused > 0 || !plan.is_whole() {
        return Err(StepError::Refused { count: refused.max(1) });
    }
    let mut writer =
        Writer { plan, places, steps: Vec::new(), replaced: BTreeMap::new(), names: BTreeSet::new() };
    let rust = writer.rust();
    writer.copies()?;
    writer.link(&rust);
    let outputs = writer.steps.iter().map(|s| s.output.as_str());
    let others = plan.program.line.writes.iter().map(|w| writer.instead(&w.path)).collect::<Vec<_>>();
    for output in outputs.chain(others.iter().map(String::as_str)) {
        spared(plan, &places.rust, Path::new(output))?;
    }
    Ok(writer.steps)
}

/// A file that is to be written is none of those that legacy links, or has linked.
pub fn spared(plan: &Plan, rust: &str, output: &Path) -> Result<(), StepError> {
    let line = &plan.program.line;
    let place = |path: &Path| {
        let path = line.directory.join(path);
        let whole = path.canonicalize().ok();
        whole.or_else(|| {
            let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Some(folder.canonicalize().ok()?.join(path.file_name()?))
        })
    };
    let Some(wanted) = place(output) else { return Ok(()) };
    let is = |path: &Path| place(path).is_some_and(|p| p == wanted);
    let on_line = plan.program.loaded.iter().any(|loaded| match loaded {
        Loaded::Object(unit) => is(&unit.file),
        Loaded::Archive(archive) => is(&archive.path),
        Loaded::Shared(library) => is(&library.path),
        Loaded::Unread(name) => is(Path::new(name)),
    });
    let what = if is(Path::new(&line.result())) {
        "it is the program that legacy links"
    } else if on_line {
        "it is on the link line"
    } else if line.writes.iter().any(|w| is(Path::new(&w.path))) {
        "the link of legacy writes it"
    } else if is(Path::new(rust)) {
        "it is the Rust library"
    } else {
        return Ok(());
    };
    Err(StepError::Overwrites { path: output.display().to_string(), what })
}

struct Writer<'a> {
    plan: &'a Plan,
    places: &'a Places,
    steps: Vec<Step>,
    /// What stands on the line in place of an input.
    replaced: BTreeMap<usize, String>,
    /// Names taken in the folder.
    names: BTreeSet<String>,
}

impl Writer<'_> {
    /// A name of its own in the folder.
    fn place(&mut self, path: &Path) -> String {
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let mut taken = name.clone();
        let mut number = 2;
        while !self.names.insert(taken.clone()) {
            taken = format!("{number}-{name}");
            number += 1;
        }
        format!("{}/{taken}", self.places.work)
    }

    /// The Rust library, with the names that `--wrap` gives.
    fn rust(&mut self) -> String {
        let mut words = vec!["objcopy".to_string(), "-D".to_string()];
        for routine in self.plan.routines.iter().filter(|r| r.means == Some(Means::Wrap)) {
            let symbol = &routine.symbol;
            words.push(format!("--redefine-sym={symbol}=__wrap_{symbol}"));
            words.push(format!("--redefine-sym={}=__real_{symbol}", legacy_name(symbol)));
        }
        let from = self.places.rust.clone();
        if words.len() == 2 {
            return from;
        }
        let to = self.place(Path::new(&from));
        words.extend([from.clone(), to.clone()]);
        self.steps.push(Step {
            why: "The Rust library in a copy, under the names that --wrap looks for.".to_string(),
            output: to.clone(),
            inputs: vec![from],
            commands: vec![Command::new(words)],
        });
        to
    }

    /// Copies of the objects in which a name is weakened.
    fn copies(&mut self) -> Result<(), StepError> {
        let mut by_input: BTreeMap<usize, BTreeMap<usize, Vec<String>>> = BTreeMap::new();
        for routine in self.plan.routines.iter().filter(|r| r.means == Some(Means::Copy)) {
            let Some((input, member)) = routine.home else { continue };
            let Some(unit) = self.plan.program.unit((input, member)) else { continue };
            // The linker may take the member where the line names the archive again.
            let first = self.same(input);
            let options = by_input.entry(first).or_default().entry(member).or_default();
            if self.plan.request.keep_legacy || routine.pinned {
                options.push(added(unit, &routine.symbol)?);
            }
            options.push(format!("--weaken-symbol={}", routine.symbol));
        }
        for (input, members) in by_input {
            match self.plan.program.loaded.get(input) {
                Some(Loaded::Object(unit)) => {
                    let options = members.into_values().flatten().collect();
                    self.object(input, unit, options);
                }
                Some(Loaded::Archive(archive)) => {
                    self.archive(input, &archive.path, &archive.members, &members)
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn object(&mut self, input: usize, unit: &Unit, options: Vec<String>) {
        let from = unit.file.display().to_string();
        let to = self.place(&unit.file);
        let mut words = vec!["objcopy".to_string(), "-D".to_string()];
        words.extend(options);
        words.extend([from.clone(), to.clone()]);
        self.steps.push(Step {
            why: format!("{from} in a copy; calls of what is weakened in it go to Rust."),
            output: to.clone(),
            inputs: vec![from],
            commands: vec![Command::new(words)],
        });
        self.replaced.insert(input, to);
    }

    fn archive(&mut self, input: usize, path: &Path, units: &[Unit], members: &BTreeMap<usize, Vec<String>>) {
        let from = path.display().to_string();
        let to = self.place(path);
        let folder = format!("{to}.d");
        let mut commands =
            vec![Command::new(["mkdir", "-p", &folder]), Command::new(["cp", "-f", &from, &to])];
        for (member, options) in members {
            let Some(name) = units.get(*member).and_then(|u| u.member.clone()) else { continue };
            let object = format!("{folder}/{name}");
            let words = ["ar".to_string(), "p".to_string(), from.clone(), name];
            commands.push(Command { words: words.to_vec(), into: Some(object.clone()) });
            let mut words = vec!["objcopy".to_string(), "-D".to_string()];
            words.extend(options.iter().cloned());
            words.push(object.clone());
            commands.push(Command::new(words));
            commands.push(Command::new(["ar", "rD", &to, &object]));
        }
        self.steps.push(Step {
            why: format!(
                "{from} in a copy with members replaced; calls of what is weakened in them go to Rust."
            ),
            output: to.clone(),
            inputs: vec![from],
            commands,
        });
        self.replaced.insert(input, to);
    }

    fn link(&mut self, rust: &str) {
        let line = &self.plan.program.line;
        let mut added = self.options();
        added.push(rust.to_string());
        let first = line.inputs.first().map_or(line.words.len(), |input| {
            let before = input.word.checked_sub(1).and_then(|w| line.words.get(w));
            input.word - usize::from(before.is_some_and(|w| w == "-Xlinker" || w == "-l"))
        });
        let strips = line.words.iter().enumerate().any(|(n, w)| unstripped(line, n, w).as_ref() != Some(w));
        let linked = match strips {
            true => format!("{}.unstripped", self.places.output),
            false => self.places.output.clone(),
        };
        let mut words: Vec<String> = Vec::new();
        for (number, word) in line.words.iter().enumerate() {
            if number == first {
                words.append(&mut added);
            }
            match line.output {
                Some((output, before)) if output == number => words.push(format!("{before}{linked}")),
                _ => {
                    if let Some(word) = unstripped(line, number, word) {
                        self.word(number, &word, &mut words);
                    }
                }
            }
        }
        words.append(&mut added);
        if line.output.is_none() {
            words.extend(["-o".to_string(), linked.clone()]);
        }
        words.extend(self.libraries());
        let mut inputs: Vec<String> = line
            .inputs
            .iter()
            .enumerate()
            .filter_map(|(number, input)| match (&self.replaced.get(&self.same(number)), &input.item) {
                (Some(path), _) => Some(path.to_string()),
                (None, Item::File(path)) => Some(path.display().to_string()),
                (None, Item::Library(_)) => None,
            })
            .collect();
        inputs.insert(0, rust.to_string());
        let mut seen = BTreeSet::new();
        inputs.retain(|i| seen.insert(i.clone()));
        let why = "The link line, with the Rust library first.".to_string();
        let (commands, output) = (vec![Command::new(words)], linked);
        self.steps.push(Step { why, output: output.clone(), inputs, commands });
        if strips {
            let to = self.places.output.clone();
            self.steps.push(Step {
                why: "Without its names, as the line has it; --check looks at the one before.".to_string(),
                output: to.clone(),
                inputs: vec![output.clone()],
                commands: vec![Command::new(["objcopy".to_string(), "--strip-all".to_string(), output, to])],
            });
        }
    }

    /// The first input of the same file.
    fn same(&self, number: usize) -> usize {
        let path = |n: usize| match self.plan.program.loaded.get(n) {
            Some(Loaded::Object(unit)) => Some(unit.file.clone()),
            Some(Loaded::Archive(archive)) => Some(archive.path.clone()),
            _ => None,
        };
        let own = path(number);
        let first = (0..number).find(|n| own.is_some() && path(*n) == own);
        first.unwrap_or(number)
    }

    /// Where the relinked program's map and the like go.
    fn instead(&self, path: &str) -> String {
        let name = Path::new(path).file_name().map_or_else(|| path.into(), |n| n.to_string_lossy());
        format!("{}/{name}", self.places.work)
    }

    /// A word of the line, with the inputs and the further results in it replaced.
    fn word(&self, number: usize, word: &str, words: &mut Vec<String>) {
        let mut text = word.to_string();
        for written in self.plan.program.line.writes.iter().filter(|w| w.word == number) {
            if let Some(before) = text.strip_suffix(&written.path) {
                text = format!("{before}{}", self.instead(&written.path));
            } else {
                text = text.replacen(
                    &format!("{},", written.path),
                    &format!("{},", self.instead(&written.path)),
                    1,
                );
            }
        }
        for (index, input) in
            self.plan.program.line.inputs.iter().enumerate().filter(|(_, i)| i.word == number)
        {
            let Some(to) = self.replaced.get(&self.same(index)) else { continue };
            let names: Vec<String> = match &input.item {
                Item::File(path) => vec![path.display().to_string()],
                Item::Library(name) => vec![format!("-l{name}"), format!("--library={name}"), name.clone()],
            };
            // `-l` alone goes with the name.
            if words.last().is_some_and(|w| w == "-l") {
                words.pop();
            }
            let mut parts: Vec<&str> = Vec::new();
            for part in text.split(',') {
                if names.iter().any(|n| n == part) {
                    // `-Wl,-l,name`
                    if ["-l", "--library"].iter().any(|l| parts.last() == Some(l)) {
                        parts.pop();
                    }
                    parts.push(to.as_str());
                } else {
                    parts.push(part);
                }
            }
            // A driver takes a file as it is.
            let alone = parts.len() == 2 && parts[0] == "-Wl";
            text = if alone { parts[1].to_string() } else { parts.join(",") };
        }
        words.push(text);
    }

    /// The options that the linker is given.
    fn options(&self) -> Vec<String> {
        let is_ld = self.plan.program.line.is_ld;
        let option = |text: String| if is_ld { text } else { format!("-Wl,{text}") };
        let mut options = Vec::new();
        for routine in &self.plan.routines {
            let symbol = &routine.symbol;
            match routine.means {
                Some(Means::Wrap) => {
                    options.push(option(format!("--wrap={symbol}")));
                    options.push(option(format!("--undefined=__wrap_{symbol}")));
                }
                _ => options.push(option(format!("--undefined={symbol}"))),
            }
            // Nothing else may ask for the member of an archive that is to stay.
            let legacy = match routine.means {
                Some(Means::Wrap) => symbol.clone(),
                _ => legacy_name(symbol),
            };
            options.extend(routine.pinned.then(|| option(format!("--undefined={legacy}"))));
        }
        let says = self.plan.request.rust.iter().flat_map(|a| a.members.iter().flat_map(|u| &u.symbols));
        let says: BTreeSet<&str> =
            says.map(|s| s.name.as_str()).filter(|n| n.starts_with(super::umbrella::WHAT)).collect();
        options.extend(says.into_iter().map(|name| option(format!("--undefined={name}"))));
        options
    }

    /// Libraries of the system that the Rust library needs and the line does not name.
    fn libraries(&self) -> Vec<String> {
        const MATHS: &[&str] = &[
            "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh",
            "atanh", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "hypot", "fmod",
            "fdim", "tgamma", "lgamma_r",
        ];
        let rust = self.plan.request.rust.iter().flat_map(|a| &a.members);
        let needed: BTreeSet<&str> =
            rust.flat_map(|u| u.symbols.iter().filter(|s| !s.defined())).map(|s| s.name.as_str()).collect();
        let line = &self.plan.program.line;
        let named = |library: &str| {
            line.inputs.iter().any(|i| matches!(&i.item, Item::Library(name) if name == library))
                || (library == "pthread" && line.words.iter().any(|w| w == "-pthread"))
        };
        let maths =
            needed.iter().any(|n| MATHS.contains(&n.strip_suffix('f').unwrap_or(n)) || MATHS.contains(n));
        // Before glibc 2.34 these are not in libc.
        let threads = needed.iter().any(|n| n.starts_with("pthread_") || n.starts_with("sem_"));
        let dynamic = ["dlsym", "dladdr", "dlopen", "dlclose", "dlerror"].iter().any(|n| needed.contains(n));
        let timers = ["timer_", "aio_", "mq_", "shm_"];
        let timers = needed.iter().any(|n| timers.iter().any(|t| n.starts_with(t)));
        let wanted = [("m", maths), ("pthread", threads), ("dl", dynamic), ("rt", timers)];
        wanted
            .iter()
            .filter(|(library, needs)| *needs && !named(library))
            .map(|(l, _)| format!("-l{l}"))
            .collect()
    }
}

/// A word of the line less what strips the program; `None` where nothing is left of it.
fn unstripped(line: &LinkLine, number: usize, word: &str) -> Option<String> {
    let strips = |w: &str| ["-s", "--strip-all", "-strip-all"].contains(&w);
    let word_at = |n: usize| line.words.get(n).map_or("", String::as_str);
    if number == 0 || line.inputs.iter().any(|i| i.word == number) && !word.starts_with("-Wl,") {
        return Some(word.to_string());
    }
    // `-Xlinker -s`
    if word == "-Xlinker" && strips(word_at(number + 1)) || strips(word) {
        return None;
    }
    let Some(list) = word.strip_prefix("-Wl,") else { return Some(word.to_string()) };
    let parts: Vec<&str> = list.split(',').filter(|part| !strips(part)).collect();
    (!parts.is_empty()).then(|| format!("-Wl,{}", parts.join(",")))
}

/// The option of objcopy that gives the legacy code another name.
fn added(unit: &Unit, symbol: &str) -> Result<String, StepError> {
    let here = unit.definition(symbol);
    let (section, value) = match here.map(|s| (s.place, s.value)) {
        Some((Place::Section(section), value)) => (section, value),
        _ => (0, 0),
    };
    let name = unit.sections.get(section).map_or("", |s| s.name.as_str());
    if unit.sections.iter().filter(|s| s.name == name).count() != 1 {
        let (symbol, unit, section) = (symbol.to_string(), unit.name(), name.to_string());
        return Err(StepError::Ambiguous { symbol, unit, section });
    }
    Ok(format!("--add-symbol={}={name}:{value:#x},function,global", legacy_name(symbol)))
}

/// A tool that the environment may name: `"${OBJCOPY:-objcopy}"`.
fn tool(word: &str) -> Option<&'static str> {
    match word {
        "objcopy" => Some("OBJCOPY"),
        "ar" => Some("AR"),
        "ld" => Some("LD"),
        _ => None,
    }
}

/// The steps as a POSIX shell script. `head` are lines of comment.
pub fn script_text(steps: &[Step], head: &[String], directory: Option<&str>) -> String {
    let mut out = "#!/bin/sh\n".to_string();
    head.iter().for_each(|line| out += &format!("# {line}\n"));
    out += "set -eu\n";
    if let Some(directory) = directory {
        out += &format!("cd {}\n", quoted(directory));
    }
    for step in steps {
        out += &format!("\n# {}\n", step.why);
        if let Some(folder) = Path::new(&step.output).parent().filter(|f| !f.as_os_str().is_empty()) {
            out += &format!("mkdir -p {}\n", quoted(&folder.display().to_string()));
        }
        for command in &step.commands {
            let mut words = command.words.iter();
            let first = words.next().map(String::as_str).unwrap_or_default();
            out += &match tool(first) {
                Some(variable) => format!("\"${{{variable}:-{first}}}\""),
                None => quoted(first),
            };
            words.for_each(|word| out += &format!(" {}", quoted(word)));
            if let Some(into) = &command.into {
                out += &format!(" >{}", quoted(into));
            }
            out.push('\n');
        }
    }
    out
}

/// The steps as a piece of a Makefile whose goal is `goal`.
pub fn make_text(steps: &[Step], head: &[String], goal: &str) -> Result<String, StepError> {
    let name = |word: &str| match word.contains([' ', ':', '\'', '"', '\\', '#', '%', '\t']) {
        true => Err(StepError::Unwritable { word: word.to_string() }),
        false => Ok(word.replace('$', "$$")),
    };
    let mut out = String::new();
    head.iter().for_each(|line| out += &format!("# {line}\n"));
    out += "OBJCOPY ?= objcopy\nAR ?= ar\nLD ?= ld\n";
    if let Some(last) = steps.last() {
        out += &format!("\n{goal}: {}\n", name(&last.output)?);
    }
    for step in steps {
        let inputs: Vec<String> = step.inputs.iter().map(|i| name(i)).collect::<Result<_, _>>()?;
        out +=
            &format!("\n# {}\n{}: {}\n\t@mkdir -p $(@D)\n", step.why, name(&step.output)?, inputs.join(" "));
        for command in &step.commands {
            let mut words = command.words.iter();
            let first = words.next().map(String::as_str).unwrap_or_default();
            let first = tool(first).map_or_else(|| quoted(first).replace('$', "$$"), |v| format!("$({v})"));
            out += &format!("\t{first}");
            words.for_each(|word| out += &format!(" {}", quoted(word).replace('$', "$$")));
            if let Some(into) = &command.into {
                out += &format!(" >{}", quoted(into).replace('$', "$$"));
            }
            out.push('\n');
        }
    }
    out += &format!("\n.PHONY: {goal}\n.DELETE_ON_ERROR:\n");
    Ok(out)
}
