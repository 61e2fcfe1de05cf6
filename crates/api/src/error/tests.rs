use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason as Wire;

use super::*;

fn all() -> impl Iterator<Item = ErrorReason> {
    (0..128).filter_map(|number| ErrorReason::try_from(number).ok())
}

#[test]
fn every_error_comes_back_from_its_status() {
    assert!(all().count() >= 37);
    for reason in all() {
        let error = ApiError::new(reason, "it failed")
            .at_terminal("Run it again.")
            .retry_after(7)
            .with_candidates(["a".to_owned(), "b".to_owned()])
            .with_faults(vec![Fault::new("wrong", "Right it.").of_field("urge").at_line(3)]);
        let status = Status::from(error.clone());
        assert_ne!(status.code(), Code::Ok, "{reason:?}");
        assert_eq!(ApiError::from(status), error);
    }
}

#[test]
fn every_reason_says_why_and_what_next() {
    let silent = [ErrorReason::InvalidArgument];
    let nothing_to_do = [ErrorReason::ConfirmationNeeded, ErrorReason::Cancelled];
    for reason in all().filter(|reason| !silent.contains(reason)) {
        let error = ApiError::new(reason, "it failed");
        assert!(!error.why.is_empty() && !error.why.ends_with('.'), "{reason:?}");
        for next in [&*error.next, error.next_at_terminal()] {
            let is_sentence = next.ends_with('.') && next.starts_with(|c: char| c.is_uppercase());
            assert!(is_sentence || nothing_to_do.contains(&reason), "{reason:?}: {next}");
        }
    }
}

/// What is more known than usual replaces the usual step of both kinds.
#[test]
fn a_step_of_ones_own_is_told_at_a_terminal_too() {
    let locked = ApiError::new(ErrorReason::Locked, "not saved");
    assert_eq!(locked.next, "Unlock it with your passphrase, then try again.");
    assert_eq!(locked.next_at_terminal(), "Open it with `haven unlock`.");
    let told = locked.with_next("Wait.");
    assert_eq!((&*told.next, told.next_at_terminal()), ("Wait.", "Wait."));
    assert_eq!(told.at_terminal("`haven wait`.").next_at_terminal(), "`haven wait`.");
}

#[test]
fn names_are_what_scripts_see() {
    assert_eq!(name(ErrorReason::Locked), "LOCKED");
    assert_eq!(ApiError::new(ErrorReason::StorageInUse, "").name(), "STORAGE_IN_USE");
}

#[test]
fn an_error_without_a_detail_is_named_by_its_code() {
    let broken = || Status::from_error(Box::new(std::io::Error::other("broken pipe")));
    let cases = [
        (Status::unavailable("connection refused"), ErrorReason::DaemonUnreachable),
        (Status::unimplemented(""), ErrorReason::Unsupported),
        (Status::deadline_exceeded(""), ErrorReason::TimedOut),
        (Status::cancelled(""), ErrorReason::Cancelled),
        (Status::out_of_range("decoded message too large"), ErrorReason::TooLarge),
        (broken(), ErrorReason::DaemonUnreachable),
        (Status::unknown("?"), ErrorReason::Internal),
    ];
    for (status, reason) in cases {
        assert_eq!(ApiError::from(status.clone()).reason, reason, "{status:?}");
    }
}

#[test]
fn candidates_are_few() {
    let error = ApiError::new(ErrorReason::AmbiguousId, "").with_candidates((0..50).map(|n| n.to_string()));
    assert_eq!(error.candidates.len(), CANDIDATES_MAX);
}

#[test]
fn a_refusal_of_the_server_is_told_in_the_words_of_the_device() {
    let cases = [
        (Wire::InviteUsed, ErrorReason::InviteUsed, "the invite was used before"),
        // A removal is told by the link that did it; a server's word is only a refusal.
        (Wire::FeedRemoved, ErrorReason::ServerRefused, "the roster removed this feed"),
        (Wire::QuotaExceeded, ErrorReason::ServerRefused, "the space is full"),
        (Wire::Unspecified, ErrorReason::ServerUnreachable, "the server doesn't answer"),
        (Wire::MailboxExpired, ErrorReason::CodeExpired, "the code's two minutes are over"),
    ];
    for (refused, reason, why) in cases {
        let error = ApiError::refused("not linked", &Refusal::new(refused));
        assert_eq!((error.reason, &*error.why), (reason, why));
    }
}

#[test]
fn an_error_reads_as_one_line() {
    let error = ApiError::new(ErrorReason::Locked, "not saved");
    assert_eq!(error.to_string(), "not saved: the journal is locked");
    assert_eq!(error.because("").to_string(), "not saved");
}

/// Whoever reads it may be in a hurry, and the folder in question may hold all there is.
#[test]
fn no_advice_is_to_remove_anything() {
    for reason in all() {
        let error = ApiError::new(reason, "");
        for next in [error.next.to_lowercase(), error.next_at_terminal().to_lowercase()] {
            // A device that nobody has is taken out by this; no word goes with it.
            let next = next.replace("`haven device remove id`", "");
            for word in ["remov", "delet", "erase", "rm ", "wipe"] {
                assert!(!next.contains(word), "{reason:?}: {next}");
            }
        }
    }
}
