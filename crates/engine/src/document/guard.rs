//! Foreign changes on their way into a document: decoded one by one under limits, applied to a fork, saved, loaded again
//! and compared before they replace anything. Bare automerge 0.12 can be panicked, inflated and bricked by 146 bytes.
//!
//! Devices hear of the same changes in different orders, and what one of them refuses it lacks for ever, with all that is built on
//! it. So the verdict is about the changes and what they build on ([`super::past`]), never about what else is here.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use haven_feed::digest::{Digest, digest};
use thiserror::Error;

use super::creation::{claimed, create};
use super::defining::defined_by;
use super::imported::imported;
use super::past::Past;
use super::roots::creations;
use super::scan::{ScanFault, Size};
use super::upgrade::{UPGRADE_ACTOR_BYTES, is_ours};
use super::{Author, Document, Fields, Reading, empty, load, scan};
use crate::actor::Actor;
use crate::content::DocumentId;
use crate::limits;

/// Why foreign changes were refused; the document is as it was.
#[derive(Debug, Error)]
pub(crate) enum GuardFault {
    /// A change does not pass the look at its bytes.
    #[error(transparent)]
    Scan(#[from] ScanFault),
    /// The library does not read it.
    #[error("the change is malformed")]
    Malformed,
    /// Written by an actor that the record did not announce, or an upgrade or an import that is not the one we would make.
    #[error("the change is by an actor that is not its author's")]
    WrongActor,
    /// It builds on changes that are not there, although its author said it had seen no others.
    #[error("the change builds on changes that are not there")]
    Dangling,
    /// The library panicked.
    #[error("the change breaks the library")]
    Panicked,
    /// After saving and loading the document says something else, or does not load.
    #[error("the change does not survive saving")]
    Brittle,
    /// The document says what no entry says.
    #[error("the document has another shape")]
    Shape,
}

/// A document made of foreign changes only, as it travels most often: one creation change.
pub(crate) struct Foreign {
    pub(crate) fields: Fields,
    pub(crate) hash: [u8; 32],
    /// When its author's clock said it was.
    pub(crate) at_ms: i64,
}

/// Reads a document that consists of its creation change alone. What it says is written again with the same actor and
/// time; equal bytes mean that it is exactly what this device could have written itself, so saving and loading it is
/// covered by our own tests. `None`: not canonical, use [`absorb`].
///
/// # Errors
/// The change was refused.
pub(crate) fn canonical(
    document: &DocumentId,
    change: &[u8],
    actors: &BTreeSet<Actor>,
) -> Result<Option<Foreign>, GuardFault> {
    let size = scan::size(change)?;
    sparing(size, &[change])?;
    within_reason(size, &[change], || 0)?;
    guarded(|| {
        let parsed = parse(change)?;
        if let Some((fields, ours)) = imported(document, &parsed) {
            let at_ms = parsed.timestamp().saturating_mul(1000);
            return Ok(Some(Foreign { fields, hash: ours.hash, at_ms }));
        }
        let actor = announced(&parsed, actors).ok_or(GuardFault::WrongActor)?;
        if !parsed.deps().is_empty() || parsed.len() > limits::CREATION_OPERATIONS_MAX {
            return Ok(None);
        }
        let at_ms = parsed.timestamp().saturating_mul(1000);
        let fields = claimed(&parsed);
        let ours = create(&fields, Author { actor, now_ms: at_ms });
        Ok((ours.change == change).then_some(Foreign { fields, hash: ours.hash, at_ms }))
    })
}

/// Applies foreign changes to a copy of `document` (or to an empty one), which `id` names, and gives the copy and what it says
/// if all is well.
///
/// # Errors
/// They were refused; nothing happened.
pub(crate) fn absorb(
    id: &DocumentId,
    document: Option<&Document>,
    changes: &[&[u8]],
    actors: &BTreeSet<Actor>,
) -> Result<(Document, Reading), GuardFault> {
    let mut size = Size::default();
    for change in changes {
        size = size.and(scan::size(change)?);
    }
    if size.operations > limits::RECORD_OPERATIONS_MAX {
        return Err(ScanFault::TooLarge.into());
    }
    sparing(size, changes)?;
    guarded(|| {
        let parsed: Vec<Change> = changes.iter().map(|change| parse(change)).collect::<Result<_, _>>()?;
        let doc =
            document.map_or_else(|| empty(automerge::ActorId::from(&Actor::default())), |doc| doc.0.clone());
        let past = Past::of(&doc, &parsed).ok_or(GuardFault::Dangling)?;
        within_reason(size, changes, || past.bytes(&doc))?;
        plausible(&parsed, size.operations, &past)?;
        let mut fork = doc;
        fork.apply_changes(parsed.clone()).map_err(|_| GuardFault::Malformed)?;
        if !fork.get_missing_deps(&[]).is_empty()
            || parsed.iter().any(|c| fork.get_change_by_hash(&c.hash()).is_none())
        {
            return Err(GuardFault::Dangling);
        }
        let creations = creations(&fork);
        let is_upgrade =
            |change: &Change| creations.iter().any(|(_, creation)| upgrade(&fork, *creation, change));
        let honest = |change: &Change| {
            announced(change, actors).is_some() || is_upgrade(change) || imported(id, change).is_some()
        };
        if !parsed.iter().all(honest) {
            return Err(GuardFault::WrongActor);
        }
        let most = if size.named > limits::NAMED_FREE { limits::DOCUMENT_VALUES_MAX } else { usize::MAX };
        let heads = past.heads_in(&fork);
        contents(&fork, heads.as_deref(), most)?;
        past.shape(&fork, &creations, heads.as_deref()).ok_or(GuardFault::Shape)?;
        survives(&fork)?;
        let document = Document(fork);
        let reading = document.reading().map_err(|_| GuardFault::Shape)?;
        let defined = changes.iter().filter_map(|change| defined_by(id, change)).collect();
        Ok((document, Reading { defined, ..reading }))
    })
}

/// Refuses more keys and letters than an honest author can have made out of so many bytes.
fn sparing(size: Size, changes: &[&[u8]]) -> Result<(), GuardFault> {
    let sent = sent(changes);
    if size.named > made_of(sent) || size.inserted > sent.saturating_add(limits::OPERATIONS_FREE) {
        return Err(ScanFault::TooLarge.into());
    }
    Ok(())
}

/// Refuses more operations than an honest author can have made out of so many bytes. A run of a hundred bytes stands for a million
/// operations as well, and each takes a third of a kilobyte once it is applied.
fn within_reason(size: Size, changes: &[&[u8]], there: impl FnOnce() -> u64) -> Result<(), GuardFault> {
    let sent = sent(changes);
    // The letters that are deleted were sent earlier. Reading how many is slow, and rarely needed.
    if size.operations <= made_of(sent) || size.operations <= made_of(sent.saturating_add(there())) {
        Ok(())
    } else {
        Err(ScanFault::TooLarge.into())
    }
}

fn sent(changes: &[&[u8]]) -> u64 {
    changes.iter().map(|change| change.len() as u64).sum()
}

fn made_of(bytes: u64) -> u64 {
    bytes.saturating_mul(limits::OPERATIONS_A_BYTE_MAX).saturating_add(limits::OPERATIONS_FREE)
}

/// Refuses counters and times that no honest author writes and that the library has no room to go on from: after a counter near
/// 2³² the next edit panics, and times are kept as differences.
///
/// Counting on from what is there, operation by operation, fits however high it is: only who leaps comes near the end, and may not.
/// Else whoever leapt to where leaps end would keep everybody else from writing.
fn plausible(changes: &[Change], operations: u64, past: &Past) -> Result<(), GuardFault> {
    let last = past.last_operation();
    let next = last.saturating_add(changes.iter().map(|change| change.len() as u64).sum());
    let leap = last.saturating_add(operations).saturating_add(limits::COUNTER_AHEAD_MAX);
    let most = next.max(leap.min(limits::COUNTER_LEAP_MAX)).min(limits::COUNTER_MAX);
    let fits = |change: &Change| {
        change.max_op() <= most && change.timestamp().unsigned_abs() <= limits::CHANGE_SECONDS_MAX
    };
    if changes.iter().all(fits) { Ok(()) } else { Err(GuardFault::Shape) }
}

/// Parses a change and compares its checksum, which the library does not: the first four bytes of its hash.
fn parse(bytes: &[u8]) -> Result<Change, GuardFault> {
    let change = Change::try_from(bytes).map_err(|_| GuardFault::Malformed)?;
    if bytes.get(4..8) == Some(&change.hash().0[..4]) { Ok(change) } else { Err(GuardFault::Malformed) }
}

fn announced(change: &Change, actors: &BTreeSet<Actor>) -> Option<Actor> {
    let actor = Actor::try_from(change.actor_id().to_bytes()).ok()?;
    actors.contains(&actor).then_some(actor)
}

fn upgrade(doc: &Automerge, creation: ChangeHash, change: &Change) -> bool {
    change.deps() == [creation]
        && change.actor_id().to_bytes().len() == UPGRADE_ACTOR_BYTES
        && is_ours(doc, creation, change)
}

/// Saves, loads again and compares heads and every value, conflicts included.
fn survives(doc: &Automerge) -> Result<(), GuardFault> {
    let again = load(&doc.save()).map_err(|_| GuardFault::Brittle)?;
    let all = |doc| contents(doc, None, usize::MAX);
    if again.get_heads() != doc.get_heads() || all(&again)? != all(doc)? {
        return Err(GuardFault::Brittle);
    }
    Ok(())
}

/// Every value with its place, now or at some changes, each as a digest: what it stands under and how it would be printed may be many
/// times as long. Stops at the limits of depth and number instead of recursing and growing.
fn contents(doc: &Automerge, heads: Option<&[ChangeHash]>, most: usize) -> Result<Vec<Digest>, GuardFault> {
    let brittle = |_| GuardFault::Brittle;
    let (mut found, mut in_force) = (Vec::new(), 0);
    let mut open: Vec<(ObjId, ObjType, usize)> = vec![(ROOT, ObjType::Map, 0)];
    while let Some((object, kind, depth)) = open.pop() {
        if depth > limits::DOCUMENT_DEPTH_MAX {
            return Err(GuardFault::Shape);
        }
        match kind {
            ObjType::Text => {
                let text = heads.map_or_else(|| doc.text(&object), |heads| doc.text_at(&object, heads));
                found.push(said(&object.to_string(), text.map_err(brittle)?.as_bytes()));
            }
            ObjType::Map => {
                let keys = heads.map_or_else(|| doc.keys(&object), |heads| doc.keys_at(&object, heads));
                for key in keys {
                    let values = match heads {
                        Some(heads) => doc.get_all_at(&object, key.as_str(), heads),
                        None => doc.get_all(&object, key.as_str()),
                    };
                    let values = values.map_err(brittle)?;
                    in_force += values.len();
                    if in_force > most {
                        return Err(GuardFault::Shape);
                    }
                    for (value, id) in values {
                        let place = said(&format!("{object} {id}"), key.as_bytes());
                        match value {
                            Value::Object(kind) => open.push((id, kind, depth + 1)),
                            Value::Scalar(scalar) => found.push(scalar_said(&scalar)),
                        }
                        found.push(place);
                    }
                }
            }
            // No document of ours holds a list or a table.
            ObjType::List | ObjType::Table => return Err(GuardFault::Shape),
        }
    }
    Ok(found)
}

fn scalar_said(scalar: &ScalarValue) -> Digest {
    match scalar {
        ScalarValue::Str(text) => said("text", text.as_bytes()),
        ScalarValue::Bytes(bytes) => said("bytes", bytes),
        ScalarValue::Unknown { type_code, bytes } => said(&format!("kind {type_code}"), bytes),
        short => said("value", format!("{short:?}").as_bytes()),
    }
}

fn said(of: &str, bytes: &[u8]) -> Digest {
    digest("haven/1/local contents", &[&(of.len() as u64).to_be_bytes(), of.as_bytes(), bytes])
}

/// Runs the library with its panics caught. They say nothing about our own state: all of it is the closure's.
fn guarded<T>(run: impl FnOnce() -> Result<T, GuardFault>) -> Result<T, GuardFault> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(GuardFault::Panicked))
}
