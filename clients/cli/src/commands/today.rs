//! What comes up today, and answering what was to be asked later. Nothing is due, and nothing is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use haven_api::drafts::DraftSummary;
use haven_api::journal::Edit;
use haven_api::measures::{Later, Today};
use haven_api::practice::Exercise;
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::id::EntryId;
use serde::Serialize;

use super::practice::{answered, answers, question};
use crate::ask;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::text::{LANGUAGE, Style};

#[derive(Serialize)]
struct TodayShape<'a> {
    open: Vec<OpenShape<'a>>,
    later: Vec<LaterShape<'a>>,
    suggestion: Option<SuggestionShape<'a>>,
}

#[derive(Serialize)]
struct OpenShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<&'a str>,
    title: &'a str,
    since: String,
}

#[derive(Serialize)]
struct LaterShape<'a> {
    entry: String,
    exercise: &'a str,
    title: &'a str,
    date: String,
    questions: Vec<QuestionShape<'a>>,
}

#[derive(Serialize)]
struct QuestionShape<'a> {
    id: &'a str,
    label: &'a str,
}

#[derive(Serialize)]
struct SuggestionShape<'a> {
    exercise: &'a str,
    title: &'a str,
    minutes: u32,
}

pub(super) async fn run(cx: &Cx) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let mut today = haven.today(LANGUAGE).await?;
    let mut drafts = haven.drafts().await?;
    // What this device still holds as a draft is told once.
    today.open.retain(|open| drafts.iter().all(|draft| draft.entry != Some(open.entry)));
    // What asks for a steadier day is kept, and `haven draft list` shows it.
    let rests = |id: &ExerciseId| today.resting.contains(id);
    drafts.retain(|draft| !draft.exercise.as_ref().is_some_and(|made_with| rests(&made_with.id)));
    let open = std::mem::take(&mut today.open);
    today.open = open.into_iter().filter(|open| !today.resting.contains(&open.exercise)).collect();
    let titles = titles(&haven, &drafts).await;
    cx.tell(&shape(&today, &drafts), |style| in_words(&today, &drafts, &titles, style))
}

/// What a draft answers: its title, and the command that goes on with it.
type Begun = (String, &'static str);

/// What drafts answer. An exercise that is not known here is called by its id.
async fn titles(haven: &Haven, drafts: &[DraftSummary]) -> BTreeMap<ExerciseId, Begun> {
    let mut titles = BTreeMap::new();
    for made_with in drafts.iter().filter_map(|draft| draft.exercise.as_ref()) {
        let id = &made_with.id;
        if let Ok(exercise) = haven.exercise(id, Some(made_with.version), LANGUAGE).await {
            titles.insert(id.clone(), (exercise.summary.title, "haven practice do"));
        } else if let Ok(measure) = haven.measure(id, None, LANGUAGE).await {
            titles.insert(id.clone(), (measure.summary.title, "haven measure do"));
        }
    }
    titles
}

fn shape<'a>(today: &'a Today, drafts: &'a [DraftSummary]) -> TodayShape<'a> {
    let drafts = drafts.iter().map(|draft| OpenShape {
        entry: draft.entry.map(|entry| entry.to_string()),
        exercise: draft.exercise.as_ref().map(|made_with| made_with.id.as_str()),
        title: &draft.title,
        since: draft.saved.to_string(),
    });
    let begun = today.open.iter().map(|open| OpenShape {
        entry: Some(open.entry.to_string()),
        exercise: Some(open.exercise.as_str()),
        title: &open.title,
        since: open.date.to_string(),
    });
    let open = drafts.chain(begun);
    let later = today.later.iter().map(|later| LaterShape {
        entry: later.entry.to_string(),
        exercise: later.exercise.as_str(),
        title: &later.title,
        date: later.date.to_string(),
        questions: later.questions.iter().map(|it| QuestionShape { id: &it.id, label: &it.label }).collect(),
    });
    let suggestion = today.suggestion.as_ref().map(|it| SuggestionShape {
        exercise: it.exercise.as_str(),
        title: &it.title,
        minutes: it.minutes,
    });
    TodayShape { open: open.collect(), later: later.collect(), suggestion }
}

/// What was saved with open questions is for scripts only: its person kept it that way, and `practice do` offers to go on with it. To be
/// told of it every day would be a nag.
fn in_words(
    today: &Today,
    drafts: &[DraftSummary],
    titles: &BTreeMap<ExerciseId, Begun>,
    style: Style,
) -> String {
    let mut words = String::new();
    for draft in drafts {
        let (what, next) = match &draft.exercise {
            Some(made_with) => {
                let known = titles.get(&made_with.id);
                let (title, next) =
                    known.map_or((made_with.id.as_str(), "haven practice do"), |it| (&it.0, it.1));
                (style.bold(title), format!("{next} {}", made_with.id))
            }
            None => ("writing".to_owned(), "haven draft list".to_owned()),
        };
        let _ = writeln!(words, "Begun, and kept for you: {what}.  {}", style.faint(&next));
    }
    for later in &today.later {
        let _ = writeln!(words, "From {}, {}:", later.date, style.bold(&later.title));
        for question in &later.questions {
            let _ = writeln!(words, "  {}", question.label);
        }
        let next = format!("haven practice later {}", &later.entry.to_string()[..ID_SHOWN]);
        let _ = writeln!(words, "  {}", style.faint(&next));
    }
    if let Some(suggestion) = &today.suggestion {
        let next = format!("haven practice do {}", suggestion.exercise);
        let about = format!("{} min", suggestion.minutes);
        let title = style.bold(&suggestion.title);
        let _ = writeln!(words, "If you like: {title}, {about}.  {}", style.faint(&next));
    }
    words + "Nothing is due.\n"
}

/// Answers what was to be asked later about an entry.
pub(super) async fn later(cx: &Cx, entry: &str, file: Option<&Path>) -> Result<(), Fault> {
    let Some(file) = file else { return later_in_person(cx, entry).await };
    let work = async |text: &str| {
        let haven = cx.haven().await?;
        let entry = haven.entry(entry, None).await?;
        give(cx, &haven, entry.summary.id, answered(text)?).await
    };
    super::writing::with_answers(cx, file, &format!("the entry {entry}"), work).await
}

async fn later_in_person(cx: &Cx, entry: &str) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let entry = haven.entry(entry, None).await?;
    let id = entry.summary.id;
    let answers = match cx.asks {
        true => {
            let today = haven.today(LANGUAGE).await?;
            let Some(later) = today.later.iter().find(|later| later.entry == id) else {
                cx.note("Nothing is asked about this entry today.");
                return Ok(());
            };
            let exercise = haven.exercise(&later.exercise, None, LANGUAGE).await?;
            ask_later(cx, later, &exercise, &entry.answers).await?
        }
        false => {
            return Err(Fault::usage(
                "nothing was answered",
                "there's no terminal to ask in",
                "Pass --answers FILE, or run this in a terminal.",
            ));
        }
    };
    give(cx, &haven, id, answers).await
}

async fn give(cx: &Cx, haven: &Haven, id: EntryId, answers: ValueMap) -> Result<(), Fault> {
    if answers.is_empty() {
        cx.note("Nothing was answered, and nothing was changed.");
        return Ok(());
    }
    haven.edit(&id.to_string(), Edit { answers, ..Edit::default() }, None).await?;
    super::done::tell(cx, &id.to_string())
}

/// Asks what was to be asked later, below the words of then that belong to it.
async fn ask_later(
    cx: &Cx,
    later: &Later,
    exercise: &Exercise,
    answers: &ValueMap,
) -> Result<ValueMap, Fault> {
    aside(&format!("From {}, {}. An empty line leaves a question open.", later.date, later.title));
    let (mut given, mut told) = (ValueMap::new(), BTreeSet::new());
    for asked in &later.questions {
        let Some(field) = exercise.fields.iter().find(|field| field.id == asked.field) else { continue };
        for recalled in field.recall.iter().filter(|id| told.insert((*id).clone())) {
            recall(cx, exercise, recalled, answers);
        }
        aside(question(field, cx.style).trim_end());
        let typed = ask::line(cx, "> ", "Pass --answers FILE.").await?;
        if !typed.trim().is_empty() {
            given.insert(asked.id.clone(), answers::read(&field.shape, &typed));
        }
    }
    Ok(given)
}

/// Shows words of then, if there are any.
fn recall(cx: &Cx, exercise: &Exercise, id: &str, answers: &ValueMap) {
    let field = exercise.fields.iter().find(|field| field.id == id);
    let (Some(field), Some(answer)) = (field, answers.get(id)) else { return };
    let words = match answer {
        Value::List(items) => items.iter().filter_map(Value::text).collect(),
        answer => Vec::from_iter(answer.text()),
    };
    if !words.is_empty() {
        let words: Vec<_> =
            words.into_iter().map(|words| cx.style.words(words).replace('\n', "\n  ")).collect();
        aside(&format!("\n{}\n  {}", field.label, words.join("\n  ")));
    }
}
