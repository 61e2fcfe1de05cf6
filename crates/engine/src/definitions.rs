//! The definitions that a person added. Each is a document of its own whose text is never changed: what an entry was made with
//! has to stay what it was. Taking one back marks the documents that say so; adding it again is another document, so that
//! what was added apart from a removal stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::shelf::{Defined, Kept};
use haven_core::time::Timestamp;
use imbl::{OrdMap, OrdSet};

use crate::content::DocumentId;
use crate::limits::DEFINITIONS_MAX;

/// One definition as its document holds it.
pub(crate) struct Definition {
    pub(crate) defined: Defined,
    /// What it defines, as its author read it.
    pub(crate) reference: ExerciseRef,
    /// Its TOML, which this release may be unable to read. Empty where no device looks at it.
    pub(crate) text: Box<str>,
    /// When it was added, by its author's clock.
    pub(crate) added: Timestamp,
    /// When it was taken back, if it was.
    pub(crate) removed: Option<Timestamp>,
    pub(crate) id: DocumentId,
}

/// All of them, the one added first at the front. Which of two for the same version counts follows from their order, which is
/// the same on every device; so does what lies beyond the limit, which is kept in the store and not looked at.
///
/// Somebody hostile can add them by the ten thousand: none is looked for among all of them.
#[derive(Clone, Default)]
pub(crate) struct Definitions {
    by_age: OrdMap<Place, Arc<Definition>>,
    places: OrdMap<DocumentId, Place>,
    /// All documents of each version.
    of_versions: OrdSet<(ExerciseRef, Place)>,
    /// The first document of each version.
    firsts: OrdSet<Place>,
}

type Place = (Timestamp, DocumentId);

impl Definitions {
    pub(crate) fn insert(&mut self, definition: Arc<Definition>) {
        let place = (definition.added, definition.id);
        if let Some(before) = self.places.insert(definition.id, place) {
            self.remove(&before);
        }
        let first = self.first_of(&definition.reference);
        self.of_versions.insert((definition.reference.clone(), place));
        self.by_age.insert(place, definition);
        if first.is_none_or(|first| place < first) {
            self.firsts.insert(place);
            first.map(|first| self.firsts.remove(&first));
            first.into_iter().for_each(|first| self.let_go(&first));
            let beyond = self.firsts.iter().nth(DEFINITIONS_MAX).copied();
            beyond.into_iter().for_each(|beyond| self.let_go(&beyond));
        }
        if !self.firsts.iter().take(DEFINITIONS_MAX).any(|kept| *kept == place) {
            self.let_go(&place);
        }
    }

    fn remove(&mut self, place: &Place) {
        let Some(before) = self.by_age.remove(place) else { return };
        let version = (before.reference.clone(), *place);
        self.of_versions.remove(&version);
        if self.firsts.remove(place).is_some() {
            self.first_of(&version.0).map(|next| self.firsts.insert(next));
        }
    }

    fn first_of(&self, version: &ExerciseRef) -> Option<Place> {
        let from = (version.clone(), (Timestamp::from_millis(i64::MIN), [0; 16]));
        let first = self.of_versions.range(from..).next()?;
        (first.0 == *version).then_some(first.1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_age.is_empty()
    }

    /// All of them, the one added first at the front.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.by_age.values().map(|one| &**one)
    }

    /// Those that count, for the shelf: of each version the first, and after it every other that may offer it again.
    pub(crate) fn kept(&self) -> impl Iterator<Item = Kept<'_>> {
        let versions = self.versions();
        self.by_age.values().filter(move |one| versions.contains(&one.reference)).map(|one| Kept {
            defined: one.defined,
            reference: &one.reference,
            text: &one.text,
            is_removed: one.removed.is_some(),
        })
    }

    /// The text of what was added for a version; none if nothing was, or its text is not held.
    pub(crate) fn text(&self, reference: &ExerciseRef) -> Option<&str> {
        let mut texts = self.kept().filter(|kept| kept.reference == reference).map(|kept| kept.text);
        texts.find(|text| !text.is_empty())
    }

    /// The versions there are, the limit kept.
    pub(crate) fn versions(&self) -> BTreeSet<ExerciseRef> {
        let firsts = self.firsts.iter().take(DEFINITIONS_MAX).filter_map(|first| self.by_age.get(first));
        firsts.map(|one| one.reference.clone()).collect()
    }

    /// The documents that offer it.
    pub(crate) fn offering<'a>(
        &'a self,
        defined: Defined,
        id: &'a ExerciseId,
    ) -> impl Iterator<Item = DocumentId> + 'a {
        let offers = move |one: &&Arc<Definition>| {
            one.defined == defined && one.reference.id == *id && one.removed.is_none()
        };
        self.by_age.values().filter(offers).map(|one| one.id)
    }

    /// Lets go of a text that no device looks at: of a later document for a version that is there, or beyond the limit. What comes in
    /// later only pushes it further back.
    fn let_go(&mut self, place: &Place) {
        let unread = self.by_age.get(place).filter(|one| !one.text.is_empty());
        if let Some(without) = unread.map(|one| Arc::new(one.without_text())) {
            self.by_age.insert(*place, without);
        }
    }
}

impl Definition {
    fn without_text(&self) -> Self {
        Self { reference: self.reference.clone(), text: "".into(), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use haven_core::exercise::Exercise;
    use haven_core::shelf::Shelf;

    use super::*;

    const BREATH: &str = include_str!("../../core/content/exercises/slow-breath.toml");

    fn definition(id: u8, added_ms: i64, version: u32, minutes: u32) -> Arc<Definition> {
        let text = BREATH.replacen("id = \"slow-breath\"", "id = \"my-breath\"", 1);
        let text = text.replacen("version = 1", &format!("version = {version}"), 1);
        Arc::new(Definition {
            defined: Defined::Exercise,
            reference: format!("my-breath@{version}").parse().unwrap(),
            text: text.replacen("minutes = 5", &format!("minutes = {minutes}"), 1).into(),
            added: Timestamp::from_millis(added_ms),
            removed: None,
            id: [id; 16],
        })
    }

    fn removed(definition: &Arc<Definition>) -> Arc<Definition> {
        Arc::new(Definition {
            text: definition.text.clone(),
            removed: Some(Timestamp::from_millis(99)),
            ..definition.without_text()
        })
    }

    fn all(definitions: &[&Arc<Definition>]) -> Definitions {
        let mut all = Definitions::default();
        definitions.iter().for_each(|one| all.insert(Arc::clone(one)));
        all
    }

    /// The minutes of the exercise as it is offered, and as the newest version has them.
    fn counting(definitions: &[&Arc<Definition>]) -> (Option<u32>, Option<u32>) {
        let shelf = Shelf::built_in().unwrap().with_custom(all(definitions).kept());
        let id = "my-breath".parse().unwrap();
        let minutes = |exercise: &Exercise| exercise.minutes;
        (shelf.exercises.offered(&id).map(minutes), shelf.exercises.get(&id).map(minutes))
    }

    #[test]
    fn of_two_for_one_version_the_same_counts_in_any_order() {
        let (early, late) = (definition(9, 1, 1, 11), definition(1, 2, 1, 12));
        let twin = definition(8, 1, 1, 13);
        for order in [[&early, &late, &twin], [&twin, &late, &early], [&late, &early, &twin]] {
            assert_eq!(counting(&order).0, Some(13), "added first, then the lower id");
        }
        assert_eq!(counting(&[&late, &early]).0, Some(11));
        assert_eq!(counting(&[&late, &late]).0, Some(12));
    }

    #[test]
    fn what_was_added_apart_from_a_removal_stays_in_any_order() {
        let (first, again) = (definition(1, 1, 1, 11), definition(2, 2, 1, 11));
        let gone = removed(&first);
        assert_eq!(counting(&[&first, &gone]), (None, Some(11)));
        for order in [[&first, &gone, &again], [&again, &first, &gone], [&first, &again, &gone]] {
            assert_eq!(counting(&order), (Some(11), Some(11)));
        }
        let next = definition(3, 3, 2, 12);
        for order in [[&first, &gone, &next], [&next, &first, &gone]] {
            assert_eq!(counting(&order), (Some(12), Some(12)));
        }
        let all = all(&[&first, &gone, &again]);
        let id = "my-breath".parse().unwrap();
        assert_eq!(all.offering(Defined::Exercise, &id).collect::<Vec<_>>(), [again.id]);
        assert_eq!(all.offering(Defined::Measure, &id).count(), 0);
    }

    #[test]
    fn beyond_the_limit_those_added_first_stay_in_any_order() {
        let count = u8::try_from(DEFINITIONS_MAX).unwrap() + 3;
        let one = |n: u8| definition(n, i64::from(n), u32::from(n) + 1, 5);
        let (mut forwards, mut backwards) = (Definitions::default(), Definitions::default());
        (0..count).for_each(|n| forwards.insert(one(n)));
        (0..count).rev().for_each(|n| backwards.insert(one(n)));
        let kept = |all: &Definitions| {
            let versions: Vec<_> = all.kept().map(|kept| kept.reference.version).collect();
            let texts = all.by_age.values().filter(|one| !one.text.is_empty()).count();
            (versions, texts)
        };
        assert_eq!(kept(&forwards), kept(&backwards));
        let first: Vec<u32> = (1..=u32::from(count) - 3).collect();
        assert_eq!(kept(&forwards), (first, DEFINITIONS_MAX), "and no other text is held");
    }
    /// As many as a few dozen records hold, of one version, of as many versions, and added anew with another time: whoever looked through
    /// all of them for each would never come to an end, at each opening of the journal.
    #[test]
    fn tens_of_thousands_are_read_at_once() {
        let text: Box<str> = "id = \"x\"".into();
        let one = |n: u32, version: u32, added: u32| {
            let reference = ExerciseRef { id: "my-breath".parse().unwrap(), version };
            let (added, id) = (Timestamp::from_millis(i64::from(added)), u128::from(n).to_be_bytes());
            let defined = Defined::Exercise;
            Arc::new(Definition { defined, reference, text: text.clone(), added, removed: None, id })
        };
        const MANY: u32 = 60_000;
        for versions in [1, MANY] {
            let mut all = Definitions::default();
            for added in [0, MANY] {
                (0..MANY).rev().for_each(|n| all.insert(one(n, 1 + n % versions, n + added)));
            }
            let kept = (versions as usize).min(DEFINITIONS_MAX);
            let texts: Vec<u32> =
                all.iter().filter(|one| !one.text.is_empty()).map(|one| one.reference.version).collect();
            assert!(texts.len() <= kept && all.iter().count() == MANY as usize);
            let first: Vec<u32> = all.versions().iter().map(|version| version.version).collect();
            assert_eq!(first, (1..=u32::try_from(kept).unwrap()).collect::<Vec<_>>());
        }
    }
}
