//! The daemon and its settings.

use std::net::SocketAddr;

use clap::Subcommand;

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

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// Read a setting, or all.
    Get {
        /// The setting: lock.idle or help.country.
        key: Option<String>,
    },
    /// Change a setting; without a value, go back to the default.
    Set {
        /// The setting: lock.idle or help.country.
        key: String,
        /// Its value: for lock.idle a time such as 5m, or 0 for never; for help.country two letters, such as DE.
        value: Option<String>,
    },
    /// Say where the settings are kept.
    Path,
}
