//! Drawing a page: the title and how far one is, the words, what is answered with, and the keys.

mod sheet;

use haven_api::practice::stepper::Stepper;
use haven_api::practice::{Field, HarmQuestion};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use self::sheet::Sheet;
use super::controls::Control;
use super::walk::{Notice, Page, Walk};
use crate::limits::PROSE_COLUMNS_MAX;
use crate::text::wrapped;

/// Something that stands back.
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
/// Something that stands out.
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

/// Draws a walk. `still`: nothing moves but numbers.
pub(super) fn draw(walk: &mut Walk, frame: &mut Frame<'_>, still: bool) {
    let area = frame.area();
    let columns = usize::from(area.width).min(PROSE_COLUMNS_MAX).saturating_sub(2).max(1);
    walk.columns = columns;
    let sheet = page(walk, columns, still);
    // A key stays with what it does: the lines break between the pairs only.
    let foot = keys(&walk.page).replace(' ', "\u{a0}").replace("\u{a0}·\u{a0}", "\u{a0}· ");
    let foot = wrapped(&foot, Some(columns)).replace('\u{a0}', " ");
    let foot: Vec<&str> = foot.lines().collect();
    let foot_height = u16::try_from(foot.len()).unwrap_or(1).min(area.height / 3);
    let [top, body, bottom] = split(area, foot_height, columns);
    head(&walk.stepper, &walk.page, frame, top, columns);
    let shown = usize::from(body.height);
    walk.scrolled = sheet.scrolled(walk.scrolled, shown);
    let lines = sheet.lines.iter().skip(walk.scrolled).take(shown);
    for (line, y) in lines.zip(body.y..) {
        frame.buffer_mut().set_line(body.x, y, line, body.width);
    }
    if sheet.lines.len() > walk.scrolled + shown && body.height > 0 {
        frame.buffer_mut().set_line(body.x, body.bottom(), &Line::styled("↓ more", FAINT), body.width);
    }
    for (line, y) in foot.iter().zip(bottom.y..bottom.bottom()) {
        frame.buffer_mut().set_line(bottom.x, y, &Line::styled(*line, FAINT), bottom.width);
    }
    place_cursor(&sheet, walk.scrolled, body, frame);
}

fn place_cursor(sheet: &Sheet, scrolled: usize, body: Rect, frame: &mut Frame<'_>) {
    let Some((line, column)) = sheet.cursor else { return };
    let Some(row) = line.checked_sub(scrolled).and_then(|row| u16::try_from(row).ok()) else { return };
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(body.width.saturating_sub(1));
    if row < body.height {
        frame.set_cursor_position(Position::new(body.x + column, body.y + row));
    }
}

/// The title, a blank line, the words, a line for what comes below, and the keys.
fn split(area: Rect, foot: u16, columns: usize) -> [Rect; 3] {
    let width = u16::try_from(columns).unwrap_or(area.width);
    let x = area.x + u16::from(area.width > width);
    let head = area.height.min(2);
    let rest = area.height.saturating_sub(head + foot);
    let top = Rect::new(x, area.y, width, head);
    let body = Rect::new(x, area.y + head, width, rest.saturating_sub(1));
    let bottom = Rect::new(x, area.y + head + rest, width, foot);
    [top, body, bottom]
}

fn head(stepper: &Stepper, page: &Page, frame: &mut Frame<'_>, area: Rect, columns: usize) {
    if area.height == 0 {
        return;
    }
    let (at, count) = stepper.step();
    let step = if matches!(page, Page::Question(_)) { format!("{at} of {count}") } else { String::new() };
    let title = stepper.exercise().summary.title.as_str();
    let room = columns.saturating_sub(step.len() + 1);
    let x = area.x + u16::try_from(columns - step.len().min(columns)).unwrap_or(0);
    frame.buffer_mut().set_stringn(area.x, area.y, title, room, BOLD);
    frame.buffer_mut().set_stringn(x, area.y, step, columns, FAINT);
}

fn page(walk: &Walk, columns: usize, still: bool) -> Sheet {
    let mut sheet = Sheet::new(columns);
    match &walk.page {
        Page::Intro => intro(walk, &mut sheet),
        Page::Gate(at) => {
            if let Some(harm) = walk.harm_question() {
                ask_gate(harm, *at, &mut sheet);
            }
        }
        Page::Unsure | Page::Held => held(walk, &mut sheet),
        Page::Question(control) => {
            if let Some(field) = walk.stepper.field() {
                question(field, control, &mut sheet, still);
            }
        }
        Page::Notice(notice) => say(notice, &mut sheet),
        Page::End => end(&walk.stepper, &mut sheet),
        Page::Leaving(_) => {
            sheet.words("Leave it for now?", BOLD);
            sheet.words("What you answered is kept, and you can go on with it another time.", FAINT);
        }
    }
    if !walk.hint.is_empty() {
        sheet.blank();
        sheet.words(&walk.hint, BOLD);
        sheet.look_here();
    }
    sheet
}

fn intro(walk: &Walk, sheet: &mut Sheet) {
    let exercise = walk.stepper.exercise();
    for words in [&walk.unsafe_notice, &exercise.purpose, &exercise.notice] {
        if !words.is_empty() {
            sheet.words(words, Style::new());
            sheet.blank();
        }
    }
    sheet.words(&format!("About {} min. You can leave any question open.", exercise.summary.minutes), FAINT);
}

fn ask_gate(harm: &HarmQuestion, at: Option<usize>, sheet: &mut Sheet) {
    sheet.words(&harm.question, BOLD);
    sheet.words(&harm.help, FAINT);
    sheet.blank();
    for (number, answer) in [&harm.no, &harm.not_sure, &harm.yes].into_iter().enumerate() {
        sheet.option(answer, at == Some(number), "");
    }
}

fn held(walk: &Walk, sheet: &mut Sheet) {
    let Some(harm) = walk.harm_question() else { return };
    if !walk.unsafe_notice.is_empty() {
        sheet.words(&walk.unsafe_notice, Style::new());
        sheet.blank();
    }
    sheet.words(&harm.support, Style::new());
    sheet.blank();
    sheet.words(walk.lines.trim_end(), Style::new());
    sheet.blank();
    for id in &harm.instead {
        sheet.words(&format!("  haven practice do {id}"), Style::new());
    }
    if matches!(walk.page, Page::Unsure) {
        sheet.blank();
        sheet.words(&format!("g  {}", harm.go_on), Style::new());
    }
}

fn say(notice: &Notice, sheet: &mut Sheet) {
    sheet.words(&notice.words, Style::new());
    if let Some(id) = &notice.instead {
        sheet.blank();
        sheet.words(&format!("  haven practice do {id}"), Style::new());
    }
}

fn end(stepper: &Stepper, sheet: &mut Sheet) {
    if stepper.answers().is_empty() {
        sheet.words("Nothing was answered, so there's nothing to save.", BOLD);
        return;
    }
    sheet.words("That's all for now.", BOLD);
    let open: Vec<_> = stepper.open().collect();
    if open.is_empty() {
        return;
    }
    sheet.blank();
    sheet.words("Still open, which is all right:", Style::new());
    for field in open {
        sheet.words(&format!("  {}", field.label), FAINT);
    }
}

fn question(field: &Field, control: &Control, sheet: &mut Sheet, still: bool) {
    sheet.words(&field.label, BOLD);
    if !field.help.is_empty() {
        sheet.words(&field.help, FAINT);
    }
    sheet.blank();
    sheet.control(control, still);
}

/// The keys of a page.
fn keys(page: &Page) -> String {
    let walk = "Shift-Tab back · Esc leave for now";
    match page {
        Page::Intro => "Enter begin · Esc leave".to_owned(),
        Page::Gate(_) => "↑ ↓ or n ? y choose · Enter go on · Shift-Tab back · Esc leave".to_owned(),
        Page::Unsure => "Enter close · g go on · Shift-Tab back".to_owned(),
        Page::Held => "Enter close".to_owned(),
        Page::Notice(Notice { is_last: true, .. }) => format!("Enter end here · {walk}"),
        Page::Notice(_) => format!("Enter go on · {walk}"),
        Page::End => format!("Enter save · {walk}"),
        Page::Leaving(_) => "Enter leave · Esc stay".to_owned(),
        Page::Question(control) => {
            let own = sheet::keys(control);
            format!("{own} · Shift-Tab back · Ctrl-X leave open · Esc leave for now")
        }
    }
}

/// A line of one piece.
fn line(text: impl Into<String>, style: Style) -> Line<'static> {
    Line::from(Span::styled(text.into(), style))
}

#[cfg(test)]
mod tests;
