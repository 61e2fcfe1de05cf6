//! `cargo xtask start`: from a fresh clone to the journal in a browser, with a server inside for a first second device.

use std::env;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fault::Fault;
use crate::live::{number, text};
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// The programs that make a device and a server; their packages have the same names.
const PROGRAMS: &[&str] = &["haven", "havend", "haven-server"];

/// Builds the programs, starts this device's daemon and opens the journal's page.
///
/// # Errors
/// When a program does not build, the daemon does not start, or it has no page to open.
pub fn command(repo: &Repo, release: bool, serve: SocketAddr) -> Result<(), Fault> {
    crate::web::command(repo)?;
    let programs = build(repo, release)?;
    let haven = Haven { program: programs.join("haven").display().to_string() };
    let server = begin(&haven, serve)?;
    let state = text(&haven.ask(&["status"])?, "state")?;
    let invite = if state == "none" && server == Inside::Ours { invite(&programs)? } else { None };
    if let Some(invite) = &invite {
        say::line(&format!("An invite to it, once it's asked for: {invite}"));
    }
    haven.open()?;
    say::line("\nTo use it from a terminal as well:");
    say::line(&format!("  export PATH={}:$PATH", programs.display()));
    next_steps(&state, invite.map(|invite| format!(" --server http://{serve} --invite {invite}")));
    if state == "none" && server == Inside::Others {
        say::line("Or, to make this a second device of the journal that uses the server there:");
        say::line("  haven device link                                # on the first device");
        say::line(&format!("  haven device join CODE --server http://{serve}   # here"));
        say::line("  haven device confirm --wait                      # on the first device");
    }
    Ok(())
}

/// Whose server listens at the address.
#[derive(PartialEq)]
enum Inside {
    Ours,
    Others,
    Nobodys,
}

/// Starts the daemon unless it runs, with a server inside unless somebody listens there.
fn begin(haven: &Haven, serve: SocketAddr) -> Result<Inside, Fault> {
    let is_taken = TcpStream::connect(serve).is_ok();
    let has_served = data().is_some_and(|data| data.join("server").exists());
    let (server, said) = match (haven.runs(), is_taken) {
        (true, true) if has_served => (Inside::Ours, "This device's daemon was running already."),
        (true, true) => (Inside::Others, "This device's daemon was running already."),
        (true, false) => {
            (Inside::Nobodys, "This device's daemon was running already, without a server inside.")
        }
        (false, true) => {
            haven.ask(&["daemon", "start"])?;
            (
                Inside::Others,
                "This device's daemon is running, without a server inside: somebody listens there.",
            )
        }
        (false, false) => {
            haven.ask(&["daemon", "start", "--serve", &serve.to_string()])?;
            (
                Inside::Ours,
                "This device's daemon is running, with a server inside for other devices on this machine.",
            )
        }
    };
    say::line(said);
    if server != Inside::Nobodys {
        say::line(&format!("The server's address is http://{serve}"));
    }
    Ok(server)
}

/// Says what to type next.
fn next_steps(state: &str, server: Option<String>) {
    match state {
        "none" => {
            say::line(
                "then begin your journal there or here; either asks for a passphrase and shows a recovery kit, once:",
            );
            say::line(&format!("  haven init --name \"This laptop\"{}", server.unwrap_or_default()));
        }
        "locked" => {
            say::line("then open your journal there or here:");
            say::line("  haven unlock");
        }
        _ => say::line("Your journal is open. Some things to try:"),
    }
    say::line("  haven add \"The first thing I want to keep.\"");
    say::line("  haven practice list");
    say::line("How things stand: haven status. To stop the daemon: haven daemon stop.");
}

/// Builds the programs, or finds them built, and returns their folder.
///
/// # Errors
/// When one does not build.
pub fn build(repo: &Repo, release: bool) -> Result<PathBuf, Fault> {
    say::progress("building haven, havend and haven-server (the first time takes a few minutes)");
    let mut arguments = vec!["build", "--bins"];
    arguments.extend(PROGRAMS.iter().flat_map(|package| ["--package", package]));
    arguments.extend(release.then_some("--release"));
    Shell::new(repo).run("cargo", &arguments)?;
    Ok(repo.binaries(release))
}

/// The `haven` that was just built, and the journal of whoever runs this.
struct Haven {
    program: String,
}

impl Haven {
    fn runs(&self) -> bool {
        Shell::anywhere().succeeds(&self.program, &["daemon", "status"])
    }

    /// Opens the journal's page in a browser, or says where it is.
    fn open(&self) -> Result<(), Fault> {
        if Shell::anywhere().succeeds(&self.program, &["open"]) {
            say::line("\nYour journal is in your browser now. If it isn't: haven open --print");
        } else {
            let url = text(&self.ask(&["open", "--print"])?, "url")?;
            say::line(
                "\nYour journal's page, once and within a minute; paste it into a browser on this machine:",
            );
            say::line(&format!("  {url}"));
        }
        Ok(())
    }

    fn ask(&self, arguments: &[&str]) -> Result<Value, Fault> {
        let said = Shell::anywhere().read(&self.program, &[&["--json", "--no-input"], arguments].concat());
        let said = said.map_err(|fault| told(&fault).unwrap_or(fault))?;
        serde_json::from_str(&said)
            .map_err(|error| Fault::new("read an answer of haven", error.to_string(), "Look at it."))
    }
}

/// What `haven` itself says of its failure.
fn told(fault: &Fault) -> Option<Fault> {
    let told: Value = fault.why.lines().find_map(|line| serde_json::from_str(line).ok())?;
    let part = |name: &str| told["error"][name].as_str().map(str::to_owned);
    Some(Fault::new(part("what")?, part("why").unwrap_or_default(), part("next").unwrap_or_default()))
}

/// An invite to the server inside: the one it was made with, or a fresh one if a journal has used that.
fn invite(programs: &Path) -> Result<Option<String>, Fault> {
    let Some(data) = data().map(|data| data.join("server")) else { return Ok(None) };
    let Ok(first) = fs::read_to_string(data.join("first-invite")) else { return Ok(None) };
    let ask = |command: &str| -> Result<Value, Fault> {
        let program = programs.join("haven-server").display().to_string();
        let said = Shell::anywhere().read(&program, &[command, "--data", &data.display().to_string()])?;
        Ok(serde_json::from_str(&said).unwrap_or_default())
    };
    match number(&ask("stats")?, "spaces")? {
        0 => Ok(Some(first.trim().to_owned())),
        _ => text(&ask("invite")?, "invite").map(Some),
    }
}

/// Where the daemon keeps a device's data.
fn data() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let conventional = || {
        let base = folder("XDG_DATA_HOME").filter(|base| base.is_absolute());
        base.or_else(|| Some(folder("HOME")?.join(".local/share"))).map(|base| base.join("haven"))
    };
    folder("HAVEN_HOME").or_else(conventional)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_in_the_words_of_haven() {
        let said =
            r#"{"error":{"reason":"X","what":"the daemon didn't start","why":"full","next":"Free some."}}"#;
        let told = told(&Fault::new("haven", format!("note\n{said}"), "")).unwrap();
        assert_eq!((&*told.what, &*told.why, &*told.next), ("the daemon didn't start", "full", "Free some."));
        assert!(super::told(&Fault::new("haven", "no JSON", "")).is_none());
    }
}
