//! Records without their bodies, and the bodies that come after.

use haven_feed::limits::{BODIES_ASKED_MAX, BODY_BYTES_MIN, HUSKS_TOLD_MAX};
use haven_feed::{FeedId, Vector};
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::pull_response::Event;

use tonic::Status;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::{Service as _, ServiceExt as _};

use crate::client::{Client, Piece, place, reason, within};
use crate::kit::{Device, Vault, husk};
use crate::running::Running;

async fn past(client: &Client) -> crate::client::Past {
    client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past")
}

#[tokio::test]
async fn a_body_takes_the_place_of_its_husk_for_good() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write_sized(0, 4, 2_000);
    let feed = vault.devices[0].feed();
    let pushed = vec![written[0].clone(), husk(&written[1]), husk(&written[2]), husk(&written[3])];
    let vector = client.push(pushed.clone()).await.expect("pushed");
    assert_eq!(vector.get(&feed), Some(vault.position(0)), "a husk keeps its place");
    let held = past(&client).await;
    assert_eq!((held.records, held.husks), (pushed, vec![(feed, 2), (feed, 3), (feed, 4)]));

    // In any order, beside records that are held, the newest of the feed among them.
    let bodies = vec![written[3].clone(), written[0].clone(), written[1].clone()];
    assert_eq!(client.push(bodies.clone()).await.expect("pushed"), vector);
    assert_eq!(client.push(bodies).await.expect("again"), vector, "once is enough");
    client.push(vec![husk(&written[1])]).await.expect("a husk is held as well");
    let now = vec![written[0].clone(), written[1].clone(), husk(&written[2]), written[3].clone()];
    let held = past(&client).await;
    assert_eq!((&held.records, &held.husks), (&now, &vec![(feed, 3)]));

    let server = Running::on(server.stop().await, haven_server::options::Limits::default()).await;
    let client = Client::enter(&server.url, &vault, 1).await;
    assert_eq!(past(&client).await.records, now, "durable, byte for byte");
    let check = haven_server::keeper::check(server.folder.path()).expect("checked");
    assert_eq!(check.problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_body_that_is_not_the_signed_one_changes_nothing() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write_sized(0, 2, 2_000);
    client.push(written.iter().map(husk).collect()).await.expect("pushed");
    let mut altered = written[0].to_vec();
    *altered.last_mut().expect("bytes") ^= 1;
    assert_eq!(reason(client.push(vec![altered.into()]).await), ErrorReason::RecordMalformed);
    let (other, _) = vault.devices[0].seal(&vault.roster, None, 9, BODY_BYTES_MIN);
    assert_eq!(reason(client.push(vec![other]).await), ErrorReason::FeedForked);
    assert_eq!(past(&client).await.husks.len(), 2);
}

/// Husk and body in one push; many at once; two devices with the same bodies at the same time: each counted once.
#[tokio::test]
async fn what_a_space_weighs_stays_true_however_bodies_come() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let written = vault.write_sized(0, 60, 1_500);
    let first: Vec<_> = written[..20].iter().flat_map(|record| [husk(record), record.clone()]).collect();
    one.push(first).await.expect("pushed");
    one.push(written[20..].iter().map(husk).collect()).await.expect("pushed");
    for pair in written[20..].chunks(5) {
        let (a, b) = tokio::join!(one.push(pair.to_vec()), two.push(pair.to_vec()));
        a.expect("pushed");
        b.expect("pushed");
    }
    assert_eq!(past(&two).await.records, written);
    let folder = server.stop().await;
    let check = haven_server::keeper::check(folder.path()).expect("checked");
    assert_eq!(check.problems, Vec::<String>::new(), "bytes are counted once");
}

#[tokio::test]
async fn bodies_are_fetched_by_their_places() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write_sized(0, 4, 400_000);
    let feed = vault.devices[0].feed();
    let pushed = [written[0].clone(), husk(&written[1]), written[2].clone(), written[3].clone()];
    for record in pushed {
        client.push(vec![record]).await.expect("pushed");
    }
    assert_eq!(
        client.fetch(feed, &[1, 2, 3]).await.expect("fetched"),
        [written[0].clone(), written[2].clone()]
    );
    let some = client.fetch(feed, &[1, 2, 3, 4, 99]).await.expect("fetched");
    assert_eq!(some, [written[0].clone(), written[2].clone()], "as many as fit one answer");
    assert_eq!(client.fetch(feed, &[4, 99]).await.expect("fetched"), [written[3].clone()]);
    assert_eq!(client.fetch(feed, &[2, 99, u64::MAX]).await.expect("fetched").len(), 0);
    assert_eq!(client.fetch(FeedId::ZERO, &[1]).await.expect("fetched").len(), 0);
    let too_many: Vec<u64> = (1..=BODIES_ASKED_MAX as u64 + 1).collect();
    for bad in [&[][..], &[0], &[2, 1], &too_many] {
        assert_eq!(reason(client.fetch(feed, bad).await), ErrorReason::RequestMalformed);
    }
    let (other, stranger) = (Vault::new(2), Client::connect(&server.url, vault.space()).await);
    server.hold(&other).await;
    assert_eq!(reason(stranger.fetch(feed, &[1]).await), ErrorReason::Unauthenticated);
    let theirs = Client { space: vault.space(), ..Client::enter(&server.url, &other, 0).await };
    assert_eq!(
        reason(theirs.fetch(feed, &[1]).await),
        ErrorReason::Unauthenticated,
        "of their own space only"
    );
}

#[tokio::test]
async fn whoever_listens_is_sent_the_bodies_that_come() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let written = vault.write_sized(0, 8, 50_000);
    one.push(written.iter().map(husk).collect()).await.expect("pushed");
    let mut pull = two.pull(&Vector::default(), None).await.expect("pulled");
    assert_eq!(pull.past().await.expect("the past").husks.len(), 8);
    one.push(vec![written[3].clone()]).await.expect("a small push, from memory");
    assert_eq!(pull.records(1).await, [written[3].clone()]);
    let rest: Vec<_> = written.iter().enumerate().filter(|(n, _)| *n != 3).map(|(_, r)| r.clone()).collect();
    one.push(rest.clone()).await.expect("a large one, from the database");
    assert_eq!(pull.records(7).await, rest);
    let own = vault.write(1, 1);
    two.push(own).await.expect("pushed");
    let more = vault.write(0, 1);
    one.push(more.clone()).await.expect("pushed");
    let Event::Records(records) = pull.next().await.expect("it goes on") else {
        unreachable!("records come")
    };
    assert_eq!(records.records, more, "and the feeds go on");
}

#[tokio::test]
async fn as_many_husks_are_told_as_a_hello_holds_the_oldest_first() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mine = vault.write(0, HUSKS_TOLD_MAX + 3);
    client.push(mine.iter().map(husk).collect()).await.expect("pushed");
    let husks = past(&client).await.husks;
    let expected: Vec<_> = mine.iter().take(HUSKS_TOLD_MAX).map(place).collect();
    assert_eq!(husks, expected);
    client.push(mine[..10].to_vec()).await.expect("bodies");
    let husks = past(&client).await.husks;
    assert_eq!((husks.len(), husks[0]), (HUSKS_TOLD_MAX + 3 - 10, place(&mine[10])), "then the next");
    let stranger = Device::new(99);
    assert_ne!(husks[0].0, stranger.feed());
}

/// Asks for the first record of a feed and takes nothing of the answer but its headers.
async fn ask_and_take_nothing(client: &Client, feed: FeedId) -> http::Response<Body> {
    let mut message = vec![0x0a, 32];
    message.extend_from_slice(client.space.as_bytes());
    message.extend_from_slice(&[0x12, 8]);
    message.extend_from_slice(feed.as_bytes());
    message.extend_from_slice(&[0x1a, 1, 1]);
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    let framed = [&[0], &length[..], &message].concat();
    let mut request =
        http::Request::post(format!("{}/haven.sync.v1.FeedService/FetchBodies", "http://server"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(Piece::whole(framed)))
            .expect("a request");
    request.headers_mut().extend(client.request(()).metadata().clone().into_headers());
    let mut channel = client.channel.clone();
    within(async { channel.ready().await.expect("ready").call(request).await }).await.expect("an answer")
}

/// Somebody who asks and asks and takes nothing: what waits for them is bounded, and the others are answered.
#[tokio::test]
async fn answers_that_nobody_takes_are_bounded() {
    let mut vault = Vault::with_devices(1, 2);
    let mut other = Vault::new(2);
    let server = Running::with(&vault).await;
    server.hold(&other).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    client.push(vault.write_sized(0, 1, 700_000)).await.expect("pushed");
    let feed = vault.devices[0].feed();
    // One that asks for no more than HTTP/2 begins with.
    let endpoint = Channel::from_shared(server.url.clone()).expect("a url");
    let endpoint = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
    let channel = endpoint.connect().await.expect("a connection");
    let client = Client { channel, ..client };
    let (mut waiting, mut refused) = (Vec::new(), 0);
    for _ in 0..12 {
        let answer = ask_and_take_nothing(&client, feed).await;
        match Status::from_header_map(answer.headers()) {
            Some(status) => {
                assert_eq!(Refusal::of(&status).reason, ErrorReason::RateLimited);
                refused += 1;
            }
            None => waiting.push(answer),
        }
    }
    assert_eq!((waiting.len(), refused), (5, 7), "four mebibytes, and no more");
    let theirs = Client::enter(&server.url, &other, 0).await;
    theirs.push(other.write(0, 1)).await.expect("pushed");
    let own = other.devices[0].feed();
    assert_eq!(theirs.fetch(own, &[1]).await.expect("another space has its own room").len(), 1);
    drop((waiting, client));
    let again = Client::enter(&server.url, &vault, 1).await;
    loop {
        match again.fetch(feed, &[1]).await {
            Ok(records) => return assert_eq!(records.len(), 1, "what is given up is free again"),
            refused => assert_eq!(reason(refused), ErrorReason::RateLimited),
        }
        tokio::task::yield_now().await;
    }
}

/// A device that leaves as many husks as are told, and never brings their bodies: those of the others are told all the same, so that
/// whoever has their bodies brings them.
#[tokio::test]
async fn no_device_hides_the_husks_of_another() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let (never, mine) = (vault.write(2, HUSKS_TOLD_MAX + 500), vault.write(1, 3));
    client.push(never.iter().map(husk).collect()).await.expect("pushed");
    client.push(mine.iter().map(husk).collect()).await.expect("pushed");
    let told = past(&client).await.husks;
    assert!(mine.iter().all(|record| told.contains(&place(record))), "{} told", told.len());
    assert!(told.len() <= HUSKS_TOLD_MAX);
}
