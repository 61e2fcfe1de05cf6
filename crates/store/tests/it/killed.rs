//! A process that is killed at any moment has lost nothing that it acknowledged.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use haven_engine::io::{Reader, Store as _};

use crate::ordeal::Ordeal;
use crate::role;
use crate::world::{Dice, SPACE, apply, check_numbered, numbered, open};

const ACKNOWLEDGED: &str = "acknowledged ";

#[test]
fn nothing_acknowledged_is_lost() {
    if let Some(folder) = role::second() {
        write_until_killed(&folder);
    }
    let home = tempfile::tempdir().unwrap();
    let ordeal = Ordeal::full(10_000);
    let mut dice = Dice(ordeal.seed);
    let (mut folder, mut known, mut kept) = (home.path().join("0"), 0, 0);
    for kill in 0..ordeal.count {
        if kill.is_multiple_of(30) {
            // A new life, killed early: also while the files are made.
            (folder, known) = (home.path().join(kill.to_string()), 0);
        }
        let acknowledged =
            kill_writer(&folder, dice.below(1 + kill % 30), Duration::from_micros(dice.below(3000)));
        let store = open(&folder);
        let head = check_numbered(&store, known + 1);
        assert!(head >= acknowledged, "kill {kill}: acknowledged {acknowledged}, held {head}");
        kept += acknowledged.saturating_sub(known);
        assert_eq!(store.regression(), None);
        if kill.is_multiple_of(10) {
            assert_eq!(store.verify(), Ok(vec![]));
        }
        known = head;
    }
    let store = open(&folder);
    assert_eq!(check_numbered(&store, 1), known);
    assert_eq!(store.verify(), Ok(vec![]));
    ordeal.passed(&format!("{kept} records acknowledged, 0 lost"));
}

/// Starts a writer, kills it after so many acknowledgements and a moment more, and returns the last it gave.
fn kill_writer(folder: &Path, acknowledgements: u64, moment: Duration) -> u64 {
    let mut writer = role::command("killed::nothing_acknowledged_is_lost", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut last = 0;
    let mut heard = 0;
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    while heard < acknowledgements {
        let line = lines.next().expect("a writer that lives until it is killed").unwrap();
        if let Some(seq) = acknowledged(&line) {
            (last, heard) = (seq, heard + 1);
        }
    }
    spin(moment);
    kill(&mut writer);
    // A line that the kill cut short was not heard by anybody.
    let whole = lines.map_while(Result::ok);
    whole.filter_map(|line| acknowledged(&line)).fold(last, u64::max)
}

fn acknowledged(line: &str) -> Option<u64> {
    line.strip_prefix(ACKNOWLEDGED)?.strip_suffix('.')?.parse().ok()
}

fn kill(writer: &mut Child) {
    writer.kill().unwrap();
    writer.wait().unwrap();
}

/// A moment shorter than any sleep can be.
fn spin(moment: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < moment {
        std::hint::spin_loop();
    }
}

#[expect(clippy::print_stdout, reason = "how it acknowledges")]
fn write_until_killed(folder: &Path) -> ! {
    let mut store = open(folder);
    let mut head = store.heads(SPACE).unwrap().first().map_or(0, |(_, seq)| *seq);
    println!();
    loop {
        let next = head + 1;
        head = next + next % 4;
        apply(&mut store, numbered(next..=head));
        println!("{ACKNOWLEDGED}{head}.");
    }
}
