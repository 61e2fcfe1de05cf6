//! Whatever fits the questions of a built-in exercise is stored and read back as it was.

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::library;
use crate::answers::{
    Answer, Answers, Emotion, FieldId, Item, ItemValue, Seconds, Value, ValueMap, check_answers,
};
use crate::exercise::{Choice, Exercise, Field, ItemKind, Scale, Shape, derived};
use crate::id::{EntryId, PersonId};

fn words(chars_max: usize) -> BoxedStrategy<String> {
    // Long enough to say something, short enough for hundreds of cases.
    let most = chars_max.min(60);
    vec(prop_oneof![any::<char>(), Just('\n'), Just('"'), Just(' ')], 0..most)
        .prop_map(|chars| format!("a{}", chars.into_iter().collect::<String>()))
        .boxed()
}

fn id() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn ids(options: &[Choice]) -> Vec<String> {
    options.iter().map(|option| option.id.clone()).collect()
}

fn point(scale: &Scale) -> BoxedStrategy<i32> {
    let Scale { min, step, .. } = *scale;
    (0..=(scale.max - min) / step).prop_map(move |n| min + n * step).boxed()
}

fn item(of: ItemKind, chars_max: usize) -> BoxedStrategy<ItemValue> {
    match of {
        ItemKind::Text => words(chars_max).prop_map(ItemValue::Text).boxed(),
        ItemKind::Person => id().prop_map(|id| ItemValue::Person(PersonId::from_bytes(id))).boxed(),
        ItemKind::Link => id().prop_map(|id| ItemValue::Link(EntryId::from_bytes(id))).boxed(),
    }
}

fn emotion(suggestions: &[Choice], strength: &Scale) -> BoxedStrategy<Emotion> {
    let own = "[a-zäßéñ💚]{1,64}";
    let name = match ids(suggestions) {
        ids if ids.is_empty() => own.boxed(),
        ids => prop_oneof![select(ids), own].boxed(),
    };
    (name, point(strength)).prop_map(|(name, strength)| Emotion { name, strength }).boxed()
}

fn chosen(options: &[Choice], most: usize) -> BoxedStrategy<Answer> {
    let ids = ids(options);
    let some = btree_set(0..ids.len(), 1..=most.min(ids.len()));
    some.prop_map(move |at| Answer::Multi(at.into_iter().map(|at| ids[at].clone()).collect())).boxed()
}

/// An answer that fits the shape; none to a derived sentence.
fn answer(shape: &Shape) -> Option<BoxedStrategy<Answer>> {
    let seconds = || (0_u32..=2_592_000).prop_map(|seconds| Seconds::new(seconds).unwrap());
    let date =
        || (1_i32..=9999, 1_u32..=12, 1_u32..=28).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    let time = (date(), option::of((0_u32..24, 0_u32..60))).prop_map(|(date, time)| match time {
        Some((hour, minute)) => format!("{date}T{hour:02}:{minute:02}"),
        None => date,
    });
    Some(match shape {
        Shape::Text { max_chars } => words(*max_chars).prop_map(Answer::Text).boxed(),
        Shape::LongText { .. } => words(1_000).prop_map(Answer::Text).boxed(),
        Shape::Scale(scale) => point(scale).prop_map(Answer::Scale).boxed(),
        Shape::Choice(options) => select(ids(options)).prop_map(Answer::Choice).boxed(),
        Shape::Multi { options, count } => chosen(options, count.max),
        Shape::List { of, count, max_chars, weight } => {
            let weight = match weight {
                Some(weight) => option::of(weight.min..=weight.max).boxed(),
                None => Just(None).boxed(),
            };
            let item = (item(*of, *max_chars), weight).prop_map(|(value, weight)| Item { value, weight });
            vec(item, 1..=count.max).prop_map(Answer::List).boxed()
        }
        Shape::Emotions { strength, suggestions, count } => {
            vec(emotion(suggestions, strength), 1..=count.max).prop_map(Answer::Emotions).boxed()
        }
        Shape::Person => id().prop_map(|id| Answer::Person(PersonId::from_bytes(id))).boxed(),
        Shape::Link { .. } => id().prop_map(|id| Answer::Link(EntryId::from_bytes(id))).boxed(),
        Shape::DateTime => time.prop_map(|text| Answer::DateTime(text.parse().unwrap())).boxed(),
        Shape::Date { .. } => date().prop_map(|text| Answer::Date(text.parse().unwrap())).boxed(),
        Shape::Duration => seconds().prop_map(Answer::Duration).boxed(),
        Shape::Timer { .. } => seconds().prop_map(Answer::Timer).boxed(),
        Shape::Bool { .. } => any::<bool>().prop_map(Answer::Bool).boxed(),
        Shape::Consent => any::<bool>().prop_map(Answer::Consent).boxed(),
        Shape::Derived { .. } => return None,
    })
}

/// The ids under which a field is answered: one, or one for each occasion.
fn names(field: &Field) -> Vec<FieldId> {
    match field.repeats() {
        true => field.after.iter().map(|delay| format!("{}@{delay}", field.id).parse().unwrap()).collect(),
        false => vec![field.id.clone()],
    }
}

fn answers(exercise: &Exercise) -> BoxedStrategy<Answers> {
    let mut asked: Vec<BoxedStrategy<Option<(FieldId, Answer)>>> = Vec::new();
    for field in &exercise.fields {
        let Some(answer) = answer(&field.shape) else { continue };
        for name in names(field) {
            let named = answer.clone().prop_map(move |answer| (name.clone(), answer));
            asked.push(option::weighted(0.7, named).boxed());
        }
    }
    asked.prop_map(|answers| answers.into_iter().flatten().collect()).boxed()
}

fn exercise_and_answers() -> impl Strategy<Value = (Exercise, Answers)> {
    let exercises: Vec<Exercise> = library().iter().cloned().collect();
    any::<Index>().prop_flat_map(move |at| {
        let exercise = at.get(&exercises).clone();
        answers(&exercise).prop_map(move |answers| (exercise.clone(), answers))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn answers_to_every_exercise_are_stored_and_read_back((exercise, answers) in exercise_and_answers()) {
        let raw: ValueMap = answers.iter().map(|(id, answer)| (id.to_string(), answer.to_value())).collect();
        let json = serde_json::to_string(&serde_json::Value::from(Value::Map(raw))).unwrap();
        let Value::Map(read) = serde_json::from_str::<serde_json::Value>(&json).unwrap().into() else {
            panic!("an object came back as something else")
        };
        let checked = check_answers(&exercise, &read);
        prop_assert!(checked.as_ref() == Ok(&answers), "{}: {checked:?}", exercise.id);
        for (id, answer) in &answers {
            let stored = Answer::from_stored(&answer.to_stored());
            prop_assert!(stored.as_ref() == Some(answer), "{}, {id}: {answer:?}", exercise.id);
        }
        // A page can be made of any answers, also of none.
        let pages = derived(&exercise, &answers, "en", &|_| Some("Anna".to_owned()));
        let makes = exercise.fields.iter().filter(|field| matches!(field.shape, Shape::Derived { .. }));
        prop_assert_eq!(pages.len(), makes.count());
    }
}

#[test]
fn every_exercise_can_be_left_before_the_first_answer() {
    for exercise in library().iter() {
        assert!(check_answers(exercise, &ValueMap::new()) == Ok(Answers::new()), "{}", exercise.id);
    }
}
