//! The rules that look at several parts of a measure at once.

use std::collections::BTreeSet;

use super::answers::PERSON_FIELD;
use super::raw::RawMeasure;
use super::{About, ChangeRule, Measure, Tier, in_general};
use crate::answers::FieldId;
use crate::definition::{DEFAULT_LANGUAGE, Place, Report, check_text, places};
use crate::exercise::TextKey;
use crate::fault::shown;
use crate::limits::{LABEL_CHARS_MAX, SUBSCALES_MAX};

/// Where the parts of the definition stand in the file.
pub(super) struct Lines {
    id: Place,
    version: Place,
    items: Place,
    scale: Place,
    plane: Place,
    rights: Place,
    extras: Vec<Place>,
    subscales: Vec<Place>,
}

impl Lines {
    /// Remembers where the parts stand.
    pub(super) fn new(text: &str, raw: &RawMeasure) -> Self {
        let place = |span| Place::new(text, &span);
        Self {
            id: place(raw.id.span()),
            version: place(raw.version.span()),
            items: place(raw.items.span()),
            scale: place(raw.scale.span()),
            plane: place(raw.plane.as_ref().map_or_else(|| raw.id.span(), toml::Spanned::span)),
            rights: place(raw.rights.span()),
            extras: raw.extra.iter().map(|extra| place(extra.span())).collect(),
            subscales: raw.subscale.iter().map(|subscale| place(subscale.span())).collect(),
        }
    }
}

/// Checks every rule but the worked examples.
pub(super) fn check(measure: &Measure, lines: &Lines, report: &mut Report) {
    check_rights(measure, lines, report);
    check_ids(measure, lines, report);
    check_composite(measure, lines, report);
    check_coverage(measure, lines, report);
    check_plane(measure, lines, report);
    check_wording(measure, lines, report);
}

fn check_rights(measure: &Measure, lines: &Lines, report: &mut Report) {
    if measure.rights.tier == Tier::ScorerOnly && !measure.is_scorer_only() {
        let next =
            "write items = \"user-supplied\" and their number as count; the person brings the printed form";
        report.add(&lines.rights, "tier C does not carry the words of its items", next);
    }
    let rights = &measure.rights;
    for words in [&rights.basis, &rights.notice].into_iter().chain(&rights.url) {
        check_prose(&lines.rights, words, report);
    }
    for (subscale, place) in measure.subscales.iter().zip(&lines.subscales) {
        let bands = subscale.bands.iter().flat_map(|band| [&*band.label, &*band.source]);
        let change = subscale.change.as_ref().map(ChangeRule::source);
        bands.chain(change).for_each(|words| check_prose(place, words, report));
    }
}

/// Checks words that stand outside the texts and are shown as they are: a file may come from anywhere.
fn check_prose(place: &Place, words: &str, report: &mut Report) {
    if words.chars().any(|c| c.is_control() && c != '\n') {
        report.add(place, "a control character stands in the rights or in a source", "remove it");
    }
    if words.chars().count() > LABEL_CHARS_MAX {
        let next = format!("use at most {LABEL_CHARS_MAX} characters");
        report.add(place, "the rights or a source are too long", next);
    }
}

fn check_ids(measure: &Measure, lines: &Lines, report: &mut Report) {
    let items = measure.items.iter().map(|item| (&item.id, &lines.items));
    let extras = measure.extras.iter().zip(&lines.extras).map(|(extra, place)| (&extra.id, place));
    let mut seen: BTreeSet<&str> = BTreeSet::from([PERSON_FIELD]);
    for (id, place) in items.chain(extras) {
        check_id(id, place, report);
        if !seen.insert(id.as_str()) {
            let what = format!("the id {id} is taken");
            report.add(
                place,
                what,
                format!("give each question an id of its own; {PERSON_FIELD} is whom it is about"),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for (subscale, place) in measure.subscales.iter().zip(&lines.subscales) {
        if !seen.insert(subscale.id.as_str()) {
            report.add(place, "another subscale has the same id", "give each subscale an id of its own");
        }
    }
}

fn check_id(id: &FieldId, place: &Place, report: &mut Report) {
    if id.occasion().is_some() {
        report.add(place, "an id in a definition names no occasion", "remove the part from @ on");
    }
}

fn check_composite(measure: &Measure, lines: &Lines, report: &mut Report) {
    if measure.composite && measure.about != About::Person {
        report.add(
            &lines.id,
            "a composite needs several people",
            "write about = \"person\", or remove composite",
        );
    }
}

fn check_coverage(measure: &Measure, lines: &Lines, report: &mut Report) {
    if !(1..=SUBSCALES_MAX).contains(&measure.subscales.len()) {
        let what = format!("the measure has {} scores", measure.subscales.len());
        report.add(&lines.id, what, format!("give 1 to {SUBSCALES_MAX} [[subscale]]"));
        return;
    }
    let counted: BTreeSet<usize> = measure.subscales.iter().flat_map(|s| s.items.iter().copied()).collect();
    if let Some(index) = (0..measure.items.len()).find(|index| !counted.contains(index)) {
        let what = format!("no subscale counts item {}", index + 1);
        report.add(&lines.items, what, "count it, or ask it as an [[extra]]");
    }
}

fn check_plane(measure: &Measure, lines: &Lines, report: &mut Report) {
    let Some(axes) = &measure.plane else { return };
    let ends = (measure.subscale(&axes.worry), measure.subscale(&axes.distance));
    let fits = matches!(ends, (Some(worry), Some(distance)) if worry.id != distance.id && worry.range == distance.range);
    if !fits {
        let next = "name two different subscales with the same range";
        report.add(&lines.plane, "the plane has no two axes of the same range", next);
    }
}

/// Every text that is named exists, is only text, and can be read about people in general.
fn check_wording(measure: &Measure, lines: &Lines, report: &mut Report) {
    for (key, place, templated) in named(measure, lines) {
        let whole = measure.texts.find(DEFAULT_LANGUAGE, &in_general(key));
        if let Some(whole) = whole {
            check_places(measure, whole, place, false, report);
        }
        let Some(text) = measure.texts.find(DEFAULT_LANGUAGE, key) else {
            let what = format!("the text \"{}\" is missing in [i18n.{DEFAULT_LANGUAGE}]", shown(key));
            report.add(place, what, "add it there");
            continue;
        };
        let has_general = whole.is_some() || measure.general.is_some();
        if !has_general && !places(text).is_empty() {
            let what = "a text names {person} and there is no text for people in general";
            let next = format!("add general, read in place of a name, or a text \"{}\"", in_general(key));
            report.add(place, what, next);
        }
        check_places(measure, text, place, templated, report);
    }
    for text in measure.texts.iter() {
        check_text(&lines.id, text, report);
    }
}

/// `{person}` stands only where there is a person to name.
fn check_places(measure: &Measure, text: &str, place: &Place, templated: bool, report: &mut Report) {
    let known = |name: &&str| *name == "person" && templated && measure.about == About::Person;
    match places(text).into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(names) if names.iter().all(known) => {}
        _ => report.add(
            place,
            "a text has a brace",
            "write {person} in the stem or an item of a measure about a person, or no brace",
        ),
    }
}

/// The keys the definition names, and whether `{person}` may stand in their texts.
fn named<'a>(measure: &'a Measure, lines: &'a Lines) -> Vec<(&'a TextKey, &'a Place, bool)> {
    let mut named = vec![(&measure.title, &lines.id, false), (&measure.purpose, &lines.id, false)];
    named.extend(measure.stem.iter().map(|key| (key, &lines.id, true)));
    named.extend(measure.general.iter().map(|key| (key, &lines.id, false)));
    named.extend(measure.items.iter().filter_map(|item| Some((item.text.as_ref()?, &lines.items, true))));
    named.extend(measure.scale.anchors.values().map(|key| (key, &lines.scale, false)));
    for (extra, place) in measure.extras.iter().zip(&lines.extras) {
        named.push((&extra.text, place, false));
        named.extend(extra.options.iter().map(|option| (&option.label, place, false)));
    }
    for (subscale, place) in measure.subscales.iter().zip(&lines.subscales) {
        named.push((&subscale.label, place, false));
        named.extend(subscale.bands.iter().map(|band| (&band.label, place, false)));
    }
    named
}

/// Checks the definition against the version released before it: old answers keep their meaning.
pub(super) fn check_succession(measure: &Measure, previous: &Measure, lines: &Lines, report: &mut Report) {
    if measure.id != previous.id {
        let what = format!("the version before has the id {}", previous.id);
        report.add(&lines.id, what, "keep the id, or load this as a measure of its own");
        return;
    }
    if measure.version <= previous.version {
        let what = format!("version {} is not greater than {}", measure.version, previous.version);
        report.add(&lines.version, what, format!("write version = {}", previous.version + 1));
    }
    if !measure.is_scored_like(previous) {
        report.add(
            &lines.version,
            "the items, the scale or the key are not those of the version before",
            "give it a new id; scores of one id have to be comparable",
        );
    }
}

impl Measure {
    /// Tells whether the scores of both mean the same.
    pub(crate) fn is_scored_like(&self, other: &Self) -> bool {
        key_of(self) == key_of(other)
    }
}

/// Everything that decides what a score means.
fn key_of(measure: &Measure) -> impl PartialEq + '_ {
    let items: Vec<_> = measure.items.iter().map(|item| (&item.id, item.reverse)).collect();
    let scores: Vec<_> =
        measure.subscales.iter().map(|s| (&s.id, &s.items, s.combine, s.transform)).collect();
    let asked = (measure.about, measure.composite, (measure.scale.min, measure.scale.max));
    (asked, items, measure.missing, scores)
}
