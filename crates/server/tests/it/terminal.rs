//! The server as somebody sees it who starts it at a terminal.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::process::command;

/// Both ends of a new terminal: the one that reads what is shown, and the one that programs write to.
fn terminal() -> (File, File) {
    let shown = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&shown).and_then(|()| unlockpt(&shown)).expect("a terminal of ours");
    let name = ptsname(&shown, Vec::new()).expect("a name").into_string().expect("text");
    (File::from(shown), File::options().read(true).write(true).open(name).expect("its other end"))
}

/// Starts a server that writes to this, listening at an address.
fn serve(data: &Path, listen: &str, stderr: Stdio) -> Child {
    let mut command = command();
    command.args(["run", "--listen", listen, "--data"]).arg(data).stderr(stderr).spawn().expect("it starts")
}

/// What a server says until it serves; it is ended then, in order.
fn said(mut server: Child, from: impl Read) -> String {
    let mut said = String::new();
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        said.push_str(line.trim_end());
        said.push('\n');
        if line.trim_end().ends_with("serving") {
            kill_process(Pid::from_child(&server), Signal::TERM).expect("a signal");
        }
    }
    assert!(server.wait().expect("a child").success(), "{said}");
    said
}

/// A server's folder.
fn made() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    haven_server::init(&folder.path().join("server")).expect("made");
    folder
}

#[test]
fn at_a_terminal_it_says_where_it_serves_and_works() {
    let folder = made();
    let data = folder.path().join("server");
    let (shown, written) = terminal();
    let said = said(serve(&data, "127.0.0.1:0", written.into()), shown);
    let identity = haven_server::folder::identity(&data).expect("an identity");
    for part in ["Serving at http://127.0.0.1:", &identity, "Ctrl-C", " INFO serving\n", " INFO stopped\n"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains('\u{1b}') && !said.contains("panicked") && !said.contains("warning"), "{said}");
}

#[test]
fn serving_others_without_tls_is_warned_of_and_a_pipe_hears_no_more_than_that() {
    let folder = made();
    let check = |listen: &str, is_warned: bool| {
        let mut server = serve(&folder.path().join("server"), listen, Stdio::piped());
        let stderr = server.stderr.take().expect("a pipe");
        let said = said(server, stderr);
        assert_eq!(said.contains("warning: other machines can reach this server"), is_warned, "{said}");
        assert!(!said.contains("Serving at"), "{said}");
    };
    check("127.0.0.1:0", false);
    check("0.0.0.0:0", true);
}
