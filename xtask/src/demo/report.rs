//! What is printed while the scenes are played, and whether everything held.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::bench::table::duration;
use crate::fault::Fault;
use crate::say;

/// The comparisons of a run.
#[derive(Default)]
pub(super) struct Report {
    held: usize,
    broken: Vec<String>,
    scenes: usize,
    elapsed: Duration,
}

impl Report {
    /// Plays a scene and prints one line on it: its number, what it was, how long it took.
    ///
    /// # Errors
    /// The scene's own.
    pub(super) fn scene<T>(
        &mut self,
        what: &str,
        play: impl FnOnce() -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let begun = Instant::now();
        let played = play()?;
        let took = begun.elapsed();
        self.scenes += 1;
        self.elapsed += took;
        say::line(&format!("{:>2}. {what:<82} {:>9}", self.scenes, duration(took)));
        Ok(played)
    }

    /// Compares two things that should be equal, and prints one line on it.
    pub(super) fn equal<T: PartialEq + Debug>(&mut self, what: &str, is: &T, should: &T) {
        self.holds(what, is == should);
        if is != should {
            say::line(&format!("      it is {}, it should be {}", short(is), short(should)));
        }
    }

    /// Notes whether something is as it should be, and prints one line on it.
    pub(super) fn holds(&mut self, what: &str, holds: bool) {
        say::line(&format!("      {} {what}", if holds { "holds: " } else { "BROKEN:" }));
        if holds {
            self.held += 1;
        } else {
            self.broken.push(what.to_owned());
        }
    }

    /// Prints something to know.
    pub(super) fn note(&self, what: &str) {
        say::line(&format!("      {what}"));
    }

    /// The last line.
    pub(super) fn conclusion(&self) -> String {
        let all = self.held + self.broken.len();
        let took = duration(self.elapsed);
        format!("\n{} scenes in {took}: {} of {all} comparisons held", self.scenes, self.held)
    }

    /// Whether everything held.
    ///
    /// # Errors
    /// When something did not, or nothing was compared.
    pub(super) fn verdict(&self) -> Result<(), Fault> {
        match self.broken.first() {
            None if self.held > 0 => Ok(()),
            first => {
                let why = first.cloned().unwrap_or_else(|| "nothing was compared".to_owned());
                let next = "Find the line that says BROKEN, and play its commands by hand.";
                Err(Fault::new("show two devices and a server", why, next))
            }
        }
    }
}

/// A value in one line, not all of a diary.
fn short(value: &impl Debug) -> String {
    const SHOWN: usize = 120;
    let said = format!("{value:?}");
    if said.chars().count() <= SHOWN {
        return said;
    }
    format!("{} …", said.chars().take(SHOWN).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_broken_comparison_breaks_the_run() {
        let mut report = Report::default();
        assert!(report.verdict().is_err(), "nothing was compared");
        report.equal("one is one", &1, &1);
        assert!(report.verdict().is_ok());
        report.equal("one is two", &1, &2);
        report.holds("all is well", true);
        assert!(report.verdict().unwrap_err().why.contains("one is two"));
        assert!(report.conclusion().ends_with("2 of 3 comparisons held"));
    }
}
