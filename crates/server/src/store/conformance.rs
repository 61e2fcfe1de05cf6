//! What every store does. Each implementation runs it.

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::{Digest, digest};
use haven_feed::exchange::Run;
use haven_feed::record::PREFIX_LEN;
use haven_feed::{FeedId, PaperId, Position, RecordId, SpaceId, StoreId};

use super::{Beginning, Change, InviteState, MailboxRow, Reader, Store, StoreFault, Stored};

/// The id that the suite's stores have.
pub(crate) const STORE_ID: StoreId = StoreId::from_bytes([9; 16]);

const A: SpaceId = SpaceId::from_bytes([0xaa; 32]);
const B: SpaceId = SpaceId::from_bytes([0xbb; 32]);
const PHONE: FeedId = FeedId::from_bytes([1; 8]);
const LAPTOP: FeedId = FeedId::from_bytes([2; 8]);
/// Bytes of the suite's records.
const LEN: usize = 1_000;

/// Runs the suite on new stores.
pub(crate) fn run(mut make: impl FnMut() -> Box<dyn Store>) {
    let cases: [fn(&mut dyn Store); 14] = [
        an_invite_is_good_once,
        a_space_is_there_with_its_links,
        links_come_in_pieces,
        feeds_stand_where_they_were_moved,
        records_come_in_the_order_of_arrival,
        records_come_in_pieces_that_join,
        records_are_read_up_to_their_bodies,
        a_body_takes_the_place_of_its_husk,
        bodies_come_as_they_were_asked_for,
        a_space_is_found_by_its_papers,
        a_mailbox_stays_until_it_is_over,
        nothing_of_another_space_comes_out,
        a_commit_is_all_or_nothing,
        totals_count,
    ];
    for case in cases {
        case(&mut *make());
    }
}

fn an_invite_is_good_once(store: &mut dyn Store) {
    assert_eq!(store.store_id(), STORE_ID);
    assert_eq!(store.invite(&ticket(1)), Ok(None));
    store.commit(&[Change::Invite { ticket: ticket(1) }]).expect("invited");
    assert_eq!(store.invite(&ticket(1)), Ok(Some(InviteState::Open)));
    store.commit(&[Change::Space { space: A, ticket: ticket(1) }]).expect("used");
    assert_eq!(store.invite(&ticket(1)), Ok(Some(InviteState::UsedFor(A))));
    for spent in [1, 2] {
        let again = [Change::Space { space: B, ticket: ticket(spent) }];
        assert_eq!(store.commit(&again), Err(StoreFault::InviteSpent));
    }
    let mut reader = store.reader().expect("a reader");
    assert_eq!(reader.invite(&ticket(1)), Ok(Some(InviteState::UsedFor(A))));
    store.commit(&[Change::Invite { ticket: ticket(3) }]).expect("invited");
    let taken = [Change::Space { space: A, ticket: ticket(3) }];
    assert_eq!(store.commit(&taken), Err(StoreFault::SpaceTaken));
    assert_eq!(store.invite(&ticket(3)), Ok(Some(InviteState::Open)), "it is not spent");
}

fn a_space_is_there_with_its_links(store: &mut dyn Store) {
    assert_eq!(store.space(&A), Ok(None));
    begin(store, B);
    assert_eq!(store.space(&A), Ok(None));
    begin(store, A);
    assert_eq!(store.spaces(), Ok(vec![A, B]));
    store.commit(&[link(A, 1)]).expect("linked");
    let row = store.space(&A).expect("read").expect("a space");
    assert_eq!(row.feeds, []);
    assert_eq!(store.links(&A, 0, usize::MAX), Ok(vec![link_bytes(0), link_bytes(1)]));
    assert_eq!(store.commit(&[link(A, 1)]), Err(StoreFault::Conflict));
    assert_eq!(store.reader().expect("a reader").space(&A), Ok(Some(row)));
}

fn links_come_in_pieces(store: &mut dyn Store) {
    begin(store, A);
    store.commit(&(1..10).map(|seq| link(A, seq)).collect::<Vec<_>>()).expect("linked");
    let mut read = |from, bytes_max| {
        let links = store.links(&A, from, bytes_max).expect("read");
        links.iter().map(|link| u64::from(link[0])).collect::<Vec<_>>()
    };
    assert_eq!(read(0, usize::MAX), Vec::from_iter(0..10));
    assert_eq!(read(7, usize::MAX), [7, 8, 9]);
    assert_eq!(read(3, 0), [3], "one comes, however little room there is");
    assert_eq!(read(3, 2 * link_bytes(0).len()), [3, 4]);
    assert_eq!(read(10, usize::MAX), Vec::<u64>::new());
}

fn feeds_stand_where_they_were_moved(store: &mut dyn Store) {
    fill(store);
    let row = store.space(&A).expect("read").expect("a space");
    let feeds: Vec<_> = row.feeds.iter().map(|row| (row.feed, row.tip, row.bytes)).collect();
    assert_eq!(feeds, [(PHONE, tip(PHONE, 4), 4 * LEN as u64), (LAPTOP, tip(LAPTOP, 3), 3 * LEN as u64)]);
}

fn records_come_in_the_order_of_arrival(store: &mut dyn Store) {
    fill(store);
    check_filled(store);
    let mut reader = store.reader().expect("a reader");
    let some = read_all(&mut *reader, A, &[run_of(PHONE, 3, 4), run_of(LAPTOP, 2, 2)], usize::MAX);
    assert_eq!(some, [(LAPTOP, 2), (PHONE, 3), (PHONE, 4)]);
    assert_eq!(read_all(&mut *reader, A, &[], usize::MAX), []);
    assert_eq!(read_all(&mut *reader, A, &[run_of(PHONE, 5, 4)], usize::MAX), []);
}

fn records_come_in_pieces_that_join(store: &mut dyn Store) {
    fill(store);
    let runs = [run_of(PHONE, 1, 4), run_of(LAPTOP, 1, 3)];
    let whole = read_all(store, A, &runs, usize::MAX);
    for bytes_max in [0, 1, LEN, LEN + 1, 2 * LEN, 3 * LEN] {
        assert_eq!(read_all(store, A, &runs, bytes_max), whole, "{bytes_max}");
    }
    let piece = store.records(&A, &mut runs.clone(), 2 * LEN).expect("read");
    assert_eq!(piece.len(), 2);
}

fn records_are_read_up_to_their_bodies(store: &mut dyn Store) {
    fill(store);
    let beginnings = store.beginnings(&A, run_of(PHONE, 2, 3)).expect("read");
    let expected = [2, 3].map(|seq| {
        let bytes = record(A, PHONE, seq).slice(..PREFIX_LEN);
        Beginning { feed: PHONE, seq, bytes, is_husk: false }
    });
    assert_eq!(beginnings, expected);
    store.commit(&[husks(A, PHONE, 5, 5)]).expect("pushed");
    let husk = store.reader().expect("a reader").beginnings(&A, run_of(PHONE, 5, 9)).expect("read");
    assert_eq!(husk.iter().map(|husk| (husk.seq, husk.is_husk)).collect::<Vec<_>>(), [(5, true)]);
}

fn a_body_takes_the_place_of_its_husk(store: &mut dyn Store) {
    begin(store, A);
    begin(store, B);
    store.commit(&[husks(A, PHONE, 1, 2), husks(B, PHONE, 1, 1)]).expect("pushed");
    store.commit(&[records(A, LAPTOP, 1, 1), husks(A, LAPTOP, 2, 2), husks(A, PHONE, 3, 3)]).expect("pushed");
    let of = |husks: Vec<(FeedId, u64)>, feed| {
        husks.iter().filter(|(of, _)| *of == feed).map(|(_, seq)| *seq).collect::<Vec<_>>()
    };
    let all = store.husks(&A, 9).expect("read");
    assert_eq!(
        (of(all.clone(), PHONE), of(all, LAPTOP)),
        (vec![1, 2, 3], vec![2]),
        "in the order of arrival"
    );
    let some = store.husks(&A, 2).expect("read");
    assert_eq!((of(some.clone(), PHONE), of(some, LAPTOP)), (vec![1], vec![2]), "none hides another's");
    assert_eq!(store.husks(&SpaceId::from_bytes([0xcc; 32]), 9).unwrap_or_default(), []);
    store.commit(&[bodies(A, PHONE, &[1, 3])]).expect("put");
    let left = store.husks(&A, 9).expect("read");
    assert_eq!((of(left.clone(), PHONE), of(left, LAPTOP)), (vec![2], vec![2]));
    let whole = store.records(&A, &mut [run_of(PHONE, 1, 1)], usize::MAX).expect("read");
    assert_eq!(whole[0].bytes, record(A, PHONE, 1));
    let row = store.space(&A).expect("read").expect("a space");
    let weights: Vec<_> = row.feeds.iter().map(|row| (row.feed, row.tip.position.seq, row.bytes)).collect();
    let (whole, husk) = (LEN as u64, PREFIX_LEN as u64);
    assert_eq!(weights, [(PHONE, 3, 2 * whole + husk), (LAPTOP, 2, whole + husk)]);
    for again in [bodies(A, PHONE, &[2, 3]), bodies(A, PHONE, &[4])] {
        assert_eq!(store.commit(&[again]), Err(StoreFault::Damaged("a husk that is not there")));
    }
    assert_eq!(store.space(&A).expect("read"), Some(row), "all or nothing");
    assert_eq!(store.husks(&B, 9).expect("read"), [(PHONE, 1)], "of its own space");
}

fn bodies_come_as_they_were_asked_for(store: &mut dyn Store) {
    fill(store);
    store.commit(&[husks(A, PHONE, 5, 5), records(A, PHONE, 6, 6)]).expect("pushed");
    let mut ask = |seqs: &[u64], bytes_max| {
        let bodies = store.bodies(&A, &PHONE, seqs, bytes_max).expect("read");
        bodies.iter().map(|bytes| u64::from(bytes[7])).collect::<Vec<_>>()
    };
    assert_eq!(ask(&[2, 4, 5, 6, 7, u64::MAX], usize::MAX), [2, 4, 6]);
    assert_eq!(ask(&[1, 2, 3], 2 * LEN), [1, 2]);
    assert_eq!(ask(&[5, 3, 4], 0), [3], "one comes, however little room there is");
    assert_eq!(ask(&[5, 8], usize::MAX), Vec::<u64>::new());
    assert_eq!(store.bodies(&B, &PHONE, &[1], usize::MAX).unwrap_or_default(), Vec::<Bytes>::new());
}

fn a_space_is_found_by_its_papers(store: &mut dyn Store) {
    begin(store, A);
    begin(store, B);
    let (old, new) = (PaperId::from_bytes([1; 8]), PaperId::from_bytes([2; 8]));
    let of = |paper, space| Change::Paper { paper, space };
    store.commit(&[of(old, A), of(new, A), of(new, B), of(new, A)]).expect("kept");
    assert_eq!(store.spaces_of(&old, 9), Ok(vec![A]));
    let mut both = store.reader().expect("a reader").spaces_of(&new, 9).expect("read");
    both.sort_unstable();
    assert_eq!(both, [A, B]);
    assert_eq!(store.spaces_of(&new, 1).expect("read").len(), 1);
    assert_eq!(store.spaces_of(&PaperId::ZERO, 9), Ok(vec![]));
}

fn a_mailbox_stays_until_it_is_over(store: &mut dyn Store) {
    let row = |n: u8, expires_ms| MailboxRow {
        mailbox: [n; 16],
        space: A,
        feed: PHONE.into(),
        expires_ms,
        messages: Vec::new(),
    };
    let post = |n: u8, index, message: &'static [u8]| Change::Post {
        mailbox: [n; 16],
        index,
        message: Bytes::from_static(message),
    };
    store.commit(&[Change::OpenMailbox(row(1, 300)), Change::OpenMailbox(row(2, 200))]).expect("opened");
    store.commit(&[post(1, 3, b"three"), post(1, 1, b"one"), post(2, 4, b"four")]).expect("posted");
    let (one, two) = (
        MailboxRow { messages: vec![(1, "one".into()), (3, "three".into())], ..row(1, 300) },
        MailboxRow { messages: vec![(4, "four".into())], ..row(2, 200) },
    );
    assert_eq!(store.reader().expect("a reader").mailboxes(), Ok(vec![two, one.clone()]));
    for taken in [Change::OpenMailbox(row(1, 900)), post(1, 3, b"other")] {
        assert_eq!(store.commit(&[post(1, 2, b"two"), taken]), Err(StoreFault::Conflict));
    }
    store.commit(&[Change::ExpireMailboxes { now_ms: 200 }]).expect("expired");
    assert_eq!(store.mailboxes(), Ok(vec![one]));
    store.commit(&[Change::CloseMailbox { mailbox: [1; 16] }]).expect("closed");
    store.commit(&[Change::CloseMailbox { mailbox: [1; 16] }]).expect("closed before is closed");
    store.commit(&[Change::OpenMailbox(row(1, 1_000))]).expect("the id is free, and nothing is in it");
    assert_eq!(store.mailboxes(), Ok(vec![row(1, 1_000)]));
}

fn nothing_of_another_space_comes_out(store: &mut dyn Store) {
    fill(store);
    begin(store, B);
    store.commit(&[records(B, LAPTOP, 1, 1)]).expect("pushed");
    assert_eq!(read_all(store, B, &[run_of(LAPTOP, 1, 1)], usize::MAX), [(LAPTOP, 1)]);
    let stored = store.records(&B, &mut [run_of(LAPTOP, 1, 1)], usize::MAX).expect("read");
    assert_eq!(stored[0].bytes, record(B, LAPTOP, 1));
    let beyond = store.records(&B, &mut [run_of(PHONE, 1, 4)], usize::MAX).unwrap_or_default();
    assert_eq!(beyond, []);
    let unknown = SpaceId::from_bytes([0xcc; 32]);
    assert_eq!(store.records(&unknown, &mut [run_of(PHONE, 1, 4)], usize::MAX).unwrap_or_default(), []);
    assert_eq!(store.links(&unknown, 0, usize::MAX), Ok(vec![]));
}

fn a_commit_is_all_or_nothing(store: &mut dyn Store) {
    fill(store);
    let with_a_gap = [records(A, LAPTOP, 4, 5), records(A, PHONE, 6, 6)];
    assert_eq!(store.commit(&with_a_gap), Err(StoreFault::Damaged("a feed that stands elsewhere")));
    check_filled(store);
    let without_a_space = [records(A, LAPTOP, 4, 5), link(B, 0)];
    assert_eq!(store.commit(&without_a_space), Err(StoreFault::Damaged("a space that is not there")));
    check_filled(store);
}

fn totals_count(store: &mut dyn Store) {
    fill(store);
    store.commit(&[Change::Invite { ticket: ticket(7) }]).expect("invited");
    let totals = store.totals().expect("read");
    assert_eq!((totals.spaces, totals.feeds, totals.links, totals.invites_open), (1, 2, 1, 1));
    assert_eq!((totals.records, totals.record_bytes), (7, 7 * LEN as u64));
}

/// Puts a space with two feeds that took turns into a store.
pub(crate) fn fill(store: &mut dyn Store) {
    begin(store, A);
    store.commit(&[records(A, PHONE, 1, 2)]).expect("pushed");
    store.commit(&[records(A, LAPTOP, 1, 2)]).expect("pushed");
    store.commit(&[records(A, PHONE, 3, 4), records(A, LAPTOP, 3, 3)]).expect("pushed");
}

/// Finds exactly what [`fill`] put there.
pub(crate) fn check_filled(store: &mut dyn Store) {
    let all = read_all(store, A, &[run_of(LAPTOP, 1, 3), run_of(PHONE, 1, 4)], usize::MAX);
    let expected = [(PHONE, 1), (PHONE, 2), (LAPTOP, 1), (LAPTOP, 2), (PHONE, 3), (PHONE, 4), (LAPTOP, 3)];
    assert_eq!(all, expected);
    assert_eq!(store.totals().map(|totals| totals.records), Ok(7));
}

/// Pushes what needs many pages.
pub(crate) fn push_much(store: &mut dyn Store) -> Result<(), StoreFault> {
    store.commit(&[records(A, LAPTOP, 4, 200)])
}

fn read_all(
    reader: &mut (impl Reader + ?Sized),
    space: SpaceId,
    runs: &[Run],
    bytes_max: usize,
) -> Vec<(FeedId, u64)> {
    let mut runs = runs.to_vec();
    let mut all = Vec::new();
    loop {
        let piece = reader.records(&space, &mut runs, bytes_max).expect("read");
        if piece.is_empty() {
            return all;
        }
        for Stored { feed, seq, bytes } in piece {
            assert_eq!(bytes, record(space, feed, seq));
            all.push((feed, seq));
        }
    }
}

fn begin(store: &mut dyn Store, space: SpaceId) {
    let ticket = ticket(space.as_bytes()[0]);
    let changes = [Change::Invite { ticket }, Change::Space { space, ticket }, link(space, 0)];
    store.commit(&changes).expect("begun");
}

fn ticket(n: u8) -> Digest {
    digest("ticket", &[&[n]])
}

fn link(space: SpaceId, seq: u8) -> Change {
    Change::Link { space, seq: seq.into(), bytes: link_bytes(seq) }
}

fn link_bytes(seq: u8) -> Bytes {
    vec![seq; 300].into()
}

fn records(space: SpaceId, feed: FeedId, first: u64, last: u64) -> Change {
    let records = (first..=last).map(|seq| record(space, feed, seq)).collect();
    Change::Records { space, feed, first, tip: tip(feed, last), records }
}

fn husks(space: SpaceId, feed: FeedId, first: u64, last: u64) -> Change {
    let records = (first..=last).map(|seq| record(space, feed, seq).slice(..PREFIX_LEN)).collect();
    Change::Records { space, feed, first, tip: tip(feed, last), records }
}

fn bodies(space: SpaceId, feed: FeedId, seqs: &[u64]) -> Change {
    let records = seqs.iter().map(|seq| (*seq, record(space, feed, *seq))).collect();
    Change::Bodies { space, feed, records }
}

fn record(space: SpaceId, feed: FeedId, seq: u64) -> Bytes {
    let mut bytes = vec![feed.as_bytes()[0]; LEN];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    bytes[8] = space.as_bytes()[0];
    bytes.into()
}

fn tip(feed: FeedId, seq: u64) -> Tip {
    let id = digest("record", &[feed.as_bytes(), &seq.to_be_bytes()]);
    Tip { position: Position { seq, id: RecordId::from(id) }, roster_seq: seq / 2 }
}

fn run_of(feed: FeedId, from_seq: u64, to_seq: u64) -> Run {
    Run { feed, from_seq, to_seq }
}
