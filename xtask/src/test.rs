//! `cargo xtask test`: installs what the tests need and runs every one of them, cheapest first.
//!
//! Each stage says its name and its seconds; the first that fails ends the run with what failed, why, and what to do.

mod code;
mod plugins;
mod protocol;
mod python;
mod setup;

use std::time::{Duration, Instant};

use crate::cli::TestChoice;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;

/// One stage of the tests.
struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&Repo) -> Result<(), Fault>,
}

const STAGES: &[Stage] = &[
    Stage { name: "tools", about: "the programs that the tests call", run: setup::tools },
    Stage { name: "format", about: "rustfmt has nothing to change", run: code::format },
    Stage {
        name: "tidy",
        about: "edges, the map, lengths, words, documents, generated code",
        run: code::tidy,
    },
    Stage {
        name: "web",
        about: "the web app's types and tests, and its build, which the daemon holds",
        run: crate::web::test,
    },
    Stage { name: "lint", about: "clippy has nothing to say", run: code::lint },
    Stage {
        name: "binaries",
        about: "build the programs that the end-to-end tests run",
        run: code::binaries,
    },
    Stage { name: "tests", about: "unit, property, simulator and end-to-end tests", run: code::tests },
    Stage { name: "doctests", about: "the examples in the documentation", run: code::doctests },
    Stage { name: "supply", about: "licences and sources of every dependency", run: code::supply },
    Stage {
        name: "protocol",
        about: "a second implementation reads what the first wrote",
        run: protocol::second,
    },
    Stage {
        name: "proto",
        about: "the rules of the .proto files, and the code made of them",
        run: protocol::lint,
    },
    Stage {
        name: "plugins",
        about: "the examples of plug-ins, as their authors would run them",
        run: plugins::examples,
    },
    Stage {
        name: "browser",
        about: "journeys through the web app in three engines, by real daemons",
        run: crate::web::browse,
    },
    Stage { name: "wasm", about: "the same core in WebAssembly, under Node.js", run: code::wasm },
];

/// Runs the stages that were asked for.
///
/// # Errors
/// At the first stage that fails, or when a stage is named that does not exist.
pub fn command(repo: &Repo, choice: &TestChoice) -> Result<(), Fault> {
    check_names(choice)?;
    if choice.list {
        STAGES.iter().for_each(|stage| say::line(&format!("{:<10} {}", stage.name, stage.about)));
        return Ok(());
    }
    let begun = Instant::now();
    let mut summary = Vec::new();
    for stage in STAGES.iter().filter(|stage| is_chosen(choice, stage.name)) {
        summary
            .push(run(repo, stage).inspect_err(|_| conclude(&summary, begun.elapsed(), Some(stage.name)))?);
    }
    conclude(&summary, begun.elapsed(), None);
    Ok(())
}

fn run(repo: &Repo, stage: &Stage) -> Result<String, Fault> {
    say::progress(&format!("\n== {}: {}", stage.name, stage.about));
    let begun = Instant::now();
    (stage.run)(repo)?;
    let line = format!("{:<10} passed   {:>6.1} s", stage.name, begun.elapsed().as_secs_f64());
    say::progress(&format!("== {line}"));
    Ok(line)
}

fn conclude(summary: &[String], elapsed: Duration, failed: Option<&str>) {
    say::line("\nsummary");
    summary.iter().for_each(|line| say::line(&format!("  {line}")));
    if let Some(name) = failed {
        say::line(&format!("  {name:<10} FAILED; to run it alone: cargo xtask test --only {name}"));
    }
    say::line(&format!("  {} s in all", elapsed.as_secs()));
}

fn is_chosen(choice: &TestChoice, name: &str) -> bool {
    let named = |names: &[String]| names.iter().any(|other| other == name);
    (choice.only.is_empty() || named(&choice.only)) && !named(&choice.skip)
}

fn check_names(choice: &TestChoice) -> Result<(), Fault> {
    let unknown =
        choice.only.iter().chain(&choice.skip).find(|name| STAGES.iter().all(|stage| stage.name != **name));
    let Some(name) = unknown else { return Ok(()) };
    let next = "`cargo xtask test --list` names the stages.";
    Err(Fault::new("choose the stages", format!("there is no stage called {name}"), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(only: &[&str], skip: &[&str], expected: &[&str]) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let choice = TestChoice { only: owned(only), skip: owned(skip), list: false };
        assert!(check_names(&choice).is_ok());
        let chosen: Vec<&str> =
            STAGES.iter().map(|stage| stage.name).filter(|name| is_chosen(&choice, name)).collect();
        assert_eq!(chosen, expected);
    }

    #[test]
    fn stages_are_chosen_by_name() {
        let all: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        check(&[], &[], &all);
        check(&["tidy", "format"], &[], &["format", "tidy"]);
        check(&[], &all[1..], &["tools"]);
        check(&["tidy"], &["tidy"], &[]);
    }

    #[test]
    fn an_unknown_stage_is_a_fault() {
        let choice = TestChoice { only: vec!["tidi".to_owned()], ..TestChoice::default() };
        assert!(check_names(&choice).unwrap_err().why.contains("tidi"));
    }
}
