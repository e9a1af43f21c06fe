//! Customer portfolio management: ten classes by how long, for how much, and whether still there.

use core::fmt;
use core::str::FromStr;

use crate::model::{Money, Timestamp, Zone};

use super::turns::{counts, days_between, in_order, recency_turns, window_turns};

/// When a customer belongs to which class of CPM (semantics 4.10 c).
///
/// | class | orders |
/// |---|---|
/// | 初回 [`First`](CpmStage::First) | one |
/// | よちよち [`Toddler`](CpmStage::Toddler) | two or more, the first and the last less than `toddler_days` apart |
/// | コツコツ [`Steady`](CpmStage::Steady) | at least that far apart, for less than `total` |
/// | 流行 [`Trendy`](CpmStage::Trendy) | at least that far but less than `loyal_days` apart, for `total` or more |
/// | 優良 [`Loyal`](CpmStage::Loyal) | at least `loyal_days` apart, for `total` or more |
///
/// Each of them is 現役 (active), or 離脱 (lapsed) once the last order is `lapse_days` ago. Days are
/// whole days between the shop's dates.
///
/// The published text overlaps where the total is met exactly; here it counts as met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CpmRule {
    /// After so many days without an order a customer has lapsed.
    pub lapse_days: u32,
    /// Below so many days from the first order to the last a customer is a toddler.
    pub toddler_days: u32,
    /// From so many days on a customer is loyal rather than trendy.
    pub loyal_days: u32,
    /// From this amount on a customer is more than steady.
    pub total: Money,
}

/// A class of CPM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpm {
    /// How far the customer has come.
    pub stage: CpmStage,
    /// Has not ordered for long?
    pub lapsed: bool,
}

/// How far a customer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "CPM has five")]
pub enum CpmStage {
    /// 初回: bought once.
    First,
    /// よちよち: bought again, within a short time.
    Toddler,
    /// コツコツ: has bought for long, little.
    Steady,
    /// 流行: has bought much in a short time.
    Trendy,
    /// 優良: has bought much for long.
    Loyal,
}

impl CpmRule {
    /// The thresholds as they were published: lapsed after 240 days, 90 and 210 days, 70,000 yen.
    pub const PUBLISHED: Self =
        Self { lapse_days: 240, toddler_days: 90, loyal_days: 210, total: Money::from_minor(70_000) };

    /// A shop's own thresholds: three numbers of days, and an amount.
    ///
    /// # Errors
    /// When nobody could be in some class: days of zero, or `loyal_days` below `toddler_days`, or an
    /// amount below zero.
    pub fn new(lapse_days: u32, toddler_days: u32, loyal_days: u32, total: Money) -> Result<Self, CpmRuleError> {
        match () {
            () if lapse_days == 0 || toddler_days == 0 => Err(CpmRuleError::NoDays),
            () if loyal_days < toddler_days => Err(CpmRuleError::Order { toddler_days, loyal_days }),
            () if total.is_negative() => Err(CpmRuleError::Negative),
            () => Ok(Self { lapse_days, toddler_days, loyal_days, total }),
        }
    }

    /// The class of one customer; `None` for a prospect. See [`Ranks`](super::Ranks) on `orders`.
    pub fn of(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Option<Cpm> {
        let counting = &orders[..orders.partition_point(|(at, _)| counts(*at, None, now, zone))];
        let ((first, _), (last, _)) = (counting.first()?, counting.last()?);
        let total = counting.iter().fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor()));
        let enough = total >= self.total.minor();
        let tenure = days_between(*first, *last, zone);
        let stage = match counting.len() {
            1 => CpmStage::First,
            _ if tenure < i64::from(self.toddler_days) => CpmStage::Toddler,
            _ if !enough => CpmStage::Steady,
            _ if tenure < i64::from(self.loyal_days) => CpmStage::Trendy,
            _ => CpmStage::Loyal,
        };
        Some(Cpm { stage, lapsed: days_between(*last, now, zone) >= i64::from(self.lapse_days) })
    }

    /// Every instant after `now` at which the class could become another though nothing happens.
    pub fn turns(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Vec<Timestamp> {
        let mut turns = window_turns(orders, None, now, zone);
        turns.extend(recency_turns(orders, core::iter::once(i64::from(self.lapse_days)), now, zone));
        in_order(turns)
    }
}

impl Cpm {
    /// The ten, with the word programs use and the word people read.
    pub const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self { stage: CpmStage::First, lapsed: false }, "first", "初回現役"),
        (Self { stage: CpmStage::Toddler, lapsed: false }, "toddler", "よちよち現役"),
        (Self { stage: CpmStage::Steady, lapsed: false }, "steady", "コツコツ現役"),
        (Self { stage: CpmStage::Trendy, lapsed: false }, "trendy", "流行現役"),
        (Self { stage: CpmStage::Loyal, lapsed: false }, "loyal", "優良現役"),
        (Self { stage: CpmStage::First, lapsed: true }, "lapsed_first", "初回離脱"),
        (Self { stage: CpmStage::Toddler, lapsed: true }, "lapsed_toddler", "よちよち離脱"),
        (Self { stage: CpmStage::Steady, lapsed: true }, "lapsed_steady", "コツコツ離脱"),
        (Self { stage: CpmStage::Trendy, lapsed: true }, "lapsed_trendy", "流行離脱"),
        (Self { stage: CpmStage::Loyal, lapsed: true }, "lapsed_loyal", "優良離脱"),
    ];

    /// The word programs use: `lapsed_loyal`.
    pub const fn name(self) -> &'static str {
        Self::ALL[self.place()].1
    }

    /// The word people read: `優良離脱`.
    pub const fn label(self) -> &'static str {
        Self::ALL[self.place()].2
    }

    const fn place(self) -> usize {
        self.stage as usize + if self.lapsed { 5 } else { 0 }
    }
}

impl fmt::Display for Cpm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Cpm {
    type Err = CpmError;

    /// Reads either word.
    fn from_str(text: &str) -> Result<Self, CpmError> {
        let found = Self::ALL.iter().find(|(_, name, label)| [*name, *label].contains(&text));
        found.map(|(class, _, _)| *class).ok_or(CpmError)
    }
}

/// A text that names no class of CPM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a class of CPM is 初回, よちよち, コツコツ, 流行 or 優良, each with 現役 or 離脱 behind it, such as 優良現役")]
pub struct CpmError;

/// Why thresholds make no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CpmRuleError {
    /// A number of days that is zero.
    #[error("days are counted from one")]
    NoDays,
    /// Loyal before having grown up.
    #[error("loyal_days ({loyal_days}) may not be below toddler_days ({toddler_days})")]
    Order {
        /// From when on customers are no toddlers.
        toddler_days: u32,
        /// From when on they are loyal.
        loyal_days: u32,
    },
    /// An amount below zero.
    #[error("the total may not be below zero")]
    Negative,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(orders: &[(i64, i64)], today: i64) -> Option<&'static str> {
        let at = |day: i64| Timestamp::from_millis(1_700_000_000_000 + day * 86_400_000).unwrap();
        let orders: Vec<_> = orders.iter().map(|(day, yen)| (at(*day), Money::from_minor(*yen))).collect();
        CpmRule::PUBLISHED.of(&orders, at(today), &Zone::TOKYO).map(Cpm::label)
    }

    #[test]
    fn the_published_table() {
        assert_eq!(class(&[], 0), None);
        assert_eq!(class(&[(5, 100)], 0), None, "not placed yet");
        assert_eq!(class(&[(0, 999_999)], 239), Some("初回現役"));
        assert_eq!(class(&[(0, 100)], 240), Some("初回離脱"));
        assert_eq!(class(&[(0, 100), (89, 100)], 100), Some("よちよち現役"));
        assert_eq!(class(&[(0, 100_000), (89, 100_000)], 100), Some("よちよち現役"), "whatever was paid");
        assert_eq!(class(&[(0, 100), (90, 69_899)], 100), Some("コツコツ現役"));
        assert_eq!(class(&[(0, 100), (90, 69_900)], 100), Some("流行現役"), "exactly 70,000");
        assert_eq!(class(&[(0, 100), (209, 70_000)], 448), Some("流行現役"));
        assert_eq!(class(&[(0, 100), (209, 70_000)], 449), Some("流行離脱"));
        assert_eq!(class(&[(0, 100), (210, 69_900)], 300), Some("優良現役"));
        assert_eq!(class(&[(0, 100), (210, 69_899)], 450), Some("コツコツ離脱"), "its line has the amount too");
        assert_eq!(class(&[(0, 100), (210, 69_900)], 450), Some("優良離脱"));
        assert_eq!(class(&[(0, 100), (10, 100)], 250), Some("よちよち離脱"));
    }

    #[test]
    fn both_words_lead_back_to_the_class() {
        for (class, name, label) in Cpm::ALL {
            assert_eq!((class.name(), class.label()), (name, label));
            assert_eq!((name.parse(), label.parse()), (Ok(class), Ok(class)));
        }
        assert_eq!("優良".parse::<Cpm>(), Err(CpmError));
    }

    #[test]
    fn thresholds_that_leave_a_class_empty_are_refused() {
        let total = Money::from_minor(70_000);
        assert_eq!(CpmRule::new(240, 90, 210, total), Ok(CpmRule::PUBLISHED));
        assert_eq!(CpmRule::new(0, 90, 210, total), Err(CpmRuleError::NoDays));
        assert_eq!(CpmRule::new(240, 90, 89, total), Err(CpmRuleError::Order { toddler_days: 90, loyal_days: 89 }));
        assert_eq!(CpmRule::new(240, 90, 210, Money::from_minor(-1)), Err(CpmRuleError::Negative));
    }
}
