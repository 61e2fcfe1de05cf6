//! Domain labels: every derivation starts with one of these, none is the beginning of another.
//!
//! Resists protocol confusion: bytes derived or sealed for one purpose mean nothing in any other.

pub(crate) const EPOCH_KEY: &str = "haven/1/epoch key";
pub(crate) const EPOCH_SALT: &str = "haven/1/epoch salt";
pub(crate) const EPOCH_NAME: &str = "haven/1/epoch name";
pub(crate) const EPOCH_LINK: &str = "haven/1/epoch link";
pub(crate) const EPOCH_ID: &str = "haven/1/epoch id";
pub(crate) const RECORD: &str = "haven/1/record";
pub(crate) const NAME: &str = "haven/1/name";
pub(crate) const PREVIOUS_ROOT: &str = "haven/1/previous root";
pub(crate) const WRAP: &str = "haven/1/wrap";
pub(crate) const DROP: &str = "haven/1/drop";
pub(crate) const DROP_ID: &str = "haven/1/id of a drop";
pub(crate) const LOCAL: &str = "haven/1/local";
pub(crate) const PASSPHRASE: &str = "haven/1/passphrase";
pub(crate) const BOX_SALT: &str = "haven/1/box salt";
pub(crate) const KIT_SIGN: &str = "haven/1/kit sign";
pub(crate) const KIT_KEM: &str = "haven/1/kit kem";
pub(crate) const JOIN_MAILBOX: &str = "haven/1/join mailbox";
pub(crate) const JOIN_CHANNEL: &str = "haven/1/join channel";
pub(crate) const JOIN_MESSAGE: &str = "haven/1/join message";
pub(crate) const JOIN_COMMIT: &str = "haven/1/join commit";
pub(crate) const JOIN_TRANSCRIPT: &str = "haven/1/join transcript";
pub(crate) const JOIN_FAREWELL: &str = "haven/1/join farewell";
pub(crate) const JOINER_FAREWELL: &str = "haven/1/joiner farewell";
pub(crate) const WORDS: &str = "haven/1/words";

#[cfg(test)]
mod tests {
    use haven_feed::digest::label;

    use super::*;

    const OURS: [&str; 24] = [
        EPOCH_KEY,
        EPOCH_SALT,
        EPOCH_NAME,
        EPOCH_LINK,
        EPOCH_ID,
        RECORD,
        NAME,
        PREVIOUS_ROOT,
        WRAP,
        DROP,
        DROP_ID,
        LOCAL,
        PASSPHRASE,
        BOX_SALT,
        KIT_SIGN,
        KIT_KEM,
        JOIN_MAILBOX,
        JOIN_CHANNEL,
        JOIN_MESSAGE,
        JOIN_COMMIT,
        JOIN_TRANSCRIPT,
        JOIN_FAREWELL,
        JOINER_FAREWELL,
        WORDS,
    ];

    #[test]
    fn no_label_begins_another() {
        // A record's id and its keys share a label by design: one is a plain hash, the other an HKDF info.
        let theirs = label::ALL.into_iter().filter(|label| *label != RECORD);
        let all: Vec<&str> = OURS.into_iter().chain(theirs).collect();
        for (i, a) in all.iter().enumerate() {
            for (j, b) in all.iter().enumerate() {
                assert!(i == j || !a.starts_with(b), "{a} begins with {b}");
            }
        }
    }
}
