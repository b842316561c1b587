//! Measures what reading debug information costs, beside what others take for it, in one run:
//! `reading LIBRARY SMALL_SYMBOL LARGE LARGE_SYMBOL FOLDER [--rounds N] [--json]`. `LIBRARY` is the smaller file.
//!
//! Every case is a process of its own, so that its peak memory is its own too; ours are this program with another
//! first word.
#![deny(warnings, missing_docs)]

use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::dwarf::routines::Index;
use cmp_bridge_inspect::dwarf::{DebugInfo, Sections};
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use serde_json::json;

/// A peer that takes longer is stopped, and its figure is this time or more.
const PATIENCE: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["index", file] => index(file, None),
        ["kept", file, folder] => index(file, Some(Path::new(folder))),
        ["routine", file, symbol] => routine(file, symbol),
        _ => Args::read(&words).and_then(|args| measure(&args)),
    };
    match done {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("reading: error: {error}");
            ExitCode::from(2)
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn index(file: &str, folder: Option<&Path>) -> Result<String, Failure> {
    let binary = Binary::open(file)?;
    let sections = Sections::load(&binary)?;
    let info = DebugInfo::read(&sections);
    let index = match folder {
        Some(folder) => Index::load_or_build(folder, &info, &binary).0,
        None => Index::build(&info),
    };
    let copies: usize = index.inlined.values().map(|i| i.count).sum();
    Ok(format!("{} routines, {copies} inlined copies", index.subprograms.len()))
}

fn routine(file: &str, symbol: &str) -> Result<String, Failure> {
    let binary = Binary::open(file)?;
    let options = ScanOptions { patterns: vec![symbol.into()], ..ScanOptions::default() };
    let report = scan(&binary, &options)?;
    let texts: Vec<String> = report.contracts.iter().map(|c| c.to_toml()).collect();
    Ok(texts.concat())
}

struct Args {
    files: Vec<(PathBuf, String)>,
    folder: PathBuf,
    rounds: usize,
    json: bool,
}

impl Args {
    fn read(words: &[&str]) -> Result<Args, Failure> {
        let (mut plain, mut rounds, mut json) = (Vec::new(), 5, false);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--json" => json = true,
                "--rounds" => {
                    rounds = words
                        .next()
                        .and_then(|n| n.parse().ok())
                        .filter(|n| *n > 0)
                        .ok_or("--rounds wants a number")?
                }
                word => plain.push(word.to_string()),
            }
        }
        let [small, symbol, large, other, folder] = <[String; 5]>::try_from(plain)
            .map_err(|_| "usage: reading LIBRARY SYMBOL LARGE SYMBOL FOLDER [--rounds N] [--json]")?;
        let files = vec![(PathBuf::from(small), symbol), (PathBuf::from(large), other)];
        Ok(Args { files, folder: folder.into(), rounds, json })
    }
}

/// What is done with a file, by whom.
struct Case {
    title: &'static str,
    program: PathBuf,
    words: Vec<String>,
    /// The file is dropped from the page cache first.
    cold: bool,
    runs: Vec<Run>,
}

#[derive(Clone, Copy)]
struct Run {
    seconds: f64,
    /// Seconds of processor time, of all threads.
    work: f64,
    megabytes: f64,
    finished: bool,
}

fn cases(file: &Path, symbol: &str, folder: &Path) -> Result<Vec<Case>, Failure> {
    let own = std::env::current_exe()?;
    let path = file.to_string_lossy().into_owned();
    let case = |title, program: &Path, words: &[&str]| Case {
        title,
        program: program.to_path_buf(),
        words: words.iter().map(|w| w.to_string()).collect(),
        cold: false,
        runs: Vec::new(),
    };
    let kept = folder.join("kept").to_string_lossy().into_owned();
    let mut all = vec![
        case("cmp-bridge: index of the whole", &own, &["index", &path]),
        case("cmp-bridge: index, kept on disk", &own, &["kept", &path, &kept]),
        case("cmp-bridge: contract of one routine", &own, &["routine", &path, symbol]),
        Case { cold: true, ..case("  the file not in the page cache", &own, &["routine", &path, symbol]) },
    ];
    for (title, program, words) in [
        ("abidw", "abidw", &["--noout", &path][..]),
        ("pahole", "pahole", &["--sizes", &path]),
        ("readelf", "readelf", &["--debug-dump=info", &path]),
    ] {
        let found = std::env::var_os("PATH")
            .and_then(|p| std::env::split_paths(&p).map(|f| f.join(program)).find(|f| f.exists()));
        if let Some(found) = found {
            all.push(case(title, &found, words));
        }
    }
    Ok(all)
}

fn measure(args: &Args) -> Result<String, Failure> {
    let mut text = String::new();
    let mut values = Vec::new();
    for (file, symbol) in &args.files {
        let mut cases = cases(file, symbol, &args.folder)?;
        // Written once, before it is read back.
        run(&cases[1])?;
        for round in 0..args.rounds {
            let count = cases.len();
            for step in 0..count {
                let case = &mut cases[(round + step) % count];
                // What was stopped once is not tried again.
                if case.runs.last().is_none_or(|r| r.finished) {
                    let figure = run(case)?;
                    case.runs.push(figure);
                }
            }
        }
        text.push_str(&table(file, &cases)?);
        values.push(json!({
            "file": file,
            "cases": cases.iter().map(|c| {
                let middle = median(&c.runs);
                json!({"case": c.title.trim(), "seconds": middle.seconds, "processor_seconds": middle.work, "megabytes": middle.megabytes, "finished": middle.finished})
            }).collect::<Vec<_>>(),
        }));
    }
    Ok(if args.json { serde_json::to_string_pretty(&values)? } else { text })
}

fn run(case: &Case) -> Result<Run, Failure> {
    if case.cold {
        for word in case.words.iter().filter(|w| Path::new(w).is_file()) {
            forget(Path::new(word))?;
        }
    }
    let start = Instant::now();
    let child = Command::new(&case.program)
        .args(&case.words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let pid = libc::pid_t::try_from(child.id())?;
    loop {
        // SAFETY: a zeroed rusage is a valid one, and both pointers are to locals that live through the call.
        let (mut status, mut usage) = (0, unsafe { std::mem::zeroed::<libc::rusage>() });
        let stopped = start.elapsed() > PATIENCE;
        if stopped {
            // SAFETY: the child has not been waited for, so that its number is still its own.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
        let flags = if stopped { 0 } else { libc::WNOHANG };
        // SAFETY: as above; nobody else waits for this child.
        let ended = unsafe { libc::wait4(pid, &mut status, flags, &mut usage) };
        if ended < 0 {
            return Err(io::Error::last_os_error().into());
        }
        if ended == pid {
            let finished = libc::WIFEXITED(status) && !stopped;
            if libc::WIFEXITED(status)
                && libc::WEXITSTATUS(status) > 1
                && case.program == std::env::current_exe()?
            {
                return Err(format!("{} failed on {}", case.title, case.words.join(" ")).into());
            }
            let seconds = start.elapsed().as_secs_f64();
            let time = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
            let work = time(usage.ru_utime) + time(usage.ru_stime);
            return Ok(Run { seconds, work, megabytes: usage.ru_maxrss as f64 / 1024.0, finished });
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// Drops a file from the page cache.
fn forget(file: &Path) -> Result<(), Failure> {
    let file = std::fs::File::open(file)?;
    file.sync_all()?;
    // SAFETY: the descriptor is open; the call only advises.
    match unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_DONTNEED) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error).into()),
    }
}

fn median(runs: &[Run]) -> Run {
    let mut sorted = runs.to_vec();
    sorted.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let mut middle = sorted[sorted.len() / 2];
    let mut work: Vec<f64> = runs.iter().map(|r| r.work).collect();
    work.sort_by(f64::total_cmp);
    middle.work = work[work.len() / 2];
    middle.megabytes = runs.iter().map(|r| r.megabytes).fold(0.0, f64::max);
    middle.finished = runs.iter().all(|r| r.finished);
    middle
}

fn table(file: &Path, cases: &[Case]) -> Result<String, Failure> {
    use std::fmt::Write;
    let size = std::fs::metadata(file)?.len() as f64 / 1e6;
    let name = file.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let figures: Vec<Run> = cases.iter().map(|c| median(&c.runs)).collect();
    let of = |title: &str| cases.iter().position(|c| c.title == title).map(|at| figures[at]);
    let ours = figures[0];
    let mut text = format!("{name}, {size:.0} MB: medians of {} interleaved rounds\n\n", cases[0].runs.len());
    let titles = ["seconds", "processor", "peak MB", "index = 1"];
    writeln!(text, "{:<40} {:>9} {:>9} {:>8} {:>9}  mark", "", titles[0], titles[1], titles[2], titles[3])?;
    for (case, figure) in cases.iter().zip(&figures) {
        let limit = match case.title {
            "abidw" => {
                let (fast, small) =
                    (figure.seconds >= 10.0 * ours.seconds, ours.megabytes <= figure.megabytes / 2.0);
                format!("index 10 times as fast: {}; half its memory: {}", verdict(fast), verdict(small))
            }
            "pahole" => format!("index no slower: {}", verdict(figure.seconds >= ours.seconds)),
            "cmp-bridge: contract of one routine" | "  the file not in the page cache" => {
                format!("below 0.5 s: {}", verdict(figure.seconds < 0.5))
            }
            _ => String::new(),
        };
        let more = if figure.finished { ' ' } else { '>' };
        let ratio = figure.seconds / ours.seconds;
        writeln!(
            text,
            "{:<40} {more}{:>8.3} {:>9.3} {:>8.0} {ratio:>9.2}  {limit}",
            case.title, figure.seconds, figure.work, figure.megabytes
        )?;
    }
    for peer in ["abidw", "pahole", "readelf"].iter().filter(|p| of(p).is_none()) {
        writeln!(text, "{peer}: not installed (scripts/setup.sh bench)")?;
    }
    text.push('\n');
    Ok(text)
}

fn verdict(passed: bool) -> &'static str {
    if passed { "PASS" } else { "FAIL" }
}
