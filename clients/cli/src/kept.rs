//! Words that are no entry yet, and must not be lost: kept as a draft, or sealed while the journal is locked.

use haven_api::drafts::{Becomes, DraftId, SavedDraft, Sealed, Sealing};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::{Draft, Edit};
use haven_core::limits::{DRAFT_BYTES_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX};
use haven_core::time::Timestamp;

use crate::cx::Haven;
use crate::daemon;
use crate::editor::About;
use crate::fault::{Exit, Fault, exit_of};
use crate::limits::{ID_SHOWN, PART_BYTES_MAX};
use crate::shapes::hex;

/// Where words are that were kept.
pub(crate) enum Kept {
    /// In a draft.
    Draft(DraftId),
    /// Sealed; they are this draft once the journal is unlocked.
    Sealed(DraftId),
    /// In several drafts, since one does not hold so much.
    Drafts(usize),
    /// Sealed; they are several drafts once the journal is unlocked.
    SealedParts(usize),
}

impl Kept {
    /// How to get at them, in a sentence or two.
    pub(crate) fn how(&self, draft: &Draft) -> String {
        match self {
            Self::Draft(id) => format!("The words are kept as a draft: {}", next_step(*id, draft)),
            Self::Sealed(id) => {
                format!(
                    "The words are kept sealed. Run `haven unlock`; they're a draft then: {}",
                    next_step(*id, draft)
                )
            }
            Self::Drafts(count) => {
                format!(
                    "The words are kept in {count} drafts, since one doesn't hold them: `haven draft list`."
                )
            }
            Self::SealedParts(count) => {
                format!(
                    "The words are kept sealed, in {count} parts, since one doesn't hold them. Run `haven unlock`; they're drafts then: \
                     `haven draft list`."
                )
            }
        }
    }
}

/// What to do with a draft, by what keeps it from being an entry.
pub(crate) fn next_step(id: DraftId, draft: &Draft) -> String {
    let short = &hex(&id)[..ID_SHOWN];
    if !fits_title(&draft.title) {
        return format!(
            "`haven draft save {short} --split` keeps the beginning of the title and moves the rest of it into the text; \
             `haven draft save {short} --title TITLE` gives it another title and moves all of the first into the text."
        );
    }
    if draft.text.len() > TEXT_BYTES_MAX {
        return format!(
            "`haven draft save {short} --split` makes several entries of them, unless they're a change to one entry; `haven draft \
             edit {short}` lets you shorten them."
        );
    }
    format!("go on with `haven draft edit {short}`, or save them with `haven draft save {short}`.")
}

/// Whether an entry takes a title.
pub(crate) fn fits_title(title: &str) -> bool {
    title.chars().count() <= TITLE_CHARS_MAX && !title.chars().any(char::is_control)
}

/// Cuts a title that no entry takes, or that is longer than this: what stays a title, and what goes on at the head of the text.
/// Nothing of it is lost.
pub(crate) fn cut_title(title: &str, chars_max: usize) -> (&str, &str) {
    let line = title.find(char::is_control).unwrap_or(title.len());
    let most = title.char_indices().nth(chars_max).map_or(title.len(), |(at, _)| at);
    if line >= most && most == title.len() {
        return (title, "");
    }
    let end = line.min(most);
    // A word that fits whole is not broken.
    let is_between = title[end..].starts_with(char::is_whitespace) || line == end;
    let end = if is_between { end } else { title[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end) };
    (title[..end].trim_end(), title[end..].trim())
}

/// A text with what did not fit its title at the head.
pub(crate) fn with_head(head: &str, text: &str) -> String {
    match (head, text) {
        ("", text) => text.to_owned(),
        (head, "") => head.to_owned(),
        (head, text) => format!("{head}\n\n{text}"),
    }
}

/// A draft of a new entry that only its person saves.
///
/// # Errors
/// There are no random numbers.
pub(crate) fn draft(draft: Draft) -> Result<SavedDraft, Fault> {
    let id = crate::editor::random()?;
    Ok(SavedDraft {
        id,
        draft,
        entry: None,
        base_version: None,
        saved: Timestamp::default(),
        held: true,
        meant: None,
        typed: Default::default(),
    })
}

/// Keeps words, whatever state the journal is in. They are durable when this returns.
///
/// # Errors
/// They could not be kept.
pub(crate) async fn keep(haven: &mut Haven, saved: SavedDraft) -> Result<Kept, Fault> {
    let size = saved.draft.title.len() + saved.draft.text.len();
    if size <= DRAFT_BYTES_MAX {
        return keep_one(haven, saved).await;
    }
    let parts = parts(&saved.draft.text, PART_BYTES_MAX);
    let count = parts.len();
    let mut is_sealed = false;
    for (index, part) in parts.into_iter().enumerate() {
        let title = part_title(&saved.draft.title, index + 1, count);
        let part = Draft { title, text: part.to_owned(), ..saved.draft.clone() };
        // The first goes on with the draft there is; the others are new ones.
        let part = if index == 0 { SavedDraft { draft: part, ..saved.clone() } } else { draft(part)? };
        is_sealed |= matches!(keep_one(haven, part).await?, Kept::Sealed(_));
    }
    Ok(if is_sealed { Kept::SealedParts(count) } else { Kept::Drafts(count) })
}

/// Keeps a change to an entry: as a draft of it, sealed while the journal is locked and nobody can tell which one is meant, or as a
/// draft that says nothing of an entry where there is no such one. Says how to get at it.
///
/// # Errors
/// It could not be kept.
pub(crate) async fn keep_change(haven: &mut Haven, named: &str, change: Edit) -> Result<String, Fault> {
    let entry = if named.is_empty() { None } else { Some(haven.entry(named, None).await) };
    match entry {
        Some(Ok(entry)) => {
            let about = About::of_entry(&entry).keepable()?;
            let saved = changed(about.saved_draft(entry.text), change);
            Ok(keep(haven, saved.clone()).await?.how(&saved.draft))
        }
        Some(Err(error)) if error.reason == ErrorReason::Locked => {
            let becomes =
                Becomes::Changes { entry: named.to_owned(), remove_tags: change.remove_tags.clone() };
            let sealed = haven.seal_draft(Sealing { draft: written(change), becomes }).await?;
            Ok(sealed_change(named, &sealed))
        }
        Some(Err(error)) if exit_of(error.reason) == Exit::Daemon => Err(error.into()),
        _ => {
            let saved = draft(written(change))?;
            let short = hex(&saved.id)[..ID_SHOWN].to_owned();
            match keep(haven, saved.clone()).await? {
                Kept::Draft(_) => Ok(format!(
                    "The words are kept as a draft: `haven draft save {short} --entry ID` puts them into the entry you mean, and `haven \
                     draft save {short}` makes a new one of them."
                )),
                kept => Ok(kept.how(&saved.draft)),
            }
        }
    }
}

/// What was written of a change.
fn written(change: Edit) -> Draft {
    Draft {
        at: change.at,
        title: change.title.unwrap_or_default(),
        text: change.text.unwrap_or_default(),
        tags: change.add_tags,
        people: change.add_people,
        ..Draft::default()
    }
}

/// A draft of an entry with a change to it.
fn changed(mut saved: SavedDraft, change: Edit) -> SavedDraft {
    let draft = &mut saved.draft;
    draft.title = change.title.unwrap_or_else(|| std::mem::take(&mut draft.title));
    draft.text = change.text.unwrap_or_else(|| std::mem::take(&mut draft.text));
    draft.at = change.at.or(draft.at.take());
    draft.tags.extend(change.add_tags);
    draft.tags.retain(|tag| !change.remove_tags.contains(tag));
    draft.people.extend(change.add_people);
    saved
}

fn sealed_change(named: &str, sealed: &Sealed) -> String {
    let draft = &sealed.id.to_string()[..ID_SHOWN];
    let which = match named {
        "last" => "the entry that's the newest now".to_owned(),
        named => format!("the entry {named}"),
    };
    format!(
        "The words are kept sealed. Run `haven unlock`; then they're a draft of {which}, and `haven draft save {draft}` shows you both \
         before anything is changed."
    )
}

async fn keep_one(haven: &mut Haven, saved: SavedDraft) -> Result<Kept, Fault> {
    let id = saved.id;
    match save(haven, &saved).await {
        Ok(()) => Ok(Kept::Draft(id)),
        Err(error) if error.reason == ErrorReason::Locked => {
            let SavedDraft { id, mut draft, entry, base_version, held, typed, .. } = saved;
            // Which of them are answers is looked at once the journal is open.
            draft.answers.extend(typed);
            let becomes = Becomes::Draft { id, entry, base_version, held };
            haven.seal_draft(Sealing { draft, becomes }).await?;
            Ok(Kept::Sealed(id))
        }
        Err(error) => Err(error.into()),
    }
}

async fn save(haven: &mut Haven, saved: &SavedDraft) -> Result<(), ApiError> {
    match haven.save_draft(saved.clone()).await {
        // A daemon that locks begins anew, and the connection with it.
        Err(gone) if gone.reason == ErrorReason::DaemonUnreachable => {
            *haven = daemon::reach().await.map_err(|_| gone)?;
            haven.save_draft(saved.clone()).await.map(drop)
        }
        outcome => outcome.map(drop),
    }
}

/// Cuts a text into parts of at most so many bytes: between paragraphs where there are any, else between lines, words or letters.
pub(crate) fn parts(text: &str, bytes_max: usize) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while rest.len() > bytes_max {
        let most = rest.floor_char_boundary(bytes_max);
        let head = &rest[..most];
        // A cut in the first half would make more parts than there need be.
        let cut = ["\n\n", "\n", " "].into_iter().find_map(|between| {
            head.rfind(between).map(|at| at + between.len()).filter(|at| *at > bytes_max / 2)
        });
        let (part, after) = rest.split_at(cut.unwrap_or(most));
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The title of one of several parts.
pub(crate) fn part_title(title: &str, number: usize, count: usize) -> String {
    if count < 2 {
        return title.to_owned();
    }
    format!("{title} ({number} of {count})").trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_it_hurts_least_and_nothing_of_it_is_lost() {
        let check = |text: &str, max, expected: &[&str]| {
            assert_eq!(parts(text, max), expected, "{text:?}");
            assert_eq!(parts(text, max).concat(), text);
        };
        check("", 8, &[""]);
        check("all of it", 9, &["all of it"]);
        check("one two\n\nthree", 11, &["one two\n\n", "three"]);
        check("one two\nthree f", 11, &["one two\n", "three f"]);
        check("one two three", 9, &["one two ", "three"]);
        check("ääääääää", 5, &["ää", "ää", "ää", "ää"]);
        check("a\nbbbbbbbbbb", 10, &["a\nbbbbbbbb", "bb"]);
    }

    #[test]
    fn a_title_is_cut_between_words_and_the_rest_goes_on_in_the_text() {
        let check = |title: &str, max, cut: (&str, &str)| assert_eq!(cut_title(title, max), cut, "{title:?}");
        check("", 5, ("", ""));
        check("Rain", 4, ("Rain", ""));
        check("Rain all day", 8, ("Rain all", "day"));
        check("Rain all day", 7, ("Rain", "all day"));
        check("Regenschauer", 5, ("Regen", "schauer"));
        check("ääää", 3, ("äää", "ä"));
        check("Rain\nall day", 40, ("Rain", "all day"));
        check("\tRain", 40, ("", "Rain"));
        assert_eq!(with_head("", "text"), "text");
        assert_eq!(with_head("head", ""), "head");
        assert_eq!(with_head("head", "text"), "head\n\ntext");
    }

    #[test]
    fn what_to_do_with_a_draft_fits_what_is_wrong_with_it() {
        let check = |draft: Draft, way: &str| {
            let said = next_step([0xab; 16], &draft);
            assert!(said.contains(way), "{said}");
        };
        check(Draft::note("words"), "haven draft save abababab`.");
        check(Draft::note("x".repeat(TEXT_BYTES_MAX + 1)), "makes several entries");
        let titled = |title: &str| Draft { title: title.to_owned(), ..Draft::note("words") };
        check(titled(&"x".repeat(TITLE_CHARS_MAX + 1)), "--title TITLE");
        check(titled("two\nlines"), "--title TITLE");
        check(titled(&"x".repeat(TITLE_CHARS_MAX)), "haven draft edit");
    }

    #[test]
    fn parts_say_which_they_are() {
        assert_eq!(part_title("Rain", 1, 1), "Rain");
        assert_eq!(part_title("Rain", 2, 3), "Rain (2 of 3)");
        assert_eq!(part_title("", 2, 3), "(2 of 3)");
    }
}
