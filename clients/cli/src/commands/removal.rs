//! Taking a device out of the journal.

use haven_api::devices::{Device, Removed};
use serde::Serialize;

use super::kit::NewKit;
use crate::args::RemoveArgs;
use crate::ask;
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::text::{Style, count};

/// What failed, whatever the reason.
const NOT_REMOVED: &str = "no device was removed";

#[derive(Serialize)]
struct RemovedShape<'a> {
    removed: &'a str,
    epoch: u32,
    aside: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    kit_file: Option<String>,
}

pub(super) async fn remove(cx: &Cx, args: RemoveArgs) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    let goes = haven.check_removal(&args.id).await?;
    if !cx.asks && args.kit_out.is_none() && !args.no_kit {
        return Err(Fault::decision(
            NOT_REMOVED,
            "whether a new recovery kit is made has to be decided, and nobody can be asked here",
            "Pass --kit-out FILE for a new kit, or --no-kit to keep the one you have.",
        ));
    }
    if cx.asks {
        ask::agree(cx, args.yes, &question(&goes, cx.style), NOT_REMOVED).await?;
    }
    let kit = new_kit(cx, &haven, &args).await?;
    let removed = ask::with_passphrase(cx, args.passphrase_file.as_deref(), async |passphrase| {
        haven.remove_device(&goes.id, passphrase, kit.as_ref().map(NewKit::typed)).await
    });
    let removed = removed.await;
    let (done, kit_file) = match kit {
        Some(kit) => kit.settled(&haven, removed).await?,
        None => (removed?, None),
    };
    tell(cx, &done, kit_file)
}

/// What it means, before anybody agrees to it.
fn question(goes: &Device, style: Style) -> String {
    format!(
        "Removing \"{}\" takes it out of your journal for good:\n\
         - What's on it now stays on it, and whoever can unlock it can still read that.\n\
         - It gets nothing new, and can't read what you write from now on.\n\
         - What's written on it from now on, or was never synced, isn't taken in here. If you have it at hand, sync it first.",
        style.line(&goes.name)
    )
}

/// The new kit, if there is to be one: whoever has the device may have the old one.
async fn new_kit(cx: &Cx, haven: &Haven, args: &RemoveArgs) -> Result<Option<NewKit>, Fault> {
    if args.no_kit {
        return Ok(None);
    }
    if args.kit_out.is_none() {
        aside("If whoever has that device may have seen your recovery kit too, replace the kit with it.");
        let answer =
            ask::line(cx, "Make a new recovery kit? [y/N] ", "Pass --kit-out FILE or --no-kit.").await?;
        if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(None);
        }
    }
    NewKit::make(cx, haven, args.kit_out.clone()).await.map(Some)
}

fn tell(cx: &Cx, done: &Removed, kit_file: Option<String>) -> Result<(), Fault> {
    let shape = RemovedShape { removed: &done.device.id, epoch: done.epoch, aside: done.aside, kit_file };
    cx.tell(&shape, |style| {
        let name = style.bold(&style.line(&done.device.name));
        let mut words = format!("{name} is removed. It can't read what you write from now on.\n");
        if done.aside > 0 {
            let pieces = count(done.aside, "change", "changes");
            words += &format!("{pieces} of it came too late and were put aside. `haven alarms` says more.\n");
        }
        if let Some(file) = &shape.kit_file {
            words += &format!("The new recovery kit is in {file}: print it, then delete the file. The old kit counts no more.\n");
        }
        words
    })
}
