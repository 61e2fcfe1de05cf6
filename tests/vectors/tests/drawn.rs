//! What is drawn for later and not built: PROTOCOL.md, "Drawn for later". The encoders live here, since nothing that ships writes
//! these bytes; where a rule is kept by code that ships, that code is asked.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "drawn/blobs.rs"]
mod blobs;
#[path = "drawn/bodies.rs"]
mod bodies;
#[path = "drawn/checkpoints.rs"]
mod checkpoints;
#[path = "drawn/codes.rs"]
mod codes;
#[path = "drawn/labels.rs"]
mod labels;
#[path = "drawn/manifests.rs"]
mod manifests;
#[expect(dead_code, reason = "the vectors of feed use the rest")]
#[path = "feed/people.rs"]
mod people;
#[path = "drawn/seal.rs"]
mod seal;
#[path = "drawn/servers.rs"]
mod servers;
#[path = "drawn/suites.rs"]
mod suites;
#[path = "drawn/world.rs"]
mod world;

/// The words of a fault; a vector that should be refused and is not fails here.
pub(crate) fn fault<T, E: std::fmt::Display>(verdict: Result<T, E>) -> String {
    verdict.err().expect("this vector is refused").to_string()
}
