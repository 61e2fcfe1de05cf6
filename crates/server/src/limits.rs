//! Every bound of the server, with its reason. The protocol's own bounds are in `haven_feed::limits` and
//! `haven_wire::limits`.

use std::time::Duration;

use haven_feed::limits::PAPER_SPACES_MAX;
use haven_wire::limits::{MAILBOX_CONTACT_MS, MAILBOX_LINK_MS, MESSAGE_PARTS_MAX, PING_AFTER_MS};

/// Bytes one space may hold. Ten thousand entries take 20 MiB; this is room for a life and a stop for a runaway.
pub(crate) const SPACE_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// Records a second one space may push in the long run: a device that restores a journal stays far below it.
pub(crate) const PUSH_RECORDS_PER_SECOND: u64 = 5_000;

/// Records a space may push at once before the rate counts: a whole imported journal.
pub(crate) const PUSH_RECORDS_BURST: u64 = 50_000;

/// Bytes a second one space may push: half of what a common disk takes.
pub(crate) const PUSH_BYTES_PER_SECOND: u64 = 64 * 1024 * 1024;

/// Bytes a space may push at once before the rate counts: four seconds' worth.
pub(crate) const PUSH_BYTES_BURST: u64 = 4 * PUSH_BYTES_PER_SECOND;

/// Connections one space may have: every device of a household, twice. One more takes the place of another.
pub(crate) const SPACE_CONNECTIONS_MAX: usize = 32;

/// Bytes of records in one message of a Pull. Small enough that many streams at once stay small, large enough that
/// framing costs nothing.
pub(crate) const PULL_BATCH_BYTES: usize = 256 * 1024;

/// Pulls of one member of a space at once: a device has one on each connection, and those that it dropped are not gone at once.
pub(crate) const PULLS_OF_MEMBER_MAX: usize = SPACE_CONNECTIONS_MAX;

/// Pulls of all members of a space at once: those of every connection that it may have, and as many that were dropped and are not gone
/// yet. Each may have half a mebibyte of news on its way and vectors of as many feeds as there can ever be, 64 MiB at the very most. One
/// more takes the place of others.
pub(crate) const PULLS_OF_SPACE_MAX: usize = 2 * SPACE_CONNECTIONS_MAX;

/// Pulls that send from the database at once. Each has up to three messages in memory, so these are 24 MiB.
pub(crate) const TURNS_MAX: usize = 32;

/// The same of one space: no space takes all there are.
pub(crate) const TURNS_OF_SPACE_MAX: usize = 8;

/// The same of one member: nor does one device of it, or a thief with its keys.
pub(crate) const TURNS_OF_MEMBER_MAX: usize = 2;

/// The same of all who were removed and hear of it: another 6 MiB.
pub(crate) const TURNS_OF_STRANGERS_MAX: usize = 8;

/// Spaces that have or had a paper which are looked at when somebody asks for its vaults: each may have to be loaded, and cost an invite.
/// Whoever began anew with one kit that often has another trouble; the vaults of before must not hide the one of now.
pub(crate) const PAPER_SPACES_LOOKED_AT_MAX: usize = 16 * PAPER_SPACES_MAX;

/// Bytes of links in one answer.
pub(crate) const LINKS_ANSWER_BYTES: usize = 512 * 1024;

/// Bytes that wait for one listener before it is sent back to the database instead.
pub(crate) const INBOX_BYTES_MAX: usize = 128 * 1024;

/// Events that wait for one listener before it is sent back to the database instead.
pub(crate) const INBOX_EVENTS_MAX: usize = 256;

/// Bytes of one push up to which it is handed to the listeners from memory; they read larger ones from the database.
pub(crate) const LIVE_BYTES_MAX: usize = 64 * 1024;

/// A ping follows this much silence on a Pull.
pub(crate) const PING_EVERY: Duration = Duration::from_millis(PING_AFTER_MS);

/// How long a listener may take to make room for one message before its connection is closed.
pub(crate) const WRITE_TIMEOUT: Duration = Duration::from_secs(60);

/// How long the body of a request may take to arrive, and a unary call altogether.
pub(crate) const UNARY_TIMEOUT: Duration = Duration::from_secs(30);

/// From the accepted connection to its first request: TLS, HTTP/2 preface and all. Slow openers occupy nothing longer.
pub(crate) const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a drain waits for what is under way.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections at once: ten thousand listeners and room beside them.
pub(crate) const CONNECTIONS_MAX: usize = 16_384;

/// Connections at once on a system that has next to no file descriptors.
pub(crate) const CONNECTIONS_MIN: usize = 16;

/// Connections at once that no member has used yet. Beyond it the oldest is cut off: an honest device logs in within
/// milliseconds, one that stalls needs for ever. One that is being linked needs minutes: it watches a mailbox, and isn't cut off for that. Each may take 160 KiB with all its
/// requests, and all of them no more than what a server may grow by.
pub(crate) const GUESTS_MAX: usize = 256;

/// How long the door waits for a guest to be gone that was cut off; it takes a thousandth of this.
pub(crate) const GUEST_GONE_TIMEOUT: Duration = Duration::from_millis(200);

/// Requests at once on a connection that no member has used yet: whoever joins watches a mailbox, posts and logs in. A request that
/// waits for its body takes some 16 KiB, and every guest may have so many.
pub(crate) const GUEST_REQUESTS_MAX: usize = 4;

/// File descriptors kept free of connections: database, listener, log, runtime.
pub(crate) const DESCRIPTORS_RESERVED: u64 = 64;

/// A connection is asked to end after this long, so that none is for ever; up to a tenth more, so that they do not end
/// together.
pub(crate) const CONNECTION_AGE_MAX: Duration = Duration::from_secs(3_600);

/// HTTP/2 streams at once on one connection.
pub(crate) const STREAMS_MAX: u32 = 64;

/// Bytes of a request's headers; a token and names need under 1 KiB.
pub(crate) const HEADER_BYTES_MAX: u32 = 8 * 1024;

/// HTTP/2 keep-alive: a ping after this much silence …
pub(crate) const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(30);

/// … and the end of the connection if nothing answers it for this long.
pub(crate) const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Streams a peer may reset before we looked at them (rapid reset).
pub(crate) const RESETS_PENDING_MAX: usize = 32;

/// Streams a peer may make us reset on one connection before it is closed.
pub(crate) const RESETS_LOCAL_MAX: usize = 256;

/// Bytes a peer may send on one stream ahead of our reading.
pub(crate) const STREAM_WINDOW: u32 = 256 * 1024;

/// Bytes a peer may send on one connection ahead of our reading. Nothing here lets a body wait unread, so this is rarely
/// ever held.
pub(crate) const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// Bytes hyper buffers for one stream that its peer does not take.
pub(crate) const SEND_BUFFER: usize = 256 * 1024;

/// Bytes of one message of the calls that carry only ids, proofs or one sealed message.
pub(crate) const SMALL_MESSAGE_BYTES_MAX: usize = 8 * 1024;

/// Fields of a request, those within its fields aside: as many records or links as fit a message, and what is said beside them.
pub(crate) const REQUEST_FIELDS_MAX: usize = MESSAGE_PARTS_MAX + 16;

/// Bytes of what a Pull asks for: the vectors of a vault that has had all the feeds it may, and of two dozen spaces that are shared
/// with somebody. Each of its positions takes 72 bytes where it is read, and may have two on the way.
pub(crate) const PULL_REQUEST_BYTES_MAX: usize = 256 * 1024;

/// Bytes of members' requests in memory at once, from their arrival to their answer.
pub(crate) const RECEIVING_OF_MEMBERS_MAX: usize = 64 * 1024 * 1024;

/// Bytes of one space's requests in memory at once: no space takes all there is.
pub(crate) const RECEIVING_OF_SPACE_MAX: usize = 16 * 1024 * 1024;

/// Bytes of everybody else's large requests in memory at once: a few new spaces, and what somebody asks for who was removed.
pub(crate) const RECEIVING_OF_STRANGERS_MAX: usize = 8 * 1024 * 1024;

/// Bytes of one small request, with what gRPC puts before its message.
pub(crate) const SMALL_REQUEST_BYTES_MAX: usize = SMALL_MESSAGE_BYTES_MAX + 5;

/// Bytes of small requests of guests in memory at once, log-ins and linking: all that all of them can have, so that nobody is kept
/// out by somebody else's requests.
pub(crate) const RECEIVING_OF_GUESTS_MAX: usize = GUESTS_MAX * GUEST_REQUESTS_MAX * SMALL_REQUEST_BYTES_MAX;

/// How long a request of somebody unknown may bring nothing before it's ended. Honest ones come in one go; the slowest line brings a
/// packet in this time.
pub(crate) const STALL_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a push that met another one of the same feed is judged again before it is sent away.
pub(crate) const PUSH_TRIES_MAX: usize = 8;

/// How long a push that met too many others of the same feed should wait.
pub(crate) const PUSH_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// How long to wait when another process (an operator's command) writes to the store.
pub(crate) const STORE_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Connections that the system queues until the door takes them. With fewer, whoever comes with a crowd is passed over and tries again
/// a second later.
pub(crate) const BACKLOG: i32 = 4_096;

/// A rest after accepting a connection failed (no descriptor left, say): the listener is tried again, for ever.
pub(crate) const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Pushes that may wait for the writer.
pub(crate) const WRITER_QUEUE: usize = 512;

/// Pushes in one transaction.
pub(crate) const COMMIT_JOBS_MAX: usize = 512;

/// Bytes in one transaction: what it takes to make one fsync cheap, and no more, since everybody in it waits.
pub(crate) const COMMIT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Records whose signatures are verified where the request runs; more are handed to a thread that may block.
pub(crate) const VERIFY_INLINE_MAX: usize = 8;

/// Records in one piece of a push that is verified on several cores.
pub(crate) const VERIFY_PIECE: usize = 64;

/// Database connections that read.
pub(crate) const READERS: usize = 2;

/// Spaces kept in memory though nobody uses them now.
pub(crate) const SPACES_IDLE_MAX: usize = 256;

/// Challenges remembered as answered, each for a minute: 270 log-ins a second, in 2 MiB.
pub(crate) const NONCES_SPENT_MAX: usize = 16_384;

/// How long a challenge may be answered.
pub(crate) const NONCE_LIFETIME: Duration = Duration::from_secs(60);

/// How long a token is good.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Tokens of one member at once; the oldest goes when one more is given.
pub(crate) const TOKENS_PER_MEMBER_MAX: usize = 8;

/// How long a mailbox for linking lives: the code on the screen, and then the words of both devices.
pub(crate) const MAILBOX_LIFETIME: Duration = Duration::from_millis(MAILBOX_LINK_MS);

/// How long a mailbox for a contact lives: until a letter has come and been answered.
pub(crate) const CONTACT_LIFETIME: Duration = Duration::from_millis(MAILBOX_CONTACT_MS);

/// Mailboxes for contacts at once: 10 MiB at the most, in memory and on the disk. Counted apart, since they stay for days and
/// those for linking for minutes: neither takes up the other's room.
pub(crate) const CONTACTS_MAX: usize = 512;

/// Mailboxes for contacts one space may have open at once: a person does not meet four therapists in a week.
pub(crate) const CONTACTS_PER_SPACE_MAX: usize = 4;

/// Mailboxes for linking at once: 20 MiB at the most.
pub(crate) const MAILBOXES_MAX: usize = 1_024;

/// Mailboxes for linking one space may have open at once: one for each device that a person could be linking, and retries.
pub(crate) const MAILBOXES_PER_SPACE_MAX: usize = 8;

/// Listeners at one mailbox: its two ends, and each once more after a lost connection.
pub(crate) const MAILBOX_WATCHERS_MAX: usize = 4;

/// Bytes of records that a check reads at once.
pub(crate) const CHECK_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Invites that are open at once: an operator who needs more has lost count.
pub(crate) const INVITES_OPEN_MAX: u64 = 1_024;

/// Rosters on their way in at once, each for an invite of its own: a household moves to a new server.
pub(crate) const REFILLS_MAX: usize = 8;

/// Bytes of all these rosters together: one of the longest there may be, and a usual one for each other invite. Half of it again
/// is what is known of them. A server must not grow by more than 64 MiB, whoever fills it.
pub(crate) const REFILLS_BYTES_MAX: usize = 20 * 1024 * 1024;

/// How long a roster waits for its next piece: a slow line sends a message of 1 MiB in a minute.
pub(crate) const REFILL_LIFETIME: Duration = Duration::from_secs(120);

/// How long to wait while too many rosters are on their way.
pub(crate) const REFILL_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Bytes of answers with bodies or links that members have asked for and not taken yet: a dozen of the largest.
pub(crate) const ANSWERS_MAX: usize = 12 * 1024 * 1024;

/// The same of one space: no space takes all there is.
pub(crate) const ANSWERS_OF_SPACE_MAX: usize = 4 * 1024 * 1024;

/// The same of all who were removed and read the links up to that.
pub(crate) const ANSWERS_OF_STRANGERS_MAX: usize = 4 * 1024 * 1024;

/// Bytes of such an answer that are handed over at once: a frame of HTTP/2.
pub(crate) const ANSWER_PIECE_BYTES: usize = 16 * 1024;
