//! The scenes, in the order in which they are played.

use std::fs;

use serde_json::Value;

use super::report::Report;
use super::sight::Words;
use crate::corpus::{self, Entry};
use crate::fault::Fault;
use crate::live::device::Device;
use crate::live::link::link;
use crate::live::server::Server;
use crate::live::{Place, number, text};

/// The day of the diary that both devices edit: the Great Fire reaches London Bridge.
const DAY: [&str; 2] = ["1666-09-02", "1666-09-03"];
/// What the first device writes before it, and the second behind it.
const BEFORE: &str = "Reread by candlelight at the laptop.\n\n";
const BEHIND: &str = "\n\nReread under a chestnut tree on the phone.";
/// An entry written while both devices are online.
const FRESH: &str = "Planted quinces behind the observatory.";
/// What is searched for: a word of the diary.
const SOUGHT: &str = "Westminster";

/// Plays them all.
///
/// # Errors
/// At the first command that fails. What does not hold is in the report.
pub(super) fn play(place: &Place, diary: &[Entry], report: &mut Report) -> Result<(), Fault> {
    let mut server = report.scene("A server starts, and knows nobody", || place.server("trace"))?;
    report.note(&format!("{}, identity {}", server.url(), server.identity()));
    let (laptop, phone) = (place.device("Laptop"), place.device("Phone"));
    begin(&laptop, &server, report)?;
    let file = place.path("diary.jsonl");
    import(&laptop, diary, &file, report)?;
    upload(&laptop, &server, report)?;
    second_device(&laptop, &phone, &server, report)?;
    same_journal(&laptop, &phone, diary, report)?;
    live(&laptop, &phone, report)?;
    apart(&laptop, &phone, &mut server, report)?;
    search(&phone, diary, report)?;
    lock(&phone, diary, report)?;
    seen(&server, &file, diary, report)
}

fn begin(laptop: &Device, server: &Server, report: &mut Report) -> Result<(), Fault> {
    let made = report.scene("Laptop begins a journal; the server lets it in by invite", || {
        laptop.init(Some((server.url(), server.invite())))
    })?;
    report.holds("the journal has an id, the recovery kit is in a file", {
        made["vault"].is_string() && laptop.home().with_extension("kit").is_file()
    });
    let shown = laptop.ask(&["server", "show"])?;
    report.equal(
        "Laptop pinned the identity that the server printed",
        &text(&shown, "identity")?,
        &server.identity().to_owned(),
    );
    Ok(())
}

fn import(
    laptop: &Device,
    diary: &[Entry],
    file: &std::path::Path,
    report: &mut Report,
) -> Result<(), Fault> {
    fs::write(file, corpus::to_jsonl(diary)?).map_err(|error| Fault::io("write the diary", &error))?;
    let file = file.display().to_string();
    let bytes: usize = diary.iter().map(|entry| entry.text.len()).sum();
    let what = format!("Laptop imports the diary: {} entries, {} of text", diary.len(), size(bytes as u64));
    let imported = report.scene(&what, || laptop.ask(&["import", "jsonl", &file]))?;
    let all = diary.len() as u64;
    report.equal("every line became an entry", &number(&imported, "imported")?, &all);
    report.equal("status counts as many", &laptop.entries()?, &all);
    let again = report.scene("Laptop imports it once more", || laptop.ask(&["import", "jsonl", &file]))?;
    let counts = (number(&again, "imported")?, number(&again, "skipped")?);
    report.equal("nothing came twice (imported, skipped)", &counts, &(0, all));
    Ok(())
}

fn upload(laptop: &Device, server: &Server, report: &mut Report) -> Result<(), Fault> {
    let synced = report.scene("Laptop syncs: the server gets what was imported, sealed", || laptop.sync())?;
    report.equal("nothing is left to send", &number(&synced, "pending")?, &0);
    let stats = server.stats()?;
    report.holds("the server has records of it", number(&stats, "records")? > 0);
    Ok(())
}

fn second_device(laptop: &Device, phone: &Device, server: &Server, report: &mut Report) -> Result<(), Fault> {
    let words = report.scene("Phone joins: a code from Laptop, three words back to it", || {
        link(laptop, phone, server.url())
    })?;
    report.equal("Phone showed three words", &words.split_whitespace().count(), &3);
    let synced = report.scene("Phone syncs for the first time", || phone.sync())?;
    report.equal("nothing is left to send or to get", &number(&synced, "pending")?, &0);
    for device in [laptop, phone] {
        let devices = device.list(&["device", "list"])?;
        let active = devices.iter().filter(|device| device["state"] == "active").count();
        report.equal(&format!("{} lists two devices", device.name()), &active, &2);
    }
    Ok(())
}

fn same_journal(laptop: &Device, phone: &Device, diary: &[Entry], report: &mut Report) -> Result<(), Fault> {
    let export = ["export", "jsonl", "-"];
    let (one, other) =
        report.scene("Both export everything", || Ok((laptop.said(&export)?, phone.said(&export)?)))?;
    report.holds(&format!("both exports are the same {} bytes", one.len()), one == other);
    let mut entries: Vec<Entry> = other
        .lines()
        .map(|line| {
            serde_json::from_str(line)
                .map_err(|error| Fault::new("read the export", error.to_string(), "Look at it."))
        })
        .collect::<Result<_, _>>()?;
    // Two days of the diary have two entries; the export puts those in the order of their ids.
    let key = |entry: &Entry| (entry.date.clone(), entry.text.clone());
    entries.sort_by_key(key);
    let mut should = diary.to_vec();
    should.sort_by_key(key);
    report.holds("date, title and text of every entry are the diary's", entries == should);
    Ok(())
}

fn live(laptop: &Device, phone: &Device, report: &mut Report) -> Result<(), Fault> {
    let id = report.scene("Laptop writes an entry while both are online; Phone shows it", || {
        let id = text(&laptop.write(FRESH)?, "id")?;
        phone.until("show a new entry", |phone| {
            Ok(phone.list(&["list", "--limit", "1"])?.first().is_some_and(|first| first["id"] == id))
        })?;
        Ok(id)
    })?;
    report.equal("Phone reads what Laptop wrote", &phone.read(&id)?, &FRESH.to_owned());
    Ok(())
}

fn apart(laptop: &Device, phone: &Device, server: &mut Server, report: &mut Report) -> Result<(), Fault> {
    let id = of_day(laptop)?;
    let original = laptop.read(&id)?;
    report.scene("The server goes away; both devices edit one entry, apart", || {
        server.stop()?;
        laptop.rewrite(&id, &format!("{BEFORE}{original}"))?;
        phone.rewrite(&id, &format!("{original}{BEHIND}"))
    })?;
    report.equal("Laptop has only its own edit", &laptop.read(&id)?, &format!("{BEFORE}{original}"));
    report.equal("Phone has only its own edit", &phone.read(&id)?, &format!("{original}{BEHIND}"));
    report.scene("The server comes back; both sync", || {
        server.restart()?;
        laptop.sync()?;
        phone.sync()?;
        laptop.sync()
    })?;
    let merged = format!("{BEFORE}{original}{BEHIND}");
    for device in [laptop, phone] {
        report.equal(
            &format!("{} has both edits, and every word between", device.name()),
            &device.read(&id)?,
            &merged,
        );
        let versions = device.list(&["history", &id])?;
        report.holds(
            &format!("{} can go back: {} versions", device.name(), versions.len()),
            versions.len() >= 3,
        );
    }
    Ok(())
}

/// The entry of the day that both edit.
fn of_day(device: &Device) -> Result<String, Fault> {
    let [after, before] = DAY;
    let listed = device.list(&["list", "--after", after, "--before", before])?;
    listed.first().map_or_else(|| text(&Value::Null, "id"), |entry| text(entry, "id"))
}

fn search(phone: &Device, diary: &[Entry], report: &mut Report) -> Result<(), Fault> {
    let sought = SOUGHT.to_lowercase();
    let should = diary.iter().filter(|entry| entry.text.to_lowercase().contains(&sought)).count();
    let hits = report
        .scene(&format!("Phone searches for {SOUGHT}"), || phone.list(&["search", SOUGHT, "--limit", "0"]))?;
    report.equal("it finds as many entries as the diary has", &hits.len(), &should);
    let id = of_day(phone)?;
    let hits = report.scene("Phone searches for words that Laptop wrote offline", || {
        phone.list(&["search", "\"by candlelight\" laptop"])
    })?;
    let found: Vec<&Value> = hits.iter().map(|hit| &hit["id"]).collect();
    report.equal("it finds the merged entry and no other", &found, &vec![&Value::String(id)]);
    Ok(())
}

fn lock(phone: &Device, diary: &[Entry], report: &mut Report) -> Result<(), Fault> {
    let refused = report.scene("Phone locks; a search is tried", || {
        phone.ask(&["lock"])?;
        Ok(phone.list(&["search", SOUGHT]).err())
    })?;
    report.holds(
        "it is refused, because the journal is locked",
        refused.is_some_and(|fault| fault.why.starts_with("LOCKED")),
    );
    report.scene("Phone unlocks", || phone.unlock())?;
    report.equal("everything is there again", &phone.entries()?, &(diary.len() as u64 + 1));
    Ok(())
}

fn seen(server: &Server, plain: &std::path::Path, diary: &[Entry], report: &mut Report) -> Result<(), Fault> {
    let words = Words::of(diary, &[BEFORE.trim(), BEHIND.trim(), FRESH, "Laptop", "Phone"]);
    let fault = |error: std::io::Error| Fault::io("look at the server's files", &error);
    let stats = server.stats()?;
    let files = server.files()?;
    let found = report.scene("What the server saw", || {
        let mut found = Vec::new();
        for (file, _) in &files {
            found.extend(words.found_in(&fs::read(file).map_err(fault)?));
        }
        Ok(found)
    })?;
    for name in ["spaces", "feeds", "records", "links", "record_bytes"] {
        report.note(&format!("{name:<13} {:>12}", number(&stats, name)?));
    }
    for (file, bytes) in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        report.note(&format!("file {name:<20} {:>12}", size(*bytes)));
    }
    let bytes: usize = diary.iter().map(|entry| entry.text.len()).sum();
    let ratio = number(&stats, "record_bytes")? as f64 / bytes as f64;
    report.note(&format!("sealed bytes a byte of text: {ratio:.2}"));
    report.equal(
        "one journal with two devices",
        &(number(&stats, "spaces")?, number(&stats, "feeds")?),
        &(1, 2),
    );
    let control = words.found_in(&fs::read(plain).map_err(fault)?).len();
    report.holds(
        &format!(
            "{} words of the journal are looked for; in the plain file {control} are found",
            words.count()
        ),
        control >= words.count() - 5,
    );
    report.equal("none of them is in the server's files or its log", &found, &Vec::new());
    Ok(())
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}
