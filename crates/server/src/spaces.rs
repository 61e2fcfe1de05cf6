//! The spaces in memory: loaded when somebody asks, forgotten when nobody does and there are many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use haven_feed::SpaceId;
use tokio::time::Instant;

use crate::limits::SPACES_IDLE_MAX;
use crate::options::Limits;
use crate::readers::Readers;
use crate::space::Space;
use crate::store::StoreFault;

/// All spaces that somebody used lately.
pub(crate) struct Spaces {
    readers: Readers,
    limits: Limits,
    resident: Mutex<BTreeMap<SpaceId, Arc<Space>>>,
    /// Held while a space is loaded: two copies of one space would drift apart.
    loading: tokio::sync::Mutex<()>,
}

impl Spaces {
    /// Begins with none in memory.
    pub(crate) fn new(readers: Readers, limits: Limits) -> Self {
        Self { readers, limits, resident: Mutex::default(), loading: tokio::sync::Mutex::default() }
    }

    /// Returns a space if it is in memory.
    pub(crate) fn resident(&self, space: &SpaceId) -> Option<Arc<Space>> {
        self.map().get(space).cloned()
    }

    /// Returns a space, from the store if need be. `None` if the store has none of this id.
    pub(crate) async fn find(&self, space: SpaceId) -> Result<Option<Arc<Space>>, StoreFault> {
        if let Some(space) = self.resident(&space) {
            return Ok(Some(space));
        }
        let _loading = self.loading.lock().await;
        if let Some(space) = self.resident(&space) {
            return Ok(Some(space));
        }
        let limits = self.limits;
        let restored =
            self.readers.read(move |reader| Space::restore(reader, &space, &limits, Instant::now()));
        let Some(loaded) = restored.await?.map(Arc::new) else { return Ok(None) };
        self.keep(loaded.clone());
        Ok(Some(loaded))
    }

    fn keep(&self, space: Arc<Space>) {
        let mut resident = self.map();
        if resident.len() >= SPACES_IDLE_MAX {
            resident.retain(|_, space| Arc::strong_count(space) > 1);
        }
        resident.insert(space.id(), space);
    }

    fn map(&self) -> MutexGuard<'_, BTreeMap<SpaceId, Arc<Space>>> {
        self.resident.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
