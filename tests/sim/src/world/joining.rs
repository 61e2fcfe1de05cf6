//! How the world's other devices come into the vault: by a code, through the server's mailbox.

use haven_engine::command::{Command, Reply};
use haven_engine::io::Store;
use haven_engine::join::{JoinInput, JoinSend, JoinStep, Joining};
use haven_engine::sync::{Incoming, Refusal};
use haven_engine::vault::local_key;
use haven_engine::view::Linking;
use haven_store::memory::MemoryStore;

use super::World;
use crate::device::{Asked, Device};

impl World {
    /// Links a new device to another, through the server's mailbox.
    pub(super) fn join(&mut self, by: usize, device: usize) -> Result<(), String> {
        let Asked::Answered(Ok(Reply::LinkStarted(started))) =
            self.devices[by].ask(Command::StartLink, self.now_ms, &mut self.chance)
        else {
            return Err("no linking code was given".into());
        };
        self.deliver_all();
        let name = ["Laptop", "Phone", "Tablet"][device % 3];
        let (mut joining, mut step) =
            Joining::start(&started.code, name, &mut self.chance).map_err(|f| f.to_string())?;
        let (mut seen, mut mailbox, mut asked) = (0, [0; 16], false);
        for _ in 0..200 {
            let mut inputs = Vec::new();
            for send in std::mem::take(&mut step.send) {
                inputs.extend(self.carry(send, &mut mailbox));
            }
            self.deliver_all();
            if let Some(words) = step.words.take().filter(|_| !asked) {
                asked = true;
                let confirm = Command::ConfirmLink { words };
                let _ = self.devices[by].ask(confirm, self.now_ms, &mut self.chance);
                self.deliver_all();
            }
            if step.wants_words {
                let Linking::Comparing { words, .. } = &self.devices[by].view.status.linking else {
                    return Err("the device that let another in shows no words".into());
                };
                step = joining.compare(words).map_err(|fault| fault.to_string())?;
                continue;
            }
            let messages = self.server.mailbox(&mailbox).to_vec();
            if let Some(message) = messages.get(seen) {
                seen += 1;
                let index = u32::try_from(seen).unwrap_or(u32::MAX);
                inputs.push(JoinInput::Mailbox { index, message: message.clone() });
            }
            let mut next = JoinStep::default();
            for input in inputs {
                let one = joining.step(input, &mut self.chance).map_err(|fault| fault.to_string())?;
                next.send.extend(one.send);
                next.words = one.words.or(next.words);
                next.linked |= one.linked;
                next.wants_words |= one.wants_words;
            }
            if next.linked {
                return self.move_in(device, joining);
            }
            step = next;
        }
        Err(format!("device {device} was not linked"))
    }

    fn carry(&mut self, send: JoinSend, mailbox: &mut [u8; 16]) -> Option<JoinInput> {
        match send {
            JoinSend::Watch { mailbox: watched } => {
                *mailbox = watched;
                None
            }
            JoinSend::Post { mailbox, message, .. } => {
                for (to, message) in self.server.post(&mailbox, &message) {
                    self.put(to, message);
                }
                None
            }
            JoinSend::Challenge { space, feed } => {
                joined(&self.server.challenge_joiner(space, feed, &mut self.chance))
            }
            JoinSend::LogIn { space, feed, nonce, signature } => {
                joined(&self.server.log_joiner_in(space, feed, nonce, signature))
            }
            JoinSend::ListLinks { .. } => Some(JoinInput::Links(self.server.links())),
            JoinSend::Retry { .. } => Some(JoinInput::Again),
        }
    }

    fn move_in(&mut self, device: usize, joining: Joining) -> Result<(), String> {
        let key = self.chance.bytes();
        let (_, commit) = joining
            .seal_with(local_key(key), vec![1], "http://sim", &mut self.chance)
            .map_err(|fault| fault.to_string())?;
        let mut disk = MemoryStore::new();
        disk.apply(commit).map_err(|fault| fault.to_string())?;
        self.devices.push(Device::new(disk, key, self.shelf.clone()));
        self.trace.push(format!("device {device} linked"));
        self.open(device)
    }
}

fn joined(incoming: &Incoming) -> Option<JoinInput> {
    match incoming {
        Incoming::Challenged { nonce, server_key, store_id, signature } => {
            let (nonce, server_key) = (*nonce, *server_key);
            Some(JoinInput::Challenged { nonce, server_key, store_id: *store_id, signature: *signature })
        }
        Incoming::LoggedIn => Some(JoinInput::LoggedIn),
        Incoming::Refused { refusal, .. } => Some(JoinInput::Refused(*refusal)),
        _ => Some(JoinInput::Refused(Refusal::Other)),
    }
}
