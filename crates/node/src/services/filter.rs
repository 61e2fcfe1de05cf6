//! Which entries a list is about.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_api::convert::filter::Wanted;
use haven_api::limits::CANDIDATES_MAX;
use haven_core::entry::Tag;
use haven_core::nearest::nearest;
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

/// The tags that may have been meant where nothing was found: those of the journal that differ in case only from one that is
/// asked for and that no entry has, else those that differ in a letter or two.
pub(super) fn near_tags(view: &View, asked: &[Tag], found: u32) -> Vec<String> {
    if found > 0 || asked.is_empty() {
        return Vec::new();
    }
    let all: BTreeSet<&Tag> = view.rows().flat_map(|row| &row.entry.tags).collect();
    let unknown: Vec<_> = asked.iter().filter(|tag| !all.contains(tag)).collect();
    let in_another_case = |tag: &&Tag| unknown.iter().any(|asked| asked.differs_in_case_only(tag));
    let near: Vec<_> = all.iter().copied().filter(in_another_case).map(Tag::to_string).collect();
    if !near.is_empty() {
        return near.into_iter().take(CANDIDATES_MAX).collect();
    }
    let names = || all.iter().map(|tag| tag.as_str());
    let mistyped = unknown.iter().flat_map(|asked| nearest(asked.as_str(), names()));
    mistyped.take(CANDIDATES_MAX).map(str::to_owned).collect()
}

impl Listed {
    /// The tags it asks for.
    pub(super) fn tags(&self) -> &[Tag] {
        &self.filter.tags
    }

    /// The entries it lets through, newest first.
    pub(super) fn of<'a>(&'a self, view: &'a View) -> impl Iterator<Item = &'a Arc<Row>> + 'a {
        view.list(&self.filter).filter(|row| {
            let date = row.entry.at.date();
            self.before.is_none_or(|before| date < before) && self.after.is_none_or(|after| date >= after)
        })
    }
}
