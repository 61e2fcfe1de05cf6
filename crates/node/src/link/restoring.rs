//! The pump of a device that restores a vault: as the paper it asks one thing after the other.

use std::sync::Arc;

use futures_util::stream::StreamExt as _;
use haven_engine::restore::{RestoreInput, RestoreSend};
use haven_engine::sync::Incoming;
use haven_feed::ids::Vector;
use haven_wire::limits::VECTOR_BYTES_MAX;
use haven_wire::pb::{self, MemberRole};
use haven_wire::request::id;

use super::calls::{Bearer, Caller, Said, bytes, challenge};
use super::refusal::CallFault;
use crate::host::{DialFault, Host};

/// A connection for restoring.
pub(crate) struct RestoreLink {
    caller: Caller,
    bearer: Bearer,
}

impl RestoreLink {
    /// Connects to a server.
    pub(crate) async fn connect(host: &Arc<dyn Host>, url: &str) -> Result<Self, DialFault> {
        let transport = host.dial(url).await?;
        Ok(Self { caller: Caller { host: Arc::clone(host), transport }, bearer: Bearer::default() })
    }

    /// Asks, and brings the answer; nothing once the connection is no good.
    pub(crate) async fn ask(&mut self, message: RestoreSend) -> Option<RestoreInput> {
        match self.call(message).await {
            Ok(input) => Some(input),
            Err(CallFault::Refused(refusal)) => Some(RestoreInput::Refused(refusal)),
            Err(CallFault::Broken) => None,
        }
    }

    async fn call(&mut self, message: RestoreSend) -> Result<RestoreInput, CallFault> {
        let (caller, bearer) = (self.caller.clone(), self.bearer.clone());
        match message {
            RestoreSend::Challenge { space, paper } => {
                heard(Said::Heard(challenge(caller, space, paper, MemberRole::Paper).await?.into()))
            }
            RestoreSend::FindSpaces { keys, nonce, signature } => {
                find_spaces(caller, keys, nonce, signature).await
            }
            RestoreSend::LogIn { space, paper, nonce, signature } => {
                let token = caller.token(space, paper, MemberRole::Paper, nonce, signature).await?;
                self.bearer = token.into();
                Ok(RestoreInput::LoggedIn)
            }
            RestoreSend::ListLinks { space } => heard(caller.list_links(bearer, space).await),
            RestoreSend::Look { space, roster_seq } => {
                let pulled = caller.pull(&bearer, space, &Vector::default(), Some(roster_seq));
                // The hello comes first, and nothing else of the stream is wanted.
                heard(std::pin::pin!(pulled).next().await.unwrap_or(Said::Broken))
            }
            RestoreSend::Fetch { space, feed, seq } => {
                heard(caller.fetch_bodies(bearer, space, feed, vec![seq]).await)
            }
            RestoreSend::Append { space, head_seq, head, link } => {
                heard(caller.append_link(bearer, space, head_seq, head, link).await)
            }
        }
    }
}

async fn find_spaces(
    caller: Caller,
    keys: Vec<u8>,
    nonce: [u8; 32],
    signature: [u8; 64],
) -> Result<RestoreInput, CallFault> {
    let request =
        pb::FindSpacesRequest { keys: keys.into(), nonce: bytes(nonce), signature: bytes(signature) };
    let mut client = pb::space_service_client::SpaceServiceClient::new(caller.transport.clone())
        .max_decoding_message_size(VECTOR_BYTES_MAX);
    let answer = caller.within(client.find_spaces(request)).await?;
    let spaces = answer.spaces.iter().map(|space| Ok(id(space, "spaces")?)).collect::<Result<_, CallFault>>();
    Ok(RestoreInput::Found(spaces?))
}

fn heard(said: Said) -> Result<RestoreInput, CallFault> {
    Ok(match said {
        Said::Heard(Incoming::Challenged { nonce, server_key, store_id, signature }) => {
            RestoreInput::Challenged { nonce, server_key, store_id, signature }
        }
        Said::Heard(Incoming::Links { links, .. }) => RestoreInput::Links(links),
        Said::Heard(Incoming::Hello { vector, .. }) => RestoreInput::Holds(vector),
        Said::Heard(Incoming::Bodies { records, .. }) => RestoreInput::Records(records),
        Said::Heard(Incoming::LinkAppended { .. }) => RestoreInput::Appended,
        Said::Heard(Incoming::Refused { refusal, .. }) => RestoreInput::Refused(refusal),
        _ => return Err(CallFault::Broken),
    })
}
