//! An engine's friends as the records of a population.

use std::borrow::Cow;

use crate::model::Friend;
use crate::population::{Population, Records};

use super::Engine;

/// The engine's own friends, found by the keys of a population's rows: for the conditions no column answers.
///
/// ```
/// use enishi::engine::{Engine, FriendsByRow};
/// use enishi::playbook::Playbook;
/// use enishi::population::Population;
/// let playbook = std::sync::Arc::new(Playbook::read(
///     "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[segments]\n'静か' = 'no click within 60d'",
/// ).unwrap());
/// let engine = Engine::new(playbook.clone(), None)?;
/// let population = Population::of(engine.friends())?;
/// let silent = &playbook.segments()["静か"].predicate;
/// let records = FriendsByRow::new(&engine, &population);
/// assert_eq!(population.select_with(silent, engine.now(), &records).count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FriendsByRow<'a> {
    engine: &'a Engine,
    population: &'a Population,
}

impl<'a> FriendsByRow<'a> {
    /// The friends of `engine` in the rows of `population`.
    pub const fn new(engine: &'a Engine, population: &'a Population) -> Self {
        Self { engine, population }
    }
}

impl Records for FriendsByRow<'_> {
    fn friend(&self, row: u32) -> Option<Cow<'_, Friend>> {
        self.engine.friend(self.population.key(row)?.as_str()).map(Cow::Owned)
    }
}
