//! A door to what is parsed behind a seal, for `tests/fuzz` alone: whoever holds a key may seal any bytes, and a fuzzer that had to
//! seal each of its inputs would try a hundredth of them. Only compiled with the feature `fuzz`, which nothing that ships asks for.

use crate::epoch::{name_block, name_from_block};
use crate::linking;
use crate::padding;

/// Undoes the padding of a record's plain bytes.
pub fn unpad(plain: &[u8]) -> Option<Vec<u8>> {
    padding::unpad(plain, crate::limits::CONTENT_BYTES_MAX).ok().map(|content| content.to_vec())
}

/// Pads a content as [`crate::record::seal`] does.
pub fn pad(content: &[u8]) -> Option<Vec<u8>> {
    padding::pad(content).map(|plain| plain.to_vec())
}

/// Reads the plain bytes of a linking message as each of the four there are; tells which of them they could be.
pub fn linking_messages(plain: &[u8]) -> [bool; 4] {
    linking::read_each(plain)
}

/// Reads the block that a device's name is sealed in, and gives the block that its name makes.
pub fn name_again(block: &[u8]) -> Option<Vec<u8>> {
    name_block(&name_from_block(block)?).map(|block| block.to_vec())
}
