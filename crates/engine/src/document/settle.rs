//! Choosing between edits that met: what has to be written so that an entry says what was chosen.

use std::collections::BTreeSet;

use haven_core::limits::TITLE_CHARS_MAX;
use haven_core::meeting::both;

use super::edit::FieldsEdit;
use super::graph::Field;
use super::reading::{Looked, Said, is_long, look};
use super::sides::{Part, takes_away};
use super::weave::Weaver;
use super::{Document, DocumentFault, Fields};
use crate::version::Version;

/// Stands between two titles that are both kept.
const TITLES_APART: &str = " / ";

impl Document {
    /// What keeps one side in every field in which it met others; `None` if it is none of the sides.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(crate) fn keep_side(&self, version: &Version) -> Result<Option<FieldsEdit>, DocumentFault> {
        let looked = look(&self.0, None)?;
        let side = looked.sides.iter().find(|side| side.shown(&looked.graph).version == *version);
        Ok(side.map(|side| {
            let mut edit = FieldsEdit::default();
            side.parts.iter().for_each(|part| choose(&mut edit, &part.field, part.said.clone()));
            edit
        }))
    }

    /// What keeps both of what met: of a text both versions of the sentences that clash, of titles both, of everything else
    /// what is shown, and the entry if one of them trashed it. `None` if nothing met.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(crate) fn keep_both(&self) -> Result<Option<FieldsEdit>, DocumentFault> {
        let looked = look(&self.0, None)?;
        let parts: Vec<&Part> = looked.sides.iter().flat_map(|side| &side.parts).collect();
        let mut edit = FieldsEdit::default();
        for field in parts.iter().map(|part| &part.field).collect::<BTreeSet<_>>() {
            let parts: Vec<&Part> = parts.iter().copied().filter(|part| part.field == *field).collect();
            let said = match field {
                Field::Trashed => Said::Trashed(None),
                field if is_long(field) => self.long(&looked, field, &parts),
                Field::Text(_) => titles(&parts),
                _ => parts[0].said.clone(),
            };
            choose(&mut edit, field, said);
        }
        Ok((!parts.is_empty()).then_some(edit))
    }

    /// The fields in which each side differs from others, and whether it only takes something away there; in the order of the
    /// sides.
    ///
    /// # Errors
    /// Its shape is not ours.
    pub(crate) fn met_parts(&self) -> Result<Vec<Vec<(Field, bool)>>, DocumentFault> {
        let looked = look(&self.0, None)?;
        let mut weaver = Weaver::new(&self.0, &looked.graph);
        let mut told = |part: &Part| (part.field.clone(), takes_away(&mut weaver, part, &looked.sides));
        Ok(looked.sides.iter().map(|side| side.parts.iter().map(&mut told).collect()).collect())
    }

    /// What makes the document say what it said at a version. Where edits met, that is a choice too.
    ///
    /// # Errors
    /// There is no such version, or its shape is not ours.
    pub(crate) fn restoring(&self, then: &Fields) -> Result<FieldsEdit, DocumentFault> {
        let looked = look(&self.0, None)?;
        let mut edit = FieldsEdit::between(&looked.fields, then);
        for part in looked.sides.iter().flat_map(|side| &side.parts) {
            if part.field != Field::Trashed {
                choose(&mut edit, &part.field, Said::of(&part.field, then));
            }
        }
        Ok(edit)
    }

    fn long(&self, looked: &Looked, field: &Field, parts: &[&Part]) -> Said {
        let mut weaver = Weaver::new(&self.0, &looked.graph);
        let heads: Vec<&[usize]> = parts.iter().map(|part| part.heads.as_slice()).collect();
        // Without one text that they have in common everything of both is kept.
        let base = weaver.common(field, &heads).unwrap_or_else(|| "".into());
        let words = |part: &Part| match &part.said {
            Said::Word(Some(text)) => text.clone(),
            _ => String::new(),
        };
        let texts = parts.iter().map(|part| words(part));
        Said::Word(texts.reduce(|kept, text| both(&base, &kept, &text)))
    }
}

/// All titles beside each other, if that is still one; else the one that is shown.
fn titles(parts: &[&Part]) -> Said {
    let words = parts.iter().filter_map(|part| match &part.said {
        Said::Word(Some(title)) if !title.is_empty() => Some(title.as_str()),
        _ => None,
    });
    let all = words.collect::<Vec<_>>().join(TITLES_APART);
    if all.chars().count() > TITLE_CHARS_MAX { parts[0].said.clone() } else { Said::Word(Some(all)) }
}

pub(super) fn choose(edit: &mut FieldsEdit, field: &Field, said: Said) {
    match (field, said) {
        (Field::Text(name), Said::Word(Some(text))) => drop(edit.texts.insert(name.clone(), text)),
        (Field::Answer(name), Said::Word(answer)) => drop(edit.answers.insert(name.clone(), answer)),
        (Field::At, Said::Word(at)) => edit.at = at,
        (Field::Trashed, Said::Trashed(trashed)) => edit.trashed = Some(trashed),
        _ => return,
    }
    edit.settles.insert(field.clone());
}
