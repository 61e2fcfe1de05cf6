//! Which sentences stayed and which were changed, between a text and what somebody made of it.

use std::ops::Range;

/// The most pairs of sentences that are compared: 512 against 512 that are all new. The table for them takes a megabyte;
/// a text that was rewritten beyond that is one changed block.
const PAIRS_MAX: usize = 512 * 512;

/// Sentences of the base that became others. One of the two ranges may be empty, not both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) base: Range<usize>,
    pub(super) side: Range<usize>,
}

impl Hunk {
    pub(super) fn inserts(&self) -> bool {
        self.base.is_empty()
    }

    pub(super) fn deletes(&self) -> bool {
        self.side.is_empty()
    }
}

/// The changes that lead from `base` to `side`, in order. Sentences are the same if they are equal; gaps do not count. As
/// many as possible stay; of two ways to keep as many, the one that gives up the sentence of the base first.
pub(super) fn hunks(base: &[&str], side: &[&str]) -> Vec<Hunk> {
    let start = base.iter().zip(side).take_while(|(one, other)| one == other).count();
    let (base_rest, side_rest) = (&base[start..], &side[start..]);
    let end =
        base_rest.iter().rev().zip(side_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let base_middle = &base_rest[..base_rest.len() - end];
    let side_middle = &side_rest[..side_rest.len() - end];
    let mut found = Vec::new();
    let mut push = |base: Range<usize>, side: Range<usize>| {
        if base.is_empty() && side.is_empty() {
            return;
        }
        let shift = |range: Range<usize>| range.start + start..range.end + start;
        found.push(Hunk { base: shift(base), side: shift(side) });
    };
    let (mut base_at, mut side_at) = (0, 0);
    for (kept_base, kept_side) in kept(base_middle, side_middle) {
        push(base_at..kept_base, side_at..kept_side);
        (base_at, side_at) = (kept_base + 1, kept_side + 1);
    }
    push(base_at..base_middle.len(), side_at..side_middle.len());
    found.into_iter().flat_map(singles).collect()
}

/// As many sentences in the place of as many others are that many changes of one sentence.
fn singles(hunk: Hunk) -> Vec<Hunk> {
    if hunk.base.len() != hunk.side.len() {
        return vec![hunk];
    }
    hunk.base.zip(hunk.side).map(|(base, side)| Hunk { base: base..base + 1, side: side..side + 1 }).collect()
}

/// The pairs of the longest common subsequence.
fn kept(base: &[&str], side: &[&str]) -> Vec<(usize, usize)> {
    if base.is_empty() || side.is_empty() || base.len().saturating_mul(side.len()) > PAIRS_MAX {
        return Vec::new();
    }
    let width = side.len() + 1;
    // How many can stay of what is left from a place on.
    let mut stay = vec![0_u32; (base.len() + 1) * width];
    for b in (0..base.len()).rev() {
        for s in (0..side.len()).rev() {
            stay[b * width + s] = if base[b] == side[s] {
                stay[(b + 1) * width + s + 1] + 1
            } else {
                stay[(b + 1) * width + s].max(stay[b * width + s + 1])
            };
        }
    }
    let (mut b, mut s) = (0, 0);
    let mut pairs = Vec::new();
    while b < base.len() && s < side.len() {
        if base[b] == side[s] {
            pairs.push((b, s));
            (b, s) = (b + 1, s + 1);
        } else if stay[(b + 1) * width + s] >= stay[b * width + s + 1] {
            b += 1;
        } else {
            s += 1;
        }
    }
    pairs
}
