//! How runs end before their last step: goals, stops, seasons, edits.

use crate::model::{Friend, Journey, ScenarioName, StepName, Timestamp};
use crate::policy::{Leaving, Reason};

use super::scene::{Instant, Scene};
use super::{Action, Cause, Effects, Goal, IfRunning, Occasion, Scenario, StopBy, WhenEdited};

/// How a run ends, and by what.
type Ending = (Leaving, Option<Box<str>>);

impl Scene<'_> {
    /// Ends the runs that what just happened ends.
    pub(super) fn stop(
        &self,
        friend: &mut Friend,
        occasion: &Occasion<'_>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        for cause in occasion.causes {
            if let Some(scenario) = cause.left_by_hand() {
                if !self.end_all(friend, scenario, Leaving::ByHand, None, instant, effects) {
                    let reason = Reason::NotRunning { scenario: scenario.clone() };
                    self.decide(friend, scenario, None, reason, effects);
                }
                continue;
            }
            let stopped_by = |friend: &Friend, journey: &Journey| {
                if occasion.at <= journey.entered_at || !cause.concerns(friend, journey) {
                    return None;
                }
                let stops = &self.scenarios.of(journey)?.stops;
                let stop =
                    stops.iter().find(|stop| matches!(&stop.by, StopBy::Event(trigger) if trigger.fires(*cause)))?;
                Some((Leaving::Stopped, Some(stop.text.clone())))
            };
            self.end_where(friend, stopped_by, instant, effects);
        }
    }

    /// A run whose goal is reached ends at once, not at its next waking (X28); so does one whose time is
    /// over or that a condition stops.
    pub(super) fn leave_done(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) {
        let done = |friend: &Friend, journey: &Journey| {
            let scenario = self.scenarios.of(journey)?;
            self.ending(friend, scenario, journey)
        };
        self.end_where(friend, done, instant, effects);
    }

    /// By what a run is to end now, if it is.
    pub(super) fn ending(&self, friend: &Friend, scenario: &Scenario, journey: &Journey) -> Option<Ending> {
        if self.goal_reached(friend, scenario, journey) {
            return Some((Leaving::Goal, None));
        }
        let held = scenario.stops.iter().find(|stop| match &stop.by {
            StopBy::When(predicate) => predicate.matches(friend, self.now),
            StopBy::Event(_) => false,
        });
        if let Some(stop) = held {
            return Some((Leaving::Stopped, Some(stop.text.clone())));
        }
        let over = scenario.until.is_some_and(|until| until <= self.now);
        over.then_some((Leaving::SeasonOver, None))
    }

    /// When time alone might end a run: its scenario is over then, or a goal or a stop may begin to hold. Looked
    /// at only when it is due, it would end by whatever else happens to the friend, or not at all.
    pub(super) fn ending_turns(&self, friend: &Friend, journey: &Journey) -> Option<Timestamp> {
        let scenario = self.scenarios.of(journey)?;
        let turns = scenario.ending_conditions().filter_map(|predicate| predicate.next_change(friend, self.now));
        turns.chain(scenario.until).min()
    }

    fn goal_reached(&self, friend: &Friend, scenario: &Scenario, journey: &Journey) -> bool {
        match &scenario.goal {
            None => false,
            Some(Goal::Order) => {
                friend.orders.counting(self.now).next_back().is_some_and(|(placed, _)| placed > journey.entered_at)
            }
            Some(Goal::When(predicate)) => predicate.matches(friend, self.now),
        }
    }

    /// Ends every run of a scenario. Was there any?
    pub(super) fn end_all(
        &self,
        friend: &mut Friend,
        scenario: &ScenarioName,
        how: Leaving,
        what: Option<Box<str>>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> bool {
        let of_it = |_: &Friend, journey: &Journey| (journey.scenario == *scenario).then(|| (how, what.clone()));
        self.end_where(friend, of_it, instant, effects)
    }

    /// Ends the runs `ending` has an ending for. Was there any?
    pub(super) fn end_where(
        &self,
        friend: &mut Friend,
        ending: impl Fn(&Friend, &Journey) -> Option<Ending>,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> bool {
        let mut place = 0;
        let mut any = false;
        while let Some(journey) = friend.journeys.get(place) {
            match ending(friend, journey) {
                None => place += 1,
                Some((how, what)) => {
                    let journey = friend.journeys.remove(place);
                    self.leave(friend, &journey, how, what, effects);
                    any = true;
                }
            }
        }
        instant.ended |= any;
        any
    }

    /// Settles the runs of scenarios that were written anew or taken out (semantics 4.14).
    pub(super) fn settle_edited(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) {
        // By other ranks nothing may go before what waits for its turn.
        instant.ended |= !friend.deferred.is_empty() && friend.watch.is_none_or(|watch| watch.by != self.playbook);
        if friend.journeys.iter().all(|journey| self.scenarios.current(journey).is_some()) {
            return;
        }
        let ending = |_: &Friend, journey: &Journey| match self.scenarios.get(journey.scenario.as_str()) {
            None => Some((Leaving::ScenarioRemoved, None)),
            Some(now) if now.version != journey.version && now.when_edited == WhenEdited::Exit => {
                Some((Leaving::Edited, None))
            }
            Some(now) if now.version != journey.version && !self.goes_on_by_its_own(now, journey) => {
                let to = self.moved_to(now, journey);
                to.is_none().then_some((Leaving::StepRemoved, None))
            }
            Some(_) => None,
        };
        self.end_where(friend, ending, instant, effects);
        let mut journeys = core::mem::take(&mut friend.journeys);
        for journey in &mut journeys {
            let Some(now) = self.scenarios.get(journey.scenario.as_str()) else { continue };
            if now.version == journey.version || self.goes_on_by_its_own(now, journey) {
                continue;
            }
            let Some(to) = self.moved_to(now, journey) else { continue };
            let Some(place) = now.position(&to) else { continue };
            self.go_on_by(friend, now, journey, place, effects);
        }
        friend.journeys = journeys;
    }

    /// Puts a run before a step of the new version.
    fn go_on_by(&self, friend: &Friend, now: &Scenario, journey: &mut Journey, place: usize, effects: &mut Effects) {
        let step = &now.steps[place];
        let earlier = self.scenarios.earlier(&now.name, journey.version);
        let waited = earlier.is_some_and(|earlier| earlier.waits_at(&journey.step));
        let gone = *now.new_name(&journey.step) != step.name;
        journey.version = now.version;
        rename(journey, now, earlier);
        if journey.step != step.name {
            self.note(friend, journey, Reason::StepGone { to: step.name.clone() }, effects);
            journey.step = step.name.clone();
        }
        if gone {
            if waited {
                journey.planned = self.now;
            }
            return self.arrive(friend, now, journey, place, self.now, effects);
        }
        let due = match &step.action {
            // A wait may be longer or shorter now than it was.
            Action::Wait(wait) => match wait.ends(friend, journey, self.now, &self.clock()) {
                Ok(ends) => ends,
                Err(date) => {
                    self.note(friend, journey, Reason::DateMissing { date: date.to_string().into() }, effects);
                    journey.arrived
                }
            },
            Action::Await(awaited) => self.looks_again(friend, journey, awaited),
            _ if waited => self.now,
            // What the gate held back stays held back.
            _ => journey.due,
        };
        if due != core::mem::replace(&mut journey.due, due) && due > self.now {
            self.note(friend, journey, Reason::Waits { until: due }, effects);
        }
    }

    /// Two records have become one: of a scenario that allows one run only, the one entered first goes on.
    pub fn settle_merged(&self, friend: &mut Friend, effects: &mut Effects) {
        let beside =
            |a: &Journey| self.scenarios.of(a).is_some_and(|scenario| scenario.if_running == IfRunning::Parallel);
        let journeys = friend.journeys.clone();
        let ending = |_: &Friend, journey: &Journey| {
            let earlier = |other: &Journey| {
                other.scenario == journey.scenario && (other.entered_at, other.run) < (journey.entered_at, journey.run)
            };
            let doubled = !beside(journey) && journeys.iter().any(earlier);
            doubled.then_some((Leaving::Merged, None))
        };
        self.end_where(friend, ending, &mut Instant::default(), effects);
    }

    fn goes_on_by_its_own(&self, now: &Scenario, journey: &Journey) -> bool {
        now.when_edited == WhenEdited::Keep && self.scenarios.earlier(&now.name, journey.version).is_some()
    }

    /// The step of the new version at which a run goes on: the same, the one given for it, or the next
    /// after it that there still is, as far as the earlier version is known.
    fn moved_to(&self, now: &Scenario, journey: &Journey) -> Option<StepName> {
        let there = |step: &StepName| Some(now.new_name(step)).filter(|step| now.position(step).is_some()).cloned();
        if let Some(step) = there(&journey.step) {
            return Some(step);
        }
        let earlier = self.scenarios.earlier(&now.name, journey.version)?;
        let after = earlier.position(&journey.step)? + 1;
        earlier.steps[after..].iter().find_map(|step| there(&step.name))
    }
}

impl Scenario {
    /// What a step of an earlier version is called now.
    fn new_name<'a>(&'a self, step: &'a StepName) -> &'a StepName {
        match &self.when_edited {
            WhenEdited::Migrate(moved) => moved.get(step).unwrap_or(step),
            _ => step,
        }
    }

    fn waits_at(&self, step: &StepName) -> bool {
        let action = self.position(step).map(|place| &self.steps[place].action);
        matches!(action, Some(Action::Wait(_) | Action::Await(_)))
    }
}

/// What a run remembers of steps by name, it remembers by their new names too. Under the old ones as well: something
/// left by them, and a key would be made anew for another step that is called so one day.
fn rename(journey: &mut Journey, now: &Scenario, earlier: Option<&Scenario>) {
    for round in &mut journey.rounds {
        round.step = now.new_name(&round.step).clone();
    }
    for place in 0..journey.done.len() {
        let name = now.new_name(&journey.done[place]);
        // What there was before is another step, to which runs are led only.
        let was_there = earlier.is_some_and(|earlier| earlier.position(name).is_some());
        if !was_there && !journey.done.contains(name) {
            let name = name.clone();
            journey.done.push(name);
        }
    }
}

impl Cause<'_> {
    /// Does it have to do with the run? What is told of one order says nothing of a run about another, nor
    /// what is told of one product; but a new order always means that the friend has bought again.
    fn concerns(&self, friend: &Friend, journey: &Journey) -> bool {
        let is_order = |about: &str| friend.orders.all().iter().any(|order| order.id.as_str() == about);
        match (self, self.about(), journey.about.as_deref()) {
            (Self::NewOrder(_), ..) => true,
            (_, Some(told), Some(about)) if is_order(told) == is_order(about) => told == about,
            _ => true,
        }
    }
}
