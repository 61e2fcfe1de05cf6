//! The support card: what is shown when somebody asks for help, in the order in which it is shown.

use super::{Country, Helpline, Kind, Plan, PlanPart, PlanState, Support};
use crate::definition::{fill, word_enum};
use crate::time::Date;

word_enum!(
    /// Everything the card may say.
    Word, "text of the card" {
        /// The first sentences.
        Welcome = "welcome",
        /// When it cannot wait.
        Danger = "danger",
        /// Over the plan.
        Plan = "plan",
        /// The plan cannot be read now.
        PlanLocked = "plan-locked",
        /// Over the lines of the plan that can be read all the same.
        PlanReadable = "plan-readable",
        /// There is no plan.
        PlanNone = "plan-none",
        /// Over the emergency numbers.
        Emergency = "emergency",
        /// Over the lines for anybody.
        Crisis = "crisis",
        /// Over the lines about somebody close.
        Abuse = "abuse",
        /// How to call a line.
        Phone = "phone",
        /// How to write to a line.
        Text = "text",
        /// Beside a number that has to be checked.
        Check = "check",
        /// What that means.
        CheckWhy = "check-why",
        /// No country was given.
        NoCountry = "no-country",
        /// The country has no lines here.
        NoLines = "no-lines",
        /// Where no emergency number is listed.
        EmergencyAnywhere = "emergency-anywhere",
        /// Where others are listed.
        MoreLines = "more-lines",
        /// The sentence of the relationship gate.
        FearMatters = "fear-matters",
        /// Who may see that somebody called.
        SeenByOthers = "seen-by-others",
        /// What the journal does not do.
        NotWatched = "not-watched",
        /// What readable lines are good for.
        ReadableWhy = "readable-why",
        /// Who can read them.
        ReadableWho = "readable-who",
        /// Whose reading could do harm.
        ReadableHarm = "readable-harm",
        /// Where they are.
        ReadableWhere = "readable-where",
        /// How they are taken back.
        ReadableBack = "readable-back",
    }
);

/// What the card is made for.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// Where the person is, if that is known.
    pub country: Option<Country>,
    /// The date of today, if the clock can be trusted with it.
    pub today: Option<Date>,
    /// The language of the words; English where it lacks something.
    pub language: &'a str,
    /// What is known of the plan.
    pub plan: PlanState,
}

/// The support card, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What is said first.
    pub opening: Vec<String>,
    /// What stands over the plan, or in its place; empty if there is no journal.
    pub about_plan: String,
    /// The plan, if the journal is open and holds one, with what is needed first at its beginning.
    pub plan: Option<Plan>,
    /// The lines of the plan that were chosen to stay readable, under their questions, with what is needed first at their
    /// beginning; only while the journal is locked.
    pub readable: Vec<PlanPart>,
    /// Whether there may be a plan that only unlocking shows.
    pub locked: bool,
    /// The country whose lines these are.
    pub country: Option<Country>,
    /// The lines, in order.
    pub lines: Vec<Shown>,
    /// What is said after them.
    pub closing: Vec<String>,
}

/// A line as the card shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Where it can be reached from.
    pub country: Country,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// What stands over the lines of its kind.
    pub heading: String,
    /// The number to call; empty if there is none.
    pub phone: String,
    /// The number to write to; empty if there is none.
    pub text: String,
    /// How to reach it, in words: `call 988, text 988`.
    pub reach: String,
    /// When somebody answers; empty if that is not known.
    pub hours: String,
    /// The languages it answers in; empty if that is not known.
    pub languages: Vec<String>,
    /// Whether the number has to be checked before anybody relies on it.
    pub check: bool,
    /// What stands beside such a number; empty beside another.
    pub check_says: String,
}

impl Support {
    /// Makes the card. It depends on nothing else, so it can be made anywhere, also where the journal cannot be reached.
    pub fn card(&self, asked: Asked<'_>) -> Card {
        let Asked { country, today, language, plan } = asked;
        let says = |word: Word| self.says(language, word);
        let lines = country.map(|country| self.lines_of(country)).unwrap_or_default();
        let lines: Vec<Shown> = lines.into_iter().map(|line| self.shown(line, today, language)).collect();
        let about_plan = match &plan {
            PlanState::NoJournal => String::new(),
            PlanState::Locked(readable) if readable.is_empty() => says(Word::PlanLocked),
            PlanState::Locked(_) => says(Word::PlanReadable),
            PlanState::None => says(Word::PlanNone),
            PlanState::Written(_) => says(Word::Plan),
        };
        let (plan, readable, locked) = match plan {
            PlanState::NoJournal | PlanState::None => (None, Vec::new(), false),
            PlanState::Locked(readable) => (None, readable, true),
            PlanState::Written(plan) => (Some(plan.for_help()), Vec::new(), false),
        };
        Card {
            opening: vec![says(Word::Welcome), says(Word::Danger)],
            about_plan,
            plan,
            readable,
            locked,
            country,
            closing: self.closing(country, &lines, language),
            lines,
        }
    }

    /// What somebody agrees to who lets lines of the plan be read while the journal is locked, in paragraphs.
    pub fn about_readable(&self, language: &str) -> Vec<String> {
        let words = [
            Word::ReadableWhy,
            Word::ReadableWho,
            Word::ReadableHarm,
            Word::ReadableWhere,
            Word::ReadableBack,
        ];
        words.map(|word| self.says(language, word)).into()
    }

    /// What is said after the lines; the way out for somebody who found no number to rely on comes first.
    fn closing(&self, country: Option<Country>, lines: &[Shown], language: &str) -> Vec<String> {
        let mut words = Vec::new();
        match country {
            None => words.push(self.says(language, Word::NoCountry)),
            Some(country) if lines.is_empty() => {
                words.push(fill(&self.says(language, Word::NoLines), |_| country.to_string()));
            }
            Some(_) => {}
        }
        if !lines.iter().any(|line| line.kind == Kind::Emergency && !line.check) {
            words.push(self.says(language, Word::EmergencyAnywhere));
        }
        if lines.iter().any(|line| line.check) {
            words.push(self.says(language, Word::CheckWhy));
        }
        let always = [Word::MoreLines, Word::FearMatters, Word::SeenByOthers, Word::NotWatched];
        words.extend(always.map(|word| self.says(language, word)));
        words
    }

    fn shown(&self, line: &Helpline, today: Option<Date>, language: &str) -> Shown {
        let heading = match line.kind {
            Kind::Emergency => Word::Emergency,
            Kind::Crisis => Word::Crisis,
            Kind::Abuse => Word::Abuse,
        };
        let ways = [(Word::Phone, &line.phone), (Word::Text, &line.text)];
        let ways = ways.into_iter().filter(|(_, number)| !number.is_empty());
        let ways: Vec<String> =
            ways.map(|(word, number)| fill(&self.says(language, word), |_| number.clone())).collect();
        let check = line.needs_check(today);
        Shown {
            country: line.country,
            name: line.name.clone(),
            kind: line.kind,
            heading: self.says(language, heading),
            phone: line.phone.clone(),
            text: line.text.clone(),
            reach: ways.join(", "),
            hours: line.hours.clone(),
            languages: line.languages.clone(),
            check,
            check_says: if check { self.says(language, Word::Check) } else { String::new() },
        }
    }

    fn says(&self, language: &str, word: Word) -> String {
        self.words.get(language, word.as_str()).to_owned()
    }
}
