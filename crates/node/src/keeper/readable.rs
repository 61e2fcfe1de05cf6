//! The lines of the plan that stay readable while the vault is locked. What the host holds is the only copy: it is read
//! whenever it matters, and nobody but the keeper changes it.

use std::collections::BTreeSet;

use haven_core::support::{Chosen, Plan, Readable};
use haven_engine::view::View;

use super::order::Refused;
use crate::host::{Host, KeepFault};

/// Reads the lines; none if nothing is there, or something else.
pub(crate) fn kept(host: &dyn Host) -> Option<Readable> {
    Readable::parse(&host.readable().ok()??).ok()
}

/// Makes exactly these lines of the plan readable; done once that is durable.
pub(super) fn choose(
    host: &dyn Host,
    view: &View,
    wanted: &BTreeSet<Chosen>,
    confirmed: bool,
) -> Result<(), Refused> {
    let chosen = Readable::choose(plan(view).as_ref(), kept(host).as_ref(), wanted, confirmed)?;
    Ok(keep(host, chosen.as_ref())?)
}

/// Takes back whatever is no longer in the plan. Something that cannot be read goes whole: nobody can tell what it holds.
pub(super) fn follow(host: &dyn Host, view: &View) {
    let kept = match host.readable() {
        Ok(None) => return,
        Ok(Some(bytes)) => Readable::parse(&bytes)
            .inspect_err(|fault| tracing::warn!(%fault, "the readable lines are dropped"))
            .ok(),
        Err(fault) => {
            tracing::warn!(%fault, "the readable lines are dropped");
            None
        }
    };
    let left = kept.as_ref().and_then(|kept| kept.still_in(plan(view).as_ref()));
    if left.is_some() && left == kept {
        return;
    }
    // A disk that takes no fewer lines may still let go of all.
    let done = keep(host, left.as_ref()).or_else(|_| host.keep_readable(None));
    if let Err(fault) = done {
        tracing::error!(%fault, "lines that left the plan are still readable");
    }
}

/// Takes everything back: there is no vault that it could belong to.
pub(super) fn drop_all(host: &dyn Host) {
    if host.readable() == Ok(None) {
        return;
    }
    if let Err(fault) = host.keep_readable(None) {
        tracing::error!(%fault, "lines of a vault that is gone are still readable");
    }
}

fn keep(host: &dyn Host, lines: Option<&Readable>) -> Result<(), KeepFault> {
    host.keep_readable(lines.map(Readable::to_bytes).as_deref())
}

/// The plan as it stands. In which language it asks makes no difference to its lines.
fn plan(view: &View) -> Option<Plan> {
    let entry = Plan::newest(view.rows().map(|row| &row.entry))?;
    Some(Plan::of(entry, &view.shelf()?.exercises, ""))
}
