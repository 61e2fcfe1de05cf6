//! What a record's size tells the server.

use std::collections::BTreeMap;

use haven_crypto::padding::padded_length;
use haven_crypto::record::seal;
use haven_crypto::words::six;
use haven_feed::digest::Digest;
use haven_feed::record::PREFIX_LEN;

use crate::world::{bytes, header, noise, root, secrets};

#[track_caller]
fn check(length: usize, expected: usize) {
    assert_eq!(padded_length(length), expected, "for {length}");
}

#[test]
fn small_sizes_are_the_buckets() {
    check(0, 256);
    check(256, 256);
    for pair in [256, 512, 768, 1024, 1536, 2048, 3072, 4096].windows(2) {
        check(pair[0] + 1, pair[1]);
        check(pair[1], pair[1]);
    }
}

/// Values of the Padmé paper's rule: E − S lowest bits become zero.
#[test]
fn large_sizes_are_padme() {
    check(4097, 4352);
    check(4352, 4352);
    check(8191, 8192);
    check(65_537, 67_584);
    check(524_288, 524_288);
    check(524_289, 540_672);
    check(4 * 1024 * 1024, 4 * 1024 * 1024);
}

#[test]
fn padding_never_shrinks_costs_little_and_is_stable() {
    let mut last = 0;
    for length in (0..20_000).chain((20_000..5_000_000).step_by(997)) {
        let padded = padded_length(length);
        assert!(padded >= length && padded >= last, "{length}");
        assert_eq!(padded_length(padded), padded);
        assert!(length <= 4096 || (padded - length) * 100 <= length * 12, "{length} costs more than 12 %");
        last = padded;
    }
}

/// Words as people write them, as long as wanted.
fn text(seed: u64, length: usize) -> String {
    let mut text = String::new();
    for more in 0.. {
        if text.len() >= length {
            break;
        }
        text.push_str(&six(&Digest::from_bytes(bytes(seed << 20 | more))).join(" "));
        text.push_str(". ");
    }
    text.truncate(length);
    text
}

/// Lengths of 1,000 entries: most a paragraph or two, some a line, few a long evening; a middle of 1,400 bytes.
fn lengths() -> impl Iterator<Item = usize> {
    (0..1000).map(|i| {
        let dice: [u8; 12] = bytes(i);
        // Twelve dice are nearly normal: mean 1530, deviation 256; then log-normal by powers of two.
        let sum: u32 = dice.iter().map(|die| u32::from(*die)).sum();
        let exponent = 10.45 + (f64::from(sum) - 1530.0) / 256.0;
        exponent.exp2() as usize
    })
}

/// I(length; size) in bits: lengths in classes of 16 bytes, so that equal lengths occur.
fn mutual_information(pairs: &[(usize, usize)]) -> f64 {
    let (mut lengths, mut sizes, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (length, size) in pairs {
        *lengths.entry(length / 16).or_insert(0.0) += 1.0;
        *sizes.entry(*size).or_insert(0.0) += 1.0;
        *both.entry((length / 16, *size)).or_insert(0.0) += 1.0;
    }
    let entropy = |counts: Vec<f64>| -> f64 {
        counts.iter().map(|count| count / pairs.len() as f64).map(|share| -share * share.log2()).sum()
    };
    let counts = |map: BTreeMap<usize, f64>| map.into_values().collect();
    entropy(counts(lengths)) + entropy(counts(sizes)) - entropy(both.into_values().collect())
}

#[test]
fn a_size_tells_at_most_three_bits_of_a_length() {
    let (keys, author) = (root(1).keys(), secrets(1));
    let (mut padded, mut bare) = (Vec::new(), Vec::new());
    for (seed, length) in lengths().enumerate() {
        let content = text(seed as u64, length);
        let record = seal(&keys, author.signer(), &header(author, 1), content.as_bytes(), bytes(1)).unwrap();
        padded.push((length, record.bytes().len()));
        bare.push((length, length));
    }
    let (leak, without) = (mutual_information(&padded), mutual_information(&bare));
    let sum = |pairs: &[(usize, usize)]| pairs.iter().map(|(_, size)| *size).sum::<usize>() as f64;
    println!("{leak:.2} bits of {without:.2}; {:.2} × the text", sum(&padded) / sum(&bare));
    assert!(without > 5.0, "the measure sees lengths");
    assert!(leak <= 3.0, "{leak} bits");
}

/// A secret and a guess side by side in one content: right or wrong, the size stays within its bucket's step.
#[test]
fn most_guesses_beside_a_secret_do_not_show() {
    let (keys, author) = (root(1).keys(), secrets(1));
    let size = |content: &str| {
        seal(&keys, author.signer(), &header(author, 1), content.as_bytes(), bytes(1)).unwrap().bytes().len()
    };
    let changed = (0..200).filter(|seed| {
        let (secret, wrong) = (text(*seed, 40), text(seed + 1000, 40));
        let around = text(seed + 2000, 700);
        size(&format!("{around}{secret}{secret}")) != size(&format!("{around}{secret}{wrong}"))
    });
    assert!(changed.count() <= 40, "padding hides four of five");
}

#[test]
fn the_smallest_record_is_one_bucket() {
    let author = secrets(1);
    let size = |content: &[u8]| {
        let record = seal(&root(1).keys(), author.signer(), &header(author, 1), content, bytes(1));
        record.unwrap().bytes().len()
    };
    assert_eq!(size(b""), PREFIX_LEN + 256 + 16);
    assert_eq!(size(&noise(1, 251)), PREFIX_LEN + 256 + 16);
    assert_eq!(size(&noise(1, 252)), PREFIX_LEN + 512 + 16);
}
