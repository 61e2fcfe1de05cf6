//! Records of the vault of the roster vectors, and records that do not hold.

use haven_feed::chain::{Tip, verify_run};
use haven_feed::ids::RosterHead;
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord, finish};
use haven_feed::{LinkHash, RecordId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::people::Keyed;
use crate::rosters::{Chain, vault};

/// The vault's phone writes three records: as the roster was at link 1, then 2, then 5.
pub(crate) fn run(chain: &Chain) -> Vec<VerifiedRecord> {
    let mut run: Vec<VerifiedRecord> = Vec::new();
    for (seq, kind) in [(1, RecordKind::Data), (2, RecordKind::Heartbeat), (5, RecordKind::Other(3))] {
        let header = header(chain, seq, kind, run.last().map(Tip::of));
        run.push(seal(&header, 0x10 + run.len() as u8));
    }
    run
}

fn header(chain: &Chain, roster_seq: u64, kind: RecordKind, tip: Option<Tip>) -> Header {
    let hash = chain.roster.hash_at(roster_seq).unwrap();
    Header {
        kind,
        space: chain.roster.space(),
        feed: Keyed::new(1).keys.id(),
        seq: tip.map_or(1, |tip| tip.position.seq + 1),
        epoch: chain.roster.epoch_at(roster_seq).unwrap(),
        roster: RosterHead { seq: roster_seq, hash },
        prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
    }
}

fn seal(header: &Header, filling: u8) -> VerifiedRecord {
    let body = vec![filling; 272];
    finish(header, &[filling; 16], &[filling; 32], &body, &Keyed::new(1).signer).unwrap()
}

fn to_json(record: &VerifiedRecord) -> Value {
    let header = record.header();
    json!({
        "header": {
            "kind": u8::from(header.kind),
            "space": header.space.to_string(),
            "feed": header.feed.to_string(),
            "seq": header.seq,
            "epoch": header.epoch,
            "roster seq": header.roster.seq,
            "roster hash": header.roster.hash.to_string(),
            "prev": header.prev.to_string(),
        },
        "header bytes": hex(header.encode()),
        "salt": hex(record.salt()),
        "commit": hex(record.commit()),
        "body": hex(record.body().unwrap()),
        "id": record.id().to_string(),
        "stored": hex(record.bytes()),
        "husk": hex(record.to_husk().bytes()),
    })
}

/// Bytes that are no record.
fn malformed(good: &VerifiedRecord) -> Vec<Value> {
    let set = |at: usize, byte: u8| {
        let mut bytes = good.bytes().to_vec();
        bytes[at] = byte;
        bytes
    };
    let cases = [
        ("a newer version", set(0, 2)),
        ("another suite", set(1, 2)),
        ("a flag", set(2, 1)),
        ("kind zero", set(3, 0)),
        ("seq zero", set(51, 0)),
        ("another body", set(272, 0xff)),
        ("half a body", good.bytes()[..400].to_vec()),
        ("half a prefix", good.bytes()[..271].to_vec()),
    ];
    let case = |(name, bytes): (&str, Vec<u8>)| json!({"name": name, "stored": hex(&bytes), "fault": fault(Record::parse(bytes))});
    cases.into_iter().map(case).collect()
}

/// Records that do not continue the run.
fn refused(chain: &Chain, run: &[VerifiedRecord]) -> Vec<Value> {
    let tip = run.last().map(Tip::of);
    let good = header(chain, 5, RecordKind::Data, tip);
    let forked = RosterHead { hash: LinkHash::from_bytes([1; 32]), ..good.roster };
    let mut unsigned = seal(&good, 0x20).bytes().to_vec();
    unsigned[271] ^= 1;
    let cases = [
        ("a bad signature", unsigned),
        ("a gap", seal(&Header { seq: 5, ..good }, 0x20).bytes().to_vec()),
        ("a fork", seal(&Header { prev: run[1].id(), ..good }, 0x20).bytes().to_vec()),
        ("another roster", seal(&Header { roster: forked, ..good }, 0x20).bytes().to_vec()),
        (
            "an unknown link",
            seal(&Header { roster: RosterHead { seq: 6, ..forked }, ..good }, 0x20).bytes().to_vec(),
        ),
        ("an older roster", seal(&header(chain, 2, RecordKind::Data, tip), 0x20).bytes().to_vec()),
        ("an older epoch", seal(&Header { epoch: 1, ..good }, 0x20).bytes().to_vec()),
    ];
    let case = |(name, bytes): (&str, Vec<u8>)| {
        let record = Record::parse(bytes.clone()).unwrap();
        json!({"name": name, "stored": hex(bytes), "fault": fault(verify_run(&chain.roster, tip, &[record]))})
    };
    cases.into_iter().map(case).collect()
}

#[test]
fn records() {
    let chain = vault();
    let run = run(&chain);
    let parsed: Vec<Record> =
        run.iter().map(|record| Record::parse(record.bytes().clone()).unwrap()).collect();
    assert_eq!(verify_run(&chain.roster, None, &parsed).unwrap(), run);
    let about = "a run of the feed of key 1 in the vault of feed-rosters.json, in order; salts, commits and bodies are \
                 filling. \"malformed\" are no records, \"refused\" do not continue the run";
    let run_json: Vec<Value> = run.iter().map(to_json).collect();
    let vectors = json!({
        "about": about,
        "run": run_json,
        "malformed": malformed(&run[1]),
        "refused": refused(&chain, &run),
    });
    check("feed-records.json", &vectors);
}
