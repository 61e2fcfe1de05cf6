//! Showing more than a screen.

use std::env;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use textwrap::core::display_width;

use crate::cx::print;
use crate::fault::Fault;

/// How less behaves where the person has not chosen otherwise: it leaves the words on the screen, shows none that fit on one, and
/// says below them how to go on and how to leave.
const LESS: &str = "-FRX -Ps?eThat's all; q leaves:Space shows more, q leaves.$";

/// Whether words take more lines than the terminal has. A terminal that does not say gets no pager.
pub(super) fn is_longer_than_screen(words: &str) -> bool {
    let Ok(size) = rustix::termios::tcgetwinsize(io::stdout()) else { return false };
    let (rows, columns) = (usize::from(size.ws_row), usize::from(size.ws_col));
    let wrapped = |line: &str| if columns == 0 { 1 } else { display_width(line).div_ceil(columns).max(1) };
    rows > 0 && words.lines().map(wrapped).sum::<usize>() >= rows
}

/// Shows words in the person's pager, which keeps no history of what was searched for in them.
pub(super) fn page(words: &str) -> Result<(), Fault> {
    let pager =
        env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty()).unwrap_or_else(|| "less".to_owned());
    if pager.trim() == "cat" || !is_there(&pager) {
        return print(words);
    }
    let child = Command::new("sh")
        .args(["-c", &pager])
        .env("LESS", env::var_os("LESS").unwrap_or_else(|| LESS.into()))
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

/// Whether there is such a program. What only a shell understands is left to the shell.
fn is_there(pager: &str) -> bool {
    let program = pager.split_whitespace().next().unwrap_or_default();
    if program.contains(['=', '$', '\'', '"', '(', '~']) {
        return true;
    }
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_that_is_not_there_is_not_asked_for() {
        for (pager, there) in [
            ("sh", true),
            ("sh -c cat", true),
            ("/bin/sh", true),
            ("LANG=C sh", true),
            ("no-such-pager-anywhere", false),
            ("/nowhere/less -R", false),
            ("", false),
        ] {
            assert_eq!(is_there(pager), there, "{pager}");
        }
    }
}
