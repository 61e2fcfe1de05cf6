//! Writing and changing entries.

use std::path::Path;

use haven_api::drafts::{Becomes, SavedDraft, Sealed, Sealing};
use haven_api::error::ErrorReason;
use haven_api::journal::{Draft, Edit};
use haven_core::entry::{EntryKind, Tag, opening, says_nothing};
use haven_core::limits::TEXT_BYTES_MAX;

use super::done::{AS_IT_WAS, KEPT, done_in_words, tell, tell_done};
use super::several;
use crate::args::{AddArgs, Beside, CheckinArgs, EditArgs};
use crate::cx::{Cx, Haven, aside};
use crate::daemon::explained;
use crate::editor::{self, About, Composed};
use crate::fault::{Exit, Fault};
use crate::shapes::SealedShape;
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
    let begins_with_dash = args.words.first().is_some_and(|word| word == DASH);
    let is_piped = text.as_deref() == Some(DASH) || ((text.is_none() || begins_with_dash) && ask::has_pipe());
    let beside = (is_piped && args.words.len() > 1).then(|| {
        let next = "Give the words here or through the pipe. A text that begins with a dash goes in quotes: haven add \"- …\".";
        Fault::usage("not saved", "`-` stands for the pipe, and there are words beside it", next)
    });
    let misfit = beside.or(without_dashes(&mut draft)).or(fitting(&mut draft.tags));
    if is_piped {
        let piped = ask::piped(cx, About::new_entry(&draft)).await?;
        let has_words = !piped.text.trim().is_empty();
        if has_words || text.is_some() {
            return add_piped(cx, Draft { text: piped.text, ..draft }, misfit.or(piped.wrong)).await;
        }
    }
    if let Some(fault) = misfit {
        return Err(fault);
    }
    match text {
        Some(text) => {
            write(cx, Draft { text, ..draft }, false).await?;
            let told =
                "These words are in your shell's history now; `haven add` alone opens an editor instead.";
            commands::once(cx, "shell-history", told);
            Ok(())
        }
        None if cx.asks => add_in_editor(cx, draft).await,
        None if !draft.title.is_empty() => write(cx, draft, false).await.map(drop),
        None => Err(no_text()),
    }
}

/// What stands for the pipe where a text may stand.
const DASH: &str = "-";

async fn add_piped(cx: &Cx, draft: Draft, wrong: Option<Fault>) -> Result<(), Fault> {
    match wrong {
        Some(fault) if draft.text.trim().is_empty() => Err(fault),
        Some(fault) => Err(keep(cx, kept::draft(draft)?, fault).await),
        None => write(cx, draft, true).await.map(drop),
    }
}

/// Takes out what is nothing but a dash, which stands for a pipe that brings only a text, and says so.
fn without_dashes(draft: &mut Draft) -> Option<Fault> {
    let parts = [
        ("a title", std::slice::from_mut(&mut draft.title).iter_mut().any(emptied)),
        ("a tag", taken_out(&mut draft.tags)),
        ("a person", taken_out(&mut draft.people)),
    ];
    let (part, _) = parts.into_iter().find(|(_, was_dash)| *was_dash)?;
    Some(no_dash(part))
}

fn no_dash(part: &str) -> Fault {
    let next = format!("Type {part} out; what comes through the pipe is the text.");
    Fault::usage("not saved", format!("`-` can't stand for {part}"), next)
}

fn emptied(words: &mut String) -> bool {
    let was_dash = words == DASH;
    if was_dash {
        words.clear();
    }
    was_dash
}

fn taken_out(words: &mut Vec<String>) -> bool {
    let before = words.len();
    words.retain(|word| word != DASH);
    words.len() < before
}

/// Keeps the words of a pipe whose command could not be understood: they are lost to whoever wrote them otherwise. Says where they
/// are beside what was wrong.
pub(crate) async fn keep_beside(cx: &Cx, beside: Beside, fault: Fault) -> Result<Fault, Fault> {
    let Beside { entry, title, mut tags, mut untags, people, at, kind, lacks_time, .. } = beside;
    fitting(&mut tags);
    fitting(&mut untags);
    let mut draft = Draft { kind, at, title, tags, people, ..Draft::default() };
    without_dashes(&mut draft);
    let about = |text: String, draft: &Draft| Edit {
        title: Some(draft.title.clone()).filter(|title| !title.is_empty()),
        text: Some(text),
        at: draft.at.clone(),
        add_tags: draft.tags.clone(),
        remove_tags: untags.clone(),
        add_people: draft.people.clone(),
        ..Edit::default()
    };
    let held = match &entry {
        Some(named) => About::of_change(named, &about(String::new(), &draft)),
        None => About::new_entry(&draft),
    };
    draft.text = ask::piped(cx, held).await?.text;
    if draft.text.trim().is_empty() {
        return Ok(fault);
    }
    let advice = fault.next().to_owned();
    let kept = match entry {
        Some(named) => keep_change(cx, &named, about(draft.text.clone(), &draft), fault).await,
        None => match kept::draft(draft) {
            Ok(saved) => keep(cx, saved, fault).await,
            Err(worse) => worse,
        },
    };
    let about_time = if lacks_time { " `haven draft save` takes the right time with --at TIME." } else { "" };
    let next = format!("{}{about_time} {advice}", kept.next());
    Ok(kept.with_next(next))
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
/// cannot be an entry is kept, and what was typed where it is the device that failed.
async fn write(cx: &Cx, draft: Draft, is_piped: bool) -> Result<bool, Fault> {
    cx.hold(About::new_entry(&draft), &draft.text);
    let fault = match write_once(cx, &draft).await {
        Ok(is_entry) => return Ok(is_entry),
        Err(fault) => fault,
    };
    let has_device_failed = matches!(fault.exit(), Exit::Failed | Exit::Daemon) || fault.is_about_all();
    let is_kept = !draft.text.trim().is_empty() && (is_piped || has_device_failed);
    if !is_kept || !cx.holds() {
        return Err(fault);
    }
    Err(keep(cx, kept::draft(draft)?, fault).await)
}

async fn write_once(cx: &Cx, draft: &Draft) -> Result<bool, Fault> {
    let mut haven = cx.device_for_words().await?;
    match haven.add(draft.clone()).await {
        Ok(written) => {
            cx.let_go();
            tell(cx, &written.id.to_string()).map(|()| true)
        }
        Err(error) if error.reason == ErrorReason::Locked => seal(cx, &mut haven, draft.clone()).await,
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
    cx.let_go();
    if sealed.waiting > 0 && !editor::opened_for(cx, haven).await? {
        return tell_sealed(cx, sealed, &draft).map(|()| false);
    }
    tell(cx, &editor::taken(haven, sealed.id, true).await?.id.to_string()).map(|()| true)
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
    cx.tell(&shape, |style| done_in_words(KEPT, &id, style))?;
    let named: Vec<&str> = people.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    cx.note(&match &*named {
        [] => "The journal is locked, so this is kept sealed; it becomes an entry when you unlock.".to_owned(),
        named => format!(
            "The journal is locked, so this is kept sealed. Who {} is gets looked up when you unlock: it becomes an entry then, or \
             a draft if nobody has that name.",
            cx.style.line(&named.join(", "))
        ),
    });
    Ok(())
}

/// Keeps words that were refused, so that a pipe does not lose them, and says where they are.
pub(super) async fn keep(cx: &Cx, saved: SavedDraft, mut fault: Fault) -> Fault {
    let kept = match cx.device_for_words().await {
        Ok(mut haven) => kept::keep(&mut haven, saved.clone()).await,
        Err(worse) => Err(worse),
    };
    let next = match kept {
        Ok(kept) => kept.how(&saved.draft),
        Err(worse) => {
            fault = explained(fault);
            let left = editor::leave(&saved, &worse).unwrap_or_else(|_| unkept(&worse));
            beside_advice(&fault, left)
        }
    };
    cx.let_go();
    fault.with_next(next)
}

/// What a fault advises, then where the words are: what has to be put right first is told where the daemon is what's wrong.
fn beside_advice(fault: &Fault, left: String) -> String {
    if fault.exit() == Exit::Daemon { format!("{} {left}", fault.next()) } else { left }
}

fn unkept(worse: &Fault) -> String {
    format!("The words couldn't be kept: {}.", worse.why())
}

/// Does something with answers. Those of a pipe are kept where that fails, as they came: a text that says what it was for.
pub(super) async fn with_answers<T>(
    cx: &Cx,
    file: &Path,
    what: &str,
    work: impl AsyncFnOnce(&str) -> Result<T, Fault>,
) -> Result<T, Fault> {
    if file != Path::new(DASH) {
        return work(&ask::text(file)?).await;
    }
    let draft = Draft { title: format!("Answers for {what}"), ..Draft::default() };
    let piped = ask::piped(cx, About::new_entry(&draft)).await?;
    // Brackets without anything in them answer nothing.
    let has_answers = piped.text.contains(char::is_alphanumeric);
    let outcome = match piped.wrong {
        Some(fault) => Err(fault),
        None => match cx.device_for_words().await {
            Ok(_) => work(&piped.text).await,
            Err(fault) => Err(fault),
        },
    };
    match outcome {
        Err(fault) if has_answers && fault.exit() != Exit::Interrupted => {
            let next = fault.next().to_owned();
            let fault = keep(cx, kept::draft(Draft { text: piped.text, ..draft })?, fault).await;
            let next = format!("{next} What came through the pipe isn't lost. {}", fault.next());
            Err(fault.with_next(next))
        }
        outcome => outcome,
    }
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
        Composed::Written(written) => tell(cx, &written.id.to_string()),
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
pub(super) async fn edit(cx: &Cx, mut args: EditArgs) -> Result<Exit, Fault> {
    let mut has_dash = taken_out(&mut args.ids).then(|| {
        let next = "To give the new text through a pipe: `… | haven edit ID --from -`.";
        Fault::usage("nothing was changed", "`-` is no entry", next)
    });
    if args.title.as_mut().is_some_and(emptied) {
        (has_dash, args.title) = (has_dash.or(Some(no_dash("a title"))), None);
    }
    let is_for_one = args.from.is_some() || args.title.is_some();
    let several = (args.ids.len() > 1 && is_for_one).then(|| for_one("a title or a text is for one entry"));
    let is_piped = args.from.as_deref() == Some(Path::new(DASH));
    let mut change = Edit {
        title: args.title,
        at: args.at,
        add_tags: args.tags,
        remove_tags: args.untags,
        add_people: args.people,
        ..Edit::default()
    };
    let is_bare = args.from.is_none() && change == Edit::default();
    let misfit = has_dash.or(several).or(fitting(&mut change.add_tags));
    let may_be_piped = is_piped || ((misfit.is_some() || is_bare) && args.from.is_none() && ask::has_pipe());
    // Several cannot be meant by one text: it is a draft of none of them, and says so.
    let named = if let [id] = &*args.ids { id.clone() } else { String::new() };
    let mut strange = None;
    if may_be_piped {
        let piped = ask::piped(cx, About::of_change(&named, &change)).await?;
        (strange, change.text) = (piped.wrong, Some(piped.text));
    } else if let (Some(file), None) = (&args.from, &misfit) {
        change.text = Some(ask::text(file)?);
    }
    let has_words = change.text.as_ref().is_some_and(|text| !says_nothing(text));
    let wrong = misfit.or(strange).or((is_bare && has_words).then(not_said));
    match wrong {
        Some(fault) if has_words && may_be_piped => {
            return Err(keep_change(cx, &named, change, fault).await);
        }
        Some(fault) => return Err(fault),
        None if is_bare => {
            let [id] = &*args.ids else { return Err(for_one("an editor takes one entry at a time")) };
            edit_in_editor(cx, id).await?;
            return Ok(Exit::Done);
        }
        None => {}
    }
    if change.text.is_some() && !has_words && !ask::may_be_empty(cx).await? {
        cx.note("Nothing was changed.");
        return Ok(Exit::Done);
    }
    change_each(cx, &args.ids, &change, is_piped).await
}

/// Says of words of a pipe that nobody said what to do with.
fn not_said() -> Fault {
    let next = "To give the new text through a pipe: `… | haven edit ID --from -`.";
    Fault::usage("nothing was changed", "no change was given", next)
}

async fn change_each(cx: &Cx, ids: &[String], change: &Edit, is_piped: bool) -> Result<Exit, Fault> {
    let reached = if is_piped { cx.device_for_words().await } else { cx.haven().await };
    let haven = match (reached, ids) {
        (Ok(haven), _) => haven,
        (Err(fault), [id]) if is_piped => return Err(keep_change(cx, id, change.clone(), fault).await),
        (Err(fault), _) => return Err(fault),
    };
    let one = async |id: &str| {
        let written = match haven.edit(id, change.clone(), None).await {
            Err(error) if is_piped => return Err(keep_change(cx, id, change.clone(), error.into()).await),
            outcome => outcome?,
        };
        cx.let_go();
        if written.unchanged {
            cx.note("Nothing was changed: it is like that already.");
        }
        tell_done(cx, if written.unchanged { AS_IT_WAS } else { KEPT }, &written.id.to_string())
    };
    several::each(cx, ids, one).await
}

fn for_one(why: &str) -> Fault {
    Fault::usage("nothing was changed", why, "Name one entry, or give them only tags, people or a time.")
}

/// Keeps a change that came through a pipe and was refused, and says where it is.
async fn keep_change(cx: &Cx, named: &str, change: Edit, mut fault: Fault) -> Fault {
    let kept = match cx.device_for_words().await {
        Ok(mut haven) => kept::keep_change(&mut haven, named, change.clone()).await,
        Err(worse) => Err(worse),
    };
    let next = match kept {
        Ok(how) => how,
        Err(worse) => {
            fault = explained(fault);
            let left = editor::leave_change(named, &change, &worse).unwrap_or_else(|_| unkept(&worse));
            beside_advice(&fault, left)
        }
    };
    cx.let_go();
    fault.with_next(next)
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
    if is_unchanged { tell_done(cx, AS_IT_WAS, &entry.summary.id.to_string()) } else { Ok(()) }
}

/// Keeps a check-in: the feelings are its tags, so that they can be found again, and its text if there is no note.
pub(super) async fn checkin(cx: &Cx, mut args: CheckinArgs) -> Result<(), Fault> {
    let is_dash = args.note.as_deref() == Some(DASH);
    let misfit = taken_out(&mut args.feelings).then(|| no_dash("a feeling"));
    let is_silent = args.note.is_none() && (args.feelings.is_empty() || misfit.is_some());
    if is_dash || (is_silent && ask::has_pipe()) {
        let mut draft =
            Draft { kind: Some(EntryKind::Checkin), tags: args.feelings.clone(), ..Draft::default() };
        let misfit = misfit.or(fitting(&mut draft.tags));
        let piped = ask::piped(cx, About::new_entry(&draft)).await?;
        if is_dash || !piped.text.trim().is_empty() {
            return add_piped(cx, Draft { text: piped.text, ..draft }, misfit.or(piped.wrong)).await;
        }
        args.note = None;
    } else if let Some(fault) = misfit {
        return Err(fault);
    }
    let note = match args.note {
        Some(note) => note,
        None if args.feelings.is_empty() => {
            *cx.parting.borrow_mut() = "Nothing was noted.".to_owned();
            let line = ask::line(cx, "How are you? ", "Give --feeling or --note.").await?;
            cx.parting.take();
            if line.trim().is_empty() {
                cx.note("Nothing written, nothing kept. That's fine.");
                return Ok(());
            }
            line
        }
        None => args.feelings.join(", "),
    };
    let echo = cx.style.line(&opening(&note));
    let draft = Draft { kind: Some(EntryKind::Checkin), text: note, tags: args.feelings, ..Draft::default() };
    let is_entry = write(cx, draft, false).await?;
    if is_entry && cx.style.terminal {
        cx.note(&format!("Noted: {echo}"));
    }
    Ok(())
}
