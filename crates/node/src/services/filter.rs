//! Which entries a list is about.

use std::sync::Arc;

use haven_api::convert::filter::Wanted;
use haven_api::error::ApiError;
use haven_core::answers::ExerciseId;
use haven_core::entry::Tag;
use haven_core::feeling::{Feeling, Feelings};
use haven_core::time::Date;
use haven_engine::view::{Filter, Row, View};

/// A filter at work. Days are those that were written, whatever the offset, as in a search.
pub(super) struct Listed {
    filter: Filter,
    before: Option<Date>,
    after: Option<Date>,
    /// Whether it lets everything through that is not in the trash.
    pub(super) everything: bool,
}

impl Listed {
    /// Sets a filter to work. `feelings` knows what its words for feelings mean.
    pub(super) fn new(wanted: Wanted, feelings: &Feelings<'_>) -> Result<Self, ApiError> {
        let asked = |word: &String| feelings.asked(word);
        let asked: Result<_, _> = wanted.feelings.iter().map(asked).collect();
        Ok(Self {
            everything: wanted == Wanted::default(),
            before: wanted.before,
            after: wanted.after,
            filter: Filter {
                tags: wanted.tags,
                people: wanted.people,
                kind: wanted.kind,
                trashed: wanted.trashed,
                met: wanted.met,
                exercise: wanted.exercise,
                feelings: asked.map_err(|fault| ApiError::invalid("a feeling can't be used", fault))?,
                ..Filter::default()
            },
        })
    }

    /// The tags it asks for.
    pub(super) fn tags(&self) -> &[Tag] {
        &self.filter.tags
    }

    /// The exercise or measure it asks for.
    pub(super) fn exercise(&self) -> Option<&ExerciseId> {
        self.filter.exercise.as_ref()
    }

    /// The feelings it asks for.
    pub(super) fn feelings(&self) -> &[Feeling] {
        &self.filter.feelings
    }

    /// The entries it lets through, newest first.
    pub(super) fn of<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Arc<Row>> + 'a {
        view.list(&self.filter).filter(|row| {
            let date = row.entry.at.date();
            self.before.is_none_or(|before| date < before) && self.after.is_none_or(|after| date >= after)
        })
    }
}
