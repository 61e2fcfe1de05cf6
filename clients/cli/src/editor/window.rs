//! An editor that gave the prompt back at once: it may be a window that is still open.

use std::io::{self, BufRead as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::time::Timespec;

use super::folder::Folder;
use super::{About, program};
use crate::cx::{Cx, Haven, aside};
use crate::fault::Fault;
use crate::kept;
use crate::limits::WINDOW_LOOK;

/// How waiting ended.
pub(super) enum Ended {
    /// The person says that they are done.
    Done,
    /// Nobody is there to say so; the window may still be open.
    Open,
}

/// What the terminal had to say.
enum Said {
    Nothing,
    Line,
    End,
}

/// Waits until the person is done, and keeps what they save meanwhile. From here on the folder stays whatever happens, so that a
/// later command finds what was saved.
pub(super) async fn wait(
    cx: &Cx,
    haven: &mut Haven,
    about: &mut About,
    folder: &Folder,
) -> Result<Ended, Fault> {
    folder.leave_open();
    aside(&format!(
        "Your editor gave the prompt back at once. If it is open in a window, write and save there, then press Enter here. \
         Set {} to have it waited for.",
        program::waiting()
    ));
    *cx.parting.borrow_mut() =
        "What you save in the window is taken over by the next `haven` command.".to_owned();
    let mut seen = about.before.clone();
    loop {
        match listen(WINDOW_LOOK).await? {
            Said::Line => {
                folder.close();
                cx.parting.take();
                return Ok(Ended::Done);
            }
            Said::End => {
                aside(&cx.parting.take());
                return Ok(Ended::Open);
            }
            Said::Nothing => {}
        }
        // A file that is being replaced is looked at again.
        let Ok(words) = folder.words() else { continue };
        if words.text == seen || words.text.trim().is_empty() {
            continue;
        }
        seen = words.text.clone();
        if kept::keep(haven, about.saved_draft(words.text)).await.is_ok() && about.draft.is_none() {
            about.draft = Some(about.keep);
            aside("Kept as far as you saved. Press Enter here once you are done.");
        }
    }
}

/// Waits so long for a line at the terminal, on a thread of its own, so that a signal is still heard.
async fn listen(wait: Duration) -> Result<Said, Fault> {
    let said = tokio::task::spawn_blocking(move || said(wait)).await.map_err(|_| Fault::interrupted())?;
    Ok(said.unwrap_or(Said::End))
}

fn said(wait: Duration) -> io::Result<Said> {
    let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
    let stdin = io::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    match rustix::event::poll(&mut terminal, Some(&wait)) {
        Ok(0) | Err(Errno::INTR) => return Ok(Said::Nothing),
        outcome => outcome?,
    };
    if !terminal[0].revents().contains(PollFlags::IN) {
        return Ok(Said::End);
    }
    let typed = stdin.lock().read_line(&mut String::new())?;
    Ok(if typed == 0 { Said::End } else { Said::Line })
}
