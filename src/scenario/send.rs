//! What leaves: messages through the gate, menus, what is handed to the host.

use crate::coupon::Coupon;
use crate::message::{CouponField, Placeholder, RenderError};
use crate::model::{Channel, CouponName, DeliveryKey, Friend, HeldCoupon, Journey, Sent};
use crate::policy::{Candidate, Class, Quota, Reason, Verdict, View};
use crate::segment::Depends;

use super::scene::{Instant, Scene};
use super::walk::Led;
use super::{Delivery, Effects, HandOver, Handover, Scenario, Send};

/// A message the gate has let pass.
struct Leaving<'a> {
    send: &'a Send,
    channel: &'a Channel,
    /// The coupon that goes with it.
    issuing: Option<HeldCoupon>,
}

impl Scene<'_> {
    /// Asks the gate, and sends if it lets the message pass.
    pub(super) fn ask_and_send(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        send: &Send,
        instant: &mut Instant,
        effects: &mut Effects,
    ) -> Led {
        // What an earlier step of this instant has done may have been what the scenario is for (X28).
        if let Some((how, what)) = self.ending(friend, scenario, journey) {
            return Led::Out(how, what);
        }
        match self.ask(friend, scenario, journey, send, instant.sent_on_line) {
            Verdict::Send(channel) => {
                // What follows up speaks of the coupon that went with the first message, if that left.
                let has_it = |coupon: &Coupon| send.follows_up && self.holds_since(friend, coupon, journey.entered_at);
                let issue = send.issue.as_deref().filter(|coupon| !has_it(coupon));
                let issuing = issue.map(|coupon| self.draw_up(friend, coupon, instant)).transpose();
                let sent = issuing.and_then(|issuing| {
                    let leaving = Leaving { send, channel: &channel, issuing };
                    self.send(friend, scenario, journey, leaving, effects)
                });
                if let Err(reason) = sent {
                    self.note(friend, journey, reason, effects);
                } else {
                    instant.sent_on_line += u64::from(channel.is_line());
                    instant.changed = instant.changed | Depends::SENT;
                    issue.into_iter().for_each(|coupon| instant.issued(coupon));
                }
                Led::NEXT
            }
            Verdict::Later(then, reason) => {
                self.note(friend, journey, reason, effects);
                Led::Again(then)
            }
            Verdict::Drop(reason) => {
                let unreachable = matches!(reason, Reason::NotFollowing | Reason::Blocked | Reason::NoChannel { .. });
                self.note(friend, journey, reason, effects);
                if unreachable { Led::To(send.if_unreachable) } else { Led::NEXT }
            }
        }
    }

    /// What the gate says of the message now, so many having left on LINE in this instant already.
    pub(super) fn ask(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &Journey,
        send: &Send,
        sent_on_line: u64,
    ) -> Verdict {
        let candidate = Candidate {
            scenario: &scenario.name,
            message: send.message.name(),
            class: scenario.class,
            category: send.message.category.as_deref(),
            sells: send.message.sells,
            content: send.message.content.as_deref(),
            channels: &send.channels,
            quiet: send.quiet,
            ready: journey.arrived,
            product: journey.about.as_deref().filter(|_| send.in_stock),
            follows_up: send.follows_up,
        };
        let left = |quota: Quota| Quota { left: quota.left.saturating_sub(sent_on_line) };
        let view = View { now: self.now, zone: self.zone, stock: self.stock, quota: self.quota.map(left) };
        self.policy.ask(&candidate, friend, &view)
    }

    /// Issues the coupon and hands the message over: both, or neither.
    fn send(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        Leaving { send, channel, issuing }: Leaving<'_>,
        effects: &mut Effects,
    ) -> Result<(), Reason> {
        let message = &send.message;
        if let Some(coupon) = self.coupon_over(friend, message.placeholders(), issuing.as_ref()) {
            return Err(Reason::CouponOver { coupon: coupon.clone() });
        }
        let lookup = |placeholder: &Placeholder| self.value(friend, journey, issuing.as_ref(), placeholder);
        let body = message.render(channel, &lookup).map_err(unrendered)?;
        let key = self.delivery_key(friend, scenario, journey);
        if let Some(held) = issuing {
            self.hand_out(friend, journey, held, effects);
        }
        friend.sent.push(Sent {
            at: self.now,
            key,
            promotional: scenario.class == Class::Promotional,
            message: message.name().clone(),
            scenario: scenario.name.clone(),
            channel: channel.clone(),
            delivered: None,
        });
        self.note_with(friend, Some(journey), Reason::Sent, Some(key), effects);
        match (channel, friend.line.user) {
            (Channel::Line, Some(user)) => effects.deliveries.push(Delivery {
                key,
                at: self.now,
                friend: friend.key.clone(),
                user,
                scenario: scenario.name.clone(),
                step: journey.step.clone(),
                message: message.name().clone(),
                class: scenario.class,
                messages: body,
            }),
            (channel, _) => effects.handovers.push(Handover {
                key,
                at: self.now,
                friend: friend.key.clone(),
                scenario: scenario.name.clone(),
                step: journey.step.clone(),
                to: channel.as_str().into(),
                message: Some(message.name().clone()),
                body,
            }),
        }
        Ok(())
    }

    /// Hands something to the host.
    pub(super) fn hand_over(
        &self,
        friend: &Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        handover: &HandOver,
        effects: &mut Effects,
    ) {
        let lookup = |placeholder: &Placeholder| self.value(friend, journey, None, placeholder);
        let body = match handover.letter.render(&lookup) {
            Ok(body) => body,
            Err(error) => return self.note(friend, journey, unrendered(error), effects),
        };
        let key = self.delivery_key(friend, scenario, journey);
        let reason = Reason::HandedOver { to: handover.to.clone() };
        self.note_with(friend, Some(journey), reason, Some(key), effects);
        effects.handovers.push(Handover {
            key,
            at: self.now,
            friend: friend.key.clone(),
            scenario: scenario.name.clone(),
            step: journey.step.clone(),
            to: handover.to.clone(),
            message: None,
            body,
        });
    }

    /// The key of what a step sends: never made twice, since a run comes to a step once, or a counted number of
    /// times, and does not do it again where an edit of the playbook leads it there once more.
    pub(super) fn delivery_key(&self, friend: &Friend, scenario: &Scenario, journey: &mut Journey) -> DeliveryKey {
        journey.note_done();
        let run = journey.run.to_be_bytes();
        let rounds = journey.times_back_in_all().to_be_bytes();
        let mut parts: Vec<&[u8]> = vec![
            self.shop.as_bytes(),
            scenario.name.as_str().as_bytes(),
            &run,
            journey.step.as_str().as_bytes(),
            friend.key.as_str().as_bytes(),
        ];
        if journey.times_back_in_all() > 0 {
            parts.push(&rounds);
        }
        DeliveryKey::derive("enishi delivery 1", &parts)
    }

    /// The coupon a message speaks of that is of no use to the friend any more.
    fn coupon_over<'p>(
        &self,
        friend: &Friend,
        placeholders: Vec<&'p Placeholder>,
        issuing: Option<&HeldCoupon>,
    ) -> Option<&'p CouponName> {
        placeholders.into_iter().find_map(|placeholder| match placeholder {
            Placeholder::Coupon(name, _) if issuing.is_none_or(|held| held.coupon != *name) => {
                let held = friend.coupons.iter().rev().find(|held| held.coupon == *name)?;
                (held.valid_until <= self.now || held.is_used(&friend.orders)).then_some(name)
            }
            _ => None,
        })
    }

    /// What a placeholder stands for; the coupon being issued comes before those issued earlier.
    fn value(
        &self,
        friend: &Friend,
        journey: &Journey,
        issuing: Option<&HeldCoupon>,
        placeholder: &Placeholder,
    ) -> Option<String> {
        match placeholder {
            Placeholder::ShopName => Some(self.shop.to_owned()),
            Placeholder::ShopUrl => self.url.map(ToOwned::to_owned),
            Placeholder::About => journey.about.as_deref().map(ToOwned::to_owned),
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
}

fn unrendered(error: RenderError) -> Reason {
    match error {
        RenderError::Missing(placeholder) => Reason::ValueMissing { value: placeholder.to_string() },
        RenderError::Limit(fault) => Reason::MessageInvalid { why: fault.to_string() },
        error => Reason::MessageInvalid { why: error.to_string() },
    }
}
