//! Walks, there and back. What a client sends back of one is what the device reads: the draft, the page, and what is asked.

use haven_core::answers::ExerciseRef;
use haven_core::exercise::{Breath, Part};

use super::entry::{exercise_ref_from_pb, exercise_ref_to_pb, summary_from_pb};
use super::exercise::{evidence_from_pb, harm_from_pb};
use super::field::field_from_pb;
use super::measures::result_from_pb;
use super::value;
use super::{read, read_some, saved, sent, unreadable};
use crate::error::ApiError;
use crate::pb;
use crate::pb::begin_walk_request::What;
use crate::pb::step_walk_request::Move;
use crate::pb::walk_page::Kind;
use crate::practice::CouldHarm;
use crate::walk::{
    Beginning, Begun, End, Finished, Held, Intro, Named, Notice, Page, Question, Reviewed, Step, Subject,
    Suggested, Walk,
};

/// Reads what was begun.
///
/// # Errors
/// The device wrote something that is none.
pub fn begun_from_pb(begun: pb::BegunWalk) -> Result<Begun, ApiError> {
    let draft = match begun.draft_id.as_str() {
        "" => None,
        text => Some(saved::id_from_pb(text).ok_or_else(|| unreadable("draft"))?),
    };
    Ok(Begun {
        draft,
        entry: read_some(&begun.entry_id, "entry")?,
        made_with: made_with(begun.made_with.as_ref())?,
        title: begun.title,
        is_measure: begun.is_measure,
        date: read(&begun.date, "date")?,
        people: named_from_pb(begun.people)?,
        goes_on: begun.goes_on,
        rests: begun.rests,
    })
}

fn made_with(sent_ref: Option<&pb::ExerciseRef>) -> Result<ExerciseRef, ApiError> {
    exercise_ref_from_pb(sent(sent_ref, "exercise")?)
}

fn named_from_pb(people: Vec<pb::PersonRef>) -> Result<Vec<Named>, ApiError> {
    let one = |it: pb::PersonRef| Ok(Named { id: read_some(&it.id, "person")?, name: it.name });
    people.into_iter().map(one).collect()
}

/// Writes what to begin.
pub fn beginning_to_pb(what: &Beginning) -> What {
    match what {
        Beginning::Exercise(id) => What::Exercise(id.to_string()),
        Beginning::Measure(id) => What::Measure(id.to_string()),
        Beginning::Draft(id) => What::DraftId(saved::id_to_pb(*id)),
        Beginning::Entry(text) => What::Entry(text.clone()),
        Beginning::Later(text) => What::Later(text.clone()),
    }
}

/// Writes a walk as the device wants it back.
pub fn to_pb(walk: Walk) -> pb::Walk {
    let saved = walk.draft.saved.as_millis();
    pb::Walk {
        draft: Some(pb::SavedDraft { saved_ms: saved, ..saved::to_pb(walk.draft) }),
        subject: Some(pb::WalkSubject {
            made_with: Some(exercise_ref_to_pb(&walk.subject.made_with)),
            ..Default::default()
        }),
        at: walk.at,
        is_kept: walk.is_kept,
        later: walk.later,
        emergency: walk.emergency,
        ..Default::default()
    }
}

/// Reads a walk.
///
/// # Errors
/// The device wrote something that is none.
pub fn from_pb(walk: pb::Walk) -> Result<Walk, ApiError> {
    let subject = sent(walk.subject, "subject")?;
    let page = sent(walk.page, "page")?;
    Ok(Walk {
        draft: saved::from_pb(sent(walk.draft, "draft")?)?,
        subject: Subject {
            made_with: made_with(subject.made_with.as_ref())?,
            title: subject.title,
            is_measure: subject.is_measure,
            minutes: subject.minutes,
            people: named_from_pb(subject.people)?,
        },
        at: walk.at,
        has_back: page.has_back,
        page: page_from_pb(sent(page.kind, "page")?, page.instead)?,
        hint: walk.hint,
        is_kept: walk.is_kept,
        later: walk.later,
        emergency: walk.emergency,
        heavy: walk.heavy,
    })
}

fn page_from_pb(kind: Kind, instead: Vec<pb::Suggested>) -> Result<Page, ApiError> {
    Ok(match kind {
        Kind::Intro(intro) => Page::Intro(Intro {
            purpose: intro.purpose,
            notices: intro.notices,
            evidence: intro.evidence.map(evidence_from_pb),
            source: intro.source,
            goes_on: intro.goes_on,
            questions: intro.questions,
            begun: read_some(&intro.begun, "date")?,
        }),
        Kind::Gate(harm) => Page::Gate(harm_from_pb(harm)?),
        Kind::Unsure(harm) => Page::Unsure(harm_from_pb(harm)?, all_suggested(instead)?),
        Kind::Held(held) => Page::Held(Held {
            question: harm_from_pb(sent(held.question, "question")?)?,
            choose_another: held.choose_another,
            instead: all_suggested(held.instead)?,
            notice: held.notice,
        }),
        Kind::Question(question) => Page::Question(Box::new(question_from_pb(question)?)),
        Kind::Notice(notice) => Page::Notice(Notice {
            words: notice.words,
            instead: notice.instead.map(suggested_from_pb).transpose()?,
            is_last: notice.is_last,
        }),
        Kind::Support(support) => Page::Support(support.why),
        Kind::End(end) => Page::End(End {
            open: end.open,
            heavy: end.heavy,
            has_answers: end.has_answers,
            review: end.review.into_iter().map(reviewed_from_pb).collect(),
            unfit: end.unfit.into_iter().map(reviewed_from_pb).collect(),
        }),
    })
}

fn all_suggested(suggested: Vec<pb::Suggested>) -> Result<Vec<Suggested>, ApiError> {
    suggested.into_iter().map(suggested_from_pb).collect()
}

fn suggested_from_pb(suggested: pb::Suggested) -> Result<Suggested, ApiError> {
    Ok(Suggested { exercise: read(&suggested.exercise, "exercise")?, title: suggested.title })
}

fn reviewed_from_pb(reviewed: pb::Reviewed) -> Reviewed {
    Reviewed { label: reviewed.label, words: reviewed.words, at: reviewed.at }
}

fn question_from_pb(question: pb::QuestionPage) -> Result<Question, ApiError> {
    let recalled = |it: pb::Recalled| Reviewed { label: it.label, words: it.words, at: String::new() };
    Ok(Question {
        field: field_from_pb(sent(question.field, "field")?)?,
        answer_id: question.answer_id,
        answer: question.answer.map(value::from_pb),
        number: question.number,
        total: question.total,
        offered: question.offered,
        sentence: question.sentence,
        breaths: question.breaths.into_iter().map(breath_from_pb).collect::<Result<_, _>>()?,
        stop_label: question.stop_label,
        recalled: question.recalled.into_iter().map(recalled).collect(),
        stem: question.stem,
        declinable: question.declinable,
        suggested: question.suggested,
        links: question.links.into_iter().map(summary_from_pb).collect::<Result<_, _>>()?,
        people: named_from_pb(question.people)?,
        not_safe: question.not_safe.iter().map(|id| read(id, "person")).collect::<Result<_, _>>()?,
    })
}

fn breath_from_pb(breath: pb::BreathPart) -> Result<Breath, ApiError> {
    let part = match breath.kind() {
        pb::BreathKind::Unspecified => return Err(unreadable("breath")),
        pb::BreathKind::In => Part::In,
        pb::BreathKind::More => Part::More,
        pb::BreathKind::Hold => Part::Hold,
        pb::BreathKind::Out => Part::Out,
        pb::BreathKind::Rest => Part::Rest,
    };
    Ok(Breath { part, seconds: breath.seconds })
}

/// Writes what the person did.
pub fn step_to_pb(step: Step) -> Move {
    match step {
        Step::Answer(answer) => Move::Answer(value::to_pb(answer)),
        Step::Note(answer) => Move::Note(value::to_pb(answer)),
        Step::Skip => Move::Skip(true),
        Step::Back => Move::Back(true),
        Step::On => Move::On(true),
        Step::CouldHarm(answer) => Move::CouldHarm(could_harm_to_pb(answer).into()),
        Step::Stop(ran) => Move::Stop(value::to_pb(ran)),
        Step::To(at) => Move::To(at),
    }
}

fn could_harm_to_pb(answer: CouldHarm) -> pb::CouldHarm {
    match answer {
        CouldHarm::No => pb::CouldHarm::No,
        CouldHarm::NotSure => pb::CouldHarm::NotSure,
        CouldHarm::Yes => pb::CouldHarm::Yes,
    }
}

/// Reads what became of a walk.
///
/// # Errors
/// The device wrote something that is none.
pub fn finished_from_pb(finished: pb::FinishWalkResponse) -> Result<Finished, ApiError> {
    let entry = read_some(&finished.entry_id, "entry")?;
    Ok(Finished {
        written: entry.map(|entry| (entry, finished.version)),
        complete: finished.complete,
        result: finished.result.map(result_from_pb).transpose()?,
        next: finished.next.map(suggested_from_pb).transpose()?,
    })
}
