//! The versions of an entry: listing, comparing, and going back to one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use haven_api::journal::{Entry, EntryVersion, ReadAnswer};
use serde::Serialize;

use super::differing::{self, Change};
use super::done::tell;
use crate::args::HistoryArgs;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::limits::VERSION_SHOWN;
use crate::shapes::PastShape;
use crate::text::Style;
use crate::when;

/// A version with what it changed of what whoever wrote it had before them.
#[derive(Serialize)]
struct ChangedShape<'a> {
    #[serde(flatten)]
    version: PastShape<'a>,
    changes: Vec<ChangeShape<'a>>,
}

#[derive(Serialize)]
struct ChangeShape<'a> {
    field: &'a str,
    diff: String,
}

pub(super) async fn history(cx: &Cx, args: &HistoryArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let versions = haven.history(&args.id).await?;
    if args.diff {
        return compared(cx, &haven, &args.id, &versions).await;
    }
    cx.tell_all(versions.iter().map(PastShape::of), |style| {
        versions.iter().map(|version| in_words(version, style)).collect()
    })
}

fn in_words(version: &EntryVersion, style: Style) -> String {
    let named = &version.version[..version.version.len().min(VERSION_SHOWN)];
    let at = when::local(version.at);
    format!("{}  {at}  {}\n", style.faint(named), style.line(&version.device))
}

/// Shows what each version changed, newest first: against what whoever wrote it had before them, which need not be the
/// version before it in the list.
async fn compared(cx: &Cx, haven: &Haven, id: &str, versions: &[EntryVersion]) -> Result<(), Fault> {
    let mut read = BTreeMap::new();
    for version in versions.iter().flat_map(|one| [Some(&one.version), one.base.as_ref()]).flatten() {
        if !read.contains_key(version) {
            let then = haven.entry_in_words(id, Some(version)).await?;
            read.insert(version, parts(&then.entry, &then.answers));
        }
    }
    let said = |version: Option<&String>| version.and_then(|it| read.get(it)).map_or(&[][..], Vec::as_slice);
    let changed = |it: &EntryVersion| differing::changes(said(it.base.as_ref()), said(Some(&it.version)));
    let changes: Vec<Vec<Change>> = versions.iter().map(changed).collect();
    let shapes = versions.iter().zip(&changes).map(|(version, changes)| ChangedShape {
        version: PastShape::of(version),
        changes: changes.iter().map(|it| ChangeShape { field: &it.field, diff: it.plain() }).collect(),
    });
    cx.tell_all(shapes, |style| {
        let mut words = String::new();
        for (version, changes) in versions.iter().zip(&changes) {
            words.push_str(&in_words(version, style));
            let told: String = changes.iter().map(|change| change.in_words(style)).collect();
            let nothing = "  nothing that shows\n".to_owned();
            let _ = writeln!(words, "{}", if told.is_empty() { nothing } else { told });
        }
        words.truncate(words.trim_end().len());
        words
    })
}

/// What a person reads of an entry, part by part.
fn parts(entry: &Entry, answers: &[ReadAnswer]) -> Vec<(String, String)> {
    let about = &entry.summary;
    let tags: Vec<_> = about.tags.iter().map(|tag| format!("#{tag}")).collect();
    let people: Vec<_> = about.people.iter().map(|person| format!("@{}", person.name)).collect();
    let zone = about.at.zone().unwrap_or_default();
    let trash = if about.trashed.is_some() { "in the trash" } else { "" };
    let fixed = [
        ("title", about.title.clone()),
        ("time", [when::short(&about.at).as_str(), zone].join(" ").trim_end().to_owned()),
        ("tags", tags.join(" ")),
        ("people", people.join(" ")),
        ("trash", trash.to_owned()),
        ("text", entry.text.clone()),
    ];
    let fixed = fixed.into_iter().map(|(part, words)| (part.to_owned(), words));
    fixed.chain(answers.iter().map(|it| (it.question.clone(), it.answer.clone()))).collect()
}

pub(super) async fn restore(cx: &Cx, id: &str, version: &str) -> Result<(), Fault> {
    let written = cx.haven().await?.restore(id, version).await?;
    tell(cx, &written.id.to_string())
}
