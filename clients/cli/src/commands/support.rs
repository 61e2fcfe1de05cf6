//! Help that never fails, and the plan.

mod disk;
mod lines;
mod near;
mod place;
mod readable;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::support::{Card, Chosen, Country, Plan, PlanPart, Shown, Wide};
use haven_core::support::{Asked, Kind, PlanState, Support};
use serde::Serialize;

pub(super) use self::near::{AGAIN, AtCard, Near};
use self::place::Place;
pub(super) use self::place::Reads;
use crate::args::{HelpNowArgs, PlanCommand};
use crate::cx::Cx;
use crate::daemon;
use crate::fault::Fault;
use crate::limits::HELP_ASK_MAX;
use crate::text::{LANGUAGE, Style, wrapped};
use crate::when;

/// What a terminal keeps of this.
const STAYS: &str =
    "This stays on screen until you close the window, and the command stays in the history of the shell.";

/// The most lines of the plan that are shown before the numbers; the rest is one option away.
const PLAN_LINES: usize = 3;

/// What stands behind a line that can be read without the passphrase.
const MARK: &str = "  (readable while locked)";

#[derive(Serialize)]
struct HelpShape<'a> {
    plan: Option<PlanShape<'a>>,
    readable: Vec<PartShape<'a>>,
    locked: bool,
    lines: Vec<LineShape<'a>>,
    wide: Vec<WideShape<'a>>,
    countries: Vec<String>,
    says: Vec<&'a str>,
}

#[derive(Serialize)]
struct WideShape<'a> {
    phone: &'a str,
    places: &'a str,
}

#[derive(Serialize)]
struct LineShape<'a> {
    country: String,
    name: &'a str,
    kind: &'static str,
    phone: &'a str,
    text: &'a str,
    hours: &'a str,
    languages: &'a [String],
    check: bool,
    state: &'static str,
    as_of: Option<String>,
}

#[derive(Serialize)]
struct PlanShape<'a> {
    id: String,
    modified: String,
    parts: Vec<PartShape<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    /// What of it can be read while the journal is locked; left out where that is nothing, or not asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    readable: Vec<PartShape<'a>>,
}

#[derive(Serialize)]
struct PartShape<'a> {
    field: &'a str,
    label: &'a str,
    items: &'a [String],
}

impl<'a> LineShape<'a> {
    fn of(line: &'a Shown) -> Self {
        Self {
            country: line.country.to_string(),
            name: &line.name,
            kind: line.kind.as_str(),
            phone: &line.phone,
            text: &line.text,
            hours: &line.hours,
            languages: &line.languages,
            check: line.check(),
            state: line.state.as_str(),
            as_of: line.as_of.map(|day| day.to_string()),
        }
    }
}

impl<'a> PlanShape<'a> {
    fn of(plan: &'a Plan, readable: &'a [PlanPart]) -> Self {
        Self {
            id: plan.id.to_string(),
            modified: plan.modified.to_string(),
            parts: plan.parts.iter().map(PartShape::of).collect(),
            text: &plan.text,
            readable: readable.iter().map(PartShape::of).collect(),
        }
    }
}

impl<'a> PartShape<'a> {
    fn of(part: &'a PlanPart) -> Self {
        Self { field: &part.field, label: &part.label, items: &part.items }
    }
}

/// Shows who could be reached. Whatever is wrong with the arguments, the daemon or the journal, this shows what it can and
/// ends well; it starts nothing and asks nothing.
pub(super) async fn help(cx: &Cx, args: HelpNowArgs) {
    let place = Place::of(&args);
    let mut card = card(&place, true).await;
    if args.hides_plan() {
        hide_plan(&mut card);
    }
    let about_place = place.says();
    // With a plan, these words are only what stands over it.
    let about_plan = Some(&card.about_plan).filter(|_| card.plan.is_none());
    let says =
        card.opening.iter().chain(about_plan).chain(&card.closing).chain(&about_place).map(String::as_str);
    let shape = HelpShape {
        plan: card.plan.as_ref().map(|plan| PlanShape::of(plan, &[])),
        readable: card.readable.iter().map(PartShape::of).collect(),
        locked: card.locked,
        lines: card.lines.iter().map(LineShape::of).collect(),
        wide: card.wide.iter().map(|Wide { phone, places }| WideShape { phone, places }).collect(),
        countries: card.countries.iter().map(ToString::to_string).collect(),
        says: says.filter(|text| !text.is_empty()).collect(),
    };
    // Nobody is left to hear that this failed.
    let _ = cx.tell(&shape, |style| match args.shows_more() {
        true => in_full(&card, &place, Reads::AtShell, style),
        false => in_words(&card, &place, Reads::AtShell, style),
    });
}

/// The card in words, for whoever is in the middle of something else; for the country that was typed, if one was.
pub(super) async fn on_the_way(cx: &Cx, typed: &str, reads: Reads) -> String {
    Near::of(typed).await.words(reads, cx.style)
}

/// What somebody types at a question who wants the card, and behind it perhaps a country; none if they answer.
pub(super) fn asks_help(typed: &str) -> Option<&str> {
    let (word, rest) = typed.trim().split_once(' ').unwrap_or((typed.trim(), ""));
    word.eq_ignore_ascii_case(place::ASKS_HELP).then_some(rest)
}

/// What somebody could say and the numbers, to stand last below something else: no plan, whose lines have been on the card before.
pub(super) fn last(cx: &Cx) -> String {
    let place = Place::of(&HelpNowArgs::default());
    let card = made_here(place.country, PlanState::NoJournal);
    let (opening, numbers) = (card.opening.join("\n"), numbers_in_words(&card, false, cx.style));
    let place = place.in_short(&card, Reads::AtShell);
    whole_numbers(&format!("{opening}\n{place}\n\n{numbers}"), cx.style)
}

/// Whom somebody can reach who is frightened of somebody close.
#[derive(Clone, Debug, Default)]
pub(super) struct AfraidLines {
    /// The emergency numbers and the lines for such fear, as far as the country has them.
    pub(super) numbers: String,
    /// Where the others are.
    pub(super) more: &'static str,
}

/// The numbers for people whom somebody close frightens, and where the others are.
pub(super) async fn afraid_lines(cx: &Cx) -> AfraidLines {
    let place = Place::of(&HelpNowArgs::default());
    let mut card = card(&place, false).await;
    card.lines.retain(|line| line.kind != Kind::Crisis);
    let plain = Style { colors: false, ..cx.style };
    let more = match card.country {
        Some(_) => "`haven help-now` shows more numbers, and those of other countries.",
        None => "For the helplines of a country, such as: `haven help-now Germany`.",
    };
    let numbers = whole_numbers(&numbers_in_words(&card, false, plain), plain);
    AfraidLines { numbers: numbers.trim_end().to_owned(), more }
}

/// The card. `in_person`: the person asks for it themselves.
async fn card(place: &Place, in_person: bool) -> Card {
    let asked = tokio::time::timeout(HELP_ASK_MAX, ask(place.country, in_person)).await;
    asked.ok().flatten().unwrap_or_else(|| alone(place.country))
}

/// The card of the daemon, if one runs and answers.
async fn ask(country: Option<Country>, in_person: bool) -> Option<Card> {
    let haven = daemon::running().await.ok()??;
    let asked = if in_person { haven.help_in_person(country).await } else { haven.help(country).await };
    asked.ok()
}

/// The country whose numbers this person has asked for, in every text.
pub(crate) fn country_set() -> Option<Country> {
    disk::country()
}

/// Takes away whatever tells of a plan, also that there could be one.
fn hide_plan(card: &mut Card) {
    card.plan = None;
    card.readable.clear();
    card.about_plan.clear();
}

/// The card without a daemon: where there is a journal, there may be a plan that only unlocking shows, but for the lines that its
/// person left readable.
fn alone(country: Option<Country>) -> Card {
    let plan = if disk::has_journal() { PlanState::Locked(disk::readable()) } else { PlanState::NoJournal };
    made_here(country, plan)
}

fn made_here(country: Option<Country>, plan: PlanState) -> Card {
    // A test reads what is built in; were it damaged all the same, an empty card is still no crash.
    let support = Support::built_in().unwrap_or_default();
    support.card(Asked { country, today: Some(when::today()), language: LANGUAGE, plan })
}

/// A few short lines and the numbers, so that the numbers are what is on the screen.
fn in_words(card: &Card, place: &Place, reads: Reads, style: Style) -> String {
    let mut words = card.opening.join("\n") + "\n";
    let plan = card.plan.as_ref().map_or(card.readable.as_slice(), |plan| &plan.parts);
    let first: Vec<&String> = plan.iter().flat_map(|part| &part.items).take(PLAN_LINES).collect();
    if !first.is_empty() {
        let _ = writeln!(words, "{}", style.bold(&card.about_plan));
        for item in &first {
            let _ = writeln!(words, "  {}", cut(&style.line(item), style.columns));
        }
    } else if !card.about_plan.is_empty() {
        let _ = writeln!(words, "{}", card.about_plan);
    }
    let _ = write!(words, "{}\n\n{}", place.in_short(card, reads), numbers_in_words(card, false, style));
    whole_numbers(&words, style)
}

/// All there is to say, and the numbers last.
fn in_full(card: &Card, place: &Place, reads: Reads, style: Style) -> String {
    let mut words = String::new();
    for paragraph in card.opening.iter().chain(&card.closing) {
        let _ = writeln!(words, "{paragraph}\n");
    }
    let plan = match &card.plan {
        Some(plan) => plan_in_words(plan, &BTreeSet::new(), style),
        None => parts_in_words(&card.readable, &BTreeSet::new(), style),
    };
    if !plan.is_empty() {
        let _ = write!(words, "{}\n{plan}\n", style.bold(&card.about_plan));
    }
    if !card.countries.is_empty() {
        let named = card.countries.iter().map(|country| format!("{country} {}", country.name()));
        let _ = writeln!(words, "{}\n", named.collect::<Vec<_>>().join(", "));
    }
    if style.terminal && reads == Reads::AtShell {
        let _ = writeln!(words, "{STAYS}\n");
    }
    let _ = write!(words, "{}\n\n{}", place.says().join("\n"), numbers_in_words(card, true, style));
    whole_numbers(&words, style)
}

/// Breaks lines between words, but never within a number.
fn whole_numbers(words: &str, style: Style) -> String {
    wrapped(words, style.columns).replace(NO_BREAK, " ")
}

/// A blank at which no line is broken.
const NO_BREAK: char = '\u{a0}';

/// A line that is cut where the screen ends, so that it stays one.
fn cut(line: &str, columns: Option<usize>) -> String {
    let most = columns.unwrap_or(usize::MAX).saturating_sub(2).max(1);
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars().take(most - 1).chain(['…']).collect()
}

fn numbers_in_words(card: &Card, whole: bool, style: Style) -> String {
    let mut words = String::new();
    for (index, Wide { phone, places }) in card.wide.iter().enumerate() {
        if index == 0 {
            let _ = writeln!(words, "{}", style.bold("In an emergency"));
        }
        let _ = writeln!(words, "  {phone}  {places}");
    }
    words + &lines::in_words(&card.lines, whole, style)
}

fn plan_in_words(plan: &Plan, marked: &BTreeSet<Chosen>, style: Style) -> String {
    let mut words = parts_in_words(&plan.parts, marked, style);
    if !plan.text.is_empty() {
        let _ = writeln!(words, "  {}", style.words(&plan.text).replace('\n', "\n  "));
    }
    words
}

/// Questions with the lines below them, some of which may be marked as readable while the journal is locked.
fn parts_in_words(parts: &[PlanPart], marked: &BTreeSet<Chosen>, style: Style) -> String {
    let mut words = String::new();
    for part in parts {
        let _ = writeln!(words, "  {}", style.words(&part.label));
        for item in &part.items {
            let mark = if marked.contains(&chosen(part, item)) { style.faint(MARK) } else { String::new() };
            let _ = writeln!(words, "    {}{mark}", style.words(item).replace('\n', "\n    "));
        }
    }
    words
}

/// Shows the plan, or looks after which of its lines are readable while the journal is locked.
pub(super) async fn plan(cx: &Cx, command: Option<PlanCommand>) -> Result<(), Fault> {
    if let Some(PlanCommand::Readable(args)) = command {
        return readable::run(cx, &args).await;
    }
    let haven = cx.haven().await?;
    let plan = found(haven.plan().await)?;
    let lines = haven.plan_lines().await?.lines;
    let marked: BTreeSet<Chosen> =
        lines.iter().filter(|line| line.readable).map(|line| line.chosen()).collect();
    let parts = plan.parts.iter().map(|part| PlanPart {
        items: part.items.iter().filter(|item| marked.contains(&chosen(part, item))).cloned().collect(),
        ..part.clone()
    });
    let readable: Vec<PlanPart> = parts.filter(|part| !part.items.is_empty()).collect();
    cx.tell(&PlanShape::of(&plan, &readable), |style| plan_in_words(&plan, &marked, style))
}

/// Names a line, as it is chosen.
fn chosen(part: &PlanPart, item: &str) -> Chosen {
    Chosen { field: part.field.clone(), text: item.to_owned() }
}

/// The plan, or what to do where there is none to show.
fn found(answer: Result<Option<Plan>, ApiError>) -> Result<Plan, Fault> {
    answer.map_err(unlock_first)?.ok_or_else(no_plan)
}

/// There is no plan to show.
fn no_plan() -> Fault {
    ApiError::new(ErrorReason::NotFound, "there's no plan yet")
        .because("none is written, or it's in the trash")
        .with_next("At a quieter hour, `haven practice do plan-when-low` makes one.")
        .into()
}

/// Says where help is, to somebody who cannot see the plan.
fn unlock_first(error: ApiError) -> Fault {
    if error.reason != ErrorReason::Locked {
        return error.into();
    }
    Fault::from(error)
        .with_next("Open it with `haven unlock`. `haven help-now` shows who to call without that.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Exit;

    #[test]
    fn help_is_asked_for_at_a_question_by_its_word_and_a_country() {
        for (typed, asks) in [
            ("help", Some("")),
            (" Help the Netherlands ", Some("the Netherlands")),
            ("helpless", None),
            ("3", None),
            ("", None),
        ] {
            assert_eq!(asks_help(typed), asks, "{typed}");
        }
    }

    #[test]
    fn where_there_is_no_plan_to_show_the_next_step_is_named() {
        let refused = |reason| Err(ApiError::new(reason, "not shown"));
        for (answer, exit, next) in [
            (Ok(None), Exit::NotFound, "haven practice do plan-when-low"),
            (refused(ErrorReason::Locked), Exit::Locked, "haven help-now"),
            (refused(ErrorReason::NoVault), Exit::NotFound, "haven init"),
        ] {
            let fault = found(answer).unwrap_err();
            assert_eq!(fault.exit(), exit);
            assert!(fault.next().contains(next), "{}", fault.next());
        }
    }
}
