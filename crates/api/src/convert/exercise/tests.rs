use haven_core::content::Library;
use haven_core::exercise::{FieldKind, Shape};

use super::*;

/// Every built-in exercise, as the device knows it and as a client reads it.
fn all() -> Vec<(Exercise, practice::Exercise)> {
    let library = Library::built_in().unwrap();
    let told = |exercise: &Exercise| (exercise.clone(), from_pb(to_pb(exercise, true, "en", "112")).unwrap());
    library.iter().map(told).collect()
}

#[test]
fn a_client_reads_every_exercise_whole() {
    assert!(!all().is_empty());
    for (held, read) in all() {
        let summary = &read.summary;
        assert_eq!(summary.exercise, held.reference());
        assert_eq!((&summary.steps, &summary.signs), (&held.steps, &held.signs));
        assert_eq!((summary.minutes, summary.gate), (held.minutes, held.safety.gate));
        assert!(summary.custom);
        assert_eq!(summary.title, held.title("en"));
        assert_eq!(read.fields.len(), held.fields.len());
        assert_eq!(read.outcomes.len(), held.outcomes.len());
        let harm = read.harm_question.as_ref();
        let gate = (harm.map(|it| &*it.support), held.harm_question("en").map(|it| it.support));
        assert_eq!(gate.0, gate.1);
        assert_eq!(read.harm_question.is_some(), summary.gate == Gate::Relationship);
        assert_eq!(read.evidence.grade, held.evidence.grade.as_str());
        assert_eq!((read.single, &read.measure), (held.single, &held.measure));
    }
}

#[test]
fn questions_come_with_their_texts_and_shapes() {
    for (held, read) in all() {
        for (field, shown) in held.fields.iter().zip(&read.fields) {
            assert_eq!(
                (shown.id.as_str(), shown.phase, shown.required),
                (field.id.as_str(), field.phase, field.required)
            );
            assert_eq!(shown.label, held.texts.find("en", &field.label).unwrap());
            assert_eq!(kind(&shown.shape), field.kind());
            if let (Shape::Scale(scale), practice::Shape::Scale(points)) = (&field.shape, &shown.shape) {
                assert_eq!((points.min, points.max, points.step), (scale.min, scale.max, scale.step));
                assert_eq!(points.anchors.len(), scale.anchors.len());
            }
            for (option, choice) in field.shape.options().iter().zip(options(&shown.shape)) {
                assert_eq!((&choice.id, &*choice.label), (&option.id, held.option_label(option, "en")));
            }
        }
    }
}

#[test]
fn an_unknown_language_falls_back_to_english() {
    let library = Library::built_in().unwrap();
    for exercise in library.iter() {
        assert_eq!(to_pb(exercise, true, "xx", "112"), to_pb(exercise, true, "en", "112"));
    }
}

#[test]
fn every_shape_comes_back() {
    use practice::Shape as S;
    let bounds = practice::Bounds {
        below: Some(0),
        above: None,
        notice: "stop".to_owned(),
        instead: Some("five-senses".parse().unwrap()),
    };
    let scale = |min, max, anchors, bounds| practice::Scale { min, max, step: 1, anchors, bounds };
    let definition = include_str!("shapes.toml");
    let exercise = Exercise::load(definition, None).unwrap();
    let read = from_pb(to_pb(&exercise, false, "en", "112")).unwrap();
    assert!(read.single);
    let told = |id: &str| read.fields.iter().find(|field| field.id == id).unwrap();
    assert_eq!((told("step").from.as_deref(), told("how").on.as_deref()), (Some("plain"), Some("date")));
    assert_eq!((&told("line").from, &told("line").on), (&None, &None));
    let shapes: Vec<practice::Shape> = read.fields.into_iter().map(|field| field.shape).collect();
    let count = practice::Count { min: 1, max: 2 };
    let choice = |id: &str, notice: &str| practice::Choice {
        id: id.to_owned(),
        label: id.to_uppercase(),
        notice: notice.to_owned(),
        group: String::new(),
    };
    let expected = [
        S::Text { chars_max: 100 },
        S::LongText { chars_max: None },
        S::LongText { chars_max: Some(50) },
        S::Scale(scale(-1, 1, vec![(0, "no".to_owned())], Some(bounds))),
        S::Choice(vec![choice("a", "careful"), choice("b", "")]),
        S::Multi(vec![choice("a", ""), choice("b", "")], count),
        S::List {
            of: haven_core::exercise::ItemKind::Text,
            count,
            chars_max: 40,
            weight: Some(practice::Weight { min: 0, max: 100, sum: Some(100) }),
        },
        S::List { of: haven_core::exercise::ItemKind::Text, count, chars_max: 40, weight: None },
        S::Emotions {
            strength: scale(1, 5, vec![], None),
            suggestions: vec![choice("a", ""), choice("b", "")],
            count,
        },
        S::Person,
        S::DateTime,
        S::Date { suggest: Some("P7D".to_owned()) },
        S::Duration,
        S::Bool {
            stop: Some(practice::Stop {
                when: true,
                notice: "stop".to_owned(),
                instead: Some("slow-breath".parse().unwrap()),
            }),
        },
        S::Timer { suggested_s: Some(60) },
        S::Derived { template: "It was {line}.".to_owned() },
        S::Link { to: Some("thought-check".parse().unwrap()) },
        S::Consent,
        S::Text { chars_max: 40 },
        S::Scale(scale(0, 4, vec![], None)),
    ];
    for (found, expected) in shapes.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(shapes.len(), expected.len());
}

#[test]
fn what_no_device_sends_is_unreadable() {
    let library = Library::built_in().unwrap();
    let good = to_pb(library.iter().next().unwrap(), false, "en", "112");
    let summary = || good.summary.clone().unwrap();
    let cases = [
        pb::Exercise { summary: None, ..good.clone() },
        pb::Exercise { summary: Some(pb::ExerciseSummary { gate: 0, ..summary() }), ..good.clone() },
        pb::Exercise { summary: Some(pb::ExerciseSummary { steps: vec![7], ..summary() }), ..good.clone() },
        pb::Exercise {
            summary: Some(pb::ExerciseSummary { signs: vec!["?".to_owned()], ..summary() }),
            ..good.clone()
        },
        pb::Exercise { fields: vec![pb::Field::default()], ..good.clone() },
        pb::Exercise { fields: vec![pb::Field { shape: None, ..good.fields[0].clone() }], ..good.clone() },
    ];
    for case in cases {
        assert_eq!(from_pb(case).unwrap_err().name(), "UNSUPPORTED");
    }
}

fn kind(shape: &practice::Shape) -> FieldKind {
    use practice::Shape as S;
    match shape {
        S::Text { .. } => FieldKind::Text,
        S::LongText { .. } => FieldKind::LongText,
        S::Scale(_) => FieldKind::Scale,
        S::Choice(_) => FieldKind::Choice,
        S::Multi(..) => FieldKind::Multi,
        S::List { .. } => FieldKind::List,
        S::Emotions { .. } => FieldKind::Emotions,
        S::Person => FieldKind::Person,
        S::DateTime => FieldKind::DateTime,
        S::Date { .. } => FieldKind::Date,
        S::Duration => FieldKind::Duration,
        S::Bool { .. } => FieldKind::Bool,
        S::Timer { .. } => FieldKind::Timer,
        S::Derived { .. } => FieldKind::Derived,
        S::Link { .. } => FieldKind::Link,
        S::Consent => FieldKind::Consent,
    }
}

fn options(shape: &practice::Shape) -> &[practice::Choice] {
    match shape {
        practice::Shape::Choice(options) | practice::Shape::Multi(options, _) => options,
        practice::Shape::Emotions { suggestions, .. } => suggestions,
        _ => &[],
    }
}
