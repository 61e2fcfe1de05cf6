//! The support card and the plan, there and back.

use std::collections::BTreeSet;

use haven_core::support::{Card, Chosen, Country, Kind, Plan, PlanPart, Shown, State, Wide};
use haven_core::time::Timestamp;

use super::{read, read_some, text, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::support::{Line, Lines};

/// Writes the card.
pub fn card_to_pb(card: Card) -> pb::GetHelpResponse {
    pb::GetHelpResponse {
        opening: card.opening,
        about_plan: card.about_plan,
        plan: card.plan.map(plan_to_pb),
        locked: card.locked,
        country: text(card.country),
        lines: card.lines.into_iter().map(line_to_pb).collect(),
        closing: card.closing,
        readable: card.readable.into_iter().map(part_to_pb).collect(),
        wide: card.wide.into_iter().map(|Wide { phone, places }| pb::WideNumber { phone, places }).collect(),
        countries: card.countries.iter().map(Country::to_string).collect(),
        emergency: card.emergency,
    }
}

/// Reads the card. A line of a kind that this client does not know is left out; the others are worth more than an error.
///
/// # Errors
/// The device wrote something that is none.
pub fn card_from_pb(card: pb::GetHelpResponse) -> Result<Card, ApiError> {
    let known = card.lines.into_iter().filter_map(|line| Some((kind_from_pb(line.kind())?, line)));
    Ok(Card {
        opening: card.opening,
        about_plan: card.about_plan,
        plan: card.plan.map(plan_from_pb).transpose()?,
        readable: card.readable.into_iter().map(part_from_pb).collect(),
        locked: card.locked,
        country: read_some(&card.country, "country")?,
        lines: known.map(|(kind, line)| line_from_pb(kind, line)).collect::<Result<_, _>>()?,
        wide: card.wide.into_iter().map(|pb::WideNumber { phone, places }| Wide { phone, places }).collect(),
        // A country that this client does not know is left out; the others are worth more than an error.
        countries: card.countries.iter().filter_map(|code| code.parse().ok()).collect(),
        closing: card.closing,
        emergency: card.emergency,
    })
}

/// Writes the plan.
pub fn plan_to_pb(plan: Plan) -> pb::Plan {
    pb::Plan {
        entry_id: plan.id.to_string(),
        modified_ms: plan.modified.as_millis(),
        parts: plan.parts.into_iter().map(part_to_pb).collect(),
        text: plan.text,
    }
}

/// Reads the plan.
///
/// # Errors
/// The device wrote something that is none.
pub fn plan_from_pb(plan: pb::Plan) -> Result<Plan, ApiError> {
    Ok(Plan {
        id: read(&plan.entry_id, "entry")?,
        modified: Timestamp::from_millis(plan.modified_ms),
        parts: plan.parts.into_iter().map(part_from_pb).collect(),
        text: plan.text,
    })
}

fn part_to_pb(part: PlanPart) -> pb::PlanPart {
    pb::PlanPart { field: part.field, label: part.label, items: part.items }
}

fn part_from_pb(part: pb::PlanPart) -> PlanPart {
    PlanPart { field: part.field, label: part.label, items: part.items }
}

/// Writes the lines of the plan.
pub fn lines_to_pb(lines: Lines) -> pb::ListPlanLinesResponse {
    let line = |Line { field, label, text, readable }| pb::PlanLine { field, label, text, readable };
    pb::ListPlanLinesResponse { lines: lines.lines.into_iter().map(line).collect(), warning: lines.warning }
}

/// Reads the lines of the plan.
pub fn lines_from_pb(lines: pb::ListPlanLinesResponse) -> Lines {
    let line = |pb::PlanLine { field, label, text, readable }| Line { field, label, text, readable };
    Lines { lines: lines.lines.into_iter().map(line).collect(), warning: lines.warning }
}

/// Writes a choice of lines.
pub fn chosen_to_pb(chosen: BTreeSet<Chosen>) -> Vec<pb::ChosenLine> {
    chosen.into_iter().map(|Chosen { field, text }| pb::ChosenLine { field, text }).collect()
}

/// Reads a choice of lines. Whether they stand in the plan is another question.
pub fn chosen_from_pb(chosen: Vec<pb::ChosenLine>) -> BTreeSet<Chosen> {
    chosen.into_iter().map(|pb::ChosenLine { field, text }| Chosen { field, text }).collect()
}

fn line_to_pb(line: Shown) -> pb::Helpline {
    let check = line.check();
    pb::Helpline {
        country: line.country.to_string(),
        name: line.name,
        kind: kind_to_pb(line.kind).into(),
        heading: line.heading,
        phone: line.phone,
        text: line.text,
        reach: line.reach,
        hours: line.hours,
        languages: line.languages,
        check,
        check_says: line.says,
        state: state_to_pb(line.state).into(),
        as_of: text(line.as_of),
        since: line.since,
    }
}

fn line_from_pb(kind: Kind, line: pb::Helpline) -> Result<Shown, ApiError> {
    let state = state_from_pb(line.state());
    let as_of = read_some(&line.as_of, "date")?;
    Ok(Shown {
        state,
        as_of,
        country: line.country.parse::<Country>().map_err(|_| unreadable("country"))?,
        name: line.name,
        kind,
        heading: line.heading,
        phone: line.phone,
        text: line.text,
        reach: line.reach,
        hours: line.hours,
        languages: line.languages,
        since: line.since,
        says: line.check_says,
    })
}

fn kind_to_pb(kind: Kind) -> pb::HelplineKind {
    match kind {
        Kind::Emergency => pb::HelplineKind::Emergency,
        Kind::Crisis => pb::HelplineKind::Crisis,
        Kind::Abuse => pb::HelplineKind::Abuse,
    }
}

fn state_to_pb(state: State) -> pb::HelplineState {
    match state {
        State::Official => pb::HelplineState::Official,
        State::Expired => pb::HelplineState::Expired,
        State::Unchecked => pb::HelplineState::Unchecked,
    }
}

/// What is not known is nothing to rely on.
fn state_from_pb(state: pb::HelplineState) -> State {
    State::ALL.iter().copied().find(|known| state_to_pb(*known) == state).unwrap_or(State::Unchecked)
}

fn kind_from_pb(kind: pb::HelplineKind) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|known| kind_to_pb(*known) == kind)
}

#[cfg(test)]
mod tests {
    use haven_core::id::EntryId;
    use haven_core::support::{Asked, PlanState, Support};

    use super::*;

    fn plan() -> Plan {
        let part = PlanPart { field: "people".into(), label: "Whom?".into(), items: vec!["Ann".into()] };
        Plan {
            id: EntryId::from_bytes([7; 16]),
            modified: Timestamp::from_millis(5),
            parts: vec![part],
            text: "t".into(),
        }
    }

    #[test]
    fn a_card_comes_back_as_it_went() {
        let support = Support::built_in().unwrap();
        let locked = |parts| PlanState::Locked(parts);
        let states = [PlanState::NoJournal, PlanState::None, PlanState::Written(plan())];
        for state in states.into_iter().chain([locked(Vec::new()), locked(plan().parts)]) {
            for country in [None, Some("US".parse().unwrap()), Some("KE".parse().unwrap())] {
                let card = support.card(Asked { country, today: None, language: "en", plan: state.clone() });
                assert_eq!(card_from_pb(card_to_pb(card.clone())), Ok(card));
            }
        }
        assert_eq!(plan_from_pb(plan_to_pb(plan())), Ok(plan()));
        let line = |text: &str, readable| Line {
            field: "people".into(),
            label: "Whom?".into(),
            text: text.into(),
            readable,
        };
        let lines = Lines { lines: vec![line("Ann", true), line("Bert", false)], warning: vec!["w".into()] };
        let chosen: BTreeSet<_> = lines.lines.iter().map(Line::chosen).collect();
        assert_eq!(chosen_from_pb(chosen_to_pb(chosen.clone())), chosen);
        assert_eq!(lines_from_pb(lines_to_pb(lines.clone())), lines);
        assert_eq!(format!("{lines:?}"), "Lines([Line(people, readable), Line(people)])");
    }

    #[test]
    fn a_line_of_an_unknown_kind_is_left_out_and_the_others_stay() {
        let us = Asked { country: Some("US".parse().unwrap()), ..Asked::default() };
        let card = Support::built_in().unwrap().card(us);
        let mut sent = card_to_pb(card.clone());
        sent.lines[0].kind = 99;
        assert_eq!(card_from_pb(sent).unwrap().lines, card.lines[1..]);
    }
}
