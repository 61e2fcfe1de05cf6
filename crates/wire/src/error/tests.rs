use haven_feed::{LinkHash, RecordId};

use super::*;

fn all() -> impl Iterator<Item = ErrorReason> {
    (0..128).filter_map(|number| ErrorReason::try_from(number).ok())
}

#[test]
fn every_reason_comes_back_from_its_status() {
    assert!(all().count() >= 29);
    for reason in all() {
        let status = Status::from(Refusal::new(reason));
        assert_eq!(Refusal::of(&status), Refusal::new(reason));
        assert_ne!(status.code(), Code::Ok, "{reason:?}");
        assert_eq!(status.message(), says(reason));
    }
}

#[test]
fn a_refusal_carries_its_facts() {
    let refusal = Refusal {
        reason: ErrorReason::FeedGap,
        position: Some((FeedId::from_bytes([1; 8]), Position { seq: 9, id: RecordId::from_bytes([2; 32]) })),
        roster_head: Some(RosterHead { seq: 4, hash: LinkHash::from_bytes([3; 32]) }),
        limit: 5,
        retry_after_ms: 6,
        record_index: Some(0),
    };
    assert_eq!(Refusal::of(&refusal.clone().into()), refusal);
}

#[test]
fn an_error_from_elsewhere_has_no_reason() {
    let other = details::attach(Code::Internal, "", "type.googleapis.com/other", &pb::ErrorDetail::default());
    let garbled = Status::with_details(Code::Internal, "", vec![0xff; 9].into());
    for status in [Status::unavailable("connection refused"), other, garbled] {
        assert_eq!(Refusal::of(&status), Refusal::new(ErrorReason::Unspecified));
    }
}

#[test]
fn a_reason_of_a_later_version_is_a_refusal_all_the_same() {
    let detail = pb::ErrorDetail { reason: 9_999, retry_after_ms: 6, ..Default::default() };
    let status = details::attach(Code::Internal, "new", TYPE_URL, &detail);
    let refusal = Refusal { retry_after_ms: 6, ..Refusal::new(ErrorReason::Unspecified) };
    assert_eq!(Refusal::find(&status), Some(refusal));
    assert_eq!(Refusal::find(&Status::unavailable("connection refused")), None);
}

#[test]
fn a_malformed_position_is_dropped_and_the_reason_kept() {
    let position = pb::Position { feed: vec![1; 3].into(), seq: 1, id: vec![1; 32].into() };
    let detail = pb::ErrorDetail {
        reason: ErrorReason::FeedForked.into(),
        position: Some(position),
        ..Default::default()
    };
    let status = details::attach(Code::AlreadyExists, "", TYPE_URL, &detail);
    assert_eq!(Refusal::of(&status), Refusal::new(ErrorReason::FeedForked));
}

#[test]
fn the_envelope_is_the_one_that_other_libraries_read() {
    // google.rpc.Status { code: 10, message: "the roster has moved on", details: [Any { type_url, value: { reason: 30 } }] }
    let status = Status::from(Refusal::new(ErrorReason::RosterMoved));
    let mut expected = vec![0x08, 10, 0x12, 23];
    expected.extend_from_slice(b"the roster has moved on");
    expected.extend_from_slice(&[0x1a, 2 + 45 + 2 + 2, 0x0a, 45]);
    expected.extend_from_slice(b"type.googleapis.com/haven.sync.v1.ErrorDetail");
    expected.extend_from_slice(&[0x12, 2, 0x08, 30]);
    assert_eq!(status.details(), expected);
}
