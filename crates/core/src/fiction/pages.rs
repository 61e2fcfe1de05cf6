//! One fictional day after another.

use super::words::{
    AGREED, DAYS, FACTS_FOR, FACTS_NOT, FAIRER, KIND_WORDS, MEANINGS, PREDICTIONS, SAID, SHARED, SPARKS,
    THOUGHTS,
};
use super::{CAST, Page};
use crate::answers::{Value, ValueMap};
use crate::entry::EntryKind;
use crate::id::PersonId;
use crate::time::Date;

/// The days of a fictional month.
const MONTH_DAYS: u32 = 30;

/// The days at the end of the first half on which nothing is written: a journal has gaps.
const PAUSE_DAYS: u32 = 12;

/// Writes a journal, drawing everything from one seed.
pub(super) struct Author<'a> {
    state: u64,
    cast: &'a [PersonId; CAST.len()],
    pages: Vec<Page>,
}

impl<'a> Author<'a> {
    pub(super) fn new(seed: u64, cast: &'a [PersonId; CAST.len()]) -> Self {
        Self { state: seed, cast, pages: Vec::new() }
    }

    pub(super) fn write(mut self, months: u32, today: Date) -> Vec<Page> {
        let days = months * MONTH_DAYS;
        let first = today.plus_days(-(days as i32));
        self.opening(first);
        for day in 1..days {
            let date = first.plus_days(day as i32);
            let paused = (days / 2..days / 2 + PAUSE_DAYS).contains(&day);
            if !paused {
                self.day(day, date, today);
            }
        }
        self.pages
    }

    /// The first page says what this is.
    fn opening(&mut self, date: Date) {
        let text = "Everything in this journal is made up: the days, the people and the numbers. It is here so that \
                    one can look around.";
        self.note(date, "A fictional journal", text, &[]);
        for person in 0..CAST.len() {
            self.placed(date, person);
        }
    }

    fn day(&mut self, day: u32, date: Date, today: Date) {
        if self.one_in(2) {
            let text = self.pick(&DAYS);
            self.note(date, "", text, &[]);
        }
        if self.one_in(3) {
            self.moment(date);
        }
        if self.one_in(5) {
            self.settled(date);
        }
        if self.one_in(9) {
            self.thought(date, today);
        }
        if self.one_in(11) {
            self.tested(date, today);
        }
        if self.one_in(8) {
            self.met(date);
        }
        if day.is_multiple_of(14) {
            for person in [0, 1] {
                self.between_us(date, person);
            }
        }
        if day.is_multiple_of(28) {
            self.snapshot(date);
            self.gentle(date);
            self.session(date, today);
        }
        if day == 60 || day == 120 {
            self.placed(date, 3);
        }
    }

    /// The next number: SplitMix64 (Steele, Lea, Flood 2014, OOPSLA, section 4), enough for made-up days.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A number from the range, both ends in it.
    fn from(&mut self, least: i32, most: i32) -> i32 {
        least + self.below((most - least + 1) as usize) as i32
    }

    /// A multiple of five.
    fn fives(&mut self, least: i32, most: i32) -> i32 {
        self.from(least / 5, most / 5) * 5
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn note(&mut self, date: Date, title: &str, text: &str, people: &[usize]) {
        let people = people.iter().map(|person| self.cast[*person]).collect();
        let (title, text) = (title.to_owned(), text.to_owned());
        let answers = ValueMap::new();
        self.pages.push(Page { kind: EntryKind::Note, date, title, text, people, answers_to: None, answers });
    }

    fn answered(&mut self, id: &str, date: Date, person: Option<usize>, answers: ValueMap) {
        let measures = ["two-axis", "scs-sf", "seven-signs"];
        let kind = if measures.contains(&id) { EntryKind::Measure } else { EntryKind::Exercise };
        self.pages.push(Page {
            kind,
            date,
            title: String::new(),
            text: String::new(),
            people: person.map(|person| self.cast[person]).into_iter().collect(),
            answers_to: id.parse().ok(),
            answers,
        });
    }

    fn somebody(&mut self) -> usize {
        // Mara is written about most.
        [0, 0, 0, 1, 1, 2][self.below(6)]
    }

    fn id(&self, person: usize) -> Value {
        Value::from(self.cast[person].to_string().as_str())
    }

    fn moment(&mut self, date: Date) {
        let person = self.somebody();
        let urge = self.pick(&["reach", "check", "check", "go-quiet", "leave", "please"]);
        let feeling = self.pick(&["afraid", "anxious", "sad", "lonely"]);
        let need = self.pick(&["contact", "clarity", "rest", "respect"]);
        let answers = answers([
            ("when", date.to_string().as_str().into()),
            ("person", self.id(person)),
            ("spark", self.pick(&SPARKS).into()),
            ("meaning", self.pick(&MEANINGS).into()),
            ("feelings", feelings(feeling, self.from(1, 5))),
            ("urge", urge.into()),
            ("need", need.into()),
            ("suds", self.from(20, 85).into()),
        ]);
        self.answered("trigger-chain", date, Some(person), answers);
    }

    /// Something to settle down with, or just waiting.
    fn settled(&mut self, date: Date) {
        let before = self.from(40, 90);
        let after = (before + self.from(-40, 10)).clamp(0, 100);
        let rated = [("suds_before", before.into()), ("suds_after", after.into())];
        let (id, more): (_, Vec<(&str, Value)>) = match self.below(4) {
            0 => ("wait", vec![("timer", "5m".into()), ("did", "sat".into())]),
            1 => ("slow-breath", vec![("pattern", "4-6".into()), ("timer", "5m".into())]),
            2 => ("name-it", vec![("emotions", feelings("sad", self.from(1, 5)))]),
            _ => {
                let hurt = self.pick(&MEANINGS).into();
                ("kind-word", vec![("hurt", hurt), ("kind", self.pick(&KIND_WORDS).into())])
            }
        };
        self.answered(id, date, None, answers(rated.into_iter().chain(more)));
    }

    fn thought(&mut self, date: Date, today: Date) {
        let before = self.fives(50, 95);
        let after = (before - self.fives(0, 45)).max(0);
        let heavy = self.from(40, 85);
        let mut given = answers([
            ("thought", self.pick(&THOUGHTS).into()),
            ("belief_before", before.into()),
            ("suds_before", heavy.into()),
            ("facts_for", list(&[self.pick(&FACTS_FOR)])),
            ("facts_not", list(&[self.pick(&FACTS_NOT)])),
            ("fairer", self.pick(&FAIRER).into()),
            ("belief_after", after.into()),
            ("suds_after", (heavy - self.from(0, 30)).max(0).into()),
        ]);
        for (later, days) in [("rerate@P7D", 7), ("rerate@P28D", 28)] {
            if date.plus_days(days) < today && !self.one_in(3) {
                given.insert(later.to_owned(), (after + self.fives(-10, 20)).clamp(0, 100).into());
            }
        }
        self.answered("thought-check", date, None, given);
    }

    fn tested(&mut self, date: Date, today: Date) {
        let mut given = answers([
            ("prediction", self.pick(&PREDICTIONS).into()),
            ("sure", self.fives(40, 95).into()),
            ("test", "Ask, and see.".into()),
            ("by", date.plus_days(5).to_string().as_str().into()),
        ]);
        if date.plus_days(5) < today && !self.one_in(4) {
            given.insert("result".to_owned(), self.pick(&["as-feared", "partly", "not", "not"]).into());
        }
        self.answered("small-test", date, None, given);
    }

    fn met(&mut self, date: Date) {
        let person = self.somebody();
        let tight = self.from(2, 7);
        let answers = answers([
            ("person", self.id(person)),
            ("i_shared", self.pick(&SHARED).into()),
            ("relief_before", tight.into()),
            ("understood", self.from(3, 9).into()),
            ("valued", self.from(3, 9).into()),
            ("cared", self.from(3, 9).into()),
            ("relief_after", (tight + self.from(-1, 3)).clamp(0, 10).into()),
        ]);
        self.answered("how-they-met-me", date, Some(person), answers);
    }

    fn placed(&mut self, date: Date, person: usize) {
        let role = CAST[person];
        let circle = if self.one_in(4) { "middle" } else { role.circle.as_str() };
        let gives: Vec<&str> = role.gives.iter().map(|gift| gift.as_str()).collect();
        let answers = answers([
            ("person", self.id(person)),
            ("circle", circle.into()),
            ("gives", list(&gives)),
            ("safe", role.safe.as_str().into()),
        ]);
        self.answered("people-map", date, Some(person), answers);
    }

    fn between_us(&mut self, date: Date, person: usize) {
        let items = ["w1", "w2", "w3", "w4", "w5", "w6", "d1", "d2", "d3", "d4", "d5", "d6"];
        let given = items.map(|item| (item, Value::from(self.from(2, 6))));
        let mut given = answers(given);
        given.insert("person".to_owned(), self.id(person));
        self.answered("two-axis", date, Some(person), given);
    }

    fn snapshot(&mut self, date: Date) {
        let signs = [
            "closeness",
            "trusted",
            "trusting",
            "independence",
            "communicator",
            "seeks_support",
            "regulated",
            "secure_view",
        ];
        let given = signs.map(|sign| (sign, Value::from(self.from(3, 8))));
        self.answered("signs-snapshot", date, None, answers(given));
    }

    fn gentle(&mut self, date: Date) {
        let given = (1..=12).map(|item| (format!("q{item}"), Value::from(self.from(2, 4)))).collect();
        self.answered("scs-sf", date, None, given);
    }

    fn session(&mut self, date: Date, today: Date) {
        let due = date.plus_days(14);
        let mut given = answers([
            ("said", self.pick(&SAID).into()),
            ("felt_heard", self.from(5, 9).into()),
            ("homework", list(&[self.pick(&AGREED)])),
            ("homework_due", due.to_string().as_str().into()),
        ]);
        if due < today {
            given.insert("tried".to_owned(), self.pick(&["yes", "partly", "not"]).into());
        }
        self.answered("session-notes", date, None, given);
    }
}

fn answers<'t>(given: impl IntoIterator<Item = (&'t str, Value)>) -> ValueMap {
    given.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::from(*item)).collect())
}

fn feelings(name: &str, strength: i32) -> Value {
    let feeling = answers([("name", name.into()), ("strength", strength.into())]);
    Value::List(vec![Value::Map(feeling)])
}
