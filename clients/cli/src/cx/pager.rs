//! Showing more than a screen.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crate::cx::print;
use crate::fault::Fault;

/// Whether words take more lines than the terminal has. A terminal that does not say gets no pager.
pub(super) fn is_longer_than_screen(words: &str) -> bool {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) else { return false };
    let (rows, columns) = (usize::from(size.ws_row), usize::from(size.ws_col));
    let wrapped = |line: &str| if columns == 0 { 1 } else { line.chars().count().div_ceil(columns).max(1) };
    rows > 0 && words.lines().map(wrapped).sum::<usize>() >= rows
}

/// Shows words in the person's pager, which keeps no history of what was searched for in them.
pub(super) fn page(words: &str) -> Result<(), Fault> {
    let pager =
        env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty()).unwrap_or_else(|| "less".to_owned());
    if pager.trim() == "cat" {
        return print(words);
    }
    let child = Command::new("sh")
        .args(["-c", &pager])
        .env("LESS", env::var("LESS").unwrap_or_else(|_| "FRX".to_owned()))
        .env("LESSHISTFILE", "-")
        .env("LESSSECURE", "1")
        .stdin(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else { return print(words) };
    if let Some(mut input) = child.stdin.take() {
        // A pager that was left early reads no further; that is no failure.
        let _ = input.write_all(words.as_bytes());
    }
    match child.wait() {
        // The shell found no such program.
        Ok(status) if status.code() == Some(127) => print(words),
        _ => Ok(()),
    }
}
