//! The stage that does with a plug-in what its author would: follows docs/PLUGINS.md, with the programs as they are built.

use std::fs;

use super::python;
use crate::fault::Fault;
use crate::live::{Place, text};
use crate::repo::Repo;
use crate::shell::Shell;

const EXAMPLE: &str = "clients/examples/python";

/// Runs the example in Python, with a token that may only write, and finds what it wrote.
pub(super) fn python(repo: &Repo) -> Result<(), Fault> {
    let programs = python::installed(repo, "plugins", &format!("{EXAMPLE}/requirements.txt"))?;
    let python = programs.join("python").display().to_string();
    let place = Place::new(&repo.binaries(false))?;
    let device = place.device("Laptop");
    device.init(None)?;
    let token = device.ask(&["token", "create", "--name", "first-entry", "--scope", "write"])?;
    let (token_file, made) = (place.path("token"), place.path("made"));
    let fault = |error: std::io::Error| Fault::io("prepare the plug-in", &error);
    fs::write(&token_file, text(&token, "token")?).map_err(fault)?;
    fs::create_dir(&made).map_err(fault)?;
    let protos = crate::generate::PACKAGES[1].protos(&repo.path("proto")).map_err(fault)?;
    let protos: Vec<String> = protos.iter().map(|path| path.display().to_string()).collect();
    let made = made.display().to_string();
    let proto = repo.path("proto").display().to_string();
    let mut make =
        vec!["-m", "grpc_tools.protoc", "-I", &*proto, "--python_out", &made, "--grpc_python_out", &made];
    make.extend(protos.iter().map(String::as_str));
    let shell = Shell::new(repo).with("PYTHONPATH", &made);
    shell.run(&python, &make)?;
    let script = format!("{EXAMPLE}/first_entry.py");
    let (home, token_file) = (device.home().display().to_string(), token_file.display().to_string());
    let line = "A line that a plug-in kept.";
    let id = shell.read(&python, &[&script, &home, &token_file, line])?;
    let kept = device.read(id.trim())?;
    device.ask(&["token", "revoke", "first-entry"])?;
    let is_out = !shell.succeeds(&python, &[&script, &home, &token_file, line]);
    device.ask(&["daemon", "stop"])?;
    let why = match (kept.contains(line), is_out) {
        (true, true) => return Ok(()),
        (false, _) => "the entry does not say what the plug-in wrote",
        (_, false) => "a token that was revoked still lets it in",
    };
    Err(Fault::new("run the plug-in", why, "Compare clients/examples/python with docs/PLUGINS.md."))
}
