//! The clock by which the stand-in ages retry keys, reply tokens, rate limits and the quota month.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock in milliseconds since the UNIX epoch. Clones share the same time, so that the code under
/// test and the stand-in can live through the same simulated year.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Added to the time of the base.
    offset: Arc<AtomicI64>,
    base: Base,
}

#[derive(Clone, Copy, Debug)]
enum Base {
    Epoch,
    System,
}

impl Clock {
    /// A clock that stands still at `ms` until it is set.
    pub fn fixed(ms: i64) -> Self {
        Self { offset: Arc::new(AtomicI64::new(ms)), base: Base::Epoch }
    }

    /// The clock of the computer. After [`Clock::set`] it runs on from the given time.
    pub fn system() -> Self {
        Self { offset: Arc::new(AtomicI64::new(0)), base: Base::System }
    }

    /// The current time.
    pub fn now(&self) -> i64 {
        self.base.now() + self.offset.load(Ordering::SeqCst)
    }

    /// Sets the time for every clone of this clock.
    pub fn set(&self, ms: i64) {
        self.offset.store(ms - self.base.now(), Ordering::SeqCst);
    }

    /// Moves the time by `ms` for every clone of this clock.
    pub fn advance(&self, ms: i64) {
        self.offset.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Base {
    fn now(self) -> i64 {
        match self {
            Base::Epoch => 0,
            Base::System => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64),
        }
    }
}
