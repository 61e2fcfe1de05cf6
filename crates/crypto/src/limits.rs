//! Every limit of this room, with its reason.

/// Least Argon2id memory, in KiB: the second choice of RFC 9106 §4, so that a guess costs an attacker 64 MiB too.
pub const KDF_MEMORY_KIB_MIN: u32 = 64 * 1024;

/// Most Argon2id memory, in KiB: a planted header must not exhaust the machine before the passphrase is even asked.
#[cfg(not(target_arch = "wasm32"))]
pub const KDF_MEMORY_KIB_MAX: u32 = 1024 * 1024;

/// Most Argon2id memory, in KiB: a browser tab gets far less memory than a process.
#[cfg(target_arch = "wasm32")]
pub const KDF_MEMORY_KIB_MAX: u32 = 256 * 1024;

/// Fewest Argon2id passes: RFC 9106 §4 pairs three with 64 MiB.
pub const KDF_PASSES_MIN: u32 = 3;

/// Most Argon2id passes: with the memory ceiling this still ends within minutes, not years.
pub const KDF_PASSES_MAX: u32 = 32;

/// Fewest Argon2id lanes.
pub const KDF_LANES_MIN: u32 = 1;

/// Most Argon2id lanes: they are computed one after another here, more would only help an attacker's hardware.
pub const KDF_LANES_MAX: u32 = 8;

/// How long stretching is to take on the device that chooses its cost, in milliseconds: once at every unlock, which a person does not
/// mind, and at every guess, which a thief does.
pub const KDF_MS: u64 = 500;

/// Most Argon2id memory that a device chooses by itself, in KiB. Only one that needs no more than 125 ms for the floor comes to
/// it, and such a machine has 256 MiB for half a second; much more might not be there one day, and the journal would not open.
#[cfg(not(target_arch = "wasm32"))]
pub const KDF_MEMORY_KIB_CHOSEN: u32 = 256 * 1024;

/// Most Argon2id memory that a device chooses by itself, in KiB: a browser gives memory back to nobody, so a tab takes the floor's.
#[cfg(target_arch = "wasm32")]
pub const KDF_MEMORY_KIB_CHOSEN: u32 = KDF_MEMORY_KIB_MIN;

/// The least time that is believed of a trial at the floor, in milliseconds: three passes move 384 MiB through the memory, which no
/// machine of these years does faster. Less was told by a clock that stood still.
pub const KDF_FLOOR_MS_MIN: u64 = 20;

/// Longest passphrase, in bytes of the form that is stretched: longer than any sentence, short enough to hold in one page, and
/// an estimate of its strength costs with the square.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// Most bytes a record's content may have before it is compressed and after it is inflated: a 65 KB record that
/// becomes 196 MB has been seen.
pub const CONTENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How many times its padded size a content may have. Prose is three to five times its compressed size; a hundred records of a thousand
/// bytes that each become half a megabyte are somebody's attack on a small device's memory.
pub const INFLATED_TIMES_MAX: usize = 32;

/// Longest name of a device or party, in UTF-8 bytes: it must fit its block with room to grow.
pub const NAME_BYTES_MAX: usize = 64;

/// Bytes every name is padded to before it is sealed, so that its length says nothing.
pub const NAME_BLOCK_BYTES: usize = 128;

/// Largest linking message, in bytes: what a mailbox takes.
pub const LINKING_MESSAGE_BYTES_MAX: usize = 4096;
