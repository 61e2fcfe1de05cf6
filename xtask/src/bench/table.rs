//! The table of a measurement.

use std::time::Duration;

use serde_json::{Value, json};

use super::quantity::{Quantity, Target};
use super::usage::Usage;

const HEAD: [&str; 7] = ["metric", "target", "value", "", "ratio to floor", "CPU s", "load"];
/// The columns of words; the others hold figures.
const WORDS: [usize; 3] = [0, 1, 3];

/// One measured figure.
#[derive(Clone, Debug)]
pub struct Row {
    /// A short name to choose it by; floors begin with `floor`.
    pub key: &'static str,
    /// What was measured.
    pub metric: String,
    /// What it should be; nothing for a floor.
    pub target: Option<Target>,
    /// What it was.
    pub value: Quantity,
    /// More about it, such as a late percentile.
    pub aside: Option<String>,
    /// The floor that it rests on.
    pub floor: Option<Floor>,
    /// What it cost.
    pub usage: Usage,
}

/// What a figure rests on: the least that it could be on this machine, in this run.
#[derive(Clone, Copy, Debug)]
pub struct Floor {
    /// What it consists of.
    pub of: &'static str,
    /// How much that is, in the figure's own unit.
    pub least: f64,
}

impl Floor {
    /// A floor that is a time.
    #[must_use]
    pub fn time(of: &'static str, least: Duration) -> Self {
        Self { of, least: least.as_secs_f64() }
    }
}

impl Row {
    /// How many times its floor it was; for a rate, how many times slower.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let floor = self.floor?;
        Some(match self.value {
            Quantity::Rate(rate) => floor.least / rate,
            other => other.number() / floor.least,
        })
    }

    /// Whether it reached its target; nothing without one.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        self.target.map(|target| target.is_met(self.value, self.ratio()))
    }

    fn to_json(&self) -> Value {
        json!({
            "key": self.key, "metric": self.metric, "value": self.value.number(), "shown": self.value.to_string(),
            "aside": self.aside, "target": self.target.map(|target| target.to_string()), "met": self.is_met(),
            "floor": self.floor.map(|floor| floor.of), "ratio": self.ratio(),
            "cpu_s": finite(self.usage.cpu_seconds), "load": finite(self.usage.load),
        })
    }
}

/// The figures of one run, in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a figure.
    pub fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    /// Keeps only the figures of these keys, and the floors.
    pub fn choose(&mut self, keys: &[String]) {
        self.0.retain(|row| row.key.starts_with("floor") || keys.iter().any(|key| key == row.key));
    }

    /// The table as lines, columns aligned.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let head = HEAD.map(str::to_owned);
        let cells: Vec<[String; 7]> = [head].into_iter().chain(self.0.iter().map(cells)).collect();
        let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let mut lines: Vec<String> = cells.iter().map(|row| align(row, &widths)).collect();
        // A gap between the floors, which come first, and what rests on them.
        if let Some(floors) = self.0.iter().position(|row| !row.key.starts_with("floor")).filter(|at| *at > 0)
        {
            lines.insert(floors + 1, String::new());
        }
        lines
    }

    /// The figures as JSON, one object a line.
    #[must_use]
    pub fn json(&self) -> Vec<String> {
        self.0.iter().map(|row| row.to_json().to_string()).collect()
    }

    /// How many figures reached their target, and how many have one.
    #[must_use]
    pub fn score(&self) -> (usize, usize) {
        let judged: Vec<bool> = self.0.iter().filter_map(Row::is_met).collect();
        (judged.iter().filter(|met| **met).count(), judged.len())
    }
}

/// A duration in the unit that suits its size.
#[must_use]
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        _ if seconds < 1e-3 => format!("{:.1} µs", seconds * 1e6),
        _ if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}

fn cells(row: &Row) -> [String; 7] {
    let number = |number: f64| if number.is_nan() { "?".to_owned() } else { format!("{number:.2}") };
    let ratio = row.ratio().zip(row.floor);
    let verdict = match row.is_met() {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    };
    let aside = row.aside.as_deref().unwrap_or_default();
    [
        row.metric.clone(),
        row.target.map_or_else(String::new, |target| target.to_string()),
        row.value.to_string(),
        [verdict, aside].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("; "),
        ratio.map_or_else(|| "-".to_owned(), |(ratio, floor)| format!("{ratio:.2} × {}", floor.of)),
        number(row.usage.cpu_seconds),
        number(row.usage.load),
    ]
}

fn align(row: &[String; 7], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padding = " ".repeat(width - cell.chars().count());
        let is_words = WORDS.contains(&column);
        let cell = if is_words { format!("{cell}{padding}") } else { format!("{padding}{cell}") };
        line.push_str(if column == 0 { "" } else { "  " });
        line.push_str(&cell);
    }
    line.trim_end().to_owned()
}

/// JSON knows no other numbers.
fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USAGE: Usage = Usage { cpu_seconds: 0.5, load: f64::NAN };

    fn row(key: &'static str, micros: u64, target: Option<Target>, floor: Option<Floor>) -> Row {
        let value = Quantity::Time(Duration::from_micros(micros));
        Row { key, metric: key.to_owned(), target, value, aside: None, floor, usage: USAGE }
    }

    fn table() -> Table {
        let floor = Floor::time("fsync", Duration::from_micros(190));
        let mut table = Table::default();
        table.add(row("floor", 190, None, None));
        table.add(row("save", 760, Some(Target::ms(1)), Some(floor)));
        table.add(row("list", 6_000, Some(Target::ms(5)), None));
        table
    }

    #[test]
    fn columns_are_aligned_whatever_their_letters() {
        let expected = [
            "metric  target        value          ratio to floor  CPU s  load",
            "floor              190.0 µs                       -   0.50     ?",
            "",
            "save    ≤ 1.00 ms  760.0 µs  met       4.00 × fsync   0.50     ?",
            "list    ≤ 5.00 ms   6.00 ms  missed               -   0.50     ?",
        ];
        assert_eq!(table().lines(), expected);
        assert_eq!(table().score(), (1, 2));
    }

    #[test]
    fn floors_stay_whatever_is_chosen() {
        let mut table = table();
        table.choose(&["list".to_owned()]);
        assert_eq!(table.0.iter().map(|row| row.key).collect::<Vec<_>>(), ["floor", "list"]);
    }

    #[test]
    fn json_is_one_object_a_line() {
        let lines = table().json();
        let save: Value = serde_json::from_str(&lines[1]).unwrap();
        assert_eq!(
            (&save["met"], &save["floor"], &save["load"]),
            (&json!(true), &json!("fsync"), &Value::Null)
        );
    }

    #[test]
    fn a_rate_is_compared_the_other_way_round() {
        let mut rate = row("pushes", 1, None, Some(Floor { of: "commits", least: 5_000.0 }));
        rate.value = Quantity::Rate(10_000.0);
        assert_eq!(rate.ratio(), Some(0.5));
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        for (micros, expected) in [(12, "12.0 µs"), (1_500, "1.50 ms"), (2_500_000, "2.50 s")] {
            assert_eq!(duration(Duration::from_micros(micros)), expected);
        }
    }
}
