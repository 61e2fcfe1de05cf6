//! Every limit of a node, with its reason.

/// Orders waiting for the keeper: enough for every open window and script at once; beyond it callers wait.
pub const ORDERS_MAX: usize = 64;

/// Messages waiting for the link. The engine has at most four pushes, sixteen questions for bodies and a handful of small messages
/// under way; more means that the connection does not move, and it is given up.
pub const OUTGOING_MAX: usize = 64;

/// Messages from the server waiting for the keeper, each up to 1 MiB; beyond it the server waits.
pub const INCOMING_MAX: usize = 8;

/// How long one call to a server may take, in milliseconds: a full push over a bad line of 5 s round trips.
pub const CALL_MS: u64 = 45_000;

/// How long a command that needs the server waits for a connection, in milliseconds: a slow one comes about meanwhile, and
/// nobody waits longer for an answer that says no.
pub const ONLINE_WAIT_MS: u64 = 5_000;

/// How long a doctor waits for the server, in milliseconds: longer, and it does not answer as far as a person can tell.
pub const CHECK_MS: u64 = 10_000;

/// How far a clock may be from the server's before it is worth a word, in milliseconds.
pub const CLOCK_SKEW_MS: u64 = 120_000;

/// Before this, in milliseconds since 1970, a clock is wrong: Haven did not exist.
pub const CLOCK_MS_MIN: i64 = 1_735_689_600_000;

/// How long joining may take, in milliseconds: the code's two minutes, and time to type the words at the other device.
pub const JOIN_MS: u64 = 180_000;

/// How long words four to six may take from then on, in milliseconds: as long as a code counts. The device that let this one in
/// waits a little longer (`LINK_COMPARED_MS` of the engine).
pub const COMPARE_MS: u64 = 120_000;

/// How long a person may look at what a kit has found, in milliseconds: time to find a date on another paper, and not for ever.
pub const RESTORE_ASKED_MS: u64 = 600_000;

/// How often a connection that breaks while a restored device is added is made again: whether it was added shows in the roster.
pub const RESTORE_DIALS_MAX: u32 = 3;

/// How long is waited before that, in milliseconds.
pub const RESTORE_DIAL_MS: u64 = 1_000;

/// How long a vault whose last change was not kept waits before it is opened again unasked, in milliseconds: a full disk is
/// seldom mended sooner, and opening costs a tenth of a second.
pub const MEND_MS: u64 = 30_000;

/// Bits that a passphrase must be worth: at half a second a guess, 40 bits are 17,000 years of computing.
pub const PASSPHRASE_BITS_MIN: f64 = 40.0;

/// Seconds that a guess takes a computer: what deriving a key is made to cost.
pub const GUESS_SECONDS: f64 = 0.5;

/// Computers that guess at once, where a person is told how long a passphrase holds: more than anybody brings who found a laptop, and
/// few enough that nobody is frightened by what states could do.
pub const GUESSING_COMPUTERS: f64 = 100.0;

/// Characters of a device's name, as the API says.
pub const DEVICE_NAME_CHARS_MAX: usize = 64;

/// Bytes of a server's address.
pub const URL_BYTES_MAX: usize = 512;

/// Wrong passphrases before the first wait: a person mistypes a few times.
pub const TRIES_FREE: u32 = 5;

/// The first wait after that, in milliseconds; it doubles with each try.
pub const TRY_WAIT_MS: u64 = 1_000;

/// The longest wait, in milliseconds: the owner is never locked out for long, a guesser gets 1,440 tries a day.
pub const TRY_WAIT_MS_MAX: u64 = 60_000;

/// Bytes of one import batch, as the API says: one that is all but full, and the longest line.
pub const IMPORT_BYTES_MAX: usize =
    haven_api::limits::IMPORT_BATCH_BYTES + haven_core::limits::IMPORT_LINE_BYTES_MAX;

/// Lines of a dry run that are remembered, so that one that occurs in two batches counts once; 32 bytes each.
pub const DRY_RUN_LINES_MAX: usize = 1_000_000;

/// Dry runs remembered at once; an earlier one that is not finished is forgotten.
pub const DRY_RUNS_MAX: usize = 4;

/// How long a server may take to answer before whoever asked to sync, and not to wait, is told that it is away.
pub const SYNC_BEGUN_MS: u64 = 1_000;

/// How long a call that waits for the synchronisation waits unless told, in milliseconds.
pub const SYNC_WAIT_MS: u64 = 60_000;

/// The longest that such a call may wait, in milliseconds.
pub const SYNC_WAIT_MS_MAX: u64 = 60 * 60 * 1000;

/// Entries that a question offers to be linked, the newest: a longer list is searched and not read.
pub const LINKS_OFFERED_MAX: usize = 50;

/// For how long after an answer a measure goes on although a new day has begun, in milliseconds: whoever answers past midnight sits
/// there still, and what they are asked about is the same.
pub const SITTING_MS: i64 = 60 * 60 * 1_000;
