//! What the person added, as a view holds it.

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::answers::ExerciseRef;
use haven_core::import::ExportedDefinition;
use haven_feed::FeedId;

use super::View;
use crate::content::DocumentId;
use crate::definitions::{Definition, Definitions};

/// Something that the person added.
#[derive(Clone)]
pub struct Added {
    definition: Arc<Definition>,
    gives_way: bool,
}

impl Added {
    /// Names its document.
    pub fn id(&self) -> DocumentId {
        self.definition.id
    }

    /// Its TOML, if it is held in memory: what no device looks at has to be asked for.
    pub fn text(&self) -> Option<&str> {
        self.definition.text.as_deref()
    }

    /// The same with its text, for an export.
    pub fn exported<'a>(&'a self, text: &'a str) -> ExportedDefinition<'a> {
        let Definition { defined, reference, added, removed, .. } = &*self.definition;
        let (defined, added, removed, gives_way) = (*defined, *added, *removed, self.gives_way);
        ExportedDefinition { defined, reference, text, added, removed, gives_way }
    }
}

impl View {
    /// Everything that was added, the one added first at the front, also what was taken back: for an export.
    pub fn added(&self) -> Vec<Added> {
        let added = |(definition, gives_way)| Added { definition, gives_way };
        self.definitions.in_order().into_iter().map(added).collect()
    }

    /// The definition that the person added for a version, as they wrote it.
    pub fn definition(&self, reference: &ExerciseRef) -> Option<&str> {
        self.definitions.text(reference)
    }

    /// What the person added, as it is kept.
    pub(crate) fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    pub(crate) fn definitions_mut(&mut self) -> &mut Definitions {
        &mut self.definitions
    }

    /// A view of nothing yet, in a journal of which these feeds are members no more.
    pub(crate) fn without(gone: BTreeSet<FeedId>) -> Self {
        Self { definitions: Definitions::without(gone), ..Self::default() }
    }
}
