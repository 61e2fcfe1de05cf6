//! Guided exercises.

mod answers;
mod asking;
mod shapes;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use haven_api::journal::{Draft, ExerciseChoice, Written};
use haven_api::practice::{Checked, Exercise, ExerciseSummary, Field};
use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::exercise::{Sign, Step};
use serde::Serialize;

use crate::args::{DoArgs, PracticeCommand};
use crate::ask;
use crate::cx::{Cx, Haven};
use crate::fault::{Exit, Fault, ToldFault};
use crate::shapes::ExerciseSummaryShape;
use crate::text::{Style, wrapped};

/// The language of the texts.
const LANGUAGE: &str = "en";

pub(super) async fn run(cx: &Cx, command: PracticeCommand) -> Result<Exit, Fault> {
    match command {
        PracticeCommand::List { step, sign } => list(cx, step, sign).await?,
        PracticeCommand::Show { id } => show(cx, &id).await?,
        PracticeCommand::Check { file } => return check(cx, file).await,
        PracticeCommand::Do(args) => go(cx, args).await?,
    }
    Ok(Exit::Done)
}

async fn list(cx: &Cx, step: Option<Step>, sign: Option<Sign>) -> Result<(), Fault> {
    let exercises = cx.haven().await?.exercises(step, sign, LANGUAGE).await?;
    cx.tell_all(exercises.iter().map(ExerciseSummaryShape::of), |style| {
        exercises.iter().map(|exercise| summary(exercise, style)).collect()
    })
}

fn summary(exercise: &ExerciseSummary, style: Style) -> String {
    let mut about = vec![format!("{} min", exercise.minutes)];
    about.extend(exercise.steps.iter().map(|step| step.name().to_owned()));
    let (id, about) = (exercise.exercise.id.as_str(), style.faint(&about.join(", ")));
    format!("{id:<20}  {}  {about}\n", style.bold(&exercise.title))
}

async fn show(cx: &Cx, id: &ExerciseId) -> Result<(), Fault> {
    let exercise = cx.haven().await?.exercise(id, None, LANGUAGE).await?;
    if cx.json {
        return cx.line(&shapes::ExerciseShape::of(&exercise));
    }
    cx.page(&wrapped(&in_words(&exercise, cx.style), cx.style.columns))
}

fn in_words(exercise: &Exercise, style: Style) -> String {
    let mut words = summary(&exercise.summary, style);
    for paragraph in [&exercise.purpose, &exercise.notice] {
        if !paragraph.is_empty() {
            let _ = write!(words, "\n{}\n", style.words(paragraph));
        }
    }
    for field in &exercise.fields {
        words.push_str(&question(field, style));
    }
    words
}

/// A question as a person reads it.
fn question(field: &Field, style: Style) -> String {
    let must = if field.required { "" } else { " (if you like)" };
    let mut words = format!("\n{}{must}  {}\n", style.bold(&field.label), style.faint(&field.id));
    if !field.help.is_empty() {
        let _ = writeln!(words, "  {}", field.help);
    }
    let fits = answers::fits(&field.shape);
    if !fits.is_empty() {
        let _ = writeln!(words, "  {}", style.faint(&fits));
    }
    words
}

#[derive(Serialize)]
struct CheckedShape<'a> {
    usable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<ExerciseSummaryShape<'a>>,
    faults: Vec<ToldFault<'a>>,
}

async fn check(cx: &Cx, file: PathBuf) -> Result<Exit, Fault> {
    let definition = ask::text(&file)?;
    let checked = cx.haven().await?.check_exercise(definition).await?;
    let (exercise, faults) = match &checked {
        Checked::Usable(summary) => (Some(summary), &[][..]),
        Checked::Faulty(faults) => (None, faults.as_slice()),
    };
    let shape = CheckedShape {
        usable: exercise.is_some(),
        exercise: exercise.map(ExerciseSummaryShape::of),
        faults: faults.iter().map(ToldFault::of).collect(),
    };
    cx.tell(&shape, |style| match exercise {
        Some(exercise) => format!("It can be used.\n{}", summary(exercise, style)),
        None => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    })?;
    Ok(if exercise.is_some() { Exit::Done } else { Exit::Usage })
}

async fn go(cx: &Cx, args: DoArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let draft = |answers| Draft {
        exercise: Some(ExerciseChoice { id: args.id.clone(), version: None }),
        answers,
        people: args.people.clone(),
        ..Draft::default()
    };
    let written = match &args.answers {
        Some(file) => haven.add(draft(answered(file)?)).await?,
        None if cx.asks => match in_person(cx, &haven, &args.id, draft).await? {
            Some(written) => written,
            None => return Ok(()),
        },
        None => {
            return Err(Fault::usage(
                "the exercise was not done",
                "nobody may be asked here",
                "Pass --answers FILE, or run this in a terminal.",
            ));
        }
    };
    super::writing::tell(cx, written.id.to_string())?;
    if !written.complete {
        cx.note("Some questions are open; it is kept all the same.");
    }
    Ok(())
}

/// Asks the questions and saves the answers; what does not fit is asked again, so that no answer is typed in vain. Nothing
/// is saved where the gate before it stays closed.
async fn in_person(
    cx: &Cx,
    haven: &Haven,
    id: &ExerciseId,
    draft: impl Fn(ValueMap) -> Draft,
) -> Result<Option<Written>, Fault> {
    let exercise = haven.exercise(id, None, LANGUAGE).await?;
    // Better to hear that the journal is locked before the first answer than after the last.
    haven.people().await?;
    if let Some(gate) = &exercise.gate
        && !asking::pass(cx, gate).await?
    {
        return Ok(None);
    }
    let mut answers = asking::ask_all(cx, &exercise).await?;
    loop {
        match haven.add(draft(answers.clone())).await {
            Err(error) if asking::ask_again(cx, &exercise, &error.faults, &mut answers).await? => {}
            outcome => return Ok(Some(outcome?)),
        }
    }
}

/// Reads answers from a file: one JSON object.
fn answered(file: &Path) -> Result<ValueMap, Fault> {
    let unfit = |why: String| {
        Fault::usage("the answers cannot be read", why, "Write one JSON object: {\"field\": answer, …}.")
    };
    let text = ask::text(file)?;
    let answers: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| {
            unfit(format!("no JSON object at line {}, column {}", error.line(), error.column()))
        })?;
    Ok(answers.into_iter().map(|(field, answer)| (field, answer.into())).collect())
}
