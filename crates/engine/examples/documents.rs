//! How long the bare document library takes on this machine, one JSON object a line:
//!
//! ```text
//! cargo run --release -p haven-engine --example documents -- FILE
//! ```
//! Each line of the file is the text of a document, kept as a plain string as entries keep theirs. Nothing here judges.

#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, Change, ObjType, ROOT, TextEncoding};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let file = std::env::args().nth(1).ok_or("name a file whose lines become documents")?;
    let words = std::fs::read_to_string(file)?;
    let lines: Vec<&str> = words.lines().collect();
    let mut changes = Vec::with_capacity(lines.len());
    time("create", lines.len(), || {
        for line in &lines {
            changes.push(create(line)?);
        }
        Ok(())
    })?;
    time("apply", lines.len(), || {
        for change in &changes {
            black_box(apply(change)?);
        }
        Ok(())
    })?;
    let saves = changes.iter().map(|change| Ok(apply(change)?.save())).collect::<Outcome<Vec<_>>>()?;
    time("load", lines.len(), || {
        for save in &saves {
            black_box(Automerge::load(save)?);
        }
        Ok(())
    })
}

fn empty() -> Automerge {
    Automerge::new_with_encoding(TextEncoding::UnicodeCodePoint)
}

/// One document of the shape that an entry has, as the change that travels.
fn create(text: &str) -> Outcome<Vec<u8>> {
    let mut doc = empty();
    let mut tx = doc.transaction();
    tx.put(ROOT, "kind", "note")?;
    tx.put(ROOT, "at", "1660-01-01")?;
    tx.put(ROOT, "created", 0_i64)?;
    let texts = tx.put_object(ROOT, "texts", ObjType::Map)?;
    tx.put(&texts, "title", "")?;
    tx.put(&texts, "text", text)?;
    tx.put_object(ROOT, "tags", ObjType::Map)?;
    tx.commit_with(CommitOptions::default().with_time(0));
    let change = doc.get_last_local_change().ok_or("nothing was committed")?;
    Ok(change.raw_bytes().to_vec())
}

fn apply(change: &[u8]) -> Outcome<Automerge> {
    let mut doc = empty();
    doc.apply_changes([Change::from_bytes(change.to_vec())?])?;
    Ok(doc)
}

fn time(what: &str, count: usize, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let begun = Instant::now();
    work()?;
    println!(r#"{{"what":"{what}","count":{count},"ns":{}}}"#, begun.elapsed().as_nanos());
    Ok(())
}
