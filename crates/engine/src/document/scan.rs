//! How large a foreign change becomes, read off its bytes before anything expands them.
//!
//! A change's columns are run-length coded: 19.6 KB can stand for 1.8 GB of operations. This reads the lengths of the
//! runs only, in one pass and without allocating. Source: the automerge binary document format, "change chunk".

use thiserror::Error;

use crate::limits;

/// A change that is not even looked at by the library.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum ScanFault {
    /// Not a plain change chunk: compressed, a document, a bundle, or cut short.
    #[error("not a plain change")]
    Malformed,
    /// It would expand beyond what an entry can hold.
    #[error("too many operations, actors, dependencies or bytes")]
    TooLarge,
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The chunk type of an uncompressed change. Compressed ones (2) are never made by us and hide their size.
const PLAIN_CHANGE: u8 = 1;
const HASH_BYTES: u64 = 32;

/// What a change holds at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Operations of any kind.
    pub(super) operations: u64,
    /// Those that put something under a key of a map. Whatever is put stays in memory, value by value.
    pub(super) named: u64,
    /// Those that insert, as a letter into a text.
    pub(super) inserted: u64,
}

impl Size {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            operations: self.operations.saturating_add(other.operations),
            named: self.named.saturating_add(other.named),
            inserted: self.inserted.saturating_add(other.inserted),
        }
    }
}

/// Checks one change and gives what it holds at most.
///
/// # Errors
/// It is not a plain change, or too large.
pub(super) fn size(bytes: &[u8]) -> Result<Size, ScanFault> {
    let mut cursor = Cursor(bytes);
    if cursor.take(4)? != MAGIC {
        return Err(ScanFault::Malformed);
    }
    cursor.take(4)?;
    if cursor.take(1)? != [PLAIN_CHANGE] || cursor.uleb()? != cursor.0.len() as u64 {
        return Err(ScanFault::Malformed);
    }
    let dependencies = cursor.uleb()?;
    bounded(dependencies, limits::CHANGE_DEPENDENCIES_MAX)?;
    cursor.take(dependencies * HASH_BYTES)?;
    cursor.actor()?;
    cursor.uleb()?;
    cursor.uleb()?;
    cursor.leb()?;
    let message = cursor.uleb()?;
    bounded(message, 0)?;
    let actors = cursor.uleb()?;
    bounded(actors, limits::CHANGE_ACTORS_MAX)?;
    for _ in 0..actors {
        cursor.actor()?;
    }
    columns(&mut cursor)
}

fn bounded(value: u64, max: u64) -> Result<(), ScanFault> {
    if value > max { Err(ScanFault::TooLarge) } else { Ok(()) }
}

/// The column that says which operations insert.
const INSERT: u64 = 0x34;

fn columns(cursor: &mut Cursor<'_>) -> Result<Size, ScanFault> {
    let count = cursor.uleb()?;
    bounded(count, limits::CHANGE_COLUMNS_MAX)?;
    let mut layout = Vec::with_capacity(16);
    for _ in 0..count {
        layout.push((cursor.uleb()?, cursor.uleb()?));
    }
    let mut size = Size::default();
    for (spec, length) in layout {
        let column = Column::of(spec)?;
        let runs = column.read(&mut Cursor(cursor.take(length)?))?;
        bounded(runs.rows, limits::CHANGE_OPERATIONS_MAX)?;
        size.operations = size.operations.max(runs.rows);
        match column {
            // Only keys of maps are strings; marks are too, and none of ours.
            Column::Strings => size.named = size.named.saturating_add(runs.said),
            Column::Booleans if spec == INSERT => size.inserted = size.inserted.saturating_add(runs.said),
            _ => {}
        }
    }
    if cursor.0.is_empty() { Ok(size) } else { Err(ScanFault::Malformed) }
}

/// How a column is coded; the low three bits of its specification, the fourth says "deflated".
enum Column {
    /// Run-length coded counts of a group; each count expands to that many rows of the group's columns.
    Group,
    Integers,
    Deltas,
    Booleans,
    Strings,
    Raw,
}

impl Column {
    fn of(spec: u64) -> Result<Self, ScanFault> {
        match spec & 0b1111 {
            0 => Ok(Self::Group),
            1 | 2 | 6 => Ok(Self::Integers),
            3 => Ok(Self::Deltas),
            4 => Ok(Self::Booleans),
            5 => Ok(Self::Strings),
            7 => Ok(Self::Raw),
            _ => Err(ScanFault::Malformed),
        }
    }

    fn read(&self, data: &mut Cursor<'_>) -> Result<Runs, ScanFault> {
        match self {
            Self::Raw => Ok(Runs::default()),
            Self::Booleans => booleans(data),
            Self::Group => {
                runs(data, |data| data.uleb()).map(|runs| Runs { rows: runs.rows.max(runs.weight), ..runs })
            }
            Self::Integers => runs(data, |data| data.uleb().map(|_| 0)),
            Self::Deltas => runs(data, |data| data.leb().map(|()| 0)),
            Self::Strings => strings(data),
        }
    }
}

/// The rows of a column, those of them that say something, and the sum of what their values weigh.
#[derive(Default)]
struct Runs {
    rows: u64,
    said: u64,
    weight: u64,
}

fn runs(
    data: &mut Cursor<'_>,
    mut value: impl FnMut(&mut Cursor<'_>) -> Result<u64, ScanFault>,
) -> Result<Runs, ScanFault> {
    let mut runs = Runs::default();
    while !data.0.is_empty() {
        let length = data.leb_value()?;
        let (count, said, weight) = match length {
            0 => (data.uleb()?, 0, 0),
            1.. => {
                let count = length.unsigned_abs();
                (count, count, value(data)?.saturating_mul(count))
            }
            _ => {
                let mut weight = 0_u64;
                bounded(length.unsigned_abs(), limits::CHANGE_OPERATIONS_MAX)?;
                for _ in 0..length.unsigned_abs() {
                    weight = weight.saturating_add(value(data)?);
                }
                (length.unsigned_abs(), length.unsigned_abs(), weight)
            }
        };
        runs.rows = runs.rows.saturating_add(count);
        runs.said = runs.said.saturating_add(said);
        runs.weight = runs.weight.saturating_add(weight);
        bounded(runs.rows, limits::CHANGE_OPERATIONS_MAX)?;
    }
    Ok(runs)
}

fn strings(data: &mut Cursor<'_>) -> Result<Runs, ScanFault> {
    let runs = runs(data, |data| {
        let length = data.uleb()?;
        data.take(length)?;
        Ok(length)
    })?;
    bounded(runs.weight, limits::CHANGE_KEY_BYTES_MAX)?;
    Ok(runs)
}

/// How often false and true in turn.
fn booleans(data: &mut Cursor<'_>) -> Result<Runs, ScanFault> {
    let (mut runs, mut is_true) = (Runs::default(), false);
    while !data.0.is_empty() {
        let count = data.uleb()?;
        runs.rows = runs.rows.saturating_add(count);
        if is_true {
            runs.said = runs.said.saturating_add(count);
        }
        is_true = !is_true;
    }
    Ok(runs)
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: u64) -> Result<&'a [u8], ScanFault> {
        let length = usize::try_from(length).map_err(|_| ScanFault::Malformed)?;
        let (head, rest) = self.0.split_at_checked(length).ok_or(ScanFault::Malformed)?;
        self.0 = rest;
        Ok(head)
    }

    fn actor(&mut self) -> Result<(), ScanFault> {
        let length = self.uleb()?;
        bounded(length, limits::ACTOR_BYTES_MAX)?;
        self.take(length).map(|_| ())
    }

    fn uleb(&mut self) -> Result<u64, ScanFault> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ScanFault::Malformed)
    }

    fn leb(&mut self) -> Result<(), ScanFault> {
        self.leb_value().map(|_| ())
    }

    fn leb_value(&mut self) -> Result<i64, ScanFault> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0 && shift + 7 < 64;
                return Ok(if negative { value | (-1_i64 << (shift + 7)) } else { value });
            }
        }
        Err(ScanFault::Malformed)
    }
}
