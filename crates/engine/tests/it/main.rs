//! What a device does with records that other devices signed.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

mod lab;

mod actors;
mod definitions;
mod joining;
mod retries;
mod secrets;
