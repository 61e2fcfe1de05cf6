//! Guided exercises.

pub(super) mod answers;
mod asking;
mod choices;
mod controls;
mod screen;
mod shapes;
mod sitting;
pub(super) mod terminal;
mod walk;
mod walking;

use std::env;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;

use haven_api::definition::Check;
use haven_api::journal::{Draft, Edit, ExerciseChoice, Written};
use haven_api::practice::{
    CouldHarm, Evidence, Exercise, ExerciseSummary, Field, HarmQuestion, Then, stepper,
};
use haven_core::answers::{ExerciseId, ValueMap};
use haven_core::content::SCHEMA;
use haven_core::exercise::{Sign, Step};

use self::sitting::Sitting;
use super::definitions::{self, Summary};
use super::writing::with_answers;
use crate::args::{DoArgs, PracticeCommand};
use crate::ask;
use crate::cx::{Cx, Haven, print};
use crate::fault::{Exit, Fault};
use crate::shapes::ExerciseSummaryShape;
use crate::text::{LANGUAGE, Style, wrapped};

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
    let exercises = cx.device().await?.exercises(step, sign, LANGUAGE).await?;
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
    format!("{id:<20}  {}  {about}\n", style.bold(&exercise.title))
}

async fn show(cx: &Cx, id: &ExerciseId) -> Result<(), Fault> {
    let exercise = cx.device().await?.exercise(id, None, LANGUAGE).await?;
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
    // A note that begins small goes on with the grade, so that neither says what the other does.
    let joint = if evidence.note.starts_with(char::is_lowercase) { ", " } else { ". " };
    let rest = if evidence.note.is_empty() { "." } else { joint };
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
    let shown = haven.exercise(id, None, LANGUAGE).await.map(|exercise| exercise.summary);
    definitions::agree_to_remove(cx, yes, shown).await?;
    haven.remove_exercise(id).await?;
    cx.note("It won't be offered any more; `haven practice add FILE` brings it back.");
    Ok(())
}

async fn go(cx: &Cx, args: &DoArgs) -> Result<(), Fault> {
    let written = match &args.answers {
        Some(file) => {
            let work = async |text: &str| from_file(cx, args, answered(text)?).await;
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
    let Some((written, is_heavy)) = written else { return Ok(()) };
    super::done::tell(cx, &written.id.to_string())?;
    if !written.complete {
        cx.note("Some questions are open; it's kept all the same.");
    }
    if is_heavy {
        cx.note(HEAVY);
    }
    Ok(())
}

/// Writes answers that a script passed, without a question. Whether anybody could come to harm has to be answered all the same.
async fn from_file(cx: &Cx, args: &DoArgs, mut answers: ValueMap) -> Result<Written, Fault> {
    let haven = cx.haven().await?;
    let exercise = haven.exercise(&args.id, None, LANGUAGE).await?;
    let minds = exercise.harm_question.is_some() || !exercise.unsafe_notice.is_empty();
    let people = if minds || !args.people.is_empty() { haven.people().await? } else { Vec::new() };
    sitting::answer_whom(&people, &args.people, &exercise, &mut answers);
    let is_unsafe = sitting::is_unsafe(&people, &args.people, &exercise, &answers);
    if let Some(harm) = stepper::held(&exercise, is_unsafe) {
        return Err(held(harm, "someone it's about is marked as not safe to be open with"));
    }
    if let Some(harm) = &exercise.harm_question {
        pass(harm, args.could_harm)?;
    }
    if is_unsafe && !exercise.unsafe_notice.is_empty() {
        cx.note(&exercise.unsafe_notice);
    }
    let only = if exercise.single { sitting::only_entry(&haven, &args.id).await? } else { None };
    if let Some(entry) = only {
        let change = Edit { answers, add_people: args.people.clone(), ..Edit::default() };
        return Ok(haven.edit(&entry.summary.id.to_string(), change, None).await?);
    }
    let exercise = Some(ExerciseChoice { id: args.id.clone(), version: None });
    Ok(haven.add(Draft { exercise, answers, people: args.people.clone(), ..Draft::default() }).await?)
}

/// Lets a script on at a clear no; nobody is there who could read support first.
fn pass(harm: &HarmQuestion, answer: Option<CouldHarm>) -> Result<(), Fault> {
    let Some(answer) = answer else {
        let next = "Ask them, and pass --could-harm no, not-sure or yes.";
        let why = format!("this is asked first: {}", harm.question);
        return Err(Fault::decision("the exercise wasn't done", why, next));
    };
    match answer.then() {
        Then::GoOn => Ok(()),
        Then::Support | Then::StayClosed => Err(held(harm, &harm.support)),
    }
}

fn held(harm: &HarmQuestion, why: &str) -> Fault {
    let instead: Vec<_> = harm.instead.iter().map(|id| format!("`haven practice do {id}`")).collect();
    let next = match instead.as_slice() {
        [] => {
            "You don't have to say anything now; `haven practice list` shows what else there is.".to_owned()
        }
        _ => format!(
            "Try one of these instead: {}. `haven help-now` has helplines for people who are afraid of someone close.",
            instead.join(", ")
        ),
    };
    Fault::decision("the exercise wasn't done", why.to_owned(), next)
}

/// What stands behind the name of somebody with whom it is not safe to be open.
const NOT_SAFE: &str = "  (marked not safe)";

/// What is said once a gate stayed closed.
const CLOSED: &str = "Closed; nothing was written. `haven help-now` shows who to call.";

/// What is said at the end to somebody for whom it was still very heavy.
const HEAVY: &str = "That's a lot to carry. Someone to talk to: haven help-now";

/// Words without the sentences that stand in what was said just before.
fn once(said: &str, words: &str) -> String {
    let is_new = |sentence: &&str| !said.contains(sentence.trim_end());
    words.split_inclusive(". ").filter(is_new).collect::<String>().trim_end().to_owned()
}

/// How the questions of a sitting came to an end.
enum Ending {
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

/// Asks the questions and saves the answers, and tells whether it was very heavy at the end; what does not fit is asked again, so that no answer is typed in vain.
async fn in_person(cx: &Cx, args: &DoArgs) -> Result<Option<(Written, bool)>, Fault> {
    let way = Way::of(args);
    let (mut sitting, mut stepper) = Sitting::begin(cx, args).await?;
    let mut ending = match way {
        Way::Lines => asking::ask_all(cx, &mut sitting, &mut stepper).await?,
        Way::Screens { still } => walking::walk(cx, &mut sitting, &mut stepper, still).await?,
    };
    loop {
        if matches!(ending, Ending::Held) {
            sitting.forget().await?;
            cx.note(CLOSED);
            return Ok(None);
        }
        let Err(fault) = sitting.keep(&stepper).await else { break };
        let again = match way {
            Way::Lines => asking::ask_again(cx, &mut sitting, &mut stepper, fault.faults()).await?,
            Way::Screens { still } => {
                walking::again(cx, &mut sitting, &mut stepper, fault.faults(), still).await?
            }
        };
        ending = again.ok_or(fault)?;
    }
    let is_heavy = stepper.ends_heavy();
    let written = close(cx, args, sitting, ending, is_heavy).await?;
    Ok(written.map(|written| (written, is_heavy)))
}

/// Makes the answers an entry, or says how to go on with them.
async fn close(
    cx: &Cx,
    args: &DoArgs,
    mut sitting: Sitting,
    ending: Ending,
    is_heavy: bool,
) -> Result<Option<Written>, Fault> {
    if !sitting.is_kept() {
        let nothing = if sitting.changes() {
            "Nothing was changed."
        } else {
            "Nothing was answered, so there's no entry."
        };
        cx.note(nothing);
        return Ok(None);
    }
    if matches!(ending, Ending::Done) {
        return sitting.finish(cx).await.map(Some);
    }
    cx.note(&format!("What you answered is kept. Go on with `haven practice do {}`.", args.id));
    if is_heavy {
        cx.note(HEAVY);
    }
    if matches!(ending, Ending::Interrupted) { Err(Fault::interrupted()) } else { Ok(None) }
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
    use super::*;

    #[test]
    fn a_sentence_that_was_said_is_not_said_again() {
        let said = "You've noted it. Trust that fear. A no is different.";
        for (words, left) in [
            ("Trust that fear. A no is different. Someone can help.", "Someone can help."),
            ("Someone can help. Trust that fear.", "Someone can help."),
            ("A no is different.", ""),
            ("Trust that fear, all the same.", "Trust that fear, all the same."),
            ("", ""),
        ] {
            assert_eq!(once(said, words), left);
        }
        assert_eq!(once("", "Trust that fear."), "Trust that fear.");
    }
}
