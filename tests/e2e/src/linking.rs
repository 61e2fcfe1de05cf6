//! Two devices become one journal's: the steps of the two people, or of one person with two screens.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout};

use serde_json::Value;

use crate::device::Device;
use crate::ran::{Ran, text};
use crate::server::Server;

/// A new device on its way in.
pub struct Joiner {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Joiner {
    /// Types a code into a new device.
    pub fn start(device: &Device, code: &str, server: &str) -> Self {
        let passphrase = device.passphrase();
        let arguments = ["device", "join", code, "--server", server, "--name", "Phone", "--passphrase-file"];
        let mut child = device.start(&[&arguments[..], &[&passphrase]].concat());
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next thing it says; `None` if it says no more.
    pub fn says(&mut self) -> Option<Value> {
        let mut line = String::new();
        (self.lines.read_line(&mut line).unwrap() > 0).then(|| serde_json::from_str(&line).unwrap())
    }

    /// The three words it shows.
    pub fn words(&mut self) -> String {
        let said = self.says();
        let Some(said) = said else { panic!("no words: {}", self.ended().stderr) };
        text(&said, "words").to_owned()
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> Ran {
        let mut stderr = String::new();
        std::io::Read::read_to_string(&mut self.child.stderr.take().unwrap(), &mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Ran { line: "device join".to_owned(), code, stdout: String::new(), stderr }
    }
}

/// A device whose journal is kept on a server too.
pub fn begun_with(server: &Server) -> Device {
    let device = Device::new();
    let (url, passphrase) = (server.url(), device.passphrase());
    let arguments = ["init", "--name", "Laptop", "--server", &url, "--invite", &server.invite];
    device.json(&[&arguments[..], &["--passphrase-file", &passphrase]].concat());
    device
}

/// What two people told each other to link their devices.
pub struct Told {
    /// The code.
    pub code: String,
    /// The three words.
    pub words: String,
}

/// Lets a new device into the journal of another.
pub fn link(old: &Device, new: &Device) -> Told {
    let shown = old.json(&["device", "link"]);
    let server = old.json(&["server", "show"]);
    let code = text(&shown, "code").to_owned();
    let mut joiner = Joiner::start(new, &code, text(&server, "url"));
    let words = joiner.words();
    let arguments = ["device", "confirm", "--wait", "--words", &words, "--passphrase-file"];
    let device = old.json(&[&arguments[..], &[&old.passphrase()]].concat());
    assert_eq!(text(&device, "name"), "Phone");
    assert_eq!(text(&joiner.says().unwrap(), "state"), "linked");
    assert_eq!(joiner.ended().code, Some(0));
    Told { code, words }
}

/// Two devices with one journal, and their server.
pub fn pair() -> (Server, Device, Device) {
    let server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    link(&old, &new);
    (server, old, new)
}
