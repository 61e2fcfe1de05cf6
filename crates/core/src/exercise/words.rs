//! The fixed words of a definition: steps, signs, phases, grades, views.

use crate::definition::word_enum;

word_enum!(
    /// One of the six ways towards a secure attachment style, written as its number.
    Step, "step" {
        /// Knowing one's own pattern.
        Know = "1",
        /// Questioning what the pattern says is true.
        Question = "2",
        /// Settling strong feelings.
        Regulate = "3",
        /// Saying what one needs and hearing the other.
        Communicate = "4",
        /// Choosing and tending the people one leans on.
        Relate = "5",
        /// Working with a therapist.
        Therapy = "6",
    }
);

impl Step {
    /// Returns the number, 1 to 6.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Returns the step with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| i64::from(step.number()) == number)
    }

    /// Returns its English name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Know => "Know your pattern",
            Self::Question => "Question the old story",
            Self::Regulate => "Settle strong feelings",
            Self::Communicate => "Say what you need",
            Self::Relate => "Tend the people you lean on",
            Self::Therapy => "Work with a therapist",
        }
    }
}

word_enum!(
    /// One of the seven signs of a secure attachment style.
    Sign, "sign" {
        /// Being close feels easy.
        Closeness = "closeness",
        /// Trusting, and being somebody to trust.
        Trust = "trust",
        /// Room for oneself and for both.
        Independence = "independence",
        /// Saying what one needs and settling differences.
        Communicator = "communicator",
        /// Asking for help.
        SeeksSupport = "seeks-support",
        /// Hard feelings pass without acting against oneself.
        Regulated = "regulated",
        /// Ties feel solid.
        SecureView = "secure-view",
    }
);

impl Sign {
    /// Returns its English name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closeness => "At ease being close",
            Self::Trust => "Trusting and trustworthy",
            Self::Independence => "Room for me and for us",
            Self::Communicator => "Says what is needed",
            Self::SeeksSupport => "Asks for help",
            Self::Regulated => "Lets hard feelings pass",
            Self::SecureView => "Sees these ties as solid",
        }
    }
}

word_enum!(
    /// When in an exercise a field is asked.
    Phase, "phase" {
        /// Before the work, such as a first rating.
        Before = "before",
        /// The work.
        Main = "main",
        /// Right after the work.
        After = "after",
        /// Days or weeks later.
        Later = "later",
    }
);

word_enum!(
    /// What the person is asked before the exercise is offered.
    Gate, "gate" {
        /// Nothing.
        None = "none",
        /// Whether saying this to the other would feel safe.
        Relationship = "relationship",
    }
);

word_enum!(
    /// What stands behind an exercise.
    Grade, "grade of evidence" {
        /// A controlled trial of very much this.
        Trial = "trial",
        /// A review of many studies.
        Review = "review",
        /// Established practice.
        Practice = "practice",
        /// Made by us, tested by nobody.
        Ours = "ours",
    }
);

word_enum!(
    /// Whether the exercise is offered when entries are shared. There is no third value: nothing is shared unasked.
    ShareDefault, "way to share" {
        /// It is left out unless the person picks it.
        Never = "never",
        /// It is offered.
        Ask = "ask",
    }
);

word_enum!(
    /// A time at which the exercise is not suggested. It stays open to whoever wants it.
    NotWhen, "time to hold a suggestion back" {
        /// For seven days after the person asked for help or marked thoughts of dying.
        RecentHelp = "recent-help",
    }
);

word_enum!(
    /// Where in Patterns the answers are shown.
    View, "view" {
        /// Worry against distance.
        Plane = "plane",
        /// Pairs of before and after.
        BeforeAfter = "before-after",
        /// What sparked what.
        Triggers = "triggers",
        /// How much a thought was believed, over weeks.
        Belief = "belief",
        /// The seven signs.
        Signs = "signs",
        /// The people one leans on.
        Map = "map",
        /// What was agreed with a therapist and tried.
        Homework = "homework",
        /// Words given and kept.
        Reliability = "reliability",
    }
);

word_enum!(
    /// Which direction of a rating is the hoped-for one.
    Better, "direction" {
        /// Less is hoped for.
        Lower = "lower",
        /// More is hoped for.
        Higher = "higher",
    }
);

word_enum!(
    /// What kind of answer a field takes.
    FieldKind, "kind of field" {
        /// A line or a few.
        Text = "text",
        /// As much as the person wants to write.
        LongText = "long_text",
        /// A whole number between two ends.
        Scale = "scale",
        /// One of some options.
        Choice = "choice",
        /// Any of some options.
        Multi = "multi",
        /// Several items.
        List = "list",
        /// Feelings and their strength.
        Emotions = "emotions",
        /// Somebody from the journal.
        Person = "person",
        /// A time.
        DateTime = "datetime",
        /// A date.
        Date = "date",
        /// How long something took.
        Duration = "duration",
        /// Yes or no.
        Bool = "bool",
        /// A timer to sit with.
        Timer = "timer",
        /// A sentence put together from earlier answers.
        Derived = "derived",
        /// Another entry.
        Link = "link",
        /// An agreement.
        Consent = "consent",
    }
);

word_enum!(
    /// What the items of a list are.
    ItemKind, "kind of item" {
        /// Words.
        Text = "text",
        /// People from the journal.
        Person = "person",
        /// Other entries.
        Link = "link",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_numbers_and_signs_have_ids() {
        assert_eq!("4".parse(), Ok(Step::Communicate));
        assert_eq!(Step::from_number(6), Some(Step::Therapy));
        for number in [i64::MIN, 0, 7] {
            assert_eq!(Step::from_number(number), None);
        }
        assert_eq!("seeks-support".parse(), Ok(Sign::SeeksSupport));
        assert_eq!(Sign::ALL.len(), 7);
    }

    #[test]
    fn an_unknown_word_says_which_are_known() {
        let unknown = "maybe".parse::<ShareDefault>().unwrap_err();
        assert_eq!(unknown.to_string(), "not a way to share; write never or ask");
    }
}
