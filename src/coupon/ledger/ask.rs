//! Would there be a place for a use? Asked for a quote; nothing is held.

use crate::coupon::{Candidate, Checkout, Code, Coupon};
use crate::model::{CheckoutId, FriendId, Money, Timestamp, Zone};

use super::books::Books;
use super::place::{Rule, account, take};
use super::reserve::step_aside;
use super::{Key, Refusal, Stage, Undecided, Use, UseKey, Versioned};

/// A use that nobody holds yet, of the least discount: would it be held?
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct Ask<'a> {
    /// The rule, with its limits.
    pub coupon: &'a Coupon,
    /// The personal code; none for a coupon with one code for everybody.
    pub code: Option<Code>,
    /// By whom.
    pub friend: Option<FriendId>,
    /// Who asks: what this checkout holds is not in its own way.
    pub checkout: Option<&'a CheckoutId>,
    /// The first instant at which the coupon in hand is no longer valid.
    pub valid_until: Timestamp,
    /// The shop's zone.
    pub zone: &'a Zone,
}

impl<'a> Ask<'a> {
    /// For a candidate of a checkout, `id` by the cart's own name. One that is in nobody's hand and must be asks nothing.
    pub fn of(candidate: &'a Candidate<'_>, checkout: &'a Checkout<'_>, id: Option<&'a CheckoutId>) -> Option<Self> {
        let held = candidate.held;
        let code = account(candidate.coupon, held.and_then(|held| held.code.parse().ok())).ok()?;
        Some(Self {
            coupon: candidate.coupon,
            code,
            friend: Some(checkout.friend.id),
            checkout: id,
            valid_until: held.map_or(Timestamp::MAX, |held| held.valid_until),
            zone: checkout.zone,
        })
    }
}

/// Why a use would not be held at `now`; nothing if it would. From records as [`decide`](super::decide) reads them. A
/// greater discount may find the budget too small all the same.
///
/// # Errors
/// When a record could not be read.
pub fn refusal<E>(
    asked: &Ask<'_>,
    now: Timestamp,
    read: &mut dyn FnMut(&Key) -> Result<Versioned, E>,
) -> Result<Option<Refusal>, Undecided<E>> {
    match place(&mut Books::new(read), asked, now) {
        Ok(()) => Ok(None),
        Err(Undecided::Refused(refusal)) => Ok(Some(refusal)),
        Err(undecided) => Err(undecided),
    }
}

fn place<E>(books: &mut Books<'_, E>, asked: &Ask<'_>, now: Timestamp) -> Result<(), Undecided<E>> {
    // The books are never closed, so that whoever has no name takes no name from anybody.
    let nameless = || CheckoutId::new("asked").expect("a word is a name");
    let key = UseKey { coupon: asked.coupon.name.clone(), checkout: asked.checkout.cloned().unwrap_or_else(nameless) };
    if asked.checkout.is_some() {
        step_aside(books, &key)?;
    }
    let least = Money::from_minor(asked.coupon.limits.budget.map_or(0, |_| 1));
    let one = Use {
        key,
        code: asked.code.map(|code| code.to_string().into()),
        friend: asked.friend.filter(|friend| friend.0 > 0),
        discount: least,
        valid_until: asked.valid_until,
        taken_at: now,
        stage: Stage::Lapsed,
        in_window_until: None,
        promised: false,
    };
    take(books, &Rule { coupon: asked.coupon, zone: asked.zone, now }, one).map(drop)
}
