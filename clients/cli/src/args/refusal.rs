//! What could not be understood, as a person reads it: what failed, why, and what to do instead. Nothing is ever run on a guess.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use haven_core::nearest::nearest;

use super::Cli;
use super::typed::plain;
use crate::fault::{Fault, parted};
use crate::limits::TYPED_SHOWN_MAX;

/// The commands that take words as they come, so that what looks like an option may have been meant as a word.
const TAKE_WORDS: [&str; 2] = ["add", "search"];

/// What people type for a command that has another name here. Whoever looks for help now has no time to look for its name.
const ALSO_CALLED: [(&str, &str); 19] = [
    ("call", "help-now"),
    ("crisis", "help-now"),
    ("emergency", "help-now"),
    ("helpline", "help-now"),
    ("hotline", "help-now"),
    ("now", "help-now"),
    ("panic", "help-now"),
    ("sos", "help-now"),
    ("suicide", "help-now"),
    ("delete", "trash"),
    ("exercise", "practice"),
    ("find", "search"),
    ("ls", "list"),
    ("new", "add"),
    ("read", "show"),
    ("remove", "trash"),
    ("rm", "trash"),
    ("settings", "config"),
    ("write", "add"),
];

/// Says what cannot be understood, and what to do instead.
pub(crate) fn refusal(error: &clap::Error, typed: &[OsString]) -> Fault {
    let at = Place::of(typed);
    let run = || format!("`haven{}` can't be run", with_blank(&at.path));
    let named = |kind| first(error, kind).map(|text| plain(&text)).unwrap_or_default();
    let argument = named(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => at.no_command(&named(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Fault::usage(run(), format!("it needs one of {}", at.commands().join(", ")), at.help())
        }
        ErrorKind::UnknownArgument => {
            let why = match argument.starts_with('-') {
                true => format!("it has no option `{argument}`"),
                false => format!("`{argument}` is more than it takes"),
            };
            Fault::usage(run(), why, at.instead_of(error))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => unfit(error, &at, &argument),
        ErrorKind::MissingRequiredArgument => {
            let missing = all(error, ContextKind::InvalidArg);
            let missing: Vec<_> = missing.iter().map(|argument| shown(argument)).collect();
            let next = format!("Add what's missing. {}", at.help());
            Fault::usage(run(), format!("it needs {}", missing.join(" and ")), next)
        }
        ErrorKind::ArgumentConflict => {
            let with = all(error, ContextKind::PriorArg);
            let with: Vec<_> = with.iter().map(|other| name(other)).collect();
            let argument = name(&argument);
            let why = match with.contains(&argument) {
                true => format!("{argument} can be given once only"),
                false => format!("{argument} and {} don't go together", with.join(", ")),
            };
            Fault::usage(run(), why, format!("Leave one of them out. {}", at.help()))
        }
        ErrorKind::TooManyValues => {
            let why = format!("{} takes no `{}`", name(&argument), named(ContextKind::InvalidValue));
            Fault::usage(run(), why, format!("Leave it out. {}", at.help()))
        }
        ErrorKind::InvalidUtf8 => {
            let next = "Type it anew; in a script, write it as UTF-8.";
            Fault::usage(run(), "what was typed isn't UTF-8", next)
        }
        _ => Fault::usage(run(), said(error), at.help()),
    }
}

/// Whether somebody may have meant a word where an option was read.
fn may_be_a_word(error: &clap::Error, path: &str) -> bool {
    error.kind() == ErrorKind::UnknownArgument
        && error.get(ContextKind::SuggestedArg).is_none()
        && TAKE_WORDS.contains(&path)
}

/// Whether nothing but the name of the program was typed that says what to do.
pub(crate) fn is_bare(error: &clap::Error, typed: &[OsString]) -> bool {
    let kinds = [ErrorKind::MissingSubcommand, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
    kinds.contains(&error.kind()) && Place::of(typed).path.is_empty()
}

/// Whether a script reads what went wrong.
pub(crate) fn wants_json(typed: &[OsString]) -> bool {
    typed
        .iter()
        .map(OsString::as_os_str)
        .take_while(|word| *word != OsStr::new("--"))
        .any(|word| word == "--json")
}

/// Asks back about what was mistyped: `Did you mean …?`; nothing where nothing is near.
pub(crate) fn ask_back<T: AsRef<str>>(near: &[T]) -> String {
    let near: Vec<_> = near.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match near.as_slice() {
        [] => String::new(),
        [one] => format!("Did you mean {one}? "),
        [before @ .., last] => format!("Did you mean {} or {last}? ", before.join(", ")),
    }
}

/// A value that doesn't fit its argument.
fn unfit(error: &clap::Error, at: &Place, argument: &str) -> Fault {
    let value = first(error, ContextKind::InvalidValue).map(|value| plain(&value)).unwrap_or_default();
    let (argument, known) = (name(argument), all(error, ContextKind::ValidValue));
    if value.is_empty() && error.source().is_none() {
        let why = if known.is_empty() { "nothing stands behind it".to_owned() } else { one_of(&known) };
        return Fault::usage(format!("{argument} needs a value"), why, at.help());
    }
    let value = match value.chars().count() {
        0 => "an empty text".to_owned(),
        1..=TYPED_SHOWN_MAX => format!("`{value}`"),
        _ => "what you typed".to_owned(),
    };
    let what = format!("{value} can't be used for {argument}");
    if let Some(source) = error.source() {
        let (why, next) = parted(&source.to_string());
        let next = next.map_or_else(|| at.help(), |next| format!("{next} {}", at.help()));
        return Fault::usage(what, why, next);
    }
    Fault::usage(what, one_of(&known), at.instead_of(error))
}

fn one_of(known: &[String]) -> String {
    format!("it can be {}", haven_core::fault::either(known))
}

/// Where in the tree of commands somebody is.
pub(super) struct Place {
    pub(super) command: clap::Command,
    pub(super) path: String,
}

impl Place {
    /// Finds the command that was typed, as far as there are such commands.
    fn of(typed: &[OsString]) -> Self {
        let mut command = Cli::command();
        let mut names = Vec::new();
        for word in
            typed.iter().skip(1).filter_map(|word| word.to_str()).filter(|word| !word.starts_with('-'))
        {
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
        Self { path: names.join(" "), command }
    }

    fn commands(&self) -> Vec<&str> {
        let shown = self.command.get_subcommands().filter(|command| !command.is_hide_set());
        shown.map(clap::Command::get_name).collect()
    }

    fn help(&self) -> String {
        match (self.path.as_str(), self.command.has_subcommands()) {
            ("", _) => "`haven help` shows all commands.".to_owned(),
            (path, true) => format!("`haven help {path}` shows what there is."),
            (path, false) => format!("`haven help {path}` shows how it's used."),
        }
    }

    fn no_command(&self, typed: &str) -> Fault {
        let what = format!("`haven{} {typed}` can't be run", with_blank(&self.path));
        Fault::usage(what, "there's no such command", self.asked_back(typed))
    }

    /// Says that there is no help for a command that there is not. Somebody who asks for help may be after another kind of it.
    pub(super) fn no_help(&self, typed: &str) -> Fault {
        let what = format!("there's no help for `haven{} {typed}`", with_blank(&self.path));
        let next = format!("{} `haven help-now` shows who you can call.", self.asked_back(typed));
        Fault::usage(what, "there's no such command", next)
    }

    fn asked_back(&self, typed: &str) -> String {
        let path = with_blank(&self.path);
        let meant = self.meant(typed).into_iter().map(|meant| format!("haven{path} {meant}"));
        format!("{}{}", ask_back(&meant.collect::<Vec<_>>()), self.help())
    }

    /// The commands that were meant, perhaps: by another name, by a similar one, or of a room below.
    fn meant(&self, typed: &str) -> Vec<String> {
        let word = typed.to_lowercase();
        let other = ALSO_CALLED.iter().find(|(called, _)| self.path.is_empty() && *called == word);
        if let Some((_, command)) = other {
            return vec![(*command).to_owned()];
        }
        let near = nearest(typed, self.commands());
        if !near.is_empty() {
            return near.into_iter().map(str::to_owned).collect();
        }
        let rooms = self.command.get_subcommands();
        rooms
            .filter(|room| room.find_subcommand(&word).is_some())
            .map(|room| format!("{} {word}", room.get_name()))
            .collect()
    }

    /// What to do instead of what was typed.
    fn instead_of(&self, error: &clap::Error) -> String {
        let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedValue]
            .into_iter()
            .find_map(|kind| first(error, kind));
        if let Some(meant) = meant {
            return format!("{}{}", ask_back(&[plain(&meant)]), self.help());
        }
        if may_be_a_word(error, &self.path) {
            let path = &self.path;
            return format!(
                "If that's part of your text, put -- before the text: haven {path} -- \"-…\". {}",
                self.help()
            );
        }
        self.help()
    }
}

/// What clap itself says, in one line.
fn said(error: &clap::Error) -> String {
    let rendered = plain(&error.to_string());
    let said = rendered.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first(error: &clap::Error, kind: ContextKind) -> Option<String> {
    all(error, kind).into_iter().next()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(several)) => several.clone(),
        _ => Vec::new(),
    }
}

/// What an argument is called, without what it takes.
fn name(argument: &str) -> String {
    let shown = shown(argument);
    if argument.starts_with('-') {
        shown.split([' ', '=']).next().unwrap_or_default().to_owned()
    } else {
        shown
    }
}

/// An argument as it is typed, without the signs of usage lines.
fn shown(argument: &str) -> String {
    argument.replace(['<', '>', '[', ']'], "").replace("...", "")
}

fn with_blank(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" {path}") }
}

#[cfg(test)]
mod tests;
