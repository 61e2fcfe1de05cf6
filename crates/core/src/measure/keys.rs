//! From a subscale of the file to a subscale: its items exist, its bands and its rule of change name their sources.

use toml::Spanned;

use super::load::{Reader, numbers};
use super::raw::{RawBand, RawChange, RawSubscale};
use super::subscale::{Band, Combine, Subscale, Transform};
use super::{ChangeRule, Scale};
use crate::definition::{Place, Report};
use crate::fault::shown;
use crate::limits::TRANSFORM_ABS_MAX;

impl Reader<'_> {
    /// Reads one subscale, or adds what is wrong with it.
    pub(super) fn subscale(
        &self,
        raw: &Spanned<RawSubscale>,
        items: usize,
        scale: &Scale,
        report: &mut Report,
    ) -> Option<Subscale> {
        let place = self.place(raw);
        let raw = raw.get_ref();
        if !is_id(&raw.id) {
            let next = "use 1 to 40 of the characters a-z, 0-9, - and _";
            report.add(&place, format!("\"{}\" is no id of a subscale", shown(&raw.id)), next);
        }
        let combine: Combine = report.word(&place, &raw.combine)?;
        let counted = numbers(&place, &raw.items, items, report);
        if raw.items.is_empty() {
            report.add(&place, "the subscale counts no item", "give the numbers of its items, from 1");
        }
        let transform = transform(&place, raw, report)?;
        let range = range(scale, counted.len(), combine, transform);
        Some(Subscale {
            id: raw.id.clone(),
            label: raw.label.clone(),
            items: counted,
            combine,
            transform,
            range,
            bands: bands(&place, &raw.bands, range, report),
            change: match &raw.change {
                Some(change) => Some(rule(&place, change, range, report)?),
                None => None,
            },
        })
    }
}

fn is_id(id: &str) -> bool {
    let known = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=40).contains(&id.len()) && id.bytes().all(known)
}

fn transform(place: &Place, raw: &RawSubscale, report: &mut Report) -> Option<Transform> {
    let Some(raw) = raw.transform else { return Some(Transform::NONE) };
    let bound = TRANSFORM_ABS_MAX;
    let fits = |number: i32| (-bound..=bound).contains(&number);
    if raw.times == 0 || !fits(raw.times) || !fits(raw.plus) {
        report.add(
            place,
            "the transform does not fit",
            format!("give times from 1 and plus from 0 to {bound}"),
        );
        return None;
    }
    Some(Transform { times: raw.times, plus: raw.plus })
}

/// The least and the greatest score: those of somebody who gave every counted item the lowest or the highest point.
fn range(scale: &Scale, items: usize, combine: Combine, transform: Transform) -> (f64, f64) {
    let times = match combine {
        Combine::Mean => 1.0,
        Combine::Sum => f64::from(u8::try_from(items).unwrap_or(u8::MAX)),
    };
    let [one, other] = [scale.min, scale.max].map(|end| transform.apply(f64::from(end) * times));
    (one.min(other), one.max(other))
}

fn bands(place: &Place, raw: &[RawBand], range: (f64, f64), report: &mut Report) -> Vec<Band> {
    for band in raw {
        let ordered = range.0 <= band.min && band.min <= band.max && band.max <= range.1;
        if !ordered {
            let what =
                format!("the band from {} to {} lies outside {} to {}", band.min, band.max, range.0, range.1);
            report.add(place, what, "give the published range, the smaller number first");
        }
        if band.source.trim().is_empty() {
            report.add(place, "a band has no source", "name who published it, or remove the band");
        }
    }
    if raw.windows(2).any(|pair| pair[0].max >= pair[1].min) {
        report.add(place, "the bands overlap or do not ascend", "write the lowest first, each once");
    }
    let band = |raw: &RawBand| Band {
        min: raw.min,
        max: raw.max,
        label: raw.label.clone(),
        source: raw.source.clone(),
    };
    raw.iter().map(band).collect()
}

fn rule(place: &Place, raw: &RawChange, range: (f64, f64), report: &mut Report) -> Option<ChangeRule> {
    if raw.source.trim().is_empty() {
        report.add(place, "the rule of change has no source", "name who published it, or remove the rule");
    }
    let source = raw.source.clone();
    let rule = match (raw.threshold, raw.sd, raw.r, &raw.kind) {
        (Some(least), None, None, None) => {
            ChangeRule::Threshold { least, provisional: raw.provisional, source }
        }
        (None, Some(sd), Some(reliability), Some(kind)) if !raw.provisional && !kind.trim().is_empty() => {
            let possible = sd.is_finite() && sd > 0.0 && reliability > 0.0 && reliability < 1.0;
            if !possible {
                report.add(place, "sd is not above 0 or r not between 0 and 1", "give both as published");
                return None;
            }
            ChangeRule::Spread { sd, reliability, kind: kind.clone(), source }
        }
        _ => {
            let next = "give threshold, or sd, r and kind; without all of them leave change out: then we cannot tell";
            report.add(place, "the rule of change is not whole", next);
            return None;
        }
    };
    let noise = rule.noise();
    if !(noise > 0.0 && noise <= range.1 - range.0) {
        let what = format!("no two scores differ by {noise}");
        report.add(place, what, format!("give a rule within {} to {}", range.0, range.1));
        return None;
    }
    Some(rule)
}
