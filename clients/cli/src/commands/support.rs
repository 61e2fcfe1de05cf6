//! Help that never fails, and the plan.

mod disk;
mod place;
mod readable;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::support::{Card, Chosen, Country, Plan, PlanPart, Shown};
use haven_core::support::{Asked, Kind, PlanState, Support};
use serde::Serialize;

use self::place::Place;
use crate::args::{HelpNowArgs, PlanCommand};
use crate::cx::Cx;
use crate::daemon;
use crate::fault::Fault;
use crate::limits::HELP_ASK_MAX;
use crate::text::{LANGUAGE, Style};
use crate::when;

/// What a terminal keeps of this.
const STAYS: &str = "What stands here stays in this window until you close it, and the command stays in the history of the shell.";

/// What stands behind a line that can be read without the passphrase.
const MARK: &str = "  (readable while locked)";

#[derive(Serialize)]
struct HelpShape<'a> {
    plan: Option<PlanShape<'a>>,
    readable: Vec<PartShape<'a>>,
    locked: bool,
    lines: Vec<LineShape<'a>>,
    says: Vec<&'a str>,
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
            check: line.check,
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
    let mut card = card(&place).await;
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
        says: says.filter(|text| !text.is_empty()).collect(),
    };
    // Nobody is left to hear that this failed.
    let _ = cx.tell(&shape, |style| in_words(&card, &place, style));
}

/// The card in words, for whoever is in the middle of something else.
pub(super) async fn on_the_way(cx: &Cx) -> String {
    let place = Place::of(&HelpNowArgs::default());
    in_words(&card(&place).await, &place, cx.style)
}

/// The lines for people whom somebody close frightens, and where the others are. Where none is known, only that.
pub(super) async fn abuse_lines(cx: &Cx) -> String {
    let place = Place::of(&HelpNowArgs::default());
    let mut lines = card(&place).await.lines;
    lines.retain(|line| line.kind == Kind::Abuse);
    let plain = Style { colors: false, ..cx.style };
    format!(
        "{}`haven help-now` shows more numbers, and those of other countries.\n",
        lines_in_words(&lines, plain)
    )
}

async fn card(place: &Place) -> Card {
    let asked = tokio::time::timeout(HELP_ASK_MAX, ask(place.country)).await;
    asked.ok().flatten().unwrap_or_else(|| alone(place.country))
}

/// The card of the daemon, if one runs and answers.
async fn ask(country: Option<Country>) -> Option<Card> {
    let haven = daemon::running().await.ok()??;
    haven.help(country, LANGUAGE).await.ok()
}

/// Takes away whatever tells of a plan, also that there could be one.
fn hide_plan(card: &mut Card) {
    card.plan = None;
    card.readable.clear();
    card.about_plan.clear();
}

/// The card without a daemon: there may be a plan that only unlocking shows, but for the lines that its person left readable.
fn alone(country: Option<Country>) -> Card {
    // A test reads what is built in; were it damaged all the same, an empty card is still no crash.
    let support = Support::built_in().unwrap_or_default();
    let plan = PlanState::Locked(disk::readable());
    support.card(Asked { country, today: Some(when::today()), language: LANGUAGE, plan })
}

fn in_words(card: &Card, place: &Place, style: Style) -> String {
    let mut words = String::new();
    for paragraph in &card.opening {
        let _ = writeln!(words, "{paragraph}\n");
    }
    match &card.plan {
        Some(plan) => {
            let plan = plan_in_words(plan, &BTreeSet::new(), style);
            let _ = write!(words, "{}\n{plan}\n", style.bold(&card.about_plan));
        }
        None if card.about_plan.is_empty() => {}
        None if card.readable.is_empty() => {
            let _ = writeln!(words, "{}\n", card.about_plan);
        }
        None => {
            let lines = parts_in_words(&card.readable, &BTreeSet::new(), style);
            let _ = write!(words, "{}\n{lines}\n", card.about_plan);
        }
    }
    let about_place = format!("{}\n\n", place.says().join("\n"));
    // Whoever has not said where they are reads first where these numbers are good.
    let (before, after) = if place.is_said() { ("", &*about_place) } else { (&*about_place, "") };
    words.push_str(before);
    words.push_str(&lines_in_words(&card.lines, style));
    let _ = write!(words, "{}\n\n{after}", card.closing.join("\n\n"));
    if style.terminal {
        words.push_str(STAYS);
    }
    words.truncate(words.trim_end().len());
    words.push('\n');
    words
}

fn lines_in_words(lines: &[Shown], style: Style) -> String {
    let mut words = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index == 0 || lines[index - 1].heading != line.heading {
            let _ = writeln!(words, "{}", style.bold(&line.heading));
        }
        let languages = line.languages.join(", ");
        let facts = [&line.reach, &line.name, &line.hours, &languages];
        let facts: Vec<&str> =
            facts.into_iter().map(String::as_str).filter(|fact| !fact.is_empty()).collect();
        let check = if line.check { format!("  ({})", line.check_says) } else { String::new() };
        let _ = writeln!(words, "  {}{}", facts.join("  "), style.faint(&check));
        if lines.get(index + 1).is_none_or(|next| next.heading != line.heading) {
            words.push('\n');
        }
    }
    words
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
    let plan = found(haven.plan(LANGUAGE).await)?;
    let lines = haven.plan_lines(LANGUAGE).await?.lines;
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
    ApiError::new(ErrorReason::NotFound, "there is no plan yet")
        .because("none is written, or it is in the trash")
        .with_next("At a quieter hour, `haven practice do plan-when-low` makes one.")
        .into()
}

/// Says where help is, to somebody who cannot see the plan.
fn unlock_first(error: ApiError) -> Fault {
    if error.reason != ErrorReason::Locked {
        return error.into();
    }
    Fault::from(error)
        .with_next("Open it with `haven unlock`. `haven help-now` shows whom to reach without that.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Exit;

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
