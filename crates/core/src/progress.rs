//! What may honestly be shown of a journal over time, as data that any client can draw.
//!
//! Every view is a pure function of a [`Frame`] (people, definitions, today's date) and of entries in any order. It makes
//! one pass over them, keeps ids and numbers and no word of the person, and brings along the
//! [`Sentence`](crate::sentence::Sentence) that may be said. Clients draw what is there and say nothing more.
//!
//! Of too few nothing is said: no trend below [`TREND_POINTS_MIN`] points, no middle below [`MEDIAN_PAIRS_MIN`] pairs,
//! nothing about what came together below [`SIDE_ENTRIES_MIN`] moments on each side. Gaps stay gaps: a point says whether a
//! line may lead to it. A finished exercise counts with every required answer; an entry in the trash or of a day to come
//! does not.
//!
//! What no view does, and no view may be made to do: call a person or a score a style, count percent of security, compare
//! with a population or with somebody else's scores, rank people or exercises, say what came from what, colour a change as
//! good or bad, judge free text, join what lies weeks apart, or count days in a row.

mod beliefs;
mod days;
mod frame;
mod homework;
mod moments;
mod pairs;
mod people;
mod plane;
mod results;
mod series;
mod signs;
mod told;

pub use beliefs::{
    BeliefLine, BeliefStep, Beliefs, Calibration, LaterBelief, SureRange, beliefs, calibration,
};
pub use days::{Days, days};
pub use frame::Frame;
pub use homework::{Agreement, Homework, Tried, homework};
pub use moments::{Moments, Month, Together, UrgeCount, moments};
pub use pairs::{BeforeAfter, Comparison, Pair, before_after};
pub use people::{Circles, Move, Placed, Response, Responses, circles, responses};
pub use plane::{Noise, Plane, PlanePoint, Trail, plane};
pub use results::{Dated, History, ScoreSays, histories};
pub use signs::{SignPoint, SignSeries, signs};
pub use told::{Told, Topic, told, verdict};

/// The fewest points of which anything is said over time.
pub const TREND_POINTS_MIN: usize = 4;

/// The fewest pairs whose middle is shown.
pub const MEDIAN_PAIRS_MIN: usize = 5;

/// The fewest moments on each side of a comparison.
pub const SIDE_ENTRIES_MIN: usize = 10;

/// The fewest responses of one person of which anything is said.
pub const RESPONSES_MIN: usize = 5;

/// The days after which writing again is coming back.
pub const AWAY_DAYS: i32 = 7;

#[cfg(test)]
mod tests;
