//! Doing an exercise in the terminal, one question after another, line by line.

use haven_api::practice::stepper::{Reply, Stepper};
use haven_api::practice::{CouldHarm, Exercise, Field, HarmQuestion, Shape, Then};
use haven_core::answers::Value;
use haven_core::exercise::ItemKind;
use haven_core::fault::Fault as Wrong;

use super::answers::{read, takes_lines};
use super::choices::Links;
use super::sitting::{Sitting, person};
use super::{Ending, question};
use crate::ask;
use crate::commands::support;
use crate::cx::{Cx, aside};
use crate::fault::Fault;
use crate::limits::ENTRIES_OFFERED_MAX;

/// What to do where a question cannot be asked; it never is, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// Asks every question that belongs to this sitting. An empty answer leaves a question open.
pub(super) async fn ask_all(cx: &Cx, sitting: &mut Sitting, stepper: &mut Stepper) -> Result<Ending, Fault> {
    let exercise = stepper.exercise();
    let is_unsafe = sitting.is_unsafe(exercise, stepper.answers());
    introduce(exercise, is_unsafe);
    if let Some(harm) = sitting.held(stepper) {
        hold(cx, harm).await;
        return Ok(Ending::Held);
    }
    if let Some(harm) = &exercise.harm_question
        && !pass(cx, harm).await?
    {
        return Ok(Ending::Held);
    }
    aside("An empty line leaves a question open. You can stop with Ctrl-C; what you answered is kept.");
    questions(cx, sitting, stepper, is_unsafe).await
}

async fn questions(
    cx: &Cx,
    sitting: &mut Sitting,
    stepper: &mut Stepper,
    mut is_unsafe: bool,
) -> Result<Ending, Fault> {
    while let Some(field) = stepper.field().cloned() {
        if let Shape::Derived { template } = &field.shape {
            let sentence = stepper.sentence(template, &|id| sitting.name(id));
            aside(&format!("\n{}\n{}", cx.style.words(&field.label), cx.style.words(&sentence)));
            stepper.skip();
            continue;
        }
        match answer(cx, sitting, stepper, &field).await? {
            Reply::Nothing => {}
            Reply::Say(words) => aside(&words),
            Reply::Stop { notice, instead } => {
                aside(&notice);
                if let Some(id) = instead {
                    aside(&format!("  haven practice do {id}"));
                }
                stepper.end();
            }
        }
        if let Some(harm) = sitting.held(stepper) {
            aside(&stepper.exercise().unsafe_notice);
            hold(cx, harm).await;
            return Ok(Ending::Held);
        }
        let now = sitting.is_unsafe(stepper.exercise(), stepper.answers());
        if now && !is_unsafe {
            aside(&stepper.exercise().unsafe_notice);
        }
        is_unsafe = now;
        // What cannot be kept now is kept at the end, or that says why not.
        let _ = sitting.keep(stepper.answers()).await;
        if sitting.is_kept() {
            let id = &stepper.exercise().summary.exercise.id;
            *cx.parting.borrow_mut() =
                format!("What you answered is kept. Go on with `haven practice do {id}`.");
        }
    }
    Ok(Ending::Done)
}

/// Says what it is for and what to heed.
fn introduce(exercise: &Exercise, is_unsafe: bool) {
    let unsafe_notice = if is_unsafe { exercise.unsafe_notice.as_str() } else { "" };
    for words in [unsafe_notice, &exercise.purpose, &exercise.notice] {
        if !words.is_empty() {
            aside(&format!("{words}\n"));
        }
    }
}

/// Asks whether anybody could come to harm. Tells whether the exercise goes on: at a clear no, or where somebody who is not sure
/// chooses to after they have read what support there is.
async fn pass(cx: &Cx, harm: &HarmQuestion) -> Result<bool, Fault> {
    let HarmQuestion { question, help, no, not_sure, yes, go_on, .. } = harm;
    aside(&format!("{question}\n  {help}\n  n  {no}\n  ?  {not_sure}\n  y  {yes}"));
    let then = loop {
        match answered(&ask::line(cx, "> ", INSTEAD).await?, harm) {
            Some(answer) => break answer.then(),
            None => aside("Type n, ? or y; nothing is chosen for you."),
        }
    };
    if then == Then::GoOn {
        return Ok(true);
    }
    hold(cx, harm).await;
    if then == Then::StayClosed {
        return Ok(false);
    }
    aside(&format!("\nEnter closes this for now.\n  g  {go_on}"));
    Ok(ask::line(cx, "> ", INSTEAD).await?.trim().eq_ignore_ascii_case("g"))
}

/// The answer that was typed; none for an empty line and for anything else, which is asked again.
fn answered(typed: &str, harm: &HarmQuestion) -> Option<CouldHarm> {
    let typed = typed.trim().to_lowercase();
    let is = |letter: &str, words: &str| typed == letter || typed == words.to_lowercase();
    let answers = [
        ("n", &harm.no, CouldHarm::No),
        ("?", &harm.not_sure, CouldHarm::NotSure),
        ("y", &harm.yes, CouldHarm::Yes),
    ];
    answers.into_iter().find(|(letter, words, _)| is(letter, words)).map(|(.., answer)| answer)
}

/// Says what support there is, whom to reach, and what to do instead.
async fn hold(cx: &Cx, harm: &HarmQuestion) {
    aside(&format!("\n{}", harm.support));
    aside(&format!("\n{}", support::abuse_lines(cx).await));
    for id in &harm.instead {
        aside(&format!("  haven practice do {id}"));
    }
}

/// Asks again what the device did not take. Tells whether anything could be asked again.
pub(super) async fn ask_again(
    cx: &Cx,
    sitting: &mut Sitting,
    stepper: &mut Stepper,
    wrong: &[Wrong],
) -> Result<Option<Ending>, Fault> {
    let mut has_asked = false;
    for fault in wrong {
        if !fault.field.as_deref().is_some_and(|id| stepper.go_to(id)) {
            continue;
        }
        let Some(field) = stepper.field().cloned() else { continue };
        aside(&format!("\nThat doesn't fit: {}; {}.", fault.what, fault.next));
        has_asked = true;
        answer(cx, sitting, stepper, &field).await?;
    }
    stepper.end();
    Ok(has_asked.then_some(Ending::Done))
}

/// Asks one question until what is typed fits.
async fn answer(
    cx: &Cx,
    sitting: &mut Sitting,
    stepper: &mut Stepper,
    field: &Field,
) -> Result<Reply, Fault> {
    aside(question(field, cx.style).trim_end());
    for item in stepper.offered() {
        aside(&format!("  - {}", cx.style.line(&item)));
    }
    if let Some(stop) = stepper.stop_ahead() {
        aside(&format!("  s  {} Stop here.", cx.style.words(&stop.label)));
    }
    let links = offer(cx, sitting, &field.shape).await?;
    loop {
        let mut value = typed(cx, field).await?;
        let stops = value.as_ref().and_then(Value::text).is_some_and(|typed| typed.eq_ignore_ascii_case("s"));
        if stops && stepper.stop_ahead().is_some() {
            return Ok(stepper.stop_now(None).unwrap_or(Reply::Nothing));
        }
        if let Some(value) = &mut value {
            links.by_number(&field.shape, value);
            name_people(cx, sitting, &field.shape, value).await?;
        }
        match stepper.next(value) {
            Ok(reply) => return Ok(reply),
            Err(misfit) => aside(&misfit.to_string()),
        }
    }
}

/// Shows the people or entries that a question may be answered with, and gives the entries.
async fn offer(cx: &Cx, sitting: &Sitting, shape: &Shape) -> Result<Links, Fault> {
    if matches!(shape, Shape::Person) {
        let names: Vec<_> = sitting.people.iter().map(|person| cx.style.line(person.name.as_str())).collect();
        match names.as_slice() {
            [] => aside("  You haven't added anyone yet. Type a name and you can add them."),
            names => aside(&format!("  Your people: {}", names.join(", "))),
        }
    }
    let mut links = Links::default();
    links.read(&sitting.haven, shape, cx.style).await?;
    for (index, (_, entry)) in links.entries.iter().enumerate().take(ENTRIES_OFFERED_MAX) {
        aside(&format!("  {:>2}  {entry}", index + 1));
    }
    if !links.entries.is_empty() {
        aside("  Its number here will do.");
    }
    Ok(links)
}

async fn typed(cx: &Cx, field: &Field) -> Result<Option<Value>, Fault> {
    let mut typed = ask::line(cx, "> ", INSTEAD).await?;
    while takes_lines(&field.shape) && !typed.is_empty() {
        let more = ask::line(cx, "> ", INSTEAD).await?;
        if more.is_empty() {
            break;
        }
        typed.push('\n');
        typed.push_str(&more);
    }
    Ok((!typed.trim().is_empty()).then(|| read(&field.shape, &typed)))
}

/// Puts ids where people were named, and offers to add who is not known yet.
async fn name_people(cx: &Cx, sitting: &mut Sitting, shape: &Shape, answer: &mut Value) -> Result<(), Fault> {
    let names: Vec<&mut Value> = match (shape, answer) {
        (Shape::Person, one) => vec![one],
        (Shape::List { of: ItemKind::Person, .. }, Value::List(items)) => items.iter_mut().collect(),
        _ => return Ok(()),
    };
    for value in names {
        let Some(name) = value.text().map(str::to_owned) else { continue };
        match sitting.find(&name) {
            Ok(Some(id)) => *value = person(id),
            Ok(None) => {
                let ask = format!("{} is new. Add them to your people? [Y/n] ", cx.style.line(&name));
                let says = ask::line(cx, &ask, INSTEAD).await?;
                if !matches!(says.trim().to_lowercase().as_str(), "n" | "no") {
                    *value = person(sitting.add_person(&name).await?);
                }
            }
            Err(ambiguous) => aside(&format!("{ambiguous}.")),
        }
    }
    Ok(())
}
