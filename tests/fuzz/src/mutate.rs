//! Damage that follows from a number: what the tests try where no fuzzer runs.

/// Numbers that look random and follow from the first (SplitMix64, Steele and others, 2014).
pub struct Numbers(u64);

impl Numbers {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One below `count`, or 0.
    pub fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.number() % count.max(1) as u64).unwrap_or(0)
    }

    /// Any bytes, fewer than `length`.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..self.below(length)).map(|_| self.number().to_le_bytes()[0]).collect()
    }
}

/// Bytes at which lengths, counts and signs turn over.
const EDGES: [u8; 8] = [0, 1, 0x3f, 0x40, 0x7f, 0x80, 0xfe, 0xff];

/// One of the seeds, damaged a few times; now and then bytes that nobody wrote.
pub fn mutated(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    if seeds.is_empty() || numbers.below(16) == 0 {
        return numbers.bytes(512);
    }
    let mut bytes = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(4) {
        damage(&mut bytes, &seeds[numbers.below(seeds.len())], numbers);
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let at = numbers.below(bytes.len() + 1);
    let end = at + numbers.below(bytes.len() - at + 1).min(64);
    match numbers.below(8) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        3 => {
            let from = numbers.below(other.len() + 1);
            let piece = other[from..].iter().take(numbers.below(256)).copied();
            bytes.splice(at..end, piece);
        }
        4 if at < bytes.len() => bytes[at] = EDGES[numbers.below(EDGES.len())],
        5 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
        6 if at < bytes.len() => {
            bytes[at] = bytes[at].wrapping_add(if numbers.below(2) == 0 { 1 } else { 255 });
        }
        _ => bytes.insert(at, numbers.number().to_le_bytes()[0]),
    }
}
