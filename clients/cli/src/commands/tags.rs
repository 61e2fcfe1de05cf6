//! The tags of the journal.

use haven_api::journal::TagCount;
use serde::Serialize;

use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::{Style, count};

#[derive(Serialize)]
struct TagShape<'a> {
    tag: &'a str,
    entries: u32,
}

impl<'a> TagShape<'a> {
    fn of(count: &'a TagCount) -> Self {
        Self { tag: count.tag.as_str(), entries: count.entries }
    }
}

/// Lists the tags, the most used first.
pub(super) async fn run(cx: &Cx) -> Result<(), Fault> {
    let tags = cx.haven().await?.tags().await?;
    cx.tell_all(tags.iter().map(TagShape::of), |style| {
        tags.iter().map(|tag| in_words(tag, style)).collect()
    })?;
    if tags.is_empty() {
        cx.nothing(
            "No entry has a tag yet. `haven add --tag WORD` or `haven edit ID --tag WORD` puts one on.",
        );
    }
    Ok(())
}

fn in_words(tag: &TagCount, style: Style) -> String {
    let entries = count(tag.entries.into(), "entry", "entries");
    format!("{}  {}\n", style.bold(&format!("#{}", style.line(tag.tag.as_str()))), style.faint(&entries))
}
