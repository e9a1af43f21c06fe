//! One friend at one instant: who leaves, who enters, what is due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::coupon::ledger::Headroom;
use crate::coupon::{Coupon, KeyRing};
use crate::insight::BestHour;
use crate::model::{CouponName, DeliveryKey, Event, Friend, Journey, Money, ScenarioName, TagName, Timestamp, Zone};
use crate::policy::{Leaving, Policy, Quota, Reason, Stock};
use crate::rfm::Cycles;
use crate::segment::{Depends, LooksBack, TagRule};

use super::{Cause, Clock, Decision, Effects, Menus, Scenarios};

/// Everything that is needed to move one friend at one instant, all of it read-only.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The shop's scenarios.
    pub scenarios: &'a Scenarios,
    /// The shop's coupons.
    pub coupons: &'a BTreeMap<CouponName, Arc<Coupon>>,
    /// The shop's rich menus.
    pub menus: &'a Menus,
    /// The rules for all messages.
    pub policy: &'a Policy,
    /// The shop's tags.
    pub tags: &'a BTreeMap<TagName, TagRule>,
    /// How far back anything looks; what no longer can matter is forgotten.
    pub looks_back: &'a LooksBack,
    /// The shop's calendar.
    pub zone: &'a Zone,
    /// How long its goods last.
    pub cycles: &'a Cycles,
    /// When its friends react.
    pub best_hour: &'a BestHour,
    /// The shop's name, for messages and keys.
    pub shop: &'a str,
    /// Where it is found, for messages.
    pub url: Option<&'a str>,
    /// How much there is of what, where that was told.
    pub stock: Option<&'a Stock>,
    /// How many messages are left this month, where that was told.
    pub quota: Option<Quota>,
    /// What may still be issued of each coupon, where the shop keeps a ledger of them.
    pub headroom: Option<&'a Headroom>,
    /// What makes coupon codes.
    pub keys: Option<&'a KeyRing>,
    /// Names the playbook.
    pub playbook: u64,
    /// Now.
    pub now: Timestamp,
}

/// What came to the friend.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "a bundle of arguments")]
pub struct Occasion<'a> {
    /// What may start scenarios, or end runs of them.
    pub causes: &'a [Cause<'a>],
    /// When it happened.
    pub at: Timestamp,
    /// What of the friend's record it may have changed.
    pub changed: Depends,
    /// Had nobody heard of the friend before? Then every segment it is in was come into just now.
    pub new_friend: bool,
}

impl<'a> Occasion<'a> {
    /// The event behind it, if there is one.
    pub(super) fn event(&self) -> Option<&'a Event> {
        self.causes.iter().find_map(|cause| match cause {
            Cause::Event(event) => Some(*event),
            _ => None,
        })
    }

    /// Nothing but time went by.
    pub const fn time(now: Timestamp) -> Self {
        Self { causes: &[], at: now, changed: Depends::NOTHING, new_friend: false }
    }
}

/// What has gone on in one instant of a friend's life.
#[derive(Default)]
pub(super) struct Instant {
    /// Scenarios entered: each at most once about one thing, so that two that start each other cannot go
    /// round.
    pub(super) entered: BTreeSet<(ScenarioName, Option<Box<str>>)>,
    /// Tags put on by steps, which may start other scenarios.
    pub(super) tagged: Vec<TagName>,
    /// Scenarios that steps ask to begin.
    pub(super) started: Vec<ScenarioName>,
    /// What steps have changed of the friend's record.
    pub(super) changed: Depends,
    /// The same, for all that comes after the loop: with [`Depends::ALL`] where the time itself may have.
    pub(super) changed_in_all: Depends,
    /// How many LINE messages have left.
    pub(super) sent_on_line: u64,
    /// What coupons have been issued at the cost of their budgets.
    pub(super) promised: BTreeMap<CouponName, Money>,
    /// A run has ended: others may have waited for it.
    pub(super) ended: bool,
}

impl Scene<'_> {
    /// Lets everything happen to the friend that is to happen now: runs of scenarios that were written anew
    /// are settled, stops and goals end runs, causes start some, segments are looked at, and whatever is due
    /// is done.
    ///
    /// Bounded: a scenario is entered at most once about one thing, and steps lead forward, or back a
    /// bounded number of times.
    pub fn play(&self, friend: &mut Friend, occasion: &Occasion<'_>, effects: &mut Effects) {
        let mut instant = Instant { changed: occasion.changed, ..Instant::default() };
        friend.sort_journeys();
        self.settle_edited(friend, &mut instant, effects);
        self.stop(friend, occasion, &mut instant, effects);
        self.leave_done(friend, &mut instant, effects);
        for cause in occasion.causes {
            self.start(friend, *cause, occasion.at, &mut instant, effects);
        }
        self.start_timed(friend, &mut instant, effects);
        loop {
            let entered_before = instant.entered.len();
            self.let_go(friend, occasion, &instant);
            self.look_at_segments(friend, occasion, &mut instant, effects);
            let moved = self.run_due(friend, &mut instant, effects);
            for tag in core::mem::take(&mut instant.tagged) {
                self.start(friend, Cause::Tagged(&tag), self.now, &mut instant, effects);
            }
            for scenario in core::mem::take(&mut instant.started) {
                self.start_by_name(friend, &scenario, None, self.now, &mut instant, effects);
            }
            // Whoever came in with the goal reached, or reached it by a step, does not wait to be looked at again.
            self.leave_done(friend, &mut instant, effects);
            if core::mem::take(&mut instant.ended) {
                self.enter_deferred(friend, &mut instant, effects);
            }
            // What a step has done can bring the friend into a segment: look once more.
            if !moved && instant.entered.len() == entered_before {
                break;
            }
        }
        self.switch_by_rule(friend, occasion, instant.changed_in_all, effects);
        friend.looked_at = friend.looked_at.max(Some(self.now));
        self.forget(friend);
    }

    /// When the friend must be looked at again though nothing happens to it.
    pub fn next_wake(&self, friend: &Friend) -> Option<Timestamp> {
        let journeys = friend.journeys.iter();
        let turns = journeys.clone().filter_map(|journey| self.ending_turns(friend, journey));
        journeys.map(|journey| journey.due).chain(turns).chain(friend.watch.and_then(|watch| watch.until)).min()
    }

    /// Drops what no rule looks back at any more.
    fn forget(&self, friend: &mut Friend) {
        friend.history.forget(|activity, at| self.looks_back.remembers(activity, at, self.now));
        friend.sent.retain(|sent| {
            self.policy.remembers(sent, self.now, self.zone) || self.looks_back.remembers_message(sent.at, self.now)
        });
    }

    /// Was the tag put on, and has it not run out since? Putting it on anew then starts what listens.
    pub fn is_tagged(&self, friend: &Friend, tag: &TagName) -> bool {
        let expires = self.tags.get(tag).and_then(|rule| rule.expires);
        let holds = |since| expires.is_none_or(|span| !self.zone.elapsed(since, span, self.now));
        friend.tags.get(tag).is_some_and(|mark| mark.on && holds(mark.at))
    }

    /// Notes the end of a run, with what it ended by where there is something to say.
    pub fn leave(
        &self,
        friend: &mut Friend,
        journey: &Journey,
        how: Leaving,
        what: Option<Box<str>>,
        effects: &mut Effects,
    ) {
        if let Some(record) = friend.runs.get_mut(&journey.scenario) {
            record.last_ended = record.last_ended.max(Some(self.now));
        }
        self.note(friend, journey, Reason::Left { how, what }, effects);
    }

    pub(super) const fn clock(&self) -> Clock<'_> {
        Clock { zone: self.zone, cycles: self.cycles, best_hour: self.best_hour }
    }

    /// Writes down a decision at the step a run stands at.
    pub(super) fn note(&self, friend: &Friend, journey: &Journey, reason: Reason, effects: &mut Effects) {
        self.note_with(friend, Some(journey), reason, None, effects);
    }

    /// Writes down a decision, at the step a run stands at unless no scenario asked for it, with what it led to.
    pub fn note_with(
        &self,
        friend: &Friend,
        journey: Option<&Journey>,
        reason: Reason,
        delivery: Option<DeliveryKey>,
        effects: &mut Effects,
    ) {
        effects.decisions.push(Decision {
            at: self.now,
            friend: friend.key.clone(),
            scenario: journey.map(|journey| journey.scenario.clone()),
            run: journey.map(|journey| journey.run),
            step: journey.map(|journey| journey.step.clone()),
            reason,
            delivery,
        });
    }

    /// Writes down a decision about a scenario as a whole: whether a run of it begins, and which.
    pub(super) fn decide(
        &self,
        friend: &Friend,
        scenario: &ScenarioName,
        run: Option<u32>,
        reason: Reason,
        effects: &mut Effects,
    ) {
        effects.decisions.push(Decision {
            at: self.now,
            friend: friend.key.clone(),
            scenario: Some(scenario.clone()),
            run,
            step: None,
            reason,
            delivery: None,
        });
    }
}
