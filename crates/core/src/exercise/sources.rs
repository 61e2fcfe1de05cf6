//! What stands behind an exercise, as a person can look it up.

use std::collections::BTreeMap;

use super::Evidence;

/// Where the sources were published, by the keys that `refs` name.
const SOURCES: &str = include_str!("../../content/sources.toml");

impl Evidence {
    /// Returns the sources as they are cited. A key that Haven does not know, in an exercise that somebody added, is shown as it is.
    pub fn sources(&self) -> Vec<String> {
        if self.refs.is_empty() {
            return Vec::new();
        }
        let known = published();
        self.refs.iter().map(|key| known.get(key).unwrap_or(key).clone()).collect()
    }
}

/// Reads the sources. A test reads them too; were the file damaged all the same, the keys stand for themselves.
fn published() -> BTreeMap<String, String> {
    toml::from_str(SOURCES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Library;
    use crate::exercise::Grade;

    #[test]
    fn every_reference_is_published_somewhere_and_every_source_is_used() {
        let library = Library::built_in().unwrap();
        let mut unused = published();
        assert!(!unused.is_empty());
        for exercise in library.iter() {
            let Evidence { grade, refs, .. } = &exercise.evidence;
            assert_eq!(
                !refs.is_empty(),
                matches!(grade, Grade::Trial | Grade::Review) || exercise.id.as_str() == "slow-breath",
                "{}",
                exercise.id
            );
            for (key, source) in refs.iter().zip(exercise.evidence.sources()) {
                assert!(source != *key && source.contains(char::is_numeric), "{key}");
                unused.remove(key);
            }
        }
        assert_eq!(unused, BTreeMap::new());
    }
}
