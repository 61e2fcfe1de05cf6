//! The worker's timers, as futures that any task may hold.

use tokio::sync::oneshot;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &js_sys::Function, ms: i32) -> JsValue;
}

/// The longest a timer waits, in milliseconds; a longer wait than these 24 days ends early, and whoever waits looks again.
const TIMER_MS_MAX: i32 = i32::MAX;

/// Ends after so many milliseconds, or with the worker. The JavaScript side keeps the closure until then.
pub(crate) async fn sleep(ms: u64) {
    let (wake, over) = oneshot::channel();
    let then = Closure::once_into_js(move || {
        let _ = wake.send(());
    });
    set_timeout(then.unchecked_ref(), i32::try_from(ms).unwrap_or(TIMER_MS_MAX));
    let _ = over.await;
}
