//! What a person brings along: files to import, definitions of their own, times, searches, texts.

use std::sync::LazyLock;

use haven_core::answers::Answer;
use haven_core::answers::value::{from_json, to_json};
use haven_core::content::Library;
use haven_core::exercise::Exercise;
use haven_core::feeling::Feelings;
use haven_core::id::{EntryId, IdPrefix, PersonId};
use haven_core::import::{Line, Read, Splitter, is_entry};
use haven_core::markdown;
use haven_core::measure::Measure;
use haven_core::person::{PersonName, ResolveError};
use haven_core::prose::Prose;
use haven_core::search::{Meanings, Query};
use haven_core::shelf::Shelf;
use haven_core::support::{Readable, Support};
use haven_core::time::{CivilTime, Date, LocalZone, Timestamp, ZoneFault, Zones};

use crate::target::Target;

const EXERCISE: &str = include_str!("../../../crates/core/content/exercises/ask-plan.toml");
const MEASURE: &str = include_str!("../../../crates/core/content/measures/ecr-12.toml");
const HELPLINES: &str = include_str!("../../../crates/core/content/helplines.toml");

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "lines", about: "lines of an import", seeds: line_seeds, run: lines, sample: 2_000 },
    Target {
        name: "files",
        about: "a file of JSON cut into lines",
        seeds: file_seeds,
        run: files,
        sample: 1_000,
    },
    Target {
        name: "pages",
        about: "Markdown pages of an export, and prose",
        seeds: page_seeds,
        run: pages,
        sample: 1_000,
    },
    Target {
        name: "definitions",
        about: "exercises, measures and helplines as TOML",
        seeds: definition_seeds,
        run: definitions,
        sample: 40,
    },
    Target { name: "times", about: "times, dates, zones", seeds: time_seeds, run: times, sample: 3_000 },
    Target {
        name: "searches",
        about: "searches as they are typed, names, ids",
        seeds: search_seeds,
        run: searches,
        sample: 2_000,
    },
    Target {
        name: "values",
        about: "answers, and lines that are kept readable",
        seeds: value_seeds,
        run: values,
        sample: 2_000,
    },
];

/// A zone whose clocks are set forward and back, one that never are, and none besides.
struct Fake;

impl Zones for Fake {
    fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault> {
        match zone {
            "Europe/Berlin" if moment.rem_euclid(31_557_600) > 15_000_000 => Ok(7_200),
            "Europe/Berlin" => Ok(3_600),
            "Asia/Tokyo" => Ok(32_400),
            "Nowhere/Here" => Err(ZoneFault::NoZones),
            _ => Err(ZoneFault::Unknown),
        }
    }
}

static SHELF: LazyLock<Shelf> =
    LazyLock::new(|| Shelf::built_in().expect("what comes with Haven can be read"));

fn line_seeds() -> Vec<Vec<u8>> {
    let id = "0a".repeat(16);
    [
        r#"{"date":"2026-11-24T21:30","title":"Rain","text":"all day","tags":["calm"],"people":["Ann"],"mood":3}"#.to_owned(),
        r#"{"haven":{"schema":1,"version":"0.1.0","exported":"2026-11-24T21:30:00Z"}}"#.to_owned(),
        format!(r#"{{"person":{{"id":"{id}","name":"Ann","created":"2026-11-24T21:30:00Z"}}}}"#),
        format!(r#"{{"forgotten":{{"id":"{id}","at":"2026-11-24T21:30:00Z"}}}}"#),
        r#"{"definition":{"kind":"exercise","toml":"id = \"a\""}}"#.to_owned(),
        format!(
            r#"{{"id":"{id}","date":"2026-11-24","text":"x","kind":"exercise","exercise":"thought-check 1","answers":{{"suds":40}},"types":{{"suds":"scale "}},"created":"2026-11-24T21:30:00Z","modified":"2026-11-24T21:30:00Z","trashed":null,"met":[]}}"#
        ),
    ]
    .map(String::into_bytes)
    .to_vec()
}

fn lines(bytes: &[u8]) {
    is_entry(bytes);
    let Ok(read) = Read::parse(bytes) else { return };
    let here: LocalZone = "Europe/Berlin".parse().expect("a zone");
    let Ok(read) = read.entered(&Fake, Some(&here)) else { return };
    if let Line::Entry(entry) = read.line {
        let made_with = entry.exercise.as_ref().and_then(|exercise| SHELF.made_with(exercise));
        let _ = entry.draft([7; 32], [PersonId::from_bytes([1; 16])].into(), made_with);
    }
}

fn file_seeds() -> Vec<Vec<u8>> {
    let lines = line_seeds();
    let joined = |with: &str| lines.join(with.as_bytes());
    let list = [b"[", &joined(",\r\n")[..], b"]"].concat();
    vec![joined("\n"), list, b"\xef\xbb\xbf{\n\"date\": \"2026\"\n}\n{\"text\":\"}\\\"{\"}".to_vec()]
}

/// A file gives the same pieces however it is cut on its way in.
fn files(bytes: &[u8]) {
    let read = |step: usize| {
        let mut splitter = Splitter::default();
        let mut pieces = Vec::new();
        for part in bytes.chunks(step.max(1)) {
            match splitter.push(part) {
                Ok(more) => pieces.extend(more),
                Err(wrong) => return (pieces, Some(wrong)),
            }
        }
        match splitter.end() {
            Ok(more) => pieces.extend(more),
            Err(wrong) => return (pieces, Some(wrong)),
        }
        (pieces, None)
    };
    let (whole, wrong) = read(bytes.len());
    let (parts, also_wrong) = read(7);
    assert_eq!(wrong, also_wrong);
    assert!(wrong.is_some() || whole == parts, "the cuts change nothing");
}

fn page_seeds() -> Vec<Vec<u8>> {
    let id = "0a".repeat(16);
    let page = format!(
        "---\nid: \"{id}\"\nkind: \"note\"\nat: \"2026-11-24\"\ntitle: \"Rain\"\ntags: [\"calm\"]\npeople: {{\"{id}\": \"Ann\"}}\ncreated: \"2026-11-24T21:30:00Z\"\nmodified: \"2026-11-24T21:30:00Z\"\n---\n\nall day\n"
    );
    let prose = "# Rain\n\nIt *rained* **all** day, [she](https://example.org) said.\n\n> - one\n>   1. two\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n<b>html</b> ![](x)\n";
    let deep = format!("{}x{}", "> ".repeat(60), "*".repeat(60));
    [page, prose.to_owned(), deep].map(String::into_bytes).to_vec()
}

fn pages(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = markdown::parse(&text);
    let _ = Prose::read(&text);
}

fn definition_seeds() -> Vec<Vec<u8>> {
    [EXERCISE, MEASURE, HELPLINES].map(|text| text.as_bytes().to_vec()).to_vec()
}

fn definitions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(exercise) = Exercise::load(&text, None) {
        let _ = Exercise::load(&text, Some(&exercise));
        let _ = SHELF.check_exercise(&text);
        let _ = Library::default().add("a", &text);
    }
    if let Ok(measure) = Measure::load(&text, None) {
        let _ = Measure::load(&text, Some(&measure));
        let _ = SHELF.check_measure(&text);
    }
    let _ = Support::load(&text);
}

fn time_seeds() -> Vec<Vec<u8>> {
    let times = [
        "2026-11-24",
        "2026-11-24T21:30",
        "2026-11-24T21:30:15.123+01:00[Europe/Berlin]",
        "2026-03-29T02:30[Europe/Berlin]",
        "-009999-01-01T00:00Z",
        "2026-11-24T21:30-00:00[!+01:00][u-ca=gregory]",
        "+09:00",
        "Z",
        "Asia/Tokyo",
        "!z",
        "+01:00[Asia/Tokyo]",
    ];
    times.map(|time| time.as_bytes().to_vec()).to_vec()
}

fn times(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(zone) = text.parse::<LocalZone>() {
        assert_eq!(zone.to_string().parse::<LocalZone>().as_ref(), Ok(&zone));
    }
    if let Ok(date) = text.parse::<Date>() {
        assert_eq!(date.to_string().parse(), Ok(date));
    }
    if let Ok(stamp) = text.parse::<Timestamp>() {
        let _ = stamp.to_string();
    }
    if let Ok(time) = text.parse::<CivilTime>() {
        let written = time.to_string();
        assert_eq!(written.parse::<CivilTime>().map(|again| again.to_string()), Ok(written));
        for here in [None, Some(LocalZone::Named("Europe/Berlin".to_owned())), Some(LocalZone::Fixed(-3_600))]
        {
            if let Ok(entered) = time.clone().entered(&Fake, here.as_ref()) {
                let written = entered.to_string();
                assert!(written.parse::<CivilTime>().is_ok(), "what was entered can be read again");
            }
        }
    }
    if let Some(exact) = bytes.first_chunk() {
        let _ = Timestamp::from_millis(i64::from_be_bytes(*exact)).to_string();
    }
}

fn search_seeds() -> Vec<Vec<u8>> {
    let searches = [
        "rain \"all day\" tag:calm person:Ann kind:note step:3",
        "exercise:\"Give it a name\" feeling:\"Left out\" before:2026 after:2026-11",
        "„Mühle“ -tag:a tag:\"",
        "0a0b",
    ];
    searches.map(|search| search.as_bytes().to_vec()).to_vec()
}

fn searches(bytes: &[u8]) {
    static FEELINGS: LazyLock<Feelings<'static>> = LazyLock::new(|| Feelings::of(&SHELF.exercises));
    let text = String::from_utf8_lossy(bytes);
    let person = |spec: &str| match spec {
        "Ann" => Ok(PersonId::from_bytes([1; 16])),
        _ => Err(ResolveError::NotFound { perhaps: Vec::new() }),
    };
    let exercise = |title: &str| SHELF.titled(title);
    match Query::parse(&text, Meanings { feelings: &FEELINGS, person: &person, exercise: &exercise }) {
        Ok(query) => drop(haven_core::search::snippet(&text, &query)),
        Err(fault) => assert!(fault.next().ends_with('.'), "there is a next step"),
    }
    if let Ok(id) = text.parse::<EntryId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let _ = text.parse::<IdPrefix>();
    if let Ok(name) = text.parse::<PersonName>() {
        assert_eq!(PersonName::new(name.as_str()).as_ref(), Ok(&name), "a name is one name");
    }
}

fn value_seeds() -> Vec<Vec<u8>> {
    let id = "0a".repeat(16);
    let readable = format!(r#"{{"version":1,"plan":"{id}","lines":[{{"field":"people","text":"Ann"}}]}}"#);
    let values = [
        r#"{"suds":40,"a":"x","b":[1,true,null,{"c":"d"}]}"#,
        "scale  40",
        "text  \"x\"",
        "emotions  [{\"name\":\"sad\",\"strength\":40}]",
        "list ts [\"a\",5]",
        "datetime  \"2026-11-24T21:30\"",
        "timer  \"PT90S\"",
    ];
    values.iter().map(|value| value.as_bytes().to_vec()).chain([readable.into_bytes()]).collect()
}

fn values(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(values) = from_json(&text) {
        assert!(from_json(&to_json(&values)).is_some(), "what was read can be written and read again");
    }
    if let Some(answer) = Answer::from_stored(&text) {
        assert_eq!(Answer::from_stored(&answer.to_stored()), Some(answer), "an answer comes back");
    }
    if let Ok(readable) = Readable::parse(bytes) {
        assert!(Readable::parse(&readable.to_bytes()).is_ok());
    }
}
