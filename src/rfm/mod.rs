//! How customers are ranked: RFM — how recently, how often, for how much — from cut points found in
//! many to the score and the class of one.
//!
//! Three steps, each a value that can be looked at:
//!
//! 1. [`Rfm::measure`] — orders in columns become recency, frequency and monetary value per customer;
//! 2. [`Scheme::score`] — a [`Scale`] for each of the three turns values into scores, and tells the
//!    cut points it used ([`RfmCuts`]), with which one friend can be scored later;
//! 3. [`ClassMap`] — scores become named classes.
//!
//! What was found in many is then kept as the shop's own rules, [`Ranks`]: they rank one customer at
//! one instant, and know when the rank could become another though nothing happens. In the same way
//! [`Cycles`] tell when one customer will want the same again.
//!
//! Customers without a counting order are *prospects*: they are not in the result at all, rather
//! than in its lowest class (semantics 4.9).
//!
//! ```
//! use enishi::model::{Timestamp, Zone};
//! use enishi::rfm::{AsOf, Bins, ClassMap, OrderColumns, Rfm, RfmOptions, Scheme};
//!
//! const DAY: i64 = 86_400_000;
//! let orders = OrderColumns::new(&[7, 7, 9], &[0, 90 * DAY, 30 * DAY], &[3000, 4500, 1200])?;
//! let as_of = AsOf::new(Timestamp::from_millis(100 * DAY)?, Zone::TOKYO);
//! let rfm = Rfm::measure(&orders, &as_of, &RfmOptions::new());
//! assert_eq!(rfm.customers(), [7, 9]);
//! assert_eq!(rfm.recency_days(), [10, 70]);
//! assert_eq!(rfm.frequency(), [2, 1]);
//! assert_eq!(rfm.monetary(), [7500, 1200]);
//!
//! let scores = Scheme::quantile(Bins::FIVE).score(&rfm);
//! assert_eq!(scores.all()[0].to_string(), "555");
//! assert_eq!(scores.cuts().monetary.points()[0].to_string(), "2460");
//!
//! let classes = ClassMap::partition();
//! assert_eq!(classes.class_of(scores.all()[0]).name.as_str(), "champions");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod as_of;
mod class;
mod columns;
mod cpm;
mod cut;
mod cycle;
mod decile;
mod deciles;
mod grouping;
mod local_days;
mod measure;
mod purchase_days;
mod ranking;
mod ranks;
mod scale;
mod score;
mod slots;
mod turns;

pub use as_of::{AsOf, Recency};
pub use class::{Class, ClassCount, ClassMap, ClassMapError, ClassRule, MAX_CLASS_RULES};
pub use columns::{ColumnsError, OrderColumns};
pub use cpm::{Cpm, CpmError, CpmRule, CpmRuleError, CpmStage};
pub use cut::{Cut, Cuts};
pub use cycle::{Cycle, CycleSource, Cycles, CyclesError, Goods};
pub use decile::{DecileRule, DecileRuleError};
pub use deciles::{Decile, Deciles};
pub use measure::{Measured, Monetary, Rfm, RfmOptions};
pub use purchase_days::PurchaseDays;
pub use ranks::{Ranks, RfmRule};
pub use scale::{Bins, BinsError, Scale, Scheme, Thresholds, ThresholdsError};
pub use score::{RfmCuts, Score, Scores};

pub(crate) use purchase_days::Pass;

use local_days::LocalDays;
use slots::Slots;
