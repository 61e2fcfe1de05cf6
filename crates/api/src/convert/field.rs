//! The questions of an exercise and the shapes of their answers.

use haven_core::answers::Seconds;
use haven_core::exercise::{Bounds, Choice, Count, Field, ItemKind, Scale, Shape, Stop, Weight};

use super::exercise::{Told, phase_from_pb, phase_to_pb};
use super::{read_some, sent, some, text, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::pb::field::Shape as Wire;
use crate::practice;

pub(super) fn field_to_pb(field: &Field, told: Told<'_>) -> pb::Field {
    pb::Field {
        id: field.id.to_string(),
        phase: phase_to_pb(field.phase).into(),
        required: field.required,
        label: told.text(&field.label),
        help: told.some(field.help.as_ref()),
        after: field.after.iter().map(ToString::to_string).collect(),
        on: text(field.on.as_ref()),
        recall: field.recall.iter().map(ToString::to_string).collect(),
        from: text(field.from.as_ref()),
        shape: Some(shape_to_pb(&field.shape, told)),
    }
}

pub(super) fn field_from_pb(field: pb::Field) -> Result<practice::Field, ApiError> {
    Ok(practice::Field {
        phase: phase_from_pb(field.phase())?,
        id: field.id,
        required: field.required,
        label: field.label,
        help: field.help,
        after: field.after,
        on: some(field.on),
        recall: field.recall,
        from: some(field.from),
        shape: shape_from_pb(sent(field.shape, "shape")?)?,
    })
}

fn shape_to_pb(shape: &Shape, told: Told<'_>) -> Wire {
    match shape {
        Shape::Text { max_chars } => Wire::Text(pb::TextShape { chars_max: size(*max_chars) }),
        Shape::LongText { max_chars } => {
            Wire::LongText(pb::LongTextShape { chars_max: max_chars.map_or(0, size) })
        }
        Shape::Scale(scale) => Wire::Scale(scale_to_pb(scale, told)),
        Shape::Choice(options) => Wire::Choice(pb::ChoiceShape { options: options_to_pb(options, told) }),
        Shape::Multi { options, count } => Wire::Multi(pb::MultiShape {
            options: options_to_pb(options, told),
            items_min: size(count.min),
            items_max: size(count.max),
        }),
        Shape::List { of, count, max_chars, weight } => Wire::List(pb::ListShape {
            of: item_to_pb(*of).into(),
            items_min: size(count.min),
            items_max: size(count.max),
            chars_max: size(*max_chars),
            weight: weight.map(weight_to_pb),
        }),
        Shape::Emotions { strength, suggestions, count } => {
            Wire::Emotions(emotions_to_pb(strength, suggestions, *count, told))
        }
        Shape::Person => Wire::Person(pb::PersonShape {}),
        Shape::DateTime => Wire::DateTime(pb::DateTimeShape {}),
        Shape::Date { suggest } => Wire::Date(pb::DateShape { suggest: text(suggest.as_ref()) }),
        Shape::Duration => Wire::Duration(pb::DurationShape {}),
        Shape::Bool { stop } => {
            Wire::Bool(pb::BoolShape { stop: stop.as_ref().map(|stop| stop_to_pb(stop, told)) })
        }
        Shape::Timer { suggested } => {
            Wire::Timer(pb::TimerShape { suggested_s: suggested.map(Seconds::get) })
        }
        Shape::Derived { template } => Wire::Derived(pb::DerivedShape { template: told.text(template) }),
        Shape::Link { to } => Wire::Link(pb::LinkShape { exercise_id: text(to.as_ref()) }),
        Shape::Consent => Wire::Consent(pb::ConsentShape {}),
    }
}

fn shape_from_pb(shape: Wire) -> Result<practice::Shape, ApiError> {
    Ok(match shape {
        Wire::Text(text) => practice::Shape::Text { chars_max: text.chars_max },
        Wire::LongText(text) => {
            practice::Shape::LongText { chars_max: Some(text.chars_max).filter(|max| *max > 0) }
        }
        Wire::Scale(scale) => practice::Shape::Scale(scale_from_pb(scale)?),
        Wire::Choice(choice) => practice::Shape::Choice(options_from_pb(choice.options)),
        Wire::Multi(multi) => {
            let count = practice::Count { min: multi.items_min, max: multi.items_max };
            practice::Shape::Multi(options_from_pb(multi.options), count)
        }
        Wire::List(list) => practice::Shape::List {
            of: item_from_pb(list.of())?,
            count: practice::Count { min: list.items_min, max: list.items_max },
            chars_max: list.chars_max,
            weight: list.weight.map(weight_from_pb),
        },
        Wire::Emotions(emotions) => practice::Shape::Emotions {
            strength: scale_from_pb(sent(emotions.strength, "strength")?)?,
            suggestions: options_from_pb(emotions.suggestions),
            count: practice::Count { min: emotions.items_min, max: emotions.items_max },
        },
        Wire::Person(_) => practice::Shape::Person,
        Wire::DateTime(_) => practice::Shape::DateTime,
        Wire::Date(date) => practice::Shape::Date { suggest: some(date.suggest) },
        Wire::Duration(_) => practice::Shape::Duration,
        Wire::Bool(truth) => practice::Shape::Bool { stop: truth.stop.map(stop_from_pb).transpose()? },
        Wire::Timer(timer) => practice::Shape::Timer { suggested_s: timer.suggested_s },
        Wire::Derived(derived) => practice::Shape::Derived { template: derived.template },
        Wire::Link(link) => practice::Shape::Link { to: read_some(&link.exercise_id, "exercise")? },
        Wire::Consent(_) => practice::Shape::Consent,
    })
}

fn scale_to_pb(scale: &Scale, told: Told<'_>) -> pb::ScaleShape {
    let anchor = |(at, key): (&i32, &String)| pb::Anchor { at: *at, label: told.text(key) };
    pb::ScaleShape {
        min: scale.min,
        max: scale.max,
        step: scale.step,
        anchors: scale.anchors.iter().map(anchor).collect(),
        bounds: scale.stop.as_ref().map(|bounds| bounds_to_pb(bounds, told)),
    }
}

fn scale_from_pb(scale: pb::ScaleShape) -> Result<practice::Scale, ApiError> {
    Ok(practice::Scale {
        min: scale.min,
        max: scale.max,
        step: scale.step,
        anchors: scale.anchors.into_iter().map(|anchor| (anchor.at, anchor.label)).collect(),
        bounds: scale.bounds.map(bounds_from_pb).transpose()?,
    })
}

fn bounds_to_pb(bounds: &Bounds, told: Told<'_>) -> pb::Bounds {
    pb::Bounds {
        below: bounds.below,
        above: bounds.above,
        notice: told.text(&bounds.notice),
        instead: text(bounds.instead.as_ref()),
    }
}

fn bounds_from_pb(bounds: pb::Bounds) -> Result<practice::Bounds, ApiError> {
    Ok(practice::Bounds {
        below: bounds.below,
        above: bounds.above,
        notice: bounds.notice,
        instead: read_some(&bounds.instead, "exercise")?,
    })
}

fn options_to_pb(options: &[Choice], told: Told<'_>) -> Vec<pb::FieldOption> {
    let option = |option: &Choice| pb::FieldOption {
        id: option.id.clone(),
        label: told.exercise.option_label(option, told.language).to_owned(),
        notice: told.some(option.notice.as_ref()),
        group: told.some(option.group.as_ref()),
    };
    options.iter().map(option).collect()
}

fn options_from_pb(options: Vec<pb::FieldOption>) -> Vec<practice::Choice> {
    let option = |option: pb::FieldOption| practice::Choice {
        id: option.id,
        label: option.label,
        notice: option.notice,
        group: option.group,
    };
    options.into_iter().map(option).collect()
}

fn emotions_to_pb(
    strength: &Scale,
    suggestions: &[Choice],
    count: Count,
    told: Told<'_>,
) -> pb::EmotionsShape {
    pb::EmotionsShape {
        strength: Some(scale_to_pb(strength, told)),
        suggestions: options_to_pb(suggestions, told),
        items_min: size(count.min),
        items_max: size(count.max),
    }
}

fn item_to_pb(of: ItemKind) -> pb::ItemKind {
    match of {
        ItemKind::Text => pb::ItemKind::Text,
        ItemKind::Person => pb::ItemKind::Person,
        ItemKind::Link => pb::ItemKind::Link,
    }
}

fn item_from_pb(of: pb::ItemKind) -> Result<ItemKind, ApiError> {
    match of {
        pb::ItemKind::Unspecified => Err(unreadable("kind of item")),
        pb::ItemKind::Text => Ok(ItemKind::Text),
        pb::ItemKind::Person => Ok(ItemKind::Person),
        pb::ItemKind::Link => Ok(ItemKind::Link),
    }
}

fn weight_to_pb(weight: Weight) -> pb::Weight {
    pb::Weight { min: weight.min, max: weight.max, sum: weight.sum }
}

fn weight_from_pb(weight: pb::Weight) -> practice::Weight {
    practice::Weight { min: weight.min, max: weight.max, sum: weight.sum }
}

fn stop_to_pb(stop: &Stop, told: Told<'_>) -> pb::Stop {
    pb::Stop { when: stop.when, notice: told.text(&stop.notice), instead: text(stop.instead.as_ref()) }
}

fn stop_from_pb(stop: pb::Stop) -> Result<practice::Stop, ApiError> {
    let instead = read_some(&stop.instead, "exercise")?;
    Ok(practice::Stop { when: stop.when, notice: stop.notice, instead })
}

/// Every size in a definition is bounded by its own 64 KiB or by a limit below; nothing is ever cut here.
fn size(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
