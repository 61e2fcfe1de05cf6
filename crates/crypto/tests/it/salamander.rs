//! A salamander: one sealed body that authenticates under two epochs' keys, built for our cipher.
//!
//! Poly1305 is linear once both one-time keys are known: one free block makes the two tags agree.

use haven_crypto::record::{OpenFault, open};
use haven_feed::record::finish;

use crate::raw;
use crate::world::{bytes, header, noise, root, secrets};

/// A number modulo p = 2^130 - 5: hi · 2^128 + lo.
#[derive(Clone, Copy, PartialEq)]
struct Field {
    hi: u64,
    lo: u128,
}

const P: Field = Field { hi: 3, lo: u128::MAX - 4 };
const ZERO: Field = Field { hi: 0, lo: 0 };
const ONE: Field = Field { hi: 0, lo: 1 };

impl Field {
    fn plus(self, other: Self) -> Self {
        let (lo, carry) = self.lo.overflowing_add(other.lo);
        let hi = self.hi + other.hi + u64::from(carry);
        if (hi, lo) < (P.hi, P.lo) {
            return Self { hi, lo };
        }
        let (lo, borrow) = lo.overflowing_sub(P.lo);
        Self { hi: hi - P.hi - u64::from(borrow), lo }
    }

    fn minus(self, other: Self) -> Self {
        let (lo, borrow) = P.lo.overflowing_sub(other.lo);
        let negated = Self { hi: P.hi - other.hi - u64::from(borrow), lo };
        self.plus(if other == ZERO { ZERO } else { negated })
    }

    fn bit(self, at: usize) -> bool {
        if at < 128 { self.lo >> at & 1 == 1 } else { self.hi >> (at - 128) & 1 == 1 }
    }

    fn times(self, other: Self) -> Self {
        (0..130).rev().fold(ZERO, |sum, at| {
            let doubled = sum.plus(sum);
            if other.bit(at) { doubled.plus(self) } else { doubled }
        })
    }

    fn power(self, exponent: Self) -> Self {
        (0..130).rev().fold(ONE, |product, at| {
            let squared = product.times(product);
            if exponent.bit(at) { squared.times(self) } else { squared }
        })
    }

    /// By Fermat: x^(p-2).
    fn inverse(self) -> Self {
        self.power(Self { lo: P.lo - 2, ..P })
    }
}

/// The first 32 bytes of a ChaCha20 block with counter and nonce zero (RFC 8439 §2.6): r, clamped, and s.
fn one_time_key(key: &[u8; 32]) -> (Field, u128) {
    let mut state = [0_u32; 16];
    state[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    for (word, bytes) in state[4..12].iter_mut().zip(key.chunks(4)) {
        *word = u32::from_le_bytes(bytes.try_into().unwrap());
    }
    let start = state;
    for _ in 0..10 {
        for [a, b, c, d] in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
            quarter(&mut state, a, b, c, d);
        }
        for [a, b, c, d] in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
            quarter(&mut state, a, b, c, d);
        }
    }
    let half = |from: usize| {
        (from..from + 4).rev().fold(0, |value, i| value << 32 | u128::from(state[i].wrapping_add(start[i])))
    };
    (Field { hi: 0, lo: half(0) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff }, half(4))
}

fn quarter(x: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    for (left, right) in [(16, 12), (8, 7)] {
        x[a] = x[a].wrapping_add(x[b]);
        x[d] = (x[d] ^ x[a]).rotate_left(left);
        x[c] = x[c].wrapping_add(x[d]);
        x[b] = (x[b] ^ x[c]).rotate_left(right);
    }
}

/// What Poly1305 reads: aad and ciphertext in blocks (both are multiples of 16 here), then their lengths.
fn mac_blocks(aad: &[u8], ciphertext: &[u8]) -> Vec<Field> {
    let lengths = [aad.len() as u64, ciphertext.len() as u64].map(u64::to_le_bytes).concat();
    let blocks = aad.chunks(16).chain(ciphertext.chunks(16)).chain([lengths.as_slice()]);
    blocks.map(|block| Field { hi: 1, lo: u128::from_le_bytes(block.try_into().unwrap()) }).collect()
}

fn polynomial(blocks: &[Field], r: Field) -> Field {
    blocks.iter().fold(ZERO, |sum, block| sum.plus(*block).times(r))
}

fn tag(blocks: &[Field], (r, s): (Field, u128)) -> u128 {
    polynomial(blocks, r).lo.wrapping_add(s)
}

/// What one of the two readers authenticates with.
struct Reader {
    key: [u8; 32],
    aad: Vec<u8>,
}

/// Chooses the last ciphertext block so that the tags of both readers agree, if it can: about one time in four.
fn join_tags(ciphertext: &mut [u8], one: &Reader, two: &Reader) -> Option<u128> {
    let (first, second) = (one_time_key(&one.key), one_time_key(&two.key));
    let mut blocks = [mac_blocks(&one.aad, ciphertext), mac_blocks(&two.aad, ciphertext)];
    let free = blocks[0].len() - 2;
    blocks.iter_mut().for_each(|blocks| blocks[free] = ZERO);
    let squares = first.0.times(first.0).minus(second.0.times(second.0));
    let constant = polynomial(&blocks[1], second.0).minus(polynomial(&blocks[0], first.0));
    let keys = Field { hi: 0, lo: second.1 }.minus(Field { hi: 0, lo: first.1 });
    let mut lift = ZERO;
    for _ in 0..4 {
        let block = constant.plus(keys).plus(lift).times(squares.inverse());
        blocks.iter_mut().for_each(|blocks| blocks[free] = block);
        let joined = tag(&blocks[0], first);
        if block.hi == 1 && joined == tag(&blocks[1], second) {
            let at = ciphertext.len() - 16;
            ciphertext[at..].copy_from_slice(&block.lo.to_le_bytes());
            return Some(joined);
        }
        lift = lift.plus(Field { hi: 1, lo: 0 });
    }
    None
}

/// Each reader computes the commitment of its own key into the aad, so the two aads differ; the body joins even those.
#[test]
fn a_body_that_opens_under_two_keys_is_refused_by_its_commitment() {
    let author = secrets(1);
    let (head, salt) = (header(author, 1), bytes(5));
    let reader = |epoch| {
        let (key, commit) = raw::record_key(root(epoch).expose_for_sealing(), &head, &salt);
        (Reader { key, aad: raw::record_aad(&head, &salt, &commit) }, commit)
    };
    let ((one, commit), (two, _)) = (reader(1), reader(2));

    // 251 stored bytes fill the smallest bucket, so the free block may hold anything.
    let body = (0..100)
        .find_map(|attempt| {
            let plain = [[0, 0, 0, 0, 251].as_slice(), &noise(attempt, 251)].concat();
            let mut body = raw::seal(&one.key, &one.aad, &plain);
            body.truncate(256);
            let tag = join_tags(&mut body, &one, &two)?;
            body.extend_from_slice(&tag.to_le_bytes());
            Some(body)
        })
        .unwrap();
    let alive = |reader: &Reader| raw::opens(&reader.key, &reader.aad, &body);
    assert!(alive(&one) && alive(&two), "the salamander is alive");

    let record = finish(&head, &salt, &commit, &body, author.signer()).unwrap();
    assert!(open(&root(1).keys(), &record).is_ok());
    assert_eq!(open(&root(2).keys(), &record).err(), Some(OpenFault::WrongEpochOrAltered));
}
