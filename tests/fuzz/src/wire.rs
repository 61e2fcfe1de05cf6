//! What a server says to a device, and a device to a server.

use haven_engine::sync::check_invite;
use haven_feed::{FeedId, Position, RecordId, RosterHead, SpaceId, StoreId, Vector};
use haven_wire::error::Refusal;
use haven_wire::pb::{self, ErrorReason};
use haven_wire::position::{head_from_pb, head_to_pb, position_from_pb, vector_from_pb, vector_to_pb};
use haven_wire::request::{array, id};
use haven_wire::session::Token;
use prost::Message;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

use crate::target::Target;

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "sync", about: "messages between a device and a server", seeds, run, sample: 2_000 },
    Target {
        name: "refusals",
        about: "a server's refusals, and tokens",
        seeds: refusal_seeds,
        run: refusals,
        sample: 2_000,
    },
];

fn seeds() -> Vec<Vec<u8>> {
    let positions = |count: u8| -> Vec<pb::Position> {
        let position = |n| {
            (
                FeedId::from_bytes([n; 8]),
                Position { seq: u64::from(n) + 1, id: RecordId::from_bytes([n; 32]) },
            )
        };
        vector_to_pb(&(0..count).map(position).collect::<Vector>())
    };
    let head = head_to_pb(RosterHead { seq: 3, hash: haven_feed::LinkHash::from_bytes([4; 32]) });
    let push = pb::PushRequest { records: vec![vec![1; 40].into()], ..Default::default() };
    let pushed = pb::PushResponse { vector: positions(3) };
    let link = pb::AppendLinkRequest { link: vec![1; 60].into(), ..Default::default() };
    let links = pb::ListLinksResponse { links: vec![vec![1; 60].into()], ..Default::default() };
    let appended = pb::AppendLinkResponse { head: Some(head) };
    let post = pb::PostMessageRequest { mailbox: vec![1; 16].into(), index: 2, message: vec![3; 70].into() };
    let log_in = pb::LogInRequest { signature: vec![5; 64].into(), ..Default::default() };
    vec![
        push.encode_to_vec(),
        pushed.encode_to_vec(),
        link.encode_to_vec(),
        links.encode_to_vec(),
        appended.encode_to_vec(),
        post.encode_to_vec(),
        log_in.encode_to_vec(),
    ]
}

fn run(bytes: &[u8]) {
    if let Ok(position) = pb::Position::decode(bytes) {
        let _ = position_from_pb(&position);
    }
    let _ = head_from_pb(pb::RosterHead::decode(bytes).ok().as_ref());
    if let Ok(pushed) = pb::PushResponse::decode(bytes)
        && let Ok(vector) = vector_from_pb(&pushed.vector)
    {
        assert_eq!(vector_from_pb(&vector_to_pb(&vector)).ok(), Some(vector));
    }
    if let Ok(appended) = pb::AppendLinkResponse::decode(bytes)
        && let Ok(head) = head_from_pb(appended.head.as_ref())
    {
        assert_eq!(head_from_pb(Some(&head_to_pb(head))).ok(), Some(head));
    }
    let _ = pb::PullResponse::decode(bytes);
    let _ = pb::PullRequest::decode(bytes);
    let _ = (
        pb::PushRequest::decode(bytes),
        pb::AppendLinkRequest::decode(bytes),
        pb::ListLinksResponse::decode(bytes),
    );
    let _ = (
        pb::GetServerResponse::decode(bytes),
        pb::ChallengeResponse::decode(bytes),
        pb::CreateSpaceRequest::decode(bytes),
    );
    if let Ok(request) = pb::LogInRequest::decode(bytes) {
        let _ = array::<64>(&request.signature, "signature");
    }
    if let Ok(post) = pb::PostMessageRequest::decode(bytes) {
        let _ = array::<16>(&post.mailbox, "mailbox");
    }
    let _ = (id::<SpaceId>(bytes, "space"), id::<StoreId>(bytes, "store"));
}

fn refusal_seeds() -> Vec<Vec<u8>> {
    let head = RosterHead { seq: 3, hash: haven_feed::LinkHash::from_bytes([4; 32]) };
    let busy = Refusal {
        limit: 7,
        retry_after_ms: 50,
        roster_head: Some(head),
        ..Refusal::new(ErrorReason::RateLimited)
    };
    vec![
        Status::from(busy).details().to_vec(),
        b"Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_vec(),
        b"0000-0000".to_vec(),
    ]
}

fn refusals(bytes: &[u8]) {
    let refusal = Refusal::of(&Status::with_details(Code::Internal, "", bytes.to_vec().into()));
    let again = Refusal::of(&Status::from(refusal.clone()));
    assert_eq!((again.limit, again.position), (refusal.limit, refusal.position));
    let mut metadata = MetadataMap::new();
    if let Ok(value) = MetadataValue::try_from(bytes) {
        metadata.insert("authorization", value);
        if let Some(token) = Token::find(&metadata) {
            token.attach(&mut metadata);
            assert_eq!(Token::find(&metadata).map(|again| *again.as_bytes()), Some(*token.as_bytes()));
        }
    }
    let _ = check_invite(&String::from_utf8_lossy(bytes), &[7; 32]);
}
