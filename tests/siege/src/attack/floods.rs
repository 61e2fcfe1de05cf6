//! As much as goes through of what costs little to say.

use std::io;

use tokio::io::{AsyncWriteExt as _, copy, sink};
use tokio::task::JoinSet;

use super::Way;
use crate::frames::{
    CONTINUATION, END_HEADERS, FRAME_BYTES_MAX, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS, frame, head,
    preface, stream,
};

/// Connections at once; more would only share what goes through.
const CONNECTIONS: usize = 8;
/// Frames that are written at once.
const BATCH: u32 = 200;
/// The error code of a call that is taken back (RFC 9113 §7).
const CANCEL: [u8; 4] = 8_u32.to_be_bytes();

/// Connects and goes, as often as goes through.
pub(super) async fn connections(way: &Way) {
    let mut crowd = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let way = way.clone();
        crowd.spawn(async move {
            loop {
                if let Ok(mut stream) = way.open().await {
                    // The other end may be gone already.
                    let _ = stream.write_all(PREFACE).await;
                }
            }
        });
    }
    crowd.join_all().await;
}

/// Says what a script tells, round after round, on many connections; every other one reads nothing of what it's answered. Who is
/// shown out comes again.
pub(super) async fn flood(way: &Way, script: fn(u32) -> Vec<u8>) {
    let mut crowd = JoinSet::new();
    for number in 0..CONNECTIONS {
        let way = way.clone();
        crowd.spawn(async move {
            loop {
                // However it ended, there is a next time.
                let _ = speak(&way, script, number % 2 == 0).await;
            }
        });
    }
    crowd.join_all().await;
}

async fn speak(way: &Way, script: fn(u32) -> Vec<u8>, reads: bool) -> io::Result<()> {
    let mut connection = way.open().await?;
    let (mut reader, mut writer) = connection.split();
    let write = async {
        for round in 0.. {
            writer.write_all(&script(round)).await?;
            way.act();
        }
        Ok(())
    };
    if !reads {
        return write.await;
    }
    let read = async { copy(&mut reader, &mut sink()).await.map(drop) };
    tokio::select! {
        ended = write => ended,
        ended = read => ended,
    }
}

/// Calls that are taken back at once (RFC 9113 §6.4), each a new stream.
pub(super) fn resets(round: u32) -> Vec<u8> {
    let Some(round) = round.checked_sub(1) else { return preface(&[]) };
    let head = head("/haven.sync.v1.SessionService/Challenge");
    let calls = (round * BATCH..).take(BATCH as usize).map(stream);
    calls
        .flat_map(|stream| {
            [frame(HEADERS, END_HEADERS, stream, &head), frame(RST_STREAM, 0, stream, &CANCEL)].concat()
        })
        .collect()
}

/// Headers that go on and on (RFC 9113 §6.10): each frame holds whole fields, of which none is remembered.
pub(super) fn continuations(round: u32) -> Vec<u8> {
    let head = head("/haven.sync.v1.SessionService/Challenge");
    match round {
        0 => [preface(&[]), frame(HEADERS, 0, stream(0), &head)].concat(),
        _ => frame(CONTINUATION, 0, stream(0), &head.repeat(FRAME_BYTES_MAX / head.len())),
    }
}

/// Pings, each of which is to be answered (RFC 9113 §6.7).
pub(super) fn pings(round: u32) -> Vec<u8> {
    match round {
        0 => preface(&[]),
        _ => frame(PING, 0, 0, &[0; 8]).repeat(BATCH as usize),
    }
}

/// Settings, each of which is to be taken in and answered (RFC 9113 §6.5).
pub(super) fn settings(round: u32) -> Vec<u8> {
    match round {
        0 => preface(&[]),
        // SETTINGS_INITIAL_WINDOW_SIZE, another one each time.
        _ => [[0, 4, 0, 0, 0, 1], [0, 4, 0, 0, 0xff, 0]]
            .map(|setting| frame(SETTINGS, 0, 0, &setting))
            .concat()
            .repeat(BATCH as usize / 2),
    }
}
