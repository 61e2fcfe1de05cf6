//! What comes up today, and answering what was to be asked later. Nothing is due, and nothing is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use haven_api::drafts::DraftSummary;
use haven_api::journal::Edit;
use haven_api::measures::Today;
use haven_api::walk::Beginning;
use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::id::EntryId;
use serde::Serialize;

use super::practice::answered;
use super::practice::asking::Asking;
use super::sitting::Sitting;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::text::Style;

/// What is said where no answer was given.
const UNCHANGED: &str = "Nothing was answered, and nothing was changed.";

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
    let mut today = haven.today().await?;
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
        if let Ok(exercise) = haven.exercise(id, Some(made_with.version)).await {
            titles.insert(id.clone(), (exercise.summary.title, "haven practice do"));
        } else if let Ok(measure) = haven.measure(id, None).await {
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

async fn later_in_person(cx: &Cx, named: &str) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let entry = haven.entry(named, None).await?.summary;
    if !cx.asks {
        return Err(Fault::usage(
            "nothing was answered",
            "there's no terminal to ask in",
            "Pass --answers FILE, or run this in a terminal.",
        ));
    }
    let id = entry.id.to_string();
    if !haven.today().await?.later.iter().any(|later| later.entry == entry.id) {
        cx.note("Nothing is asked about this entry today.");
        return Ok(());
    }
    let command = format!("haven practice later {}", &id[..ID_SHOWN]);
    let mut sitting = Sitting::begin(cx, haven, &Beginning::Later(id), &[], command).await?;
    let title = &sitting.walk.subject.title;
    let opening = format!("From {}, {title}. An empty line leaves a question open.", entry.at.date());
    Asking::new(cx, &mut sitting, opening).all().await?;
    match sitting.finish(cx).await?.written {
        Some((entry, _)) => super::done::tell(cx, &entry.to_string()),
        None => {
            cx.note(UNCHANGED);
            Ok(())
        }
    }
}

async fn give(cx: &Cx, haven: &Haven, id: EntryId, answers: ValueMap) -> Result<(), Fault> {
    if answers.is_empty() {
        cx.note(UNCHANGED);
        return Ok(());
    }
    haven.edit(&id.to_string(), Edit { answers, ..Edit::default() }, None).await?;
    super::done::tell(cx, &id.to_string())
}
