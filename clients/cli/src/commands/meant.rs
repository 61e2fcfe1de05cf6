//! Words that were written for an entry while the journal was locked: which entry that is, and what stands there, nobody could see.
//! Their person sees both before anything is changed, and may choose another entry, or a new one.

use haven_api::drafts::SavedDraft;
use haven_api::journal::{Draft, Entry};

use super::done::tell;
use crate::args::DraftSaveArgs;
use crate::ask;
use crate::cx::{Cx, Haven, print};
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::shapes::hex;
use crate::text::{Style, summary, wrapped};

/// Saves them where their person says.
pub(super) async fn save(
    cx: &Cx,
    haven: &Haven,
    saved: SavedDraft,
    args: &DraftSaveArgs,
) -> Result<(), Fault> {
    let taken_for = match &saved.entry {
        Some(entry) => Some(haven.entry(&entry.to_string(), saved.base_version.as_deref()).await?),
        None => None,
    };
    if args.new {
        return save_new(cx, haven, saved, taken_for.as_ref()).await;
    }
    let target = match (&args.entry, &saved.entry) {
        (Some(named), _) => haven.entry(named, None).await?,
        (None, Some(entry)) => haven.entry(&entry.to_string(), None).await?,
        (None, None) => return Err(unclear(&saved)),
    };
    let draft = onto(written(&saved.draft, taken_for.as_ref()), taken_for.as_ref(), &saved.draft, &target);
    agreed(cx, &saved, &draft, &target, args.yes).await?;
    let (entry, base_version) = (Some(target.summary.id), Some(target.version.clone()));
    let id = saved.id;
    haven.save_draft(SavedDraft { draft, entry, base_version, ..saved }).await?;
    tell(cx, &haven.commit_seen_draft(id).await?.id.to_string())
}

/// Makes a new entry of what was written; what the draft took over from an entry stays there.
async fn save_new(cx: &Cx, haven: &Haven, saved: SavedDraft, taken_for: Option<&Entry>) -> Result<(), Fault> {
    if taken_for.is_none() {
        return tell(cx, &haven.commit_seen_draft(saved.id).await?.id.to_string());
    }
    let added = haven.add(written(&saved.draft, taken_for)).await?;
    haven.discard_draft(saved.id).await?;
    tell(cx, &added.id.to_string())
}

fn unclear(saved: &SavedDraft) -> Fault {
    let short = &hex(&saved.id)[..ID_SHOWN];
    let why = match saved.meant.as_deref() {
        Some("last") => "it was written for the newest entry, and there was none yet".to_owned(),
        Some(meant) if !meant.is_empty() => {
            format!("it was written for the entry {meant}, and no one entry is called that")
        }
        _ => "nothing says which entry it is for".to_owned(),
    };
    let next = format!(
        "`haven draft save {short} --entry ID` puts it into that entry; `haven draft save {short} --new` makes a new one of it."
    );
    Fault::decision("the draft wasn't saved", why, next)
}

/// What was written, without what the draft took over from the entry that it was taken to be for.
fn written(draft: &Draft, taken_for: Option<&Entry>) -> Draft {
    let Some(entry) = taken_for else { return draft.clone() };
    let summary = &entry.summary;
    let anew = |words: &str, there: &str| if words == there { String::new() } else { words.to_owned() };
    let (tags, people) = (tags(entry), people(entry));
    Draft {
        title: anew(&draft.title, &summary.title),
        text: anew(&draft.text, &entry.text),
        tags: draft.tags.iter().filter(|tag| !tags.contains(tag)).cloned().collect(),
        people: draft.people.iter().filter(|person| !people.contains(person)).cloned().collect(),
        at: draft.at.clone().filter(|at| *at != summary.at),
        ..Draft::default()
    }
}

/// An entry as it will be with what was written; everything that is empty there stays as it is.
fn onto(written: Draft, taken_for: Option<&Entry>, draft: &Draft, target: &Entry) -> Draft {
    let summary = &target.summary;
    let or = |words: String, there: &str| if words.is_empty() { there.to_owned() } else { words };
    // A draft of no entry has the time of writing, which no entry is moved to.
    let at = written.at.filter(|_| taken_for.is_some());
    let went: Vec<String> =
        taken_for.map(tags).unwrap_or_default().into_iter().filter(|tag| !draft.tags.contains(tag)).collect();
    let mut all = Draft {
        kind: Some(summary.kind),
        at: Some(at.unwrap_or_else(|| summary.at.clone())),
        title: or(written.title, &summary.title),
        text: or(written.text, &target.text),
        tags: tags(target),
        people: people(target),
        exercise: summary.exercise.as_ref().map(|made| haven_api::journal::ExerciseChoice {
            id: made.id.clone(),
            version: Some(made.version),
        }),
        answers: target.answers.clone(),
    };
    all.tags.extend(written.tags);
    all.tags.retain(|tag| !went.contains(tag));
    all.people.extend(written.people);
    all
}

fn tags(entry: &Entry) -> Vec<String> {
    entry.summary.tags.iter().map(ToString::to_string).collect()
}

fn people(entry: &Entry) -> Vec<String> {
    entry.summary.people.iter().map(|person| person.id.to_string()).collect()
}

/// Shows what stands there and what would, and asks.
async fn agreed(cx: &Cx, saved: &SavedDraft, draft: &Draft, target: &Entry, yes: bool) -> Result<(), Fault> {
    let (short, entry) = (&hex(&saved.id)[..ID_SHOWN], &target.summary.id.to_string()[..ID_SHOWN]);
    if yes {
        return Ok(());
    }
    if !cx.asks {
        let next = format!(
            "Read both with `haven show {entry}` and `haven draft show {short}`. Then `haven draft save {short} --yes` puts it in (what \
             stood there stays in the history), --entry ID takes another entry, --new makes a new one."
        );
        let why = "it was written without seeing the words whose place it would take";
        return Err(Fault::decision("the draft wasn't saved", why, next));
    }
    if !cx.json {
        print(&both(cx.style, draft, target))?;
    }
    let what = "the draft wasn't saved";
    let question = "Put it in the place of what stands there? That stays in the history.";
    let outcome = ask::agree(cx, false, question, what).await;
    outcome.map_err(|fault| {
        let next = format!(
            "The draft is still there. `haven draft save {short} --entry ID` takes another entry, and --new makes a new one."
        );
        fault.because("you said no").with_next(next)
    })
}

fn both(style: Style, draft: &Draft, target: &Entry) -> String {
    let part = |about: &str, title: &str, text: &str| {
        let title =
            if title.is_empty() { String::new() } else { format!("{}\n", style.bold(&style.line(title))) };
        format!("{}\n{title}{}\n\n", style.faint(about), style.prose(text))
    };
    let told = "This was written while the journal was locked, for an entry that couldn't be seen then:";
    format!(
        "{}\n{}\n{}{}",
        wrapped(told, style.columns),
        summary(&target.summary, style),
        part("-- What stands there now --", &target.summary.title, &target.text),
        part("-- What would stand there --", &draft.title, &draft.text),
    )
}
