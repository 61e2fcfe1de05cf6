//! The people a person writes about.

use haven_api::people::Person;

use crate::args::PeopleCommand;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::shapes::PersonShape;

pub(super) async fn run(cx: &Cx, command: PeopleCommand) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    match command {
        PeopleCommand::List => {
            let people = haven.people().await?;
            cx.tell_all(people.iter().map(PersonShape::of), |style| {
                let line = |person: &Person| {
                    let id = &person.id.to_string()[..ID_SHOWN];
                    format!("{}  {}\n", style.faint(id), style.bold(&style.line(person.name.as_str())))
                };
                people.iter().map(line).collect()
            })
        }
        PeopleCommand::Add { name } => {
            let person = haven.add_person(&name).await?;
            cx.tell(&PersonShape::of(&person), |_| person.id.to_string())
        }
    }
}
