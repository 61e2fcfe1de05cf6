//! Opens the journal's page in a browser.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use haven_api::error::{ApiError, ErrorReason};
use serde::Serialize;

use super::launcher;
use crate::args::OpenArgs;
use crate::cx::{Cx, aside};
use crate::fault::Fault;

/// How often it's looked whether the desktop has given up, and the pause between: it does so within a second or two.
const LOOKS: (u32, Duration) = (20, Duration::from_millis(100));

#[derive(Serialize)]
struct UrlShape<'a> {
    url: &'a str,
}

/// Opens it, or prints an address that is good once and for a minute.
pub(super) async fn run(cx: &Cx, args: &OpenArgs) -> Result<(), Fault> {
    if args.install_launcher {
        return launcher::install(cx).await;
    }
    if args.remove_launcher {
        return launcher::remove(cx);
    }
    let haven = cx.device().await?;
    if args.print || cx.json {
        let page = haven.open_page(false).await?;
        return cx.tell(&UrlShape { url: &page.url }, |_| format!("{}\n", page.url));
    }
    let page = haven.open_page(true).await?;
    if !start(&page.file).await {
        let next = "Run `haven open --print`, and paste what it prints into the browser within a minute.";
        let none = ApiError::new(ErrorReason::NotFound, "no browser was opened");
        return Err(none.because("this system names no program to open a page with").with_next(next).into());
    }
    aside(
        "Your browser should show it now. If it doesn't, `haven open --print` gives an address to paste there.",
    );
    Ok(())
}

/// Lets the desktop open a file; whether a browser shows it, nobody says. Some systems come back at once, some when the browser
/// is closed.
async fn start(file: &str) -> bool {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let mut command = Command::new(program);
    command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A Ctrl-C here is not meant for the browser.
    let Ok(mut started) = command.process_group(0).spawn() else { return false };
    for _ in 0..LOOKS.0 {
        match started.try_wait() {
            Ok(None) => tokio::time::sleep(LOOKS.1).await,
            ended => return ended.is_ok_and(|ended| ended.is_some_and(|status| status.success())),
        }
    }
    true
}
