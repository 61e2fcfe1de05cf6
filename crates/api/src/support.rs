//! Who could be reached, and the plan: core's own types, since a client that reaches no device makes the same card itself.

pub use haven_core::support::{Card, Country, Kind, Plan, PlanPart, Shown};
