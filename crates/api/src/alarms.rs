//! What went wrong and the person should know, as a client sees it, and the words for it.

use haven_core::time::Timestamp;

use crate::next::{Next, plain};

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its id, as hex.
    pub id: String,
    /// What it is about, a stable name: `SERVER_ROLLED_BACK`.
    pub kind: String,
    /// Since when, by this device's clock.
    pub since: Timestamp,
    /// The device it concerns, by name.
    pub device: Option<String>,
    /// The device whose word it is that something is missing, by name.
    pub said_by: Option<String>,
    /// How often it happened.
    pub count: u64,
    /// What happened.
    pub what: String,
    /// What it means.
    pub why: String,
    /// What to do next; a sentence that fits every client.
    pub next: String,
    /// The same with commands, for somebody at a terminal; empty where `next` says it.
    pub at_terminal: String,
}

impl Alarm {
    /// What to do next, for somebody at a terminal.
    pub fn next_at_terminal(&self) -> &str {
        if self.at_terminal.is_empty() { &self.next } else { &self.at_terminal }
    }
}

/// The words for a kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// What happened; a few words in lower case.
    pub what: &'static str,
    /// What it means; a few words in lower case.
    pub why: &'static str,
    /// What to do next; a sentence that fits every client.
    pub next: &'static str,
    /// The same with commands, for somebody at a terminal; empty where `next` says it.
    pub at_terminal: &'static str,
}

/// Says what an alarm of a kind means and what to do about it. A kind that this release does not know is told as such.
pub fn says(kind: &str) -> Words {
    let (what, why, next) = of_server(kind)
        .or_else(|| of_devices(kind))
        .or_else(|| of_records(kind))
        .or_else(|| of_disk(kind))
        .or_else(|| of_keys(kind))
        .unwrap_or((
            "something went wrong that this release has no words for",
            "the journal was used with a newer Haven",
            plain("Update Haven on this device, then look again."),
        ));
    Words { what, why, next: next.plain, at_terminal: next.terminal }
}

type Told = (&'static str, &'static str, Next);

fn of_server(kind: &str) -> Option<Told> {
    Some(match kind {
        "NEW_STORE" => (
            "the server's store isn't the one it had before",
            "it was wiped, restored or replaced; nothing is sent to it until you agree",
            plain("If you did that, set the server again: it is filled from this device. Otherwise ask whoever runs it, unless that's someone you're wary of: then write on a device they can't reach.").at_terminal("If you did that, run `haven server set URL` again: it is filled from this device. Otherwise ask whoever runs it, unless that's someone you're wary of: then write on a device they can't reach."),
        ),
        "SPACE_LOST" => (
            "the server says it never had this journal",
            "it lost what it held; everything is still here",
            plain("If you trust it, set it again with an invite: it is filled from this device.").at_terminal("If you trust it, set it again with `haven server set URL --invite CODE`: it is filled from this device."),
        ),
        "SERVER_ROLLED_BACK" => (
            "the server went back to an older state",
            "it was restored from a backup, or someone may be tampering with it; everything is still here",
            plain("This device fills it again by itself. If nobody restored a backup, ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach."),
        ),
        "OLD_ROSTER" => (
            "the server shows an older list of your devices",
            "it was restored from a backup, or someone may be tampering with it; this device keeps the newer list",
            plain("If nobody restored a backup, ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach."),
        ),
        "ROSTER_FORKED" => (
            "there are two different lists of your devices",
            "a server that went back to an old copy can cause this, and so can someone who has one of your devices; this device keeps its own list, and sends nothing to whoever has the other",
            plain("Compare the list on each of your devices. If you know every device on them, go on with one list: link those that have the other anew, and bring over what you wrote there. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach.").at_terminal("Compare `haven device list` on each of your devices. If you know every one on them, go on with one list: link those that have the other anew, and bring over what you wrote there with `haven export` and `haven import`. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach."),
        ),
        "ROSTER_WITHHELD" => (
            "a change to your list of devices hasn't reached this device",
            "another device or the server itself tells of it, but it didn't come; until it does, this device goes by the list it has",
            plain("Sync again a little later. If this stays, ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach."),
        ),
        "RECORDS_WITHHELD" => (
            "something from another device hasn't reached this one",
            "one of your devices has it, and the server didn't send it on; nothing is lost by waiting",
            plain("Sync on both devices. If this stays, ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach."),
        ),
        "OTHER_SERVER" => (
            "whoever answers at the server's address isn't your server",
            "it can't prove that it's the one this device trusts; nothing was sent",
            plain("If you set the server up anew, set it again and accept its new identity. Otherwise don't use it.").at_terminal("If you set the server up anew, run `haven server set URL --accept-identity`. Otherwise don't use it."),
        ),
        _ => return None,
    })
}

fn of_devices(kind: &str) -> Option<Told> {
    Some(match kind {
        "LINK_REFUSED" => (
            "a change to your list of devices was turned down",
            "it breaks the rules, or whoever made it isn't one of your devices; your list stays as it was",
            plain("Look at the list of devices. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach.").at_terminal("Look at `haven device list`. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach."),
        ),
        "DEVICE_FORKED" => (
            "one of your devices has two histories",
            "it was restored from a backup or copied, and both copies write; every word of both is kept",
            plain("Use only one of the copies from now on, and link the other anew.").at_terminal("Use only one of the copies from now on, and link the other anew with `haven device link`."),
        ),
        "DEVICE_CLONED" => (
            "the server has words that this device wrote but no longer has",
            "this is a restored backup or a copy of the device that wrote them; nothing is lost",
            plain("If a copy of it is in use elsewhere, link that one anew, and stop using its data.").at_terminal("If a copy of it is in use elsewhere, link that one anew with `haven device link`, and stop using its data."),
        ),
        "HISTORY_CONTRADICTED" => (
            "two accounts of what one of your devices wrote don't match",
            "the server or another device remembers it differently; everything on this device stays as it is",
            plain("Sync each of your devices, then take this off the list. If it comes back, one device may be a copy of another, from a backup say: write on only one of the two. If someone you're wary of runs the server, write on a device they can't reach.").at_terminal("Sync each of your devices, then take this off the list with `haven alarms resolve ID`. If it comes back, one device may be a copy of another, from a backup say: write on only one of the two. If someone you're wary of runs the server, write on a device they can't reach."),
        ),
        "REMOVED_DEVICE_WROTE" => (
            "a device that was removed wrote something that isn't in your journal",
            "your other devices didn't have it yet when that one was removed; it's kept here, but not shown",
            plain("If you have that device, save a copy there of what you'd like to keep, and bring it in here. If someone else has it, there's nothing you need to do: it can't read what you write now.").at_terminal("If you have that device, run `haven export jsonl FILE` there, and `haven import jsonl FILE` here. If someone else has it, there's nothing you need to do: it can't read what you write now."),
        ),
        "DEVICE_ADDED" => (
            "a device was added to your journal",
            "another of your devices let it in, and it can read everything",
            plain("If that was you, take this off the list. If it wasn't, remove that device, and have a new recovery kit made.").at_terminal("If that was you, run `haven alarms resolve ID`. If it wasn't, take that device out with `haven device remove`, and have a new recovery kit made."),
        ),
        "DEVICE_REMOVED" => (
            "a device was removed from your journal",
            "another of your devices took it out; it gets nothing new, and what it writes isn't taken in",
            plain("If that was you, take this off the list. If it wasn't, someone may be using the device that did it: look at your list of devices.").at_terminal("If that was you, run `haven alarms resolve ID`. If it wasn't, someone may be using the device that did it: look at `haven device list`."),
        ),
        "KIT_REPLACED" => (
            "your recovery kit was replaced",
            "another of your devices put a new one in its place; the old one opens nothing that's written since",
            plain("If that was you, destroy the old kit and take this off the list. If it wasn't, remove the device that did it, with a new kit.").at_terminal("If that was you, destroy the old kit and run `haven alarms resolve ID`. If it wasn't, take the device that did it out with `haven device remove`, with a new kit."),
        ),
        "JOURNAL_WENT_BACK" => (
            "an older copy of the journal took the place of this device's own",
            "it holds less than it held; what the server or another device has comes back by itself",
            plain("Sync, then see whether anything is missing. If you have the newer file, close Haven and put it back."),
        ),
        _ => return None,
    })
}

fn of_records(kind: &str) -> Option<Told> {
    Some(match kind {
        "RECORD_MISSING" => (
            "something that a device of yours wrote is missing",
            "what came after it waits until it comes",
            plain("Sync on the device that wrote it; it sends again what the server lacks."),
        ),
        "RECORD_REFUSED" => (
            "something arrived that isn't what your device wrote",
            "it was changed on the way, or comes from a removed device; none of it was taken in",
            plain(
                "Sync again. If this comes back, ask whoever runs the server, unless that's someone you're wary of: then write on a device they can't reach.",
            ),
        ),
        "RECORD_UNREADABLE" => (
            "something came that can't be read",
            "it's damaged, or written by a newer Haven",
            plain("Update Haven on this device and sync again."),
        ),
        "RECORD_PUT_ASIDE" => (
            "something that a device of yours wrote was put aside",
            "it didn't pass the checks, so it's kept but not shown",
            plain(
                "Update Haven on all devices. The words are still on the device that wrote them: export them there.",
            ),
        ),
        "BODY_MISSING" => (
            "something from another device arrived without what's inside",
            "the server doesn't have the rest; whatever builds on it waits here until it comes",
            plain(
                "Sync on your other devices: whichever has the rest sends it, and this goes away by itself.",
            ),
        ),
        "BODY_CALLED_GONE" => (
            "something that a device of yours wrote is called gone for good, and isn't here",
            "another device says so; this one has never seen it and can't tell whether that's right. It asks the server for it each time",
            plain(
                "If you threw it away for good yourself, dismiss this. If not, sync on your other devices: whichever has it sends it. And remove the device that says so if it isn't yours.",
            ),
        ),
        "UPDATE_NEEDED" => (
            "something came that only a newer Haven can read",
            "another device of yours uses a newer version, or the server sends what none of them wrote; nothing is lost",
            plain("Update Haven on this device. If it's up to date on all your devices, sync again."),
        ),
        "DROP_UNREADABLE" => (
            "something that was written while the journal was locked can't be opened",
            "the file was damaged, or someone put something there; it's kept but not shown",
            plain(
                "Check the disk, and who else can write to the journal's folder. If you have a copy of the folder, keep it.",
            ),
        ),
        _ => return None,
    })
}

fn of_disk(kind: &str) -> Option<Told> {
    Some(match kind {
        "DISK_UNREADABLE" => (
            "something that a device of yours wrote can't be read from this device's disk",
            "the disk failed, or the journal's file is damaged; it waits here and is tried again, and nothing is taken as gone",
            plain(
                "Close Haven and open it again. If it stays, check the disk: the words are still on the device that wrote them.",
            ),
        ),
        "JOURNAL_MENDED" => (
            "a part of this journal was damaged on this device's disk, and was made again",
            "every entry is there as it was written; but a disk that loses something once may do it again",
            plain("Save a copy of the journal somewhere else, then check the disk."),
        ),
        "JOURNAL_DAMAGED" => (
            "a part of this journal is damaged on this device's disk",
            "some entries, or newer words in them, can't be shown here; nothing was removed, and the rest can be read as ever",
            plain(
                "Sync: what the server holds comes back by itself. If this stays, the words may still be on your other devices; then check this device's disk.",
            ),
        ),
        "DRAFT_DAMAGED" => (
            "a draft, something you hadn't finished writing, can't be read from this device's disk",
            "the disk damaged it; what's left of it is kept as it is",
            plain(
                "Look whether your newest words are there. If you have a copy of the journal's folder, keep it, and check the disk.",
            ),
        ),
        "NOTES_DAMAGED" => (
            "something that this device noted for itself was damaged on its disk",
            "it may have forgotten a warning, which server it uses, or what was put aside; your entries aren't in it",
            plain("Look whether the server is still set, and sync. Then check the disk."),
        ),
        _ => return None,
    })
}

fn of_keys(kind: &str) -> Option<Told> {
    Some(match kind {
        "KEY_MISSING" => (
            "something from another device can't be opened here yet",
            "it's locked with a newer key that hasn't reached this device; it waits here, and nothing is lost",
            plain(
                "Sync on your other devices, then here. If this stays, save a copy of what you wrote on this device, then link it anew.",
            ),
        ),
        "NEW_KEY_UNREADABLE" => (
            "another device made a new key for your journal, and it doesn't open here",
            "that device may be faulty, or someone else may be using it; what you write is kept here, and goes to your other devices once a key fits",
            plain(
                "Look at the list of devices. If you know each one and have it with you, save a copy of what you wrote here, then link this device anew. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach.",
            ).at_terminal("Look at `haven device list`. If you know each one and have it with you, save what you wrote here with `haven export jsonl FILE`, then link this device anew. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach."),
        ),
        "OLD_KEY_LOST" => (
            "a device of yours made a new key for the journal that doesn't lead back to the older ones",
            "that device is faulty, or someone has it; a device that was linked after that can't read what was written before, and the others still can",
            plain(
                "Look which devices your journal has. If each is in your hands, export the journal on one that shows everything, and import it where something is missing. If there's one you don't know, whoever has it may be able to read this journal: start a new one, on a device they can't reach.",
            ),
        ),
        "DROP_KEY_CHANGED" => (
            "the key that keeps what you write while the journal is locked was swapped",
            "the file was damaged, or someone wrote to it; whoever did may be able to read what you wrote while it was locked",
            plain(
                "That's put right. Think about who else can write to the journal's folder, and unlock before you write.",
            ),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alarm_says_what_why_and_what_next() {
        let kinds = [
            "NEW_STORE",
            "SPACE_LOST",
            "SERVER_ROLLED_BACK",
            "OLD_ROSTER",
            "ROSTER_FORKED",
            "ROSTER_WITHHELD",
            "LINK_REFUSED",
            "DEVICE_FORKED",
            "DEVICE_CLONED",
            "RECORD_MISSING",
            "RECORDS_WITHHELD",
            "RECORD_REFUSED",
            "RECORD_UNREADABLE",
            "RECORD_PUT_ASIDE",
            "OTHER_SERVER",
            "JOURNAL_WENT_BACK",
            "DEVICE_ADDED",
            "DEVICE_REMOVED",
            "KIT_REPLACED",
            "DROP_UNREADABLE",
            "DROP_KEY_CHANGED",
            "HISTORY_CONTRADICTED",
            "REMOVED_DEVICE_WROTE",
            "BODY_MISSING",
            "BODY_CALLED_GONE",
            "KEY_MISSING",
            "NEW_KEY_UNREADABLE",
            "OLD_KEY_LOST",
            "DISK_UNREADABLE",
            "JOURNAL_MENDED",
            "JOURNAL_DAMAGED",
            "DRAFT_DAMAGED",
            "NOTES_DAMAGED",
            "UPDATE_NEEDED",
        ];
        let unknown = says("UNKNOWN");
        for kind in kinds {
            let words = says(kind);
            assert_ne!(words, unknown, "{kind}");
            assert!(!words.what.is_empty() && !words.what.ends_with('.'), "{kind}");
            assert!(!words.why.is_empty() && !words.why.ends_with('.'), "{kind}");
            for next in [words.next, words.at_terminal].into_iter().filter(|next| !next.is_empty()) {
                assert!(next.ends_with('.') && next.starts_with(char::is_uppercase), "{kind}");
            }
            assert!(!words.next.is_empty() && !words.next.contains('`'), "{kind}");
        }
        assert!(!unknown.what.is_empty() && unknown.next.ends_with('.'));
    }
}
