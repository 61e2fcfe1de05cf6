//! Progress: what may honestly be shown, drawn with letters. Every sentence comes from the device.

mod draw;

use haven_api::measures::Progress;
use haven_core::progress::Topic;
use serde::Serialize;

use crate::args::ProgressArgs;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::wrapped;

#[derive(Serialize)]
struct ProgressShape<'a> {
    view: &'static str,
    enough: bool,
    data: &'a serde_json::Value,
    says: &'a str,
}

/// Shows one view, or all of them one after another.
pub(super) async fn run(cx: &Cx, args: ProgressArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let topics = args.view.map_or_else(|| Topic::ALL.to_vec(), |topic| vec![topic]);
    let mut views = Vec::with_capacity(topics.len());
    for topic in topics {
        views.push(haven.progress(topic, args.person.as_deref(), args.after).await?);
    }
    let shapes = views.iter().map(|view| ProgressShape {
        view: view.topic.as_str(),
        enough: view.enough,
        data: &view.data,
        says: &view.says,
    });
    cx.tell_all(shapes, |style| {
        let whole = |view: &Progress| {
            let (title, drawn) = (style.bold(title(view.topic)), draw::view(view, style));
            // What the drawing says already is not said again.
            let said: Vec<&str> = view.says.lines().filter(|line| !drawn.contains(line)).collect();
            let end = if said.is_empty() { "" } else { "\n" };
            format!("{title}\n{drawn}{}{end}\n", style.words(&said.join("\n")))
        };
        wrapped(&views.iter().map(whole).collect::<String>(), style.columns)
    })
}

fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Plane => "Worry and distance",
        Topic::BeforeAfter => "Before and after",
        Topic::Triggers => "Moments and urges",
        Topic::Belief => "Beliefs and predictions",
        Topic::Signs => "The seven signs",
        Topic::People => "Your people",
        Topic::Homework => "Agreed and tried",
        Topic::Measures => "Measures",
        Topic::Days => "Days you wrote",
    }
}
