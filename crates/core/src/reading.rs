//! The answers of an entry as a person reads them: under the words of their questions, in the order these are asked.

use std::fmt;

use crate::answers::{Answer, Emotion, FieldId, Item, ItemValue};
use crate::entry::Entry;
use crate::exercise::{Exercise, Phase, Shape, finished, spoken};
use crate::id::PersonId;
use crate::measure::{Measure, PERSON_FIELD, PREFER_NOT_TO_SAY, Target};
use crate::shelf::Asked;

/// Gives the name of a person; one who was forgotten has none.
pub type NameOf<'a> = &'a dyn Fn(PersonId) -> Option<String>;

/// What stands where there are no words, such as for somebody who was forgotten.
const NOTHING: &str = "…";

/// An answer in words. Debug shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadAnswer {
    /// The id of the answer.
    pub id: FieldId,
    /// The question; the id where this release does not know it.
    pub question: String,
    /// The answer; the items of a list a line each.
    pub answer: String,
}

impl fmt::Debug for ReadAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadAnswer({})", self.id)
    }
}

/// Reads the answers of an entry. `asked` is what it was made with, if that is known here.
pub fn read(entry: &Entry, asked: Option<Asked<'_>>, language: &str, name_of: NameOf<'_>) -> Vec<ReadAnswer> {
    let about = match asked {
        Some(Asked::Measure(measure)) => measure.target(&entry.answers),
        _ => Target::Oneself,
    };
    let about = if let Target::Person(person) = about { name_of(person) } else { None };
    let reader = Reader { asked, about, language, name_of };
    let mut answers: Vec<_> = entry.answers.iter().collect();
    answers.sort_by_key(|(id, _)| reader.place(id));
    let read = |(id, answer): (&FieldId, &Answer)| ReadAnswer {
        id: id.clone(),
        question: reader.question(id),
        answer: reader.answer(id, answer),
    };
    answers.into_iter().map(read).chain(reader.derived(entry)).collect()
}

struct Reader<'a> {
    asked: Option<Asked<'a>>,
    /// The name of whom a measure was answered about.
    about: Option<String>,
    language: &'a str,
    name_of: NameOf<'a>,
}

impl Reader<'_> {
    fn exercise(&self) -> Option<&Exercise> {
        match self.asked? {
            Asked::Exercise(exercise) => Some(exercise),
            Asked::Measure(_) => None,
        }
    }

    /// Where a question stands; what is not known comes first, in the order of the ids.
    fn place(&self, id: &FieldId) -> Option<(Phase, usize)> {
        match self.asked? {
            Asked::Exercise(exercise) => {
                let index = exercise.fields.iter().position(|field| field.id.as_str() == id.base())?;
                Some((exercise.fields[index].phase, index))
            }
            Asked::Measure(measure) => {
                let items = measure.items.iter().map(|item| &item.id);
                let mut ids = items.chain(measure.extras.iter().map(|extra| &extra.id));
                Some((Phase::Main, ids.position(|known| known == id)?))
            }
        }
    }

    fn question(&self, id: &FieldId) -> String {
        let known = match self.asked {
            Some(Asked::Exercise(exercise)) => {
                exercise.field(id).map(|field| exercise.texts.get(self.language, &field.label).to_owned())
            }
            Some(Asked::Measure(measure)) => self.item(measure, id),
            None => None,
        };
        known.unwrap_or_else(|| id.to_string())
    }

    /// The words of an item, or its number where the person brought the printed form.
    fn item(&self, measure: &Measure, id: &FieldId) -> Option<String> {
        if id.as_str() == PERSON_FIELD {
            return Some("About".to_owned());
        }
        if let Some(extra) = measure.extras.iter().find(|extra| extra.id == *id) {
            return Some(measure.texts.get(self.language, &extra.text).to_owned());
        }
        let index = measure.items.iter().position(|item| item.id == *id)?;
        let words = measure.item_text(&measure.items[index], self.language, self.about.as_deref());
        Some(words.unwrap_or_else(|| format!("Question {}", index + 1)))
    }

    fn answer(&self, id: &FieldId, answer: &Answer) -> String {
        match (self.asked, answer) {
            (Some(Asked::Measure(measure)), Answer::Scale(point)) => self.point(measure, *point),
            (Some(Asked::Measure(measure)), Answer::Choice(chosen)) => self.chosen(measure, id, chosen),
            (_, Answer::Bool(yes) | Answer::Consent(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
            (_, Answer::Link(entry)) => entry.to_string(),
            (_, Answer::List(items)) => self.list(items),
            (_, Answer::Emotions(emotions)) => {
                let one = |emotion: &Emotion| {
                    let alone = Answer::Emotions(vec![emotion.clone()]);
                    format!("{} {}", self.spoken(id, &alone), emotion.strength)
                };
                emotions.iter().map(one).collect::<Vec<_>>().join(", ")
            }
            (_, answer) => self.spoken(id, answer),
        }
    }

    fn spoken(&self, id: &FieldId, answer: &Answer) -> String {
        let words = spoken(self.exercise(), id, answer, self.language, self.name_of);
        words.unwrap_or_else(|| NOTHING.to_owned())
    }

    /// A point of the scale, with what it is called if anybody has published that.
    fn point(&self, measure: &Measure, point: i32) -> String {
        let anchor = measure.scale.anchors.get(&point).map(|key| measure.texts.get(self.language, key));
        anchor.map_or_else(|| point.to_string(), |anchor| format!("{point}, {anchor}"))
    }

    fn chosen(&self, measure: &Measure, id: &FieldId, chosen: &str) -> String {
        let extra = measure.extras.iter().find(|extra| extra.id == *id);
        let option = extra.and_then(|extra| extra.options.iter().find(|option| option.id == chosen));
        match option {
            Some(option) => measure.texts.get(self.language, &option.label).to_owned(),
            None if chosen == PREFER_NOT_TO_SAY => "Prefer not to say".to_owned(),
            None => chosen.to_owned(),
        }
    }

    fn list(&self, items: &[Item]) -> String {
        let line = |item: &Item| {
            let words = match &item.value {
                ItemValue::Text(text) => text.clone(),
                ItemValue::Person(person) => (self.name_of)(*person).unwrap_or_else(|| NOTHING.to_owned()),
                ItemValue::Link(entry) => entry.to_string(),
            };
            item.weight.map_or_else(|| format!("- {words}"), |weight| format!("- {words} ({weight})"))
        };
        items.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The sentences put together from the answers, where nothing is missing in them.
    fn derived(&self, entry: &Entry) -> Vec<ReadAnswer> {
        let Some(exercise) = self.exercise() else { return Vec::new() };
        let mut sentences = finished(exercise, &entry.answers, self.language, self.name_of);
        let fields = exercise.fields.iter().filter(|field| matches!(field.shape, Shape::Derived { .. }));
        let whole = fields.filter_map(|field| {
            let answer = sentences.remove(&field.id)?;
            Some(ReadAnswer { id: field.id.clone(), question: self.question(&field.id), answer })
        });
        whole.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;
    use crate::entry::{Draft, EntryKind};
    use crate::id::EntryId;
    use crate::shelf::Shelf;
    use crate::time::Timestamp;

    /// Checks what is read of these answers, a line for each question and each answer.
    fn check(made_with: &str, answers: &[(&str, Answer)], expected: &[(&str, &str)]) {
        let shelf = Shelf::built_in().unwrap();
        let asked = shelf.find(&made_with.parse().unwrap(), None);
        let mut draft = Draft::new(EntryKind::Exercise, "2026-11-24".parse().unwrap());
        draft.exercise = asked.map(Asked::reference);
        draft.answers =
            answers.iter().map(|(id, answer)| (id.parse().unwrap(), answer.clone())).collect::<Answers>();
        let entry = draft.into_entry(EntryId::from_bytes([1; 16]), Timestamp::default());
        let name_of = |id: PersonId| (id == ann()).then(|| "Ann".to_owned());
        let read = read(&entry, asked, "en", &name_of);
        let read: Vec<_> = read.iter().map(|read| (read.question.as_str(), read.answer.as_str())).collect();
        assert_eq!(read, expected, "{made_with}");
    }

    fn ann() -> PersonId {
        PersonId::from_bytes([7; 16])
    }

    fn text(text: &str) -> Answer {
        Answer::Text(text.to_owned())
    }

    #[test]
    fn answers_are_read_under_their_questions_in_the_order_they_are_asked() {
        let felt = |name: &str, strength| Emotion { name: name.to_owned(), strength };
        check(
            "name-it",
            &[
                ("suds_before", Answer::Scale(30)),
                ("suds_after", Answer::Scale(20)),
                ("emotions", Answer::Emotions(vec![felt("sad", 3), felt("left out", 2)])),
            ],
            &[
                ("How heavy is it right now?", "30"),
                ("What do you feel, and how strongly?", "sad 3, left out 2"),
                ("How heavy is it now?", "20"),
            ],
        );
    }

    #[test]
    fn a_list_has_a_line_for_each_item_and_its_weight() {
        let item =
            |text: &str, weight| Item { value: ItemValue::Text(text.to_owned()), weight: Some(weight) };
        let reasons = Answer::List(vec![item("tired", 60), item("busy", 40)]);
        check(
            "other-reasons",
            &[("event", text("no call")), ("reasons", reasons)],
            &[("What happened?", "no call"), ("What could be behind it?", "- tired (60)\n- busy (40)")],
        );
    }

    #[test]
    fn a_measure_is_read_with_its_points_and_about_whom() {
        let difficulty = "If you checked off any problems, how difficult have these problems made it for you to do your work, \
                          take care of things at home, or get along with other people?";
        check(
            "phq-9",
            &[
                ("q9", Answer::Choice(PREFER_NOT_TO_SAY.to_owned())),
                ("q1", Answer::Scale(2)),
                ("difficulty", Answer::Choice("very-difficult".to_owned())),
            ],
            &[
                ("Little interest or pleasure in doing things", "2, More than half the days"),
                (
                    "Thoughts that you would be better off dead, or of hurting yourself in some way",
                    "Prefer not to say",
                ),
                (difficulty, "Very difficult"),
            ],
        );
        check(
            "two-axis",
            &[("w2", Answer::Scale(4)), ("w1", Answer::Scale(1)), ("person", Answer::Person(ann()))],
            &[
                ("About", "Ann"),
                ("A late or short reply set my mind racing.", "1, not at all"),
                ("I scanned for signs that Ann was losing interest.", "4"),
            ],
        );
        check("ecr-rs", &[("q2", Answer::Scale(4))], &[("Question 2", "4")]);
    }

    #[test]
    fn a_sentence_is_read_where_nothing_is_missing_in_it() {
        let fact = ("fact", text("It rained."));
        check("need-line", std::slice::from_ref(&fact), &[("What happened?", "It rained.")]);
        let felt = Emotion { name: "alone".to_owned(), strength: 3 };
        check(
            "need-line",
            &[
                fact,
                ("feel", Answer::Emotions(vec![felt])),
                ("need", Answer::Choice("rest".to_owned())),
                ("ask", text("Stay… a while?")),
            ],
            &[
                ("What happened?", "It rained."),
                ("What do you feel about it, and how strongly?", "alone 3"),
                ("What do you need most?", "rest"),
                ("What will you ask for?", "Stay… a while?"),
                ("How it could sound", "It rained. I feel alone, and I need rest. Stay… a while?"),
            ],
        );
    }

    #[test]
    fn what_this_release_does_not_know_is_read_by_its_ids() {
        check(
            "of-tomorrow",
            &[("b", text("words")), ("a", Answer::Person(PersonId::from_bytes([9; 16])))],
            &[("a", "…"), ("b", "words")],
        );
    }
}
