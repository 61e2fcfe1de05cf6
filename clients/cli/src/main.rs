//! `haven`: the command line. Thin: it asks, prints and explains; everything it can do, the daemon's interface does.
//!
//! Rooms in reading order: `args` (what may be typed), `fault` (how it fails), `cx` (where it asks and prints), `ask`,
//! `daemon` (the way to it), `when`, `shapes` (JSON), `kept` (words that must not be lost), `unlock`, `editor` (words in progress), `commands`.

mod limits;

mod args;
mod fault;

mod ask;
mod cx;
mod daemon;
mod text;
mod when;

mod shapes;

mod kept;
mod unlock;

mod editor;

mod commands;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::Cli;
use crate::cx::Cx;
use crate::fault::{Exit, Fault};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(refuse(&error) as u8),
    };
    let cx = Cx::new(&cli.global);
    let exit = match run(cli, &cx) {
        Ok(exit) => exit,
        Err(fault) => {
            fault.tell(cx.json);
            fault.exit()
        }
    };
    ExitCode::from(exit as u8)
}

fn run(cli: Cli, cx: &Cx) -> Result<Exit, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::system("cannot begin", &error))?;
    let outcome = runtime.block_on(cx.interruptible(commands::run(cli.command, cx)));
    // A prompt that was interrupted may still be reading; nobody waits for it.
    runtime.shutdown_background();
    outcome
}

/// Says what cannot be understood, as words or, where the arguments ask for it, as JSON.
fn refuse(error: &clap::Error) -> Exit {
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if is_answer || !std::env::args_os().any(|argument| argument == "--json") {
        // Nobody is left to hear that this failed.
        let _ = error.print();
        return if is_answer { Exit::Done } else { Exit::Usage };
    }
    let rendered = error.to_string();
    let what = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ");
    Fault::usage(what, "", "See `haven --help`.").tell(true);
    Exit::Usage
}
