//! Cutting a file into batches that fit a message.

use haven_core::limits::IMPORT_LINE_BYTES_MAX;

use crate::journal::ImportLine;
use crate::limits::{IMPORT_BATCH_BYTES, IMPORT_BATCH_LINES};

/// Some lines of a file.
#[derive(Default)]
pub(super) struct Batch {
    /// Lines to send.
    pub(super) lines: Vec<ImportLine>,
    /// Numbers of lines that are too long to be sent.
    pub(super) too_long: Vec<u64>,
    /// Whether no line follows.
    pub(super) last: bool,
}

/// Cuts lines into batches; blank lines count and are left out. There is at least one batch, and exactly one is the last.
pub(super) struct Batches<I: Iterator<Item = ImportLine>> {
    lines: std::iter::Peekable<I>,
    is_done: bool,
}

impl<I: Iterator<Item = ImportLine>> Batches<I> {
    pub(super) fn new(lines: impl IntoIterator<IntoIter = I>) -> Self {
        Self { lines: lines.into_iter().peekable(), is_done: false }
    }
}

impl<I: Iterator<Item = ImportLine>> Iterator for Batches<I> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        if self.is_done {
            return None;
        }
        let mut batch = Batch::default();
        let mut bytes = 0;
        while batch.lines.len() < IMPORT_BATCH_LINES && bytes < IMPORT_BATCH_BYTES {
            let Some(ImportLine { number, content }) = self.lines.next() else { break };
            if content.len() > IMPORT_LINE_BYTES_MAX {
                batch.too_long.push(number);
            } else if !content.trim_ascii().is_empty() {
                bytes += content.len();
                batch.lines.push(ImportLine { number, content });
            }
        }
        batch.last = self.lines.peek().is_none();
        self.is_done = batch.last;
        Some(batch)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn numbered(contents: impl Iterator<Item = Bytes>) -> impl Iterator<Item = ImportLine> {
        (1..).zip(contents).map(|(number, content)| ImportLine { number, content })
    }

    fn check(sizes: &[usize], expected: &[(&[u64], &[u64])]) {
        // Zeros are no blanks, and cost no memory until somebody reads them.
        let lines = sizes.iter().map(|size| Bytes::from(vec![0; *size]));
        let batches: Vec<Batch> = Batches::new(numbered(lines)).collect();
        let numbers = |batch: &Batch| batch.lines.iter().map(|line| line.number).collect::<Vec<_>>();
        let found: Vec<_> = batches.iter().map(|batch| (numbers(batch), batch.too_long.clone())).collect();
        let expected: Vec<_> = expected.iter().map(|(sent, long)| (sent.to_vec(), long.to_vec())).collect();
        assert_eq!(found, expected, "{sizes:?}");
        let last: Vec<bool> = batches.iter().map(|batch| batch.last).collect();
        assert!(last.iter().rev().skip(1).all(|last| !last) && last.last() == Some(&true), "{sizes:?}");
    }

    #[test]
    fn lines_fill_batches_up_to_their_size_and_keep_their_numbers() {
        const MAX: usize = IMPORT_LINE_BYTES_MAX;
        check(&[], &[(&[], &[])]);
        check(&[0, 0], &[(&[], &[])]);
        check(&[5, 0, 7], &[(&[1, 3], &[])]);
        check(&[MAX, 1], &[(&[1], &[]), (&[2], &[])]);
        check(&[1, MAX, MAX, 2], &[(&[1, 2], &[]), (&[3], &[]), (&[4], &[])]);
        check(&[1, MAX + 1, 2], &[(&[1, 3], &[2])]);
    }

    #[test]
    fn a_batch_has_a_thousand_lines_at_most() {
        let lines = std::iter::repeat_n(Bytes::from_static(b"x"), 2_500);
        let sizes: Vec<usize> = Batches::new(numbered(lines)).map(|batch| batch.lines.len()).collect();
        assert_eq!(sizes, [1_000, 1_000, 500]);
    }

    #[test]
    fn a_full_batch_fits_a_message() {
        let full = IMPORT_BATCH_BYTES + IMPORT_LINE_BYTES_MAX + 32 * IMPORT_BATCH_LINES;
        assert!(full < crate::limits::LINES_MESSAGE_BYTES_MAX, "{full}");
    }
}
