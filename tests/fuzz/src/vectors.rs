//! Seeds out of the golden vectors: honest bytes, and those that are to be refused.

use serde_json::Value;

/// The bytes under each of these keys, wherever they stand in a file of vectors.
pub(crate) fn bytes(file: &str, keys: &[&str]) -> Vec<Vec<u8>> {
    texts(file, keys).iter().filter_map(|text| unhex(text)).collect()
}

/// The texts under each of these keys.
pub(crate) fn texts(file: &str, keys: &[&str]) -> Vec<String> {
    let value = serde_json::from_str(file).expect("vectors are JSON");
    let mut found = Vec::new();
    collect(&value, keys, false, &mut found);
    found
}

fn collect(value: &Value, keys: &[&str], wanted: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if wanted => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys, wanted, found)),
        Value::Object(fields) => {
            for (key, value) in fields {
                collect(value, keys, keys.contains(&key.as_str()), found);
            }
        }
        _ => {}
    }
}

/// Reads hex.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Reads hex of one length.
pub(crate) fn array<const N: usize>(text: &str) -> [u8; N] {
    unhex(text).and_then(|bytes| bytes.try_into().ok()).expect("vectors have the right length")
}
