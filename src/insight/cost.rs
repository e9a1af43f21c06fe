//! What a month of messages costs on LINE's plans.

use crate::model::{Date, Money};

/// The plans of one country, as they were from some day on. Prices are without tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTable {
    /// The table's name: `jp-2023-06`.
    pub name: Box<str>,
    /// The first day the prices are good for.
    pub valid_from: Date,
    /// The plans, smallest first.
    pub plans: Vec<Plan>,
}

/// The names of LINE's plans in Japan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PlanName {
    /// コミュニケーションプラン.
    Communication,
    /// ライトプラン.
    Light,
    /// スタンダードプラン.
    Standard,
}

/// A monthly plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    name: PlanName,
    monthly_fee: Money,
    free_messages: u64,
    tiers: Vec<Tier>,
}

/// The price of additional messages, for those of a month up to a number. Each tier's price is for
/// the messages in it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The last additional message with this price; `None` for all that follow.
    pub up_to: Option<u64>,
    /// Thousandths of a yen for one message.
    pub milliyen: u32,
}

impl PlanTable {
    /// Japan since 2023-06-01 (line-facts 13), the latest known.
    ///
    /// Of the price ladder only its first two steps are published and checked: 3.0 yen to 50,000
    /// additional messages, 2.8 to 100,000. Beyond, the price falls further; this table stays at
    /// 2.8, so the cost it tells there is an upper bound. A shop that has LINE's own price list
    /// gives it with [`Plan::new`].
    pub fn jp_2023_06() -> Self {
        let plan =
            |name, fee, free_messages, tiers| Plan { name, monthly_fee: Money::from_minor(fee), free_messages, tiers };
        let ladder = vec![Tier { up_to: Some(50_000), milliyen: 3000 }, Tier { up_to: None, milliyen: 2800 }];
        Self {
            name: "jp-2023-06".into(),
            valid_from: Date::from_ymd_opt(2023, 6, 1).unwrap_or_default(),
            plans: vec![
                plan(PlanName::Communication, 0, 200, vec![]),
                plan(PlanName::Light, 5_000, 5_000, vec![]),
                plan(PlanName::Standard, 15_000, 30_000, ladder),
            ],
        }
    }

    /// The plan on which so many messages a month cost least, and what they cost in yen; of equal
    /// ones the first. `None` when no plan can send that many.
    ///
    /// ```
    /// use enishi::insight::{PlanName, PlanTable};
    /// use enishi::model::Money;
    /// let japan = PlanTable::jp_2023_06();
    /// let (plan, yen) = japan.cheapest(12_000).expect("the largest plan sends any number");
    /// assert_eq!((plan.name(), yen), (PlanName::Standard, Money::from_minor(15_000)));
    /// ```
    pub fn cheapest(&self, messages: u64) -> Option<(&Plan, Money)> {
        let able = self.plans.iter().filter_map(|plan| Some((plan, plan.monthly_cost(messages)?)));
        able.min_by_key(|(_, cost)| *cost)
    }
}

impl Plan {
    /// A plan with prices of one's own. Without tiers it sends its free messages only.
    ///
    /// # Errors
    /// When the fee is negative, or the tiers' ends do not ascend, or one follows a tier without end.
    pub fn new(name: PlanName, monthly_fee: Money, free_messages: u64, tiers: Vec<Tier>) -> Result<Self, PlanError> {
        if monthly_fee.is_negative() {
            return Err(PlanError::NegativeFee);
        }
        let mut before = Some(0);
        for (tier, Tier { up_to, .. }) in tiers.iter().enumerate() {
            let ascends = before.is_some_and(|before| up_to.is_none_or(|end| end > before));
            if !ascends {
                return Err(PlanError::Tier { tier });
            }
            before = *up_to;
        }
        Ok(Self { name, monthly_fee, free_messages, tiers })
    }

    /// Which plan.
    pub const fn name(&self) -> PlanName {
        self.name
    }

    /// The fee in yen.
    pub const fn monthly_fee(&self) -> Money {
        self.monthly_fee
    }

    /// Messages a month without further cost. A message to five people is five.
    pub const fn free_messages(&self) -> u64 {
        self.free_messages
    }

    /// The prices of additional messages.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// What so many messages in a month cost, in yen: fee and additional messages, a started yen
    /// counting as a whole one. `None` when the plan cannot send that many, or the cost is past the
    /// range of money.
    pub fn monthly_cost(&self, messages: u64) -> Option<Money> {
        let additional = messages.saturating_sub(self.free_messages);
        let (mut priced, mut milliyen) = (0, 0_u128);
        for tier in &self.tiers {
            let end = tier.up_to.unwrap_or(u64::MAX).min(additional);
            milliyen += u128::from(end - priced) * u128::from(tier.milliyen);
            priced = end;
        }
        if priced < additional {
            return None;
        }
        let yen = i64::try_from(milliyen.div_ceil(1000)).ok()?;
        self.monthly_fee.checked_add(Money::from_minor(yen))
    }
}

/// Why prices do not make a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// LINE would pay the shop.
    #[error("the monthly fee must not be negative")]
    NegativeFee,
    /// Out of order.
    #[error("tier {tier} must end above the one before it, and only the last may be without end")]
    Tier {
        /// Which, from zero.
        tier: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yen(name: PlanName, messages: u64) -> Option<i64> {
        let table = PlanTable::jp_2023_06();
        let plan = table.plans.iter().find(|plan| plan.name() == name).unwrap();
        plan.monthly_cost(messages).map(Money::minor)
    }

    #[test]
    fn the_worked_example_holds() {
        // 70,000 additional messages: 50,000 at 3.0 and 20,000 at 2.8 yen, and the fee.
        assert_eq!(yen(PlanName::Standard, 100_000), Some(15_000 + 206_000));
    }

    #[test]
    fn free_messages_are_free_and_a_started_yen_is_whole() {
        assert_eq!(
            [0, 30_000, 30_001, 80_000].map(|n| yen(PlanName::Standard, n)),
            [Some(15_000), Some(15_000), Some(15_003), Some(165_000)]
        );
        assert_eq!(yen(PlanName::Standard, 80_001), Some(165_003));
        assert_eq!([5_000, 5_001].map(|n| yen(PlanName::Light, n)), [Some(5_000), None]);
        assert_eq!(yen(PlanName::Standard, u64::MAX), None);
    }

    #[test]
    fn the_cheapest_plan_changes_with_the_number() {
        let table = PlanTable::jp_2023_06();
        let cheapest = |n| table.cheapest(n).map(|(plan, cost)| (plan.name(), cost.minor()));
        assert_eq!(cheapest(200), Some((PlanName::Communication, 0)));
        assert_eq!(cheapest(201), Some((PlanName::Light, 5_000)));
        assert_eq!(cheapest(5_001), Some((PlanName::Standard, 15_000)));
        assert_eq!(cheapest(u64::MAX), None);
    }

    #[test]
    fn tiers_ascend() {
        let plan = |ends: &[Option<u64>]| {
            let tiers = ends.iter().map(|end| Tier { up_to: *end, milliyen: 1 }).collect();
            Plan::new(PlanName::Standard, Money::ZERO, 0, tiers).err()
        };
        assert_eq!(plan(&[Some(5), Some(6), None]), None);
        assert_eq!(plan(&[Some(5), Some(5)]), Some(PlanError::Tier { tier: 1 }));
        assert_eq!(plan(&[None, Some(5)]), Some(PlanError::Tier { tier: 1 }));
        assert_eq!(plan(&[Some(0)]), Some(PlanError::Tier { tier: 0 }));
    }
}
