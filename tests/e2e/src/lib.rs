//! The real programs, driven as a person or a script drives them: devices, a server, a terminal.
//!
//! Rooms in reading order: [`programs`] (where they are), [`patience`] (waiting for a state), [`ran`] (what a command left
//! behind), [`device`], [`server`], [`linking`], [`terminal`], [`wiretap`] and [`sought`] (what must not be heard), [`corpus`].

#![expect(clippy::unwrap_used, clippy::panic, reason = "a journey that cannot be set up has failed")]

pub mod patience;
pub mod programs;

pub mod ran;

pub mod device;
pub mod linking;
pub mod server;
pub mod terminal;

pub mod sought;
pub mod wiretap;

pub mod corpus;
