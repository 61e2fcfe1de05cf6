//! The help of a command, asked for in words. Whoever asks for help now gets that.

use crate::args::{self, HelpNowArgs};
use crate::cx::Cx;
use crate::fault::Fault;

/// What somebody types who is not after a command.
const NOW: &str = "now";

pub(super) async fn run(cx: &Cx, words: &[String]) -> Result<(), Fault> {
    if let [word] = words
        && word.eq_ignore_ascii_case(NOW)
    {
        super::support::help(cx, HelpNowArgs::default()).await;
        return Ok(());
    }
    let help = args::named(words)?.render_long_help();
    let words = if cx.style.colors { help.ansi().to_string() } else { help.to_string() };
    cx.page(&words)
}
