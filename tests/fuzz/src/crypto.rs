//! What is behind a seal, and the seals themselves.

use std::sync::LazyLock;

use haven_crypto::drops::{DropKey, DropSecret};
use haven_crypto::epoch::{EpochKeys, EpochRoot};
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::fuzz::{linking_messages, name_again, pad, unpad};
use haven_crypto::local::LocalKey;
use haven_crypto::padding::padded_length;
use haven_crypto::passphrase::WrappedLocalKey;
use haven_crypto::record;
use haven_crypto::wrap::unwrap;
use haven_feed::keys::FeedKeys;
use haven_feed::record::Record;
use haven_feed::roster::epoch::WrapContext;
use haven_feed::roster::{Link, Wrap};
use haven_feed::{EpochId, LinkHash, MemberId, SpaceId};

use crate::target::Target;
use crate::vectors;

const RECORDS: &str = include_str!("../../vectors/data/crypto-records.json");
const LOCAL: &str = include_str!("../../vectors/data/crypto-local.json");
const PASSPHRASE: &str = include_str!("../../vectors/data/crypto-passphrase.json");
const DROPS: &str = include_str!("../../vectors/data/crypto-drops.json");
const LINKING: &str = include_str!("../../vectors/data/crypto-linking.json");
const EPOCHS: &str = include_str!("../../vectors/data/crypto-epochs.json");

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "padding",
        about: "a record's plain bytes: padding and DEFLATE",
        seeds: padding_seeds,
        run: padding,
        sample: 1_000,
    },
    Target {
        name: "linking",
        about: "the plain bytes of linking messages, and names",
        seeds: linking_seeds,
        run: linking,
        sample: 1_000,
    },
    Target {
        name: "boxes",
        about: "sealed bytes of every kind, with the right keys",
        seeds: box_seeds,
        run: boxes,
        sample: 300,
    },
];

/// Contents above this are not padded again: it would only try the compressor.
const AGAIN_BYTES_MAX: usize = 64 * 1024;

fn padding_seeds() -> Vec<Vec<u8>> {
    let contents: [&[u8]; 4] = [b"", b"A quiet day.", &[b'a'; 5_000], &[0; 200_000]];
    contents.iter().filter_map(|content| pad(content)).collect()
}

fn padding(bytes: &[u8]) {
    check_padding(bytes);
    // The same as a codec and what it coded, padded as it has to be: damage to the stream is tried, not to the zeros.
    let Some((codec, rest)) = bytes.split_first() else { return };
    let coded = rest.get(4..).unwrap_or(rest);
    let coded = &coded[..coded.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)];
    let mut plain = vec![codec & 1];
    plain.extend(u32::try_from(coded.len()).unwrap_or(0).to_be_bytes());
    plain.extend(coded);
    plain.resize(padded_length(plain.len()), 0);
    check_padding(&plain);
}

fn check_padding(plain: &[u8]) {
    let Some(content) = unpad(plain) else { return };
    assert_eq!(plain.len(), padded_length(plain.len()), "one size for each content");
    if content.len() <= AGAIN_BYTES_MAX {
        assert_eq!(pad(&content).and_then(|plain| unpad(&plain)), Some(content));
    }
}

fn linking_seeds() -> Vec<Vec<u8>> {
    let keys = vectors::bytes(RECORDS, &["keys"]).remove(0);
    let mut block = vec![0; 128];
    block[..7].copy_from_slice(b"\0\x05Phone");
    let first = [&[1][..], &[0; 4], &[7; 32]].concat();
    let offer = [&[1][..], &[0; 4], &[7; 32], &[8; 32], &4_u64.to_be_bytes(), &[9; 32]].concat();
    let third = [&keys[..], &[5; 32], &block, &[6; 64]].concat();
    let field = |key| vectors::bytes(LINKING, &[key]).remove(0);
    let manifest = [&7_u64.to_be_bytes()[..], &field("manifest id")].concat();
    let welcome = [field("space"), manifest, field("server key"), field("store"), field("vector")].concat();
    vec![block, first, offer, third, welcome]
}

fn linking(bytes: &[u8]) {
    let possible = linking_messages(bytes);
    assert!(possible.iter().filter(|it| **it).count() <= 1, "no bytes are two messages");
    if let Some(again) = name_again(bytes) {
        assert_eq!(again, bytes);
    }
}

/// Keys of the vectors, and what names the place of what they open.
struct Keys {
    epochs: Vec<EpochKeys>,
    roots: Vec<EpochId>,
    local: LocalKey,
    drops: DropSecret,
    device: FeedSecrets,
    author: FeedKeys,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let root = |bytes: Vec<u8>| EpochRoot::from_sealed(&bytes).expect("a root");
    let roots = [vectors::bytes(EPOCHS, &["root"]), vectors::bytes(RECORDS, &["root"])].concat();
    let epochs: Vec<_> = roots.into_iter().map(|bytes| root(bytes).keys()).collect();
    let secrets = vectors::bytes(RECORDS, &["secrets"]).remove(0);
    let device = FeedSecrets::from_sealed(&secrets).expect("a device's secrets");
    Keys {
        roots: epochs.iter().map(EpochKeys::id).collect(),
        epochs,
        local: LocalKey::from_entropy(std::array::from_fn(|at| 0x10 + at as u8)),
        drops: DropSecret::from_sealed(&vectors::bytes(DROPS, &["secret"])[0]).expect("a drop secret"),
        author: device.keys(),
        device,
    }
});

/// The first byte says which box the others are.
fn box_seeds() -> Vec<Vec<u8>> {
    let kinds = [
        (0, vectors::bytes(LOCAL, &["sealed"])),
        (1, vectors::bytes(PASSPHRASE, &["wrapped"])),
        (2, vectors::bytes(DROPS, &["key row"])),
        (3, vectors::bytes(DROPS, &["sealed"])),
        (4, vectors::bytes(EPOCHS, &["wrap"])),
        (5, vectors::bytes(EPOCHS, &["sealed", "sealed previous root"])),
        (6, vectors::bytes(RECORDS, &["stored"])),
        (7, vec![vec![1; 32], vec![2; 64]]),
    ];
    let marked =
        |(kind, all): (u8, Vec<Vec<u8>>)| all.into_iter().map(move |bytes| [&[kind][..], &bytes].concat());
    kinds.into_iter().flat_map(marked).collect()
}

fn boxes(bytes: &[u8]) {
    let Some((kind, sealed)) = bytes.split_first() else { return };
    let keys = &*KEYS;
    match kind {
        0 => {
            let _ = keys.local.open("draft", &[1, 2, 3], sealed);
        }
        1 => {
            if let Ok(wrapped) = WrappedLocalKey::parse(sealed) {
                assert_eq!(wrapped.as_bytes(), sealed);
                assert!(
                    wrapped.params().check().is_ok(),
                    "weak parameters are refused before anything is stretched"
                );
            }
        }
        2 => {
            if let Ok(key) = DropKey::parse(sealed) {
                assert_eq!(key.to_bytes()[..], *sealed);
            }
        }
        3 => {
            let _ = keys.drops.open(sealed);
        }
        4 => wraps(sealed),
        5 => {
            for (epoch, root) in keys.epochs.iter().zip(&keys.roots) {
                let _ = epoch.open_previous(sealed, root);
                let _ = epoch.open_name(sealed, MemberId::from_bytes([0x30; 8]));
            }
        }
        6 => {
            let verified =
                Record::parse(sealed.to_vec()).ok().and_then(|record| record.verify(&keys.author).ok());
            for epoch in verified.iter().flat_map(|_| &keys.epochs) {
                let _ = verified.as_ref().map(|record| record::open(epoch, record));
            }
        }
        _ => {
            let _ = (EpochRoot::from_sealed(sealed), Link::parse(sealed.to_vec()));
            if sealed.len() <= 64 {
                let _ = (FeedSecrets::from_sealed(sealed), DropSecret::from_sealed(sealed));
            }
        }
    }
}

fn wraps(sealed: &[u8]) {
    // A wrap begins with its suite and its length, which the link checks.
    let Some(Ok(sealed)) = sealed.get(3..).map(TryInto::try_into) else { return };
    let context = WrapContext {
        space: SpaceId::from_bytes([0x5e; 32]),
        epoch: 0,
        recipient: KEYS.author.id().into(),
        prev: LinkHash::from_bytes([0; 32]),
    };
    let _ = unwrap(KEYS.device.kem(), &context, &Wrap::from_sealed(sealed), &KEYS.roots[0]);
}
