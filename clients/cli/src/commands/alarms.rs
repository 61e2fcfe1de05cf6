//! What went wrong and the person should know.

use haven_api::alarms::Alarm;
use serde::Serialize;

use crate::args::AlarmCommand;
use crate::cx::Cx;
use crate::fault::Fault;
use crate::text::{Style, wrapped};
use crate::when;

#[derive(Serialize)]
struct AlarmShape<'a> {
    id: &'a str,
    kind: &'a str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<&'a str>,
    count: u64,
    what: &'a str,
    why: &'a str,
    next: &'a str,
    resolved: bool,
}

impl<'a> AlarmShape<'a> {
    fn of(alarm: &'a Alarm) -> Self {
        Self {
            id: &alarm.id,
            kind: &alarm.kind,
            since: alarm.since.to_string(),
            device: alarm.device.as_deref(),
            said_by: alarm.said_by.as_deref(),
            count: alarm.count,
            what: &alarm.what,
            why: &alarm.why,
            next: alarm.next_at_terminal(),
            resolved: false,
        }
    }
}

#[derive(Serialize)]
struct Resolved<'a> {
    id: &'a str,
    resolved: bool,
}

pub(super) async fn run(cx: &Cx, command: Option<AlarmCommand>) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    match command {
        None => {
            let alarms = haven.alarms().await?;
            if alarms.is_empty() {
                cx.nothing("No alarm waits for you.");
            }
            show(cx, &alarms)
        }
        Some(AlarmCommand::Resolve { id }) => {
            haven.resolve_alarm(&id).await?;
            cx.tell(&Resolved { id: &id, resolved: true }, |_| "The alarm is settled.\n".to_owned())
        }
    }
}

/// Prints alarms.
pub(super) fn show(cx: &Cx, alarms: &[Alarm]) -> Result<(), Fault> {
    cx.tell_all(alarms.iter().map(AlarmShape::of), |style| {
        alarms.iter().map(|alarm| wrapped(&in_words(alarm, style), style.columns)).collect()
    })
}

fn in_words(alarm: &Alarm, style: Style) -> String {
    let about = alarm.device.as_ref().map(|name| format!(" ({})", style.line(name))).unwrap_or_default();
    let often = if alarm.count > 1 { format!(", {} times", alarm.count) } else { String::new() };
    let by =
        alarm.said_by.as_ref().map(|name| format!(", according to {}", style.line(name))).unwrap_or_default();
    format!(
        "{}  {}{about}{by}, since {}{often}\n  why:  {}\n  next: {}\n",
        style.faint(&alarm.id),
        style.bold(&alarm.what),
        when::local(alarm.since),
        alarm.why,
        alarm.next_at_terminal()
    )
}
