//! Blobs: bytes too many for a record, sealed in chunks and named by a tree of hashes. Attachments and packs are blobs.
//!
//! ```text
//! plain   = codec 1 | length 8 | coded content | zeros                      padded as records are
//! chunk i = ChaCha20-Poly1305(key, nonce = i 11 | last 1, aad empty, 65,536 bytes of plain; the last has the rest)
//! leaf i  = SHA-256("haven/1/blob chunk" || i 8 | chunk)      node = SHA-256("haven/1/blob node" || left 32 | right 32)
//! id      = SHA-256("haven/1/blob id" || sealed length 8 | root 32)
//! ```

use haven_crypto::padding::padded_length;
use haven_feed::digest::digest;
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::labels::{ATTACHMENT, BLOB_CHUNK, BLOB_ID, BLOB_NODE};
use crate::seal::{expand, mac, open, seal, sha256};

const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
const STORED: u8 = 0;

/// A sealed blob.
pub(crate) struct Blob {
    pub(crate) chunks: Vec<Vec<u8>>,
}

/// What a blob's reader was told: by a record of an attachment, by a manifest of a pack.
pub(crate) struct Told {
    pub(crate) id: [u8; 32],
    pub(crate) sealed: u64,
    pub(crate) key: [u8; 32],
}

/// Lays out a stored content, and pads it.
pub(crate) fn plain_of(content: &[u8]) -> Vec<u8> {
    let mut plain = vec![STORED];
    plain.extend((content.len() as u64).to_be_bytes());
    plain.extend(content);
    plain.resize(padded_length(plain.len()), 0);
    plain
}

fn nonce(index: usize, last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&(index as u64).to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}

impl Blob {
    pub(crate) fn seal(key: &[u8; 32], plain: &[u8]) -> Self {
        let pieces: Vec<&[u8]> = plain.chunks(CHUNK).collect();
        let last = pieces.len() - 1;
        let seal = |(at, piece): (usize, &&[u8])| seal(key, nonce(at, at == last), piece);
        Self { chunks: pieces.iter().enumerate().map(seal).collect() }
    }

    pub(crate) fn len(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.len() as u64).sum()
    }

    pub(crate) fn root(&self) -> [u8; 32] {
        let leaf = |(at, chunk): (usize, &Vec<u8>)| {
            *digest(BLOB_CHUNK, &[&(at as u64).to_be_bytes(), chunk]).as_bytes()
        };
        let leaves: Vec<[u8; 32]> = self.chunks.iter().enumerate().map(leaf).collect();
        tree(&leaves)
    }

    pub(crate) fn id(&self) -> [u8; 32] {
        *digest(BLOB_ID, &[&self.len().to_be_bytes(), &self.root()]).as_bytes()
    }

    /// Opens it chunk by chunk, and believes nothing that the record or manifest did not say.
    pub(crate) fn open(&self, told: &Told) -> Result<Vec<u8>, &'static str> {
        if self.len() != told.sealed || self.id() != told.id {
            return Err("another blob, or altered");
        }
        self.unseal(&told.key)
    }

    /// Opens it as STREAM alone would, without what the record says.
    fn unseal(&self, key: &[u8; 32]) -> Result<Vec<u8>, &'static str> {
        let last = self.chunks.len().checked_sub(1).ok_or("no chunks")?;
        let mut plain = Vec::new();
        for (at, chunk) in self.chunks.iter().enumerate() {
            let full = chunk.len() == CHUNK + TAG;
            if (at < last && !full) || chunk.len() <= TAG || chunk.len() > CHUNK + TAG {
                return Err("a chunk of another length");
            }
            plain.extend(open(key, nonce(at, at == last), chunk).ok_or("a chunk that is not in its place")?);
        }
        read_plain(&plain)
    }
}

fn read_plain(plain: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (head, rest) = plain.split_at_checked(9).ok_or("malformed")?;
    let length = u64::from_be_bytes(head[1..].try_into().unwrap()) as usize;
    let content = rest.get(..length).ok_or("malformed")?;
    let zeros = rest[length..].iter().all(|byte| *byte == 0);
    if plain.len() != padded_length(9 + length) || !zeros {
        return Err("malformed");
    }
    if head[0] == STORED { Ok(content.to_vec()) } else { Err("incompatible") }
}

/// RFC 9162 §2.1.1: the left part is the largest power of two below the number of leaves.
fn tree(leaves: &[[u8; 32]]) -> [u8; 32] {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    *digest(BLOB_NODE, &[&tree(left), &tree(right)]).as_bytes()
}

/// Content that both implementations can make: SHA-256(number 4) one after another, cut.
fn content(length: usize) -> Vec<u8> {
    let blocks = (0..length.div_ceil(32) as u32).flat_map(|number| sha256(&number.to_be_bytes()));
    blocks.take(length).collect()
}

/// The key of an attachment: hedged, as salts are.
fn key_of(root: &[u8; 32], random: &[u8; 32], plain: &[u8]) -> [u8; 32] {
    mac(&expand(root, "haven/1/epoch salt"), &[ATTACHMENT.as_bytes(), random, &sha256(plain)])
}

/// The body of the item that says everything about an attachment.
fn item(told: &Told, length: u64, media: &str, name: &str) -> Vec<u8> {
    let mut body = vec![0xd0; 16];
    body.extend(told.id);
    body.extend(told.sealed.to_be_bytes());
    body.extend(length.to_be_bytes());
    body.extend(told.key);
    for text in [media, name] {
        body.extend((text.len() as u32).to_be_bytes());
        body.extend(text.as_bytes());
    }
    body
}

struct Made {
    blob: Blob,
    told: Told,
    json: Value,
}

fn made(root: &[u8; 32], length: usize) -> Made {
    let (random, plain) = ([length as u8 ^ 0x5a; 32], plain_of(&content(length)));
    let key = key_of(root, &random, &plain);
    let blob = Blob::seal(&key, &plain);
    let told = Told { id: blob.id(), sealed: blob.len(), key };
    assert_eq!(blob.open(&told).unwrap(), content(length));
    let json = json!({
        "length": length,
        "random": hex(random),
        "key": hex(key),
        "sealed length": blob.len(),
        "chunks": blob.chunks.len(),
        "first chunk begins": hex(&blob.chunks[0][..32]),
        "last chunk ends": hex(&blob.chunks[blob.chunks.len() - 1][blob.chunks[blob.chunks.len() - 1].len() - 32..]),
        "root": hex(blob.root()),
        "id": hex(blob.id()),
        "item": hex(item(&told, length as u64, "image/jpeg", "a day at the sea.jpg")),
    });
    Made { blob, told, json }
}

/// Chunks of two blobs in an order that no reader takes; each also fails without the id, by nonces alone.
const PUT_TOGETHER: [(&str, &[(usize, usize)]); 7] = [
    ("two chunks in each other's place", &[(0, 1), (0, 0), (0, 2)]),
    ("without the last", &[(0, 0), (0, 1)]),
    ("without the first", &[(0, 1), (0, 2)]),
    ("one twice", &[(0, 0), (0, 0), (0, 1), (0, 2)]),
    ("the last twice", &[(0, 0), (0, 1), (0, 2), (0, 2)]),
    ("one of another blob", &[(0, 0), (1, 1), (0, 2)]),
    ("the other blob", &[(1, 0), (1, 1), (1, 2)]),
];

fn refused(blobs: &[&Made; 2]) -> Vec<Value> {
    let case = |(name, places): (&str, &[(usize, usize)])| {
        let chunks = places.iter().map(|(of, at)| blobs[*of].blob.chunks[*at].clone()).collect();
        let blob = Blob { chunks };
        assert!(blob.unseal(&blobs[0].told.key).is_err(), "{name}");
        json!({"name": name, "chunks": places, "fault": fault(blob.open(&blobs[0].told))})
    };
    PUT_TOGETHER.into_iter().map(case).collect()
}

#[test]
fn attachments() {
    let root = [0x33; 32];
    // Nothing, a line, a chunk to the byte, one more than that, three, and five chunks.
    let all = [0, 11, CHUNK - 9, CHUNK - 8, 190_000, 180_000, 300_000].map(|length| made(&root, length));
    let about = "content is SHA-256(number 4) one after another, cut to its length; key = HMAC-SHA256(Expand(root, \
                 \"haven/1/epoch salt\"), \"haven/1/attachment\" || random || SHA-256(plain)). \"refused\": chunks (blob, index) \
                 put together, blob 0 the one of 190,000 bytes and blob 1 that of 180,000, read as blob 0";
    let blobs: Vec<&Value> = all.iter().map(|made| &made.json).collect();
    let json =
        json!({"about": about, "root": hex(root), "blobs": blobs, "refused": refused(&[&all[4], &all[5]])});
    check("drawn-attachments.json", &json);
}
