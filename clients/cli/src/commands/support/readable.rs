//! Which lines of the plan can be read while the journal is locked.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use haven_api::support::{Chosen, Line, Lines};
use serde::Serialize;

use super::{MARK, no_plan, unlock_first};
use crate::args::ReadableArgs;
use crate::ask;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::Style;

/// What is said over a list in which nothing is chosen.
const NOTHING: &str = "Nothing of your plan can be read while the journal is locked.";

/// How lines are chosen.
const CHOOSE: &str =
    "`haven plan readable 1 2` lets exactly the lines 1 and 2 be read then; it says first what that means.";

#[derive(Serialize)]
struct LineShape<'a> {
    number: usize,
    field: &'a str,
    label: &'a str,
    text: &'a str,
    readable: bool,
}

/// Lists the lines, or chooses some.
pub(super) async fn run(cx: &Cx, args: &ReadableArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let lines = haven.plan_lines().await.map_err(unlock_first)?;
    if args.none {
        haven.set_readable_lines(BTreeSet::new(), false).await.map_err(unlock_first)?;
        return listed(cx, &haven).await;
    }
    if lines.lines.is_empty() {
        return Err(no_plan());
    }
    if args.numbers.is_empty() {
        listed(cx, &haven).await?;
        cx.note(CHOOSE);
        return Ok(());
    }
    choose(cx, &haven, &lines, args).await?;
    listed(cx, &haven).await
}

/// Makes exactly these lines readable. Taking back needs no word of the person; a line that is added does.
async fn choose(cx: &Cx, haven: &Haven, lines: &Lines, args: &ReadableArgs) -> Result<(), Fault> {
    let wanted = numbered(&lines.lines, &args.numbers)?;
    let adds = wanted.iter().any(|(_, line)| !line.readable);
    if adds {
        if cx.asks && !args.yes {
            let style = Style { colors: false, terminal: true, ..cx.style };
            aside(&in_words(wanted.iter().copied(), style));
        }
        ask::agree(cx, args.yes, &lines.warning.join("\n"), "nothing was changed").await?;
    }
    let chosen: BTreeSet<Chosen> = wanted.iter().map(|(_, line)| line.chosen()).collect();
    haven.set_readable_lines(chosen, adds).await.map_err(unlock_first)
}

/// The lines with these numbers, in their order.
fn numbered<'a>(lines: &'a [Line], numbers: &[usize]) -> Result<Vec<(usize, &'a Line)>, Fault> {
    let numbers: BTreeSet<usize> = numbers.iter().copied().collect();
    let line = |number: usize| {
        let line = number.checked_sub(1).and_then(|index| lines.get(index));
        line.map(|line| (number, line)).ok_or_else(|| {
            let why = format!("there's no line {number}");
            Fault::usage(
                "nothing was changed",
                why,
                "`haven plan readable` shows the lines and their numbers.",
            )
        })
    };
    numbers.into_iter().map(line).collect()
}

/// Shows the lines as they are now.
async fn listed(cx: &Cx, haven: &Haven) -> Result<(), Fault> {
    let lines = haven.plan_lines().await.map_err(unlock_first)?.lines;
    cx.tell_all(each(&lines).map(|(number, line)| LineShape::of(number, line)), |style| {
        in_words(each(&lines), style)
    })?;
    if !lines.iter().any(|line| line.readable) {
        cx.note(NOTHING);
    }
    Ok(())
}

/// The lines with their numbers, as a person counts.
fn each(lines: &[Line]) -> impl Iterator<Item = (usize, &Line)> {
    (1..).zip(lines)
}

fn in_words<'a>(lines: impl Iterator<Item = (usize, &'a Line)>, style: Style) -> String {
    let (mut words, mut over) = (String::new(), None);
    for (number, line) in lines {
        if over != Some(&line.field) {
            let _ = writeln!(words, "  {}", style.words(&line.label));
            over = Some(&line.field);
        }
        let mark = if line.readable { style.faint(MARK) } else { String::new() };
        let text = style.words(&line.text).replace('\n', "\n        ");
        let _ = writeln!(words, "    {number:>2}  {text}{mark}");
    }
    words
}

impl<'a> LineShape<'a> {
    fn of(number: usize, line: &'a Line) -> Self {
        Self { number, field: &line.field, label: &line.label, text: &line.text, readable: line.readable }
    }
}
