//! The machine alone: its disk, its loopback, its processes.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::super::samples::Samples;
use super::super::table::Table;
use super::super::usage::Usage;
use super::row;
use crate::fault::Fault;

/// About the size of one entry's record on disk (bytes).
const APPEND_BYTES: usize = 2048;
const APPENDS: usize = 400;
/// The size of a small request (bytes).
const MESSAGE_BYTES: usize = 64;
const ROUND_TRIPS: usize = 4000;
const STARTS: usize = 100;
/// The size of a journal of 10,000 entries (bytes).
const JOURNAL_BYTES: usize = 18 << 20;
const COPIES: usize = 5;

/// What the machine takes for the least things.
#[derive(Debug)]
pub struct Machine {
    /// One entry's bytes appended and made durable, p50.
    pub append: Duration,
    /// The same, p99.
    pub append_p99: Duration,
    /// A small message there and back over loopback TCP, p50.
    pub round_trip: Duration,
    /// A program that does nothing, from start to end, p50.
    pub start: Duration,
    /// A journal's bytes copied as one file and made durable, p50.
    pub copy: Duration,
}

impl Machine {
    /// Measures all of them, in a folder.
    ///
    /// # Errors
    /// When a file or a socket cannot be used.
    pub fn measure(folder: &Path, table: &mut Table) -> Result<Self, Fault> {
        let mut measure = |metric: &str, work: &dyn Fn() -> std::io::Result<Samples>| {
            let before = Usage::now();
            let samples = work().map_err(|error| Fault::io("measure the floors", &error))?;
            let (middle, late) = (samples.percentile(50), samples.percentile(99));
            table.add(row(metric, middle, Some(late), Usage::now().since(before)));
            Ok::<_, Fault>((middle, late))
        };
        let (append, append_p99) = measure("append 2 KiB and fdatasync", &|| appends(folder))?;
        let (round_trip, _) = measure("64 bytes there and back, loopback TCP", &round_trips)?;
        let (start, _) = measure("start and end of /bin/true", &starts)?;
        let (copy, _) = measure("copy 18 MiB as one file and fsync", &|| copies(folder))?;
        Ok(Self { append, append_p99, round_trip, start, copy })
    }
}

fn appends(folder: &Path) -> std::io::Result<Samples> {
    let mut file = OpenOptions::new().append(true).create(true).open(folder.join("append"))?;
    let bytes = [0x5a; APPEND_BYTES];
    Samples::take(APPENDS, || {
        file.write_all(&bytes)?;
        file.sync_data()
    })
}

fn round_trips() -> std::io::Result<Samples> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let echo = thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut message = [0; MESSAGE_BYTES];
        // The other side hangs up when it has measured enough.
        while stream.read_exact(&mut message).is_ok() {
            stream.write_all(&message)?;
        }
        Ok(())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut message = [0x5a; MESSAGE_BYTES];
    let samples = Samples::take(ROUND_TRIPS, || {
        stream.write_all(&message)?;
        stream.read_exact(&mut message)
    });
    drop(stream);
    echo.join().map_err(|_| std::io::Error::other("the echo stopped"))??;
    samples
}

fn starts() -> std::io::Result<Samples> {
    Samples::take(STARTS, || Command::new("/bin/true").status().map(|_| ()))
}

fn copies(folder: &Path) -> std::io::Result<Samples> {
    let (from, to) = (folder.join("journal"), folder.join("copy"));
    std::fs::write(&from, vec![0x5a; JOURNAL_BYTES])?;
    Samples::take(COPIES, || {
        std::fs::copy(&from, &to)?;
        File::open(&to)?.sync_all()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_floor_is_measured() {
        let mut table = Table::default();
        let floors = Machine::measure(tempfile::tempdir().unwrap().path(), &mut table).unwrap();
        assert_eq!(table.lines().len(), 5, "four floors and the head");
        assert!(floors.append <= floors.append_p99);
        assert!(
            [floors.append, floors.round_trip, floors.start, floors.copy]
                .iter()
                .all(|floor| !floor.is_zero())
        );
    }
}
