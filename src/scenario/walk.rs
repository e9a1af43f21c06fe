//! From step to step until there is something to wait for.

use std::collections::BTreeSet;

use crate::coupon::{Coupon, Serial};
use crate::message::{CouponField, Message, Placeholder, RenderError};
use crate::model::{DeliveryKey, Friend, HeldCoupon, Journey, LineUserId, Sent, StepName, TagName, Timestamp};
use crate::policy::{Class, Leaving, Reason, Turn, Verdict};

use super::scene::{Instant, Scene};
use super::{Action, Decision, Delivery, Effects, Goto, Scenario};

/// Where a step led.
enum Led {
    To(Goto),
    /// The same step again, then.
    Again(Timestamp),
    Out(Leaving),
}

impl Scene<'_> {
    /// Moves a journey that is due; gives it back while it goes on, waiting.
    pub(super) fn proceed(
        &self,
        friend: &mut Friend,
        mut journey: Journey,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> Option<Journey> {
        let scenario = &self.scenarios[&journey.scenario];
        while journey.due <= self.now {
            let Some(index) = scenario.position(&journey.step) else {
                self.leave(friend, &journey, Leaving::StepRemoved, effects);
                return None;
            };
            let next = match self.act(friend, scenario, &journey, &scenario.steps[index].action, instant, effects) {
                Led::Again(then) => {
                    journey.due = then;
                    continue;
                }
                Led::Out(how) => {
                    self.leave(friend, &journey, how, effects);
                    return None;
                }
                Led::To(Goto::Next) => index + 1,
                Led::To(Goto::Step(place)) => place,
                Led::To(Goto::End) => scenario.steps.len(),
            };
            if next >= scenario.steps.len() {
                self.leave(friend, &journey, Leaving::Finished, effects);
                return None;
            }
            self.arrive(friend, scenario, &mut journey, next, self.now, effects);
        }
        Some(journey)
    }

    fn act(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &Journey,
        action: &Action,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> Led {
        let mut note = |friend: &Friend, reason| {
            self.decide(friend, &scenario.name, Some(journey.run), Some(&journey.step), reason, effects);
        };
        match action {
            Action::Wait(_) => {
                note(friend, Reason::Waited);
                Led::To(Goto::Next)
            }
            Action::Branch { when, then, otherwise } => {
                let held = when.matches(friend, self.now);
                let goto = if held { *then } else { *otherwise };
                note(friend, Reason::Branched { held, to: self.name_of(scenario, journey, goto) });
                Led::To(goto)
            }
            Action::Tag { tag, on } => {
                if *on && !self.is_tagged(friend, tag) {
                    instant.tagged.push(tag.clone());
                }
                self.tag(friend, tag, *on);
                let turn = if *on { Turn::On } else { Turn::Off };
                note(friend, Reason::Tagged { tag: tag.clone(), turn });
                Led::To(Goto::Next)
            }
            Action::Issue(coupon) => {
                match self.issue(friend, coupon) {
                    Ok(held) => {
                        let issued =
                            Reason::CouponIssued { coupon: coupon.name.clone(), valid_until: held.valid_until };
                        friend.coupons.push(held);
                        note(friend, issued);
                    }
                    Err(reason) => note(friend, reason),
                }
                Led::To(Goto::Next)
            }
            Action::Send { message, issue } => {
                if self.goal_reached(friend, scenario, journey) {
                    return Led::Out(Leaving::Goal);
                }
                match self.policy.ask(friend, scenario.class, self.now, self.zone) {
                    Verdict::Send(user) => {
                        match self.send(friend, scenario, journey, message, issue.as_deref(), user, effects) {
                            Ok(()) => {}
                            Err(reason) => {
                                self.decide(
                                    friend,
                                    &scenario.name,
                                    Some(journey.run),
                                    Some(&journey.step),
                                    reason,
                                    effects,
                                );
                            }
                        }
                        Led::To(Goto::Next)
                    }
                    Verdict::Later(then, reason) => {
                        note(friend, reason);
                        Led::Again(then)
                    }
                    Verdict::Drop(reason) => {
                        note(friend, reason);
                        Led::To(Goto::Next)
                    }
                }
            }
            Action::End => Led::Out(Leaving::Finished),
        }
    }

    /// Issues the coupon and hands the message over: both, or neither.
    #[allow(clippy::too_many_arguments, reason = "one call, in the middle of one step")]
    fn send(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &Journey,
        message: &Message,
        issue: Option<&Coupon>,
        user: LineUserId,
        effects: &mut Effects,
    ) -> Result<(), Reason> {
        let held = issue.map(|coupon| self.issue(friend, coupon)).transpose()?;
        let rendered = message.render(&|placeholder| self.value(friend, held.as_ref(), placeholder));
        let messages = rendered.map_err(|error| match error {
            RenderError::Missing(placeholder) => Reason::ValueMissing { value: placeholder.to_string() },
            RenderError::Limit(fault) => Reason::MessageInvalid { why: fault.to_string() },
        })?;
        let key = self.delivery_key(friend, scenario, journey);
        if let Some(held) = held {
            let reason = Reason::CouponIssued { coupon: held.coupon.clone(), valid_until: held.valid_until };
            friend.coupons.push(held);
            self.decide(friend, &scenario.name, Some(journey.run), Some(&journey.step), reason, effects);
        }
        friend.sent.push(Sent {
            at: self.now,
            key,
            promotional: scenario.class == Class::Promotional,
            message: message.name().clone(),
            scenario: scenario.name.clone(),
            delivered: None,
        });
        effects.decisions.push(Decision {
            at: self.now,
            friend: friend.key.clone(),
            scenario: Some(scenario.name.clone()),
            run: Some(journey.run),
            step: Some(journey.step.clone()),
            reason: Reason::Sent,
            delivery: Some(key),
        });
        effects.deliveries.push(Delivery {
            key,
            at: self.now,
            friend: friend.key.clone(),
            user,
            scenario: scenario.name.clone(),
            step: journey.step.clone(),
            message: message.name().clone(),
            class: scenario.class,
            messages,
        });
        Ok(())
    }

    /// Steps lead only forward, so a run comes to a step once and its key is never made twice.
    fn delivery_key(&self, friend: &Friend, scenario: &Scenario, journey: &Journey) -> DeliveryKey {
        let parts: [&[u8]; 5] = [
            self.shop.as_bytes(),
            scenario.name.as_str().as_bytes(),
            &journey.run.to_be_bytes(),
            journey.step.as_str().as_bytes(),
            friend.key.as_str().as_bytes(),
        ];
        DeliveryKey::derive("enishi delivery 1", &parts)
    }

    fn issue(&self, friend: &Friend, coupon: &Coupon) -> Result<HeldCoupon, Reason> {
        let keys = self.keys.ok_or(Reason::KeysMissing)?;
        let held_before = friend.coupons.iter().filter(|held| held.coupon == coupon.name).count();
        let nth = u8::try_from(held_before).map_err(|_| Reason::CodesUsedUp { coupon: coupon.name.clone() })?;
        Ok(HeldCoupon {
            coupon: coupon.name.clone(),
            code: keys.issue(&coupon.name, Serial::new(friend.id, nth)).to_string().into(),
            issued_at: self.now,
            valid_until: coupon.valid_until(self.now, self.zone),
            redeemed: BTreeSet::new(),
        })
    }

    /// What a placeholder stands for; the coupon being issued comes before those issued earlier.
    fn value(&self, friend: &Friend, issuing: Option<&HeldCoupon>, placeholder: &Placeholder) -> Option<String> {
        match placeholder {
            Placeholder::ShopName => Some(self.shop.to_owned()),
            Placeholder::Friend(name) => friend.attribute(name.as_str()).map(ToString::to_string),
            Placeholder::Coupon(name, field) => {
                let mut newest_first = issuing.into_iter().chain(friend.coupons.iter().rev());
                let held = newest_first.find(|held| held.coupon == *name)?;
                Some(match field {
                    CouponField::Code => held.code.to_string(),
                    CouponField::Until => self.zone.show(held.valid_until),
                })
            }
        }
    }

    /// A tag set by a step is younger than one told at the same instant.
    fn tag(&self, friend: &mut Friend, tag: &TagName, on: bool) {
        let told_later = friend.tags.get(tag.as_str()).map_or(self.now, |mark| mark.at.max(self.now));
        friend.tags.insert(tag.clone(), crate::model::Marked { at: told_later, on });
    }

    fn name_of(&self, scenario: &Scenario, journey: &Journey, goto: Goto) -> Option<StepName> {
        let place = match goto {
            Goto::Next => scenario.position(&journey.step)? + 1,
            Goto::Step(place) => place,
            Goto::End => return None,
        };
        scenario.steps.get(place).map(|step| step.name.clone())
    }
}
