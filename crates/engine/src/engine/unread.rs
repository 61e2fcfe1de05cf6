//! Records of which this disk does not give back the documents that they are about. Their place counts, and nobody waits for them. They
//! are tried again like those that dangle, whenever one of their documents has grown; and in each session and at each start as well.

use super::waiting::Aside;
use super::{Engine, OpenFault, Work};
use crate::row::Source;

impl Engine {
    /// Keeps a record to try it again.
    pub(super) fn note_unread(&mut self, work: &mut Work<'_, '_>, source: Source) {
        let documents = self.documents_of(work, &source);
        self.keep_to_try_again(work, source, Aside::Unread, documents);
    }

    /// Has what could not be read before tried again, also before the vault was closed. A disk that fails puts few aside, and nobody from
    /// outside can add to them.
    pub(super) fn try_unread(&mut self, work: &Work<'_, '_>) -> Result<(), OpenFault> {
        for (source, documents) in self.kept_aside(work, Aside::Unread)? {
            self.dangling.insert(source, documents);
            self.dangling.try_later(source);
            self.waiting.wake();
        }
        Ok(())
    }
}
