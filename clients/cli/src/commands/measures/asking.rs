//! Asking the questions of a measure one after another. Every answer is kept as it is given, so that whoever stops goes on another
//! time.

use std::fmt::Write as _;

use haven_api::drafts::SavedDraft;
use haven_api::journal::{Draft, ExerciseChoice};
use haven_api::measures::{Extra, Item, Measure, MeasureResult};
use haven_core::answers::{ExerciseId, Value};
use haven_core::measure::PREFER_NOT_TO_SAY;
use haven_core::person::resolve_person;

use super::scale;
use crate::commands::support;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::LANGUAGE;
use crate::{ask, kept, unlock, when};

/// Asks a measure, and gives its result and whether an answer has shown the support card on the way.
pub(super) async fn go(
    cx: &Cx,
    id: &ExerciseId,
    person: Option<&str>,
) -> Result<(MeasureResult, bool), Fault> {
    // Better to hear that the journal is locked before the first answer than after the last.
    let haven = cx.haven().await?;
    let measure = haven.measure(id, person, LANGUAGE).await?;
    let mut sheet = Sheet::begin(cx, haven, &measure, person).await?;
    // The questions name whom they are about.
    let measure = sheet.haven.measure(id, sheet.person().as_deref(), LANGUAGE).await?;
    introduce(cx, &measure, sheet.is_kept);
    let is_card_shown = ask_all(cx, &measure, &mut sheet).await?;
    Ok((sheet.finish(cx, id).await?, is_card_shown))
}

/// The answers so far, and the draft that keeps them.
struct Sheet {
    haven: Haven,
    saved: SavedDraft,
    is_kept: bool,
}

impl Sheet {
    /// Begins a measure, or goes on with what was begun of it.
    async fn begin(cx: &Cx, haven: Haven, measure: &Measure, person: Option<&str>) -> Result<Self, Fault> {
        let made_with = &measure.summary.measure;
        if let Some(saved) = begun(&haven, measure, person).await? {
            let question = format!("You began this on {}. Go on? [Y/n] ", when::local(saved.saved));
            let answer = ask::line(cx, &question, "Pass --answers FILE.").await?;
            if !matches!(answer.trim().to_lowercase().as_str(), "n" | "no") {
                return Ok(Self { haven, saved, is_kept: true });
            }
            cx.note("It stays where it is; `haven draft list` shows it.");
        }
        let exercise = ExerciseChoice { id: made_with.id.clone(), version: Some(made_with.version) };
        let people = person.map(str::to_owned).into_iter().collect();
        let saved = kept::draft(Draft { exercise: Some(exercise), people, ..Draft::default() })?;
        Ok(Self { haven, saved, is_kept: false })
    }

    /// Whom it is about.
    fn person(&self) -> Option<String> {
        self.saved.draft.people.first().cloned()
    }

    fn has(&self, id: &str) -> bool {
        self.saved.draft.answers.contains_key(id)
    }

    /// Keeps an answer. What cannot be kept now is in the sheet all the same, and is tried again with the next.
    async fn take(&mut self, cx: &Cx, id: &str, answer: Value) {
        self.saved.draft.answers.insert(id.to_owned(), answer);
        if kept::keep(&mut self.haven, self.saved.clone()).await.is_ok() {
            self.is_kept = true;
            self.part(cx);
        }
    }

    /// Has it said, should the person stop, how they go on.
    fn part(&self, cx: &Cx) {
        if let Some(exercise) = &self.saved.draft.exercise {
            *cx.parting.borrow_mut() =
                format!("What you answered is kept. Go on with `haven measure do {}`.", exercise.id);
        }
    }

    /// Makes the answers a result, asking for the passphrase where the journal was locked meanwhile.
    async fn finish(mut self, cx: &Cx, id: &ExerciseId) -> Result<MeasureResult, Fault> {
        if unlock::is_locked(&self.haven).await {
            aside("The journal was locked meanwhile. Your answers are kept.");
            unlock::ask(cx, &mut self.haven, "Passphrase: ").await?;
        }
        let (person, answers) = (self.person(), self.saved.draft.answers.clone());
        let done = self.haven.answer_measure(id, person.as_deref(), answers, None, LANGUAGE).await;
        let result = done.map_err(|error| {
            let fault = Fault::from(error);
            match self.is_kept {
                true => {
                    fault.with_next(format!("What you answered is kept. Go on with `haven measure do {id}`."))
                }
                false => fault,
            }
        })?;
        cx.parting.take();
        if self.is_kept {
            self.haven.discard_draft(self.saved.id).await?;
        }
        Ok(result)
    }
}

/// What was begun of a measure and not ended: about the same person, if one is named, and of the same version.
async fn begun(haven: &Haven, measure: &Measure, person: Option<&str>) -> Result<Option<SavedDraft>, Fault> {
    let wanted = match person {
        Some(person) => resolve_person(&haven.people().await?, person).ok().map(|id| id.to_string()),
        None => None,
    };
    for draft in haven.drafts().await? {
        if draft.exercise.as_ref() != Some(&measure.summary.measure) {
            continue;
        }
        let saved = haven.draft(draft.id).await?;
        if wanted.as_ref().is_none_or(|wanted| saved.draft.people.contains(wanted)) {
            return Ok(Some(saved));
        }
    }
    Ok(None)
}

fn introduce(cx: &Cx, measure: &Measure, goes_on: bool) {
    let mut words = format!("{}\n{}\n", cx.style.bold(&measure.summary.title), measure.summary.purpose);
    for paragraph in [&measure.origin, &measure.advice, &measure.stem] {
        if !paragraph.is_empty() {
            let _ = write!(words, "\n{paragraph}\n");
        }
    }
    let open = if goes_on { "Only what is still open is asked. " } else { "" };
    let _ = write!(
        words,
        "\n{}\n{open}An empty line leaves a question open. You can stop with Ctrl-C; what you answered is kept.",
        scale(measure)
    );
    aside(&words);
}

/// Asks what has no answer yet. What does not fit is asked again. Tells whether an answer has shown the support card, which waits for
/// no other question.
async fn ask_all(cx: &Cx, measure: &Measure, sheet: &mut Sheet) -> Result<bool, Fault> {
    if sheet.is_kept {
        sheet.part(cx);
    }
    let mut is_card_shown = false;
    for (index, item) in
        measure.items.iter().enumerate().filter(|(_, item)| !sheet.has(&item.id)).collect::<Vec<_>>()
    {
        let number = format!("{}/{}", index + 1, measure.items.len());
        let text = if item.text.is_empty() { "(on your printed form)" } else { &item.text };
        let declines = if item.declinable { "  (or: prefer not to say)" } else { "" };
        aside(&format!("\n{}  {}{declines}", cx.style.faint(&number), cx.style.words(text)));
        if let Some(answer) = ask_one(cx, measure, item).await? {
            // Kept before anything else happens, the card included.
            sheet.take(cx, &item.id, answer.clone()).await;
            if item.calls_for_support(&answer) {
                aside(&format!("\n{}", support::on_the_way(cx).await));
                is_card_shown = true;
            }
        }
    }
    for extra in measure.extras.iter().filter(|extra| !sheet.has(&extra.id)).collect::<Vec<_>>() {
        let options = extra.options.iter().enumerate();
        let options: String =
            options.map(|(index, option)| format!("\n  {}  {}", index + 1, option.label)).collect();
        aside(&format!("\n{}{options}", extra.text));
        if let Some(option) = ask_extra(cx, extra).await? {
            sheet.take(cx, &extra.id, option).await;
        }
    }
    Ok(is_card_shown)
}

async fn ask_extra(cx: &Cx, extra: &Extra) -> Result<Option<Value>, Fault> {
    loop {
        let typed = ask::line(cx, "> ", "Pass --answers FILE.").await?;
        let typed = typed.trim();
        let number = typed.parse::<usize>().ok();
        match number.and_then(|number| extra.options.get(number.checked_sub(1)?)) {
            Some(option) => return Ok(Some(Value::from(option.id.as_str()))),
            None if typed.is_empty() => return Ok(None),
            None => aside(&format!("A whole number from 1 to {}, or an empty line.", extra.options.len())),
        }
    }
}

async fn ask_one(cx: &Cx, measure: &Measure, item: &Item) -> Result<Option<Value>, Fault> {
    let (min, max) = measure.range;
    loop {
        let typed = ask::line(cx, "> ", "Pass --answers FILE.").await?;
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        if item.declinable && is_declining(typed) {
            return Ok(Some(Value::from(PREFER_NOT_TO_SAY)));
        }
        match typed.parse::<i32>() {
            Ok(point) if (min..=max).contains(&point) => return Ok(Some(Value::from(point))),
            _ => aside(&format!("A whole number from {min} to {max}, or an empty line.")),
        }
    }
}

fn is_declining(typed: &str) -> bool {
    typed.to_lowercase().replace(' ', "-") == PREFER_NOT_TO_SAY
}
