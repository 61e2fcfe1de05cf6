//! Hard moments that were logged: how often which urge came, month by month, and with whom.
//!
//! Only what was logged is counted, and every count says so. No month is filled in between two others.

use std::collections::BTreeMap;

use super::SIDE_ENTRIES_MIN;
use super::frame::{Frame, answer, chosen, person};
use crate::answers::{Answer, ExerciseRef, FieldId};
use crate::entry::Entry;
use crate::exercise::View;
use crate::id::PersonId;
use crate::sentence::{Part, Saying, Sentence};
use crate::time::Date;

/// The field that names the urge.
const URGE: &str = "urge";
/// The field that names with whom it was.
const PERSON: &str = "person";
/// The field that says when it was, if that was another time than that of the entry.
const WHEN: &str = "when";

/// All moments that were logged.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// The months in which moments were logged, oldest first.
    pub months: Vec<Month>,
    /// What came together, for people with moments enough on either side, in the order of the people.
    pub together: Vec<Together>,
}

/// The moments of one month.
#[derive(Clone, Debug, PartialEq)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// Whether it follows the month before in the list without a month between them in which nothing was logged.
    pub joined: bool,
    /// How often which urge was logged, with whom; by urge and then by person.
    pub counts: Vec<UrgeCount>,
    /// What stands over the counts.
    pub says: Sentence,
}

/// How often one urge was logged with one person in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgeCount {
    /// The option chosen.
    pub urge: String,
    /// With whom; none where nobody was named.
    pub person: Option<PersonId>,
    /// How often.
    pub count: usize,
}

/// How often the urge that was logged most with a person came with them and otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    /// The person.
    pub person: PersonId,
    /// The option chosen.
    pub urge: String,
    /// The moments with the person that had this urge, and all of them.
    pub with: (usize, usize),
    /// The other moments that had this urge, and all of them.
    pub without: (usize, usize),
    /// What may be said about it.
    pub says: Sentence,
}

impl Month {
    /// Keeps the counts with one person, and says whose they are.
    pub(super) fn keep_only(&mut self, person: PersonId) {
        self.counts.retain(|count| count.person == Some(person));
        let count = self.counts.iter().map(|count| count.count).sum();
        let month = Part::Month { year: self.year, month: self.month };
        self.says = logged([Saying::OneMomentWith, Saying::OfTheMomentsWith], count, month)
            .with("person", Part::Person(person));
    }
}

/// How many moments were logged, with the saying for a single one and that for more.
fn logged([one, more]: [Saying; 2], count: usize, month: Part) -> Sentence {
    let sentence = if count == 1 { Sentence::new(one) } else { Sentence::new(more).with("count", count) };
    sentence.with("month", month)
}

/// Returns the moments that were logged.
pub fn moments<'e>(frame: &Frame<'_>, entries: impl IntoIterator<Item = &'e Entry>) -> Moments {
    let mut tally = Tally::default();
    for (entry, exercise) in frame.practised_for(View::Triggers, entries) {
        let Some(urge) = chosen(&entry.answers, URGE) else { continue };
        let person = person(&entry.answers, PERSON);
        tally.add(date(frame, entry), urge, person, || exercise.reference());
    }
    Moments { months: tally.months(), together: tally.together(frame) }
}

/// When the moment was: as answered, unless that lies in days to come, else the date of the entry.
fn date(frame: &Frame<'_>, entry: &Entry) -> Date {
    match answer(&entry.answers, WHEN) {
        Some(Answer::DateTime(when)) if when.date() <= frame.today.plus_days(1) => when.date(),
        _ => entry.at.date(),
    }
}

/// Counts by urge and person.
type Counts = BTreeMap<(String, Option<PersonId>), usize>;

/// Counts by month, from the year and the month.
#[derive(Default)]
struct Tally {
    months: BTreeMap<(i16, i8), Counts>,
    /// The exercise in which an urge was first met, for its label.
    met: BTreeMap<String, ExerciseRef>,
}

impl Tally {
    fn add(&mut self, date: Date, urge: &str, person: Option<PersonId>, met: impl FnOnce() -> ExerciseRef) {
        if !self.met.contains_key(urge) {
            self.met.insert(urge.to_owned(), met());
        }
        let month = self.months.entry((date.year(), date.month())).or_default();
        *month.entry((urge.to_owned(), person)).or_default() += 1;
    }

    fn months(&self) -> Vec<Month> {
        let mut previous: Option<i32> = None;
        let month = |((year, month), counts): (&(i16, i8), &Counts)| {
            let number = 12 * i32::from(*year) + i32::from(*month);
            let joined = previous.replace(number) == Some(number - 1);
            let count = |((urge, person), count): (&(String, Option<PersonId>), &usize)| UrgeCount {
                urge: urge.clone(),
                person: *person,
                count: *count,
            };
            let month_named = Part::Month { year: *year, month: *month };
            let says = logged(
                [Saying::OneMoment, Saying::OfTheMoments],
                counts.values().sum::<usize>(),
                month_named,
            );
            Month { year: *year, month: *month, joined, counts: counts.iter().map(count).collect(), says }
        };
        self.months.iter().map(month).collect()
    }

    fn together(&self, frame: &Frame<'_>) -> Vec<Together> {
        let mut by_urge: BTreeMap<&str, usize> = BTreeMap::new();
        let mut by_person: BTreeMap<PersonId, BTreeMap<&str, usize>> = BTreeMap::new();
        for ((urge, person), count) in self.months.values().flatten() {
            *by_urge.entry(urge).or_default() += count;
            if let Some(person) = person {
                *by_person.entry(*person).or_default().entry(urge).or_default() += count;
            }
        }
        let all: usize = by_urge.values().sum();
        let places = frame.places();
        let mut together: Vec<Together> = by_person
            .into_iter()
            .filter_map(|(person, urges)| self.compare(person, &urges, &by_urge, all))
            .collect();
        together.sort_by_key(|found| places.of(found.person));
        together
    }

    fn compare(
        &self,
        person: PersonId,
        urges: &BTreeMap<&str, usize>,
        by_urge: &BTreeMap<&str, usize>,
        all: usize,
    ) -> Option<Together> {
        let with_all: usize = urges.values().sum();
        let without_all = all - with_all;
        if with_all < SIDE_ENTRIES_MIN || without_all < SIDE_ENTRIES_MIN {
            return None;
        }
        // Of urges logged equally often, the first by name: any rule will do that is the same on every device.
        let (urge, both) = urges.iter().rev().max_by_key(|(_, count)| **count)?;
        let other = by_urge.get(urge)? - both;
        let says = Sentence::new(Saying::Together)
            .with("with", with_all)
            .with("person", Part::Person(person))
            .with("both", *both)
            .with("urge", self.label(urge)?)
            .with("without", without_all)
            .with("other", other);
        let urge = (*urge).to_owned();
        Some(Together { person, urge, with: (*both, with_all), without: (other, without_all), says })
    }

    fn label(&self, urge: &str) -> Option<Part> {
        let field: FieldId = URGE.parse().ok()?;
        Some(Part::Choice { exercise: self.met.get(urge)?.clone(), field, option: urge.to_owned() })
    }
}
