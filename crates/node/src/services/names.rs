//! What people call things on the way in: ids, beginnings of ids, names.

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_core::id::{EntryId, IdPrefix, PersonId};
use haven_engine::version::Version;
use haven_engine::view::{DeviceShown, Filter, LAST, PrefixFault, View};
use haven_feed::ids::FeedId;

use crate::limits::DEVICE_NAME_CHARS_MAX;

/// The one entry that an id or the beginning of one names, or [`LAST`]: the first of a list.
pub(super) fn entry(view: &View, text: &str) -> Result<EntryId, ApiError> {
    if text != LAST {
        return by_id(view, text);
    }
    let newest = view.list(&Filter::default()).next().map(|row| row.entry.id);
    newest.ok_or_else(|| {
        ApiError::new(Reason::NotFound, "no such entry")
            .because("the journal has no entries yet")
            .with_next("Write something first.")
            .at_terminal("Write one with `haven add`.")
    })
}

/// The same for an entry that is to come out of the trash: [`LAST`] is the one that was put there last.
pub(super) fn trashed_entry(view: &View, text: &str) -> Result<EntryId, ApiError> {
    if text != LAST {
        return by_id(view, text);
    }
    let trash = Filter { trashed: true, ..Filter::default() };
    let newest = view.list(&trash).max_by_key(|row| (row.entry.trashed, row.entry.id));
    newest.map(|row| row.entry.id).ok_or_else(|| {
        ApiError::new(Reason::NotFound, "no such entry")
            .because("the trash is empty")
            .with_next("Look for it in the journal.")
            .at_terminal("Look for it with `haven list` or `haven search`.")
    })
}

fn by_id(view: &View, text: &str) -> Result<EntryId, ApiError> {
    let prefix: IdPrefix = text.parse().map_err(|error: haven_core::id::IdError| {
        ApiError::invalid("no entry was named", error)
            .with_next("Choose it from the list of entries.")
            .at_terminal("`haven list` shows the ids.")
    })?;
    view.find(&prefix).map_err(|fault| match fault {
        PrefixFault::NotFound => ApiError::new(Reason::NotFound, "no such entry").because(fault.to_string()),
        PrefixFault::Ambiguous => {
            let ids = view.rows().map(|row| row.entry.id).filter(|id| prefix.matches(id));
            ApiError::new(Reason::AmbiguousId, "it isn't clear which entry is meant")
                .because(fault.to_string())
                .with_candidates(ids.map(|id| id.to_string()))
        }
    })
}

/// Tells the name that somebody has now.
pub(super) fn name_of(view: &View) -> impl Fn(PersonId) -> Option<String> + '_ {
    |id| view.person(id).map(|person| person.name.to_string())
}

/// A whole version; none for an empty text.
pub(super) fn version(text: &str) -> Result<Option<Version>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    let version = text.parse().map_err(|fault: haven_engine::version::VersionMalformed| no_version(fault))?;
    Ok(Some(version))
}

/// Says that no version was named, and where they are.
pub(super) fn no_version(why: impl std::fmt::Display) -> ApiError {
    versions_shown(ApiError::invalid("no version was named", why))
}

/// Says where a person finds the versions.
fn versions_shown(error: ApiError) -> ApiError {
    error.with_next("Choose one from its history.").at_terminal("`haven history ID` shows the versions.")
}

/// The one version, newest first, that the beginning of one names.
pub(super) fn version_of(versions: &[Version], text: &str) -> Result<Version, ApiError> {
    let wanted = text.to_lowercase();
    let is_sign = |sign: u8| sign.is_ascii_hexdigit() || sign == b'+';
    if wanted.is_empty() || !wanted.bytes().all(is_sign) {
        let why = "the name of a version has the digits 0-9 and a-f only";
        return Err(no_version(why));
    }
    let fitting = || versions.iter().filter(|version| version.to_string().starts_with(&wanted));
    let mut found = fitting();
    match (found.next(), found.next()) {
        (Some(version), None) => Ok(version.clone()),
        (None, _) => Err(versions_shown(
            ApiError::new(Reason::NotFound, "no such version")
                .because("no version of this entry begins like that"),
        )),
        (Some(_), Some(_)) => {
            Err(ApiError::new(Reason::AmbiguousId, "it isn't clear which version is meant")
                .because("several versions begin like that")
                .with_next("Give more letters of the version.")
                .with_candidates(fitting().map(Version::to_string)))
        }
    }
}

/// The one of the versions that met in an entry that a text names, whole or by its beginning.
pub(super) fn side(met: &[Version], text: &str) -> Result<Version, ApiError> {
    let wanted = text.trim().to_lowercase();
    let shown = |error: ApiError| {
        error
            .with_next("Open the entry: it shows the versions that met.")
            .at_terminal("`haven show ID` shows the versions that met.")
    };
    if wanted.is_empty() {
        return Err(shown(ApiError::invalid("nothing was settled", "no version was named")));
    }
    let names: Vec<String> = met.iter().map(Version::to_string).collect();
    let exact = names.iter().position(|name| *name == wanted);
    let mut begin = (0..names.len()).filter(|place| names[*place].starts_with(&wanted));
    match (exact, begin.next(), begin.next()) {
        (Some(place), _, _) | (None, Some(place), None) => Ok(met[place].clone()),
        (None, None, _) => Err(shown(
            ApiError::new(Reason::NotFound, "nothing was settled")
                .because("this version isn't one of those to choose from in this entry"),
        )),
        (None, Some(_), Some(_)) => Err(ApiError::new(Reason::AmbiguousId, "nothing was settled")
            .because("several versions begin like that")
            .with_candidates(names.into_iter().filter(|name| name.starts_with(&wanted)))),
    }
}

/// The one device that an id or the beginning of one names.
pub(super) fn feed(devices: &[DeviceShown], text: &str) -> Result<FeedId, ApiError> {
    let wanted = text.trim();
    if wanted.is_empty() {
        return Err(ApiError::invalid("no device was named", "neither an id nor a name was given")
            .with_next("Choose one from the list of devices.")
            .at_terminal("`haven device list` shows the ids and names."));
    }
    let id = wanted.to_lowercase();
    let has_id = |shown: &&DeviceShown| shown.id.starts_with(&id);
    let has_name = |shown: &&DeviceShown| shown.name == wanted;
    // A name that is spelt like the beginning of an id is the rarer thing.
    let by_id: Vec<_> = devices.iter().filter(has_id).collect();
    let found = if by_id.is_empty() { devices.iter().filter(has_name).collect() } else { by_id };
    match found.as_slice() {
        [shown] => Ok(shown.feed),
        [] => Err(ApiError::new(Reason::NotFound, "no such device")
            .because("no device has this id or name")
            .with_next("Choose one from the list of devices.")
            .at_terminal("`haven device list` shows the ids and names.")),
        several => Err(ApiError::new(Reason::AmbiguousId, "it isn't clear which device is meant")
            .because("several devices have this name, or ids that begin like that")
            .with_candidates(several.iter().map(|shown| shown.id.clone()))),
    }
}

/// The name of a device as it is kept.
pub(super) fn device(text: &str) -> Result<&str, ApiError> {
    let name = text.trim();
    let fits =
        (1..=DEVICE_NAME_CHARS_MAX).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        return Ok(name);
    }
    let why = format!("a device's name has 1 to {DEVICE_NAME_CHARS_MAX} characters in one line");
    Err(ApiError::invalid("the device's name can't be used", why)
        .with_next("Give a short name, such as Laptop."))
}
