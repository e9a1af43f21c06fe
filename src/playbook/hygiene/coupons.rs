//! Coupons that nobody gets, that nobody can use, or that are over when they are spoken of.

use core::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::coupon::{Codes, Coupon};
use crate::message::Placeholder;
use crate::model::{CouponName, Span, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::{Action, Anchor, Goto, Reentry, Scenario, Step, Trigger, Wait};
use crate::segment::{Contradiction, Expr};

use super::Finding;
use super::findings::Times;

pub(super) fn findings(playbook: &Playbook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for coupon in playbook.coupons().values() {
        let issuers: Vec<&Scenario> = playbook.scenarios().iter().filter(|it| issues(it, &coupon.name)).collect();
        if issuers.is_empty() && coupon.codes == Codes::Personal {
            findings.push(Finding::CouponUnissued { coupon: coupon.name.clone() });
        }
        findings.extend(never_usable(playbook, coupon, &issuers));
        findings.extend(issued_too_often(coupon, &issuers));
        if let [scenario] = issuers[..] {
            findings.extend(over_when_told(scenario, coupon));
        }
        for scenario in playbook.scenarios() {
            findings.extend(over_by_season(playbook, scenario, coupon));
        }
    }
    findings
}

fn issues(scenario: &Scenario, coupon: &CouponName) -> bool {
    scenario.coupons().any(|issued| issued.name == *coupon)
}

fn issued_by(step: &Step, coupon: &CouponName) -> bool {
    step.action.issues().is_some_and(|issued| issued.name == *coupon)
}

/// What `only` and `first_order` ask of a friend, against each other and against what is known of whoever gets one.
fn never_usable(playbook: &Playbook, coupon: &Arc<Coupon>, issuers: &[&Scenario]) -> Vec<Finding> {
    let mut asked: Vec<Expr> = coupon.terms.only.iter().map(|only| only.expr().clone()).collect();
    asked.extend(coupon.terms.first_order.then(|| written("orders.count = 0")).flatten());
    if asked.is_empty() {
        return Vec::new();
    }
    if let Some(why) = conflict(playbook, asked.clone()) {
        return vec![Finding::CouponForNobody { coupon: coupon.name.clone(), why }];
    }
    let mut findings = Vec::new();
    for scenario in issuers {
        let known = known_at_start(scenario);
        // A scenario nobody can enter is not the coupon's fault.
        if conflict(playbook, known.clone()).is_some() {
            continue;
        }
        if let Some(why) = conflict(playbook, known.into_iter().chain(asked.clone()).collect()) {
            let (scenario, coupon) = (scenario.name.clone(), coupon.name.clone());
            findings.push(Finding::CouponUnusable { scenario, coupon, why });
        }
    }
    findings
}

/// What holds of everybody who enters.
fn known_at_start(scenario: &Scenario) -> Vec<Expr> {
    let mut known: Vec<Expr> = scenario.only.iter().map(|only| only.predicate.expr().clone()).collect();
    match &scenario.trigger {
        Trigger::Enter(_, predicate) => known.push(predicate.expr().clone()),
        Trigger::Order | Trigger::Shipped | Trigger::Delivered => known.extend(written("orders.count >= 1")),
        _ => {}
    }
    known
}

fn written(expression: &str) -> Option<Expr> {
    Expr::parse(expression).ok().map(|parsed| parsed.expr)
}

fn conflict(playbook: &Playbook, all: Vec<Expr>) -> Option<Contradiction> {
    let together = match <[Expr; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(none) if none.is_empty() => return None,
        Err(several) => Expr::All(several),
    };
    playbook.schema().compile(&together).ok()?.contradiction()
}

/// More codes in a friend's hands than the friend may use.
fn issued_too_often(coupon: &Arc<Coupon>, issuers: &[&Scenario]) -> Option<Finding> {
    let allowed = coupon.limits.per_friend?.get();
    let mut times = 0_u32;
    for scenario in issuers {
        if scenario.reentry != Reentry::Never {
            let issued = Times::AgainAndAgain;
            return Some(Finding::CouponIssuedTooOften { coupon: coupon.name.clone(), allowed, issued });
        }
        times = times.saturating_add(on_the_longest_way(scenario, &coupon.name));
    }
    let issued = Times::Times(times);
    (times > allowed).then(|| Finding::CouponIssuedTooOften { coupon: coupon.name.clone(), allowed, issued })
}

/// How often one run can issue it, were no step done twice.
fn on_the_longest_way(scenario: &Scenario, coupon: &CouponName) -> u32 {
    let mut from_here = vec![0_u32; scenario.steps.len() + 1];
    for (place, step) in scenario.steps.iter().enumerate().rev() {
        let ahead = leads(scenario, place).into_iter().filter(|(next, _)| *next > place);
        let most = ahead.map(|(next, _)| from_here[next]).max().unwrap_or(0);
        from_here[place] = most + u32::from(issued_by(step, coupon));
    }
    from_here[0]
}

/// Steps that tell its code, or ask for it back, when it can be valid no longer.
fn over_when_told(scenario: &Scenario, coupon: &Arc<Coupon>) -> Vec<Finding> {
    let Some(span) = coupon.valid.span else { return Vec::new() };
    let issuing = scenario.steps.iter().enumerate().filter(|(_, step)| issued_by(step, &coupon.name));
    let since = shortest(scenario, issuing.map(|(place, _)| place));
    let over = |(step, since): (&Step, Option<i64>)| {
        let minutes = since.filter(|minutes| speaks_of(step, &coupon.name) && *minutes >= minutes_of(span))?;
        let after = as_span(minutes);
        let (scenario, step, coupon) = (scenario.name.clone(), step.name.clone(), coupon.name.clone());
        Some(Finding::CouponOver { scenario, step, coupon, span, after })
    };
    scenario.steps.iter().zip(since).filter_map(over).collect()
}

/// Steps that issue it or tell its code when its own end is past, however fast a friend gets there.
fn over_by_season(playbook: &Playbook, scenario: &Scenario, coupon: &Arc<Coupon>) -> Vec<Finding> {
    let (Some(begins), Some(until)) = (scenario.from, coupon.valid.until) else { return Vec::new() };
    let zone = playbook.zone();
    let reached = shortest(scenario, core::iter::once(0));
    let over = |(step, reached): (&Step, Option<i64>)| {
        if !speaks_of(step, &coupon.name) && !issued_by(step, &coupon.name) {
            return None;
        }
        let at: Timestamp = zone.plus(begins, as_span(reached?));
        (at >= until).then(|| Finding::CouponOverBySeason {
            scenario: scenario.name.clone(),
            step: step.name.clone(),
            coupon: coupon.name.clone(),
            reached: zone.date(at),
            until: zone.date(until),
        })
    };
    scenario.steps.iter().zip(reached).filter_map(over).collect()
}

fn speaks_of(step: &Step, coupon: &CouponName) -> bool {
    let Action::Send(send) = &step.action else { return false };
    let named = |placeholder: &&Placeholder| matches!(placeholder, Placeholder::Coupon(name, _) if name == coupon);
    send.message.placeholders().iter().any(named)
}

/// The fewest minutes from one of these steps to each: none where no way leads.
fn shortest(scenario: &Scenario, from: impl Iterator<Item = usize>) -> Vec<Option<i64>> {
    let mut best: Vec<Option<i64>> = vec![None; scenario.steps.len()];
    let mut to_do: BinaryHeap<Reverse<(i64, usize)>> = from.map(|place| Reverse((0, place))).collect();
    while let Some(Reverse((minutes, place))) = to_do.pop() {
        match best.get_mut(place) {
            Some(known @ None) => *known = Some(minutes),
            _ => continue,
        }
        to_do.extend(leads(scenario, place).into_iter().map(|(next, wait)| Reverse((minutes + wait, next))));
    }
    best
}

/// The steps one leads to, and the minutes it takes at least.
fn leads(scenario: &Scenario, place: usize) -> Vec<(usize, i64)> {
    let ways: Vec<(Goto, i64)> = match &scenario.steps[place].action {
        Action::Wait(wait) => vec![(Goto::Next, least(wait))],
        Action::Await(wait) => {
            let first = wait.first_of.iter().map(|alternative| (alternative.goto, 0));
            first.chain([(wait.timed_out, least(&wait.or_after))]).collect()
        }
        Action::Branch { then, otherwise, .. } => vec![(*then, 0), (*otherwise, 0)],
        Action::Split { arms, .. } => arms.iter().map(|arm| (arm.goto, 0)).collect(),
        Action::Send(send) => vec![(Goto::Next, 0), (send.if_unreachable, 0)],
        Action::End(_) => Vec::new(),
        _ => vec![(Goto::Next, 0)],
    };
    let places = |(goto, minutes): (Goto, i64)| {
        let there = match goto {
            Goto::Next => [Some(place + 1), None],
            Goto::Step(there) => [Some(there), None],
            // When it is used up.
            Goto::Back { place: there, .. } => [Some(there), Some(place + 1)],
            Goto::End => [None, None],
        };
        there.into_iter().flatten().map(move |there| (there, minutes))
    };
    ways.into_iter().flat_map(places).filter(|(there, _)| *there < scenario.steps.len()).collect()
}

/// What a wait takes at least; one that counts from the start may be over when it begins.
fn least(wait: &Wait) -> i64 {
    match wait {
        Wait::For { span, from: Anchor::Step } => minutes_of(*span),
        // From the last minute of one day to the first of another.
        Wait::At { days, from: Anchor::Step, .. } => i64::from(days.saturating_sub(1)) * 24 * 60,
        _ => 0,
    }
}

fn minutes_of(span: Span) -> i64 {
    span.nominal_millis() / 60_000
}

fn as_span(minutes: i64) -> Span {
    let part = |part: i64| u32::try_from(part).unwrap_or(u32::MAX);
    Span::days(part(minutes / (24 * 60))).plus(Span::minutes(part(minutes % (24 * 60))))
}
