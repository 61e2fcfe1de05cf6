//! What a sentence of a text is, and how two versions become one: a reading that every device has to work out alike.

use haven_core::meeting::{both, merge, sentences};
use haven_vectors::check;
use serde_json::{Value, json};

/// Texts of many scripts, and every kind of gap.
const TEXTS: [&str; 19] = [
    "",
    " \n\t",
    "  I went. It rained!  Why?\n",
    "weight 72.5 kg",
    "He said \"no.\" Then he left.",
    "**Really?!** yes, _no._ (Perhaps.) [so]",
    "- milk\n- bread\r\n\r\n# Day",
    "wait... what?! e.g. this",
    "我去了。下雨了！「真的？」是．完",
    "मैं गया। बारिश हुई॥",
    "ذهبت. لماذا؟ لا أعرف۔ نعم",
    "Ես գնացի։ Անձրև էր։",
    "ሰላም። ደህና፧ አዎ",
    "one\u{2028}two\u{b}three\u{85}four",
    "no\u{a0}end\u{3000}here.\u{202f}next",
    "”. 。 ” .。x",
    "one  \n  two \t\u{2029}three. ",
    "Wait.)。 So.） now",
    "g . h\u{200b}. i",
];

/// Base, first, second.
const MERGES: [[&str; 3]; 22] = [
    ["weight 71 kg", "weight 72 kg", "weight 73 kg"],
    ["One. Two. Three.", "One! Two. Three.", "One. Two. Three?"],
    ["One. Two. Three.", "One. Three.", "One. Two, better. Three."],
    ["One. Two. Three.", "One.", "Three."],
    ["One. Two.", "One. New. Two.", "One. Other. Two."],
    ["One. Two.", "One. New. A. Two.", "One. New. B. Two."],
    ["One. Two.", "One.\nTwo.", "One.  Two.\n"],
    ["One. Two.", "Two.", "One. New. Two."],
    ["One. Two. Three.", "", "One. New. Two. Three."],
    ["One. Two. Three. Four.", "One. X. Y. Z. Four.", "One. Two. Three. New. Four."],
    ["One. Two. Three.", "X. Two. Y.", "X. Z. Three."],
    ["", "Mine.", "Yours."],
    ["A. A. A.", "A. A.", "A. B. A. A."],
    ["一。二。三。", "一！二。三。", "一。二。四。三。"],
    // Gaps: of what only one changed, of the first where both did, and before the first sentence.
    ["A. B. C.", "A.\nX.  Y. C.", "A.\n\nB.\tC."],
    ["A. B. C.", "A.\n B!\nC.", "A.  B. C.\n"],
    ["\nA. B.", "A. B.", "  A. B!"],
    ["A. B. C.", "A.\nB. New. C.", "A. B.  New.  Old. C."],
    // A chain of changes that belong together, and what is put strictly inside what the other replaced.
    ["A. B. C. D. E.", "A. X. D. E.", "A. B. Y. Z. W. E."],
    ["A. B. C. D.", "A. X. D.", "A. B. N. C. D."],
    ["A. B. C. D.", "A. D.", "A. B.  N.\nC. D."],
    ["A. B. C. D.", "A. C. D.", "A. D."],
];

fn text(text: &str) -> Value {
    let apart = sentences(text);
    let units: Vec<_> = apart.units.iter().map(|unit| json!([unit.gap, unit.sentence])).collect();
    json!({"text": text, "units": units, "tail": apart.tail})
}

fn merged([base, first, second]: [&str; 3]) -> Value {
    let merged = match merge(base, first, second) {
        Ok(text) => json!({"text": text}),
        Err(clash) => json!({"first_deleted": clash.first_deleted, "second_deleted": clash.second_deleted}),
    };
    json!({"base": base, "first": first, "second": second, "merge": merged, "both": both(base, first, second)})
}

#[test]
fn meeting() {
    let about = "PROTOCOL.md, Documents: sentences, and merging by sentences";
    let vectors = json!({"about": about, "texts": TEXTS.map(text), "merges": MERGES.map(merged)});
    check("core-meeting.json", &vectors);
}
