//! What a command found, in words for whoever sits at a terminal.

use std::fmt::Write as _;

use serde_json::Value;

/// Says a result: what `init` and `invite` print with what to type next, everything else a line each.
pub(super) fn of(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match (text("invite"), text("identity")) {
        (Some(invite), Some(identity)) => begun(invite, identity),
        (Some(invite), None) => format!("Invite, good for one journal:\n\n{invite}\n\n{}", taking_in(invite)),
        _ => listed(value),
    }
}

fn begun(invite: &str, identity: &str) -> String {
    format!(
        "The data folder is made.\n\nInvite, good for one journal:\n\n{invite}\n\nIdentity, to compare on the device:\n\n\
         {identity}\n\nStart the server with `haven-server run --data DIR`, the same folder. {}",
        taking_in(invite)
    )
}

fn taking_in(invite: &str) -> String {
    format!(
        "On the device that has the journal, type this, with the address that the server says when it starts:\n\n\
         haven server set URL --invite {invite}\n"
    )
}

/// Numbers and lists, a line each.
fn listed(value: &Value) -> String {
    let mut words = String::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        let name = key.replace('_', " ");
        let _ = match value {
            Value::Array(items) if items.is_empty() => writeln!(words, "{name}: none"),
            Value::Array(items) => {
                let _ = writeln!(words, "{name}:");
                items.iter().try_for_each(|item| writeln!(words, "  {}", plain(item)))
            }
            value => writeln!(words, "{name}: {}", plain(value)),
        };
    }
    words
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_server_says_what_to_type_next() {
        let words = of(&json!({ "invite": "HSI1-AB", "identity": "ab12" }));
        for line in ["HSI1-AB", "ab12", "haven server set URL --invite HSI1-AB"] {
            assert!(words.lines().any(|said| said == line), "{words}");
        }
        assert!(words.contains("haven-server run --data DIR"), "{words}");
        assert!(!of(&json!({ "invite": "HSI1-AB" })).contains("identity"));
    }

    #[test]
    fn what_was_counted_is_listed() {
        let words = of(&json!({ "file_bytes": 12, "problems": [], "spaces": 1 }));
        assert_eq!(words, "file bytes: 12\nproblems: none\nspaces: 1\n");
        assert_eq!(of(&json!({ "problems": ["a record is damaged"] })), "problems:\n  a record is damaged\n");
    }
}
