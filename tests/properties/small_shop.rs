//! A shop for tests of what is known, not of what is sent.

use std::sync::Arc;

use enishi::engine::Engine;
use enishi::model::Timestamp;
use enishi::playbook::Playbook;

use super::support::lab::keys;

/// 2026-03-01T00:00Z, a week before clocks change in New York.
pub(crate) const START: i64 = 1_772_323_200_000;

pub(crate) fn engine(playbook: &str) -> Engine {
    let playbook = Playbook::read(playbook).unwrap_or_else(|faults| panic!("{faults}"));
    Engine::new(Arc::new(playbook), Some(keys())).unwrap()
}

pub(crate) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms).unwrap()
}
