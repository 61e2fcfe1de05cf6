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
use crate::time::Date;

/// Why a search cannot be made. No variant holds a word of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// Nothing was asked.
    #[error("the search is empty; give a word, a \"phrase\" or a filter such as tag:calm")]
    Empty,
    /// The search is too long.
    #[error("the search has {bytes} bytes, at most {QUERY_BYTES_MAX}; use fewer words")]
    TooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// There are too many words and filters.
    #[error("the search has {count} words and filters, at most {QUERY_TERMS_MAX}; use fewer")]
    TooManyTerms {
        /// The terms found.
        count: usize,
    },
    /// A phrase or a filter's value begins with a quote and never ends.
    #[error("a quote is open; close it with another \"")]
    OpenQuote,
    /// A filter has no value.
    #[error("{filter}: needs a value right after the colon, as in {example}")]
    NoValue {
        /// The filter.
        filter: &'static str,
        /// How it is written.
        example: &'static str,
    },
    /// A filter has a value it cannot use.
    #[error("{filter}: cannot use this value; {next}")]
    BadValue {
        /// The filter.
        filter: &'static str,
        /// What it can use.
        next: &'static str,
    },
    /// `person:` names nobody or several.
    #[error("person: {0}")]
    Person(#[from] ResolveError),
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
    /// `feelings` knows what the value of `feeling:` means, and `resolve` the one person whom that of `person:` names. A colon in
    /// any other word is part of the word.
    ///
    /// # Errors
    /// [`QueryError`] when nothing is asked, too much is asked, or a filter's value makes no sense.
    pub fn parse(
        text: &str,
        feelings: &Feelings<'_>,
        mut resolve: impl FnMut(&str) -> Result<PersonId, ResolveError>,
    ) -> Result<Self, QueryError> {
        if text.len() > QUERY_BYTES_MAX {
            return Err(QueryError::TooLong { bytes: text.len() });
        }
        let parts = split(text)?;
        if parts.len() > QUERY_TERMS_MAX {
            return Err(QueryError::TooManyTerms { count: parts.len() });
        }
        let mut query = Self::everything();
        for part in &parts {
            query.add(part, feelings, &mut resolve)?;
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

    fn add(
        &mut self,
        part: &Part,
        feelings: &Feelings<'_>,
        resolve: &mut impl FnMut(&str) -> Result<PersonId, ResolveError>,
    ) -> Result<(), QueryError> {
        let Some(filter) = part.filter else {
            let folded = fold(&part.value);
            if !folded.trim().is_empty() {
                self.finders.push(Finder::new(&folded).into_owned());
            }
            return Ok(());
        };
        if part.value.trim().is_empty() {
            return Err(filter.no_value());
        }
        match filter {
            Filter::Tag => self.tags.push(Tag::new(&part.value).map_err(|_| filter.bad_value())?),
            Filter::Person => self.people.push(resolve(&part.value)?),
            Filter::Kind => self.kinds.push(part.value.parse().map_err(|_| filter.bad_value())?),
            Filter::Step => self.steps.push(part.value.parse().map_err(|_| filter.bad_value())?),
            Filter::Exercise => {
                self.exercises.push(part.value.trim().parse().map_err(|_| filter.bad_value())?);
            }
            Filter::Feeling => {
                self.feelings.push(feelings.asked(&part.value).map_err(|_| filter.bad_value())?);
            }
            Filter::Before => earliest(&mut self.before, date(filter, &part.value)?),
            Filter::After => latest(&mut self.after, date(filter, &part.value)?),
        }
        Ok(())
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} terms, {} filters)", self.finders.len(), self.filters())
    }
}

fn date(filter: Filter, value: &str) -> Result<Date, QueryError> {
    value.parse().map_err(|_| filter.bad_value())
}

fn earliest(bound: &mut Option<Date>, date: Date) {
    *bound = Some(bound.map_or(date, |known| known.min(date)));
}

fn latest(bound: &mut Option<Date>, date: Date) {
    *bound = Some(bound.map_or(date, |known| known.max(date)));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    Tag,
    Person,
    Kind,
    Step,
    Exercise,
    Feeling,
    Before,
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
            Self::Exercise => "exercise:thought-check",
            Self::Feeling => "feeling:sad or feeling:\"left out\"",
            Self::Before => "before:2026-11-24",
            Self::After => "after:2026-11-24",
        }
    }

    const fn no_value(self) -> QueryError {
        QueryError::NoValue { filter: self.name(), example: self.example() }
    }

    const fn bad_value(self) -> QueryError {
        let next = match self {
            Self::Tag => "a tag has 1 to 64 characters and no comma",
            Self::Person => "give a name, an id or the beginning of an id",
            Self::Kind => "the kinds are note, checkin, exercise, measure and session",
            Self::Step => "the steps are 1 to 6",
            Self::Exercise => "write the id of an exercise or a measure, such as thought-check",
            Self::Feeling => "a feeling has 1 to 64 characters",
            Self::Before | Self::After => "write the date as 2026-11-24",
        };
        QueryError::BadValue { filter: self.name(), next }
    }
}

/// A word, a phrase or a filter with its value.
struct Part {
    filter: Option<Filter>,
    value: String,
}

/// Splits at blanks outside quotes. Typographic quotes count, since phones write them unasked.
fn split(text: &str) -> Result<Vec<Part>, QueryError> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (filter, value) = split_filter(rest);
        let (value, tail) = if value.starts_with(is_quote) { quoted(value)? } else { unquoted(value) };
        parts.push(Part { filter, value: value.to_owned() });
        rest = tail.trim_start();
    }
    Ok(parts)
}

fn split_filter(text: &str) -> (Option<Filter>, &str) {
    let named = Filter::ALL.into_iter().find_map(|filter| {
        let value = text.strip_prefix(filter.name())?.strip_prefix(':')?;
        Some((Some(filter), value))
    });
    named.unwrap_or((None, text))
}

fn quoted(text: &str) -> Result<(&str, &str), QueryError> {
    let mut inside = text.chars();
    inside.next();
    inside.as_str().split_once(is_quote).ok_or(QueryError::OpenQuote)
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
        Query::parse(query, &Feelings::of(&library), resolve)
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
            ("kind:exercise kind:note", false),
            ("step:3", true),
            ("step:4 step:3", true),
            ("step:1", false),
            ("exercise:name-it", true),
            ("exercise:thought-check", false),
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
            ("\"open", QueryError::OpenQuote),
            ("tag:\"open", QueryError::OpenQuote),
            ("tag:", Filter::Tag.no_value()),
            ("tag: calm", Filter::Tag.no_value()),
            ("tag:a,b", Filter::Tag.bad_value()),
            ("person:", Filter::Person.no_value()),
            ("person:Bob", QueryError::Person(ResolveError::NotFound { perhaps: Vec::new() })),
            ("kind:diary", Filter::Kind.bad_value()),
            ("step:0", Filter::Step.bad_value()),
            ("step:7", Filter::Step.bad_value()),
            ("step:one", Filter::Step.bad_value()),
            ("exercise:", Filter::Exercise.no_value()),
            ("exercise:\"Name it\"", Filter::Exercise.bad_value()),
            ("feeling:", Filter::Feeling.no_value()),
            (&too_long, Filter::Feeling.bad_value()),
            ("before:yesterday", Filter::Before.bad_value()),
            ("after:2026-11-24T10:00", Filter::After.bad_value()),
        ];
        for (query, expected) in cases {
            let fault = parse(query).unwrap_err();
            assert_eq!(fault, expected, "{query}");
            assert!(fault.to_string().len() > 20);
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
            let _ = Query::parse(&text, &Feelings::of(&Library::default()), resolve);
        }

        #[test]
        fn a_quoted_piece_of_a_text_is_found_in_it(text in "[A-Za-zäé’ ]{1,40}", start in 0_usize..40, len in 1_usize..40) {
            let piece: String = text.chars().skip(start).take(len).collect();
            prop_assume!(!piece.trim().is_empty());
            let folded = fold(&text);
            let none = Library::default();
            let query = Query::parse(&format!("\"{piece}\""), &Feelings::of(&none), resolve).unwrap();
            let searched = Searchable { folded: &folded, steps: &[], entry: &entry() };
            prop_assert!(query.matches(&searched));
        }
    }
}
