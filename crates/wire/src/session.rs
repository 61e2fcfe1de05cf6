//! Who logs in; a session's token and where it travels.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use haven_feed::roster::consent::Role;
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::pb::MemberRole;
use crate::request::Malformed;

const HEADER: &str = "authorization";
const SCHEME: &str = "Bearer ";

/// Writes as what somebody logs in.
pub const fn role_to_pb(role: Role) -> MemberRole {
    match role {
        Role::Feed => MemberRole::Feed,
        Role::Paper => MemberRole::Paper,
        Role::Party => MemberRole::Party,
    }
}

/// Reads as what somebody logs in.
///
/// # Errors
/// It is not said, or a role that this build does not know.
pub const fn role_from_pb(role: MemberRole) -> Result<Role, Malformed> {
    match role {
        MemberRole::Feed => Ok(Role::Feed),
        MemberRole::Paper => Ok(Role::Paper),
        MemberRole::Party => Ok(Role::Party),
        MemberRole::Unspecified => Err(Malformed("role")),
    }
}

/// A session's token: whoever has it may do what one member may. No `Debug`, no `Clone`.
pub struct Token([u8; Token::LEN]);

impl Token {
    /// Its length, in bytes.
    pub const LEN: usize = 32;

    /// Takes the token of a log-in.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Returns its bytes, for the one who keeps them.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Puts it into a request's metadata, marked so that nobody logs it.
    pub fn attach(&self, metadata: &mut MetadataMap) {
        let text = format!("{SCHEME}{}", URL_SAFE_NO_PAD.encode(self.0));
        let mut value = MetadataValue::try_from(text).expect("base64 is ASCII");
        value.set_sensitive(true);
        metadata.insert(HEADER, value);
    }

    /// Finds it in a request's metadata; `None` if there is none or it is malformed.
    pub fn find(metadata: &MetadataMap) -> Option<Self> {
        let text = metadata.get(HEADER)?.to_str().ok()?.strip_prefix(SCHEME)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_where_it_was_attached_and_is_not_shown() {
        let mut metadata = MetadataMap::new();
        Token::from_bytes([0xfb; 32]).attach(&mut metadata);
        assert_eq!(Token::find(&metadata).map(|token| *token.as_bytes()), Some([0xfb; 32]));
        assert!(format!("{metadata:?}").contains("Sensitive"));
    }

    #[test]
    fn nothing_else_is_taken_for_a_token() {
        let good = URL_SAFE_NO_PAD.encode([1; 32]);
        for text in [
            "",
            "Bearer ",
            &good,
            &format!("Basic {good}"),
            &format!("Bearer {good}A"),
            "Bearer +/+/",
            "Bearer Ω",
        ] {
            let mut metadata = MetadataMap::new();
            if let Ok(value) = MetadataValue::try_from(text) {
                metadata.insert(HEADER, value);
            }
            assert!(Token::find(&metadata).is_none(), "{text}");
        }
    }
}
