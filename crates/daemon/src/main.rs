//! `havend`: the device daemon.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use haven_api::error::ApiError;
use havend::home::Home;

/// The device daemon of Haven. `haven` starts it by itself; it listens on a socket that only you can open.
#[derive(Parser)]
#[command(name = "havend", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Also run a server inside, for devices on this machine, at this address (such as 127.0.0.1:7460).
    #[arg(long, global = true, value_name = "ADDR")]
    serve: Option<SocketAddr>,
    /// Say why it does not start as one JSON object on stderr.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Run in the foreground until stopped (the default).
    Run,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Command::Run = arguments.command.unwrap_or(Command::Run);
    match Home::find().and_then(|home| havend::serve::run(&home, arguments.serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tell(&fault.told(), arguments.json);
            ExitCode::FAILURE
        }
    }
}

/// Says why it ends, for a person, or for the program that started it.
#[expect(clippy::print_stderr, reason = "the only place where the daemon speaks to a terminal")]
fn tell(error: &ApiError, json: bool) {
    let ApiError { what, why, next, .. } = error;
    if json {
        let told = serde_json::json!({ "reason": error.name(), "what": what, "why": why, "next": next });
        eprintln!("{}", serde_json::json!({ "error": told }));
        return;
    }
    eprintln!("error: {what}\n  why:  {why}\n  next: {next}");
}
