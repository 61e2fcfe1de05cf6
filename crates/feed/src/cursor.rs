//! Reads big-endian fields off the front of some bytes; never panics, never reads past the end.

use crate::limits;

/// The field that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Misread(pub(crate) &'static str);

pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Misread> {
        let (first, rest) = self.0.split_first_chunk().ok_or(Misread(what))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8, Misread> {
        Ok(u8::from_be_bytes(self.array(what)?))
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, Misread> {
        Ok(u16::from_be_bytes(self.array(what)?))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, Misread> {
        Ok(u32::from_be_bytes(self.array(what)?))
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, Misread> {
        Ok(u64::from_be_bytes(self.array(what)?))
    }

    /// Takes `len` bytes.
    pub(crate) fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], Misread> {
        let (first, rest) = self.0.split_at_checked(len).ok_or(Misread(what))?;
        self.0 = rest;
        Ok(first)
    }

    /// Takes a two-byte length and that many bytes, at least one and at most `max`.
    pub(crate) fn sized(&mut self, max: usize, what: &'static str) -> Result<&'a [u8], Misread> {
        debug_assert!(max <= limits::LINK_BYTES_MAX);
        let len = usize::from(self.u16(what)?);
        if len == 0 || len > max { Err(Misread(what)) } else { self.take(len, what) }
    }

    /// Ends the reading: bytes left over are a fault.
    pub(crate) fn end(self, what: &'static str) -> Result<(), Misread> {
        if self.0.is_empty() { Ok(()) } else { Err(Misread(what)) }
    }
}
