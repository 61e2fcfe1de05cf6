//! The fields of a request, counted as its bytes come by. A field of two bytes takes many times that where it is read, so that a body
//! within its bounds could still fill the memory.

/// Bytes before a gRPC message: whether it is compressed, and its length.
const FRAME_HEAD: u64 = 5;

/// Counts the fields of one message, those within its fields aside.
pub(super) struct Fields {
    at: At,
    left: usize,
}

/// What the next byte belongs to.
#[derive(Clone, Copy)]
enum At {
    /// A number and a kind, of which the first byte tells the kind.
    Tag { kind: Option<u8> },
    /// A value that is a number.
    Number,
    /// How long a value is, as far as it was read, and where the next bits of that go.
    Length { so_far: u64, shift: u32 },
    /// Bytes that say nothing of fields.
    Skip(u64),
}

impl Fields {
    /// Begins to count.
    pub(super) fn at_most(count: usize) -> Self {
        Self { at: At::Skip(FRAME_HEAD), left: count }
    }

    /// Counts on. Says whether there are no more fields than there may be; what is no message says whoever reads it.
    pub(super) fn take(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if let At::Skip(count) = self.at {
                let here = usize::try_from(count).map_or(bytes.len(), |count| count.min(bytes.len()));
                bytes = &bytes[here..];
                self.skip(count - here as u64);
                continue;
            }
            let (byte, rest) = (bytes[0], &bytes[1..]);
            bytes = rest;
            if !self.step(byte) {
                return false;
            }
        }
        true
    }

    /// Takes a byte of a number. Says whether there is room for what begins with it.
    fn step(&mut self, byte: u8) -> bool {
        let is_last = byte < 0x80;
        match self.at {
            At::Tag { kind } => {
                if kind.is_none() {
                    let Some(left) = self.left.checked_sub(1) else { return false };
                    self.left = left;
                }
                let kind = kind.unwrap_or(byte & 7);
                self.at = if is_last { after_tag(kind) } else { At::Tag { kind: Some(kind) } };
            }
            At::Number if is_last => self.skip(0),
            At::Length { so_far, shift } => {
                let so_far = so_far | u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
                if is_last {
                    self.skip(so_far);
                } else {
                    self.at = At::Length { so_far, shift: shift.saturating_add(7) };
                }
            }
            At::Number | At::Skip(_) => {}
        }
        true
    }

    /// Goes on behind so many bytes.
    fn skip(&mut self, count: u64) {
        self.at = if count == 0 { At::Tag { kind: None } } else { At::Skip(count) };
    }
}

fn after_tag(kind: u8) -> At {
    match kind {
        0 => At::Number,
        1 => At::Skip(8),
        2 => At::Length { so_far: 0, shift: 0 },
        5 => At::Skip(4),
        // No kind of this protocol, as whoever reads it says.
        _ => At::Tag { kind: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of one field of each kind, with values of other lengths, one of them a message that looks full of fields.
    fn message() -> Vec<u8> {
        let mut message = vec![0; 5];
        message.extend([0x08, 0x96, 0x01]);
        message.extend([0x12, 0]);
        message.extend([&[0x1a, 200, 1][..], &[0x0a; 200]].concat());
        message.extend([0x21, 1, 2, 3, 4, 5, 6, 7, 8]);
        message.extend([0x2d, 1, 2, 3, 4]);
        // A field's number may take more than one byte.
        message.extend([0xb2, 0x04, 3, 9, 9, 9]);
        message
    }

    fn fits(most: usize, pieces: &[&[u8]]) -> bool {
        let mut fields = Fields::at_most(most);
        pieces.iter().all(|piece| fields.take(piece))
    }

    #[test]
    fn each_field_counts_once_however_it_arrives() {
        let message = message();
        assert_eq!([fits(5, &[&message]), fits(6, &[&message])], [false, true]);
        for cut in 0..=message.len() {
            let (first, second) = message.split_at(cut);
            assert_eq!([fits(5, &[first, second]), fits(6, &[first, second])], [false, true], "{cut}");
        }
        let single: Vec<&[u8]> = message.chunks(1).collect();
        assert_eq!([fits(5, &single), fits(6, &single)], [false, true]);
    }

    #[test]
    fn empty_fields_are_counted_and_what_is_no_message_ends() {
        let many = [&[0; 5][..], &[0x12, 0].repeat(1_000)].concat();
        assert_eq!([fits(999, &[&many]), fits(1_000, &[&many])], [false, true]);
        for garbage in [[0xff; 400], [0x12; 400], [0x80; 400], [0x07; 400]] {
            fits(1_000, &[&garbage]);
        }
    }
}
