//! Padding: what the server learns from a record's size.
//!
//! ```text
//! plain = codec 1 | length 4 | coded content | zeros            codec 0 stored, 1 raw DEFLATE (RFC 1951)
//! sizes: 256 512 768 1024 1536 2048 3072 4096, then Padmé; of what the content needs or of a 32nd of it, whichever is more
//! ```

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use zeroize::Zeroizing;

use crate::derive::first;
use crate::limits::{CONTENT_BYTES_MAX, INFLATED_TIMES_MAX};

const BUCKETS: [usize; 8] = [256, 512, 768, 1024, 1536, 2048, 3072, 4096];
const HEAD_BYTES: usize = 1 + 4;
const STORED: u8 = 0;
const DEFLATED: u8 = 1;
/// 0.36 × in 64 KiB pieces at a third of the time of level 6.
const LEVEL: u32 = 4;

/// Why opened bytes are not a padded content.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum PaddingFault {
    /// The layout, the zeros or the compressed stream are wrong.
    Malformed,
    /// A codec of a newer version.
    Incompatible,
    /// It would inflate beyond [`CONTENT_BYTES_MAX`].
    TooLarge,
}

/// Gives the size that `length` bytes are padded to.
///
/// Above 4096 it is Padmé (Nikitin and others, PETS 2019, §4): with E = ⌊log₂ L⌋ and S = ⌊log₂ E⌋ + 1, the lowest E − S bits are
/// rounded up to zero. Resists reading an entry's length, or whether it contains something, out of a record's size;
/// costs at most 12 %, and 6 % in the thousands of kilobytes.
pub fn padded_length(length: usize) -> usize {
    if let Some(bucket) = BUCKETS.iter().find(|bucket| length <= **bucket) {
        return *bucket;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept)) - 1;
    (length + mask) & !mask
}

/// Gives the size of the plain bytes of `content` bytes that are `coded` ones when compressed.
///
/// Resists a sender who makes much of little: what inflates far is padded in proportion, so that memory costs what it weighs.
fn size_of(coded: usize, content: usize) -> usize {
    padded_length((HEAD_BYTES + coded).max(content.div_ceil(INFLATED_TIMES_MAX)))
}

/// Compresses (if that helps) and pads (module drawing). Nothing if the content is above its limit.
///
/// Every content is compressed alone: resists a neighbour who writes guesses next to a secret and watches the size.
pub(crate) fn pad(content: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if content.len() > CONTENT_BYTES_MAX {
        return None;
    }
    let deflated = deflate(content);
    let (codec, coded) =
        if deflated.len() < content.len() { (DEFLATED, deflated.as_slice()) } else { (STORED, content) };
    let length = u32::try_from(coded.len()).expect("content is below 4 MiB");

    let size = size_of(coded.len(), content.len());
    let mut plain = Zeroizing::new(Vec::with_capacity(size));
    plain.push(codec);
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(coded);
    plain.resize(size, 0);
    Some(plain)
}

/// Undoes [`pad`], strictly: one size, zeros only, nothing after the compressed stream, so one content has one layout. Content
/// of more than `most` bytes is [`PaddingFault::TooLarge`].
pub(crate) fn unpad(plain: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, PaddingFault> {
    if plain.len() < HEAD_BYTES {
        return Err(PaddingFault::Malformed);
    }
    let (head, rest) = plain.split_at(HEAD_BYTES);
    let length = u32::from_be_bytes(first(&head[1..]));
    let length = usize::try_from(length).map_err(|_| PaddingFault::Malformed)?;
    if length > rest.len() || plain.len() < padded_length(HEAD_BYTES + length) {
        return Err(PaddingFault::Malformed);
    }
    let (coded, zeros) = rest.split_at(length);
    if zeros.iter().any(|byte| *byte != 0) {
        return Err(PaddingFault::Malformed);
    }
    // A stream never becomes more than its size allows, however long it would go on.
    let most = most.min(plain.len() * INFLATED_TIMES_MAX);
    let content = match head[0] {
        STORED => stored(coded, most)?,
        DEFLATED => inflate(coded, most)?,
        _ => return Err(PaddingFault::Incompatible),
    };
    if plain.len() == size_of(length, content.len()) { Ok(content) } else { Err(PaddingFault::Malformed) }
}

fn stored(coded: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, PaddingFault> {
    if coded.len() > most {
        return Err(PaddingFault::TooLarge);
    }
    Ok(Zeroizing::new(coded.to_vec()))
}

fn deflate(content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
    let written = encoder.write_all(content).and_then(|()| encoder.finish());
    Zeroizing::new(written.expect("writing to a Vec does not fail"))
}

/// Resists a bomb: never makes room for more than one byte beyond the limit.
fn inflate(coded: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, PaddingFault> {
    let mut inflater = Decompress::new(false);
    let mut content = Zeroizing::new(Vec::new());
    let mut taken = 0;
    loop {
        // At least one byte of room each time, so that a stream which gives nothing is found out, not waited for.
        let room = (3 * coded.len() + content.len()).clamp(1, most + 1 - content.len());
        content.reserve_exact(room);
        let status = inflater.decompress_vec(&coded[taken..], &mut content, FlushDecompress::Finish);
        taken = usize::try_from(inflater.total_in()).map_err(|_| PaddingFault::Malformed)?;
        match status.map_err(|_| PaddingFault::Malformed)? {
            _ if content.len() > most => return Err(PaddingFault::TooLarge),
            Status::StreamEnd if taken == coded.len() => return Ok(content),
            Status::Ok | Status::BufError if content.len() == content.capacity() => {}
            _ => return Err(PaddingFault::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(codec: u8, length: usize, coded: &[u8]) -> Vec<u8> {
        let mut plain = vec![codec];
        plain.extend_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
        plain.extend_from_slice(coded);
        plain.resize(padded_length(plain.len()), 0);
        plain
    }

    fn plain_of(content: &[u8]) -> Vec<u8> {
        let coded = deflate(content);
        let mut plain = plain(DEFLATED, coded.len(), &coded);
        plain.resize(size_of(coded.len(), content.len()), 0);
        plain
    }

    #[track_caller]
    fn check(plain: &[u8], expected: Result<&[u8], PaddingFault>) {
        assert_eq!(
            unpad(plain, CONTENT_BYTES_MAX).as_ref().map(|content| content.as_slice()),
            expected.as_ref().copied()
        );
    }

    #[test]
    fn every_content_comes_back() {
        let noise: Vec<u8> =
            (0..9000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13).to_be_bytes()[3]).collect();
        for length in (0..600).chain([4091, 4092, 9000]) {
            for content in [&noise[..length], &vec![b'a'; length]] {
                let padded = pad(content).unwrap();
                assert_eq!(padded.len(), padded_length(padded.len()));
                check(&padded, Ok(content));
            }
        }
    }

    #[test]
    fn only_one_layout_is_accepted() {
        check(&plain(STORED, 3, b"abc"), Ok(b"abc"));
        check(&plain(STORED, 2, b"abc"), Err(PaddingFault::Malformed));
        check(&plain(STORED, 252, b"abc"), Err(PaddingFault::Malformed));
        check(&plain(2, 3, b"abc"), Err(PaddingFault::Incompatible));
        check(b"\0\0\0\0", Err(PaddingFault::Malformed));
        let mut wide = plain(STORED, 3, b"abc");
        wide.resize(512, 0);
        check(&wide, Err(PaddingFault::Malformed));
        let mut marked = plain(STORED, 3, b"abc");
        marked[255] = 1;
        check(&marked, Err(PaddingFault::Malformed));
    }

    #[test]
    fn a_compressed_stream_ends_where_it_says() {
        let coded = deflate(&[b'a'; 300]);
        check(&plain(DEFLATED, coded.len(), &coded), Ok(&[b'a'; 300]));
        check(&plain(DEFLATED, coded.len() - 1, &coded[..coded.len() - 1]), Err(PaddingFault::Malformed));
        check(&plain(DEFLATED, coded.len() + 1, &coded), Err(PaddingFault::Malformed));
        check(&plain(DEFLATED, 0, &[]), Err(PaddingFault::Malformed));
        check(&plain(DEFLATED, 4, &[0xff; 4]), Err(PaddingFault::Malformed));
    }

    #[test]
    fn a_bomb_is_refused_at_its_limit() {
        let largest = vec![0; CONTENT_BYTES_MAX];
        check(&pad(&largest).unwrap(), Ok(&largest));
        assert!(pad(&vec![0; CONTENT_BYTES_MAX + 1]).is_none());
        for content in [CONTENT_BYTES_MAX + 1, 16 * CONTENT_BYTES_MAX].map(|length| vec![0; length]) {
            check(&plain_of(&content), Err(PaddingFault::TooLarge));
            let bomb = deflate(&content);
            check(&plain(DEFLATED, bomb.len(), &bomb), Err(PaddingFault::TooLarge));
        }
    }

    /// A content weighs at least a 32nd of itself, and no more than it has to.
    #[test]
    fn much_is_not_made_of_little() {
        let long = vec![b'o'; 500_000];
        let padded = pad(&long).unwrap();
        assert_eq!(padded.len(), padded_length(500_000 / 32));
        check(&padded, Ok(&long));
        let coded = deflate(&long);
        check(&plain(DEFLATED, coded.len(), &coded), Err(PaddingFault::TooLarge));
        let mut wide = padded.to_vec();
        wide.resize(padded_length(padded.len() + 1), 0);
        check(&wide, Err(PaddingFault::Malformed));

        let fitting = vec![b'o'; 256 * INFLATED_TIMES_MAX];
        check(&plain_of(&fitting), Ok(&fitting));
        assert_eq!((plain_of(&fitting).len(), pad(&[b'o'; 256 * 32 + 1]).unwrap().len()), (256, 512));
    }
}
