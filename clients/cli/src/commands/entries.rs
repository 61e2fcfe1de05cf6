//! Reading entries, their history, and the trash.

use std::fmt::Write as _;

use haven_api::journal::{Entry, Filter, Hit, Page, ReadAnswer, Summary};
use haven_core::limits::LIST_LIMIT_MAX;

use super::meeting;
use super::writing::tell;
use crate::args::{ListArgs, SearchArgs, ShowArgs};
use crate::cx::Cx;
use crate::fault::Fault;
use crate::shapes::{EntryShape, HitShape, ListedShape, VersionShape};
use crate::text::{LANGUAGE, Style, marks, summary};
use crate::when;

pub(super) async fn show(cx: &Cx, args: ShowArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let read = haven.entry_in_words(&args.id, args.version.as_deref(), LANGUAGE).await?;
    if cx.json {
        return cx.line(&EntryShape::of(&read));
    }
    let met = meeting::in_words(&haven, &read, cx.style).await?;
    cx.page(&(in_words(&read.entry, &read.answers, cx.style) + &met))
}

fn in_words(entry: &Entry, answers: &[ReadAnswer], style: Style) -> String {
    let about = &entry.summary;
    let mut words = String::new();
    if !about.title.is_empty() {
        let _ = writeln!(words, "{}", style.bold(&style.line(&about.title)));
    }
    let mut facts = vec![when::short(&about.at), about.kind.to_string()];
    match (&about.exercise, about.exercise_title.as_str()) {
        (Some(exercise), "") => facts.push(exercise.id.to_string()),
        (_, title) => facts.extend((!title.is_empty()).then(|| style.line(title))),
    }
    facts.extend(about.trashed.map(|_| "in the trash".to_owned()));
    facts.extend(marks(about, style));
    let _ = writeln!(words, "{}", facts.join("  "));
    let _ = writeln!(words, "{}", style.faint(&about.id.to_string()));
    if !entry.text.is_empty() {
        let _ = writeln!(words, "\n{}", style.prose(&entry.text));
    }
    for ReadAnswer { question, answer, .. } in answers {
        let _ = writeln!(words, "\n{}\n{}", style.faint(&style.prose(question)), style.prose(answer));
    }
    words
}

pub(super) async fn list(cx: &Cx, args: ListArgs) -> Result<(), Fault> {
    let filter = Filter {
        before: args.before,
        after: args.after,
        tags: args.tags,
        people: args.people,
        kind: args.kind,
        trashed: args.trashed,
        met: args.met,
    };
    let haven = cx.haven().await?;
    let mut rest = Rest::new(args.limit);
    let (mut found, mut page, mut total) = (Vec::<Summary>::new(), None, 0);
    while let Some(limit) = rest.next_limit() {
        let part = haven.list(&filter, limit, page.as_deref()).await?;
        total = part.total;
        page = rest.take(part, &mut found);
    }
    cx.tell_all(found.iter().map(ListedShape::of), |style| {
        found.iter().map(|entry| summary(entry, style)).collect()
    })?;
    tell_more(cx, found.len(), total);
    Ok(())
}

pub(super) async fn search(cx: &Cx, args: SearchArgs) -> Result<(), Fault> {
    let query = args.query.join(" ");
    let haven = cx.haven().await?;
    let mut rest = Rest::new(args.limit);
    let (mut found, mut page, mut total) = (Vec::<Hit>::new(), None, 0);
    while let Some(limit) = rest.next_limit() {
        let part = haven.search(&query, limit, page.as_deref()).await?;
        total = part.total;
        page = rest.take(part, &mut found);
    }
    cx.tell_all(found.iter().map(HitShape::of), |style| {
        found.iter().map(|hit| hit_in_words(hit, style)).collect()
    })?;
    tell_more(cx, found.len(), total);
    Ok(())
}

fn hit_in_words(hit: &Hit, style: Style) -> String {
    let snippet: String = hit
        .snippet
        .iter()
        .map(|part| if part.hit { style.bold(&style.line(&part.text)) } else { style.line(&part.text) })
        .collect();
    let entry = summary(&hit.entry, style);
    if snippet.trim().is_empty() { entry } else { format!("{entry}    {snippet}\n") }
}

fn tell_more(cx: &Cx, shown: usize, total: u32) {
    if cx.style.terminal && shown < total as usize {
        cx.note(&format!("{shown} of {total}; --limit 0 shows all."));
    }
}

/// How many are still wanted, page by page.
struct Rest {
    left: Option<usize>,
    is_over: bool,
}

impl Rest {
    fn new(limit: usize) -> Self {
        Self { left: (limit > 0).then_some(limit), is_over: false }
    }

    fn next_limit(&self) -> Option<u32> {
        let most = self.left.unwrap_or(LIST_LIMIT_MAX).min(LIST_LIMIT_MAX);
        (!self.is_over && most > 0).then(|| u32::try_from(most).unwrap_or(u32::MAX))
    }

    fn take<T>(&mut self, mut page: Page<T>, found: &mut Vec<T>) -> Option<String> {
        self.left = self.left.map(|left| left.saturating_sub(page.items.len()));
        self.is_over = page.next.is_none();
        found.append(&mut page.items);
        page.next
    }
}

pub(super) async fn history(cx: &Cx, id: &str) -> Result<(), Fault> {
    let versions = cx.haven().await?.history(id).await?;
    cx.tell_all(versions.iter().map(VersionShape::of), |style| {
        let line = |version: &haven_api::journal::EntryVersion| {
            let at = when::local(version.at);
            format!("{}  {at}  {}\n", style.faint(&version.version), style.line(&version.device))
        };
        versions.iter().map(line).collect()
    })
}

pub(super) async fn restore(cx: &Cx, id: &str, version: &str) -> Result<(), Fault> {
    let written = cx.haven().await?.restore(id, version).await?;
    tell(cx, written.id.to_string())
}

pub(super) async fn trash(cx: &Cx, id: &str) -> Result<(), Fault> {
    let id = cx.haven().await?.trash(id).await?;
    tell(cx, id.to_string())?;
    cx.note("It is in the trash; `haven untrash` brings it back.");
    Ok(())
}

pub(super) async fn untrash(cx: &Cx, id: &str) -> Result<(), Fault> {
    let id = cx.haven().await?.untrash(id).await?;
    tell(cx, id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(limit: usize, total: usize, asked: &[u32]) {
        let mut rest = Rest::new(limit);
        let (mut found, mut limits) = (Vec::new(), Vec::new());
        while let Some(limit) = rest.next_limit() {
            limits.push(limit);
            let items = vec![(); (limit as usize).min(total - found.len())];
            let next = (found.len() + items.len() < total).then(|| "on".to_owned());
            rest.take(Page { items, next, total: 0 }, &mut found);
        }
        assert_eq!(limits, asked, "{limit} of {total}");
        assert_eq!(found.len(), if limit == 0 { total } else { limit.min(total) }, "{limit} of {total}");
    }

    #[test]
    fn pages_are_read_until_enough_is_there() {
        check(20, 5, &[20]);
        check(20, 50, &[20]);
        check(0, 2_500, &[1_000, 1_000, 1_000]);
        check(1_500, 5_000, &[1_000, 500]);
        check(0, 0, &[1_000]);
    }
}
