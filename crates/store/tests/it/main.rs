//! What this room promises, through its public face: a disk that fills, fails, is killed, flipped, swapped and shared.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod damage;
mod fixture;
mod killed;
mod limited;
mod opening;
#[path = "../../../../tests/torture/ordeal.rs"]
mod ordeal;
mod power;
mod privacy;
mod role;
mod twins;
mod world;
