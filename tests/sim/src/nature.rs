//! What may go wrong in a world beside what always may: crashes, full disks, lost connections and clocks.

/// The switches of a world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nature {
    /// Devices remove each other, and who was removed writes on.
    pub removals: bool,
    /// The server loses everything, and whoever agrees fills it again.
    pub wipes: bool,
    /// The server goes back to an older copy of itself.
    pub restores: bool,
    /// The server loses bodies and keeps husks.
    pub husks: bool,
    /// The network drops, doubles and reorders messages, and shortens lists.
    pub network: bool,
    /// The server lies: about what it has, about the roster, about what it took, and to whoever was removed.
    pub server: bool,
    /// The server alters records and links, puts them in other places, and makes up its own.
    pub forges: bool,
}

impl Nature {
    /// Nobody means harm, and nothing lasting is lost.
    pub const CALM: Self = Self {
        removals: false,
        wipes: false,
        restores: false,
        husks: false,
        network: false,
        server: false,
        forges: false,
    };

    /// Devices come and go.
    pub const REMOVING: Self = Self { removals: true, ..Self::CALM };

    /// The server is honest and unlucky.
    pub const UNLUCKY: Self = Self { removals: true, wipes: true, restores: true, husks: true, ..Self::CALM };

    /// Everything at once.
    pub const HOSTILE: Self = Self { network: true, server: true, forges: true, ..Self::UNLUCKY };

    /// Whether nobody means harm and nothing lasting is lost.
    pub fn is_calm(self) -> bool {
        self == Self::CALM
    }

    /// The nature of a seed's world: of eight two are calm, two unlucky or removing, four hostile in one way or in all.
    pub fn of(seed: u64) -> Self {
        let is = |bit: u64| (seed >> (3 + bit)) & 1 == 1;
        match seed % 8 {
            1 | 5 => Self::CALM,
            3 => Self::REMOVING,
            7 => Self::UNLUCKY,
            2 | 6 => Self {
                removals: is(0),
                wipes: is(1),
                restores: is(2),
                husks: is(3),
                network: is(4) || !is(5),
                server: is(5),
                forges: is(6),
            },
            _ => Self::HOSTILE,
        }
    }
}
