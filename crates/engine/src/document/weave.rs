//! One field that several changes touched apart: which of them go together, and what each side of it says.

use std::collections::BTreeMap;
use std::rc::Rc;

use automerge::{Automerge, ChangeHash};
use haven_core::limits::MET_SIDES_MAX;
use haven_core::meeting::{Clash, alike, merge};

use super::graph::{Field, Graph, Places};
use super::look::Look;
use super::reading::{Said, is_long, says_unsafe};
use super::sides::Part;

/// The most different texts that are put together. Each is what somebody wrote apart from all others; beyond it each is a side
/// of its own, which loses nothing and costs nothing. What several wrote alike counts once: an export in which five edits met
/// comes in on two devices as ten last changes.
const TEXTS_MAX: usize = 8;

/// The most last changes of one text that are looked at: as many as the name of a version has room for.
const HEADS_MAX: usize = 64;

/// The most merges of one reading, and looks at what is to be merged first. Two devices that met again and again need two
/// for each time; only a history made to be hard to read needs more, and then what met is told instead of merged.
const MERGES_MAX: usize = 2_048;

/// The most bytes of texts that are kept while a document is read: two devices that meet a hundred times in a text as long as a
/// letter need a tenth of it. Beyond it nothing is merged that has to be merged first, as above.
const WOVEN_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads fields of one document.
pub(super) struct Weaver<'a> {
    doc: &'a Automerge,
    graph: &'a Graph,
    /// What a field said at one change.
    said: BTreeMap<(Field, usize), Rc<str>>,
    /// What several last changes of a text come to: one text, or `None` where they clash.
    woven: BTreeMap<(Field, Vec<usize>), Option<Rc<str>>>,
    merges: usize,
    /// The bytes of all texts in both.
    bytes: usize,
}

/// Other last changes have to be read first.
struct Needed(Vec<usize>);

/// How merging ended.
type Woven = Result<Rc<str>, Clash>;

/// A clash that says nothing of deletions.
const CLASH: Clash = Clash { first_deleted: false, second_deleted: false };

impl<'a> Weaver<'a> {
    pub(super) fn new(doc: &'a Automerge, graph: &'a Graph) -> Self {
        Self { doc, graph, said: BTreeMap::new(), woven: BTreeMap::new(), merges: 0, bytes: 0 }
    }

    /// The sides of a field: for the highest change that is on none yet, all that go together with it. One side: nothing
    /// clashes.
    pub(super) fn sides(&mut self, field: &Field, heads: &[usize]) -> Vec<Part> {
        if is_long(field) { self.texts(field, heads) } else { self.values(field, heads) }
    }

    /// Whether two sides of a text differ only by what the first took away.
    pub(super) fn first_deleted(
        &mut self,
        field: &Field,
        first: (&[usize], &str),
        second: (&[usize], &str),
    ) -> bool {
        let clash = self
            .common(field, &[first.0, second.0])
            .and_then(|base| self.merge(&base, first.1, second.1).err());
        clash.is_some_and(|clash| clash.first_deleted && !clash.second_deleted)
    }

    /// The text that all of these sides came from; `None` if it clashes itself.
    pub(super) fn common(&mut self, field: &Field, sides: &[&[usize]]) -> Option<Rc<str>> {
        let known = sides.iter().map(|heads| self.graph.closure(heads));
        let common = known.reduce(|known, other| both(&known, &other))?;
        match self.graph.heads(field, &common).as_slice() {
            [head] => Some(self.said(field, *head)),
            several => self.read(field, several.to_vec()).ok(),
        }
    }

    fn values(&self, field: &Field, heads: &[usize]) -> Vec<Part> {
        let mut sides: Vec<Part> = Vec::new();
        for head in heads {
            let hash = [ChangeHash(self.graph.nodes[*head].hash)];
            let look = Look::at(self.doc, Some(&hash));
            let said = Said::Word(match field {
                Field::Text(name) if is_long(field) => Some(look.text(name).unwrap_or_default()),
                Field::Text(name) => look.text(name),
                Field::Answer(name) => look.answer(name),
                _ => look.at_time(),
            });
            match sides.iter_mut().find(|side| side.said == said) {
                Some(side) => side.heads.push(*head),
                None => {
                    let part = Part { field: field.clone(), lead: *head, heads: vec![*head], said };
                    if sides.len() < MET_SIDES_MAX || says_unsafe(&part) {
                        sides.push(part);
                    }
                }
            }
        }
        sides
    }

    fn texts(&mut self, field: &Field, heads: &[usize]) -> Vec<Part> {
        let apart = self.values(field, &heads[..heads.len().min(HEADS_MAX)]);
        if apart.len() > TEXTS_MAX || heads.len() > HEADS_MAX {
            return apart.into_iter().fold(Vec::new(), told);
        }
        apart.iter().for_each(|part| self.note(part));
        let mut sides: Vec<Part> = Vec::new();
        for head in heads {
            if sides.iter().any(|side| side.heads.contains(head)) {
                continue;
            }
            let (heads, text) = self.side(field, *head, heads);
            let said = Said::Word(Some(text.to_string()));
            sides = told(sides, Part { field: field.clone(), lead: *head, heads, said });
        }
        sides
    }

    /// Keeps what a text says at several changes, once for all of them.
    fn note(&mut self, part: &Part) {
        let Said::Word(Some(said)) = &part.said else { return };
        let said: Rc<str> = said.as_str().into();
        self.bytes += said.len();
        for head in &part.heads {
            self.said.insert((part.field.clone(), *head), Rc::clone(&said));
        }
    }

    /// All that goes together with a change, the highest first.
    fn side(&mut self, field: &Field, head: usize, heads: &[usize]) -> (Vec<usize>, Rc<str>) {
        let (mut side, mut text) = (vec![head], self.said(field, head));
        for other in heads.iter().filter(|other| **other != head) {
            let together: Vec<usize> =
                heads.iter().copied().filter(|one| one == other || side.contains(one)).collect();
            if let Ok(woven) = self.read(field, together.clone()) {
                (side, text) = (together, woven);
            }
        }
        (side, text)
    }

    /// Puts last changes together, the highest first. What they have in common may need the same first, and so on down a
    /// history in which devices met often: a list instead of calls in calls.
    fn read(&mut self, field: &Field, heads: Vec<usize>) -> Woven {
        let mut open = vec![heads];
        loop {
            let now = open.last().cloned().unwrap_or_default();
            let woven = match self.fold(field, &now) {
                Ok(woven) => woven,
                Err(Needed(first)) => {
                    open.push(first);
                    continue;
                }
            };
            open.pop();
            if open.is_empty() {
                return woven;
            }
            let woven = woven.ok();
            self.bytes += woven.as_ref().map_or(0, |text| text.len());
            self.woven.insert((field.clone(), now), woven);
        }
    }

    fn fold(&mut self, field: &Field, heads: &[usize]) -> Result<Woven, Needed> {
        let Some((first, others)) = heads.split_first() else { return Ok(Err(CLASH)) };
        let (mut text, mut folded) = (self.said(field, *first), self.graph.closure(&[*first]));
        for head in others {
            let (said, known) = (self.said(field, *head), self.graph.closure(&[*head]));
            if said != text {
                let base = match self.graph.heads(field, &both(&folded, &known)).as_slice() {
                    [one] => Some(self.said(field, *one)),
                    several => self.known(field, several)?,
                };
                match base {
                    Some(base) => match self.merge(&base, &text, &said) {
                        Ok(merged) => text = merged,
                        Err(clash) => return Ok(Err(clash)),
                    },
                    // Where what they have in common clashes itself, it was settled in different ways.
                    None if !alike(&text, &said) => return Ok(Err(CLASH)),
                    None => {}
                }
            }
            folded.iter_mut().zip(known).for_each(|(folded, known)| *folded |= known);
        }
        Ok(Ok(text))
    }

    fn known(&mut self, field: &Field, heads: &[usize]) -> Result<Option<Rc<str>>, Needed> {
        if self.merges >= MERGES_MAX || self.bytes >= WOVEN_BYTES_MAX {
            return Ok(None);
        }
        if let Some(known) = self.woven.get(&(field.clone(), heads.to_vec())) {
            return Ok(known.clone());
        }
        self.merges += 1;
        Err(Needed(heads.to_vec()))
    }

    fn merge(&mut self, base: &str, first: &str, second: &str) -> Woven {
        self.merges += 1;
        if self.merges > MERGES_MAX {
            return Err(CLASH);
        }
        merge(base, first, second).map(Rc::from)
    }

    /// What a text said at a change that touched it: what its author saw.
    fn said(&mut self, field: &Field, place: usize) -> Rc<str> {
        let key = (field.clone(), place);
        if let Some(said) = self.said.get(&key) {
            return Rc::clone(said);
        }
        let hash = [ChangeHash(self.graph.nodes[place].hash)];
        let look = Look::at(self.doc, Some(&hash));
        let said: Rc<str> = match field {
            Field::Text(name) => look.text(name).unwrap_or_default().into(),
            _ => "".into(),
        };
        self.bytes += said.len();
        self.said.insert(key, Rc::clone(&said));
        said
    }
}

/// The sides with one more, if its words aren't those of another one: nobody is asked to choose between white space.
fn told(mut sides: Vec<Part>, part: Part) -> Vec<Part> {
    let is_told = |side: &Part| match (&side.said, &part.said) {
        (Said::Word(Some(one)), Said::Word(Some(other))) => alike(one, other),
        _ => false,
    };
    if !sides.iter().any(is_told) {
        sides.push(part);
    }
    sides
}

fn both(one: &Places, other: &Places) -> Places {
    one.iter().zip(other).map(|(one, other)| *one && *other).collect()
}
