//! Where one object of a file ends and the next begins: a line each, several on a line, over many lines, or in one list.
//! Nothing is held but the object that is being read, and of that no more than a line may have.
//!
//! A file of lines is read line by line, so that one broken line costs one line. Only a file whose first line is not whole
//! is read by its brackets.

use thiserror::Error;

use crate::limits::IMPORT_LINE_BYTES_MAX;

/// One object of a file, or something that stands where one should.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Its bytes; one that is too long is cut after the first byte too many.
    pub bytes: Vec<u8>,
}

/// A file that cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Wrong {
    /// It is something else altogether.
    #[error("the file holds no JSON")]
    NotJson,
    /// Something between the objects.
    #[error("line {line} is no JSON")]
    Between {
        /// The line.
        line: u64,
    },
    /// It ends in the middle.
    #[error("the file ends in the middle of what begins on line {line}")]
    CutOff {
        /// The line.
        line: u64,
    },
}

/// Takes a file apart as it is read.
pub struct Splitter {
    /// Of an object that is too long no more than this is kept, and no more of a file is looked at to tell what it is: one byte
    /// more than fits, enough to be told from one that does.
    cut: usize,
    shape: Shape,
    /// What is being read.
    held: Vec<u8>,
    /// The line that is being read, and the one on which what is held begins.
    line: u64,
    began: u64,
    brackets: Brackets,
    /// Whether a list was opened, and whether it was closed.
    list: bool,
    closed: bool,
}

/// How the objects of a file stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nobody knows yet.
    Unknown,
    /// Each on lines of its own.
    Lines,
    /// Wherever their brackets say.
    Values,
}

/// Where in a JSON value one is.
#[derive(Clone, Copy, Default)]
struct Brackets {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Brackets {
    /// Takes one byte; tells whether a value that was begun ends with it.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl Default for Splitter {
    fn default() -> Self {
        Self::cutting(IMPORT_LINE_BYTES_MAX + 1)
    }
}

impl Splitter {
    fn cutting(cut: usize) -> Self {
        Self {
            cut,
            shape: Shape::Unknown,
            held: Vec::new(),
            line: 1,
            began: 1,
            brackets: Brackets::default(),
            list: false,
            closed: false,
        }
    }
}

impl Splitter {
    /// Takes the next bytes of the file and gives what is whole.
    ///
    /// # Errors
    /// [`Wrong`]; nothing that follows can be read.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Piece>, Wrong> {
        let mut pieces = Vec::new();
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if self.shape == Shape::Lines {
                rest = self.take_of_line(rest, &mut pieces);
                continue;
            }
            self.take(*byte, &mut pieces)?;
            self.line += u64::from(*byte == b'\n');
            rest = after;
        }
        Ok(pieces)
    }

    /// Takes the rest of a line, or as much of it as there is, and gives what follows.
    fn take_of_line<'a>(&mut self, bytes: &'a [u8], pieces: &mut Vec<Piece>) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (part, after) = bytes.split_at(end.unwrap_or(bytes.len()));
        if self.held.is_empty() {
            self.began = self.line;
        }
        self.held.extend_from_slice(&part[..part.len().min(self.cut - self.held.len())]);
        if end.is_none() {
            return after;
        }
        self.line_ends(pieces);
        self.line += 1;
        &after[1..]
    }

    /// Ends the file and gives what was left.
    ///
    /// # Errors
    /// [`Wrong`]: it ends in the middle, or was never a file of objects.
    pub fn end(&mut self) -> Result<Vec<Piece>, Wrong> {
        let mut pieces = Vec::new();
        if self.shape == Shape::Unknown && !blank(&self.held) {
            self.look(&mut pieces)?;
        }
        match self.shape {
            Shape::Unknown => {}
            Shape::Lines if self.held.is_empty() => {}
            Shape::Lines => self.line_ends(&mut pieces),
            Shape::Values if self.brackets.depth > 0 => return Err(Wrong::CutOff { line: self.began }),
            Shape::Values if self.list && !self.closed => return Err(Wrong::CutOff { line: 1 }),
            Shape::Values => {}
        }
        Ok(pieces)
    }

    fn take(&mut self, byte: u8, pieces: &mut Vec<Piece>) -> Result<(), Wrong> {
        match self.shape {
            Shape::Unknown => {
                self.held.push(byte);
                let is_line = byte == b'\n' && !blank(&self.held);
                if is_line || self.held.len() >= self.cut {
                    return self.look(pieces);
                }
                Ok(())
            }
            Shape::Lines if byte == b'\n' => {
                self.line_ends(pieces);
                Ok(())
            }
            Shape::Lines => {
                self.hold(byte);
                Ok(())
            }
            Shape::Values => self.take_value(byte, pieces),
        }
    }

    /// Looks at what was read so far, at most the first line that holds something, and reads it again as what it is.
    fn look(&mut self, pieces: &mut Vec<Piece>) -> Result<(), Wrong> {
        let held = std::mem::take(&mut self.held);
        let start = super::bare(&held);
        self.shape = match start.first() {
            Some(b'{') if is_whole(start) || !goes_on(start) => Shape::Lines,
            Some(b'{' | b'[') => Shape::Values,
            _ => return Err(Wrong::NotJson),
        };
        let begins = held.iter().position(|byte| *byte == start[0]).unwrap_or_default();
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let line = self.line;
        // Of what was held the last byte may be the line feed that is being read, which is counted after this.
        self.line = line - lines(&held[..held.len() - 1]) + lines(&held[..begins]);
        self.began = self.line;
        for (place, byte) in held[begins..].iter().enumerate() {
            self.take(*byte, pieces)?;
            let is_last = begins + place + 1 == held.len();
            self.line += u64::from(*byte == b'\n' && !is_last);
        }
        self.line = line;
        Ok(())
    }

    fn hold(&mut self, byte: u8) {
        if self.held.is_empty() {
            self.began = self.line;
        }
        if self.held.len() < self.cut {
            self.held.push(byte);
        }
    }

    /// Gives what stands on a line: usually one object, perhaps several one behind the other.
    fn line_ends(&mut self, pieces: &mut Vec<Piece>) {
        let held = std::mem::take(&mut self.held);
        pieces.extend(objects(held, self.cut).into_iter().map(|bytes| Piece { line: self.began, bytes }));
    }

    fn take_value(&mut self, byte: u8, pieces: &mut Vec<Piece>) -> Result<(), Wrong> {
        if self.brackets.depth > 0 {
            self.hold(byte);
            if self.brackets.take(byte) {
                pieces.push(Piece { line: self.began, bytes: std::mem::take(&mut self.held) });
            }
            return Ok(());
        }
        match byte {
            b'{' if !self.closed => {
                self.hold(byte);
                self.brackets.take(byte);
            }
            b'[' if !self.list => self.list = true,
            b']' if self.list && !self.closed => self.closed = true,
            b',' if self.list && !self.closed => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => return Err(Wrong::Between { line: self.line }),
        }
        Ok(())
    }
}

fn blank(bytes: &[u8]) -> bool {
    super::bare(bytes).is_empty()
}

/// Whether the line holds the end of the object it begins with.
fn is_whole(line: &[u8]) -> bool {
    let mut brackets = Brackets::default();
    line.iter().any(|byte| brackets.take(*byte))
}

/// Whether an object that is not whole was meant to go on in the next line: nothing else ends a line like this.
fn goes_on(line: &[u8]) -> bool {
    matches!(line.last(), Some(b'{' | b'[' | b',' | b':'))
}

/// The objects of one line; the whole line where they are not clearly several.
fn objects(line: Vec<u8>, cut: usize) -> Vec<Vec<u8>> {
    let mut brackets = Brackets::default();
    let mut ends =
        line.iter().enumerate().filter(|(_, byte)| brackets.take(**byte)).map(|(place, _)| place + 1);
    let first = ends.next();
    if line.len() == cut || first.is_none_or(|end| blank(&line[end..])) {
        return vec![line];
    }
    let ends: Vec<usize> = first.into_iter().chain(ends).collect();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let found: Vec<&[u8]> = starts.zip(&ends).map(|(start, end)| &line[start..*end]).collect();
    let is_object = |part: &&[u8]| super::bare(part).first() == Some(&b'{');
    let is_clear = ends.last().is_some_and(|end| blank(&line[*end..])) && found.iter().all(is_object);
    if is_clear { found.into_iter().map(<[u8]>::to_vec).collect() } else { vec![line] }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Result<Vec<(u64, String)>, Wrong>;

    fn split(text: &[u8], size: usize) -> Found {
        split_by(Splitter::default(), text, size)
    }

    fn split_by(mut splitter: Splitter, text: &[u8], size: usize) -> Found {
        let mut found = Vec::new();
        for part in text.chunks(size.max(1)) {
            found.extend(splitter.push(part)?);
        }
        found.extend(splitter.end()?);
        let filled = found.into_iter().filter(|piece| !blank(&piece.bytes));
        Ok(filled
            .map(|piece| {
                (piece.line, String::from_utf8_lossy(crate::import::bare(&piece.bytes)).into_owned())
            })
            .collect())
    }

    fn check(text: &str, expected: &[(u64, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
        for size in [1, 2, 7, 1_000] {
            assert_eq!(split(text.as_bytes(), size).as_ref(), Ok(&expected), "{text:?} by {size}");
        }
    }

    #[test]
    fn objects_are_found_however_they_stand() {
        let (one, two) = (r#"{"a":"}{"}"#, r#"{"b":[{},"\""]}"#);
        check("", &[]);
        check("\n \r\n", &[]);
        check(&format!("{one}\n{two}"), &[(1, one), (2, two)]);
        check(&format!("\u{feff}{one}\r\n\r\n{two} \r\n"), &[(1, one), (3, two)]);
        check(&format!("\n\n{one}\n{two}\n"), &[(3, one), (4, two)]);
        check(&format!("{one}{two} {one}\n{two}"), &[(1, one), (1, two), (1, one), (2, two)]);
        check(&format!("[{one},{two}]"), &[(1, one), (1, two)]);
        check(&format!("[\n{one},\n{two}\n]\n"), &[(2, one), (3, two)]);
        check(
            "\u{feff}\n{\n \"a\": 1\n}\n{\n\"b\": {\n}}",
            &[(2, "{\n \"a\": 1\n}"), (5, "{\n\"b\": {\n}}")],
        );
        check("[]", &[]);
        check("{\"date\": 1,\n \"b\": 2}\n{\"c\":3}", &[(1, "{\"date\": 1,\n \"b\": 2}"), (3, "{\"c\":3}")]);
    }

    #[test]
    fn a_broken_line_costs_one_line() {
        check("{\"a\":1\n{\"b\":2}\n", &[(1, "{\"a\":1"), (2, "{\"b\":2}")]);
        check(
            "{\"a\":1}\nwords\n{\"b\":\"}\n{\"c\":3}",
            &[(1, "{\"a\":1}"), (2, "words"), (3, "{\"b\":\"}"), (4, "{\"c\":3}")],
        );
        check("{\"a\":1} x\n[1]\n", &[(1, "{\"a\":1} x"), (2, "[1]")]);
    }

    #[test]
    fn what_is_no_file_of_objects_is_told_once() {
        for text in ["%PDF-1.7\n%\u{1}\n", "date,text\n2021-05-01,a\n", "\"words\"", "17", "<xml>"] {
            assert_eq!(split(text.as_bytes(), 3), Err(Wrong::NotJson), "{text}");
        }
        assert_eq!(split(&[0xff, 0xd8, 0xff, b'\n', b'{'], 2), Err(Wrong::NotJson));
        assert_eq!(split(b"[\n{\"a\":1},\n{\"b\"", 4), Err(Wrong::CutOff { line: 3 }));
        assert_eq!(split(b"[{\"a\":1},\n", 4), Err(Wrong::CutOff { line: 1 }));
        assert_eq!(split(b"[\n{\"a\":1}\n] x", 4), Err(Wrong::Between { line: 3 }));
        assert_eq!(split(b"[\n{\"a\":1},\nwords]", 4), Err(Wrong::Between { line: 3 }));
    }

    #[test]
    fn what_is_too_long_is_cut_and_what_follows_is_read() {
        const CUT: usize = 1_000;
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(2 * CUT));
        for text in [format!("{long}\n{{}}"), format!("[{long},{{}}]"), format!("{{\"z\":0}}\n{long}\n{{}}")]
        {
            for size in [1, 600, 65_536] {
                let found = split_by(Splitter::cutting(CUT), text.as_bytes(), size).unwrap();
                let sizes: Vec<_> = found.iter().map(|(_, text)| text.len()).collect();
                assert_eq!(&sizes[sizes.len() - 2..], [CUT, 2], "{}", &text[..9]);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60), size in 1_usize..9) {
            let _ = split(&bytes, size);
        }

        #[test]
        fn brackets_in_any_order_never_panic_and_the_size_of_the_parts_does_not_matter(text in "[\\[\\]{}\",\n :a]{0,30}") {
            proptest::prop_assert_eq!(split(text.as_bytes(), 1), split(text.as_bytes(), 5));
        }
    }
}
