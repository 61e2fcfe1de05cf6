//! The vault, devices and servers.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use haven_core::answers::Seconds;

#[derive(Args)]
pub(crate) struct InitArgs {
    /// The name of this device; without it, the machine's.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Read the passphrase from the first line of a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Write the recovery kit to a new file instead of the screen.
    #[arg(long, value_name = "FILE")]
    pub(crate) kit_out: Option<PathBuf>,
    /// A server to sync with.
    #[arg(long, value_name = "URL", requires = "invite")]
    pub(crate) server: Option<String>,
    /// The invite to that server.
    #[arg(long, value_name = "CODE", requires = "server")]
    pub(crate) invite: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum PassphraseCommand {
    /// Choose another passphrase.
    Change {
        /// Read the present passphrase from the first line of a file.
        #[arg(long, value_name = "FILE")]
        old_file: Option<PathBuf>,
        /// Read the new passphrase from the first line of a file.
        #[arg(long, value_name = "FILE")]
        new_file: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum DeviceCommand {
    /// List the devices of the journal.
    List,
    /// Show a code for one new device, good for two minutes.
    Link,
    /// Join the journal of another device, on a new device.
    Join(JoinArgs),
    /// Let the new device in, on the device you have; it shows three words then, to be typed into the new one.
    Confirm(ConfirmArgs),
    /// Give a device another name.
    Rename {
        /// The device: its name, or its id or the start of it, such as 1a2b.
        id: String,
        /// Its new name.
        name: String,
    },
    /// Take a device out of the journal, such as one that was lost. It keeps what it has and gets nothing new.
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// The device: its name, or its id or the start of it, such as 1a2b.
    pub(crate) id: String,
    /// Read the passphrase of this device from the first line of a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Replace the recovery kit too, and write the new one to a new file.
    #[arg(long, value_name = "FILE", conflicts_with = "no_kit")]
    pub(crate) kit_out: Option<PathBuf>,
    /// Keep the recovery kit there is.
    #[arg(long)]
    pub(crate) no_kit: bool,
    /// Don't ask whether it's meant.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args)]
pub(crate) struct JoinArgs {
    /// The code that the other device shows, or its whole link: haven-link:CODE@URL.
    #[arg(required = true, value_name = "CODE")]
    pub(crate) code: Vec<String>,
    /// The address of the server that it shows too; a link has it.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// The name of this device; without it, the machine's.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Read the passphrase of this new device from the first line of a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Read the three words that the other device shows at last from a line of stdin: only -. A terminal asks for them.
    #[arg(long, value_name = "-", value_parser = ["-"], hide_possible_values = true, allow_hyphen_values = true)]
    pub(crate) confirm_words: Option<String>,
}

#[derive(Args)]
pub(crate) struct ConfirmArgs {
    /// Wait until a new device has used the code.
    #[arg(long)]
    pub(crate) wait: bool,
    /// The three words that the new device shows.
    #[arg(long)]
    pub(crate) words: Option<String>,
    /// Read the passphrase of this device from the first line of a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum ServerCommand {
    /// Sync with a server from now on.
    Set {
        /// Its address, such as https://journal.example.
        url: String,
        /// The invite that `haven-server init` or `haven-server invite` printed.
        #[arg(long, value_name = "CODE")]
        invite: Option<String>,
        /// Trust this server although it isn't the one you trusted so far: only if you set it up anew.
        #[arg(long)]
        accept_identity: bool,
    },
    /// Say which server it is.
    Show,
}

#[derive(Args)]
pub(crate) struct SyncArgs {
    /// Wait until everything is up to date here and on the server.
    #[arg(long)]
    pub(crate) wait: bool,
    /// How long to wait, such as 60s or 5m.
    #[arg(long, value_parser = duration, default_value = "60s", value_name = "TIME")]
    pub(crate) timeout: Duration,
}

fn duration(text: &str) -> Result<Duration, String> {
    let seconds: Seconds = text.parse().map_err(|_| "not a time; write it as 30s, 5m or 1h".to_owned())?;
    Ok(Duration::from_secs(seconds.get().into()))
}
