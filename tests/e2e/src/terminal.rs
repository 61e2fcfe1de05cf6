//! A command at a terminal: `script` gives it one.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use crate::device::Device;
use crate::patience::until;
use crate::ran::Ran;

/// Runs a command at a terminal, with an editor, typing what is given; stdout and stderr come out as one.
pub fn at_terminal(device: &Device, arguments: &[&str], editor: &str, typed: &str) -> Ran {
    run(device, "", arguments, editor, typed)
}

/// Runs a command that asks nothing at a terminal of so many columns.
pub fn at_width(device: &Device, columns: u16, arguments: &[&str]) -> Ran {
    run(device, &format!("stty cols {columns} rows 20; "), arguments, "true", "")
}

/// A command at a terminal that is typed to bit by bit.
pub struct Typing {
    line: String,
    child: Child,
    typed: ChildStdin,
    said: Arc<Mutex<Vec<u8>>>,
    read: JoinHandle<()>,
}

impl Typing {
    /// Starts a command at a terminal of 80 columns and 24 rows.
    pub fn begin(device: &Device, arguments: &[&str]) -> Self {
        let mut command = at(device, "stty cols 80 rows 24; ", arguments, "true");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (typed, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let said = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&said);
        let read = thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(len @ 1..) = out.read(&mut piece) {
                heard.lock().unwrap().extend_from_slice(&piece[..len]);
            }
        });
        Self { line: arguments.join(" "), child, typed, said, read }
    }

    /// Waits until something is said for the so-manieth time, then types.
    pub fn once(&mut self, said: &str, times: usize, typed: &str) {
        until(&format!("{said} is said: {}", self.line), || {
            let all = String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned();
            (all.matches(said).count() >= times).then_some(())
        });
        self.typed.write_all(typed.as_bytes()).unwrap();
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ran {
        let status = self.child.wait().unwrap();
        drop(self.typed);
        self.read.join().unwrap();
        let stdout = std::mem::take(&mut *self.said.lock().unwrap());
        Ran::of(self.line, Output { status, stdout, stderr: Vec::new() })
    }
}

fn run(device: &Device, before: &str, arguments: &[&str], editor: &str, typed: &str) -> Ran {
    let mut child = at(device, before, arguments, editor)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    Ran::of(arguments.join(" "), child.wait_with_output().unwrap())
}

/// A command at a terminal, with an editor.
fn at(device: &Device, before: &str, arguments: &[&str], editor: &str) -> Command {
    let quoted: Vec<_> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
    let haven = device.command(&[]);
    let line = format!("{before}{} {}", haven.get_program().to_str().unwrap(), quoted.join(" "));
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).env_clear();
    command.env("EDITOR", editor).env("PAGER", "cat").env("TERM", "dumb");
    command.envs(haven.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}
