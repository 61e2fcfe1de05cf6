//! Entering a server: which one it is, and how each side proves who it is.

use haven_feed::auth::{AuthFault, Challenge};
use haven_feed::ids::{Nonce, StoreId};
use haven_feed::keys::{SignKey, Signature};
use haven_feed::roster::consent::Role;

use super::alarms::Raised;
use super::session::Stage;
use super::{Engine, Work};
use crate::codec::{Scanner, Writer};
use crate::command::ServerChoice;
use crate::sync::{Outgoing, Problem};

impl Engine {
    pub(super) fn ask_challenge(&mut self, work: &mut Work<'_, '_>) {
        self.session.set_stage(Stage::Asking);
        work.step.send.push(Outgoing::Challenge { space: self.space, feed: self.keys.feed });
    }

    pub(super) fn log_in(
        &mut self,
        work: &mut Work<'_, '_>,
        nonce: [u8; 32],
        server_key: [u8; 32],
        store_id: [u8; 16],
        signature: [u8; 64],
    ) {
        let Some(server) = &self.server else { return };
        let answer = SignKey::from_bytes(server_key).ok().zip(SignKey::from_bytes(server.server_key).ok());
        let answer = answer.ok_or(AuthFault::OtherServer).and_then(|(offered, pinned)| {
            let challenge = Challenge {
                server: offered,
                nonce: Nonce::from_bytes(nonce),
                space: self.space,
                role: Role::Feed,
                member: self.keys.feed.into(),
                store: StoreId::from_bytes(store_id),
            };
            challenge.answer(&pinned, &Signature::from_bytes(signature), self.keys.device.signer())
        });
        match answer {
            Ok(signature) => work.step.send.push(Outgoing::LogIn {
                space: self.space,
                feed: self.keys.feed,
                nonce,
                signature: *signature.as_bytes(),
            }),
            Err(_) => {
                self.raise(work, Raised::OtherServer);
                self.fail(work, Problem::OtherServer);
            }
        }
    }
}

/// url | server key 32 | invite?
pub(crate) fn encode_server(choice: &ServerChoice) -> Vec<u8> {
    let mut w = Writer::default();
    w.text(&choice.url);
    w.raw(&choice.server_key);
    w.option(choice.invite.as_deref(), Writer::text);
    w.0
}

pub(super) fn decode_server(bytes: &[u8]) -> Option<ServerChoice> {
    let mut s = Scanner(bytes);
    let choice = ServerChoice {
        url: s.text().ok()?.to_owned(),
        server_key: s.array().ok()?,
        invite: s.option(|s| s.text().map(str::to_owned)).ok()?,
    };
    s.end().ok()?;
    Some(choice)
}
