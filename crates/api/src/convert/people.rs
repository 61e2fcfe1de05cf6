//! People, there and back.

use haven_core::person::Person;
use haven_core::time::Timestamp;

use super::read;
use crate::error::ApiError;
use crate::pb;

/// Writes a person.
pub fn to_pb(person: &Person) -> pb::Person {
    pb::Person {
        id: person.id.to_string(),
        name: person.name.to_string(),
        created_ms: person.created.as_millis(),
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
        created: Timestamp::from_millis(person.created_ms),
    })
}
