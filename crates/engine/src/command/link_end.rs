//! How a linking ends that comes to nothing.

use thiserror::Error;

/// Why a linking came to nothing.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LinkEnd {
    /// Its time was over first.
    #[error("its two minutes are over")]
    Expired,
    /// The person gave it up, or began another.
    #[error("it was called off")]
    Cancelled,
    /// Somebody else answered than the device whose words were read.
    #[error("the words weren't those of the device that answered")]
    WrongWords,
    /// Another device was added or removed first.
    #[error("the list of devices changed meanwhile")]
    RosterMoved,
    /// The connection to the server is gone, and the mailbox with it.
    #[error("the server can't be reached")]
    Unreachable,
    /// The server ended the mailbox.
    #[error("the server cut the connection between the two devices")]
    MailboxClosed,
    /// It was let in, and gave no sign: nobody compared the words there, or what it said about that did not come.
    #[error("the new device was let in and hasn't said that it's linked")]
    NeverIn,
    /// The new device says that it keeps nothing, before it was let in.
    #[error("it was stopped on the new device")]
    LeftThere,
    /// It was let in, and says that other words than these were typed on it.
    #[error("the three words typed on it weren't the ones this device showed, so it kept nothing")]
    OtherWordsThere,
    /// It was let in, and says that it keeps nothing for another reason.
    #[error("it was stopped there before it was in, and kept nothing")]
    StoppedThere,
    /// The list of devices takes no other one from a device.
    #[error("the list of devices is full")]
    NoRoom,
    /// The two speak different versions of linking.
    #[error("one of the two devices needs an update first")]
    UpdateNeeded,
    /// A message of the new device does not hold.
    #[error("{0}")]
    Misbehaved(&'static str),
}
