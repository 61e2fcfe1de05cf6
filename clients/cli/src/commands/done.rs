//! What is said of what was done: a word and a short id at a terminal, the whole id and nothing else to a script.

use crate::cx::Cx;
use crate::fault::Fault;
use crate::limits::ID_SHOWN;
use crate::shapes::Id;
use crate::text::Style;

/// What was written is there.
pub(super) const KEPT: &str = "Kept.";

/// What was asked for was so before.
pub(super) const AS_IT_WAS: &str = "As it was.";

/// Prints the id of what was written.
pub(super) fn tell(cx: &Cx, id: &str) -> Result<(), Fault> {
    tell_done(cx, KEPT, id)
}

/// Prints the id of what something was done with. Whoever reads at a terminal is told that it was done, and needs no more of the id
/// than commands take; a script gets the whole id and nothing else.
pub(super) fn tell_done(cx: &Cx, done: &str, id: &str) -> Result<(), Fault> {
    cx.tell(&Id { id: id.to_owned() }, |style| done_in_words(done, id, style))
}

/// The same in words.
pub(super) fn done_in_words(done: &str, id: &str, style: Style) -> String {
    if !style.terminal {
        return id.to_owned();
    }
    format!("{done}  {}\n", style.faint(id.get(..ID_SHOWN).unwrap_or(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_hears_that_it_was_kept_and_a_pipe_gets_the_whole_id() {
        let id = "0114b38c0114b38c0114b38c0114b38c";
        let style = |terminal| Style { colors: false, terminal, columns: None };
        assert_eq!(done_in_words(KEPT, id, style(true)), "Kept.  0114b38c\n");
        assert_eq!(done_in_words(KEPT, id, style(false)), id);
    }
}
