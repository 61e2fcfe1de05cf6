//! One step's work in progress: what it has decided so far, over what is durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use haven_feed::record::VerifiedRecord;

use super::Engine;
use super::gone::Word;
use crate::content::DocumentId;
use crate::fields::{Shown, shown};
use crate::io::{Context, Step, Table, Write, draw};
use crate::keys::meta;
use crate::parallel;
use crate::row::{Source, Stored};

/// A document's row as it will be, perhaps with its view already made on another core.
pub(super) struct Changed {
    pub(super) stored: Stored,
    pub(super) shown: Option<Shown>,
}

pub(super) struct Work<'a, 'c> {
    pub(super) cx: &'a mut Context<'c>,
    pub(super) step: Step,
    /// Rows that this step changes; they win over the store's.
    pub(super) rows: BTreeMap<DocumentId, Changed>,
    /// Own records made in this step, not yet in the store.
    pub(super) fresh: Vec<VerifiedRecord>,
    pub(super) applied_changed: bool,
    /// Own records that this step sealed again; they win over the store's.
    pub(super) resealed: BTreeMap<u64, Bytes>,
    /// Bodies that came in this step; they win over the husks in the store.
    pub(super) bodies: BTreeMap<Source, Bytes>,
    /// What is put aside no more since this step, as the store does not know yet.
    pub(super) lifted: BTreeSet<Source>,
    /// What is said of bodies that are gone for good, where this step heard more of it.
    pub(super) gone: BTreeMap<Source, Vec<Word>>,
    /// There is more to do at once.
    pub(super) again: bool,
    /// Where in the commit the saves of documents stand.
    saves: BTreeMap<DocumentId, usize>,
    shows: bool,
}

impl<'a, 'c> Work<'a, 'c> {
    pub(super) fn new(cx: &'a mut Context<'c>) -> Self {
        Self {
            cx,
            step: Step::default(),
            rows: BTreeMap::new(),
            fresh: Vec::new(),
            applied_changed: false,
            resealed: BTreeMap::new(),
            bodies: BTreeMap::new(),
            lifted: BTreeSet::new(),
            gone: BTreeMap::new(),
            again: false,
            saves: BTreeMap::new(),
            shows: false,
        }
    }

    /// Something that readers see changed.
    pub(super) fn show(&mut self) {
        self.shows = true;
    }

    /// Puts a document's save into the commit, in the place of the one before it: thousands of small records of one step may change
    /// the same long entry.
    pub(super) fn save(&mut self, id: DocumentId, value: Vec<u8>) {
        let writes = &mut self.step.commit.writes;
        let put = Write::Put { table: Table::Saves, key: id.to_vec(), value };
        match self.saves.get(&id).and_then(|at| writes.get_mut(*at)) {
            Some(before) => *before = put,
            None => {
                self.saves.insert(id, writes.len());
                writes.push(put);
            }
        }
    }

    /// Takes a document's save off the disk; one that is made after that stands.
    pub(super) fn forget_save(&mut self, id: &DocumentId) {
        self.saves.remove(id);
        self.step.commit.remove(Table::Saves, id.to_vec());
    }

    pub(super) fn change(&mut self, id: DocumentId, stored: Stored) {
        self.rows.insert(id, Changed { stored, shown: None });
    }
}

impl Engine {
    /// Seals what changed and closes the step.
    pub(super) fn finish(&mut self, mut work: Work<'_, '_>) -> Step {
        self.finish_rows(&mut work);
        if work.applied_changed {
            let sealed = self.keys.seal(Table::Meta, meta::APPLIED, &self.applied.encode(), work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::APPLIED, sealed);
            self.keep_seen(&mut work);
        }
        self.keep_vectors(&mut work);
        let pins = self.exchange.pins().encode();
        if pins != self.saved_pins {
            let sealed = self.keys.seal(Table::Meta, meta::PINS, &pins, work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::PINS, sealed);
            self.saved_pins = pins;
        }
        self.keep_less(&mut work);
        self.note_agreement(&mut work);
        self.keep_ledger(&mut work);
        // Both are asked: what is shown now is what a change is told from.
        if self.status_changed() | work.shows {
            self.view.serial += 1;
            self.view.status = Arc::new(self.status());
            work.step.view = Some(Arc::new(self.view.clone()));
        }
        work.step.again = work.again;
        work.step.wake = self.next_wake(work.cx.now);
        work.step
    }

    fn finish_rows(&mut self, work: &mut Work<'_, '_>) {
        if work.rows.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut work.rows);
        let mut jobs = Vec::with_capacity(rows.len());
        for (id, changed) in rows {
            jobs.push((id, changed, draw::<32>(work.cx.entropy)));
        }
        let (keys, library) = (&self.keys, &self.shelf.exercises);
        let made = parallel::map(&jobs, |(id, changed, entropy)| {
            let sealed = keys.local.seal("haven/1/local row", id, &changed.stored.encode(), *entropy);
            let shown = changed.shown.is_none().then(|| shown(*id, &changed.stored, library));
            (sealed, shown)
        });
        for ((id, changed, _), (sealed, made)) in jobs.iter_mut().zip(made) {
            work.step.commit.writes.push(Write::Put { table: Table::Rows, key: id.to_vec(), value: sealed });
            self.view.take(id, changed.shown.take().or(made).unwrap_or(Shown::Unknown));
        }
        self.view.settle_people();
        // What definitions say is looked up in these rows first.
        work.rows = jobs.into_iter().map(|(id, changed, _)| (id, changed)).collect();
        self.learn_anew(work);
        work.rows.clear();
        work.show();
    }
}
