//! The first change of a document that an import makes: the same bytes on every device that imports the same line.
//!
//! ```text
//! actor = zero 8 | time 8 | SHA-256("haven/1/import" || document 16 || time 8 || fields)[..16]
//! time  = seconds since the epoch, big-endian, the sign turned over so that later times are greater bytes
//! ```
//! The fields are coded as in a row. The zeros put the actor below every device's own, which are random: a creation that a
//! device wrote stands before one that was imported, and of two imported ones the later stands before the earlier.
//!
//! Resists two imports under one name, of which every device would keep the one that it heard of first: whoever looks for two whose
//! hashes begin alike finds eight bytes in minutes, and sixteen never.

use automerge::{ActorId, Change};
use haven_feed::digest::digest;

use super::Fields;
use super::creation::{self, Created, claimed};
use crate::codec::Writer;
use crate::content::DocumentId;

/// How many bytes such an actor has. A device's and an upgrade's have sixteen, so none meet.
pub(super) const IMPORT_ACTOR_BYTES: usize = 32;

const LABEL: &str = "haven/1/import";

fn actor(document: &DocumentId, fields: &Fields, seconds: i64) -> ActorId {
    let time = (seconds.cast_unsigned() ^ (1 << 63)).to_be_bytes();
    let mut said = Writer::default();
    fields.encode(&mut said);
    let said = digest(LABEL, &[document, &time, &said.0]).first::<16>();
    let mut bytes = [0; IMPORT_ACTOR_BYTES];
    bytes[8..16].copy_from_slice(&time);
    bytes[16..].copy_from_slice(&said);
    ActorId::from(&bytes)
}

/// Makes the creation change of a document that an import says was last changed then.
pub(crate) fn create_imported(document: &DocumentId, fields: &Fields, modified_ms: i64) -> Created {
    let seconds = modified_ms.div_euclid(1000);
    creation::create_by(fields, &actor(document, fields, seconds), seconds)
}

/// Whether an actor makes imports.
pub(super) fn is_import(actor: &ActorId) -> bool {
    actor.to_bytes().len() == IMPORT_ACTOR_BYTES
}

/// What a change by such an actor says, if it is, byte for byte, the one that this device would have made.
pub(super) fn imported(document: &DocumentId, change: &Change) -> Option<(Fields, Created)> {
    if !is_import(change.actor_id()) || !change.deps().is_empty() {
        return None;
    }
    let fields = claimed(change);
    let ours = create_imported(document, &fields, change.timestamp().saturating_mul(1000));
    (ours.change == change.raw_bytes()).then_some((fields, ours))
}
