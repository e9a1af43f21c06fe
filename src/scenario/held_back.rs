//! Messages the gate holds back, and what lets them go before their time.

use crate::model::{Fact, Friend, Journey, Timestamp};
use crate::policy::Verdict;
use crate::segment::Depends;

use super::scene::{Instant, Scene};
use super::{Action, Cause, Occasion, Scenario, Send};

/// So often the gate is asked for a later time in one look; whatever it says then, the message has a time already.
const LOOKS: usize = 10;

impl Scene<'_> {
    /// What is held back goes on when what held it is over: staff are done talking, the friend is no longer one of
    /// those a cap is for, another channel reaches them, enough was said that does not sell, or the rules are new.
    ///
    /// What was dropped for want of consent, of a channel, of stock or of messages is not held: it is gone.
    pub(super) fn let_go(&self, friend: &mut Friend, occasion: &Occasion<'_>, instant: &Instant) {
        let changed = instant.changed;
        if friend.journeys.iter().all(|journey| journey.due <= self.now) {
            return;
        }
        let anew = talk_is_over(occasion) || friend.watch.is_some_and(|watch| watch.by != self.playbook);
        if !anew && (changed == Depends::NOTHING || !changed.meets(self.policy.holds_by())) {
            return;
        }
        for place in 0..friend.journeys.len() {
            let journey = &friend.journeys[place];
            let Some((scenario, send)) = self.held_at(journey) else { continue };
            let goes = match self.ask(friend, scenario, journey, send, instant.sent_on_line) {
                // By another rule than the one that held it, or the friend has left, who may yet be back in time.
                Verdict::Drop(_) => anew.then_some(self.now),
                _ => self.passes_before(friend, scenario, journey, send, instant),
            };
            if let Some(goes) = goes {
                friend.journeys[place].due = goes;
            }
        }
    }

    /// The first instant before its time at which the gate would let a message pass, if nothing happens till then:
    /// a cap may have room while it is night.
    fn passes_before(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &Journey,
        send: &Send,
        instant: &Instant,
    ) -> Option<Timestamp> {
        let mut at = self.now;
        for _ in 0..LOOKS {
            match (Self { now: at, ..*self }).ask(friend, scenario, journey, send, instant.sent_on_line) {
                Verdict::Send(_) => return Some(at),
                Verdict::Later(to, _) if to < journey.due => at = to,
                _ => return None,
            }
        }
        None
    }

    /// The message a run stands at, if that is held back.
    fn held_at(&self, journey: &Journey) -> Option<(&Scenario, &Send)> {
        let scenario = self.scenarios.of(journey).filter(|_| journey.due > self.now)?;
        match &scenario.steps[scenario.position(&journey.step)?].action {
            Action::Send(send) => Some((scenario, send)),
            _ => None,
        }
    }
}

fn talk_is_over(occasion: &Occasion<'_>) -> bool {
    let over =
        |cause: &Cause<'_>| matches!(cause, Cause::Event(event) if matches!(event.fact, Fact::Chat { open: false }));
    occasion.causes.iter().any(over)
}
