//! What a document's maps hold, now or as they stood at some of its changes, with no reading over it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use automerge::{ActorId, Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use haven_core::answers::ExerciseId;
use haven_core::entry::EntryKind;
use haven_core::time::CivilTime;

use super::{DocumentFault, Fields, SHAPE, roots};

/// A document at one point of its history.
pub(super) struct Look<'a> {
    doc: &'a Automerge,
    /// `None` = now.
    heads: Option<&'a [ChangeHash]>,
    /// The creations whose values are left out.
    behind: BTreeSet<ActorId>,
}

impl<'a> Look<'a> {
    pub(super) fn at(doc: &'a Automerge, heads: Option<&'a [ChangeHash]>) -> Self {
        Self { doc, heads, behind: roots::behind(doc, heads) }
    }

    /// Everything it says. Where edits met this is the library's choice, and a text its mixture of both.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(super) fn fields(&self) -> Result<Fields, DocumentFault> {
        if self.scalar(&ROOT, "v").and_then(|value| value.as_u64()) != Some(SHAPE) {
            return Err(DocumentFault::Damaged);
        }
        let mut fields = Fields {
            kind: self.kind().ok_or(DocumentFault::Damaged)?,
            at: self.at_time().ok_or(DocumentFault::Damaged)?,
            created: self.integer("created").unwrap_or_default(),
            import: self.import(),
            trashed: self.integer("trashed"),
            ..Fields::default()
        };
        for (name, into) in [("texts", &mut fields.texts), ("answers", &mut fields.answers)] {
            let Some(map) = self.object(name) else { continue };
            into.extend(
                self.keys(&map).into_iter().filter_map(|key| Some((key.clone(), self.string(&map, &key)?))),
            );
        }
        for (name, into) in [("tags", &mut fields.tags), ("people", &mut fields.people)] {
            into.extend(self.object(name).into_iter().flat_map(|map| self.keys(&map)));
            for (added, removed) in roots::moved(self.doc, name, self.heads, &self.behind) {
                into.retain(|key| !removed.contains(key));
                into.extend(added);
            }
        }
        fields.exercise = self.exercise();
        Ok(fields)
    }

    /// What kind it is. Of a document that was created more than once an entry stays one: whoever creates it again as something else
    /// hides nobody's words.
    fn kind(&self) -> Option<String> {
        let stands = self.string(&ROOT, "kind")?;
        let is_entry = |kind: &String| kind.parse::<EntryKind>().is_ok();
        if self.behind.is_empty() || is_entry(&stands) {
            return Some(stands);
        }
        let mut all = roots::all(self.doc, "kind", self.heads);
        all.sort_by_key(|(_, id)| Reverse(roots::actor_of(id).cloned()));
        let mut kinds = all.iter().filter_map(|(kind, _)| kind.as_str().map(str::to_owned));
        kinds.find(is_entry).or(Some(stands))
    }

    /// What it was made with, as its creation says: nobody changes that, and what cannot be one must not hide the words. Of a document
    /// that was created more than once, what nobody can read is none.
    fn exercise(&self) -> Option<(String, u64)> {
        let map = self.object("exercise")?;
        let created = [self.doc.hash_for_opid(&map)?];
        let then = Look::at(self.doc, Some(&created));
        let made_with = (then.string(&map, "id")?, then.scalar(&map, "version")?.as_u64()?);
        let is_one = made_with.0.parse::<ExerciseId>().is_ok() && u32::try_from(made_with.1).is_ok();
        (self.behind.is_empty() || is_one).then_some(made_with)
    }

    /// Whether all that a creation makes is there, and is what it has to be.
    pub(super) fn is_whole(&self) -> bool {
        let maps = ["texts", "tags", "people", "answers"];
        self.fields().is_ok() && maps.iter().all(|map| self.object(map).is_some())
    }

    /// The time that it is about. Whoever takes it away, or puts something in its place that is no time, does no more than that: what
    /// it said when it was created stands. Without a time an entry would be in no list.
    pub(super) fn at_time(&self) -> Option<String> {
        let is_time = |at: &String| at.parse::<CivilTime>().is_ok();
        self.string(&ROOT, "at").filter(is_time).or_else(|| {
            let mut all = roots::all(self.doc, "v", self.heads);
            all.sort_by_key(|(_, id)| Reverse(roots::actor_of(id).cloned()));
            let created = all.iter().filter_map(|(_, version)| {
                Look::at(self.doc, Some(&[self.doc.hash_for_opid(version)?])).string(&ROOT, "at")
            });
            let created: Vec<String> = created.collect();
            created.iter().find(|at| is_time(at)).or(created.first()).cloned()
        })
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.string(&self.object("texts")?, name)
    }

    pub(super) fn answer(&self, name: &str) -> Option<String> {
        self.string(&self.object("answers")?, name)
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        self.scalar(&ROOT, key).and_then(|value| value.as_i64())
    }

    fn import(&self) -> Option<[u8; 32]> {
        match self.scalar(&ROOT, "import")? {
            ScalarValue::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }

    fn object(&self, key: &str) -> Option<ObjId> {
        match self.get(&ROOT, key) {
            Some((Value::Object(ObjType::Map), id)) => Some(id),
            _ => None,
        }
    }

    fn scalar(&self, map: &ObjId, key: &str) -> Option<ScalarValue> {
        match self.get(map, key) {
            Some((Value::Scalar(value), _)) => Some(value.into_owned()),
            _ => None,
        }
    }

    /// A string, whether still plain or already a `Text`.
    fn string(&self, map: &ObjId, key: &str) -> Option<String> {
        match self.get(map, key)? {
            (Value::Object(ObjType::Text), id) => match self.heads {
                Some(heads) => self.doc.text_at(&id, heads).ok(),
                None => self.doc.text(&id).ok(),
            },
            (Value::Scalar(value), _) => value.as_str().map(str::to_owned),
            _ => None,
        }
    }

    fn get(&self, map: &ObjId, key: &str) -> Option<(Value<'a>, ObjId)> {
        if *map == ROOT {
            return roots::value(self.doc, key, self.heads, &self.behind);
        }
        match self.heads {
            Some(heads) => self.doc.get_at(map, key, heads),
            None => self.doc.get(map, key),
        }
        .ok()
        .flatten()
    }

    fn keys(&self, map: &ObjId) -> Vec<String> {
        match self.heads {
            Some(heads) => self.doc.keys_at(map, heads).collect(),
            None => self.doc.keys(map).collect(),
        }
    }
}
