//! The support card: what is shown when somebody asks for help, in the order in which it is shown.

use super::{Basis, Country, Helpline, Kind, Plan, PlanPart, PlanState, State, Support, Wide};
use crate::definition::{fill, word_enum};
use crate::time::Date;

word_enum!(
    /// Everything the card may say.
    Word, "text of the card" {
        /// The first sentences.
        Welcome = "welcome",
        /// The first of them, where the plan stands in the place of the others.
        Slowly = "slowly",
        /// When it cannot wait.
        Danger = "danger",
        /// Over the plan.
        Plan = "plan",
        /// The plan cannot be read now.
        PlanLocked = "plan-locked",
        /// The same in a few words.
        PlanLockedShort = "plan-locked-short",
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
        /// How to call and write to a line under one number.
        PhoneOrText = "phone-or-text",
        /// How to write a certain word to a line.
        Send = "send",
        /// Beside a number that has to be checked.
        Check = "check",
        /// Of which month the page is that a number was read on.
        AsOf = "as-of",
        /// What speaks for a number that is no emergency number, where no page does.
        ByLaw = "by-law",
        /// The same as the month, where that is long ago.
        CheckAsOf = "check-as-of",
        /// The names of the months.
        Months = "months",
        /// What that means.
        CheckWhy = "check-why",
        /// No country was given.
        NoCountry = "no-country",
        /// The country has no lines here.
        NoLines = "no-lines",
        /// The country has an emergency number here and nobody to talk to.
        NoHelpline = "no-helpline",
        /// Where no emergency number is listed.
        EmergencyAnywhere = "emergency-anywhere",
        /// What to call in an emergency where no number is known, within a sentence.
        EmergencyLocal = "emergency-local",
        /// The numbers of a country, in a line of its own.
        EmergencyCall = "emergency-call",
        /// A number that holds widely, in a line of its own.
        EmergencyCallWide = "emergency-call-wide",
        /// Between two such numbers.
        Or = "or",
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

/// The support card: a few words, the plan, what more there is to say if that is asked for, and the numbers last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What is said first, in a line or a few.
    pub opening: Vec<String>,
    /// What stands over the plan, or in its place, in a few words; empty if there is nothing to say.
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
    /// Emergency numbers that hold widely; empty where the lines hold one.
    pub wide: Vec<Wide>,
    /// The countries there are lines for, where none was given; empty where one was.
    pub countries: Vec<Country>,
    /// What more there is to say, in paragraphs. It is never all that stands on a screen: the numbers come after it.
    pub closing: Vec<String>,
    /// What to call in an emergency, in a line.
    pub emergency: String,
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
    /// How far the number can be relied on.
    pub state: State,
    /// The day of the page that it was read on; none if it was read on none, or the page gave no day.
    pub as_of: Option<Date>,
    /// What speaks for it, in words: the month of a page, or the law; empty beside an emergency number, and where nothing does.
    pub since: String,
    /// What stands beside it: that, or that it has to be checked; empty beside an emergency number that the law fixes.
    pub says: String,
}

impl Shown {
    /// Tells whether the number has to be checked before anybody relies on it.
    pub fn check(&self) -> bool {
        self.state != State::Official
    }
}

impl Support {
    /// Makes the card. It depends on nothing else, so it can be made anywhere, also where the journal cannot be reached.
    pub fn card(&self, asked: Asked<'_>) -> Card {
        let Asked { country, today, language, plan } = asked;
        let says = |word: Word| self.says(language, word);
        let lines = country.map(|country| self.lines_of(country)).unwrap_or_default();
        let lines: Vec<Shown> = lines.into_iter().map(|line| self.shown(line, today, language)).collect();
        let has_plan = matches!(&plan, PlanState::Written(_))
            || matches!(&plan, PlanState::Locked(readable) if !readable.is_empty());
        let closing = self.closing(country, &lines, &plan, language);
        let (about_plan, plan, readable, locked) = match plan {
            PlanState::NoJournal | PlanState::None => (String::new(), None, Vec::new(), false),
            PlanState::Locked(readable) if readable.is_empty() => {
                (says(Word::PlanLockedShort), None, readable, true)
            }
            PlanState::Locked(readable) => (says(Word::Plan), None, readable, true),
            PlanState::Written(plan) => (says(Word::Plan), Some(plan.for_help()), Vec::new(), false),
        };
        let has_emergency = lines.iter().any(|line| line.kind == Kind::Emergency);
        Card {
            // The person's own words need the room of ours.
            opening: vec![says(if has_plan { Word::Slowly } else { Word::Welcome })],
            about_plan,
            plan,
            readable,
            locked,
            country,
            closing,
            wide: if has_emergency { Vec::new() } else { self.wide.clone() },
            countries: if country.is_none() { self.countries() } else { Vec::new() },
            emergency: self.emergency_line(country, language),
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

    /// What more there is to say.
    fn closing(
        &self,
        country: Option<Country>,
        lines: &[Shown],
        plan: &PlanState,
        language: &str,
    ) -> Vec<String> {
        let says = |word: Word| self.says(language, word);
        let mut words = vec![says(Word::Danger)];
        words.extend(match plan {
            PlanState::NoJournal | PlanState::Written(_) => None,
            PlanState::Locked(readable) if readable.is_empty() => Some(says(Word::PlanLocked)),
            PlanState::Locked(_) => Some(says(Word::PlanReadable)),
            PlanState::None => Some(says(Word::PlanNone)),
        });
        match country {
            None => words.push(says(Word::NoCountry)),
            Some(country) => words.extend(self.lacks(country, lines, language)),
        }
        if !lines.iter().any(|line| line.kind == Kind::Emergency && !line.check()) {
            words.push(says(Word::EmergencyAnywhere));
        }
        if lines.iter().any(Shown::check) {
            words.push(says(Word::CheckWhy));
        }
        words.extend([Word::MoreLines, Word::FearMatters, Word::SeenByOthers, Word::NotWatched].map(says));
        words
    }

    /// Says that a country has no lines here, or nobody to talk to: a list that is silent about it reads as all there is.
    fn lacks(&self, country: Country, lines: &[Shown], language: &str) -> Option<String> {
        let word = match lines {
            [] => Word::NoLines,
            lines if lines.iter().all(|line| line.kind == Kind::Emergency) => Word::NoHelpline,
            _ => return None,
        };
        Some(fill(&self.says(language, word), |_| country.spoken()))
    }

    fn shown(&self, line: &Helpline, today: Option<Date>, language: &str) -> Shown {
        let heading = match line.kind {
            Kind::Emergency => Word::Emergency,
            Kind::Crisis => Word::Crisis,
            Kind::Abuse => Word::Abuse,
        };
        let state = line.state(today);
        Shown {
            country: line.country,
            name: line.name.clone(),
            kind: line.kind,
            heading: self.says(language, heading),
            phone: line.phone.clone(),
            text: line.text.clone(),
            reach: self.reach(line, language),
            hours: line.hours.clone(),
            languages: line.languages.clone(),
            state,
            as_of: line.copy_on,
            since: self.since(line, language),
            says: self.says_of(line, state, language),
        }
    }

    /// How a line is reached, in words.
    fn reach(&self, line: &Helpline, language: &str) -> String {
        let filled = |word: Word, number: &str| {
            fill(&self.says(language, word), |place| {
                if place == "word" { line.send.clone() } else { number.to_owned() }
            })
        };
        if !line.phone.is_empty() && line.phone == line.text {
            return filled(Word::PhoneOrText, &line.phone);
        }
        let write = if line.send.is_empty() { Word::Text } else { Word::Send };
        let ways = [(Word::Phone, &line.phone), (write, &line.text)];
        let ways = ways.into_iter().filter(|(_, number)| !number.is_empty());
        ways.map(|(word, number)| filled(word, number)).collect::<Vec<_>>().join(", ")
    }

    /// What speaks for a line, whatever its age.
    fn since(&self, line: &Helpline, language: &str) -> String {
        match (line.copy_on, line.basis) {
            (Some(day), Some(_)) => self.with_month(Word::AsOf, day, language),
            (None, Some(Basis::Law)) if line.kind != Kind::Emergency => self.says(language, Word::ByLaw),
            _ => String::new(),
        }
    }

    /// What stands beside a line.
    fn says_of(&self, line: &Helpline, state: State, language: &str) -> String {
        match (state, line.copy_on) {
            (State::Official, _) => self.since(line, language),
            (State::Expired, Some(day)) => self.with_month(Word::CheckAsOf, day, language),
            (State::Expired, None) | (State::Unchecked, _) => self.says(language, Word::Check),
        }
    }

    fn with_month(&self, word: Word, day: Date, language: &str) -> String {
        fill(&self.says(language, word), |_| self.month(day, language))
    }

    fn month(&self, day: Date, language: &str) -> String {
        let months = self.says(language, Word::Months);
        let index = usize::try_from(day.month()).unwrap_or(1).saturating_sub(1);
        format!("{} {}", months.split(' ').nth(index).unwrap_or_default(), day.year())
    }

    fn says(&self, language: &str, word: Word) -> String {
        self.words.get(language, word.as_str()).to_owned()
    }
}
