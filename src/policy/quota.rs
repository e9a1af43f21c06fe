//! When messages run short: who gets the last of a month.

use crate::insight::{Plan, PlanName, PlanTable};
use crate::model::{Friend, Money, Timestamp};

use super::overflow::Refusal;
use super::{Audience, Quota, Reason, View};

/// When few messages are left they go to those who are worth most to the shop, never to whoever comes first (M4).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reserve {
    /// When fewer than so many are left.
    pub below: u64,
    /// Only these friends get advertising on LINE.
    pub only: Audience,
}

impl Reserve {
    /// The last messages below `below` are kept for `only`.
    pub const fn new(below: u64, only: Audience) -> Self {
        Self { below, only }
    }
}

/// Asks of an advertisement on LINE whether one of the messages left is for this friend. Of several reserves
/// each that has been reached must let it pass; the first that does not is told.
pub(super) fn ask(reserves: &[Reserve], friend: &Friend, view: &View<'_>) -> Result<(), Refusal> {
    let Some(Quota { left }) = view.quota else { return Ok(()) };
    if left == 0 {
        return Err(Refusal::Drop(Reason::QuotaSpent));
    }
    let reached = reserves.iter().filter(|reserve| left < reserve.below);
    match reached.map(|reserve| &reserve.only).find(|only| !only.holds(friend, view.now)) {
        Some(others) => Err(Refusal::Drop(Reason::QuotaShort { left, kept_for: others.text.clone() })),
        None => Ok(()),
    }
}

/// The highest of the reserves that are not for the friend: none of them has been reached while so many are left.
pub(super) fn served_down_to(reserves: &[Reserve], friend: &Friend, now: Timestamp) -> u64 {
    let others = reserves.iter().filter(|reserve| !reserve.only.holds(friend, now));
    others.map(|reserve| reserve.below).max().unwrap_or(0)
}

/// What the shop spends on LINE in a month, fee included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// In yen, without tax as LINE's prices are.
    pub month: Money,
    /// On which plan.
    pub plan: PlanName,
}

impl Budget {
    /// `month` yen a month on `plan`.
    pub const fn new(month: Money, plan: PlanName) -> Self {
        Self { month, plan }
    }

    /// How many messages a month it pays for; none when the table does not have the plan.
    ///
    /// ```
    /// use enishi::insight::{PlanName, PlanTable};
    /// use enishi::model::Money;
    /// use enishi::policy::Budget;
    /// let budget = Budget::new(Money::from_minor(30_000), PlanName::Standard);
    /// // 15,000 yen of fee with 30,000 messages in it, and 5,000 more at 3 yen.
    /// assert_eq!(budget.messages(&PlanTable::jp_2023_06()), Some(35_000));
    /// ```
    pub fn messages(&self, prices: &PlanTable) -> Option<u64> {
        let plan = prices.plans.iter().find(|plan| plan.name() == self.plan)?;
        Some(messages_within(plan, self.month))
    }
}

/// The most messages whose cost is no more than `most`: cost never falls as messages are added.
fn messages_within(plan: &Plan, most: Money) -> u64 {
    let affordable = |messages| plan.monthly_cost(messages).is_some_and(|cost| cost <= most);
    let (mut low, mut high) = (0, u64::MAX);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if affordable(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_pays_for_so_many_messages_and_not_one_more() {
        let prices = PlanTable::jp_2023_06();
        let messages = |yen, plan| Budget::new(Money::from_minor(yen), plan).messages(&prices).unwrap();
        assert_eq!(messages(14_999, PlanName::Standard), 0);
        assert_eq!(messages(15_000, PlanName::Standard), 30_000);
        assert_eq!(messages(15_003, PlanName::Standard), 30_001);
        assert_eq!(messages(165_003, PlanName::Standard), 80_001);
        assert_eq!(messages(1_000_000, PlanName::Light), 5_000, "a plan that sells no more messages");
        assert_eq!(messages(0, PlanName::Communication), 200);
        for yen in [15_001, 47_113, 221_000] {
            let count = messages(yen, PlanName::Standard);
            let cost = |n| prices.plans[2].monthly_cost(n).unwrap().minor();
            assert!(cost(count) <= yen && yen < cost(count + 1));
        }
    }
}
