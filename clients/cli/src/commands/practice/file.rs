//! An exercise whose answers a script passes, without a question.

use haven_api::journal::{Draft, Edit, Entry, ExerciseChoice, Filter};
use haven_api::people::Person;
use haven_api::practice::{CouldHarm, Exercise, Field, HarmQuestion, Shape};
use haven_api::walk::{About, Beginning, Held, Page, Step, Suggested};
use haven_core::answers::{ExerciseId, Value, ValueMap};
use haven_core::entry::EntryKind;
use haven_core::exercise::Phase;
use haven_core::id::PersonId;
use haven_core::person::resolve_person;

use super::Done;
use crate::args::DoArgs;
use crate::commands::sitting::is_about_people;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;

/// Writes the answers. Whether anybody could come to harm has to be answered all the same.
pub(super) async fn write(cx: &Cx, args: &DoArgs, mut answers: ValueMap) -> Result<Done, Fault> {
    let haven = cx.haven().await?;
    let exercise = haven.exercise(&args.id, None).await?;
    let minds = exercise.harm_question.is_some() || !exercise.unsafe_notice.is_empty();
    let people = if minds || !args.people.is_empty() { haven.people().await? } else { Vec::new() };
    answer_whom(&people, &args.people, &exercise, &mut answers);
    if minds {
        let about = args.people.iter().cloned().chain(concerned(&people, &exercise, &answers)).collect();
        pass(cx, &haven, args, &exercise, about).await?;
    }
    let only = if exercise.single { only_entry(&haven, &args.id).await? } else { None };
    let written = match only {
        Some(entry) => {
            let change = Edit { answers, add_people: args.people.clone(), ..Edit::default() };
            haven.edit(&entry.summary.id.to_string(), change, None).await?
        }
        None => {
            let exercise = Some(ExerciseChoice { id: args.id.clone(), version: None });
            haven.add(Draft { exercise, answers, people: args.people.clone(), ..Draft::default() }).await?
        }
    };
    Ok(Done { id: written.id.to_string(), complete: written.complete })
}

/// Has the device say what has to be clear first about these people, as whoever walks through it hears it. Nothing is kept of that.
///
/// # Errors
/// It does not go on.
async fn pass(
    cx: &Cx,
    haven: &Haven,
    args: &DoArgs,
    exercise: &Exercise,
    people: Vec<String>,
) -> Result<(), Fault> {
    let what = Beginning::Exercise(args.id.clone());
    let mut walk = haven.begin_walk(&what, About { people, at: None }).await?;
    if let Page::Intro(intro) = &walk.page {
        if intro.notices.contains(&exercise.unsafe_notice) {
            cx.note(&exercise.unsafe_notice);
        }
        walk = haven.step_walk(&walk, Step::On).await?;
    }
    if let Page::Gate(harm) = &walk.page {
        let answer = args.could_harm.ok_or_else(|| unasked(harm))?;
        walk = haven.step_walk(&walk, Step::CouldHarm(answer)).await?;
    }
    match walk.page {
        Page::Held(Held { instead, .. }) if args.could_harm.is_none_or(|it| it == CouldHarm::No) => {
            Err(held(&instead, "someone it's about is marked as not safe to be open with"))
        }
        Page::Held(Held { question, instead, .. }) | Page::Unsure(question, instead) => {
            // Nobody is there who could read support first.
            Err(held(&instead, &question.support))
        }
        _ => Ok(()),
    }
}

fn unasked(harm: &HarmQuestion) -> Fault {
    let next = "Ask them, and pass --could-harm no, not-sure or yes.";
    Fault::decision("the exercise wasn't done", format!("this is asked first: {}", harm.question), next)
}

fn held(instead: &[Suggested], why: &str) -> Fault {
    let instead: Vec<_> = instead.iter().map(|it| format!("`haven practice do {}`", it.exercise)).collect();
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

/// The people of the journal that answers name.
fn concerned(people: &[Person], exercise: &Exercise, answers: &ValueMap) -> Vec<String> {
    let fields = exercise.fields.iter().filter(|field| is_about_people(&field.shape));
    let named = fields.filter_map(|field| answers.get(&field.id)).flat_map(|answer| match answer {
        Value::List(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    let ids = named.filter_map(|value| value.text()?.trim().parse::<PersonId>().ok());
    // Whoever is not known is no concern here; the device says so.
    ids.filter(|id| people.iter().any(|person| person.id == *id)).map(|id| id.to_string()).collect()
}

/// Answers the one question that asks for a person with the one who was named, where the answers leave it out.
fn answer_whom(people: &[Person], named: &[String], exercise: &Exercise, answers: &mut ValueMap) {
    let asks = |field: &&Field| matches!(field.shape, Shape::Person) && field.phase != Phase::Later;
    let asking: Vec<_> = exercise.fields.iter().filter(asks).collect();
    let ([field], [called]) = (asking.as_slice(), named) else { return };
    // Whoever cannot be found is no concern here; the device says so.
    if let Ok(id) = resolve_person(people, called) {
        answers.entry(field.id.clone()).or_insert_with(|| Value::Text(id.to_string()));
    }
}

/// The entry of an exercise that a journal keeps once.
async fn only_entry(haven: &Haven, id: &ExerciseId) -> Result<Option<Entry>, Fault> {
    let filter = Filter { kind: Some(EntryKind::Exercise), ..Filter::default() };
    let entries = haven.list_all(&filter).await?;
    let found = entries.iter().find(|entry| entry.exercise.as_ref().is_some_and(|it| it.id == *id));
    match found {
        Some(found) => Ok(Some(haven.entry(&found.id.to_string(), None).await?)),
        None => Ok(None),
    }
}
