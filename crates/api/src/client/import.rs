//! Importing the objects of a file.

use haven_core::import::ImportFault;

use super::batches::{Batch, Batches};
use super::{Client, Transport};
use crate::error::ApiError;
use crate::journal::{FailedLine, Import, ImportLine, Imported};
use crate::pb;

impl<T: Transport> Client<T> {
    /// Imports lines, each an object in JSON: an entry, `{"date","title"?,"text","tags"?,"people"?}`, or what else an export
    /// holds. What is there already is skipped, so a run that was interrupted is simply repeated. `progress` hears how far
    /// it is after every batch.
    ///
    /// # Errors
    /// `LOCKED`, or storage failed; what earlier batches imported stays.
    pub async fn import<L: IntoIterator<Item = ImportLine>>(
        &self,
        import: Import<L>,
        mut progress: impl FnMut(&Imported),
    ) -> Result<Imported, ApiError> {
        let mut all = Imported::default();
        for batch in Batches::new(import.lines) {
            let mut failed: Vec<_> = batch.too_long.iter().map(|line| too_long(*line)).collect();
            let request = request(batch, &import.id, import.dry_run, &import.zone);
            let done = self.journal_service().import_entries(request).await?.into_inner();
            all.imported += u64::from(done.imported);
            all.skipped += u64::from(done.skipped);
            all.people += u64::from(done.people);
            all.definitions += u64::from(done.definitions);
            all.forgotten += u64::from(done.forgotten);
            all.unmerged += u64::from(done.unmerged);
            for key in done.unused {
                *all.unused.entry(key.key).or_default() += u64::from(key.lines);
            }
            failed.extend(done.failed.into_iter().map(failed_from_pb));
            failed.sort_by_key(|failed| failed.line);
            failed.into_iter().for_each(|failed| all.fail(failed));
            progress(&all);
        }
        Ok(all)
    }
}

fn request(batch: Batch, id: &[u8; 16], dry_run: bool, zone: &str) -> pb::ImportEntriesRequest {
    let line = |line: ImportLine| pb::ImportLine { number: line.number, content: line.content };
    pb::ImportEntriesRequest {
        import_id: bytes::Bytes::copy_from_slice(id),
        lines: batch.lines.into_iter().map(line).collect(),
        dry_run,
        last: batch.last,
        zone: zone.to_owned(),
    }
}

fn failed_from_pb(failed: pb::FailedLine) -> FailedLine {
    FailedLine { line: failed.number, reason: failed.reason }
}

fn too_long(line: u64) -> FailedLine {
    FailedLine { line, reason: ImportFault::TooLong.to_string() }
}
