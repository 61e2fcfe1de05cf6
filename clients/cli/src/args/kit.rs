//! The recovery kit.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(crate) enum KitCommand {
    /// Say whether a recovery kit is your journal's, and still the one that counts.
    Verify {
        /// Read the kit from a file; a terminal asks for it otherwise.
        #[arg(long, value_name = "FILE")]
        kit_file: Option<PathBuf>,
    },
    /// Replace the recovery kit: the old one opens nothing that is written from then on.
    Renew {
        /// Write the new kit to a new file; a terminal shows it otherwise, and asks for two groups of it.
        #[arg(long, value_name = "FILE")]
        kit_out: Option<PathBuf>,
        /// Read the passphrase of this device from the first line of a file.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Bring your journal back on a new device, when no other one is left.
    Restore(RestoreArgs),
}

#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// Read the kit's code from the first line of a file. A terminal asks for it.
    #[arg(long, value_name = "FILE")]
    pub(crate) kit_file: Option<PathBuf>,
    /// The address of the server that your devices synced through. A terminal asks for it.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// An invite to that server, by which its identity is compared.
    #[arg(long, value_name = "CODE")]
    pub(crate) invite: Option<String>,
    /// The name of this device; without it, the machine's.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Read the passphrase of this new device from the first line of a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Which journal, by its id or the start of it, where the kit opens several.
    #[arg(long, value_name = "ID")]
    pub(crate) vault: Option<String>,
    /// Take what is found without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}
