//! Automerge change chunks written column by column, also such as the library never writes.
//!
//! ```text
//! chunk  = 85 6f 4a 83 | checksum 4 | type 1 | length | body           checksum = SHA-256(type | length | body)[..4]
//! body   = dependencies (count, hash 32 …) | actor | seq | first op | time | message | other actors | columns | more
//! columns = count | (specification | length) … | their bytes           specification = id << 4 | deflated << 3 | type
//! ```
//! Numbers are LEB128. Source: the automerge binary document format, "change chunk".

use ring::digest::{SHA256, digest};

/// A change in the making.
#[derive(Clone)]
pub struct Change {
    /// The hashes of the changes that it builds on.
    pub deps: Vec<[u8; 32]>,
    /// Its author; also actor 0 of its operations.
    pub actor: Vec<u8>,
    /// Its number among its author's.
    pub seq: u64,
    /// The counter of its first operation.
    pub start: u64,
    /// In seconds.
    pub time: i64,
    /// Ours have none.
    pub message: Vec<u8>,
    /// Actors 1, 2 … of its operations.
    pub others: Vec<Vec<u8>>,
    /// Its columns, each with its specification.
    pub columns: Vec<(u64, Vec<u8>)>,
    /// What follows the columns.
    pub more: Vec<u8>,
}

/// One operation.
#[derive(Clone, Default)]
pub struct Op {
    /// The object, as actor and counter; none is the root.
    pub object: Option<(u64, u64)>,
    /// What of it.
    pub key: Key,
    /// Whether it inserts into a sequence.
    pub insert: bool,
    /// What it does: see [`action`].
    pub action: u64,
    /// Its value.
    pub value: Value,
    /// The operations that it replaces, as actor and counter.
    pub replaces: Vec<(u64, u64)>,
}

/// What of an object an operation is about.
#[derive(Clone)]
pub enum Key {
    /// A key of a map.
    Name(String),
    /// The element of a sequence that this operation inserted, as actor and counter; counter 0 is its beginning.
    Element(u64, u64),
}

impl Default for Key {
    fn default() -> Self {
        Self::Name(String::new())
    }
}

/// A value: its type, and its bytes.
#[derive(Clone, Default)]
pub struct Value(pub u64, pub Vec<u8>);

/// What an operation can do.
pub mod action {
    /// Makes a map.
    pub const MAP: u64 = 0;
    /// Sets a value.
    pub const SET: u64 = 1;
    /// Makes a list.
    pub const LIST: u64 = 2;
    /// Deletes.
    pub const DELETE: u64 = 3;
    /// Makes a text.
    pub const TEXT: u64 = 4;
    /// Adds to a counter.
    pub const ADD: u64 = 5;
    /// Makes a table.
    pub const TABLE: u64 = 6;
    /// Marks a piece of text.
    pub const MARK: u64 = 7;
}

/// The specifications of an operation's columns.
pub mod column {
    /// Which actor made the object.
    pub const OBJECT_ACTOR: u64 = 0x01;
    /// The counter of the operation that made it.
    pub const OBJECT_COUNTER: u64 = 0x02;
    /// Which actor inserted the element.
    pub const KEY_ACTOR: u64 = 0x11;
    /// The counter of the operation that inserted it, as a difference.
    pub const KEY_COUNTER: u64 = 0x13;
    /// The key of a map.
    pub const KEY_NAME: u64 = 0x15;
    /// Whether it inserts.
    pub const INSERT: u64 = 0x34;
    /// What it does.
    pub const ACTION: u64 = 0x42;
    /// The type and length of its value.
    pub const VALUE_KIND: u64 = 0x56;
    /// The bytes of its value.
    pub const VALUE: u64 = 0x57;
    /// How many operations it replaces.
    pub const REPLACES: u64 = 0x70;
    /// By which actors.
    pub const REPLACES_ACTOR: u64 = 0x71;
    /// With which counters, as differences.
    pub const REPLACES_COUNTER: u64 = 0x73;
    /// Says that a column is deflated.
    pub const DEFLATED: u64 = 0x08;
}

/// The types of values.
pub mod kind {
    /// Nothing.
    pub const NULL: u64 = 0;
    /// A whole number that is not negative.
    pub const UNSIGNED: u64 = 3;
    /// A text.
    pub const TEXT: u64 = 6;
    /// Bytes.
    pub const BYTES: u64 = 7;
    /// A counter.
    pub const COUNTER: u64 = 8;
}

impl Change {
    /// A change with nothing in it, on top of others.
    pub fn on(actor: &[u8], deps: &[[u8; 32]], seq: u64, start: u64) -> Self {
        Self {
            deps: deps.to_vec(),
            actor: actor.to_vec(),
            seq,
            start,
            time: 1,
            message: Vec::new(),
            others: Vec::new(),
            columns: Vec::new(),
            more: Vec::new(),
        }
    }

    /// The same with these operations.
    #[must_use]
    pub fn with(mut self, ops: &[Op]) -> Self {
        self.columns = columns(ops);
        self
    }

    /// The same with one operation, repeated: each further one costs nothing.
    #[must_use]
    pub fn repeated(mut self, op: &Op, times: u64) -> Self {
        let once = columns(std::slice::from_ref(op));
        self.columns = once.into_iter().map(|(spec, bytes)| (spec, stretched(spec, &bytes, times))).collect();
        self
    }

    /// Its bytes, with the right checksum.
    pub fn bytes(&self) -> Vec<u8> {
        chunk(1, &self.body())
    }

    /// Its bytes after the head.
    pub fn body(&self) -> Vec<u8> {
        let mut out = uleb(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| out.extend(dep));
        out.extend(named(&self.actor));
        out.extend(uleb(self.seq));
        out.extend(uleb(self.start));
        out.extend(leb(self.time));
        out.extend(named(&self.message));
        out.extend(uleb(self.others.len() as u64));
        self.others.iter().for_each(|actor| out.extend(named(actor)));
        out.extend(uleb(self.columns.len() as u64));
        for (spec, bytes) in &self.columns {
            out.extend(uleb(*spec));
            out.extend(uleb(bytes.len() as u64));
        }
        self.columns.iter().for_each(|(_, bytes)| out.extend(bytes));
        out.extend(&self.more);
        out
    }

    /// Its hash, by which others build on it.
    pub fn hash(&self) -> [u8; 32] {
        hash(1, &self.body())
    }
}

/// The hash of a chunk.
pub fn hash(kind: u8, body: &[u8]) -> [u8; 32] {
    let said = [&[kind][..], &uleb(body.len() as u64), body].concat();
    digest(&SHA256, &said).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// A chunk of a type with this body, and the right checksum.
pub fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let magic = [0x85, 0x6f, 0x4a, 0x83];
    [&magic[..], &hash(kind, body)[..4], &[kind], &uleb(body.len() as u64), body].concat()
}

/// The body of a chunk whose length is as its head says.
pub fn body_of(chunk: &[u8]) -> Option<&[u8]> {
    let after = chunk.get(9..)?;
    let length = after.iter().position(|byte| byte & 0x80 == 0)?;
    after.get(length + 1..)
}

/// The columns of some operations, as the library writes them; those that say nothing are left out.
pub fn columns(ops: &[Op]) -> Vec<(u64, Vec<u8>)> {
    let object = |part: fn(&(u64, u64)) -> u64| ops.iter().map(|op| op.object.as_ref().map(part)).collect();
    let element = |op: &Op| match op.key {
        Key::Element(actor, counter) => Some((actor, counter)),
        Key::Name(_) => None,
    };
    let name = |op: &Op| match &op.key {
        Key::Name(name) => Some(named(name.as_bytes())),
        Key::Element(..) => None,
    };
    let number = |numbers: Vec<Option<u64>>| runs(&numbers.iter().map(|n| n.map(uleb)).collect::<Vec<_>>());
    // The beginning of a sequence has no actor.
    let key_actors =
        ops.iter().map(|op| element(op).filter(|(_, counter)| *counter > 0).map(|(actor, _)| actor));
    let replaced: Vec<(u64, u64)> = ops.iter().flat_map(|op| op.replaces.clone()).collect();
    let all = [
        (column::OBJECT_ACTOR, number(object(|id| id.0))),
        (column::OBJECT_COUNTER, number(object(|id| id.1))),
        (column::KEY_ACTOR, number(key_actors.collect())),
        (
            column::KEY_COUNTER,
            differences(&ops.iter().map(|op| element(op).map(|id| id.1)).collect::<Vec<_>>()),
        ),
        (column::KEY_NAME, runs(&ops.iter().map(name).collect::<Vec<_>>())),
        (column::INSERT, flags(ops.iter().map(|op| op.insert))),
        (column::ACTION, number(ops.iter().map(|op| Some(op.action)).collect())),
        (column::VALUE_KIND, number(ops.iter().map(|op| Some(op.value.meta())).collect())),
        (column::VALUE, ops.iter().flat_map(|op| op.value.1.clone()).collect()),
        (column::REPLACES, number(ops.iter().map(|op| Some(op.replaces.len() as u64)).collect())),
        (column::REPLACES_ACTOR, number(replaced.iter().map(|id| Some(id.0)).collect())),
        (column::REPLACES_COUNTER, differences(&replaced.iter().map(|id| Some(id.1)).collect::<Vec<_>>())),
    ];
    all.into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect()
}

impl Value {
    fn meta(&self) -> u64 {
        (self.1.len() as u64) << 4 | self.0
    }
}

/// A column of one row, as one of many rows that say the same.
fn stretched(spec: u64, one: &[u8], times: u64) -> Vec<u8> {
    match spec & 0b111 {
        4 => [uleb(0), uleb(times)].into_iter().skip(usize::from(one == [1])).flatten().collect(),
        7 => one.repeat(usize::try_from(times).unwrap_or(usize::MAX)),
        // A run of one value is written as a list of one: the value follows the first byte.
        _ => [leb(i64::try_from(times).unwrap_or(i64::MAX)), one[1..].to_vec()].concat(),
    }
}

/// A run-length coded column; empty if every row is null.
pub fn runs(values: &[Option<Vec<u8>>]) -> Vec<u8> {
    if values.iter().all(Option::is_none) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut rest = values;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|value| *value == first).count();
        match first {
            None => out.extend([uleb(0), uleb(same as u64)].concat()),
            Some(value) if same > 1 => out.extend([leb(same as i64), value.clone()].concat()),
            Some(_) => {
                let differ = |at: &usize| rest[*at].is_some() && rest.get(at + 1) != Some(&rest[*at]);
                let length = (0..rest.len()).take_while(differ).count();
                out.extend(leb(-(length as i64)));
                rest[..length].iter().flatten().for_each(|value| out.extend(value));
                rest = &rest[length..];
                continue;
            }
        }
        rest = &rest[same..];
    }
    out
}

/// A column of differences between neighbours.
pub fn differences(values: &[Option<u64>]) -> Vec<u8> {
    let mut last = 0_u64;
    let step = |value: &Option<u64>| {
        value.map(|value| leb(value.wrapping_sub(std::mem::replace(&mut last, value)).cast_signed()))
    };
    let steps: Vec<_> = values.iter().map(step).collect();
    runs(&steps)
}

/// A column of truths: how often each in turn, the first false.
fn flags(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let (mut counts, mut now) = (vec![0_u64], false);
    for value in values {
        if value == now {
            *counts.last_mut().expect("it began with one") += 1;
        } else {
            counts.push(1);
            now = value;
        }
    }
    counts.into_iter().flat_map(uleb).collect()
}

/// Bytes with their length before them.
pub fn named(bytes: &[u8]) -> Vec<u8> {
    [uleb(bytes.len() as u64), bytes.to_vec()].concat()
}

/// An unsigned LEB128 number.
pub fn uleb(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

/// A signed LEB128 number.
pub fn leb(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if (value == 0 && low & 0x40 == 0) || (value == -1 && low & 0x40 != 0) {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}
