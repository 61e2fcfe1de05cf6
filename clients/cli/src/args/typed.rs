//! What was typed, before it is understood: a dash that begins a text is no option, and what cannot be understood is refused
//! with advice.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, StringValueParser, TypedValueParser as _, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, CommandFactory as _, FromArgMatches as _};

use haven_core::time::LocalZone;

use super::Cli;
use crate::cx;
use crate::fault::Fault;
use crate::when;

/// Stands before a dash that begins a text while the arguments are read. It means nothing in any text: Unicode keeps it for
/// use inside programs.
const MARK: &str = "\u{fdd0}";

/// The commands that take words as they come, so that what looks like an option may have been meant as a word.
const TAKE_WORDS: [&str; 2] = ["add", "search"];

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
            let above = so_far.trim_start_matches("haven");
            let next = format!(
                "`haven help{above}` shows the commands; `haven help-now` shows whom you could reach."
            );
            return Err(Fault::usage(format!("there's no command `{so_far} {word}`"), "", next));
        };
        command = found.clone();
        so_far = format!("{so_far} {word}");
    }
    Ok(command)
}

/// Says what cannot be understood, and what to do instead.
pub(crate) fn refusal(error: &clap::Error, typed: &[OsString]) -> Fault {
    let rendered = plain(&error.to_string());
    let what = rendered.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
    Fault::usage(what, "", advice(error, typed))
}

/// What clap says, in the words that were typed.
pub(crate) fn plain(rendered: &str) -> String {
    rendered.replace(MARK, "")
}

/// Whether somebody may have meant a word where an option was read: the advice of clap would lead them astray.
pub(crate) fn may_be_a_word(error: &clap::Error, typed: &[OsString]) -> bool {
    error.kind() == ErrorKind::UnknownArgument
        && error.get(ContextKind::SuggestedArg).is_none()
        && TAKE_WORDS.contains(&&*path(typed))
}

fn advice(error: &clap::Error, typed: &[OsString]) -> String {
    let path = path(typed);
    let help = format!("`haven help{}` shows how it is used.", with_blank(&path));
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let meant = meant.into_iter().find_map(|kind| first(error.get(kind)?));
    match meant {
        Some(meant) => format!("Perhaps you meant `{}`; {help}", plain(&meant)),
        None if may_be_a_word(error, typed) => {
            format!("If that's part of your text, put -- before the text: haven {path} -- \"-…\". {help}")
        }
        None => help,
    }
}

fn first(value: &ContextValue) -> Option<String> {
    match value {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(several) => several.first().cloned(),
        _ => None,
    }
}

fn with_blank(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" {path}") }
}

/// The names of the command that was typed, as far as there are such commands.
fn path(typed: &[OsString]) -> String {
    let mut command = Cli::command();
    let mut names = Vec::new();
    for word in typed.iter().skip(1).filter_map(|word| word.to_str()).filter(|word| !word.starts_with('-')) {
        match command.find_subcommand(word) {
            Some(found) => {
                names.push(word);
                command = found.clone();
            }
            // What an option takes may stand before the command.
            None if names.is_empty() => {}
            None => break,
        }
    }
    names.join(" ")
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

/// Whether a script reads what went wrong.
pub(crate) fn wants_json(typed: &[OsString]) -> bool {
    typed
        .iter()
        .map(OsString::as_os_str)
        .take_while(|word| *word != OsStr::new("--"))
        .any(|word| word == "--json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Command;

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
    fn what_is_no_option_fails_with_advice() {
        let check = |line: &[&str], what: &str, next: &str| {
            let fault = words(line).unwrap_err();
            assert_eq!((fault.why(), fault.next()), (what.to_owned(), next), "{line:?}");
        };
        check(
            &["add", "-x"],
            "unexpected argument '-x' found",
            "If that's part of your text, put -- before the text: haven add -- \"-…\". `haven help add` shows how it is \
             used.",
        );
        check(
            &["add", "--tilte", "x"],
            "unexpected argument '--tilte' found",
            "Perhaps you meant `--title`; `haven help add` shows how it is used.",
        );
        check(&["list", "-5"], "unexpected argument '-5' found", "`haven help list` shows how it is used.");
        check(
            &["lst"],
            "unrecognized subcommand 'lst'",
            "Perhaps you meant `list`; `haven help` shows how it is used.",
        );
        check(
            &["device", "rename", "a"],
            "the following required arguments were not provided: <NAME>",
            "`haven help device rename` shows how it is used.",
        );
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
