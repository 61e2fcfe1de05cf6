//! Every limit of the command line, each with its reason.

use std::time::Duration;

/// How long a daemon may take to begin listening. It opens one file; a minute-old laptop under full load needs seconds.
pub(crate) const DAEMON_START_MAX: Duration = Duration::from_secs(20);

/// How long a daemon that holds the lock of the folder may take to be found: another command's begins, or one whose socket was
/// removed makes another, which it does within a second.
pub(crate) const DAEMON_SECOND_MAX: Duration = Duration::from_secs(5);

/// The first pause between two looks at a starting daemon's socket; it is ready in about as long.
pub(crate) const DAEMON_LOOK: Duration = Duration::from_millis(2);

/// The longest pause between two looks: nobody notices it, and a slow start costs no power.
pub(crate) const DAEMON_LOOK_MAX: Duration = Duration::from_millis(50);

/// How long a command waits for a daemon that locks to be gone: the time in which it promises to forget the keys.
pub(crate) const DAEMON_GONE_MAX: Duration = Duration::from_secs(2);

/// How long a daemon may take to say who it is, before `daemon status` and `daemon stop` call it silent. It waits for no disk.
pub(crate) const DAEMON_ANSWER_MAX: Duration = Duration::from_secs(5);

/// How long `daemon stop` waits until the daemon is gone; it gives its calls five seconds to end.
pub(crate) const DAEMON_STOP_MAX: Duration = Duration::from_secs(15);

/// How long `daemon stop` then waits until the dead process is collected, so that whoever looks for its id finds none. That is
/// somebody else's task, and mostly done at once; some containers look every two seconds.
pub(crate) const DAEMON_COLLECTED_MAX: Duration = Duration::from_millis(2_500);

/// How long `init` waits for the server's word on the new journal: a slow line answers meanwhile, and the journal is there.
pub(crate) const SERVER_FIRST_MAX: Duration = Duration::from_secs(5);

/// How long a new device waits to be let in. The code is good for two minutes.
pub(crate) const JOIN_MAX: Duration = Duration::from_secs(120);

/// How long restoring may take until something is found: a server that answers every call at the last moment is a broken one.
pub(crate) const RESTORE_MAX: Duration = Duration::from_secs(120);

/// The pause between two looks at a pipe whose words are being read when the command is stopped, and how many there are: what lies in
/// a pipe, 64 KiB, is read in a few milliseconds, and nobody who stops a command waits longer than this.
pub(crate) const DRAINED_LOOK: Duration = Duration::from_millis(2);

/// See [`DRAINED_LOOK`]; a fifth of a second together.
pub(crate) const DRAINED_LOOKS_MAX: u32 = 100;

/// The most bytes of text read from a file or a pipe: more would not fit a message, and no entry may be near it.
pub(crate) const TEXT_READ_MAX: u64 = haven_api::limits::MESSAGE_BYTES_MAX as u64;

/// The most bytes of a passphrase file that are looked at for its first line.
pub(crate) const PASSPHRASE_READ_MAX: u64 = 4 * 1024;

/// The most entries that a question lists line by line: more would push the question off the screen.
pub(crate) const ENTRIES_OFFERED_MAX: usize = 9;

/// How long something goes on before its progress is shown: before that, a bar would only flicker.
pub(crate) const PROGRESS_AFTER: Duration = Duration::from_millis(500);

/// Letters of an id in tables for people. Eight tell ten thousand entries apart all but once in a hundred journals.
pub(crate) const ID_SHOWN: usize = 8;

/// Letters of a version in lists for people: enough to tell the versions of one entry apart, and short enough for any screen.
pub(crate) const VERSION_SHOWN: usize = 12;

/// Letters of what may have been meant, where a beginning fits several: whole ids of entries, and enough of a version.
pub(crate) const CANDIDATE_SHOWN: usize = 32;

/// The most letters of a value that are said again where it can't be used: enough to see which one, and no page of somebody's words.
pub(crate) const TYPED_SHOWN_MAX: usize = 40;

/// The most columns of a line of prose: the eye loses the way back on longer ones.
pub(crate) const PROSE_COLUMNS_MAX: usize = 80;

/// The most bytes read of what was written in an editor: sixteen times the largest draft, which is kept in parts then.
pub(crate) const WORDS_READ_MAX: u64 = 16 * haven_core::limits::DRAFT_BYTES_MAX as u64;

/// The most bytes of a part of what is larger than a draft: a little less, so that its title still fits.
pub(crate) const PART_BYTES_MAX: usize = haven_core::limits::DRAFT_BYTES_MAX - 8 * 1024;

/// The most characters of the title of a part: as an entry's, less the words that say which of how many it is.
pub(crate) const PART_TITLE_CHARS_MAX: usize = haven_core::limits::TITLE_CHARS_MAX - 24;

/// An editor that is back sooner with nothing written may be a window that is still open. Large ones need as long to start.
pub(crate) const EDITOR_AT_ONCE: Duration = Duration::from_secs(5);

/// How often a window's file is looked at while it is waited for: nobody notices it, and it costs nothing.
pub(crate) const WINDOW_LOOK: Duration = Duration::from_millis(250);

/// How long the file of a window that may still be open is left in its place with nothing written in it.
pub(crate) const WINDOW_OPEN_MAX: Duration = Duration::from_secs(24 * 3600);

/// How often a person may mistype a passphrase that a command asks for on the way.
pub(crate) const UNLOCK_TRIES: usize = 3;

/// How long `help-now` waits for a running daemon before it answers by itself. Somebody is waiting who should not have to.
pub(crate) const HELP_ASK_MAX: Duration = Duration::from_secs(1);

/// The most bytes of the settings that help reads for a country: a hundred times what there is to set.
pub(crate) const SETTINGS_READ_MAX: usize = 64 * 1024;
