//! Journeys through the real programs.

#![expect(clippy::unwrap_used, reason = "a journey that cannot be set up has failed")]

mod damage;
mod definitions;
mod devices;
mod diary;
mod editor;
mod faults;
mod first;
mod help;
mod locked;
mod manners;
mod practice;
mod progress;
mod removal;
mod restoring;
mod secrecy;
mod words;
