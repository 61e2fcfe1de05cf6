//! The support card and the plan, there and back.

use haven_core::support::{Card, Country, Kind, Plan, PlanPart, Shown};
use haven_core::time::Timestamp;

use super::{read, read_some, text, unreadable};
use crate::error::ApiError;
use crate::pb;

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
        locked: card.locked,
        country: read_some(&card.country, "country")?,
        lines: known.map(|(kind, line)| line_from_pb(kind, line)).collect::<Result<_, _>>()?,
        closing: card.closing,
    })
}

/// Writes the plan.
pub fn plan_to_pb(plan: Plan) -> pb::Plan {
    let part = |part: PlanPart| pb::PlanPart { field: part.field, label: part.label, items: part.items };
    pb::Plan {
        entry_id: plan.id.to_string(),
        modified_ms: plan.modified.as_millis(),
        parts: plan.parts.into_iter().map(part).collect(),
        text: plan.text,
    }
}

/// Reads the plan.
///
/// # Errors
/// The device wrote something that is none.
pub fn plan_from_pb(plan: pb::Plan) -> Result<Plan, ApiError> {
    let part = |part: pb::PlanPart| PlanPart { field: part.field, label: part.label, items: part.items };
    Ok(Plan {
        id: read(&plan.entry_id, "entry")?,
        modified: Timestamp::from_millis(plan.modified_ms),
        parts: plan.parts.into_iter().map(part).collect(),
        text: plan.text,
    })
}

fn line_to_pb(line: Shown) -> pb::Helpline {
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
        check: line.check,
        check_says: line.check_says,
    }
}

fn line_from_pb(kind: Kind, line: pb::Helpline) -> Result<Shown, ApiError> {
    Ok(Shown {
        country: line.country.parse::<Country>().map_err(|_| unreadable("country"))?,
        name: line.name,
        kind,
        heading: line.heading,
        phone: line.phone,
        text: line.text,
        reach: line.reach,
        hours: line.hours,
        languages: line.languages,
        check: line.check,
        check_says: line.check_says,
    })
}

fn kind_to_pb(kind: Kind) -> pb::HelplineKind {
    match kind {
        Kind::Emergency => pb::HelplineKind::Emergency,
        Kind::Crisis => pb::HelplineKind::Crisis,
        Kind::Abuse => pb::HelplineKind::Abuse,
    }
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
        for state in [PlanState::NoJournal, PlanState::Locked, PlanState::None, PlanState::Written(plan())] {
            for country in [None, Some("US".parse().unwrap()), Some("KE".parse().unwrap())] {
                let card = support.card(Asked { country, today: None, language: "en", plan: state.clone() });
                assert_eq!(card_from_pb(card_to_pb(card.clone())), Ok(card));
            }
        }
        assert_eq!(plan_from_pb(plan_to_pb(plan())), Ok(plan()));
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
