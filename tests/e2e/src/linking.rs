//! Two devices become one journal's: the steps of the two people, or of one person with two screens.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};

use serde_json::Value;

use crate::device::Device;
use crate::ran::{Ran, text};
use crate::server::Server;

/// A new device on its way in.
pub struct Joiner {
    /// Where words four to six are written.
    input: Option<ChildStdin>,
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Joiner {
    /// Types a code into a new device.
    pub fn start(device: &Device, code: &str, server: &str) -> Self {
        let passphrase = device.passphrase();
        let arguments = ["device", "join", code, "--server", server, "--name", "Phone", "--passphrase-file"];
        let way = ["--confirm-words", "-"];
        let mut child = device.start(&[&arguments[..], &[&passphrase], &way].concat());
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { input: child.stdin.take(), child, lines }
    }

    /// Types a line, such as words four to six.
    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
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
        drop(self.input.take());
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Ran { line: "device join".to_owned(), code, stdout: String::new(), stderr }
    }
}

/// The device that lets another in, once the words were right: it shows words four to six, and waits.
pub struct Confirming {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Confirming {
    /// Types the new device's words into the one there is.
    pub fn start(device: &Device, words: &str) -> Self {
        let passphrase = device.passphrase();
        let arguments = ["device", "confirm", "--wait", "--words", words, "--passphrase-file", &passphrase];
        let mut child = device.start(&arguments);
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Words four to six, and the device that they belong to.
    pub fn shows(&mut self) -> (String, String) {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let Ok(said) = serde_json::from_str::<Value>(&line) else {
            panic!("no words: {}", self.ended().stderr)
        };
        (text(&said, "device").to_owned(), text(&said, "words").to_owned())
    }

    /// Waits for its end; what else it says is in it.
    pub fn ended(&mut self) -> Ran {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.lines.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Ran { line: "device confirm".to_owned(), code, stdout, stderr }
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
    /// The new device's three words.
    pub words: String,
    /// The other device's.
    pub answered: String,
}

/// Lets a new device into the journal of another.
pub fn link(old: &Device, new: &Device) -> Told {
    let shown = old.json(&["device", "link"]);
    let server = old.json(&["server", "show"]);
    let code = text(&shown, "code").to_owned();
    let mut joiner = Joiner::start(new, &code, text(&server, "url"));
    let words = joiner.words();
    let mut confirming = Confirming::start(old, &words);
    let (device, answered) = confirming.shows();
    joiner.types(&answered);
    let linked = joiner.says().unwrap();
    assert_eq!((text(&linked, "state"), text(&linked, "device")), ("linked", device.as_str()));
    assert_eq!(joiner.ended().code, Some(0));
    let confirmed = confirming.ended();
    assert_eq!((confirmed.code, confirmed.stdout.as_str()), (Some(0), ""), "{}", confirmed.stderr);
    Told { code, words, answered }
}

/// Two devices with one journal, and their server.
pub fn pair() -> (Server, Device, Device) {
    let server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    link(&old, &new);
    (server, old, new)
}
