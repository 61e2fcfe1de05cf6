//! The sides of an entry: what met in its fields, put together by who wrote what in one line of changes.

use haven_core::limits::MET_SIDES_MAX;

use super::graph::{Field, Graph};
use super::reading::{Said, TrashMet};
use super::weave::Weaver;
use crate::version::Version;

/// One of the versions of an entry that met and that nobody has chosen from yet.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Side {
    /// Read at this version, an entry says what it says on this side.
    pub(crate) version: Version,
    /// When its author's clock said it was.
    pub(crate) at_ms: i64,
    /// Who wrote it.
    pub(crate) actor: Vec<u8>,
}

/// What one field says on one side.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) field: Field,
    /// The change that clashes with the other sides.
    pub(super) lead: usize,
    /// The last changes of the field that say so together, the highest first.
    pub(super) heads: Vec<usize>,
    pub(super) said: Said,
}

/// A side with what it says.
pub(super) struct SideFound {
    /// The last change that clashes with the other sides.
    lead: usize,
    /// The changes that nothing of this side follows, the highest first.
    pub(super) heads: Vec<usize>,
    pub(super) parts: Vec<Part>,
}

impl SideFound {
    pub(super) fn shown(&self, graph: &Graph) -> Side {
        let lead = &graph.nodes[self.lead];
        let heads = self.heads.iter().map(|head| graph.nodes[*head].hash).collect();
        Side { version: Version::new(heads), at_ms: lead.at_ms, actor: lead.actor.clone() }
    }

    fn said(&self, field: &Field) -> Option<&Part> {
        self.parts.iter().find(|part| part.field == *field)
    }

    /// Takes a part in, if it was written in one line with what this side says already and changes none of it.
    fn takes(&mut self, graph: &Graph, part: &Part) -> bool {
        if self.said(&part.field).is_some() {
            return false;
        }
        let (ours, theirs) = (graph.closure(&self.heads), graph.closure(&part.heads));
        let in_line =
            part.heads.iter().all(|head| ours[*head]) || self.heads.iter().all(|head| theirs[*head]);
        if !in_line {
            return false;
        }
        let heads = graph.maximal(&[self.heads.as_slice(), &part.heads].concat());
        let within = graph.closure(&heads);
        let stands = |part: &Part| match part.field {
            // A side is kept by what it says otherwise; only that it says so has to hold.
            Field::Trashed => graph.closure(&heads)[part.heads[0]],
            _ => {
                let mut standing = graph.heads(&part.field, &within);
                standing.retain(|head| !part.heads.contains(head));
                standing.is_empty()
            }
        };
        if self.parts.iter().chain([part]).all(stands) {
            self.heads = heads;
            if graph.rank(part.lead) > graph.rank(self.lead) {
                self.lead = part.lead;
            }
            self.parts.push(part.clone());
            return true;
        }
        false
    }
}

/// Puts the parts of all fields together to the sides of the entry, the one that is shown first.
pub(super) fn sides(
    graph: &Graph,
    weaver: &mut Weaver<'_>,
    parts: Vec<Part>,
    trash: Option<TrashMet>,
) -> Vec<SideFound> {
    let mut sides: Vec<SideFound> = Vec::new();
    for part in parts {
        add(graph, &mut sides, part);
    }
    if let Some(met) = trash {
        add_trash(graph, &mut sides, &met);
    }
    sides.sort_by_key(|side| std::cmp::Reverse(graph.rank(side.lead)));
    if let Some(shown) = shown(weaver, &sides) {
        let shown = sides.remove(shown);
        sides.insert(0, shown);
    }
    sides
}

fn add(graph: &Graph, sides: &mut Vec<SideFound>, part: Part) {
    if sides.iter_mut().any(|side| side.takes(graph, &part)) || sides.len() >= MET_SIDES_MAX {
        return;
    }
    sides.push(SideFound { lead: part.lead, heads: part.heads.clone(), parts: vec![part] });
}

/// The side that trashed, and on all others that they did not.
fn add_trash(graph: &Graph, sides: &mut Vec<SideFound>, met: &TrashMet) {
    let part = |head: usize, said: Option<i64>| Part {
        field: Field::Trashed,
        lead: head,
        heads: vec![head],
        said: Said::Trashed(said),
    };
    let mut is_kept = false;
    for side in sides.iter_mut() {
        let within = graph.closure(&side.heads);
        if let Some(head) = met.kept.iter().rev().find(|kept| within[**kept]) {
            is_kept = true;
            side.parts.push(part(*head, None));
        }
    }
    if let (false, Some(head)) = (is_kept, met.last) {
        sides.push(SideFound { lead: head, heads: vec![head], parts: vec![part(head, None)] });
    }
    let (head, at_ms) = met.trashed;
    add(graph, sides, part(head, Some(at_ms)));
}

/// The side that is shown: the highest, unless it only took away what another one changed.
fn shown(weaver: &mut Weaver<'_>, sides: &[SideFound]) -> Option<usize> {
    let mut shown = 0;
    for other in 1..sides.len() {
        if sides[shown].parts.iter().any(|part| gives_way(weaver, part, &sides[other])) {
            shown = other;
        }
    }
    (shown > 0).then_some(shown)
}

/// Whether a part only takes something away: what another side changed, an answer, or the entry.
pub(super) fn takes_away(weaver: &mut Weaver<'_>, part: &Part, sides: &[SideFound]) -> bool {
    matches!(part.said, Said::Word(None)) || sides.iter().any(|other| gives_way(weaver, part, other))
}

/// Whether a part took away what the other side changed.
fn gives_way(weaver: &mut Weaver<'_>, part: &Part, other: &SideFound) -> bool {
    let Some(theirs) = other.said(&part.field) else { return false };
    match (&part.said, &theirs.said) {
        (Said::Trashed(Some(_)), Said::Trashed(None)) => true,
        (Said::Word(Some(ours)), Said::Word(Some(words))) if super::reading::is_long(&part.field) => {
            weaver.first_deleted(&part.field, (&part.heads, ours), (&theirs.heads, words))
        }
        _ => false,
    }
}
