//! Where a command runs: may it ask, does it print for a script or a person, and what happens on a signal.

mod pager;
mod signals;

use std::cell::{Cell, RefCell};
use std::env;
use std::future::Future;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex};

use haven_api::client::Client;
use haven_api::unix::Connection;
use serde::Serialize;

use crate::args::{Color, Global};
use crate::commands::country_set;
use crate::editor::{About, Hand};
use crate::fault::{Exit, Fault};
use crate::text::{Style, columns, columns_whole, listed, shown_dressed, wrapped};
use crate::{ask, daemon, editor, unlock};

/// A device to talk to.
pub(crate) type Haven = Client<Connection>;

/// Where a command runs.
pub(crate) struct Cx {
    /// Whether a script reads.
    pub(crate) json: bool,
    /// Whether the person may be asked.
    pub(crate) asks: bool,
    /// How words for a person look.
    pub(crate) style: Style,
    /// Whether an editor has the terminal, and with it the person's interrupts.
    pub(crate) editing: Cell<bool>,
    /// What is said when the command is interrupted: how to go on with what was kept.
    pub(crate) parting: RefCell<String>,
    /// Who to reach, once an answer of this run called for it or its person asked: shown again where the run ends too soon.
    pub(crate) card: RefCell<String>,
    /// Words that are not safe yet.
    in_hand: RefCell<Option<Hand>>,
}

impl Cx {
    pub(crate) fn new(global: &Global) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let colors = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !is_plain(),
        };
        Self {
            json: global.json,
            asks: !global.no_input && io::stdin().is_terminal(),
            style: Style {
                colors: colors && !global.json,
                terminal: is_terminal,
                columns: columns(io::stdout()),
            },
            editing: Cell::new(false),
            parting: RefCell::default(),
            card: RefCell::default(),
            in_hand: RefCell::default(),
        }
    }

    /// Connects to the daemon, which is started if it does not run, whether the journal is open or not. Words that an editor left
    /// behind are rescued first.
    pub(crate) async fn device(&self) -> Result<Haven, Fault> {
        let mut haven = daemon::reach().await?.in_the_country(country_set());
        editor::rescue(&mut haven, self).await;
        Ok(haven)
    }

    /// The same for words, which are no reason to begin anything in a folder that holds no journal.
    pub(crate) async fn device_for_words(&self) -> Result<Haven, Fault> {
        let mut haven = daemon::reach_for_words().await?;
        editor::rescue(&mut haven, self).await;
        Ok(haven)
    }

    /// Connects to the daemon for what needs the journal open: where the person may be asked, a locked one is opened first.
    pub(crate) async fn haven(&self) -> Result<Haven, Fault> {
        let mut haven = self.device().await?;
        if self.asks {
            unlock::for_command(self, &mut haven).await?;
        }
        Ok(haven)
    }

    /// Runs a command until it ends or a signal ends it; whatever it holds is dropped in order then.
    pub(crate) async fn interruptible<T>(
        &self,
        command: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let outcome = signals::interruptible(command, &self.editing).await;
        let is_interrupted =
            |outcome: &Result<T, Fault>| matches!(outcome, Err(fault) if fault.exit() == Exit::Interrupted);
        if is_interrupted(&outcome) && self.holds() {
            ask::drained().await;
        }
        let (parting, in_hand) = (self.parting.take(), self.in_hand.take());
        outcome.map_err(|fault| {
            if fault.exit() != Exit::Interrupted {
                return fault;
            }
            let next = in_hand.and_then(Hand::leave).unwrap_or(parting);
            if next.is_empty() { fault } else { fault.with_next(next) }
        })
    }

    /// Tells how a command failed. Where support was called for, who to reach comes last; and stopping there is no error.
    pub(crate) fn fail(&self, fault: &Fault) {
        let card = self.card.take();
        if self.json || card.is_empty() {
            fault.tell(self.json);
            return;
        }
        match fault.exit() {
            Exit::Interrupted if fault.next().is_empty() => {}
            Exit::Interrupted => aside(&format!("{}\n", fault.next())),
            _ => {
                fault.tell(false);
                aside("");
            }
        }
        aside(card.trim_end());
    }

    /// Takes words in hand that nobody else has: if the command is interrupted before they are safe, the next one finds them.
    /// Returns where more of them go while they are read.
    pub(crate) fn hold(&self, about: About, words: &str) -> Arc<Mutex<Vec<u8>>> {
        let hand = Hand::new(about, words);
        let more = hand.words();
        self.in_hand.replace(Some(hand));
        more
    }

    /// Whether there are words that are not safe yet.
    pub(crate) fn holds(&self) -> bool {
        self.in_hand.borrow().is_some()
    }

    /// The words in hand are safe.
    pub(crate) fn let_go(&self) {
        self.in_hand.take();
    }

    /// Prints the result: an object for a script, words for a person.
    pub(crate) fn tell<T: Serialize>(
        &self,
        json: &T,
        words: impl FnOnce(Style) -> String,
    ) -> Result<(), Fault> {
        if self.json { self.line(json) } else { print(&wrapped(&words(self.style), self.style.columns)) }
    }

    /// Prints a result of several things: an object a line for a script, words for a person, through a pager if they are
    /// longer than the screen.
    pub(crate) fn tell_all<T: Serialize>(
        &self,
        items: impl IntoIterator<Item = T>,
        words: impl FnOnce(Style) -> String,
    ) -> Result<(), Fault> {
        if !self.json {
            return self.page(&listed(&words(self.style), columns_whole(io::stdout())));
        }
        let mut lines = Vec::new();
        for item in items {
            serde_json::to_writer(&mut lines, &item).expect("texts and numbers are always JSON");
            lines.push(b'\n');
        }
        write(&lines)
    }

    /// Prints one object at once.
    pub(crate) fn line<T: Serialize>(&self, json: &T) -> Result<(), Fault> {
        let mut line = serde_json::to_vec(json).expect("texts and numbers are always JSON");
        line.push(b'\n');
        write(&line)
    }

    /// Prints words that may be longer than the screen.
    pub(crate) fn page(&self, words: &str) -> Result<(), Fault> {
        if self.style.terminal && pager::is_longer_than_screen(words) {
            return pager::page(words);
        }
        print(words)
    }

    /// Says on a terminal that there is nothing to list, and what to do about it. A script or a pipe reads an empty list.
    pub(crate) fn nothing(&self, words: &str) {
        if self.style.terminal {
            self.note(words);
        }
    }

    /// Says something beside the result; scripts do not hear it.
    pub(crate) fn note(&self, words: &str) {
        if !self.json {
            aside(words);
        }
    }
}

/// Whether the terminal, or the person, wants no colours.
pub(crate) fn is_plain() -> bool {
    env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty())
        || env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Says something on stderr, whoever reads.
pub(crate) fn aside(words: &str) {
    // Nobody is left to hear that this failed.
    let words = shown_dressed(words, io::stderr().is_terminal());
    let _ = writeln!(io::stderr(), "{}", wrapped(&words, columns(io::stderr())));
}

/// Prints words as they are, ended by a line feed.
pub(crate) fn print(words: &str) -> Result<(), Fault> {
    if words.is_empty() || words.ends_with('\n') {
        return write(words.as_bytes());
    }
    write(format!("{words}\n").as_bytes())
}

/// Writes to stdout at once.
pub(crate) fn write(bytes: &[u8]) -> Result<(), Fault> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Fault::pipe_closed(),
        _ => Fault::system("the result couldn't be written", &error),
    })
}
