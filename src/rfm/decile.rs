//! Tenths of the customers by what they bought for.

use crate::model::{Currency, Money, Span, Timestamp, Zone};

use super::Cuts;
use super::ranks::amounts_in;
use super::turns::{counts, in_order, window_turns};

/// What it takes to be in which tenth: 1 is the top (semantics 4.10 d).
///
/// Where equal amounts fill more than a tenth, all of them are in the better one and the next is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecileRule {
    totals: [Money; 9],
    within: Option<Span>,
}

impl DecileRule {
    /// The least that orders must come to for deciles 1 to 9, none above the one before. With
    /// `within`, only orders placed less than this long ago count.
    ///
    /// # Errors
    /// When an amount is above the one before, or below zero.
    pub fn new(totals: [Money; 9], within: Option<Span>) -> Result<Self, DecileRuleError> {
        if let Some(pair) = totals.windows(2).find(|pair| pair[0] < pair[1]) {
            return Err(DecileRuleError::Ascending { before: pair[0], total: pair[1] });
        }
        if totals[8].is_negative() {
            return Err(DecileRuleError::Negative);
        }
        Ok(Self { totals, within })
    }

    /// The rule that parts customers as these cuts of their totals into ten do, those of
    /// [`Scale::Ntile`](super::Scale::Ntile) or quantiles; `None` where there are not nine cuts.
    pub fn by_cuts(cuts: &Cuts, within: Option<Span>) -> Option<Self> {
        let mut totals: Vec<Money> = cuts.reached().map(Money::from_minor).collect();
        totals.reverse();
        Self::new(totals.try_into().ok()?, within).ok()
    }

    /// The tenth of one customer, from 1; `None` for a prospect. See [`Ranks`](super::Ranks) on `orders`.
    pub fn of(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Option<u8> {
        let mut counting = orders.iter().filter(|(at, _)| counts(*at, self.within, now, zone)).peekable();
        counting.peek()?;
        let total = counting.fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor()));
        let missed = self.totals.iter().take_while(|least| total < least.minor()).count();
        Some(1 + missed as u8)
    }

    /// Every instant after `now` at which the tenth could become another though nothing happens.
    pub fn turns(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Vec<Timestamp> {
        in_order(window_turns(orders, self.within, now, zone))
    }

    /// The line for a playbook's `[decile]` that keeps these amounts.
    pub fn playbook_lines(&self, currency: Currency) -> String {
        format!("totals = [{}]\n", amounts_in(currency, self.totals.into_iter()))
    }
}

/// Why amounts make no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecileRuleError {
    /// A lower decile that takes more.
    #[error("the amounts go down from decile 1 to 9: one is above the one before")]
    Ascending {
        /// The one before.
        before: Money,
        /// The one above it.
        total: Money,
    },
    /// An amount below zero.
    #[error("the amounts may not be below zero")]
    Negative,
}

#[cfg(test)]
mod tests {
    use super::super::{AsOf, Bins, OrderColumns, Rfm, RfmOptions, Scheme};
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + day * 86_400_000).unwrap()
    }

    #[test]
    fn what_is_reached_counts_and_prospects_have_no_decile() {
        let totals = [900, 800, 700, 600, 500, 400, 300, 300, 100].map(Money::from_minor);
        let rule = DecileRule::new(totals, Some(Span::days(30))).unwrap();
        let decile = |orders: &[(i64, i64)], today| {
            let orders: Vec<_> = orders.iter().map(|(day, yen)| (at(*day), Money::from_minor(*yen))).collect();
            rule.of(&orders, at(today), &Zone::TOKYO)
        };
        assert_eq!(decile(&[(0, 900)], 1), Some(1));
        assert_eq!(decile(&[(0, 899)], 1), Some(2));
        assert_eq!(decile(&[(0, 300)], 1), Some(7), "nobody is in 8 here");
        assert_eq!(decile(&[(0, 299)], 1), Some(9));
        assert_eq!(decile(&[(0, 0)], 1), Some(10));
        assert_eq!(decile(&[(0, 500), (10, 400)], 29), Some(1));
        assert_eq!(decile(&[(0, 500), (10, 400)], 30), Some(6), "the first has left the window");
        assert_eq!(decile(&[(0, 500), (10, 400)], 40), None);
        assert_eq!(decile(&[], 0), None);
    }

    #[test]
    fn amounts_go_down() {
        let mut totals = [5; 9].map(Money::from_minor);
        assert!(DecileRule::new(totals, None).is_ok());
        totals[3] = Money::from_minor(6);
        let error = DecileRuleError::Ascending { before: Money::from_minor(5), total: Money::from_minor(6) };
        assert_eq!(DecileRule::new(totals, None), Err(error));
        assert_eq!(DecileRule::new([-1; 9].map(Money::from_minor), None), Err(DecileRuleError::Negative));
    }

    /// A hundred customers who paid 1 to 100 yen: ten in each tenth.
    #[test]
    fn cuts_found_in_many_are_kept() {
        let customers: Vec<u32> = (0..100).collect();
        let amounts: Vec<i64> = (1..=100).collect();
        let columns = OrderColumns::new(&customers, &[0; 100], &amounts).unwrap();
        let rfm = Rfm::measure(&columns, &AsOf::new(at(0), Zone::TOKYO), &RfmOptions::new());
        let scores = Scheme::ntile(Bins::MAX).score(&rfm);
        let rule = DecileRule::by_cuts(&scores.cuts().monetary, None).unwrap();
        assert_eq!(rule.playbook_lines(Currency::JPY), "totals = [91, 81, 71, 61, 51, 41, 31, 21, 11]\n");
        for (amount, score) in amounts.iter().zip(scores.all()) {
            let decile = rule.of(&[(at(0), Money::from_minor(*amount))], at(1), &Zone::TOKYO);
            assert_eq!(decile, Some(11 - score.monetary), "{amount}");
        }
        let five = Scheme::ntile(Bins::FIVE).score(&rfm);
        assert_eq!(DecileRule::by_cuts(&five.cuts().monetary, None), None);
    }
}
