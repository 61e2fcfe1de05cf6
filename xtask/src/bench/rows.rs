//! From what was measured to rows: which target each figure has, and on which floor it rests.

use std::time::Duration;

use super::floor::Floors;
use super::journal::{Figure, Figures, Typed};
use super::quantity::{Quantity, Target};
use super::table::{Floor, Row, duration};

/// How many times the smallest journal's figure something flat may take in the largest.
const FLAT: f64 = 2.0;
/// How much more than in proportion something linear may take.
const LINEAR: f64 = 1.5;

/// The rows of one journal.
pub(super) fn of_journal(figures: &Figures, floors: &Floors) -> Vec<Row> {
    let mut rows = of_bulk(figures, floors);
    rows.extend(of_device(figures, floors));
    rows.extend(of_memory(figures));
    rows
}

/// The rows of a journal that was written entry by entry.
pub(super) fn of_typed(written: &Typed, entries: usize, floors: &Floors) -> Vec<Row> {
    let floor = Some(floors.first_sync(entries, written.bytes));
    vec![
        row("typed", "first sync, typed one by one", &written.first_sync, Target::ms(3_000), floor),
        row("typed", "first sync, typed, newest 100", &written.newest, Target::ms(150), None),
    ]
}

fn of_bulk(figures: &Figures, floors: &Floors) -> Vec<Row> {
    let Figures { entries, bytes, .. } = *figures;
    let sync = floors.first_sync(entries, bytes);
    let one = Quantity::Bytes(1_400 * 3 / 4 + 450);
    vec![
        row(
            "first-sync",
            "first sync, imported",
            &figures.first_sync,
            Target::ms(800).and_times_floor(2.5),
            Some(sync),
        ),
        row("newest", "first sync, newest 100", &figures.newest, Target::ms(150), None),
        row(
            "import",
            "haven import",
            &figures.import,
            Target::ms(1_500),
            Some(floors.import(entries, bytes)),
        ),
        row("upload", "first upload", &figures.upload, Target::ms(700), Some(floors.upload(entries))),
        row(
            "bytes",
            "bytes up a byte of text, bulk",
            &figures.share,
            Target::at_most(Quantity::Share(0.5)),
            None,
        ),
        row("bytes", "bytes up, one entry of 1.4 kB", &figures.one_entry, Target::at_most(one), None),
    ]
}

fn of_device(figures: &Figures, floors: &Floors) -> Vec<Row> {
    let late = |times: u32, more_ms: u64| {
        Target::at_most(Quantity::Time(times * floors.pieces.commit_p99 + Duration::from_millis(more_ms)))
    };
    let after_kdf = |ms: u64| Target::at_most(Quantity::Time(floors.pieces.kdf + Duration::from_millis(ms)));
    let [add, search, list] = &figures.commands;
    let mut rows = vec![
        row("save", "save, p50", &figures.save, Target::ms(1).and_times_floor(5.0), Some(floors.save())),
        untargeted("save", "save, p50, two devices in step", &figures.save_synced, Some(floors.save())),
        row(
            "propagation",
            "propagation, p50",
            &figures.propagation,
            Target::ms(3),
            Some(floors.propagation()),
        ),
    ];
    rows.extend(late_row("propagation", "propagation, p99", &figures.propagation, late(3, 3)));
    rows.extend([
        row("add", "haven add", add, Target::ms(10), Some(floors.start_and_commit())),
        row("search", "haven search", search, Target::ms(15), Some(floors.start())),
        row("list", "haven list", list, Target::ms(5), Some(floors.start())),
        row("unlock", "unlock to the newest 10", &figures.shown, after_kdf(80), Some(floors.unlock())),
        row(
            "unlock",
            "unlock to everything found",
            &figures.searchable,
            after_kdf(250),
            Some(floors.unlock()),
        ),
    ]);
    rows
}

fn of_memory(figures: &Figures) -> Vec<Row> {
    let mib = |mib: u64| Target::at_most(Quantity::Bytes(mib << 20));
    let [open, locked] = &figures.resident;
    let [empty, full] = &figures.server;
    vec![
        row("memory", "daemon resident, open", open, mib(64), None),
        row("memory", "daemon resident, locked", locked, mib(20), None),
        row("memory", "server resident, empty", empty, mib(15), None),
        row("memory", "server resident, after push and pull", full, mib(30), None),
    ]
}

/// The row of a figure with a target.
pub(super) fn row(
    key: &'static str,
    metric: &str,
    figure: &Figure,
    target: Target,
    floor: Option<Floor>,
) -> Row {
    let aside = figure.late.map(|late| format!("p99 {}", duration(late)));
    let (value, usage) = (figure.value, figure.usage);
    Row { key, metric: metric.to_owned(), target: Some(target), value, aside, floor, usage }
}

/// The row of a figure that is worth knowing.
pub(super) fn untargeted(key: &'static str, metric: &str, figure: &Figure, floor: Option<Floor>) -> Row {
    Row { target: None, ..row(key, metric, figure, Target::ms(0), floor) }
}

/// The row of a figure's p99.
fn late_row(key: &'static str, metric: &str, figure: &Figure, target: Target) -> Option<Row> {
    let late = Figure { value: Quantity::Time(figure.late?), late: None, usage: figure.usage };
    Some(row(key, metric, &late, target, None))
}

/// Picks one figure of a journal.
type Pick = fn(&Figures) -> &Figure;

/// How each figure that should grow in a known way grows from the smallest to the largest journal.
pub(super) fn of_growth(sizes: &[Figures]) -> Vec<Row> {
    let (Some(small), Some(large)) = (sizes.first(), sizes.last()) else { return Vec::new() };
    let linear = LINEAR * large.entries as f64 / small.entries as f64;
    let figures: [(&str, f64, Pick); 6] = [
        ("save", FLAT, |figures| &figures.save),
        ("list of 10", FLAT, |figures| &figures.list),
        ("propagation", FLAT, |figures| &figures.propagation),
        ("unlock to everything found", linear, |figures| &figures.searchable),
        ("search", linear, |figures| &figures.search),
        ("first sync", linear, |figures| &figures.first_sync),
    ];
    let rows = figures.iter().map(|(what, most, figure)| {
        let grown = figure(large).value.number() / figure(small).value.number();
        let shown: Vec<String> = sizes.iter().map(|size| figure(size).value.to_string()).collect();
        let counts: Vec<String> = sizes.iter().map(|size| size.entries.to_string()).collect();
        Row {
            key: "growth",
            metric: format!("growth of {what}, {} entries", counts.join(" → ")),
            target: Some(Target::at_most(Quantity::Share(*most))),
            value: Quantity::Share(grown),
            aside: Some(shown.join(" → ")),
            floor: None,
            usage: figure(large).usage,
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::usage::Usage;

    /// A journal for which everything took as long, but saves and first sync.
    fn figures(entries: usize, save_ms: u64, first_sync_ms: u64) -> Figures {
        let usage = Usage { cpu_seconds: 0.0, load: 0.0 };
        let ms = |ms| Figure { value: Quantity::Time(Duration::from_millis(ms)), late: None, usage };
        let any = ms(10);
        Figures {
            entries,
            bytes: entries * 1_800,
            import: any,
            shown: any,
            searchable: any,
            resident: [any; 2],
            upload: any,
            share: any,
            server: [any; 2],
            newest: any,
            first_sync: ms(first_sync_ms),
            save: ms(save_ms),
            save_synced: any,
            propagation: any,
            list: any,
            search: any,
            one_entry: any,
            commands: [any; 3],
        }
    }

    fn check(sizes: &[Figures], metric: &str, is_met: bool) {
        let rows = of_growth(sizes);
        let row = rows.iter().find(|row| row.metric.contains(metric)).unwrap();
        assert_eq!(row.is_met(), Some(is_met), "{}: {}", row.metric, row.value);
    }

    #[test]
    fn what_should_be_flat_is_not_judged_as_what_should_be_linear() {
        let sizes = [figures(1_000, 1, 100), figures(10_000, 1, 700), figures(100_000, 3, 9_000)];
        check(&sizes, "growth of save", false);
        check(&sizes, "growth of first sync", true);
        check(&sizes[..2], "growth of save", true);
        let sizes = [figures(1_000, 1, 100), figures(10_000, 2, 1_600)];
        check(&sizes, "growth of save", true);
        check(&sizes, "growth of first sync", false);
    }
}
