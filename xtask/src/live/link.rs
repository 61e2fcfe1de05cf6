//! A second device joins the journal of a first, as two people at two screens would do it.

use std::io::{BufRead as _, BufReader};

use serde_json::Value;

use super::device::Device;
use super::text;
use crate::fault::Fault;

/// Links a new device: a code from the old one, three words from the new one, read to the old one. Returns the words.
///
/// # Errors
/// When either side refuses.
pub fn link(old: &Device, new: &Device, server: &str) -> Result<String, Fault> {
    let code = text(&old.ask(&["device", "link"])?, "code")?;
    let file = new.passphrase();
    let join = ["device", "join", &code, "--server", server, "--name", new.name(), "--passphrase-file", file];
    let mut joining = new.begin(&join)?;
    let shown = joining.stdout.take().and_then(|stdout| {
        let mut line = String::new();
        let mut stdout = BufReader::new(stdout);
        stdout.read_line(&mut line).ok()?;
        Some((line, stdout))
    });
    // Without a line it has failed, and says why at its end.
    let words = shown.as_ref().and_then(|(line, _)| serde_json::from_str::<Value>(line).ok());
    let Some(words) = words.and_then(|said| said["words"].as_str().map(str::to_owned)) else {
        new.end(joining, &join, "")?;
        return Err(Fault::new("join", "the new device showed no words", "Run the two commands by hand."));
    };
    old.ask(&["device", "confirm", "--wait", "--words", &words, "--passphrase-file", old.passphrase()])?;
    new.end(joining, &join, "")?;
    new.stay_open()?;
    Ok(words)
}
