//! Help that never fails, and the plan.

use std::env;
use std::fmt::Write as _;

use haven_api::error::{ApiError, ErrorReason};
use haven_api::support::{Card, Country, Plan, PlanPart, Shown};
use haven_core::support::{Asked, PlanState, Support};
use serde::Serialize;

use crate::args::HelpNowArgs;
use crate::cx::Cx;
use crate::daemon;
use crate::fault::Fault;
use crate::limits::HELP_ASK_MAX;
use crate::text::{LANGUAGE, Style};
use crate::when;

/// How another country is chosen.
const CHOOSE: &str =
    "For another country: haven help-now --country CC, with its two letters, such as DE or GB.";

/// How one is chosen where none is known.
const CHOOSE_FIRST: &str =
    "For the lines of a country: haven help-now --country CC, with its two letters, such as DE or GB.";

/// What a terminal keeps of this.
const STAYS: &str = "What stands here stays in this window until you close it, and the command stays in the history of the shell.";

#[derive(Serialize)]
struct HelpShape<'a> {
    plan: Option<PlanShape<'a>>,
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
    fn of(plan: &'a Plan) -> Self {
        let part =
            |part: &'a PlanPart| PartShape { field: &part.field, label: &part.label, items: &part.items };
        Self {
            id: plan.id.to_string(),
            modified: plan.modified.to_string(),
            parts: plan.parts.iter().map(part).collect(),
            text: &plan.text,
        }
    }
}

/// Shows who could be reached. Whatever is wrong with the arguments, the daemon or the journal, this shows what it can and
/// ends well; it starts nothing and asks nothing.
pub(super) async fn help(cx: &Cx, args: HelpNowArgs) {
    let place = Place::of(&args);
    let asked = tokio::time::timeout(HELP_ASK_MAX, ask(place.country)).await;
    let card = asked.ok().flatten().unwrap_or_else(|| alone(place.country));
    let about_place = place.says();
    // With a plan, these words are only what stands over it.
    let about_plan = Some(&card.about_plan).filter(|_| card.plan.is_none());
    let says =
        card.opening.iter().chain(about_plan).chain(&card.closing).chain(&about_place).map(String::as_str);
    let shape = HelpShape {
        plan: card.plan.as_ref().map(PlanShape::of),
        locked: card.locked,
        lines: card.lines.iter().map(LineShape::of).collect(),
        says: says.filter(|text| !text.is_empty()).collect(),
    };
    // Nobody is left to hear that this failed.
    let _ = cx.tell(&shape, |style| in_words(&card, &place, style));
}

/// The card of the daemon, if one runs and answers.
async fn ask(country: Option<Country>) -> Option<Card> {
    let haven = daemon::running().await.ok()??;
    haven.help(country, LANGUAGE).await.ok()
}

/// The card without a daemon: there may be a plan that only unlocking shows.
fn alone(country: Option<Country>) -> Card {
    // A test reads what is built in; were it damaged all the same, an empty card is still no crash.
    let support = Support::built_in().unwrap_or_default();
    support.card(Asked {
        country,
        today: Some(when::today()),
        language: LANGUAGE,
        plan: PlanState::Locked(Vec::new()),
    })
}

/// Where the person is, and how that is known.
struct Place {
    country: Option<Country>,
    /// What was typed and names no country.
    unknown: Option<String>,
    /// Whether the person has said so.
    is_said: bool,
}

impl Place {
    fn of(args: &HelpNowArgs) -> Self {
        let typed: Vec<&String> =
            args.country.iter().chain(&args.rest).filter(|text| !text.is_empty()).collect();
        let country = typed.iter().find_map(|text| Country::typed(text));
        if country.is_some() {
            return Self { country, unknown: None, is_said: true };
        }
        let country = guess();
        let unknown = typed.first().map(|text| (*text).clone());
        Self { country, unknown, is_said: false }
    }

    /// What is said of it: a number of the wrong country helps nobody.
    fn says(&self) -> Vec<String> {
        let unknown = self.unknown.as_ref().map(|text| {
            let text: String = text.chars().filter(|letter| !letter.is_control()).take(40).collect();
            format!("\"{text}\" is no country that is known here.")
        });
        let guessed = self.country.filter(|_| !self.is_said).map(|country| {
            format!("The lines here are for {country}, guessed from the settings of this machine.")
        });
        let choose = if self.country.is_some() { CHOOSE } else { CHOOSE_FIRST };
        unknown.into_iter().chain(guessed).chain([choose.to_owned()]).collect()
    }
}

/// The country of this machine's locale.
fn guess() -> Option<Country> {
    let set = |name: &str| env::var(name).ok().filter(|locale| !locale.is_empty());
    Country::of_locale(&set("LC_ALL").or_else(|| set("LANG"))?)
}

fn in_words(card: &Card, place: &Place, style: Style) -> String {
    let mut words = String::new();
    for paragraph in &card.opening {
        let _ = writeln!(words, "{paragraph}\n");
    }
    match &card.plan {
        Some(plan) => {
            let _ = write!(words, "{}\n{}\n", style.bold(&card.about_plan), plan_in_words(plan, style));
        }
        None if card.about_plan.is_empty() => {}
        None => {
            let _ = writeln!(words, "{}\n", card.about_plan);
        }
    }
    let about_place = format!("{}\n\n", place.says().join("\n"));
    // Whoever has not said where they are reads first where these numbers are good.
    let (before, after) = if place.is_said { ("", &*about_place) } else { (&*about_place, "") };
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

fn plan_in_words(plan: &Plan, style: Style) -> String {
    let mut words = String::new();
    for part in &plan.parts {
        let _ = writeln!(words, "  {}", style.words(&part.label));
        for item in &part.items {
            let _ = writeln!(words, "    {}", style.words(item).replace('\n', "\n    "));
        }
    }
    if !plan.text.is_empty() {
        let _ = writeln!(words, "  {}", style.words(&plan.text).replace('\n', "\n  "));
    }
    words
}

/// Shows the plan.
pub(super) async fn plan(cx: &Cx) -> Result<(), Fault> {
    let plan = found(cx.haven().await?.plan(LANGUAGE).await)?;
    cx.tell(&PlanShape::of(&plan), |style| plan_in_words(&plan, style))
}

/// The plan, or what to do where there is none to show.
fn found(answer: Result<Option<Plan>, ApiError>) -> Result<Plan, Fault> {
    match answer {
        Ok(Some(plan)) => Ok(plan),
        Ok(None) => Err(ApiError::new(ErrorReason::NotFound, "there is no plan yet")
            .because("none is written, or it is in the trash")
            .with_next("At a quieter hour, `haven practice do plan-when-low` makes one.")
            .into()),
        Err(error) if error.reason == ErrorReason::Locked => Err(Fault::from(error)
            .with_next("Open it with `haven unlock`. `haven help-now` shows whom to reach without that.")),
        Err(error) => Err(error.into()),
    }
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
