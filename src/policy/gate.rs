//! The gate.

use crate::insight::PlanTable;
use crate::model::{Channel, Friend, FriendKey, Rate, ScenarioName, Sent, Span, Timestamp, Zone};
use crate::segment::{Depends, Predicate};

use super::overflow::Refusal;
use super::{
    Audience, Budget, Candidate, Cap, ChatHold, Class, Consent, Holdout, Holdouts, MessageTraits, Quiet, QuietHours,
    Reason, Repetition, Reserve, Scope, Selling, View, quota, reach,
};

/// The shop's rules for all messages.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// Who may get advertising at all.
    pub consent: Consent,
    /// What becomes of advertising while staff talk with the friend; none lets it pass.
    pub chat: Option<ChatHold>,
    /// How nobody is told the same thing twice.
    pub repetition: Repetition,
    /// When nobody is to be disturbed.
    pub quiet_hours: Option<QuietHours>,
    /// How often one friend may hear from the shop; every one must let a message pass.
    pub caps: Vec<Cap>,
    /// How much of it may be sales talk.
    pub selling: Option<Selling>,
    /// For whom the last messages of a month are kept.
    pub reserves: Vec<Reserve>,
    /// What the shop spends on LINE.
    pub budget: Option<Budget>,
    /// Who gets nothing, for comparison.
    pub holdouts: Holdouts,
    /// Something that happened longer ago than this starts no scenario (X22).
    pub enter_within: Span,
    /// What the messages of the playbook are, to know it of those sent earlier.
    pub messages: MessageTraits,
}

impl Default for Policy {
    /// No quiet hours, no caps, nothing kept back; an open chat holds for twelve hours; what is older than a
    /// day starts nothing.
    fn default() -> Self {
        Self {
            consent: Consent::Assumed,
            chat: Some(ChatHold::new(Span::minutes(12 * 60))),
            repetition: Repetition::default(),
            quiet_hours: None,
            caps: Vec::new(),
            selling: None,
            reserves: Vec::new(),
            budget: None,
            holdouts: Holdouts::default(),
            enter_within: Span::days(1),
            messages: MessageTraits::default(),
        }
    }
}

/// The gate's answer about one message to one friend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a sender must handle each")]
pub enum Verdict {
    /// Send it, on this channel.
    Send(Channel),
    /// Ask again at this instant, which is later than now.
    Later(Timestamp, Reason),
    /// Do not send it.
    Drop(Reason),
}

impl Policy {
    /// May this message go to this friend now, and on which channel?
    ///
    /// Asked in this order, and the first "no" is told: consent, reachability, told before, staff chat, quiet
    /// hours, caps, sales talk, stock, quota. Whoever cannot be reached is so not told to wait for the morning.
    /// After a wait everything is asked anew, since anything may have changed. What is transactional is asked
    /// only whether it reaches the friend, was told before by its content key, and has its product in stock.
    ///
    /// Reads no more than it is given and changes nothing. Linear in the caps times the messages remembered.
    ///
    /// ```
    /// use enishi::model::{Channel, Friend, FriendId, FriendKey, MessageName, ScenarioName, Zone};
    /// use enishi::policy::{Candidate, Class, Policy, Reason, Verdict, View};
    ///
    /// let (scenario, message) = (ScenarioName::new("welcome")?, MessageName::new("hello")?);
    /// let now = "2026-04-01T12:00:00+09:00".parse()?;
    /// let hello = Candidate {
    ///     scenario: &scenario,
    ///     message: &message,
    ///     class: Class::Promotional,
    ///     category: None,
    ///     sells: false,
    ///     content: None,
    ///     channels: &[Channel::Line],
    ///     quiet: None,
    ///     ready: now,
    ///     product: None,
    ///     follows_up: false,
    /// };
    /// let stranger = Friend::new(FriendId(1), FriendKey::new("eccube:customer:7")?);
    /// let verdict = Policy::default().ask(&hello, &stranger, &View::new(now, &Zone::TOKYO));
    /// assert_eq!(verdict, Verdict::Drop(Reason::NotFollowing));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ask(&self, candidate: &Candidate<'_>, friend: &Friend, view: &View<'_>) -> Verdict {
        match self.pass(candidate, friend, view) {
            Ok(channel) => Verdict::Send(channel.clone()),
            Err(refusal) => refusal.into(),
        }
    }

    /// Is the friend held out of a scenario of this class? `own` is the scenario's own share, if it has one.
    pub fn held_out(
        &self,
        friend: &FriendKey,
        scenario: &ScenarioName,
        class: Class,
        own: Option<Rate>,
    ) -> Option<Holdout> {
        self.holdouts.ask(friend, scenario, class, own)
    }

    /// How many LINE messages a month the budget pays for by these prices; `None` without a budget.
    ///
    /// For the host that tells what is left: the less of LINE's quota and this, less what was sent this month.
    pub fn messages_within_budget(&self, prices: &PlanTable) -> Option<u64> {
        self.budget.and_then(|budget| budget.messages(prices))
    }

    /// While at least so many messages are left this month, none of them is kept from this friend. The lower, the
    /// more the friend is worth to the shop: 0 is one for whom the very last is kept. By this friends are chosen
    /// when messages run short.
    pub fn served_down_to(&self, friend: &Friend, now: Timestamp) -> u64 {
        quota::served_down_to(&self.reserves, friend, now)
    }

    /// Can any rule still look at a message that was sent? What none can may be forgotten.
    pub fn remembers(&self, sent: &Sent, now: Timestamp, zone: &Zone) -> bool {
        self.caps.iter().any(|cap| cap.per.covers(sent.at, now, zone) && cap.counts(sent, &self.messages))
            || self.selling.is_some_and(|selling| selling.covers(sent, now, zone))
            || self.repetition.covers(sent, &self.messages, now, zone)
    }

    /// What of a friend's record may let a message go earlier than it was told: whom the caps are for, by which
    /// channel it would leave, and after how much sales talk.
    pub fn holds_by(&self) -> Depends {
        let audiences = self.caps.iter().filter_map(|cap| Some(cap.only.as_ref()?.predicate.depends()));
        let by_channel = self.caps.iter().any(|cap| matches!(cap.of, Scope::Channel(_)));
        let channels = by_channel.then_some(Depends::LINE | Depends::CHANNELS);
        audiences.chain(channels).chain(self.selling.map(|_| Depends::SENT)).collect()
    }

    /// Every condition it asks.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let caps = self.caps.iter().filter_map(|cap| cap.only.as_ref());
        let reserves = self.reserves.iter().map(|reserve| &reserve.only);
        caps.chain(reserves).map(|Audience { predicate, .. }| predicate)
    }

    fn pass<'a>(&self, candidate: &Candidate<'a>, friend: &Friend, view: &View<'_>) -> Result<&'a Channel, Refusal> {
        let promotional = candidate.class == Class::Promotional;
        if promotional {
            self.consent.ask(friend)?;
        }
        let channel = reach::first(candidate.channels, friend)?;
        self.repetition.ask(candidate, channel, friend, view, &self.messages)?;
        if promotional {
            self.chat.map_or(Ok(()), |chat| chat.ask(candidate, friend, view))?;
            self.ask_quiet_hours(candidate, friend, view)?;
            self.ask_caps(candidate, channel, friend, view)?;
            self.selling.map_or(Ok(()), |selling| selling.ask(candidate, friend, view, &self.messages))?;
        }
        ask_stock(candidate, view)?;
        if promotional && channel.is_line() {
            quota::ask(&self.reserves, friend, view)?;
        }
        Ok(channel)
    }

    fn ask_quiet_hours(&self, candidate: &Candidate<'_>, friend: &Friend, view: &View<'_>) -> Result<(), Refusal> {
        let Some(mut hours) = self.quiet_hours else { return Ok(()) };
        if let Some(own) = candidate.quiet {
            hours = hours.with_rule(own);
        }
        Err(match hours.ask(&friend.key, candidate.ready, view.now, view.zone) {
            Quiet::Open => return Ok(()),
            Quiet::Until(to) => Refusal::Later(to, Reason::QuietShifted { to }),
            Quiet::Drop => Refusal::Drop(Reason::QuietDropped),
            Quiet::TooLong(to) => Refusal::Drop(Reason::QuietTooLong { to }),
        })
    }

    /// The first cap that drops the message decides; where all that are full defer it, the longest wait does,
    /// so that it is not asked again before there is room in all of them.
    fn ask_caps(
        &self,
        candidate: &Candidate<'_>,
        channel: &Channel,
        friend: &Friend,
        view: &View<'_>,
    ) -> Result<(), Refusal> {
        let mut longest: Option<(Timestamp, Reason)> = None;
        for cap in &self.caps {
            match cap.ask(candidate, channel, friend, view, &self.messages) {
                Ok(()) => {}
                Err(Refusal::Later(to, reason)) => {
                    if longest.as_ref().is_none_or(|(latest, _)| *latest < to) {
                        longest = Some((to, reason));
                    }
                }
                Err(drop) => return Err(drop),
            }
        }
        longest.map_or(Ok(()), |(to, reason)| Err(Refusal::Later(to, reason)))
    }
}

fn ask_stock(candidate: &Candidate<'_>, view: &View<'_>) -> Result<(), Refusal> {
    match candidate.product {
        Some(product) if view.stock.and_then(|stock| stock.pieces(product)) == Some(0) => {
            Err(Refusal::Drop(Reason::OutOfStock { product: product.into() }))
        }
        _ => Ok(()),
    }
}
