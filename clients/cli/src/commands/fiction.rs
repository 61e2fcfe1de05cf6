//! A fictional journal, to look around in.

use haven_api::journal::{Draft, ExerciseChoice, Filter};
use haven_api::people::PersonEdit;
use haven_core::fiction::{CAST, Page, TAG, pages};
use haven_core::id::PersonId;
use haven_core::time::CivilTime;
use serde::Serialize;

use crate::args::DemoArgs;
use crate::cx::{Cx, Haven};
use crate::fault::Fault;
use crate::{text, when};

#[derive(Serialize)]
struct WrittenShape {
    entries: usize,
    people: usize,
}

/// Fills an empty journal. One in which somebody has written is left alone, whatever is asked.
pub(super) async fn run(cx: &Cx, args: DemoArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let is_empty = haven.list(&Filter::default(), 1, None).await?.items.is_empty();
    if !is_empty || !haven.people().await?.is_empty() {
        return Err(Fault::decision(
            "nothing was written",
            "this journal isn't empty, and made-up pages don't belong among yours",
            "Make another journal for it: `HAVEN_HOME=/tmp/fiction haven init --name Fiction`.",
        ));
    }
    let cast = cast(&haven).await?;
    let pages = pages(args.seed, args.months, args.until.unwrap_or_else(when::today), &cast);
    let shape = WrittenShape { entries: pages.len(), people: cast.len() };
    for page in pages {
        haven.add(draft(page)).await?;
    }
    cx.tell(&shape, |_| {
        let entries = text::count(shape.entries as u64, "fictional entry", "fictional entries");
        format!("{entries} written. Look at them with `haven list` and `haven progress`.\n")
    })
}

/// Adds the people, and gives their ids.
async fn cast(haven: &Haven) -> Result<[PersonId; CAST.len()], Fault> {
    let mut cast = [PersonId::from_bytes([0; 16]); CAST.len()];
    for (id, role) in cast.iter_mut().zip(CAST) {
        let person = haven.add_or_find_person(role.name, true).await?.person;
        let edit = PersonEdit {
            relation: Some(Some(role.relation)),
            circle: Some(Some(role.circle)),
            add_gives: role.gives.iter().copied().collect(),
            safe: Some(Some(role.safe)),
            ..PersonEdit::default()
        };
        haven.edit_person(&person.id.to_string(), &edit).await?;
        *id = person.id;
    }
    Ok(cast)
}

fn draft(page: Page) -> Draft {
    Draft {
        kind: Some(page.kind),
        at: Some(CivilTime::from_date(page.date)),
        title: page.title,
        text: page.text,
        tags: vec![TAG.to_owned()],
        people: page.people.iter().map(ToString::to_string).collect(),
        exercise: page.answers_to.map(|id| ExerciseChoice { id, version: None }),
        answers: page.answers,
    }
}
