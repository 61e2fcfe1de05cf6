//! The labels that are drawn, and that no label of the protocol begins another.

use std::collections::BTreeSet;
use std::path::Path;

use haven_feed::digest::label;

pub(crate) const MANIFEST: &str = "haven/1/manifest";
pub(crate) const PACK: &str = "haven/1/pack";
pub(crate) const BODIES: &str = "haven/1/bodies";
pub(crate) const BLOB_CHUNK: &str = "haven/1/blob chunk";
pub(crate) const BLOB_NODE: &str = "haven/1/blob node";
pub(crate) const BLOB_ID: &str = "haven/1/blob id";
pub(crate) const ATTACHMENT: &str = "haven/1/attachment";
pub(crate) const CHECKPOINT: &str = "haven/1/checkpoint";
pub(crate) const COSIGNER: &str = "haven/1/cosigner";
pub(crate) const SEED: &str = "haven/1/ml-dsa seed";
pub(crate) const RECEIPT: &str = "haven/1/receipt";

const ALL: [&str; 11] =
    [MANIFEST, PACK, BODIES, BLOB_CHUNK, BLOB_NODE, BLOB_ID, ATTACHMENT, CHECKPOINT, COSIGNER, SEED, RECEIPT];

/// Labels that begin another one. They name what is made, are followed by fields of fixed width in a hash that is cut to different
/// lengths, and are never signed.
const BEGIN_ANOTHER: [&str; 1] = ["haven/1/import"];

#[test]
fn no_label_of_the_protocol_begins_another() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/PROTOCOL.md");
    let text = std::fs::read_to_string(path).unwrap();
    // Labels stand in quotes where they are used, and in backticks in the tables.
    let named: BTreeSet<&str> =
        text.split(['"', '`', '\n']).filter(|part| part.starts_with("haven/1/")).collect();
    for label in ALL.into_iter().chain(label::ALL) {
        assert!(named.contains(label), "{label} is not in PROTOCOL.md");
    }
    for one in named.iter().filter(|one| !BEGIN_ANOTHER.contains(one)) {
        let begun = named.iter().find(|other| other.starts_with(one) && other != &one);
        assert_eq!(begun, None, "{one} begins another label");
    }
}
