//! Panics of the library that the guard catches: a backtrace of each would hide the one that nobody caught, and takes more memory than
//! any input.

use std::panic;
use std::sync::Once;

/// Says nothing of panics inside automerge from now on. All others are told as ever.
pub fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let is_library = |file: &str| ["/automerge-", "/hexane-"].iter().any(|name| file.contains(name));
            if !info.location().is_some_and(|at| is_library(at.file())) {
                default(info);
            }
        }));
    });
}
