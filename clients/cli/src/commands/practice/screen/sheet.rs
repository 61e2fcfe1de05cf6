//! The words of a page as lines, with the one that has to be seen.

use haven_core::answers::Seconds;
use haven_core::exercise::Part;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use textwrap::core::display_width;

use super::super::NOT_SAFE;
use super::super::answers::MOMENTS;
use super::super::controls::{Clock, Control, Dial, Feelings, Moment, Pick, Rows, Typed, Words};
use super::{BOLD, FAINT, line};
use crate::text::wrapped;

/// Where the arrows are.
const HERE: Style = Style::new().add_modifier(Modifier::BOLD.union(Modifier::REVERSED));
/// The most columns of a bar.
const BAR_COLUMNS_MAX: usize = 50;
/// The most columns of words with a number behind them: the eye has to find the number.
const WEIGHED_COLUMNS_MAX: usize = 48;
/// Where the person's own word begins.
const OWN_WORD_COLUMNS: usize = 17;
/// The room for a weight.
const WEIGHT_COLUMNS: usize = 6;

/// Lines, the line that has to be seen, and where letters go.
pub(super) struct Sheet {
    pub(super) lines: Vec<Line<'static>>,
    /// Lines that stay below the others however far those are scrolled.
    pub(super) pinned: Vec<Line<'static>>,
    columns: usize,
    focus: Option<usize>,
    /// Line and column.
    pub(super) cursor: Option<(usize, usize)>,
}

impl Sheet {
    pub(super) fn new(columns: usize) -> Self {
        Self { lines: Vec::new(), pinned: Vec::new(), columns, focus: None, cursor: None }
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    /// Words, broken between words.
    pub(super) fn words(&mut self, words: &str, style: Style) {
        let broken = wrapped(words, Some(self.columns));
        self.lines.extend(broken.split('\n').map(|row| line(row, style)));
    }

    /// Words that have to stay on the screen, below the others.
    pub(super) fn pin(&mut self, words: &str) {
        let broken = wrapped(words, Some(self.columns));
        self.pinned.extend(broken.split('\n').map(|row| line(row, Style::new())));
    }

    /// Makes the last line the one that has to be seen.
    pub(super) fn look_here(&mut self) {
        self.focus = self.lines.len().checked_sub(1);
    }

    /// How far to scroll so that what matters is seen, from where it was scrolled to.
    pub(super) fn scrolled(&self, scrolled: usize, height: usize) -> usize {
        let most = self.lines.len().saturating_sub(height);
        let Some(focus) = self.focus else { return scrolled.min(most) };
        // The first lines tell what is asked; they stay as long as they can.
        (focus + 2).saturating_sub(height).min(most)
    }

    /// Something to choose.
    pub(super) fn option(&mut self, label: &str, is_here: bool, mark: &str) {
        let (sign, style) = if is_here { ("> ", HERE) } else { ("  ", Style::new()) };
        let indent = 2 + display_width(mark);
        let room = self.columns.saturating_sub(indent).max(1);
        for (number, row) in wrapped(label, Some(room)).split('\n').enumerate() {
            let before = if number == 0 { format!("{sign}{mark}") } else { " ".repeat(indent) };
            self.lines.push(Line::from(vec![Span::raw(before), Span::styled(row.to_owned(), style)]));
        }
        if is_here {
            self.look_here();
        }
    }

    pub(super) fn control(&mut self, control: &Control, still: bool) {
        match control {
            Control::Words(it) => self.written(it),
            Control::Dial(it) => self.dial(it),
            Control::Pick(it) => self.pick(it),
            Control::Rows(it) => self.rows(it),
            Control::Feelings(it) => self.feelings(it),
            Control::Clock(it) => self.clock(it, still),
            Control::Sentence(it) => self.words(it, Style::new()),
        }
    }

    fn written(&mut self, words: &Words) {
        if let Typed::Line { offered } = &words.typed {
            for item in offered {
                self.words(&format!("  · {item}"), FAINT);
            }
            if !offered.is_empty() {
                self.blank();
            }
        }
        let first = self.lines.len();
        let room = self.columns;
        self.lines.extend(words.line.shown(room).into_iter().map(|row| line(row, Style::new())));
        let (row, column) = words.line.place(room);
        self.write_at(first + row, column);
        let suggested = match &words.typed {
            Typed::Day { suggested: Some(day) } => format!("for example {day}"),
            Typed::Moment { .. } => MOMENTS.to_owned(),
            _ => return,
        };
        if words.line.text.is_empty() {
            self.lines[first] = line(suggested, FAINT);
        }
    }

    fn write_at(&mut self, line: usize, column: usize) {
        self.focus = Some(line);
        self.cursor = Some((line, column));
    }

    fn dial(&mut self, dial: &Dial) {
        let scale = &dial.scale;
        let number = dial.number().filter(|number| (scale.min..=scale.max).contains(number));
        let width = (self.columns.saturating_sub(2)).min(BAR_COLUMNS_MAX);
        let range = i64::from(scale.max) - i64::from(scale.min);
        let filled = number.map_or(0, |number| {
            let along = (i64::from(number) - i64::from(scale.min)) * i64::try_from(width).unwrap_or(0);
            usize::try_from(along / range.max(1)).unwrap_or(0)
        });
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(width - filled));
        self.lines.push(line(bar, Style::new()));
        let steps = if scale.step > 1 { format!(", in steps of {}", scale.step) } else { String::new() };
        let shown = if dial.typed.is_empty() { "–" } else { &dial.typed };
        self.lines.push(Line::from(vec![
            Span::styled(shown.to_owned(), BOLD),
            if dial.is_refused {
                Span::styled(format!("   not taken: {} to {}{steps}", scale.min, scale.max), BOLD)
            } else {
                Span::styled(format!("   {} to {}{steps}", scale.min, scale.max), FAINT)
            },
        ]));
        self.look_here();
        self.blank();
        for (at, label) in &scale.anchors {
            self.option(label, number == Some(*at), &format!("{at:>4}  "));
        }
    }

    fn pick(&mut self, pick: &Pick) {
        if let Some(called) = &pick.called {
            self.lines.push(line(format!("Name: {}", called.text), Style::new()));
            let (_, column) = called.place(usize::MAX);
            self.write_at(self.lines.len() - 1, 6 + column);
            self.blank();
        }
        for at in pick.shown() {
            let mark = match &pick.chosen {
                Some(chosen) if chosen[at] => "[x] ",
                Some(_) => "[ ] ",
                None => "",
            };
            let option = &pick.options[at];
            let behind = if option.is_unsafe { NOT_SAFE } else { "" };
            self.option(&format!("{}{behind}", option.label), pick.at == Some(at), mark);
        }
        if let (None, Some(name)) = (pick.at, pick.stranger()) {
            self.words(&format!("Enter adds {name} to your people."), FAINT);
        }
        let is_silent = pick.called.as_ref().is_some_and(|called| called.text.is_empty());
        if pick.options.is_empty() && is_silent {
            self.words("You haven't added anyone yet. Type a name to add someone, or leave it empty.", FAINT);
        }
        if pick.options.is_empty() && pick.called.is_none() {
            self.words("There's nothing to choose from yet. Enter leaves this open.", FAINT);
        }
    }

    fn rows(&mut self, rows: &Rows) {
        let (number_room, widest) =
            if rows.weight.is_some() { (WEIGHT_COLUMNS + 2, WEIGHED_COLUMNS_MAX) } else { (0, usize::MAX) };
        let room = self.columns.saturating_sub(2 + number_room).clamp(1, widest);
        for (number, row) in rows.rows.iter().enumerate() {
            let first = self.lines.len();
            let is_here = number == rows.at;
            for (at, text) in row.words.shown(room).into_iter().enumerate() {
                let sign = match (at, is_here) {
                    (0, true) => "> ",
                    (0, false) => "· ",
                    _ => "  ",
                };
                let gap = " ".repeat(room.saturating_sub(display_width(text)));
                let weight = match (at, &rows.weight) {
                    (0, Some(_)) => format!("  = {}", row.weight.text),
                    _ => String::new(),
                };
                self.lines.push(line(format!("{sign}{text}{gap}{weight}"), Style::new()));
            }
            if is_here && rows.in_weight {
                self.write_at(first, 2 + room + 4 + rows.rows[number].weight.text.len());
            } else if is_here {
                let (at, column) = row.words.place(room);
                self.write_at(first + at, 2 + column);
            }
        }
        if let Some(wanted) = rows.weight.and_then(|weight| weight.sum) {
            self.lines.push(line(format!("  together {} of {wanted}", rows.sum()), FAINT));
        }
    }

    /// The group that the arrows are in stands open, the others show what is chosen in them; so forty words fit a small screen.
    fn feelings(&mut self, feelings: &Feelings) {
        for (group, members) in feelings.groups() {
            let is_open = members.contains(&feelings.at);
            if !group.is_empty() {
                let (sign, style) = if is_open { ("▾", BOLD) } else { ("▸", FAINT) };
                let felt = if is_open { String::new() } else { feelings.felt(members.clone()) };
                self.words(&format!("{sign} {group}{felt}"), style);
            }
            if is_open || group.is_empty() {
                members.for_each(|at| self.feeling(feelings, at));
            }
        }
        let is_here = feelings.at == feelings.feelings.len();
        let sign = if is_here { "> " } else { "  " };
        self.lines.push(line(format!("{sign}your own word: {}", feelings.own.text), Style::new()));
        if is_here {
            let (_, column) = feelings.own.place(usize::MAX);
            self.write_at(self.lines.len() - 1, OWN_WORD_COLUMNS + column);
        }
    }

    fn feeling(&mut self, feelings: &Feelings, at: usize) {
        let feeling = &feelings.feelings[at];
        let widest = feelings.feelings.iter().map(|feeling| display_width(&feeling.label)).max().unwrap_or(0);
        let strength = feeling.strength.map_or_else(|| "–".to_owned(), |number| number.to_string());
        self.option(&feeling.label, feelings.at == at, &format!("{strength:>3}  "));
        let bar = feeling.strength.filter(|_| feelings.scale.max <= 10 && widest + 20 < self.columns);
        if let (Some(last), Some(number)) = (self.lines.last_mut(), bar) {
            let gap = " ".repeat(widest + 2 - display_width(&feeling.label));
            let dots = "■".repeat(usize::try_from(number).unwrap_or(0));
            last.push_span(Span::raw(format!("{gap}{dots}")));
        }
        if feelings.at == at && feelings.is_refused {
            let range = format!("     not taken: {} to {}", feelings.scale.min, feelings.scale.max);
            self.words(&range, BOLD);
        }
    }

    fn clock(&mut self, clock: &Clock, still: bool) {
        if let Some(breath) = clock.breath() {
            self.breath(breath, clock.is_running, still);
            self.blank();
        }
        let ran = clock.ran_s();
        let mut told = time(ran);
        if let Some(suggested) = clock.suggested_s {
            told = format!("{told} of {}", time(suggested));
        }
        self.lines.push(line(told, BOLD));
        let state = match (clock.is_running, ran) {
            (true, _) => "Space pauses, Enter ends it.",
            (false, 0) => "Space starts it.",
            (false, _) => "It's paused. Space goes on, Enter takes it as it is.",
        };
        self.words(state, FAINT);
        if !clock.stop.is_empty() {
            self.blank();
            self.words(&format!("{} If so, press s to stop.", clock.stop), Style::new());
        }
        if clock.suggested_s.is_some_and(|suggested| ran >= suggested) {
            self.words("That's the suggested time. You can end it now or stay.", Style::new());
        }
    }

    /// What to do with the breath; a bar that grows and shrinks with it, where things may move.
    fn breath(&mut self, breath: Moment, is_running: bool, still: bool) {
        let part = match breath.part {
            Part::In => "In",
            Part::More => "A little more",
            Part::Hold => "Hold",
            Part::Out => "Out",
            Part::Rest => "Rest",
        };
        let told = if is_running { format!("{part}… {}", breath.left_s) } else { String::new() };
        self.lines.push(line(told, BOLD));
        if !still {
            let width = self.columns.min(BAR_COLUMNS_MAX);
            let filled = if is_running { width * breath.full as usize / 1_000 } else { 0 };
            self.lines
                .push(line(format!("{}{}", "█".repeat(filled), "░".repeat(width - filled)), Style::new()));
        }
    }
}

/// Minutes and seconds, as a clock shows them.
fn time(seconds: u32) -> String {
    match Seconds::new(seconds) {
        Ok(_) => format!("{}:{:02}", seconds / 60, seconds % 60),
        Err(error) => error.to_string(),
    }
}

/// The keys that only this control has.
pub(super) fn keys(control: &Control) -> &'static str {
    match control {
        Control::Words(Words { typed: Typed::Line { offered }, .. }) if !offered.is_empty() => {
            "↑ ↓ take one · Enter next"
        }
        Control::Words(Words { typed: Typed::Line { .. } | Typed::HowLong, .. }) => {
            "Enter next · Ctrl-J new line"
        }
        Control::Words(Words { typed: Typed::Lines, .. }) => "Enter new line · Tab next",
        Control::Words(_) => "↑ ↓ another day · Enter next",
        Control::Dial(_) => "← → ↑ ↓ or digits · Enter next",
        Control::Pick(Pick { called: Some(_), .. }) => "↑ ↓ choose, or type a name · Enter next",
        Control::Pick(Pick { chosen: Some(_), .. }) => "↑ ↓ move · Space choose · Enter next",
        Control::Pick(_) => "↑ ↓ choose · Enter next",
        Control::Rows(Rows { weight: Some(_), .. }) => "Enter its number, then another line · Tab next",
        Control::Rows(_) => "Enter another line · Tab next",
        Control::Feelings(it) if it.has_groups() => "↑ ↓ PgUp PgDn move · ← → how strong · Enter next",
        Control::Feelings(_) => "↑ ↓ move · ← → or digits how strong · Enter next",
        Control::Clock(_) => "Space start or pause · Enter next",
        Control::Sentence(_) => "Enter next",
    }
}
