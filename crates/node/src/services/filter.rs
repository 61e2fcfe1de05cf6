//! Which entries a list is about.

use std::sync::Arc;

use haven_api::convert::filter::Wanted;
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

impl From<Wanted> for Listed {
    fn from(wanted: Wanted) -> Self {
        Self {
            everything: wanted == Wanted::default(),
            before: wanted.before,
            after: wanted.after,
            filter: Filter {
                tags: wanted.tags,
                people: wanted.people,
                kind: wanted.kind,
                trashed: wanted.trashed,
                met: wanted.met,
                ..Filter::default()
            },
        }
    }
}

impl Listed {
    /// The entries it lets through, newest first.
    pub(super) fn of<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Arc<Row>> + 'a {
        view.list(&self.filter).filter(|row| {
            let date = row.entry.at.date();
            self.before.is_none_or(|before| date < before) && self.after.is_none_or(|after| date >= after)
        })
    }
}
