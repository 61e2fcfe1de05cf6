//! The program before a daemon of a few lines: what it prints, how it exits. Nothing here needs the real one.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod daemon;
mod days;
mod definitions;
mod exits;
mod launcher;
mod manners;
mod shapes;
mod support;
