//! A document's first change: written from its fields, and its fields read from it, with no document opened. Import and
//! first sync are made of these; a document costs ten times as much as its change.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType, SortedVec};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};

use super::{Author, Fields, SHAPE};

/// A document's first change.
pub(crate) struct Created {
    /// The change as it travels: uncompressed, since the record is compressed as a whole.
    pub(crate) change: Vec<u8>,
    /// Its hash, the document's first version.
    pub(crate) hash: [u8; 32],
}

/// Makes a document's creation change. The same fields, actor and time give the same bytes.
pub(crate) fn create(fields: &Fields, author: Author) -> Created {
    create_by(fields, &ActorId::from(&author.actor), author.now_ms.div_euclid(1000))
}

/// The same for any actor, at a time in seconds.
pub(super) fn create_by(fields: &Fields, actor: &ActorId, seconds: i64) -> Created {
    let change = Change::from(ExpandedChange {
        operations: operations(fields, actor),
        actor_id: actor.clone(),
        hash: None,
        seq: 1,
        start_op: NonZeroU64::MIN,
        time: seconds,
        message: None,
        deps: Vec::new(),
        extra_bytes: Vec::new(),
        author: None,
    });
    Created { hash: change.hash().0, change: change.raw_bytes().to_vec() }
}

fn operations(fields: &Fields, actor: &ActorId) -> Vec<Op> {
    let mut made = Operations { actor: actor.clone(), operations: Vec::with_capacity(16) };
    made.put(&ObjectId::Root, "v", SHAPE);
    made.put(&ObjectId::Root, "kind", fields.kind.as_str());
    made.put(&ObjectId::Root, "at", fields.at.as_str());
    made.put(&ObjectId::Root, "created", fields.created);
    let texts = made.map("texts");
    fields.texts.iter().for_each(|(name, text)| made.put(&texts, name, text.as_str()));
    let tags = made.map("tags");
    fields.tags.iter().for_each(|tag| made.put(&tags, tag, true));
    let people = made.map("people");
    fields.people.iter().for_each(|person| made.put(&people, person, true));
    let answers = made.map("answers");
    fields.answers.iter().for_each(|(field, answer)| made.put(&answers, field, answer.as_str()));
    if let Some((id, version)) = &fields.exercise {
        let exercise = made.map("exercise");
        made.put(&exercise, "id", id.as_str());
        made.put(&exercise, "version", *version);
    }
    if let Some(identity) = &fields.import {
        made.put(&ObjectId::Root, "import", ScalarValue::Bytes(identity.to_vec()));
    }
    if let Some(trashed) = fields.trashed {
        made.put(&ObjectId::Root, "trashed", trashed);
    }
    made.operations
}

/// Operations in the order in which they are numbered.
struct Operations {
    actor: ActorId,
    operations: Vec<Op>,
}

impl Operations {
    fn put(&mut self, object: &ObjectId, key: &str, value: impl Into<ScalarValue>) {
        self.push(object, key, OpType::Put(value.into()));
    }

    fn map(&mut self, key: &str) -> ObjectId {
        self.push(&ObjectId::Root, key, OpType::Make(ObjType::Map));
        ObjectId::Id(OpId::new(self.operations.len() as u64, &self.actor))
    }

    fn push(&mut self, object: &ObjectId, key: &str, action: OpType) {
        self.operations.push(Op {
            action,
            obj: object.clone(),
            key: Key::Map(key.into()),
            pred: SortedVec::new(),
            insert: false,
        });
    }
}

/// What a creation change says, read off its operations. It is right for a change that [`create`] made and may be
/// nonsense for any other: whoever asks makes the change again and compares.
pub(super) fn claimed(change: &Change) -> Fields {
    let operations = change.decode().operations;
    let mut fields = Fields::default();
    let mut exercise = (String::new(), 0);
    for op in &operations {
        let (Key::Map(key), OpType::Put(value)) = (&op.key, &op.action) else { continue };
        let key = key.as_str();
        match (map_of(&operations, &op.obj), value) {
            ("", ScalarValue::Str(text)) if key == "kind" => fields.kind = text.to_string(),
            ("", ScalarValue::Str(text)) if key == "at" => fields.at = text.to_string(),
            ("", ScalarValue::Int(ms)) if key == "created" => fields.created = *ms,
            ("", ScalarValue::Int(ms)) if key == "trashed" => fields.trashed = Some(*ms),
            ("", ScalarValue::Bytes(identity)) if key == "import" => {
                fields.import = identity.as_slice().try_into().ok();
            }
            ("texts", ScalarValue::Str(text)) => drop(fields.texts.insert(key.into(), text.to_string())),
            ("answers", ScalarValue::Str(answer)) => {
                fields.answers.insert(key.into(), answer.to_string());
            }
            ("tags", _) => drop(fields.tags.insert(key.into())),
            ("people", _) => drop(fields.people.insert(key.into())),
            ("exercise", ScalarValue::Str(id)) if key == "id" => exercise.0 = id.to_string(),
            ("exercise", ScalarValue::Uint(version)) if key == "version" => exercise.1 = *version,
            _ => {}
        }
    }
    fields.exercise = (!exercise.0.is_empty()).then_some(exercise);
    fields
}

/// The key under which a map stands in the root; empty for the root itself.
fn map_of<'a>(operations: &'a [Op], object: &ObjectId) -> &'a str {
    let ObjectId::Id(id) = object else { return "" };
    let made = usize::try_from(id.counter().saturating_sub(1)).ok().and_then(|at| operations.get(at));
    match made.map(|op| &op.key) {
        Some(Key::Map(key)) => key,
        _ => "?",
    }
}
