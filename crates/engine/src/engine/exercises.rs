//! The exercises that the person added: keeping a definition, and reading all of them anew.

use std::sync::Arc;

use haven_core::answers::ExerciseRef;
use haven_core::time::Timestamp;

use super::{Engine, Work};
use crate::command::Fault;
use crate::fields;
use crate::io::draw;
use crate::limits::DEFINITIONS_MAX;

impl Engine {
    /// Keeps a definition in a document of its own.
    pub(super) fn add_definition(
        &mut self,
        work: &mut Work<'_, '_>,
        toml_text: &str,
    ) -> Result<ExerciseRef, Fault> {
        let exercise = self.library.check_custom(toml_text).map_err(Fault::Definition)?.reference();
        let size = self.view.definitions().count() + 1;
        if size > DEFINITIONS_MAX {
            let (what, unit) = ("what you added", "exercises and versions of them");
            return Err(Fault::TooLarge { what, size: size as u64, max: DEFINITIONS_MAX as u64, unit });
        }
        let added = Timestamp::from_millis(work.cx.now.wall_ms);
        let id = draw(work.cx.entropy);
        self.create(work, id, fields::of_definition(&exercise, toml_text, added))?;
        Ok(exercise)
    }

    /// Reads the definitions anew, and looks at every entry with what is known then: adding one is rare.
    pub(super) fn learn(&mut self) {
        if self.view.definitions().next().is_some() {
            let definitions = self.view.definitions().map(|definition| &*definition.text);
            self.library = Arc::new(self.built_in.with_custom(definitions));
        }
        self.view.learn(Arc::clone(&self.library));
    }
}
