//! Asking the questions of a measure one after another. Every answer is kept as it is given, so that whoever stops goes on another
//! time.

use std::fmt::Write as _;

use haven_api::drafts::SavedDraft;
use haven_api::journal::{Draft, ExerciseChoice};
use haven_api::measures::{Extra, Item, Measure, MeasureResult};
use haven_core::answers::{ExerciseId, Value};
use haven_core::measure::PREFER_NOT_TO_SAY;
use haven_core::person::resolve_person;

use super::{WHY_SUPPORT, scale};
use crate::commands::practice::terminal;
use crate::commands::support::{self, AtCard, Near, Reads};
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::{LANGUAGE, columns, wrapped};
use crate::{ask, kept, unlock, when};

/// What stands below the card, which only an empty line takes away.
const AT_CARD: &str = "Enter: go on · a country, such as Germany: its numbers · more: everything ";

/// What is said where something else was typed there.
const KEEPS_CARD: &str =
    "That's neither a country we know nor `more`. The list stays until you press Enter alone.";

/// How many rows the number above a page of the whole card and the prompt below it may take on a narrow screen.
const PROMPT_ROWS: usize = 5;

/// What goes back to the question before.
const BACK: &str = "back";

/// What stands where a terminal is needed; it is there, since the caller looked.
const INSTEAD: &str = "Pass --answers FILE.";

/// Asks a measure, and gives its result, with the card for the end if an answer has shown it on the way.
pub(super) async fn go(
    cx: &Cx,
    id: &ExerciseId,
    person: Option<&str>,
    plain: bool,
) -> Result<(MeasureResult, Option<String>), Fault> {
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
    let mut asking = Asking {
        cx,
        measure: &measure,
        sheet: &mut sheet,
        screen,
        is_card_shown: false,
        country: String::new(),
        number: String::new(),
    };
    asking.introduce().await?;
    asking.questions().await?;
    let is_card_shown = asking.is_card_shown;
    // The result stands where it stays, below the command.
    drop(asking);
    let result = sheet.finish(cx, id).await?;
    let card = cx.card.take();
    Ok((result, is_card_shown.then_some(card)))
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
    /// The country that was named on the way; empty if none was.
    country: String,
    /// What to call, above every question once the card was shown; empty before.
    number: String,
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
    async fn introduce(&mut self) -> Result<(), Fault> {
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
        if !self.screen.is_taken() {
            return Ok(());
        }
        let typed = ask::line(self.cx, "Enter begins. ", INSTEAD).await?;
        match support::asks_help(&typed) {
            Some(country) => self.show_card(country, "").await,
            None => Ok(()),
        }
    }

    /// Asks what has no answer yet, and again what somebody goes back to. What does not fit is asked again.
    async fn questions(&mut self) -> Result<(), Fault> {
        let measure = self.measure;
        let items = measure.items.iter().enumerate().map(|(at, item)| Question::Item(at, item));
        let questions: Vec<_> = items.chain(measure.extras.iter().map(Question::Extra)).collect();
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
            self.is_card_shown = true;
            self.show_card("", WHY_SUPPORT).await?;
        }
        Ok(())
    }

    /// Makes the card, for the country that was named last. From now on the number stays in sight, and the card is what is left
    /// on the screen should the run be stopped.
    async fn card(&mut self, country: &str) -> Near {
        let typed = if country.is_empty() { self.country.as_str() } else { country };
        let near = Near::of(typed).await;
        if near.is_chosen() {
            self.country = typed.to_owned();
        }
        self.number = near.in_a_line();
        *self.cx.card.borrow_mut() = near.words(Reads::AtShell, self.cx.style);
        near
    }

    /// Shows the card. It stays until somebody goes on: the next question would push the numbers off a small screen.
    async fn show_card(&mut self, country: &str, why: &str) -> Result<(), Fault> {
        let mut near = self.card(country).await;
        let mut hint = "";
        loop {
            let words = near.words(Reads::AtQuestion, self.cx.style);
            let words: Vec<&str> =
                [why, words.trim_end(), hint].into_iter().filter(|it| !it.is_empty()).collect();
            self.page(&words.join("\n"));
            hint = "";
            let typed = ask::line(self.cx, AT_CARD, INSTEAD).await?;
            match AtCard::read(&typed) {
                AtCard::GoesOn => return Ok(()),
                AtCard::More => self.show_all(&near).await?,
                AtCard::Of(country) => near = self.card(country).await,
                AtCard::Unclear => hint = KEEPS_CARD,
            }
        }
    }

    /// Shows all there is to say, as much at a time as the screen holds: nothing can be scrolled back to on one of its own.
    async fn show_all(&self, near: &Near) -> Result<(), Fault> {
        let words = wrapped(near.in_full(self.cx.style).trim_end(), columns(std::io::stderr()));
        let lines: Vec<&str> = words.lines().collect();
        let rows = self.screen.rows().map_or(lines.len(), |rows| rows.saturating_sub(PROMPT_ROWS));
        // Counted from the end, so that the last page is a full one and the numbers stand on it.
        let pages: Vec<&[&str]> = lines.rchunks(rows.max(1)).rev().collect();
        let number = self.number.split(" · ").next().unwrap_or_default();
        for page in pages {
            self.page(&format!("{number}\n\n{}", page.join("\n")));
            ask::line(self.cx, "Enter: on ", INSTEAD).await?;
        }
        Ok(())
    }

    /// Shows words on a page of their own, or below what there is.
    fn page(&self, words: &str) {
        self.screen.turn();
        let gap = if self.screen.is_taken() { "" } else { "\n" };
        aside(&format!("{gap}{words}"));
    }

    /// Asks one question until what is typed fits.
    async fn ask(&mut self, question: &Question<'_>) -> Result<Did, Fault> {
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
                self.show_card(country, "").await?;
                self.screen.turn();
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
        if !self.number.is_empty() {
            let _ = write!(words, "{}\n\n", self.number);
        }
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
