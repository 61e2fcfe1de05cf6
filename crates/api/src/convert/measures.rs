//! Measures, their results and progress: a device writes core's, a client reads its own.

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::content::Library;
use haven_core::id::EntryId;
use haven_core::measure::{About, Measure, MeasureResult, Offered, Score, ScoreChange, Target, Verdict};
use haven_core::progress::Told;
use haven_core::sentence::Speaker;
use haven_core::time::Date;
use haven_core::today::Today;

use super::{read, read_some, sent, some, text, unreadable};
use crate::error::ApiError;
use crate::measures;
use crate::pb;
use crate::practice::Choice;

/// Writes what lists show of a measure; `custom` tells whether the person added it.
pub fn summary_to_pb(measure: &Measure, custom: bool, language: &str) -> pb::MeasureSummary {
    pb::MeasureSummary {
        id: measure.id.to_string(),
        version: measure.version,
        title: measure.texts.get(language, &measure.title).to_owned(),
        purpose: measure.texts.get(language, &measure.purpose).to_owned(),
        minutes: measure.minutes,
        items: (measure.items.len() + measure.extras.len()) as u32,
        about_person: measure.about == About::Person,
        on_request: measure.offered == Offered::OnRequest,
        validated: measure.validated,
        scorer_only: measure.is_scorer_only(),
        custom,
        recent: measure.recent,
    }
}

/// Reads what lists show of a measure.
///
/// # Errors
/// The device wrote something that is none.
pub fn summary_from_pb(measure: pb::MeasureSummary) -> Result<measures::MeasureSummary, ApiError> {
    Ok(measures::MeasureSummary {
        measure: ExerciseRef { id: read(&measure.id, "measure")?, version: measure.version },
        title: measure.title,
        purpose: measure.purpose,
        minutes: measure.minutes,
        items: measure.items,
        about_person: measure.about_person,
        on_request: measure.on_request,
        validated: measure.validated,
        scorer_only: measure.scorer_only,
        custom: measure.custom,
    })
}

/// What stands beside a measure that is shown.
#[derive(Default)]
pub struct Beside {
    /// When it makes sense to answer it; empty if nothing has to be said.
    pub advice: String,
    /// What has to be said of one that the person added.
    pub origin: Option<String>,
}

/// Writes a measure whole, about somebody of this name, or in general.
pub fn to_pb(measure: &Measure, language: &str, name: Option<&str>, beside: Beside) -> pb::Measure {
    let told = |key: &str| measure.texts.get(language, key).to_owned();
    let items = measure.items.iter().map(|item| pb::MeasureItem {
        id: item.id.to_string(),
        text: measure.item_text(item, language, name).unwrap_or_default(),
        declinable: item.declinable,
        support_above: item.support_above,
    });
    let anchors = measure.scale.anchors.iter().map(|(at, label)| pb::Anchor { at: *at, label: told(label) });
    let extras = measure.extras.iter().map(|extra| {
        let options = extra.options.iter().map(|option| pb::FieldOption {
            id: option.id.clone(),
            label: told(&option.label),
            ..pb::FieldOption::default()
        });
        pb::MeasureExtra { id: extra.id.to_string(), text: told(&extra.text), options: options.collect() }
    });
    pb::Measure {
        summary: Some(pb::MeasureSummary {
            title: measure.title_text(language, name),
            purpose: measure.purpose_text(language, name),
            ..summary_to_pb(measure, beside.origin.is_some(), language)
        }),
        stem: measure.stem_text(language, name).unwrap_or_default(),
        items: items.collect(),
        min: measure.scale.min,
        max: measure.scale.max,
        anchors: anchors.collect(),
        extras: extras.collect(),
        notice: measure.rights.notice.clone(),
        advice: beside.advice,
        origin: beside.origin.unwrap_or_default(),
    }
}

/// Reads a measure whole.
///
/// # Errors
/// The device wrote something that is none.
pub fn from_pb(measure: pb::Measure) -> Result<measures::Measure, ApiError> {
    let item = |item: pb::MeasureItem| measures::Item {
        id: item.id,
        text: item.text,
        declinable: item.declinable,
        support_above: item.support_above,
    };
    let option =
        |it: pb::FieldOption| Choice { id: it.id, label: it.label, notice: it.notice, group: it.group };
    let extra = |extra: pb::MeasureExtra| measures::Extra {
        id: extra.id,
        text: extra.text,
        options: extra.options.into_iter().map(option).collect(),
    };
    Ok(measures::Measure {
        summary: summary_from_pb(sent(measure.summary, "summary")?)?,
        stem: measure.stem,
        items: measure.items.into_iter().map(item).collect(),
        range: (measure.min, measure.max),
        anchors: measure.anchors.into_iter().map(|anchor| (anchor.at, anchor.label)).collect(),
        extras: measure.extras.into_iter().map(extra).collect(),
        notice: measure.notice,
        advice: measure.advice,
        origin: measure.origin,
    })
}

/// A result to be written, with the entry it comes from.
pub struct Kept<'a> {
    /// The measure.
    pub measure: &'a Measure,
    /// The entry.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// The result.
    pub result: &'a MeasureResult,
    /// How it differs from the result before; empty where there is none before.
    pub changes: &'a [ScoreChange],
}

/// Writes a result.
pub fn result_to_pb(kept: &Kept<'_>, speaker: &Speaker<'_>) -> pb::MeasureResult {
    let person = match kept.result.target {
        Target::Person(person) => Some(person),
        Target::Oneself | Target::General => None,
    };
    let says = kept.result.says(kept.measure, speaker.measures);
    pb::MeasureResult {
        entry_id: kept.entry.to_string(),
        date: kept.date.to_string(),
        person: text(person),
        support: kept.result.support,
        scores: kept.result.scores.iter().map(|score| score_to_pb(kept, score, speaker)).collect(),
        says: says.iter().map(|sentence| sentence.text(speaker)).collect(),
    }
}

fn score_to_pb(kept: &Kept<'_>, score: &Score, speaker: &Speaker<'_>) -> pb::MeasureScore {
    let value = score.value.as_ref().ok();
    let subscale = kept.measure.subscale(&score.subscale);
    let label = subscale.map(|it| kept.measure.texts.get(speaker.language, &it.label).to_owned());
    let says = kept.result.says_of(score);
    let change = kept.changes.iter().find(|change| change.subscale == score.subscale);
    pb::MeasureScore {
        name: score.subscale.clone(),
        label: label.unwrap_or_default(),
        number: value.map(|value| value.number),
        band: text(kept.result.band_of(score).map(|band| &*band.label)),
        says: says.iter().map(|sentence| sentence.text(speaker)).collect(),
        change: change.map_or(pb::Change::Unspecified, |change| verdict_to_pb(change.verdict)).into(),
    }
}

fn verdict_to_pb(verdict: Verdict) -> pb::Change {
    match verdict {
        Verdict::MoreThanChance => pb::Change::Changed,
        Verdict::NotClearly => pb::Change::NotClear,
        Verdict::CannotTell => pb::Change::CannotTell,
        Verdict::TooSoon => pb::Change::TooSoon,
    }
}

/// Reads a result.
///
/// # Errors
/// The device wrote something that is none.
pub fn result_from_pb(result: pb::MeasureResult) -> Result<measures::MeasureResult, ApiError> {
    Ok(measures::MeasureResult {
        entry: read(&result.entry_id, "entry")?,
        date: read(&result.date, "date")?,
        person: read_some(&result.person, "person")?,
        support: result.support,
        scores: result.scores.into_iter().map(score_from_pb).collect(),
        says: result.says,
    })
}

fn score_from_pb(score: pb::MeasureScore) -> measures::Score {
    let change = match score.change() {
        pb::Change::Unspecified => None,
        pb::Change::Changed => Some(Verdict::MoreThanChance),
        pb::Change::NotClear => Some(Verdict::NotClearly),
        pb::Change::CannotTell => Some(Verdict::CannotTell),
        pb::Change::TooSoon => Some(Verdict::TooSoon),
    };
    measures::Score {
        name: score.name,
        label: score.label,
        number: score.number,
        band: some(score.band),
        says: score.says,
        change,
    }
}

/// Writes a view of progress.
pub fn told_to_pb(told: Told) -> pb::GetProgressResponse {
    pb::GetProgressResponse {
        view: told.topic.to_string(),
        enough: told.enough,
        says: told.says,
        data: told.data.to_string(),
    }
}

/// Reads a view of progress.
///
/// # Errors
/// The device wrote something that is none.
pub fn told_from_pb(told: pb::GetProgressResponse) -> Result<measures::Progress, ApiError> {
    Ok(measures::Progress {
        topic: read(&told.view, "view")?,
        enough: told.enough,
        says: told.says,
        data: serde_json::from_str(&told.data).map_err(|_| unreadable("data"))?,
    })
}

/// Writes what comes up today.
pub fn today_to_pb(today: &Today, exercises: &Library, language: &str) -> pb::GetTodayResponse {
    let known = |id| exercises.get(id);
    let title = |id| known(id).map_or(String::new(), |exercise| exercise.title(language).to_owned());
    let later = today.later.iter().map(|later| {
        let questions = later.questions.iter().map(|(id, field)| {
            let label = known(&later.exercise).and_then(|exercise| {
                Some(exercise.texts.get(language, &exercise.field(field)?.label).to_owned())
            });
            let label = label.unwrap_or_default();
            pb::LaterQuestion { id: id.to_string(), field: field.to_string(), label }
        });
        pb::LaterQuestions {
            entry_id: later.entry.to_string(),
            exercise: later.exercise.to_string(),
            title: title(&later.exercise),
            date: later.date.to_string(),
            questions: questions.collect(),
        }
    });
    let open = today.open.iter().map(|open| pb::OpenExercise {
        entry_id: open.entry.to_string(),
        exercise: open.exercise.to_string(),
        title: title(&open.exercise),
        date: open.date.to_string(),
    });
    let suggested = today.suggestion.as_ref().and_then(known);
    pb::GetTodayResponse {
        open: open.collect(),
        later: later.collect(),
        suggestion: text(suggested.map(|exercise| &exercise.id)),
        suggestion_title: suggested.map_or(String::new(), |exercise| exercise.title(language).to_owned()),
        suggestion_minutes: suggested.map_or(0, |exercise| exercise.minutes),
        resting: today.resting.iter().map(ToString::to_string).collect(),
    }
}

/// Reads what comes up today.
///
/// # Errors
/// The device wrote something that is none.
pub fn today_from_pb(today: pb::GetTodayResponse) -> Result<measures::Today, ApiError> {
    let question =
        |it: pb::LaterQuestion| measures::LaterQuestion { id: it.id, field: it.field, label: it.label };
    let later = |later: pb::LaterQuestions| {
        Ok(measures::Later {
            entry: read(&later.entry_id, "entry")?,
            exercise: read(&later.exercise, "exercise")?,
            title: later.title,
            date: read(&later.date, "date")?,
            questions: later.questions.into_iter().map(question).collect(),
        })
    };
    let open = |open: pb::OpenExercise| {
        Ok(measures::Open {
            entry: read(&open.entry_id, "entry")?,
            exercise: read(&open.exercise, "exercise")?,
            title: open.title,
            date: read(&open.date, "date")?,
        })
    };
    let suggested: Option<ExerciseId> = read_some(&today.suggestion, "suggestion")?;
    let (title, minutes) = (today.suggestion_title, today.suggestion_minutes);
    Ok(measures::Today {
        open: today.open.into_iter().map(open).collect::<Result<_, ApiError>>()?,
        later: today.later.into_iter().map(later).collect::<Result<_, ApiError>>()?,
        suggestion: suggested.map(|exercise| measures::Suggestion { exercise, title, minutes }),
        resting: today.resting.iter().map(|id| read(id, "resting")).collect::<Result<_, ApiError>>()?,
    })
}
