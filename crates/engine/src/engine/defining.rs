//! What the person added: keeping a definition, taking one back, and reading all of them anew.

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::shelf::Defined;
use haven_core::time::Timestamp;

use super::{Engine, Work};
use crate::command::Fault;
use crate::fields;
use crate::io::draw;
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
        let mut versions = self.view.definitions().versions();
        versions.insert(reference.clone());
        if versions.len() > DEFINITIONS_MAX {
            let (what, unit) =
                ("what you added, also what you took back,", "exercises, measures and versions of them");
            let (size, max) = (versions.len() as u64, DEFINITIONS_MAX as u64);
            return Err(Fault::TooLarge { what, size, max, unit });
        }
        let added = Timestamp::from_millis(work.cx.now.wall_ms);
        let id = draw(work.cx.entropy);
        self.create(work, id, fields::of_definition(defined, &reference, toml_text, added))?;
        Ok(reference)
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

    /// Reads the definitions anew, and looks at every entry with what is known then: adding one is rare.
    pub(super) fn learn(&mut self) {
        if !self.view.definitions().is_empty() {
            self.shelf = self.built_in.with_custom(self.view.definitions().kept());
        }
        self.view.learn(self.shelf.clone());
    }
}
