//! The people of the journal, and how one is named on a command line.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::definition::word_enum;
use crate::fold::fold;
use crate::id::{IdPrefix, PersonId};
use crate::label::{caseless, differ_in_case_only, spelt};
use crate::limits::NAME_CHARS_MAX;
use crate::nearest::nearest;
use crate::time::Timestamp;

/// The shortest beginning of an id that may name a person. Shorter ones are more likely a name such as "Ed".
const PREFIX_DIGITS_MIN: usize = 4;

/// Why a text is not a name. The text itself stays out of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is left once surrounding blanks are gone.
    #[error("a name needs at least one character")]
    Empty,
    /// The name is too long.
    #[error("a name has at most {NAME_CHARS_MAX} characters, this has {chars}")]
    TooLong {
        /// The characters found.
        chars: usize,
    },
    /// A line break or another control character is in the name.
    #[error("a name holds no line break and no control character")]
    Character,
}

/// A name of a person: 1 to 100 characters, kept as written but for how its letters are spelt, so that names which look alike
/// are one: NFC, single blanks, no character that nobody sees.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

impl PersonName {
    /// Makes a name from what a person typed, without surrounding blanks.
    ///
    /// # Errors
    /// [`NameError`] when nothing or too much is left or a character would break a line.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let name = spelt(text);
        let chars = name.chars().count();
        match chars {
            0 => Err(NameError::Empty),
            _ if name.contains(char::is_control) => Err(NameError::Character),
            1..=NAME_CHARS_MAX => Ok(Self(name)),
            _ => Err(NameError::TooLong { chars }),
        }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether another name differs in case only.
    pub fn differs_in_case_only(&self, other: &Self) -> bool {
        differ_in_case_only(&self.0, &other.0)
    }
}

impl FromStr for PersonName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({} bytes)", self.0.len())
    }
}

word_enum!(
    /// What somebody is to the writer, in neutral words; nobody has to say it.
    Relation, "relation" {
        /// The mother, or whoever was like one.
        Mother = "mother",
        /// The father, or whoever was like one.
        Father = "father",
        /// A partner.
        Partner = "partner",
        /// A friend.
        Friend = "friend",
        /// Somebody who was a partner.
        FormerPartner = "former-partner",
        /// Somebody else of the family.
        Family = "family",
        /// Somebody from work.
        Colleague = "colleague",
        /// Somebody next door.
        Neighbour = "neighbour",
        /// Somebody in the same home.
        Housemate = "housemate",
        /// Somebody who helps by profession.
        Professional = "professional",
        /// Anybody else.
        Other = "other",
    }
);

word_enum!(
    /// How close somebody is.
    Circle, "circle" {
        /// Among the closest.
        Inner = "inner",
        /// Close.
        Middle = "middle",
        /// Known.
        Outer = "outer",
    }
);

word_enum!(
    /// What somebody gives.
    Gift, "gift" {
        /// Listens.
        Listens = "listens",
        /// Helps with things.
        Practical = "practical",
        /// Is good company.
        Fun = "fun",
        /// Says the truth kindly.
        Honest = "honest",
    }
);

word_enum!(
    /// Whether it is safe to be open with somebody.
    Safe, "safe" {
        /// Yes.
        Yes = "yes",
        /// Mostly.
        Mostly = "mostly",
        /// No. Exercises that practise saying something ask first.
        No = "no",
    }
);

/// Somebody the journal is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id, the same on every device.
    pub id: PersonId,
    /// What the writer calls them.
    pub name: PersonName,
    /// What they are to the writer, if it was said.
    pub relation: Option<Relation>,
    /// How close they are, if it was said.
    pub circle: Option<Circle>,
    /// What they give.
    pub gives: BTreeSet<Gift>,
    /// Whether it is safe to be open with them, if it was said.
    pub safe: Option<Safe>,
    /// Whether they have died. Questions about the last weeks are not asked about them.
    pub died: bool,
    /// When a device first wrote them down.
    pub created: Timestamp,
}

impl Person {
    /// Begins somebody of whom only a name is known.
    pub fn new(id: PersonId, name: PersonName, created: Timestamp) -> Self {
        let (relation, circle, safe) = (None, None, None);
        Self { id, name, relation, circle, gives: BTreeSet::new(), safe, died: false, created }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({})", self.id)
    }
}

/// A change to what is said of somebody; what is absent stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonEdit {
    /// The new name.
    pub name: Option<PersonName>,
    /// The new relation; `Some(None)` takes it back.
    pub relation: Option<Option<Relation>>,
    /// The new circle; `Some(None)` takes it back.
    pub circle: Option<Option<Circle>>,
    /// What they give, too.
    pub add_gives: BTreeSet<Gift>,
    /// What they do not give after all.
    pub remove_gives: BTreeSet<Gift>,
    /// The new word on safety; `Some(None)` takes it back.
    pub safe: Option<Option<Safe>>,
    /// Whether they have died.
    pub died: Option<bool>,
}

impl fmt::Debug for PersonEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonEdit")
    }
}

/// Why a word does not name one person. The word itself stays out of the message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ResolveError {
    /// Nobody has this id or name.
    #[error("no one in People has a name that starts like that")]
    NotFound {
        /// Who was meant, perhaps, by id.
        perhaps: Vec<PersonId>,
    },
    /// Several people could be meant by this name or beginning of an id.
    #[error("{} people could be meant", could_be.len())]
    Ambiguous {
        /// Who could be meant, by id.
        could_be: Vec<PersonId>,
    },
}

/// Finds the one person that a word means: a full id, else the name exactly, else the name in another case, else also without
/// its accents, else the beginning of an id of at least four digits. The first of these that fits anybody decides.
///
/// # Errors
/// [`ResolveError`] when it means nobody or more than one.
pub fn resolve_person(people: &[Person], spec: &str) -> Result<PersonId, ResolveError> {
    let spec = spelt(spec);
    let by_id = spec.parse::<PersonId>().ok();
    if let Some(person) = people.iter().find(|person| by_id == Some(person.id)) {
        return Ok(person.id);
    }
    let (in_any_case, plain) = (caseless(&spec), fold(&spec));
    let exactly = |name: &str| name == spec;
    let but_for_case = |name: &str| caseless(name) == in_any_case;
    let but_for_accents = |name: &str| fold(name) == plain;
    let ways: [&dyn Fn(&str) -> bool; 3] = [&exactly, &but_for_case, &but_for_accents];
    for way in ways {
        match only(people.iter().filter(|person| way(person.name.as_str()))) {
            Err(ResolveError::NotFound { .. }) => {}
            found => return found,
        }
    }
    by_prefix(people, &spec).map_err(|fault| match fault {
        ResolveError::NotFound { .. } => ResolveError::NotFound { perhaps: near(people, &spec) },
        ambiguous => ambiguous,
    })
}

/// Finds the one person that a word means to somebody who looks for entries: as [`resolve_person`] does, else by the beginning of a
/// name. Nothing is written on a beginning.
///
/// # Errors
/// [`ResolveError`] when it means nobody or more than one.
pub fn look_up_person(people: &[Person], spec: &str) -> Result<PersonId, ResolveError> {
    let unknown = match resolve_person(people, spec) {
        Err(unknown @ ResolveError::NotFound { .. }) => unknown,
        found => return found,
    };
    let beginning = fold(&spelt(spec));
    let begins =
        |person: &&Person| !beginning.is_empty() && fold(person.name.as_str()).starts_with(&beginning);
    match only(people.iter().filter(begins)) {
        Err(ResolveError::NotFound { .. }) => Err(unknown),
        found => found,
    }
}

/// Who was meant, perhaps, by a name that nobody has.
fn near(people: &[Person], spec: &str) -> Vec<PersonId> {
    let names = nearest(spec, people.iter().map(|person| person.name.as_str()));
    let is_near = |person: &&Person| names.contains(&person.name.as_str());
    people.iter().filter(is_near).map(|person| person.id).collect()
}

fn by_prefix(people: &[Person], spec: &str) -> Result<PersonId, ResolveError> {
    let prefix: IdPrefix = spec.parse().map_err(|_| nobody())?;
    if spec.len() < PREFIX_DIGITS_MIN {
        return Err(nobody());
    }
    only(people.iter().filter(|person| prefix.matches_person(&person.id)))
}

fn nobody() -> ResolveError {
    ResolveError::NotFound { perhaps: Vec::new() }
}

fn only<'a>(people: impl Iterator<Item = &'a Person>) -> Result<PersonId, ResolveError> {
    let could_be: Vec<PersonId> = people.map(|person| person.id).collect();
    match could_be.as_slice() {
        [] => Err(nobody()),
        [one] => Ok(*one),
        _ => Err(ResolveError::Ambiguous { could_be }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first: u8, name: &str) -> Person {
        let mut bytes = [0xee; 16];
        bytes[0] = first;
        Person::new(PersonId::from_bytes(bytes), name.parse().unwrap(), Timestamp::default())
    }

    #[test]
    fn a_person_is_found_by_id_name_or_beginning() {
        let people = [
            person(0x0a, "Anna"),
            person(0x0b, "Jörg Müller"),
            person(0xed, "Ed"),
            person(0x0d, "anna"),
            person(0x0e, "0aee"),
            person(0x0c, "José"),
            person(0x1c, "Jose"),
            person(0x2a, "René"),
            person(0x3a, "RENE\u{301}"),
        ];
        let ambiguous = |which: &[usize]| {
            Err(ResolveError::Ambiguous { could_be: which.iter().map(|index| people[*index].id).collect() })
        };
        let perhaps = |which: &[usize]| ResolveError::NotFound {
            perhaps: which.iter().map(|index| people[*index].id).collect(),
        };
        let full = people[0].id.to_string();
        let cases = [
            (full.as_str(), Ok(0)),
            ("jorg muller", Ok(1)),
            (" JÖRG MÜLLER ", Ok(1)),
            ("ED", Ok(2)),
            ("0bee", Ok(1)),
            ("0DEEE", Ok(3)),
            ("0aee", Ok(4)),
            ("anna", Ok(3)),
            ("Anna", Ok(0)),
            ("ANNA", ambiguous(&[0, 3])),
            ("jose", Ok(6)),
            ("JOSÉ", Ok(5)),
            ("jose\u{301}", Ok(5)),
            ("josè", ambiguous(&[5, 6])),
            ("rene", ambiguous(&[7, 8])),
            ("Rene\u{301}", Ok(7)),
            ("0b", Err(nobody())),
            ("jorg", Err(perhaps(&[1]))),
            ("", Err(nobody())),
            ("ffffffffffffffffffffffffffffffff", Err(nobody())),
        ];
        for (spec, expected) in cases {
            assert_eq!(
                resolve_person(&people, spec),
                expected.map(|index: usize| people[index].id),
                "{spec}"
            );
        }
    }

    #[test]
    fn whoever_looks_for_somebody_may_type_how_their_name_begins() {
        let people = [person(1, "Anna Lee"), person(2, "Ännchen"), person(3, "Bob"), person(4, "An")];
        let ambiguous = |which: &[usize]| {
            Err(ResolveError::Ambiguous { could_be: which.iter().map(|at| people[*at].id).collect() })
        };
        let cases = [
            ("Anna Lee", Ok(people[0].id)),
            ("anna l", Ok(people[0].id)),
            ("an", Ok(people[3].id)),
            ("ann", ambiguous(&[0, 1])),
            ("B", Ok(people[2].id)),
            ("", Err(nobody())),
            ("Lee", Err(nobody())),
        ];
        for (spec, expected) in cases {
            assert_eq!(look_up_person(&people, spec), expected, "{spec}");
        }
        assert!(resolve_person(&people, "anna l").is_err(), "nothing is written on a beginning");
    }

    #[test]
    fn a_beginning_two_people_share_is_ambiguous() {
        let mut twin = person(0x0a, "Bert");
        twin.id = PersonId::from_bytes([&[0x0a, 0xee, 0xee][..], &[0; 13][..]].concat().try_into().unwrap());
        let people = [person(0x0a, "Anna"), twin];
        let could_be = people.iter().map(|person| person.id).collect();
        assert_eq!(resolve_person(&people, "0aee"), Err(ResolveError::Ambiguous { could_be }));
        assert_eq!(resolve_person(&people, "0aeeee0"), Ok(people[1].id));
    }

    #[test]
    fn a_name_is_one_line_of_up_to_a_hundred_characters() {
        assert_eq!(PersonName::new("  Mum ").unwrap().as_str(), "Mum");
        assert!(PersonName::new(&"ä".repeat(100)).is_ok());
        let cases = [
            (" ".to_owned(), NameError::Empty),
            ("a\nb".to_owned(), NameError::Character),
            ("ä".repeat(101), NameError::TooLong { chars: 101 }),
        ];
        for (text, expected) in cases {
            assert_eq!(PersonName::new(&text), Err(expected));
        }
    }

    #[test]
    fn debug_shows_no_name() {
        assert!(!format!("{:?}", person(1, "Anna")).contains("Anna"));
    }
}
