//! What may be said about a result, and no more.

use super::{Advice, Band, Measure, MeasureResult, Measures, NotScored, Score, Side, Value};
use crate::answers::ExerciseRef;
use crate::sentence::{Part, Saying, Sentence};

impl MeasureResult {
    /// Returns what stands under the result as a whole. The support card, where it is due, comes before all of it.
    pub fn says(&self, measure: &Measure, measures: &Measures) -> Vec<Sentence> {
        let mut says = vec![Sentence::new(Saying::ScoresAreAnswers)];
        let origin = measures.origin(&measure.id);
        let untested = if origin.is_some() { Saying::AddedNotValidated } else { Saying::NotValidated };
        says.extend(origin);
        if !measure.validated {
            says.push(Sentence::new(untested));
        }
        if self.alike {
            says.push(Sentence::new(Saying::AllAlike));
        }
        says
    }

    /// Returns the published name of the range a score lies in. None where an answer called for support: whoever thinks of not
    /// living is not told that this is "mild".
    pub fn band_of<'s>(&self, score: &'s Score) -> Option<&'s Band> {
        score.value.as_ref().ok().filter(|_| !self.support)?.band.as_ref()
    }

    /// Takes the published names away, for days on which nobody is told that anything is "mild" or "severe".
    pub fn hide_bands(&mut self) {
        for value in self.scores.iter_mut().filter_map(|score| score.value.as_mut().ok()) {
            value.band = None;
        }
    }

    /// Returns what stands beside one of its scores.
    pub fn says_of(&self, score: &Score) -> Vec<Sentence> {
        match &score.value {
            Ok(value) => value.says(&self.measure, self.band_of(score)),
            Err(why) => vec![why.says()],
        }
    }
}

impl Value {
    fn says(&self, measure: &ExerciseRef, band: Option<&Band>) -> Vec<Sentence> {
        let band = band.map(|band| {
            let label = Part::Label { measure: measure.clone(), key: band.label.clone() };
            Sentence::new(Saying::Band).with("band", label)
        });
        let side = self.side.map(|side| Sentence::new(side.saying()));
        let filled_in = (self.answered < self.items).then(|| {
            Sentence::new(Saying::FilledIn).with("answered", self.answered).with("items", self.items)
        });
        [band, side, filled_in].into_iter().flatten().collect()
    }
}

impl NotScored {
    fn says(self) -> Sentence {
        match self {
            Self::Declined => Sentence::new(Saying::NotScoredDeclined),
            Self::Missing { missing, items, allowed: 0 } => {
                Sentence::new(Saying::NotScoredIncomplete).with("missing", missing).with("items", items)
            }
            Self::Missing { missing, items, allowed } => Sentence::new(Saying::NotScoredMissing)
                .with("missing", missing)
                .with("items", items)
                .with("allowed", allowed),
        }
    }
}

impl Side {
    /// Returns the saying of the side.
    pub fn saying(self) -> Saying {
        match self {
            Self::Below => Saying::SideBelow,
            Self::Middle => Saying::SideMiddle,
            Self::Above => Saying::SideAbove,
        }
    }
}

impl Advice {
    /// Returns what is said before the measure is answered again; none where nothing has to be said.
    pub fn says(self) -> Option<Sentence> {
        match self {
            Self::First | Self::Ready => None,
            Self::Wait { from } => Some(Sentence::new(Saying::RetestWait).with("date", Part::Day(from))),
            Self::Early { usual } => Some(Sentence::new(Saying::RetestEarly).with("date", Part::Day(usual))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{Answer, Answers};
    use crate::sentence::tests::said;

    fn texts(id: &str, points: &[Option<i32>]) -> (Vec<String>, Vec<Vec<String>>) {
        let measures = Measures::built_in().unwrap();
        let measure = measures.get(&id.parse().unwrap()).unwrap();
        let pairs = measure.items.iter().zip(points);
        let answers: Answers =
            pairs.filter_map(|(item, point)| Some((item.id.clone(), Answer::Scale((*point)?)))).collect();
        let result = measure.score(&answers);
        let whole = result.says(measure, &measures).iter().map(said).collect();
        let scores = result.scores.iter().map(|score| result.says_of(score).iter().map(said).collect());
        (whole, scores.collect())
    }

    const ANSWERS: &str = "Scores are worked out from your answers; they don't tell you what you have.";

    #[test]
    fn a_band_is_said_with_its_published_label_and_nothing_else_is_claimed() {
        let mut quiet = [Some(1); 9];
        quiet[8] = Some(0);
        let (whole, scores) = texts("phq-9", &quiet);
        assert_eq!(whole, [ANSWERS]);
        assert_eq!(scores, [["Published label for this score: mild."]]);
        let mut thinks_of_it = [Some(1); 9];
        thinks_of_it[7] = Some(0);
        let (_, scores) = texts("phq-9", &thinks_of_it);
        assert_eq!(scores, [[""; 0]], "the ninth answer is more than nothing");
        let (_, scores) = texts("pswq", &[Some(5); 16]);
        assert_eq!(scores, [[""; 0]], "a score without a source says nothing");
    }

    #[test]
    fn a_neutral_sheet_reads_as_the_middle_of_the_scale() {
        let (whole, scores) = texts("ecr-rs", &[Some(4); 9]);
        assert!(whole[1].starts_with("Every question got the same answer"), "{whole:?}");
        assert_eq!(scores, [["middle of the scale"], ["middle of the scale"]]);
        let (whole, _) = texts("two-axis", &[Some(4); 12]);
        assert!(whole[1].contains("not validated"), "{whole:?}");
    }

    #[test]
    fn what_is_missing_is_said_plainly() {
        let mut points = [Some(3); 9];
        points[0] = None;
        let (_, scores) = texts("ipip-love", &points);
        assert_eq!(scores, [["You answered 8 of 9 questions; their mean stands in for the others."]]);
        points[1] = None;
        let (_, scores) = texts("ipip-love", &points);
        assert_eq!(scores, [["Not scored. Open questions: 2 of 9; at most 1 may be."]]);
        let mut points = [Some(0); 9];
        points[2] = None;
        let (_, scores) = texts("phq-9", &points);
        assert_eq!(scores, [["Not scored. Open questions: 1 of 9; this score needs them all."]]);
        assert!(said(&NotScored::Declined.says()).contains("That's your choice"));
    }

    #[test]
    fn advice_is_given_only_where_there_is_some() {
        let date = "2026-12-01".parse().unwrap();
        let texts =
            [Advice::First, Advice::Wait { from: date }, Advice::Early { usual: date }, Advice::Ready]
                .map(|advice| advice.says().as_ref().map(said));
        assert_eq!(texts[0], None);
        assert!(texts[1].as_ref().unwrap().contains("Before 1 December 2026"));
        assert!(texts[2].as_ref().unwrap().contains("From 1 December 2026 on"));
        assert_eq!(texts[3], None);
    }
}
