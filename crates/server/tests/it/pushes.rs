//! Records up.

use bytes::Bytes;
use haven_feed::limits::{PUSH_BATCH_BYTES, PUSH_BATCH_RECORDS, RECORD_BYTES_MAX};
use haven_feed::record::PREFIX_LEN;
use haven_feed::roster::Roster;
use haven_feed::{SpaceId, Vector};
use haven_server::options::Limits;
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::feed_service_client::FeedServiceClient;
use haven_wire::pb::{self};

use crate::client::{Client, bytes, place, reason, vector, within};
use crate::kit::{Device, Vault};
use crate::running::Running;

#[tokio::test]
async fn a_push_is_idempotent_as_a_whole_and_in_parts() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 10);
    let stands = |vault: &Vault| vector(&[(vault.devices[0].feed(), vault.position(0))]);
    client.push(written[..6].to_vec()).await.expect("pushed");
    for from in [0, 3, 5, 6, 9] {
        let vector = client.push(written[from..].to_vec()).await.expect("again");
        assert_eq!(vector, stands(&vault), "from {from}");
    }
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, written);
    let within_one = [&written[..], &written[..]].concat();
    assert_eq!(client.push(within_one).await.expect("twice in one"), stands(&vault));
}

#[tokio::test]
async fn any_device_may_bring_any_feeds_records() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 2).await;
    let mut mixed = Vec::new();
    for turn in 0..9 {
        mixed.extend(vault.write(turn % 2, 1 + turn % 3));
    }
    let held = client.push(mixed.clone()).await.expect("pushed");
    assert_eq!(held, vector(&[0, 1].map(|device| (vault.devices[device].feed(), vault.position(device)))));
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, mixed, "in the order of arrival");
    assert_eq!(past.vector, held);
}

#[tokio::test]
async fn what_does_not_continue_a_feed_is_refused_with_what_is_held() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let feed = vault.devices[0].feed();
    let written = vault.write(0, 3);
    let refusal = |answer: Result<Vector, tonic::Status>| Refusal::of(&answer.expect_err("a refusal"));

    let gap = refusal(client.push(written[1..].to_vec()).await);
    assert_eq!((gap.reason, gap.position), (ErrorReason::FeedGap, None));
    client.push(written.clone()).await.expect("pushed");
    let held = (feed, vault.position(0));
    let more = vault.write(0, 2);
    let gap = refusal(client.push(more[1..].to_vec()).await);
    assert_eq!((gap.reason, gap.position), (ErrorReason::FeedGap, Some(held)));

    let device = &vault.devices[0];
    let (other_first, _) = device.seal(&vault.roster, None, 9, 300);
    let fork = refusal(client.push(vec![other_first]).await);
    assert_eq!((fork.reason, fork.position), (ErrorReason::FeedForked, Some(held)));
    let mut elsewhere = None;
    for _ in 0..3 {
        elsewhere = Some(device.seal(&vault.roster, elsewhere, 9, 300).1);
    }
    let (other_fourth, _) = device.seal(&vault.roster, elsewhere, 9, 300);
    let fork = refusal(client.push(vec![other_fourth]).await);
    assert_eq!((fork.reason, fork.position), (ErrorReason::FeedForked, Some(held)));
    client.push(more).await.expect("the honest feed goes on");
}

#[tokio::test]
async fn what_is_not_a_members_record_is_refused_and_leaves_nothing() {
    let (mut vault, mut other) = (Vault::with_devices(1, 2), Vault::new(2));
    let server = Running::with(&vault).await;
    server.hold(&other).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let good = vault.write(1, 1);
    let stranger = Device::new(66).seal(&vault.roster, None, 1, 300).0;
    let flipped = |at: usize| {
        let mut bytes = vault.devices[0].seal(&vault.roster, None, 1, 300).0.to_vec();
        bytes[at] ^= 1;
        Bytes::from(bytes)
    };
    let mut ahead = Vault::with_devices(1, 2);
    ahead.append(ahead.advancing());
    let husk = |bytes: &Bytes| bytes.slice(..PREFIX_LEN);
    let cases = [
        (stranger, ErrorReason::FeedUnknown),
        (other.write(0, 1).remove(0), ErrorReason::RecordMalformed),
        (flipped(PREFIX_LEN - 1), ErrorReason::SignatureInvalid),
        (flipped(PREFIX_LEN), ErrorReason::RecordMalformed),
        (flipped(PREFIX_LEN - 80), ErrorReason::RecordMalformed),
        (flipped(53), ErrorReason::SignatureInvalid),
        (flipped(0), ErrorReason::VersionUnsupported),
        (Bytes::new(), ErrorReason::RecordMalformed),
        (vec![1; 100].into(), ErrorReason::RecordMalformed),
        (ahead.write(0, 1).remove(0), ErrorReason::RosterStale),
    ];
    for (index, (bad, expected)) in cases.into_iter().enumerate() {
        let refused = client.push(vec![good[0].clone(), bad]).await.expect_err("a refusal");
        let refusal = Refusal::of(&refused);
        assert_eq!(refusal.reason, expected, "case {index}");
        assert!(refusal.record_index.is_none_or(|index| index == 1), "case {index}");
        let past =
            client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
        assert!(past.records.is_empty() && past.vector.is_empty(), "case {index}: all or nothing");
    }
    client.push(vec![husk(&good[0])]).await.expect("a husk is a record");
}

#[tokio::test]
async fn a_feed_may_not_go_back_in_the_roster_or_write_after_its_removal() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let old: Roster = vault.roster.clone();
    let before = vault.write(1, 2);
    client.append(vault.roster.head(), &vault.advancing()).await.expect("advanced");
    vault.append(vault.advancing());
    let first = vault.write(0, 1);
    client.push(first).await.expect("pushed");
    let stale = vault.devices[0].seal(&old, vault.devices[0].tip, 1, 300).0;
    assert_eq!(reason(client.push(vec![stale]).await), ErrorReason::RosterStale);

    let removal = vault.removing(vault.devices[1].feed(), Some(vault.position(1)));
    client.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    client.push(before).await.expect("what it wrote as a member may still come");
    let after = vault.devices[1].seal(&vault.roster, vault.devices[1].tip, 1, 300).0;
    assert_eq!(reason(client.push(vec![after]).await), ErrorReason::FeedRemoved);
}

#[tokio::test]
async fn sizes_are_limited_each_with_its_reason() {
    let mut vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let refusal = |answer: Result<Vector, tonic::Status>| {
        let refusal = Refusal::of(&answer.expect_err("a refusal"));
        (refusal.reason, refusal.limit)
    };
    let too_large = (ErrorReason::RecordTooLarge, PUSH_BATCH_BYTES as u64);
    assert_eq!(refusal(client.push(vec![]).await), (ErrorReason::RequestMalformed, 0));
    let record_limit = (ErrorReason::RecordTooLarge, RECORD_BYTES_MAX as u64);
    assert_eq!(refusal(client.push(vec![vec![1; RECORD_BYTES_MAX + 1].into()]).await), record_limit);
    assert_eq!(refusal(client.push(vec![vec![1; 600_000].into(); 2]).await), too_large);
    assert_eq!(refusal(client.push(vec![Bytes::new(); PUSH_BATCH_RECORDS + 1]).await), too_large);
    for megabytes in [2, 20] {
        let huge = vec![vec![1; 1 << 20].into(); megabytes];
        assert_eq!(refusal(client.push(huge).await), too_large, "beyond what the transport reads");
    }
    let largest = vault.write_sized(0, 1, RECORD_BYTES_MAX - PREFIX_LEN);
    client.push(largest.clone()).await.expect("the largest record fits");
    let small = vault.write(0, PUSH_BATCH_RECORDS / 2);
    client.push(small.clone()).await.expect("many small ones fit");
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, [largest, small].concat());
}

#[tokio::test]
async fn a_full_space_refuses_and_keeps_what_it_has() {
    let limits = Limits { space_bytes_max: 10_000, ..Limits::default() };
    let server = Running::with_limits(limits).await;
    let (mut vault, mut other) = (Vault::new(1), Vault::new(2));
    server.hold(&vault).await;
    server.hold(&other).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write_sized(0, 12, 1_000 - PREFIX_LEN);
    client.push(written[..9].to_vec()).await.expect("room");
    let refused = Refusal::of(&client.push(written[9..].to_vec()).await.expect_err("a refusal"));
    assert_eq!((refused.reason, refused.limit), (ErrorReason::QuotaExceeded, 10_000));
    client.push(written[9..10].to_vec()).await.expect("to the last byte");
    assert_eq!(reason(client.push(written[10..].to_vec()).await), ErrorReason::QuotaExceeded);
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, written[..10]);
    let neighbour = Client::enter(&server.url, &other, 0).await;
    neighbour.push(other.write(0, 1)).await.expect("another space has its own room");
}

#[tokio::test]
async fn too_fast_is_told_with_a_time_to_wait() {
    let limits = Limits { push_records_per_second: 1, push_records_burst: 10, ..Limits::default() };
    let server = Running::with_limits(limits).await;
    let mut vault = Vault::new(1);
    server.hold(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 20);
    client.push(written[..10].to_vec()).await.expect("a burst");
    let refused = Refusal::of(&client.push(written[10..20].to_vec()).await.expect_err("a refusal"));
    assert_eq!(refused.reason, ErrorReason::RateLimited);
    assert!((1..=10_000).contains(&refused.retry_after_ms), "{}", refused.retry_after_ms);
}

#[tokio::test]
async fn pushes_at_once_are_all_kept() {
    let count = 32;
    let mut vault = Vault::with_devices(1, count);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mut pushes = tokio::task::JoinSet::new();
    for device in 0..usize::try_from(count).expect("few") {
        let (client, records) = (client.beside(), vault.write(device, 10));
        pushes.spawn(async move {
            for record in records {
                client.push(vec![record]).await.expect("pushed");
            }
        });
    }
    within(pushes.join_all()).await;
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 320);
    assert_eq!(past.vector.len(), 32);
}

#[tokio::test]
async fn large_pushes_at_once_do_not_block_each_other_and_too_many_are_told() {
    let count = 40;
    let mut vault = Vault::with_devices(1, count);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mut pushes = tokio::task::JoinSet::new();
    for device in 0..usize::try_from(count).expect("few") {
        let (client, records) = (client.beside(), vault.write_sized(device, 1, 700_000));
        pushes.spawn(async move {
            loop {
                match client.push(records.clone()).await {
                    Ok(_) => return,
                    Err(status) => assert_eq!(reason::<()>(Err(status)), ErrorReason::RateLimited),
                }
            }
        });
    }
    within(pushes.join_all()).await;
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 40);
}

#[tokio::test]
async fn the_same_push_many_times_at_once_is_one_push() {
    let mut vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 20);
    let mut pushes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (client, written) = (client.beside(), written.clone());
        pushes.spawn(async move { client.push(written).await });
    }
    let expected = vector(&[(vault.devices[0].feed(), vault.position(0))]);
    for answer in within(pushes.join_all()).await {
        assert_eq!(answer.expect("one push"), expected);
    }
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, written);
}

#[tokio::test]
async fn no_session_reaches_into_another_space() {
    let mut vaults: Vec<Vault> = (0..6).map(Vault::new).collect();
    let server = Running::start().await;
    let mut clients = Vec::new();
    for vault in &mut vaults {
        server.hold(vault).await;
        let client = Client::enter(&server.url, vault, 0).await;
        client.push(vault.write(0, 5)).await.expect("pushed");
        clients.push(client);
    }
    // A small generator of its own: the cases are the same in every run.
    let mut state = 1_660_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for case in 0..400 {
        let (mine, theirs) = (random(6), random(6));
        let space = if random(4) == 0 { SpaceId::from_bytes([9; 32]) } else { vaults[theirs].space() };
        let client = Client { space, ..clients[mine].beside() };
        let is_mine = space == vaults[mine].space();
        let answer = match random(3) {
            0 => client.list(None).await.map(|(links, _)| links.len()),
            1 => client.push(vaults[mine].write(0, 0)).await.map(|vector| vector.len()),
            _ => match client.pull(&Vector::default(), None).await {
                Ok(mut pull) => pull.past().await.map(|past| {
                    let feed = vaults[mine].devices[0].feed();
                    assert!(past.records.iter().all(|record| place(record).0 == feed), "case {case}");
                    past.records.len()
                }),
                Err(status) => Err(status),
            },
        };
        match answer {
            Ok(_) => assert!(is_mine, "case {case}"),
            Err(status) if is_mine => assert_eq!(Refusal::of(&status).reason, ErrorReason::RequestMalformed),
            Err(status) => {
                assert_eq!(Refusal::of(&status).reason, ErrorReason::Unauthenticated, "case {case}");
            }
        }
    }
}

#[tokio::test]
async fn fields_of_the_wrong_length_are_refused() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mut feeds = FeedServiceClient::new(client.channel.clone());
    for length in [0, 31, 33] {
        let request = pb::PushRequest { space: vec![1; length].into(), records: vec![vec![1; 300].into()] };
        assert_eq!(reason(feeds.push(client.request(request)).await), ErrorReason::RequestMalformed);
    }
    let space = client.pulled(&Vector::default(), None);
    let position = pb::Position { feed: vec![1; 7].into(), seq: 1, id: vec![1; 32].into() };
    let cases = [
        vec![],
        vec![space.clone(), space.clone()],
        vec![space.clone(); 65],
        vec![pb::PullSpace { vector: vec![position], ..space.clone() }],
        vec![pb::PullSpace { token: bytes([1; 31]), ..space.clone() }],
        vec![pb::PullSpace { space: bytes([1; 31]), ..space }],
    ];
    for (index, spaces) in cases.into_iter().enumerate() {
        let answer = client.pull_spaces(spaces).await;
        assert_eq!(reason(answer), ErrorReason::RequestMalformed, "case {index}");
    }
}
