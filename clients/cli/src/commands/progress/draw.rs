//! The views drawn with letters. Nothing is said by colour, and every number stands beside its mark.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use haven_api::measures::Progress;
use haven_core::progress::Topic;
use haven_core::sentence::shown;
use serde_json::Value;

use crate::text::Style;

/// The columns of a scale.
const SCALE_COLUMNS: usize = 41;

/// The columns and lines of a plane; odd, so that there is a middle.
const PLANE_COLUMNS: usize = 41;
const PLANE_LINES: usize = 13;

/// The longest bar of a count.
const BAR_COLUMNS: u64 = 30;

/// The most lines of one list; the latest are shown.
const LINES_MAX: usize = 12;

/// Draws a view; empty where there is nothing to draw.
pub(super) fn view(view: &Progress, style: Style) -> String {
    let data = &view.data;
    match view.topic {
        Topic::Plane => each(data, "planes").map(|plane| self::plane(plane, style)).collect(),
        Topic::BeforeAfter => each(data, "exercises").map(|one| pairs(one, style)).collect(),
        Topic::Triggers => each(data, "months").map(|month| self::month(month, style)).collect(),
        Topic::Belief => beliefs(data, style),
        Topic::Signs => each(data, "signs").map(sign).collect(),
        Topic::People => people(data, style),
        Topic::Homework => each(data, "agreements").map(agreement).collect(),
        Topic::Measures => each(data, "measures").map(|one| measure(one, style)).collect(),
        Topic::Days => days(data),
    }
}

fn each<'a>(data: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    data[name].as_array().map(Vec::as_slice).unwrap_or_default().iter()
}

fn text<'a>(data: &'a Value, name: &str) -> &'a str {
    data[name].as_str().unwrap_or_default()
}

fn number(data: &Value, name: &str) -> f64 {
    data[name].as_f64().unwrap_or_default()
}

/// A number with at most one digit after the point; a dash where there is none.
fn short(data: &Value) -> String {
    data.as_f64().map_or_else(|| "–".to_owned(), shown)
}

/// The latest of many, and a line that says how many came before them.
fn latest(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let earlier = all.len().saturating_sub(LINES_MAX);
    let note = if earlier > 0 { format!("  … {earlier} earlier\n") } else { String::new() };
    note + &all[earlier..].concat()
}

fn plane(plane: &Value, style: Style) -> String {
    let mut words = format!("{}\n", text(plane, "title"));
    for trail in each(plane, "trails") {
        let _ = writeln!(words, "\n  {}", style.line(text(trail, "name")));
        words.push_str(&trail_grid(plane, trail, fitting(style, PLANE_COLUMNS, 4) | 1));
        let points = each(trail, "points").map(|point| {
            format!(
                "  {}  worry {:>4}  distance {:>4}\n",
                text(point, "date"),
                short(&point["worry"]),
                short(&point["distance"])
            )
        });
        words.push_str(&latest(points));
    }
    let _ = write!(words, "\n  + {}\n\n", text(plane, "caption"));
    words
}

/// How many columns a drawing gets where its line has `beside` columns of other things.
fn fitting(style: Style, wanted: usize, beside: usize) -> usize {
    style.columns.map_or(wanted, |columns| columns.saturating_sub(beside + 1).clamp(9, wanted))
}

/// The points of a trail in a square, the first as `1`; after nine, the others are `·` but the last, which is `*`.
fn trail_grid(plane: &Value, trail: &Value, columns: usize) -> String {
    let (min, max) = (number(plane, "min"), number(plane, "max"));
    let place = |value: f64, cells: usize| -> usize {
        let share = ((value - min) / (max - min).max(f64::EPSILON)).clamp(0.0, 1.0);
        (share * (cells - 1) as f64).round() as usize
    };
    let (row_middle, column_middle) = (PLANE_LINES / 2, columns / 2);
    let mut grid = vec![vec![' '; columns]; PLANE_LINES];
    grid[row_middle].fill('-');
    grid.iter_mut().for_each(|row| row[column_middle] = '|');
    grid[row_middle][column_middle] = '+';
    let points: Vec<&Value> = each(trail, "points").collect();
    for (index, point) in points.iter().enumerate() {
        let row = PLANE_LINES - 1 - place(number(point, "distance"), PLANE_LINES);
        let column = place(number(point, "worry"), columns);
        let mark = char::from_digit(index as u32 + 1, 10).unwrap_or('·');
        grid[row][column] = if index + 1 == points.len() { '*' } else { mark };
    }
    let mut words = format!("    distance {max}\n");
    for row in grid {
        let row: String = row.into_iter().collect();
        let _ = writeln!(words, "    {}", row.trim_end());
    }
    let _ = writeln!(words, "    {min}{:>width$}", format!("worry {max}"), width = columns - 1);
    words + "    * is the latest; numbers count from the first\n"
}

fn pairs(one: &Value, style: Style) -> String {
    let mut words = format!("{}  {}\n", text(one, "title"), style.faint("o before, x after"));
    let lines = each(one, "pairs").map(|pair| {
        let line = pair_on_scale(one, pair, fitting(style, SCALE_COLUMNS, 27));
        format!("  {}  {line}  {} → {}\n", text(pair, "date"), short(&pair["before"]), short(&pair["after"]))
    });
    words.push_str(&latest(lines));
    words.push('\n');
    words
}

fn pair_on_scale(one: &Value, pair: &Value, columns: usize) -> String {
    let (min, max) = (number(one, "min"), number(one, "max"));
    let place = |name: &str| {
        let share = ((number(pair, name) - min) / (max - min).max(f64::EPSILON)).clamp(0.0, 1.0);
        (share * (columns - 1) as f64).round() as usize
    };
    let (before, after) = (place("before"), place("after"));
    let mark = |column: usize| match column {
        column if column == after => 'x',
        column if column == before => 'o',
        column if (before.min(after)..before.max(after)).contains(&column) => '-',
        _ => '·',
    };
    (0..columns).map(mark).collect()
}

fn month(month: &Value, style: Style) -> String {
    let mut by_urge: BTreeMap<&str, u64> = BTreeMap::new();
    for count in each(month, "counts") {
        *by_urge.entry(text(count, "label")).or_default() += count["count"].as_u64().unwrap_or_default();
    }
    let gap = if month["joined"].as_bool() == Some(false) { "\n" } else { "" };
    let mut words = format!("{gap}{}\n", style.words(text(month, "says")));
    let most = by_urge.values().copied().max().unwrap_or(1).max(BAR_COLUMNS);
    for (label, count) in by_urge {
        let bar = "#".repeat((count * BAR_COLUMNS / most).max(1) as usize);
        let _ = writeln!(words, "  {label:<28}  {bar} {count}");
    }
    words
}

fn beliefs(data: &Value, style: Style) -> String {
    let mut words = String::new();
    for one in each(data, "beliefs") {
        let _ = writeln!(words, "{}", text(one, "title"));
        let lines = each(one, "lines").map(|line| {
            let later = each(line, "later").map(|later| {
                format!(" → {} ({} days later)", short(&later["rating"]), later["days"].as_u64().unwrap_or(0))
            });
            let later: String = later.collect();
            let (before, after) = (short(&line["before"]), short(&line["after"]));
            format!("  {}  {before} → {after}{later}\n", text(line, "date"))
        });
        words.push_str(&latest(lines));
    }
    for range in each(&data["predictions"], "ranges") {
        let [from, to, feared, partly, not] =
            ["from", "to", "as_feared", "partly", "not"].map(|name| short(&range[name]));
        let line = format!("{from} to {to} percent sure: as feared {feared}, partly {partly}, not {not}");
        let _ = writeln!(words, "  {}", style.line(&line));
    }
    words
}

fn sign(sign: &Value) -> String {
    let numbers = each(sign, "points").map(|point| {
        let gap = if point["joined"].as_bool() == Some(true) { " " } else { "  " };
        format!("{gap}{:>2}", short(&point["number"]))
    });
    let numbers: Vec<String> = numbers.collect();
    let shown = numbers.len().saturating_sub(LINES_MAX);
    let numbers = numbers[shown..].concat();
    let (min, max) = (short(&sign["min"]), short(&sign["max"]));
    if numbers.is_empty() {
        return String::new();
    }
    format!("  {:<52} {min}–{max}: {numbers}\n", text(sign, "label"))
}

fn people(data: &Value, style: Style) -> String {
    let mut words = String::new();
    for circle in ["inner", "middle", "outer"] {
        let names = each(data, "circles").filter(|it| text(it, "circle") == circle);
        let names: Vec<String> = names.map(|it| style.line(text(it, "name"))).collect();
        if !names.is_empty() {
            let _ = writeln!(words, "  {circle:<7} {}", names.join(", "));
        }
    }
    for one in each(data, "responses") {
        let _ = writeln!(words, "  {}", style.line(text(one, "name")));
        let lines = each(one, "times").map(|time| {
            let [understood, valued, cared] =
                ["understood", "valued", "cared"].map(|name| short(&time[name]));
            let date = text(time, "date");
            format!("    {date}  understood {understood:>2}  valued {valued:>2}  cared for {cared:>2}\n")
        });
        words.push_str(&latest(lines));
    }
    words
}

fn agreement(it: &Value) -> String {
    let tried = match text(it, "tried") {
        "yes" => "tried",
        "partly" => "tried in part",
        "not" => "not this time",
        _ => "not said yet",
    };
    format!("  {}  agreed {}  {tried}\n", text(it, "date"), short(&it["things"]))
}

fn measure(one: &Value, style: Style) -> String {
    let whom = match text(one, "name") {
        "" => String::new(),
        name => format!(", {}", style.line(name)),
    };
    let mut words = format!("{}{whom}\n", text(one, "title"));
    let lines = each(one, "results").map(|result| {
        let numbers = &result["scores"];
        let scores = each(one, "scores")
            .map(|score| format!("{} {}", text(score, "label"), short(&numbers[text(score, "score")])));
        format!("  {}  {}\n", text(result, "date"), scores.collect::<Vec<_>>().join(", "))
    });
    words.push_str(&latest(lines));
    words
}

/// A line of dots for each month: the days on which something was written, not how much.
fn days(data: &Value) -> String {
    let mut months: BTreeMap<&str, [bool; 31]> = BTreeMap::new();
    for date in each(data, "written").filter_map(Value::as_str) {
        let Some((month, day)) = date.rsplit_once('-') else { continue };
        let day = day.parse::<usize>().ok().and_then(|day| day.checked_sub(1));
        if let Some(written) = day.and_then(|day| months.entry(month).or_default().get_mut(day)) {
            *written = true;
        }
    }
    let lines = months.into_iter().map(|(month, written)| {
        let dots: String = written.iter().map(|written| if *written { '●' } else { '·' }).collect();
        format!("  {month}  {dots}\n")
    });
    latest(lines)
}
