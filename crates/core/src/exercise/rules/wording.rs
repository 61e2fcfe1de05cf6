//! Every text that is named exists, can be shown, and is only text.

use super::Lines;
use crate::exercise::gate::GATE_KEYS;
use crate::exercise::report::{Place, Report};
use crate::exercise::{DEFAULT_LANGUAGE, Exercise, Field, Gate, Scale, Shape, Texts};
use crate::fault::shown;
use crate::limits::LABEL_CHARS_MAX;

/// Notices that several exercises share.
const SHARED: &str = include_str!("../../../content/notices.toml");

/// What is code in formats a text might be pasted into.
const CODE_MARKS: [&str; 7] = ["<script", "javascript:", "${", "{{", "<%", "<?", "`"];

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
    for (language, key, text) in exercise.texts.iter() {
        check_text(language, key, text, &lines.id, report);
    }
}

fn shared(report: &mut Report, lines: &Lines) -> Texts {
    match toml::from_str(SHARED) {
        Ok(texts) => Texts(texts),
        Err(_) => {
            report.add(&lines.id, "the shared notices cannot be read", "reinstall Haven");
            Texts::default()
        }
    }
}

fn take_in(exercise: &mut Exercise, shared: &Texts, key: &str) {
    for (language, _, text) in shared.iter().filter(|(_, found, _)| *found == key) {
        let texts = exercise.texts.0.entry(language.to_owned()).or_default();
        texts.entry(key.to_owned()).or_insert_with(|| text.to_owned());
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
        let keys = keys(field).into_iter().map(|key| (key, false));
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
    keys.extend(field.shape.options().iter().filter_map(|option| option.label.as_ref()));
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

fn check_text(language: &str, key: &str, text: &str, place: &Place, report: &mut Report) {
    let name = format!("the text \"{}\" in {}", shown(key), shown(language));
    let lower = text.to_lowercase();
    if text.trim().is_empty() {
        report.add(place, format!("{name} is blank"), "write it or remove the key");
    }
    if text.chars().count() > LABEL_CHARS_MAX {
        report.add(place, format!("{name} is too long"), format!("use at most {LABEL_CHARS_MAX} characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        report.add(place, format!("{name} holds a control character"), "remove it");
    }
    if let Some(mark) = CODE_MARKS.into_iter().find(|mark| lower.contains(mark)) {
        report.add(
            place,
            format!("{name} looks like code: {mark}"),
            "write plain words; a definition holds no code",
        );
    }
}
