//! The outer side of the keeper: where the effects of a turn go.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use haven_core::support::Chosen;
use haven_engine::command::{Fault, Reply, Ticket};
use haven_engine::drops;
use haven_engine::io::{Reader, StoreFault, Table};
use haven_engine::sync::{Incoming, Outgoing};
use haven_engine::turn::Shell;
use haven_engine::view::{Linking, View};
use tokio::sync::watch;

use super::order::{Answer, Refused};
use super::readable;
use crate::host::{Host, Task};
use crate::link::Link;
use crate::snapshot::{Snapshot, Stage};

/// Snapshots out, answers out, messages out, and the timer.
pub(super) struct Front {
    host: Arc<dyn Host>,
    board: watch::Sender<Arc<Snapshot>>,
    pub(super) link: Option<Link>,
    pub(super) timer: Option<Timer>,
    /// Whether this turn may add, change or forget drafts, which are not part of a view.
    pub(super) drafts_may_change: bool,
    tickets: u64,
    asked: BTreeMap<Ticket, Answer<Reply>>,
    /// Answers that wait for the snapshot: they must not overtake the list that shows what was written.
    answers: Vec<(Ticket, Result<Reply, Fault>)>,
}

/// When the engine wants to be woken.
pub(super) struct Timer {
    at_ms: u64,
    over: Task,
}

impl Front {
    pub(super) fn new(
        host: Arc<dyn Host>,
        stage: Stage,
        reader: &dyn Reader,
    ) -> (Self, watch::Receiver<Arc<Snapshot>>) {
        let (board, seen) = watch::channel(Arc::new(Snapshot::closed(stage, waiting(reader))));
        let front = Self {
            host,
            board,
            link: None,
            timer: None,
            drafts_may_change: false,
            tickets: 0,
            asked: BTreeMap::new(),
            answers: Vec::new(),
        };
        (front, seen)
    }

    pub(super) fn stage(&self) -> Stage {
        self.board.borrow().stage
    }

    pub(super) fn has_server(&self) -> bool {
        self.board.borrow().view.status.server.is_some()
    }

    /// Whether another device is being let in.
    pub(super) fn is_linking(&self) -> bool {
        matches!(
            self.board.borrow().linking(),
            Linking::Waiting { .. } | Linking::Answered { .. } | Linking::Comparing { .. }
        )
    }

    /// Keeps the place where an answer goes.
    pub(super) fn ask(&mut self, answer: Answer<Reply>) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.asked.insert(ticket, answer);
        ticket
    }

    /// Shows a vault that has just been opened.
    pub(super) fn opened(&mut self, reader: &dyn Reader) {
        let (drafts, waiting) = (drafts(reader), waiting(reader));
        self.board.send_modify(|before| *before = Arc::new(before.opened(drafts, waiting)));
        self.drafts_may_change = false;
        self.follow_plan();
        self.follow_server();
    }

    /// Takes back which lines were readable and are no longer in the plan that is shown.
    pub(super) fn follow_plan(&self) {
        readable::follow(&*self.host, &self.board.borrow().view);
    }

    /// Makes exactly these lines of the plan readable while the vault is locked.
    pub(super) fn choose(&self, wanted: &BTreeSet<Chosen>, confirmed: bool) -> Result<(), Refused> {
        readable::choose(&*self.host, &self.board.borrow().view, wanted, confirmed)
    }

    /// Shows a vault that is closed, and drops whatever belonged to the open one.
    pub(super) fn closed(&mut self, stage: Stage) {
        self.link = None;
        self.timer = None;
        self.asked.clear();
        self.answers.clear();
        self.board.send_modify(|before| *before = Arc::new(Snapshot::closed(stage, before.waiting)));
    }

    /// After a turn: what is not in a view, and the server it may have chosen.
    pub(super) fn settle(&mut self, reader: &dyn Reader) {
        if std::mem::take(&mut self.drafts_may_change) {
            self.board.send_modify(|before| *before = Arc::new(before.with_drafts(drafts(reader))));
            self.waits(reader);
        }
        self.follow_server();
    }

    /// Shows how many drops wait.
    pub(super) fn waits(&self, reader: &dyn Reader) {
        let waiting = waiting(reader);
        self.board.send_if_modified(|before| {
            let is_news = before.waiting != waiting;
            if is_news {
                *before = Arc::new(before.with_waiting(waiting));
            }
            is_news
        });
    }

    /// After a turn that was not kept: everybody who waits hears why, and nothing more comes of it.
    pub(super) fn fail(&mut self, fault: &StoreFault) {
        self.link = None;
        self.timer = None;
        self.answer_all();
        for (_, asked) in std::mem::take(&mut self.asked) {
            let _ = asked.send(Err(Fault::Storage(fault.clone()).into()));
        }
    }

    /// Keeps the link with the server that the vault names now.
    pub(super) fn follow_server(&mut self) {
        let server = self.board.borrow().view.status.server.clone();
        if self.link.as_ref().map(Link::url) != server.as_deref() {
            self.link = server.map(|url| Link::start(&self.host, &url));
        }
    }

    fn answer_all(&mut self) {
        for (ticket, answer) in std::mem::take(&mut self.answers) {
            if let Some(asked) = self.asked.remove(&ticket) {
                let _ = asked.send(answer.map_err(Refused::from));
            }
        }
    }
}

impl Shell for Front {
    fn send(&mut self, message: Outgoing) {
        if let Some(link) = &mut self.link {
            link.send(message);
        }
    }

    fn reply(&mut self, ticket: Ticket, answer: Result<Reply, Fault>) {
        self.answers.push((ticket, answer));
    }

    /// What left the plan is no longer readable when anybody sees the plan without it, or is told that it was changed.
    fn publish(&mut self, view: Arc<View>) {
        if self.board.borrow().view.serial != view.serial {
            readable::follow(&*self.host, &view);
        }
        self.board.send_modify(|before| *before = Arc::new(before.next(view)));
    }

    /// The last effect of every step.
    fn wake(&mut self, at_ms: Option<u64>) {
        self.answer_all();
        if self.timer.as_ref().map(|timer| timer.at_ms) != at_ms {
            let now_ms = self.host.now().mono_ms;
            self.timer =
                at_ms.map(|at_ms| Timer { at_ms, over: self.host.sleep(at_ms.saturating_sub(now_ms)) });
        }
    }
}

/// How many drafts are kept. Counting them is a matter of microseconds: there are at most 64.
fn drafts(reader: &dyn Reader) -> u32 {
    let mut count = 0;
    let read = reader.scan(Table::Drafts, &mut |_, _| {
        count += 1;
        ControlFlow::Continue(())
    });
    if let Err(fault) = read {
        tracing::error!(%fault, "the drafts could not be counted");
    }
    count
}

/// How many drops wait; there are at most 256.
fn waiting(reader: &dyn Reader) -> u32 {
    match drops::waiting(reader) {
        Ok((count, _)) => u32::try_from(count).unwrap_or(u32::MAX),
        Err(fault) => {
            tracing::error!(%fault, "what waits sealed could not be counted");
            0
        }
    }
}

/// Waits for the server.
pub(super) async fn heard(link: &mut Option<Link>) -> Option<Incoming> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for the timer.
pub(super) async fn over(timer: &mut Option<Timer>) {
    match timer {
        Some(timer) => timer.over.as_mut().await,
        None => std::future::pending().await,
    }
}
