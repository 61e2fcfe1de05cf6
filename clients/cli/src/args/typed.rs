//! What was typed, before it is understood: a dash that begins a text is no option, and what cannot be understood is refused
//! with advice.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser as _, ValueParser};
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use haven_core::time::LocalZone;

use super::Cli;
use super::refusal::Place;
use crate::cx;
use crate::fault::Fault;
use crate::when;

/// Stands before a dash that begins a text while the arguments are read. It means nothing in any text: Unicode keeps it for
/// use inside programs.
const MARK: &str = "\u{fdd0}";

/// The commands and their arguments. Every text may begin with a dash.
pub(crate) fn command() -> clap::Command {
    let color = if cx::is_plain() { ColorChoice::Never } else { ColorChoice::Auto };
    with_dashes(Cli::command().color(color))
}

/// Reads what was typed.
///
/// # Errors
/// It cannot be understood, or help was asked for.
pub(crate) fn parse(typed: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(typed.into_iter().map(marked))?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The command that words name one below the other, ready to show its help.
///
/// # Errors
/// There is no such command; what to look at instead.
pub(crate) fn named(words: &[String]) -> Result<clap::Command, Fault> {
    let mut command = command();
    command.build();
    let mut so_far = command.get_name().to_owned();
    for word in words {
        let Some(found) = command.find_subcommand(word).filter(|found| !found.is_hide_set()) else {
            let path = so_far.trim_start_matches("haven").trim_start().to_owned();
            return Err(Place { command, path }.no_help(word));
        };
        command = found.clone();
        so_far = format!("{so_far} {word}");
    }
    Ok(command)
}

/// What clap says, in the words that were typed.
pub(crate) fn plain(rendered: &str) -> String {
    rendered.replace(MARK, "")
}

/// Puts the mark before dashes that begin a text: no option is called by a blank or a digit.
pub(super) fn marked(typed: OsString) -> OsString {
    if !begins_with_dash(typed.as_bytes()) {
        return typed;
    }
    let mut marked = OsString::from(MARK);
    marked.push(typed);
    marked
}

fn begins_with_dash(typed: &[u8]) -> bool {
    let name = typed.iter().position(|byte| *byte != b'-').filter(|dashes| *dashes > 0);
    name.is_some_and(|at| typed[at].is_ascii_digit() || typed[at].is_ascii_whitespace())
}

fn unmarked(typed: OsString) -> OsString {
    match typed.as_bytes().strip_prefix(MARK.as_bytes()) {
        Some(rest) if begins_with_dash(rest) => OsString::from_vec(rest.to_vec()),
        _ => typed,
    }
}

/// Reads a zone; an offset west of Greenwich begins with a dash.
///
/// # Errors
/// It is none, or none that is known here.
pub(super) fn zone(typed: &str) -> Result<LocalZone, String> {
    when::zone(typed.strip_prefix(MARK).unwrap_or(typed))
}

/// Takes the mark off wherever a text or a file is named.
fn with_dashes(command: clap::Command) -> clap::Command {
    let text = || {
        StringValueParser::new().map(|text| {
            let unmarked = unmarked(text.into());
            unmarked.into_string().expect("a text without its beginning is a text")
        })
    };
    let path = || OsStringValueParser::new().map(|path| PathBuf::from(unmarked(path)));
    let command = command.mut_args(|arg| {
        let taken = arg.get_value_parser().type_id();
        if taken == std::any::TypeId::of::<String>() {
            return arg.value_parser(ValueParser::new(text()));
        }
        if taken == std::any::TypeId::of::<PathBuf>() && arg.get_action().takes_values() {
            return arg.value_parser(ValueParser::new(path()));
        }
        arg
    });
    command.mut_subcommands(with_dashes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Command, refusal};

    fn words(line: &[&str]) -> Result<Option<String>, Fault> {
        let typed: Vec<OsString> = ["haven"].iter().chain(line).map(OsString::from).collect();
        match parse(typed.clone()) {
            Ok(Cli { command: Command::Add(args), .. }) => Ok(args.text()),
            Ok(Cli { command: Command::Checkin(args), .. }) => Ok(args.note),
            Ok(Cli { command: Command::Search(args), .. }) => Ok(args.query.first().cloned()),
            Ok(_) => Ok(None),
            Err(error) => Err(refusal(&error, &typed)),
        }
    }

    #[test]
    fn a_dash_before_a_blank_or_a_digit_begins_a_text() {
        let check = |line: &[&str], read: &str| {
            assert_eq!(words(line).ok().flatten().as_deref(), Some(read), "{line:?}");
        };
        check(&["add", "- bought milk"], "- bought milk");
        check(&["add", "-5 degrees"], "-5 degrees");
        check(&["add", "-5"], "-5");
        check(&["add", "-5", "degrees", "outside"], "-5 degrees outside");
        check(&["add", "--- a line"], "--- a line");
        check(&["add", "-"], "-");
        check(&["add", "these", "words", "--tag", "- b", "and", "more"], "these words and more");
        check(&["add", "--", "-x"], "-x");
        check(&["add", "--", "--json", "-5"], "--json -5");
        check(&["--json", "add", "--title", "- T", "- b"], "- b");
        check(&["add", "\u{fdd0}x"], "\u{fdd0}x");
        check(&["checkin", "--note", "- tired"], "- tired");
        check(&["search", "-5"], "-5");
    }

    #[test]
    fn help_finds_commands_below_commands() {
        let named = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            named(&words).map(|command| command.get_bin_name().unwrap_or(command.get_name()).to_owned())
        };
        assert_eq!(named("device link").ok().as_deref(), Some("haven device link"));
        assert_eq!(named("").ok().as_deref(), Some("haven"));
        let fault = named("device fly").unwrap_err();
        assert!(fault.next().contains("`haven help device` shows"), "{}", fault.next());
        assert!(named("man").is_err());
    }
}
