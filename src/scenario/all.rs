//! All scenarios of a playbook, laid out so that an event finds those that listen to it.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Journey, ScenarioName, ScenarioVersion, SegmentName};
use crate::segment::{Depends, Predicate};

use super::trigger::Kind;
use super::{Cause, Scenario, Trigger};

/// The scenarios of a playbook, and earlier versions of them that runs still go by.
#[derive(Clone, Debug)]
pub struct Scenarios {
    /// By name.
    all: Vec<Scenario>,
    /// The version each is in now, and its place: a number finds it sooner than its name.
    by_version: Vec<(ScenarioVersion, usize)>,
    /// Which listen to each kind of cause, higher priority first, then by name.
    listening: [Vec<usize>; Kind::ALL],
    /// Those that begin by the calendar or by backfill, in the same order.
    timed: Vec<usize>,
    /// What of a friend's record moves their times.
    timed_depends: Depends,
    /// The segments some scenario begins by.
    watched: Vec<Watched>,
    /// Of scenarios written anew, those whose runs end as they began.
    earlier: BTreeMap<(ScenarioName, ScenarioVersion), Scenario>,
}

/// A segment scenarios begin by.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) segment: SegmentName,
    pub(super) predicate: Predicate,
    /// What can change the answer.
    pub(super) depends: Depends,
    /// It meant something else in an earlier playbook: who is inside now need not have come in.
    pub(super) redefined: bool,
    /// Those that begin by coming into it, higher priority first, then by name.
    entering: Vec<usize>,
    /// Those that begin by leaving it.
    leaving: Vec<usize>,
}

impl Scenarios {
    /// Lays out the scenarios.
    pub fn new(scenarios: impl IntoIterator<Item = Scenario>) -> Self {
        let mut all: Vec<Scenario> = scenarios.into_iter().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let mut ranked: Vec<usize> = (0..all.len()).collect();
        ranked.sort_by_key(|place| Reverse(all[*place].priority));
        let mut listening: [Vec<usize>; Kind::ALL] = Default::default();
        let mut timed = Vec::new();
        let mut timed_depends = Depends::NOTHING;
        let mut watched: BTreeMap<SegmentName, Watched> = BTreeMap::new();
        for place in ranked {
            let scenario = &all[place];
            if let Some(kind) = scenario.trigger.kind() {
                listening[kind as usize].push(place);
            }
            if matches!(scenario.trigger, Trigger::Time(_)) || scenario.backfill.is_some() {
                timed.push(place);
            }
            if let Trigger::Time(moment) = &scenario.trigger {
                timed_depends = timed_depends | moment.depends();
            }
            let (Trigger::Enter(segment, predicate) | Trigger::Leave(segment, predicate)) = &scenario.trigger else {
                continue;
            };
            let watch = watched.entry(segment.clone()).or_insert_with(|| Watched {
                segment: segment.clone(),
                predicate: predicate.clone(),
                depends: predicate.depends(),
                redefined: false,
                entering: Vec::new(),
                leaving: Vec::new(),
            });
            match scenario.trigger {
                Trigger::Enter(..) => watch.entering.push(place),
                _ => watch.leaving.push(place),
            }
        }
        let mut by_version: Vec<_> = all.iter().enumerate().map(|(place, it)| (it.version, place)).collect();
        by_version.sort_unstable();
        Self {
            all,
            by_version,
            listening,
            timed,
            timed_depends,
            watched: watched.into_values().collect(),
            earlier: BTreeMap::new(),
        }
    }

    /// Every scenario, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Scenario> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The scenario of this name.
    pub fn get(&self, name: &str) -> Option<&Scenario> {
        let place = self.all.binary_search_by(|scenario| scenario.name.as_str().cmp(name));
        place.ok().map(|place| &self.all[place])
    }

    /// Keeps of an earlier playbook's scenarios those that runs may still go by: all that are other now. Notes which
    /// segments were.
    pub fn keep_earlier(&mut self, before: &Self) {
        for now in &mut self.watched {
            // With all it is made of, down to the segments it names.
            let meaning = |watched: &Watched| format!("{:?}", watched.predicate);
            let known = before.watched.iter().find(|known| known.segment == now.segment);
            now.redefined = known.is_some_and(|known| known.redefined || meaning(known) != meaning(now));
        }
        let known = before.earlier.values().chain(&before.all);
        for scenario in known {
            if self.get(scenario.name.as_str()).is_some_and(|now| now.version != scenario.version) {
                self.earlier.insert((scenario.name.clone(), scenario.version), scenario.clone());
            }
        }
    }

    /// What was kept of earlier playbooks.
    pub(crate) fn all_earlier(&self) -> impl Iterator<Item = &Scenario> {
        self.earlier.values()
    }

    /// The scenario a run began by, or was moved to, as it was written then.
    pub fn of(&self, journey: &Journey) -> Option<&Scenario> {
        self.current(journey).or_else(|| {
            self.get(journey.scenario.as_str())?;
            self.earlier(&journey.scenario, journey.version)
        })
    }

    /// The scenario of a run that goes by it as it is written now.
    pub(super) fn current(&self, journey: &Journey) -> Option<&Scenario> {
        let place = self.by_version.binary_search_by_key(&journey.version, |(version, _)| *version);
        let found = place.ok().map(|place| &self.all[self.by_version[place].1]);
        // Versions tell scenarios of playbooks apart; others may have one in common.
        found
            .filter(|it| it.name == journey.scenario)
            .or_else(|| self.get(journey.scenario.as_str()).filter(|scenario| scenario.version == journey.version))
    }

    pub(super) fn earlier(&self, name: &ScenarioName, version: ScenarioVersion) -> Option<&Scenario> {
        self.earlier.get(&(name.clone(), version))
    }

    /// Those that may begin by a cause.
    pub(super) fn listening(&self, cause: Cause<'_>) -> impl Iterator<Item = &Scenario> {
        let places = cause.kind().map_or(&[][..], |kind| &self.listening[kind as usize]);
        places.iter().map(|place| &self.all[*place])
    }

    pub(super) fn timed(&self) -> impl Iterator<Item = &Scenario> {
        self.timed.iter().map(|place| &self.all[*place])
    }

    pub(super) const fn timed_depends(&self) -> Depends {
        self.timed_depends
    }

    pub(super) fn watched(&self) -> &[Watched] {
        &self.watched
    }

    /// Those that begin by coming into a watched segment, or by leaving it.
    pub(super) fn turning<'a>(&'a self, watched: &'a Watched, comes_in: bool) -> impl Iterator<Item = &'a Scenario> {
        let places = if comes_in { &watched.entering } else { &watched.leaving };
        places.iter().map(|place| &self.all[*place])
    }
}

impl<'a> IntoIterator for &'a Scenarios {
    type Item = &'a Scenario;
    type IntoIter = core::slice::Iter<'a, Scenario>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}
