//! What to do next: once for every client, and once with commands for somebody at a terminal (docs/decisions/0031).

/// The next step in a table of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Next {
    /// A sentence that fits whatever shows it. It names no command.
    pub(crate) plain: &'static str,
    /// The same with commands of `haven`; empty where the plain one says it at a terminal too.
    pub(crate) terminal: &'static str,
}

/// Says it to every client.
pub(crate) const fn plain(words: &'static str) -> Next {
    Next { plain: words, terminal: "" }
}

impl Next {
    /// Says it with commands to somebody at a terminal.
    pub(crate) const fn at_terminal(self, words: &'static str) -> Self {
        Self { terminal: words, ..self }
    }
}
