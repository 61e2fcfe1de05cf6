//! The definitions of exercises that a person added. Each is a document of its own and is never changed: what an entry was
//! made with has to stay what it was.

use std::sync::Arc;

use haven_core::answers::ExerciseRef;
use haven_core::time::Timestamp;
use imbl::OrdMap;

use crate::content::DocumentId;
use crate::limits::DEFINITIONS_MAX;

/// One definition as its document holds it.
pub struct Definition {
    /// What it defines, as its author read it.
    pub exercise: ExerciseRef,
    /// Its TOML. This release may be unable to read it, or may not use it.
    pub text: Box<str>,
    /// When it was added, by its author's clock.
    pub added: Timestamp,
    pub(crate) id: DocumentId,
}

/// Those that were added first. Which of two for the same version counts follows from their order, which is the same on
/// every device; so is what lies beyond the limit, which is kept in the store and not looked at.
#[derive(Clone, Default)]
pub(crate) struct Definitions {
    by_age: OrdMap<(Timestamp, DocumentId), Arc<Definition>>,
}

impl Definitions {
    pub(crate) fn insert(&mut self, definition: Arc<Definition>) {
        let before = self.by_age.keys().find(|(_, id)| *id == definition.id).copied();
        before.map(|place| self.by_age.remove(&place));
        self.by_age.insert((definition.added, definition.id), definition);
        if self.by_age.len() > DEFINITIONS_MAX {
            let last = self.by_age.get_max().map(|(place, _)| *place);
            last.map(|place| self.by_age.remove(&place));
        }
    }

    /// All of them, the one added first at the front.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.by_age.values().map(|definition| &**definition)
    }
}

#[cfg(test)]
mod tests {
    use haven_core::content::Library;
    use haven_core::exercise::Exercise;

    use super::*;

    const BREATH: &str = include_str!("../../core/content/exercises/slow-breath.toml");

    fn definition(id: u8, added_ms: i64, minutes: u32) -> Arc<Definition> {
        let text = BREATH.replacen("id = \"slow-breath\"", "id = \"my-breath\"", 1);
        Arc::new(Definition {
            exercise: "my-breath@1".parse().unwrap(),
            text: text.replacen("minutes = 5", &format!("minutes = {minutes}"), 1).into(),
            added: Timestamp::from_millis(added_ms),
            id: [id; 16],
        })
    }

    fn counting(definitions: &[&Arc<Definition>]) -> Option<u32> {
        let mut all = Definitions::default();
        definitions.iter().for_each(|one| all.insert(Arc::clone(one)));
        let library = Library::default().with_custom(all.iter().map(|one| &*one.text));
        library.get(&"my-breath".parse().unwrap()).map(|exercise: &Exercise| exercise.minutes)
    }

    #[test]
    fn of_two_for_one_version_the_same_counts_in_any_order() {
        let (early, late) = (definition(9, 1, 11), definition(1, 2, 12));
        let twin = definition(8, 1, 13);
        for order in [[&early, &late, &twin], [&twin, &late, &early], [&late, &early, &twin]] {
            assert_eq!(counting(&order), Some(13), "added first, then the lower id");
        }
        assert_eq!(counting(&[&late, &early]), Some(11));
        assert_eq!(counting(&[&late, &late]), Some(12));
    }

    #[test]
    fn beyond_the_limit_those_added_first_stay_in_any_order() {
        let count = u8::try_from(DEFINITIONS_MAX).unwrap() + 3;
        let (mut forwards, mut backwards) = (Definitions::default(), Definitions::default());
        (0..count).for_each(|n| forwards.insert(definition(n, i64::from(n), 5)));
        (0..count).rev().for_each(|n| backwards.insert(definition(n, i64::from(n), 5)));
        let ids = |all: &Definitions| all.iter().map(|one| one.id[0]).collect::<Vec<_>>();
        assert_eq!(ids(&forwards), ids(&backwards));
        assert_eq!(ids(&forwards), (0..count - 3).collect::<Vec<_>>());
    }
}
