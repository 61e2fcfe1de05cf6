//! The stages that cargo runs.

use super::Outcome;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::{self, Shell};
use crate::{say, tidy as rules, wasm as browser};

/// Checks that rustfmt has nothing to change.
pub(super) fn format(repo: &Repo) -> Result<Outcome, Fault> {
    cargo(repo, &["fmt", "--all", "--check"])
        .map_err(|fault| Fault { next: "Run `cargo fmt --all`.".to_owned(), ..fault })
}

/// Checks the house rules.
pub(super) fn tidy(repo: &Repo) -> Result<Outcome, Fault> {
    rules::command(repo, false)?;
    Ok(Outcome::Passed)
}

/// Runs clippy over everything, the optional parts of the chores included.
pub(super) fn lint(repo: &Repo) -> Result<Outcome, Fault> {
    let optional = ["--features", "xtask/bindgen,xtask/codegen"];
    cargo(
        repo,
        &[&["clippy", "--workspace", "--all-targets"], &optional[..], &["--", "-D", "warnings"]].concat(),
    )
}

/// Builds the programs once, where the end-to-end tests look for them.
pub(super) fn binaries(repo: &Repo) -> Result<Outcome, Fault> {
    cargo(repo, &["build", "--workspace", "--bins"])
}

/// Runs every test, with nextest where it is installed.
pub(super) fn tests(repo: &Repo) -> Result<Outcome, Fault> {
    let shell = Shell::new(repo).with("HAVEN_BIN_DIR", repo.binaries(false));
    if shell::find("cargo-nextest").is_some() {
        shell.run("cargo", &["nextest", "run", "--workspace", "--no-fail-fast"])?;
    } else {
        shell.run(
            "cargo",
            &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"],
        )?;
    }
    Ok(Outcome::Passed)
}

/// Runs the examples in the documentation; nextest cannot.
pub(super) fn doctests(repo: &Repo) -> Result<Outcome, Fault> {
    cargo(repo, &["test", "--workspace", "--doc"])
}

/// Checks licences, bans and sources; advisories need a network that the tests do without.
pub(super) fn supply(repo: &Repo) -> Result<Outcome, Fault> {
    if shell::find("cargo-deny").is_none() {
        return Ok(Outcome::LeftOut("cargo-deny is not installed".to_owned()));
    }
    cargo(repo, &["deny", "--offline", "check", "bans", "licenses", "sources"])
}

/// Builds the pure rooms for WebAssembly, and runs the web app's core under Node.js once it has tests there.
pub(super) fn wasm(repo: &Repo) -> Result<Outcome, Fault> {
    let toolchain = browser::Toolchain::find(repo)?;
    toolchain.check_pure_rooms(repo)?;
    let tests = browser::node_tests(repo)?;
    if tests.is_empty() {
        say::progress("the pure rooms build; clients/web/wasm has no tests for Node.js yet");
        return Ok(Outcome::Passed);
    }
    let built = toolchain.build(repo, browser::Profile::Debug)?;
    let shell = Shell::new(repo).with("HAVEN_WASM_DIR", built.node);
    for test in &tests {
        shell.run("node", &["--test", test])?;
    }
    Ok(Outcome::Passed)
}

fn cargo(repo: &Repo, arguments: &[&str]) -> Result<Outcome, Fault> {
    Shell::new(repo).run("cargo", arguments)?;
    Ok(Outcome::Passed)
}
