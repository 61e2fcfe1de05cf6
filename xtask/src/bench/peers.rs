//! Other programs that keep, carry or store a journal, if they are installed here.

use crate::shell::{Shell, find};

/// A program to compare with, and the question that makes it say its version.
const PEERS: &[(&str, &str)] = &[("jrnl", "--version"), ("restic", "version"), ("syncthing", "--version")];

/// Says of each peer whether it is here, and which version.
#[must_use]
pub fn found() -> Vec<String> {
    PEERS.iter().map(|(program, question)| describe(program, question)).collect()
}

fn describe(program: &str, question: &str) -> String {
    let Some(path) = find(program) else { return format!("peer {program}: not installed, not measured") };
    let said = Shell::anywhere().read(&path.display().to_string(), &[question]).unwrap_or_default();
    format!("peer {program}: {}", said.lines().next().unwrap_or("installed, but it does not say its version"))
}
