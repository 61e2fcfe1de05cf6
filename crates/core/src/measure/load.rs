//! From the text of a file to a measure.

use std::collections::BTreeMap;

use toml::Spanned;

use super::raw::{RawExtra, RawItems, RawMeasure, RawOption, RawRights, RawScale};
use super::subscale::Missing;
use super::{About, Axes, Choice, Extra, Item, Measure, Offered, Retest, Rights, Scale, rules, vector};
use crate::answers::FieldId;
use crate::definition::{Place, Report, Texts, parse};
use crate::fault::Fault;
use crate::limits::{
    DEFINITION_BYTES_MAX, INTERVAL_DAYS_MAX, MEASURE_EXTRAS_MAX, MEASURE_ITEMS_MAX, MINUTES_MAX, OPTIONS_MAX,
    SCALE_ABS_MAX,
};

/// The schema this loader reads.
const SCHEMA: u32 = 1;

/// What stands in place of the items when the person brings them.
const USER_SUPPLIED: &str = "user-supplied";

/// The tier of what may not travel at all. It is no tier here: such a measure is not written down.
const NOWHERE: &str = "D";

impl Measure {
    /// Reads a definition and checks every rule, also its worked examples and the version released before it.
    ///
    /// # Errors
    /// Every [`Fault`] that could be found; a file that is no TOML or holds an unknown key has one. The examples are
    /// worked out once everything else is right.
    pub fn load(toml_text: &str, previous: Option<&Self>) -> Result<Self, Vec<Fault>> {
        let mut raw: RawMeasure = parse(toml_text, DEFINITION_BYTES_MAX)?;
        let mut report = Report::default();
        let reader = Reader { text: toml_text };
        let lines = rules::Lines::new(toml_text, &raw);
        let vectors = std::mem::take(&mut raw.vector);
        let built = reader.build(raw, &mut report);
        report.finish()?;
        // Without a fault every part was built.
        let measure = built.ok_or_else(Vec::new)?;
        rules::check(&measure, &lines, &mut report);
        if let Some(previous) = previous {
            rules::check_succession(&measure, previous, &lines, &mut report);
        }
        report.finish()?;
        vector::check(&measure, toml_text, &vectors, &mut report);
        report.finish()?;
        Ok(measure)
    }
}

/// Reads the parts, each with the line it stands on.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
}

impl Reader<'_> {
    pub(super) fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        Place::new(self.text, &spanned.span())
    }

    fn build(&self, raw: RawMeasure, report: &mut Report) -> Option<Measure> {
        self.check_head(&raw, report);
        let id = report.form(&self.place(&raw.id), raw.id.get_ref(), "id of a measure");
        let offered: Option<Offered> = report.word(&self.place(&raw.offered), raw.offered.get_ref());
        let about: Option<About> = report.word(&self.place(&raw.about), raw.about.get_ref());
        let scale = self.scale(&raw.scale, report);
        let items = self.items(&raw, scale.as_ref(), report);
        let extras: Vec<_> = raw.extra.iter().map(|extra| self.extra(extra, report)).collect();
        let missing: Option<Missing> =
            report.form(&self.place(&raw.missing), raw.missing.get_ref(), "rule for what is missing");
        let retest = self.retest(&raw, report);
        let rights = self.rights(&raw.rights, report);
        let (scale, items) = (scale?, items?);
        let subscales: Vec<_> = raw
            .subscale
            .iter()
            .map(|subscale| self.subscale(subscale, items.len(), &scale, report))
            .collect();
        let plane = raw.plane.map(|axes| axes.into_inner());
        Some(Measure {
            id: id?,
            version: raw.version.into_inner(),
            title: raw.title,
            purpose: raw.purpose,
            stem: raw.stem,
            minutes: raw.minutes.into_inner(),
            validated: raw.validated,
            offered: offered?,
            about: about?,
            recent: raw.recent,
            general: raw.general,
            items,
            scale,
            extras: extras.into_iter().collect::<Option<_>>()?,
            missing: missing?,
            subscales: subscales.into_iter().collect::<Option<_>>()?,
            plane: plane.map(|axes| Axes { worry: axes.worry, distance: axes.distance }),
            composite: raw.composite,
            retest: retest?,
            rights: rights?,
            texts: Texts::new(raw.i18n),
        })
    }

    fn check_head(&self, raw: &RawMeasure, report: &mut Report) {
        if *raw.schema.get_ref() != SCHEMA {
            let what = format!("schema {} is not known", raw.schema.get_ref());
            report.add(
                &self.place(&raw.schema),
                what,
                format!("write schema = {SCHEMA}, or use a newer Haven"),
            );
        }
        if *raw.version.get_ref() == 0 {
            report.add(&self.place(&raw.version), "there is no version 0", "begin with version = 1");
        }
        if !(1..=MINUTES_MAX).contains(raw.minutes.get_ref()) {
            let what = format!("{} minutes is no length of a measure", raw.minutes.get_ref());
            report.add(&self.place(&raw.minutes), what, format!("give 1 to {MINUTES_MAX}"));
        }
        if raw.extra.len() > MEASURE_EXTRAS_MAX {
            let what = format!("there are {} questions that no score counts", raw.extra.len());
            report.add(&self.place(&raw.id), what, format!("keep at most {MEASURE_EXTRAS_MAX}"));
        }
    }

    fn scale(&self, raw: &Spanned<RawScale>, report: &mut Report) -> Option<Scale> {
        let place = self.place(raw);
        let RawScale { min, max, anchors } = raw.get_ref();
        let bound = i64::from(SCALE_ABS_MAX);
        if min >= max || *min < -bound || *max > bound {
            let next = format!("give a smaller min and a larger max, between {} and {bound}", -bound);
            report.add(&place, format!("{min} to {max} is no scale"), next);
            return None;
        }
        let (min, max) = (i32::try_from(*min).ok()?, i32::try_from(*max).ok()?);
        let mut scale = Scale { min, max, anchors: BTreeMap::new() };
        for (point, key) in anchors {
            match point.parse().ok().filter(|number| scale.holds(*number) && *point == number.to_string()) {
                Some(number) => drop(scale.anchors.insert(number, key.clone())),
                None => report.add(
                    &place,
                    format!("the anchor {} is no point of the scale", crate::fault::shown(point)),
                    "move or remove it",
                ),
            }
        }
        Some(scale)
    }

    fn items(&self, raw: &RawMeasure, scale: Option<&Scale>, report: &mut Report) -> Option<Vec<Item>> {
        let mut items = match (raw.items.get_ref(), &raw.count) {
            (RawItems::Keys(keys), None) => self.items_with_words(&raw.items, keys, report)?,
            (RawItems::Word(word), Some(count)) if word == USER_SUPPLIED => {
                self.numbered_items(count, report)?
            }
            _ => {
                let next =
                    format!("list the ids, or write items = \"{USER_SUPPLIED}\" and how many as count");
                report.add(&self.place(&raw.items), "the items are neither listed nor counted", next);
                return None;
            }
        };
        for index in self.numbers(raw.reverse.as_ref(), items.len(), report) {
            items[index].reverse = true;
        }
        for index in self.numbers(raw.declinable.as_ref(), items.len(), report) {
            items[index].declinable = true;
        }
        self.read_support(raw, &mut items, scale, report);
        Some(items)
    }

    fn items_with_words(
        &self,
        spanned: &Spanned<RawItems>,
        keys: &[String],
        report: &mut Report,
    ) -> Option<Vec<Item>> {
        let place = self.place(spanned);
        check_count(&place, keys.len(), report);
        let read = |key: &String| Some(item(report.form(&place, key, "id of an item")?, Some(key.clone())));
        let items: Vec<Option<Item>> = keys.iter().map(read).collect();
        items.into_iter().collect()
    }

    fn numbered_items(&self, count: &Spanned<usize>, report: &mut Report) -> Option<Vec<Item>> {
        let place = self.place(count);
        if !check_count(&place, *count.get_ref(), report) {
            return None;
        }
        (1..=*count.get_ref())
            .map(|number| Some(item(report.form(&place, &format!("q{number}"), "id of an item")?, None)))
            .collect()
    }

    fn read_support(&self, raw: &RawMeasure, items: &mut [Item], scale: Option<&Scale>, report: &mut Report) {
        let Some(rules) = &raw.support else { return };
        for rule in rules.get_ref() {
            let fits = scale.is_none_or(|scale| scale.holds(rule.above) && rule.above < scale.max);
            match items.get_mut(rule.item.wrapping_sub(1)) {
                Some(item) if fits => item.support_above = Some(rule.above),
                _ => report.add(
                    &self.place(rules),
                    format!("no answer to item {} is above {}", rule.item, rule.above),
                    "name an item by its number from 1, and a point of the scale below the highest",
                ),
            }
        }
    }

    /// Reads numbers of items, from 1, as indexes.
    fn numbers(&self, raw: Option<&Spanned<Vec<usize>>>, items: usize, report: &mut Report) -> Vec<usize> {
        raw.map_or_else(Vec::new, |spanned| numbers(&self.place(spanned), spanned.get_ref(), items, report))
    }

    fn extra(&self, raw: &Spanned<RawExtra>, report: &mut Report) -> Option<Extra> {
        let place = self.place(raw);
        let raw = raw.get_ref();
        if !(2..=OPTIONS_MAX).contains(&raw.options.len()) {
            let what = format!("there are {} options", raw.options.len());
            report.add(&place, what, format!("give 2 to {OPTIONS_MAX}"));
        }
        let id: FieldId = report.form(&place, &raw.id, "id of a question")?;
        let option = |option: &RawOption| Choice { id: option.id.clone(), label: option.label.clone() };
        Some(Extra { id, text: raw.text.clone(), options: raw.options.iter().map(option).collect() })
    }

    fn retest(&self, raw: &RawMeasure, report: &mut Report) -> Option<Retest> {
        let least = *raw.min_interval_days.get_ref();
        let usual = raw.usual_interval_days.as_ref().unwrap_or(&raw.min_interval_days);
        if !(1..=INTERVAL_DAYS_MAX).contains(&least) || !(least..=INTERVAL_DAYS_MAX).contains(usual.get_ref())
        {
            let what = format!("{least} to {} days is no time to wait", usual.get_ref());
            let next = format!("give 1 to {INTERVAL_DAYS_MAX} days, the usual not fewer than the least");
            report.add(&self.place(usual), what, next);
            return None;
        }
        Some(Retest { min_days: least, usual_days: *usual.get_ref() })
    }

    fn rights(&self, raw: &Spanned<RawRights>, report: &mut Report) -> Option<Rights> {
        let place = self.place(raw);
        let raw = raw.get_ref();
        if raw.basis.trim().is_empty() || raw.notice.trim().is_empty() {
            report.add(
                &place,
                "the rights have no basis or no notice",
                "say why it may travel, and what is shown with it",
            );
        }
        if raw
            .url
            .as_ref()
            .is_some_and(|url| !url.starts_with("https://") || url.contains(char::is_whitespace))
        {
            report.add(
                &place,
                "the url does not begin with https://",
                "give the page that says so, or leave it out",
            );
        }
        if raw.tier == NOWHERE {
            let next = "leave it out, or show in another tier on what terms it may be copied";
            report.add(&place, format!("what is of tier {NOWHERE} may not be copied at all"), next);
            return None;
        }
        let tier = report.word(&place, &raw.tier)?;
        Some(Rights { tier, basis: raw.basis.clone(), url: raw.url.clone(), notice: raw.notice.clone() })
    }
}

/// Reads numbers of items, from 1 and ascending, as indexes.
pub(super) fn numbers(place: &Place, numbers: &[usize], items: usize, report: &mut Report) -> Vec<usize> {
    if !numbers.iter().all(|number| (1..=items).contains(number)) || numbers.windows(2).any(|w| w[0] >= w[1])
    {
        let next = format!("give each number once, ascending, from 1 to {items}");
        report.add(place, "these are not numbers of items in order", next);
        return Vec::new();
    }
    numbers.iter().map(|number| number - 1).collect()
}

fn check_count(place: &Place, items: usize, report: &mut Report) -> bool {
    let fits = (1..=MEASURE_ITEMS_MAX).contains(&items);
    if !fits {
        report.add(place, format!("the measure has {items} items"), format!("give 1 to {MEASURE_ITEMS_MAX}"));
    }
    fits
}

fn item(id: FieldId, text: Option<String>) -> Item {
    Item { id, text, reverse: false, declinable: false, support_above: None }
}
