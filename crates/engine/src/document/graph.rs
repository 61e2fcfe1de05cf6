//! Which change knew of which, and which fields each of them touched: all that a reading is worked out from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op};
use automerge::{Automerge, ChangeHash, ObjId, ObjType, ReadDoc, Value};

use super::look::Look;
use super::upgrade::Upgrades;
use super::{DocumentFault, Fields, roots};

/// What a change can touch, each read for itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Field {
    /// One of the texts. Of these the title is one value.
    Text(String),
    /// The time that the entry is about.
    At,
    /// An answer that is one value.
    Answer(String),
    Tags,
    People,
    Trashed,
}

/// Marks an edit that chose what a field said already.
const SETTLED: &str = "settled:";

impl Field {
    /// The key in the root map that says a field was settled by a change that left it as it was.
    pub(super) fn mark(&self) -> String {
        match self {
            Self::Text(name) => format!("{SETTLED}text:{name}"),
            Self::At => format!("{SETTLED}at"),
            Self::Answer(name) => format!("{SETTLED}answer:{name}"),
            Self::Tags => format!("{SETTLED}tags"),
            Self::People => format!("{SETTLED}people"),
            Self::Trashed => format!("{SETTLED}trashed"),
        }
    }

    fn marked(key: &str) -> Option<Self> {
        let field = key.strip_prefix(SETTLED)?;
        match field.split_once(':') {
            Some(("text", name)) => Some(Self::Text(name.to_owned())),
            Some(("answer", name)) => Some(Self::Answer(name.to_owned())),
            None if field == "at" => Some(Self::At),
            None if field == "trashed" => Some(Self::Trashed),
            _ => None,
        }
    }
}

/// One change of a document.
pub(super) struct Node {
    pub(super) hash: [u8; 32],
    pub(super) actor: Vec<u8>,
    pub(super) at_ms: i64,
    /// Its last operation's counter: higher than that of everything it knew of.
    max_op: u64,
    /// Whether it is an upgrade of a text: everybody's, and nobody's words.
    is_upgrade: bool,
    deps: Vec<usize>,
}

/// A set of changes, by their places.
pub(super) type Places = Vec<bool>;

/// The changes of a document, each after those that it knew of.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    places: BTreeMap<ChangeHash, usize>,
    /// How many of them are creations: the first ones, and each counts as an edit of the one before it.
    creations: usize,
    touched: BTreeMap<Field, Vec<usize>>,
}

impl Graph {
    /// The changes without what they touched.
    ///
    /// # Errors
    /// One is missing.
    pub(super) fn of(doc: &Automerge) -> Result<Self, DocumentFault> {
        let mut graph = Self::default();
        let (mut creations, others): (Vec<_>, Vec<_>) =
            doc.get_changes_meta(&[]).into_iter().partition(|change| change.deps.is_empty());
        creations.sort_by(|one, other| one.actor.cmp(&other.actor));
        graph.creations = creations.len();
        let mut upgrades = Upgrades::of(doc);
        for change in creations.into_iter().chain(others) {
            let behind = graph.nodes.len().checked_sub(1).filter(|_| change.deps.is_empty()).map(Some);
            let deps = change.deps.iter().map(|dep| graph.places.get(dep).copied()).chain(behind);
            let node = Node {
                hash: change.hash.0,
                actor: change.actor.to_bytes().to_vec(),
                at_ms: change.timestamp.saturating_mul(1000),
                max_op: change.max_op,
                is_upgrade: upgrades.has(&change),
                deps: deps.collect::<Option<_>>().ok_or(DocumentFault::Damaged)?,
            };
            graph.places.insert(change.hash, graph.nodes.len());
            graph.nodes.push(node);
        }
        Ok(graph)
    }

    /// Whether everybody always knew of everything: then no two edits can have met.
    pub(super) fn is_linear(&self) -> bool {
        let mut before = None;
        for (place, node) in self.nodes.iter().enumerate().filter(|(_, node)| !node.is_upgrade) {
            let through = |dep: usize| match &self.nodes[dep] {
                upgrade if upgrade.is_upgrade => upgrade.deps.clone(),
                _ => vec![dep],
            };
            let knows = |one| node.deps.iter().any(|dep| through(*dep).contains(&one));
            if !before.is_none_or(knows) {
                return false;
            }
            before = Some(place);
        }
        true
    }

    /// What the author of a change had before them: the last of the changes that it knew of, upgrades left out. Of a creation that
    /// stands before others, the one behind it.
    pub(super) fn base(&self, place: usize) -> Vec<usize> {
        let through = |dep: &usize| match &self.nodes[*dep] {
            upgrade if upgrade.is_upgrade => upgrade.deps.clone(),
            _ => vec![*dep],
        };
        match self.nodes[place].deps.iter().flat_map(through).collect::<Vec<_>>() {
            one if one.len() < 2 => one,
            several => self.maximal(&several),
        }
    }

    /// Notes what each change touched.
    ///
    /// # Errors
    /// The shape of a creation is not ours.
    pub(super) fn look(&mut self, doc: &Automerge) -> Result<(), DocumentFault> {
        for place in 1..self.creations {
            for field in differing(&self.fields_at(doc, place - 1)?, &self.fields_at(doc, place)?) {
                self.touched.entry(field).or_default().push(place);
            }
        }
        let objects = objects(doc);
        for change in doc.get_changes(&[]) {
            let Some(place) = self.places.get(&change.hash()).copied() else { continue };
            let is_first = change.deps().is_empty();
            if self.nodes[place].is_upgrade || is_first {
                continue;
            }
            let operations = change.decode().operations;
            let fields: BTreeSet<Field> = operations.iter().filter_map(|op| touched(op, &objects)).collect();
            for field in fields {
                self.touched.entry(field).or_default().push(place);
            }
        }
        self.touched.values_mut().for_each(|places| places.sort_unstable());
        Ok(())
    }

    /// What the document said at one change.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(super) fn fields_at(&self, doc: &Automerge, place: usize) -> Result<Fields, DocumentFault> {
        Look::at(doc, Some(&[ChangeHash(self.nodes[place].hash)])).fields()
    }

    /// Whether the document was created more than once.
    pub(super) fn is_created_again(&self) -> bool {
        self.creations > 1
    }

    /// The fields that anybody touched after the beginning.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field> {
        self.touched.keys()
    }

    pub(super) fn touching(&self, field: &Field) -> &[usize] {
        self.touched.get(field).map_or(&[], Vec::as_slice)
    }

    /// The place of a change.
    pub(super) fn place(&self, hash: &ChangeHash) -> Option<usize> {
        self.places.get(hash).copied()
    }

    /// These changes and everything they knew of.
    pub(super) fn closure(&self, heads: &[usize]) -> Places {
        let mut within = vec![false; self.nodes.len()];
        heads.iter().for_each(|head| within[*head] = true);
        for place in (0..self.nodes.len()).rev() {
            if within[place] {
                self.nodes[place].deps.iter().for_each(|dep| within[*dep] = true);
            }
        }
        within
    }

    /// These changes and everything that knew of one of them.
    pub(super) fn following(&self, changes: &[usize]) -> Places {
        let mut follows = vec![false; self.nodes.len()];
        changes.iter().for_each(|change| follows[*change] = true);
        for place in 0..self.nodes.len() {
            follows[place] |= self.nodes[place].deps.iter().any(|dep| follows[*dep]);
        }
        follows
    }

    /// The last changes that touched a field within a closed set: those that no other of them knew of, the highest rank
    /// first. The creation that all others count as edits of touched every field.
    pub(super) fn heads(&self, field: &Field, within: &Places) -> Vec<usize> {
        let touching = self.touching(field);
        let touches = |place: usize| place == 0 || touching.binary_search(&place).is_ok();
        self.last(within, touches)
    }

    /// The changes of a closed set that fit and that no other fitting one knew of, the highest rank first.
    pub(super) fn last(&self, within: &Places, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut known = vec![false; self.nodes.len()];
        let mut last = Vec::new();
        for place in (0..self.nodes.len()).rev().filter(|place| within[*place]) {
            let fits = !self.nodes[place].is_upgrade && fits(place);
            if fits && !known[place] {
                last.push(place);
            }
            if fits || known[place] {
                self.nodes[place].deps.iter().for_each(|dep| known[*dep] = true);
            }
        }
        self.by_rank(&mut last);
        last
    }

    /// Orders changes by rank: the higher operation counter, then the higher hash. No clock.
    pub(super) fn by_rank(&self, changes: &mut [usize]) {
        changes.sort_unstable_by_key(|place| Reverse(self.rank(*place)));
    }

    pub(super) fn rank(&self, place: usize) -> (u64, [u8; 32]) {
        (self.nodes[place].max_op, self.nodes[place].hash)
    }

    /// Those of some changes that none of the others knew of.
    pub(super) fn maximal(&self, changes: &[usize]) -> Vec<usize> {
        self.last(&self.closure(changes), |place| changes.contains(&place))
    }
}

/// What stands under an object's id: the counter and the actor of the operation that made it.
type Objects = BTreeMap<(u64, Vec<u8>), Holder>;

#[derive(Clone)]
enum Holder {
    Texts,
    Answers,
    Tags,
    People,
    Text(String),
}

fn objects(doc: &Automerge) -> Objects {
    let mut objects = Objects::new();
    let mut note = |id: &ObjId, holder| {
        if let ObjId::Id(counter, actor, _) = id {
            objects.insert((*counter, actor.to_bytes().to_vec()), holder);
        }
    };
    let maps = [
        ("texts", Holder::Texts),
        ("answers", Holder::Answers),
        ("tags", Holder::Tags),
        ("people", Holder::People),
    ];
    for (key, holder) in maps {
        roots::all(doc, key, None).iter().for_each(|(_, id)| note(id, holder.clone()));
    }
    for (_, texts) in roots::all(doc, "texts", None) {
        for key in doc.keys(&texts) {
            for (value, id) in doc.get_all(&texts, key.as_str()).unwrap_or_default() {
                if matches!(value, Value::Object(ObjType::Text)) {
                    note(&id, Holder::Text(key.clone()));
                }
            }
        }
    }
    objects
}

/// The fields in which one creation says something else than the one behind it. Sets are not read change by change.
fn differing(behind: &Fields, fields: &Fields) -> Vec<Field> {
    let keys = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> BTreeSet<String> {
        let all = one.keys().chain(other.keys());
        all.filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
    };
    let texts = keys(&behind.texts, &fields.texts).into_iter().map(Field::Text);
    let answers = keys(&behind.answers, &fields.answers).into_iter().map(Field::Answer);
    let at = (behind.at != fields.at).then_some(Field::At);
    let trashed = (behind.trashed != fields.trashed).then_some(Field::Trashed);
    texts.chain(answers).chain(at).chain(trashed).collect()
}

fn touched(op: &Op, objects: &Objects) -> Option<Field> {
    let key = match &op.key {
        Key::Map(key) => key.as_str(),
        Key::Seq(_) => "",
    };
    let ObjectId::Id(id) = &op.obj else {
        return match key {
            "at" => Some(Field::At),
            "trashed" => Some(Field::Trashed),
            key => Field::marked(key),
        };
    };
    match objects.get(&(id.counter(), id.actor().to_bytes().to_vec()))? {
        Holder::Texts => Some(Field::Text(key.to_owned())),
        Holder::Text(name) => Some(Field::Text(name.clone())),
        Holder::Answers => Some(Field::Answer(key.to_owned())),
        Holder::Tags => Some(Field::Tags),
        Holder::People => Some(Field::People),
    }
}
