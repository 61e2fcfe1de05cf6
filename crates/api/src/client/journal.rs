//! Entries.

use haven_core::comparing::Part;
use haven_core::prose::Prose;
use haven_core::time::Date;

use super::{Client, Export, Transport, Watch, fitting};
use crate::convert::comparing::part_from_pb;
use crate::convert::entry::{
    entry_from_pb, feeling_count_from_pb, hit_from_pb, read_answer_from_pb, summary_from_pb,
    tag_count_from_pb, version_from_pb,
};
use crate::convert::prose::prose_from_pb;
use crate::convert::{draft, edit, filter, read, sent, some, text};
use crate::error::ApiError;
use crate::journal::{
    Draft, Edit, Entry, EntryRead, EntryVersion, ExportFormat, FeelingCount, Filter, Hit, Keep, Page,
    Settled, Summary, TagCount, Written,
};
use crate::pb;

/// Reads the id that a device answers with.
macro_rules! id {
    ($answer:expr) => {
        read(&$answer.into_inner().id, "id")
    };
}

impl<T: Transport> Client<T> {
    /// Writes a new entry; it is durable when this returns.
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`, `TOO_LARGE`; `NOT_FOUND` and `AMBIGUOUS_ID` for people and exercises.
    pub async fn add(&self, entry: Draft) -> Result<Written, ApiError> {
        let entry = Draft { at: entry.at.or_else(|| self.now()), ..entry };
        let request = pb::AddEntryRequest { draft: Some(draft::to_pb(entry)) };
        let added = self.journal_service().add_entry(fitting(request)?).await?.into_inner();
        Ok(Written {
            id: read(&added.id, "id")?,
            version: added.version,
            complete: added.complete,
            unchanged: false,
        })
    }

    /// Changes an entry. `base`: the version that the new text was made from, so that what was written elsewhere since is
    /// kept; `None` means the present one.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`, `INVALID_ARGUMENT`, `TOO_LARGE`.
    pub async fn edit(&self, id: &str, change: Edit, base: Option<&str>) -> Result<Written, ApiError> {
        let request = pb::EditEntryRequest {
            id: id.to_owned(),
            edit: Some(edit::to_pb(change)),
            base_version: base.unwrap_or_default().to_owned(),
        };
        let edited = self.journal_service().edit_entry(fitting(request)?).await?.into_inner();
        Ok(Written {
            id: read(&edited.id, "id")?,
            version: edited.version,
            complete: true,
            unchanged: edited.unchanged,
        })
    }

    /// Reads an entry, now or at a version.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn entry(&self, id: &str, version: Option<&str>) -> Result<Entry, ApiError> {
        Ok(self.entry_in_words(id, version).await?.entry)
    }

    /// Reads an entry, its answers in words, and what met in it.
    ///
    /// # Errors
    /// As [`Client::entry`].
    pub async fn entry_in_words(&self, id: &str, version: Option<&str>) -> Result<EntryRead, ApiError> {
        let version = version.unwrap_or_default().to_owned();
        let request = pb::GetEntryRequest { id: id.to_owned(), version, with_prose: false };
        let answer = self.journal_service().get_entry(request).await?.into_inner();
        let answers = answer.answers_read.into_iter().map(read_answer_from_pb).collect::<Result<_, _>>()?;
        let entry = entry_from_pb(sent(answer.entry, "entry")?)?;
        Ok(EntryRead { entry, answers, met: answer.met.into_iter().map(version_from_pb).collect() })
    }

    /// Reads the text of an entry, now or at a version, as a tree that can be drawn.
    ///
    /// # Errors
    /// As [`Client::entry`].
    pub async fn entry_prose(&self, id: &str, version: Option<&str>) -> Result<Prose, ApiError> {
        let request = pb::GetEntryRequest {
            id: id.to_owned(),
            version: version.unwrap_or_default().to_owned(),
            with_prose: true,
        };
        let answer = self.journal_service().get_entry(request).await?.into_inner();
        prose_from_pb(sent(answer.prose, "text")?)
    }

    /// Reads a text as it would be shown. Nothing is kept.
    ///
    /// # Errors
    /// `LOCKED`, `TOO_LARGE`.
    pub async fn render(&self, text: &str) -> Result<Prose, ApiError> {
        let request = fitting(pb::RenderTextRequest { text: text.to_owned() })?;
        let answer = self.journal_service().render_text(request).await?.into_inner();
        prose_from_pb(sent(answer.prose, "text")?)
    }

    /// Reads a page of entries, newest first. `limit` 0 means as many as a page may hold; `page` is the page before's
    /// [`Page::next`].
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`; `NOT_FOUND` and `AMBIGUOUS_ID` for people.
    pub async fn list(
        &self,
        wanted: &Filter,
        limit: u32,
        page: Option<&str>,
    ) -> Result<Page<Summary>, ApiError> {
        let page = page.unwrap_or_default().to_owned();
        let request = pb::ListEntriesRequest { filter: Some(filter::to_pb(wanted)), limit, page };
        let listed = self.journal_service().list_entries(request).await?.into_inner();
        let items = listed.entries.into_iter().map(summary_from_pb).collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: some(listed.next_page),
            total: listed.total,
            near_tags: listed.near_tags,
            near_exercises: listed.near_exercises,
            near_feelings: listed.near_feelings,
        })
    }

    /// Reads every entry that the filter lets through, newest first.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub async fn list_all(&self, wanted: &Filter) -> Result<Vec<Summary>, ApiError> {
        let mut page = self.list(wanted, 0, None).await?;
        let mut all = page.items;
        while let Some(next) = page.next {
            page = self.list(wanted, 0, Some(&next)).await?;
            all.append(&mut page.items);
        }
        Ok(all)
    }

    /// Finds entries by words, newest first, a page at a time as in [`Self::list`].
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`.
    pub async fn search(&self, query: &str, limit: u32, page: Option<&str>) -> Result<Page<Hit>, ApiError> {
        self.search_among(&Filter::default(), query, limit, page).await
    }

    /// Finds entries by words among those that the filter lets through, as [`Self::search`] does among all.
    ///
    /// # Errors
    /// As [`Self::search`]; `NOT_FOUND` and `AMBIGUOUS_ID` for people of the filter.
    pub async fn search_among(
        &self,
        wanted: &Filter,
        query: &str,
        limit: u32,
        page: Option<&str>,
    ) -> Result<Page<Hit>, ApiError> {
        let page = page.unwrap_or_default().to_owned();
        let filter = Some(filter::to_pb(wanted));
        let request = pb::SearchEntriesRequest { query: query.to_owned(), limit, page, filter };
        let found = self.journal_service().search_entries(fitting(request)?).await?.into_inner();
        let items = found.hits.into_iter().map(hit_from_pb).collect::<Result<_, _>>()?;
        Ok(Page {
            items,
            next: some(found.next_page),
            total: found.total,
            near_tags: found.near_tags,
            near_exercises: found.near_exercises,
            near_feelings: found.near_feelings,
        })
    }

    /// Counts the tags of the entries that are not in the trash, the most used first.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn tags(&self) -> Result<Vec<TagCount>, ApiError> {
        let answer = self.journal_service().list_tags(pb::ListTagsRequest {}).await?.into_inner();
        answer.tags.iter().map(tag_count_from_pb).collect()
    }

    /// Counts the feelings that entries which are not in the trash name, the most named first.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn feelings(&self) -> Result<Vec<FeelingCount>, ApiError> {
        let answer = self.journal_service().list_feelings(pb::ListFeelingsRequest {}).await?.into_inner();
        Ok(answer.feelings.into_iter().map(feeling_count_from_pb).collect())
    }

    /// Names the days that have entries which are not in the trash, in order: those from `after` on, before `before`.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn days(&self, after: Option<Date>, before: Option<Date>) -> Result<Vec<Date>, ApiError> {
        let request = pb::ListDaysRequest { after: text(after), before: text(before) };
        let answer = self.journal_service().list_days(request).await?.into_inner();
        answer.days.iter().map(|day| read(day, "day")).collect()
    }

    /// Reads the versions of an entry, newest first.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn history(&self, id: &str) -> Result<Vec<EntryVersion>, ApiError> {
        let answer =
            self.journal_service().list_history(pb::ListHistoryRequest { id: id.to_owned() }).await?;
        Ok(answer.into_inner().versions.into_iter().map(version_from_pb).collect())
    }

    /// Says in which words a version of an entry differs from another; from an empty page without one. Without a version it's
    /// the present one that is compared.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn compare(
        &self,
        id: &str,
        base: Option<&str>,
        version: Option<&str>,
    ) -> Result<Vec<Part>, ApiError> {
        let request = pb::CompareVersionsRequest {
            id: id.to_owned(),
            base_version: base.unwrap_or_default().to_owned(),
            version: version.unwrap_or_default().to_owned(),
        };
        let answer = self.journal_service().compare_versions(request).await?.into_inner();
        answer.parts.into_iter().map(part_from_pb).collect()
    }

    /// Makes an entry read as it did at a version. The versions between stay.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn restore(&self, id: &str, version: &str) -> Result<Written, ApiError> {
        let request = pb::RestoreVersionRequest { id: id.to_owned(), version: version.to_owned() };
        let restored = self.journal_service().restore_version(request).await?.into_inner();
        Ok(Written {
            id: read(&restored.id, "id")?,
            version: restored.version,
            complete: true,
            unchanged: false,
        })
    }

    /// Chooses between edits that met in an entry, on all devices.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`; `TOO_LARGE` if both together are too long.
    pub async fn settle(&self, id: &str, keep: Keep<'_>) -> Result<Settled, ApiError> {
        let keep = match keep {
            Keep::Version(version) => pb::settle_entry_request::Keep::Version(version.to_owned()),
            Keep::Both => pb::settle_entry_request::Keep::Both(true),
        };
        let request = pb::SettleEntryRequest { id: id.to_owned(), keep: Some(keep) };
        let settled = self.journal_service().settle_entry(request).await?.into_inner();
        Ok(Settled { id: read(&settled.id, "id")?, version: settled.version, trashed: settled.trashed })
    }

    /// Puts an entry into the trash and returns its id.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn trash(&self, id: &str) -> Result<haven_core::id::EntryId, ApiError> {
        id!(self.journal_service().trash_entry(pb::TrashEntryRequest { id: id.to_owned() }).await?)
    }

    /// Takes an entry out of the trash and returns its id.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn untrash(&self, id: &str) -> Result<haven_core::id::EntryId, ApiError> {
        id!(self.journal_service().untrash_entry(pb::UntrashEntryRequest { id: id.to_owned() }).await?)
    }

    /// Reads everything that is not in the trash, by time, then id.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn export(&self, format: ExportFormat) -> Result<Export, ApiError> {
        let (format, history) = match format {
            ExportFormat::Jsonl => (pb::ExportFormat::Jsonl, false),
            ExportFormat::Markdown { history } => (pb::ExportFormat::Markdown, history),
        };
        let request = pb::ExportEntriesRequest { format: format.into(), history };
        Ok(Watch::new(self.journal_service().export_entries(request).await?))
    }
}
