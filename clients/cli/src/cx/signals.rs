//! Signals: a command ends in order, and the terminal is left as it was found.

use std::cell::Cell;
use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::fault::Fault;

/// Runs a command until it or a signal ends it.
pub(super) async fn interruptible<T>(
    command: impl Future<Output = Result<T, Fault>>,
    editing: &Cell<bool>,
) -> Result<T, Fault> {
    let listen =
        |kind| signal(kind).map_err(|error| Fault::system("the command can't listen for signals", &error));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    let terminal = rustix::termios::tcgetattr(io::stdin()).ok();
    let ended = async {
        loop {
            let any = [&mut interrupt, &mut terminate, &mut hang_up];
            first(any).await;
            // While an editor has the terminal it gets the same signal, and what it does decides.
            if !editing.get() {
                return;
            }
        }
    };
    let outcome = either(command, ended).await;
    if outcome.is_none()
        && let Some(terminal) = terminal
    {
        // A prompt may have switched the echo off.
        let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &terminal);
        // What is said now begins a line, not where the ^C stands.
        crate::cx::aside("");
    }
    outcome.unwrap_or_else(|| Err(Fault::interrupted()))
}

/// Waits for one of several signals.
async fn first(mut signals: [&mut Signal; 3]) {
    std::future::poll_fn(|cx| {
        let came = signals.iter_mut().any(|signal| signal.poll_recv(cx).is_ready());
        if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// Waits for a command, or for its end; `None` if that came first.
async fn either<T>(command: impl Future<Output = T>, ended: impl Future<Output = ()>) -> Option<T> {
    let (mut command, mut ended) = (std::pin::pin!(command), std::pin::pin!(ended));
    std::future::poll_fn(|cx| {
        if let std::task::Poll::Ready(outcome) = command.as_mut().poll(cx) {
            return std::task::Poll::Ready(Some(outcome));
        }
        ended.as_mut().poll(cx).map(|()| None)
    })
    .await
}
