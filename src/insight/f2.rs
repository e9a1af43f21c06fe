//! F2 conversion: how many first-time buyers buy on another day (semantics 4.11).

use core::ops::Range;

use crate::model::{Date, Rate};
use crate::rfm::{AsOf, OrderColumns, Pass, PurchaseDays};

/// Who is looked at, and how soon the second order must come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct F2Options {
    within: Vec<u32>,
    maturity: Maturity,
    first_order_in: Option<Range<Date>>,
}

impl F2Options {
    /// Everybody, and no limits of days.
    pub const fn new() -> Self {
        Self { within: Vec::new(), maturity: Maturity::OnlyMature, first_order_in: None }
    }

    /// Asks for the conversion within each of these numbers of days; the answers keep their order.
    #[must_use]
    pub fn within(mut self, days: &[u32]) -> Self {
        self.within = days.to_vec();
        self
    }

    /// What becomes of customers whose days are not over.
    #[must_use]
    pub const fn maturity(mut self, maturity: Maturity) -> Self {
        self.maturity = maturity;
        self
    }

    /// Only customers whose first order of all lies on one of these dates of the shop; the end is not
    /// among them.
    #[must_use]
    pub const fn first_order_in(mut self, period: Range<Date>) -> Self {
        self.first_order_in = Some(period);
        self
    }
}

/// What becomes of customers who still have time left for their second order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Maturity {
    /// They are left out, whether or not they have bought again, since otherwise the newest
    /// customers press the rate down.
    #[default]
    OnlyMature,
    /// Everybody counts, as most tools do.
    Everybody,
}

/// How many first-time buyers bought again on another of the shop's days.
///
/// ```
/// use enishi::insight::{F2, F2Options};
/// use enishi::model::{Timestamp, Zone};
/// use enishi::rfm::{AsOf, OrderColumns};
///
/// const DAY: i64 = 86_400_000;
/// let orders = OrderColumns::new(&[1, 1, 2, 3], &[0, 20 * DAY, 0, 80 * DAY], &[10, 10, 10, 10])?;
/// let as_of = AsOf::new(Timestamp::from_millis(90 * DAY)?, Zone::TOKYO);
/// let f2 = F2::of(&orders, &as_of, &F2Options::new().within(&[30]));
/// assert_eq!((f2.first, f2.second), (3, 1));
/// // The third bought ten days ago and has time left.
/// assert_eq!((f2.within[0].customers, f2.within[0].converted, f2.within[0].immature), (2, 1, 1));
/// assert_eq!(f2.within[0].rate().map(|rate| rate.ppm()), Some(500_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct F2 {
    /// Customers with an order.
    pub first: u64,
    /// Those of them with an order on another day.
    pub second: u64,
    /// For each number of days asked for.
    pub within: Vec<F2Within>,
}

/// Conversion within a number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct F2Within {
    /// The limit: an order on the day so many days after the first still counts.
    pub days: u32,
    /// Customers looked at.
    pub customers: u64,
    /// Those of them who bought again in time.
    pub converted: u64,
    /// Customers whose days are not over. Under [`Maturity::OnlyMature`] they are in neither of the
    /// numbers above, under [`Maturity::Everybody`] in both.
    pub immature: u64,
}

impl F2 {
    /// Counts second purchases. Orders after the instant `as_of` are not looked at.
    ///
    /// Linear time and memory, as [`PurchaseDays::of`]. Who asks more than one question groups the
    /// orders once and calls [`F2::over`].
    pub fn of(orders: &OrderColumns<'_>, as_of: &AsOf, options: &F2Options) -> Self {
        Self::over(&PurchaseDays::of(orders, as_of), options)
    }

    /// Counts second purchases in a history, as of the instant it was made for. Linear time.
    pub fn over(history: &PurchaseDays, options: &F2Options) -> Self {
        let within = |days: &u32| F2Within { days: *days, customers: 0, converted: 0, immature: 0 };
        let f2 = Self { first: 0, second: 0, within: options.within.iter().map(within).collect() };
        let mut count = Count { f2, history, options };
        history.visit(&mut count);
        count.f2
    }

    /// The share with a second order at any time so far; `None` without customers.
    pub fn rate(&self) -> Option<Rate> {
        share(self.second, self.first)
    }
}

impl F2Within {
    /// The share that bought again in time, the fraction of a millionth dropped; `None` when nobody
    /// was looked at.
    pub fn rate(&self) -> Option<Rate> {
        share(self.converted, self.customers)
    }
}

fn share(part: u64, whole: u64) -> Option<Rate> {
    let ppm = (u128::from(part) * u128::from(Rate::ONE.ppm())).checked_div(u128::from(whole))?;
    Rate::from_ppm(u32::try_from(ppm).ok()?)
}

/// Counts one customer after the other.
struct Count<'a> {
    f2: F2,
    history: &'a PurchaseDays,
    options: &'a F2Options,
}

impl Pass for Count<'_> {
    fn customer<D: Copy + Into<u32>>(&mut self, days: &[D]) {
        let first: u32 = days[0].into();
        if self.options.first_order_in.as_ref().is_some_and(|dates| !dates.contains(&self.history.date(first))) {
            return;
        }
        let gap = days.get(1).map(|second| (*second).into() - first);
        let since_first = self.history.days_ago(first);
        self.f2.first += 1;
        self.f2.second += u64::from(gap.is_some());
        for within in &mut self.f2.within {
            let immature = since_first <= within.days;
            within.immature += u64::from(immature);
            if !immature || self.options.maturity == Maturity::Everybody {
                within.customers += 1;
                within.converted += u64::from(gap.is_some_and(|gap| gap <= within.days));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Timestamp, Zone};

    const ROWS: [(u32, &str); 9] = [
        (4, "2026-02-10T12:00:00+09:00"),
        (1, "2026-01-31T12:00:00+09:00"),
        (1, "2026-01-01T12:00:00+09:00"),
        (2, "2026-01-01T00:10:00+09:00"),
        // Later on the same day is no second purchase, and UTC's date is not asked.
        (2, "2026-01-01T23:50:00+09:00"),
        (3, "2026-01-01T23:50:00+09:00"),
        (3, "2026-02-01T00:10:00+09:00"),
        // A third purchase.
        (1, "2026-02-20T12:00:00+09:00"),
        // After the instant asked about.
        (2, "2026-03-01T00:00:00+09:00"),
    ];

    fn f2(options: &F2Options) -> F2 {
        let customers = ROWS.map(|row| row.0);
        let times = ROWS.map(|row| row.1.parse::<Timestamp>().unwrap().millis());
        let orders = OrderColumns::new(&customers, &times, &[0; 9]).unwrap();
        let as_of = AsOf::new("2026-02-28T12:00:00+09:00".parse().unwrap(), Zone::TOKYO);
        F2::of(&orders, &as_of, options)
    }

    #[test]
    fn counts_days_of_the_shop() {
        let f2 = f2(&F2Options::new().within(&[31, 30, 57, 58]));
        assert_eq!((f2.first, f2.second), (4, 2));
        let counts: Vec<_> = f2.within.iter().map(|w| (w.days, w.customers, w.converted, w.immature)).collect();
        // Customer 4's eighteen days are short of all; 58 days after 1 January is today, so not over.
        assert_eq!(counts, [(31, 3, 2, 1), (30, 3, 1, 1), (57, 3, 2, 1), (58, 0, 0, 4)]);
        assert_eq!(f2.within[1].rate(), Rate::from_ppm(333_333));
        assert_eq!(f2.within[3].rate(), None);
        assert_eq!(f2.rate(), Rate::from_ppm(500_000));
    }

    #[test]
    fn everybody_counts_when_asked() {
        let f2 = f2(&F2Options::new().within(&[58]).maturity(Maturity::Everybody));
        assert_eq!((f2.within[0].customers, f2.within[0].converted, f2.within[0].immature), (4, 2, 4));
    }

    #[test]
    fn a_cohort_is_who_bought_first_in_it() {
        let date = |text: &str| -> Date { text.parse().unwrap() };
        let first_in = |from, to| f2(&F2Options::new().first_order_in(date(from)..date(to))).first;
        // Customers 1 and 3 bought then too, but not for the first time; the end is outside.
        assert_eq!(first_in("2026-01-31", "2026-02-10"), 0);
        assert_eq!(first_in("2026-01-31", "2026-02-11"), 1);
        // By the shop's dates: customer 2's instant is of the last day of the year before in UTC.
        assert_eq!(first_in("2026-01-01", "2026-01-02"), 3);
    }
}
