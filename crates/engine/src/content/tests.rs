use haven_feed::ids::{Position, RecordId};
use proptest::prelude::*;

use super::*;

fn place(feed: u8, seq: u64) -> Place {
    (FeedId::from_bytes([feed; 8]), Position { seq, id: RecordId::from_bytes([feed ^ 0xff; 32]) })
}

fn sample() -> Content<'static> {
    Content {
        time_ms: -5,
        nonces: BTreeSet::from([[1; 8], [2; 8]]),
        full: true,
        seen: [place(3, 7), place(4, 1)].into_iter().collect(),
        purges: vec![Purge {
            document: [5; 16],
            heads: [[6; 32], [7; 32]].into(),
            bodies: vec![place(3, 2), place(3, 6), place(4, 1)],
        }],
        withdrawn: vec![place(4, 1)],
        comment: None,
        loaded: Some(Loaded { generation: 2, manifest: RecordId::from_bytes([8; 32]) }),
        accepts: vec![place(9, 12), place(10, 1)],
        items: vec![
            Changes { document: [4; 16], changes: vec![b"two", b"one"] },
            Changes { document: [5; 16], changes: vec![b"one"] },
        ],
        unknown: vec![(100, b"later"), (127, b"")],
        share: None,
    }
}

fn shared() -> Content<'static> {
    let fields = vec![("What happened", "It rained."), ("", "And again.")];
    let share = Share { copy: [7; 16], at: "2026-11-24", title: "The mill", fields };
    Content { share: Some(share), ..Content::default() }
}

fn commented() -> Content<'static> {
    let comment = Comment { share: place(3, 1), text: "Thank you." };
    Content { comment: Some(comment), ..Content::default() }
}

/// A content of the given items, in the order given, whatever they are.
fn of_items(items: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = encode(&Content { full: true, ..Content::default() });
    bytes.truncate(bytes.len() - 4);
    bytes.extend((items.len() as u32).to_be_bytes());
    for (kind, body) in items {
        bytes.push(*kind);
        bytes.extend((body.len() as u32).to_be_bytes());
        bytes.extend(*body);
    }
    bytes
}

fn read(items: &[(u8, &[u8])]) -> Result<(), DecodeFault> {
    decode(&of_items(items)).map(|_| ())
}

fn written(content: &Content<'_>) -> Vec<u8> {
    content.bodies().pop().unwrap().1
}

#[test]
fn a_content_reads_back_as_written() {
    for content in [sample(), shared(), commented(), Content::default()] {
        assert_eq!(decode(&encode(&content)), Ok(content));
    }
}

#[test]
fn a_cut_content_is_refused_at_every_byte() {
    for bytes in [encode(&sample()), encode(&shared()), encode(&commented())] {
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), Err(DecodeFault::Malformed), "{end}");
        }
        assert_eq!(decode(&[&bytes[..], &[0]].concat()), Err(DecodeFault::Malformed));
    }
}

#[test]
fn what_is_gone_and_what_is_accepted_stands_before_what_was_written() {
    let kinds: Vec<u8> = sample().bodies().into_iter().map(|(kind, _)| kind).collect();
    let written = kinds.iter().position(|kind| *kind == items::CHANGES).unwrap();
    assert!(kinds[..written].contains(&items::PURGE) && kinds[..written].contains(&items::ACCEPT));
    assert!(kinds[written..].iter().all(|kind| *kind == items::CHANGES));
    assert_eq!(sample().gone(), [place(3, 2), place(3, 6), place(4, 1), place(4, 1)]);
}

#[test]
fn a_kind_that_may_be_passed_over_is_kept_and_one_that_may_not_stops() {
    for kind in [6, 100, 127] {
        let bytes = of_items(&[(kind, b"later")]);
        let content = decode(&bytes).unwrap();
        assert_eq!(content.unknown, [(kind, &b"later"[..])]);
        assert_eq!(encode(&content), bytes);
    }
    for kind in [129, 191, 193, 255] {
        assert_eq!(read(&[(1, b"no purge"), (kind, b"later")]), Err(DecodeFault::Malformed));
        assert_eq!(read(&[(100, b""), (kind, b"later")]), Err(DecodeFault::Critical(kind)));
    }
    assert_eq!(read(&[(130, b""), (140, b"")]), Err(DecodeFault::Critical(130)));
    let mut later = encode(&sample());
    later[0] = 2;
    assert_eq!(decode(&later), Err(DecodeFault::Newer(2)));
    later[0] = 0;
    assert_eq!(decode(&later), Err(DecodeFault::Malformed));
}

#[test]
fn a_content_has_one_order_and_says_nothing_twice() {
    assert_eq!(read(&[(100, b"a"), (100, b"b"), (101, b"a")]), Ok(()));
    for items in [[(100, b"b"), (100, b"a")], [(100, b"a"), (100, b"a")], [(101, b"a"), (100, b"a")]] {
        assert_eq!(read(&items.map(|(kind, body)| (kind, &body[..]))), Err(DecodeFault::Malformed));
    }
    let accepting = |seq| written(&Content { accepts: vec![place(9, seq)], ..Content::default() });
    assert_eq!(
        read(&[(items::ACCEPT, &accepting(1)), (items::ACCEPT, &accepting(2))]),
        Err(DecodeFault::Malformed)
    );
    let loading = |generation| {
        let loaded = Loaded { generation, manifest: RecordId::from_bytes([8; 32]) };
        written(&Content { loaded: Some(loaded), ..Content::default() })
    };
    assert_eq!(
        read(&[(items::LOADED, &loading(1)), (items::LOADED, &loading(2))]),
        Err(DecodeFault::Malformed)
    );
    assert_eq!(read(&[(items::LOADED, &loading(0))]), Err(DecodeFault::Malformed));
    let of = |change: &'static [u8]| {
        let items = vec![Changes { document: [4; 16], changes: vec![change] }];
        written(&Content { items, ..Content::default() })
    };
    assert_eq!(
        read(&[(items::CHANGES, &of(b"a")), (items::CHANGES, &of(b"b"))]),
        Err(DecodeFault::Malformed)
    );
    let twice = Changes { document: [4; 16], changes: vec![b"a", b"b", b"a"] };
    let twice = Content { items: vec![twice], ..Content::default() };
    assert_eq!(decode(&encode(&twice)), Err(DecodeFault::Malformed));
}

/// What stands beside a share or a comment goes with it when it is withdrawn.
#[test]
fn beside_a_share_or_a_comment_stands_only_what_a_later_version_may_say_of_it() {
    let known = Content { unknown: Vec::new(), ..sample() }.bodies();
    let another = Comment { share: place(3, 2), text: "And this one?" };
    let another = written(&Content { comment: Some(another), ..Content::default() });
    for (alone, content) in [(items::SHARE, shared()), (items::COMMENT, commented())] {
        let body = written(&content);
        assert_eq!(read(&[(alone, &body)]), Ok(()));
        assert_eq!(read(&[(alone, &body), (6, b"until tomorrow"), (127, b"")]), Ok(()));
        let beside = known.iter().map(|(kind, body)| (*kind, &body[..]));
        for other in beside.chain([(items::COMMENT, &another[..]), (129, b"")]) {
            let mut items = [(alone, &body[..]), other];
            items.sort();
            assert_eq!(read(&items), Err(DecodeFault::Malformed), "{alone} beside {}", other.0);
        }
        let with_more = Content { unknown: sample().unknown, ..content };
        assert_eq!(decode(&encode(&with_more)), Ok(with_more));
    }
}

/// The bodies take what they had seen with them.
#[test]
fn whoever_calls_a_body_gone_says_all_they_have_seen() {
    let purges = sample().purges;
    let withdrawn = vec![place(4, 1)];
    for full in [true, false] {
        let expected = if full { Ok(()) } else { Err(DecodeFault::Malformed) };
        for content in [
            Content { full, purges: purges.clone(), ..Content::default() },
            Content { full, withdrawn: withdrawn.clone(), ..Content::default() },
            Content { full, ..sample() },
        ] {
            assert_eq!(decode(&encode(&content)).map(|_| ()), expected);
        }
        let neither = Content { full, purges: Vec::new(), withdrawn: Vec::new(), ..sample() };
        assert_eq!(decode(&encode(&neither)), Ok(neither));
    }
}

/// The table of voices, line by line.
#[test]
fn a_content_is_read_as_what_its_author_may_say() {
    let everything = || Content { share: shared().share, comment: commented().comment, ..sample() };
    let said = |voice| everything().as_said_by(voice);
    let vault = Content { withdrawn: Vec::new(), comment: None, share: None, ..everything() };
    assert_eq!(said(Voice::Vault), vault);
    assert_eq!(said(Voice::Vault).gone(), [place(3, 2), place(3, 6), place(4, 1)]);
    let owner = Content { purges: Vec::new(), loaded: None, items: Vec::new(), ..everything() };
    assert_eq!(said(Voice::Owner), owner);
    assert_eq!(said(Voice::Owner).gone(), [place(4, 1)]);
    assert_eq!(said(Voice::Other), Content { share: None, ..owner });
}

/// What each kind refuses, as a change of something that it takes.
#[test]
fn every_limit_holds() {
    let refused = |what: &str, content: &Content<'_>| {
        assert_eq!(decode(&encode(content)), Err(DecodeFault::Malformed), "{what}");
    };
    let purge = |heads: usize, bodies: usize| Content {
        purges: vec![Purge {
            document: [5; 16],
            heads: (0..heads)
                .map(|n| [u8::try_from(n % 256).unwrap(), (n / 256) as u8].repeat(16).try_into().unwrap())
                .collect(),
            bodies: (0..bodies).map(|n| place(3, n as u64 + 1)).collect(),
        }],
        full: true,
        ..Content::default()
    };
    assert!(decode(&encode(&purge(limits::PURGE_HEADS_MAX, limits::BODIES_GONE_MAX))).is_ok());
    refused("no heads", &purge(0, 1));
    refused("heads", &purge(limits::PURGE_HEADS_MAX + 1, 1));
    refused("bodies", &purge(1, limits::BODIES_GONE_MAX + 1));
    let mut backwards = purge(1, 2);
    backwards.purges[0].bodies.reverse();
    refused("bodies in another order", &backwards);
    let comment =
        |text| Content { comment: Some(Comment { share: place(3, 1), text }), ..Content::default() };
    let long = "a".repeat(limits::COMMENT_BYTES_MAX + 1);
    assert!(decode(&encode(&comment(&long[1..]))).is_ok());
    refused("a long comment", &comment(&long));
    refused("an empty comment", &comment(""));
    let share =
        |fields| Content { share: Some(Share { fields, ..shared().share.unwrap() }), ..Content::default() };
    let half = "a".repeat(limits::SHARE_BYTES_MAX / 2);
    refused("a long share", &share(vec![("", &half), ("", &half)]));
    refused("many parts", &share(vec![("", ""); limits::SHARE_FIELDS_MAX + 1]));
    let documents = 0..=limits::RECORD_DOCUMENTS_MAX as u128;
    let items = documents.map(|n| Changes { document: n.to_be_bytes(), changes: vec![b"a"] }).collect();
    let mut many = Content { items, ..Content::default() };
    refused("many documents", &many);
    many.items.pop();
    assert!(decode(&encode(&many)).is_ok());
    let unknown = vec![(100_u8, &b""[..]); limits::RECORD_ITEMS_MAX + 1];
    assert_eq!(read(&unknown), Err(DecodeFault::Malformed));
    let nonces = (0..=limits::RECORD_NONCES_MAX as u64).map(u64::to_be_bytes).collect();
    refused("many names", &Content { nonces, ..Content::default() });
    let zero = Content { full: true, withdrawn: vec![place(3, 0)], ..Content::default() };
    refused("the place before the first", &zero);
}

#[test]
fn names_and_what_was_seen_are_in_order() {
    let bytes = encode(&sample());
    let swapped = |one: usize, other: usize, length: usize| {
        let mut bytes = bytes.clone();
        for at in 0..length {
            bytes.swap(one + at, other + at);
        }
        decode(&bytes).map(|_| ())
    };
    let nonces = 1 + 8 + 1;
    let seen = nonces + 2 * 8 + 1 + 2;
    assert_eq!(swapped(nonces, nonces, 8), Ok(()));
    assert_eq!(swapped(nonces, nonces + 8, 8), Err(DecodeFault::Malformed));
    assert_eq!(swapped(seen, seen + 48, 48), Err(DecodeFault::Malformed));
    let mut twice = bytes.clone();
    twice.copy_within(nonces..nonces + 8, nonces + 8);
    assert_eq!(decode(&twice), Err(DecodeFault::Malformed));
}

/// A byte somewhere in a content that holds some of everything.
fn altered() -> impl Strategy<Value = Vec<u8>> {
    let places = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let content = prop::sample::select(vec![sample(), shared(), commented()]);
    (content, places).prop_map(|(content, places)| {
        let mut bytes = encode(&content);
        for (at, byte) in places {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_have_this_one_encoding(
        bytes in prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), altered()],
    ) {
        if let Ok(content) = decode(&bytes) {
            prop_assert_eq!(encode(&content), bytes);
        }
    }
}
