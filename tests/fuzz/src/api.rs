//! What a client says to its device, and a device to its client.

use std::sync::LazyLock;

use haven_api::convert::{
    alarms, daemon, devices, draft, edit, entry, exercise, fault, filter, grants, measures, people, prose,
    restore, saved, settings, support, value, vault, walk,
};
use haven_api::grants::need;
use haven_api::pb;
use haven_core::id::PersonId;
use haven_core::person::ResolveError;
use haven_core::shelf::Shelf;
use haven_core::time::CivilTime;
use prost::Message;

use crate::target::Target;

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "requests",
        about: "what a client asks its device",
        seeds: request_seeds,
        run: requests,
        sample: 1_500,
    },
    Target {
        name: "answers",
        about: "what a device answers its client",
        seeds: answer_seeds,
        run: answers,
        sample: 1_500,
    },
];

static SHELF: LazyLock<Shelf> =
    LazyLock::new(|| Shelf::built_in().expect("what comes with Haven can be read"));

/// Decodes the bytes as each of these messages, and gives whatever decodes to what reads it.
macro_rules! read {
    ($bytes:expr, $($message:ident => $read:expr,)*) => {$(
        if let Ok(message) = pb::$message::decode($bytes) {
            let read = $read;
            let _ = read(message);
        }
    )*};
}

fn note() -> pb::Draft {
    pb::Draft {
        kind: 1,
        at: "2026-11-24T21:30+01:00[Europe/Berlin]".to_owned(),
        title: "Rain".to_owned(),
        text: "all day".to_owned(),
        tags: vec!["calm".to_owned()],
        people: vec!["Ann".to_owned()],
        exercise: Some(pb::ExerciseRef { id: "thought-check".to_owned(), version: 0 }),
        answers: [("suds".to_owned(), pb::Value { kind: Some(pb::value::Kind::Number(40.0)) })].into(),
    }
}

fn request_seeds() -> Vec<Vec<u8>> {
    let edit =
        pb::Edit { title: Some("Sun".to_owned()), at: Some("2026-11-25".to_owned()), ..Default::default() };
    let filter = pb::EntryFilter {
        before: "2026-11-25".to_owned(),
        after: "2026".to_owned(),
        tags: vec!["calm".to_owned()],
        people: vec!["Ann".to_owned()],
        ..Default::default()
    };
    let draft = pb::SavedDraft { draft_id: "0a".repeat(16), draft: Some(note()), ..Default::default() };
    let person = pb::EditPersonRequest { name: Some("Ann".to_owned()), ..Default::default() };
    vec![
        note().encode_to_vec(),
        edit.encode_to_vec(),
        filter.encode_to_vec(),
        pb::SealDraftRequest { saved: Some(draft), ..Default::default() }.encode_to_vec(),
        person.encode_to_vec(),
        b"haven.v1.JournalService/AddEntry".to_vec(),
    ]
}

fn requests(bytes: &[u8]) {
    let now: CivilTime = "2026-11-24T21:30+01:00".parse().expect("a time");
    let person = |spec: &str| match spec {
        "Ann" => Ok(PersonId::from_bytes([1; 16])),
        _ => Err(ResolveError::NotFound { perhaps: Vec::new() }),
    };
    let lookup = draft::Lookup { now: &now, person: &person, shelf: &SHELF };
    let asked = "thought-check".parse().ok().and_then(|id| SHELF.find(&id, None));
    read!(bytes,
        Draft => |message: pb::Draft| {
            let read = draft::from_pb(message.clone(), lookup);
            if let Ok(read) = &read {
                assert!(read.validate().is_ok(), "what was read can be an entry");
            }
            let _ = (draft::unfinished_from_pb(message.clone(), lookup), draft::kept_from_pb(message));
        },
        Edit => |message: pb::Edit| (edit::from_pb(message.clone(), &person, asked), edit::from_pb(message, &person, None)).0,
        EntryFilter => |message| filter::from_pb(Some(message), &person),
        SealDraftRequest => saved::sealing_from_pb,
        SavedDraft => saved::from_pb,
        EditPersonRequest => |message: pb::EditPersonRequest| people::edit_from_pb(&message),
        ExerciseRef => |message: pb::ExerciseRef| (entry::exercise_ref_from_pb(&message), draft::find_asked(&message, &SHELF).is_ok()).0,
        Value => |message| {
            let read = value::from_pb(message);
            assert_eq!(value::from_pb(value::to_pb(read.clone())), read);
        },
        BegunWalk => walk::begun_from_pb,
        JoinVaultRequest => devices::join_from_pb,
        RestoreVaultRequest => restore::restore_from_pb,
        ChosenLine => |message| support::chosen_from_pb(vec![message]),
        Setting => |message| settings::from_pb(Some(message)),
        Grant => |message: pb::Grant| (grants::scopes_from_pb(&message.scopes), grants::grant_from_pb(Some(message))).1,
    );
    let text = String::from_utf8_lossy(bytes);
    let _ = (need(&text), saved::id_from_pb(&text), people::name(&text));
}

fn answer_seeds() -> Vec<Vec<u8>> {
    let shelf = &*SHELF;
    let exercises =
        shelf.exercises.iter().take(3).map(|one| exercise::to_pb(one, false, "en", "112").encode_to_vec());
    let summaries =
        shelf.exercises.iter().take(2).map(|one| exercise::summary_to_pb(one, true, "de").encode_to_vec());
    let measures =
        shelf.measures.iter().take(2).map(|one| measures::summary_to_pb(one, false, "en").encode_to_vec());
    let status = pb::Status { ..Default::default() };
    exercises
        .chain(summaries)
        .chain(measures)
        .chain([status.encode_to_vec(), note().encode_to_vec()])
        .collect()
}

fn answers(bytes: &[u8]) {
    read!(bytes,
        Exercise => exercise::from_pb,
        ExerciseSummary => exercise::summary_from_pb,
        Measure => measures::from_pb,
        MeasureSummary => measures::summary_from_pb,
        MeasureResult => measures::result_from_pb,
        GetProgressResponse => measures::told_from_pb,
        GetTodayResponse => measures::today_from_pb,
        Entry => entry::entry_from_pb,
        EntrySummary => entry::summary_from_pb,
        EntryVersion => entry::version_from_pb,
        ReadAnswer => entry::read_answer_from_pb,
        SearchHit => entry::hit_from_pb,
        FeelingCount => entry::feeling_count_from_pb,
        DraftSummary => saved::summary_from_pb,
        Prose => prose::prose_from_pb,
        Person => |message: pb::Person| people::from_pb(&message),
        Status => |message| vault::status_from_pb(Some(message)),
        SyncStatus => |message| vault::sync_from_pb(Some(message)),
        SyncNowResponse => vault::synced_from_pb,
        Server => |message| vault::server_from_pb(Some(message)),
        WatchEventsResponse => vault::event_from_pb,
        WatchLinkResponse => devices::link_state_from_pb,
        JoinVaultResponse => devices::join_state_from_pb,
        RestoreVaultResponse => restore::state_from_pb,
        StartLinkResponse => devices::link_from_pb,
        Device => |message| devices::device_from_pb(Some(message)),
        Walk => walk::from_pb,
        FinishWalkResponse => walk::finished_from_pb,
        Plan => support::plan_from_pb,
        GetHelpResponse => support::card_from_pb,
        ListPlanLinesResponse => support::lines_from_pb,
        Alarm => alarms::alarm_from_pb,
        Fault => fault::from_pb,
        Finding => daemon::finding_from_pb,
        GetDaemonResponse => daemon::daemon_from_pb,
    );
}
