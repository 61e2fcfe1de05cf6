//! The recovery kit, as a client sees it.

/// What a kit is to the vault of this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KitCheck {
    /// Whether it is the vault's kit, as far as the device knows.
    pub valid: bool,
    /// Whether another one took its place; `None` if that cannot be told without a server.
    pub replaced: Option<bool>,
    /// Id of the vault, as hex.
    pub vault: String,
}
