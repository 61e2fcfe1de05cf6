//! What may be typed after `cargo xtask`.

use std::net::SocketAddr;

use clap::{Args, Parser, Subcommand};

/// The project's chores.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
pub struct Cli {
    /// The chore to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One chore.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the house rules: crate edges, the map, lengths, words, documents, generated code
    Tidy {
        /// Lower the entries of xtask/ratchet.toml to what the tree has now; never raises one
        #[arg(long)]
        lower: bool,
    },
    /// Install what the tests need and run every one of them
    Test(TestChoice),
    /// Build the programs, start this device's daemon with a server inside, and open the journal in a browser
    Start {
        /// Build with optimisation (slower to build, quicker to run)
        #[arg(long)]
        release: bool,
        /// The address of the server inside, for your other devices on this machine
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7460")]
        serve: SocketAddr,
    },
    /// Show two devices and a server at work on a throw-away journal
    Demo,
    /// Run the simulator over a range of seeds
    Sim {
        /// How many seeds to run
        #[arg(long, default_value_t = 10_000)]
        seeds: u64,
        /// The first seed
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Let a fuzzer look for bytes that break a parser
    Fuzz(FuzzChoice),
    /// Do in full what the tests take a sample of: kills, power cuts, flipped bits and more
    Torture(TortureChoice),
    /// Besiege a server, and see what an honest member sees of it
    Siege(SiegeChoice),
    /// Measure, beside the floors of the same run
    Bench(BenchChoice),
    /// Write anew what is made of other files: the Rust code of proto/, the schema of exercises
    Generate {
        /// Only compare with what is there
        #[arg(long)]
        check: bool,
    },
    /// Build the web app's core for WebAssembly and its bindings
    Wasm,
    /// Build the web app, for the daemon to hold
    Web,
    /// Go through every screen of the web app in a browser, and leave pictures
    Screens {
        /// Where to
        #[arg(long, value_name = "FOLDER", default_value = "target/screens")]
        out: std::path::PathBuf,
        /// Make the pictures that the tests compare with anew, instead; look at every one
        #[arg(long)]
        renew: bool,
    },
    /// Write the manual pages to target/man
    Man,
}

/// Which stages of the tests to run; all of them unless told otherwise.
#[derive(Args, Debug, Default)]
pub struct TestChoice {
    /// Run only these stages
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave these stages out
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// List the stages and stop
    #[arg(long)]
    pub list: bool,
}

/// What to fuzz, and for how long.
#[derive(Args, Debug, Default)]
pub struct FuzzChoice {
    /// The target; see --list
    #[arg(value_name = "TARGET", required_unless_present_any = ["list", "all"])]
    pub target: Option<String>,
    /// How long each, in minutes
    #[arg(long, default_value_t = 10.0)]
    pub minutes: f64,
    /// List the targets and stop
    #[arg(long)]
    pub list: bool,
    /// All of them, one after the other
    #[arg(long, conflicts_with = "target")]
    pub all: bool,
}

/// Which ordeals to run, and how hard; all of them in full unless told otherwise.
#[derive(Args, Debug, Default)]
pub struct TortureChoice {
    /// Only these: kills, power, flips, removals, strangers, repeats
    #[arg(long, value_name = "ORDEAL", value_delimiter = ',')]
    pub only: Vec<String>,
    /// How many tries each
    #[arg(long)]
    pub count: Option<u64>,
    /// The number of the first try; a try does what follows from its number
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

/// Which siege to lay, and for how long; each in turn unless told otherwise.
#[derive(Args, Debug, Default)]
pub struct SiegeChoice {
    /// Only this one: loris, resets, continuations, pings, settings, windows, idle, unfinished, unread, challenges, connections,
    /// invites
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// How long each, in seconds
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
}

/// What to measure; everything unless told otherwise.
#[derive(Args, Debug, Default)]
pub struct BenchChoice {
    /// Only these rows, and the floors: first-sync, newest, import, upload, bytes, save, propagation, add, search, list,
    /// unlock, memory, typed, pushes, listener, growth, wasm
    #[arg(long, value_name = "ROW", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave the journal of 100,000 entries out
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Also measure the other programs that are installed here (jrnl, restic, syncthing)
    #[arg(long)]
    pub peers: bool,
    /// Measure the web app in a browser, and nothing else
    #[arg(long)]
    pub web: bool,
}
