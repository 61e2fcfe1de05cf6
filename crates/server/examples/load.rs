//! Loads a server and prints what it does, one JSON object a line:
//!
//! ```text
//! cargo run -p haven-server --example load -- URL INVITE [PID]
//! ```
//! The invite makes a space of 64 feeds. With the server's process id its memory is told too. Nothing here judges: the
//! numbers are for whoever compares them with the floor of the same machine.

#![expect(clippy::print_stdout, reason = "the numbers are its output")]

#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/it/client.rs"]
mod client;
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
#[path = "../tests/it/kit.rs"]
mod kit;

use std::time::{Duration, Instant};

use haven_feed::Vector;
use haven_feed::invite::Invite;
use haven_feed::limits::PUSH_BATCH_BYTES;
use tokio::task::JoinSet;

use client::{Client, Pull};
use kit::Vault;

/// Pushes at once, each of a feed of its own.
const IN_FLIGHT: usize = 64;
/// Pushes of one record each, together.
const SINGLE: usize = 12_800;
/// Records of the bulk, and bytes of each body: an entry of 1.4 KB, compressed and padded.
const BULK: usize = 20_000;
const BODY_BYTES: usize = 1_024 + 16;
/// Pushes whose way to another device is timed.
const TIMED: usize = 300;
/// Listeners on connections of their own.
const LISTENERS: usize = 31;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, invite, rest @ ..] = &arguments[..] else { unreachable!("URL INVITE [PID]") };
    let pid = rest.first().map(String::as_str);
    let invite = Invite::parse(invite).expect("an invite");
    let mut vault = Vault::with_devices(number(), IN_FLIGHT as u64);
    memory("empty", pid);
    let client = Client::connect(url, vault.space()).await;
    client.create(&invite, &vault).await.expect("created");
    let client = Client::enter(url, &vault, 0).await;

    single(&client, &mut vault).await;
    memory("after single pushes", pid);
    bulk(&client, &mut vault, 1).await;
    bulk(&client, &mut vault, 2).await;
    memory("after bulk", pid);
    first_sync(url, &vault).await;
    memory("after a first sync", pid);
    propagation(url, &client, &mut vault).await;
    listeners(url, &client, &vault, pid).await;
}

async fn single(client: &Client, vault: &mut Vault) {
    let each = SINGLE / IN_FLIGHT;
    let written: Vec<_> = (0..IN_FLIGHT).map(|device| vault.write_sized(device, each, BODY_BYTES)).collect();
    let start = Instant::now();
    let mut pushes = JoinSet::new();
    for records in written {
        let client = client.beside();
        pushes.spawn(async move {
            let mut times = Vec::with_capacity(records.len());
            for record in records {
                let start = Instant::now();
                client.push(vec![record]).await.expect("pushed");
                times.push(start.elapsed());
            }
            times
        });
    }
    let times = pushes.join_all().await.concat();
    rate("durable pushes of one record, 64 in flight", times.len(), start.elapsed());
    spread("one push, 64 in flight", times);
}

async fn bulk(client: &Client, vault: &mut Vault, feeds: usize) {
    let written: Vec<_> =
        (0..feeds).map(|device| vault.write_sized(device, BULK / feeds, BODY_BYTES)).collect();
    let per_push = PUSH_BATCH_BYTES / written[0][0].len();
    let start = Instant::now();
    let mut pushes = JoinSet::new();
    for records in written {
        let client = client.beside();
        pushes.spawn(async move {
            for records in records.chunks(per_push) {
                client.push(records.to_vec()).await.expect("pushed");
            }
        });
    }
    pushes.join_all().await;
    rate(&format!("bulk, {feeds} feeds, each one push at a time"), BULK, start.elapsed());
}

async fn first_sync(url: &str, vault: &Vault) {
    let client = Client::enter(url, vault, 1).await;
    let start = Instant::now();
    let past = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    rate("first sync of everything", past.records.len(), start.elapsed());
}

async fn propagation(url: &str, client: &Client, vault: &mut Vault) {
    let other = Client::enter(url, vault, 1).await;
    let everything = (0..IN_FLIGHT).map(|device| (vault.devices[device].feed(), vault.position(device)));
    let everything: Vector = everything.collect();
    let mut pull = other.pull(&everything, Some(vault.roster.head().seq)).await.expect("pulled");
    pull.past().await.expect("the past");
    let (mut there, mut pushed) = (Vec::new(), Vec::new());
    for record in vault.write_sized(0, TIMED, BODY_BYTES) {
        let start = Instant::now();
        let push = async {
            client.push(vec![record]).await.expect("pushed");
            start.elapsed()
        };
        let arrive = async {
            pull.records(1).await;
            start.elapsed()
        };
        let (answered, arrived) = tokio::join!(push, arrive);
        pushed.push(answered);
        there.push(arrived);
    }
    spread("one push, alone", pushed);
    spread("from a push to another device", there);
}

async fn listeners(url: &str, client: &Client, vault: &Vault, pid: Option<&str>) {
    let before = pid.map(resident);
    let mut open: Vec<(Client, Pull)> = Vec::new();
    let everything = (0..IN_FLIGHT).map(|device| (vault.devices[device].feed(), vault.position(device)));
    let everything: Vector = everything.collect();
    for _ in 0..LISTENERS - 2 {
        let listener = client.elsewhere(url).await;
        let mut pull = listener.pull(&everything, Some(vault.roster.head().seq)).await.expect("pulled");
        pull.past().await.expect("the past");
        open.push((listener, pull));
    }
    if let Some((before, after)) = before.zip(pid.map(resident)) {
        let each = after.saturating_sub(before) / open.len() as u64;
        println!(r#"{{"what":"idle listener on its own connection","bytes":{each}}}"#);
    }
}

fn rate(what: &str, count: usize, took: Duration) {
    let per_second = count as f64 / took.as_secs_f64();
    println!(
        r#"{{"what":"{what}","count":{count},"seconds":{:.3},"per_second":{per_second:.0}}}"#,
        took.as_secs_f64()
    );
}

fn spread(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
    println!(r#"{{"what":"{what}","p50_ms":{:.3},"p90_ms":{:.3},"p99_ms":{:.3}}}"#, at(50), at(90), at(99));
}

fn memory(what: &str, pid: Option<&str>) {
    if let Some(pid) = pid {
        println!(r#"{{"what":"resident, {what}","bytes":{}}}"#, resident(pid));
    }
}

/// Another person in each run: a server keeps the spaces it has.
fn number() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    since.as_secs()
}

/// Bytes of memory that a process has resident.
fn resident(pid: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() * 1_024
}
