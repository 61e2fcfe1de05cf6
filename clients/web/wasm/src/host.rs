//! The worker as a node's host.

use haven_node::host::{DialFault, Host, KeepFault, Now, Task, Transport, Zone};
use js_sys::{Date, Intl, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::timer;

/// The worker this code runs in.
pub(crate) struct Worker;

impl Host for Worker {
    fn now(&self) -> Now {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a clock's milliseconds are whole and far below 2^53"
        )]
        let wall_ms = Date::now() as i64;
        Now { wall_ms, mono_ms: monotonic_ms() }
    }

    fn zone(&self) -> Zone {
        #[expect(clippy::cast_possible_truncation, reason = "an offset is at most a day of whole minutes")]
        let offset_seconds = -(Date::new_0().get_timezone_offset() * 60.0) as i32;
        Zone { offset_seconds, name: zone_name() }
    }

    fn sleep(&self, ms: u64) -> Task {
        let (woken, over) = tokio::sync::oneshot::channel();
        spawn_local(async move {
            timer::sleep(ms).await;
            let _ = woken.send(());
        });
        Box::pin(async move { drop(over.await) })
    }

    fn spawn(&self, task: Task) {
        spawn_local(task);
    }

    fn work(&self, work: Box<dyn FnOnce() + Send>) {
        // A worker has one thread; the page stays alive meanwhile, it has another.
        work();
    }

    fn entropy(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the browser has random bytes");
    }

    fn passphrase_bits(&self, passphrase: &str) -> f64 {
        zxcvbn::zxcvbn(passphrase, &["haven", "journal"]).guesses_log10() * std::f64::consts::LOG2_10
    }

    fn dial(&self, _: &str) -> Task<Result<Transport, DialFault>> {
        // Servers do not speak gRPC-web yet, so that nobody answers a browser.
        Box::pin(async { Err(DialFault::Unreachable) })
    }

    /// Nothing of a worker outlives it, and a page's storage can be read by whoever serves the page.
    fn readable(&self) -> Result<Option<Vec<u8>>, KeepFault> {
        Ok(None)
    }

    fn keep_readable(&self, bytes: Option<&[u8]>) -> Result<(), KeepFault> {
        bytes.map_or(Ok(()), |_| Err(KeepFault::Never))
    }

    fn locked(&self) {}
}

/// The worker's own clock, which nobody can set.
fn monotonic_ms() -> u64 {
    let clock = Reflect::get(&js_sys::global(), &JsValue::from_str("performance")).ok();
    let now = clock.as_ref().and_then(|clock| {
        let now: js_sys::Function = Reflect::get(clock, &JsValue::from_str("now")).ok()?.into();
        now.call0(clock).ok()?.as_f64()
    });
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "milliseconds since the worker began"
    )]
    let ms = now.unwrap_or_default() as u64;
    ms
}

fn zone_name() -> Option<String> {
    let format = Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
}
