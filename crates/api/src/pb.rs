//! The generated code of `proto/haven/v1`. `cargo xtask generate` writes it.

#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    reason = "generated"
)]

/// Gives messages a `Debug` that tells their size and nothing they hold: they hold everything a person wrote.
macro_rules! opaque {
    ($($message:path,)*) => {$(
        impl std::fmt::Debug for $message {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({} bytes)", stringify!($message), self.encoded_len())
            }
        }
    )*};
}

use prost::Message as _;

include!("gen/haven.v1.rs");

/// The package's descriptors, an encoded `google.protobuf.FileDescriptorSet`, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/haven.v1.bin");
