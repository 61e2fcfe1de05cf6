//! The server over loopback, spoken to with the clients that devices use, and the binary as an operator runs it.

mod client;
#[expect(dead_code, reason = "shared with the sieges, which use all of it")]
mod frames;
mod kit;
mod process;
mod running;

mod bodies;
mod canary;
mod cli;
mod clock;
mod hostile;
mod kill;
mod life;
mod mailboxes;
mod members;
mod memory;
mod parties;
mod pulls;
mod pushes;
mod refills;
mod rosters;
mod sessions;
mod spaces;
mod strangers;
mod terminal;
mod tls;

/// The program under test.
fn program() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_haven-server").into()
}
