//! Syncthing: two devices that keep a folder alike, nothing between them.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::super::table::duration;
use super::command::Bench;
use crate::fault::Fault;

/// How long the first sync may take before it counts as not coming.
const SYNC_MAX: Duration = Duration::from_secs(300);
/// How long to wait before looking again.
const LOOK: Duration = Duration::from_millis(20);
/// Where the two listen; nothing else of ours uses these.
const PORTS: [u16; 2] = [24_671, 24_672];

/// One side: its home, its id, its folder.
struct Side {
    home: String,
    id: String,
    files: String,
    port: u16,
}

/// A process that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Syncthing: from the start of both to all files on the other side.
pub(super) fn syncthing(bench: &Bench) -> Result<Vec<String>, Fault> {
    let full = bench.files("one")?;
    let empty = bench.path("two");
    fs::create_dir_all(&empty).map_err(|error| Fault::io("make a folder", &error))?;
    let sides = [side(bench, "home-one", full, PORTS[0])?, side(bench, "home-two", empty, PORTS[1])?];
    for side in &sides {
        let config = config(side, &sides);
        fs::write(Path::new(&side.home).join("config.xml"), config)
            .map_err(|error| Fault::io("write the settings of syncthing", &error))?;
    }
    let wanted = count(&sides[0].files);
    let begun = Instant::now();
    let _running = [run(bench, &sides[0])?, run(bench, &sides[1])?];
    let first = arrival(&sides[1].files, 1, begun)?;
    let all = arrival(&sides[1].files, wanted, begun)?;
    let line = |what: &str, took| format!("  {what:<44} {:>10}, from process start", duration(took));
    Ok(vec![
        line("first sync, the first file", first),
        line("first sync of 10,000 files, not encrypted", all),
    ])
}

/// Waits until so many files are there, and says how long that took.
fn arrival(folder: &str, wanted: usize, begun: Instant) -> Result<Duration, Fault> {
    while count(folder) < wanted {
        if begun.elapsed() > SYNC_MAX {
            let next = "Run the two by hand and look.";
            return Err(Fault::new("sync 10,000 files", "they are not there after five minutes", next));
        }
        std::thread::sleep(LOOK);
    }
    Ok(begun.elapsed())
}

fn side(bench: &Bench, name: &str, files: String, port: u16) -> Result<Side, Fault> {
    let home = bench.path(name);
    let shell = bench.shell();
    // Newer versions take the folder as --home, older ones as --generate.
    let made = shell.read(&bench.program, &["generate", "--home", &home]);
    made.or_else(|_| shell.read(&bench.program, &["--generate", &home]))?;
    let id = shell
        .read(&bench.program, &["--home", &home, "--device-id"])
        .or_else(|_| shell.read(&bench.program, &["device-id", "--home", &home]))?;
    Ok(Side { home, id: id.trim().to_owned(), files, port })
}

/// Settings without any discovery, relay, report or upgrade: the two know each other and nobody else.
fn config(side: &Side, sides: &[Side; 2]) -> String {
    let devices: String = sides
        .iter()
        .map(|other| {
            format!(
                "<device id=\"{}\" compression=\"metadata\"><address>tcp://127.0.0.1:{}</address></device>\n",
                other.id, other.port
            )
        })
        .collect();
    let members: String =
        sides.iter().map(|other| format!("<device id=\"{}\"></device>", other.id)).collect();
    format!(
        "<configuration version=\"36\">\n<folder id=\"journal\" path=\"{}\" type=\"sendreceive\" \
         rescanIntervalS=\"3600\" fsWatcherEnabled=\"true\" fsWatcherDelayS=\"1\">{members}</folder>\n{devices}\
         <gui enabled=\"false\"></gui>\n<options><listenAddress>tcp://127.0.0.1:{}</listenAddress>\
         <globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>\
         <relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><urAccepted>-1</urAccepted>\
         <autoUpgradeIntervalH>0</autoUpgradeIntervalH><crashReportingEnabled>false</crashReportingEnabled>\
         <startBrowser>false</startBrowser><reconnectionIntervalS>5</reconnectionIntervalS></options>\n</configuration>\n",
        side.files, side.port
    )
}

fn run(bench: &Bench, side: &Side) -> Result<Running, Fault> {
    let mut command = Command::new(&bench.program);
    command.args(["serve", "--no-browser", "--no-restart", "--home", &side.home]);
    command.env("HOME", &bench.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(Running).map_err(|error| Fault::io("start syncthing", &error))
}

/// How many files of the journal are there whole; its own temporary ones begin with a dot.
fn count(folder: &str) -> usize {
    let Ok(listed) = fs::read_dir(folder) else { return 0 };
    listed.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).count()
}
