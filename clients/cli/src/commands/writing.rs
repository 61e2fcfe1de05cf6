//! Writing and changing entries.

use std::path::Path;

use haven_api::journal::{Draft, Edit};
use haven_core::entry::EntryKind;

use super::several;
use crate::args::{AddArgs, CheckinArgs, EditArgs};
use crate::cx::Cx;
use crate::editor::{self, About};
use crate::fault::{Exit, Fault};
use crate::shapes::Id;
use crate::{ask, commands};

pub(super) async fn add(cx: &Cx, args: AddArgs) -> Result<(), Fault> {
    let text = args.text();
    let mut draft = Draft {
        kind: args.kind,
        at: args.at,
        title: args.title.unwrap_or_default(),
        tags: args.tags,
        people: args.people,
        ..Draft::default()
    };
    match text.as_deref() {
        Some("-") => draft.text = ask::text(Path::new("-"))?,
        Some(text) => {
            draft.text = text.to_owned();
            let told =
                "These words are in your shell's history now; `haven add` alone opens an editor instead.";
            commands::once(cx, "shell-history", told);
        }
        None if cx.asks => return add_in_editor(cx, draft).await,
        None if !draft.title.is_empty() => {}
        None => return Err(no_text()),
    }
    let written = cx.haven().await?.add(draft).await?;
    tell(cx, written.id.to_string())
}

async fn add_in_editor(cx: &Cx, draft: Draft) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    // Better to hear it before the words are written than after.
    haven.drafts().await?;
    match editor::compose(cx, &haven, About::new_entry(&draft)).await? {
        Some(written) => tell(cx, written.id.to_string()),
        None => {
            cx.note("Nothing was written, so there is no entry.");
            Ok(())
        }
    }
}

fn no_text() -> Fault {
    Fault::usage(
        "no text was given",
        "there is no terminal to open an editor in",
        "Give the text, or pipe it in: `… | haven add -`.",
    )
}

/// Changes entries: a text or a title belongs to one, everything else may be put on several at once.
pub(super) async fn edit(cx: &Cx, args: EditArgs) -> Result<Exit, Fault> {
    if args.ids.len() > 1 && (args.from.is_some() || args.title.is_some()) {
        return Err(for_one("a title or a text is for one entry"));
    }
    let change = Edit {
        title: args.title,
        text: args.from.as_deref().map(ask::text).transpose()?,
        at: args.at,
        add_tags: args.tags,
        remove_tags: args.untags,
        add_people: args.people,
        ..Edit::default()
    };
    if change == Edit::default() {
        let [id] = &*args.ids else { return Err(for_one("an editor takes one entry at a time")) };
        edit_in_editor(cx, id).await?;
        return Ok(Exit::Done);
    }
    let haven = cx.haven().await?;
    let one = async |id: &str| {
        let written = haven.edit(id, change.clone(), None).await?;
        tell(cx, written.id.to_string())
    };
    several::each(cx, &args.ids, one).await
}

fn for_one(why: &str) -> Fault {
    Fault::usage("nothing was changed", why, "Name one entry, or give them only tags, people or a time.")
}

async fn edit_in_editor(cx: &Cx, id: &str) -> Result<(), Fault> {
    if !cx.asks {
        return Err(Fault::usage(
            "nothing was changed",
            "no change was given, and there is no terminal to open an editor in",
            "Give a change, such as --title, or pipe the new text in with `--from -`.",
        ));
    }
    let haven = cx.haven().await?;
    let entry = haven.entry(id, None).await?;
    match editor::compose(cx, &haven, About::of_entry(&entry)).await? {
        Some(written) => tell(cx, written.id.to_string()),
        None => {
            cx.note("Nothing was changed.");
            tell(cx, entry.summary.id.to_string())
        }
    }
}

/// Keeps a check-in: the feelings are its tags, so that they can be found again, and its text if there is no note.
pub(super) async fn checkin(cx: &Cx, args: CheckinArgs) -> Result<(), Fault> {
    let note = match args.note {
        Some(note) => note,
        None if args.feelings.is_empty() => {
            ask::line(cx, "How are you? ", "Give --feeling or --note.").await?
        }
        None => args.feelings.join(", "),
    };
    let draft = Draft { kind: Some(EntryKind::Checkin), text: note, tags: args.feelings, ..Draft::default() };
    let written = cx.haven().await?.add(draft).await?;
    tell(cx, written.id.to_string())
}

/// Prints the id of what was written.
pub(super) fn tell(cx: &Cx, id: String) -> Result<(), Fault> {
    cx.tell(&Id { id: id.clone() }, |_| id)
}
