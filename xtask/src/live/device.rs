//! One device: a folder, its daemon, and `haven` to talk to it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{number, text};
use crate::fault::Fault;

/// How long something may take to show on a device before it counts as not coming.
const SHOWS_MAX: Duration = Duration::from_secs(30);

/// A device of a throw-away journal; its daemon stops with it.
pub struct Device {
    name: String,
    home: PathBuf,
    haven: PathBuf,
    passphrase: String,
}

impl Device {
    pub(super) fn new(programs: &Path, home: PathBuf, name: &str, passphrase: &Path) -> Self {
        let passphrase = passphrase.display().to_string();
        Self { name: name.to_owned(), home, haven: programs.join("haven"), passphrase }
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The device's folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where its daemon listens.
    #[must_use]
    pub fn socket(&self) -> String {
        self.home.join("havend.sock").display().to_string()
    }

    /// The file that holds the passphrase.
    #[must_use]
    pub fn passphrase(&self) -> &str {
        &self.passphrase
    }

    /// Begins a journal on it, with a server if one is given as address and invite, and never locks by itself.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn init(&self, server: Option<(&str, &str)>) -> Result<Value, Fault> {
        let kit = self.home.with_extension("kit").display().to_string();
        let mut arguments =
            vec!["init", "--name", &self.name, "--passphrase-file", &self.passphrase, "--kit-out", &kit];
        if let Some((url, invite)) = server {
            arguments.extend(["--server", url, "--invite", invite]);
        }
        let made = self.ask(&arguments)?;
        self.stay_open()?;
        Ok(made)
    }

    /// Sets that the device does not lock by itself in the middle of a run.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn stay_open(&self) -> Result<(), Fault> {
        self.said(&["config", "set", "lock.idle", "0"]).map(|_| ())
    }

    /// Opens the journal.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn unlock(&self) -> Result<Value, Fault> {
        self.ask(&["unlock", "--passphrase-file", &self.passphrase])
    }

    /// Waits until nothing is left to send or to receive.
    ///
    /// # Errors
    /// As [`Self::said`]; also when it takes longer than ten minutes.
    pub fn sync(&self) -> Result<Value, Fault> {
        self.ask(&["sync", "--wait", "--timeout", "10m"])
    }

    /// How many entries the device has.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn entries(&self) -> Result<u64, Fault> {
        number(&self.ask(&["status"])?, "entries")
    }

    /// Writes an entry and returns what is said of it.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn write(&self, text: &str) -> Result<Value, Fault> {
        parse(&self.feed(&["add", "-"], text)?)
    }

    /// The text of an entry.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn read(&self, id: &str) -> Result<String, Fault> {
        text(&self.ask(&["show", id])?, "text")
    }

    /// Replaces the text of an entry.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn rewrite(&self, id: &str, text: &str) -> Result<(), Fault> {
        self.feed(&["edit", id, "--from", "-"], text).map(|_| ())
    }

    /// The daemon's process id.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn pid(&self) -> Result<u64, Fault> {
        number(&self.ask(&["daemon", "status"])?, "pid")
    }

    /// Asks again and again until the answer is the one hoped for, and says how long that took.
    ///
    /// # Errors
    /// When a question fails, or the answer does not come in thirty seconds.
    pub fn until(
        &self,
        what: &str,
        mut hoped: impl FnMut(&Self) -> Result<bool, Fault>,
    ) -> Result<Duration, Fault> {
        let begun = Instant::now();
        while !hoped(self)? {
            if begun.elapsed() > SHOWS_MAX {
                let why = format!("{} still does not show it after {} s", self.name, SHOWS_MAX.as_secs());
                return Err(Fault::new(what, why, "Look at the device's log, havend.log."));
            }
        }
        Ok(begun.elapsed())
    }

    /// Runs a command that answers with one object.
    ///
    /// # Errors
    /// As [`Self::said`]; also when the answer is not JSON.
    pub fn ask(&self, arguments: &[&str]) -> Result<Value, Fault> {
        parse(&self.said(arguments)?)
    }

    /// Runs a command that answers with one object a line.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn list(&self, arguments: &[&str]) -> Result<Vec<Value>, Fault> {
        self.said(arguments)?.lines().map(parse).collect()
    }

    /// Runs a command and returns what it printed.
    ///
    /// # Errors
    /// What the command says it failed for.
    pub fn said(&self, arguments: &[&str]) -> Result<String, Fault> {
        self.feed(arguments, "")
    }

    /// Runs a command whose output goes nowhere, as cheaply as a program can be run.
    ///
    /// # Errors
    /// When it fails.
    pub fn quietly(&self, arguments: &[&str]) -> Result<(), Fault> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let what = || format!("{}: haven {}", self.name, arguments.join(" "));
        let status = command.status().map_err(|error| Fault::io(what(), &error))?;
        if status.success() {
            return Ok(());
        }
        Err(Fault::new(what(), format!("it ended with {status}"), "Run it by hand and look."))
    }

    /// Runs a command with something on its standard input.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn feed(&self, arguments: &[&str], input: &str) -> Result<String, Fault> {
        let child = self.begin(arguments)?;
        self.end(child, arguments, input)
    }

    /// Starts a command.
    ///
    /// # Errors
    /// When there is no `haven`.
    pub fn begin(&self, arguments: &[&str]) -> Result<Child, Fault> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|error| Fault::io(format!("run {}", self.haven.display()), &error))
    }

    /// Waits for a command that was started.
    ///
    /// # Errors
    /// As [`Self::said`].
    pub fn end(&self, mut child: Child, arguments: &[&str], input: &str) -> Result<String, Fault> {
        let what = || format!("{}: haven {}", self.name, arguments.join(" "));
        let fault = |error: std::io::Error| Fault::io(what(), &error);
        if let Some(mut stdin) = child.stdin.take()
            && !input.is_empty()
        {
            stdin.write_all(input.as_bytes()).map_err(fault)?;
        }
        let output = child.wait_with_output().map_err(fault)?;
        if !output.status.success() {
            return Err(refused(what(), &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// A command line for this device, its streams not yet led anywhere.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.haven);
        command.args(["--json", "--no-input"]).args(arguments).env("HAVEN_HOME", &self.home);
        // What is measured here is compared with runs before, and with the KDF alone at the same cost.
        command.env("HAVEN_KDF", "floor");
        command
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // Its folder goes next; a daemon that does not stop would only write to files without a name.
        let _ = self.command(&["daemon", "stop"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn parse(said: &str) -> Result<Value, Fault> {
    serde_json::from_str(said).map_err(|error| {
        Fault::new("read an answer of haven", error.to_string(), "It should be one JSON object; look at it.")
    })
}

/// What a command failed for, in its own words where it has any.
fn refused(what: String, output: &Output) -> Fault {
    let said = String::from_utf8_lossy(&output.stderr);
    let told: Option<Value> = said.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    let told = told.unwrap_or_default();
    let part = |name: &str| told["error"][name].as_str().map(str::to_owned);
    let why = match (part("reason"), part("what"), part("why")) {
        (Some(reason), Some(what), why) => format!("{reason}: {what}; {}", why.unwrap_or_default()),
        _ => format!("it ended with {}: {}", output.status, said.trim()),
    };
    let next = part("next").filter(|next| !next.is_empty());
    Fault::new(what, why, next.unwrap_or_else(|| "Run it by hand and look.".to_owned()))
}
