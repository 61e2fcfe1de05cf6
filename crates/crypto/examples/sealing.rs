//! How long keys and boxes take on this machine, one JSON object a line:
//!
//! ```text
//! cargo run --release -p haven-crypto --example sealing -- FILE
//! ```
//! The file's bytes are sealed and opened as a journal would be, in pieces of 64 KiB. An epoch's root is wrapped as a roster's link
//! carries it, by X-Wing, and beside it by X25519 alone, which is what being ready for quantum computers costs. Nothing here judges.

#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::convert::Infallible;
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use haven_crypto::epoch::{EpochKeys, EpochRoot};
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::passphrase::{KdfParams, Passphrase, stretch};
use haven_crypto::record::{open, seal};
use haven_crypto::wrap::{unwrap, wrap};
use haven_feed::ids::{LinkHash, RecordId, RosterHead, SpaceId};
use haven_feed::record::{Header, RecordKind, VerifiedRecord};
use haven_feed::roster::WrapContext;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Kem, OpModeR, OpModeS, single_shot_open, single_shot_seal_with_rng};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

/// The bytes of a piece that is compressed and sealed as one.
const PIECE_BYTES: usize = 64 << 10;
/// How often the slow one and the quick ones are timed.
const STRETCHES: usize = 5;
const QUICK: usize = 2_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let file = std::env::args().nth(1).ok_or("name a file whose bytes are sealed")?;
    let words = std::fs::read(file)?;
    let pieces: Vec<&[u8]> = words.chunks(PIECE_BYTES).collect();
    spread(
        "kdf",
        &mut times(STRETCHES, || {
            stretch(&Passphrase::new("measured"), &KdfParams::floor([7; 16])).map(drop)
        })?,
    );
    spread("hkdf", &mut times(QUICK, || expand().ok_or("no room"))?);
    hybrid_wraps()?;
    plain_wraps()?;
    whole("aead", words.len(), || encrypt(&pieces))?;
    let (keys, author) = (EpochRoot::from_entropy([1; 32]).keys(), FeedSecrets::from_entropy([2; 64]));
    let mut records = Vec::with_capacity(pieces.len());
    whole("seal", words.len(), || {
        records = seal_all(&keys, &author, &pieces)?;
        Ok(())
    })?;
    whole("open", words.len(), || open_all(&keys, &records))
}

/// Wraps as rosters carry them.
fn hybrid_wraps() -> Outcome<()> {
    let (root, member) = (EpochRoot::from_entropy([1; 32]), FeedSecrets::from_entropy([2; 64]));
    let keys = member.keys();
    let context = WrapContext {
        space: SpaceId::from_bytes([6; 32]),
        epoch: 1,
        recipient: keys.id().into(),
        prev: LinkHash::from_bytes([7; 32]),
    };
    let wrapped = wrap(&root, &keys.kem, &context, [8; 64]);
    let wrap_one = || -> Outcome<()> {
        black_box(wrap(&root, &keys.kem, &context, [8; 64]));
        Ok(())
    };
    spread("wrap", &mut times(QUICK, wrap_one)?);
    spread(
        "unwrap",
        &mut times(QUICK, || unwrap(member.kem(), &context, &wrapped, &root.keys().id()).map(drop))?,
    );
    Ok(())
}

/// The same by X25519 alone, for comparison: HPKE in base mode, as wraps would be without ML-KEM.
fn plain_wraps() -> Outcome<()> {
    let (secret, public) = X25519HkdfSha256::derive_keypair(&[2; 32]);
    let (info, root) = ([7; 84], [1; 32]);
    let seal_one = || {
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &public,
            &info,
            &root,
            &[],
            &mut Sevens,
        )
        .map_err(|_| "not sealed")
    };
    let (enc, sealed) = seal_one()?;
    let open_one = || {
        let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &secret,
            &enc,
            &info,
            &sealed,
            &[],
        );
        opened.map(|plain| drop(black_box(plain))).map_err(|_| "not opened")
    };
    spread("wrap x25519", &mut times(QUICK, || seal_one().map(|sealed| drop(black_box(sealed))))?);
    spread("unwrap x25519", &mut times(QUICK, open_one)?);
    Ok(())
}

/// Gives sevens: what is measured has no secrets.
struct Sevens;

impl TryRng for Sevens {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Sevens {}

/// The cipher alone, one key, no compression: the least that sealing can cost.
fn encrypt(pieces: &[&[u8]]) -> Outcome<()> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &[3; 32]).map_err(|_| "no key")?;
    let key = LessSafeKey::new(key);
    for (piece, number) in pieces.iter().zip(0_u64..) {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        let mut sealed = piece.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .map_err(|_| "not sealed")?;
        black_box(sealed);
    }
    Ok(())
}

/// As many bytes as one record takes from its epoch's key.
struct Bytes64;

impl KeyType for Bytes64 {
    fn len(&self) -> usize {
        64
    }
}

fn expand() -> Option<()> {
    let prk = Salt::new(HKDF_SHA256, &[4; 16]).extract(&[5; 32]);
    let mut out = [0; 64];
    prk.expand(&[b"measured"], Bytes64).and_then(|okm| okm.fill(&mut out)).ok()?;
    black_box(out);
    Some(())
}

fn seal_all(keys: &EpochKeys, author: &FeedSecrets, pieces: &[&[u8]]) -> Outcome<Vec<VerifiedRecord>> {
    let seal_one = |(piece, seq): (&&[u8], u64)| {
        let header = Header {
            kind: RecordKind::Data,
            space: SpaceId::from_bytes([6; 32]),
            feed: author.keys().id(),
            seq,
            epoch: 1,
            roster: RosterHead { seq: 1, hash: LinkHash::from_bytes([7; 32]) },
            prev: if seq == 1 { RecordId::ZERO } else { RecordId::from_bytes([8; 32]) },
        };
        Ok(seal(keys, author.signer(), &header, piece, [9; 32])?)
    };
    pieces.iter().zip(1..).map(seal_one).collect()
}

fn open_all(keys: &EpochKeys, records: &[VerifiedRecord]) -> Outcome<()> {
    for record in records {
        black_box(open(keys, record)?.bytes().len());
    }
    Ok(())
}

fn times<E: Into<Box<dyn Error>>>(
    rounds: usize,
    mut work: impl FnMut() -> Result<(), E>,
) -> Outcome<Vec<Duration>> {
    let timed = |_| {
        let begun = Instant::now();
        work().map_err(Into::into)?;
        Ok(begun.elapsed())
    };
    (0..rounds).map(timed).collect()
}

fn spread(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100) - 1].as_nanos();
    let count = times.len();
    println!(r#"{{"what":"{what}","count":{count},"p50_ns":{},"p99_ns":{}}}"#, at(50), at(99));
}

fn whole(what: &str, bytes: usize, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
    let begun = Instant::now();
    work()?;
    println!(r#"{{"what":"{what}","bytes":{bytes},"ns":{}}}"#, begun.elapsed().as_nanos());
    Ok(())
}
