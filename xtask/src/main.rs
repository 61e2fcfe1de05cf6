//! `cargo xtask`: one line in, one chore done, one sentence on what to do if it failed.

use std::process::ExitCode;

use clap::Parser;
use xtask::cli::{Cli, Command};
use xtask::fault::Fault;
use xtask::repo::Repo;
use xtask::{bench, demo, fuzz, generate, man, say, siege, sim, start, test, tidy, torture, wasm, web};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say::fault(&fault);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Fault> {
    let repo = Repo::find()?;
    match cli.command {
        Command::Tidy { lower } => tidy::command(&repo, lower),
        Command::Test(choice) => test::command(&repo, &choice),
        Command::Start { release, serve } => start::command(&repo, release, serve),
        Command::Demo => demo::command(&repo),
        Command::Sim { seeds, from } => sim::command(&repo, seeds, from),
        Command::Fuzz(choice) => fuzz::command(&repo, &choice),
        Command::Torture(choice) => torture::command(&repo, &choice),
        Command::Siege(choice) => siege::command(&repo, &choice),
        Command::Bench(choice) => bench::command(&repo, &choice),
        Command::Generate { check } => generate::command(&repo, check),
        Command::Wasm => wasm::command(&repo),
        Command::Screens { out, renew } => web::screens(&repo, &out, renew),
        Command::Web => web::command(&repo),
        Command::Man => man::command(&repo),
    }
}
