//! Completions and manual pages, made from the commands themselves.

use std::path::Path;
use std::{fs, io};

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::cx::write;
use crate::fault::Fault;

/// The name of the program.
const NAME: &str = "haven";

pub(super) fn completions(shell: Shell) -> Result<(), Fault> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    write(&script)
}

pub(super) fn manual(out: &Path) -> Result<(), Fault> {
    let refused = |error: io::Error| Fault::system(format!("{} can't be written", out.display()), &error);
    fs::create_dir_all(out).map_err(refused)?;
    clap_mangen::generate_to(Cli::command(), out).map_err(refused)
}
