//! What came of a siege: one line, and whether it was borne.

use std::fmt;
use std::time::Duration;

use crate::honest::{Seen, Times};
use crate::siege::Siege;

/// What 99 of 100 calls of an honest member should stay within; a goal, since a busy machine misses it with no siege at all.
const P99_GOAL: Duration = Duration::from_millis(100);

/// What the server may grow by, in bytes, whatever is done to it.
pub const GROWTH_MAX: u64 = 64 * MIB;

/// Beyond twice what it took before and so much, a call counts as slower than before.
const SLACK: Duration = Duration::from_millis(5);

const MIB: u64 = 1024 * 1024;

/// What stands above the lines.
pub const HEAD: &str = "                   open, ms       cold, ms       memory, MiB\n\
    siege              p50     p99    p50     p99    before highest after    acts   again  recovered, goal";

/// What came of one siege.
#[derive(Debug)]
pub struct Outcome {
    /// Which one it was.
    pub siege: Siege,
    /// What the besiegers did: connections, calls, and floods by what is written at once.
    pub acts: u64,
    /// What an honest member saw before.
    pub before: Seen,
    /// Meanwhile.
    pub during: Seen,
    /// And once the besiegers were gone.
    pub after: Seen,
    /// What the server weighed; None if it's dead.
    pub memory: Option<Memory>,
    /// Descriptors that it still had open, of those that the besiegers had taken.
    pub left: usize,
}

/// Resident memory in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Before the siege.
    pub before: u64,
    /// The most at any time.
    pub highest: u64,
    /// Once the besiegers were gone.
    pub after: u64,
}

impl Memory {
    /// What it grew by at most.
    #[must_use]
    pub fn growth(self) -> u64 {
        self.highest.saturating_sub(self.before)
    }
}

impl Outcome {
    /// Says why the siege was not borne, if it wasn't. How long a call took is no reason.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let Some(memory) = self.memory else { return Some("the server died".to_owned()) };
        let seen = [("before", &self.before), ("during", &self.during), ("after", &self.after)];
        for (when, seen) in seen {
            if let Some(why) = &seen.failed {
                return Some(format!("an honest call failed for good {when} the siege: {why}"));
            }
        }
        let growth = memory.growth();
        (growth > GROWTH_MAX).then(|| format!("the server grew by {} MiB", growth.div_ceil(MIB)))
    }

    /// Says how it isn't as it was, if it isn't.
    fn unrecovered(&self) -> Option<String> {
        if self.left > 0 {
            return Some(format!("{} descriptors open", self.left));
        }
        let is_slower = |after: &Times, before: &Times| {
            let (after, before) = (after.within(50), before.within(50));
            after.zip(before).is_none_or(|(after, before)| after > 2 * before + SLACK)
        };
        let is_slower =
            is_slower(&self.after.open, &self.before.open) || is_slower(&self.after.cold, &self.before.cold);
        is_slower.then(|| "slower than before".to_owned())
    }

    fn meets_goal(&self) -> bool {
        let is_quick = |times: &Times| times.within(99).is_some_and(|time| time <= P99_GOAL);
        is_quick(&self.during.open) && is_quick(&self.during.cold)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |times: &Times, percent| {
            times
                .within(percent)
                .map_or("-".to_owned(), |time| format!("{:.1}", time.as_secs_f64() * 1_000.0))
        };
        let mib = |what: fn(Memory) -> u64| {
            let bytes = self.memory.map(what);
            bytes.map_or("-".to_owned(), |bytes| format!("{:.1}", bytes as f64 / MIB as f64))
        };
        let Self { during, .. } = self;
        write!(f, "{:<14} {:>7} {:>7}", self.siege.name(), ms(&during.open, 50), ms(&during.open, 99))?;
        write!(f, "{:>7} {:>7}", ms(&during.cold, 50), ms(&during.cold, 99))?;
        let [before, highest, after] = [mib(|it| it.before), mib(|it| it.highest), mib(|it| it.after)];
        write!(f, "   {before:>7} {highest:>7} {after:>5} {:>7} {:>7}  ", self.acts, during.again)?;
        if let Some(fault) = self.fault() {
            return write!(f, "FAILED: {fault}");
        }
        f.write_str(&self.unrecovered().map_or("yes".to_owned(), |how| format!("no: {how}")))?;
        f.write_str(if self.meets_goal() { ", met" } else { ", p99 missed" })
    }
}
