//! From step to step until there is something to wait for.

use core::cmp::Reverse;

use crate::model::{Friend, Journey, Marked, Timestamp};
use crate::policy::{Leaving, Reason, Turn};
use crate::segment::{Depends, draw};

use super::scene::{Instant, Scene};
use super::{Action, Arm, Await, Effects, Goto, Scenario};

/// Where a step led.
pub(super) enum Led {
    To(Goto),
    /// The same step again, then.
    Again(Timestamp),
    Out(Leaving, Option<Box<str>>),
}

impl Led {
    pub(super) const NEXT: Self = Self::To(Goto::Next);
}

impl Scene<'_> {
    /// Does every journey that is due, the first in rank first, until none is. Was there any?
    pub(super) fn run_due(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) -> bool {
        self.look_out(friend);
        let mut turns = self.turns(friend);
        let moved = !turns.is_empty();
        while let Some(place) = turns.pop() {
            let others = friend.journeys.len() - 1;
            let journey = friend.journeys.swap_remove(place);
            // Whoever was last lies there now.
            turns.iter_mut().filter(|turn| **turn == others).for_each(|turn| *turn = place);
            let going_on = self.proceed(friend, journey, instant, effects);
            if friend.journeys.len() < others {
                turns = self.turns(friend);
            }
            friend.journeys.extend(going_on);
        }
        if moved {
            friend.sort_journeys();
        }
        moved
    }

    /// The places of the journeys that are due, the last to go first: by priority, then by when it was due, by
    /// name and by run (semantics 4.6).
    fn turns(&self, friend: &Friend) -> Vec<usize> {
        let due = friend.journeys.iter().enumerate().filter(|(_, journey)| journey.due <= self.now);
        let mut ranked: Vec<_> = due
            .map(|(place, journey)| {
                let priority = self.scenarios.of(journey).map_or(0, |scenario| scenario.priority);
                (Reverse(priority), journey.due, &journey.scenario, journey.run, place)
            })
            .collect();
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked.into_iter().map(|(.., place)| place).collect()
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
        journey.arrived = arrived;
        journey.due = arrived;
        match &step.action {
            Action::Wait(wait) => match wait.ends(friend, journey, self.now, &self.clock()) {
                Ok(ends) => journey.due = ends,
                Err(date) => self.note(friend, journey, Reason::DateMissing { date: date.to_string().into() }, effects),
            },
            Action::Await(awaited) => journey.due = self.looks_again(friend, journey, awaited),
            _ => {}
        }
        if journey.due > self.now {
            self.note(friend, journey, Reason::Waits { until: journey.due }, effects);
        }
    }

    /// Moves a journey that is due; gives it back while it goes on, waiting.
    fn proceed(
        &self,
        friend: &mut Friend,
        mut journey: Journey,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> Option<Journey> {
        let Some(scenario) = self.scenarios.of(&journey) else {
            debug_assert!(false, "runs of unknown versions were settled before");
            return None;
        };
        while journey.due <= self.now {
            let Some(index) = scenario.position(&journey.step) else {
                self.end(friend, &journey, Leaving::StepRemoved, None, instant, effects);
                return None;
            };
            let action = &scenario.steps[index].action;
            let goto = match self.act(friend, scenario, &mut journey, action, instant, effects) {
                Led::Again(then) => {
                    journey.due = then;
                    continue;
                }
                Led::Out(how, what) => {
                    self.end(friend, &journey, how, what, instant, effects);
                    return None;
                }
                Led::To(goto) => goto,
            };
            // What was held back was still planned for when it came; a wait is planned to end when it does.
            if matches!(action, Action::Wait(_) | Action::Await(_)) {
                journey.planned = journey.due;
            }
            let Some(next) = self.place_of(friend, scenario, &mut journey, index, goto, effects) else {
                self.end(friend, &journey, Leaving::Finished, None, instant, effects);
                return None;
            };
            self.arrive(friend, scenario, &mut journey, next, self.now, effects);
        }
        Some(journey)
    }

    fn end(
        &self,
        friend: &mut Friend,
        journey: &Journey,
        how: Leaving,
        what: Option<Box<str>>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        instant.ended = true;
        self.leave(friend, journey, how, what, effects);
    }

    /// The place of the step a jump leads to; none is the end.
    fn place_of(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        index: usize,
        goto: Goto,
        effects: &mut Effects,
    ) -> Option<usize> {
        let next = Some(index + 1).filter(|next| *next < scenario.steps.len());
        match goto {
            Goto::End => None,
            Goto::Next => next,
            Goto::Step(place) => Some(place),
            Goto::Back { place, at_most } => {
                let to = scenario.steps[place].name.clone();
                let times = journey.times_back(&to);
                if times >= at_most {
                    self.note(friend, journey, Reason::RoundsSpent { at_most }, effects);
                    return next;
                }
                self.note(friend, journey, Reason::WentBack { to: to.clone(), times: times + 1 }, effects);
                journey.go_back(&to);
                // What comes after it is done anew; what was done before it stays done.
                journey.done.retain(|done| scenario.position(done).is_none_or(|done| done < place));
                Some(place)
            }
        }
    }

    fn act(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        action: &Action,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> Led {
        if action.is_done_once() && journey.done.contains(&journey.step) {
            self.note(friend, journey, Reason::DoneBefore, effects);
            return Led::NEXT;
        }
        match action {
            Action::Send(send) => return self.ask_and_send(friend, scenario, journey, send, instant, effects),
            Action::Wait(wait) => {
                // With an unknown date there was nothing to wait for, and that is written down already; one that is
                // forgotten meanwhile was waited for.
                let known = || wait.ends(friend, journey, self.now, &self.clock()).is_ok();
                if journey.due > journey.arrived || known() {
                    self.note(friend, journey, Reason::Waited, effects);
                }
            }
            Action::Await(awaited) => return self.wait_for_first(friend, scenario, journey, awaited, effects),
            Action::Branch { when, then, otherwise } => {
                let held = when.matches(friend, self.now);
                let goto = if held { *then } else { *otherwise };
                let to = scenario.name_of(&journey.step, goto);
                self.note(friend, journey, Reason::Branched { held, to }, effects);
                return Led::To(goto);
            }
            Action::Split { salt, arms } => {
                let arm = drawn(salt, arms, friend);
                let to = scenario.name_of(&journey.step, arm.goto);
                self.note(friend, journey, Reason::Split { arm: arm.name.clone(), to }, effects);
                return Led::To(arm.goto);
            }
            Action::Issue(coupon) => self.issue(friend, journey, coupon, instant, effects),
            Action::Expire(name) => self.expire(friend, journey, name, instant, effects),
            Action::Tag { tag, on } => {
                if *on && !self.is_tagged(friend, tag) {
                    instant.tagged.push(tag.clone());
                }
                // A tag set by a step is younger than one told at the same instant.
                let told_later = friend.tags.get(tag.as_str()).map_or(self.now, |mark| mark.at.max(self.now));
                friend.tags.insert(tag.clone(), Marked { at: told_later, on: *on });
                instant.changed = instant.changed | Depends::TAGS;
                let turn = if *on { Turn::On } else { Turn::Off };
                self.note(friend, journey, Reason::Tagged { tag: tag.clone(), turn }, effects);
            }
            Action::Set { attribute, value } => {
                let told_later =
                    friend.attributes.get(attribute.as_str()).map_or(self.now, |told| told.at.max(self.now));
                friend.attributes.remove(attribute.as_str());
                friend.set_attribute(attribute.clone(), value.clone(), told_later);
                instant.changed = instant.changed | Depends::ATTRIBUTES;
                self.note(friend, journey, Reason::AttributeSet { attribute: attribute.clone() }, effects);
            }
            Action::Menu(menu) => {
                self.switch_by_step(friend, scenario, journey, menu.as_ref(), effects);
                // Rules go first: where one holds, its menu is back before the instant is over.
                instant.changed_in_all = instant.changed_in_all | Depends::LINE;
            }
            Action::Start(name) => {
                instant.started.push(name.clone());
                self.note(friend, journey, Reason::Started { scenario: name.clone() }, effects);
            }
            Action::Stop(name) => {
                let what = Some(scenario.name.as_str().into());
                let any = self.end_all(friend, name, Leaving::TakenOut, what, instant, effects);
                let scenario = name.clone();
                let reason = if any { Reason::Stopped { scenario } } else { Reason::NotRunning { scenario } };
                self.note(friend, journey, reason, effects);
            }
            Action::HandOver(handover) => self.hand_over(friend, scenario, journey, handover, effects),
            Action::End(result) => return Led::Out(Leaving::Finished, result.clone()),
        }
        Led::NEXT
    }

    /// Journeys that wait for something are due when it has come.
    fn look_out(&self, friend: &mut Friend) {
        for place in 0..friend.journeys.len() {
            let journey = &friend.journeys[place];
            let Some(scenario) = self.scenarios.of(journey) else { continue };
            let action = scenario.position(&journey.step).map(|index| &scenario.steps[index].action);
            if let Some(Action::Await(awaited)) = action {
                let due = self.looks_again(friend, journey, awaited);
                friend.journeys[place].due = due;
            }
        }
    }

    fn wait_for_first(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &Journey,
        awaited: &Await,
        effects: &mut Effects,
    ) -> Led {
        if let Some((first, at)) = self.first_of(friend, journey, awaited) {
            let to = scenario.name_of(&journey.step, first.goto);
            let reason = Reason::Happened { what: first.text.clone(), happened_at: at, to };
            self.note(friend, journey, reason, effects);
            return Led::To(first.goto);
        }
        if self.times_out(friend, journey, awaited) <= self.now {
            let to = scenario.name_of(&journey.step, awaited.timed_out);
            self.note(friend, journey, Reason::TimedOut { to }, effects);
            return Led::To(awaited.timed_out);
        }
        Led::Again(self.looks_again(friend, journey, awaited))
    }
}

/// The arm a friend is drawn into.
fn drawn<'a>(salt: &str, arms: &'a [Arm], friend: &Friend) -> &'a Arm {
    let sum = arms.iter().map(|arm| u64::from(arm.weight)).sum::<u64>();
    let mut left = draw(salt, friend.key.as_str(), sum.max(1));
    for arm in arms {
        match left.checked_sub(u64::from(arm.weight)) {
            Some(rest) => left = rest,
            None => return arm,
        }
    }
    &arms[arms.len() - 1]
}
