//! Guided exercises.

mod answers;
pub(super) mod asking;
mod choices;
mod controls;
mod file;
mod screen;
mod shapes;
pub(super) mod terminal;
mod walk;
mod walking;

use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

use haven_api::definition::Check;
use haven_api::practice::{Evidence, Exercise, ExerciseSummary, Field};
use haven_api::walk::{Intro, Suggested};
use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::content::SCHEMA;
use haven_core::exercise::{Ask, Sign, Step};

use self::asking::Asking;
use super::definitions::{self, Summary};
use super::sitting::{self, Sitting};
use super::writing::with_answers;
use crate::args::{DoArgs, PracticeCommand};
use crate::ask;
use crate::cx::{Cx, Haven, print};
use crate::fault::{Exit, Fault};
use crate::shapes::ExerciseSummaryShape;
use crate::text::{Style, count, wrapped};

pub(super) async fn run(cx: &Cx, command: PracticeCommand) -> Result<Exit, Fault> {
    match command {
        PracticeCommand::List { step, sign } => list(cx, step, sign).await?,
        PracticeCommand::Show { id, toml: true } => {
            let definition = cx.haven().await?.exercise_definition(&id).await?;
            definitions::print(cx, id.as_str(), &definition)?;
            cx.note("`haven practice schema` prints the schema of such files.");
        }
        PracticeCommand::Schema => print(SCHEMA)?,
        PracticeCommand::Show { id, .. } => show(cx, &id).await?,
        PracticeCommand::Check { file } => return check(cx, &file).await,
        PracticeCommand::Add { file } => return add(cx, &file).await,
        PracticeCommand::Remove { id, yes } => remove(cx, &id, yes).await?,
        PracticeCommand::Later { entry, answers } => {
            super::today::later(cx, &entry, answers.as_deref()).await?;
        }
        PracticeCommand::Do(args) => go(cx, &args).await?,
    }
    Ok(Exit::Done)
}

async fn list(cx: &Cx, step: Option<Step>, sign: Option<Sign>) -> Result<(), Fault> {
    let exercises = cx.device().await?.exercises(step, sign).await?;
    if exercises.is_empty() {
        cx.nothing("No exercise is of both that step and that sign. `haven practice list` shows them all.");
    }
    cx.tell_all(exercises.iter().map(ExerciseSummaryShape::of), |style| {
        exercises.iter().map(|exercise| summary(exercise, style)).collect()
    })
}

fn summary(exercise: &ExerciseSummary, style: Style) -> String {
    let mut about = vec![format!("{} min", exercise.minutes)];
    about.extend(exercise.steps.iter().map(|step| step.name().to_owned()));
    about.extend(exercise.custom.then(|| "yours".to_owned()));
    let (id, about) = (exercise.exercise.id.as_str(), style.faint(&about.join(", ")));
    format!("{id:<20}  {}  {about}\n  {}\n", style.bold(&exercise.title), style.faint(&asks(exercise)))
}

/// What it asks of a person: a sentence or two, so that nobody has to begin it to find out.
fn asks(exercise: &ExerciseSummary) -> String {
    let asked: Vec<&str> = exercise.asks.iter().filter_map(|ask| of_ask(*ask)).collect();
    let made_of = if asked.is_empty() { String::new() } else { format!(": {}", asked.join(", ")) };
    let questions = count(exercise.questions.into(), "question", "questions");
    let least = exercise.questions_least;
    let questions = if least < exercise.questions { format!("{least} to {questions}") } else { questions };
    let mut sentence = format!("{questions}{made_of}.");
    if exercise.asks.contains(&Ask::Later) {
        sentence.push_str(" A little more some days later, if you like.");
    }
    if exercise.stirs {
        sentence.push_str(" Can bring up strong feelings.");
    }
    sentence
}

fn of_ask(ask: Ask) -> Option<&'static str> {
    Some(match ask {
        Ask::Breathing => "breathing with a timer",
        Ask::Sitting => "a few minutes with a timer",
        Ask::Writing => "writing",
        Ask::Choosing => "picking answers",
        Ask::People => "naming someone",
        // They aren't of this sitting.
        Ask::Later => return None,
    })
}

async fn show(cx: &Cx, id: &ExerciseId) -> Result<(), Fault> {
    let exercise = cx.device().await?.exercise(id, None).await?;
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
    words.push_str(&evidence(&exercise.evidence, style));
    for field in &exercise.fields {
        words.push_str(&question(field, style));
    }
    words
}

/// What stands behind it, how good that is, and where it can be looked up.
fn evidence(evidence: &Evidence, style: Style) -> String {
    let grade = match evidence.grade.as_str() {
        "trial" => "a trial",
        "review" => "a review of studies",
        "practice" => "established practice",
        "ours" => "our own idea",
        other => other,
    };
    let rest = if evidence.note.is_empty() { "." } else { ". " };
    let note = style.words(&evidence.note);
    let mut words = format!("\n{} {grade}{rest}{note}\n", style.bold("What's behind it:"));
    for source in &evidence.sources {
        let _ = writeln!(words, "  {}", style.words(source));
    }
    words
}

/// A question as a person reads it.
pub(super) fn question(field: &Field, style: Style) -> String {
    let must = if field.required { "" } else { " (if you like)" };
    let mut words = format!("\n{}{must}\n", style.bold(&field.label));
    if !field.help.is_empty() {
        let _ = writeln!(words, "  {}", field.help);
    }
    let fits = answers::fits(&field.shape);
    if !fits.is_empty() {
        let _ = writeln!(words, "  {}", style.faint(&fits).replace('\n', "\n  "));
    }
    words
}

impl Summary for ExerciseSummary {
    type Shape<'a> = ExerciseSummaryShape<'a>;
    const IS_MEASURE: bool = false;

    fn shape(&self) -> ExerciseSummaryShape<'_> {
        ExerciseSummaryShape::of(self)
    }

    fn words(&self, style: Style) -> String {
        summary(self, style)
    }

    fn is_custom(&self) -> bool {
        self.custom
    }
}

async fn check(cx: &Cx, file: &Path) -> Result<Exit, Fault> {
    let beside = async |haven: Haven, definition| haven.check_exercise(definition).await;
    definitions::check(cx, file, beside, Check::exercise_alone).await
}

/// Adds an exercise; a definition with faults is not kept.
async fn add(cx: &Cx, file: &Path) -> Result<Exit, Fault> {
    let definition = ask::text(file)?;
    let added = cx.haven().await?.add_exercise(definition).await?;
    definitions::tell_added(cx, file, &added)
}

async fn remove(cx: &Cx, id: &ExerciseId, yes: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let shown = haven.exercise(id, None).await.map(|exercise| exercise.summary);
    definitions::agree_to_remove(cx, yes, shown).await?;
    haven.remove_exercise(id).await?;
    cx.note("It won't be offered any more; `haven practice add FILE` brings it back.");
    Ok(())
}

async fn go(cx: &Cx, args: &DoArgs) -> Result<(), Fault> {
    let done = match &args.answers {
        Some(file) => {
            let work = async |text: &str| file::write(cx, args, answered(text)?).await;
            Some((with_answers(cx, file, args.id.as_str(), work).await?, false))
        }
        None if cx.asks => in_person(cx, args).await?,
        None => {
            return Err(Fault::usage(
                "the exercise wasn't done",
                "there's no terminal to ask in",
                "Pass --answers FILE, or run this in a terminal.",
            ));
        }
    };
    let Some((Done { id, complete }, is_heavy)) = done else { return Ok(()) };
    super::done::tell(cx, &id)?;
    if !complete {
        cx.note("Some questions are open; it's kept all the same.");
    }
    if is_heavy {
        cx.note(HEAVY);
    }
    Ok(())
}

/// An exercise that was done.
struct Done {
    /// Its entry.
    id: String,
    /// Whether every question was answered that it needs.
    complete: bool,
}

/// What stands behind the name of somebody with whom it is not safe to be open.
const NOT_SAFE: &str = "  (marked not safe)";

/// What is said before the first question, where they are asked line by line.
const AT_FIRST: &str =
    "An empty line leaves a question open. You can stop with Ctrl-C; what you answered is kept.";

/// What is said once a gate stayed closed.
const CLOSED: &str = "Closed; nothing was written. `haven help-now` shows who to call.";

/// What is said at the end to somebody for whom it was still very heavy.
const HEAVY: &str = "That's a lot to carry. Someone to talk to: haven help-now";

/// What is said before anything is asked, in its order: what it is for, and last what to heed. Of several things to heed, the first
/// is about somebody's safety and comes before everything.
fn opening(intro: &Intro) -> impl Iterator<Item = &str> {
    let firsts = intro.notices.len().saturating_sub(1);
    let (first, last) = intro.notices.split_at(firsts);
    let all = first.iter().chain([&intro.purpose]).chain(last);
    all.map(String::as_str).filter(|words| !words.is_empty())
}

/// The command that does an exercise, where it is offered.
fn offers(exercise: &Suggested) -> String {
    format!("  haven practice do {}", exercise.exercise)
}

/// How the questions of a sitting came to an end.
pub(super) enum Ending {
    /// They were all asked, or it was better to stop.
    Done,
    /// The person goes on another time.
    Left,
    /// The same, with the key that interrupts a program.
    Interrupted,
    /// The gate before them stayed closed; nothing is kept.
    Held,
}

/// How the questions are asked.
#[derive(Clone, Copy)]
enum Way {
    /// A line after the other.
    Lines,
    /// A screen each; `still` if nothing may move on it.
    Screens { still: bool },
}

impl Way {
    fn of(args: &DoArgs) -> Self {
        let is_set = |value: OsString| !value.is_empty() && value != "0";
        let still = args.still || env::var_os("HAVEN_REDUCED_MOTION").is_some_and(is_set);
        if args.plain || !terminal::is_there() { Self::Lines } else { Self::Screens { still } }
    }
}

/// Asks the questions and saves the answers, and tells whether it was very heavy at the end.
async fn in_person(cx: &Cx, args: &DoArgs) -> Result<Option<(Done, bool)>, Fault> {
    // Better to hear that the journal is locked before the first answer than after the last.
    let haven = cx.haven().await?;
    let what = sitting::of_exercise(cx, &haven, &args.id).await?;
    let command = format!("haven practice do {}", args.id);
    let mut sitting = Sitting::begin(cx, haven, &what, &args.people, command).await?;
    let ending = match Way::of(args) {
        Way::Lines => Asking::new(cx, &mut sitting, AT_FIRST.to_owned()).all().await?,
        Way::Screens { still } => walking::walk(cx, &mut sitting, still).await?,
    };
    let is_heavy = sitting.walk.heavy;
    if matches!(ending, Ending::Held) {
        sitting.close(cx).await?;
        cx.note(CLOSED);
        return Ok(None);
    }
    let parting = sitting.parting();
    if !matches!(ending, Ending::Done) && !parting.is_empty() {
        let says = if is_heavy { format!("{parting}\n{HEAVY}") } else { parting };
        if matches!(ending, Ending::Interrupted) {
            cx.parting.replace(says);
            return Err(Fault::interrupted());
        }
        cx.note(&says);
        return Ok(None);
    }
    let changes = sitting.walk.draft.entry.is_some();
    let finished = if matches!(ending, Ending::Done) { Some(sitting.finish(cx).await?) } else { None };
    let Some((id, complete)) = finished.and_then(|it| Some((it.written?.0.to_string(), it.complete))) else {
        cx.note(if changes { "Nothing was changed." } else { "Nothing was answered, so there's no entry." });
        return Ok(None);
    };
    Ok(Some((Done { id, complete }, is_heavy)))
}

/// Reads answers: one JSON object.
pub(super) fn answered(text: &str) -> Result<ValueMap, Fault> {
    let unfit = |why: String| {
        Fault::usage("the answers can't be read", why, "Write one JSON object: {\"field\": answer, …}.")
    };
    let answers: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| {
            unfit(format!("no JSON object at line {}, column {}", error.line(), error.column()))
        })?;
    Ok(answers.into_iter().map(|(field, answer)| (field, answer.into())).collect())
}

#[cfg(test)]
mod tests {
    use haven_core::answers::ExerciseRef;
    use haven_core::exercise::Gate;

    use super::*;

    #[test]
    fn an_exercise_says_what_it_asks_before_anybody_begins_it() {
        let with = |made_of: &[Ask], questions, stirs| ExerciseSummary {
            exercise: ExerciseRef { id: "name-it".parse().unwrap(), version: 1 },
            title: "Give it a name".to_owned(),
            steps: Vec::new(),
            signs: Vec::new(),
            minutes: 2,
            gate: Gate::None,
            custom: false,
            purpose: String::new(),
            questions,
            questions_least: questions.min(3),
            asks: made_of.to_vec(),
            stirs,
        };
        let cases = [
            (with(&[], 0, false), "0 questions."),
            (
                with(&[Ask::Breathing, Ask::Later], 1, false),
                "1 question: breathing with a timer. A little more some days later, if you like.",
            ),
            (
                with(&[Ask::Writing, Ask::Choosing, Ask::People], 5, true),
                "3 to 5 questions: writing, picking answers, naming someone. Can bring up strong feelings.",
            ),
        ];
        for (exercise, expected) in cases {
            assert_eq!(asks(&exercise), expected);
        }
    }
}
