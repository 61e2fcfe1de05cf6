//! The connections that read, shared by all requests. Reading happens on threads that may block.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::limits::READERS;
use crate::store::{Reader, Store, StoreFault};

/// A few readers that take turns.
#[derive(Clone)]
pub(crate) struct Readers {
    idle: Arc<Mutex<Vec<Box<dyn Reader>>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    /// Opens the readers of a store.
    pub(crate) fn open(store: &dyn Store) -> Result<Self, StoreFault> {
        let idle: Vec<_> = (0..READERS).map(|_| store.reader()).collect::<Result<_, _>>()?;
        Ok(Self { turns: Arc::new(Semaphore::new(idle.len())), idle: Arc::new(Mutex::new(idle)) })
    }

    /// Reads something when a reader is free.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut dyn Reader) -> Result<T, StoreFault> + Send + 'static,
    ) -> Result<T, StoreFault> {
        let turn = self.turns.clone().acquire_owned().await.expect("the turns are never closed");
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let mut reader = readers.idle().pop().expect("a turn goes with each reader");
            let answer = read(&mut *reader);
            readers.idle().push(reader);
            drop(turn);
            answer
        });
        reading.await.unwrap_or(Err(StoreFault::Damaged("a row")))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Reader>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
