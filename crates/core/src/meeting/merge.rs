//! Two versions of a text that were written apart, put together sentence by sentence.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use super::align::{Hunk, hunks};
use super::units::{Sentences, Unit, parts, sentences};

/// Two versions that changed the same sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Wherever they clash, the first only took away what the other changed.
    pub first_deleted: bool,
    /// The same the other way round.
    pub second_deleted: bool,
}

/// Puts two versions together that came from `base`. Of a gap that both changed, and of what both put at the same place,
/// the first comes first.
///
/// # Errors
/// Both changed the same sentence.
pub fn merge(base: &str, first: &str, second: &str) -> Result<String, Clash> {
    let texts = Texts::of(base, first, second);
    let pieces = texts.pieces();
    let clashes: Vec<&Piece<'_>> = pieces.iter().filter(|piece| piece.clash.is_some()).collect();
    if clashes.is_empty() {
        return Ok(texts.text(pieces));
    }
    let deleted = |by: fn(&Clash) -> bool| clashes.iter().all(|piece| piece.clash.as_ref().is_some_and(by));
    Err(Clash {
        first_deleted: deleted(|clash| clash.first_deleted),
        second_deleted: deleted(|clash| clash.second_deleted),
    })
}

/// Puts two versions together and keeps both where they clash, the first before the second.
pub fn both(base: &str, first: &str, second: &str) -> String {
    let texts = Texts::of(base, first, second);
    texts.text(texts.pieces())
}

/// A stretch of the merged text.
struct Piece<'a> {
    units: Vec<Unit<'a>>,
    clash: Option<Clash>,
}

/// One version: its sentences and what it changed.
struct Side<'a> {
    text: Sentences<'a>,
    hunks: Vec<Hunk>,
    /// The gap before each sentence of the base that is still there, and before what stands where one was changed.
    gaps: Vec<Option<&'a str>>,
}

struct Texts<'a> {
    base: Sentences<'a>,
    first: Side<'a>,
    second: Side<'a>,
}

/// The changes of both versions that have to be looked at together, and the sentences of the base they are about.
struct Region<'h> {
    base: Range<usize>,
    first: Vec<&'h Hunk>,
    second: Vec<&'h Hunk>,
}

impl<'a> Side<'a> {
    fn of(base: &Sentences<'a>, text: &'a str) -> Self {
        let text = sentences(text);
        let hunks = hunks(&words(base), &words(&text));
        let mut gaps = vec![None; base.units.len()];
        let (mut base_at, mut side_at) = (0, 0);
        for hunk in &hunks {
            while base_at < hunk.base.start {
                gaps[base_at] = Some(text.units[side_at].gap);
                (base_at, side_at) = (base_at + 1, side_at + 1);
            }
            if let (Some(place), false) = (gaps.get_mut(hunk.base.start), hunk.inserts() || hunk.deletes()) {
                *place = Some(text.units[hunk.side.start].gap);
            }
            (base_at, side_at) = (hunk.base.end, hunk.side.end);
        }
        for (gap, unit) in gaps[base_at..].iter_mut().zip(&text.units[side_at..]) {
            *gap = Some(unit.gap);
        }
        Self { text, hunks, gaps }
    }

    /// What this version says in the place of a stretch of the base.
    fn said(&self, base: &Sentences<'a>, region: &Range<usize>, hunks: &[&Hunk]) -> Vec<Unit<'a>> {
        let kept = |range: Range<usize>| {
            range.map(|at| Unit { gap: self.gaps[at].unwrap_or(base.units[at].gap), ..base.units[at] })
        };
        let mut said = Vec::new();
        let mut at = region.start;
        for hunk in hunks {
            said.extend(kept(at..hunk.base.start));
            said.extend_from_slice(&self.text.units[hunk.side.clone()]);
            at = hunk.base.end;
        }
        said.extend(kept(at..region.end));
        said
    }
}

impl<'a> Texts<'a> {
    fn of(base: &'a str, first: &'a str, second: &'a str) -> Self {
        let base = sentences(base);
        let (first, second) = (Side::of(&base, first), Side::of(&base, second));
        Self { base, first, second }
    }

    fn pieces(&self) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for region in regions(&self.first.hunks, &self.second.hunks) {
            pieces.push(self.kept(at..region.base.start));
            at = region.base.end;
            pieces.push(self.piece(&region));
        }
        pieces.push(self.kept(at..self.base.units.len()));
        pieces
    }

    /// Sentences that neither version changed.
    fn kept(&self, range: Range<usize>) -> Piece<'a> {
        let units = range.map(|at| Unit { gap: self.gap(at), ..self.base.units[at] }).collect();
        Piece { units, clash: None }
    }

    /// The gap before a sentence of the base: of whoever changed it, of the first if both did.
    fn gap(&self, at: usize) -> &'a str {
        let base = self.base.units[at].gap;
        three(base, self.first.gaps[at].unwrap_or(base), self.second.gaps[at].unwrap_or(base))
    }

    fn piece(&self, region: &Region<'_>) -> Piece<'a> {
        let mut first = self.first.said(&self.base, &region.base, &region.first);
        let mut second = self.second.said(&self.base, &region.base, &region.second);
        if region.first.is_empty() || region.second.is_empty() {
            let mut units = if region.first.is_empty() { second } else { first };
            if let (Some(unit), false) = (units.first_mut(), region.base.is_empty()) {
                unit.gap = self.gap(region.base.start);
            }
            return Piece { units, clash: None };
        }
        if !region.base.is_empty() && words_of(&first) == words_of(&second) {
            for unit in [&mut first, &mut second].into_iter().filter_map(|units| units.first_mut()) {
                unit.gap = self.gap(region.base.start);
            }
            return Piece { units: first, clash: None };
        }
        let deletes = |hunks: &[&Hunk]| hunks.iter().all(|hunk| hunk.deletes());
        let (first_deleted, second_deleted) = (deletes(&region.first), deletes(&region.second));
        if first_deleted && second_deleted {
            return self.left(region);
        }
        let clash = (!region.base.is_empty()).then_some(Clash { first_deleted, second_deleted });
        Piece { units: one_after_the_other(&first, &second), clash }
    }

    /// What is left where both took sentences away.
    fn left(&self, region: &Region<'_>) -> Piece<'a> {
        let gone = |at: &usize| region.first.iter().chain(&region.second).any(|hunk| hunk.base.contains(at));
        let left = region.base.clone().filter(|at| !gone(at));
        Piece {
            units: left.map(|at| Unit { gap: self.gap(at), ..self.base.units[at] }).collect(),
            clash: None,
        }
    }

    /// The text of the pieces. What stands before the first sentence goes with no sentence. Where two sentences would run
    /// into one because a gap was lost, a line break parts them.
    fn text(&self, pieces: Vec<Piece<'a>>) -> String {
        let mut text = String::new();
        let mut before: Option<&str> = None;
        for unit in pieces.into_iter().flat_map(|piece| piece.units) {
            text.push_str(match before {
                None => three(head(&self.base), head(&self.first.text), head(&self.second.text)),
                Some(before) if parts(before, unit.gap, unit.sentence) => unit.gap,
                Some(_) => "\n",
            });
            text.push_str(unit.sentence);
            before = Some(unit.sentence);
        }
        text.push_str(three(self.base.tail, self.first.text.tail, self.second.text.tail));
        text
    }
}

/// The white space before the first sentence.
fn head<'a>(text: &Sentences<'a>) -> &'a str {
    text.units.first().map_or("", |unit| unit.gap)
}

/// What was changed, by the first if both did.
fn three<'a>(base: &str, first: &'a str, second: &'a str) -> &'a str {
    if first == base { second } else { first }
}

/// Both runs of sentences; what they begin and end with in common is there once.
fn one_after_the_other<'a>(first: &[Unit<'a>], second: &[Unit<'a>]) -> Vec<Unit<'a>> {
    let alike = |(one, other): &(&Unit<'_>, &Unit<'_>)| one.sentence == other.sentence;
    let start = first.iter().zip(second).take_while(alike).count();
    let (first_rest, second_rest) = (&first[start..], &second[start..]);
    let end = first_rest.iter().rev().zip(second_rest.iter().rev()).take_while(alike).count();
    let (first_own, common_end) = first_rest.split_at(first_rest.len() - end);
    let second_own = &second_rest[..second_rest.len() - end];
    [&first[..start], first_own, second_own, common_end].concat()
}

/// Groups the changes of both versions: those that touch the same sentences of the base, put something at the same place of
/// it, or put something inside a block that the other replaced.
fn regions<'h>(first: &'h [Hunk], second: &'h [Hunk]) -> Vec<Region<'h>> {
    let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
    let mut found: Vec<Region<'h>> = Vec::new();
    loop {
        let key = |hunks: &mut Peekable<Iter<'h, Hunk>>| hunks.peek().map(|hunk| place(hunk));
        let is_first = match (key(&mut first), key(&mut second)) {
            (None, None) => return found,
            (Some(one), Some(other)) => one <= other,
            (one, None) => one.is_some(),
            (None, Some(_)) => false,
        };
        let Some(hunk) = (if is_first { first.next() } else { second.next() }) else { return found };
        if !found.last().is_some_and(|region| meets(region, hunk)) {
            found.push(Region { base: hunk.base.clone(), first: Vec::new(), second: Vec::new() });
        }
        let Some(region) = found.last_mut() else { return found };
        region.base.end = region.base.end.max(hunk.base.end);
        if is_first { region.first.push(hunk) } else { region.second.push(hunk) }
    }
}

/// The order of changes: what is put before a sentence comes before what is done to it.
fn place(hunk: &Hunk) -> (usize, bool, usize) {
    (hunk.base.start, !hunk.inserts(), hunk.base.end)
}

fn meets(region: &Region<'_>, hunk: &Hunk) -> bool {
    if region.base.is_empty() {
        return hunk.inserts() && hunk.base.start == region.base.start;
    }
    // A region never begins behind a change that comes later in the order.
    hunk.base.start < region.base.end && (!hunk.inserts() || hunk.base.start > region.base.start)
}

fn words<'a>(text: &Sentences<'a>) -> Vec<&'a str> {
    words_of(&text.units)
}

fn words_of<'a>(units: &[Unit<'a>]) -> Vec<&'a str> {
    units.iter().map(|unit| unit.sentence).collect()
}
