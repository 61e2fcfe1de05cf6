//! The people round somebody: where they were placed over time, and how they met what was shared with them.
//!
//! People stand in the order of the journal's list and nowhere in the order of a number.

use std::collections::BTreeMap;

use super::RESPONSES_MIN;
use super::frame::{Frame, chosen, person, rating_of};
use super::series::Timeline;
use crate::entry::Entry;
use crate::exercise::{Exercise, Shape, View};
use crate::id::{EntryId, PersonId};
use crate::sentence::{Saying, Sentence};
use crate::time::Date;

/// The field that names the person.
const PERSON: &str = "person";
/// The field that says in which circle they stand.
const CIRCLE: &str = "circle";
/// The ratings of a response.
const RATINGS: [&str; 3] = ["understood", "valued", "cared"];

/// The circles of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Circles {
    /// Where everybody stands now, in the order of the people.
    pub placed: Vec<Placed>,
    /// Every time somebody was placed anew, oldest first.
    pub moves: Vec<Move>,
    /// What stands under the circles; none when nobody is in them.
    pub says: Option<Sentence>,
}

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The person.
    pub person: PersonId,
    /// The option chosen for their circle.
    pub circle: String,
    /// The date since when they have stood there without a change.
    pub since: Date,
}

/// Somebody placed in another circle than before, or for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// The person.
    pub person: PersonId,
    /// Where they stood before; none the first time.
    pub from: Option<String>,
    /// Where they stand since.
    pub to: String,
}

/// Returns the circles as they were placed.
pub fn circles<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Circles {
    let placings: Timeline<(EntryId, Date, PersonId, &str)> = frame
        .practised_for(View::Map, entries)
        .filter_map(|(entry, _)| {
            let circle = chosen(&entry.answers, CIRCLE)?;
            let person = person(&entry.answers, PERSON)?;
            Some((entry, (entry.id, entry.at.date(), person, circle)))
        })
        .collect();
    let placings = placings.in_order();
    let mut now: BTreeMap<PersonId, Placed> = BTreeMap::new();
    let mut moves = Vec::new();
    for (entry, date, person, circle) in &placings {
        let from = now.get(person).map(|placed| placed.circle.clone());
        if from.as_deref() == Some(circle) {
            continue;
        }
        let to = (*circle).to_owned();
        moves.push(Move { entry: *entry, date: *date, person: *person, from, to: to.clone() });
        now.insert(*person, Placed { person: *person, circle: to, since: *date });
    }
    let places = frame.places();
    let mut placed: Vec<Placed> = now.into_values().collect();
    placed.sort_by_key(|placed| places.of(placed.person));
    let last = placings.last().map(|(_, date, ..)| *date);
    Circles { placed, moves, says: last.map(|date| Sentence::new(Saying::Placed).with("date", date)) }
}

/// How one person met what was shared with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    /// The person.
    pub person: PersonId,
    /// The ends of the scales it was rated on.
    pub range: (i32, i32),
    /// Each time that was written down, oldest first.
    pub times: Vec<Response>,
    /// What may be said about them.
    pub says: Sentence,
}

/// One time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// The entry it comes from.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// How far one felt understood.
    pub understood: i32,
    /// How far one felt valued.
    pub valued: i32,
    /// How far one felt cared for.
    pub cared: i32,
}

/// Returns the responses of each person, in the order of the people.
pub fn responses<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Responses> {
    let mut found: BTreeMap<PersonId, Timeline<Response>> = BTreeMap::new();
    let mut scales: BTreeMap<PersonId, Vec<(i32, i32)>> = BTreeMap::new();
    for (entry, exercise) in frame.practised_for(View::Map, entries) {
        let Some((person, response)) = person(&entry.answers, PERSON).zip(response(entry)) else { continue };
        found.entry(person).or_default().add(entry, response);
        scales.entry(person).or_default().extend(RATINGS.iter().filter_map(|field| scale(exercise, field)));
    }
    let places = frame.places();
    let range = |person: PersonId| scales.get(&person).map(|all| widest(all)).unwrap_or_default();
    let mut strips: Vec<Responses> =
        found.into_iter().map(|(person, times)| strip(person, range(person), times.in_order())).collect();
    strips.sort_by_key(|strip| places.of(strip.person));
    strips
}

fn response(entry: &Entry) -> Option<Response> {
    let [understood, valued, cared] = RATINGS.map(|field| rating_of(&entry.answers, field));
    let (understood, valued, cared) = (understood?, valued?, cared?);
    Some(Response { entry: entry.id, date: entry.at.date(), understood, valued, cared })
}

/// The ends of the scale of a rating.
fn scale(exercise: &Exercise, field: &str) -> Option<(i32, i32)> {
    match &exercise.field(&field.parse().ok()?)?.shape {
        Shape::Scale(scale) => Some((scale.min, scale.max)),
        _ => None,
    }
}

/// The ends that hold all of these: versions of an exercise may have asked on different scales.
fn widest(scales: &[(i32, i32)]) -> (i32, i32) {
    let min = scales.iter().map(|(min, _)| *min).min();
    let max = scales.iter().map(|(_, max)| *max).max();
    min.zip(max).unwrap_or_default()
}

fn strip(person: PersonId, range: (i32, i32), times: Vec<Response>) -> Responses {
    let understood = || times.iter().map(|time| f64::from(time.understood));
    let says = match times.len() {
        count if count < RESPONSES_MIN => {
            Sentence::new(Saying::FewResponses).with("have", count).with("need", RESPONSES_MIN)
        }
        count => Sentence::new(Saying::Responses)
            .with("count", count)
            .with("low", understood().fold(f64::INFINITY, f64::min))
            .with("high", understood().fold(f64::NEG_INFINITY, f64::max)),
    };
    Responses { person, range, times, says }
}
