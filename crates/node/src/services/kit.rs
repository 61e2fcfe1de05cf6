//! The recovery kit: whether a code is still the one, and another one in its place. Nothing of a kit is kept between two calls.

use std::sync::Arc;

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::kit_service_server::KitService;
use haven_engine::command::{Command, Fault, Reply};
use haven_engine::kit::{self, Kit, KitFault};
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::{confirmed, unexpected};
use crate::host::HostEntropy;
use crate::keeper::order::Refused;
use crate::node::Node;

pub(super) struct Kits(pub(super) Node);

#[tonic::async_trait]
impl KitService for Kits {
    async fn draft_kit(
        &self,
        _: Request<pb::DraftKitRequest>,
    ) -> Result<Response<pb::DraftKitResponse>, Status> {
        self.0.opened()?;
        let code = kit::drawn(&mut HostEntropy(&**self.0.host()));
        Ok(Response::new(pb::DraftKitResponse { code: String::clone(&code) }))
    }

    async fn verify_kit(
        &self,
        request: Request<pb::VerifyKitRequest>,
    ) -> Result<Response<pb::VerifyKitResponse>, Status> {
        let code = Zeroizing::new(request.into_inner().code);
        self.0.opened()?;
        let Reply::Kit(verdict) = self.0.command(Command::VerifyKit(read(&code)?)).await? else {
            return Err(unexpected());
        };
        let (valid, replaced, vault) = (verdict.valid, verdict.replaced, verdict.space.to_string());
        Ok(Response::new(pb::VerifyKitResponse { valid, replaced, vault }))
    }

    async fn renew_kit(
        &self,
        request: Request<pb::RenewKitRequest>,
    ) -> Result<Response<pb::RenewKitResponse>, Status> {
        let pb::RenewKitRequest { passphrase, code } = request.into_inner();
        let (passphrase, code) = (Zeroizing::new(passphrase), Zeroizing::new(code));
        self.0.opened()?;
        let kit = read(&code)?;
        confirmed(&self.0, passphrase).await?;
        let (epoch, _) = changed(&self.0, || Command::RenewKit(Arc::clone(&kit))).await?;
        Ok(Response::new(pb::RenewKitResponse { epoch }))
    }
}

/// Reads a kit as it was typed.
pub(super) fn read(typed: &str) -> Result<Arc<Kit>, ApiError> {
    kit::read(typed).map(Arc::new).map_err(|fault| {
        let error = |reason| ApiError::new(reason, "the kit can't be read").because(fault.to_string());
        match fault {
            KitFault::Newer => {
                error(Reason::StorageNewer).with_next("Update Haven on this device, then try again.")
            }
            KitFault::Linking => {
                error(Reason::CodeMalformed).with_next("Type what stands on the recovery kit.")
            }
            _ => error(Reason::CodeMalformed).with_next("Compare it with the paper, group by group."),
        }
    })
}

/// Carries out a change of the list of devices or of the kit: the epoch that began, and how much was put aside.
pub(super) async fn changed(node: &Node, change: impl Fn() -> Command) -> Result<(u32, u64), Status> {
    match node.command_online(change).await {
        Ok(Reply::Changed { epoch, aside }) => Ok((epoch, aside)),
        Ok(_) => Err(unexpected()),
        // The link may have left before that: nobody waits for its answer any more.
        Err(refused @ (Refused::Locked | Refused::Stopping | Refused::Fault(Fault::Storage(_)))) => {
            let why = format!("{refused}, before it was known whether the server took the change");
            Err(ApiError::new(Reason::OutcomeUnknown, "it isn't known whether anything was changed")
                .because(why)
                .into())
        }
        Err(refused) => Err(refused.into()),
    }
}
