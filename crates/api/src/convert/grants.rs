//! Grants, there and back.

use std::collections::BTreeSet;

use haven_core::time::Timestamp;

use super::{sent, unreadable};
use crate::error::ApiError;
use crate::grants::{Grant, Scope};
use crate::pb;

/// Writes a scope.
pub fn scope_to_pb(scope: Scope) -> pb::Scope {
    match scope {
        Scope::Read => pb::Scope::Read,
        Scope::Write => pb::Scope::Write,
        Scope::Practice => pb::Scope::Practice,
        Scope::Share => pb::Scope::Share,
        Scope::Devices => pb::Scope::Devices,
        Scope::Admin => pb::Scope::Admin,
    }
}

/// Reads scopes; `None` if one of them is none that this build knows.
pub fn scopes_from_pb(scopes: &[i32]) -> Option<BTreeSet<Scope>> {
    let known = |scope: &i32| Scope::ALL.into_iter().find(|known| i32::from(scope_to_pb(*known)) == *scope);
    scopes.iter().map(known).collect()
}

/// Writes a grant.
pub fn grant_to_pb(grant: Grant) -> pb::Grant {
    pb::Grant {
        id: grant.id,
        name: grant.name,
        scopes: grant.scopes.into_iter().map(|scope| scope_to_pb(scope).into()).collect(),
        is_page: grant.is_page,
        made_ms: grant.made.as_millis(),
        used_ms: grant.used.map_or(0, Timestamp::as_millis),
        ends_ms: grant.ends.map_or(0, Timestamp::as_millis),
    }
}

/// Reads a grant.
///
/// # Errors
/// The device sent none, or a scope that this client does not know.
pub fn grant_from_pb(grant: Option<pb::Grant>) -> Result<Grant, ApiError> {
    let grant = sent(grant, "grant")?;
    Ok(Grant {
        scopes: scopes_from_pb(&grant.scopes).ok_or_else(|| unreadable("scopes"))?,
        id: grant.id,
        name: grant.name,
        is_page: grant.is_page,
        made: Timestamp::from_millis(grant.made_ms),
        used: some(grant.used_ms),
        ends: some(grant.ends_ms),
    })
}

/// A time that may be missing; 0 stands for none.
pub fn some(ms: i64) -> Option<Timestamp> {
    (ms != 0).then(|| Timestamp::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_comes_back_as_it_went() {
        for (used, ends) in [(None, None), (Some(7), None), (Some(7), Some(9))] {
            let grant = Grant {
                id: "0123456789abcdef".into(),
                name: "mood".into(),
                scopes: Scope::ALL.into(),
                is_page: ends.is_some(),
                made: Timestamp::from_millis(5),
                used: used.map(Timestamp::from_millis),
                ends: ends.map(Timestamp::from_millis),
            };
            assert_eq!(grant_from_pb(Some(grant_to_pb(grant.clone()))), Ok(grant));
        }
    }

    #[test]
    fn a_scope_of_a_later_release_is_not_taken_for_another() {
        let later = pb::Grant { scopes: vec![1, 77], ..pb::Grant::default() };
        assert_eq!(grant_from_pb(Some(later)).unwrap_err().name(), "UNSUPPORTED");
        assert_eq!(scopes_from_pb(&[0]), None);
        assert_eq!(scopes_from_pb(&[6, 1, 1]), Some([Scope::Read, Scope::Admin].into()));
        assert!(grant_from_pb(None).is_err());
    }
}
