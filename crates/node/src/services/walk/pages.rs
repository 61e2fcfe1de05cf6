//! The pages of a walk, as clients show them.

use haven_api::convert::value;
use haven_api::pb;
use haven_api::pb::walk_page::Kind as Page;
use haven_api::practice::{Field, HarmQuestion, Shape};
use haven_core::answers::{ExerciseId, Value};
use haven_core::exercise::{Breath, Delay, ItemKind, Part};
use haven_core::person::{Person, Safe, resolve_person};
use haven_core::support::Support;
use tonic::Status;

use super::course::{Guided, Kind, Questionnaire, linkable, links_to};
use super::place::{Before, Place, Start, no_such_page};
use super::walking::Walking;
use crate::limits::LINKS_OFFERED_MAX;
use crate::services::names::name_of;
use crate::services::unexpected;

/// Why the support card is shown.
const WHY_SUPPORT: &str = "This is shown because of your last answer. Nobody has been told of it.";

/// Hours of a day.
const HOURS_A_DAY: u32 = 24;

impl Walking<'_> {
    /// The walk as a client carries it.
    pub(super) fn to_pb(&self, place: &Place) -> Result<pb::Walk, Status> {
        Ok(pb::Walk {
            draft: Some(self.sheet.to_pb()),
            subject: Some(self.subject()),
            at: place.to_string(),
            page: Some(pb::WalkPage {
                has_back: self.has_back(place),
                instead: match (place, self.harm_question()) {
                    (Place::Unsure(_), Some(harm)) => self.suggested(&harm.instead),
                    _ => Vec::new(),
                },
                kind: Some(self.page(place)?),
            }),
            hint: self.hint.clone(),
            is_kept: self.sheet.is_kept,
            later: self.later.clone(),
            emergency: if self.has_called { self.emergency()? } else { String::new() },
            heavy: self.is_heavy(),
        })
    }

    fn subject(&self) -> pb::WalkSubject {
        pb::WalkSubject {
            made_with: self.sheet.draft.exercise.clone(),
            title: self.course.title.clone(),
            is_measure: self.course.is_measure(),
            minutes: self.course.minutes,
            people: self.room.people(&self.people, &self.sheet.draft.people),
        }
    }

    fn has_back(&self, place: &Place) -> bool {
        match place {
            Place::Intro(_) | Place::Held(Before::Nothing) => false,
            Place::Question(id) => self.later.is_empty() || self.course.before(id).is_some(),
            _ => true,
        }
    }

    fn page(&self, place: &Place) -> Result<Page, Status> {
        let harm = || self.harm_question().cloned().ok_or_else(no_such_page);
        Ok(match place {
            Place::Intro(start) => Page::Intro(self.intro(*start)),
            Place::Gate(_) => Page::Gate(harm_to_pb(harm()?)),
            Place::Unsure(_) => Page::Unsure(harm_to_pb(harm()?)),
            Place::Held(before) => Page::Held(self.held(before, harm()?)),
            Place::Question(id) => Page::Question(self.question(id)?),
            Place::Notice { is_last, .. } => Page::Notice(pb::NoticePage {
                words: self.notice.0.clone(),
                instead: self.notice.1.as_ref().map(|id| self.course.suggested(id, &self.telling.language)),
                is_last: *is_last,
            }),
            Place::Support(_) => Page::Support(pb::SupportPage { why: WHY_SUPPORT.to_owned() }),
            Place::End => Page::End(self.end()),
        })
    }

    fn intro(&self, start: Start) -> pb::IntroPage {
        let questions = self.questions(&self.course.order);
        let goes_on = start == Start::Open && !(self.sheet.answers.is_empty() && self.sheet.typed.is_empty());
        let page = match &self.course.kind {
            Kind::Exercise(guided) => {
                let said = if self.is_unsafe() { self.unsafe_notice() } else { "" };
                let notices = [said.to_owned(), once(said, &guided.whole.notice)];
                let evidence = guided.whole.evidence.clone();
                pb::IntroPage {
                    purpose: guided.whole.purpose.clone(),
                    notices: notices.into_iter().filter(|words| !words.is_empty()).collect(),
                    evidence: Some(pb::Evidence {
                        grade: evidence.grade,
                        note: evidence.note,
                        refs: evidence.refs,
                        sources: evidence.sources,
                    }),
                    ..Default::default()
                }
            }
            Kind::Measure(asked) => {
                let notices = [&asked.told.origin, &asked.told.advice];
                pb::IntroPage {
                    purpose: asked.told.summary.as_ref().map(|it| it.purpose.clone()).unwrap_or_default(),
                    notices: notices.into_iter().filter(|words| !words.is_empty()).cloned().collect(),
                    source: asked.told.notice.clone(),
                    begun: self.begun.map(|day| day.to_string()).unwrap_or_default(),
                    ..Default::default()
                }
            }
        };
        pb::IntroPage { goes_on, questions, ..page }
    }

    fn held(&self, before: &Before, harm: HarmQuestion) -> pb::HeldPage {
        let instead = self.suggested(&harm.instead);
        // At the gate nobody is marked; it was answered.
        let said = if matches!(before, Before::Gate(_)) { "" } else { self.unsafe_notice() };
        let support = once(said, &harm.support);
        pb::HeldPage {
            question: Some(harm_to_pb(HarmQuestion { support, ..harm })),
            choose_another: matches!(before, Before::Question(_)),
            instead,
            notice: said.to_owned(),
        }
    }

    fn suggested(&self, ids: &[ExerciseId]) -> Vec<pb::Suggested> {
        ids.iter().map(|id| self.course.suggested(id, &self.telling.language)).collect()
    }

    fn question(&self, id: &str) -> Result<pb::QuestionPage, Status> {
        let order = &self.course.order;
        let before = order.iter().position(|asked| asked == id).unwrap_or_default();
        let page = match &self.course.kind {
            Kind::Exercise(guided) => self.asked(guided, id),
            Kind::Measure(asked) => asked.page(id),
        };
        Ok(pb::QuestionPage {
            answer_id: id.to_owned(),
            answer: self.sheet.at(id).cloned().map(value::to_pb),
            number: self.questions(&order[..=before]).max(1),
            total: self.questions(order),
            ..page.ok_or_else(unexpected)?
        })
    }

    /// How many questions there are among these pages: a sentence made of earlier answers asks nothing.
    fn questions(&self, pages: &[String]) -> u32 {
        let asked = pages.iter().filter(|id| !self.is_sentence(id)).count();
        u32::try_from(asked).unwrap_or(u32::MAX)
    }

    fn asked(&self, guided: &Guided, id: &str) -> Option<pb::QuestionPage> {
        let stepper = guided.stepper(&self.sheet.answers, Some(id));
        let field = guided.field(id)?;
        let is_timer = matches!(field.shape, Shape::Timer { .. });
        let breaths = if is_timer { stepper.breaths() } else { None };
        let people = self.nameable(&field.shape);
        Some(pb::QuestionPage {
            field: guided.told(id).cloned(),
            offered: stepper.offered(),
            sentence: match &field.shape {
                Shape::Derived { template } => stepper.sentence(template, &|id| self.name(id)),
                _ => String::new(),
            },
            breaths: breaths.unwrap_or_default().iter().map(breath_to_pb).collect(),
            stop_label: stepper.stop_ahead().map(|field| field.label.clone()).unwrap_or_default(),
            recalled: if self.later.is_empty() { Vec::new() } else { self.recalled(guided, field) },
            suggested: if self.sheet.at(id).is_none() { self.suggestion(field) } else { String::new() },
            links: self.links(&field.shape),
            not_safe: if people.is_empty() { Vec::new() } else { self.not_safe(guided) },
            people,
            ..Default::default()
        })
    }

    fn name(&self, id: &str) -> Option<String> {
        let person = self.people.iter().find(|person| person.id.to_string() == id);
        person.map(|person| person.name.as_str().to_owned())
    }

    /// Words of then that belong to a later question.
    fn recalled(&self, guided: &Guided, field: &Field) -> Vec<pb::Recalled> {
        let recall = |id: &String| {
            let asked = guided.whole.fields.iter().find(|field| field.id == *id)?;
            let words: Vec<&str> = match self.sheet.answers.get(id)? {
                Value::List(items) => items.iter().filter_map(Value::text).collect(),
                answer => answer.text().into_iter().collect(),
            };
            let words = words.join("\n");
            (!words.is_empty()).then(|| pb::Recalled { label: asked.label.clone(), words })
        };
        field.recall.iter().filter_map(recall).collect()
    }

    fn suggestion(&self, field: &Field) -> String {
        match &field.shape {
            Shape::Date { suggest } => self.today.plus_days(days(suggest.as_deref())).to_string(),
            Shape::DateTime => self.room.now_as_in(&self.sheet.draft.at),
            Shape::Person => match self.sheet.draft.people.as_slice() {
                [called] => resolve_person(&self.people, called).map(|id| id.to_string()).unwrap_or_default(),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn links(&self, shape: &Shape) -> Vec<pb::EntrySummary> {
        let Some(to) = links_to(shape) else { return Vec::new() };
        let view = &*self.snapshot.view;
        let (desk, name_of) = (self.room.desk.of(view), name_of(view));
        let rows = linkable(view, to.as_ref(), LINKS_OFFERED_MAX);
        rows.iter().map(|row| desk.summary(&row.entry, row.sides_to_settle(), &name_of)).collect()
    }

    /// Who can be named, by name.
    fn nameable(&self, shape: &Shape) -> Vec<pb::PersonRef> {
        match shape {
            Shape::Person | Shape::List { of: ItemKind::Person, .. } => {
                let named = |person: &Person| pb::PersonRef {
                    id: person.id.to_string(),
                    name: person.name.to_string(),
                };
                self.people.iter().map(named).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Who is marked as not safe to be open with, for an exercise that minds.
    fn not_safe(&self, guided: &Guided) -> Vec<String> {
        if guided.whole.harm_question.is_none() && guided.whole.unsafe_notice.is_empty() {
            return Vec::new();
        }
        let marked = self.people.iter().filter(|person| person.safe == Some(Safe::No));
        marked.map(|person| person.id.to_string()).collect()
    }

    /// Whether it is heavy, as far as it was answered.
    fn is_heavy(&self) -> bool {
        let guided = self.course.guided();
        guided.is_some_and(|guided| guided.stepper(&self.sheet.answers, None).ends_heavy())
    }

    fn end(&self) -> pb::EndPage {
        let review = |id: &String, words: String| pb::Reviewed {
            label: self.course.label(id),
            words,
            at: Place::Question(id.clone()).to_string(),
        };
        let unfit = self.course.order.iter().filter_map(|id| Some((id, self.sheet.typed.get(id)?)));
        let unfit = unfit.map(|(id, typed)| review(id, typed_words(typed))).collect();
        match &self.course.kind {
            Kind::Exercise(guided) => {
                let stepper = guided.stepper(&self.sheet.answers, None);
                pb::EndPage {
                    open: stepper.open().map(|field| field.label.clone()).collect(),
                    heavy: self.is_heavy(),
                    has_answers: !self.sheet.is_blank() && !self.is_declined(),
                    review: Vec::new(),
                    unfit,
                }
            }
            Kind::Measure(asked) => {
                let words = |id: &String| self.sheet.answers.get(id).map(|answer| asked.words(id, answer));
                let order = self.course.order.iter();
                pb::EndPage {
                    open: Vec::new(),
                    heavy: false,
                    has_answers: !self.sheet.answers.is_empty(),
                    review: order.map(|id| review(id, words(id).unwrap_or_default())).collect(),
                    unfit,
                }
            }
        }
    }

    /// What to call in an emergency, in a line.
    fn emergency(&self) -> Result<String, Status> {
        let support = Support::built_in().map_err(|_| unexpected())?;
        Ok(support.emergency_line(self.telling.country, &self.telling.language))
    }
}

impl Questionnaire {
    fn page(&self, id: &str) -> Option<pb::QuestionPage> {
        let item = self.item(id);
        Some(pb::QuestionPage {
            field: Some(self.field(id)?),
            stem: if item.is_some() { self.told.stem.clone() } else { String::new() },
            declinable: item.is_some_and(|item| item.declinable),
            ..Default::default()
        })
    }
}

fn harm_to_pb(harm: HarmQuestion) -> pb::HarmQuestion {
    pb::HarmQuestion {
        question: harm.question,
        help: harm.help,
        no: harm.no,
        not_sure: harm.not_sure,
        yes: harm.yes,
        support: harm.support,
        go_on: harm.go_on,
        instead: harm.instead.iter().map(ToString::to_string).collect(),
    }
}

fn breath_to_pb(breath: &Breath) -> pb::BreathPart {
    let kind = match breath.part {
        Part::In => pb::BreathKind::In,
        Part::More => pb::BreathKind::More,
        Part::Hold => pb::BreathKind::Hold,
        Part::Out => pb::BreathKind::Out,
        Part::Rest => pb::BreathKind::Rest,
    };
    pb::BreathPart { kind: kind.into(), seconds: breath.seconds }
}

/// Words without the sentences that stand in what was said just before.
fn once(said: &str, words: &str) -> String {
    let is_new = |sentence: &&str| !said.contains(sentence.trim_end());
    words.split_inclusive(". ").filter(is_new).collect::<String>().trim_end().to_owned()
}

/// The whole days of a delay such as `P7D`, rounded up; none suggests today.
fn days(delay: Option<&str>) -> i32 {
    let delay = delay.and_then(|delay| delay.parse::<Delay>().ok());
    delay.map_or(0, |delay| i32::try_from(delay.hours().div_ceil(HOURS_A_DAY)).unwrap_or(0))
}

/// What was typed, as it can be shown in a line.
fn typed_words(typed: &Value) -> String {
    match typed {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::List(items) => items.iter().map(typed_words).collect::<Vec<_>>().join(", "),
        Value::Map(map) => map.values().map(typed_words).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_was_said_is_not_said_again() {
        let said = "You've noted it. Trust that fear. A no is different.";
        for (words, left) in [
            ("Trust that fear. A no is different. Someone can help.", "Someone can help."),
            ("Someone can help. Trust that fear.", "Someone can help."),
            ("A no is different.", ""),
            ("Trust that fear, all the same.", "Trust that fear, all the same."),
            ("", ""),
        ] {
            assert_eq!(once(said, words), left);
        }
        assert_eq!(once("", "Trust that fear."), "Trust that fear.");
    }
}
