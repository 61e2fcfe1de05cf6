//! An exercise in the terminal, one question after another, line by line.

use std::collections::BTreeSet;

use haven_api::practice::{CouldHarm, Field, HarmQuestion, Shape};
use haven_api::walk::{Held, Intro, Notice, Page, Question, Step, Suggested};
use haven_core::answers::Value;
use haven_core::person::{ResolveError, resolve_person};

use super::answers::{in_words, misfit, read, takes_lines};
use super::choices::Links;
use super::{Ending, NOT_SAFE, offers, question};
use crate::ask;
use crate::commands::sitting::{Sitting, is_about_people};
use crate::commands::support;
use crate::cx::{Cx, aside};
use crate::fault::Fault;
use crate::limits::ENTRIES_OFFERED_MAX;

/// What to do where a question cannot be asked; it never is, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// What takes an answer back.
const TAKES_BACK: &str = "-";

/// An exercise being asked.
pub(in crate::commands) struct Asking<'a> {
    cx: &'a Cx,
    sitting: &'a mut Sitting,
    /// What is said before the first question; empty once it was.
    opening: String,
    /// Which words of then were shown.
    recalled: BTreeSet<String>,
}

impl<'a> Asking<'a> {
    pub(in crate::commands) fn new(cx: &'a Cx, sitting: &'a mut Sitting, opening: String) -> Self {
        Self { cx, sitting, opening, recalled: BTreeSet::new() }
    }

    /// Asks every question of the walk. An empty line leaves a question as it is.
    pub(in crate::commands) async fn all(&mut self) -> Result<Ending, Fault> {
        loop {
            match self.sitting.walk.page.clone() {
                Page::Intro(intro) => {
                    introduce(&intro);
                    self.on().await?;
                }
                Page::Gate(harm) => self.gate(&harm).await?,
                Page::Unsure(harm, instead) => {
                    self.hold(&harm, &instead).await;
                    aside(&format!("\nEnter closes this for now.\n  g  {}", harm.go_on));
                    if !self.line().await?.trim().eq_ignore_ascii_case("g") {
                        return Ok(Ending::Held);
                    }
                    self.on().await?;
                }
                Page::Held(Held { question, instead, notice, .. }) => {
                    if !notice.is_empty() {
                        aside(&notice);
                    }
                    self.hold(&question, &instead).await;
                    return Ok(Ending::Held);
                }
                Page::Question(asked) => self.question(&asked).await?,
                Page::Notice(Notice { words, instead, .. }) => {
                    aside(&words.join("\n\n"));
                    if let Some(instead) = instead {
                        aside(&offers(&instead));
                    }
                    self.on().await?;
                }
                Page::Support(_) => self.on().await?,
                Page::End(end) => match end.unfit.into_iter().next() {
                    Some(unfit) => self.sitting.step(self.cx, Step::To(unfit.at)).await?,
                    None => return Ok(Ending::Done),
                },
            }
        }
    }

    async fn on(&mut self) -> Result<(), Fault> {
        self.sitting.step(self.cx, Step::On).await
    }

    async fn line(&self) -> Result<String, Fault> {
        ask::line(self.cx, "> ", INSTEAD).await
    }

    /// Asks whether anybody could come to harm.
    async fn gate(&mut self, harm: &HarmQuestion) -> Result<(), Fault> {
        let HarmQuestion { question, help, no, not_sure, yes, .. } = harm;
        aside(&format!("{question}\n  {help}\n  n  {no}\n  ?  {not_sure}\n  y  {yes}"));
        loop {
            match answered(&self.line().await?, harm) {
                Some(answer) => return self.sitting.step(self.cx, Step::CouldHarm(answer)).await,
                None => aside("Type n, ? or y; nothing is chosen for you."),
            }
        }
    }

    /// Says what support there is, what to do instead, and last whom to reach.
    async fn hold(&self, harm: &HarmQuestion, instead: &[Suggested]) {
        aside(&format!("\n{}\n", harm.support));
        for exercise in instead {
            aside(&offers(exercise));
        }
        let lines = support::afraid_lines(self.cx).await;
        aside(&format!("\n{}\n\n{}", lines.more, lines.numbers));
    }

    /// Asks one question until what is typed fits.
    async fn question(&mut self, asked: &Question) -> Result<(), Fault> {
        let opening = std::mem::take(&mut self.opening);
        if !opening.is_empty() {
            aside(&opening);
        }
        let (style, field) = (self.cx.style, &asked.field);
        if let Shape::Derived { .. } = &field.shape {
            aside(&format!("\n{}\n{}", style.words(&field.label), style.words(&asked.sentence)));
            return self.on().await;
        }
        self.recall(asked);
        aside(question(field, style).trim_end());
        for item in &asked.offered {
            aside(&format!("  - {}", style.line(item)));
        }
        if !asked.stop_label.is_empty() {
            aside(&format!("  s  {} Stop here.", style.words(&asked.stop_label)));
        }
        let links = self.offer(asked).await?;
        if let Some(answer) = &asked.answer {
            let words =
                style.prose(&in_words(&field.shape, answer, &links, &asked.people)).replace('\n', "\n  ");
            aside(&format!("  {words}\n  Enter keeps this, and {TAKES_BACK} takes it back."));
        }
        self.answer(asked, &links).await
    }

    async fn answer(&mut self, asked: &Question, links: &Links) -> Result<(), Fault> {
        let at = self.sitting.walk.at.clone();
        loop {
            let step = match self.typed(&asked.field).await? {
                // What was typed before and is no answer does not stay.
                typed if typed.trim().is_empty() => asked.answer.clone().map_or(Step::Skip, Step::Answer),
                typed if typed.trim() == TAKES_BACK && asked.answer.is_some() => Step::Skip,
                typed if typed.trim().eq_ignore_ascii_case("s") && !asked.stop_label.is_empty() => {
                    Step::Stop(Value::Null)
                }
                typed => {
                    let mut value = read(&asked.field.shape, &typed);
                    links.by_number(&mut value);
                    self.name_people(&asked.field.shape, &mut value).await?;
                    Step::Answer(value)
                }
            };
            self.sitting.step(self.cx, step).await?;
            let walk = &self.sitting.walk;
            if walk.hint.is_empty() || walk.at != at {
                return Ok(());
            }
            aside(&misfit(Some(&asked.field.shape), walk.hint.clone()));
        }
    }

    /// Shows words of then that belong to the question, each once.
    fn recall(&mut self, asked: &Question) {
        for then in &asked.recalled {
            if self.recalled.insert(then.label.clone()) {
                let words = self.cx.style.words(&then.words).replace('\n', "\n  ");
                aside(&format!("\n{}\n  {words}", then.label));
            }
        }
    }

    /// Shows the people or entries that a question may be answered with, and gives the entries.
    async fn offer(&self, asked: &Question) -> Result<Links, Fault> {
        let style = self.cx.style;
        if matches!(asked.field.shape, Shape::Person) {
            let names = asked.people.iter().map(|person| {
                let mark =
                    if person.id.is_some_and(|id| asked.not_safe.contains(&id)) { NOT_SAFE } else { "" };
                format!("{}{mark}", style.line(&person.name))
            });
            let names: Vec<_> = names.collect();
            match names.as_slice() {
                [] => aside("  You haven't added anyone yet. Type a name and you can add them."),
                names => aside(&format!("  Your people: {}", names.join(", "))),
            }
        }
        let links = Links::of(&self.sitting.haven, asked, style).await?;
        for (index, (_, entry)) in links.entries.iter().enumerate().take(ENTRIES_OFFERED_MAX) {
            aside(&format!("  {:>2}  {entry}", index + 1));
        }
        if !links.entries.is_empty() {
            aside("  Its number here will do.");
        }
        Ok(links)
    }

    async fn typed(&self, field: &Field) -> Result<String, Fault> {
        let mut typed = self.line().await?;
        while takes_lines(&field.shape) && !typed.is_empty() && typed != TAKES_BACK {
            let more = self.line().await?;
            if more.is_empty() {
                break;
            }
            typed.push('\n');
            typed.push_str(&more);
        }
        Ok(typed)
    }

    /// Offers to add who is not known yet, and puts their ids where they were named.
    async fn name_people(&mut self, shape: &Shape, answer: &mut Value) -> Result<(), Fault> {
        if !is_about_people(shape) {
            return Ok(());
        }
        let named = match answer {
            Value::List(items) => items.iter_mut().collect(),
            one => vec![one],
        };
        let people = self.sitting.haven.people().await.unwrap_or_default();
        for value in named {
            let Some(name) = value.text().map(|name| name.trim().to_owned()) else { continue };
            match resolve_person(&people, &name) {
                Err(ResolveError::NotFound { .. }) if !name.is_empty() => {}
                Err(ambiguous) => {
                    aside(&format!("{ambiguous}."));
                    continue;
                }
                Ok(_) => continue,
            }
            let ask = format!("{} is new. Add them to your people? [Y/n] ", self.cx.style.line(&name));
            let says = ask::line(self.cx, &ask, INSTEAD).await?;
            if !matches!(says.trim().to_lowercase().as_str(), "n" | "no") {
                let person = self.sitting.haven.add_person(&name).await?;
                *value = Value::Text(person.id.to_string());
            }
        }
        Ok(())
    }
}

/// Says what it is for and what to heed.
fn introduce(intro: &Intro) {
    for words in super::opening(intro) {
        aside(&format!("{words}\n"));
    }
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
