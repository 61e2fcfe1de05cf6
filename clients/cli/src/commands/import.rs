//! Taking entries in from a file, line by line, without ever holding the whole.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use haven_api::journal::{Import, Imported};
use haven_core::limits::IMPORT_LINE_BYTES_MAX;

use crate::args::ImportCommand;
use crate::cx::Cx;
use crate::editor;
use crate::fault::{Exit, Fault};
use crate::limits::PROGRESS_AFTER;
use crate::shapes::ImportedShape;
use crate::text::count;
use crate::when;

pub(super) async fn run(cx: &Cx, command: ImportCommand) -> Result<Exit, Fault> {
    let ImportCommand::Jsonl { file, dry_run, zone } = command;
    let failed = Cell::new(None);
    let lines = Lines { reader: open(&file)?, failed: &failed };
    let haven = cx.haven().await?;
    let zone = zone.unwrap_or_else(when::local_zone).to_string();
    let import = Import { id: editor::random()?, lines, dry_run, zone };
    let mut progress = Progress::new(cx);
    let done = haven.import(import, |so_far| progress.tell(so_far)).await;
    progress.clear();
    let done = done?;
    if let Some(error) = failed.take() {
        cx.note(&in_words(&done, dry_run));
        return Err(Fault::unreadable(&file, &error).exiting(Exit::Failed));
    }
    cx.tell(&ImportedShape::of(&done), |_| in_words(&done, dry_run))?;
    Ok(if done.failed.is_empty() { Exit::Done } else { Exit::Failed })
}

fn open(file: &Path) -> Result<Box<dyn BufRead>, Fault> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let opened = File::open(file).map_err(|error| Fault::unreadable(file, &error))?;
    let is_folder = opened.metadata().is_ok_and(|found| found.is_dir());
    if is_folder {
        return Err(Fault::unreadable(file, &io::ErrorKind::IsADirectory.into()));
    }
    Ok(Box::new(BufReader::with_capacity(64 * 1024, opened)))
}

fn in_words(done: &Imported, dry_run: bool) -> String {
    let verb = if dry_run { "would be imported" } else { "imported" };
    let mut words = format!("{} {verb}", count(done.imported, "entry", "entries"));
    if done.skipped > 0 {
        words.push_str(&format!(", {} there already", done.skipped));
    }
    words.push_str(".\n");
    for failed in &done.failed {
        words.push_str(&format!("line {}: {}\n", failed.line, failed.reason));
    }
    words
}

/// The lines of a file. One that is too long is cut after the first byte too many: enough to be told from one that fits.
struct Lines<'a> {
    reader: Box<dyn BufRead>,
    failed: &'a Cell<Option<io::Error>>,
}

impl Iterator for Lines<'_> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        match read_line(&mut self.reader) {
            Ok(line) => line,
            Err(error) => {
                self.failed.set(Some(error));
                None
            }
        }
    }
}

fn read_line(reader: &mut dyn BufRead) -> io::Result<Option<Bytes>> {
    const CUT: usize = IMPORT_LINE_BYTES_MAX + 1;
    let mut line = Vec::new();
    let mut is_begun = false;
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok(is_begun.then(|| line.into()));
        }
        is_begun = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        line.extend_from_slice(&part[..part.len().min(CUT - line.len())]);
        let used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            return Ok(Some(line.into()));
        }
    }
}

/// A line on the terminal that says how far it is, once it takes long enough to be asked.
struct Progress {
    begun: Option<Instant>,
    is_shown: bool,
}

impl Progress {
    fn new(cx: &Cx) -> Self {
        let wanted = !cx.json && io::stderr().is_terminal();
        Self { begun: wanted.then(Instant::now), is_shown: false }
    }

    fn tell(&mut self, so_far: &Imported) {
        if self.begun.is_some_and(|begun| begun.elapsed() > PROGRESS_AFTER) {
            let lines = so_far.imported + so_far.skipped + so_far.failed.len() as u64;
            let _ = write!(io::stderr(), "\r{} read", count(lines, "line", "lines"));
            self.is_shown = true;
        }
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8], lines: &[usize]) {
        let mut reader = BufReader::with_capacity(7, content);
        let mut found = Vec::new();
        while let Some(line) = read_line(&mut reader).unwrap() {
            found.push(line.len());
        }
        assert_eq!(found, lines, "{} bytes", content.len());
    }

    #[test]
    fn lines_are_read_without_their_ends_and_long_ones_are_cut() {
        check(b"", &[]);
        check(b"one\n\ntwo", &[3, 0, 3]);
        check(b"\n", &[0]);
        check(b"a line longer than the buffer\nx\n", &[29, 1]);
        let mut long = vec![b'x'; 3 * IMPORT_LINE_BYTES_MAX];
        long.extend_from_slice(b"\nnext\n");
        check(&long, &[IMPORT_LINE_BYTES_MAX + 1, 4]);
        let mut fits = vec![b'x'; IMPORT_LINE_BYTES_MAX];
        fits.push(b'\n');
        check(&fits, &[IMPORT_LINE_BYTES_MAX]);
    }
}
