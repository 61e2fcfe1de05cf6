//! What an honest member calls, and how long it waits for the answer.

use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};
use tonic::Status;

use crate::camp::{COLD, OPEN, enter};
use crate::client::Client;
use crate::kit::Vault;

/// Between two calls on the open connection, and between two that begin with a new one: often enough to see what's rare, seldom
/// enough that they are no siege themselves.
const OPEN_EVERY: Duration = Duration::from_millis(4);
const COLD_EVERY: Duration = Duration::from_millis(20);

/// How long one try may take; a device would have the same patience.
const TRY_MAX: Duration = Duration::from_secs(5);
/// Tries after which a call has failed for good.
const TRIES_MAX: u32 = 6;
/// A rest before a call is tried again, twice as long each time, as devices do.
const REST: Duration = Duration::from_millis(20);

/// A member that goes on as if nothing were.
pub(crate) struct Honest<'a> {
    pub(crate) url: &'a str,
    pub(crate) vault: &'a Vault,
}

/// What it saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// How long its calls took on a connection that it had, those included that had to be made again.
    pub open: Times,
    /// How long they took cold: connect, log in, list.
    pub cold: Times,
    /// Calls that it had to make again.
    pub again: u32,
    /// Why a call failed for good, if one did.
    pub failed: Option<String>,
}

/// How long things took.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

/// What one way of calling came to.
#[derive(Default)]
struct Calls {
    times: Times,
    again: u32,
    failed: Option<String>,
}

impl Honest<'_> {
    /// Calls for so long, both ways at once.
    pub(crate) async fn listen(&self, length: Duration) -> Seen {
        let until = Instant::now() + length;
        let (open, cold) = tokio::join!(self.call_open(until), self.call_cold(until));
        Seen {
            open: open.times,
            cold: cold.times,
            again: open.again + cold.again,
            failed: open.failed.or(cold.failed),
        }
    }

    /// Calls on one connection, and on another when that is gone.
    async fn call_open(&self, until: Instant) -> Calls {
        let mut calls = Calls::default();
        let mut client = calls.make(self, OPEN, None).await;
        // That was a cold one.
        calls.times = Times::default();
        let mut pace = paced(OPEN_EVERY);
        while client.is_some() && !calls.are_enough(until) {
            pace.tick().await;
            client = calls.make(self, OPEN, client).await;
        }
        calls
    }

    /// Comes in anew for each call.
    async fn call_cold(&self, until: Instant) -> Calls {
        let mut calls = Calls::default();
        let mut pace = paced(COLD_EVERY);
        while calls.failed.is_none() && !calls.are_enough(until) {
            pace.tick().await;
            calls.make(self, COLD, None).await;
        }
        calls
    }

    /// Lists by the connection it has, or comes in first. Gives the connection that served.
    async fn list(&self, device: usize, client: Option<Client>) -> Result<Client, Status> {
        let client = match client {
            Some(client) => client,
            None => enter(self.url, self.vault, device).await?,
        };
        client.list(None).await?;
        Ok(client)
    }
}

impl Calls {
    /// Says whether the time is over and at least one was answered.
    fn are_enough(&self, until: Instant) -> bool {
        Instant::now() >= until && self.times.count() > 0
    }

    /// Makes one call, by another connection when it fails, until it has failed for good.
    async fn make(
        &mut self,
        honest: &Honest<'_>,
        device: usize,
        mut client: Option<Client>,
    ) -> Option<Client> {
        let begun = Instant::now();
        for tries in 0..TRIES_MAX {
            let failed = match timeout(TRY_MAX, honest.list(device, client.take())).await {
                Ok(Ok(client)) => {
                    self.times.0.push(begun.elapsed());
                    return Some(client);
                }
                Ok(Err(status)) => format!("{:?}, {}", status.code(), status.message()),
                Err(_) => format!("no answer within {} s", TRY_MAX.as_secs()),
            };
            self.again += 1;
            if tries + 1 == TRIES_MAX {
                self.failed = Some(failed);
            } else {
                sleep(REST * 2_u32.pow(tries)).await;
            }
        }
        None
    }
}

impl Times {
    /// The time that so many of a hundred stay within; None if there is none.
    #[must_use]
    pub fn within(&self, percent: usize) -> Option<Duration> {
        let mut times = self.0.clone();
        times.sort_unstable();
        let last = times.len().checked_sub(1)?;
        Some(times[(times.len() * percent / 100).min(last)])
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// So often, and no faster afterwards to make up for what was late.
fn paced(every: Duration) -> Interval {
    let mut pace = interval(every);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_times_is_found_in_any_order() {
        let times = Times([3, 1, 2, 100].map(Duration::from_millis).to_vec());
        assert_eq!(times.within(50), Some(Duration::from_millis(3)));
        assert_eq!(times.within(99), Some(Duration::from_millis(100)));
        assert_eq!(Times::default().within(50), None);
    }
}
