//! Logging in.

use std::time::{SystemTime, UNIX_EPOCH};

use haven_feed::auth::AuthFault;
use haven_feed::keys::Signature;
use haven_feed::{Nonce, SpaceId};
use haven_wire::pb;
use haven_wire::pb::session_service_server::SessionService;
use haven_wire::pb::{ErrorReason, MemberRole};
use haven_wire::request::{Malformed, array, id};
use haven_wire::session::{Token, role_from_pb};
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use super::Services;
use crate::connection::Connection;
use crate::entropy::draw;
use crate::limits::TOKEN_LIFETIME;
use crate::pull::bytes;
use crate::refusal::{Refused, refuse};
use crate::session::Session;

/// What a device answers a challenge with.
struct Answer {
    session: Session,
    nonce: Nonce,
    signature: Signature,
}

#[tonic::async_trait]
impl SessionService for Services {
    async fn challenge(
        &self,
        request: Request<pb::ChallengeRequest>,
    ) -> Result<Response<pb::ChallengeResponse>, Status> {
        let asked = request.get_ref();
        let session = session_of(&asked.space, &asked.member, asked.role()).map_err(Refused::from)?;
        Ok(Response::new(self.issue(session)?))
    }

    async fn log_in(
        &self,
        request: Request<pb::LogInRequest>,
    ) -> Result<Response<pb::LogInResponse>, Status> {
        let connection = Connection::of(request.extensions());
        let answer = read(request.get_ref()).map_err(Refused::from)?;
        let token = self.admit(&answer).await?;
        // From here on it's a member's connection, and takes from its space what it needs: the next request may say only within who asks.
        self.0.enter(answer.session, &connection).await?;
        let expires_in_ms = u64::try_from(TOKEN_LIFETIME.as_millis()).unwrap_or(u64::MAX);
        Ok(Response::new(pb::LogInResponse { token: bytes(token.as_bytes()), expires_in_ms }))
    }
}

impl Services {
    fn issue(&self, session: Session) -> Result<pb::ChallengeResponse, Refused> {
        let server = &self.0;
        let nonce = server.sessions.nonce(session, draw().map_err(refuse)?, Instant::now());
        let challenge = server.challenge(session, nonce);
        Ok(pb::ChallengeResponse {
            nonce: bytes(nonce),
            server_key: bytes(server.identity.key().as_bytes()),
            store_id: bytes(server.store_id),
            server_signature: bytes(challenge.sign(server.identity.signer()).as_bytes()),
            now_ms: now_ms(),
        })
    }

    async fn admit(&self, answer: &Answer) -> Result<Token, Refused> {
        let server = &self.0;
        let challenge = server.redeem(answer.session, answer.nonce)?;
        let space = server.space(answer.session.space).await?;
        challenge.check_answer(space.held().roster(), &answer.signature).map_err(reason_of)?;
        let token = Token::from_bytes(draw().map_err(refuse)?);
        server.sessions.open(&token, answer.session, Instant::now());
        Ok(token)
    }
}

/// The wall clock; nothing if it stands before 1970.
fn now_ms() -> Option<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

fn read(request: &pb::LogInRequest) -> Result<Answer, Malformed> {
    Ok(Answer {
        session: session_of(&request.space, &request.member, request.role())?,
        nonce: id(&request.nonce, "nonce")?,
        signature: Signature::from_bytes(array(&request.signature, "signature")?),
    })
}

fn session_of(space: &[u8], member: &[u8], role: MemberRole) -> Result<Session, Malformed> {
    let (space, member) = (id::<SpaceId>(space, "space")?, id(member, "member")?);
    Ok(Session { space, role: role_from_pb(role)?, member })
}

/// Why a proof was not taken.
pub(super) fn reason_of(fault: AuthFault) -> ErrorReason {
    match fault {
        AuthFault::UnknownMember => ErrorReason::FeedUnknown,
        AuthFault::Replaced => ErrorReason::MemberReplaced,
        AuthFault::BadSignature(_) | AuthFault::OtherServer | AuthFault::OtherMember => {
            ErrorReason::SignatureInvalid
        }
    }
}
