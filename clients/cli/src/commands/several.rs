//! Doing the same to several entries: each is told by itself, and one that fails does not keep the others from it.

use std::collections::BTreeSet;

use crate::cx::Cx;
use crate::fault::{Exit, Fault};

/// Does something to each entry once. With one entry it fails as that fails; with several, each failure is told under the id it
/// belongs to, and the rest is done.
pub(super) async fn each(
    cx: &Cx,
    ids: &[String],
    act: impl AsyncFn(&str) -> Result<(), Fault>,
) -> Result<Exit, Fault> {
    let mut seen = BTreeSet::new();
    let once: Vec<&String> = ids.iter().filter(|id| seen.insert(*id)).collect();
    if let [id] = &*once {
        return act(id).await.map(|()| Exit::Done);
    }
    let (mut done, mut failed) = (false, None);
    for id in once {
        match act(id).await {
            Ok(()) => done = true,
            Err(fault) if fault.is_about_all() => return Err(fault),
            Err(fault) => {
                failed.get_or_insert(fault.exit());
                fault.of(id).tell(cx.json);
            }
        }
    }
    Ok(match failed {
        None => Exit::Done,
        Some(_) if done => Exit::Failed,
        Some(exit) => exit,
    })
}
