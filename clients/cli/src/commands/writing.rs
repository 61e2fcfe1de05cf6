//! Writing and changing entries.

use std::path::Path;

use haven_api::drafts::{Becomes, SavedDraft, Sealed, Sealing};
use haven_api::error::ErrorReason;
use haven_api::journal::{Draft, Edit};
use haven_core::entry::{EntryKind, Tag, opening};
use haven_core::limits::TEXT_BYTES_MAX;

use super::several;
use crate::args::{AddArgs, Beside, CheckinArgs, EditArgs};
use crate::ask::Words;
use crate::cx::{Cx, Haven, aside};
use crate::editor::{self, About, Composed};
use crate::fault::{Exit, Fault};
use crate::limits::ID_SHOWN;
use crate::shapes::{Id, SealedShape, hex};
use crate::{ask, commands, kept, unlock, when};

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
    let misfit = fitting(&mut draft.tags);
    let mut is_piped = false;
    match text.as_deref() {
        Some("-") => {
            let words = ask::piped()?;
            (draft.text, is_piped) = (words.text, true);
            let wrong = misfit.or_else(|| words.strange.map(|place| place.fault()));
            if let Some(fault) = wrong {
                return Err(keep(cx, kept::draft(draft)?, fault).await);
            }
        }
        _ if misfit.is_some() => return misfit.map_or(Ok(()), Err),
        Some(text) => {
            draft.text = text.to_owned();
            write(cx, draft, false).await?;
            let told =
                "These words are in your shell's history now; `haven add` alone opens an editor instead.";
            commands::once(cx, "shell-history", told);
            return Ok(());
        }
        None if cx.asks => return add_in_editor(cx, draft).await,
        None if !draft.title.is_empty() => {}
        None => return Err(no_text()),
    }
    write(cx, draft, is_piped).await.map(drop)
}

/// Keeps the words of a pipe whose command could not be understood: they are lost to whoever wrote them otherwise. Says where they
/// are beside what was wrong.
pub(crate) async fn keep_beside(cx: &Cx, beside: Beside, fault: Fault) -> Fault {
    let Ok(words) = ask::piped() else { return fault };
    if words.text.trim().is_empty() {
        return fault;
    }
    let advice = fault.next().to_owned();
    let Beside { entry, title, mut tags, mut untags, people, at, kind, lacks_time } = beside;
    fitting(&mut tags);
    fitting(&mut untags);
    let kept = match entry {
        Some(entry) => {
            let (text, title) = (Some(words.text), Some(title).filter(|title| !title.is_empty()));
            let change = Edit {
                title,
                text,
                at,
                add_tags: tags,
                remove_tags: untags,
                add_people: people,
                ..Edit::default()
            };
            keep_change(cx, &entry, change, fault).await
        }
        None => {
            match kept::draft(Draft { kind, at, title, text: words.text, tags, people, ..Draft::default() }) {
                Ok(saved) => keep(cx, saved, fault).await,
                Err(worse) => worse,
            }
        }
    };
    let about_time = if lacks_time { " `haven draft save` takes the right time with --at TIME." } else { "" };
    let next = format!("{}{about_time} {advice}", kept.next());
    kept.with_next(next)
}

/// Takes out the tags that cannot be one, before any word is written that could get lost over them, and says what is wrong with
/// the first. What came through a pipe is kept all the same.
fn fitting(tags: &mut Vec<String>) -> Option<Fault> {
    let mut misfit = None;
    tags.retain(|tag| match Tag::new(tag) {
        Ok(_) => true,
        Err(fault) => {
            misfit.get_or_insert_with(|| {
                Fault::usage("a tag can't be used", fault.to_string(), "Give another tag.")
            });
            false
        }
    });
    misfit
}

/// Writes an entry; tells whether it is one now. While the journal is locked its words are sealed; what came through a pipe and
/// cannot be an entry is kept.
async fn write(cx: &Cx, draft: Draft, is_piped: bool) -> Result<bool, Fault> {
    let mut haven = match cx.device().await {
        Ok(haven) => haven,
        Err(fault) if is_piped => return Err(keep(cx, kept::draft(draft)?, fault).await),
        Err(fault) => return Err(fault),
    };
    match haven.add(draft.clone()).await {
        Ok(written) => tell(cx, written.id.to_string()).map(|()| true),
        Err(error) if error.reason == ErrorReason::Locked => seal(cx, &mut haven, draft).await,
        Err(error) if is_piped && !draft.text.trim().is_empty() => {
            Err(keep(cx, kept::draft(draft)?, error.into()).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// Seals words while the journal is locked: first that, since nothing can happen to them then; then the passphrase is asked for,
/// where anybody may be asked.
async fn seal(cx: &Cx, haven: &mut Haven, mut draft: Draft) -> Result<bool, Fault> {
    if draft.at.is_none() {
        draft.at = Some(when::here());
    }
    let sealing = Sealing { draft: draft.clone(), becomes: Becomes::Entry };
    let sealed = haven.seal_draft(sealing).await?;
    if sealed.waiting > 0 && !editor::opened_for(cx, haven).await? {
        return tell_sealed(cx, sealed, &draft).map(|()| false);
    }
    tell(cx, editor::taken(haven, sealed.id, true).await?.id.to_string()).map(|()| true)
}

/// Says that words wait sealed, and what will become of them as far as that is known: no id is printed as an entry's that will not
/// be one.
fn tell_sealed(cx: &Cx, sealed: Sealed, draft: &Draft) -> Result<(), Fault> {
    if let Some(problem) = sealed.problem {
        let next = kept::Kept::Sealed(*sealed.id.as_bytes()).how(draft);
        let fault = Fault::from(problem).with_next(next);
        let over = draft.text.len().saturating_sub(TEXT_BYTES_MAX);
        let why = format!("it is {over} bytes too long for one entry, which holds {TEXT_BYTES_MAX}");
        return Err(if over > 0 { fault.because(why) } else { fault });
    }
    let id = sealed.id.to_string();
    let people = &draft.people;
    let shape =
        SealedShape { id: id.clone(), kept: "sealed", waiting: sealed.waiting, looked_up_later: people };
    cx.tell(&shape, |_| id)?;
    cx.note(&match &**people {
        [] => "The journal is locked, so this is kept sealed; it becomes an entry when you unlock.".to_owned(),
        people => format!(
            "The journal is locked, so this is kept sealed. Who {} is gets looked up when you unlock: it becomes an entry then, or \
             a draft if nobody has that name.",
            cx.style.line(&people.join(", "))
        ),
    });
    Ok(())
}

/// Keeps words that were refused, so that a pipe does not lose them, and says where they are.
async fn keep(cx: &Cx, saved: SavedDraft, fault: Fault) -> Fault {
    let kept = match cx.device().await {
        Ok(mut haven) => kept::keep(&mut haven, saved.clone()).await,
        Err(fault) => Err(fault),
    };
    let next = match kept {
        Ok(kept) => kept.how(&saved.draft),
        // Where there is no journal there is nothing that would ever take them.
        Err(worse) if worse.reason() == ErrorReason::NoVault => unkept(&fault, &worse),
        Err(worse) => editor::leave(&saved, &worse).unwrap_or_else(|_| unkept(&fault, &worse)),
    };
    fault.with_next(next)
}

fn unkept(fault: &Fault, worse: &Fault) -> String {
    format!("{} The words couldn't be kept: {}.", fault.next(), worse.why())
}

async fn add_in_editor(cx: &Cx, draft: Draft) -> Result<(), Fault> {
    let mut haven = cx.device().await?;
    if unlock::is_locked(&haven).await {
        aside("The journal is locked. You can write all the same: it's kept sealed then.");
        unlock::ask(cx, &mut haven, "Passphrase (or Enter, to write while it's locked): ").await?;
    }
    tell_composed(
        cx,
        editor::compose(cx, &haven, About::new_entry(&draft)).await?,
        &draft,
        "Nothing was written, so there's no entry.",
    )
}

/// Says what came of an editor.
pub(super) fn tell_composed(cx: &Cx, composed: Composed, about: &Draft, nothing: &str) -> Result<(), Fault> {
    match composed {
        Composed::Written(written) => tell(cx, written.id.to_string()),
        Composed::Sealed(sealed) => tell_sealed(cx, sealed, about),
        Composed::Nothing => {
            cx.note(nothing);
            Ok(())
        }
        // What there was to say was said when waiting for the window ended.
        Composed::Open => Ok(()),
    }
}

fn no_text() -> Fault {
    Fault::usage(
        "no text was given",
        "there's no terminal to open an editor in",
        "Give the text, or pipe it in: `… | haven add -`.",
    )
}

/// Changes entries: a text or a title belongs to one, everything else may be put on several at once.
pub(super) async fn edit(cx: &Cx, args: EditArgs) -> Result<Exit, Fault> {
    let is_for_one = args.from.is_some() || args.title.is_some();
    let several = (args.ids.len() > 1 && is_for_one).then(|| for_one("a title or a text is for one entry"));
    let mut tags = args.tags;
    let misfit = several.or(fitting(&mut tags));
    let is_piped = args.from.as_deref() == Some(Path::new("-"));
    if let (Some(_), false) = (&misfit, is_piped) {
        return misfit.map_or(Ok(Exit::Done), Err);
    }
    let words = match args.from.as_deref() {
        Some(_) if is_piped => Some(ask::piped()?),
        Some(file) => Some(Words { text: ask::text(file)?, strange: None }),
        None => None,
    };
    let strange = words.as_ref().and_then(|words| words.strange);
    let change = Edit {
        title: args.title,
        text: words.map(|words| words.text),
        at: args.at,
        add_tags: tags,
        remove_tags: args.untags,
        add_people: args.people,
        ..Edit::default()
    };
    if change == Edit::default() {
        let [id] = &*args.ids else { return Err(for_one("an editor takes one entry at a time")) };
        edit_in_editor(cx, id).await?;
        return Ok(Exit::Done);
    }
    let wrong = misfit.or_else(|| strange.map(|place| place.fault()));
    if let Some(fault) = wrong {
        // Several cannot be meant by one text: it is a draft of none of them, and says so.
        let id = if let [id] = &*args.ids { id.clone() } else { String::new() };
        return Err(keep_change(cx, &id, change, fault).await);
    }
    if change.text.as_ref().is_some_and(|text| text.trim().is_empty()) && !ask::may_be_empty(cx).await? {
        cx.note("Nothing was changed.");
        return Ok(Exit::Done);
    }
    let haven = match (cx.haven().await, &*args.ids) {
        (Ok(haven), _) => haven,
        (Err(fault), [id]) if is_piped => return Err(keep_change(cx, id, change, fault).await),
        (Err(fault), _) => return Err(fault),
    };
    let one = async |id: &str| {
        let written = match haven.edit(id, change.clone(), None).await {
            Err(error) if is_piped => return Err(keep_change(cx, id, change.clone(), error.into()).await),
            outcome => outcome?,
        };
        if written.unchanged {
            cx.note("Nothing was changed: it is like that already.");
        }
        tell(cx, written.id.to_string())
    };
    several::each(cx, &args.ids, one).await
}

fn for_one(why: &str) -> Fault {
    Fault::usage("nothing was changed", why, "Name one entry, or give them only tags, people or a time.")
}

/// Keeps a change that came through a pipe and was refused: as a draft of the entry, or sealed while the journal is locked and
/// nobody can tell which entry is meant.
async fn keep_change(cx: &Cx, id: &str, change: Edit, fault: Fault) -> Fault {
    let draft = Draft {
        at: change.at.clone(),
        title: change.title.clone().unwrap_or_default(),
        text: change.text.clone().unwrap_or_default(),
        tags: change.add_tags.clone(),
        people: change.add_people.clone(),
        ..Draft::default()
    };
    let haven = match cx.device().await {
        Ok(haven) if !id.is_empty() => haven,
        _ => return keep_astray(cx, draft, fault).await,
    };
    match haven.entry(id, None).await {
        Ok(entry) => {
            let about = About::of_entry(&entry).keepable();
            let saved = about.map(|about| changed(about.saved_draft(entry.text), change));
            match saved {
                Ok(saved) => keep(cx, saved, fault).await,
                Err(worse) => worse,
            }
        }
        Err(error) if error.reason == ErrorReason::Locked => {
            let becomes = Becomes::Changes { entry: id.to_owned(), remove_tags: change.remove_tags };
            match haven.seal_draft(Sealing { draft, becomes }).await {
                Ok(sealed) => fault.with_next(sealed_change(id, &sealed)),
                Err(worse) => worse.into(),
            }
        }
        Err(_) => keep_astray(cx, draft, fault).await,
    }
}

fn sealed_change(id: &str, sealed: &Sealed) -> String {
    let draft = &sealed.id.to_string()[..ID_SHOWN];
    let which = match id {
        "last" => "the entry that's the newest now".to_owned(),
        id => format!("the entry {id}"),
    };
    format!(
        "The words are kept sealed. Run `haven unlock`; then they're a draft of {which}, and `haven draft save {draft}` shows you both \
         before anything is changed."
    )
}

/// Keeps words for an entry that cannot be told.
async fn keep_astray(cx: &Cx, draft: Draft, fault: Fault) -> Fault {
    let saved = match kept::draft(draft) {
        Ok(saved) => saved,
        Err(worse) => return worse,
    };
    let short = hex(&saved.id)[..ID_SHOWN].to_owned();
    let fault = keep(cx, saved, fault).await;
    // They may be sealed, or not kept at all.
    if !fault.next().starts_with("The words are kept as a draft") {
        return fault;
    }
    let next = format!(
        "The words are kept as a draft: `haven draft save {short} --entry ID` puts them into the entry you mean, and `haven draft save \
         {short}` makes a new one of them."
    );
    fault.with_next(next)
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

async fn edit_in_editor(cx: &Cx, id: &str) -> Result<(), Fault> {
    if !cx.asks {
        return Err(Fault::usage(
            "nothing was changed",
            "no change was given, and there's no terminal to open an editor in",
            "Give a change, such as --title, or pipe the new text in with `--from -`.",
        ));
    }
    let haven = cx.haven().await?;
    let entry = haven.entry(id, None).await?;
    let composed = editor::compose(cx, &haven, About::of_entry(&entry)).await?;
    let is_unchanged = matches!(composed, Composed::Nothing);
    tell_composed(cx, composed, &Draft::default(), "Nothing was changed.")?;
    if is_unchanged { tell(cx, entry.summary.id.to_string()) } else { Ok(()) }
}

/// Keeps a check-in: the feelings are its tags, so that they can be found again, and its text if there is no note.
pub(super) async fn checkin(cx: &Cx, args: CheckinArgs) -> Result<(), Fault> {
    let note = match args.note {
        Some(note) => note,
        None if args.feelings.is_empty() => {
            *cx.parting.borrow_mut() = "Nothing was noted.".to_owned();
            let line = ask::line(cx, "How are you? ", "Give --feeling or --note.").await?;
            cx.parting.take();
            line
        }
        None => args.feelings.join(", "),
    };
    let more = if opening(&note).len() < note.trim().len() { " …" } else { "" };
    let echo = format!("{}{more}", cx.style.line(opening(&note)));
    let draft = Draft { kind: Some(EntryKind::Checkin), text: note, tags: args.feelings, ..Draft::default() };
    let is_entry = write(cx, draft, false).await?;
    if is_entry && cx.style.terminal {
        cx.note(&format!("Noted: {echo}"));
    }
    Ok(())
}

/// Prints the id of what was written.
pub(super) fn tell(cx: &Cx, id: String) -> Result<(), Fault> {
    cx.tell(&Id { id: id.clone() }, |_| id)
}
