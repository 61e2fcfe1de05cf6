//! The cases, by the letters of the catalogue in docs/THREATS.md. Each test is one mutation and ends with the same five assertions.

#![expect(clippy::unwrap_used, reason = "what stages a case may fail it")]

mod bodies;
mod content;
mod keys;
mod records;
mod removed;
mod rollback;
mod server;
mod table;

use haven_evil::case::{Case, Verdict};

/// The thread through all of it: nothing is wrong, and all five assertions hold.
#[tokio::test(start_paused = true)]
async fn an_honest_server() {
    Case::begin().await.judge(Verdict::harmless()).await;
}
