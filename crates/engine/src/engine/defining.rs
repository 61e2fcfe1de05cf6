//! What the person added: keeping a definition, taking one back, and reading all of them anew.

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::shelf::Defined;
use haven_core::time::Timestamp;

use super::{Engine, Work};
use crate::command::Fault;
use crate::content::DocumentId;
use crate::document::definition_id;
use crate::fields;
use crate::limits::DEFINITIONS_MAX;

impl Engine {
    /// Keeps a definition in a document of its own, also one that was taken back and comes again: whatever is removed on a
    /// device that does not know of it yet, this one stays.
    pub(super) fn add_definition(
        &mut self,
        work: &mut Work<'_, '_>,
        defined: Defined,
        toml_text: &str,
    ) -> Result<ExerciseRef, Fault> {
        let reference = self.shelf.check(defined, toml_text).map_err(Fault::Definition)?;
        let mut versions = self.view.definitions().taking_room();
        versions.insert(reference.clone());
        if versions.len() > DEFINITIONS_MAX {
            let (what, unit) =
                ("what you added and didn't take back", "exercises, measures and versions of them");
            let (size, max) = (versions.len() as u64, DEFINITIONS_MAX as u64);
            return Err(Fault::TooLarge { what, size, max, unit });
        }
        self.check_kept(work, defined, &reference, toml_text)?;
        let mut added = Timestamp::from_millis(work.cx.now.wall_ms);
        loop {
            let fields = fields::of_definition(defined, &reference, toml_text, added);
            let id = definition_id(&fields).ok_or(Fault::Unreadable)?;
            if self.row(work, &id)?.is_none() {
                self.create(work, id, fields)?;
                return Ok(reference);
            }
            // Added, taken back and added again, all at one moment: it is another document all the same.
            added = Timestamp::from_millis(added.as_millis().saturating_add(1));
        }
    }

    /// Checks that what is kept for a version, and is on no shelf since there is no room for it, says the same: that is what would
    /// be offered.
    fn check_kept(
        &self,
        work: &Work<'_, '_>,
        defined: Defined,
        reference: &ExerciseRef,
        toml_text: &str,
    ) -> Result<(), Fault> {
        let is_known = self.shelf.made_with(reference).is_some();
        let Some(kept) = self.view.definitions().first(reference).filter(|_| !is_known) else {
            return Ok(());
        };
        let says_the_same = kept.defined == defined
            && self.definition_text(work, &kept.id)?.is_some_and(|text| &*text == toml_text);
        if says_the_same {
            return Ok(());
        }
        let (id, version) = (&reference.id, reference.version);
        let what = format!(
            "version {version} of {id} was there before, with other words, and entries may be made with it"
        );
        let next = format!("write version = {}, or give it an id of its own", version.saturating_add(1));
        Err(Fault::Definition(vec![haven_core::fault::Fault::new(what, next)]))
    }

    /// The text of a definition as its document has it, also where no device looks at it; none if it is no definition.
    pub(super) fn definition_text(
        &self,
        work: &Work<'_, '_>,
        id: &DocumentId,
    ) -> Result<Option<Box<str>>, Fault> {
        let row = self.row(work, id)?.filter(|row| row.creators.is_some());
        Ok(row.and_then(|row| fields::definition_text(&row.fields).map(Into::into)))
    }

    /// Takes back every definition of it that this device knows of.
    pub(super) fn remove_definition(
        &mut self,
        work: &mut Work<'_, '_>,
        defined: Defined,
        id: &ExerciseId,
    ) -> Result<(), Fault> {
        let offering: Vec<_> = self.view.definitions().offering(defined, id).collect();
        if offering.is_empty() {
            return Err(Fault::DefinitionUnknown);
        }
        let change = fields::of_removal(work.cx.now.wall_ms);
        for document in offering {
            let row = self.row(work, &document)?.ok_or(Fault::DefinitionUnknown)?;
            self.change(work, document, row, None, &change)?;
        }
        Ok(())
    }

    /// Reads the definitions anew if any of them changed.
    pub(super) fn learn_anew(&mut self, work: &Work<'_, '_>) {
        if self.view.definitions_mut().have_moved() {
            self.learn(work);
        }
    }

    /// Reads the definitions anew, and looks at every entry with what is known then: adding one is rare.
    pub(super) fn learn(&mut self, work: &Work<'_, '_>) {
        for id in self.view.definitions().lacking() {
            match self.definition_text(work, &id) {
                Ok(Some(text)) => self.view.definitions_mut().hold(&id, text),
                Ok(None) => {}
                Err(fault) => tracing::error!(?fault, "a definition could not be read"),
            }
        }
        let definitions = self.view.definitions_mut();
        definitions.have_moved();
        self.shelf = match definitions.is_empty() {
            true => self.built_in.clone(),
            false => self.built_in.with_custom(definitions.kept()),
        };
        self.view.learn(self.shelf.clone());
    }
}
