//! The patch as packages, made by the tools of the systems they are for.

use super::Error;
use super::archive::deliver;
use super::payload::{CHECKS, COMMON, Payload, Scratch};
use crate::error::FileError;
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

/// The name of both packages.
fn name(payload: &Payload) -> String {
    let name = format!("cmp-bridge-patch-{}-{}", payload.program, payload.anomaly);
    name.to_lowercase().replace('_', "-")
}

/// Before anything is unpacked: whether it can be installed.
fn before(payload: &Payload) -> String {
    let conf =
        payload.files.get("patch.conf").map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned());
    format!(
        "# shellcheck disable=SC2034\nset -eu\ndry=\n{}\n{COMMON}\n{CHECKS}\n{}",
        conf.unwrap_or_default(),
        include_str!("scripts/before.sh")
    )
}

/// Before a package is removed: the patch that it installed goes, and whatever an interrupted installation left.
fn removal(payload: &Payload) -> String {
    let installed = payload.installed();
    format!(
        "if [ -e '{installed}/rollback.sh' ]; then '{installed}/rollback.sh' --remove --anyway || exit 1; fi\n\
         rm -rf -- '{installed}'+[0-9]* '{installed}+gone'\n"
    )
}

/// Writes the files below a folder, as they are on the target.
fn unpack(payload: &Payload, root: &Path) -> Result<(), Error> {
    let base = root.join(payload.folder().trim_start_matches('/'));
    for (name, entry) in &payload.files {
        let mode = if entry.executable { 0o755 } else { 0o644 };
        write(&base.join(name), &entry.bytes, mode, payload.time)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8], mode: u32, time: u64) -> Result<(), Error> {
    let failed = || FileError::new(path, "written");
    make_folder(path.parent().unwrap_or(path))?;
    std::fs::write(path, bytes).map_err(failed())?;
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).map_err(failed())?;
    let file = File::options().write(true).open(path).map_err(failed())?;
    file.set_modified(UNIX_EPOCH + Duration::from_secs(time)).map_err(failed())?;
    Ok(())
}

/// Makes a folder and those above it, each with the permissions that it has in a package, whatever the umask.
fn make_folder(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), make_folder)?;
    std::fs::create_dir(path).map_err(FileError::new(path, "made"))?;
    let mode = PermissionsExt::from_mode(0o755);
    Ok(std::fs::set_permissions(path, mode).map_err(FileError::new(path, "made"))?)
}

fn run(tool: &'static str, command: &mut Command) -> Result<(), Error> {
    let done = command.env("LC_ALL", "C").env("TZ", "UTC").output();
    let done = done.map_err(|source| Error::Tool { tool, source })?;
    if done.status.success() {
        return Ok(());
    }
    let text = [done.stdout, done.stderr].concat();
    Err(Error::ToolFailed { tool, text: String::from_utf8_lossy(&text).trim_end().to_owned() })
}

fn summary(payload: &Payload) -> String {
    format!("Patch {} of {} (build-id {})", payload.anomaly, payload.program, payload.build_id)
}

/// Makes the Debian package.
pub fn deb(payload: &Payload, out: &Path) -> Result<PathBuf, Error> {
    let scratch = Scratch::new()?;
    let root = scratch.0.join("root");
    unpack(payload, &root)?;
    let size: usize = payload.files.values().map(|entry| entry.bytes.len().div_ceil(1024)).sum();
    let control = format!(
        "Package: {}\nVersion: {}\nArchitecture: amd64\nMaintainer: corrective maintenance <root@localhost>\nInstalled-Size: {size}\n\
         Section: misc\nPriority: optional\nDescription: {}\n Starts the untouched program with routines in Rust, and can be switched off\n \
         while it runs. See RELEASE-NOTE.md in {}.\n",
        name(payload),
        payload.release,
        summary(payload),
        payload.folder(),
    );
    let folder = payload.folder();
    let scripts = [
        ("preinst", before(payload)),
        ("postinst", format!("set -eu\nif [ \"$1\" = configure ]; then '{folder}/install.sh'; fi\n")),
        ("prerm", format!("set -eu\n[ \"$1\" = remove ] || exit 0\n{}", removal(payload))),
    ];
    write(&root.join("DEBIAN/control"), control.as_bytes(), 0o644, payload.time)?;
    for (script, text) in scripts {
        let text = format!("#!/bin/sh\n{text}");
        write(&root.join("DEBIAN").join(script), text.as_bytes(), 0o755, payload.time)?;
    }
    let file = format!("{}_{}_amd64.deb", name(payload), payload.release);
    let made = scratch.0.join(&file);
    let mut command = Command::new("dpkg-deb");
    command.args(["--root-owner-group", "-Zgzip", "--build"]).arg(&root).arg(&made);
    run("dpkg-deb", command.env("SOURCE_DATE_EPOCH", payload.time.to_string()))?;
    deliver(&out.join(file), &std::fs::read(&made).map_err(FileError::new(&made, "read"))?)
}

/// Makes the Red Hat package.
pub fn rpm(payload: &Payload, out: &Path) -> Result<PathBuf, Error> {
    let scratch = Scratch::new()?;
    let (root, spec) = (scratch.0.join("root"), scratch.0.join("patch.spec"));
    unpack(payload, &root)?;
    write(&spec, spec_text(payload).as_bytes(), 0o644, payload.time)?;
    let file = format!("{}-{}-1.x86_64.rpm", name(payload), payload.release);
    let folder = |name: &str| scratch.0.join(name).display().to_string();
    let defines = [
        format!("_topdir {}", folder("top")),
        format!("_tmppath {}", folder("top")),
        format!("_rpmdir {}", folder("rpms")),
        format!("_build_name_fmt {file}"),
        format!("payload_root {}", root.display()),
        "_buildhost localhost".to_owned(),
        "use_source_date_epoch_as_buildtime 1".to_owned(),
        "clamp_mtime_to_source_date_epoch 1".to_owned(),
        // What rpm of RHEL 7 reads as well.
        "_binary_payload w6.gzdio".to_owned(),
        "_build_id_links none".to_owned(),
        // The files are delivered as they are: their checksums are known.
        "__os_install_post %{nil}".to_owned(),
        "debug_package %{nil}".to_owned(),
    ];
    let mut command = Command::new("rpmbuild");
    command.args(["-bb", "--quiet", "--target", "x86_64-linux"]);
    for define in &defines {
        command.args(["--define", define]);
    }
    command.arg("--buildroot").arg(scratch.0.join("buildroot")).arg(&spec);
    run("rpmbuild", command.env("SOURCE_DATE_EPOCH", payload.time.to_string()).env("HOME", &scratch.0))?;
    let made = scratch.0.join("rpms").join(&file);
    deliver(&out.join(&file), &std::fs::read(&made).map_err(FileError::new(&made, "read"))?)
}

fn spec_text(payload: &Payload) -> String {
    let folder = payload.folder();
    // A percent sign begins a macro.
    let plain = |text: String| text.replace('%', "%%");
    let mut files = String::new();
    let mut folders: Vec<&str> =
        payload.files.keys().filter_map(|path| path.rsplit_once('/')).map(|(f, _)| f).collect();
    folders.dedup();
    // The program's folder as well, which packages of other anomalies share.
    let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
    files += &format!("%dir %attr(755,root,root) \"{above}\"\n%dir %attr(755,root,root) \"{folder}\"\n");
    folders.iter().for_each(|name| files += &format!("%dir %attr(755,root,root) \"{folder}/{name}\"\n"));
    for (name, entry) in &payload.files {
        let mode = if entry.executable { 755 } else { 644 };
        files += &format!("%attr({mode},root,root) \"{folder}/{name}\"\n");
    }
    format!(
        "Name: {}\nVersion: {}\nRelease: 1\nSummary: {}\nLicense: as the program it is for\nAutoReqProv: no\n\n%description\n\
         Starts the untouched program with routines in Rust, and can be switched off while it runs.\nSee RELEASE-NOTE.md in {folder}.\n\n\
         %install\nmkdir -p \"%{{buildroot}}\"\ncp -a \"%{{payload_root}}/.\" \"%{{buildroot}}/\"\n\n\
         %pre\n{}\n%post\n'{folder}/install.sh'\n\n\
         %preun\n[ \"$1\" -eq 0 ] || exit 0\n{}\n%files\n{files}",
        name(payload),
        payload.release,
        summary(payload),
        plain(before(payload)),
        plain(removal(payload)),
    )
}
