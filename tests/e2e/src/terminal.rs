//! A command at a terminal: `script` gives it one.

use std::io::Write as _;
use std::process::Stdio;

use crate::device::Device;
use crate::ran::Ran;

/// Runs a command at a terminal, with an editor, typing what is given; stdout and stderr come out as one.
pub fn at_terminal(device: &Device, arguments: &[&str], editor: &str, typed: &str) -> Ran {
    run(device, "", arguments, editor, typed)
}

/// Runs a command that asks nothing at a terminal of so many columns.
pub fn at_width(device: &Device, columns: u16, arguments: &[&str]) -> Ran {
    run(device, &format!("stty cols {columns} rows 20; "), arguments, "true", "")
}

fn run(device: &Device, before: &str, arguments: &[&str], editor: &str, typed: &str) -> Ran {
    let quoted: Vec<_> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
    let haven = device.command(&[]);
    let line = format!("{before}{} {}", haven.get_program().to_str().unwrap(), quoted.join(" "));
    let mut command = std::process::Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).env_clear();
    command.env("EDITOR", editor).env("PAGER", "cat").env("TERM", "dumb");
    command.envs(haven.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    Ran::of(arguments.join(" "), child.wait_with_output().unwrap())
}
