//! `cargo xtask torture`: what the tests take a sample of, in full, with the figures.
//!
//! Each ordeal is an ordinary test that reads from the environment how often it tries and which number is the first; a try
//! does what follows from its number. So a failure is repeated by `--only NAME --seed NUMBER --count 1`.

use std::time::Instant;

use crate::cli::TortureChoice;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// One test, and how often it tries in full.
struct Ordeal {
    name: &'static str,
    about: &'static str,
    package: &'static str,
    binary: &'static str,
    test: &'static str,
    full: u64,
}

const ORDEALS: &[Ordeal] = &[
    Ordeal {
        name: "kills",
        about: "a writer is killed at any moment: nothing acknowledged is lost",
        package: "haven-store",
        binary: "it",
        test: "killed::nothing_acknowledged_is_lost",
        full: 10_000,
    },
    Ordeal {
        name: "power",
        about: "power is lost with any part of what was not synced: every image opens, nothing acknowledged is lost",
        package: "haven-store",
        binary: "it",
        test: "power::a_power_cut_leaves_what_was_acknowledged_and_a_journal_that_goes_on",
        full: 100_000,
    },
    Ordeal {
        name: "flips",
        about: "a bit flips anywhere in the files of a journal: no wrong word is shown, none is lost in silence",
        package: "haven-sim",
        binary: "flips",
        test: "a_flipped_bit_never_shows_words_that_were_not_written",
        full: 100_000,
    },
    Ordeal {
        name: "removals",
        about: "devices add and remove each other on any schedule: chain order decides, one verdict everywhere",
        package: "haven-feed",
        binary: "it",
        test: "rosters::chain_order_decides_on_every_schedule",
        full: 10_000,
    },
    Ordeal {
        name: "strangers",
        about: "somebody with the code sits between two devices that link: the words give him away",
        package: "haven-crypto",
        binary: "it",
        test: "strangers::strangers_in_the_middle_fail",
        full: 1_000_000,
    },
    Ordeal {
        name: "repeats",
        about: "a generator of randomness repeats itself: no two records share a key",
        package: "haven-crypto",
        binary: "it",
        test: "repeats::records_never_share_a_key",
        full: 1_000_000,
    },
];

/// Runs the ordeals that were asked for, and prints what came of each.
///
/// # Errors
/// At the first that fails, or when one is named that does not exist.
pub fn command(repo: &Repo, choice: &TortureChoice) -> Result<(), Fault> {
    let unknown = choice.only.iter().find(|name| ORDEALS.iter().all(|ordeal| ordeal.name != **name));
    if let Some(name) = unknown {
        let names: Vec<&str> = ORDEALS.iter().map(|ordeal| ordeal.name).collect();
        let next = format!("Choose among {}.", names.join(", "));
        return Err(Fault::new("choose the ordeals", format!("there is none called {name}"), next));
    }
    let is_chosen =
        |ordeal: &&Ordeal| choice.only.is_empty() || choice.only.iter().any(|it| it == ordeal.name);
    for ordeal in ORDEALS.iter().filter(is_chosen) {
        say::progress(&format!("{}: {}", ordeal.name, ordeal.about));
        let begun = Instant::now();
        let figures = run(repo, ordeal, choice)?;
        say::line(&format!("{:<10} {figures} ({:.0} s)", ordeal.name, begun.elapsed().as_secs_f64()));
    }
    Ok(())
}

/// Runs one; gives back what it says of itself.
fn run(repo: &Repo, ordeal: &Ordeal, choice: &TortureChoice) -> Result<String, Fault> {
    let shell = Shell::new(repo)
        .with("HAVEN_TORTURE_COUNT", choice.count.unwrap_or(ordeal.full).to_string())
        .with("HAVEN_TORTURE_SEED", choice.seed.to_string());
    let test =
        ["test", "--quiet", "--profile", "torture", "--package", ordeal.package, "--test", ordeal.binary];
    let only = ["--", "--exact", ordeal.test, "--nocapture"];
    let said = shell.read("cargo", &[&test[..], &only[..]].concat()).map_err(|fault| {
        let next = format!(
            "The message names the number of the try; to repeat it: cargo xtask torture --only {} --count 1 --seed NUMBER",
            ordeal.name
        );
        Fault { next, ..fault }
    })?;
    figures(&said).ok_or_else(|| {
        let next = format!("See that {} is still called {}.", ordeal.name, ordeal.test);
        Fault::new(format!("run {}", ordeal.name), "the test did not run", next)
    })
}

fn figures(said: &str) -> Option<String> {
    said.lines().find_map(|line| line.split_once("passed: ")).map(|(_, figures)| figures.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn every_ordeal_is_a_test_that_exists() {
        let repo = Repo::find().unwrap();
        let files = repo.files().unwrap();
        for ordeal in ORDEALS {
            let test = format!("fn {}()", ordeal.test.rsplit("::").next().unwrap());
            let holds = |path: &&String| fs::read_to_string(repo.path(path)).unwrap().contains(&test);
            let tests = files.iter().filter(|path| path.contains("/tests/") && path.ends_with(".rs"));
            assert_eq!(tests.filter(holds).count(), 1, "{}", ordeal.test);
        }
        let names: BTreeSet<&str> = ORDEALS.iter().map(|ordeal| ordeal.name).collect();
        assert_eq!(names.len(), ORDEALS.len());
    }

    #[test]
    fn figures_are_what_the_test_says_last_or_nothing() {
        assert_eq!(
            figures("\nrunning 1 test\npassed: 3 tries from number 0: 0 lost\n").unwrap(),
            "3 tries from number 0: 0 lost"
        );
        assert_eq!(figures("running 0 tests\n\ntest result: ok. 0 passed; 0 failed\n"), None);
    }
}
