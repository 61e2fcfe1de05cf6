//! Streams of what a snapshot shows: states, not changes. A slow reader gets the newest and has missed nothing.

use std::sync::Arc;

use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;
use tonic::Status;

use crate::node::Node;
use crate::snapshot::Snapshot;

/// What a snapshot shows.
pub(super) enum Shown<T> {
    /// A state; others may follow.
    State(T),
    /// The last state.
    Last(T),
    /// Nothing any more.
    Over,
}

/// What the present snapshot and the number of changed settings show, and each newer one, where it differs from what was shown before. Ends after the last
/// state, and when the device closes its streams.
pub(super) fn states<T: PartialEq + Clone + Send + 'static>(
    node: &Node,
    show: impl FnMut(&Snapshot, u64) -> Shown<T> + Send + 'static,
) -> impl Stream<Item = Result<T, Status>> + Send + 'static {
    let mut seen = node.watch();
    seen.mark_changed();
    let (settings, closing) = (node.settings(), node.closing());
    let watching = Watching { seen, settings, closing, last: None, over: false, show };
    unfold(watching, |mut watching| async {
        let item = watching.next().await?;
        Some((Ok(item), watching))
    })
}

struct Watching<T, F> {
    seen: watch::Receiver<Arc<Snapshot>>,
    settings: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    last: Option<T>,
    over: bool,
    show: F,
}

impl<T: PartialEq + Clone, F: FnMut(&Snapshot, u64) -> Shown<T>> Watching<T, F> {
    async fn next(&mut self) -> Option<T> {
        while !self.over {
            tokio::select! {
                changed = self.seen.changed() => changed.ok()?,
                changed = self.settings.changed() => changed.ok()?,
                _ = self.closing.wait_for(|closing| *closing) => return None,
            }
            let snapshot = self.seen.borrow_and_update().clone();
            let settings = *self.settings.borrow_and_update();
            let state = match (self.show)(&snapshot, settings) {
                Shown::State(state) => state,
                Shown::Last(state) => {
                    self.over = true;
                    state
                }
                Shown::Over => return None,
            };
            if self.over || self.last.as_ref() != Some(&state) {
                self.last = Some(state.clone());
                return Some(state);
            }
        }
        None
    }
}
