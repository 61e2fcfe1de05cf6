//! A whole device behind its services, as a client sees it: in one process, over a store in memory, on virtual time.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod definitions;
mod device;

mod alike;
mod checkup;
mod days;
mod devices;
mod disk;
mod drafts;
mod drops;
mod events;
mod exchange;
mod exercises;
mod finding;
mod journal;
mod language;
mod linking;
mod mailbox;
mod measures;
mod meeting;
mod people;
mod pump;
mod readable;
mod roundtrip;
mod server;
mod stretching;
mod support;
mod vault;
mod walk;
mod walk_gate;
mod walk_kept;
mod walk_later;
mod walk_measures;
