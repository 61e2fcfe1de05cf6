//! The one who writes: takes everything that waits, puts it into one transaction, and answers everybody once it is on the
//! disk. The disk syncs once for all of them.
//!
//! What arrives here was judged by feed's rules against a state that may have moved on since. If it has, for a feed of the
//! push, the push is sent back to be judged again; nothing is judged twice at the same place.

mod changes;
mod staged;

use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::Digest;
use haven_feed::exchange::server::{Admission, LinkAdmission, LinkRefusal};
use haven_feed::roster::Link;
use haven_feed::{FeedId, PaperId, RosterHead, SpaceId};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::inbox::Origin;
use crate::limits::{COMMIT_BYTES_MAX, COMMIT_JOBS_MAX, WRITER_QUEUE};
use crate::space::Space;
use crate::store::{Change, Store, StoreFault};
use staged::Staged;

/// Why something was not written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum WriteFault {
    /// A feed of the push, or the roster, moved since it was judged: judge again.
    #[error("what was judged has moved")]
    Moved,
    /// The space may hold no more.
    #[error("the space is full")]
    Quota,
    /// The link does not follow, or does not hold.
    #[error(transparent)]
    Link(#[from] LinkRefusal),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
}

/// A push that was admitted.
pub(crate) struct Push {
    /// Where.
    pub(crate) space: Arc<Space>,
    /// What is new in it, records or bodies of husks; never empty.
    pub(crate) admission: Admission,
    /// On what the judgement rests.
    pub(crate) basis: Basis,
    /// Who brought it.
    pub(crate) origin: Origin,
    /// Bytes the space may hold.
    pub(crate) space_bytes_max: u64,
}

/// The state a push was judged against, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Basis {
    /// The roster's head.
    pub(crate) roster: RosterHead,
    /// The tips of the feeds that the push continues.
    pub(crate) tips: Vec<(FeedId, Option<Tip>)>,
    /// How often bodies had taken the places of husks; looked at only if the push brings some.
    pub(crate) bodies: u64,
}

/// A space that was verified and whose invite is open.
pub(crate) struct NewSpace {
    /// Its id.
    pub(crate) space: SpaceId,
    /// Its links.
    pub(crate) links: Vec<Bytes>,
    /// Every paper it has or had.
    pub(crate) papers: Vec<PaperId>,
    /// The invite it costs.
    pub(crate) ticket: Digest,
}

type Reply<T> = oneshot::Sender<Result<T, WriteFault>>;

enum Job {
    Push(Box<Push>, Reply<()>),
    Link(Arc<Space>, Box<Link>, Reply<RosterHead>),
    Space(Box<NewSpace>, Reply<()>),
    Mailbox(Vec<Change>, Reply<()>),
    Stop,
}

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// The writer's thread, to be joined after [`Writer::stop`].
pub(crate) struct WriterThread(JoinHandle<Result<(), StoreFault>>);

/// What the thread works with.
struct Desk {
    store: Box<dyn Store>,
    jobs: mpsc::Receiver<Job>,
    /// The fault after which nothing is written any more, and who is to know.
    broken: Option<StoreFault>,
    failed: CancellationToken,
}

impl Writer {
    /// Starts the writer. `failed` is cancelled when the store fails in a way that only a new start can mend.
    pub(crate) fn start(
        store: Box<dyn Store>,
        failed: CancellationToken,
    ) -> std::io::Result<(Self, WriterThread)> {
        let (sender, jobs) = mpsc::channel(WRITER_QUEUE);
        let desk = Desk { store, jobs, broken: None, failed };
        let thread = std::thread::Builder::new().name("writer".into()).spawn(move || desk.work())?;
        Ok((Self { jobs: sender }, WriterThread(thread)))
    }

    /// Writes a push; durable when it returns.
    pub(crate) async fn push(&self, push: Push) -> Result<(), WriteFault> {
        self.ask(|reply| Job::Push(Box::new(push), reply)).await
    }

    /// Appends a link; durable when it returns the head after it.
    pub(crate) async fn append(&self, space: Arc<Space>, link: Link) -> Result<RosterHead, WriteFault> {
        self.ask(|reply| Job::Link(space, Box::new(link), reply)).await
    }

    /// Writes a new space; durable when it returns.
    pub(crate) async fn create(&self, space: NewSpace) -> Result<(), WriteFault> {
        self.ask(|reply| Job::Space(Box::new(space), reply)).await
    }

    /// Writes what becomes of a mailbox; durable when it returns.
    pub(crate) async fn mailbox(&self, changes: Vec<Change>) -> Result<(), WriteFault> {
        self.ask(|reply| Job::Mailbox(changes, reply)).await
    }

    /// Stops the writer once everything asked for before is written.
    pub(crate) async fn stop(&self) {
        // It may have stopped before.
        let _ = self.jobs.send(Job::Stop).await;
    }

    async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, WriteFault> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| WriteFault::Stopped)?;
        answer.await.unwrap_or(Err(WriteFault::Stopped))
    }
}

impl WriterThread {
    /// Waits until everything that was asked for is written. Blocks.
    pub(crate) fn join(self) -> Result<(), StoreFault> {
        self.0.join().unwrap_or(Err(StoreFault::Damaged("the writer's state")))
    }
}

impl Desk {
    fn work(mut self) -> Result<(), StoreFault> {
        while let Some(first) = self.jobs.blocking_recv() {
            if !self.work_off(first) {
                break;
            }
        }
        match self.broken {
            Some(fault) => Err(fault),
            None => self.store.finish(),
        }
    }

    /// Does a job and everything that waits behind it, pushes together. Says whether to go on.
    fn work_off(&mut self, first: Job) -> bool {
        let mut staged = Staged::default();
        let mut next = Some(first);
        let mut goes_on = true;
        while let Some(job) = next {
            match job {
                Job::Push(push, reply) => staged.add(push, reply),
                Job::Link(space, link, reply) => {
                    self.commit(&mut staged);
                    answer(reply, self.link(&space, &link));
                }
                Job::Space(space, reply) => {
                    self.commit(&mut staged);
                    answer(reply, self.space(*space));
                }
                Job::Mailbox(changes, reply) => {
                    self.commit(&mut staged);
                    answer(reply, self.write(&changes).map_err(WriteFault::from));
                }
                Job::Stop => {
                    goes_on = false;
                    break;
                }
            }
            let full = staged.len() >= COMMIT_JOBS_MAX || staged.bytes() >= COMMIT_BYTES_MAX;
            next = if full { None } else { self.jobs.try_recv().ok() };
        }
        self.commit(&mut staged);
        goes_on
    }

    fn commit(&mut self, staged: &mut Staged) {
        let staged = std::mem::take(staged);
        if staged.len() == 0 {
            return;
        }
        let written = self.write(&staged.changes());
        staged.finish(&written);
    }

    fn link(&mut self, space: &Space, link: &Link) -> Result<RosterHead, WriteFault> {
        let admitted = space.held().admit_link(link)?;
        let LinkAdmission::Appended(roster) = admitted else { return Ok(space.held().roster().head()) };
        let bytes = Bytes::copy_from_slice(link.bytes());
        let mut changes = vec![Change::Link { space: space.id(), seq: link.seq(), bytes: bytes.clone() }];
        let before = space.held().roster().paper().map(|paper| paper.id);
        let paper = roster.paper().map(|paper| paper.id).filter(|paper| Some(*paper) != before);
        changes.extend(paper.map(|paper| Change::Paper { paper, space: space.id() }));
        self.write(&changes)?;
        space.linked(*roster, bytes);
        Ok(link.head())
    }

    fn space(&mut self, new: NewSpace) -> Result<(), WriteFault> {
        let NewSpace { space, links, papers, ticket } = new;
        let mut changes = vec![Change::Space { space, ticket }];
        changes.extend((0..).zip(links).map(|(seq, bytes)| Change::Link { space, seq, bytes }));
        changes.extend(papers.into_iter().map(|paper| Change::Paper { paper, space }));
        Ok(self.write(&changes)?)
    }

    /// Writes, unless the store broke before. After a failure nobody knows what is on the disk: nothing is acknowledged
    /// until the store was opened and verified anew.
    fn write(&mut self, changes: &[Change]) -> Result<(), StoreFault> {
        if let Some(fault) = &self.broken {
            return Err(fault.clone());
        }
        let written = self.store.commit(changes);
        if let Err(fault @ (StoreFault::Failed(_) | StoreFault::Damaged(_))) = &written {
            tracing::error!(%fault, "the store failed; stopping");
            self.broken = Some(fault.clone());
            self.failed.cancel();
        }
        written
    }
}

fn answer<T>(reply: Reply<T>, answer: Result<T, WriteFault>) {
    // Whoever asked may have gone meanwhile; what was written stays written.
    let _ = reply.send(answer);
}
