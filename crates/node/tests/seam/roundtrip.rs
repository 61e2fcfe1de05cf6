//! What goes out comes back: a whole journal, exported, imported into an empty one and exported again.

use std::collections::BTreeMap;

use haven_api::definition::Checked;
use haven_api::journal::{Draft, Edit, ExerciseChoice, ExportFormat, Import, ImportLine, Imported};
use haven_api::people::PersonEdit;
use haven_core::answers::{Value, ValueMap};
use haven_core::fiction::{CAST, pages};
use haven_core::id::PersonId;
use haven_core::person::{Circle, Gift, Relation, Safe};
use haven_core::time::CivilTime;
use serde_json::Value as Json;

use crate::device::{Device, STRONG};
use crate::exercises::MINE;

const TEAPOT: &str = include_str!("../../../../tests/data/teapot-mood.toml");
const SCHEMA: &str = include_str!("../../../../docs/export.schema.json");

async fn exported(device: &Device) -> Vec<String> {
    let mut lines = Vec::new();
    let mut export = device.client.export(ExportFormat::Jsonl).await.unwrap();
    while let Some(batch) = export.next().await.unwrap() {
        lines.extend(batch.lines);
    }
    lines
}

async fn imported(device: &Device, lines: &[String]) -> Imported {
    imported_as(device, lines, false).await
}

async fn imported_as(device: &Device, lines: &[String], dry_run: bool) -> Imported {
    let line = |(number, line): (u64, &String)| ImportLine { number, content: line.clone().into() };
    let lines: Vec<_> = (1..).zip(lines).map(line).collect();
    device.client.import(Import { id: [7; 16], lines, dry_run, zone: String::new() }, |_| ()).await.unwrap()
}

/// Moves a journal into an empty one and looks whether it is the same; gives the empty one and its lines.
async fn moved(device: &Device) -> (Device, Vec<String>) {
    let lines = exported(device).await;
    lines.iter().for_each(|line| fits(line));
    let other = Device::with_vault().await;
    let done = imported(&other, &lines).await;
    assert_eq!((done.failed_total, &done.reasons, done.skipped), (0, &vec![], 0));
    assert!(done.unused.is_empty(), "{:?}", done.unused);
    let again = exported(&other).await;
    assert_eq!(again.len(), lines.len());
    for (again, line) in again.iter().zip(&lines) {
        assert_eq!(again, line);
    }
    let twice = imported(&other, &lines).await;
    assert_eq!((twice.imported, twice.people, twice.definitions), (0, 0, 0), "again changes nothing");
    assert_eq!((twice.skipped, twice.differing_total), (done.imported, 0), "and tells nothing");
    imported(device, &lines).await;
    assert!(exported(device).await == lines, "nor does it where it came from");
    assert!(exported(&other).await == lines);
    (other, lines)
}

/// The line of a definition, as an export writes it.
fn defining(id: &str, added: u32, more: &str) -> String {
    let words = if more.contains("gives_way") { "What do they want?" } else { "What went well?" };
    let toml = MINE.replacen("one-good-thing", id, 1).replacen("What went well?", words, 1);
    let toml = serde_json::to_string(&toml).unwrap();
    let stamp = format!("2026-01-01T00:{:02}:{:02}Z", added / 60, added % 60);
    format!(
        "{{\"definition\":{{\"defines\":\"exercise\",\"exercise\":{{\"id\":\"{id}\",\"version\":1}},\"toml\":{toml},\"added\":\"{stamp}\"{more}}}}}"
    )
}

const TAKEN_BACK: &str = ",\"removed\":\"2026-02-01T00:00:00Z\"";
const GIVES_WAY: &str = ",\"gives_way\":true";

/// Of what stands behind another for the same version, and of what is beyond the limit, memory has let go; an export has it, and an import
/// brings it back, behind what it stood behind.
#[tokio::test(start_paused = true)]
async fn every_definition_goes_out_with_its_text_and_comes_back() {
    let device = Device::with_vault().await;
    let mut lines = vec![defining("my-own-0", 0, GIVES_WAY), defining("far", 1, GIVES_WAY)];
    lines.push(defining("far-back", 2, &[TAKEN_BACK, GIVES_WAY].concat()));
    lines.extend((0..5).map(|n| defining(&format!("old-{n}"), 3 + n, TAKEN_BACK)));
    lines.extend((0..63).map(|n| defining(&format!("my-own-{n}"), 10 + n, "")));
    let done = imported(&device, &lines).await;
    assert_eq!((done.definitions, done.failed_total), (71, 0));
    let (other, again) = moved(&device).await;
    let told = |line: &String| {
        let line: Json = serde_json::from_str(line).unwrap();
        ["exercise", "toml", "added", "removed"].map(|key| line["definition"][key].clone())
    };
    assert_eq!(again[1..].iter().map(told).collect::<Vec<_>>(), lines.iter().map(told).collect::<Vec<_>>());
    for device in [&device, &other] {
        for locked in [false, true] {
            let own = device.client.exercise(&"my-own-0".parse().unwrap(), None).await.unwrap();
            assert_eq!(own.fields[0].label, "What went well?");
            let has = async |id: &str| device.client.exercise(&id.parse().unwrap(), Some(1)).await.is_ok();
            assert_eq!((has("old-0").await, has("old-1").await, has("far").await), (true, false, false));
            if !locked {
                device.client.lock().await.unwrap();
                device.client.unlock(STRONG.to_owned()).await.unwrap();
            }
        }
    }
    let more = imported(&other, &[defining("new-1", 90, ""), defining("new-2", 91, "")]).await;
    assert_eq!((more.definitions, more.failed_total), (1, 1));
    assert!(more.reasons[0].reason.contains("no more fit"), "{:?}", more.reasons);
}

/// A journal with everything in it that a journal may hold.
async fn full() -> Device {
    let device = Device::with_vault().await;
    let client = &device.client;
    let person = |name: &'static str| async move { client.add_person(name).await.unwrap().id.to_string() };
    let (noor, max, maxi, gone) =
        (person("Noor").await, person("Max").await, person("Maxi").await, person("Gone").await);
    let edit = PersonEdit {
        relation: Some(Some(Relation::Friend)),
        circle: Some(Some(Circle::Inner)),
        add_gives: [Gift::Fun, Gift::Honest].into(),
        safe: Some(Some(Safe::No)),
        died: Some(true),
        ..PersonEdit::default()
    };
    client.edit_person(&noor, &edit).await.unwrap();
    let about = |text: &str, people: &[&str]| Draft {
        people: people.iter().map(ToString::to_string).collect(),
        tags: vec!["zwölf".to_owned(), "calm".to_owned()],
        ..Draft::note(text)
    };
    client.add(about("of Maxi\nand \"Noor\"\u{2028}", &[&maxi, &noor])).await.unwrap();
    client.add(about("of somebody", &[&gone, &noor])).await.unwrap();
    client.merge_people(&maxi, &max).await.unwrap();
    client.forget_person(&gone).await.unwrap();

    let answers: ValueMap = [
        ("person".to_owned(), Value::from(noor.as_str())),
        ("spark".to_owned(), Value::from("The phone stayed silent.")),
        ("suds".to_owned(), Value::from(40)),
    ]
    .into();
    let exercise = Some(ExerciseChoice { id: "trigger-chain".parse().unwrap(), version: None });
    client.add(Draft { exercise, answers, ..Draft::default() }).await.unwrap();
    let items: ValueMap = (1..=9).map(|n| (format!("q{n}"), Value::from(1))).collect();
    client.answer_measure(&"phq-9".parse().unwrap(), None, items, None).await.unwrap();

    assert!(matches!(client.add_measure(TEAPOT.to_owned()).await.unwrap(), Checked::Usable(_)));
    let steam: ValueMap = ["steam", "lid", "spout"].map(|item| (item.to_owned(), Value::from(2))).into();
    client.answer_measure(&"teapot-mood".parse().unwrap(), None, steam, None).await.unwrap();
    assert!(matches!(client.add_exercise(MINE.to_owned()).await.unwrap(), Checked::Usable(_)));
    client.remove_exercise(&"one-good-thing".parse().unwrap()).await.unwrap();
    assert!(matches!(client.add_exercise(MINE.to_owned()).await.unwrap(), Checked::Usable(_)));
    client.remove_measure(&"teapot-mood".parse().unwrap()).await.unwrap();

    let foreign = r#"{"date":"1660-01-01","text":"Blessed be God","people":["Elizabeth","Noor"],"mood":3}"#;
    assert_eq!(imported(&device, &[foreign.to_owned()]).await.unused, [("mood".to_owned(), 1)].into());
    let changed = device.note("first").await;
    device.host.move_clock(61_234);
    client.edit(&changed, Edit { text: Some("second".to_owned()), ..Edit::default() }, None).await.unwrap();
    let met = device
        .client
        .add(Draft { title: "Monday".to_owned(), ..Draft::note("weight 71 kg\nslept") })
        .await
        .unwrap();
    for words in ["weight 72 kg\nslept", "weight 73 kg\nslept badly"] {
        let edit = Edit { text: Some(words.to_owned()), ..Edit::default() };
        client.edit(&met.id.to_string(), edit, Some(&met.version)).await.unwrap();
    }
    let back = device.client.add(Draft::note("in the trash, and written")).await.unwrap();
    client.trash(&back.id.to_string()).await.unwrap();
    let edit = Edit { text: Some("written".to_owned()), title: Some("Title".to_owned()), ..Edit::default() };
    client.edit(&back.id.to_string(), edit, Some(&back.version)).await.unwrap();
    let trashed = device.note("in the trash").await;
    client.trash(&trashed).await.unwrap();
    device
}

#[tokio::test(start_paused = true)]
async fn a_journal_with_everything_in_it_comes_back_byte_for_byte() {
    let device = full().await;
    let (other, lines) = moved(&device).await;
    assert!(
        lines[0].starts_with(
            "{\"haven\":{\"schema\":1,\"people\":4,\"forgotten\":1,\"definitions\":3,\"entries\":"
        ),
        "{}",
        lines[0]
    );
    let all = lines.join("\n");
    assert!(!all.contains("Gone") && !all.contains("Laptop"), "{all}");
    let names = |people: Vec<haven_api::people::Person>| {
        people
            .into_iter()
            .map(|person| (person.name.to_string(), person.safe, person.died))
            .collect::<Vec<_>>()
    };
    let (here, there) = (device.client.people().await.unwrap(), other.client.people().await.unwrap());
    assert_eq!(names(here), names(there));
    assert_eq!(
        other.client.results(&"phq-9".parse().unwrap(), None).await.unwrap()[0].scores[0].number,
        Some(9.0)
    );
    assert!(other.client.exercises(None, None).await.unwrap().iter().any(|exercise| exercise.custom));
    let trash = haven_api::journal::Filter { trashed: true, ..Default::default() };
    assert_eq!(other.client.list(&trash, 0, None).await.unwrap().items.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_met_comes_back_with_every_side_and_can_be_settled_there() {
    let device = full().await;
    let (other, lines) = moved(&device).await;
    let filter = haven_api::journal::Filter { met: true, ..Default::default() };
    let (before, after) =
        (device.client.list_all(&filter).await.unwrap(), other.client.list_all(&filter).await.unwrap());
    assert_eq!((before.len(), after.len()), (2, 2));
    assert_eq!(lines.iter().filter(|line| line.contains("\"met\":")).count(), 2);
    for entry in after {
        let id = entry.id.to_string();
        let mut said = Vec::new();
        for device in [&device, &other] {
            let read = device.client.entry_in_words(&id, None).await.unwrap();
            let mut sides = vec![(read.entry.text, read.entry.summary.title, None)];
            for side in read.met {
                let there = device.client.entry(&id, Some(&side.version)).await.unwrap();
                sides.push((there.text, there.summary.title, Some(side.at)));
            }
            said.push(sides);
        }
        assert_eq!(said[0].len(), 3);
        assert_eq!(said[0][0], said[1][0]);
        assert!(said[1].iter().any(|(text, ..)| text.contains("72") || text == "written"), "{said:?}");
        other.client.settle(&id, haven_api::journal::Keep::Both).await.unwrap();
    }
    assert!(other.client.list_all(&filter).await.unwrap().is_empty());
    assert!(exported(&other).await.iter().all(|line| !line.contains("\"met\":")));
}

/// White space of every kind that somebody may type, paste or bring in from another system.
const SPACES: [&str; 20] = [
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\n\n\n",
    "\r\n",
    "\r\n\r\n",
    "\r",
    " \n",
    "\n ",
    "\u{a0}",
    "\u{2003}",
    "\u{200b}",
    "\u{3000}",
    "\u{2028}",
    "\u{2029}",
    "\u{85}",
    "\u{b}\u{c}",
    "\u{feff}",
];

/// Wherever it stands: in a text, at its beginning, at its end, alone in code, and where two versions of it met.
#[tokio::test(start_paused = true)]
async fn not_a_space_of_a_text_is_changed_on_its_way_out_and_in() {
    let device = Device::with_vault().await;
    let mut written = BTreeMap::new();
    for space in SPACES {
        let code = format!("```{space}\n{space}{space}let a = 1;{space}\n\n```{space}");
        for text in [
            format!("{space}It rained. I slept."),
            format!("It rained. I slept.{space}"),
            format!("It rained.{space}I slept."),
            format!("{space}It rained{space}I slept{space}{space}"),
            code,
        ] {
            written.insert(device.note(&text).await, text);
        }
        let met =
            device.client.add(Draft::note(format!("{space}weight 71 kg{space}I slept."))).await.unwrap();
        for kg in [72, 73] {
            let text = format!("{space}{space}weight {kg} kg{space}I slept.{space}");
            let edit = Edit { text: Some(text), ..Edit::default() };
            device.client.edit(&met.id.to_string(), edit, Some(&met.version)).await.unwrap();
        }
    }
    let (other, lines) = moved(&device).await;
    assert_eq!(lines.iter().filter(|line| line.contains("\"met\":")).count(), SPACES.len());
    for (id, text) in written {
        assert_eq!(other.client.entry(&id, None).await.unwrap().text, text);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_still_names_its_person() {
    let device = full().await;
    let (other, _) = moved(&device).await;
    let filter = haven_api::journal::Filter {
        kind: Some(haven_core::entry::EntryKind::Exercise),
        ..Default::default()
    };
    let found = other.client.list(&filter, 0, None).await.unwrap().items;
    let id = found[0].id.to_string();
    let read = other.client.entry_in_words(&id, None).await.unwrap().answers;
    let before = device.client.entry_in_words(&id, None).await.unwrap().answers;
    assert!(!before.is_empty() && before == read);
}

#[tokio::test(start_paused = true)]
async fn the_fictional_journal_comes_back_byte_for_byte() {
    let device = Device::with_vault().await;
    let mut cast = [PersonId::from_bytes([0; 16]); CAST.len()];
    for (id, role) in cast.iter_mut().zip(CAST) {
        *id = device.client.add_person(role.name).await.unwrap().id;
    }
    for page in pages(7, 6, "2026-11-24".parse().unwrap(), &cast) {
        let draft = Draft {
            kind: Some(page.kind),
            at: Some(CivilTime::from_date(page.date)),
            title: page.title,
            text: page.text,
            people: page.people.iter().map(ToString::to_string).collect(),
            exercise: page.answers_to.map(|id| ExerciseChoice { id, version: None }),
            answers: page.answers,
            ..Draft::default()
        };
        device.client.add(draft).await.unwrap();
    }
    moved(&device).await;
}

#[tokio::test(start_paused = true)]
async fn somebody_of_the_same_name_is_somebody_else_and_what_is_here_stays() {
    let device = full().await;
    let lines = exported(&device).await;
    let other = Device::with_vault().await;
    let noor = other.client.add_person("Noor").await.unwrap().id;
    imported(&other, &lines).await;
    let named: Vec<_> =
        other.client.people().await.unwrap().into_iter().filter(|p| p.name.as_str() == "Noor").collect();
    assert_eq!(named.len(), 2, "nobody is made one with somebody in silence");
    let theirs = named.iter().find(|person| person.id != noor).unwrap();
    other
        .client
        .edit_person(
            &theirs.id.to_string(),
            &PersonEdit { safe: Some(Some(Safe::Yes)), ..PersonEdit::default() },
        )
        .await
        .unwrap();
    other.client.forget_person(&noor.to_string()).await.unwrap();
    imported(&other, &lines).await;
    let left: Vec<_> =
        other.client.people().await.unwrap().into_iter().filter(|p| p.name.as_str() == "Noor").collect();
    assert_eq!((left.len(), left[0].safe), (1, Some(Safe::Yes)), "what is here stays");
}

#[tokio::test(start_paused = true)]
async fn whoever_was_forgotten_stays_so_whichever_export_comes() {
    let device = Device::with_vault().await;
    let noor = device.client.add_person("Noor").await.unwrap().id.to_string();
    device.client.add(Draft { people: vec![noor.clone()], ..Draft::note("of somebody") }).await.unwrap();
    let before = exported(&device).await;
    device.client.forget_person(&noor).await.unwrap();
    let after = exported(&device).await;
    assert!(after[1].starts_with(&format!(r#"{{"forgotten":{{"id":"{noor}","at":""#)), "{}", after[1]);
    assert!(!after.concat().contains("Noor"), "that they were, and nothing else");
    let people = async |device: &Device| device.client.people().await.unwrap().len();

    let done = imported(&device, &before).await;
    assert_eq!((done.forgotten, done.people, done.skipped), (1, 0, 1));
    assert!(people(&device).await == 0 && exported(&device).await == after);

    let (other, _) = moved(&device).await;
    assert_eq!(imported(&other, &before).await.forgotten, 1);
    assert!(people(&other).await == 0 && exported(&other).await == after);
    // Entries alone, as a script may have taken them out, bring nobody back either.
    let entries = before.iter().filter(|line| line.starts_with("{\"date\"")).cloned();
    imported(&other, &entries.collect::<Vec<_>>()).await;
    assert_eq!(people(&other).await, 0);

    let both = Device::with_vault().await;
    let lines: Vec<_> = after.iter().chain(&before).cloned().collect();
    assert_eq!(imported(&both, &lines).await.forgotten, 1, "in one batch too");
    assert_eq!(people(&both).await, 0);

    let old = Device::with_vault().await;
    imported(&old, &before).await;
    imported(&old, &after).await;
    assert_eq!(people(&old).await, 1, "an import takes nobody away who is there");
    let again = other.client.add_person("Noor").await.unwrap().id.to_string();
    assert!(again != noor && people(&other).await == 1, "whoever wants them back adds them");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_the_trash_or_was_taken_back_stays_so_whichever_export_comes() {
    let device = full().await;
    let note = device.note("soon in the trash").await;
    assert!(matches!(device.client.add_measure(TEAPOT.to_owned()).await.unwrap(), Checked::Usable(_)));
    let before = exported(&device).await;
    device.client.trash(&note).await.unwrap();
    device.client.remove_measure(&"teapot-mood".parse().unwrap()).await.unwrap();
    let after = exported(&device).await;
    imported(&device, &before).await;
    assert!(exported(&device).await == after);
    let (other, _) = moved(&device).await;
    imported(&other, &before).await;
    assert!(exported(&other).await == after);
}

/// Lines of people, each with whom they turned out to be.
fn merged(people: &[(u8, u8)]) -> Vec<String> {
    let hex = |byte: u8| format!("{byte:02x}").repeat(16);
    let line = |(id, into): &(u8, u8)| {
        let (id, into) = (hex(*id), hex(*into));
        format!(
            r#"{{"person":{{"id":"{id}","name":"P {id}","merged":"{into}","created":"2026-11-24T20:30:00Z"}}}}"#
        )
    };
    people.iter().map(line).collect()
}

#[tokio::test(start_paused = true)]
async fn people_merged_in_a_circle_into_themselves_or_into_nobody_are_told_and_stay() {
    type Case<'a> = (&'a [(u8, u8)], u64, &'a [u8]);
    let cases: [Case<'_>; 5] = [
        (&[(1, 2), (2, 1)], 1, &[1]),
        (&[(1, 2), (2, 3), (3, 2), (4, 1)], 1, &[2]),
        (&[(1, 1), (2, 2)], 2, &[1, 2]),
        (&[(1, 9), (2, 1)], 0, &[1]),
        (&[(1, 2), (2, 1), (3, 4), (4, 3)], 2, &[1, 3]),
    ];
    for (people, circles, left) in cases {
        let mut exports = Vec::new();
        let lines = merged(people);
        let backwards: Vec<_> = lines.iter().rev().cloned().collect();
        for lines in [lines, backwards] {
            let device = Device::with_vault().await;
            let done = imported(&device, &lines).await;
            assert_eq!((done.unmerged, done.people, done.failed_total), (circles, people.len() as u64, 0));
            let there = device.client.people().await.unwrap();
            let there: std::collections::BTreeSet<_> = there.iter().map(|p| p.id.as_bytes()[0]).collect();
            assert_eq!(there, left.iter().copied().collect(), "{people:?}");
            let (_, lines) = moved(&device).await;
            exports.push(lines);
        }
        assert_eq!(exports[0], exports[1], "in any order of the lines");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_was_merged_into_nobody_is_somebody_else_once_they_come() {
    let device = Device::with_vault().await;
    let (early, late) = (merged(&[(1, 9)]), merged(&[(9, 9)]));
    imported(&device, &early).await;
    let one = device.client.people().await.unwrap().remove(0);
    device.client.add(Draft { people: vec![one.id.to_string()], ..Draft::note("words") }).await.unwrap();
    imported(&device, &late).await;
    let people = device.client.people().await.unwrap();
    assert_eq!(people.iter().map(|person| person.id.as_bytes()[0]).collect::<Vec<_>>(), [9]);
    let entry = device.client.list(&Default::default(), 0, None).await.unwrap().items.remove(0);
    assert_eq!(entry.people[0].id, people[0].id, "entries name them too");
    moved(&device).await;
}

/// Every character of these texts takes six bytes in JSON. Together they would be too long for any other message.
#[tokio::test(start_paused = true)]
async fn the_longest_line_comes_back_though_every_character_is_escaped() {
    let escaped = "\\u0001".repeat(haven_core::limits::TEXT_BYTES_MAX);
    let answers = ["a", "b", "c"].map(|field| format!(r#""{field}":"{escaped}""#)).join(",");
    let line = format!(
        r#"{{"date":"2026-11-24","text":"{escaped}","id":"{}","kind":"exercise","exercise":{{"id":"my-own","version":1}},"answers":{{{answers}}},"created":"2026-11-24T20:30:00Z","modified":"2026-11-24T20:30:00Z"}}"#,
        "0a".repeat(16)
    );
    assert!(line.len() > haven_api::limits::MESSAGE_BYTES_MAX, "{}", line.len());
    let device = Device::with_vault().await;
    let small = r#"{"date":"2026-11-23","text":"before"}"#.to_owned();
    assert_eq!(imported(&device, &[small, line.clone()]).await.imported, 2);
    let (_, lines) = moved(&device).await;
    assert!(lines.contains(&line));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_was_forgotten_comes_back_only_with_a_new_line() {
    let device = Device::with_vault().await;
    let line = |text: &str| vec![format!(r#"{{"date":"2021-05-01","text":"{text}","people":["Ann"]}}"#)];
    imported(&device, &line("one")).await;
    let ann = device.client.people().await.unwrap().remove(0).id;
    device.client.forget_person(&ann.to_string()).await.unwrap();
    imported(&device, &line("one")).await;
    assert!(device.client.people().await.unwrap().is_empty());
    imported(&device, &line("two")).await;
    let again = device.client.people().await.unwrap().remove(0).id;
    assert_ne!(ann, again, "the first entry does not name her again");
    imported(&device, &line("three")).await;
    assert_eq!(device.client.people().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn entries_without_the_lines_of_their_people_bring_them_by_name() {
    let device = full().await;
    let lines: Vec<_> =
        exported(&device).await.into_iter().filter(|line| line.starts_with("{\"date\"")).collect();
    let other = Device::with_vault().await;
    let done = imported(&other, &lines).await;
    assert_eq!((done.failed_total, done.people), (0, 3));
    let ids = |people: Vec<haven_api::people::Person>| {
        people.into_iter().map(|p| (p.id, p.name.to_string())).collect::<BTreeMap<_, _>>()
    };
    let (there, here) =
        (ids(other.client.people().await.unwrap()), ids(device.client.people().await.unwrap()));
    assert!(there.iter().all(|(id, name)| here.get(id) == Some(name)), "under their own ids");
}

#[tokio::test(start_paused = true)]
async fn line_ends_a_byte_order_mark_and_blanks_make_no_new_entry() {
    let device = Device::with_vault().await;
    let lines = [r#"{"date":"2021-05-01","text":"morning walk"}"#, r#"{"date":"2021-05-02","text":"tea"}"#];
    imported(&device, &lines.map(str::to_owned)).await;
    let windows = [format!("\u{feff}{}\r", lines[0]), format!("  {} \t\r", lines[1])];
    let again = imported(&device, &windows).await;
    assert_eq!((again.imported, again.skipped), (0, 2));
}

/// Whether a line is what the schema says. A small reader of the schema, which uses few of JSON Schema's words; any other word
/// fails here.
fn fits(line: &str) {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    let line: Json = serde_json::from_str(line).unwrap();
    let faults = faults(&schema, &schema, &line, "line");
    assert!(faults.is_empty(), "{faults:?}");
}

fn faults(root: &Json, schema: &Json, value: &Json, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (word, told) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "items" | "properties" => {}
            "$ref" => {
                let path = told.as_str().unwrap().trim_start_matches('#');
                found.extend(faults(root, root.pointer(path).unwrap(), value, at));
            }
            "oneOf" => {
                let all: Vec<_> =
                    told.as_array().unwrap().iter().map(|one| faults(root, one, value, at)).collect();
                if all.iter().filter(|faults| faults.is_empty()).count() != 1 {
                    found.push(format!("{at}: none or several of {all:?}"));
                }
            }
            "type" => {
                let is = match told.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "boolean" => value.is_boolean(),
                    _ => false,
                };
                if !is {
                    found.push(format!("{at} is no {told}"));
                }
            }
            "const" => found.extend((told != value).then(|| format!("{at} is not {told}"))),
            "enum" => found.extend(
                (!told.as_array().unwrap().contains(value)).then(|| format!("{at} is none of {told}")),
            ),
            "minimum" if value.as_i64() < told.as_i64() => found.push(format!("{at} is below {told}")),
            "minimum" => {}
            "required" => {
                let missing =
                    told.as_array().unwrap().iter().filter(|key| value.get(key.as_str().unwrap()).is_none());
                found.extend(missing.map(|key| format!("{at} lacks {key}")));
            }
            "additionalProperties" => found.extend(others(root, schema, told, value, at)),
            other => found.push(format!("the schema uses {other}, which this test does not know")),
        }
    }
    for (key, schema) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
        found.extend(
            value.get(key).into_iter().flat_map(|value| faults(root, schema, value, &format!("{at}.{key}"))),
        );
    }
    if let Some(schema) = schema.get("items") {
        let items = value.as_array().into_iter().flatten();
        found.extend(items.flat_map(|item| faults(root, schema, item, &format!("{at}[]"))));
    }
    found
}

/// The keys of an object that its schema does not name.
fn others(root: &Json, schema: &Json, told: &Json, value: &Json, at: &str) -> Vec<String> {
    let named = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
    let rest = value.as_object().into_iter().flatten().filter(|(key, _)| !named(key));
    rest.flat_map(|(key, value)| match told {
        Json::Bool(false) => vec![format!("{at} has {key}")],
        schema => faults(root, schema, value, &format!("{at}.{key}")),
    })
    .collect()
}

#[test]
fn the_schema_knows_every_word_for_a_person() {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    let words = |key: &str| {
        let path = format!("/$defs/person_line/properties/person/properties/{key}");
        let told = schema.pointer(&path).unwrap();
        told.get("enum").or(told.pointer("/items/enum")).unwrap().as_array().unwrap().clone()
    };
    let all = |known: Vec<String>| known.into_iter().map(Json::from).collect::<Vec<_>>();
    assert_eq!(words("relation"), all(Relation::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("circle"), all(Circle::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("gives"), all(Gift::ALL.iter().map(ToString::to_string).collect()));
    assert_eq!(words("safe"), all(Safe::ALL.iter().map(ToString::to_string).collect()));
}

#[tokio::test(start_paused = true)]
async fn a_file_of_a_newer_release_is_refused_whole() {
    let device = Device::with_vault().await;
    let lines = [
        r#"{"haven":{"schema":2,"people":0,"definitions":0,"entries":1}}"#,
        r#"{"date":"2026-11-24","text":"x","voice":"what only a later release keeps"}"#,
    ];
    let line = |(number, line): (u64, &&'static str)| ImportLine { number, content: (*line).into() };
    let lines: Vec<_> = (1..).zip(&lines).map(line).collect();
    let import = Import { id: [7; 16], lines, dry_run: false, zone: String::new() };
    let refused = device.client.import(import, |_| ()).await.unwrap_err();
    assert!(
        refused.to_string().contains("newer Haven") || refused.why.contains("newer Haven"),
        "{refused:?}"
    );
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
}

/// What an export says that this journal has never said is told, and only that; nothing here changes.
#[tokio::test(start_paused = true)]
async fn words_of_an_export_that_are_nowhere_here_are_told() {
    let a = Device::with_vault().await;
    let id = a.note("first words").await;
    a.note("another").await;
    let older = exported(&a).await;
    let c = Device::with_vault().await;
    assert!(imported(&c, &older).await.differing.is_empty());

    a.host.move_clock(5_000);
    let change = |edit: Edit| async { a.client.edit(&id, edit, None).await.unwrap() };
    change(Edit { text: Some("first words, and more".to_owned()), ..Edit::default() }).await;
    let newer = exported(&a).await;
    let before = exported(&c).await;
    for dry_run in [true, false] {
        let done = imported_as(&c, &newer, dry_run).await;
        assert_eq!((done.imported, done.skipped), (0, 1));
        assert_eq!((done.differing, done.differing_total), (vec![id.clone()], 1));
    }
    assert!(exported(&c).await == before, "nothing here changed");

    let back = imported(&a, &older).await;
    assert_eq!((back.skipped, back.differing_total), (2, 0), "this journal is simply newer");
    for edit in [
        Edit { title: Some("t".to_owned()), ..Edit::default() },
        Edit { add_tags: vec!["calm".to_owned()], ..Edit::default() },
        Edit { at: Some("2020-02-02".parse().unwrap()), ..Edit::default() },
    ] {
        let (one, other) = (Device::with_vault().await, exported(&a).await);
        imported(&one, &other).await;
        change(edit).await;
        let done = imported(&one, &exported(&a).await).await;
        assert_eq!(done.differing, [id.as_str()]);
        assert_eq!(imported(&a, &other).await.differing_total, 0);
    }
    let (one, other) = (Device::with_vault().await, exported(&a).await);
    imported(&one, &other).await;
    a.client.trash(&id).await.unwrap();
    assert_eq!(
        imported(&one, &exported(&a).await).await.differing,
        [id.as_str()],
        "it is in the trash there"
    );
    assert_eq!(imported(&a, &other).await.differing_total, 0);

    let both: Vec<_> = older.iter().chain(&newer).cloned().collect();
    let empty = Device::with_vault().await;
    let done = imported(&empty, &both).await;
    assert_eq!((done.imported, done.differing), (2, vec![id.clone()]), "the second line of one file too");
}

/// A side that another journal has not settled is told where it is nowhere here, and not where it was settled.
#[tokio::test(start_paused = true)]
async fn sides_of_an_export_that_are_nowhere_here_are_told() {
    let a = Device::with_vault().await;
    let entry = a.client.add(Draft::note("slept at ten")).await.unwrap();
    let (id, c) = (entry.id.to_string(), Device::with_vault().await);
    imported(&c, &exported(&a).await).await;
    for words in ["slept at nine", "slept at eleven"] {
        a.host.move_clock(5_000);
        let edit = Edit { text: Some(words.to_owned()), ..Edit::default() };
        a.client.edit(&id, edit, Some(&entry.version)).await.unwrap();
    }
    let met = exported(&a).await;
    assert!(met.iter().any(|line| line.contains("\"met\"")));
    assert_eq!(imported(&a, &met).await.differing_total, 0);
    assert_eq!(imported(&c, &met).await.differing, [id.as_str()]);
    a.client.settle(&id, haven_api::journal::Keep::Both).await.unwrap();
    assert_eq!(imported(&a, &met).await.differing_total, 0, "it was settled here, and is in the history");
}
