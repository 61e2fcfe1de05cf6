//! `cargo xtask fuzz`: the targets of tests/fuzz under libFuzzer, with the stable compiler.
//!
//! libFuzzer needs to be told which code an input reached. The instrumentation for that is LLVM's, and the compiler passes it on
//! with flags that are stable: no nightly, no wrapper to install ([0035](docs/decisions/0035-fuzzing-on-stable.md)).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::FuzzChoice;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// What makes LLVM count the edges that an input takes, and what it compares; for everything that is linked but the compiler's
/// own libraries.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// The longest input, in bytes: larger than any seed, small enough that a second holds thousands of them.
const INPUT_BYTES_MAX: u32 = 64 * 1024;

/// What one input may take, in seconds. All are done in thousandths of one.
const INPUT_SECONDS_MAX: u32 = 10;

/// A bound on the whole process in MiB, what libFuzzer keeps included; what one input takes is watched by the target.
const PROCESS_MIB_MAX: u32 = 4_096;

/// Runs a target, or each in turn, and prints what came of it.
///
/// # Errors
/// When an input breaks a promise, takes too much memory or too long, or there is no such target.
pub fn command(repo: &Repo, choice: &FuzzChoice) -> Result<(), Fault> {
    let listed =
        Shell::new(repo).read("cargo", &["run", "--quiet", "--package", "haven-fuzz", "--", "list"])?;
    if choice.list {
        listed.lines().for_each(say::line);
        return Ok(());
    }
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let chosen: Vec<&str> = match &choice.target {
        Some(name) => names.iter().filter(|it| *it == name).copied().collect(),
        None => names.clone(),
    };
    if chosen.is_empty() || (choice.target.is_none() && !choice.all) {
        let next = format!("Choose among {}, or --all.", names.join(", "));
        return Err(Fault::new("choose what to fuzz", "there is no such target", next));
    }
    let program = build(repo)?;
    for name in chosen {
        Run::new(repo, name)?.go(&program, choice.minutes)?;
    }
    Ok(())
}

fn build(repo: &Repo) -> Result<PathBuf, Fault> {
    let version = Shell::new(repo).read("rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    // Named for the host alone, so that build scripts and macros stay as they are.
    let flags = format!("CARGO_TARGET_{}_RUSTFLAGS", host.replace('-', "_").to_uppercase());
    let folder = repo.target().join("fuzz");
    let folder = folder.display().to_string();
    let what = ["--package", "haven-fuzz", "--features", "libfuzzer", "--bin", "haven-fuzz-guided"];
    let how = ["build", "--profile", "torture", "--target", host, "--target-dir", &folder];
    Shell::new(repo).with(&flags, INSTRUMENTED).run("cargo", &[&how[..], &what[..]].concat())?;
    Ok(Path::new(&folder).join(host).join("torture/haven-fuzz-guided"))
}

/// One target's folders: what it found worth keeping, what it began with, what broke it.
struct Run<'a> {
    name: &'a str,
    corpus: PathBuf,
    seeds: PathBuf,
    found: PathBuf,
    log: PathBuf,
}

impl<'a> Run<'a> {
    fn new(repo: &Repo, name: &'a str) -> Result<Self, Fault> {
        let folder = repo.target().join("fuzz/inputs").join(name);
        let run = Self {
            name,
            corpus: folder.join("corpus"),
            seeds: folder.join("seeds"),
            found: folder.join("found"),
            log: folder.join("log"),
        };
        for folder in [&run.corpus, &run.seeds, &run.found] {
            fs::create_dir_all(folder).map_err(|error| Fault::io("make a folder for inputs", &error))?;
        }
        Ok(run)
    }

    fn go(&self, program: &Path, minutes: f64) -> Result<(), Fault> {
        let before = self.findings()?;
        let log = File::create(&self.log).map_err(|error| Fault::io("write the fuzzer's log", &error))?;
        let status = Command::new(program)
            .args([&self.corpus, &self.seeds])
            .arg(format!("-max_total_time={}", (minutes * 60.0).ceil().max(1.0)))
            .arg(format!("-artifact_prefix={}/", self.found.display()))
            .arg(format!("-max_len={INPUT_BYTES_MAX}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg(format!("-rss_limit_mb={PROCESS_MIB_MAX}"))
            .args(["-print_final_stats=1", "-reload=0"])
            .env("HAVEN_FUZZ_TARGET", self.name)
            .env("HAVEN_FUZZ_SEEDS", &self.seeds)
            .env("HAVEN_FUZZ_GROWN", self.found.join("grown"))
            .stderr(log)
            .status()
            .map_err(|error| Fault::io("start the fuzzer", &error))?;
        let said = fs::read(&self.log).map_err(|error| Fault::io("read the fuzzer's log", &error))?;
        let said = String::from_utf8_lossy(&said);
        say::line(&format!("{:<12} {}", self.name, figures(&said)));
        if status.success() {
            return Ok(());
        }
        let new: Vec<PathBuf> = self.findings()?.difference(&before).cloned().collect();
        let kept = new.last().or(before.last()).map_or_else(String::new, |file| file.display().to_string());
        let next = format!(
            "Repeat it, then make it a test: cargo run --package haven-fuzz -- repeat {} {kept}",
            self.name
        );
        Err(Fault::new(format!("fuzz {}", self.name), why(&said), next))
    }

    fn findings(&self) -> Result<BTreeSet<PathBuf>, Fault> {
        let fault = |error: std::io::Error| Fault::io("look at what was found", &error);
        let files = fs::read_dir(&self.found).map_err(fault)?;
        let files: Vec<_> = files.collect::<Result<_, _>>().map_err(fault)?;
        // A slow input is kept, and is nothing that failed.
        let is_failure = |path: &PathBuf| !path.to_string_lossy().contains("/slow-unit-");
        Ok(files.into_iter().map(|file| file.path()).filter(is_failure).collect())
    }
}

/// What libFuzzer and the target say of a run, in a line.
fn figures(said: &str) -> String {
    let stat = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
        line.map_or("?", |rest| rest.trim_start_matches(':').trim())
    };
    let last = |name: &str| {
        let after = |line: &str| line.split_once(name)?.1.split_whitespace().next().map(str::to_owned);
        said.lines().rev().find_map(after)
    };
    let (edges, inputs) = (last("cov: ").unwrap_or_default(), last("corp: ").unwrap_or_default());
    let inputs = inputs.split('/').next().unwrap_or_default();
    let grew = last("haven: growth: ").unwrap_or_else(|| "0".to_owned());
    format!(
        "{} executions, {} a second; {edges} edges, {inputs} inputs kept; an input grew it by {grew} KiB at most, high water {} MiB",
        stat("number_of_executed_units"),
        stat("average_exec_per_sec"),
        stat("peak_rss_mb"),
    )
}

/// Why a run ended early.
fn why(said: &str) -> String {
    let ours = said.lines().rev().find_map(|line| {
        line.strip_prefix("haven: ").filter(|line| !line.starts_with("growth: ")).map(str::to_owned)
    });
    let theirs = || said.lines().find(|line| line.contains("ERROR: libFuzzer")).map(str::to_owned);
    ours.or_else(theirs).unwrap_or_else(|| "it ended early; see its log".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "#2\tINITED cov: 100 ft: 120 corp: 10/4215b exec/s: 0 rss: 27Mb\n\
        haven: growth: 12 KiB\nhaven: growth: 96 KiB\n\
        #9\tDONE   cov: 114 ft: 144 corp: 12/4201b lim: 4096 exec/s: 679404 rss: 27Mb\n\
        stat::number_of_executed_units: 2717618\nstat::average_exec_per_sec:     679404\nstat::peak_rss_mb:              27\n";

    #[test]
    fn figures_are_the_last_that_were_said() {
        assert_eq!(
            figures(SAID),
            "2717618 executions, 679404 a second; 114 edges, 12 inputs kept; an input grew it by 96 KiB at most, high water 27 MiB"
        );
    }

    #[test]
    fn why_is_what_the_target_says_or_else_libfuzzer() {
        let panicked = format!("{SAID}haven: panicked: it broke\n==7== ERROR: libFuzzer: deadly signal\n");
        assert_eq!(why(&panicked), "panicked: it broke");
        assert_eq!(
            why("==7== ERROR: libFuzzer: timeout after 10 seconds\n"),
            "==7== ERROR: libFuzzer: timeout after 10 seconds"
        );
        assert_eq!(why(SAID), "it ended early; see its log");
    }
}
