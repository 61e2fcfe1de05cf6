//! What a piece of work cost the machine: CPU time and load.

use std::fs;

/// CPU seconds of this process and its ended children, and of the machine's load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// CPU seconds, user and system, of this process and of the children it has waited for.
    pub cpu_seconds: f64,
    /// The machine's load over the last minute.
    pub load: f64,
}

impl Usage {
    /// Reads both now. What the system does not tell (as outside Linux) is not a number.
    #[must_use]
    pub fn now() -> Self {
        Self::with(&[])
    }

    /// Reads both now, the CPU time of these processes counted in: daemons are nobody's children.
    #[must_use]
    pub fn with(processes: &[u64]) -> Self {
        let read = |process: &str| {
            fs::read_to_string(format!("/proc/{process}/stat")).ok().and_then(|stat| cpu_ticks(&stat))
        };
        let theirs: u64 = processes.iter().filter_map(|process| read(&process.to_string())).sum();
        let ticks = read("self").map(|own| own + theirs);
        let load =
            fs::read_to_string("/proc/loadavg").ok().and_then(|text| text.split(' ').next()?.parse().ok());
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        Self {
            cpu_seconds: ticks.map_or(f64::NAN, |ticks| ticks as f64 / per_second),
            load: load.unwrap_or(f64::NAN),
        }
    }

    /// What was used since an earlier reading; the load is the present one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self { cpu_seconds: self.cpu_seconds - earlier.cpu_seconds, load: self.load }
    }
}

/// The memory that a process has resident, in bytes; nothing if the system does not tell.
#[must_use]
pub fn resident(process: u64) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib << 10)
}

/// The clock ticks of a process and its waited-for children: fields 14 to 17 of proc_pid_stat(5).
fn cpu_ticks(stat: &str) -> Option<u64> {
    // The second field is the program's name in brackets and may hold anything; the third follows the last bracket.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields = rest.split_whitespace().skip(11).take(4).map(str::parse);
    let ticks: Vec<u64> = fields.collect::<Result<_, _>>().ok()?;
    (ticks.len() == 4).then(|| ticks.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_past_any_name() {
        let stat = "123 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 100 20 3 4 20 0 1 0";
        assert_eq!(cpu_ticks(stat), Some(127));
        assert_eq!(cpu_ticks("123 (short) S 1 2"), None);
        assert_eq!(cpu_ticks(""), None);
    }

    #[test]
    fn another_process_is_counted_in() {
        let own = u64::from(std::process::id());
        assert!(Usage::with(&[own]).cpu_seconds >= Usage::now().cpu_seconds);
        assert!(resident(own).is_some_and(|bytes| bytes > 1 << 20));
        assert_eq!(resident(u64::MAX), None);
    }

    #[test]
    fn work_shows_as_cpu_time() {
        let before = Usage::now();
        let mut sum = 0_u64;
        while Usage::now().since(before).cpu_seconds < 0.02 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(Usage::now().since(before).cpu_seconds >= 0.02);
    }
}
