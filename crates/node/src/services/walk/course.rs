//! What is walked through: the questions in their order, and which answers fit them.

use std::collections::BTreeMap;
use std::sync::Arc;

use haven_api::convert::exercise;
use haven_api::error::ApiError;
use haven_api::pb;
use haven_api::practice::{self, Shape};
use haven_core::answers::{ExerciseId, ExerciseRef, FieldId, Value, ValueMap, check_answers};
use haven_core::exercise::{Exercise, ItemKind, Phase};
use haven_core::measure::{Measure, PREFER_NOT_TO_SAY};
use haven_core::person::{Person, resolve_person};
use haven_core::shelf::Shelf;
use haven_core::support::{Country, Support};
use haven_engine::view::{Filter, Row, View};
use tonic::Status;

use super::stepper::{self, Misfit, Reply, Stepper};
use crate::services::unexpected;

/// In which words it is told.
pub(super) struct Telling {
    pub(super) language: String,
    pub(super) country: Option<Country>,
}

/// An exercise or a measure that is walked through.
pub(super) struct Course {
    pub(super) shelf: Shelf,
    pub(super) made_with: ExerciseRef,
    pub(super) title: String,
    pub(super) minutes: u32,
    /// The ids of the answers, in the order they are asked for.
    pub(super) order: Vec<String>,
    pub(super) kind: Kind,
}

/// Which of the two.
pub(super) enum Kind {
    Exercise(Box<Guided>),
    Measure(Box<Questionnaire>),
}

/// An exercise.
pub(super) struct Guided {
    /// With the questions of this sitting only, each by the id of its answer.
    pub(super) sitting: practice::Exercise,
    /// As it is.
    pub(super) whole: practice::Exercise,
    /// Its questions as clients read them, by their ids.
    fields: BTreeMap<String, pb::Field>,
}

/// A measure.
pub(super) struct Questionnaire {
    pub(super) measure: Measure,
    /// As clients read it, about whoever it is about.
    pub(super) told: pb::Measure,
}

/// Whether an answer fits its question.
pub(super) enum Fit {
    /// It says nothing: the question is open.
    Nothing,
    /// It does, in the way it is kept.
    Answer(Value),
    /// It does not; why, in a sentence.
    Misfit(String),
}

impl Guided {
    /// Reads an exercise. `later` names the answers to later questions, if these are what is asked.
    pub(super) fn new(
        shelf: &Shelf,
        made_with: &ExerciseRef,
        telling: &Telling,
        later: &[String],
    ) -> Result<Self, Status> {
        let core = shelf.exercises.get_version(&made_with.id, made_with.version).ok_or_else(unexpected)?;
        let emergency =
            Support::built_in().map_err(|_| unexpected())?.emergency(telling.country, &telling.language);
        let told = exercise::to_pb(core, shelf.exercises.is_custom(&core.id), &telling.language, &emergency);
        let fields = told.fields.iter().map(|field| (field.id.clone(), field.clone())).collect();
        let whole = exercise::from_pb(told)?;
        let mut sitting = whole.clone();
        if !later.is_empty() {
            let asked = |id: &String| {
                let base = later_field(core, id)?;
                let field = whole.fields.iter().find(|field| field.id == base)?;
                // They are what this sitting is about.
                Some(practice::Field { id: id.clone(), phase: Phase::Main, ..field.clone() })
            };
            let asked: Option<Vec<_>> = later.iter().map(asked).collect();
            sitting.fields = asked.ok_or_else(|| {
                ApiError::invalid("it can't go on from here", "that is no later question of the exercise")
            })?;
        }
        Ok(Self { sitting, whole, fields })
    }

    /// Leaves out the questions for an entry that no entry could answer, but not one that is needed or was answered.
    pub(super) fn without_empty(&mut self, view: &View, answered: impl Fn(&str) -> bool) {
        self.sitting.fields.retain(|field| {
            let may_go = !field.required && !answered(&field.id);
            !may_go || links_to(&field.shape).is_none_or(|to| !linkable(view, to.as_ref(), 1).is_empty())
        });
    }

    /// The walk at a question, or at its end.
    pub(super) fn stepper(&self, answers: &ValueMap, at: Option<&str>) -> Stepper {
        let mut stepper = Stepper::new(self.sitting.clone(), answers.clone());
        match at {
            Some(id) => drop(stepper.go_to(id)),
            None => stepper.end(),
        }
        stepper
    }

    pub(super) fn field(&self, id: &str) -> Option<&practice::Field> {
        self.sitting.fields.iter().find(|field| field.id == id)
    }

    /// The question as clients read it.
    pub(super) fn told(&self, id: &str) -> Option<&pb::Field> {
        let base = id.split_once('@').map_or(id, |(base, _)| base);
        self.fields.get(base)
    }
}

/// The id of the later question that an answer is one to.
fn later_field(exercise: &Exercise, id: &str) -> Option<String> {
    let read: FieldId = id.parse().ok()?;
    let field = exercise.field(&read).filter(|field| field.phase == Phase::Later)?;
    // An answer that says nothing fits wherever its id does.
    let nothing = [(id.to_owned(), Value::Null)].into();
    check_answers(exercise, &nothing).ok()?;
    Some(field.id.to_string())
}

/// Which entries a question asks for: those of an exercise, or any; none for a question that asks for no entry.
#[expect(
    clippy::option_option,
    reason = "no entry, any entry and entries of one exercise are three different things"
)]
pub(super) fn links_to(shape: &Shape) -> Option<Option<ExerciseId>> {
    match shape {
        Shape::Link { to } => Some(to.clone()),
        Shape::List { of: ItemKind::Link, .. } => Some(None),
        _ => None,
    }
}

/// The entries of an exercise, or all there are, newest first, at most so many.
pub(super) fn linkable(view: &View, to: Option<&ExerciseId>, most: usize) -> Vec<Arc<Row>> {
    let journal = Filter::default();
    let fits = |row: &&Arc<Row>| to.is_none() || row.entry.exercise.as_ref().map(|made| &made.id) == to;
    view.list(&journal).filter(fits).take(most).cloned().collect()
}

impl Course {
    /// Whether it asks for an answer with this id.
    pub(super) fn asks(&self, id: &str) -> bool {
        self.order.iter().any(|asked| asked == id)
    }

    /// The question after one; none after the last.
    pub(super) fn after(&self, id: &str) -> Option<&String> {
        let at = self.order.iter().position(|asked| asked == id)?;
        self.order.get(at + 1)
    }

    /// The question before one; none before the first.
    pub(super) fn before(&self, id: &str) -> Option<&String> {
        let at = self.order.iter().position(|asked| asked == id)?;
        self.order.get(at.checked_sub(1)?)
    }

    pub(super) fn guided(&self) -> Option<&Guided> {
        match &self.kind {
            Kind::Exercise(guided) => Some(guided),
            Kind::Measure(_) => None,
        }
    }

    pub(super) fn is_measure(&self) -> bool {
        matches!(self.kind, Kind::Measure(_))
    }

    /// Its title by id, for what is offered instead.
    pub(super) fn suggested(&self, id: &ExerciseId, language: &str) -> pb::Suggested {
        let known = self.shelf.exercises.get(id);
        let title = known.map_or(id.as_str(), |exercise| exercise.title(language));
        pb::Suggested { exercise: id.to_string(), title: title.to_owned() }
    }

    /// What an answer calls for.
    pub(super) fn reply(&self, id: &str, answer: &Value) -> Reply {
        let field = self.guided().and_then(|guided| guided.field(id));
        field.map_or(Reply::Nothing, |field| stepper::reply(&field.shape, answer))
    }

    /// Whether an answer shows the support card.
    pub(super) fn calls_for_support(&self, id: &str, answer: &Value) -> bool {
        let Kind::Measure(asked) = &self.kind else { return false };
        let item = asked.told.items.iter().find(|item| item.id == id);
        item.and_then(|item| item.support_above).is_some_and(|above| {
            // What was declined is no number.
            answer.whole().is_none_or(|point| point > above)
        })
    }

    /// Looks at an answer. People may be named as they are called.
    pub(super) fn fit(&self, people: &[Person], id: &str, answer: Value) -> Fit {
        match &self.kind {
            Kind::Exercise(guided) => guided.fit(&self.shelf, &self.made_with, people, id, answer),
            Kind::Measure(asked) => asked.fit(id, answer),
        }
    }

    /// The question in words.
    pub(super) fn label(&self, id: &str) -> String {
        match &self.kind {
            Kind::Exercise(guided) => guided.field(id).map_or_else(String::new, |field| field.label.clone()),
            Kind::Measure(asked) => asked.label(id),
        }
    }
}

impl Guided {
    fn fit(
        &self,
        shelf: &Shelf,
        made_with: &ExerciseRef,
        people: &[Person],
        id: &str,
        mut answer: Value,
    ) -> Fit {
        let field = self.field(id);
        if let Some(field) = field {
            name_people(&field.shape, people, &mut answer);
        }
        let one = [(id.to_owned(), answer.clone())].into();
        let checked = shelf.made_with(made_with).map(|asked| asked.check_answers(&one));
        let looked = || field.map_or(Ok(()), |field| stepper::check(&field.shape, &answer));
        match checked {
            Some(Ok(read)) => match (read.into_values().next(), looked()) {
                (None, _) => Fit::Nothing,
                (Some(read), Ok(())) => Fit::Answer(read.to_value()),
                (Some(_), Err(Misfit(why))) => Fit::Misfit(why),
            },
            Some(Err(faults)) => Fit::Misfit(match (looked(), faults.first()) {
                (Err(Misfit(why)), _) => why,
                (Ok(()), Some(fault)) => format!("That doesn't fit: {}; {}.", fault.what, fault.next),
                (Ok(()), None) => String::new(),
            }),
            None => Fit::Nothing,
        }
    }
}

/// Puts ids where people are named as they are called.
fn name_people(shape: &Shape, people: &[Person], answer: &mut Value) {
    let named: Vec<&mut Value> = match (shape, answer) {
        (Shape::Person, one) => vec![one],
        (Shape::List { of: ItemKind::Person, .. }, Value::List(items)) => items.iter_mut().collect(),
        _ => return,
    };
    for value in named {
        // Whoever cannot be told stays as they were named, which does not fit.
        let found = value.text().map(str::trim).filter(|name| !name.is_empty());
        if let Some(Ok(id)) = found.map(|name| resolve_person(people, name)) {
            *value = Value::Text(id.to_string());
        }
    }
}

impl Questionnaire {
    fn fit(&self, id: &str, answer: Value) -> Fit {
        let one = [(id.to_owned(), answer)].into();
        match self.measure.check_answers(&one) {
            Ok(read) => read.into_values().next().map_or(Fit::Nothing, |read| Fit::Answer(read.to_value())),
            Err(_) if self.told.items.iter().any(|item| item.id == id) => {
                Fit::Misfit(format!("Give a whole number from {} to {}.", self.told.min, self.told.max))
            }
            Err(_) => Fit::Misfit("Choose from what is offered.".to_owned()),
        }
    }

    fn label(&self, id: &str) -> String {
        let item = self.told.items.iter().position(|item| item.id == id);
        if let Some(at) = item {
            let words = &self.told.items[at].text;
            return if words.is_empty() {
                format!("Question {} on your printed form", at + 1)
            } else {
                words.clone()
            };
        }
        let extra = self.told.extras.iter().find(|extra| extra.id == id);
        extra.map_or_else(String::new, |extra| extra.text.clone())
    }

    /// The question as clients read it, with the answers that fit.
    pub(super) fn field(&self, id: &str) -> Option<pb::Field> {
        let shape = if self.told.items.iter().any(|item| item.id == id) {
            pb::field::Shape::Scale(pb::ScaleShape {
                min: self.told.min,
                max: self.told.max,
                step: 1,
                anchors: self.told.anchors.clone(),
                bounds: None,
            })
        } else {
            let extra = self.told.extras.iter().find(|extra| extra.id == id)?;
            pb::field::Shape::Choice(pb::ChoiceShape { options: extra.options.clone() })
        };
        Some(pb::Field {
            id: id.to_owned(),
            phase: pb::Phase::Main.into(),
            label: self.label(id),
            shape: Some(shape),
            ..Default::default()
        })
    }

    pub(super) fn item(&self, id: &str) -> Option<&pb::MeasureItem> {
        self.told.items.iter().find(|item| item.id == id)
    }

    /// An answer in words: what its point is called, else the point.
    pub(super) fn words(&self, id: &str, answer: &Value) -> String {
        if answer.text() == Some(PREFER_NOT_TO_SAY) {
            return "prefer not to say".to_owned();
        }
        if let Some(extra) = self.told.extras.iter().find(|extra| extra.id == id) {
            let chosen = extra.options.iter().find(|option| answer.text() == Some(&option.id));
            return chosen.map_or_else(String::new, |option| option.label.clone());
        }
        let Some(point) = answer.whole() else { return String::new() };
        let named = self.told.anchors.iter().find(|anchor| anchor.at == point);
        named.map_or_else(|| point.to_string(), |anchor| anchor.label.clone())
    }
}
