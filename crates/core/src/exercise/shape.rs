//! From a field of the file to a field: every key fits the kind, every number fits the others.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::feelings;
use super::field::{Bounds, Choice, Count, Delay, Field, Scale, Shape, Stop, Weight};
use super::raw::{RawField, RawOption};
use super::words::{FieldKind, ItemKind, Phase};
use crate::answers::{ExerciseId, FieldId, Seconds};
use crate::definition::{Place, Report};
use crate::limits::{
    ANSWER_ITEMS_MAX, ITEM_CHARS_MAX, OPTIONS_MAX, SCALE_ABS_MAX, SHORT_TEXT_CHARS_MAX, TEXT_BYTES_MAX,
};

/// The strength of a feeling where the exercise says nothing else.
const STRENGTH: (i64, i64) = (1, 5);

/// The most items where the exercise says nothing else.
const ITEMS_USUAL: usize = 20;

/// The characters of an item where the exercise says nothing else.
const ITEM_CHARS_USUAL: usize = 400;

/// Reads one field, or adds what is wrong with it.
pub(super) fn read_field(text: &str, raw: Spanned<RawField>, report: &mut Report) -> Option<Field> {
    let place = Place::new(text, &raw.span()).of_field(&raw.get_ref().id);
    let raw = raw.into_inner();
    let id = read_id(&place, &raw.id, report);
    let phase = raw.phase.as_deref().map_or(Some(Phase::Main), |word| report.word(&place, word));
    let kind = report.word(&place, &raw.kind)?;
    check_keys(&place, kind, &raw, report);
    check_required(&place, kind, phase, raw.required, report);
    let after = read_after(&place, phase, raw.after.as_deref().unwrap_or_default(), report);
    let on = read_named(&place, raw.on.as_deref(), report);
    let recall: Option<Vec<_>> =
        raw.recall.iter().map(|id| report.form(&place, id, "id of a field")).collect();
    let from = read_named(&place, raw.from.as_deref(), report);
    let shape = Reader { place: &place, raw: &raw, report }.shape(kind)?;
    Some(Field {
        id: id?,
        phase: phase?,
        required: raw.required,
        label: raw.label,
        help: raw.help,
        after,
        on: on?,
        recall: recall?,
        from: from?,
        shape,
    })
}

/// Reads the id of another field, where one is named.
fn read_named(place: &Place, id: Option<&str>, report: &mut Report) -> Option<Option<FieldId>> {
    match id {
        Some(id) => report.form(place, id, "id of a field").map(Some),
        None => Some(None),
    }
}

fn read_id(place: &Place, text: &str, report: &mut Report) -> Option<FieldId> {
    let id: FieldId = report.form(place, text, "id of a field")?;
    if id.occasion().is_some() {
        report.add(place, "an id in a definition names no occasion", "remove the part from @ on");
    }
    Some(id)
}

fn check_keys(place: &Place, kind: FieldKind, raw: &RawField, report: &mut Report) {
    let fitting = keys_of(kind);
    for key in raw.special_keys().into_iter().filter(|key| !fitting.contains(key)) {
        let next = match fitting {
            [] => "remove it".to_owned(),
            keys => format!("remove it; {kind} takes {}", keys.join(", ")),
        };
        report.add(place, format!("\"{key}\" does not belong to {kind}"), next);
    }
}

pub(super) const fn keys_of(kind: FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Text => &["max_chars", "from"],
        FieldKind::LongText => &["max_chars"],
        FieldKind::Scale => &["min", "max", "step", "anchors", "stop_below", "stop_above", "stop", "instead"],
        FieldKind::Choice => &["options"],
        FieldKind::Multi => &["options", "min_items", "max_items"],
        FieldKind::List => &["of", "min_items", "max_items", "max_chars", "weight"],
        FieldKind::Emotions => &["min", "max", "options", "feelings", "min_items", "max_items"],
        FieldKind::Date => &["suggest"],
        FieldKind::Bool => &["stop_when", "stop", "instead"],
        FieldKind::Timer => &["seconds"],
        FieldKind::Derived => &["template"],
        FieldKind::Link => &["to"],
        FieldKind::Person | FieldKind::DateTime | FieldKind::Duration | FieldKind::Consent => &[],
    }
}

fn check_required(place: &Place, kind: FieldKind, phase: Option<Phase>, required: bool, report: &mut Report) {
    if required && phase == Some(Phase::Later) {
        report.add(place, "a later field cannot be required", "remove required, or ask it in another phase");
    }
    if required && kind == FieldKind::Derived {
        report.add(place, "a derived field is worked out and cannot be required", "remove required");
    }
}

fn read_after(place: &Place, phase: Option<Phase>, after: &[String], report: &mut Report) -> Vec<Delay> {
    if !after.is_empty() && phase != Some(Phase::Later) {
        report.add(
            place,
            "only a later field is asked after a time",
            "write phase = \"later\" or remove after",
        );
    }
    let delays: Vec<Delay> = after.iter().filter_map(|text| report.form(place, text, "delay")).collect();
    if delays.windows(2).any(|pair| pair[0].hours() >= pair[1].hours()) {
        report.add(place, "the times in after do not ascend", "write the shortest first and each once");
    }
    delays
}

/// Reads what is particular to a kind.
struct Reader<'a> {
    place: &'a Place,
    raw: &'a RawField,
    report: &'a mut Report,
}

impl Reader<'_> {
    fn shape(&mut self, kind: FieldKind) -> Option<Shape> {
        Some(match kind {
            FieldKind::Text => {
                Shape::Text { max_chars: self.chars(SHORT_TEXT_CHARS_MAX, SHORT_TEXT_CHARS_MAX) }
            }
            FieldKind::LongText => self.long_text(),
            FieldKind::Scale => Shape::Scale(self.scale()?),
            FieldKind::Choice => Shape::Choice(self.options(2)?),
            FieldKind::Multi => self.multi()?,
            FieldKind::List => self.list()?,
            FieldKind::Emotions => self.emotions()?,
            FieldKind::Person => Shape::Person,
            FieldKind::DateTime => Shape::DateTime,
            FieldKind::Date => Shape::Date { suggest: self.suggest()? },
            FieldKind::Duration => Shape::Duration,
            FieldKind::Bool => Shape::Bool { stop: self.stop() },
            FieldKind::Timer => Shape::Timer { suggested: self.seconds() },
            FieldKind::Derived => self.derived()?,
            FieldKind::Link => self.link()?,
            FieldKind::Consent => Shape::Consent,
        })
    }

    fn add(&mut self, what: impl Into<String>, next: impl Into<String>) {
        self.report.add(self.place, what, next);
    }

    fn missing(&mut self, key: &str) {
        self.add(format!("\"{key}\" is missing"), format!("add {key}"));
    }

    fn chars(&mut self, usual: usize, most: usize) -> usize {
        let chars = self.raw.max_chars.unwrap_or(usual);
        if !(1..=most).contains(&chars) {
            self.add(format!("max_chars is {chars}"), format!("give 1 to {most}"));
        }
        chars
    }

    fn long_text(&mut self) -> Shape {
        let max_chars = self.raw.max_chars.map(|_| self.chars(TEXT_BYTES_MAX, TEXT_BYTES_MAX));
        Shape::LongText { max_chars }
    }

    fn scale(&mut self) -> Option<Scale> {
        if self.raw.min.is_none() {
            self.missing("min");
        }
        if self.raw.max.is_none() {
            self.missing("max");
        }
        let (min, max) = self.range(self.raw.min?, self.raw.max?)?;
        let step = self.step(min, max)?;
        let mut scale = Scale { min, max, step, anchors: BTreeMap::new(), stop: None };
        scale.anchors = self.anchors(&scale);
        scale.stop = self.bounds(&scale);
        Some(scale)
    }

    fn bounds(&mut self, scale: &Scale) -> Option<Bounds> {
        let (below, above) = (self.raw.stop_below, self.raw.stop_above);
        let notice = match (&self.raw.stop, below.or(above)) {
            (Some(notice), Some(_)) => notice.clone(),
            (None, None) => {
                self.no_instead();
                return None;
            }
            _ => {
                self.add(
                    "stop_below or stop_above and stop belong together",
                    "give a bound and a text, or neither",
                );
                return None;
            }
        };
        let instead = self.instead();
        let (below, above) = (self.bound(scale, below), self.bound(scale, above));
        if below.zip(above).is_some_and(|(below, above)| below > above) {
            self.add("every answer means stop", "leave answers between the bounds at which it goes on");
        }
        Some(Bounds { below, above, notice, instead })
    }

    fn bound(&mut self, scale: &Scale, bound: Option<i64>) -> Option<i32> {
        let bound = bound?;
        let fits = i32::try_from(bound).ok().filter(|number| scale.holds(*number));
        if fits.is_none() {
            self.add(format!("the bound {bound} is no point of the scale"), "move or remove it");
        }
        fits
    }

    fn instead(&mut self) -> Option<ExerciseId> {
        let id = self.raw.instead.as_deref()?;
        self.report.form(self.place, id, "id of an exercise")
    }

    /// What is offered instead needs a stop to be offered at.
    fn no_instead(&mut self) {
        if self.raw.instead.is_some() {
            self.add("instead needs a stop", "say when to stop and what is said then, or remove instead");
        }
    }

    fn range(&mut self, min: i64, max: i64) -> Option<(i32, i32)> {
        let bound = i64::from(SCALE_ABS_MAX);
        if min >= max {
            self.add(format!("min {min} is not less than max {max}"), "give a smaller min or a larger max");
            return None;
        }
        if min < -bound || max > bound {
            self.add(format!("{min} to {max} is too wide"), format!("stay between {} and {bound}", -bound));
            return None;
        }
        Some((i32::try_from(min).ok()?, i32::try_from(max).ok()?))
    }

    fn step(&mut self, min: i32, max: i32) -> Option<i32> {
        let step = i32::try_from(self.raw.step.unwrap_or(1)).unwrap_or(0);
        if step < 1 || (max - min) % step != 0 {
            self.add(
                format!("the step does not divide the range from {min} to {max}"),
                "give a step that leads exactly from min to max, such as 1",
            );
            return None;
        }
        Some(step)
    }

    fn anchors(&mut self, scale: &Scale) -> BTreeMap<i32, String> {
        let mut anchors = BTreeMap::new();
        for (point, key) in self.raw.anchors.iter().flatten() {
            match point.parse().ok().filter(|number| scale.holds(*number) && point == &number.to_string()) {
                Some(number) => drop(anchors.insert(number, key.clone())),
                None => self.add(format!("the anchor {point} is no point of the scale"), "move or remove it"),
            }
        }
        anchors
    }

    fn options(&mut self, fewest: usize) -> Option<Vec<Choice>> {
        let Some(raw) = &self.raw.options else {
            self.missing("options");
            return None;
        };
        if !(fewest..=OPTIONS_MAX).contains(&raw.len()) {
            self.add(format!("there are {} options", raw.len()), format!("give {fewest} to {OPTIONS_MAX}"));
        }
        let mut seen = BTreeSet::new();
        for option in raw {
            if !is_option_id(&option.id) {
                self.add(
                    format!("\"{}\" is no id of an option", crate::fault::shown(&option.id)),
                    "an option id has 1 to 40 characters, each a-z, 0-9, - or _",
                );
            }
            if !seen.insert(option.id.as_str()) {
                self.add(
                    format!("the option {} stands here twice", option.id),
                    "give each option an id of its own",
                );
            }
        }
        Some(raw.iter().map(choice).collect())
    }

    fn count(&mut self, fewest: usize, most: usize) -> Count {
        let count =
            Count { min: self.raw.min_items.unwrap_or(fewest), max: self.raw.max_items.unwrap_or(most) };
        if count.min > count.max || !(1..=ANSWER_ITEMS_MAX).contains(&count.max) {
            self.add(
                format!("from {} to {} items cannot be given", count.min, count.max),
                format!("give min_items and max_items between 0 and {ANSWER_ITEMS_MAX}, the smaller first"),
            );
        }
        count
    }

    fn multi(&mut self) -> Option<Shape> {
        let options = self.options(1)?;
        let count = self.count(0, options.len().max(1));
        if count.max > options.len() {
            self.add(format!("max_items {} exceeds the options", count.max), "lower max_items or remove it");
        }
        Some(Shape::Multi { options, count })
    }

    fn list(&mut self) -> Option<Shape> {
        let of =
            self.raw.of.as_deref().map_or(Some(ItemKind::Text), |word| self.report.word(self.place, word))?;
        if of != ItemKind::Text && self.raw.max_chars.is_some() {
            self.add("\"max_chars\" belongs to lists of text", "remove it");
        }
        let count = self.count(0, ITEMS_USUAL);
        let max_chars = self.chars(ITEM_CHARS_USUAL, ITEM_CHARS_MAX);
        Some(Shape::List { of, count, max_chars, weight: self.weight()? })
    }

    fn weight(&mut self) -> Option<Option<Weight>> {
        let Some(raw) = self.raw.weight else { return Some(None) };
        let (min, max) = self.range(raw.min, raw.max)?;
        let Some(sum) = raw.sum else { return Some(Some(Weight { min, max, sum: None })) };
        let most = i64::from(max) * i64::try_from(ANSWER_ITEMS_MAX).ok()?;
        match i32::try_from(sum).ok().filter(|_| (i64::from(min)..=most).contains(&sum)) {
            Some(sum) => Some(Some(Weight { min, max, sum: Some(sum) })),
            None => {
                self.add(format!("no weights from {min} to {max} add up to {sum}"), "give another sum");
                None
            }
        }
    }

    fn emotions(&mut self) -> Option<Shape> {
        let (min, max) =
            self.range(self.raw.min.unwrap_or(STRENGTH.0), self.raw.max.unwrap_or(STRENGTH.1))?;
        let strength = Scale { min, max, step: 1, anchors: BTreeMap::new(), stop: None };
        let suggestions = self.suggestions()?;
        Some(Shape::Emotions { strength, suggestions, count: self.count(0, ITEMS_USUAL) })
    }

    /// The words to choose from: the shared ones, or those of the exercise.
    fn suggestions(&mut self) -> Option<Vec<Choice>> {
        match (self.raw.feelings, self.raw.options.is_some()) {
            (true, true) => {
                self.add("feelings and options are two lists", "keep one of them");
                None
            }
            (true, false) => Some(feelings::shared()),
            (false, true) => self.options(1),
            (false, false) => Some(Vec::new()),
        }
    }

    fn suggest(&mut self) -> Option<Option<Delay>> {
        match &self.raw.suggest {
            Some(text) => self.report.form(self.place, text, "delay").map(Some),
            None => Some(None),
        }
    }

    fn stop(&mut self) -> Option<Stop> {
        match (self.raw.stop_when, &self.raw.stop) {
            (Some(when), Some(notice)) => {
                Some(Stop { when, notice: notice.clone(), instead: self.instead() })
            }
            (None, None) => {
                self.no_instead();
                None
            }
            _ => {
                self.add("stop_when and stop belong together", "give both or none");
                None
            }
        }
    }

    fn seconds(&mut self) -> Option<Seconds> {
        let seconds = self.raw.seconds?;
        let fits = Seconds::new(seconds).ok().filter(|_| seconds > 0);
        if fits.is_none() {
            self.add(format!("a timer cannot run {seconds} seconds"), "give 1 second to 30 days");
        }
        fits
    }

    fn derived(&mut self) -> Option<Shape> {
        let Some(template) = self.raw.template.clone() else {
            self.missing("template");
            return None;
        };
        Some(Shape::Derived { template })
    }

    fn link(&mut self) -> Option<Shape> {
        let to = match &self.raw.to {
            Some(id) => Some(self.report.form(self.place, id, "id of an exercise")?),
            None => None,
        };
        Some(Shape::Link { to })
    }
}

fn choice(raw: &RawOption) -> Choice {
    Choice { id: raw.id.clone(), label: raw.label.clone(), notice: raw.notice.clone(), group: None }
}

fn is_option_id(id: &str) -> bool {
    let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=40).contains(&id.len()) && id.bytes().all(known)
}
