//! One friend at one instant: who enters, who leaves, what is due.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::coupon::KeyRing;
use crate::model::{
    FollowKind, Friend, Journey, RunRecord, ScenarioName, SegmentName, StepName, TagName, Timestamp, Zone,
};
use crate::policy::{Leaving, Policy, Reason};
use crate::segment::{LooksBack, Predicate, TagRule};

use super::{Action, Cause, Decision, Effects, Goal, Reentry, Scenario, Trigger};

/// Everything that is needed to move one friend at one instant, all of it read-only.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The shop's scenarios.
    pub scenarios: &'a BTreeMap<ScenarioName, Scenario>,
    /// The rules for all messages.
    pub policy: &'a Policy,
    /// The shop's tags.
    pub tags: &'a BTreeMap<TagName, TagRule>,
    /// How far back anything looks; what no longer can matter is forgotten.
    pub looks_back: &'a LooksBack,
    /// The shop's calendar.
    pub zone: &'a Zone,
    /// The shop's name, for messages and keys.
    pub shop: &'a str,
    /// What makes coupon codes.
    pub keys: Option<&'a KeyRing>,
    /// Now.
    pub now: Timestamp,
}

/// What has gone on in one instant of a friend's life.
#[derive(Default)]
pub(super) struct Instant {
    /// Scenarios entered: each at most once, so that two that start each other cannot go round.
    entered: BTreeSet<ScenarioName>,
    /// Tags put on by steps, which may start other scenarios.
    pub(super) tagged: Vec<TagName>,
}

impl Scene<'_> {
    /// Lets everything happen to the friend that is to happen now: `causes` may start scenarios,
    /// goals end runs, segments are looked at, and whatever is due is done.
    ///
    /// `happened_at` is the instant of the event behind it, or now. `new_friend` tells that nobody
    /// had heard of the friend before, so that every segment it is in was come into just now.
    /// Bounded: scenarios are entered at most once each, and steps lead only forward.
    pub fn play(
        &self,
        friend: &mut Friend,
        causes: &[Cause<'_>],
        happened_at: Timestamp,
        new_friend: bool,
        effects: &mut Effects,
    ) {
        let mut instant = Instant::default();
        let ranked = self.by_priority();
        self.leave_removed(friend, effects);
        self.leave_by_goal(friend, effects);
        for cause in causes {
            self.start(&ranked, friend, *cause, happened_at, &mut instant, effects);
        }
        loop {
            let entered_before = instant.entered.len();
            self.look_at_segments(&ranked, friend, happened_at, new_friend, &mut instant, effects);
            let moved = self.run_due(friend, &mut instant, effects);
            for tag in core::mem::take(&mut instant.tagged) {
                self.start(&ranked, friend, Cause::Tagged(&tag), self.now, &mut instant, effects);
            }
            // What a step has done can bring the friend into a segment: look once more.
            if !moved && instant.entered.len() == entered_before {
                break;
            }
        }
        self.forget(friend);
    }

    /// Drops what no rule looks back at any more.
    fn forget(&self, friend: &mut Friend) {
        friend.history.forget(|activity, at| self.looks_back.remembers(activity, at, self.now));
        friend.sent.retain(|sent| {
            self.policy.remembers(sent.at, self.now, self.zone) || self.looks_back.remembers_message(sent.at, self.now)
        });
    }

    /// Was the tag put on, and has it not run out since? Putting it on anew then starts what listens.
    pub fn is_tagged(&self, friend: &Friend, tag: &TagName) -> bool {
        let expires = self.tags.get(tag).and_then(|rule| rule.expires);
        let holds = |since| expires.is_none_or(|span| !self.zone.elapsed(since, span, self.now));
        friend.tags.get(tag).is_some_and(|mark| mark.on && holds(mark.at))
    }

    /// When the friend must be looked at again though nothing happens to it.
    pub fn next_wake(&self, friend: &Friend) -> Option<Timestamp> {
        let due = friend.journeys.iter().map(|journey| journey.due);
        let changes = self.watched().filter_map(|(_, predicate)| predicate.next_change(friend, self.now));
        due.chain(changes).min()
    }

    fn start(
        &self,
        ranked: &[&Scenario],
        friend: &mut Friend,
        cause: Cause<'_>,
        at: Timestamp,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        for scenario in ranked {
            if scenario.trigger.fires(cause) {
                self.enter(friend, scenario, at, instant, effects);
            } else if matches!(cause, Cause::Follow(FollowKind::Unknown))
                && matches!(scenario.trigger, Trigger::Follow | Trigger::Refollow)
            {
                self.decide(friend, &scenario.name, None, None, Reason::FollowUnknown, effects);
            }
        }
    }

    /// Compares where the friend stands with where it stood, and starts what listens to the change.
    fn look_at_segments(
        &self,
        ranked: &[&Scenario],
        friend: &mut Friend,
        at: Timestamp,
        new_friend: bool,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        let mut stands: BTreeMap<&SegmentName, (Option<bool>, bool)> = BTreeMap::new();
        for (segment, predicate) in self.watched() {
            let before = friend.inside.get(segment).copied().or(new_friend.then_some(false));
            stands.entry(segment).or_insert_with(|| (before, predicate.matches(friend, self.now)));
        }
        for (segment, (_, now)) in &stands {
            if friend.inside.get(*segment) != Some(now) {
                friend.inside.insert((*segment).clone(), *now);
            }
        }
        for scenario in ranked {
            let (segment, comes_in) = match &scenario.trigger {
                Trigger::Enter(segment, _) => (segment, true),
                Trigger::Leave(segment, _) => (segment, false),
                _ => continue,
            };
            match stands.get(segment) {
                Some((Some(before), now)) if before != now && *now == comes_in => {
                    self.enter(friend, scenario, at, instant, effects);
                }
                Some((None, true)) if comes_in => {
                    self.decide(friend, &scenario.name, None, None, Reason::InsideBefore, effects);
                }
                _ => {}
            }
        }
        // Segments nobody listens to any more are forgotten.
        if friend.inside.len() > stands.len() {
            friend.inside.retain(|segment, _| stands.contains_key(segment));
        }
    }

    fn enter(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        at: Timestamp,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        // An event from a clock that runs ahead starts its run now, not later.
        let at = at.min(self.now);
        if let Err(reason) = self.may_enter(friend, scenario, at, instant) {
            return self.decide(friend, &scenario.name, None, None, reason, effects);
        }
        instant.entered.insert(scenario.name.clone());
        let first = RunRecord { runs: 0, last_entered: at, last_ended: None };
        let record = friend.runs.entry(scenario.name.clone()).or_insert(first);
        record.runs = record.runs.saturating_add(1);
        record.last_entered = at;
        let run = record.runs;
        let first_step = scenario.steps[0].name.clone();
        let mut journey = Journey { scenario: scenario.name.clone(), run, entered_at: at, step: first_step, due: at };
        self.decide(friend, &scenario.name, Some(run), None, Reason::Entered, effects);
        self.arrive(friend, scenario, &mut journey, 0, at, effects);
        friend.journeys.push(journey);
    }

    fn may_enter(&self, friend: &Friend, scenario: &Scenario, at: Timestamp, instant: &Instant) -> Result<(), Reason> {
        let running = friend.journeys.iter().any(|journey| journey.scenario == scenario.name);
        if running || instant.entered.contains(&scenario.name) {
            return Err(Reason::AlreadyRunning);
        }
        if self.zone.elapsed(at, self.policy.enter_within, self.now) {
            return Err(Reason::Stale { at });
        }
        match (friend.runs.get(&scenario.name), scenario.reentry) {
            (None, _) | (_, Reentry::AfterEnd) => Ok(()),
            (Some(_), Reentry::Never) => Err(Reason::EnteredBefore),
            (Some(record), Reentry::After(span)) => {
                let from = self.zone.plus(record.last_entered, span);
                if from <= self.now { Ok(()) } else { Err(Reason::TooSoon { from }) }
            }
        }
    }

    /// Puts a journey before the step at `index`, which it reached at `arrived`.
    pub(super) fn arrive(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        index: usize,
        arrived: Timestamp,
        effects: &mut Effects,
    ) {
        let step = &scenario.steps[index];
        journey.step = step.name.clone();
        journey.due = match &step.action {
            Action::Wait(wait) => wait.ends(journey.entered_at, arrived, self.zone),
            _ => arrived,
        };
        if journey.due > self.now {
            let reason = Reason::Waits { until: journey.due };
            self.decide(friend, &scenario.name, Some(journey.run), Some(&step.name), reason, effects);
        }
    }

    /// Does every journey that is due, the first in rank first, until none is. Was there any?
    fn run_due(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) -> bool {
        let mut moved = false;
        while let Some(first) = self.first_due(friend) {
            moved = true;
            let journey = friend.journeys.swap_remove(first);
            if let Some(journey) = self.proceed(friend, journey, instant, effects) {
                friend.journeys.push(journey);
            }
        }
        if moved {
            friend.journeys.sort_by(|a, b| a.scenario.cmp(&b.scenario));
        }
        moved
    }

    /// The place of the journey that is due and goes first.
    fn first_due(&self, friend: &Friend) -> Option<usize> {
        let rank = |place: usize| {
            let journey = &friend.journeys[place];
            let priority = self.scenarios.get(&journey.scenario).map_or(0, |s| s.priority);
            (Reverse(priority), journey.due, &journey.scenario)
        };
        let due = (0..friend.journeys.len()).filter(|place| friend.journeys[*place].due <= self.now);
        due.min_by(|a, b| rank(*a).cmp(&rank(*b)))
    }

    /// A run whose goal is reached ends at once, not at its next waking (X28).
    fn leave_by_goal(&self, friend: &mut Friend, effects: &mut Effects) {
        let reached = |journey: &Journey| {
            self.scenarios.get(&journey.scenario).is_some_and(|s| self.goal_reached(friend, s, journey))
        };
        let (left, stayed) = friend.journeys.iter().cloned().partition(reached);
        friend.journeys = stayed;
        self.leave_all(friend, left, Leaving::Goal, effects);
    }

    pub(super) fn goal_reached(&self, friend: &Friend, scenario: &Scenario, journey: &Journey) -> bool {
        match &scenario.goal {
            None => false,
            Some(Goal::Order) => {
                friend.orders.counting(self.now).next_back().is_some_and(|(placed, _)| placed > journey.entered_at)
            }
            Some(Goal::When(predicate)) => predicate.matches(friend, self.now),
        }
    }

    fn leave_removed(&self, friend: &mut Friend, effects: &mut Effects) {
        let (known, gone): (Vec<_>, Vec<_>) =
            friend.journeys.drain(..).partition(|journey| self.scenarios.contains_key(&journey.scenario));
        friend.journeys = known;
        self.leave_all(friend, gone, Leaving::ScenarioRemoved, effects);
    }

    fn leave_all(&self, friend: &mut Friend, journeys: Vec<Journey>, how: Leaving, effects: &mut Effects) {
        for journey in journeys {
            self.leave(friend, &journey, how, effects);
        }
    }

    /// Notes the end of a run.
    pub fn leave(&self, friend: &mut Friend, journey: &Journey, how: Leaving, effects: &mut Effects) {
        if let Some(record) = friend.runs.get_mut(&journey.scenario) {
            record.last_ended = record.last_ended.max(Some(self.now));
        }
        let reason = Reason::Left { how };
        self.decide(friend, &journey.scenario, Some(journey.run), Some(&journey.step), reason, effects);
    }

    pub(super) fn decide(
        &self,
        friend: &Friend,
        scenario: &ScenarioName,
        run: Option<u32>,
        step: Option<&StepName>,
        reason: Reason,
        effects: &mut Effects,
    ) {
        effects.decisions.push(Decision {
            at: self.now,
            friend: friend.key.clone(),
            scenario: Some(scenario.clone()),
            run,
            step: step.cloned(),
            reason,
            delivery: None,
        });
    }

    /// The segments scenarios start by.
    fn watched(&self) -> impl Iterator<Item = (&SegmentName, &Predicate)> {
        self.scenarios.values().filter_map(|scenario| match &scenario.trigger {
            Trigger::Enter(segment, predicate) | Trigger::Leave(segment, predicate) => Some((segment, predicate)),
            _ => None,
        })
    }

    /// Higher priority first, then by name.
    fn by_priority(&self) -> Vec<&Scenario> {
        let mut ranked: Vec<_> = self.scenarios.values().collect();
        ranked.sort_by_key(|scenario| Reverse(scenario.priority));
        ranked
    }
}
