//! Drawing a page: the title and how far one is, the words, what is answered with, and the keys.

mod sheet;

use haven_api::practice::HarmQuestion;
use haven_api::walk::{End, Held, Notice, Page, Question, Suggested};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use self::sheet::Sheet;
use super::walk::Walk;
use super::{offers, opening};
use crate::limits::PROSE_COLUMNS_MAX;
use crate::text::wrapped;

/// Something that stands back.
const FAINT: Style = Style::new().add_modifier(Modifier::DIM);
/// Something that stands out.
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

/// How many rows what stays on the screen leaves for the rest, and for saying that there is more of it.
const PINNED_LEAVES: u16 = 4;

/// Draws a walk. `still`: nothing moves but numbers.
pub(super) fn draw(walk: &mut Walk, frame: &mut Frame<'_>, still: bool) {
    let area = frame.area();
    let columns = usize::from(area.width).min(PROSE_COLUMNS_MAX).saturating_sub(2).max(1);
    walk.columns = columns;
    let mut sheet = page(walk, columns, still);
    // A key stays with what it does: the lines break between the pairs only.
    let foot = keys(walk).replace(' ', "\u{a0}").replace("\u{a0}·\u{a0}", "\u{a0}· ");
    let foot = wrapped(&foot, Some(columns)).replace('\u{a0}', " ");
    let foot: Vec<&str> = foot.lines().collect();
    let foot_height = u16::try_from(foot.len()).unwrap_or(1).min(area.height / 3);
    let [top, body, bottom] = split(area, foot_height, columns);
    head(walk, frame, top, columns);
    let body = pin(&mut sheet, frame, body);
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

/// Draws what has to stay on the screen, and gives the room that is left for the rest. Where everything fits, it stands right
/// below.
fn pin(sheet: &mut Sheet, frame: &mut Frame<'_>, body: Rect) -> Rect {
    let pinned = std::mem::take(&mut sheet.pinned);
    if pinned.is_empty() {
        return body;
    }
    if sheet.lines.len() + 1 + pinned.len() <= usize::from(body.height) {
        sheet.blank();
        sheet.lines.extend(pinned);
        return body;
    }
    let most = body.height.saturating_sub(PINNED_LEAVES);
    let height = u16::try_from(pinned.len()).unwrap_or(most).min(most);
    for (line, y) in pinned.iter().zip(body.bottom() - height..body.bottom()) {
        frame.buffer_mut().set_line(body.x, y, line, body.width);
    }
    Rect { height: body.height.saturating_sub(height + 1), ..body }
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

fn head(walk: &Walk, frame: &mut Frame<'_>, area: Rect, columns: usize) {
    if area.height == 0 {
        return;
    }
    let step = match walk.question() {
        Some(asked) if !walk.is_leaving => format!("{} of {}", asked.number, asked.total),
        _ => String::new(),
    };
    let title = walk.told.subject.title.as_str();
    let room = columns.saturating_sub(step.len() + 1);
    let x = area.x + u16::try_from(columns - step.len().min(columns)).unwrap_or(0);
    frame.buffer_mut().set_stringn(area.x, area.y, title, room, BOLD);
    frame.buffer_mut().set_stringn(x, area.y, step, columns, FAINT);
}

fn page(walk: &Walk, columns: usize, still: bool) -> Sheet {
    let mut sheet = Sheet::new(columns);
    if walk.is_leaving {
        sheet.words("Leave it for now?", BOLD);
        sheet.words("What you answered is kept, and you can go on with it another time.", FAINT);
    } else {
        match &walk.told.page {
            Page::Intro(intro) => {
                for words in opening(intro) {
                    sheet.words(words, Style::new());
                    sheet.blank();
                }
                let minutes = walk.told.subject.minutes;
                sheet.words(&format!("About {minutes} min. You can leave any question open."), FAINT);
            }
            Page::Gate(harm) => ask_gate(harm, walk.chosen, &mut sheet),
            Page::Unsure(harm, instead) => held(walk, ("", harm, instead), true, &mut sheet),
            Page::Held(Held { question, instead, notice, .. }) => {
                held(walk, (notice, question, instead), false, &mut sheet);
            }
            Page::Question(asked) => question(walk, asked, &mut sheet, still),
            Page::Notice(notice) => say(notice, &mut sheet),
            Page::Support(why) => sheet.words(why, Style::new()),
            Page::End(it) => end(walk, it, &mut sheet),
        }
    }
    if !walk.hint.is_empty() {
        sheet.blank();
        sheet.words(&walk.hint, BOLD);
        sheet.look_here();
    }
    sheet
}

fn ask_gate(harm: &HarmQuestion, at: Option<usize>, sheet: &mut Sheet) {
    sheet.words(&harm.question, BOLD);
    sheet.words(&harm.help, FAINT);
    sheet.blank();
    for (number, answer) in [&harm.no, &harm.not_sure, &harm.yes].into_iter().enumerate() {
        sheet.option(answer, at == Some(number), "");
    }
}

/// That it does not go on: what is said first, the support, and what to do instead.
fn held(
    walk: &Walk,
    (notice, harm, instead): (&str, &HarmQuestion, &[Suggested]),
    goes_on: bool,
    sheet: &mut Sheet,
) {
    if !notice.is_empty() {
        sheet.words(notice, Style::new());
        sheet.blank();
    }
    sheet.words(&harm.support, Style::new());
    sheet.blank();
    if goes_on {
        sheet.words(&format!("g  {}", harm.go_on), Style::new());
        sheet.blank();
    }
    for exercise in instead {
        sheet.words(&offers(exercise), Style::new());
    }
    sheet.blank();
    sheet.words(walk.lines.more, Style::new());
    // Whom to call is never below the edge of the screen.
    sheet.pin(&walk.lines.numbers);
}

fn say(notice: &Notice, sheet: &mut Sheet) {
    sheet.words(&notice.words.join("\n\n"), Style::new());
    if let Some(exercise) = &notice.instead {
        sheet.blank();
        sheet.words(&offers(exercise), Style::new());
    }
}

fn end(walk: &Walk, end: &End, sheet: &mut Sheet) {
    if !end.unfit.is_empty() {
        sheet.words("Before it's saved, this needs another look:", BOLD);
        for unfit in &end.unfit {
            sheet.words(&format!("  {}", unfit.label), FAINT);
        }
        return;
    }
    if !end.has_answers && walk.told.draft.entry.is_none() {
        let nothing = match walk.told.draft.draft.answers.is_empty() {
            true => "Nothing was answered, so there's nothing to save.",
            false => "That's all for now. Nothing is kept.",
        };
        sheet.words(nothing, BOLD);
        return;
    }
    sheet.words("That's all for now.", BOLD);
    if end.open.is_empty() {
        return;
    }
    sheet.blank();
    sheet.words("Still open, which is all right:", Style::new());
    for label in &end.open {
        sheet.words(&format!("  {label}"), FAINT);
    }
}

fn question(walk: &Walk, asked: &Question, sheet: &mut Sheet, still: bool) {
    sheet.words(&asked.field.label, BOLD);
    if !asked.field.help.is_empty() {
        sheet.words(&asked.field.help, FAINT);
    }
    sheet.blank();
    if let Some(control) = &walk.control {
        sheet.control(control, still);
    }
}

/// The keys of a page.
fn keys(walk: &Walk) -> String {
    if walk.is_leaving {
        return "Enter leave · Esc stay".to_owned();
    }
    let walks = "Shift-Tab back · Esc leave for now";
    match &walk.told.page {
        Page::Intro(_) => "Enter begin · Esc leave".to_owned(),
        Page::Gate(_) => "↑ ↓ or n ? y choose · Enter confirm · Shift-Tab back · Esc leave".to_owned(),
        Page::Unsure(..) => "Enter close · g go on · Shift-Tab back".to_owned(),
        Page::Held(Held { choose_another: true, .. }) => {
            "Enter close · Shift-Tab choose someone else".to_owned()
        }
        Page::Held(_) if walk.told.has_back => "Enter close · Shift-Tab back".to_owned(),
        Page::Held(_) => "Enter close".to_owned(),
        Page::Notice(Notice { is_last: true, .. }) => format!("Enter end here · {walks}"),
        Page::Notice(_) | Page::Support(_) => format!("Enter go on · {walks}"),
        Page::End(end) if !end.unfit.is_empty() => format!("Enter look at it · {walks}"),
        Page::End(end) if !end.has_answers && walk.told.draft.entry.is_none() => {
            format!("Enter close · {walks}")
        }
        Page::End(_) => format!("Enter save · {walks}"),
        Page::Question(_) => {
            let own = walk.control.as_ref().map_or("", sheet::keys);
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
