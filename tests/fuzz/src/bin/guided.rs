//! One target under libFuzzer: `cargo xtask fuzz` builds and runs it. Which one, HAVEN_FUZZ_TARGET says.
#![no_main]

use std::env;

use haven_fuzz::guided::Watch;

libfuzzer_sys::fuzz_target!(
    init: Watch::begin(&env::var("HAVEN_FUZZ_TARGET").unwrap_or_default(), env::var_os("HAVEN_FUZZ_SEEDS")),
    |bytes: &[u8]| {
        Watch::look(bytes);
    }
);
