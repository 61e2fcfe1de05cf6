//! Records that a disk has cut short or that are somebody else's, put into the databases behind the programs' backs: they
//! are told and kept out, nothing else is lost, and everything goes on.

use std::path::PathBuf;

use haven_e2e::device::Device;
use haven_e2e::linking::{begun_with, link};
use haven_e2e::server::Server;
use rusqlite::{Connection, params};

/// A record in a database, server's or device's.
struct Row {
    arrival: i64,
    feed: i64,
    bytes: Vec<u8>,
}

/// A database whose program does not run.
struct Database(PathBuf);

impl Database {
    fn of(device: &Device) -> Self {
        Self(device.home().join("journal.db"))
    }

    fn open(&self) -> Connection {
        assert!(self.0.is_file());
        Connection::open(&self.0).unwrap()
    }

    /// Its records, newest first.
    fn records(&self) -> Vec<Row> {
        let db = self.open();
        let mut select =
            db.prepare("SELECT arrival, feed, bytes FROM records ORDER BY arrival DESC").unwrap();
        let row =
            |row: &rusqlite::Row<'_>| Ok(Row { arrival: row.get(0)?, feed: row.get(1)?, bytes: row.get(2)? });
        select.query_map([], row).unwrap().map(Result::unwrap).collect()
    }

    fn put(&self, arrival: i64, bytes: &[u8]) {
        let put = "UPDATE records SET bytes = ?2 WHERE arrival = ?1";
        assert_eq!(self.open().execute(put, params![arrival, bytes]), Ok(1));
    }
}

/// A record of a journal that has nothing to do with this one.
fn foreign() -> Vec<u8> {
    let device = Device::begun();
    device.add("of another journal");
    device.json(&["daemon", "stop"]);
    Database::of(&device).records().remove(0).bytes
}

fn cut(record: &[u8]) -> Vec<u8> {
    record[..record.len() - 10].to_vec()
}

fn alarms(device: &Device) -> u64 {
    device.json(&["status"])["alarms"].as_u64().unwrap()
}

fn check_server(bad: impl Fn(&[u8]) -> Vec<u8>) {
    let mut server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    link(&old, &new);
    let before = old.add("before");
    old.sync();
    new.sync();
    new.json(&["daemon", "stop"]);
    let one = old.add("one");
    old.sync();

    server.kill();
    let database = Database(server.data().join("store.db"));
    let Row { arrival, bytes, .. } = database.records().remove(0);
    database.put(arrival, &bad(&bytes));
    server.run();
    new.unlock();
    new.sync();
    assert!(alarms(&new) > 0);
    assert_eq!(new.text(&before), "before");
    assert_eq!(new.entries(), 1);
    // Everything but that record and what builds on it goes on, in both directions.
    let mine = new.add("mine");
    new.sync();
    old.sync();
    assert_eq!(old.text(&mine), "mine");
    let two = old.add("two");
    old.sync();

    server.kill();
    database.put(arrival, &bytes);
    server.run();
    new.sync();
    assert_eq!((new.text(&one), new.text(&two)), ("one".to_owned(), "two".to_owned()));
}

#[test]
fn a_server_with_a_record_cut_short_or_not_its_own_harms_no_device() {
    check_server(|record| record[..100].to_vec());
    check_server(cut);
    let foreign = foreign();
    check_server(|_| foreign.clone());
}

/// Two devices in step, and the records of the second one by feed, newest first. It does not run.
struct Pair {
    server: Server,
    old: Device,
    new: Device,
    /// What the second device wrote itself, and what it got.
    own: Vec<Row>,
    others: Vec<Row>,
    entries: [String; 4],
}

impl Pair {
    fn in_step() -> Self {
        let server = Server::start();
        let (old, new) = (begun_with(&server), Device::new());
        link(&old, &new);
        let entries = [old.add("first"), new.add("second"), old.add("third"), new.add("fourth")];
        for device in [&old, &new, &old] {
            device.sync();
        }
        new.json(&["daemon", "stop"]);
        // The first record that arrived is the older device's: nobody else was there.
        let records = Database::of(&new).records();
        let first = records.last().unwrap().feed;
        let (others, own) = records.into_iter().partition(|row| row.feed == first);
        Self { server, old, new, own, others, entries }
    }

    /// Goes on with damaged records, which nobody can bring while the server is away: what every device has can be read, and what
    /// is damaged can't be built on. Once the server is there, what is written reaches the other.
    fn check(&mut self, damaged: [&str; 2], told: u64) {
        self.server.kill();
        self.new.unlock();
        for (entry, words) in self.entries.iter().zip(["first", "second", "third", "fourth"]) {
            assert_eq!(self.new.text(entry), words);
            let edited = self.new.run(&["edit", entry, "--title", "a title"]);
            if damaged.contains(&words) {
                edited.failed(1, "STORAGE_DAMAGED");
            } else {
                assert_eq!(edited.code, Some(0), "{words}: {}", edited.stderr);
            }
        }
        assert_eq!(alarms(&self.new), told);
        self.server.run();
        let (theirs, ours) = (self.old.add("theirs"), self.new.add("ours"));
        for device in [&self.old, &self.new, &self.old] {
            device.sync();
        }
        assert_eq!((self.new.text(&theirs), self.old.text(&ours)), ("theirs".to_owned(), "ours".to_owned()));
        assert_eq!((self.old.entries(), alarms(&self.old)), (6, 0), "the other device knows of nothing");
    }

    /// Puts back what was there: nothing was made of the damage.
    fn check_healed(&self) {
        self.new.json(&["daemon", "stop"]);
        for row in self.own.iter().chain(&self.others) {
            Database::of(&self.new).put(row.arrival, &row.bytes);
        }
        self.new.unlock();
        for entry in &self.entries {
            self.new.json(&["edit", entry, "--title", "another title"]);
        }
        self.new.sync();
        self.old.sync();
        for entry in &self.entries {
            let [old, new] = [&self.old, &self.new].map(|device| device.json(&["show", entry]));
            assert_eq!((&old["version"], &old["text"]), (&new["version"], &new["text"]));
        }
    }
}

#[test]
fn a_device_goes_on_without_the_newest_records_of_its_feeds() {
    let foreign = foreign();
    for cut_own in [true, false] {
        let mut pair = Pair::in_step();
        let (own, other) = (&pair.own[0], &pair.others[0]);
        let (cut_one, foreign_one) = if cut_own { (own, other) } else { (other, own) };
        Database::of(&pair.new).put(cut_one.arrival, &cut(&cut_one.bytes));
        Database::of(&pair.new).put(foreign_one.arrival, &foreign);
        // One for each feed.
        pair.check(["third", "fourth"], 2);
        // The server has them: they come back by themselves.
        for entry in &pair.entries[2..] {
            haven_e2e::patience::until("what was damaged is whole again", || {
                (pair.new.run(&["edit", entry, "--title", "whole"]).code == Some(0)).then_some(())
            });
        }
        pair.check_healed();
    }
}

#[test]
fn a_device_goes_on_without_earlier_records_of_its_feeds() {
    let mut pair = Pair::in_step();
    let (own, other) = (&pair.own[1], &pair.others[1]);
    Database::of(&pair.new).put(own.arrival, &foreign());
    Database::of(&pair.new).put(other.arrival, &cut(&other.bytes));
    pair.check(["first", "second"], 0);
    pair.check_healed();
}

/// What was never sent is on one disk only. It is read from what this device made of it, and others are heard all the same.
#[test]
fn a_damaged_record_that_was_never_sent_is_told_and_its_words_are_kept() {
    let mut server = Server::start();
    let (old, new) = (begun_with(&server), Device::new());
    link(&old, &new);
    new.sync();
    server.kill();
    let unsent = new.add("written without a server");
    new.json(&["daemon", "stop"]);
    let Row { arrival, bytes, .. } = Database::of(&new).records().remove(0);
    Database::of(&new).put(arrival, &cut(&bytes));
    server.run();
    let theirs = old.add("theirs");
    old.sync();

    new.unlock();
    assert_eq!(alarms(&new), 1);
    haven_e2e::patience::until("others are heard", || {
        (new.run(&["show", &theirs]).code == Some(0)).then_some(())
    });
    assert_eq!(new.text(&unsent), "written without a server");
    assert_eq!(old.entries(), 1);
    let exported = new.run(&["export", "jsonl"]);
    assert!(exported.stdout.contains("written without a server"), "{}", exported.stderr);
}
