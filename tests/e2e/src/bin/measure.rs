//! Times a device through the typed client, as an app would meet it, and prints one JSON object a line:
//!
//! ```text
//! measure save SOCKET FILE COUNT           entries of a file of JSON lines written one by one
//! measure read SOCKET QUERY                the newest ten listed, and a search
//! measure propagation SOCKET SOCKET COUNT  from a save on one device to the event on the other
//! measure unlock SOCKET PASSFILE QUERY     the passphrase, the newest ten, the whole journal searchable
//! measure first-sync OLD NEW PASSFILE QUERY   a new device from the moment it is linked
//! ```
//! Nothing here judges: the figures are for whoever compares them with the floors of the same run.

#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use haven_api::client::Client;
use haven_api::daemon::Daemon;
use haven_api::devices::{Join, JoinState, LinkState};
use haven_api::journal::{Draft, Filter};
use haven_api::unix::{Connection, connect};

/// How many entries "the newest" are on a screen, and how many a new device should show first.
const SCREEN: u32 = 10;
const FIRST: u32 = 100;
/// How often quick answers and the slow unlock are timed.
const READS: usize = 200;
const SEARCHES: usize = 60;
const UNLOCKS: usize = 5;
/// When nothing happens for so long, look anyway.
const LOOK: Duration = Duration::from_millis(50);
/// When something has not happened for so long, it will not.
const PATIENCE: Duration = Duration::from_secs(300);

type Haven = Client<Connection>;
type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let measured = async {
        match arguments[..] {
            ["save", socket, file, count] => save(&open(socket).await?, file, count.parse()?).await,
            ["read", socket, query] => read(&open(socket).await?, query).await,
            ["propagation", one, other, count] => {
                propagation(&open(one).await?, &open(other).await?, count.parse()?).await
            }
            ["unlock", socket, passphrase, query] => unlock(socket, &secret(passphrase)?, query).await,
            ["first-sync", old, new, passphrase, query] => {
                first_sync(&open(old).await?, &open(new).await?, &secret(passphrase)?, query).await
            }
            _ => Err("see the head of the source for what may be asked".into()),
        }
    };
    tokio::time::timeout(PATIENCE, measured).await?
}

async fn open(socket: &str) -> Outcome<Haven> {
    Ok(connect(Path::new(socket)).await?)
}

fn secret(file: &str) -> Outcome<String> {
    Ok(std::fs::read_to_string(file)?.lines().next().unwrap_or_default().to_owned())
}

async fn save(haven: &Haven, file: &str, count: usize) -> Outcome<()> {
    let file = std::fs::read_to_string(file)?;
    let mut times = Vec::with_capacity(count);
    let begun = Instant::now();
    for line in file.lines().cycle().take(count) {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let draft = Draft::note(line["text"].as_str().unwrap_or_default());
        times.push(time(haven.add(draft)).await?);
    }
    println!(r#"{{"what":"all saves","count":{count},"ns":{}}}"#, begun.elapsed().as_nanos());
    spread("save", &mut times);
    Ok(())
}

async fn read(haven: &Haven, query: &str) -> Outcome<()> {
    let filter = Filter::default();
    let mut lists = Vec::with_capacity(READS);
    for _ in 0..READS {
        lists.push(time(haven.list(&filter, SCREEN, None)).await?);
    }
    spread("list", &mut lists);
    let mut searches = Vec::with_capacity(SEARCHES);
    for _ in 0..SEARCHES {
        searches.push(time(haven.search(query, SCREEN, None)).await?);
    }
    spread("search", &mut searches);
    Ok(())
}

/// A save counts as arrived when the other device says that it has one entry more; it is readable then.
async fn propagation(one: &Haven, other: &Haven, count: u64) -> Outcome<()> {
    let before = entries(other).await?;
    let mut events = other.events().await?;
    let mut times = Vec::new();
    let mut last = String::new();
    for wanted in before + 1..=before + count {
        let begun = Instant::now();
        let arrival = async {
            while let Some(event) = events.next().await? {
                if event.status.entries.is_some_and(|entries| entries >= wanted) {
                    return Ok(begun.elapsed());
                }
            }
            Err::<_, Box<dyn Error>>("the events ended".into())
        };
        let (saved, arrived) = tokio::join!(one.add(Draft::note(format!("on its way, {wanted}"))), arrival);
        last = saved?.id.to_string();
        times.push(arrived?);
    }
    other.entry(&last, None).await?;
    spread("propagation", &mut times);
    Ok(())
}

async fn unlock(socket: &str, passphrase: &str, query: &str) -> Outcome<()> {
    let haven = open(socket).await?;
    let hits = haven.search(query, 1, None).await?.total;
    let (mut opened, mut shown, mut searchable) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..UNLOCKS {
        // A lock replaces the process, so the connection is a new one every time.
        let haven = open(socket).await?;
        let before = haven.daemon().await?;
        haven.lock().await?;
        let haven = successor(socket, &before).await?;
        let begun = Instant::now();
        haven.unlock(passphrase.to_owned()).await?;
        opened.push(begun.elapsed());
        haven.list(&Filter::default(), SCREEN, None).await?;
        shown.push(begun.elapsed());
        while haven.search(query, 1, None).await?.total != hits {}
        searchable.push(begun.elapsed());
    }
    spread("unlocked", &mut opened);
    spread("newest shown", &mut shown);
    spread("all searchable", &mut searchable);
    Ok(())
}

/// Connects to the process that follows a lock; the one before may still answer for a moment.
async fn successor(socket: &str, before: &Daemon) -> Outcome<Haven> {
    loop {
        if let Ok(haven) = open(socket).await
            && let Ok(daemon) = haven.daemon().await
            && daemon != *before
        {
            return Ok(haven);
        }
    }
}

async fn first_sync(old: &Haven, new: &Haven, passphrase: &str, query: &str) -> Outcome<()> {
    let wanted = Wanted {
        entries: entries(old).await?,
        newest: newest(old).await?,
        query,
        hits: old.search(query, 1, None).await?.total,
    };
    link(old, new, passphrase).await?;
    let begun = Instant::now();
    let (shown, all) = arrived(new, &wanted, begun).await?;
    new.sync(Some(PATIENCE)).await?;
    let (shown, all, settled) = (shown.as_nanos(), all.as_nanos(), begun.elapsed().as_nanos());
    let count = wanted.entries;
    println!(
        r#"{{"what":"first sync","count":{count},"newest_ns":{shown},"ns":{all},"settled_ns":{settled}}}"#
    );
    Ok(())
}

/// What a new device must show before it has everything.
struct Wanted<'a> {
    entries: u64,
    newest: Vec<String>,
    query: &'a str,
    hits: u32,
}

/// Lets a new device in, and returns the moment it is.
async fn link(old: &Haven, new: &Haven, passphrase: &str) -> Outcome<()> {
    let code = old.start_link().await?;
    let mut answers = old.watch_link().await?;
    let join = Join {
        code: code.code,
        server_url: code.server_url,
        device_name: "New".to_owned(),
        passphrase: passphrase.to_owned(),
    };
    let (mut states, mut theirs) = (new.join(join).await?, String::new());
    while let Some(state) = states.next().await? {
        match state {
            JoinState::Connecting => {}
            JoinState::Words(words) => {
                while !matches!(answers.next().await?, Some(LinkState::Answered { .. }) | None) {}
                theirs = old.confirm_link(&words, passphrase.to_owned()).await?.words;
            }
            JoinState::Comparing => new.confirm_join(&theirs).await?,
            JoinState::Linked { .. } => return Ok(()),
        }
    }
    Err("the new device was not let in".into())
}

/// Waits until the newest are shown, and until everything is listed and found.
async fn arrived(new: &Haven, wanted: &Wanted<'_>, begun: Instant) -> Outcome<(Duration, Duration)> {
    let mut events = new.events().await?;
    let mut shown = None;
    loop {
        let now = entries(new).await?;
        if shown.is_none() && now > 0 && newest(new).await? == wanted.newest {
            shown = Some(begun.elapsed());
        }
        if now == wanted.entries && new.search(wanted.query, 1, None).await?.total == wanted.hits {
            let all = begun.elapsed();
            return Ok((shown.unwrap_or(all), all));
        }
        // The device says when there is more; a quiet one is looked at all the same.
        if let Ok(event) = tokio::time::timeout(LOOK, events.next()).await {
            event?.ok_or("the events ended")?;
        }
    }
}

async fn entries(haven: &Haven) -> Outcome<u64> {
    Ok(haven.status().await?.entries.unwrap_or_default())
}

async fn newest(haven: &Haven) -> Outcome<Vec<String>> {
    let page = haven.list(&Filter::default(), FIRST, None).await?;
    Ok(page.items.iter().map(|entry| entry.id.to_string()).collect())
}

async fn time<T, E: Error + 'static>(call: impl Future<Output = Result<T, E>>) -> Outcome<Duration> {
    let begun = Instant::now();
    call.await?;
    Ok(begun.elapsed())
}

fn spread(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100).max(1) - 1].as_nanos();
    let count = times.len();
    println!(r#"{{"what":"{what}","count":{count},"p50_ns":{},"p99_ns":{}}}"#, at(50), at(99));
}
