//! What the files of a patch say, and which names fit into them.

use super::payload::Payload;
use super::{BuildArgs, Error};
use crate::command::run::prepare::read_contract;
use crate::config::{Config, Place, RouteLine};
use crate::error::FileError;
use cmp_bridge::control::Route;
use cmp_bridge::loader::LoadedModule;
use std::path::{Path, PathBuf};

/// Names that stand in scripts, packages and folders.
pub fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let ends = text.ends_with(|c: char| c.is_ascii_alphanumeric()) && !text.contains("..");
    match begins && ends && text.chars().all(fits) && text.len() <= 60 {
        true => Ok(text.to_owned()),
        false => Err("write letters, digits, and between them `.`, `_` and `-`, such as FT-1234".to_owned()),
    }
}

/// The release of a package.
pub fn release(text: &str) -> Result<String, String> {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    match text.starts_with(|c: char| c.is_ascii_digit()) && text.split('.').all(part) && text.len() <= 30 {
        true => Ok(text.to_owned()),
        false => Err("write a number such as 2 or 1.1".to_owned()),
    }
}

/// A line of text.
pub fn remark(text: &str) -> Result<String, String> {
    match !text.trim().is_empty() && !text.chars().any(char::is_control) {
        true => Ok(text.trim().to_owned()),
        false => Err("write one line of text".to_owned()),
    }
}

/// An absolute path that can stand in a line of its own.
pub fn line(what: &str, path: &Path) -> Result<String, Error> {
    let unfit = |why, hint| Err(Error::Unfit { what: format!("{what} {}", path.display()), why, hint });
    match path.to_str() {
        Some(text) if text.chars().any(char::is_control) => {
            unfit("it must be without line ends", "rename it")
        }
        Some(text) if path.is_absolute() => Ok(text.to_owned()),
        Some(_) => unfit(
            "it must be a whole path",
            "write it from the root of the target on, such as /cmp/bin/cmp_day",
        ),
        None => unfit("it must be UTF-8", "rename it"),
    }
}

/// The path of a folder that every script, loader and package tool reads as it is.
pub fn plain(what: &str, path: &Path) -> Result<String, Error> {
    let text = line(what, path)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    match text.chars().all(fits) && !text.split('/').any(|part| matches!(part, "." | "..")) {
        true => Ok(text),
        false => Err(Error::Unfit {
            what: format!("{what} {text}"),
            why: "the loader splits names at spaces and colons, and packages know no `..`",
            hint: "choose a folder of letters, digits, `.`, `_`, `+` and `-`",
        }),
    }
}

/// A word for a shell, whatever is in it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The configuration that `--module` and `--contract` stand for.
pub fn config_of(modules: &[PathBuf], contracts: &[PathBuf]) -> Result<Config, Error> {
    let mut config = Config { modules: modules.to_vec(), contracts: contracts.to_vec(), ..Config::default() };
    let sources = contracts.iter().map(|file| read_contract(file)).collect::<Result<Vec<_>, _>>()?;
    for module in modules {
        for candidate in LoadedModule::open(module)?.candidates() {
            let routine = candidate.routine.clone();
            if !sources.iter().any(|source| source.contract.routine(&routine).is_some()) {
                return Err(Error::NoContract { module: module.clone(), routine });
            }
            let place = Place { line: 1, column: 1 };
            config.routes.push(RouteLine { pattern: routine, route: Route::Rust, place });
        }
    }
    Ok(config)
}

/// `patch.conf`: what the scripts know of the patch.
pub fn conf(payload: &Payload, args: &BuildArgs) -> Result<String, Error> {
    let executable = match &args.target_exe {
        Some(path) => path.clone(),
        None => std::path::absolute(&args.exe).map_err(FileError::new(&args.exe, "found"))?,
    };
    let link = args.link.as_deref().map_or(Ok(String::new()), |path| line("--link", path))?;
    let count = payload.routines.len();
    let pairs = [
        ("ANOMALY", args.anomaly.clone()),
        ("PATCH", payload.id.clone()),
        ("PROGRAM", payload.program.clone()),
        ("EXECUTABLE", line("the path of the program", &executable)?),
        ("LINK", link),
        ("PREFIX", payload.prefix.clone()),
        ("BUILD_ID", payload.build_id.clone()),
        ("BUILD_ID_NOTE", payload.build_id_note.clone()),
        ("BUILD_ID_BLOCKS", payload.build_id_blocks.to_string()),
        ("MODULES", payload.modules.join(" ")),
        ("SESSIONS", plain("--sessions", &args.sessions)?),
        ("ROUTES_AT", cmp_bridge::control::ROUTES_OFFSET.to_string()),
        ("ALLOWED_AT", cmp_bridge::control::ControlPage::allowed_offset(count).to_string()),
        ("COUNTERS_AT", cmp_bridge::control::ControlPage::counters_offset(count).to_string()),
    ];
    let mut text = format!(
        "#!/bin/sh\n# @(#) cmp-bridge patch {} release {}: what its scripts know of it\n# shellcheck disable=SC2034\n",
        args.anomaly, args.release
    );
    for (name, value) in pairs {
        text += &format!("{name}={}\n", quoted(&value));
    }
    Ok(text)
}

/// `bridge.toml`: the same patch for `cmp-bridge run`, where that is at hand.
pub fn bridge_toml(payload: &Payload) -> String {
    let list = |names: &[String]| {
        let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        format!("[{}]", quoted.join(", "))
    };
    let mut text = format!(
        "# @(#) {}: for `cmp-bridge run`; the patch itself does not read it\ncontracts = {}\nmodules = {}\n[routes]\n",
        payload.id,
        list(&payload.contracts),
        list(&payload.modules)
    );
    for (name, route) in &payload.routines {
        text += &format!("{name:?} = {:?}\n", route.name());
    }
    text
}

/// `RELEASE-NOTE.md`: what is known of the patch, and what a person has to add.
pub fn release_note(payload: &Payload, args: &BuildArgs) -> String {
    let executable = args.target_exe.as_deref().unwrap_or(&args.exe).display();
    let mut text = format!(
        "# Release note: {} (release {})\n\n| | |\n|---|---|\n| anomaly | {} |\n| program | {executable} |\n| build-id | `{}` |\n\
         | made by | cmp-bridge {} |\n\n## Routines\n\n| routine | answered by |\n|---|---|\n",
        args.anomaly,
        args.release,
        args.anomaly,
        payload.build_id,
        env!("CARGO_PKG_VERSION"),
    );
    for (name, route) in &payload.routines {
        let who = if *route == Route::Rust { "Rust" } else { "the legacy code, until it is switched" };
        text += &format!("| `{name}` | {who} |\n");
    }
    text += "\n## Modules\n\n";
    for what in &payload.whats {
        text += &format!("- {what}\n");
    }
    text += "\n## Evidence\n\n";
    match payload.evidence.is_empty() {
        true => text += "None was delivered.\n",
        false => payload.evidence.iter().for_each(|(name, verdict)| {
            let found = verdict.as_ref().map_or(String::new(), |text| format!(": {text}"));
            text += &format!("- [{name}]({name}){found}\n");
        }),
    }
    payload.notes.iter().for_each(|remark| text += &format!("- Note: {remark}.\n"));
    if let Some(why) = &args.differences_agreed {
        text += &format!("- Why differences in it are right: {why}\n");
    }
    text += &format!(
        "\n{}",
        include_str!("release-note.md")
            .replace("ANOMALY", &args.anomaly)
            .replace("PROGRAM", &payload.program)
            .replace("INSTALLED", &payload.installed())
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{line, name, plain, quoted, release};
    use std::path::Path;

    #[test]
    fn only_names_that_cannot_be_misread_are_taken() {
        assert!(["FT-1234", "a.b_c-1", "7"].iter().all(|text| name(text).is_ok()));
        let bad = ["", "-x", "../x", "a b", "a;b", "é", ".x", "A..", "a..b", "x-"];
        assert!(bad.iter().all(|text| name(text).is_err()));
        assert!(release("1.1").is_ok() && release("2").is_ok());
        assert!(["", "1-2", "v1", "1 ", "1..2", "1."].iter().all(|text| release(text).is_err()));
        let folder = |text: &str| plain("--prefix", Path::new(text));
        assert!(folder("/opt/cmp-bridge").is_ok() && folder("/a.b/c+d_1").is_ok());
        let bad = ["opt", "/../../x", "/opt/it's", "/a b", "/a:b", "/a/./b", "/a\nb", "/é"];
        assert!(bad.iter().all(|text| folder(text).is_err()));
        assert!(line("--link", Path::new("bin/x")).is_err() && line("--link", Path::new("/a b")).is_ok());
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
    }
}
