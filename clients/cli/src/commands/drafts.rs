//! Words that were not saved yet.

use std::collections::BTreeMap;

use haven_api::drafts::{DraftId, SavedDraft};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::journal::{Draft, ExerciseChoice};
use haven_api::practice::{Choice, Field, Shape};
use haven_core::answers::Value;
use haven_core::entry::opening;
use haven_core::id::PersonId;
use haven_core::limits::{TEXT_BYTES_MAX, TITLE_CHARS_MAX};

use super::done::{KEPT, done_in_words, tell, tell_done};
use super::meant;
use super::writing::tell_composed;
use crate::args::{DraftCommand, DraftSaveArgs};
use crate::ask;
use crate::cx::{Cx, Haven, aside};
use crate::editor::{self, About};
use crate::fault::Fault;
use crate::kept::{cut_title, fits_title, part_title, parts, with_head};
use crate::limits::{ID_SHOWN, PART_TITLE_CHARS_MAX};
use crate::shapes::{DraftShape, Id, hex};
use crate::text::{Style, wrapped};
use crate::when;

pub(super) async fn run(cx: &Cx, command: DraftCommand) -> Result<(), Fault> {
    if matches!(command, DraftCommand::Edit { .. }) && !cx.asks {
        let next = "Run this in a terminal.";
        return Err(Fault::usage("not opened", "there's no terminal to open an editor in", next));
    }
    let haven = cx.haven().await?;
    match command {
        DraftCommand::List => list(cx, &haven).await,
        DraftCommand::Show { id } => show(cx, &haven, &id).await,
        DraftCommand::Edit { id } => edit(cx, &haven, &id).await,
        DraftCommand::Save(args) => save(cx, &haven, args).await,
        DraftCommand::Discard { id } => discard(cx, &haven, &id).await,
    }
}

/// Throws a draft away, which nothing brings back: whoever may be asked is asked once.
async fn discard(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let id = find(haven, id).await?;
    if cx.asks {
        let saved = haven.draft(id).await?.draft;
        let words = if saved.title.is_empty() { saved.text } else { saved.title };
        let named = if words.trim().is_empty() {
            String::new()
        } else {
            format!(": {}", shortened(&words, cx.style))
        };
        aside(&format!("This draft is kept nowhere else{named}"));
        let answer = ask::line(cx, "Throw it away? [y/N] ", "Run this in a terminal.").await?;
        if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            cx.note("The draft is still there.");
            return Ok(());
        }
    }
    haven.discard_draft(id).await?;
    tell_done(cx, "Discarded.", &hex(&id))
}

async fn save(cx: &Cx, haven: &Haven, args: DraftSaveArgs) -> Result<(), Fault> {
    let id = find(haven, &args.id).await?;
    let mut saved = haven.draft(id).await?;
    if said_anew(&mut saved.draft, &args) {
        haven.save_draft(saved.clone()).await?;
    }
    if args.split {
        return save_split(cx, haven, saved).await;
    }
    if saved.meant.is_some() || args.entry.is_some() || args.new {
        return meant::save(cx, haven, saved, &args).await;
    }
    match haven.commit_draft(id).await {
        Ok(written) => tell(cx, &written.id.to_string()),
        Err(error) if matches!(error.reason, ErrorReason::TooLarge | ErrorReason::InvalidArgument) => {
            Err(editor::explained(haven, id, error).await)
        }
        Err(error) if error.reason == ErrorReason::NotFound => {
            let next = unclear(&saved).map_or_else(|| error.next.clone(), |who| who_next(id, &who));
            Err(Fault::from(error).with_next(next))
        }
        Err(error) => Err(error.into()),
    }
}

/// Says anew what a draft is called, when it happened and whom it is about; tells whether anything was said. A title that no entry
/// takes goes on in the text: a draft has no history that it could be found in.
fn said_anew(draft: &mut Draft, args: &DraftSaveArgs) -> bool {
    if let Some(title) = &args.title {
        if !fits_title(&draft.title) {
            draft.text = with_head(&draft.title, &draft.text);
        }
        draft.title.clone_from(title);
    }
    if let Some(at) = &args.at {
        draft.at = Some(at.clone());
    }
    if !args.people.is_empty() {
        draft.people.clone_from(&args.people);
    }
    args.title.is_some() || args.at.is_some() || !args.people.is_empty()
}

/// Makes entries of a draft that is too long for one: what is too long of the title goes into the text, and the text into several
/// entries. It goes once all of them are there.
async fn save_split(cx: &Cx, haven: &Haven, mut saved: SavedDraft) -> Result<(), Fault> {
    let is_long = saved.draft.text.len() > TEXT_BYTES_MAX;
    let chars_max = if is_long { PART_TITLE_CHARS_MAX } else { TITLE_CHARS_MAX };
    let (title, head) = cut_title(&saved.draft.title, chars_max);
    let (title, text) = (title.to_owned(), with_head(head, &saved.draft.text));
    (saved.draft.title, saved.draft.text) = (title, text);
    let id = saved.id;
    if saved.draft.text.len() <= TEXT_BYTES_MAX && saved.meant.is_none() {
        haven.save_draft(saved).await?;
        let written = haven.commit_draft(id).await?;
        let written = [Id { id: written.id.to_string() }];
        return cx.tell_all(&written, |style| done_in_words(KEPT, &written[0].id, style));
    }
    if saved.entry.is_some() || saved.meant.is_some() {
        let next = "Shorten it with `haven draft edit`, or add the rest as an entry of its own.";
        return Err(Fault::usage("not split", "it is a change to one entry", next));
    }
    let parts = parts(&saved.draft.text, TEXT_BYTES_MAX);
    let mut written = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let title = part_title(&saved.draft.title, index + 1, parts.len());
        let draft = Draft { title, text: (*part).to_owned(), ..saved.draft.clone() };
        written.push(Id { id: haven.add(draft).await?.id.to_string() });
    }
    haven.discard_draft(id).await?;
    cx.tell_all(&written, |style| {
        written.iter().map(|it| format!("{}\n", done_in_words(KEPT, &it.id, style).trim_end())).collect()
    })
}

/// The names in a draft of which nobody can tell whom they mean.
pub(crate) fn unclear(saved: &SavedDraft) -> Option<String> {
    let is_name = |person: &&String| person.parse::<PersonId>().is_err();
    let names: Vec<&str> = saved.draft.people.iter().filter(is_name).map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What to do where a draft is about somebody who cannot be told.
pub(crate) fn who_next(id: DraftId, who: &str) -> String {
    let short = &hex(&id)[..ID_SHOWN];
    format!(
        "Who {who} is isn't clear. Add them with `haven people add NAME` and run `haven draft save {short}`, or say who is meant with \
         `haven draft save {short} --person PERSON`."
    )
}

async fn list(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let drafts = haven.drafts().await?;
    if drafts.is_empty() {
        cx.nothing("No draft waits for you.");
    }
    cx.tell_all(drafts.iter().map(DraftShape::of), |style| {
        let line = |draft: &haven_api::drafts::DraftSummary| {
            let id = &hex(&draft.id)[..ID_SHOWN];
            let title = match (draft.title.as_str(), draft.opening.as_str(), &draft.exercise) {
                ("", "", Some(made_with)) => made_with.id.to_string(),
                ("", opening, _) => style.line(opening),
                (title, ..) => style.bold(&shortened(title, style)),
            };
            let problem = match draft.problem.as_str() {
                "" => String::new(),
                problem => format!("    not saved yet: {problem}\n"),
            };
            format!("{}  {}  {title}\n{problem}", style.faint(id), when::local(draft.saved))
        };
        let words: String = drafts.iter().map(line).collect();
        wrapped(&words, style.columns)
    })
}

/// A title as far as a list shows it: in a draft it may be as long as a text.
fn shortened(title: &str, style: Style) -> String {
    style.line(&opening(title))
}

#[derive(serde::Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    id: Id,
    entry: Option<String>,
    title: &'a str,
    text: &'a str,
    tags: &'a [String],
    people: &'a [String],
    saved: String,
    /// How the entry was named that it was written for while the journal was locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    meant: Option<&'a str>,
    /// The answers of an exercise that was begun, by the ids of its questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<BTreeMap<&'a str, serde_json::Value>>,
}

async fn show(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    let shown = Shown {
        id: Id { id: hex(&saved.id) },
        entry: saved.entry.map(|entry| entry.to_string()),
        title: &saved.draft.title,
        text: &saved.draft.text,
        tags: &saved.draft.tags,
        people: &saved.draft.people,
        saved: saved.saved.to_string(),
        meant: saved.meant.as_deref(),
        answers: saved.draft.exercise.is_some().then(|| {
            let all = saved.draft.answers.iter();
            all.map(|(field, answer)| (field.as_str(), answer.clone().into())).collect()
        }),
    };
    let answered = answered(haven, &saved.draft).await;
    let about = unclear(&saved).map(|who| format!("About: {who}\n")).unwrap_or_default();
    let named =
        saved.meant.clone().or_else(|| saved.entry.map(|entry| entry.to_string()[..ID_SHOWN].to_owned()));
    let for_entry = named.map(|named| format!("For the entry: {named}\n")).unwrap_or_default();
    cx.tell(&shown, |style| {
        let head = format!(
            "{}\n{}{}",
            style.bold(&style.line(shown.title)),
            style.words(&about),
            style.words(&for_entry)
        );
        let text = if shown.text.is_empty() && !answered.is_empty() {
            String::new()
        } else {
            format!("{}\n", style.words(shown.text))
        };
        let answers: String = answered
            .iter()
            .map(|(question, answer)| {
                format!("\n{}\n{}\n", style.faint(&style.prose(question)), style.prose(answer))
            })
            .collect();
        format!("{head}{text}{answers}")
    })
}

/// What was answered so far, under the questions as they are asked; under their ids where nothing here knows them.
async fn answered(haven: &Haven, draft: &Draft) -> Vec<(String, String)> {
    let Some(made_with) = &draft.exercise else { return Vec::new() };
    let questions = questions(haven, made_with).await;
    let place = |id: &str| questions.iter().position(|it| it.id == id).unwrap_or(questions.len());
    let mut answers: Vec<_> = draft.answers.iter().collect();
    answers.sort_by_key(|(id, _)| place(id));
    let told = |(id, answer): (&String, &Value)| match questions.get(place(id)) {
        Some(asked) => (asked.label.clone(), in_words(answer, &asked.choices)),
        None => (id.clone(), in_words(answer, &[])),
    };
    answers.into_iter().map(told).collect()
}

/// A question of an exercise or of a measure.
struct Question {
    id: String,
    label: String,
    choices: Vec<Choice>,
}

async fn questions(haven: &Haven, made_with: &ExerciseChoice) -> Vec<Question> {
    if let Ok(exercise) = haven.exercise(&made_with.id, made_with.version).await {
        let of = |field: Field| {
            let choices = match field.shape {
                Shape::Choice(choices) | Shape::Multi(choices, _) => choices,
                _ => Vec::new(),
            };
            Question { id: field.id, label: field.label, choices }
        };
        return exercise.fields.into_iter().map(of).collect();
    }
    let measure = haven.measure(&made_with.id, None).await;
    let items = measure.map_or_else(|_| Vec::new(), |measure| measure.items);
    items.into_iter().map(|item| Question { id: item.id, label: item.text, choices: Vec::new() }).collect()
}

/// An answer in words, with what its options are called.
pub(super) fn in_words(answer: &Value, choices: &[Choice]) -> String {
    match answer {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => {
            let choice = choices.iter().find(|choice| choice.id == *text);
            choice.map_or_else(|| text.clone(), |choice| choice.label.clone())
        }
        Value::List(items) => items.iter().map(|item| in_words(item, choices)).collect::<Vec<_>>().join("\n"),
        Value::Map(named) => named.values().map(|part| in_words(part, &[])).collect::<Vec<_>>().join(", "),
    }
}

async fn edit(cx: &Cx, haven: &Haven, id: &str) -> Result<(), Fault> {
    let saved = haven.draft(find(haven, id).await?).await?;
    let (id, about) = (saved.id, saved.draft.clone());
    match editor::compose(cx, haven, About::of_draft(&saved)).await {
        // It was written without seeing what it changes; the new words are kept.
        Err(fault) if fault.reason() == ErrorReason::ConfirmationNeeded => {
            meant::save(cx, haven, haven.draft(id).await?, &DraftSaveArgs::of(id)).await
        }
        composed => tell_composed(cx, composed?, &about, "Nothing was changed; the draft is still there."),
    }
}

/// The one draft that an id or the beginning of one names.
async fn find(haven: &Haven, id: &str) -> Result<DraftId, Fault> {
    let all = haven.drafts().await?;
    let fits =
        |draft: &&haven_api::drafts::DraftSummary| hex(&draft.id).starts_with(&id.to_ascii_lowercase());
    let mut found = all.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.id),
        (None, _) => Err(ApiError::new(ErrorReason::NotFound, "there's no such draft")
            .with_next("`haven draft list` shows them.")
            .into()),
        _ => Err(ApiError::new(ErrorReason::AmbiguousId, "no one draft was named").into()),
    }
}
