//! The definition as it stands in a file, before any rule is applied. An unknown key is refused here.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// Texts by key, by language.
pub(super) type RawTexts = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExercise {
    pub(super) schema: Spanned<u32>,
    pub(super) id: Spanned<String>,
    pub(super) version: Spanned<u32>,
    pub(super) title: Option<Spanned<String>>,
    pub(super) purpose: Option<Spanned<String>>,
    pub(super) steps: Spanned<Vec<i64>>,
    pub(super) signs: Spanned<Vec<String>>,
    pub(super) minutes: Spanned<u32>,
    pub(super) evidence: Spanned<RawEvidence>,
    pub(super) safety: Spanned<RawSafety>,
    pub(super) share_default: Spanned<String>,
    pub(super) views: Option<Spanned<Vec<String>>>,
    pub(super) single: Option<Spanned<bool>>,
    pub(super) measure: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) field: Vec<Spanned<RawField>>,
    #[serde(default)]
    pub(super) outcome: Vec<Spanned<RawOutcome>>,
    #[serde(default)]
    pub(super) i18n: RawTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvidence {
    pub(super) grade: String,
    pub(super) note: Option<String>,
    #[serde(default)]
    pub(super) refs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSafety {
    pub(super) gate: String,
    pub(super) notice: Option<String>,
    pub(super) unsafe_notice: Option<String>,
    #[serde(default)]
    pub(super) not_when: Vec<String>,
    #[serde(default)]
    pub(super) stirs: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) phase: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) label: String,
    pub(super) help: Option<String>,
    pub(super) after: Option<Vec<String>>,
    pub(super) on: Option<String>,
    #[serde(default)]
    pub(super) recall: Vec<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) step: Option<i64>,
    pub(super) anchors: Option<BTreeMap<String, String>>,
    pub(super) options: Option<Vec<RawOption>>,
    #[serde(default)]
    pub(super) feelings: bool,
    pub(super) of: Option<String>,
    pub(super) min_items: Option<usize>,
    pub(super) max_items: Option<usize>,
    pub(super) max_chars: Option<usize>,
    pub(super) from: Option<String>,
    pub(super) weight: Option<RawWeight>,
    pub(super) suggest: Option<String>,
    pub(super) seconds: Option<u32>,
    pub(super) to: Option<String>,
    pub(super) template: Option<String>,
    pub(super) stop_when: Option<bool>,
    pub(super) stop_below: Option<i64>,
    pub(super) stop_above: Option<i64>,
    pub(super) stop: Option<String>,
    pub(super) instead: Option<String>,
}

impl RawField {
    /// Returns the keys that were given and belong to some kinds only.
    pub(super) fn special_keys(&self) -> Vec<&'static str> {
        let keys = [
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("step", self.step.is_some()),
            ("anchors", self.anchors.is_some()),
            ("options", self.options.is_some()),
            ("feelings", self.feelings),
            ("of", self.of.is_some()),
            ("min_items", self.min_items.is_some()),
            ("max_items", self.max_items.is_some()),
            ("max_chars", self.max_chars.is_some()),
            ("from", self.from.is_some()),
            ("weight", self.weight.is_some()),
            ("suggest", self.suggest.is_some()),
            ("seconds", self.seconds.is_some()),
            ("to", self.to.is_some()),
            ("template", self.template.is_some()),
            ("stop_when", self.stop_when.is_some()),
            ("stop_below", self.stop_below.is_some()),
            ("stop_above", self.stop_above.is_some()),
            ("stop", self.stop.is_some()),
            ("instead", self.instead.is_some()),
        ];
        keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWeight {
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) sum: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutcome {
    pub(super) id: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) better: String,
    pub(super) view: String,
    pub(super) comparator: Option<String>,
}

/// An option: an id alone, which is then its own label, or a table with a label.
pub(super) struct RawOption {
    pub(super) id: String,
    pub(super) label: Option<String>,
    pub(super) notice: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOptionTable {
    id: String,
    label: Option<String>,
    notice: Option<String>,
}

impl<'de> Deserialize<'de> for RawOption {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OptionVisitor)
    }
}

struct OptionVisitor;

impl<'de> Visitor<'de> for OptionVisitor {
    type Value = RawOption;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id or a table with id and label")
    }

    fn visit_str<E>(self, id: &str) -> Result<RawOption, E> {
        Ok(RawOption { id: id.to_owned(), label: None, notice: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawOption, A::Error> {
        let RawOptionTable { id, label, notice } =
            RawOptionTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RawOption { id, label, notice })
    }
}
