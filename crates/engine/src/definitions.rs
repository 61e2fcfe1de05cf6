//! The definitions that a person added. Each is a document of its own whose text never changes: what an entry was made with
//! has to stay what it was. Taking one back marks the documents that say so; adding it again is another document, so that
//! what was added apart from a removal stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::shelf::{Defined, Kept};
use haven_core::time::Timestamp;
use haven_feed::FeedId;
use imbl::{OrdMap, OrdSet};

use crate::content::DocumentId;
use crate::limits::DEFINITIONS_MAX;

/// One definition as its document holds it.
#[derive(Clone)]
pub(crate) struct Definition {
    pub(crate) defined: Defined,
    /// What it defines, as its author read it.
    pub(crate) reference: ExerciseRef,
    /// Its TOML, which this release may be unable to read. `None` where no device looks at it: it is in the store.
    pub(crate) text: Option<Box<str>>,
    /// When it was added, by its author's clock.
    pub(crate) added: Timestamp,
    /// When it was taken back, if it was.
    pub(crate) removed: Option<Timestamp>,
    pub(crate) id: DocumentId,
    /// The feeds whose records created it.
    pub(crate) creators: BTreeSet<FeedId>,
}

/// All of them. Which of two for the same version counts follows from their order, which is the same on every device; so does what lies
/// beyond the limit, which is kept in the store and not looked at.
///
/// Somebody hostile can add them by the ten thousand: none is looked for among all of them.
#[derive(Clone, Default)]
pub(crate) struct Definitions {
    all: OrdMap<DocumentId, Arc<Definition>>,
    /// All documents of each version, the one that counts in front.
    of_versions: OrdSet<(ExerciseRef, Place)>,
    /// How many documents of each version were not taken back.
    offering: OrdMap<(ExerciseRef, Defined), u32>,
    /// Each version by the document that counts, those within the limit in front.
    versions: OrdSet<Rank>,
    /// The feeds that are members no more.
    gone: Arc<BTreeSet<FeedId>>,
    /// Whether anything changed since they were last read.
    moved: bool,
}

/// Where a document stands among others for the same version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// No member created it: it stands behind what one did, however early it says that it was added.
    gives_way: bool,
    added: Timestamp,
    id: DocumentId,
}

/// Where a version stands among all: what a member added before the rest, and what is offered before what was taken back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    gives_way: bool,
    is_removed: bool,
    added: Timestamp,
    id: DocumentId,
}

impl Rank {
    fn place(&self) -> Place {
        Place { gives_way: self.gives_way, added: self.added, id: self.id }
    }
}

impl Definitions {
    /// None yet, in a journal of which these feeds are members no more.
    pub(crate) fn without(gone: BTreeSet<FeedId>) -> Self {
        Self { gone: Arc::new(gone), ..Self::default() }
    }

    /// Decides anew which of them count, now that these feeds are members no more.
    pub(crate) fn judge(&mut self, gone: &BTreeSet<FeedId>) {
        if *self.gone == *gone {
            return;
        }
        let before = std::mem::replace(self, Self::without(gone.clone()));
        before.all.values().for_each(|one| self.insert(Arc::clone(one)));
        self.moved = !self.is_empty();
    }

    pub(crate) fn insert(&mut self, definition: Arc<Definition>) {
        self.remove(&definition.id);
        let (id, version) = (definition.id, definition.reference.clone());
        let before = self.rank(&version);
        before.map(|rank| self.versions.remove(&rank));
        if definition.removed.is_none() {
            *self.offering.entry((version.clone(), definition.defined)).or_default() += 1;
        }
        self.of_versions.insert((version.clone(), self.place(&definition)));
        self.all.insert(id, definition);
        let now = self.stand(&version);
        for other in before.map(|rank| rank.id).into_iter().chain([id]) {
            if now.is_none_or(|now| now.id != other) {
                self.let_go(&other);
            }
        }
        self.moved = true;
    }

    /// Forgets what a document defines: it turned out to be something else.
    pub(crate) fn remove(&mut self, id: &DocumentId) {
        let Some(definition) = self.all.get(id).cloned() else { return };
        let version = &definition.reference;
        self.rank(version).map(|rank| self.versions.remove(&rank));
        self.of_versions.remove(&(version.clone(), self.place(&definition)));
        if definition.removed.is_none() {
            let of_kind = (version.clone(), definition.defined);
            let left = self.offering.remove(&of_kind).unwrap_or_default().saturating_sub(1);
            (left > 0).then(|| self.offering.insert(of_kind, left));
        }
        self.all.remove(id);
        self.stand(version);
        self.moved = true;
    }

    /// Puts a version where it stands now, and lets go of the texts that are beyond the limit with that.
    fn stand(&mut self, version: &ExerciseRef) -> Option<Rank> {
        let now = self.rank(version)?;
        self.versions.insert(now);
        let beyond = self.versions.iter().nth(DEFINITIONS_MAX).copied();
        for rank in beyond.into_iter().chain(beyond.filter(|beyond| now > *beyond).map(|_| now)) {
            self.let_go(&rank.id);
        }
        Some(now)
    }

    fn place(&self, definition: &Definition) -> Place {
        let gives_way = definition.creators.iter().all(|feed| self.gone.contains(feed));
        Place { gives_way, added: definition.added, id: definition.id }
    }

    /// Where a version stands: where the document does that counts.
    fn rank(&self, version: &ExerciseRef) -> Option<Rank> {
        let first = Place { gives_way: false, added: Timestamp::from_millis(i64::MIN), id: [0; 16] };
        let (_, first) =
            self.of_versions.range((version.clone(), first)..).next().filter(|(of, _)| of == version)?;
        let kind = self.all.get(&first.id)?.defined;
        let is_removed = !self.offering.contains_key(&(version.clone(), kind));
        let Place { gives_way, added, id } = *first;
        Some(Rank { gives_way, is_removed, added, id })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether anything changed since this was last asked.
    pub(crate) fn have_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// All of them, the one added first at the front, and whether it counts behind what a member adds: it gives way, or there is no room for
    /// its version.
    pub(crate) fn in_order(&self) -> Vec<(Arc<Definition>, bool)> {
        let room = self.room();
        let gives_way = |one: &Definition| self.place(one).gives_way || !room.contains(&one.reference);
        let mut all: Vec<_> = self.all.values().map(|one| (Arc::clone(one), gives_way(one))).collect();
        all.sort_unstable_by_key(|(one, _)| (one.added, one.id));
        all
    }

    /// Those that count, for the shelf: of each version within the limit the first.
    pub(crate) fn kept(&self) -> impl Iterator<Item = Kept<'_>> {
        let mut counting: Vec<&Rank> = self.counting().collect();
        counting.sort_unstable_by_key(|rank| rank.place());
        counting.into_iter().filter_map(|rank| {
            let one = self.all.get(&rank.id)?;
            let (reference, text) = (&one.reference, one.text.as_deref().unwrap_or_default());
            Some(Kept { defined: one.defined, reference, text, is_removed: rank.is_removed })
        })
    }

    /// The versions that count, the limit kept.
    fn counting(&self) -> impl Iterator<Item = &Rank> {
        self.versions.iter().take(DEFINITIONS_MAX)
    }

    fn room(&self) -> BTreeSet<ExerciseRef> {
        self.counting().filter_map(|rank| Some(self.all.get(&rank.id)?.reference.clone())).collect()
    }

    /// The text of what counts for a version; none if nothing does.
    pub(crate) fn text(&self, reference: &ExerciseRef) -> Option<&str> {
        let mut counting = self.counting().filter_map(|rank| self.all.get(&rank.id));
        counting.find(|one| one.reference == *reference)?.text.as_deref()
    }

    /// The versions that take up room: what members added and did not take back.
    pub(crate) fn taking_room(&self) -> BTreeSet<ExerciseRef> {
        let takes = |rank: &&Rank| !rank.gives_way && !rank.is_removed;
        let takes = self.counting().filter(takes);
        takes.filter_map(|rank| Some(self.all.get(&rank.id)?.reference.clone())).collect()
    }

    /// The document that counts for a version, or would if there were room for it.
    pub(crate) fn first(&self, version: &ExerciseRef) -> Option<&Definition> {
        Some(&**self.all.get(&self.rank(version)?.id)?)
    }

    /// Those that count and whose text is not held: something came between, and they came forward again.
    pub(crate) fn lacking(&self) -> Vec<DocumentId> {
        let lacks = |id: &DocumentId| self.all.get(id).is_some_and(|one| one.text.is_none());
        self.counting().map(|rank| rank.id).filter(lacks).collect()
    }

    /// Holds a text again.
    pub(crate) fn hold(&mut self, id: &DocumentId, text: Box<str>) {
        if let Some(one) = self.all.get_mut(id) {
            Arc::make_mut(one).text = Some(text);
        }
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
        self.all.values().filter(offers).map(|one| one.id)
    }

    /// Lets go of a text that no device looks at: of a later document for a version that is there, or beyond the limit.
    fn let_go(&mut self, id: &DocumentId) {
        if let Some(one) = self.all.get_mut(id).filter(|one| one.text.is_some()) {
            let Definition { defined, added, removed, id, .. } = **one;
            let (reference, creators) = (one.reference.clone(), one.creators.clone());
            *one = Arc::new(Definition { defined, reference, text: None, added, removed, id, creators });
        }
    }
}

#[cfg(test)]
mod tests {
    use haven_core::exercise::Exercise;
    use haven_core::shelf::Shelf;

    use super::*;

    const BREATH: &str = include_str!("../../core/content/exercises/slow-breath.toml");
    const MEMBER: FeedId = FeedId::from_bytes([1; 8]);
    const OTHER: FeedId = FeedId::from_bytes([2; 8]);

    fn definition(id: u8, added_ms: i64, version: u32, minutes: u32) -> Arc<Definition> {
        let text = BREATH.replacen("id = \"slow-breath\"", "id = \"my-breath\"", 1);
        let text = text.replacen("version = 1", &format!("version = {version}"), 1);
        Arc::new(Definition {
            defined: Defined::Exercise,
            reference: format!("my-breath@{version}").parse().unwrap(),
            text: Some(text.replacen("minutes = 5", &format!("minutes = {minutes}"), 1).into()),
            added: Timestamp::from_millis(added_ms),
            removed: None,
            id: [id; 16],
            creators: [MEMBER].into(),
        })
    }

    fn removed(definition: &Arc<Definition>) -> Arc<Definition> {
        Arc::new(Definition { removed: Some(Timestamp::from_millis(99)), ..Definition::clone(definition) })
    }

    fn by(creators: &[FeedId], definition: &Arc<Definition>) -> Arc<Definition> {
        let creators = creators.iter().copied().collect();
        Arc::new(Definition { creators, ..Definition::clone(definition) })
    }

    fn all(definitions: &[&Arc<Definition>]) -> Definitions {
        let mut all = Definitions::default();
        definitions.iter().for_each(|one| all.insert(Arc::clone(one)));
        all
    }

    /// Takes back the texts that were let go of, as from the store.
    fn filled(mut all: Definitions, from: &[&Arc<Definition>]) -> Definitions {
        for id in all.lacking() {
            let text = from.iter().find(|one| one.id == id).and_then(|one| one.text.clone());
            all.hold(&id, text.unwrap());
        }
        all
    }

    /// The minutes of the exercise as it is offered, and as the newest version has them.
    fn minutes(all: &Definitions) -> (Option<u32>, Option<u32>) {
        let shelf = Shelf::built_in().unwrap().with_custom(all.kept());
        let id = "my-breath".parse().unwrap();
        let minutes = |exercise: &Exercise| exercise.minutes;
        (shelf.exercises.offered(&id).map(minutes), shelf.exercises.get(&id).map(minutes))
    }

    fn counting(definitions: &[&Arc<Definition>]) -> (Option<u32>, Option<u32>) {
        minutes(&filled(all(definitions), definitions))
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
    fn what_no_member_created_gives_way_whenever_that_is_heard() {
        let (own, foreign) = (definition(9, 2, 1, 11), by(&[OTHER], &definition(1, 1, 1, 12)));
        let gone: BTreeSet<FeedId> = [OTHER].into();
        for order in [[&own, &foreign], [&foreign, &own]] {
            for known in 0..=2 {
                let mut all = Definitions::default();
                for (place, one) in order.iter().enumerate() {
                    if place == known {
                        all.judge(&gone);
                    }
                    all.insert(Arc::clone(one));
                }
                if known == 2 {
                    assert_eq!(minutes(&all).0, Some(12), "it is a member still");
                    all.judge(&gone);
                }
                assert_eq!(minutes(&filled(all, &order)).0, Some(11), "known before {known}");
            }
        }
        let mut alone = all(&[&foreign]);
        alone.judge(&gone);
        assert_eq!(minutes(&alone).0, Some(12), "it counts still");
        let both = by(&[OTHER, MEMBER], &foreign);
        let mut all = all(&[&own, &both]);
        all.judge(&gone);
        assert_eq!(minutes(&all).0, Some(12), "a member created it too");
        let nobodys = by(&[], &foreign);
        assert_eq!(counting(&[&own, &nobodys]).0, Some(11), "it came out of an export as one that gives way");
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

    /// The versions within the limit, and how many texts are held.
    fn within(all: &Definitions) -> (Vec<u32>, usize) {
        let mut versions: Vec<_> = all.kept().map(|kept| kept.reference.version).collect();
        versions.sort_unstable();
        (versions, all.all.values().filter(|one| one.text.is_some()).count())
    }

    const FULL: u8 = DEFINITIONS_MAX as u8;

    fn one(n: u8) -> Arc<Definition> {
        definition(n, i64::from(n), u32::from(n) + 1, 5)
    }

    #[test]
    fn beyond_the_limit_those_added_first_stay_in_any_order() {
        let (mut forwards, mut backwards) = (Definitions::default(), Definitions::default());
        (0..FULL + 3).for_each(|n| forwards.insert(one(n)));
        (0..FULL + 3).rev().for_each(|n| backwards.insert(one(n)));
        assert_eq!(within(&forwards), within(&backwards));
        let first: Vec<u32> = (1..=u32::from(FULL)).collect();
        assert_eq!(within(&forwards), (first, DEFINITIONS_MAX), "and no other text is held");
    }

    #[test]
    fn what_was_taken_back_and_what_gives_way_make_room_in_any_order() {
        let (back, foreign) = (removed(&one(0)), by(&[OTHER], &one(1)));
        let rest = (2..FULL + 3).map(one);
        let every: Vec<Arc<Definition>> = [back, foreign].into_iter().chain(rest).collect();
        for is_backwards in [false, true] {
            let mut order: Vec<&Arc<Definition>> = every.iter().collect();
            if is_backwards {
                order.reverse();
            }
            for known in [false, true] {
                let mut all = Definitions::default();
                known.then(|| all.judge(&[OTHER].into()));
                order.iter().for_each(|one| all.insert(Arc::clone(one)));
                all.judge(&[OTHER].into());
                let expected: Vec<u32> = (3..u32::from(FULL) + 3).collect();
                assert_eq!(within(&filled(all.clone(), &order)), (expected, DEFINITIONS_MAX));
                assert_eq!(all.taking_room().len(), DEFINITIONS_MAX);
                // Two are taken back: of those that wait, what a member added comes first, though it was taken back.
                for n in [40, 41] {
                    all.insert(removed(&one(n)));
                }
                let (versions, _) = within(&all);
                let has = |version: u32| versions.contains(&version);
                assert_eq!([1, 2, 41, 42, u32::from(FULL) + 3].map(has), [true, false, false, false, true]);
                let all = filled(all, &order);
                assert_eq!(within(&all).1, DEFINITIONS_MAX);
                assert!(all.lacking().is_empty());
            }
        }
    }

    #[test]
    fn a_document_that_is_none_any_more_leaves_its_place_to_the_next() {
        let (first, next) = (definition(1, 1, 1, 11), definition(2, 2, 1, 12));
        let mut all = all(&[&first, &next]);
        all.remove(&first.id);
        assert_eq!(all.lacking(), [next.id]);
        assert_eq!(minutes(&filled(all.clone(), &[&next])).0, Some(12));
        all.remove(&next.id);
        assert!(
            all.is_empty()
                && all.versions.is_empty()
                && all.of_versions.is_empty()
                && all.offering.is_empty()
        );
    }

    /// As many as a few dozen records hold, of one version, of as many versions, and added anew with another time: whoever looked through
    /// all of them for each would never come to an end, at each opening of the journal.
    #[test]
    fn tens_of_thousands_are_read_at_once() {
        let text: Box<str> = "id = \"x\"".into();
        let one = |n: u32, version: u32, added: u32| {
            let reference = ExerciseRef { id: "my-breath".parse().unwrap(), version };
            let (added, id) = (Timestamp::from_millis(i64::from(added)), u128::from(n).to_be_bytes());
            let (defined, text) = (Defined::Exercise, Some(text.clone()));
            Arc::new(Definition {
                defined,
                reference,
                text,
                added,
                removed: None,
                id,
                creators: [OTHER].into(),
            })
        };
        const MANY: u32 = 60_000;
        for versions in [1, MANY] {
            let mut all = Definitions::default();
            for added in [0, MANY] {
                (0..MANY).rev().for_each(|n| all.insert(one(n, 1 + n % versions, n + added)));
            }
            all.judge(&[OTHER].into());
            let kept = (versions as usize).min(DEFINITIONS_MAX);
            let texts = all.all.values().filter(|one| one.text.is_some()).count();
            assert!(texts <= kept && all.all.len() == MANY as usize);
            let first: Vec<u32> = all.room().iter().map(|version| version.version).collect();
            assert_eq!(first, (1..=u32::try_from(kept).unwrap()).collect::<Vec<_>>());
        }
    }
}
