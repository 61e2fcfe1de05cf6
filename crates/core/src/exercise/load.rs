//! From the text of a file to an exercise.

use toml::Spanned;

use super::raw::{RawEvidence, RawExercise, RawOutcome, RawSafety};
use super::rules::{self, Lines};
use super::shape::read_field;
use super::words::{Sign, Step, View};
use super::{Evidence, Exercise, Outcome, Safety};
use crate::answers::ExerciseId;
use crate::definition::{Place, Report, Texts, parse};
use crate::fault::Fault;
use crate::limits::{DEFINITION_BYTES_MAX, EXERCISE_FIELDS_MAX, MINUTES_MAX};

/// The schema this loader reads.
pub(super) const SCHEMA: u32 = 1;

impl Exercise {
    /// Reads a definition and checks every rule, also against the version released before it.
    ///
    /// # Errors
    /// Every [`Fault`] that could be found; a file that is no TOML or holds an unknown key has one.
    pub fn load(toml_text: &str, previous: Option<&Self>) -> Result<Self, Vec<Fault>> {
        let raw = parse(toml_text, DEFINITION_BYTES_MAX)?;
        let mut report = Report::default();
        let lines = Lines::new(toml_text, &raw);
        let built = build(toml_text, raw, &mut report);
        report.finish()?;
        // Without a fault every part was built.
        let mut exercise = built.ok_or_else(Vec::new)?;
        rules::check(&mut exercise, previous, &lines, &mut report);
        report.finish()?;
        Ok(exercise)
    }
}

fn build(text: &str, raw: RawExercise, report: &mut Report) -> Option<Exercise> {
    let place = |span| Place::new(text, &span);
    check_head(text, &raw, report);
    let id = report.form(&place(raw.id.span()), raw.id.get_ref(), "id of an exercise");
    let measure = read_measure(text, raw.measure.as_ref(), report);
    let steps = read_steps(&place(raw.steps.span()), raw.steps.get_ref(), report);
    let signs = read_words::<Sign>(&place(raw.signs.span()), raw.signs.get_ref(), report);
    let views =
        raw.views.as_ref().map(|views| read_words::<View>(&place(views.span()), views.get_ref(), report));
    let evidence = read_evidence(&place(raw.evidence.span()), raw.evidence.into_inner(), report);
    let safety = read_safety(&place(raw.safety.span()), raw.safety.into_inner(), report);
    let share_default = report.word(&place(raw.share_default.span()), raw.share_default.get_ref());
    let fields: Vec<_> = raw.field.into_iter().map(|field| read_field(text, field, report)).collect();
    let outcomes: Vec<_> =
        raw.outcome.into_iter().map(|outcome| read_outcome(text, outcome, report)).collect();
    Some(Exercise {
        id: id?,
        version: raw.version.into_inner(),
        title: raw.title.map(Spanned::into_inner),
        purpose: raw.purpose.map(Spanned::into_inner),
        steps: steps?,
        signs,
        minutes: raw.minutes.into_inner(),
        evidence: evidence?,
        safety: safety?,
        share_default: share_default?,
        views: views.unwrap_or_default(),
        single: raw.single.is_some_and(Spanned::into_inner),
        measure: measure?,
        fields: fields.into_iter().collect::<Option<_>>()?,
        outcomes: outcomes.into_iter().collect::<Option<_>>()?,
        texts: Texts::new(raw.i18n),
    })
}

fn check_head(text: &str, raw: &RawExercise, report: &mut Report) {
    let place = |span| Place::new(text, &span);
    if *raw.schema.get_ref() != SCHEMA {
        let what = format!("schema {} is not known", raw.schema.get_ref());
        report.add(&place(raw.schema.span()), what, format!("write schema = {SCHEMA}, or use a newer Haven"));
    }
    if *raw.version.get_ref() == 0 {
        report.add(&place(raw.version.span()), "there is no version 0", "begin with version = 1");
    }
    if !(1..=MINUTES_MAX).contains(raw.minutes.get_ref()) {
        let what = format!("{} minutes is no length of an exercise", raw.minutes.get_ref());
        report.add(&place(raw.minutes.span()), what, format!("give 1 to {MINUTES_MAX}"));
    }
    match raw.field.len() {
        0 => report.add(&place(raw.id.span()), "the exercise asks nothing", "add at least one [[field]]"),
        1..=EXERCISE_FIELDS_MAX => (),
        count => {
            let what = format!("the exercise has {count} fields, at most {EXERCISE_FIELDS_MAX}");
            report.add(&place(raw.id.span()), what, "make two exercises of it");
        }
    }
}

fn read_measure(
    text: &str,
    raw: Option<&Spanned<String>>,
    report: &mut Report,
) -> Option<Option<ExerciseId>> {
    match raw {
        Some(id) => report.form(&Place::new(text, &id.span()), id.get_ref(), "id of a measure").map(Some),
        None => Some(None),
    }
}

fn read_steps(place: &Place, numbers: &[i64], report: &mut Report) -> Option<Vec<Step>> {
    let known: Option<Vec<Step>> = numbers.iter().map(|number| Step::from_number(*number)).collect();
    let Some(mut steps) = known else {
        let next = "write steps = [2], or steps = [] for what belongs to every step";
        report.add(place, "the steps are not numbers from 1 to 6", next);
        return None;
    };
    steps.sort_unstable();
    no_twins(place, &steps, "step", report);
    Some(steps)
}

fn read_words<T>(place: &Place, words: &[String], report: &mut Report) -> Vec<T>
where
    T: std::str::FromStr<Err = super::UnknownWord> + Ord + Copy + std::fmt::Display,
{
    let mut known: Vec<T> = words.iter().filter_map(|word| report.word(place, word)).collect();
    known.sort_unstable();
    no_twins(place, &known, "word", report);
    known
}

fn no_twins<T: Ord + std::fmt::Display>(place: &Place, sorted: &[T], noun: &str, report: &mut Report) {
    for pair in sorted.windows(2).filter(|pair| pair[0] == pair[1]) {
        report.add(place, format!("the {noun} {} stands here twice", pair[0]), "name it once");
    }
}

fn read_evidence(place: &Place, raw: RawEvidence, report: &mut Report) -> Option<Evidence> {
    let grade = report.word(place, &raw.grade)?;
    Some(Evidence { grade, note: raw.note, refs: raw.refs })
}

fn read_safety(place: &Place, raw: RawSafety, report: &mut Report) -> Option<Safety> {
    let not_when = read_words(place, &raw.not_when, report);
    let gate = report.word(place, &raw.gate)?;
    Some(Safety { gate, notice: raw.notice, unsafe_notice: raw.unsafe_notice, not_when, stirs: raw.stirs })
}

fn read_outcome(text: &str, raw: Spanned<RawOutcome>, report: &mut Report) -> Option<Outcome> {
    let place = Place::new(text, &raw.span());
    let raw = raw.into_inner();
    let before = report.form(&place, &raw.before, "id of a field");
    let after = report.form(&place, &raw.after, "id of a field");
    let better = report.word(&place, &raw.better);
    let view = report.word(&place, &raw.view);
    let comparator = match raw.comparator {
        Some(id) => Some(report.form(&place, &id, "id of an exercise")?),
        None => None,
    };
    Some(Outcome { id: raw.id, before: before?, after: after?, better: better?, view: view?, comparator })
}
