//! The terminal while a screen has it: taken over whole, and given back on every way out.

use std::io::{self, IsTerminal as _, Stderr};
use std::panic;
use std::sync::Once;
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};
use ratatui::{Frame, Terminal};

use crate::fault::Fault;

/// A screen that is ours until it is dropped. It is drawn on stderr, so that stdout holds the result alone.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<Stderr>>,
}

/// Whether a screen can be had: a terminal that knows how to place letters.
pub(super) fn is_there() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    !is_dumb && io::stderr().is_terminal()
}

impl Screen {
    pub(super) fn take() -> Result<Self, Fault> {
        let refused = |error: io::Error| Fault::system("the terminal cannot be drawn on", &error);
        give_back_on_panic();
        let terminal = Terminal::new(CrosstermBackend::new(io::stderr())).map_err(refused)?;
        enable_raw_mode().map_err(refused)?;
        // From here on a drop gives it back.
        let screen = Self { terminal };
        execute!(io::stderr(), EnterAlternateScreen, EnableBracketedPaste).map_err(refused)?;
        Ok(screen)
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<(), Fault> {
        let drawn = self.terminal.draw(draw);
        drawn.map(drop).map_err(|error| Fault::system("the terminal cannot be drawn on", &error))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn give_back() {
    // Nobody is left to hear that this failed.
    let _ = execute!(io::stderr(), DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
}

/// What a panic says is said on the screen that the person comes back to.
fn give_back_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
    });
}

/// Waits so long for what the person does next, on a thread of its own, so that a signal is still heard.
pub(super) async fn event(wait: Duration) -> Result<Option<Event>, Fault> {
    let read = move || if event::poll(wait)? { event::read().map(Some) } else { Ok(None) };
    let read = tokio::task::spawn_blocking(read).await.map_err(|_| Fault::interrupted())?;
    read.map_err(|error| Fault::system("the terminal cannot be read", &error))
}
