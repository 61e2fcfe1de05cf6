//! A Rust file as the rules see it: its words, its functions, and which part of it is test.
//!
//! Only the lexer is used. It knows strings and comments for what they are, which is all that the rules need, and it
//! reads the whole tree in a few tenths of a second.

use std::collections::BTreeSet;
use std::fs;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use super::Finding;
use crate::fault::Fault;
use crate::repo::Repo;

/// One Rust file.
#[derive(Debug)]
pub struct Source {
    /// Its path below the top of the work tree.
    pub path: String,
    /// Its words in order; brackets are words of their own.
    pub tokens: Vec<Token>,
    /// Its functions that are no tests.
    pub functions: Vec<Function>,
    /// How many lines it has that are no tests.
    pub lines: usize,
    test_modules: Vec<String>,
}

/// One word of a file.
#[derive(Debug)]
pub struct Token {
    /// The word; of a text, with its quotes.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
    /// Whether it is part of a test.
    pub test: bool,
}

/// One function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// How many lines it takes, from the word `fn` to the closing brace.
    pub lines: usize,
}

/// Reads every Rust file of the list; files that are tests as a whole have only test words.
///
/// # Errors
/// When a file cannot be read.
pub fn read_all(repo: &Repo, files: &[String], findings: &mut Vec<Finding>) -> Result<Vec<Source>, Fault> {
    let mut sources = Vec::new();
    for path in files.iter().filter(|path| path.ends_with(".rs") && !is_generated(path)) {
        let text =
            fs::read_to_string(repo.path(path)).map_err(|error| Fault::io(format!("read {path}"), &error))?;
        match Source::parse(path, &text) {
            Ok(source) => sources.push(source),
            Err(finding) => findings.push(finding),
        }
    }
    mark_test_modules(&mut sources);
    Ok(sources)
}

/// Whether a file was written by a program.
#[must_use]
pub fn is_generated(path: &str) -> bool {
    path.contains("/gen/")
}

/// Whether a path says that the file holds nothing but tests, benchmarks or examples.
#[must_use]
pub fn is_test_path(path: &str) -> bool {
    let folders: Vec<&str> = path.split('/').collect();
    // The crates below tests/ are programs in their own right; only their `tests` folders are tests here.
    let inner = if folders.first() == Some(&"tests") { &folders[1..] } else { &folders[..] };
    inner.last() == Some(&"tests.rs")
        || inner.iter().any(|part| matches!(*part, "tests" | "benches" | "examples"))
}

impl Source {
    /// Reads one file's text.
    ///
    /// # Errors
    /// When the text is not Rust.
    pub fn parse(path: &str, text: &str) -> Result<Self, Finding> {
        let stream: TokenStream = text.parse().map_err(|error| {
            Finding::new(
                path,
                format!("cannot be read as Rust: {error}"),
                "Run `cargo check` for the details.",
            )
        })?;
        let mut reader = Reader::default();
        reader.level(stream, is_test_path(path));
        let lines = text.lines().count().saturating_sub(reader.test_lines);
        Ok(Self {
            path: path.to_owned(),
            tokens: reader.tokens,
            functions: reader.functions,
            lines,
            test_modules: reader.test_modules,
        })
    }

    /// The paths that a `#[cfg(test)] mod NAME;` of this file stands for: the file and the folder.
    fn test_files(&self) -> impl Iterator<Item = (String, String)> {
        let stem = self.path.trim_end_matches(".rs");
        let folder = match stem.rsplit_once('/') {
            Some((folder, "lib" | "main")) => folder,
            _ => stem,
        };
        self.test_modules.iter().map(move |name| (format!("{folder}/{name}.rs"), format!("{folder}/{name}/")))
    }
}

fn mark_test_modules(sources: &mut [Source]) {
    let tests: BTreeSet<(String, String)> = sources.iter().flat_map(Source::test_files).collect();
    for source in sources {
        if tests.iter().any(|(file, folder)| source.path == *file || source.path.starts_with(folder)) {
            source.functions.clear();
            source.lines = 0;
            source.tokens.iter_mut().for_each(|token| token.test = true);
        }
    }
}

/// Walks the token trees, one level at a time.
#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    functions: Vec<Function>,
    test_modules: Vec<String>,
    test_lines: usize,
    after_colon: bool,
}

impl Reader {
    fn level(&mut self, stream: TokenStream, test: bool) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            let end = if !test && attribute(&trees, at).is_some_and(marks_test) {
                item_end(&trees, at)
            } else {
                at + 1
            };
            let is_test_item = end > at + 1;
            if is_test_item {
                self.test_item(&trees[at..end]);
            } else if !test {
                self.function(&trees, at);
            }
            for tree in &trees[at..end] {
                self.word(tree, test || is_test_item);
            }
            at = end;
        }
    }

    fn test_item(&mut self, trees: &[TokenTree]) {
        let (Some(first), Some(last)) = (trees.first(), trees.last()) else { return };
        self.test_lines += last.span().end().line - first.span().start().line + 1;
        if let [.., TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Punct(_)] = trees
            && keyword == "mod"
        {
            self.test_modules.push(name.to_string());
        }
    }

    fn function(&mut self, trees: &[TokenTree], at: usize) {
        let (TokenTree::Ident(keyword), Some(TokenTree::Ident(name))) = (&trees[at], trees.get(at + 1))
        else {
            return;
        };
        if keyword != "fn" {
            return;
        }
        let Some(TokenTree::Group(body)) = trees[at..].iter().find(|tree| ends_item(tree)) else { return };
        let lines = body.span_close().end().line - keyword.span().start().line + 1;
        self.functions.push(Function { name: name.to_string(), lines });
    }

    fn word(&mut self, tree: &TokenTree, test: bool) {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => self.group(group, test),
            TokenTree::Punct(punct) if punct.as_char() == ':' && self.after_colon => self.double_colon(),
            TokenTree::Ident(ident) => self.push(&ident.to_string(), line, test),
            TokenTree::Punct(punct) => self.push(&punct.to_string(), line, test),
            TokenTree::Literal(literal) => self.push(&literal.to_string(), line, test),
        }
        self.after_colon = matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
    }

    /// `::` comes as two colons; one word is easier to look for.
    fn double_colon(&mut self) {
        if let Some(last) = self.tokens.last_mut() {
            last.text = "::".to_owned();
        }
    }

    fn group(&mut self, group: &Group, test: bool) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        self.push(open, group.span_open().start().line, test);
        self.level(group.stream(), test);
        self.push(close, group.span_close().end().line, test);
    }

    fn push(&mut self, text: &str, line: usize, test: bool) {
        self.tokens.push(Token { text: text.to_owned(), line, test });
    }
}

/// The content of an outer attribute that begins here.
fn attribute(trees: &[TokenTree], at: usize) -> Option<TokenStream> {
    match (&trees[at], trees.get(at + 1)?) {
        (TokenTree::Punct(hash), TokenTree::Group(group))
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.stream())
        }
        _ => None,
    }
}

/// Whether an attribute turns what follows into a test: `test`, `tokio::test`, `cfg(test)`, `cfg(all(test, …))`.
fn marks_test(attribute: TokenStream) -> bool {
    let trees: Vec<TokenTree> = attribute.into_iter().collect();
    match trees.as_slice() {
        [.., TokenTree::Ident(last)] => last == "test",
        [TokenTree::Ident(name), TokenTree::Group(condition)] if name == "cfg" => {
            let words = condition.stream().to_string();
            let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            words.contains(&"test") && !words.contains(&"not")
        }
        _ => false,
    }
}

/// The index behind the item whose first attribute is at this index.
fn item_end(trees: &[TokenTree], at: usize) -> usize {
    trees[at..].iter().position(ends_item).map_or(trees.len(), |offset| at + offset + 1)
}

fn ends_item(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    }
}

#[cfg(test)]
mod tests;
