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

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::args::{Beside, Global};
use crate::cx::Cx;
use crate::fault::{Exit, Fault};

fn main() -> ExitCode {
    // Passphrases and words go through here too. Where the system won't, they are no less safe than in the shell that they're typed in.
    let _ = haven_api::unix::closed::close_memory();
    let typed: Vec<OsString> = std::env::args_os().collect();
    let cli = match args::parse(typed.iter().cloned()) {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(refuse(&error, &typed) as u8),
    };
    let cx = Cx::new(&cli.global);
    let exit = match run(&cx, commands::run(cli.command, &cx)) {
        Ok(exit) => exit,
        Err(fault) => {
            let fault = daemon::explained(fault);
            cx.fail(&fault);
            fault.exit()
        }
    };
    ExitCode::from(exit as u8)
}

fn run<T>(cx: &Cx, command: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::system("the command can't begin", &error))?;
    let outcome = runtime.block_on(cx.interruptible(command));
    // A prompt that was interrupted may still be reading; nobody waits for it.
    runtime.shutdown_background();
    outcome
}

/// Says what cannot be understood, as words or, where the arguments ask for it, as JSON.
fn refuse(error: &clap::Error, typed: &[OsString]) -> Exit {
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if is_answer {
        // Nobody is left to hear that this failed.
        let _ = error.print();
        return Exit::Done;
    }
    let json = args::wants_json(typed);
    let has_words =
        |beside: &Beside| if beside.dashed { !io::stdin().is_terminal() } else { ask::has_pipe() };
    if let Some(beside) = Beside::of(error, typed).filter(has_words) {
        let cx = Cx::new(&Global::beside_a_mistake(json));
        let refusal = args::refusal(error, typed);
        let kept = run(&cx, commands::keep_beside(&cx, beside, refusal));
        kept.unwrap_or_else(|fault| fault).tell(json);
        return Exit::Usage;
    }
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    match () {
        () if json => args::refusal(error, typed).tell(json),
        () if args::is_bare(error, typed) => {
            let _ = io::stderr().write_all(args::OVERVIEW.as_bytes());
        }
        // A room of commands without one of them: what there is.
        () if is_help => {
            let _ = error.print();
        }
        () => args::refusal(error, typed).tell(json),
    }
    Exit::Usage
}
