//! The views as JSON and as one sentence: what a client is handed, draws, and prints for scripts.
//!
//! Names of people stand beside their ids, and sentences are in words, so that a client needs nothing else.

use serde_json::{Value, json};

use super::{
    BeliefStep, Dated, Frame, History, MEDIAN_PAIRS_MIN, Pair, Plane, Response, SureRange, TREND_POINTS_MIN,
    Trail, Tried, before_after, beliefs, calibration, circles, days, histories, homework, moments, plane,
    responses, signs,
};
use crate::answers::ExerciseId;
use crate::definition::word_enum;
use crate::entry::Entry;
use crate::id::PersonId;
use crate::measure::{Side, Target, Verdict};
use crate::sentence::{Saying, Sentence, Speaker};

word_enum!(
    /// A way of looking at a journal over time.
    Topic, "view" {
        /// Worry and distance, a trail for each person.
        Plane = "plane",
        /// Ratings before and after exercises, beside just waiting.
        BeforeAfter = "before-after",
        /// Urges by month, and what came together.
        Triggers = "triggers",
        /// Beliefs in a thought before, after and later, and what became of predictions.
        Belief = "belief",
        /// The seven signs side by side.
        Signs = "signs",
        /// Circles, and how people responded.
        People = "people",
        /// What was agreed with a therapist, and what was tried.
        Homework = "homework",
        /// Results of measures, and what their published rules say.
        Measures = "measures",
        /// The days on which something was written.
        Days = "days",
    }
);

/// What a client is told of a view.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Which view.
    pub topic: Topic,
    /// Whether there is enough for anything to be said over time.
    pub enough: bool,
    /// What may honestly be said, and nothing else; empty where what is drawn says it all.
    pub says: String,
    /// What may be drawn.
    pub data: Value,
}

/// Looks at entries in one way, at one person only if one is given.
pub fn told<'e>(
    topic: Topic,
    frame: &Frame<'_>,
    entries: impl IntoIterator<Item = &'e Entry>,
    person: Option<PersonId>,
    speaker: &Speaker<'_>,
) -> Told {
    let teller = Teller { frame, speaker, person };
    let entries: Vec<&Entry> = entries.into_iter().collect();
    let (enough, says, data) = match topic {
        Topic::Plane => teller.planes(&entries),
        Topic::BeforeAfter => teller.pairs(&entries),
        Topic::Triggers => teller.triggers(&entries),
        Topic::Belief => teller.beliefs(&entries),
        Topic::Signs => teller.signs(&entries),
        Topic::People => teller.people(&entries),
        Topic::Homework => teller.homework(&entries),
        Topic::Measures => teller.measures(&entries),
        Topic::Days => teller.days(&entries),
    };
    let is_empty = says.is_empty() && !enough;
    let says = if is_empty { teller.text(&Sentence::new(Saying::NothingYet)) } else { says.join("\n") };
    Told { topic, enough, says, data }
}

/// Whether there is enough, the sentences, and the data.
type Parts = (bool, Vec<String>, Value);

struct Teller<'a> {
    frame: &'a Frame<'a>,
    speaker: &'a Speaker<'a>,
    person: Option<PersonId>,
}

impl Teller<'_> {
    fn text(&self, sentence: &Sentence) -> String {
        sentence.text(self.speaker)
    }

    fn is_shown(&self, person: PersonId) -> bool {
        self.person.is_none_or(|only| only == person)
    }

    fn is_target_shown(&self, target: Target) -> bool {
        self.person.is_none_or(|only| target == Target::Person(only))
    }

    fn name(&self, person: PersonId) -> Option<String> {
        (self.speaker.name)(person)
    }

    /// A sentence about one of several, with the name of whom it is about before it.
    fn of(&self, whom: Option<String>, sentence: &Sentence) -> String {
        let text = self.text(sentence);
        whom.map_or_else(|| text.clone(), |whom| format!("{whom}: {text}"))
    }

    fn title(&self, id: &ExerciseId) -> String {
        let exercise = self.frame.exercises.get(id).map(|it| it.title(self.speaker.language).to_owned());
        let measure = || {
            let measure = self.frame.measures.get(id)?;
            Some(measure.texts.get(self.speaker.language, &measure.title).to_owned())
        };
        exercise.or_else(measure).unwrap_or_else(|| id.to_string())
    }

    fn planes(&self, entries: &[&Entry]) -> Parts {
        let mut says = Vec::new();
        let mut enough = false;
        let mut planes = Vec::new();
        for measure in self.frame.measures.all().filter(|measure| measure.plane.is_some()) {
            let Some(mut plane) = plane(self.frame, &measure.id, entries.iter().copied()) else { continue };
            plane.trails.retain(|trail| self.is_target_shown(trail.target));
            if plane.trails.is_empty() {
                continue;
            }
            enough |= plane.trails.iter().any(|trail| trail.points.len() >= TREND_POINTS_MIN);
            // Several measures make planes, and somebody may be on more than one.
            says.extend(plane.trails.iter().map(|trail| {
                let title = self.title(&plane.measure.id);
                let whom = self.whom(trail.target).map(|whom| format!(", {whom}")).unwrap_or_default();
                self.of(Some(format!("{title}{whom}")), &trail.says)
            }));
            planes.push(self.plane(&plane));
        }
        (enough, says, json!({ "planes": planes }))
    }

    fn plane(&self, plane: &Plane) -> Value {
        let noise = plane.noise.as_ref().map(|noise| {
            json!({ "worry": noise.worry, "distance": noise.distance, "provisional": noise.provisional,
                    "sources": noise.sources })
        });
        json!({
            "measure": plane.measure.id.as_str(),
            "title": self.title(&plane.measure.id),
            "min": plane.range.0, "max": plane.range.1, "middle": plane.middle,
            "caption": self.text(&plane.caption),
            "noise": noise,
            "trails": plane.trails.iter().map(|trail| self.trail(trail)).collect::<Vec<_>>(),
        })
    }

    fn trail(&self, trail: &Trail) -> Value {
        let points = trail.points.iter().map(|point| {
            json!({ "entry": point.entry.to_string(), "date": point.date.to_string(), "worry": point.worry,
                    "distance": point.distance, "sides": point.sides.map(side), "joined": point.joined })
        });
        json!({ "person": person_of(trail.target), "name": self.whom(trail.target),
                "points": points.collect::<Vec<_>>(), "says": self.text(&trail.says) })
    }

    /// The name of a target; none for oneself.
    fn whom(&self, target: Target) -> Option<String> {
        match target {
            Target::Oneself => None,
            Target::General => Some("In general".to_owned()),
            Target::Person(person) => Some(self.name(person).unwrap_or_else(|| "…".to_owned())),
        }
    }

    fn pairs(&self, entries: &[&Entry]) -> Parts {
        let found = before_after(self.frame, entries.iter().copied());
        let enough = found.iter().any(|one| one.pairs.len() >= MEDIAN_PAIRS_MIN);
        let says = found.iter().map(|one| self.of(Some(self.title(&one.exercise)), &one.says)).collect();
        let exercises = found.iter().map(|one| {
            let comparison = one.comparison.as_ref().map(|waiting| {
                json!({ "exercise": waiting.exercise.as_str(), "title": self.title(&waiting.exercise),
                        "count": waiting.pairs.len(), "median": waiting.median,
                        "pairs": waiting.pairs.iter().map(pair).collect::<Vec<_>>() })
            });
            json!({ "exercise": one.exercise.as_str(), "title": self.title(&one.exercise), "outcome": one.outcome,
                    "min": one.range.0, "max": one.range.1, "count": one.pairs.len(), "median": one.median,
                    "pairs": one.pairs.iter().map(pair).collect::<Vec<_>>(), "beside": comparison,
                    "says": self.text(&one.says) })
        });
        (enough, says, json!({ "exercises": exercises.collect::<Vec<_>>() }))
    }

    fn triggers(&self, entries: &[&Entry]) -> Parts {
        let mut found = moments(self.frame, entries.iter().copied());
        if let Some(person) = self.person {
            found.months.iter_mut().for_each(|month| month.keep_only(person));
            found.months.retain(|month| !month.counts.is_empty());
        }
        let is_named = |person| self.is_shown(person) && self.name(person).is_some();
        let together: Vec<_> = found.together.iter().filter(|it| is_named(it.person)).collect();
        let says = found.months.last().map(|month| self.text(&month.says)).into_iter();
        let says = says.chain(together.iter().map(|it| self.text(&it.says))).collect();
        let months = found.months.iter().map(|month| {
            let counts = month.counts.iter().map(|it| {
                json!({ "urge": it.urge, "label": self.urge(&it.urge), "person": it.person.map(text),
                        "name": it.person.and_then(|person| self.name(person)), "count": it.count })
            });
            json!({ "month": format!("{:04}-{:02}", month.year, month.month), "joined": month.joined,
                    "counts": counts.collect::<Vec<_>>(), "says": self.text(&month.says) })
        });
        let pairs = together.iter().map(|it| {
            json!({ "person": text(it.person), "name": self.name(it.person), "urge": it.urge,
                    "label": self.urge(&it.urge), "with": { "had": it.with.0, "of": it.with.1 },
                    "without": { "had": it.without.0, "of": it.without.1 }, "says": self.text(&it.says) })
        });
        let data = json!({ "months": months.collect::<Vec<_>>(), "together": pairs.collect::<Vec<_>>() });
        (!found.months.is_empty(), says, data)
    }

    /// What an urge is called, in whichever exercise has it.
    fn urge(&self, id: &str) -> String {
        let exercises = self.frame.exercises;
        let label = exercises.iter().chain(exercises.all()).find_map(|exercise| {
            let field = exercise.field(&"urge".parse().ok()?)?;
            let option = field.shape.options().iter().find(|option| option.id == id)?;
            Some(exercise.option_label(option, self.speaker.language).to_owned())
        });
        label.unwrap_or_else(|| id.to_owned())
    }

    fn beliefs(&self, entries: &[&Entry]) -> Parts {
        let found = beliefs(self.frame, entries.iter().copied());
        let predictions = calibration(self.frame, entries.iter().copied());
        let steps = found.iter().flat_map(|one| &one.steps);
        let enough = steps.clone().any(|step| step.median.is_some()) || !predictions.ranges.is_empty();
        let says = steps.map(|step| &step.says).chain(predictions.ranges.iter().map(|range| &range.says));
        let says = says.map(|sentence| self.text(sentence)).collect();
        let beliefs = found.iter().map(|one| {
            let lines = one.lines.iter().map(|line| {
                let later = line.later.iter().map(|later| {
                    json!({ "days": later.days, "due": later.due.to_string(), "rating": later.rating })
                });
                json!({ "entry": line.entry.to_string(), "date": line.date.to_string(), "before": line.before,
                        "after": line.after, "later": later.collect::<Vec<_>>() })
            });
            json!({ "exercise": one.exercise.as_str(), "title": self.title(&one.exercise),
                    "outcome": one.outcome, "min": one.range.0, "max": one.range.1,
                    "lines": lines.collect::<Vec<_>>(),
                    "steps": one.steps.iter().map(|step| self.step(step)).collect::<Vec<_>>() })
        });
        let ranges = predictions.ranges.iter().map(|range| self.range(range));
        let predictions = json!({ "ranges": ranges.collect::<Vec<_>>(), "open": predictions.open });
        (enough, says, json!({ "beliefs": beliefs.collect::<Vec<_>>(), "predictions": predictions }))
    }

    fn step(&self, step: &BeliefStep) -> Value {
        json!({ "days": step.days, "count": step.count, "median": step.median, "says": self.text(&step.says) })
    }

    fn range(&self, range: &SureRange) -> Value {
        json!({ "from": range.from, "to": range.to, "as_feared": range.as_feared, "partly": range.partly,
                "not": range.not, "says": self.text(&range.says) })
    }

    fn signs(&self, entries: &[&Entry]) -> Parts {
        let found = signs(self.frame, entries.iter().copied()).unwrap_or_default();
        let enough = found.iter().any(|sign| sign.points.len() >= TREND_POINTS_MIN);
        let label = |sign: &super::SignSeries| {
            let measure = self.frame.measures.get(&"seven-signs".parse().ok()?)?;
            let subscale = measure.subscale(sign.sign.as_str())?;
            Some(measure.texts.get(self.speaker.language, &subscale.label).to_owned())
        };
        // One may be left out in an answer, so the first need not have as many as the others.
        let fullest = found.iter().max_by_key(|sign| sign.points.len());
        let says = match enough {
            true => found.iter().map(|sign| self.of(label(sign), &sign.says)).collect(),
            false => fullest.map(|sign| self.text(&sign.says)).into_iter().collect(),
        };
        let series = found.iter().map(|sign| {
            let points = sign.points.iter().map(|point| {
                json!({ "entry": point.entry.to_string(), "date": point.date.to_string(),
                        "number": point.number, "joined": point.joined })
            });
            json!({ "sign": sign.sign.as_str(), "label": label(sign), "min": sign.range.0, "max": sign.range.1,
                    "points": points.collect::<Vec<_>>(), "says": self.text(&sign.says) })
        });
        (enough, says, json!({ "signs": series.collect::<Vec<_>>() }))
    }

    fn people(&self, entries: &[&Entry]) -> Parts {
        let placed = circles(self.frame, entries.iter().copied());
        let mut responses = responses(self.frame, entries.iter().copied());
        let is_named = |person| self.is_shown(person) && self.name(person).is_some();
        // Somebody forgotten has no name that a line could begin with.
        responses.retain(|one| is_named(one.person));
        let says = placed.says.iter().map(|sentence| self.text(sentence));
        let says =
            says.chain(responses.iter().map(|one| self.of(self.name(one.person), &one.says))).collect();
        let now = placed.placed.iter().filter(|it| is_named(it.person)).map(|it| {
            json!({ "person": text(it.person), "name": self.name(it.person), "circle": it.circle,
                    "since": it.since.to_string() })
        });
        let now: Vec<Value> = now.collect();
        let moves = placed.moves.iter().filter(|it| is_named(it.person)).map(|it| {
            json!({ "entry": it.entry.to_string(), "date": it.date.to_string(), "person": text(it.person),
                    "name": self.name(it.person), "from": it.from, "to": it.to })
        });
        let strips = responses.iter().map(|one| {
            let times: Vec<Value> = one.times.iter().map(response).collect();
            json!({ "person": text(one.person), "name": self.name(one.person), "min": one.range.0,
                    "max": one.range.1, "times": times, "says": self.text(&one.says) })
        });
        let strips: Vec<Value> = strips.collect();
        let enough = !now.is_empty() || responses.iter().any(|one| one.times.len() >= super::RESPONSES_MIN);
        let data = json!({ "circles": now, "moves": moves.collect::<Vec<_>>(), "responses": strips });
        (enough, says, data)
    }

    fn homework(&self, entries: &[&Entry]) -> Parts {
        let found = homework(self.frame, entries.iter().copied());
        let agreements = found.agreements.iter().map(|it| {
            json!({ "entry": it.entry.to_string(), "date": it.date.to_string(), "things": it.things,
                    "due": it.due.map(|due| due.to_string()), "tried": it.tried.map(tried) })
        });
        let data = json!({ "agreements": agreements.collect::<Vec<_>>() });
        (!found.agreements.is_empty(), vec![self.text(&found.says)], data)
    }

    fn measures(&self, entries: &[&Entry]) -> Parts {
        let mut found = histories(self.frame, entries.iter().copied());
        found.retain(|history| self.is_target_shown(history.target));
        let enough = found.iter().any(|history| !history.since_first.is_empty());
        let says = found.iter().flat_map(|history| {
            let whom = self.whom(history.target).map(|whom| format!(", {whom}")).unwrap_or_default();
            let title = self.title(&history.measure);
            history.says.iter().flat_map(move |says| {
                let score = self.score_label(&history.measure, &says.subscale);
                let about = format!("{title}{whom}, {score}");
                says.sentences.iter().map(move |sentence| self.of(Some(about.clone()), sentence))
            })
        });
        let mut says: Vec<String> = says.collect();
        if says.is_empty() && !found.is_empty() {
            says.push(self.text(&Sentence::new(Saying::OneScore)));
        }
        let data = found.iter().map(|history| self.history(history)).collect::<Vec<_>>();
        (enough, says, json!({ "measures": data }))
    }

    fn score_label(&self, id: &ExerciseId, subscale: &str) -> String {
        let label = self.frame.measures.get(id).and_then(|measure| {
            let subscale = measure.subscale(subscale)?;
            Some(measure.texts.get(self.speaker.language, &subscale.label).to_owned())
        });
        label.unwrap_or_else(|| subscale.to_owned())
    }

    fn history(&self, history: &History) -> Value {
        let changes: serde_json::Map<String, Value> = history
            .since_first
            .iter()
            .map(|change| {
                let sources = change.rule.as_ref().map(|rule| rule.source().to_owned());
                let told = json!({ "difference": change.difference, "verdict": verdict(change.verdict),
                                   "source": sources });
                (change.subscale.clone(), told)
            })
            .collect();
        let measure = self.frame.measures.get(&history.measure);
        let scores = measure.iter().flat_map(|measure| &measure.subscales).map(|subscale| {
            json!({ "score": subscale.id, "label": self.score_label(&history.measure, &subscale.id),
                    "min": subscale.range.0, "max": subscale.range.1 })
        });
        json!({
            "measure": history.measure.as_str(), "title": self.title(&history.measure),
            "scores": scores.collect::<Vec<_>>(),
            "person": person_of(history.target), "name": self.whom(history.target),
            "results": history.results.iter().map(dated).collect::<Vec<_>>(),
            "since_first": changes,
            "says": history.says.iter().flat_map(|says| &says.sentences).map(|it| self.text(it)).collect::<Vec<_>>(),
        })
    }

    fn days(&self, entries: &[&Entry]) -> Parts {
        let found = days(self.frame, entries.iter().copied());
        let written: Vec<String> = found.written.iter().map(ToString::to_string).collect();
        let data = json!({ "written": written, "came_back": found.came_back });
        let says = found.says.iter().map(|sentence| self.text(sentence)).collect();
        (!found.written.is_empty(), says, data)
    }
}

fn text(person: PersonId) -> String {
    person.to_string()
}

fn person_of(target: Target) -> Option<String> {
    match target {
        Target::Person(person) => Some(text(person)),
        Target::Oneself | Target::General => None,
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Below => "below",
        Side::Middle => "middle",
        Side::Above => "above",
    }
}

/// The word of a verdict that scripts and clients read.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::MoreThanChance => "changed",
        Verdict::NotClearly => "not_clear",
        // Scripts know three words; why it cannot be told is in the sentence.
        Verdict::CannotTell | Verdict::TooSoon => "cannot_tell",
    }
}

fn tried(tried: Tried) -> &'static str {
    match tried {
        Tried::Yes => "yes",
        Tried::Partly => "partly",
        Tried::Not => "not",
    }
}

fn pair(pair: &Pair) -> Value {
    json!({ "entry": pair.entry.to_string(), "date": pair.date.to_string(), "before": pair.before,
            "after": pair.after })
}

fn response(time: &Response) -> Value {
    json!({ "entry": time.entry.to_string(), "date": time.date.to_string(), "understood": time.understood,
            "valued": time.valued, "cared": time.cared })
}

fn dated(dated: &Dated) -> Value {
    let scores: serde_json::Map<String, Value> = dated
        .result
        .scores
        .iter()
        .map(|score| (score.subscale.clone(), json!(score.value.as_ref().ok().map(|value| value.number))))
        .collect();
    json!({ "entry": dated.entry.to_string(), "date": dated.date.to_string(), "scores": scores,
            "joined": dated.joined })
}
