//! What a case has to come to.

use std::collections::BTreeMap;

use crate::cast::Who;

/// What a case has to come to.
#[derive(Default)]
pub struct Verdict {
    pub(crate) told: BTreeMap<Who, Vec<&'static str>>,
    pub(crate) agree: bool,
    pub(crate) parts: Option<(Who, &'static str)>,
    pub(crate) stays: Vec<&'static str>,
    pub(crate) pulls: usize,
}

impl Verdict {
    /// Nobody is told anything: it does no harm.
    pub fn harmless() -> Self {
        Self { pulls: 1, ..Self::default() }
    }

    /// A device tells its person this.
    pub fn told(who: Who, alarms: &[&'static str]) -> Self {
        Self::harmless().and(who, alarms)
    }

    /// And another one that.
    pub fn and(mut self, who: Who, alarms: &[&'static str]) -> Self {
        let mut alarms = alarms.to_vec();
        alarms.sort_unstable();
        self.told.insert(who, alarms);
        self
    }

    /// Once the server is honest, people have to set it again: nothing is sent to it before.
    pub fn once_people_agree(self) -> Self {
        Self { agree: true, ..self }
    }

    /// These stand at the end all the same, since what they say is true.
    pub fn stays(self, alarms: &[&'static str]) -> Self {
        Self { stays: alarms.to_vec(), ..self }
    }

    /// What this device wrote since the mutation reaches nobody until it is linked anew: it keeps it, and tells this.
    pub fn parts(self, who: Who, told: &'static str) -> Self {
        Self { parts: Some((who, told)), ..self }
    }

    /// It takes so many pulls until they are told: the first one ends, or asks for more.
    pub fn after_pulls(self, pulls: usize) -> Self {
        Self { pulls, ..self }
    }
}
