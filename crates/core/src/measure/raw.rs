//! The definition of a measure as it stands in a file, before any rule is applied. An unknown key is refused here.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// Texts by key, by language.
pub(super) type RawTexts = BTreeMap<String, BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMeasure {
    pub(super) schema: Spanned<u32>,
    pub(super) id: Spanned<String>,
    pub(super) version: Spanned<u32>,
    pub(super) title: String,
    pub(super) purpose: String,
    pub(super) stem: Option<String>,
    pub(super) minutes: Spanned<u32>,
    pub(super) validated: bool,
    pub(super) offered: Spanned<String>,
    pub(super) about: Spanned<String>,
    #[serde(default)]
    pub(super) recent: bool,
    pub(super) general: Option<String>,
    pub(super) items: Spanned<RawItems>,
    pub(super) count: Option<Spanned<usize>>,
    pub(super) scale: Spanned<RawScale>,
    pub(super) reverse: Option<Spanned<Vec<usize>>>,
    pub(super) declinable: Option<Spanned<Vec<usize>>>,
    pub(super) support: Option<Spanned<Vec<RawSupport>>>,
    pub(super) missing: Spanned<String>,
    pub(super) min_interval_days: Spanned<u32>,
    pub(super) usual_interval_days: Option<Spanned<u32>>,
    pub(super) plane: Option<Spanned<RawAxes>>,
    #[serde(default)]
    pub(super) composite: bool,
    pub(super) rights: Spanned<RawRights>,
    #[serde(default)]
    pub(super) extra: Vec<Spanned<RawExtra>>,
    #[serde(default)]
    pub(super) subscale: Vec<Spanned<RawSubscale>>,
    #[serde(default)]
    pub(super) vector: Vec<Spanned<RawVector>>,
    #[serde(default)]
    pub(super) i18n: RawTexts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScale {
    pub(super) min: i64,
    pub(super) max: i64,
    #[serde(default)]
    pub(super) anchors: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSupport {
    pub(super) item: usize,
    pub(super) above: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAxes {
    pub(super) worry: String,
    pub(super) distance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRights {
    pub(super) tier: String,
    pub(super) basis: String,
    pub(super) url: Option<String>,
    pub(super) notice: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExtra {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) options: Vec<RawOption>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOption {
    pub(super) id: String,
    pub(super) label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSubscale {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) items: Vec<usize>,
    #[serde(rename = "fn")]
    pub(super) combine: String,
    pub(super) transform: Option<RawTransform>,
    #[serde(default)]
    pub(super) bands: Vec<RawBand>,
    pub(super) change: Option<RawChange>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTransform {
    pub(super) times: i32,
    #[serde(default)]
    pub(super) plus: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBand {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) label: String,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChange {
    pub(super) threshold: Option<f64>,
    #[serde(default)]
    pub(super) provisional: bool,
    pub(super) sd: Option<f64>,
    pub(super) r: Option<f64>,
    pub(super) kind: Option<String>,
    pub(super) source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVector {
    pub(super) answers: Option<Vec<NumberOrWord>>,
    pub(super) all: Option<i32>,
    pub(super) scores: BTreeMap<String, NumberOrWord>,
    #[serde(default)]
    pub(super) bands: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) sides: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) support: bool,
}

/// The keys of the items' texts, or the word that says that the person brings them.
pub(super) enum RawItems {
    Keys(Vec<String>),
    Word(String),
}

impl<'de> Deserialize<'de> for RawItems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = RawItems;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of ids of items, or \"user-supplied\"")
    }

    fn visit_str<E>(self, word: &str) -> Result<RawItems, E> {
        Ok(RawItems::Word(word.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawItems, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = items.next_element()? {
            keys.push(key);
        }
        Ok(RawItems::Keys(keys))
    }
}

/// A number, or a word that stands for none.
#[derive(Clone)]
pub(super) enum NumberOrWord {
    Number(f64),
    Word(String),
}

impl<'de> Deserialize<'de> for NumberOrWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrWordVisitor)
    }
}

struct NumberOrWordVisitor;

impl Visitor<'_> for NumberOrWordVisitor {
    type Value = NumberOrWord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a word")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<NumberOrWord, E> {
        let number = i32::try_from(number).map_err(|_| E::custom("the number is too large"))?;
        Ok(NumberOrWord::Number(f64::from(number)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<NumberOrWord, E> {
        Ok(NumberOrWord::Number(number))
    }

    fn visit_str<E>(self, word: &str) -> Result<NumberOrWord, E> {
        Ok(NumberOrWord::Word(word.to_owned()))
    }
}
