//! A whole exercise as scripts read it.

use std::collections::BTreeMap;

use haven_api::practice::{Bounds, Choice, Exercise, Field, Scale, Shape};
use haven_core::answers::ExerciseId;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::shapes::ExerciseSummaryShape;

#[derive(Serialize)]
pub(super) struct ExerciseShape<'a> {
    #[serde(flatten)]
    summary: ExerciseSummaryShape<'a>,
    notice: &'a str,
    unsafe_notice: &'a str,
    not_when: &'a [String],
    evidence: Evidence<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    could_harm: Option<HarmShape<'a>>,
    single: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<&'a str>,
    fields: Vec<FieldShape<'a>>,
}

#[derive(Serialize)]
struct Evidence<'a> {
    grade: &'a str,
    note: &'a str,
    refs: &'a [String],
    sources: &'a [String],
}

/// What is asked before an exercise that touches another person; a script answers it with --could-harm.
#[derive(Serialize)]
struct HarmShape<'a> {
    question: &'a str,
    goes_on_at: &'static str,
}

#[derive(Serialize)]
struct FieldShape<'a> {
    id: &'a str,
    phase: &'static str,
    required: bool,
    label: &'a str,
    help: &'a str,
    after: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    recall: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    kind: &'static str,
    #[serde(flatten)]
    shape: BTreeMap<&'static str, Json>,
}

impl<'a> ExerciseShape<'a> {
    pub(super) fn of(exercise: &'a Exercise) -> Self {
        let evidence = &exercise.evidence;
        Self {
            summary: ExerciseSummaryShape::of(&exercise.summary),
            notice: &exercise.notice,
            unsafe_notice: &exercise.unsafe_notice,
            not_when: &exercise.not_when,
            evidence: Evidence {
                grade: &evidence.grade,
                note: &evidence.note,
                refs: &evidence.refs,
                sources: &evidence.sources,
            },
            could_harm: exercise
                .harm_question
                .as_ref()
                .map(|harm| HarmShape { question: &harm.question, goes_on_at: "no" }),
            single: exercise.single,
            measure: exercise.measure.as_ref().map(ExerciseId::as_str),
            fields: exercise.fields.iter().map(FieldShape::of).collect(),
        }
    }
}

impl<'a> FieldShape<'a> {
    fn of(field: &'a Field) -> Self {
        let (kind, shape) = shape(&field.shape);
        Self {
            id: &field.id,
            phase: field.phase.as_str(),
            required: field.required,
            label: &field.label,
            help: &field.help,
            after: &field.after,
            on: field.on.as_deref(),
            recall: &field.recall,
            from: field.from.as_deref(),
            kind,
            shape: shape.into_iter().collect(),
        }
    }
}

/// The kind of a question and what narrows its answers down.
fn shape(shape: &Shape) -> (&'static str, Vec<(&'static str, Json)>) {
    match shape {
        Shape::Text { chars_max } => ("text", vec![("chars_max", json!(chars_max))]),
        Shape::LongText { chars_max } => ("long_text", vec![("chars_max", json!(chars_max))]),
        Shape::Scale(it) => ("scale", scale(it)),
        Shape::Choice(options) => ("choice", vec![("options", choices(options))]),
        Shape::Multi(options, count) => (
            "multi",
            vec![("options", choices(options)), ("min", json!(count.min)), ("max", json!(count.max))],
        ),
        Shape::List { of, count, chars_max, weight } => {
            let weight = weight.map(|it| json!({"min": it.min, "max": it.max, "sum": it.sum}));
            let bounds =
                [("min", json!(count.min)), ("max", json!(count.max)), ("chars_max", json!(chars_max))];
            (
                "list",
                bounds.into_iter().chain([("of", json!(of.as_str())), ("weight", json!(weight))]).collect(),
            )
        }
        Shape::Emotions { strength, suggestions, count } => {
            let strength: BTreeMap<_, _> = scale(strength).into_iter().collect();
            let bounds = [("min", json!(count.min)), ("max", json!(count.max))];
            let inner = [("strength", json!(strength)), ("suggestions", choices(suggestions))];
            ("emotions", bounds.into_iter().chain(inner).collect())
        }
        Shape::Person => ("person", vec![]),
        Shape::DateTime => ("datetime", vec![]),
        Shape::Date { suggest } => ("date", vec![("suggest", json!(suggest))]),
        Shape::Duration => ("duration", vec![]),
        Shape::Bool { stop } => {
            let stop = stop.as_ref();
            let stop =
                stop.map(|it| json!({"at": it.when, "says": it.notice, "instead": instead(&it.instead)}));
            ("bool", vec![("stop", json!(stop))])
        }
        Shape::Timer { suggested_s } => ("timer", vec![("suggested_s", json!(suggested_s))]),
        Shape::Derived { template } => ("derived", vec![("template", json!(template))]),
        Shape::Link { to } => ("link", vec![("to", json!(to.as_ref().map(ToString::to_string)))]),
        Shape::Consent => ("consent", vec![]),
    }
}

fn scale(scale: &Scale) -> Vec<(&'static str, Json)> {
    let anchors: Vec<_> = scale.anchors.iter().map(|(at, label)| json!({"at": at, "label": label})).collect();
    vec![
        ("min", json!(scale.min)),
        ("max", json!(scale.max)),
        ("step", json!(scale.step)),
        ("anchors", json!(anchors)),
        ("stop", json!(scale.bounds.as_ref().map(bounds))),
    ]
}

fn bounds(bounds: &Bounds) -> Json {
    let Bounds { below, above, notice, .. } = bounds;
    json!({"below": below, "above": above, "says": notice, "instead": instead(&bounds.instead)})
}

fn instead(exercise: &Option<ExerciseId>) -> Option<&str> {
    exercise.as_ref().map(ExerciseId::as_str)
}

fn choices(choices: &[Choice]) -> Json {
    let one = |it: &Choice| match it.group.as_str() {
        "" => json!({"id": it.id, "label": it.label, "notice": it.notice}),
        group => json!({"id": it.id, "label": it.label, "notice": it.notice, "group": group}),
    };
    choices.iter().map(one).collect()
}
