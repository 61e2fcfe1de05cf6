//! Choices read off bytes: what turns a fuzzer's input into something with a shape. An input that ends early goes on with zeros.

/// Bytes that decide.
#[derive(Clone, Copy)]
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// Reads choices off these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left to decide.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().map_or((0, self.0), |(byte, rest)| (*byte, rest));
        self.0 = rest;
        byte
    }

    /// One of two.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number below `count`, or 0.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count.max(1)
    }

    /// A number that is small as a rule, and sometimes one at which numbers end.
    pub fn number(&mut self) -> u64 {
        match self.byte() {
            small @ 0..=199 => u64::from(small % 32),
            200..=215 => u64::from(self.byte()) << 8 | u64::from(self.byte()),
            216..=231 => 1 << self.below(64),
            232..=247 => (1_u64 << self.below(64)).wrapping_sub(1),
            _ => u64::MAX,
        }
    }

    /// The next bytes, as many as a number before them says and are there.
    pub fn piece(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()) << 8 | usize::from(self.byte());
        let (piece, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        piece
    }

    /// Bytes of one length; zeros where they end.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Pieces one after the other, so that [`Choices::piece`] finds each again.
pub fn pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let one = |piece: &[u8]| {
        let length = u16::try_from(piece.len()).expect("seeds are below 64 KiB").to_be_bytes();
        [&length[..], piece].concat()
    };
    pieces.into_iter().flat_map(one).collect()
}
