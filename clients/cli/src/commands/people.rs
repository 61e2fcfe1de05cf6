//! The people a person writes about.

use haven_api::error::ErrorReason;
use haven_api::people::{Circle, Person, PersonEdit, Relation, Safe};

use super::done::{KEPT, done_in_words};
use crate::args::{PeopleCommand, PersonArgs};
use crate::ask;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::shapes::PersonShape;
use crate::text::Style;

pub(super) async fn run(cx: &Cx, command: PeopleCommand) -> Result<(), Fault> {
    match command {
        PeopleCommand::List => list(cx).await,
        PeopleCommand::Add { name, said, yes } => add(cx, &name, &said, yes).await,
        PeopleCommand::Edit { person, name, said } => edit(cx, &person, name.as_deref(), &said).await,
        PeopleCommand::Merge { from, into, yes } => merge(cx, &from, &into, yes).await,
        PeopleCommand::Forget { person, yes } => forget(cx, &person, yes).await,
    }
}

async fn list(cx: &Cx) -> Result<(), Fault> {
    let people = cx.haven().await?.people().await?;
    if people.is_empty() {
        cx.nothing("You haven't added anyone yet. `haven people add NAME` adds someone you write about.");
    }
    cx.tell_all(people.iter().map(PersonShape::of), |style| {
        people.iter().map(|person| in_words(person, style)).collect()
    })
}

async fn add(cx: &Cx, name: &str, said: &PersonArgs, yes: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let added = match haven.add_or_find_person(name, yes).await {
        Err(error) if error.reason == ErrorReason::ConfirmationNeeded && cx.asks => {
            let question = "Someone in your journal has this name already, with other capital letters. Is this someone else?";
            ask::agree(cx, false, question, "nobody was added").await?;
            haven.add_or_find_person(name, true).await?
        }
        added => added?,
    };
    if added.known {
        cx.note("They were in your journal already.");
    }
    let mut person = added.person;
    let edit = edit_of(said);
    if edit != PersonEdit::default() {
        person = haven.edit_person(&person.id.to_string(), &edit).await?;
    }
    let id = person.id.to_string();
    cx.tell(&PersonShape::of(&person), |style| done_in_words(KEPT, &id, style))
}

async fn edit(cx: &Cx, person: &str, name: Option<&str>, said: &PersonArgs) -> Result<(), Fault> {
    let name = name.map(str::parse).transpose().map_err(|error: haven_core::person::NameError| {
        Fault::usage("the name can't be used", error.to_string(), "Give the name in one line.")
    })?;
    let edit = PersonEdit { name, ..edit_of(said) };
    if edit == PersonEdit::default() {
        return Err(Fault::usage(
            "nothing was changed",
            "no change was given",
            "Give one, such as --name or --circle; `haven people edit --help` shows them.",
        ));
    }
    let person = cx.haven().await?.edit_person(person, &edit).await?;
    cx.tell(&PersonShape::of(&person), |style| in_words(&person, style))
}

async fn merge(cx: &Cx, from: &str, into: &str, yes: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let question =
        "Every entry about the first will be about the second, on all devices. This can't be undone.";
    ask::agree(cx, yes, question, "nobody was merged").await?;
    let person = haven.merge_people(from, into).await?;
    cx.tell(&PersonShape::of(&person), |style| in_words(&person, style))
}

async fn forget(cx: &Cx, person: &str, yes: bool) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let question = "Your entries stay and do not name them any more. What you wrote in the text stays as it is, and the \
                    name stays in the history of the journal.";
    ask::agree(cx, yes, question, "nobody was forgotten").await?;
    haven.forget_person(person).await?;
    Ok(())
}

fn edit_of(said: &PersonArgs) -> PersonEdit {
    PersonEdit {
        name: None,
        relation: said.relation.map(|word| word.0),
        circle: said.circle.map(|word| word.0),
        add_gives: said.gives.iter().copied().collect(),
        remove_gives: said.gives_not.iter().copied().collect(),
        safe: said.safe.map(|word| word.0),
        died: said.died,
    }
}

fn in_words(person: &Person, style: Style) -> String {
    let mut facts =
        vec![style.faint(&person.id.to_string()[..ID_SHOWN]), style.bold(&style.line(person.name.as_str()))];
    facts.extend(person.relation.map(|word| relation(word).to_owned()));
    facts.extend(person.circle.map(|word| circle(word).to_owned()));
    let gives: Vec<_> = person.gives.iter().map(|gift| gift.as_str()).collect();
    facts.extend((!gives.is_empty()).then(|| format!("gives: {}", gives.join(", "))));
    facts.extend(person.safe.map(|word| safe(word).to_owned()));
    facts.extend(person.died.then(|| "has died".to_owned()));
    format!("{}\n", facts.join("  "))
}

fn relation(word: Relation) -> &'static str {
    match word {
        Relation::Mother => "mother or like one",
        Relation::Father => "father or like one",
        Relation::Partner => "partner",
        Relation::FormerPartner => "former partner",
        Relation::Friend => "friend",
        Relation::Family => "family",
        Relation::Colleague => "colleague",
        Relation::Neighbour => "neighbour",
        Relation::Housemate => "housemate",
        Relation::Professional => "helps by profession",
        Relation::Other => "someone else",
    }
}

fn circle(word: Circle) -> &'static str {
    match word {
        Circle::Inner => "inner circle",
        Circle::Middle => "middle circle",
        Circle::Outer => "outer circle",
    }
}

fn safe(word: Safe) -> &'static str {
    match word {
        Safe::Yes => "safe to be open with",
        Safe::Mostly => "mostly safe to be open with",
        Safe::No => "not safe to be open with",
    }
}
