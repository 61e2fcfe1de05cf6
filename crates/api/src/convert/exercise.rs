//! Exercises: a device writes core's in one language, a client reads its own.

use haven_core::answers::ExerciseRef;
use haven_core::exercise::{Ask, Evidence, Exercise, Gate, HarmQuestion, Outcome, Phase, Step, TextKey};

use haven_core::support::EMERGENCY_PLACE;

use super::field::{field_from_pb, field_to_pb};
use super::{read, read_some, sent, text, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::practice;

/// An exercise, the language to tell it in, and what to call in an emergency.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) exercise: &'a Exercise,
    pub(super) language: &'a str,
    pub(super) emergency: &'a str,
}

impl Told<'_> {
    pub(super) fn text(&self, key: &str) -> String {
        self.exercise.texts.get(self.language, key).replace(EMERGENCY_PLACE, self.emergency)
    }

    pub(super) fn some(&self, key: Option<&TextKey>) -> String {
        key.map_or_else(String::new, |key| self.text(key))
    }
}

/// Writes what lists show of an exercise; `custom` tells whether the person added it.
pub fn summary_to_pb(exercise: &Exercise, custom: bool, language: &str) -> pb::ExerciseSummary {
    let gate = match exercise.safety.gate {
        Gate::None => pb::ExerciseGate::None,
        Gate::Relationship => pb::ExerciseGate::Harm,
    };
    pb::ExerciseSummary {
        id: exercise.id.to_string(),
        version: exercise.version,
        title: exercise.title(language).to_owned(),
        steps: exercise.steps.iter().map(|step| step.number().into()).collect(),
        signs: exercise.signs.iter().map(ToString::to_string).collect(),
        minutes: exercise.minutes,
        gate: gate.into(),
        custom,
        purpose: exercise.purpose.as_ref().map_or("", |key| exercise.texts.get(language, key)).to_owned(),
        questions: u32::try_from(exercise.questions()).unwrap_or(u32::MAX),
        questions_least: u32::try_from(exercise.questions_least()).unwrap_or(u32::MAX),
        asks: exercise.asks().into_iter().map(|ask| ask_to_pb(ask).into()).collect(),
        stirs: exercise.safety.stirs,
    }
}

/// Reads what lists show of an exercise.
///
/// # Errors
/// The device wrote something that is none.
pub fn summary_from_pb(exercise: pb::ExerciseSummary) -> Result<practice::ExerciseSummary, ApiError> {
    let gate = match exercise.gate() {
        pb::ExerciseGate::Unspecified => return Err(unreadable("gate")),
        pb::ExerciseGate::None => Gate::None,
        pb::ExerciseGate::Harm => Gate::Relationship,
    };
    // One that this program doesn't know yet is passed over: the others are still true.
    let asks = exercise.asks().filter_map(ask_from_pb).collect();
    let step = |number: &u32| Step::from_number((*number).into()).ok_or_else(|| unreadable("step"));
    Ok(practice::ExerciseSummary {
        exercise: ExerciseRef { id: read(&exercise.id, "exercise")?, version: exercise.version },
        title: exercise.title,
        steps: exercise.steps.iter().map(step).collect::<Result<_, _>>()?,
        signs: exercise.signs.iter().map(|sign| read(sign, "sign")).collect::<Result<_, _>>()?,
        minutes: exercise.minutes,
        gate,
        custom: exercise.custom,
        purpose: exercise.purpose,
        questions: exercise.questions,
        questions_least: exercise.questions_least,
        asks,
        stirs: exercise.stirs,
    })
}

fn ask_to_pb(ask: Ask) -> pb::ExerciseAsk {
    match ask {
        Ask::Breathing => pb::ExerciseAsk::Breathing,
        Ask::Sitting => pb::ExerciseAsk::Sitting,
        Ask::Writing => pb::ExerciseAsk::Writing,
        Ask::Choosing => pb::ExerciseAsk::Choosing,
        Ask::People => pb::ExerciseAsk::People,
        Ask::Later => pb::ExerciseAsk::Later,
    }
}

fn ask_from_pb(ask: pb::ExerciseAsk) -> Option<Ask> {
    Ask::ALL.iter().copied().find(|known| ask_to_pb(*known) == ask)
}

/// Writes a whole exercise, its texts in the language or else in English; `custom` tells whether the person added it, `emergency`
/// what to call in an emergency, in words.
pub fn to_pb(exercise: &Exercise, custom: bool, language: &str, emergency: &str) -> pb::Exercise {
    let told = Told { exercise, language, emergency };
    pb::Exercise {
        summary: Some(summary_to_pb(exercise, custom, language)),
        purpose: told.some(exercise.purpose.as_ref()),
        notice: told.some(exercise.safety.notice.as_ref()),
        unsafe_notice: told.some(exercise.safety.unsafe_notice.as_ref()),
        not_when: exercise.safety.not_when.iter().map(ToString::to_string).collect(),
        evidence: Some(evidence_to_pb(&exercise.evidence)),
        share_default: exercise.share_default.to_string(),
        views: exercise.views.iter().map(ToString::to_string).collect(),
        fields: exercise.fields.iter().map(|field| field_to_pb(field, told)).collect(),
        outcomes: exercise.outcomes.iter().map(outcome_to_pb).collect(),
        harm_question: exercise.harm_question(language).map(harm_to_pb),
        single: exercise.single,
        measure: text(exercise.measure.as_ref()),
    }
}

/// Reads a whole exercise.
///
/// # Errors
/// The device wrote something that is none.
pub fn from_pb(exercise: pb::Exercise) -> Result<practice::Exercise, ApiError> {
    Ok(practice::Exercise {
        summary: summary_from_pb(sent(exercise.summary, "summary")?)?,
        purpose: exercise.purpose,
        notice: exercise.notice,
        unsafe_notice: exercise.unsafe_notice,
        not_when: exercise.not_when,
        evidence: evidence_from_pb(exercise.evidence.unwrap_or_default()),
        share_default: exercise.share_default,
        views: exercise.views,
        fields: exercise.fields.into_iter().map(field_from_pb).collect::<Result<_, _>>()?,
        outcomes: exercise.outcomes.into_iter().map(outcome_from_pb).collect::<Result<_, _>>()?,
        harm_question: exercise.harm_question.map(harm_from_pb).transpose()?,
        single: exercise.single,
        measure: read_some(&exercise.measure, "measure")?,
    })
}

fn harm_to_pb(harm: HarmQuestion<'_>) -> pb::HarmQuestion {
    pb::HarmQuestion {
        question: harm.question.to_owned(),
        help: harm.help.to_owned(),
        no: harm.no.to_owned(),
        not_sure: harm.not_sure.to_owned(),
        yes: harm.yes.to_owned(),
        support: harm.support.to_owned(),
        go_on: harm.go_on.to_owned(),
        instead: harm.instead.iter().map(|id| (*id).to_owned()).collect(),
    }
}

pub(super) fn harm_from_pb(harm: pb::HarmQuestion) -> Result<practice::HarmQuestion, ApiError> {
    Ok(practice::HarmQuestion {
        question: harm.question,
        help: harm.help,
        no: harm.no,
        not_sure: harm.not_sure,
        yes: harm.yes,
        support: harm.support,
        go_on: harm.go_on,
        instead: harm.instead.iter().map(|id| read(id, "exercise")).collect::<Result<_, _>>()?,
    })
}

/// Writes when a question is asked.
pub(super) fn phase_to_pb(phase: Phase) -> pb::Phase {
    match phase {
        Phase::Before => pb::Phase::Before,
        Phase::Main => pb::Phase::Main,
        Phase::After => pb::Phase::After,
        Phase::Later => pb::Phase::Later,
    }
}

/// Reads when a question is asked.
pub(super) fn phase_from_pb(phase: pb::Phase) -> Result<Phase, ApiError> {
    match phase {
        pb::Phase::Unspecified => Err(unreadable("phase")),
        pb::Phase::Before => Ok(Phase::Before),
        pb::Phase::Main => Ok(Phase::Main),
        pb::Phase::After => Ok(Phase::After),
        pb::Phase::Later => Ok(Phase::Later),
    }
}

fn evidence_to_pb(evidence: &Evidence) -> pb::Evidence {
    pb::Evidence {
        grade: evidence.grade.to_string(),
        note: evidence.note.clone().unwrap_or_default(),
        refs: evidence.refs.clone(),
        sources: evidence.sources(),
    }
}

pub(super) fn evidence_from_pb(evidence: pb::Evidence) -> practice::Evidence {
    practice::Evidence {
        grade: evidence.grade,
        note: evidence.note,
        refs: evidence.refs,
        sources: evidence.sources,
    }
}

fn outcome_to_pb(outcome: &Outcome) -> pb::Outcome {
    pb::Outcome {
        id: outcome.id.clone(),
        before: outcome.before.to_string(),
        after: outcome.after.to_string(),
        better: outcome.better.to_string(),
        view: outcome.view.to_string(),
        comparator: text(outcome.comparator.as_ref()),
    }
}

fn outcome_from_pb(outcome: pb::Outcome) -> Result<practice::Outcome, ApiError> {
    Ok(practice::Outcome {
        id: outcome.id,
        before: outcome.before,
        after: outcome.after,
        better: outcome.better,
        view: outcome.view,
        comparator: read_some(&outcome.comparator, "comparator")?,
    })
}

#[cfg(test)]
mod tests;
