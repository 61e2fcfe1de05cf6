//! Everything the chores print goes through here: results to standard output, progress and faults to standard error.

use crate::fault::Fault;

/// Prints one line of a result.
#[expect(clippy::print_stdout, reason = "a chore's result belongs on standard output")]
pub fn line(text: &str) {
    println!("{text}");
}

/// Prints one line of progress.
#[expect(clippy::print_stderr, reason = "progress must not mix with a result that is piped on")]
pub fn progress(text: &str) {
    eprintln!("{text}");
}

/// Prints a fault.
pub fn fault(fault: &Fault) {
    progress(&format!("\n{fault}"));
}
