//! `haven-server`: the blind store and forward for people who run their own.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
