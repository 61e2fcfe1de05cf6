//! What met in an entry, between its document and the line of an export.

use std::collections::BTreeMap;

use haven_core::answers::{Answer, FieldId};
use haven_core::import::{Met, MetSide, Says};
use haven_core::meeting::{MetPart, Part};
use haven_core::time::Timestamp;

use super::{ANSWER, TEXT, TITLE};
use crate::document::{Field, Fields, Meeting, MeetingSide, Said};

/// One part in which a side differs, as it is told; sets never do.
pub(crate) fn part(field: &Field, takes_away: bool) -> Option<MetPart> {
    let part = match field {
        Field::At => Part::Time,
        Field::Trashed => Part::Trash,
        Field::Answer(name) => Part::Answer(name.clone()),
        Field::Text(name) => match name.strip_prefix(ANSWER) {
            Some(field) => Part::Answer(field.to_owned()),
            None if name == TITLE => Part::Title,
            None => Part::Text,
        },
        Field::Tags | Field::People => return None,
    };
    Some(MetPart { part, takes_away })
}

/// What met, as a line says it.
pub(crate) fn of_meeting(meeting: &Meeting) -> Met {
    let mut base = Says::default();
    for field in meeting.sides.iter().flat_map(|side| side.says.keys()).filter(|one| **one != Field::Trashed)
    {
        say(&mut base, field, &Said::of(field, &meeting.base));
    }
    let side = |side: &MeetingSide| {
        let mut says = Says::default();
        side.says.iter().for_each(|(field, said)| say(&mut says, field, said));
        MetSide { modified: Timestamp::from_millis(side.at_ms), says }
    };
    Met { base, sides: meeting.sides.iter().map(side).collect() }
}

fn say(says: &mut Says, field: &Field, said: &Said) {
    match (field, said) {
        (Field::At, Said::Word(Some(at))) => says.date = at.parse().ok(),
        (Field::Trashed, Said::Trashed(trashed)) => says.trashed = Some(trashed.map(Timestamp::from_millis)),
        (Field::Answer(name), Said::Word(answer)) => drop(says.answers.insert(name.clone(), answer.clone())),
        (Field::Text(name), Said::Word(words)) => match name.strip_prefix(ANSWER) {
            Some(field) => {
                let words = words.clone().map(|words| Answer::Text(words).to_stored());
                says.answers.insert(field.to_owned(), words);
            }
            None if name == TITLE => says.title.clone_from(words),
            None => says.text.clone_from(words),
        },
        _ => {}
    }
}

/// The same back: what is shown, as the fields have it, is taken back to what was before.
pub(crate) fn to_meeting(met: &Met, shown: &Fields) -> Meeting {
    let mut base = shown.clone();
    said(&met.base, shown).into_iter().for_each(|(field, said)| said.put(&field, &mut base));
    let sides = met
        .sides
        .iter()
        .map(|side| MeetingSide { says: said(&side.says, &base), at_ms: side.modified.as_millis() });
    Meeting { sides: sides.collect(), base }
}

fn said(says: &Says, beside: &Fields) -> BTreeMap<Field, Said> {
    let mut said = BTreeMap::new();
    let word = |text: &String| Said::Word(Some(text.clone()));
    said.extend(says.date.as_ref().map(|at| (Field::At, word(&at.to_string()))));
    said.extend(says.title.as_ref().map(|title| (Field::Text(TITLE.to_owned()), word(title))));
    said.extend(says.text.as_ref().map(|text| (Field::Text(TEXT.to_owned()), word(text))));
    for (field, answer) in &says.answers {
        let name = format!("{ANSWER}{field}");
        let words = answer.as_deref().map(Answer::from_stored);
        said.extend(match words {
            Some(Some(Answer::Text(words))) if is_question(field, &name, beside) => {
                Some((Field::Text(name), Said::Word(Some(words))))
            }
            _ => Some((Field::Answer(field.clone()), Said::Word(answer.clone()))),
        });
    }
    let trashed = says.trashed.map(|at| Said::Trashed(at.map(Timestamp::as_millis)));
    said.extend(trashed.map(|trashed| (Field::Trashed, trashed)));
    said
}

/// Whether the words of an answer are a text of the entry: one that was asked for exists from the beginning.
fn is_question(field: &str, name: &str, beside: &Fields) -> bool {
    beside.texts.contains_key(name) && field.parse::<FieldId>().is_ok()
}
