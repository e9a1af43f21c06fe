//! The shop's rules for ranking one customer.

use crate::model::{Currency, Money, Span, Timestamp, Zone};

use super::turns::{counts, days_between, in_order, recency_turns, window_turns};
use super::{Class, ClassMap, CpmRule, DecileRule, Monetary, RfmCuts, Score, Thresholds, ThresholdsError};

/// How a shop ranks its customers; each rule only where the shop has it.
///
/// The cut points are part of the rules, not of the moment: found in many once, reviewed, and kept
/// until somebody changes them. So a customer's rank moves only by what the customer does and by
/// the passing of time, and can be said of one customer alone.
///
/// Every rule has two questions. `of` ranks a customer with these orders — those that count, oldest
/// first; ones placed after `now` are not counted — and knows no rank for a prospect. `turns` gives
/// every instant after `now` at which the rank could become another though nothing happens; between
/// two of them it is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ranks {
    /// Recency, frequency, monetary value.
    pub rfm: Option<RfmRule>,
    /// The ten classes of customer portfolio management.
    pub cpm: Option<CpmRule>,
    /// Tenths by what they bought for.
    pub decile: Option<DecileRule>,
}

/// RFM by thresholds the shop keeps (semantics 4.9).
///
/// ```
/// use enishi::model::{Money, Zone};
/// use enishi::rfm::{RfmRule, Thresholds};
/// let rule = RfmRule::new(
///     Thresholds::new(vec![30, 90, 180, 365])?,
///     Thresholds::new(vec![2, 3, 5, 10])?,
///     Thresholds::new(vec![5_000, 10_000, 30_000, 100_000])?,
/// );
/// let orders = [("2026-01-10T12:00:00+09:00".parse()?, Money::from_minor(12_000))];
/// let now = "2026-04-01T12:00:00+09:00".parse()?;
/// let (score, class) = rule.of(&orders, now, &Zone::TOKYO).expect("there is an order");
/// assert_eq!((score.to_string().as_str(), class.name.as_str()), ("413", "promising"));
/// // 90 days after 10 January:
/// assert_eq!(rule.turns(&orders, now, &Zone::TOKYO)[0].to_string(), "2026-04-09T15:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RfmRule {
    /// Days since the last order, ascending. The fewer of them are reached, the higher the score.
    pub recency: Thresholds,
    /// Numbers of orders.
    pub frequency: Thresholds,
    /// Amounts in minor units.
    pub monetary: Thresholds,
    /// What the amount is of.
    pub amount: Monetary,
    /// Only orders placed less than this long ago count.
    pub within: Option<Span>,
    /// Orders on one of the shop's days count as one in the frequency.
    pub merge_same_day: bool,
    /// The classes of the scores.
    pub classes: ClassMap,
}

impl RfmRule {
    /// All orders, each for itself, summed; classes by [`ClassMap::partition`].
    pub fn new(recency: Thresholds, frequency: Thresholds, monetary: Thresholds) -> Self {
        Self {
            recency,
            frequency,
            monetary,
            amount: Monetary::Sum,
            within: None,
            merge_same_day: false,
            classes: ClassMap::partition(),
        }
    }

    /// The score of one customer, and its class; `None` for a prospect.
    pub fn of(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Option<(Score, &Class)> {
        let counting = || orders.iter().filter(|(at, _)| counts(*at, self.within, now, zone));
        let (last, _) = counting().next_back()?;
        let frequency = match self.merge_same_day {
            // Sorted by time, but where clocks go back the date may too.
            true => counting().map(|(at, _)| zone.date(*at)).collect::<std::collections::BTreeSet<_>>().len(),
            false => counting().count(),
        };
        let frequency = i64::try_from(frequency).unwrap_or(i64::MAX);
        let sum = counting().fold(0_i64, |sum, (_, amount)| sum.saturating_add(amount.minor()));
        let monetary = match self.amount {
            Monetary::Sum => sum,
            Monetary::Average => sum / frequency,
        };
        let score = Score {
            recency: self.recency.best() - self.recency.reached(days_between(*last, now, zone)),
            frequency: 1 + self.frequency.reached(frequency),
            monetary: 1 + self.monetary.reached(monetary),
        };
        Some((score, self.classes.class_of(score)))
    }

    /// Every instant after `now` at which the score could become another though nothing happens.
    pub fn turns(&self, orders: &[(Timestamp, Money)], now: Timestamp, zone: &Zone) -> Vec<Timestamp> {
        let mut turns = window_turns(orders, self.within, now, zone);
        turns.extend(recency_turns(orders, self.recency.as_slice().iter().copied(), now, zone));
        in_order(turns)
    }
}

impl RfmCuts {
    /// The lines for a playbook's `[rfm]` that keep these cuts as thresholds: what is recommended to a
    /// shop, which may round them.
    ///
    /// # Errors
    /// When points are equal, so that some score is never given, or there are none.
    pub fn playbook_lines(&self, currency: Currency) -> Result<String, ThresholdsError> {
        let (recency, frequency) = (self.recency.thresholds()?, self.frequency.thresholds()?);
        let monetary = self.monetary.thresholds()?;
        let amounts = monetary.as_slice().iter().map(|minor| Money::from_minor(*minor));
        Ok(format!(
            "recency = {:?}\nfrequency = {:?}\nmonetary = [{}]\n",
            recency.as_slice(),
            frequency.as_slice(),
            amounts_in(currency, amounts)
        ))
    }
}

/// Amounts as a playbook writes them: whole ones as numbers, others as text.
pub(super) fn amounts_in(currency: Currency, amounts: impl Iterator<Item = Money>) -> String {
    let exact = |amount| match currency.exponent() {
        0 => currency.exact(amount),
        _ => format!("\"{}\"", currency.exact(amount)),
    };
    amounts.map(exact).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{AsOf, Measured, RfmOptions};
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400_000;

    fn thresholds(values: &[i64]) -> Thresholds {
        Thresholds::new(values.to_vec()).unwrap()
    }

    fn rule() -> impl Strategy<Value = RfmRule> {
        let span = prop::sample::select(vec![None, Some("30d"), Some("1d"), Some("36h"), Some("2d12h")]);
        (span, any::<bool>(), any::<bool>()).prop_map(|(within, merge_same_day, average)| RfmRule {
            within: within.map(|span| span.parse().unwrap()),
            merge_same_day,
            amount: if average { Monetary::Average } else { Monetary::Sum },
            ..RfmRule::new(thresholds(&[0, 1, 2, 30]), thresholds(&[2, 3]), thresholds(&[100, 200, 300]))
        })
    }

    fn zone() -> impl Strategy<Value = Zone> {
        let names = ["Asia/Tokyo", "America/New_York", "America/Havana", "Australia/Lord_Howe"];
        let starts = ["00:00", "01:30", "04:00"];
        (prop::sample::select(names.to_vec()), prop::sample::select(starts.to_vec()))
            .prop_map(|(name, start)| Zone::new(name, start.parse().unwrap()).unwrap())
    }

    /// Orders in the days around the first of November 2026, when clocks go back in America.
    fn orders() -> impl Strategy<Value = Vec<(Timestamp, Money)>> {
        let at = prop_oneof![-40 * 24 * 60..40 * 24 * 60_i64, -24 * 60..24 * 60_i64];
        prop::collection::vec((at, 0_i64..250), 0..7).prop_map(|mut orders| {
            orders.sort_unstable();
            orders.into_iter().map(|(minute, yen)| (instant(minute), Money::from_minor(yen))).collect()
        })
    }

    /// 2026-11-01T06:00Z and so many minutes.
    fn instant(minute: i64) -> Timestamp {
        Timestamp::from_millis(1_793_512_800_000 + minute * 60_000).unwrap()
    }

    /// Between two turns the rank is the same: every quarter of an hour, and just around each turn.
    fn constant_between<R: PartialEq + core::fmt::Debug>(
        now: Timestamp,
        turns: &[Timestamp],
        rank: impl Fn(Timestamp) -> R,
    ) -> Result<(), TestCaseError> {
        prop_assert!(turns.is_sorted_by(|a, b| a < b) && turns.iter().all(|turn| *turn > now));
        let end = now.plus_millis(80 * DAY);
        let mut probes: Vec<Timestamp> = (0..80 * 96).map(|quarter| now.plus_millis(quarter * DAY / 96)).collect();
        probes.extend(turns.iter().flat_map(|turn| [turn.plus_millis(-1), *turn]));
        probes.retain(|probe| *probe >= now && *probe <= end);
        probes.sort_unstable();
        let (mut since, mut known) = (now, rank(now));
        for probe in probes {
            let turned = turns.partition_point(|turn| *turn <= probe) > turns.partition_point(|turn| *turn <= since);
            let found = rank(probe);
            prop_assert!(turned || found == known, "{known:?} became {found:?} between {since} and {probe}: {turns:?}");
            (since, known) = (probe, found);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn ranks_change_only_at_their_turns(
            rule in rule(), zone in zone(), orders in orders(), now in -50 * 24 * 60..20 * 24 * 60_i64,
            cpm in (1_u32..40, 1_u32..20, 0_u32..20, 0_i64..500),
        ) {
            let now = instant(now);
            constant_between(now, &rule.turns(&orders, now, &zone), |at| rule.of(&orders, at, &zone).map(|rank| rank.0))?;
            let (lapse, toddler, more, total) = cpm;
            let cpm = CpmRule::new(lapse, toddler, toddler + more, Money::from_minor(total)).unwrap();
            constant_between(now, &cpm.turns(&orders, now, &zone), |at| cpm.of(&orders, at, &zone))?;
            let totals = [900, 800, 700, 600, 500, 400, 300, 200, 100].map(Money::from_minor);
            let decile = DecileRule::new(totals, rule.within).unwrap();
            constant_between(now, &decile.turns(&orders, now, &zone), |at| decile.of(&orders, at, &zone))?;
        }

        /// One customer by a rule is what the same customer is among many.
        #[test]
        fn a_rule_says_what_the_measures_say(rule in rule(), zone in zone(), orders in orders(), now in -50 * 24 * 60..50 * 24 * 60_i64) {
            let rule = RfmRule { within: None, ..rule };
            let now = instant(now);
            let mut options = RfmOptions::new().monetary(rule.amount);
            if rule.merge_same_day {
                options = options.merge_same_day();
            }
            let measured = Measured::of(orders.iter().copied(), &AsOf::new(now, zone), &options);
            let expected = measured.map(|one| Score {
                recency: [0, 1, 2, 30].iter().fold(5, |score, days| score - u8::from(i64::from(one.recency_days) >= *days)),
                frequency: 1 + u8::from(one.frequency >= 2) + u8::from(one.frequency >= 3),
                monetary: [100, 200, 300].iter().fold(1, |score, yen| score + u8::from(one.monetary >= *yen)),
            });
            prop_assert_eq!(rule.of(&orders, now, &zone).map(|rank| rank.0), expected);
        }
    }

    #[test]
    fn orders_leave_the_window_and_with_the_last_the_customer_is_a_prospect() {
        let mut rule = RfmRule::new(thresholds(&[30]), thresholds(&[2]), thresholds(&[1000]));
        rule.within = Some(Span::days(60));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let yen = Money::from_minor;
        let orders = [(at("2026-01-01T12:00:00+09:00"), yen(600)), (at("2026-01-20T12:00:00+09:00"), yen(600))];
        let score = |now: &str| rule.of(&orders, at(now), &Zone::TOKYO).map(|(score, _)| score.to_string());
        assert_eq!(score("2026-01-01T11:59:00+09:00"), None);
        assert_eq!(score("2026-01-10T12:00:00+09:00").unwrap(), "211");
        assert_eq!(score("2026-02-19T00:00:00+09:00").unwrap(), "122", "thirty of the shop's days after the last");
        assert_eq!(score("2026-03-02T12:00:00+09:00").unwrap(), "111");
        assert_eq!(score("2026-03-21T12:00:00+09:00"), None);
        let turns = rule.turns(&orders, at("2026-01-25T00:00:00+09:00"), &Zone::TOKYO);
        let expected = ["2026-02-19T00:00:00+09:00", "2026-03-02T12:00:00+09:00", "2026-03-21T12:00:00+09:00"].map(at);
        assert!(expected.iter().all(|turn| turns.contains(turn)), "{turns:?}");
    }
}
