//! Doing an exercise in the terminal, one question after another.

use haven_api::practice::{Exercise, Field, GateWords, Shape};
use haven_core::answers::{Value, ValueMap};
use haven_core::exercise::Phase;
use haven_core::fault::Fault as Wrong;

use super::answers::{read, takes_lines};
use super::question;
use crate::ask;
use crate::cx::{Cx, aside};
use crate::fault::Fault;

/// What to do where a question cannot be asked; it never is, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// Asks every question that belongs to this sitting. An empty answer leaves a question open.
pub(super) async fn ask_all(cx: &Cx, exercise: &Exercise) -> Result<ValueMap, Fault> {
    for words in [&exercise.purpose, &exercise.notice] {
        if !words.is_empty() {
            aside(&format!("{words}\n"));
        }
    }
    aside("An empty line leaves a question open.");
    let mut answers = ValueMap::new();
    for field in exercise.fields.iter().filter(|field| field.phase != Phase::Later) {
        if let Shape::Derived { template } = &field.shape {
            aside(&format!("\n{}\n{}", field.label, filled(template, &answers)));
            continue;
        }
        let Some(answer) = ask_one(cx, field).await? else { continue };
        let last_words = reply(&field.shape, &answer);
        answers.insert(field.id.clone(), answer);
        match last_words {
            Reply::Nothing => {}
            Reply::Say(words) => aside(words),
            Reply::Stop(words) => {
                aside(words);
                break;
            }
        }
    }
    Ok(answers)
}

/// Asks what has to be clear first. Tells whether the exercise goes on: at a clear yes only.
pub(super) async fn pass(cx: &Cx, gate: &GateWords) -> Result<bool, Fault> {
    let GateWords { question, help, yes, not_sure, no, .. } = gate;
    aside(&format!("{question}\n  {help}\n  y  {yes}\n  ?  {not_sure}\n  n  {no}"));
    let answer = ask::line(cx, "> ", INSTEAD).await?.trim().to_lowercase();
    if answer == "y" || answer == yes.to_lowercase() {
        return Ok(true);
    }
    aside(&format!("\n{}", gate.held));
    for id in &gate.instead {
        aside(&format!("  haven practice do {id}"));
    }
    Ok(false)
}

/// Asks again what did not fit. Tells whether anything could be asked again.
pub(super) async fn ask_again(
    cx: &Cx,
    exercise: &Exercise,
    wrong: &[Wrong],
    answers: &mut ValueMap,
) -> Result<bool, Fault> {
    let mut has_asked = false;
    for fault in wrong {
        let field = exercise.fields.iter().find(|field| fault.field.as_deref() == Some(&field.id));
        let Some(field) = field else { continue };
        aside(&format!("\nThat does not fit: {}; {}.", fault.what, fault.next));
        has_asked = true;
        match ask_one(cx, field).await? {
            Some(answer) => answers.insert(field.id.clone(), answer),
            None => answers.remove(&field.id),
        };
    }
    Ok(has_asked)
}

async fn ask_one(cx: &Cx, field: &Field) -> Result<Option<Value>, Fault> {
    aside(question(field, cx.style).trim_end());
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

/// What an answer calls for.
enum Reply<'a> {
    Nothing,
    Say(&'a str),
    Stop(&'a str),
}

fn reply<'a>(shape: &'a Shape, answer: &Value) -> Reply<'a> {
    match shape {
        Shape::Bool { stop: Some((at, words)) } if *answer == Value::Bool(*at) => Reply::Stop(words),
        Shape::Choice(choices) => {
            let chosen = choices.iter().find(|choice| answer.text() == Some(&choice.id));
            let notice = chosen.map(|choice| choice.notice.as_str()).filter(|notice| !notice.is_empty());
            notice.map_or(Reply::Nothing, Reply::Say)
        }
        _ => Reply::Nothing,
    }
}

/// Puts earlier answers into a sentence.
fn filled(template: &str, answers: &ValueMap) -> String {
    let mut sentence = template.to_owned();
    for (id, answer) in answers {
        let words =
            answer.text().map_or_else(|| serde_json::Value::from(answer.clone()).to_string(), str::to_owned);
        sentence = sentence.replace(&format!("{{{id}}}"), &words);
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_made_of_earlier_answers() {
        let answers = ValueMap::from([
            ("when".to_owned(), Value::from("she is late")),
            ("urge".to_owned(), Value::from(40)),
        ]);
        assert_eq!(
            filled("When {when}, I want to leave ({urge}).", &answers),
            "When she is late, I want to leave (40)."
        );
    }

    #[test]
    fn an_answer_at_which_to_stop_stops() {
        let shape = Shape::Bool { stop: Some((false, "Another time, then.".to_owned())) };
        assert!(matches!(reply(&shape, &Value::Bool(false)), Reply::Stop("Another time, then.")));
        assert!(matches!(reply(&shape, &Value::Bool(true)), Reply::Nothing));
    }
}
