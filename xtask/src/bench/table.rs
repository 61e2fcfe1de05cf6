//! The table of a measurement.

use std::time::Duration;

use super::usage::Usage;

const HEAD: [&str; 6] = ["metric", "target", "value", "ratio to floor", "CPU s", "load"];

/// One measured figure.
#[derive(Debug)]
pub struct Row {
    /// What was measured.
    pub metric: String,
    /// What it should be at most; nothing for a floor.
    pub target: Option<String>,
    /// What it was, with its unit.
    pub value: String,
    /// How many times the floor that it rests on it was.
    pub ratio: Option<f64>,
    /// What it cost.
    pub usage: Usage,
}

/// The figures of one run, in the order in which they were measured.
#[derive(Debug, Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// Adds a figure.
    pub fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    /// The table as lines, columns aligned.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let head = HEAD.map(str::to_owned);
        let cells: Vec<[String; 6]> = [head].into_iter().chain(self.0.iter().map(cells)).collect();
        let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        cells.iter().map(|row| align(row, &widths)).collect()
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

fn cells(row: &Row) -> [String; 6] {
    let number = |number: f64| if number.is_nan() { "?".to_owned() } else { format!("{number:.2}") };
    [
        row.metric.clone(),
        row.target.clone().unwrap_or_else(|| "floor".to_owned()),
        row.value.clone(),
        row.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}")),
        number(row.usage.cpu_seconds),
        number(row.usage.load),
    ]
}

fn align(row: &[String; 6], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        // Words to the left, figures to the right.
        let padding = " ".repeat(width - cell.chars().count());
        let cell = if column < 2 { format!("{cell}{padding}") } else { format!("{padding}{cell}") };
        line.push_str(if column == 0 { "" } else { "  " });
        line.push_str(&cell);
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whatever_their_letters() {
        let mut table = Table::default();
        let usage = Usage { cpu_seconds: 0.5, load: f64::NAN };
        let row = |metric: &str, target: Option<&str>, value: &str, ratio| Row {
            metric: metric.to_owned(),
            target: target.map(str::to_owned),
            value: value.to_owned(),
            ratio,
            usage,
        };
        table.add(row("fsync", None, "190.0 µs", None));
        table.add(row("save in the daemon", Some("1 ms"), "0.80 ms", Some(4.2)));
        let expected = [
            "metric              target     value  ratio to floor  CPU s  load",
            "fsync               floor   190.0 µs               -   0.50     ?",
            "save in the daemon  1 ms     0.80 ms            4.20   0.50     ?",
        ];
        assert_eq!(table.lines(), expected);
    }

    #[test]
    fn durations_have_a_fitting_unit() {
        for (micros, expected) in [(12, "12.0 µs"), (1_500, "1.50 ms"), (2_500_000, "2.50 s")] {
            assert_eq!(duration(Duration::from_micros(micros)), expected);
        }
    }
}
