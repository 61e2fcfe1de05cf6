//! Other programs that keep, carry or store a journal, if they are installed here, doing the same in the same run.

mod carry;
mod command;
mod store;

use std::path::Path;

use self::command::Bench;
use crate::corpus::{self, Entry};
use crate::fault::Fault;
use crate::say;
use crate::shell::{Shell, find};

/// A program to compare with, the question that makes it say its version, and what it is asked to do.
struct Peer {
    program: &'static str,
    question: &'static str,
    measure: fn(&Bench) -> Result<Vec<String>, Fault>,
}

const PEERS: &[Peer] = &[
    Peer { program: "jrnl", question: "--version", measure: command::jrnl },
    Peer { program: "restic", question: "version", measure: store::restic },
    Peer { program: "syncthing", question: "--version", measure: carry::syncthing },
];

/// Journals for peers are this large.
const ENTRIES: usize = 10_000;

/// Says of each peer whether it is here, and if so what it takes.
///
/// # Errors
/// When the journal cannot be written. A peer that fails says so in its line.
pub fn measure(folder: &Path, real: &[Entry]) -> Result<Vec<String>, Fault> {
    let journal = corpus::grow(real, ENTRIES)?;
    let mut lines = Vec::new();
    for peer in PEERS {
        let Some(path) = find(peer.program) else {
            lines.push(format!("peer {}: not installed, not measured", peer.program));
            continue;
        };
        say::progress(&format!("peer {}", peer.program));
        let program = path.display().to_string();
        let said = Shell::anywhere().read(&program, &[peer.question]).unwrap_or_default();
        let version = said.lines().next().unwrap_or("it does not say its version").to_owned();
        lines.push(format!("peer {}: {version}", peer.program));
        let bench = Bench::new(&program, &folder.join(peer.program), &journal)?;
        match (peer.measure)(&bench) {
            Ok(measured) => lines.extend(measured),
            Err(fault) => lines.push(format!("  not measured: {}: {}", fault.what, fault.why)),
        }
    }
    Ok(lines)
}
