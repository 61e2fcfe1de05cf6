//! How many bytes of requests may be in memory at once. Who exceeds it is sent away at once: a body that waited with its
//! connection's window full would hold up the others on the same connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of bytes that requests share.
#[derive(Debug)]
pub(crate) struct Budget {
    used: AtomicUsize,
    max: usize,
}

/// What one request has taken from its budgets; given back when dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    bytes: AtomicUsize,
    budgets: Vec<Arc<Budget>>,
}

/// A budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded;

impl Budget {
    /// Makes a budget of so many bytes.
    pub(crate) fn of(max: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), max })
    }
}

impl Taken {
    /// Begins with nothing, at the expense of these budgets.
    pub(crate) fn from(budgets: Vec<Arc<Budget>>) -> Self {
        Self { bytes: AtomicUsize::new(0), budgets }
    }

    /// Takes some bytes more from each budget. They count even if they are too many: they are there already.
    pub(crate) fn take(&self, bytes: usize) -> Result<(), Exceeded> {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let mut exceeded = false;
        for budget in &self.budgets {
            exceeded |= budget.used.fetch_add(bytes, Ordering::Relaxed) + bytes > budget.max;
        }
        if exceeded { Err(Exceeded) } else { Ok(()) }
    }

    /// Returns what was taken, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        for budget in &self.budgets {
            budget.used.fetch_sub(self.bytes(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_from_one_is_taken_from_all_and_comes_back() {
        let (all, mine) = (Budget::of(100), Budget::of(60));
        let one = Taken::from(vec![mine.clone(), all.clone()]);
        assert_eq!([one.take(50), one.take(10), one.take(1)], [Ok(()), Ok(()), Err(Exceeded)]);
        let other = Taken::from(vec![all.clone()]);
        assert_eq!([other.take(39), other.take(1)], [Ok(()), Err(Exceeded)]);
        assert_eq!((one.bytes(), other.bytes()), (61, 40));
        drop(one);
        assert_eq!(other.take(60), Ok(()));
        drop(other);
        assert_eq!((all.used.load(Ordering::Relaxed), mine.used.load(Ordering::Relaxed)), (0, 0));
    }
}
