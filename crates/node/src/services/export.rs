//! Everything, written down: lines of JSON or pages of Markdown, a batch at a time as the client takes them.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::unfold;
use haven_api::error::ApiError;
use haven_api::limits::EXPORT_BATCH_BYTES;
use haven_api::pb;
use haven_core::entry::Entry;
use haven_core::id::PersonId;
use haven_core::import::{
    Header, Met, Rest, definition_line, export_line, forgotten_line, header_line, person_line,
};
use haven_core::markdown::{file_name, render};
use haven_core::person::PersonName;
use haven_engine::command::{Command, Reply, VersionShown};
use haven_engine::view::{Added, Row, View};
use tonic::Status;

use super::desk::Desk;
use super::{Answers, unexpected};
use crate::node::Node;

/// Begins an export of what the journal holds now.
pub(super) fn export(
    node: &Node,
    desk: &Desk,
    request: &pb::ExportEntriesRequest,
) -> Result<Answers<pb::ExportEntriesResponse>, Status> {
    let format = match request.format() {
        pb::ExportFormat::Jsonl => Format::Lines,
        pb::ExportFormat::Markdown => Format::Pages { history: request.history },
        pb::ExportFormat::Unspecified => {
            return Err(ApiError::invalid("nothing was exported", "no format was named")
                .with_next("Choose JSON lines or Markdown.")
                .into());
        }
    };
    let view = Arc::clone(&node.opened()?.view);
    let is_wanted = |row: &&Arc<Row>| format == Format::Lines || row.entry.trashed.is_none();
    let mut rows: Vec<_> = view.rows().filter(is_wanted).cloned().collect();
    rows.sort_by_key(|row| (row.entry.at.sort_key(), row.entry.id));
    let added = if format == Format::Lines { view.added() } else { Vec::new() };
    let about = if format == Format::Lines { about(&view, added.len(), rows.len()) } else { Vec::new() };
    let exporting = Exporting {
        about: about.into_iter(),
        added: added.into_iter(),
        node: node.clone(),
        desk: desk.of(&view),
        rows: rows.into_iter(),
        names: BTreeSet::new(),
        format,
        view,
    };
    Ok(Box::pin(unfold(Some(exporting), |exporting| async {
        let mut exporting = exporting?;
        match exporting.batch().await {
            Ok(batch) => Some((Ok(batch?), Some(exporting))),
            Err(status) => Some((Err(status), None)),
        }
    })))
}

/// The lines before what the person added and the entries: what it is, the people. Nothing in them differs between two devices
/// that have the same journal.
fn about(view: &View, definitions: usize, entries: usize) -> Vec<String> {
    let people: Vec<_> = view.said().map(|(person, merged)| person_line(person, merged)).collect();
    let forgotten: Vec<_> = view.forgotten().map(|forgotten| forgotten_line(&forgotten)).collect();
    let header = Header {
        people: people.len() as u64,
        forgotten: forgotten.len() as u64,
        definitions: definitions as u64,
        entries: entries as u64,
    };
    [header_line(&header)].into_iter().chain(people).chain(forgotten).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Lines,
    Pages { history: bool },
}

/// What stands above the versions that met.
fn about_met(sides: usize) -> String {
    let (edits, all) = if sides == 2 { ("Two".to_owned(), "both") } else { (sides.to_string(), "all") };
    format!(
        "{edits} edits of this entry met, and nobody has chosen between them yet. Here are {all}; the first one is what the \
         journal shows until you choose.\n\n"
    )
}

struct Exporting {
    node: Node,
    desk: Desk,
    view: Arc<View>,
    about: std::vec::IntoIter<String>,
    added: std::vec::IntoIter<Added>,
    rows: std::vec::IntoIter<Arc<Row>>,
    /// Names of files given so far.
    names: BTreeSet<String>,
    format: Format,
}

impl Exporting {
    /// The next batch; nothing once all is written. Ends with an error when the vault is locked meanwhile.
    async fn batch(&mut self) -> Result<Option<pb::ExportEntriesResponse>, Status> {
        self.node.opened()?;
        let (mut batch, mut bytes) = (pb::ExportEntriesResponse::default(), 0);
        while bytes < EXPORT_BATCH_BYTES {
            if let Some(line) = self.about.next() {
                bytes += line.len();
                batch.lines.push(line);
                continue;
            }
            if let Some(added) = self.added.next() {
                let line = self.definition(&added).await?;
                bytes += line.len();
                batch.lines.push(line);
                continue;
            }
            let Some(row) = self.rows.next() else { break };
            bytes += match self.format {
                Format::Lines => {
                    let rest = Rest { met: self.meeting(&row).await?, ..row.rest.clone() };
                    let line = export_line(&row.entry, &rest, &person_name(&self.view));
                    let bytes = line.len();
                    batch.lines.push(line);
                    bytes
                }
                Format::Pages { history } => {
                    let before = batch.files.len();
                    self.pages(&row, history, &mut batch.files).await?;
                    batch.files[before..].iter().map(|file| file.content.len()).sum()
                }
            };
        }
        Ok((bytes > 0).then_some(batch))
    }

    /// What the person added, also what no device looks at and is not held in memory.
    async fn definition(&self, added: &Added) -> Result<String, Status> {
        if let Some(text) = added.text() {
            return Ok(definition_line(&added.exported(text)));
        }
        let Reply::Definition(Some(text)) = self.node.command(Command::ShowDefinition(added.id())).await?
        else {
            return Err(unexpected());
        };
        Ok(definition_line(&added.exported(&text)))
    }

    /// What met in an entry and is not settled.
    async fn meeting(&self, row: &Row) -> Result<Option<Met>, Status> {
        if row.met.is_empty() {
            return Ok(None);
        }
        let Reply::Met(met) = self.node.command(Command::Met(row.entry.id)).await? else {
            return Err(unexpected());
        };
        Ok(met.map(|met| *met))
    }

    async fn pages(
        &mut self,
        row: &Row,
        history: bool,
        files: &mut Vec<pb::ExportFile>,
    ) -> Result<(), Status> {
        let name = self.free_name(&row.entry);
        let past = if history { self.past(row).await? } else { None };
        files.push(pb::ExportFile { content: self.page(&row.entry), name: name.clone() });
        if let Some(content) = self.met(row).await? {
            files.push(pb::ExportFile { name: name.replace(".md", ".met.md"), content });
        }
        if let Some(content) = past {
            let name = name.replace(".md", ".history.md");
            files.push(pb::ExportFile { name, content });
        }
        Ok(())
    }

    /// A name that no file has: the beginning of the id is in it, all of the id where two begin alike.
    fn free_name(&mut self, entry: &Entry) -> String {
        let short = file_name(entry);
        if self.names.insert(short.clone()) {
            return short;
        }
        let whole = format!("{}-{}.md", entry.at.date(), entry.id);
        self.names.insert(whole.clone());
        whole
    }

    fn page(&self, entry: &Entry) -> String {
        let asked = entry.exercise.as_ref().and_then(|made_with| self.desk.shelf.made_with(made_with));
        render(entry, asked, &person_name(&self.view))
    }

    /// The versions that met in an entry and are not settled, the one that is shown first, in one page; nothing if none did.
    async fn met(&self, row: &Row) -> Result<Option<String>, Status> {
        if row.met.is_empty() {
            return Ok(None);
        }
        let id = row.entry.id;
        let command = Command::Show { id, version: None };
        let Reply::Shown { met, .. } = self.node.command(command).await? else { return Err(unexpected()) };
        let mut page = about_met(met.len());
        for VersionShown { version, at, device } in met.into_iter().map(|side| side.shown) {
            let command = Command::Show { id, version: Some(version) };
            let Reply::Shown { entry, version, .. } = self.node.command(command).await? else {
                return Err(unexpected());
            };
            page.push_str(&format!("# {at}, {device}, version {version}\n\n{}\n", self.page(&entry)));
        }
        Ok(Some(page))
    }

    /// The earlier versions of an entry, newest first, in one page; nothing if there are none.
    async fn past(&self, row: &Row) -> Result<Option<String>, Status> {
        let id = row.entry.id;
        let Reply::History(versions) = self.node.command(Command::History(id)).await? else {
            return Err(unexpected());
        };
        let mut page = String::new();
        for VersionShown { version, at, device } in versions.into_iter().map(|past| past.shown) {
            if version == row.version {
                continue;
            }
            let command = Command::Show { id, version: Some(version) };
            let Reply::Shown { entry, version, .. } = self.node.command(command).await? else {
                return Err(unexpected());
            };
            page.push_str(&format!("# {at}, {device}, version {version}\n\n{}\n", self.page(&entry)));
        }
        Ok((!page.is_empty()).then_some(page))
    }
}

fn person_name(view: &View) -> impl Fn(PersonId) -> Option<PersonName> + '_ {
    |id| view.person(id).map(|person| person.name.clone())
}
