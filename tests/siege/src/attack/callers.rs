//! Those who speak as a client does, and mean something else.

use std::sync::Arc;
use std::time::Duration;

use haven_feed::Vector;
use haven_feed::invite::Invite;
use haven_feed::keys::Signer;
use tokio::task::{JoinSet, yield_now};
use tokio::time::interval;
use tonic::Status;

use super::Way;
use crate::camp::{THIEF, Target, connect, enter};
use crate::client::{Client, Pull};
use crate::kit::Vault;

/// Connections at once, and calls on each: as many as a stranger may have.
const CONNECTIONS: usize = 8;
const CALLS: usize = 4;
/// A thief's connections, and pulls on each.
const THIEFS: usize = 16;
const PULLS: usize = 60;
/// A thief asks for everything again, so often.
const TICK: Duration = Duration::from_secs(1);

/// Challenges that nobody answers.
pub(super) async fn challenges(target: &Target, way: &Way) {
    let device = target.vault.devices[THIEF].feed();
    flood(target, way, move |client, _| async move {
        // A refusal is an answer too.
        let _ = client.challenge(device).await;
    })
    .await;
}

/// Invites that are guessed, each for a space of one's own.
pub(super) async fn invites(target: &Target, way: &Way) {
    let (vault, server) = (Arc::new(Vault::new(2)), Signer::from_seed(&[5; 32]).key());
    flood(target, way, move |client, guess| {
        let vault = vault.clone();
        let invite = Invite::from_entropy(guess.to_be_bytes(), &server);
        async move {
            // That it's refused is what was expected.
            let _ = client.create(&invite, &vault).await;
        }
    })
    .await;
}

/// Calls as often as goes through, each with a number of its own.
async fn flood<F>(target: &Target, way: &Way, call: impl Fn(Client, u128) -> F + Clone + Send + 'static)
where
    F: Future<Output = ()> + Send,
{
    let mut crowd = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let client = persist(async || connect(&target.url, target.vault.space()).await).await;
        for number in 0..CALLS {
            let (client, way, call) = (client.beside(), way.clone(), call.clone());
            let first = connection * CALLS + number;
            crowd.spawn(async move {
                for guess in (first as u128..).step_by(CONNECTIONS * CALLS) {
                    call(client.beside(), guess).await;
                    way.act();
                }
            });
        }
    }
    crowd.join_all().await;
}

/// Everything a member may hear, again and again, of which it reads nothing.
pub(super) async fn unread(target: &Target, way: &Way) {
    let thief = Arc::new(persist(async || enter(&target.url, &target.vault, THIEF).await).await);
    let mut crowd = JoinSet::new();
    for _ in 0..THIEFS {
        let (url, way, thief) = (target.url.clone(), way.clone(), thief.clone());
        crowd.spawn(async move {
            let mut tick = interval(TICK);
            let mut held = None;
            loop {
                tick.tick().await;
                held = ask(&url, &way, &thief).await.or(held);
            }
        });
    }
    crowd.join_all().await;
}

/// Asks on a connection of its own, as often as one takes it. Gives what has to be kept so that it stays asked.
async fn ask(url: &str, way: &Way, thief: &Client) -> Option<(Client, Vec<Pull>)> {
    let there = connect(url, thief.space).await.ok()?;
    let client = Client { channel: there.channel, ..thief.beside() };
    let mut pulls = Vec::new();
    for _ in 0..PULLS {
        pulls.extend(client.pull(&Vector::default(), None).await.ok());
        way.act();
    }
    Some((client, pulls))
}

/// Comes in, however often it takes.
async fn persist(come: impl AsyncFn() -> Result<Client, Status>) -> Client {
    loop {
        match come().await {
            Ok(client) => return client,
            Err(_) => yield_now().await,
        }
    }
}
