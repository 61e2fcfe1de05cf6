//! The stage that does with a plug-in what its author would: follows docs/PLUGINS.md, with the programs as they are built.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::python;
use crate::fault::Fault;
use crate::live::device::Device;
use crate::live::{Place, text};
use crate::npm;
use crate::repo::Repo;
use crate::shell::Shell;

const PYTHON: &str = "clients/examples/python";
const TYPESCRIPT: &str = "clients/examples/typescript";

/// Runs every example on one device.
pub(super) fn examples(repo: &Repo) -> Result<(), Fault> {
    let place = Place::new(&repo.binaries(false))?;
    let device = place.device("Laptop");
    device.init(None)?;
    first_entry(repo, &place, &device)?;
    month(repo, &place, &device)?;
    device.quietly(&["daemon", "stop"])
}

/// Runs the example in Python, with a token that may only write, and finds what it wrote.
fn first_entry(repo: &Repo, place: &Place, device: &Device) -> Result<(), Fault> {
    let programs = python::installed(repo, "plugins", &format!("{PYTHON}/requirements.txt"))?;
    let python = programs.join("python").display().to_string();
    let token = token(place, device, "first-entry", "write")?;
    let made = place.path("made");
    let fault = |error: std::io::Error| Fault::io("prepare the plug-in", &error);
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
    let script = format!("{PYTHON}/first_entry.py");
    let (home, token) = (device.home().display().to_string(), token.display().to_string());
    let line = "A line that a plug-in kept.";
    let run = [&*script, &*home, &*token, line];
    let id = shell.read(&python, &run)?;
    hold(PYTHON, device.read(id.trim())?.contains(line), "the entry does not say what the plug-in wrote")?;
    device.ask(&["token", "revoke", "first-entry"])?;
    refused(PYTHON, shell.read(&python, &run), &["NO_SESSION"])
}

/// Runs the example in TypeScript over loopback: what it reads and writes, what it says when it may not, and that it waits for a
/// locked journal. The tag that it has to find is the first plug-in's.
fn month(repo: &Repo, place: &Place, device: &Device) -> Result<(), Fault> {
    npm::install(repo, TYPESCRIPT)?;
    npm::run(repo, TYPESCRIPT, &["run", "build"])?;
    let program = repo.path(TYPESCRIPT).join("made/month.js").display().to_string();
    let home = device.home().display().to_string();
    let both = token(place, device, "month", "read,write")?.display().to_string();
    let less = token(place, device, "reads", "read")?.display().to_string();
    let shell = Shell::new(repo);
    let line = "A line of this month.";
    let said = shell.read("node", &[&program, &home, &both, line])?;
    let day =
        text(&device.ask(&["show", "last"])?, "at")?.chars().take("2026-11-24".len()).collect::<String>();
    hold(TYPESCRIPT, said.contains(&format!("days: {day}\n")), "it does not name the day that has entries")?;
    hold(TYPESCRIPT, said.contains("tags: plug-in (1)\n"), "it does not count the tag that is there")?;
    let id = said.lines().last().unwrap_or_default();
    hold(TYPESCRIPT, device.read(id)? == line, "the entry does not say what the plug-in wrote")?;
    let entries = device.entries()?;
    let run = [&*program, &*home, &*less, line];
    refused(TYPESCRIPT, shell.read("node", &run), &["NOT_GRANTED", "lacks the scope write"])?;
    device.ask(&["token", "revoke", "reads"])?;
    refused(TYPESCRIPT, shell.read("node", &run), &["NO_SESSION"])?;
    hold(TYPESCRIPT, device.entries()? == entries, "a plug-in that was refused wrote all the same")?;
    let id = waited(device, &[&program, &home, &both, line])?;
    hold(TYPESCRIPT, device.read(&id)? == line, "it did not write once the journal was open")
}

/// Starts a program of Node's while the journal is locked, opens the journal once the program says that it waits, and returns the
/// last line it printed.
fn waited(device: &Device, arguments: &[&str]) -> Result<String, Fault> {
    let fault = |error: std::io::Error| Fault::io("run the plug-in on a locked journal", &error);
    device.quietly(&["lock"])?;
    let mut node = Command::new("node");
    node.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = node.spawn().map_err(fault)?;
    let (mut waits, mut said) = (String::new(), String::new());
    if let Some(told) = child.stderr.take() {
        BufReader::new(told).read_line(&mut waits).map_err(fault)?;
    }
    device.unlock()?;
    if let Some(mut printed) = child.stdout.take() {
        printed.read_to_string(&mut said).map_err(fault)?;
    }
    let ended = child.wait().map_err(fault)?;
    let is_well = ended.success() && waits.contains("is locked; waiting");
    hold(TYPESCRIPT, is_well, "it does not wait until the journal is open")?;
    Ok(said.lines().last().unwrap_or_default().to_owned())
}

/// A token in a file of its own that nobody else can read.
fn token(place: &Place, device: &Device, name: &str, scopes: &str) -> Result<PathBuf, Fault> {
    let file = place.path(&format!("{name}.token"));
    let made = device.ask(&["token", "create", "--name", name, "--scope", scopes])?;
    keep(&file, &text(&made, "token")?).map_err(|error| Fault::io("keep a token", &error))?;
    Ok(file)
}

fn keep(file: &Path, token: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(token.as_bytes())
}

/// Sees that a plug-in failed and said why.
fn refused(example: &str, ended: Result<String, Fault>, words: &[&str]) -> Result<(), Fault> {
    match ended {
        Ok(_) => hold(example, false, "a token that may not lets it in"),
        Err(fault) if words.iter().all(|word| fault.why.contains(word)) => Ok(()),
        Err(fault) => {
            hold(example, false, &format!("it should have said {}; it said: {}", words.join(", "), fault.why))
        }
    }
}

fn hold(example: &str, is_so: bool, why: &str) -> Result<(), Fault> {
    if is_so {
        return Ok(());
    }
    Err(Fault::new("run the plug-in", why, format!("Compare {example} with docs/PLUGINS.md.")))
}
