//! Rows of the store, opened with the key that they are sealed by.

use std::ops::ControlFlow;

use haven_core::shelf::Shelf;
use haven_crypto::opened::Opened;

use super::OpenFault;
use crate::content::DocumentId;
use crate::fields::shown;
use crate::io::{Reader, Table};
use crate::keys::Keys;
use crate::limits;
use crate::parallel;
use crate::row::Stored;
use crate::view::View;

/// A row's key and its sealed value.
pub(super) type SealedRow = (Vec<u8>, Vec<u8>);

/// The rows of a store together with the key that opens them.
pub(super) struct Sealed<'a> {
    pub(super) keys: &'a Keys,
    pub(super) reader: &'a dyn Reader,
}

impl Sealed<'_> {
    pub(super) fn meta(&self, key: &[u8]) -> Result<Option<Vec<u8>>, OpenFault> {
        let Some(sealed) = self.reader.get(Table::Meta, key)? else { return Ok(None) };
        self.keys.open(Table::Meta, key, &sealed).map(Some).map_err(|_| OpenFault::Damaged)
    }

    /// A row that holds a key.
    pub(super) fn secret(&self, key: &[u8]) -> Result<Option<Opened>, OpenFault> {
        let Some(sealed) = self.reader.get(Table::Meta, key)? else { return Ok(None) };
        self.keys.open_secret(key, &sealed).map(Some).map_err(|_| OpenFault::Damaged)
    }

    pub(super) fn rows(&self, table: Table) -> Result<Vec<SealedRow>, OpenFault> {
        let mut rows = Vec::new();
        self.reader.scan(table, &mut |key, sealed| {
            rows.push((key.to_vec(), sealed.to_vec()));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// The whole journal as lists and search see it. A row that does not open is left out; its records are still there
    /// and it is made again when they are next applied.
    pub(super) fn view(&self, shelf: &Shelf) -> Result<View, OpenFault> {
        let mut view = View::default();
        let mut some = Vec::with_capacity(limits::OPENED_AT_ONCE);
        self.reader.scan(Table::Rows, &mut |key, sealed| {
            some.push((key.to_vec(), sealed.to_vec()));
            if some.len() == limits::OPENED_AT_ONCE {
                self.show_rows(&mut some, shelf, &mut view);
            }
            ControlFlow::Continue(())
        })?;
        self.show_rows(&mut some, shelf, &mut view);
        view.settle_people();
        Ok(view)
    }

    /// Opens some rows on all cores and puts them into the view.
    fn show_rows(&self, rows: &mut Vec<SealedRow>, shelf: &Shelf, view: &mut View) {
        let read = parallel::map(rows, |(key, sealed)| {
            let id: DocumentId = key.as_slice().try_into().ok()?;
            let plain = self.keys.open(Table::Rows, key, sealed).ok()?;
            Some(shown(id, &Stored::decode(&plain).ok()?, &shelf.exercises))
        });
        rows.clear();
        read.into_iter().flatten().for_each(|row| view.take(row));
    }
}
