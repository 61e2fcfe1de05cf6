//! Every text that is named exists, can be shown, and is only text.

use super::Lines;
use crate::definition::{Place, Report, check_text};
use crate::exercise::feelings;
use crate::exercise::gate::GATE_KEYS;
use crate::exercise::{DEFAULT_LANGUAGE, Exercise, Field, Gate, Scale, Shape, Texts};
use crate::fault::shown;

/// Notices that several exercises share.
const SHARED: &str = include_str!("../../../content/notices.toml");

/// The words for feelings that exercises share.
const FEELINGS: &str = include_str!("../../../content/feelings.toml");

/// A text the definition names.
struct Named {
    place: Place,
    key: String,
    /// Whether a shared notice may answer.
    shared: bool,
}

/// Checks the texts and takes in the shared notices that are named.
pub(super) fn check(exercise: &mut Exercise, lines: &Lines, report: &mut Report) {
    for (_, key, _) in exercise.texts.iter().filter(|(_, key, _)| GATE_KEYS.contains(key)) {
        let what = format!("the text \"{key}\" belongs to the gate, which asks the same everywhere");
        report.add(&lines.safety, what, "remove it or give it another key");
    }
    let shared: Texts = shared(report, lines);
    for named in named(exercise, lines) {
        if exercise.texts.find(DEFAULT_LANGUAGE, &named.key).is_some() {
            continue;
        }
        if named.shared && shared.find(DEFAULT_LANGUAGE, &named.key).is_some() {
            take_in(exercise, &shared, &named.key);
            continue;
        }
        let what = format!("the text \"{}\" is missing in [i18n.{DEFAULT_LANGUAGE}]", shown(&named.key));
        report.add(&named.place, what, "add it there");
    }
    for text in exercise.texts.iter() {
        check_text(&lines.id, text, report);
    }
}

fn shared(report: &mut Report, lines: &Lines) -> Texts {
    let mut all = Texts::default();
    for file in [SHARED, FEELINGS] {
        let Ok(texts) = toml::from_str(file) else {
            report.add(&lines.id, "the shared texts cannot be read", "reinstall Haven");
            continue;
        };
        Texts::new(texts).iter().for_each(|(language, key, text)| all.add(language, key, text));
    }
    all
}

fn take_in(exercise: &mut Exercise, shared: &Texts, key: &str) {
    for (language, _, text) in shared.iter().filter(|(_, found, _)| *found == key) {
        exercise.texts.add(language, key, text);
    }
}

fn named(exercise: &Exercise, lines: &Lines) -> Vec<Named> {
    let safety = &exercise.safety;
    let head = [(&exercise.title, &lines.id, false), (&exercise.purpose, &lines.id, false)];
    let notices = [(&safety.notice, &lines.safety, true), (&safety.unsafe_notice, &lines.safety, true)];
    let whole = head
        .into_iter()
        .chain(notices)
        .filter_map(|(key, place, shared)| Some(Named { place: place.clone(), key: key.clone()?, shared }));
    let fields = exercise.fields.iter().zip(&lines.fields).flat_map(|(field, place)| {
        let keys = keys(field).into_iter().map(|key| (key, feelings::is_text(key)));
        let keys = keys.chain(notices_of(field).into_iter().map(|key| (key, true)));
        keys.map(|(key, shared)| Named { place: place.clone(), key: key.clone(), shared })
    });
    let gate = GATE_KEYS.iter().filter(|_| safety.gate == Gate::Relationship);
    let gate = gate.map(|key| Named { place: lines.safety.clone(), key: (*key).to_owned(), shared: true });
    whole.chain(gate).chain(fields).collect()
}

fn keys(field: &Field) -> Vec<&String> {
    let mut keys = vec![&field.label];
    keys.extend(&field.help);
    let options = field.shape.options().iter();
    keys.extend(options.flat_map(|option| option.label.iter().chain(&option.group)));
    match &field.shape {
        Shape::Scale(scale) => keys.extend(scale.anchors.values()),
        Shape::Derived { template } => keys.push(template),
        _ => (),
    }
    keys
}

fn notices_of(field: &Field) -> Vec<&String> {
    let mut notices: Vec<&String> =
        field.shape.options().iter().filter_map(|option| option.notice.as_ref()).collect();
    match &field.shape {
        Shape::Bool { stop: Some(stop) } => notices.push(&stop.notice),
        Shape::Scale(Scale { stop: Some(bounds), .. }) => notices.push(&bounds.notice),
        _ => (),
    }
    notices
}
