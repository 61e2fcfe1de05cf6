//! The service of the grants: tokens for plug-ins, addresses and sessions for pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use haven_api::convert::grants::{grant_to_pb, scopes_from_pb, some};
use haven_api::error::{ApiError, ErrorReason};
use haven_api::pb;
use haven_api::pb::grant_service_server::GrantService;
use haven_node::grants::{NONCE_BYTES, Shown};
use tonic::{Request, Response, Status};

use crate::by_grant::Caller;
use crate::grants::{Desk, random};
use crate::loopback::{Loopback, LoopbackFault};
use crate::{clock, folder};

/// The file that a browser is told to open, in the folder of the device's data.
const FILE: &str = "open.html";

/// The service.
#[derive(Clone)]
pub(crate) struct Granting {
    desk: Arc<Desk>,
    loopback: Arc<Loopback>,
    file: PathBuf,
}

impl Granting {
    /// Made at the start; an address that an earlier run left in a file is cleared away.
    pub(crate) fn new(desk: Arc<Desk>, loopback: Arc<Loopback>, data: &Path) -> Self {
        let granting = Self { desk, loopback, file: data.join(FILE) };
        granting.remove_file();
        granting
    }

    fn remove_file(&self) {
        if let Err(error) = folder::remove(&self.file) {
            tracing::warn!(kind = ?error.kind(), "an address that was written down stays");
        }
    }

    /// Writes a page that goes to the address at once, and removes it when the address is over. A browser's arguments can be
    /// read by every program on the machine; this file only by its owner's.
    fn write(&self, url: &str, ends_ms: i64) -> Result<String, ApiError> {
        let refused = |path: &Path| {
            ApiError::new(ErrorReason::StorageFailed, "the address could not be written down")
                .because(format!("{} cannot be written", path.display()))
                .with_next("Open a browser yourself, with an address that Haven prints.")
                .at_terminal("Use `haven open --print`, and paste what it prints into the browser.")
        };
        let path = self.file.to_str().ok_or_else(|| refused(&self.file))?.to_owned();
        folder::write(&self.file, page(url).as_bytes()).map_err(|_| refused(&self.file))?;
        let (granting, left_ms) = (self.clone(), ends_ms.saturating_sub(clock::wall_ms()));
        let left = Duration::from_millis(u64::try_from(left_ms).unwrap_or_default());
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            granting.remove_file();
        });
        Ok(path)
    }
}

/// Says nothing of what it leads to: it may stay open in somebody's sight.
fn page(url: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n<title>Notes</title>\n<p><a href=\"{url}\">Go on</a></p>\n"
    )
}

#[tonic::async_trait]
impl GrantService for Granting {
    async fn create_grant(
        &self,
        request: Request<pb::CreateGrantRequest>,
    ) -> Result<Response<pb::CreateGrantResponse>, Status> {
        let pb::CreateGrantRequest { name, scopes, ends_ms } = request.into_inner();
        let scopes = scopes_from_pb(&scopes)
            .ok_or_else(|| ApiError::invalid("no token was made", "there is no such scope"))?;
        let shown = self
            .desk
            .change(|grants, now_ms| grants.create(&name, scopes, some(ends_ms), now_ms, random()))?;
        let Shown { grant, token } = shown;
        // Whoever has a token may come by loopback too; if that stays shut, the socket is there.
        if let Err(fault) = self.loopback.open() {
            tracing::warn!(%fault, "loopback stays shut");
        }
        Ok(Response::new(pb::CreateGrantResponse { grant: Some(grant_to_pb(grant)), token }))
    }

    async fn list_grants(
        &self,
        _: Request<pb::ListGrantsRequest>,
    ) -> Result<Response<pb::ListGrantsResponse>, Status> {
        let grants = self.desk.look(|grants, now_ms| grants.list(now_ms));
        Ok(Response::new(pb::ListGrantsResponse { grants: grants.into_iter().map(grant_to_pb).collect() }))
    }

    async fn revoke_grant(
        &self,
        request: Request<pb::RevokeGrantRequest>,
    ) -> Result<Response<pb::RevokeGrantResponse>, Status> {
        let id = request.into_inner().id;
        let grant = self.desk.change(|grants, now_ms| grants.revoke(&id, now_ms))?;
        Ok(Response::new(pb::RevokeGrantResponse { grant: Some(grant_to_pb(grant)) }))
    }

    async fn open_page(
        &self,
        request: Request<pb::OpenPageRequest>,
    ) -> Result<Response<pb::OpenPageResponse>, Status> {
        let port = self.loopback.open().map_err(|fault| shut(&fault))?;
        let Shown { grant, token } = self.desk.change(|grants, now_ms| Ok(grants.code(now_ms, random())))?;
        let url = format!("http://127.0.0.1:{port}/#{token}");
        let ends_ms = grant_to_pb(grant).ends_ms;
        let opened = if request.into_inner().as_file {
            pb::OpenPageResponse { file: self.write(&url, ends_ms)?, url: String::new(), ends_ms }
        } else {
            pb::OpenPageResponse { url, file: String::new(), ends_ms }
        };
        Ok(Response::new(opened))
    }

    async fn begin_session(
        &self,
        request: Request<pb::BeginSessionRequest>,
    ) -> Result<Response<pb::BeginSessionResponse>, Status> {
        let code = request.into_inner().code;
        let Shown { grant, token } = self.desk.change(|grants, now_ms| {
            grants.begin(&code, now_ms, random()).ok_or_else(|| {
                ApiError::new(ErrorReason::NoSession, "the page was not opened")
                    .because("its address was used before, or is older than a minute")
                    .with_next("Open the page anew from Haven on this device.")
                    .at_terminal("Run `haven open` again.")
            })
        })?;
        self.remove_file();
        Ok(Response::new(pb::BeginSessionResponse { grant: Some(grant_to_pb(grant)), token }))
    }

    async fn prove_door(
        &self,
        request: Request<pb::ProveDoorRequest>,
    ) -> Result<Response<pb::ProveDoorResponse>, Status> {
        let pb::ProveDoorRequest { grant, nonce } = request.into_inner();
        let nonce = nonce.as_ref().try_into().map_err(|_| {
            ApiError::invalid("nothing was proved", format!("a nonce has {NONCE_BYTES} bytes"))
        })?;
        let proof = self.desk.look(|grants, now_ms| grants.prove(&grant, &nonce, now_ms));
        let proof = proof.ok_or_else(|| ApiError::new(ErrorReason::NoSession, "nothing was proved"))?;
        Ok(Response::new(pb::ProveDoorResponse { proof: proof.to_vec().into() }))
    }

    async fn end_session(
        &self,
        request: Request<pb::EndSessionRequest>,
    ) -> Result<Response<pb::EndSessionResponse>, Status> {
        let Some(Caller(Some(grant))) = request.extensions().get() else {
            return Err(ApiError::new(ErrorReason::NoSession, "nothing was ended").into());
        };
        self.desk.change(|grants, now_ms| grants.revoke(&grant.id, now_ms))?;
        Ok(Response::new(pb::EndSessionResponse {}))
    }
}

fn shut(fault: &LoopbackFault) -> ApiError {
    let told = |reason| ApiError::new(reason, "the door for browsers stays shut").because(fault.to_string());
    match fault {
        LoopbackFault::Disabled => told(ErrorReason::ConfirmationNeeded)
            .with_next("Turn the page on in the settings of this device first.")
            .at_terminal("`haven config set web.enabled true` opens it."),
        LoopbackFault::Unsupported => {
            told(ErrorReason::Unsupported).with_next("Use the command line; it needs no such door.")
        }
        LoopbackFault::Taken(_) => told(ErrorReason::InvalidArgument)
            .with_next("Choose another port in the settings, or let Haven choose one.")
            .at_terminal(
                "`haven config set web.port N` sets another one, and an empty value lets Haven choose.",
            ),
        LoopbackFault::System(_) => told(ErrorReason::Internal)
            .with_next("Try again.")
            .at_terminal("Try again; `haven doctor` tells more."),
    }
}
