//! The devices of a vault and how another one joins, as a client sees them.

use haven_core::time::Timestamp;

use crate::error::ApiError;

/// One device of the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id, as hex.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is this one.
    pub this: bool,
    /// When it was added, if that is known.
    pub added: Option<Timestamp>,
    /// When its last record came in, by this device's clock.
    pub last_seen: Option<Timestamp>,
    /// Whether it was removed.
    pub removed: bool,
}

/// A device that was taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The device as it is listed now.
    pub device: Device,
    /// Number of the span of keys that began with it.
    pub epoch: u32,
    /// How many pieces of what it wrote were put aside here, since no other device had them.
    pub aside: u64,
}

/// What the new device must read.
pub struct Link {
    /// The code. A secret for two minutes.
    pub code: String,
    /// Address of the server that the new device needs beside it.
    pub server_url: String,
    /// When the code is worthless, by this device's clock.
    pub expires: Timestamp,
    /// Code and server in one text, for a QR code read inside the app.
    pub url: String,
}

/// What a link begins with; no browser opens it.
const LINK_SCHEME: &str = "haven-link:";

/// Writes code and server in one text, read inside the app only.
pub fn link_url(code: &str, server_url: &str) -> String {
    format!("{LINK_SCHEME}{code}@{server_url}")
}

/// Reads what a person pasted: a code, or a link with the address of the server in it. Blanks and line breaks come with
/// pasting and are left out.
pub fn read_link(pasted: &str) -> (String, Option<String>) {
    let pasted: String = pasted.split_whitespace().collect();
    let scheme = pasted.get(..LINK_SCHEME.len()).filter(|start| start.eq_ignore_ascii_case(LINK_SCHEME));
    let link = &pasted[scheme.map_or(0, str::len)..];
    match link.split_once('@') {
        Some((code, server_url)) if !server_url.is_empty() => (code.to_owned(), Some(server_url.to_owned())),
        Some((code, _)) => (code.to_owned(), None),
        None => (link.to_owned(), None),
    }
}

/// Where a link stands on the device that has the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nobody has used the code yet.
    Waiting {
        /// When it is worthless.
        expires: Timestamp,
    },
    /// A device has; the person reads its words now.
    Answered {
        /// The name it gives itself.
        device_name: String,
    },
    /// The device was let in; the words are to be compared on it.
    Comparing(Admitted),
    /// The device is in, and has said so.
    Done(Device),
    /// The time was over first.
    Expired,
    /// The link is void.
    Failed(Box<ApiError>),
}

/// A device that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// The device.
    pub device: Device,
    /// Words four to six, for its person to compare there.
    pub words: String,
}

/// What a device brings that joins a vault.
pub struct Join {
    /// The code that the other device shows.
    pub code: String,
    /// Address of the server.
    pub server_url: String,
    /// Name of this device.
    pub device_name: String,
    /// The passphrase of this device.
    pub passphrase: String,
}

/// Where a link stands on the device that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinState {
    /// The other device is being reached.
    Connecting,
    /// Words one to three, to read out.
    Words(String),
    /// Words four to six are wanted, as the other device shows them.
    Comparing,
    /// This device is in.
    Linked {
        /// Id of the vault, as hex.
        vault: String,
        /// Id of this device in it, as hex.
        device_id: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_link_is_read_whatever_came_with_it() {
        let check = |pasted: &str, code: &str, server_url: Option<&str>| {
            let (read, at) = read_link(pasted);
            assert_eq!((&*read, at.as_deref()), (code, server_url), "{pasted:?}");
        };
        let server = Some("https://journal.example:7460");
        check(&link_url("0000-1111", "https://journal.example:7460"), "0000-1111", server);
        check("  haven-link:0000-\n1111@https://journal.\r\nexample:7460 \n", "0000-1111", server);
        check("HAVEN-LINK:abcd@https://journal.example:7460", "abcd", server);
        check("abcd@https://journal.example:7460", "abcd", server);
        check("haven-link:abcd", "abcd", None);
        check("haven-link:abcd@", "abcd", None);
        check(" abcd efgh\t", "abcdefgh", None);
        check("", "", None);
        check("é-haven-link:", "é-haven-link:", None);
    }
}
