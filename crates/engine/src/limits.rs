//! Every limit of the engine, with its reason.

use haven_core::limits::ENTRY_BYTES_MAX;

/// Operations one change may hold. The largest honest change writes all words of the longest entry anew: each letter that was
/// there is a deletion, each that is there now an insertion. The rest is room for what is no words.
pub const CHANGE_OPERATIONS_MAX: u64 = 2 * ENTRY_BYTES_MAX as u64 + 16_384;

/// Operations of a creation change that is compared without opening a document. An entry has a few dozen; one with more
/// tags and answers than this goes the long way.
pub const CREATION_OPERATIONS_MAX: usize = 1_024;

/// Operations one record may hold for one document: the upgrades of all of its texts to single code points, and a change that
/// writes them anew.
pub const RECORD_OPERATIONS_MAX: u64 = ENTRY_BYTES_MAX as u64 + CHANGE_OPERATIONS_MAX;

/// Operations for each byte that was sent of a document. A letter is a byte or more; it's inserted once, and where edits met, each
/// of 32 sides may delete it or has to pass over it to come first in rank.
pub const OPERATIONS_A_BYTE_MAX: u64 = 2 * haven_core::limits::MET_SIDES_MAX as u64;

/// Operations that a record may hold for one document however few bytes it has: marks, tags and answers are a few hundred. They
/// take 6 MiB while they're applied.
pub const OPERATIONS_FREE: u64 = 16_384;

/// How far ahead of all that is here a change may count: as far as one record goes. Its author may have known of others.
pub const COUNTER_AHEAD_MAX: u64 = RECORD_OPERATIONS_MAX;

/// The highest counter that a change may leap to: half of what the library has room for, so that whoever counts on from there can
/// still write. Two thousand records come near it.
pub const COUNTER_LEAP_MAX: u64 = 1 << 31;

/// The highest counter of an operation. Beyond the highest leap each one below it is an operation that is in memory somewhere: no
/// document comes near.
pub const COUNTER_MAX: u64 = (1 << 32) - (1 << 24);

/// The farthest that a change's time may be from 1970, in seconds: what is left of the milliseconds that clocks give here.
pub const CHANGE_SECONDS_MAX: u64 = i64::MAX.unsigned_abs() / 1000 + 1;

/// Values of one document that are in force at once, those that conflict counted each. An entry has a few hundred; where devices
/// wrote apart, some of them a few times.
pub const DOCUMENT_VALUES_MAX: usize = 16_384;

/// Operations on keys that a record may hold for a document also where that is full: marks, tags and answers of one edit. Else
/// whoever fills a document would keep everybody else from writing in it.
pub const NAMED_FREE: u64 = 256;

/// Bytes that the keys of one change's operations expand to. An entry has a few dozen short keys.
pub const CHANGE_KEY_BYTES_MAX: u64 = 1 << 20;

/// Dependencies of one change: at most one branch a device and entry.
pub const CHANGE_DEPENDENCIES_MAX: u64 = 256;

/// Actors one change refers to; an entry edited in 4,096 openings of the journal is beyond any real one, and more cost
/// seconds to load.
pub const CHANGE_ACTORS_MAX: u64 = 4_096;

/// Columns of one change; the format knows about a dozen.
pub const CHANGE_COLUMNS_MAX: u64 = 64;

/// Bytes of an actor's name. A device's and an upgrade's have 16, an import's 32; no change of this version has a longer one.
pub const ACTOR_BYTES_MAX: u64 = 32;

/// How deep maps may stand in maps. Ours stand one deep; 32 leaves room for later shapes and none for a stack overflow.
pub const DOCUMENT_DEPTH_MAX: usize = 32;

/// Changes of one document in one record. An edit makes one and at most one upgrade a text; a merge of drafts a few.
pub const RECORD_CHANGES_MAX: usize = 256;

/// Plain bytes of changes after which a bulk write starts the next record: large enough to compress well (0.36 of the
/// plaintext), small enough to travel and be retried alone.
pub const RECORD_CONTENT_TARGET: usize = 64 * 1024;

/// Documents in one record; a bound on what one record makes a receiver do.
pub const RECORD_DOCUMENTS_MAX: usize = 4_096;

/// Items in one record, of all kinds and also of those that this version does not know: twice what its documents need, so that
/// a record of nothing but empty items stays small in memory.
pub const RECORD_ITEMS_MAX: usize = 2 * RECORD_DOCUMENTS_MAX;

/// Names that one record announces. Each of the 32 sides of an import in which edits met has one of its own; the rest is room.
pub const RECORD_NONCES_MAX: usize = 64;

/// Heads of a document that a purge names: at most one branch a device and entry, as in a change.
pub const PURGE_HEADS_MAX: usize = CHANGE_DEPENDENCIES_MAX as usize;

/// Bodies that one record calls gone, in all of its purges and withdrawals together: an entry that was saved more often takes more
/// than one record to purge. Each is a row on every device, and a few kilobytes can name many.
pub const BODIES_GONE_MAX: usize = 1_024;

/// What a body that is called gone takes in memory until that is on the disk, about, in bytes.
pub const BODY_GONE_BYTES: usize = 384;

/// Ids under which one device may call one place gone. A record has one, and where a feed has two histories two; whoever says more
/// lies, and each would be kept.
pub const GONE_IDS_MAX: usize = 2;

/// Bytes of the words of one share: what the longest entry has.
pub const SHARE_BYTES_MAX: usize = ENTRY_BYTES_MAX;

/// Bytes that a share says its time in: a civil time with its zone (RFC 9557) has a few dozen.
pub const SHARE_AT_BYTES_MAX: usize = 128;

/// Parts of one share; the longest exercise has a few dozen answers.
pub const SHARE_FIELDS_MAX: usize = 256;

/// Bytes of one comment: three pages. Whoever has more to say says it in two, or better in the room.
pub const COMMENT_BYTES_MAX: usize = 16 * 1024;

/// Bytes of records in one push. Stays well under the 1 MiB a message may have.
pub const PUSH_BYTES_MAX: usize = 512 * 1024;

/// Pushes on their way at once: enough to keep a loopback server's group commit busy, little enough to lose by a
/// disconnect.
pub const PUSHES_IN_FLIGHT_MAX: usize = 4;

/// Sealed rows in memory at once while a vault is opened: enough for all cores, little enough that 10,000 entries are not
/// there twice.
pub const OPENED_AT_ONCE: usize = 512;

/// Open documents kept in memory; each takes 10-26 KB.
pub const OPEN_DOCUMENTS_MAX: usize = 32;

/// Characters of a device's name, as the API says.
pub const DEVICE_NAME_CHARS_MAX: usize = 64;

/// Exercises and measures that a person added, each version counted, also what was taken back: what a person who writes their
/// own in earnest may reach, and little enough to be read whenever the vault is opened, and to hold in memory (64 KiB each at
/// most).
pub const DEFINITIONS_MAX: usize = 64;

/// Idle time after which a draft becomes a record.
pub const DRAFT_IDLE_MS: u64 = 5_000;

/// The longest a draft that is being typed into stays a local row only.
pub const DRAFT_AGE_MS: u64 = 30_000;

/// Drafts at once; an editor a window.
pub const DRAFTS_MAX: usize = 64;

/// Drafts that became entries and are known by their ids still: as many as may be open at once, since that is who may ask.
pub const COMMITTED_MAX: usize = DRAFTS_MAX;

/// Bytes of one drop's content: the largest draft and what is said about it.
pub const DROP_BYTES_MAX: usize = haven_core::limits::DRAFT_BYTES_MAX + 64 * 1024;

/// Drops that wait at once: a page an hour for ten days. Whoever can talk to a locked device must not fill its disk, and
/// opening the vault takes all of them in one commit.
pub const DROPS_MAX: usize = 256;

/// Bytes of all drops that wait, for the same reason: the longest text 64 times over.
pub const DROPS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Records between two full vectors in a feed's records.
pub const FULL_VECTOR_EVERY: u64 = 64;

/// How long a device says nothing before it gives a sign of life, so that silence means something: a day, in
/// milliseconds.
pub const HEARTBEAT_MS: u64 = 24 * 3_600_000;

/// Where in the mailbox a new device says that it keeps nothing: behind the four messages of a linking.
pub const LINK_LEFT_INDEX: u32 = 5;

/// How long a linking code counts.
pub const LINK_LIFETIME_MS: u64 = 120_000;

/// How long a device that was let in is waited for, in milliseconds: two minutes to compare its words, and half a minute in which
/// it stretches its passphrase, fetches the journal and gives a sign.
pub const LINK_COMPARED_MS: u64 = 150_000;

/// How long a change of the roster goes on, while its server is lost and found again: somebody waits for it at a screen.
pub const CHANGE_MS: u64 = 30_000;

/// How often a change of the roster is made anew because another device was first. People don't do that to each other; whoever does
/// it on purpose could go on for ever.
pub const CHANGE_TRIES_MAX: usize = 8;

/// How far ahead of this device's clock the stamp of an entry may lie and still be followed by the next one of the same time, in
/// milliseconds: an hour holds 3.6 million entries of one time, and no clock that was set to another year is believed.
pub const CREATED_AHEAD_MS_MAX: i64 = 3_600_000;
/// Different keys of an import that are told as not used; a file with more has keys that are data.
pub const UNUSED_KEYS_MAX: usize = 50;

/// Import lines in one command; the client sends more in the next.
pub const IMPORT_LINES_MAX: usize = 4_096;

/// Bytes in memory of records that wait for others they build on, with what was opened of them, of all feeds together. Beyond
/// it they are read again from the store.
pub const WAITING_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Bytes of records that are tried in one commit: what one message of the server holds.
pub const WAITING_STEP_BYTES: usize = 1024 * 1024;

/// Records that are opened together, on all cores.
pub const OPENED_TOGETHER: usize = 64;

/// Bytes that each of them may inflate to; one with more is opened alone. Twice what a bulk write puts into one.
pub const OPENED_EACH_BYTES: usize = 2 * RECORD_CONTENT_TARGET;

/// Bytes of opened records in memory before they are applied: no message, however it was made, inflates to more.
pub const OPENED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of the second histories of one feed that always have room beside the first, whatever others do: the largest record, or
/// a thousand usual ones. Of all feeds that there may ever be it's less than these may write anyhow.
pub const BRANCH_BYTES_EACH: usize = 1024 * 1024;

/// Bytes beyond that, of all feeds together: a restored backup's writing of a year, and no more than a disk can bear when somebody
/// makes them for harm. What is beyond is still on the server.
pub const BRANCH_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Feeds of which it is known what a removed device was applied without: an honest one misses few. Of one that names more nothing is
/// kept, and it is asked again whatever comes.
pub const MISSED_FEEDS_MAX: usize = 64;

/// Bytes in memory that the dangling records of one feed may take: the one with the most documents, or some two thousand usual ones.
/// Whoever lies so often waits.
pub const DANGLING_BYTES_EACH: usize = 256 * 1024;

/// The same of all feeds together: as many as a vault may have at a time.
pub const DANGLING_BYTES_MAX: usize = haven_feed::limits::FEEDS_MAX * DANGLING_BYTES_EACH;

/// How much later than the moment on disk device and server must have the same before that is written again: whoever types
/// makes them agree several times a minute, and nobody needs it to the second.
pub const SYNCED_KEPT_EVERY_MS: u64 = 60_000;

/// The first wait before connecting again, and the longest, in milliseconds. Doubled each time, with jitter.
pub const RECONNECT_MS: (u64, u64) = (500, 60_000);

/// How long a connection has to stand before the failures before it are forgotten, in milliseconds: a line that breaks every
/// half minute is come back to at once, and a server that hangs up as soon as it has let in is left in peace.
pub const STOOD_MS: u64 = 10_000;

/// Bytes of a roster in one piece when a server is filled: genesis and several of the largest links, and beside them in a
/// message of 1 MiB its framing.
pub const REFILL_PIECE_BYTES: usize = 768 * 1024;

/// Feeds whose bodies are asked for at once. Well under what a link carries that takes no more than so many messages
/// (`OUTGOING_MAX` of the node); the next are asked for when an answer comes.
pub const FEEDS_ASKED_MAX: usize = 16;

/// Records one question may ask the bodies of, as a server takes it.
pub use haven_feed::limits::BODIES_ASKED_MAX;

/// Feeds whose newest record is looked at before a vault is restored: as many as may be members at once.
pub const RESTORE_FEEDS_MAX: usize = 64;

/// How far back in a feed a record with a body is sought before a vault is restored: a purge leaves few without in a row.
pub const RESTORE_LOOKS_MAX: u64 = 8;

/// How often the link that adds a restored device is made anew where the roster moved meanwhile: others add devices by hand.
pub const RESTORE_TRIES_MAX: u8 = 5;
