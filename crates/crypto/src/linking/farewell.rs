//! Why a linking came to nothing, as either device tells the other.

/// One byte, sealed under the channel. It ends a linking and can do nothing else: it carries no key, and no words depend on it.
/// Whoever has the code could make one, and could end the linking in other ways just as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// The words typed on the device that says this were not the other's.
    WrongWords,
    /// The two minutes are over.
    Expired,
    /// The person gave it up, or began another.
    Cancelled,
    /// Another device was added or removed meanwhile.
    RosterMoved,
    /// A message did not hold: somebody else answered, or altered it.
    Misbehaved,
    /// The two speak different versions of linking: one of them needs an update.
    UpdateNeeded,
    /// For a reason that this version does not know.
    Other,
}

impl Farewell {
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::Other => 0,
            Self::WrongWords => 1,
            Self::Expired => 2,
            Self::Cancelled => 3,
            Self::RosterMoved => 4,
            Self::Misbehaved => 5,
            Self::UpdateNeeded => 6,
        }
    }

    pub(super) fn of_byte(byte: u8) -> Self {
        match byte {
            1 => Self::WrongWords,
            2 => Self::Expired,
            3 => Self::Cancelled,
            4 => Self::RosterMoved,
            5 => Self::Misbehaved,
            6 => Self::UpdateNeeded,
            _ => Self::Other,
        }
    }
}
