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
use crate::commands::practice::terminal;
use crate::commands::support::{self, Reads};
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::LANGUAGE;
use crate::{ask, kept, unlock, when};

/// What follows the card.
const AFTER_CARD: &str = "Enter goes on. More: Ctrl-C, then haven help-now --more ";

/// What goes back to the question before.
const BACK: &str = "back";

/// What stands where a terminal is needed; it is there, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// Asks a measure, and gives its result and whether an answer has shown the support card on the way.
pub(super) async fn go(
    cx: &Cx,
    id: &ExerciseId,
    person: Option<&str>,
    plain: bool,
) -> Result<(MeasureResult, bool), Fault> {
    // Better to hear that the journal is locked before the first answer than after the last.
    let haven = cx.haven().await?;
    let measure = haven.measure(id, person, LANGUAGE).await?;
    let mut sheet = Sheet::begin(cx, haven, &measure, person).await?;
    // The questions name whom they are about.
    let measure = sheet.haven.measure(id, sheet.person().as_deref(), LANGUAGE).await?;
    if sheet.is_kept {
        sheet.part(cx);
    }
    let screen = terminal::Sheet::take(!plain);
    let mut asking = Asking { cx, measure: &measure, sheet: &mut sheet, screen, is_card_shown: false };
    asking.introduce().await?;
    asking.questions().await?;
    let is_card_shown = asking.is_card_shown;
    // The result stands where it stays, below the command.
    drop(asking);
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

    /// The answer that a question has already, as it was typed.
    fn given(&self, question: &Question<'_>) -> Option<String> {
        let answer = self.saved.draft.answers.get(question.id())?;
        match question {
            Question::Item(..) if answer.text() == Some(PREFER_NOT_TO_SAY) => {
                Some(PREFER_NOT_TO_SAY.replace('-', " "))
            }
            Question::Item(..) => answer.whole().map(|point| point.to_string()),
            Question::Extra(extra) => {
                let at = extra.options.iter().position(|option| answer.text() == Some(&option.id))?;
                Some((at + 1).to_string())
            }
        }
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

/// A measure being asked.
struct Asking<'a> {
    cx: &'a Cx,
    measure: &'a Measure,
    sheet: &'a mut Sheet,
    screen: terminal::Sheet,
    is_card_shown: bool,
}

/// What somebody did at a question.
enum Did {
    Answered(Value),
    /// Nothing: the question stays as it is.
    Left,
    WentBack,
}

/// One of the questions, in the order they are asked.
#[derive(Clone, Copy)]
enum Question<'a> {
    Item(usize, &'a Item),
    Extra(&'a Extra),
}

impl Question<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Item(_, item) => &item.id,
            Self::Extra(extra) => &extra.id,
        }
    }
}

impl<'a> Asking<'a> {
    async fn introduce(&self) -> Result<(), Fault> {
        let Self { cx, measure, .. } = self;
        self.screen.turn();
        let mut words = format!("{}\n{}\n", cx.style.bold(&measure.summary.title), measure.summary.purpose);
        for paragraph in [&measure.origin, &measure.advice] {
            if !paragraph.is_empty() {
                let _ = write!(words, "\n{paragraph}\n");
            }
        }
        let open = if self.sheet.is_kept { "Only what is still open is asked. " } else { "" };
        let _ = write!(
            words,
            "\n{open}An empty line leaves a question open, `{BACK}` goes to the one before. You can stop with Ctrl-C; what you \
             answered is kept."
        );
        aside(&words);
        if self.screen.is_taken() {
            self.wait("Enter begins. ").await?;
        }
        Ok(())
    }

    /// Asks what has no answer yet, and again what somebody goes back to. What does not fit is asked again.
    async fn questions(&mut self) -> Result<(), Fault> {
        let items = self.measure.items.iter().enumerate().map(|(at, item)| Question::Item(at, item));
        let questions: Vec<_> = items.chain(self.measure.extras.iter().map(Question::Extra)).collect();
        let (mut at, mut is_again) = (0, false);
        while let Some(question) = questions.get(at) {
            if self.sheet.has(question.id()) && !is_again {
                at += 1;
                continue;
            }
            match self.ask(question).await? {
                Did::Answered(answer) => self.take(question, answer).await?,
                Did::Left => {}
                Did::WentBack => {
                    is_again = true;
                    at = at.saturating_sub(1);
                    continue;
                }
            }
            is_again = false;
            at += 1;
        }
        Ok(())
    }

    async fn take(&mut self, question: &Question<'_>, answer: Value) -> Result<(), Fault> {
        // Kept before anything else happens, the card included.
        self.sheet.take(self.cx, question.id(), answer.clone()).await;
        if let Question::Item(_, item) = question
            && item.calls_for_support(&answer)
        {
            self.show_card("").await?;
            self.is_card_shown = true;
        }
        Ok(())
    }

    /// Shows the support card. It stays until somebody goes on: the next question would push the numbers off a small screen.
    async fn show_card(&self, country: &str) -> Result<(), Fault> {
        self.screen.turn();
        let gap = if self.screen.is_taken() { "" } else { "\n" };
        aside(&format!("{gap}{}", super::card(self.cx, country, Reads::AtQuestion).await));
        self.wait(AFTER_CARD).await
    }

    /// Waits for Enter. Whoever asks for help here gets it.
    async fn wait(&self, prompt: &str) -> Result<(), Fault> {
        while let Some(country) =
            support::asks_help(&ask::line(self.cx, prompt, INSTEAD).await?).map(str::to_owned)
        {
            self.help(&country).await;
        }
        Ok(())
    }

    /// Shows who to reach, to somebody who asks for it.
    async fn help(&self, country: &str) {
        self.screen.turn();
        let gap = if self.screen.is_taken() { "" } else { "\n" };
        aside(&format!("{gap}{}", support::on_the_way(self.cx, country, Reads::AtQuestion).await));
    }

    /// Asks one question until what is typed fits.
    async fn ask(&self, question: &Question<'_>) -> Result<Did, Fault> {
        self.screen.turn();
        aside(&self.question(question));
        loop {
            let typed = ask::line(self.cx, "> ", INSTEAD).await?;
            let typed = typed.trim();
            if typed.is_empty() {
                return Ok(Did::Left);
            }
            if typed.eq_ignore_ascii_case(BACK) {
                return Ok(Did::WentBack);
            }
            if let Some(country) = support::asks_help(typed) {
                self.help(country).await;
                aside(&self.question(question));
                continue;
            }
            match read(self.measure, question, typed) {
                Ok(answer) => return Ok(Did::Answered(answer)),
                Err(what) => aside(&what),
            }
        }
    }

    /// A question with everything that it takes to answer it: what came before has scrolled away.
    fn question(&self, question: &Question<'_>) -> String {
        let style = self.cx.style;
        let mut words = String::from(if self.screen.is_taken() { "" } else { "\n" });
        match question {
            Question::Item(at, item) => {
                if !self.measure.stem.is_empty() && (self.screen.is_taken() || *at == 0) {
                    let _ = writeln!(words, "{}\n", self.measure.stem);
                }
                let number = format!("{}/{}", at + 1, self.measure.items.len());
                let text = if item.text.is_empty() { "(on your printed form)" } else { &item.text };
                let declines = if item.declinable { "  (or: prefer not to say)" } else { "" };
                let _ = write!(words, "{}  {}{declines}", style.faint(&number), style.words(text));
                let _ = write!(words, "\n{}", style.faint(&scale(self.measure)));
            }
            Question::Extra(extra) => {
                words.push_str(&extra.text);
                for (at, option) in (1..).zip(&extra.options) {
                    let _ = write!(words, "\n  {at}  {}", option.label);
                }
            }
        }
        if let Some(given) = self.sheet.given(question) {
            let _ = write!(words, "\nYou answered {given}. Enter keeps it.");
        }
        words
    }
}

/// Reads what was typed at a question.
///
/// # Errors
/// It does not fit; in words for whoever typed it.
fn read(measure: &Measure, question: &Question<'_>, typed: &str) -> Result<Value, String> {
    match question {
        Question::Item(_, item) if item.declinable && is_declining(typed) => {
            Ok(Value::from(PREFER_NOT_TO_SAY))
        }
        Question::Item(..) => {
            let (min, max) = measure.range;
            let point = typed.parse::<i32>().ok().filter(|point| (min..=max).contains(point));
            point
                .map(Value::from)
                .ok_or_else(|| format!("A whole number from {min} to {max}, or an empty line."))
        }
        Question::Extra(extra) => {
            let number = typed.parse::<usize>().ok();
            let option = number.and_then(|number| extra.options.get(number.checked_sub(1)?));
            let most = extra.options.len();
            option
                .map(|option| Value::from(option.id.as_str()))
                .ok_or_else(|| format!("A whole number from 1 to {most}, or an empty line."))
        }
    }
}

fn is_declining(typed: &str) -> bool {
    typed.to_lowercase().replace(' ', "-") == PREFER_NOT_TO_SAY
}
