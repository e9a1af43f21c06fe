//! Where the friend stands in the segments that scenarios begin by, and until when that lasts.

use crate::model::{Friend, Watch};
use crate::policy::Reason;
use crate::segment::Depends;

use super::all::Watched;
use super::scene::{Instant, Scene};
use super::{Effects, Occasion};

impl Scene<'_> {
    /// Compares where the friend stands with where it stood, and starts what listens to the change. Only
    /// what may have changed is asked: what depends on something that did, or all when its time has come.
    pub(super) fn look_at_segments(
        &self,
        friend: &mut Friend,
        occasion: &Occasion<'_>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        let changed = core::mem::take(&mut instant.changed);
        let current = friend.watch.filter(|watch| watch.by == self.playbook);
        let all_anew = current.is_none_or(|watch| watch.until.is_some_and(|until| until <= self.now));
        instant.changed_in_all = instant.changed_in_all | if all_anew { Depends::ALL } else { changed };
        if !all_anew && changed == Depends::NOTHING {
            return;
        }
        if current.is_none() {
            // Segments nobody listens to any more are forgotten.
            let watched = self.scenarios.watched();
            friend.inside.retain(|segment, _| watched.iter().any(|watched| watched.segment == *segment));
        }
        let mut until = current.filter(|_| !all_anew).and_then(|watch| watch.until);
        let mut turned = Vec::new();
        for watched in self.scenarios.watched() {
            if !all_anew && !watched.depends.meets(changed) {
                continue;
            }
            let inside = watched.predicate.matches(friend, self.now);
            until = until.into_iter().chain(watched.predicate.next_change(friend, self.now)).min();
            let before = match friend.inside.get_mut(&watched.segment) {
                // By other words one is inside without having come in (X22).
                Some(known) if current.is_none() && watched.redefined && *known != inside => {
                    *known = inside;
                    None
                }
                Some(known) => Some(core::mem::replace(known, inside)),
                None => {
                    friend.inside.insert(watched.segment.clone(), inside);
                    occasion.new_friend.then_some(false)
                }
            };
            if before != Some(inside) {
                turned.push((watched, before, inside));
            }
        }
        if all_anew || changed.meets(self.scenarios.timed_depends()) {
            until = until.into_iter().chain(self.next_time(friend)).min();
        }
        if self.menus.watched && (all_anew || changed.meets(self.menus.depends)) {
            until = until.into_iter().chain(self.menus.next_change(friend, self.now, self.zone)).min();
        }
        friend.watch = Some(Watch { by: self.playbook, until });
        self.start_turned(friend, &turned, occasion, instant, effects);
    }

    fn start_turned(
        &self,
        friend: &mut Friend,
        turned: &[(&Watched, Option<bool>, bool)],
        occasion: &Occasion<'_>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        let mut starting: Vec<_> = turned
            .iter()
            .flat_map(|(watched, before, inside)| {
                self.scenarios.turning(watched, *inside).map(move |scenario| (scenario, *before, *inside))
            })
            .collect();
        starting.sort_by(|(a, ..), (b, ..)| b.priority.cmp(&a.priority).then_with(|| a.name.cmp(&b.name)));
        for (scenario, before, inside) in starting {
            match before {
                Some(_) => self.start_by_segment(friend, scenario, occasion.at, instant, effects),
                // Where backfill says who comes in of those who are inside, it says so in its time.
                None if inside && scenario.backfill.is_none() => {
                    self.decide(friend, &scenario.name, None, Reason::InsideBefore, effects);
                }
                None => {}
            }
        }
    }
}
