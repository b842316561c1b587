//! What the files of a patch say, and which names fit into them.

use super::payload::Payload;
use super::{BuildArgs, Error};
use crate::command::run::prepare::read_contract;
use crate::config::{Config, Place, RouteLine};
use cmp_bridge::control::Route;
use cmp_bridge::loader::LoadedModule;
use std::path::{Path, PathBuf};

/// Names that stand in scripts, packages and folders.
pub fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    match begins && text.chars().all(fits) && text.len() <= 60 {
        true => Ok(text.to_owned()),
        false => Err("write letters, digits, `.`, `_` and `-`, such as FT-1234".to_owned()),
    }
}

/// The release of a package.
pub fn release(text: &str) -> Result<String, String> {
    match text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
    {
        true => Ok(text.to_owned()),
        false => Err("write a number such as 2 or 1.1".to_owned()),
    }
}

/// A path that can stand in a line of its own.
pub fn line(what: &str, path: &Path) -> Result<String, Error> {
    match path.to_str() {
        Some(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(Error::Unfit {
            what: format!("{what} {}", path.display()),
            why: "it must be UTF-8 without line ends",
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
        None => std::path::absolute(&args.exe).unwrap_or_else(|_| args.exe.clone()),
    };
    let link = args.link.as_deref().map_or(Ok(String::new()), |path| line("--link", path))?;
    let count = payload.routines.len();
    let pairs = [
        ("ANOMALY", args.anomaly.clone()),
        ("PATCH", payload.id.clone()),
        ("PROGRAM", payload.program.clone()),
        ("EXECUTABLE", line("the path of the program", &executable)?),
        ("LINK", link),
        ("PREFIX", line("--prefix", &args.prefix)?),
        ("BUILD_ID", payload.build_id.clone()),
        ("BUILD_ID_NOTE", payload.build_id_note.clone()),
        ("BUILD_ID_BLOCKS", payload.build_id_blocks.to_string()),
        ("MODULES", payload.modules.join(" ")),
        ("SESSIONS", line("--sessions", &args.sessions)?),
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
        false => payload.evidence.iter().for_each(|name| text += &format!("- [{name}]({name})\n")),
    }
    payload.notes.iter().for_each(|remark| text += &format!("- Note: {remark}.\n"));
    text += &format!(
        "\n{}",
        include_str!("release-note.md")
            .replace("ANOMALY", &args.anomaly)
            .replace("PROGRAM", &payload.program)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::{name, quoted, release};

    #[test]
    fn only_names_that_cannot_be_misread_are_taken() {
        assert!(["FT-1234", "a.b_c-1", "7"].iter().all(|text| name(text).is_ok()));
        assert!(["", "-x", "../x", "a b", "a;b", "é", ".x"].iter().all(|text| name(text).is_err()));
        assert!(release("1.1").is_ok() && release("2").is_ok());
        assert!(["", "1-2", "v1", "1 "].iter().all(|text| release(text).is_err()));
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
    }
}
