//! The same pure work on many items, on all cores where there are any. The order of the results is that of the items.

/// The most threads; beyond it the work here waits for memory.
#[cfg(not(target_family = "wasm"))]
const THREADS_MAX: usize = 4;

/// Fewer items than this are done at once: starting a thread costs as much.
#[cfg(not(target_family = "wasm"))]
const ITEMS_MIN: usize = 32;

/// Maps every item.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn map<T: Sync, R: Send>(items: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    // Few items come all the time, and asking how many cores there are reads several files.
    if items.len() < ITEMS_MIN {
        return items.iter().map(each).collect();
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
    if threads == 1 {
        return items.iter().map(each).collect();
    }
    let share = items.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let each = &each;
        let workers: Vec<_> = items
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(each).collect::<Vec<_>>()))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("the work given here does not panic"))
            .collect()
    })
}

/// Maps every item; a browser worker has one thread.
#[cfg(target_family = "wasm")]
pub(crate) fn map<T, R>(items: &[T], each: impl Fn(&T) -> R) -> Vec<R> {
    items.iter().map(each).collect()
}
