//! A real server, besieged, and what an honest member sees of it.
//!
//! Rooms in reading order: [`siege`] (which there are, and how one goes), `camp` (the server and whom it knows), `honest` (what a member
//! calls, and how long it waits), `attack` (what the others do), [`outcome`] (what came of it).

#[expect(dead_code, reason = "shared with the server's tests, which use all of it")]
#[path = "../../../crates/server/tests/it/client.rs"]
mod client;
#[path = "../../../crates/server/tests/it/frames.rs"]
mod frames;
#[expect(dead_code, reason = "shared with the server's tests, which use all of it")]
#[path = "../../../crates/server/tests/it/kit.rs"]
mod kit;
#[expect(dead_code, reason = "shared with the server's tests, which use all of it")]
#[path = "../../../crates/server/tests/it/process.rs"]
mod process;
#[expect(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "shared with the journeys, which are a crate of their own"
)]
#[path = "../../e2e/src/programs.rs"]
mod programs;

pub mod siege;

mod camp;
mod honest;

mod attack;

pub mod outcome;

/// The program under siege.
fn program() -> std::path::PathBuf {
    programs::find("haven-server")
}
