//! Asking the person, and reading what scripts pass instead.

use std::fs::File;
use std::io::{self, BufRead as _, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use haven_api::error::{ApiError, ErrorReason};
use rustix::fs::FileType;

use crate::cx::{Cx, Haven, aside};
use crate::editor::About;
use crate::fault::Fault;
use crate::limits::{DRAINED_LOOK, DRAINED_LOOKS_MAX, PASSPHRASE_READ_MAX, TEXT_READ_MAX, WORDS_READ_MAX};
use crate::text::{columns, wrapped};

/// Gets a passphrase: the first line of a file, or from the person.
///
/// # Errors
/// The file cannot be read, or nobody may be asked.
pub(crate) async fn passphrase(cx: &Cx, file: Option<&Path>, prompt: &str) -> Result<String, Fault> {
    match file {
        Some(file) => first_line(file),
        None => hidden(cx, prompt).await,
    }
}

/// How much of a pipe is read at once, in bytes.
const PART_READ: usize = 64 * 1024;

/// How often a new passphrase may be one that could be guessed, or typed in two different ways.
const NEW_PASSPHRASE_TRIES: usize = 3;

/// Gets a new passphrase, typed twice if the person types it: the second time only if the device would take it.
///
/// # Errors
/// As [`passphrase`]; also if the two differ, or none could be taken.
pub(crate) async fn new_passphrase(
    cx: &Cx,
    haven: &Haven,
    file: Option<&Path>,
    prompt: &str,
) -> Result<String, Fault> {
    if let Some(file) = file {
        return first_line(file);
    }
    let mut refused = None;
    // Asked again at once: whoever is sent back to the shell types the next try into its history.
    for _ in 0..NEW_PASSPHRASE_TRIES {
        let once = hidden(cx, prompt).await?;
        refused = unfit(haven, &once).await;
        if let Some(fault) = &refused {
            aside(&format!("That one can't be taken: {}. {}", fault.why(), fault.next()));
            continue;
        }
        if hidden(cx, "The same again: ").await? == once {
            return Ok(once);
        }
        aside("The two aren't the same. Once more, both of them.");
    }
    let next = "Run the same command again.";
    Err(refused
        .unwrap_or_else(|| Fault::usage("no passphrase was chosen", "the two were never the same", next)))
}

/// Why the device would not take a passphrase. What it cannot tell now it tells when the passphrase is set.
async fn unfit(haven: &Haven, passphrase: &str) -> Option<Fault> {
    let error = haven.check_passphrase(passphrase.to_owned()).await.err()?;
    let is_about_it = matches!(error.reason, ErrorReason::WeakPassphrase | ErrorReason::InvalidArgument);
    is_about_it.then(|| error.into())
}

async fn hidden(cx: &Cx, prompt: &str) -> Result<String, Fault> {
    if !cx.asks {
        return Err(Fault::usage(
            "no passphrase was given",
            "nobody can be asked here",
            "Pass --passphrase-file FILE, or run this in a terminal.",
        ));
    }
    let prompt = broken(prompt);
    asked(move || rpassword::prompt_password(prompt)).await
}

/// Asks for a line that may be seen.
///
/// # Errors
/// Nobody may be asked; `instead` says what to pass.
pub(crate) async fn line(cx: &Cx, prompt: &str, instead: &str) -> Result<String, Fault> {
    if !cx.asks {
        return Err(Fault::usage("an answer is needed", "nobody can be asked here", instead));
    }
    let prompt = broken(prompt);
    let line = asked(move || {
        io::Write::write_all(&mut io::stderr(), prompt.as_bytes())?;
        let mut line = String::new();
        match io::stdin().lock().take(TEXT_READ_MAX).read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    });
    Ok(line.await?.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads one line of stdin, asking nobody; `None` at its end.
///
/// # Errors
/// It cannot be read, or the command is interrupted.
pub(crate) async fn given_line() -> Result<Option<String>, Fault> {
    let line = asked(|| {
        let mut line = String::new();
        io::stdin().lock().take(TEXT_READ_MAX).read_line(&mut line)?;
        Ok(line)
    });
    Ok(Some(line.await?).filter(|line| !line.is_empty()))
}

/// Asks before something that cannot be undone, or that has to be known first. Scripts say yes beforehand.
///
/// # Errors
/// The person does not agree, or nobody may be asked; `what` says what was not done then.
pub(crate) async fn agree(cx: &Cx, yes: bool, question: &str, what: &str) -> Result<(), Fault> {
    if yes {
        return Ok(());
    }
    let undecided =
        || Fault::decision(what, question.replace('\n', " "), "Pass --yes if that is what you want.");
    if !cx.asks {
        return Err(undecided());
    }
    aside(question);
    let answer = line(cx, "Go on? [y/N] ", "Pass --yes.").await?;
    let agrees = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    if agrees { Ok(()) } else { Err(undecided()) }
}

/// A prompt as the terminal shows it, broken between words; what is typed comes right behind it.
fn broken(prompt: &str) -> String {
    let typed_behind = &prompt[prompt.trim_end().len()..];
    format!("{}{typed_behind}", wrapped(prompt.trim_end(), columns(io::stderr())))
}

/// Asks before an entry's text is emptied.
///
/// # Errors
/// Nobody may be asked.
pub(crate) async fn may_be_empty(cx: &Cx) -> Result<bool, Fault> {
    if !cx.asks {
        return Err(Fault::usage(
            "nothing was changed",
            "the new text is empty",
            "Give the text. To put the entry away, use `haven trash ID`.",
        ));
    }
    aside("The new text is empty. The words of before stay in the history, and nowhere else.");
    let answer = line(cx, "Empty it? [y/N] ", "Give the text.").await?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Waits for the person on a thread of its own, so that a signal is still heard.
async fn asked(ask: impl FnOnce() -> io::Result<String> + Send + 'static) -> Result<String, Fault> {
    let answer = tokio::task::spawn_blocking(ask).await.map_err(|_| Fault::interrupted())?;
    answer.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => Fault::interrupted(),
        _ => Fault::system("the answer can't be read", &error),
    })
}

/// Reads the kit's code from the first line of a file, or from the person, who may see what they type: it's long, and on paper.
///
/// # Errors
/// The file cannot be read, or nobody may be asked.
pub(crate) async fn kit(cx: &Cx, file: Option<&Path>) -> Result<String, Fault> {
    match file {
        Some(file) => first_line(file),
        None => line(cx, "The code on your recovery kit: ", "Pass --kit-file FILE.").await,
    }
}

fn first_line(file: &Path) -> Result<String, Fault> {
    let unreadable = |error: io::Error| Fault::unreadable(file, &error);
    let opened = open(file).map_err(unreadable)?;
    let mut line = Vec::new();
    io::BufReader::new(opened.take(PASSPHRASE_READ_MAX)).read_until(b'\n', &mut line).map_err(unreadable)?;
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let refused = |why: String, next: &str| Fault::usage("no passphrase was given", why, next);
    let line = std::str::from_utf8(line).map_err(|error| match line {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => refused("the file is UTF-16".to_owned(), "Save it as UTF-8."),
        _ => {
            refused(format!("byte {} of the file is not UTF-8", error.valid_up_to() + 1), "Save it as UTF-8.")
        }
    })?;
    // Some programs begin a file with a byte order mark; it is no part of what stands there.
    match line.trim_start_matches('\u{feff}') {
        "" => Err(refused("the first line of the file is empty".to_owned(), "Write it there.")),
        line => Ok(line.to_owned()),
    }
}

/// Reads a text from a file or, for `-`, from stdin. One line feed at its end belongs to the file, not to the text.
///
/// # Errors
/// It cannot be read, is too large or not UTF-8.
pub(crate) fn text(file: &Path) -> Result<String, Fault> {
    let unreadable = |error: io::Error| Fault::unreadable(file, &error);
    let mut bytes = Vec::new();
    open(file).map_err(unreadable)?.take(TEXT_READ_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > TEXT_READ_MAX {
        return Err(ApiError::new(ErrorReason::TooLarge, "the text can't be taken").into());
    }
    let words = Words::read(&bytes);
    match words.strange {
        Some(place) => Err(place.fault()),
        None => Ok(words.text),
    }
}

/// What some programs begin a file with (Unicode 23.8).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Words as they came from a pipe or an editor.
pub(crate) struct Words {
    /// The words. Bytes that are no UTF-8 stand in them as Latin-1 reads them, which is what they mostly are.
    pub(crate) text: String,
    /// The first byte that is no UTF-8.
    pub(crate) strange: Option<Place>,
}

/// Where a byte stands, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    line: usize,
    byte: usize,
}

impl Place {
    /// Says why such a text is not taken as it is.
    pub(crate) fn fault(self) -> Fault {
        let why = format!("byte {} of line {} is not UTF-8", self.byte, self.line);
        Fault::usage("the text can't be taken", why, "Save it as UTF-8.")
    }
}

impl Words {
    /// Reads bytes. One line feed at their end belongs to the file, not to the text, and so does a byte order mark before them.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let end = bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).unwrap_or(bytes).len();
        let bytes = &bytes[..end];
        let (mut text, mut strange) = (String::with_capacity(end), None);
        for part in bytes.utf8_chunks() {
            text.push_str(part.valid());
            if !part.invalid().is_empty() {
                strange.get_or_insert_with(|| place(text.as_bytes()));
                text.extend(part.invalid().iter().map(|byte| char::from(*byte)));
            }
        }
        Self { text, strange }
    }
}

/// The place of the byte after these.
fn place(before: &[u8]) -> Place {
    let line_begins = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    Place { line, byte: before.len() - line_begins + 1 }
}

/// What came through a pipe.
pub(crate) struct Piped {
    /// The words, as far as they came.
    pub(crate) text: String,
    /// Why they are not taken as they are.
    pub(crate) wrong: Option<Fault>,
}

/// Reads words from a pipe: all of them, since nobody has them but the pipe. From the first one on they are in hand, so that a
/// command which is interrupted leaves what it has read.
///
/// # Errors
/// The command is interrupted.
pub(crate) async fn piped(cx: &Cx, about: About) -> Result<Piped, Fault> {
    let held = cx.hold(about, "");
    let into = Arc::clone(&held);
    let read = tokio::task::spawn_blocking(move || fill(&into)).await.map_err(|_| Fault::interrupted())?;
    let words = Words::read(&held.lock().unwrap_or_else(PoisonError::into_inner));
    let wrong = match read {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Some(too_long()),
        Err(error) => Some(Fault::unreadable(Path::new("-"), &error)),
        Ok(()) => words.strange.map(Place::fault),
    };
    Ok(Piped { text: words.text, wrong })
}

fn too_long() -> Fault {
    let megabytes = WORDS_READ_MAX / (1024 * 1024);
    Fault::from(ApiError::new(ErrorReason::TooLarge, "the text can't be taken whole")).because(format!(
        "it's longer than {megabytes} MB: the words after that weren't read, and are only where they came from"
    ))
}

fn fill(held: &Mutex<Vec<u8>>) -> io::Result<()> {
    let (mut part, mut stdin) = (vec![0; PART_READ], io::stdin().lock());
    loop {
        let read = match stdin.read(&mut part) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            outcome => outcome?,
        };
        if read == 0 {
            return Ok(());
        }
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = usize::try_from(WORDS_READ_MAX).unwrap_or(usize::MAX).saturating_sub(held.len());
        held.extend_from_slice(&part[..read.min(left)]);
        if read > left {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
}

/// Waits until what already lies in the pipe has been read, for a moment at most: whoever stops a command hasn't taken back what
/// they put into it.
pub(crate) async fn drained() {
    let has_more = || has_pipe() && rustix::io::ioctl_fionread(io::stdin()).is_ok_and(|bytes| bytes > 0);
    let mut looks = 0;
    while has_more() && looks < DRAINED_LOOKS_MAX {
        looks += 1;
        tokio::time::sleep(DRAINED_LOOK).await;
    }
    // The last of it is on its way into the hand.
    tokio::time::sleep(DRAINED_LOOK).await;
}

/// Whether stdin is a pipe or a file: something that somebody has put there, as opposed to a terminal or nothing.
pub(crate) fn has_pipe() -> bool {
    let found = rustix::fs::fstat(io::stdin()).map(|found| FileType::from_raw_mode(found.st_mode));
    matches!(found, Ok(FileType::Fifo | FileType::RegularFile))
}

/// Opens a file, or stdin for `-`.
pub(crate) fn open(file: &Path) -> io::Result<Box<dyn Read>> {
    if file == Path::new("-") { Ok(Box::new(io::stdin().lock())) } else { Ok(Box::new(File::open(file)?)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Exit;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn a_passphrase_is_the_first_line_without_its_end() {
        let check = |bytes: &[u8], line: Option<&str>| {
            assert_eq!(first_line(written(bytes).path()).ok().as_deref(), line, "{bytes:?}");
        };
        check(b"five words and no more\n", Some("five words and no more"));
        check(b" kept \r\nsecond", Some(" kept "));
        check(b"no end", Some("no end"));
        check(b"", None);
        check(b"\nsecond", None);
        check(b"\xff\n", None);
        check(b"\xef\xbb\xbfbegins with a mark\r\n", Some("begins with a mark"));
        check(b"\xef\xbb\xbf\n", None);
        assert!(first_line(Path::new("/nowhere/at/all")).is_err());
    }

    #[test]
    fn a_file_that_holds_no_utf8_is_refused_with_the_place() {
        let check = |bytes: &[u8], why: &str| {
            let refused = first_line(written(bytes).path()).unwrap_err();
            assert_eq!((refused.reason(), refused.exit()), (ErrorReason::InvalidArgument, Exit::Usage));
            assert!(refused.why().contains(why), "{}", refused.why());
        };
        check(b"caf\xe9\n", "byte 4 of the file");
        check(b"\xff\xfea\0b\0\n\0", "UTF-16");
    }

    #[test]
    fn words_keep_every_byte_and_say_where_the_first_strange_one_is() {
        let check = |bytes: &[u8], text: &str, strange: Option<(usize, usize)>| {
            let words = Words::read(bytes);
            assert_eq!(words.text, text);
            assert_eq!(words.strange, strange.map(|(line, byte)| Place { line, byte }), "{text}");
        };
        check("ä\n".as_bytes(), "ä", None);
        check(b"one\ncaf\xe9 \xfcber\r\n", "one\ncafé über", Some((2, 4)));
        check(b"\xff", "ÿ", Some((1, 1)));
        check(b"cut \xc3", "cut Ã", Some((1, 5)));
        check(b"", "", None);
    }

    #[test]
    fn a_text_loses_one_line_feed_and_no_more() {
        let check = |bytes: &[u8], read: Result<&str, ErrorReason>| {
            let found = text(written(bytes).path()).map_err(|fault| fault.reason());
            assert_eq!(found.as_deref(), read.as_ref().map(|text| *text), "{} bytes", bytes.len());
        };
        check(b"words\n\n", Ok("words\n"));
        check(b"words\r\n", Ok("words"));
        check(b" words", Ok(" words"));
        check(b"\xef\xbb\xbfwords\r\n", Ok("words"));
        check(b"a\xef\xbb\xbfb", Ok("a\u{feff}b"));
        check(b"a\xffb", Err(ErrorReason::InvalidArgument));
        check(&vec![b'x'; 20_000_000], Err(ErrorReason::TooLarge));
    }
}
