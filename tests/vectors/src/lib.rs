//! Golden vectors: the formats of the protocol as files, so that a second program can be checked against them and a change
//! to any byte is seen in review.

use std::path::Path;
use std::{env, fs};

use serde_json::Value;

/// Compares vectors with the file of that name in `data/`; writes the file instead where `HAVEN_BLESS` is `1`.
///
/// Panics when they differ, naming the first place that does.
pub fn check(name: &str, vectors: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name);
    if env::var_os("HAVEN_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(&path, format!("{vectors:#}\n")).expect("the data folder can be written");
    }
    let text = fs::read_to_string(&path).expect("the golden file is there; HAVEN_BLESS=1 makes it");
    let golden: Value = serde_json::from_str(&text).expect("the golden file is JSON");
    let place = difference(&golden, vectors);
    assert!(place.is_none(), "{name} differs at {}", place.unwrap_or_default());
}

/// Writes bytes as the vectors do: lower-case hex.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Finds the first place where two values differ, as a path.
fn difference(one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        _ if one == other => None,
        (Value::Object(fields), Value::Object(others)) if fields.keys().eq(others.keys()) => {
            let inside = |(key, value)| Some(format!("/{key}{}", difference(value, &others[key])?));
            fields.iter().find_map(inside)
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            let pairs = items.iter().zip(others).enumerate();
            let inside = |(index, (item, other))| Some(format!("/{index}{}", difference(item, other)?));
            pairs.into_iter().find_map(inside)
        }
        _ => Some(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn a_difference_is_named_by_its_place() {
        let golden = json!({"a": [1, {"b": "00"}], "c": 1});
        let cases = [
            (json!({"a": [1, {"b": "00"}], "c": 1}), None),
            (json!({"a": [1, {"b": "01"}], "c": 1}), Some("/a/1/b")),
            (json!({"a": [1], "c": 1}), Some("/a")),
            (json!({"a": [1, {"b": "00"}]}), Some("")),
        ];
        for (computed, place) in cases {
            assert_eq!(difference(&golden, &computed).as_deref(), place);
        }
    }
}
