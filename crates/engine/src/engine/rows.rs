//! Rows of the store, opened with the key that they are sealed by.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use haven_core::shelf::Shelf;
use haven_crypto::opened::Opened;
use haven_feed::FeedId;
use haven_feed::ids::Vector;

use super::ledger::Tally;
use super::{OpenFault, Work};
use crate::content::DocumentId;
use crate::fields::shown;
use crate::io::{Reader, StoreFault, Table};
use crate::keys::Keys;
use crate::limits;
use crate::parallel;
use crate::row::Stored;
use crate::view::View;

/// A row's key and its sealed value.
pub(super) type SealedRow = (Vec<u8>, Vec<u8>);

/// The journal as it is shown, and how its rows were found.
pub(super) struct Projection {
    pub(super) view: View,
    pub(super) tally: Tally,
    /// Keys of rows that do not open.
    pub(super) unreadable: Vec<Vec<u8>>,
}

/// The rows of a store together with the key that opens them.
pub(super) struct Sealed<'a> {
    pub(super) keys: &'a Keys,
    pub(super) reader: &'a dyn Reader,
}

/// A vector that is kept in a row of its own, whenever it has changed.
pub(super) struct KeptVector {
    key: &'static [u8],
    pub(super) now: Vector,
    kept: Vector,
}

impl KeptVector {
    pub(super) fn read(sealed: &Sealed<'_>, key: &'static [u8]) -> Result<Self, OpenFault> {
        let now = sealed.vector(key)?;
        Ok(Self { key, kept: now.clone(), now })
    }

    pub(super) fn keep(&mut self, keys: &Keys, work: &mut Work<'_, '_>) {
        if self.now != self.kept {
            let value = keys.seal(Table::Meta, self.key, &self.now.encode(), work.cx.entropy);
            work.step.commit.put(Table::Meta, self.key, value);
            self.kept.clone_from(&self.now);
        }
    }
}

impl Sealed<'_> {
    /// A row that holds a vector; an empty one where there is none.
    pub(super) fn vector(&self, key: &[u8]) -> Result<Vector, OpenFault> {
        let row = self.meta(key)?;
        row.map_or(Ok(Vector::default()), |bytes| Vector::decode(&bytes).map_err(|_| OpenFault::Damaged))
    }

    /// A row that is one of a kind. One that does not open is as nothing: the ledger notices, and the person is told.
    pub(super) fn meta(&self, key: &[u8]) -> Result<Option<Vec<u8>>, OpenFault> {
        let Some(sealed) = self.reader.get(Table::Meta, key)? else { return Ok(None) };
        Ok(self.keys.open(Table::Meta, key, &sealed).ok())
    }

    /// The same that holds a number.
    pub(super) fn number(&self, key: &[u8]) -> Result<Option<u64>, OpenFault> {
        Ok(self.meta(key)?.and_then(|bytes| bytes.try_into().ok()).map(u64::from_be_bytes))
    }

    /// The same that holds a key.
    pub(super) fn secret(&self, key: &[u8]) -> Result<Option<Opened>, OpenFault> {
        let Some(sealed) = self.reader.get(Table::Meta, key)? else { return Ok(None) };
        Ok(self.keys.open_secret(key, &sealed).ok())
    }

    pub(super) fn rows(&self, table: Table) -> Result<Vec<SealedRow>, OpenFault> {
        let mut rows = Vec::new();
        self.reader.scan(table, &mut |key, sealed| {
            rows.push((key.to_vec(), sealed.to_vec()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The whole journal as lists and search see it. A row that does not open is left out and told of: it is
    /// made again out of the records.
    pub(super) fn view(&self, shelf: &Shelf, gone: BTreeSet<FeedId>) -> Result<Projection, OpenFault> {
        let (view, tally) = (View::without(gone), Tally::default());
        let mut projection = Projection { view, tally, unreadable: Vec::new() };
        let mut some = Vec::with_capacity(limits::OPENED_AT_ONCE);
        let scanned = self.reader.scan(Table::Rows, &mut |key, sealed| {
            some.push((key.to_vec(), sealed.to_vec()));
            if some.len() == limits::OPENED_AT_ONCE {
                self.show_rows(&mut some, shelf, &mut projection);
            }
            ControlFlow::Continue(())
        });
        match scanned {
            // What comes after the damage is missed, and made again.
            Ok(()) | Err(StoreFault::Damaged { .. }) => {}
            Err(fault) => return Err(fault.into()),
        }
        self.show_rows(&mut some, shelf, &mut projection);
        projection.view.settle_people();
        Ok(projection)
    }

    /// Opens some rows on all cores and puts them into the view.
    fn show_rows(&self, rows: &mut Vec<SealedRow>, shelf: &Shelf, projection: &mut Projection) {
        let read = parallel::map(rows, |(key, sealed)| {
            let id: DocumentId = key.as_slice().try_into().ok()?;
            let plain = self.keys.open(Table::Rows, key, sealed).ok()?;
            Some(shown(id, &Stored::decode(&plain).ok()?, &shelf.exercises))
        });
        for ((key, _), row) in rows.drain(..).zip(read) {
            match row {
                Some(row) => {
                    projection.tally.add(&key);
                    projection.view.put(row);
                }
                None => projection.unreadable.push(key),
            }
        }
    }
}
