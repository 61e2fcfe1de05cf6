//! Words that are no entry yet, and must not be lost: kept as a draft, or sealed while the journal is locked.

use haven_api::drafts::{Becomes, DraftId, SavedDraft, Sealing};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::Draft;
use haven_core::limits::DRAFT_BYTES_MAX;
use haven_core::time::Timestamp;

use crate::cx::Haven;
use crate::daemon;
use crate::fault::Fault;
use crate::limits::{ID_SHOWN, PART_BYTES_MAX};
use crate::shapes::hex;

/// Where words are that were kept.
pub(crate) enum Kept {
    /// In a draft.
    Draft(DraftId),
    /// Sealed; they are a draft once the journal is unlocked.
    Sealed,
    /// In several drafts, since one does not hold so much.
    Drafts(usize),
}

impl Kept {
    /// How to get at them, in a sentence or two.
    pub(crate) fn how(&self) -> String {
        match self {
            Self::Draft(id) => {
                let short = &hex(id)[..ID_SHOWN];
                format!(
                    "The words are kept as a draft: go on with `haven draft edit {short}`, or save them with \
                     `haven draft save {short}`."
                )
            }
            Self::Sealed => {
                "The words are kept sealed. Run `haven unlock`; then they are a draft, see `haven draft list`.".to_owned()
            }
            Self::Drafts(count) => {
                format!("The words are kept in {count} drafts, since one does not hold them: `haven draft list`.")
            }
        }
    }

    /// The same, for words that did not become an entry for this reason.
    pub(crate) fn how_after(&self, reason: ErrorReason) -> String {
        match self {
            Self::Draft(id) if reason == ErrorReason::TooLarge => {
                let short = &hex(id)[..ID_SHOWN];
                format!(
                    "The words are kept as a draft: `haven draft save {short} --split` makes several entries of them, and \
                     `haven draft edit {short}` lets you shorten them."
                )
            }
            _ => self.how(),
        }
    }
}

/// A draft of a new entry that only its person saves.
///
/// # Errors
/// There are no random numbers.
pub(crate) fn draft(draft: Draft) -> Result<SavedDraft, Fault> {
    let id = crate::editor::random()?;
    Ok(SavedDraft { id, draft, entry: None, base_version: None, saved: Timestamp::default(), held: true })
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
    for (index, part) in parts.into_iter().enumerate() {
        let title = part_title(&saved.draft.title, index + 1, count);
        let part = Draft { title, text: part.to_owned(), ..saved.draft.clone() };
        // The first goes on with the draft there is; the others are new ones.
        let part = if index == 0 { SavedDraft { draft: part, ..saved.clone() } } else { draft(part)? };
        keep_one(haven, part).await?;
    }
    Ok(Kept::Drafts(count))
}

async fn keep_one(haven: &mut Haven, saved: SavedDraft) -> Result<Kept, Fault> {
    let id = saved.id;
    match save(haven, &saved).await {
        Ok(()) => Ok(Kept::Draft(id)),
        Err(error) if error.reason == ErrorReason::Locked => {
            let SavedDraft { id, draft, entry, base_version, held, .. } = saved;
            let becomes = Becomes::Draft { id, entry, base_version, held };
            haven.seal_draft(Sealing { draft, becomes }).await?;
            Ok(Kept::Sealed)
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
    fn parts_say_which_they_are() {
        assert_eq!(part_title("Rain", 1, 1), "Rain");
        assert_eq!(part_title("Rain", 2, 3), "Rain (2 of 3)");
        assert_eq!(part_title("", 2, 3), "(2 of 3)");
    }
}
