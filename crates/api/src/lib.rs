//! `haven.v1`, what a client says to its own device: a typed client, and for the device the way between the messages and
//! core's types.
//!
//! A program that wants to read or write the journal needs [`client::Client`] and nothing else:
//!
//! ```no_run
//! # #[cfg(feature = "unix")]
//! # async fn example() -> Result<(), haven_api::error::ApiError> {
//! use haven_api::journal::{Draft, Filter};
//!
//! let haven = haven_api::unix::connect(&haven_api::unix::socket().expect("a home")).await?;
//! let written = haven.add(Draft::note("rain all day, and no hurry")).await?;
//! for entry in haven.list(&Filter::default(), 20, None).await?.items {
//!     println!("{} {}", entry.at, entry.title);
//! }
//! haven.trash(&written.id.to_string()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Every error is an [`error::ApiError`]: what failed, why, and what to do next, with a reason that never changes its name.

pub mod limits;

pub mod error;
mod next;

pub mod alarms;
pub mod daemon;
pub mod definition;
pub mod devices;
pub mod drafts;
pub mod grants;
pub mod journal;
pub mod kit;
pub mod language;
pub mod measures;
pub mod people;
pub mod practice;
pub mod restore;
pub mod settings;
pub mod support;
pub mod vault;
pub mod walk;

pub mod client;
#[cfg(feature = "unix")]
pub mod unix;

pub mod convert;
pub mod pb;
