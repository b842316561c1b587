//! Where RPATH and RUNPATH let the loader look for libraries.

/// What one part of such a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Beside the file, or where systems and packages put libraries.
    Known,
    /// Somewhere that depends on the machine.
    Elsewhere,
    /// A place that others than its owner may fill: theirs is loaded.
    Open,
}

/// Folders that everybody may write to, or that are not the same for each process.
const OPEN: [&[&str]; 5] = [&["tmp"], &["var", "tmp"], &["dev"], &["proc"], &["run", "user"]];
/// Folders of the system, and of what is delivered beside it.
const KNOWN: [&[&str]; 5] = [&["lib64"], &["usr", "lib64"], &["lib"], &["usr", "lib"], &["opt"]];

/// Judges one part. `..` is resolved by name, as far as one can without the machine.
pub fn judge(part: &str) -> Place {
    if let Some(rest) = below_origin(part) {
        let (up, names) = resolve(rest);
        return match up {
            _ if up > 0 && begins(&names, &OPEN) => Place::Open,
            // Beside the file, or beside its folder as in bin and lib.
            0 | 1 => Place::Known,
            _ => Place::Elsewhere,
        };
    }
    if !part.starts_with('/') {
        return Place::Open;
    }
    // `..` of the root is the root.
    let (_, names) = resolve(part);
    if names.is_empty() || begins(&names, &OPEN) {
        Place::Open
    } else if begins(&names, &KNOWN) && !names.iter().any(|name| name.contains('$')) {
        Place::Known
    } else {
        Place::Elsewhere
    }
}

/// What follows `$ORIGIN` as the loader reads it: a whole name, at the beginning.
fn below_origin(part: &str) -> Option<&str> {
    let rest = part.strip_prefix("$ORIGIN").or_else(|| part.strip_prefix("${ORIGIN}"))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// How many folders up a path leads, and what it names from there.
fn resolve(path: &str) -> (usize, Vec<&str>) {
    let (mut up, mut names) = (0, Vec::new());
    for name in path.split('/').filter(|name| !name.is_empty() && *name != ".") {
        match name {
            ".." if names.pop().is_none() => up += 1,
            ".." => {}
            _ => names.push(name),
        }
    }
    (up, names)
}

fn begins(names: &[&str], folders: &[&[&str]]) -> bool {
    folders.iter().any(|folder| names.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::{Place, judge};
    use proptest::prelude::*;

    #[test]
    fn parts_are_judged_by_where_they_lead() {
        let known = [
            "$ORIGIN",
            "${ORIGIN}/lib",
            "$ORIGIN/../lib",
            "$ORIGIN/tmp",
            "$ORIGIN/a/../../lib",
            "/opt",
            "/opt/cmp/lib",
            "/opt//cmp/./lib/",
            "/usr/lib64/cmp",
            "/lib64",
            "/tmp/../opt/cmp",
        ];
        let elsewhere = [
            "/usr/lib64x",
            "/optional/lib",
            "/srv/build/lib",
            "$ORIGIN/../../lib",
            "/opt/../srv",
            "/opt/$LIB",
        ];
        let open = [
            "",
            ".",
            "lib",
            "/",
            "/tmp",
            "/tmp/",
            "/var/tmp/x",
            "/dev/shm/x",
            "/proc/self/cwd",
            "/run/user/1000",
            "/opt/../tmp/x",
            "//tmp",
            "/../tmp",
            "$ORIGINAL/x",
            "$ORIGIN/../../../tmp",
            "$ORIGIN/../tmp/x",
            "${ORIGIN",
            "$LIB",
            "x/$ORIGIN",
        ];
        for (parts, place) in
            [(&known[..], Place::Known), (&elsewhere[..], Place::Elsewhere), (&open[..], Place::Open)]
        {
            for part in parts {
                assert_eq!(judge(part), place, "{part}");
            }
        }
    }

    proptest! {
        /// A path into an open folder is seen whatever detours it takes.
        #[test]
        fn detours_hide_nothing(detours in proptest::collection::vec("[a-z]{1,4}", 0..5), open in 0usize..5) {
            let folder = super::OPEN[open].join("/");
            let mut path = String::new();
            for name in &detours {
                path += &format!("/{name}");
            }
            for _ in &detours {
                path += "/./..";
            }
            prop_assert_eq!(judge(&format!("{path}//{folder}/x")), Place::Open);
        }

        #[test]
        fn any_text_is_judged(part in ".{0,40}") {
            let _ = judge(&part);
        }
    }
}
