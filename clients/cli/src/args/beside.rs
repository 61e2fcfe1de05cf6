//! What stands beside a mistake: a command line that cannot be understood may still say that words come through a pipe, and what
//! they are. They are kept then, since nobody has them but the pipe.

use std::ffi::OsString;

use clap::builder::{OsStringValueParser, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, CommandFactory as _};
use haven_core::entry::EntryKind;
use haven_core::time::CivilTime;

use super::typed::{marked, plain};
use super::{Cli, Global, day, journal};

/// What words of a pipe were to be, as far as it can be told.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Beside {
    /// The entry that they were to change, as it was named: empty if several were, none for a new one.
    pub(crate) entry: Option<String>,
    /// A title, perhaps empty.
    pub(crate) title: String,
    /// Tags, not checked.
    pub(crate) tags: Vec<String>,
    /// Tags to take away.
    pub(crate) untags: Vec<String>,
    /// Whom they are about.
    pub(crate) people: Vec<String>,
    /// When it happened.
    pub(crate) at: Option<CivilTime>,
    /// What it was to be.
    pub(crate) kind: Option<EntryKind>,
    /// A time was given that is none.
    pub(crate) lacks_time: bool,
}

impl Global {
    /// What holds for a command line that cannot be understood: nobody is asked anything.
    pub(crate) fn beside_a_mistake(json: bool) -> Self {
        Self { json, no_input: true, color: super::Color::Auto }
    }
}

impl Beside {
    /// What a command that could not be understood was to do with words of a pipe; none if no words were to come through it.
    pub(crate) fn of(error: &clap::Error, typed: &[OsString]) -> Option<Self> {
        let mut typed: Vec<OsString> = typed.to_vec();
        let mut has_unknown = false;
        meant_command(error, &mut typed);
        // Each turn takes one word away.
        for _ in 0..typed.len() {
            let read = lenient(Cli::command()).try_get_matches_from(typed.iter().cloned().map(marked));
            let unknown = match read {
                Ok(matches) => return Self::read(&matches, has_unknown),
                Err(error) if error.kind() == ErrorKind::UnknownArgument => {
                    named(&error, ContextKind::InvalidArg)?
                }
                Err(_) => return None,
            };
            let place = typed.iter().position(|word| word.to_string_lossy().starts_with(&unknown))?;
            typed.remove(place);
            has_unknown = true;
        }
        None
    }

    fn read(matches: &ArgMatches, has_unknown: bool) -> Option<Self> {
        let (name, matches) = matches.subcommand()?;
        let all = |id: &str| -> Vec<String> {
            let values = matches.try_get_many::<OsString>(id).ok().flatten();
            values.into_iter().flatten().map(|value| plain(&value.to_string_lossy())).collect()
        };
        let at = all("at").pop();
        let common = Self {
            title: all("title").pop().unwrap_or_default(),
            tags: all("tags"),
            people: all("people"),
            at: at.as_ref().and_then(|at| day::time(at).ok()),
            ..Self::default()
        };
        let common = Self { lacks_time: at.is_some() && common.at.is_none(), ..common };
        match name {
            "add" => {
                let words = all("words");
                // Behind an option that is unknown a word may belong to that.
                let is_piped = words == ["-"] || (has_unknown && words.iter().any(|word| word == "-"));
                let kind = all("kind").pop().and_then(|kind| journal::written_kind(&kind).ok());
                is_piped.then_some(Self { kind, ..common })
            }
            "edit" if all("from").last().is_some_and(|file| file == "-") => {
                let ids = all("ids");
                let entry = if let [id] = &*ids { id.clone() } else { String::new() };
                Some(Self { entry: Some(entry), untags: all("untags"), ..common })
            }
            _ => None,
        }
    }
}

/// A writing command whose name has a typing mistake is taken for the one that it resembles.
fn meant_command(error: &clap::Error, typed: &mut [OsString]) {
    let (Some(wrong), Some(meant)) =
        (named(error, ContextKind::InvalidSubcommand), named(error, ContextKind::SuggestedSubcommand))
    else {
        return;
    };
    if matches!(&*meant, "add" | "edit")
        && let Some(word) = typed.iter_mut().find(|word| ***word == *wrong)
    {
        *word = meant.into();
    }
}

fn named(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(one) => Some(plain(one)),
        ContextValue::Strings(several) => several.first().map(|one| plain(one)),
        _ => None,
    }
}

/// The commands, taking whatever value is given, or none, as often as it is given.
fn lenient(command: clap::Command) -> clap::Command {
    let command = command.args_override_self(true).mut_args(|arg| {
        let arg = arg.required(false);
        if !arg.get_action().takes_values() {
            return arg;
        }
        let arg = arg.value_parser(ValueParser::new(OsStringValueParser::new()));
        if arg.is_positional() { arg } else { arg.num_args(0..=1) }
    });
    command.mut_subcommands(lenient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parse;

    fn beside(line: &[&str]) -> Option<Beside> {
        let typed: Vec<OsString> = ["haven"].iter().chain(line).map(OsString::from).collect();
        let error = parse(typed.clone()).err().unwrap_or_else(|| panic!("{line:?} is no mistake"));
        Beside::of(&error, &typed)
    }

    #[test]
    fn a_mistake_beside_the_words_of_a_pipe_takes_nothing_else_with_it() {
        let check = |line: &[&str], expected: Beside| assert_eq!(beside(line), Some(expected), "{line:?}");
        let none = Beside::default;
        check(&["add", "-", "--at", "2026-02-30"], Beside { lacks_time: true, ..none() });
        check(&["add", "--kind", "poem", "-"], none());
        check(&["add", "-", "--tilte", "Rain"], none());
        check(&["add", "-x", "-"], none());
        check(&["add", "-", "--title"], none());
        check(&["add", "-", "--title", "a", "--title", "b"], Beside { title: "b".to_owned(), ..none() });
        check(&["--color", "loud", "add", "-"], none());
        check(&["addd", "-"], none());
        let whole = Beside {
            title: "- T".to_owned(),
            tags: vec!["a".to_owned(), "b".to_owned()],
            people: vec!["Ann".to_owned()],
            at: Some("1660-01-01".parse().unwrap()),
            ..none()
        };
        let line = [
            "add",
            "--title",
            "- T",
            "--tag",
            "a",
            "--tag",
            "b",
            "--person",
            "Ann",
            "--at",
            "1660-01-01",
            "-",
        ];
        check(&[&line[..], &["--frob"]].concat(), whole);
        let edit = |entry: &str| Beside { entry: Some(entry.to_owned()), ..none() };
        check(&["edit", "last", "--from", "-", "--at", "noon"], Beside { lacks_time: true, ..edit("last") });
        check(&["edit", "1a", "--form=x", "--from=-"], edit("1a"));
        check(&["edit", "--from", "-"], edit(""));
        check(&["edit", "1a", "2b", "--from", "-", "--frob"], edit(""));
    }

    #[test]
    fn a_pipe_is_left_alone_where_no_words_were_to_come_through_it() {
        for line in [
            &["add", "--at", "noon"][..],
            &["add", "milk", "-", "eggs", "--at", "noon"],
            &["add", "words", "--frob"],
            &["edit", "1a", "--frob"],
            &["edit", "1a", "--from", "file", "--frob"],
            &["export", "jsonl", "-", "--frob"],
            &["exprot", "jsonl", "-"],
            &["frobnicate", "-"],
        ] {
            assert_eq!(beside(line), None, "{line:?}");
        }
    }
}
