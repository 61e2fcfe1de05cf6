//! Reading entries, and the trash.

use std::cell::RefCell;
use std::fmt::Write as _;

use haven_api::journal::{Entry, EntryRead, Filter, Hit, Page, ReadAnswer, Summary};
use haven_core::limits::LIST_LIMIT_MAX;
use haven_core::time::Date;

use super::done::tell_done;
use super::{meeting, several};
use crate::args::{ListArgs, SearchArgs, ShowArgs};
use crate::cx::{Cx, Haven};
use crate::fault::{Exit, Fault};
use crate::shapes::{EntryShape, HitShape, ListedShape};
use crate::text::{Style, marks, summary, wrapped};
use crate::when;

/// What stands between two entries that are read one after the other.
const BETWEEN: &str = "\n* * *\n\n";

pub(super) async fn show(cx: &Cx, args: &ShowArgs) -> Result<Exit, Fault> {
    if args.version.is_some() && args.ids.len() > 1 {
        let next = "Name one entry with --version, or several without.";
        return Err(Fault::usage("nothing is shown", "a version belongs to one entry", next));
    }
    let haven = cx.haven().await?;
    let pages = RefCell::new(Vec::new());
    let one = async |id: &str| {
        let read = haven.entry_in_words(id, args.version.as_deref()).await?;
        if cx.json {
            return cx.line(&EntryShape::of(&read));
        }
        let page = whole(&haven, &read, cx.style).await?;
        pages.borrow_mut().push(page);
        Ok(())
    };
    let exit = several::each(cx, &args.ids, one).await?;
    let pages = pages.into_inner();
    if !pages.is_empty() {
        cx.page(&wrapped(&pages.join(BETWEEN), cx.style.columns))?;
    }
    Ok(exit)
}

/// An entry with what met in it.
pub(super) async fn whole(haven: &Haven, read: &EntryRead, style: Style) -> Result<String, Fault> {
    Ok(in_words(&read.entry, &read.answers, style) + &meeting::in_words(haven, read, style).await?)
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
    let nothing = nothing(&args, cx.style);
    let next_day = args.on.map(|day| day.plus_days(1)).filter(|next| Some(*next) > args.on);
    let filter = Filter {
        before: args.before.or(next_day),
        after: args.after.or(args.on),
        tags: args.tags,
        people: args.people,
        kind: args.kind,
        trashed: args.trashed,
        met: args.met,
        exercise: args.exercise,
        feelings: args.feelings,
    };
    let haven = cx.haven().await?;
    let mut rest = Rest::new(args.limit);
    let (mut found, mut page, mut total) = (Vec::<Summary>::new(), None, 0);
    while let Some(limit) = rest.next_limit() {
        let part = haven.list(&filter, limit, page.as_deref()).await?;
        total = part.total;
        tell_near(cx, &part);
        page = rest.take(part, &mut found);
    }
    cx.tell_all(found.iter().map(ListedShape::of), |style| {
        found.iter().map(|entry| summary(entry, style)).collect()
    })?;
    if found.is_empty() {
        cx.nothing(&nothing);
    }
    tell_more(cx, found.len(), total);
    Ok(())
}

/// What is said where a list is empty: how to begin, or what was looked for.
fn nothing(args: &ListArgs, style: Style) -> String {
    let named = |name: &str, value: Option<String>| value.map(|value| format!("--{name} {value}"));
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let tags = args.tags.iter().filter_map(|tag| named("tag", Some(tag.clone())));
    let people = args.people.iter().filter_map(|person| named("person", Some(person.clone())));
    let mut wanted: Vec<String> = tags.chain(people).collect();
    wanted.extend(args.feelings.iter().filter_map(|feeling| named("feeling", Some(feeling.clone()))));
    wanted.extend(named("exercise", args.exercise.as_ref().map(ToString::to_string)));
    wanted.extend(named("kind", args.kind.map(|kind| kind.to_string())));
    wanted.extend(named("on", day(args.on)));
    wanted.extend(named("after", day(args.after)));
    wanted.extend(named("before", day(args.before)));
    if args.met && wanted.is_empty() {
        return "No edits wait for you to choose between them.".to_owned();
    }
    match (wanted.is_empty(), args.trashed) {
        (true, false) => "Your journal has no entries yet. Write the first one with `haven add`.".to_owned(),
        (true, true) => "The trash is empty.".to_owned(),
        (false, trashed) => {
            let place = if trashed { "Nothing in the trash" } else { "No entry" };
            format!("{place} matches {}.", style.line(&wanted.join(" ")))
        }
    }
}

pub(super) async fn search(cx: &Cx, args: SearchArgs) -> Result<(), Fault> {
    let query = args.query.join(" ");
    let haven = cx.haven().await?;
    let mut rest = Rest::new(args.limit);
    let (mut found, mut page, mut total) = (Vec::<Hit>::new(), None, 0);
    while let Some(limit) = rest.next_limit() {
        let part = haven.search(&query, limit, page.as_deref()).await?;
        total = part.total;
        tell_near(cx, &part);
        page = rest.take(part, &mut found);
    }
    cx.tell_all(found.iter().map(HitShape::of), |style| {
        found.iter().map(|hit| hit_in_words(hit, style)).collect()
    })?;
    if found.is_empty() {
        cx.nothing(&format!("No entry matches {}.", cx.style.line(&query)));
    }
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

/// Says what was meant, perhaps, where nothing has the tag, the exercise or the feeling that was asked for.
fn tell_near<T>(cx: &Cx, page: &Page<T>) {
    for (missing, near) in [
        ("No entry has that tag", &page.near_tags),
        ("No entry answers an exercise or a measure with that id", &page.near_exercises),
        ("No entry names that feeling", &page.near_feelings),
    ] {
        if !near.is_empty() {
            let near: Vec<_> = near.iter().map(|name| format!("\"{}\"", cx.style.line(name))).collect();
            cx.note(&format!("{missing}. Did you mean {}?", near.join(" or ")));
        }
    }
}

fn tell_more(cx: &Cx, shown: usize, total: u32) {
    if cx.style.terminal && shown < total as usize {
        cx.note(&format!("{shown} of {total}; -n 0 shows all."));
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

/// Puts entries into the trash.
pub(super) async fn trash(cx: &Cx, ids: &[String]) -> Result<Exit, Fault> {
    let haven = cx.haven().await?;
    let one = async |id: &str| tell_done(cx, "In the trash.", &haven.trash(id).await?.to_string());
    let exit = several::each(cx, ids, one).await?;
    if exit == Exit::Done {
        cx.note("`haven untrash` brings it back.");
    }
    Ok(exit)
}

/// Takes entries out of the trash.
pub(super) async fn untrash(cx: &Cx, ids: &[String]) -> Result<Exit, Fault> {
    let haven = cx.haven().await?;
    let one = async |id: &str| tell_done(cx, "Back from the trash.", &haven.untrash(id).await?.to_string());
    several::each(cx, ids, one).await
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
            let page = Page {
                items,
                next,
                total: 0,
                near_tags: Vec::new(),
                near_exercises: Vec::new(),
                near_feelings: Vec::new(),
            };
            rest.take(page, &mut found);
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
