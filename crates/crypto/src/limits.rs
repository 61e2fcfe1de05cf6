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

/// Longest passphrase, in bytes of the form that is stretched: longer than any sentence, short enough to hold in one page, and
/// an estimate of its strength costs with the square.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// Most bytes a record's content may have before it is compressed and after it is inflated: a 65 KB record that
/// becomes 196 MB has been seen.
pub const CONTENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest name of a device or party, in UTF-8 bytes: it must fit its block with room to grow.
pub const NAME_BYTES_MAX: usize = 64;

/// Bytes every name is padded to before it is sealed, so that its length says nothing.
pub const NAME_BLOCK_BYTES: usize = 128;

/// Largest linking message, in bytes: what a mailbox takes.
pub const LINKING_MESSAGE_BYTES_MAX: usize = 4096;
