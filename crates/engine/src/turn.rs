//! One turn of the loop round the engine: step, make durable, then let out. Node and simulator both call it.

use std::sync::Arc;

use crate::command::{Fault, Reply, Ticket};
use crate::engine::{Engine, Input};
use crate::io::{Context, Entropy, Now, Step, Store, StoreFault};
use crate::sync::Outgoing;
use crate::view::View;

/// Where a turn's effects go, in the order of the methods.
pub trait Shell {
    /// A message for the server.
    fn send(&mut self, message: Outgoing);
    /// An answer for a client.
    fn reply(&mut self, ticket: Ticket, answer: Result<Reply, Fault>);
    /// A new snapshot.
    fn publish(&mut self, view: Arc<View>);
    /// When to wake the engine if nothing else happens (monotonic milliseconds).
    fn wake(&mut self, at_ms: Option<u64>);
}

/// Feeds one input through the engine. Nothing is sent, answered or published before it is durable.
///
/// # Errors
/// The store did not take the commit: every answer of this turn has become that fault, nothing was sent or
/// published, and the engine no longer agrees with the store: drop it and open it again.
pub fn turn(
    engine: &mut Engine,
    store: &mut dyn Store,
    input: Input,
    now: Now,
    entropy: &mut dyn Entropy,
    shell: &mut dyn Shell,
) -> Result<(), StoreFault> {
    let mut next = Some(input);
    while let Some(input) = next {
        let step = engine.step(input, &mut Context { now, entropy, reader: &*store });
        next = step.again.then_some(Input::Wake);
        release(step, store, shell)?;
    }
    Ok(())
}

/// Makes a step durable, then lets it out. [`turn`] does this for every step; the shell does it for the first one, which
/// comes from [`Engine::open`].
///
/// # Errors
/// As [`turn`].
pub fn release(step: Step, store: &mut dyn Store, shell: &mut dyn Shell) -> Result<(), StoreFault> {
    if !step.commit.is_empty()
        && let Err(fault) = store.apply(step.commit)
    {
        for (ticket, _) in step.reply {
            shell.reply(ticket, Err(Fault::Storage(fault.clone())));
        }
        return Err(fault);
    }
    step.send.into_iter().for_each(|message| shell.send(message));
    step.reply.into_iter().for_each(|(ticket, answer)| shell.reply(ticket, answer));
    step.view.into_iter().for_each(|view| shell.publish(view));
    shell.wake(step.wake);
    Ok(())
}
