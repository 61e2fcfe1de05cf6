//! Asking the questions of a measure one after another. Every answer is kept as it is given, so that whoever stops goes on another
//! time.

use std::fmt::Write as _;

use haven_api::measures::MeasureResult;
use haven_api::practice::{Choice, Shape};
use haven_api::walk::{Beginning, Begun, Intro, Page, Question, Step};
use haven_core::answers::{ExerciseId, Value};
use haven_core::measure::PREFER_NOT_TO_SAY;
use haven_core::person::resolve_person;

use super::scale;
use crate::ask;
use crate::commands::practice::terminal;
use crate::commands::sitting::{self, Sitting};
use crate::commands::support::{self, AGAIN, AtCard, Near, Reads};
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::{columns, wrapped};

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

/// Asks a measure, and gives its result, with the card for the end if an answer has shown it on the way; none if nothing was answered.
pub(super) async fn go(
    cx: &Cx,
    id: &ExerciseId,
    person: Option<&str>,
    plain: bool,
) -> Result<Option<(MeasureResult, Option<String>)>, Fault> {
    // Better to hear that the journal is locked before the first answer than after the last.
    let haven = cx.haven().await?;
    let (what, people) = beginning(cx, &haven, id, person).await?;
    let mut sitting = Sitting::begin(cx, haven, &what, &people, format!("haven measure do {id}")).await?;
    let screen = terminal::Sheet::take(!plain);
    let mut asking = Asking {
        cx,
        sitting: &mut sitting,
        screen,
        is_card_shown: false,
        is_stem_said: false,
        country: String::new(),
        number: String::new(),
    };
    asking.all().await?;
    let is_card_shown = asking.is_card_shown;
    // The result stands where it stays, below the command.
    drop(asking);
    let finished = sitting.finish(cx).await?;
    let card = cx.card.take();
    Ok(finished.result.map(|result| (result, is_card_shown.then_some(card))))
}

/// Finds out what to begin: what was begun of the measure today and not ended, if the person wants to go on with it. What was begun
/// on an earlier day begins anew, and stays until the new one is finished.
async fn beginning(
    cx: &Cx,
    haven: &Haven,
    id: &ExerciseId,
    person: Option<&str>,
) -> Result<(Beginning, Vec<String>), Fault> {
    let anew = (Beginning::Measure(id.clone()), person.map(str::to_owned).into_iter().collect());
    let wanted = match person {
        Some(person) => resolve_person(&haven.people().await?, person).ok(),
        None => None,
    };
    let walks = haven.walks().await?;
    let is_about = |begun: &Begun| begun.people.iter().any(|it| it.id.is_some() && it.id == wanted);
    let begun: Vec<_> = walks.iter().filter(|begun| begun.made_with.id == *id).collect();
    let here = |goes_on| {
        begun.iter().filter(move |it| it.goes_on == goes_on).find_map(|it| {
            // Whoever names nobody is asked about whatever was begun; it begins anew about nobody only.
            let fits = if wanted.is_some() { is_about(it) } else { goes_on || it.people.is_empty() };
            Some((it.draft?, *it)).filter(|_| fits)
        })
    };
    if let Some((draft, begun)) = here(true) {
        if sitting::goes_on(cx, begun).await? {
            return Ok((Beginning::Draft(draft), Vec::new()));
        }
        cx.note("It stays where it is; `haven draft list` shows it.");
        return Ok(anew);
    }
    Ok(here(false).map_or(anew, |(draft, _)| (Beginning::Draft(draft), Vec::new())))
}

/// A measure being asked.
struct Asking<'a> {
    cx: &'a Cx,
    sitting: &'a mut Sitting,
    screen: terminal::Sheet,
    is_card_shown: bool,
    /// Whether what stands before the items was said; on a screen of its own it stands above each.
    is_stem_said: bool,
    /// The country that was named on the way; empty if none was.
    country: String,
    /// What to call, above every question once an answer called for it or the card was shown; empty before.
    number: String,
}

impl Asking<'_> {
    /// Asks every question that is still to come.
    async fn all(&mut self) -> Result<(), Fault> {
        loop {
            let walk = &self.sitting.walk;
            if self.number.is_empty() && !walk.emergency.is_empty() {
                self.number = format!("{} · {AGAIN}", walk.emergency);
            }
            match walk.page.clone() {
                Page::Intro(intro) => {
                    self.introduce(&intro).await?;
                    self.sitting.step(self.cx, Step::On).await?;
                }
                Page::Question(asked) => self.question(&asked).await?,
                Page::Support(why) => {
                    self.is_card_shown = true;
                    self.show_card("", &why).await?;
                    self.sitting.step(self.cx, Step::On).await?;
                }
                Page::End(end) => match end.unfit.into_iter().next() {
                    Some(unfit) => self.sitting.step(self.cx, Step::To(unfit.at)).await?,
                    None => return Ok(()),
                },
                // A measure has no such pages.
                Page::Gate(_) | Page::Unsure(..) | Page::Held(_) | Page::Notice(_) => return Ok(()),
            }
        }
    }

    async fn introduce(&mut self, intro: &Intro) -> Result<(), Fault> {
        self.screen.turn();
        let title = self.cx.style.bold(&self.sitting.walk.subject.title);
        let mut words = format!("{title}\n{}\n", intro.purpose);
        for paragraph in &intro.notices {
            let _ = write!(words, "\n{paragraph}\n");
        }
        let begun = match (intro.begun, intro.goes_on) {
            (Some(day), _) => format!(
                "You began this on {day}. Those answers were about other days, so it begins anew; they're kept until this is done. "
            ),
            (None, true) => "It goes on where you stopped. ".to_owned(),
            (None, false) => String::new(),
        };
        let _ = write!(
            words,
            "\n{begun}An empty line leaves a question open, `{BACK}` goes to the one before. You can stop with Ctrl-C; what you \
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
    async fn question(&mut self, asked: &Question) -> Result<(), Fault> {
        self.screen.turn();
        let at = self.sitting.walk.at.clone();
        aside(&self.in_words(asked));
        self.is_stem_said = true;
        loop {
            let typed = ask::line(self.cx, "> ", INSTEAD).await?;
            let typed = typed.trim();
            if let Some(country) = support::asks_help(typed) {
                self.show_card(country, "").await?;
                self.screen.turn();
                aside(&self.in_words(asked));
                continue;
            }
            let step = match typed {
                // What was typed before and is no answer does not stay.
                "" => asked.answer.clone().map_or(Step::Skip, Step::Answer),
                typed if typed.eq_ignore_ascii_case(BACK) => match asked.number {
                    0 | 1 => return Ok(()),
                    _ => Step::Back,
                },
                typed => match read(asked, typed) {
                    Ok(answer) => Step::Answer(answer),
                    Err(what) => {
                        aside(&what);
                        continue;
                    }
                },
            };
            self.sitting.step(self.cx, step).await?;
            let walk = &self.sitting.walk;
            if walk.hint.is_empty() || walk.at != at {
                return Ok(());
            }
            aside(&format!("{} An empty line leaves it as it was.", walk.hint));
        }
    }

    /// A question with everything that it takes to answer it: what came before has scrolled away.
    fn in_words(&self, asked: &Question) -> String {
        let style = self.cx.style;
        let mut words = String::from(if self.screen.is_taken() { "" } else { "\n" });
        if !self.number.is_empty() {
            let _ = write!(words, "{}\n\n", self.number);
        }
        if !asked.stem.is_empty() && (self.screen.is_taken() || !self.is_stem_said) {
            let _ = writeln!(words, "{}\n", asked.stem);
        }
        let number = format!("{}/{}", asked.number, asked.total);
        let declines = if asked.declinable { "  (or: prefer not to say)" } else { "" };
        let _ = write!(words, "{}  {}{declines}", style.faint(&number), style.words(&asked.field.label));
        match &asked.field.shape {
            Shape::Scale(it) => {
                let _ = write!(words, "\n{}", style.faint(&scale((it.min, it.max), &it.anchors)));
            }
            shape => {
                for (at, option) in (1..).zip(options(shape)) {
                    let _ = write!(words, "\n  {at}  {}", option.label);
                }
            }
        }
        if let Some(given) = given(asked) {
            let _ = write!(words, "\nYou answered {given}. Enter keeps it.");
        }
        words
    }
}

fn options(shape: &Shape) -> &[Choice] {
    if let Shape::Choice(options) = shape { options } else { &[] }
}

/// The answer that a question has already, as it is typed.
fn given(asked: &Question) -> Option<String> {
    let answer = asked.answer.as_ref()?;
    if answer.text() == Some(PREFER_NOT_TO_SAY) {
        return Some(PREFER_NOT_TO_SAY.replace('-', " "));
    }
    let option = options(&asked.field.shape).iter().position(|option| answer.text() == Some(&option.id));
    let number =
        option.map(|at| (at + 1).to_string()).or_else(|| answer.whole().map(|point| point.to_string()));
    number.or_else(|| answer.text().map(str::to_owned))
}

/// Reads what was typed at a question; whether it fits, the device decides.
///
/// # Errors
/// It is no number of what is offered; in words for whoever typed it.
fn read(asked: &Question, typed: &str) -> Result<Value, String> {
    if asked.declinable && is_declining(typed) {
        return Ok(Value::from(PREFER_NOT_TO_SAY));
    }
    let options = options(&asked.field.shape);
    if options.is_empty() {
        return Ok(typed.parse::<i32>().map_or_else(|_| Value::from(typed), Value::from));
    }
    let number = typed.parse::<usize>().ok();
    let option = number.and_then(|number| options.get(number.checked_sub(1)?));
    option
        .map(|option| Value::from(option.id.as_str()))
        .ok_or_else(|| format!("A whole number from 1 to {}, or an empty line.", options.len()))
}

fn is_declining(typed: &str) -> bool {
    typed.to_lowercase().replace(' ', "-") == PREFER_NOT_TO_SAY
}
