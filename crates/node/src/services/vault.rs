//! Making the vault, opening it, closing it.

use haven_api::convert::vault::status_to_pb;
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_api::pb::vault_service_server::VaultService;
use haven_engine::command::Command;
use haven_engine::vault::{self, Created, Unlocked, VaultFault};
use tonic::{Request, Response, Status};
use zeroize::Zeroizing;

use super::names;
use super::server::{self, NotReached};
use super::status::status;
use super::strength;
use crate::host::{Host, HostEntropy};
use crate::keeper::order::{Found, Refused};
use crate::limits::PASSPHRASE_BITS_MIN;
use crate::node::Node;

pub(super) struct Vault(pub(super) Node);

#[tonic::async_trait]
impl VaultService for Vault {
    async fn init(&self, request: Request<pb::InitRequest>) -> Result<Response<pb::InitResponse>, Status> {
        let mut request = request.into_inner();
        let passphrase = Zeroizing::new(std::mem::take(&mut request.passphrase));
        let device = names::device(&request.device_name)?.to_owned();
        if matches!(self.0.found().await?, Found::Vault) {
            return Err(Refused::VaultExists.into());
        }
        strong_enough(&**self.0.host(), &passphrase)?;
        let choice = match request.server_url.as_str() {
            "" => None,
            url => {
                let unless = NotReached::OF_NEW_JOURNAL;
                Some(server::choose(self.0.host(), url, &request.invite, unless).await?)
            }
        };
        let created = self.make(device, passphrase).await?;
        let kit = String::clone(&created.kit_code);
        let made = self.0.create(created).await?;
        let (vault, device_id) = (made.vault.to_string(), made.device.to_string());
        // Whatever fails now, the vault stands: its kit exists nowhere else and goes out with the answer.
        let failed = match (made.unopened, choice) {
            (Some(refused), _) => Some((refused, "the journal was made, but not opened")),
            (None, Some(choice)) => {
                let set = self.0.command(Command::SetServer(choice)).await;
                set.err().map(|refused| (refused, "the journal was made, but its server was not set"))
            }
            (None, None) => None,
        };
        let failed = failed.map(|(refused, what)| ApiError { what: what.to_owned(), ..refused.into() });
        let failed = failed.map(pb::ErrorDetail::from);
        Ok(Response::new(pb::InitResponse { vault, device_id, kit, failed }))
    }

    async fn unlock(
        &self,
        request: Request<pb::UnlockRequest>,
    ) -> Result<Response<pb::UnlockResponse>, Status> {
        let passphrase = Zeroizing::new(request.into_inner().passphrase);
        let key =
            self.0.try_passphrase(move |locked| locked.unlock(&passphrase)).await.map_err(ApiError::from)?;
        self.0.open(Box::new(move |reader| Unlocked::read(key.into(), reader))).await?;
        Ok(Response::new(pb::UnlockResponse { status: Some(status_to_pb(status(&self.0.snapshot()))) }))
    }

    async fn lock(&self, _: Request<pb::LockRequest>) -> Result<Response<pb::LockResponse>, Status> {
        if matches!(self.0.found().await?, Found::Nothing) {
            return Err(Refused::NoVault.into());
        }
        self.0.lock().await;
        Ok(Response::new(pb::LockResponse {}))
    }

    async fn check_passphrase(
        &self,
        request: Request<pb::CheckPassphraseRequest>,
    ) -> Result<Response<pb::CheckPassphraseResponse>, Status> {
        strong_enough(&**self.0.host(), &Zeroizing::new(request.into_inner().passphrase))?;
        Ok(Response::new(pb::CheckPassphraseResponse { strength: strength::IS_ENOUGH.to_owned() }))
    }

    async fn suggest_passphrase(
        &self,
        _: Request<pb::SuggestPassphraseRequest>,
    ) -> Result<Response<pb::SuggestPassphraseResponse>, Status> {
        let made = vault::suggested(&mut HostEntropy(&**self.0.host()));
        let passphrase = made.ok_or_else(|| {
            ApiError::new(Reason::Internal, "no passphrase was made up")
                .because("this device couldn't make random numbers just now")
        })?;
        Ok(Response::new(pb::SuggestPassphraseResponse { passphrase: String::clone(&passphrase) }))
    }

    async fn change_passphrase(
        &self,
        request: Request<pb::ChangePassphraseRequest>,
    ) -> Result<Response<pb::ChangePassphraseResponse>, Status> {
        let pb::ChangePassphraseRequest { old_passphrase, new_passphrase } = request.into_inner();
        let (old_passphrase, new_passphrase) =
            (Zeroizing::new(old_passphrase), Zeroizing::new(new_passphrase));
        strong_enough(&**self.0.host(), &new_passphrase)?;
        let host = self.0.host().clone();
        let wrap = self.0.try_passphrase(move |locked| {
            let cost = vault::cost(|work| host.timed(work));
            locked.rewrap(&old_passphrase, &new_passphrase, cost, &mut HostEntropy(&*host))
        });
        let wrap = wrap.await.map_err(ApiError::from)?;
        self.0.rewrap(wrap).await?;
        Ok(Response::new(pb::ChangePassphraseResponse {}))
    }

    async fn keep_open(
        &self,
        _: Request<pb::KeepOpenRequest>,
    ) -> Result<Response<pb::KeepOpenResponse>, Status> {
        self.0.opened()?;
        let idle = self.0.host().lock_idle().unwrap_or_default();
        let idle_ms = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        Ok(Response::new(pb::KeepOpenResponse { idle_ms }))
    }

    async fn get_status(
        &self,
        _: Request<pb::GetStatusRequest>,
    ) -> Result<Response<pb::GetStatusResponse>, Status> {
        Ok(Response::new(pb::GetStatusResponse { status: Some(status_to_pb(status(&self.0.snapshot()))) }))
    }
}

impl Vault {
    async fn make(&self, device: String, passphrase: Zeroizing<String>) -> Result<Created, ApiError> {
        let host = self.0.host().clone();
        let made = self.0.derive(move || {
            let cost = vault::cost(|work| host.timed(work));
            vault::create(&passphrase, cost, &device, &mut HostEntropy(&*host))
        });
        Ok(made.await?.map_err(Refused::from)?)
    }
}

/// Refuses a passphrase that could be guessed, or that nobody could type again.
pub(super) fn strong_enough(host: &dyn Host, passphrase: &str) -> Result<(), ApiError> {
    let chosen = vault::chosen(passphrase).map_err(|fault| {
        let next = match fault {
            VaultFault::PassphraseTooLong => "Use five or six random words.",
            _ => "Type it again, with spaces between the words.",
        };
        ApiError::invalid("the passphrase wasn't set", fault).with_next(next)
    })?;
    let bits = host.passphrase_bits(chosen.as_str());
    if bits >= PASSPHRASE_BITS_MIN {
        return Ok(());
    }
    Err(ApiError::new(Reason::WeakPassphrase, "the passphrase could be guessed")
        .because(strength::is_too_little(bits)))
}
