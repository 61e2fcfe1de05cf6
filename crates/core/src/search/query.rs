//! What a person asks for, and whether an entry is it.

use std::fmt;

use memchr::memmem::Finder;
use thiserror::Error;

use crate::answers::ExerciseId;
use crate::entry::{Entry, EntryKind, Tag};
use crate::exercise::Step;
use crate::feeling::{Feeling, Feelings};
use crate::fold::fold;
use crate::id::PersonId;
use crate::limits::{QUERY_BYTES_MAX, QUERY_TERMS_MAX};
use crate::person::ResolveError;
use crate::shelf::SeveralTitles;
use crate::time::Date;

/// Why a search cannot be made. No variant holds a word of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Nothing was asked.
    #[error("there's nothing to look for yet")]
    Empty,
    /// The search is too long.
    #[error("the search has {bytes} bytes, at most {QUERY_BYTES_MAX}")]
    TooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// There are too many words and filters.
    #[error("the search has {count} words and filters, at most {QUERY_TERMS_MAX}")]
    TooManyTerms {
        /// The terms found.
        count: usize,
    },
    /// A filter has no value.
    #[error("there's nothing after {}: yet", filter.name())]
    NoValue {
        /// The filter.
        filter: Filter,
    },
    /// A filter has a value it cannot use.
    #[error("{}", filter.cannot())]
    BadValue {
        /// The filter.
        filter: Filter,
    },
    /// `person:` names nobody or several.
    #[error("{0}")]
    Person(#[from] ResolveError),
    /// `exercise:` names several.
    #[error("several exercises or questionnaires begin like that")]
    Exercise(SeveralTitles),
}

impl QueryError {
    /// What to type, a sentence.
    pub fn next(&self) -> String {
        match self {
            Self::Empty => "Type a word, words \"in quotes\", or something like tag:calm.".to_owned(),
            Self::TooLong { .. } | Self::TooManyTerms { .. } => "Use fewer words.".to_owned(),
            Self::NoValue { filter } | Self::BadValue { filter } => {
                format!("Type {}, as in {}.", filter.wants(), filter.example())
            }
            Self::Person(ResolveError::NotFound { .. }) => {
                "If the name has several words, put it in quotes.".to_owned()
            }
            Self::Person(ResolveError::Ambiguous { .. }) => "Type more of the name.".to_owned(),
            Self::Exercise(_) => "Type more of its title, in quotes if it has several words.".to_owned(),
        }
    }
}

/// What names in a search mean.
#[derive(Clone, Copy)]
pub struct Meanings<'a> {
    /// What `feeling:` means.
    pub feelings: &'a Feelings<'a>,
    /// Whom `person:` means.
    pub person: &'a dyn Fn(&str) -> Result<PersonId, ResolveError>,
    /// Which exercise or measure a title or the beginning of one means, if any is called like that.
    pub exercise: &'a dyn Fn(&str) -> Result<Option<ExerciseId>, SeveralTitles>,
}

/// What is known of an entry while it is searched.
#[derive(Clone, Copy)]
pub struct Searchable<'a> {
    /// Title, a line break, text and the words of the answers, folded.
    pub folded: &'a str,
    /// The steps its exercise belongs to.
    pub steps: &'a [Step],
    /// The entry itself.
    pub entry: &'a Entry,
}

/// A search: every term and every filter has to hold. Debug shows how many there are, never the words.
pub struct Query {
    finders: Vec<Finder<'static>>,
    tags: Vec<Tag>,
    people: Vec<PersonId>,
    kinds: Vec<EntryKind>,
    steps: Vec<Step>,
    exercises: Vec<ExerciseId>,
    feelings: Vec<Feeling>,
    before: Option<Date>,
    after: Option<Date>,
}

impl Query {
    /// Reads a search: words, `"phrases"`, `tag:`, `person:`, `kind:`, `step:`, `exercise:`, `feeling:`, `before:` and `after:`.
    ///
    /// A search is read while it is typed: a quote that is still open reaches to the end, a year or a month stands for its first
    /// day, the beginning of a name for whoever it fits alone. A colon in any other word is part of the word.
    ///
    /// # Errors
    /// [`QueryError`] when nothing is asked, too much is asked, or a filter's value makes no sense.
    pub fn parse(text: &str, meanings: Meanings<'_>) -> Result<Self, QueryError> {
        if text.len() > QUERY_BYTES_MAX {
            return Err(QueryError::TooLong { bytes: text.len() });
        }
        let parts = split(text);
        if parts.len() > QUERY_TERMS_MAX {
            return Err(QueryError::TooManyTerms { count: parts.len() });
        }
        let mut query = Self::everything();
        for part in &parts {
            query.add(part, meanings)?;
        }
        if query.is_everything() { Err(QueryError::Empty) } else { Ok(query) }
    }

    /// Tells whether the entry is what was asked for.
    pub fn matches(&self, entry: &Searchable<'_>) -> bool {
        self.filters_match(entry)
            && self.finders.iter().all(|finder| finder.find(entry.folded.as_bytes()).is_some())
    }

    /// Returns the tags that an entry must have.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Returns the exercises and measures that an entry must answer.
    pub fn exercises(&self) -> &[ExerciseId] {
        &self.exercises
    }

    /// Returns the feelings that an entry must name.
    pub fn feelings(&self) -> &[Feeling] {
        &self.feelings
    }

    /// Returns the folded words and phrases.
    pub(super) fn finders(&self) -> &[Finder<'static>] {
        &self.finders
    }

    fn filters_match(&self, searched: &Searchable<'_>) -> bool {
        let entry = searched.entry;
        let (date, exercise) = (entry.at.date(), entry.exercise.as_ref().map(|made_with| &made_with.id));
        self.before.is_none_or(|before| date < before)
            && self.after.is_none_or(|after| date >= after)
            && self.kinds.iter().all(|kind| *kind == entry.kind)
            && self.steps.iter().all(|step| searched.steps.contains(step))
            && self.exercises.iter().all(|id| exercise == Some(id))
            && self.people.iter().all(|person| entry.people.contains(person))
            && self.tags.iter().all(|tag| entry.tags.contains(tag))
            && self.feelings.iter().all(|feeling| feeling.is_named_in(entry))
    }

    fn everything() -> Self {
        Self {
            finders: Vec::new(),
            tags: Vec::new(),
            people: Vec::new(),
            kinds: Vec::new(),
            steps: Vec::new(),
            exercises: Vec::new(),
            feelings: Vec::new(),
            before: None,
            after: None,
        }
    }

    fn is_everything(&self) -> bool {
        let no_dates = self.before.is_none() && self.after.is_none();
        no_dates && self.finders.is_empty() && self.filters() == 0
    }

    fn filters(&self) -> usize {
        let practised = self.steps.len() + self.exercises.len() + self.feelings.len();
        self.tags.len() + self.people.len() + self.kinds.len() + practised
    }

    fn add(&mut self, part: &Part, meanings: Meanings<'_>) -> Result<(), QueryError> {
        let Some(filter) = part.filter else {
            let folded = fold(&part.value);
            if !folded.trim().is_empty() {
                self.finders.push(Finder::new(&folded).into_owned());
            }
            return Ok(());
        };
        if part.value.trim().is_empty() {
            return Err(QueryError::NoValue { filter });
        }
        let (value, bad) = (&*part.value, QueryError::BadValue { filter });
        match filter {
            Filter::Tag => self.tags.push(Tag::new(value).map_err(|_| bad)?),
            Filter::Person => self.people.push((meanings.person)(value)?),
            Filter::Kind => self.kinds.push(kind(value).ok_or(bad)?),
            Filter::Step => self.steps.push(value.parse().map_err(|_| bad)?),
            Filter::Exercise => {
                let titled = (meanings.exercise)(value).map_err(QueryError::Exercise)?;
                // An id that nothing here has may be mistyped: that is told with what is near.
                self.exercises.push(titled.or_else(|| value.trim().parse().ok()).ok_or(bad)?);
            }
            Filter::Feeling => self.feelings.push(meanings.feelings.asked(value).map_err(|_| bad)?),
            Filter::Before => earliest(&mut self.before, day(value).ok_or(bad)?),
            Filter::After => latest(&mut self.after, day(value).ok_or(bad)?),
        }
        Ok(())
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} terms, {} filters)", self.finders.len(), self.filters())
    }
}

/// The day that is written, or the first one of a month or a year.
fn day(value: &str) -> Option<Date> {
    let value = value.trim_end_matches('-');
    let whole = match value.len() {
        YEAR_CHARS => format!("{value}-01-01"),
        MONTH_CHARS => format!("{value}-01"),
        _ => value.to_owned(),
    };
    whole.parse().ok()
}

/// The one kind that is called like that, or whose name begins so.
fn kind(value: &str) -> Option<EntryKind> {
    let typed = fold(value.trim()).replace('-', "");
    let called = |kind: &&EntryKind| {
        let names =
            [kind.to_string(), if **kind == EntryKind::Measure { "questionnaire" } else { "" }.to_owned()];
        !typed.is_empty() && names.iter().any(|name| name.starts_with(&typed))
    };
    let mut found = EntryKind::ALL.iter().filter(called);
    found.next().copied().filter(|_| found.next().is_none())
}

fn earliest(bound: &mut Option<Date>, date: Date) {
    *bound = Some(bound.map_or(date, |known| known.min(date)));
}

fn latest(bound: &mut Option<Date>, date: Date) {
    *bound = Some(bound.map_or(date, |known| known.max(date)));
}

/// The characters of a year and of a month, as dates are written.
const YEAR_CHARS: usize = 4;
const MONTH_CHARS: usize = 7;

/// What a search can ask for besides words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// A tag.
    Tag,
    /// Somebody of the journal.
    Person,
    /// The kind of an entry.
    Kind,
    /// A step of the practice.
    Step,
    /// An exercise or a measure.
    Exercise,
    /// A feeling.
    Feeling,
    /// A day, exclusive.
    Before,
    /// A day, inclusive.
    After,
}

impl Filter {
    const ALL: [Self; 8] = [
        Self::Tag,
        Self::Person,
        Self::Kind,
        Self::Step,
        Self::Exercise,
        Self::Feeling,
        Self::Before,
        Self::After,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Person => "person",
            Self::Kind => "kind",
            Self::Step => "step",
            Self::Exercise => "exercise",
            Self::Feeling => "feeling",
            Self::Before => "before",
            Self::After => "after",
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Tag => "tag:calm or tag:\"two words\"",
            Self::Person => "person:Anna or person:\"Anna Lee\"",
            Self::Kind => "kind:note",
            Self::Step => "step:3",
            Self::Exercise => "exercise:\"Check a thought\"",
            Self::Feeling => "feeling:sad or feeling:\"left out\"",
            Self::Before => "before:2026-11",
            Self::After => "after:2026-11",
        }
    }

    /// What has to follow, as the end of "Type …".
    const fn wants(self) -> &'static str {
        match self {
            Self::Tag => "a tag right after the colon",
            Self::Person => "a name right after the colon",
            Self::Kind => "note, check-in, exercise, questionnaire or session",
            Self::Step => "a number from 1 to 6",
            Self::Exercise => "how the title of an exercise or a questionnaire begins",
            Self::Feeling => "a feeling right after the colon",
            Self::Before | Self::After => "a year, a month or a day in numbers",
        }
    }

    /// Why a value does not do.
    const fn cannot(self) -> &'static str {
        match self {
            Self::Tag => "a tag has 1 to 64 characters and no comma",
            Self::Person => "nobody is called that",
            Self::Kind => "there's no such kind of entry",
            Self::Step => "there's no such step",
            Self::Exercise => "no exercise or questionnaire is called that",
            Self::Feeling => "a feeling has 1 to 64 characters",
            Self::Before | Self::After => "that's not a date we can read",
        }
    }
}

/// A word, a phrase or a filter with its value.
struct Part {
    filter: Option<Filter>,
    value: String,
}

/// Splits at blanks outside quotes. Typographic quotes count, since phones write them unasked.
fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (filter, value) = split_filter(rest);
        let (value, tail) = if value.starts_with(is_quote) { quoted(value) } else { unquoted(value) };
        parts.push(Part { filter, value: value.to_owned() });
        rest = tail.trim_start();
    }
    parts
}

fn split_filter(text: &str) -> (Option<Filter>, &str) {
    let named = Filter::ALL.into_iter().find_map(|filter| {
        let value = text.strip_prefix(filter.name())?.strip_prefix(':')?;
        Some((Some(filter), value))
    });
    named.unwrap_or((None, text))
}

/// What stands in quotes. Whoever hasn't closed them yet means all that follows.
fn quoted(text: &str) -> (&str, &str) {
    let mut inside = text.chars();
    inside.next();
    inside.as_str().split_once(is_quote).unwrap_or((inside.as_str(), ""))
}

fn unquoted(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::answers::{Answer, Emotion, ExerciseRef};
    use crate::content::Library;
    use crate::entry::Draft;
    use crate::id::EntryId;
    use crate::time::Timestamp;

    const ANNA: PersonId = PersonId::from_bytes([0xa; 16]);

    fn resolve(spec: &str) -> Result<PersonId, ResolveError> {
        match spec {
            "Anna" | "Anna Lee" => Ok(ANNA),
            _ => Err(ResolveError::NotFound { perhaps: Vec::new() }),
        }
    }

    fn parse(query: &str) -> Result<Query, QueryError> {
        let library = Library::built_in().unwrap();
        let titled = |title: &str| match title {
            "A few" => Err(SeveralTitles),
            "Give it" | "Give it a name" => Ok(Some("name-it".parse().unwrap())),
            _ => Ok(None),
        };
        let feelings = Feelings::of(&library);
        Query::parse(query, Meanings { feelings: &feelings, person: &resolve, exercise: &titled })
    }

    fn entry() -> Entry {
        let mut draft = Draft::new(EntryKind::Exercise, "2026-11-24T23:30:00-08:00".parse().unwrap());
        draft.tags = ["calm".parse().unwrap(), "two words".parse().unwrap()].into();
        draft.people = [ANNA].into();
        draft.exercise = Some(ExerciseRef { id: "name-it".parse().unwrap(), version: 1 });
        let felt = ["left-out", "wistful"].map(|name| Emotion { name: name.to_owned(), strength: 3 });
        draft.answers = [("emotions".parse().unwrap(), Answer::Emotions(felt.into()))].into();
        draft.into_entry(EntryId::from_bytes([1; 16]), Timestamp::default())
    }

    fn found(query: &str) -> bool {
        let folded = fold("Café in the evening\nShe said: “we’ll see” — then\nnothing. tag:none 50% a\"b");
        let steps = [Step::Regulate, Step::Communicate];
        parse(query).unwrap().matches(&Searchable { folded: &folded, steps: &steps, entry: &entry() })
    }

    #[test]
    fn every_term_and_filter_has_to_hold() {
        let cases = [
            ("cafe", true),
            ("CAFÉ evening", true),
            ("café morning", false),
            ("even", true),
            ("\"in the evening\"", true),
            ("\"evening in\"", false),
            ("“we'll see”", true),
            ("„then nothing“", true),
            ("\"- then nothing\"", true),
            ("50%", true),
            ("said:", true),
            ("tag:calm", true),
            ("tag:#calm", true),
            ("tag:Calm", false),
            ("tag:cal", false),
            ("tag:\"two words\" tag:calm", true),
            ("person:Anna", true),
            ("person:\"Anna Lee\" evening", true),
            ("kind:exercise", true),
            ("kind:note", false),
            ("kind:ex", true),
            ("kind:questionnaire", false),
            ("kind:check-in", false),
            ("kind:Sess", false),
            ("after:2026", true),
            ("after:2026-", true),
            ("after:2026-11", true),
            ("after:2026-12", false),
            ("before:2026-11", false),
            ("before:2026-12", true),
            ("\"in the eve", true),
            ("tag:\"two words", true),
            ("tag:\"two wor", false),
            ("evening \"", true),
            ("kind:exercise kind:note", false),
            ("step:3", true),
            ("step:4 step:3", true),
            ("step:1", false),
            ("exercise:name-it", true),
            ("exercise:thought-check", false),
            ("exercise:\"Give it a name\"", true),
            ("exercise:\"Give it", true),
            ("exercise:name-it exercise:thought-check", false),
            ("feeling:left-out", true),
            ("feeling:\"Left out\" feeling:Wistful cafe", true),
            ("feeling:wist", false),
            ("feeling:sad", false),
            ("after:2026-11-24", true),
            ("after:2026-11-25", false),
            ("before:2026-11-25", true),
            ("before:2026-11-24", false),
            ("before:2027-01-01 before:2026-11-01", false),
            ("after:2026-01-01 after:2026-12-01", false),
            ("after:1660-01-01 before:2027-01-01 cafe", true),
            ("then   nothing", true),
            ("\"tag:none\"", true),
            ("a\"b", true),
            ("evening \"\"", true),
        ];
        for (query, expected) in cases {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_searched_is_refused_with_a_next_step() {
        let many = "a ".repeat(33);
        let long = "a".repeat(1_025);
        let too_long = format!("feeling:{}", "a".repeat(65));
        let cases = [
            ("", QueryError::Empty),
            ("  \n ", QueryError::Empty),
            ("\"\"", QueryError::Empty),
            ("\u{301}", QueryError::Empty),
            (&long, QueryError::TooLong { bytes: 1_025 }),
            (&many, QueryError::TooManyTerms { count: 33 }),
            ("\"", QueryError::Empty),
            ("tag:", QueryError::NoValue { filter: Filter::Tag }),
            ("tag:\"", QueryError::NoValue { filter: Filter::Tag }),
            ("tag: calm", QueryError::NoValue { filter: Filter::Tag }),
            ("tag:a,b", QueryError::BadValue { filter: Filter::Tag }),
            ("person:", QueryError::NoValue { filter: Filter::Person }),
            ("person:Bob", QueryError::Person(ResolveError::NotFound { perhaps: Vec::new() })),
            ("kind:diary", QueryError::BadValue { filter: Filter::Kind }),
            ("kind:\"  ", QueryError::NoValue { filter: Filter::Kind }),
            ("step:0", QueryError::BadValue { filter: Filter::Step }),
            ("step:7", QueryError::BadValue { filter: Filter::Step }),
            ("step:one", QueryError::BadValue { filter: Filter::Step }),
            ("exercise:", QueryError::NoValue { filter: Filter::Exercise }),
            ("exercise:\"No title\"", QueryError::BadValue { filter: Filter::Exercise }),
            ("exercise:\"A few\"", QueryError::Exercise(SeveralTitles)),
            ("feeling:", QueryError::NoValue { filter: Filter::Feeling }),
            (&too_long, QueryError::BadValue { filter: Filter::Feeling }),
            ("before:yesterday", QueryError::BadValue { filter: Filter::Before }),
            ("before:20", QueryError::BadValue { filter: Filter::Before }),
            ("after:2026-11-24T10:00", QueryError::BadValue { filter: Filter::After }),
        ];
        for (query, expected) in cases {
            let fault = parse(query).unwrap_err();
            assert_eq!(fault, expected, "{query}");
            assert!(fault.to_string().len() > 15 && fault.next().ends_with('.'), "{fault}: {}", fault.next());
        }
    }

    #[test]
    fn debug_shows_no_word() {
        let query = parse("secret tag:hidden").unwrap();
        assert_eq!(format!("{query:?}"), "Query(1 terms, 1 filters)");
    }

    proptest! {
        #[test]
        fn no_search_panics(text in "[a-z:\"“”„ ]{0,40}|.{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn a_quoted_piece_of_a_text_is_found_in_it(text in "[A-Za-zäé’ ]{1,40}", start in 0_usize..40, len in 1_usize..40) {
            let piece: String = text.chars().skip(start).take(len).collect();
            prop_assume!(!piece.trim().is_empty());
            let folded = fold(&text);
            let query = parse(&format!("\"{piece}\"")).unwrap();
            let searched = Searchable { folded: &folded, steps: &[], entry: &entry() };
            prop_assert!(query.matches(&searched));
        }
    }
}
