//! An author who seals what is no content: the record is theirs and verifies, and still harms nobody.

use haven_crypto::record::{OpenFault, open};
use haven_feed::record::finish;

use crate::raw;
use crate::world::{bytes, header, root, secrets};

/// Opens a record whose padded plaintext is `plain`, sealed as the drawing says.
#[track_caller]
fn check(plain: &[u8], expected: Result<&[u8], OpenFault>) {
    let author = secrets(1);
    let (head, salt) = (header(author, 1), bytes(5));
    let (key, commit) = raw::record_key(root(1).expose_for_sealing(), &head, &salt);
    let body = raw::seal(&key, &raw::record_aad(&head, &salt, &commit), plain);
    let record = finish(&head, &salt, &commit, &body, author.signer()).unwrap();
    let opened = open(&root(1).keys(), &record);
    assert_eq!(opened.as_ref().map(|opened| opened.bytes()), expected.as_ref().copied());
}

fn plain(codec: u8, length: u32, coded: &[u8], size: usize) -> Vec<u8> {
    let mut plain = [[codec].as_slice(), &length.to_be_bytes(), coded].concat();
    plain.resize(size, 0);
    plain
}

#[test]
fn the_drawing_is_what_is_opened() {
    check(&plain(0, 5, b"words", 256), Ok(b"words"));
    // A raw DEFLATE block, stored: 01, length 2, its complement 2, bytes.
    check(&plain(1, 10, &[1, 5, 0, 0xfa, 0xff, b'w', b'o', b'r', b'd', b's'], 256), Ok(b"words"));
    check(&plain(0, 0, b"", 256), Ok(b""));
}

#[test]
fn a_length_beyond_the_record_is_refused() {
    check(&plain(0, 252, b"", 256), Err(OpenFault::Malformed));
    check(&plain(0, u32::MAX, b"", 256), Err(OpenFault::Malformed));
}

#[test]
fn padding_that_hides_something_is_refused() {
    check(&plain(0, 4, b"words", 256), Err(OpenFault::Malformed));
}

#[test]
fn a_size_that_is_no_bucket_is_refused() {
    check(&plain(0, 5, b"words", 257), Err(OpenFault::Malformed));
    check(&plain(0, 5, b"words", 512), Err(OpenFault::Malformed));
}

#[test]
fn a_codec_of_the_future_is_told_apart() {
    check(&plain(2, 5, b"words", 256), Err(OpenFault::Incompatible));
}

#[test]
fn a_broken_compressed_stream_is_refused() {
    check(&plain(1, 5, b"words", 256), Err(OpenFault::Malformed));
    check(
        &plain(1, 11, &[1, 5, 0, 0xfa, 0xff, b'w', b'o', b'r', b'd', b's', 0], 256),
        Err(OpenFault::Malformed),
    );
}
