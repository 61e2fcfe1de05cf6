//! A case: honest devices that agree, one mutation, and the five assertions that it ends with.
//!
//! (a) nothing that the server received holds a word or a key; (b) nobody's journal, list of devices or server changed but as
//! expected; (c) the person is told, exactly what is expected, within one sync; (d) nothing panics, hangs or grows by more than
//! 64 MiB; (e) once the server is honest the devices agree again, a new one too, and no honest entry is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

use haven_api::drafts::SavedDraft;
use haven_api::journal::Draft;
use haven_api::vault::ServerInvite;
use haven_core::time::Timestamp;
use haven_feed::record::{Record, RecordKind, VerifiedRecord};
use haven_feed::roster::Link;
use haven_feed::{FeedId, Position, Vector};
use haven_sim::server::Connection;
use haven_store::memory::MemoryStore;

use crate::cast::{Cast, Who};
use crate::device::{Device, Shown, URL};
use crate::memory::{forget_peak, peak_mib};
use crate::server::{EvilServer, Script};
pub use crate::verdict::Verdict;

/// How long, on virtual time, anything is waited for.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often it is looked at meanwhile.
const GLANCE: Duration = Duration::from_millis(100);

/// By how much a process may grow, in MiB.
const GROWTH_MIB_MAX: u64 = 64;

/// How many calls the devices may make in half a minute of being lied to.
const TALK_MAX: usize = 200;

/// The connection of whoever has the tablet's keys.
const TABLET_LINE: Connection = 1_000_000;

/// In every text, so that it can be looked for.
const CANARY: &str = "quince-medlar-sloe";

/// Alarms that end by themselves when what was missing comes.
const PASSING: &str =
    "RECORDS_WITHHELD ROSTER_WITHHELD RECORD_MISSING BODY_MISSING REMOVED_DEVICE_WROTE UPDATE_NEEDED";

/// See the module.
pub struct Case {
    /// Everybody's keys.
    pub cast: Cast,
    /// The server.
    pub server: EvilServer,
    devices: BTreeMap<Who, Device>,
    /// What honest people wrote.
    written: BTreeSet<String>,
    texts: usize,
    /// What each of them can read.
    shows: BTreeMap<Who, BTreeSet<String>>,
    /// A device whose history nobody can join to the others'.
    parted: Option<Who>,
    before: BTreeMap<Who, Shown>,
    pulls: BTreeMap<Who, usize>,
    peak: u64,
    seed: u64,
}

impl Case {
    /// Two devices and an honest server: an entry each, read on the other.
    pub async fn begin() -> Self {
        // The library's panics are caught by the guard. A backtrace of one takes more memory than a case may.
        std::panic::set_hook(Box::new(|panic| {
            let _ = std::io::stderr().write_all(format!("{panic}\n").as_bytes());
        }));
        let seed = 1;
        let mut case = Self {
            cast: Cast::new(seed),
            server: EvilServer::new(seed),
            devices: BTreeMap::new(),
            written: BTreeSet::new(),
            texts: 0,
            shows: BTreeMap::new(),
            parted: None,
            before: BTreeMap::new(),
            pulls: BTreeMap::new(),
            peak: 0,
            seed,
        };
        let invite = case.server.invite();
        for (who, invite) in [(Who::Laptop, invite), (Who::Phone, String::new())] {
            case.switch_on(who).await;
            case.set_server(who, invite).await;
        }
        for (who, text) in [(Who::Laptop, "first of the laptop"), (Who::Phone, "first of the phone")] {
            case.write(who, text).await;
        }
        case.settle().await;
        case.look().await;
        case
    }

    /// Starts a device that has nothing yet.
    pub async fn switch_on(&mut self, who: Who) {
        self.seed += 1;
        let store = self.cast.store(who);
        let device = Device::open(store, Cast::key(who), self.seed, &self.server).await;
        self.devices.insert(who, device);
        self.shows.insert(who, BTreeSet::new());
    }

    /// Starts a device anew on what its disk holds, or held when it was copied.
    pub async fn restart(&mut self, who: Who, disk: Option<MemoryStore>) {
        self.seed += 1;
        let device = self.devices.remove(&who).unwrap();
        device.close().await;
        let disk = disk.unwrap_or_else(|| device.copied());
        let device = Device::open(disk, Cast::key(who), self.seed, &self.server).await;
        self.devices.insert(who, device);
    }

    /// Its person sets the server.
    pub async fn set_server(&self, who: Who, invite: String) {
        let choice = ServerInvite { url: URL.to_owned(), invite };
        self.device(who).client.set_server(choice, false).await.unwrap();
    }

    /// Starts the desk, which was linked and has nothing yet, and looks at it from here on.
    pub async fn switch_desk_on(&mut self) {
        self.switch_on(Who::Desk).await;
        let before = self.server.pulls(self.cast.feed(Who::Desk));
        self.pulls.insert(Who::Desk, before);
        self.set_server(Who::Desk, String::new()).await;
    }

    /// What this device writes from here on is not part of what the others have to come to.
    pub fn part(&mut self, who: Who) {
        self.parted = Some(who);
    }

    /// A running device.
    pub fn device(&self, who: Who) -> &Device {
        self.devices.get(&who).unwrap()
    }

    /// Its feed.
    pub fn feed(&self, who: Who) -> FeedId {
        self.cast.feed(who)
    }

    /// Somebody writes; gives the whole text.
    pub async fn write(&mut self, who: Who, words: &str) -> String {
        let text = format!("{words} {CANARY} {}", self.texts);
        self.device(who).write(&text).await;
        self.texts += 1;
        if Some(who) != self.parted {
            self.written.insert(text.clone());
        }
        self.shows.entry(who).or_default().insert(text.clone());
        text
    }

    /// An editor saves what somebody is typing.
    pub async fn saves_draft(&self, who: Who, text: &str) {
        let draft = SavedDraft {
            id: [7; 16],
            draft: Draft::note(text),
            entry: None,
            base_version: None,
            saved: Timestamp::from_millis(0),
            held: false,
            meant: None,
            typed: Default::default(),
        };
        self.device(who).client.save_draft(draft).await.unwrap();
    }

    /// What was typed has become an entry.
    pub fn wrote(&mut self, who: Who, text: &str) {
        self.written.insert(text.to_owned());
        self.reaches(who, text);
    }

    /// The one text so far in which these words are.
    pub fn written_by(&self, words: &str) -> String {
        self.written.iter().find(|text| text.contains(words)).unwrap().clone()
    }

    /// A device that is being lied to can read this all the same.
    pub fn reaches(&mut self, who: Who, text: &str) {
        self.shows.entry(who).or_default().insert(text.to_owned());
    }

    /// A device that was put back does not have this any more.
    pub fn lacks(&mut self, who: Who, text: &str) {
        self.shows.get_mut(&who).unwrap().remove(text);
        self.before.get_mut(&who).unwrap().entries.remove(text);
    }

    /// Waits until everybody can read everything and has sent everything.
    pub async fn settle(&mut self) {
        for who in self.devices.keys().filter(|who| Some(**who) != self.parted) {
            self.shows.insert(*who, self.written.clone());
        }
        let began = tokio::time::Instant::now();
        loop {
            let mut lacking = Vec::new();
            for (who, device) in &self.devices {
                let (texts, wanted) = (texts(&device.shown().await), &self.shows[who]);
                let is_parted = Some(*who) == self.parted;
                if texts != *wanted || !(is_parted || device.is_idle().await) {
                    let missing: Vec<&String> = wanted.difference(&texts).collect();
                    let strange: Vec<&String> = texts.difference(wanted).collect();
                    let sync = device.status().await.sync;
                    lacking.push(format!("{who:?} lacks {missing:?}, has {strange:?}, {sync:?}"));
                }
            }
            if lacking.is_empty() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "(e) {lacking:#?} {:?}", self.alarms().await);
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn look(&mut self) {
        for (who, device) in &self.devices {
            self.before.insert(*who, device.shown().await);
            self.pulls.insert(*who, self.server.pulls(self.cast.feed(*who)));
        }
        forget_peak();
        self.peak = peak_mib();
    }

    /// From here on the server follows a script.
    pub async fn mutate(&mut self, script: Script) {
        self.look().await;
        self.server.follow(script);
    }

    /// From here on the server is another one, or holds something else: connections are lost, and devices come back.
    pub async fn alter<T>(
        &mut self,
        with: impl FnOnce(&mut haven_sim::server::SimServer, &mut haven_sim::chance::Chance) -> T,
    ) -> T {
        self.look().await;
        let altered = self.server.core(with);
        self.server.hang_up();
        altered
    }

    /// Somebody asks a device to sync now.
    pub async fn sync(&self, who: Who) {
        // Whether it goes is what the case is about.
        let _ = self.device(who).client.sync(None).await;
    }

    /// Lets so much virtual time pass.
    pub async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// What everybody is told.
    pub async fn alarms(&self) -> BTreeMap<Who, Vec<String>> {
        let mut alarms = BTreeMap::new();
        for (who, device) in &self.devices {
            let kinds = device.alarms().await;
            if !kinds.is_empty() {
                alarms.insert(*who, kinds);
            }
        }
        alarms
    }

    /// Waits for something that a device shows.
    pub async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let began = tokio::time::Instant::now();
        while !holds().await {
            assert!(began.elapsed() < PATIENCE, "(d) {what} does not come about");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until a device can read these.
    pub async fn until_shown(&self, who: Who, wanted: &[&String]) {
        let device = self.device(who);
        self.until("reading", async || {
            let shown = device.shown().await;
            wanted.iter().all(|text| shown.entries.contains_key(*text))
        })
        .await;
    }

    /// Waits until a device has nothing to send and nothing to fetch.
    pub async fn until_idle(&self, who: Who) {
        let device = self.device(who);
        self.until("being idle", async || device.is_idle().await).await;
    }

    /// Waits until a device says why it does not sync.
    pub async fn until_problem(&self, who: Who) {
        let device = self.device(who);
        self.until("a problem", async || device.status().await.sync.problem.is_some()).await;
    }

    /// When a device says that it heard of another one last.
    pub async fn last_heard(&self, who: Who, of: Who) -> Option<i64> {
        let id = self.feed(of).to_string();
        let devices = self.device(who).client.devices().await.unwrap();
        let other = devices.into_iter().find(|device| device.id == id).unwrap();
        other.last_seen.map(|at| at.as_millis())
    }

    /// All that honest people wrote.
    pub fn written(&self) -> BTreeSet<String> {
        self.written.clone()
    }

    /// Whoever has the tablet's keys brings records to the honest server.
    pub fn tablet_pushes(&self, records: &[&VerifiedRecord]) -> Result<Vector, String> {
        let space = self.cast.roster.space();
        self.tablet_enters();
        let records = records.iter().map(|record| record.bytes().clone()).collect();
        self.server.push_as(TABLET_LINE, space, records)
    }

    /// Whoever has the tablet's keys logs in at the honest server.
    pub fn tablet_enters(&self) {
        let signer = self.cast.secrets(Who::Tablet).signer();
        self.server.enter(TABLET_LINE, self.cast.roster.space(), self.feed(Who::Tablet), signer);
    }

    /// Whoever is logged in so brings a link, whoever made it.
    ///
    /// # Errors
    /// The honest server refuses it.
    pub fn tablet_appends(&self, link: &Link) -> Result<(), String> {
        self.server.append_as(TABLET_LINE, self.cast.roster.space(), link)
    }

    /// Waits until a device shows another one as removed.
    pub async fn until_removed(&self, who: Who, gone: Who) {
        let (device, id) = (self.device(who), self.feed(gone).to_string());
        self.until("the removal", async || device.shown().await.devices[&id].1).await;
    }

    /// A device is expected to show one more from here on.
    pub fn expects_device(&mut self, who: Who, id: &str, name: &str) {
        self.before.get_mut(&who).unwrap().devices.insert(id.to_owned(), (name.to_owned(), false));
    }

    /// An entry is expected to be exported otherwise from here on, with the same words.
    pub fn expects_touched(&mut self, text: &str) {
        self.before.values_mut().for_each(|before| drop(before.entries.remove(text)));
    }

    /// A device is expected to show another one as removed from here on.
    pub fn expects_removed(&mut self, who: Who, gone: Who) {
        let id = self.feed(gone).to_string();
        self.before.get_mut(&who).unwrap().devices.get_mut(&id).unwrap().1 = true;
    }

    /// Waits until a device tells something.
    pub async fn until_told(&self, who: Who, kind: &str) {
        let device = self.device(who);
        self.until(kind, async || device.alarms().await.iter().any(|told| told == kind)).await;
    }

    /// Where the server is in a feed.
    pub fn held(&self, feed: FeedId) -> Option<Position> {
        self.server.core(|core, _| core.vector()).get(&feed)
    }

    /// The newest record that the server holds of a feed.
    pub fn newest(&self, feed: FeedId) -> VerifiedRecord {
        self.held_by_server(feed).pop().unwrap()
    }

    /// The first record of a feed in which something was written.
    pub fn first(&self, feed: FeedId) -> VerifiedRecord {
        let written = |record: &VerifiedRecord| record.header().kind == RecordKind::Data;
        self.held_by_server(feed).into_iter().find(written).unwrap()
    }

    fn held_by_server(&self, feed: FeedId) -> Vec<VerifiedRecord> {
        let held = self.server.core(|core, _| core.holdings());
        let records = held.into_iter().filter_map(|bytes| Record::parse(bytes).ok());
        let mut records: Vec<Record> = records.filter(|record| record.header().feed == feed).collect();
        records.sort_by_key(|record| record.header().seq);
        let keys = &self.cast.roster.feed(&feed).unwrap().keys;
        records.into_iter().map(|record| record.verify(keys).unwrap()).collect()
    }

    /// The five assertions.
    pub async fn judge(mut self, verdict: Verdict) {
        self.is_told(&verdict).await;
        self.nothing_else_changed().await;
        let told = self.alarms().await;
        self.heals(&verdict).await;
        self.no_new_alarm(&verdict, &told).await;
        self.nothing_leaked();
        let grown = peak_mib().saturating_sub(self.peak);
        assert!(grown <= GROWTH_MIB_MAX, "(d) the process grew by {grown} MiB");
        for device in self.devices.values() {
            device.close().await;
        }
    }

    /// (c) Everybody is told what is expected and nothing else, within one sync, and it stays so.
    async fn is_told(&self, verdict: &Verdict) {
        let expected: BTreeMap<Who, Vec<String>> = verdict
            .told
            .iter()
            .map(|(who, kinds)| (*who, kinds.iter().map(|&kind| kind.to_owned()).collect()))
            .collect();
        let began = tokio::time::Instant::now();
        while self.alarms().await != expected {
            assert!(began.elapsed() < PATIENCE, "(c) told {:?}, not {expected:?}", self.alarms().await);
            tokio::time::sleep(GLANCE).await;
        }
        for (who, before) in &self.pulls {
            let pulls = self.server.pulls(self.cast.feed(*who)) - before;
            let told = verdict.told.contains_key(who);
            assert!(!told || pulls <= verdict.pulls, "(c) {who:?} was told after {pulls} pulls");
        }
        let heard = self.server.received().len();
        tokio::time::sleep(Duration::from_secs(30)).await;
        let heard = self.server.received().len() - heard;
        assert!(heard <= TALK_MAX, "(d) {heard} calls in half a minute");
        assert_eq!(self.alarms().await, expected, "(c) half a minute later");
    }

    /// (b) What was there is there as it was, and what is new is what is expected.
    async fn nothing_else_changed(&self) {
        for (who, device) in &self.devices {
            let now = device.shown().await;
            assert_eq!(texts(&now), self.shows[who], "(b) what {who:?} can read");
            let Some(before) = self.before.get(who) else { continue };
            for (text, line) in &before.entries {
                assert_eq!(now.entries.get(text), Some(line), "(b) an entry on {who:?}");
            }
            assert_eq!(now.devices, before.devices, "(b) the devices on {who:?}");
            assert_eq!(now.server, before.server, "(b) the server of {who:?}");
        }
    }

    /// (e) The server turns honest: the devices agree, and one that had nothing gets everything.
    async fn heals(&mut self, verdict: &Verdict) {
        self.server.turn_honest();
        if verdict.agree {
            let invite = self.server.invite();
            for (who, invite) in [(Who::Laptop, invite), (Who::Phone, String::new())] {
                self.set_server(who, invite).await;
            }
        }
        self.settle().await;
        if let Some((who, kind)) = verdict.parts {
            self.until_told(who, kind).await;
        }
        if !self.devices.contains_key(&Who::Desk) {
            self.switch_desk_on().await;
            self.settle().await;
        }
    }

    /// (e) What was missing is told no more, and nothing new is told.
    async fn no_new_alarm(&self, verdict: &Verdict, told: &BTreeMap<Who, Vec<String>>) {
        for (who, kinds) in self.alarms().await {
            for kind in kinds {
                let passes = PASSING.split(' ').any(|passing| passing == kind);
                let known = told.get(&who).is_some_and(|told| told.contains(&kind));
                let stays = verdict.stays.contains(&kind.as_str());
                assert!(stays || (known && !passes), "(e) {who:?} is told {kind}");
            }
        }
    }

    /// (a) No word and no key in anything that the server received.
    fn nothing_leaked(&self) {
        let mut hidden = self.cast.hidden();
        hidden.extend(
            ["quince", "medlar-sloe", "hard evening", "Laptop", "Phone"].map(|word| word.as_bytes().to_vec()),
        );
        let received = self.server.received();
        assert!(received.len() > 10, "(a) the server was talked to");
        for message in received {
            for canary in &hidden {
                let found = message.windows(canary.len()).any(|window| window == canary);
                assert!(!found, "(a) the server received what it must not know");
            }
        }
    }
}

fn texts(shown: &Shown) -> BTreeSet<String> {
    shown.entries.keys().cloned().collect()
}
