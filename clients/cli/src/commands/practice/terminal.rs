//! The terminal while a screen has it: taken over whole, and given back on every way out.

use std::io::{self, IsTerminal as _, Stderr};
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::Once;
use std::time::{Duration, Instant};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use ratatui::crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::crossterm::{cursor, execute};
use ratatui::{Frame, Terminal};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use crate::fault::Fault;

/// How long at most until a new size of the window is noticed: before somebody wonders.
const SLICE: Duration = Duration::from_millis(250);

/// A screen that is ours until it is dropped. It is drawn on stderr, so that stdout holds the result alone.
pub(super) struct Screen {
    /// Never dropped: it would say on stderr that the cursor cannot be shown, and panic where that is gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<Stderr>>>,
}

/// Whether a screen can be had: a terminal that knows how to place letters.
pub(super) fn is_there() -> bool {
    let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    !is_dumb && io::stderr().is_terminal()
}

/// A screen of its own for questions that are asked line by line: what is answered there does not stay in what the window can
/// scroll back to. Given back when it is dropped.
pub(in crate::commands) struct Sheet {
    is_taken: bool,
}

impl Sheet {
    /// Takes a screen, if one is wanted and can be had; else the questions stand below each other, as everything does.
    pub(in crate::commands) fn take(is_wanted: bool) -> Self {
        let is_wanted = is_wanted && is_there();
        if is_wanted {
            give_back_on_panic();
        }
        Self { is_taken: is_wanted && execute!(io::stderr(), EnterAlternateScreen).is_ok() }
    }

    /// Whether there is one.
    pub(in crate::commands) fn is_taken(&self) -> bool {
        self.is_taken
    }

    /// Begins an empty page; where there is none, nothing happens.
    pub(in crate::commands) fn turn(&self) {
        if self.is_taken {
            // Nobody is left to hear that this failed.
            let _ = execute!(io::stderr(), Clear(ClearType::All), cursor::MoveTo(0, 0));
        }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if self.is_taken {
            // Nobody is left to hear that this failed.
            let _ = execute!(io::stderr(), LeaveAlternateScreen);
        }
    }
}

impl Screen {
    pub(super) fn take() -> Result<Self, Fault> {
        let refused = |error: io::Error| Fault::system("the screen can't be drawn on", &error);
        give_back_on_panic();
        let terminal = Terminal::new(CrosstermBackend::new(io::stderr())).map_err(refused)?;
        enable_raw_mode().map_err(refused)?;
        // From here on a drop gives it back.
        let screen = Self { terminal: ManuallyDrop::new(terminal) };
        execute!(io::stderr(), EnterAlternateScreen, EnableBracketedPaste).map_err(refused)?;
        Ok(screen)
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<(), Fault> {
        let drawn = self.terminal.draw(draw);
        drawn.map(drop).map_err(|error| Fault::system("the screen can't be drawn on", &error))
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
///
/// # Errors
/// The terminal is gone. It is asked for each time: crossterm reads a terminal that hung up again and again, and never returns.
pub(super) async fn event(wait: Duration) -> Result<Option<Event>, Fault> {
    let read = tokio::task::spawn_blocking(move || next(wait)).await.map_err(|_| Fault::interrupted())?;
    read.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::interrupted(),
        _ => Fault::system("what was typed can't be read", &error),
    })
}

fn next(wait: Duration) -> io::Result<Option<Event>> {
    let until = Instant::now() + wait;
    loop {
        // Whether the terminal is still there; then what came with an earlier key, which no wait would show, and a new size of
        // the window.
        listen(Duration::ZERO)?;
        if event::poll(Duration::ZERO)? {
            return event::read().map(Some);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        listen(left.min(SLICE))?;
    }
}

/// Waits until the terminal has something to say, or so long.
fn listen(wait: Duration) -> io::Result<()> {
    let wait = rustix::time::Timespec::try_from(wait).map_err(io::Error::other)?;
    let stdin = io::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    match rustix::event::poll(&mut terminal, Some(&wait)) {
        Err(Errno::INTR) => return Ok(()),
        outcome => outcome?,
    };
    let is_gone = terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
    if is_gone { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}
