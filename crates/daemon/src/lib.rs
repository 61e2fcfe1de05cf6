//! The device daemon: sockets, files and signals round one [`haven_node`]. It contains no journal logic.
//!
//! Rooms in reading order: [`home`] (where things lie), [`folder`], [`harden`] and [`only`] (what is made sure before
//! anything else), [`log`], [`config`], [`serve`] (the phases of a run), `ends`, `socket`, `grants`, `rpc`, `by_grant`, `program`, `settings`, `language`, `granting`,
//! `doctor`, `loopback` (the door for browsers),
//! `host`, `readable` (the one file that is not sealed), `idle`, `handover`, `embedded`.

pub mod fault;
pub mod home;

mod folder;
mod harden;
mod only;

mod config;
mod log;

mod clock;
mod ends;
pub mod serve;

mod socket;

mod grants;

mod activity;
mod by_grant;
mod doctor;
mod granting;
mod language;
mod program;
mod rpc;
mod settings;

mod loopback;

#[cfg_attr(not(feature = "embedded"), path = "alone.rs")]
mod embedded;
mod handover;
mod host;
mod idle;
mod readable;
