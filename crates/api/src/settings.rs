//! The settings of a device, as a client sees them.

/// Whose helplines are shown where no country is named.
pub use haven_core::support::HELP_COUNTRY;

/// The language of what the device says to a client that names none.
pub const LANGUAGE: &str = "language";

/// The name and the icon of the app that others may see: `notes`, the neutral one, or `haven`.
pub const APP_NAME: &str = "app.name";

/// Whether a recovery kit was shown here and nobody has said since that it's kept. Set by the client that shows it.
pub const KIT_UNCONFIRMED: &str = "kit.unconfirmed";

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key: `lock.idle`.
    pub key: String,
    /// Its value as text: `5m`.
    pub value: String,
    /// Whether nobody has set it.
    pub is_default: bool,
    /// The values that can be chosen, in order; empty where others fit as well.
    pub options: Vec<String>,
}
