//! Asking back about a name that was mistyped. The device says what is near; nothing is done on a guess.

use haven_api::error::ErrorReason;
use haven_core::id::PersonId;

use crate::args::ask_back;
use crate::daemon;
use crate::fault::Fault;

/// Says of a name that nothing has what was meant, perhaps.
pub(super) async fn asked_back(fault: Fault) -> Fault {
    let is_unknown = matches!(fault.reason(), ErrorReason::NotFound | ErrorReason::InvalidArgument);
    if !is_unknown || fault.candidates().is_empty() {
        return fault;
    }
    let people: Result<Vec<PersonId>, _> = fault.candidates().iter().map(|id| id.parse()).collect();
    let near = match people {
        Ok(people) => names(&people).await,
        Err(_) => fault.candidates().to_vec(),
    };
    let next = format!("{}{}", ask_back(&near), fault.next());
    fault.with_next(next)
}

/// What these people are called: an id would tell nobody who it is.
async fn names(near: &[PersonId]) -> Vec<String> {
    let Ok(Some(haven)) = daemon::running().await else { return Vec::new() };
    let people = haven.people().await.unwrap_or_default();
    let near = people.iter().filter(|person| near.contains(&person.id));
    near.map(|person| person.name.to_string()).collect()
}
