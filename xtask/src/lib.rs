//! The project's chores, each a subcommand of `cargo xtask`.
//!
//! This crate depends on no other crate of the workspace: it looks at their sources and runs their binaries, so it
//! builds when they do not, and can say why.

pub mod cli;
pub mod fault;
mod npm;
pub mod repo;
pub mod say;
pub mod shell;

pub mod tidy;

pub mod generate;
pub mod test;
pub mod wasm;
pub mod web;

pub mod fuzz;
pub mod man;
pub mod siege;
pub mod sim;
pub mod start;
pub mod torture;

pub mod live;

pub mod bench;
pub mod corpus;
pub mod demo;
