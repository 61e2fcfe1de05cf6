//! The worker as a node's host.

use std::time::Duration;

use haven_node::host::{DialFault, Host, KeepFault, Now, Task, Transport, Zone, ZoneFault, Zones};
use js_sys::{Date, Intl, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
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

    fn timed(&self, work: &mut dyn FnMut()) -> u64 {
        let began = monotonic_ms();
        work();
        monotonic_ms().saturating_sub(began)
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

    /// A worker counts no calls: who closes the page locks the vault.
    fn lock_idle(&self) -> Option<Duration> {
        None
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

impl Zones for Worker {
    fn offset_seconds(&self, zone: &str, moment: i64) -> Result<i32, ZoneFault> {
        let format = offsets_of(zone).ok_or(ZoneFault::Unknown)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "held within the moments of a browser, which are whole in a double"
        )]
        let moment_ms = moment.clamp(-MOMENT_SECONDS_MAX, MOMENT_SECONDS_MAX) as f64 * 1000.0;
        let parts = format.format_to_parts(&Date::new(&JsValue::from_f64(moment_ms)));
        let text = |part: &JsValue, key: &str| Reflect::get(part, &JsValue::from_str(key)).ok()?.as_string();
        let named = parts.iter().find(|part| text(part, "type").as_deref() == Some("timeZoneName"));
        named.and_then(|part| offset_in(&text(&part, "value")?)).ok_or(ZoneFault::Unknown)
    }
}

/// The furthest moment from 1970 that a browser's date holds, in seconds (ECMA-262, time values).
const MOMENT_SECONDS_MAX: i64 = 8_640_000_000_000;

/// What writes the offsets of a zone; none if the browser knows no such zone. Made by reflection, since the constructor throws.
fn offsets_of(zone: &str) -> Option<Intl::DateTimeFormat> {
    let options = js_sys::Object::new();
    for (key, value) in [("timeZone", zone), ("timeZoneName", "longOffset")] {
        Reflect::set(&options, &JsValue::from_str(key), &JsValue::from_str(value)).ok()?;
    }
    let arguments = js_sys::Array::of2(&JsValue::from_str("en-US"), &options);
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let constructor = Reflect::get(&intl, &JsValue::from_str("DateTimeFormat")).ok()?;
    let made = Reflect::construct(constructor.unchecked_ref::<js_sys::Function>(), &arguments).ok()?;
    Some(made.unchecked_into())
}

/// Reads an offset as a browser writes it: `GMT`, `GMT+09:00`, `GMT-00:53:28`.
fn offset_in(written: &str) -> Option<i32> {
    let offset = written.strip_prefix("GMT")?;
    let (sign, clock) = match offset.chars().next() {
        None => return Some(0),
        Some('+') => (1, &offset[1..]),
        // Some browsers write a minus sign, others a hyphen.
        Some(minus @ ('-' | '\u{2212}')) => (-1, &offset[minus.len_utf8()..]),
        Some(_) => return None,
    };
    let mut seconds = 0;
    for (part, unit) in clock.split(':').zip([3_600, 60, 1]) {
        seconds += part.parse::<i32>().ok()? * unit;
    }
    Some(sign * seconds)
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
