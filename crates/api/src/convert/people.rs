//! People, there and back.

use std::collections::BTreeSet;
use std::str::FromStr;

use haven_core::exercise::UnknownWord;
use haven_core::fault::either;
use haven_core::person::{Person, PersonEdit, PersonName};
use haven_core::time::Timestamp;

use super::{read, read_some, text};
use crate::error::ApiError;
use crate::pb;

/// Writes a person.
pub fn to_pb(person: &Person) -> pb::Person {
    pb::Person {
        id: person.id.to_string(),
        name: person.name.to_string(),
        created_ms: person.created.as_millis(),
        relation: text(person.relation),
        circle: text(person.circle),
        gives: person.gives.iter().map(ToString::to_string).collect(),
        safe: text(person.safe),
        died: person.died,
    }
}

/// Reads a person.
///
/// # Errors
/// The device wrote something that is none.
pub fn from_pb(person: &pb::Person) -> Result<Person, ApiError> {
    Ok(Person {
        id: read(&person.id, "person")?,
        name: read(&person.name, "name")?,
        relation: read_some(&person.relation, "relation")?,
        circle: read_some(&person.circle, "circle")?,
        gives: person.gives.iter().map(|gift| read(gift, "gifts")).collect::<Result<_, _>>()?,
        safe: read_some(&person.safe, "safety")?,
        died: person.died,
        created: Timestamp::from_millis(person.created_ms),
    })
}

/// Writes what a client changes of somebody.
pub fn edit_to_pb(person: &str, edit: &PersonEdit) -> pb::EditPersonRequest {
    pb::EditPersonRequest {
        person: person.to_owned(),
        name: edit.name.as_ref().map(ToString::to_string),
        relation: edit.relation.map(text),
        circle: edit.circle.map(text),
        add_gives: edit.add_gives.iter().map(ToString::to_string).collect(),
        remove_gives: edit.remove_gives.iter().map(ToString::to_string).collect(),
        safe: edit.safe.map(text),
        died: edit.died,
    }
}

/// Reads what a client changes of somebody, besides who it is.
///
/// # Errors
/// A name or a word that is none; the error says which there are.
pub fn edit_from_pb(request: &pb::EditPersonRequest) -> Result<PersonEdit, ApiError> {
    Ok(PersonEdit {
        name: request.name.as_deref().map(name).transpose()?,
        relation: word(request.relation.as_deref())?,
        circle: word(request.circle.as_deref())?,
        add_gives: words(&request.add_gives)?,
        remove_gives: words(&request.remove_gives)?,
        safe: word(request.safe.as_deref())?,
        died: request.died,
    })
}

/// Reads a name.
///
/// # Errors
/// It is none; the error says what a name is.
pub fn name(text: &str) -> Result<PersonName, ApiError> {
    PersonName::new(text).map_err(|error| {
        ApiError::invalid("the name can't be used", error)
            .with_next("Give the name you call them by, in one line.")
    })
}

fn word<T: FromStr<Err = UnknownWord>>(text: Option<&str>) -> Result<Option<Option<T>>, ApiError> {
    match text {
        None => Ok(None),
        Some("") => Ok(Some(None)),
        Some(text) => text.parse().map(|word| Some(Some(word))).map_err(unknown),
    }
}

fn words<T: FromStr<Err = UnknownWord> + Ord>(texts: &[String]) -> Result<BTreeSet<T>, ApiError> {
    texts.iter().map(|text| text.parse().map_err(unknown)).collect()
}

fn unknown(word: UnknownWord) -> ApiError {
    let next = format!("Give {}.", either(word.known));
    ApiError::invalid(format!("the {} can't be used", word.noun), "there's no such word for it")
        .with_next(next)
}

#[cfg(test)]
mod tests {
    use haven_core::id::PersonId;
    use haven_core::person::{Circle, Gift, Relation, Safe};

    use super::*;

    #[test]
    fn a_client_reads_what_the_device_says_of_somebody() {
        let plain = Person::new(PersonId::from_bytes([7; 16]), "Ann".parse().unwrap(), Timestamp::default());
        let full = Person {
            relation: Some(Relation::Friend),
            circle: Some(Circle::Inner),
            gives: [Gift::Fun, Gift::Listens].into(),
            safe: Some(Safe::No),
            died: true,
            ..plain.clone()
        };
        for person in [plain, full] {
            assert_eq!(from_pb(&to_pb(&person)), Ok(person));
        }
    }

    #[test]
    fn the_device_reads_what_a_client_changes() {
        let edits = [
            PersonEdit::default(),
            PersonEdit {
                name: Some("Ann".parse().unwrap()),
                relation: Some(Some(Relation::Mother)),
                circle: Some(None),
                add_gives: [Gift::Honest].into(),
                remove_gives: [Gift::Practical].into(),
                safe: Some(Some(Safe::Mostly)),
                died: Some(false),
            },
        ];
        for edit in edits {
            assert_eq!(edit_from_pb(&edit_to_pb("Ann", &edit)), Ok(edit));
        }
    }

    #[test]
    fn a_word_that_is_none_is_refused_with_those_there_are() {
        let request = pb::EditPersonRequest { circle: Some("near".to_owned()), ..Default::default() };
        let error = edit_from_pb(&request).unwrap_err();
        assert_eq!(error.name(), "INVALID_ARGUMENT");
        assert_eq!(error.next, "Give inner, middle or outer.");
        let request = pb::EditPersonRequest { name: Some(" ".to_owned()), ..Default::default() };
        assert_eq!(edit_from_pb(&request).unwrap_err().name(), "INVALID_ARGUMENT");
    }
}
