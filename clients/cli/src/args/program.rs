//! The daemon and its settings.

use std::net::SocketAddr;

use clap::{Args, Subcommand};
use haven_api::grants::Scope;
use haven_core::time::Timestamp;

use crate::when;

use super::values;

#[derive(Subcommand)]
pub(crate) enum DaemonCommand {
    /// Run it in the foreground.
    Run {
        /// Also run a server inside, at this address, such as 127.0.0.1:7460.
        #[arg(long, value_name = "ADDR", value_parser = values::address)]
        serve: Option<SocketAddr>,
    },
    /// Start it, unless it runs. Other commands do so by themselves.
    Start {
        /// Also run a server inside, at this address, such as 127.0.0.1:7460.
        #[arg(long, value_name = "ADDR", value_parser = values::address)]
        serve: Option<SocketAddr>,
    },
    /// Lock the journal and stop it.
    Stop,
    /// Say whether it runs.
    Status,
}

#[derive(Subcommand)]
pub(crate) enum AlarmCommand {
    /// Settle an alarm that you have dealt with.
    Resolve {
        /// The alarm, as `haven alarms` names it.
        id: String,
    },
}

#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct OpenArgs {
    /// Print the address instead, to paste into a browser on this device; it's good once, for a minute. Don't send it to anyone.
    #[arg(long)]
    pub(crate) print: bool,
    /// Put it into this desktop's menu instead, under a name that says nothing of what it is (see `haven config get app.name`).
    #[arg(long)]
    pub(crate) install_launcher: bool,
    /// Take it out of the menu again.
    #[arg(long)]
    pub(crate) remove_launcher: bool,
}

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token for another program on this device; it's shown once.
    Create {
        /// What to call it, such as the program's name.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may do: read, write, practice, share, devices, admin; several with commas between.
        #[arg(long = "scope", required = true, value_delimiter = ',', value_parser = scope, value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// When it ends: after a while, such as 30d or 12h, or at the beginning of a day, such as 2027-01-31.
        #[arg(long, value_parser = when::end, value_name = "TIME")]
        expires: Option<Timestamp>,
    },
    /// List the programs and pages that may do something on this device.
    List,
    /// End a token at once.
    Revoke {
        /// The token: its id, as much of it as fits one only, or its name. Never the token itself.
        id: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    let names = Scope::ALL.map(Scope::as_str).join(", ");
    text.trim().parse().map_err(|_| format!("a scope is one of {names}"))
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Read a setting, or all.
    Get {
        /// The setting, such as lock.idle; `haven config get` without one shows them all.
        key: Option<String>,
    },
    /// Change a setting; without a value, go back to the default.
    Set {
        /// The setting, such as lock.idle; `haven config get` without one shows them all.
        key: String,
        /// Its value: for lock.idle a time such as 5m, or 0 for never; for help.country two letters, such as DE.
        value: Option<String>,
    },
    /// Say where the settings are kept.
    Path,
}
