//! What scripts read: one type for each object, its keys in the order they are written.

use std::collections::BTreeMap;

use haven_api::devices::Device;
use haven_api::drafts::DraftSummary;
use haven_api::journal::{EntryRead, EntryVersion, FailedLine, Hit, Imported, Reason, Summary};
use haven_api::measures::MeasureSummary;
use haven_api::people::Person;
use haven_api::practice::ExerciseSummary;
use haven_api::vault::{Status, SyncStatus};
use haven_core::answers::ExerciseRef;
use haven_core::meeting::{MetPart, Part};
use serde::Serialize;
use serde_json::Value as Json;

/// What was written or changed.
#[derive(Serialize)]
pub(crate) struct Id {
    pub(crate) id: String,
}

/// What was sealed while the journal was locked.
#[derive(Serialize)]
pub(crate) struct SealedShape<'a> {
    /// What the entry will be called, or the draft where somebody it is about is not found.
    pub(crate) id: String,
    /// Always "sealed".
    pub(crate) kept: &'static str,
    /// How many such texts wait.
    pub(crate) waiting: u32,
    /// Whom it is about: who that is shows when the journal is open.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) looked_up_later: &'a [String],
}

#[derive(Serialize)]
pub(crate) struct StatusShape<'a> {
    state: &'static str,
    device: Option<&'a str>,
    device_id: Option<&'a str>,
    entries: Option<u64>,
    sync: SyncShape<'a>,
    alarms: u32,
    drafts: u32,
    waiting: u32,
    met: u32,
}

impl<'a> StatusShape<'a> {
    pub(crate) fn of(status: &'a Status) -> Self {
        Self {
            state: status.state.as_str(),
            device: some(&status.device_name),
            device_id: some(&status.device_id),
            entries: status.entries,
            sync: SyncShape::of(&status.sync),
            alarms: status.alarms,
            drafts: status.drafts,
            waiting: status.waiting,
            met: status.met,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct SyncShape<'a> {
    state: &'static str,
    pending: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    synced: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

impl<'a> SyncShape<'a> {
    fn of(sync: &'a SyncStatus) -> Self {
        Self {
            state: sync.state.as_str(),
            pending: sync.pending,
            server: sync.server.as_deref(),
            synced: sync.synced.map(|moment| moment.to_string()),
            problem: sync.problem.map(haven_api::error::name),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct SummaryShape<'a> {
    id: String,
    kind: &'static str,
    at: String,
    title: &'a str,
    tags: Vec<&'a str>,
    people: Vec<&'a str>,
    modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trashed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<ExerciseShape<'a>>,
}

impl<'a> SummaryShape<'a> {
    pub(crate) fn of(entry: &'a Summary) -> Self {
        Self {
            id: entry.id.to_string(),
            kind: entry.kind.as_str(),
            at: entry.at.to_string(),
            title: &entry.title,
            tags: entry.tags.iter().map(|tag| tag.as_str()).collect(),
            people: entry.people.iter().map(|person| person.name.as_str()).collect(),
            modified: entry.modified.to_string(),
            trashed: entry.trashed.map(|moment| moment.to_string()),
            exercise: entry.exercise.as_ref().map(ExerciseShape::of),
        }
    }
}

/// An entry in a list.
#[derive(Serialize)]
pub(crate) struct ListedShape<'a> {
    #[serde(flatten)]
    entry: SummaryShape<'a>,
    /// Whether two edits met in it; `show` names them.
    #[serde(skip_serializing_if = "is_false")]
    met: bool,
    /// How many.
    #[serde(skip_serializing_if = "is_none")]
    met_sides: u32,
}

impl<'a> ListedShape<'a> {
    pub(crate) fn of(entry: &'a Summary) -> Self {
        Self { entry: SummaryShape::of(entry), met: entry.met, met_sides: entry.met_sides }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct ExerciseShape<'a> {
    id: &'a str,
    version: u32,
}

impl<'a> ExerciseShape<'a> {
    fn of(exercise: &'a ExerciseRef) -> Self {
        Self { id: exercise.id.as_str(), version: exercise.version }
    }
}

#[derive(Serialize)]
pub(crate) struct HitShape<'a> {
    #[serde(flatten)]
    entry: ListedShape<'a>,
    snippet: String,
}

impl<'a> HitShape<'a> {
    pub(crate) fn of(hit: &'a Hit) -> Self {
        let snippet = hit.snippet.iter().map(|part| part.text.as_str()).collect();
        Self { entry: ListedShape::of(&hit.entry), snippet }
    }
}

#[derive(Serialize)]
pub(crate) struct EntryShape<'a> {
    #[serde(flatten)]
    entry: SummaryShape<'a>,
    text: &'a str,
    version: &'a str,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<BTreeMap<&'a str, Json>>,
    /// The versions that met; a mark of the same name stands in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    met: Vec<SideShape<'a>>,
}

impl<'a> EntryShape<'a> {
    pub(crate) fn of(read: &'a EntryRead) -> Self {
        let entry = &read.entry;
        let answers = entry.answers.iter().map(|(field, answer)| (field.as_str(), answer.clone().into()));
        let has_answers = entry.summary.exercise.is_some() || !entry.answers.is_empty();
        Self {
            entry: SummaryShape::of(&entry.summary),
            text: &entry.text,
            version: &entry.version,
            created: entry.created.to_string(),
            answers: has_answers.then(|| answers.collect()),
            met: read.met.iter().map(SideShape::of).collect(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct VersionShape<'a> {
    version: &'a str,
    at: String,
    device: &'a str,
}

impl<'a> VersionShape<'a> {
    pub(crate) fn of(version: &'a EntryVersion) -> Self {
        Self { version: &version.version, at: version.at.to_string(), device: &version.device }
    }
}

/// A version in a history.
#[derive(Serialize)]
pub(crate) struct PastShape<'a> {
    #[serde(flatten)]
    version: VersionShape<'a>,
    /// What whoever made it had before them.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'a str>,
}

impl<'a> PastShape<'a> {
    pub(crate) fn of(version: &'a EntryVersion) -> Self {
        Self { version: VersionShape::of(version), base: version.base.as_deref() }
    }
}

/// A version that met.
#[derive(Serialize)]
struct SideShape<'a> {
    #[serde(flatten)]
    version: VersionShape<'a>,
    parts: Vec<MetPartShape<'a>>,
}

/// In what it differs from the others.
#[derive(Serialize)]
struct MetPartShape<'a> {
    part: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    takes_away: bool,
}

impl<'a> SideShape<'a> {
    fn of(version: &'a EntryVersion) -> Self {
        let part = |it: &'a MetPart| {
            let (part, field) = match &it.part {
                Part::Title => ("title", None),
                Part::Text => ("text", None),
                Part::Time => ("time", None),
                Part::Answer(field) => ("answer", Some(field.as_str())),
                Part::Trash => ("trash", None),
            };
            MetPartShape { part, field, takes_away: it.takes_away }
        };
        Self { version: VersionShape::of(version), parts: version.parts.iter().map(part).collect() }
    }
}

#[derive(Serialize)]
pub(crate) struct ImportedShape<'a> {
    /// Whether nothing was written, and the numbers say what would be.
    dry_run: bool,
    imported: u64,
    skipped: u64,
    failed: Vec<FailedShape<'a>>,
    failed_total: u64,
    reasons: Vec<ReasonShape<'a>>,
    people: u64,
    definitions: u64,
    forgotten: u64,
    unmerged: u64,
    unused: &'a BTreeMap<String, u64>,
    missing: u64,
    differing: &'a [String],
    differing_total: u64,
}

impl<'a> ImportedShape<'a> {
    pub(crate) fn of(imported: &'a Imported, missing: u64, dry_run: bool) -> Self {
        Self {
            dry_run,
            imported: imported.imported,
            skipped: imported.skipped,
            failed: imported.failed.iter().map(FailedShape::of).collect(),
            failed_total: imported.failed_total,
            reasons: imported.reasons.iter().map(ReasonShape::of).collect(),
            people: imported.people,
            definitions: imported.definitions,
            forgotten: imported.forgotten,
            unmerged: imported.unmerged,
            unused: &imported.unused,
            missing,
            differing: &imported.differing,
            differing_total: imported.differing_total,
        }
    }
}

/// One cause, with the first of its lines.
#[derive(Serialize)]
struct ReasonShape<'a> {
    reason: &'a str,
    lines: &'a [u64],
    count: u64,
}

impl<'a> ReasonShape<'a> {
    fn of(reason: &'a Reason) -> Self {
        Self { reason: &reason.reason, lines: &reason.lines, count: reason.count }
    }
}

#[derive(Serialize)]
struct FailedShape<'a> {
    line: u64,
    reason: &'a str,
}

impl<'a> FailedShape<'a> {
    fn of(failed: &'a FailedLine) -> Self {
        Self { line: failed.line, reason: &failed.reason }
    }
}

#[derive(Serialize)]
pub(crate) struct DraftShape<'a> {
    id: String,
    entry: Option<String>,
    title: &'a str,
    opening: &'a str,
    saved: String,
    /// What keeps it from being an entry.
    #[serde(skip_serializing_if = "str::is_empty")]
    problem: &'a str,
}

impl<'a> DraftShape<'a> {
    pub(crate) fn of(draft: &'a DraftSummary) -> Self {
        Self {
            id: hex(&draft.id),
            entry: draft.entry.map(|entry| entry.to_string()),
            title: &draft.title,
            opening: &draft.opening,
            saved: draft.saved.to_string(),
            problem: &draft.problem,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct DeviceShape<'a> {
    id: &'a str,
    name: &'a str,
    this: bool,
    added: Option<String>,
    last_seen: Option<String>,
    state: &'static str,
}

impl<'a> DeviceShape<'a> {
    pub(crate) fn of(device: &'a Device) -> Self {
        Self {
            id: &device.id,
            name: &device.name,
            this: device.this,
            added: device.added.map(|moment| moment.to_string()),
            last_seen: device.last_seen.map(|moment| moment.to_string()),
            state: if device.removed { "removed" } else { "active" },
        }
    }
}

#[derive(Serialize)]
pub(crate) struct PersonShape<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    relation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    circle: Option<&'static str>,
    gives: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safe: Option<&'static str>,
    died: bool,
    created: String,
}

impl<'a> PersonShape<'a> {
    pub(crate) fn of(person: &'a Person) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.as_str(),
            relation: person.relation.map(|word| word.as_str()),
            circle: person.circle.map(|word| word.as_str()),
            gives: person.gives.iter().map(|word| word.as_str()).collect(),
            safe: person.safe.map(|word| word.as_str()),
            died: person.died,
            created: person.created.to_string(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ExerciseSummaryShape<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    steps: Vec<u8>,
    signs: Vec<&'static str>,
    minutes: u32,
    gate: &'static str,
    /// Whether the person added it.
    custom: bool,
    purpose: &'a str,
    /// How many one sitting has at most.
    questions: u32,
    /// What doing it is made of.
    asks: Vec<&'static str>,
    /// Whether it can bring up strong feelings.
    stirs: bool,
}

impl<'a> ExerciseSummaryShape<'a> {
    pub(crate) fn of(exercise: &'a ExerciseSummary) -> Self {
        Self {
            id: exercise.exercise.id.as_str(),
            version: exercise.exercise.version,
            title: &exercise.title,
            steps: exercise.steps.iter().map(|step| step.number()).collect(),
            signs: exercise.signs.iter().map(|sign| sign.as_str()).collect(),
            minutes: exercise.minutes,
            gate: exercise.gate.as_str(),
            custom: exercise.custom,
            purpose: &exercise.purpose,
            questions: exercise.questions,
            asks: exercise.asks.iter().map(|ask| ask.as_str()).collect(),
            stirs: exercise.stirs,
        }
    }
}

#[derive(Serialize)]
pub(crate) struct MeasureSummaryShape<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    purpose: &'a str,
    minutes: u32,
    items: u32,
    about: &'static str,
    offered: &'static str,
    validated: bool,
    /// Where the words of its items come from.
    text: &'static str,
    /// Whether the person added it.
    custom: bool,
}

impl<'a> MeasureSummaryShape<'a> {
    pub(crate) fn of(summary: &'a MeasureSummary) -> Self {
        Self {
            id: summary.measure.id.as_str(),
            version: summary.measure.version,
            title: &summary.title,
            purpose: &summary.purpose,
            minutes: summary.minutes,
            items: summary.items,
            about: if summary.about_person { "person" } else { "self" },
            offered: if summary.on_request { "on-request" } else { "always" },
            validated: summary.validated,
            text: match (summary.scorer_only, summary.custom) {
                (true, _) => "user-supplied",
                (false, true) => "added",
                (false, false) => "built-in",
            },
            custom: summary.custom,
        }
    }
}

/// Bytes as lowercase hex letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
