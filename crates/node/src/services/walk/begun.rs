//! What was begun and can be gone on with.

use haven_api::convert::entry::exercise_ref_to_pb;
use haven_api::convert::saved::id_to_pb;
use haven_api::pb;
use haven_core::answers::ExerciseRef;
use haven_core::id::PersonId;
use haven_core::shelf::{Asked, Shelf};
use haven_core::time::{CivilTime, Date, Timestamp};
use haven_core::today::{Today, today};
use haven_engine::command::DraftShown;
use tonic::Status;

use super::Walks;
use super::sheet::Sheet;
use super::walking::Walking;
use crate::limits::SITTING_MS;
use crate::services::{desk, progress};

impl Walks {
    /// Names what was begun, the last changed first: the drafts of this device, then entries with open questions.
    pub(super) async fn begun(&self, day: &str, language: &str) -> Result<Vec<pb::BegunWalk>, Status> {
        let mut drafts = self.drafts.all().await?;
        drafts.sort_by_key(|draft| std::cmp::Reverse(draft.saved));
        let snapshot = self.node.opened()?;
        let view = &*snapshot.view;
        let (people, desk) = (progress::people(view), self.desk.of(view));
        let day = desk::today(&**self.node.host(), day)?;
        let frame = desk.frame(day, &people);
        let today = today(&frame, view.rows().map(|row| &row.entry), view.status.helped);
        let mut walks = Vec::new();
        for draft in &drafts {
            let Some(made_with) = &draft.draft.exercise else { continue };
            let named: Vec<String> = draft
                .draft
                .people
                .iter()
                .map(PersonId::to_string)
                .chain(draft.named.iter().cloned())
                .collect();
            walks.push(pb::BegunWalk {
                draft_id: id_to_pb(draft.id.0),
                entry_id: draft.entry.map(|entry| entry.to_string()).unwrap_or_default(),
                date: draft.draft.at.date().to_string(),
                people: self.people(&people, &named),
                goes_on: self.goes_on(draft, &desk.shelf, day),
                ..begun(&desk.shelf, made_with, &today, language)
            });
        }
        for open in &today.open {
            if drafts.iter().any(|draft| draft.entry == Some(open.entry)) {
                continue;
            }
            let Some(entry) = view.entry(open.entry).map(|row| &row.entry) else { continue };
            let Some(made_with) = &entry.exercise else { continue };
            let named: Vec<String> = entry.people.iter().map(PersonId::to_string).collect();
            walks.push(pb::BegunWalk {
                entry_id: entry.id.to_string(),
                date: open.date.to_string(),
                people: self.people(&people, &named),
                goes_on: desk.shelf.made_with(made_with).is_some(),
                ..begun(&desk.shelf, made_with, &today, language)
            });
        }
        Ok(walks)
    }

    /// Whether a draft can be gone on with. A measure is on the day on which it was answered last, and as it is asked now.
    pub(super) fn goes_on(&self, kept: &DraftShown, shelf: &Shelf, day: Date) -> bool {
        let Some(made_with) = &kept.draft.exercise else { return false };
        match shelf.made_with(made_with) {
            None => false,
            Some(Asked::Exercise(_)) => true,
            Some(Asked::Measure(_)) => {
                let offered = shelf.measures.offered(&made_with.id);
                offered.is_some_and(|measure| measure.version == made_with.version)
                    && self.day_of(kept) == day
            }
        }
    }

    /// The day on which a draft was kept last, where its person was.
    pub(super) fn day_of(&self, kept: &DraftShown) -> Date {
        self.day_there(kept.saved, &kept.draft.at)
    }

    fn day_there(&self, moment: Timestamp, at: &CivilTime) -> Date {
        let offset = at.offset_seconds().unwrap_or_else(|| self.node.host().zone().offset_seconds);
        CivilTime::from_clock(moment, offset, None).map_or_else(|_| at.date(), |time| time.date())
    }

    /// The earlier day of a measure that was left over night: its answers are about other days. Whoever sits there past midnight
    /// goes on.
    pub(super) fn stale(&self, walking: &Walking<'_>) -> Option<Date> {
        let sheet = &walking.sheet;
        if !walking.course.is_measure() || !sheet.is_kept {
            return None;
        }
        let (saved, now) = (Timestamp::from_millis(sheet.saved_ms), self.node.host().now().wall_ms);
        let at: CivilTime = sheet.draft.at.parse().ok()?;
        let day = self.day_there(saved, &at);
        let sits = (0..SITTING_MS).contains(&now.saturating_sub(sheet.saved_ms));
        (day != walking.today && !sits).then_some(day)
    }
}

impl Sheet {
    /// Whether it answers a measure.
    pub(super) fn is_measure(&self, shelf: &Shelf) -> bool {
        matches!(shelf.made_with(&self.exercise), Some(Asked::Measure(_)))
    }
}

/// What is told of an exercise or a measure that was begun.
fn begun(shelf: &Shelf, made_with: &ExerciseRef, today: &Today, language: &str) -> pb::BegunWalk {
    let asked = shelf.made_with(made_with);
    pb::BegunWalk {
        made_with: Some(exercise_ref_to_pb(made_with)),
        title: asked.map_or_else(|| made_with.id.to_string(), |asked| asked.title(language)),
        is_measure: matches!(asked, Some(Asked::Measure(_))),
        rests: today.resting.contains(&made_with.id),
        ..Default::default()
    }
}
