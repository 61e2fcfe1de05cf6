//! Names of exercises and of their questions, as entries keep them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::limits::FIELD_ID_BYTES_MAX;

/// Why a text is no name of an exercise or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameFault {
    /// The text is no id of an exercise.
    #[error("an exercise id has 3 to 40 characters, each a-z, 0-9 or -")]
    Exercise,
    /// The text names no version of an exercise.
    #[error("an exercise and its version are written as in thought-check@1")]
    Version,
    /// The text is no id of a field.
    #[error(
        "a field id begins with a-z and has up to {FIELD_ID_BYTES_MAX} characters, each a-z, 0-9 or _; a repeated later field adds when, as in rerate@P7D"
    )]
    Field,
}

/// The id of an exercise or a measure: `[a-z0-9-]{3,40}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExerciseId(String);

impl ExerciseId {
    /// Returns the id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExerciseId {
    type Err = NameFault;

    fn from_str(text: &str) -> Result<Self, NameFault> {
        let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let fits = (3..=40).contains(&text.len()) && text.bytes().all(known);
        if fits { Ok(Self(text.to_owned())) } else { Err(NameFault::Exercise) }
    }
}

impl fmt::Display for ExerciseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One version of one exercise. An entry keeps the version it was made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExerciseRef {
    /// The id of the exercise.
    pub id: ExerciseId,
    /// Its version, from 1.
    pub version: u32,
}

impl fmt::Display for ExerciseRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.id, self.version)
    }
}

impl FromStr for ExerciseRef {
    type Err = NameFault;

    fn from_str(text: &str) -> Result<Self, NameFault> {
        let (id, version) = text.split_once('@').ok_or(NameFault::Version)?;
        let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        match version.parse() {
            Ok(version) if digits && version > 0 => Ok(Self { id: id.parse()?, version }),
            _ => Err(NameFault::Version),
        }
    }
}

/// The id of a field of an exercise: `[a-z][a-z0-9_]{0,39}`.
///
/// A field that is asked again later, on several occasions, has one answer for each: `rerate@P7D`, `rerate@P28D`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(String);

impl FieldId {
    /// Returns the id as written, with the occasion if there is one.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the id of the field without the occasion.
    pub fn base(&self) -> &str {
        self.0.split('@').next().unwrap_or(&self.0)
    }

    /// Returns when the field was asked, such as `P7D`, for a field that is asked on several occasions.
    pub fn occasion(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, occasion)| occasion)
    }
}

impl FromStr for FieldId {
    type Err = NameFault;

    fn from_str(text: &str) -> Result<Self, NameFault> {
        let (base, occasion) = text.split_once('@').map_or((text, None), |(base, when)| (base, Some(when)));
        let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let named = (1..=FIELD_ID_BYTES_MAX).contains(&base.len())
            && base.starts_with(|first: char| first.is_ascii_lowercase())
            && base.bytes().all(known);
        if named && occasion.is_none_or(is_occasion) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameFault::Field)
        }
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_occasion(text: &str) -> bool {
    (3..=8).contains(&text.len())
        && text.starts_with('P')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exercise_id_is_short_and_plain() {
        let forty = "a".repeat(40);
        for text in ["abc", "thought-check", "slow-breath-2", forty.as_str()] {
            assert_eq!(text.parse::<ExerciseId>().unwrap().as_str(), text);
        }
        let long = "a".repeat(41);
        for text in ["", "ab", "Thought", "a b c", "a_b", "äää", "a@1", long.as_str()] {
            assert_eq!(text.parse::<ExerciseId>(), Err(NameFault::Exercise), "{text}");
        }
    }

    #[test]
    fn a_version_belongs_to_an_exercise() {
        let reference: ExerciseRef = "thought-check@12".parse().unwrap();
        assert_eq!((reference.id.as_str(), reference.version), ("thought-check", 12));
        assert_eq!(reference.to_string(), "thought-check@12");
        for text in
            ["thought-check", "thought-check@", "thought-check@0", "thought-check@+1", "thought-check@x"]
        {
            assert_eq!(text.parse::<ExerciseRef>(), Err(NameFault::Version), "{text}");
        }
        assert_eq!("t@1".parse::<ExerciseRef>(), Err(NameFault::Exercise));
    }

    #[test]
    fn a_field_id_is_plain_and_may_name_an_occasion() {
        let plain: FieldId = "suds_before".parse().unwrap();
        assert_eq!((plain.base(), plain.occasion()), ("suds_before", None));
        let later: FieldId = "rerate@P7D".parse().unwrap();
        assert_eq!((later.base(), later.occasion()), ("rerate", Some("P7D")));
        let long = "a".repeat(41);
        for text in ["", "1a", "_a", "A", "a-b", "a b", "a@", "a@7d", "a@P7D@P8D", "@P7D", long.as_str()] {
            assert_eq!(text.parse::<FieldId>(), Err(NameFault::Field), "{text}");
        }
    }
}
