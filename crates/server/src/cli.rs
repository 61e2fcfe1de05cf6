//! The command line: stdout is data, one JSON object; stderr is everything else.

mod envelope;
mod run;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use haven_server::folder::FolderFault;
use haven_server::{init, keeper};
use serde_json::{Value, json};

use envelope::{EXIT_FAILED, Envelope};

/// A server for Haven: keeps what devices push, hands it to the other devices of the same space, and can read none of it.
#[derive(Parser)]
#[command(name = "haven-server", version, disable_help_subcommand = true)]
struct Cli {
    /// Tell errors as JSON too.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a data folder and print the invite that lets the first space in.
    Init(Data),
    /// Serve a data folder until SIGTERM or SIGINT.
    Run(run::Run),
    /// Print one more invite. A running server takes it at once.
    Invite(Data),
    /// Verify every roster, record and signature in the store.
    Check(Data),
    /// Copy the store into a new file, also while the server runs. Keep a copy of the file `identity` too, apart from it.
    Backup {
        #[command(flatten)]
        data: Data,
        /// The file to write; must not exist.
        file: PathBuf,
    },
    /// Print sizes and counts.
    Stats(Data),
}

#[derive(Args)]
struct Data {
    /// The data folder.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// What clap calls the help that it prints where no command was given.
const HELP: clap::error::ErrorKind = clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;

/// What a command leaves behind.
enum Outcome {
    /// It did what it should.
    Done(Option<Value>),
    /// It did, and what it found is not good.
    Unsound(Value),
    /// A signal ended it; the exit code says so.
    Interrupted,
}

/// Runs the command of this process.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // clap prints help itself.
        Err(error) if !error.use_stderr() || error.kind() == HELP => error.exit(),
        Err(error) => {
            let as_json = std::env::args_os().take_while(|word| word != "--").any(|word| word == "--json");
            return Envelope::of_usage(&error.to_string()).tell(as_json);
        }
    };
    match execute(cli.command) {
        Ok(Outcome::Done(value)) => value.map_or(ExitCode::SUCCESS, |value| print(&value, 0)),
        Ok(Outcome::Unsound(value)) => print(&value, EXIT_FAILED),
        Ok(Outcome::Interrupted) => ExitCode::from(envelope::EXIT_INTERRUPTED),
        Err(envelope) => envelope.tell(cli.json),
    }
}

fn execute(command: Command) -> Result<Outcome, Envelope> {
    match command {
        Command::Init(Data { data }) => {
            let made = init(&data).map_err(|fault| Envelope::of("could not make the data folder", &fault))?;
            Ok(Outcome::Done(Some(json!({ "invite": made.invite, "identity": made.identity }))))
        }
        Command::Run(run) => run::run(&run),
        Command::Invite(Data { data }) => {
            let invite =
                keeper::invite(&data).map_err(|fault| Envelope::of("could not make an invite", &fault))?;
            Ok(Outcome::Done(Some(json!({ "invite": invite }))))
        }
        Command::Check(Data { data }) => {
            check(&data).map_err(|fault| Envelope::of("could not check the store", &fault))
        }
        Command::Backup { data: Data { data }, file } => {
            let bytes =
                keeper::back_up(&data, &file).map_err(|fault| Envelope::of("could not back up", &fault))?;
            Ok(Outcome::Done(Some(json!({ "file": file, "bytes": bytes }))))
        }
        Command::Stats(Data { data }) => {
            stats(&data).map_err(|fault| Envelope::of("could not count", &fault))
        }
    }
}

fn check(data: &std::path::Path) -> Result<Outcome, FolderFault> {
    let found = keeper::check(data)?;
    let is_sound = found.problems.is_empty();
    let totals = found.totals;
    let value = json!({
        "spaces": totals.spaces, "feeds": totals.feeds, "records": totals.records, "links": totals.links,
        "problems": found.problems,
    });
    Ok(if is_sound { Outcome::Done(Some(value)) } else { Outcome::Unsound(value) })
}

fn stats(data: &std::path::Path) -> Result<Outcome, FolderFault> {
    let keeper::Stats { totals, file_bytes } = keeper::stats(data)?;
    Ok(Outcome::Done(Some(json!({
        "spaces": totals.spaces, "feeds": totals.feeds, "records": totals.records, "links": totals.links,
        "record_bytes": totals.record_bytes, "file_bytes": file_bytes, "invites_open": totals.invites_open,
    }))))
}

/// Prints data. A reader that has gone away (`| head`) is no failure of ours, but nobody was told.
fn print(value: &Value, code: u8) -> ExitCode {
    match writeln!(std::io::stdout(), "{value}") {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(EXIT_FAILED),
    }
}
