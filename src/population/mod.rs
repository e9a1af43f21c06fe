//! Friends as columns: any question of the [`segment`](crate::segment) language, answered on
//! millions at once.
//!
//! A [`Population`] is built [from friends](Population::of), [loaded](Population::load) from the
//! [`Columns`] a host has, in the layouts of Arrow and of packed buffers, or [read](Population::read)
//! from the rows of a CSV file. It answers a [`Predicate`](crate::segment::Predicate) with the very
//! rows for which [`matches`](crate::segment::Predicate::matches) holds: as a [`Selection`], a count,
//! or a list of rows, and says [how](Population::plan).
//!
//! ```
//! use enishi::model::{ValueKind, Zone};
//! use enishi::population::{Bits, Cells, Columns, Field, Keys, Population, Values};
//! use enishi::segment::{AttributeType, Expr, Schema, TagRule};
//!
//! // Three friends; the birthday of the second is not known.
//! let users = [[1; 16], [2; 16], [3; 16]];
//! let columns = Columns::new(3)
//!     .keyed(Keys::LineUsers(&users))
//!     .with(Field::Attribute("birthday".parse()?), Cells::known(Values::Days(&[7_000, 0, 12_000]), Bits::new(&[0b101])))
//!     .with(Field::Tags(vec!["VIP".parse()?, "tea".parse()?]), [0b01_u8, 0b11, 0b10].as_slice())
//!     .with(Field::Blocked, [0_u8, 0, 1].as_slice());
//! let mut population = Population::load(&columns)?;
//!
//! let mut schema = Schema::new(Zone::TOKYO);
//! schema.attributes.insert("birthday".parse()?, AttributeType::Of(ValueKind::Date));
//! schema.tags.extend([("VIP".parse()?, TagRule::default()), ("tea".parse()?, TagRule::default())]);
//! let ask = |text: &str| schema.compile(&Expr::parse(text).unwrap().expr).unwrap();
//! let now = "2026-04-01T12:00:00+09:00".parse()?;
//!
//! let tea = population.select(&ask("tag 'tea'"), now)?;
//! let reachable = population.select(&ask("not line is blocked"), now)?;
//! assert_eq!((&tea & &reachable).ids(), [1]);
//! assert_eq!(population.ids(&ask("birthday < 2000-01-01"), now)?, [0], "what is not known is not less");
//! assert_eq!(population.count(&ask("unknown birthday"), now)?, 1);
//!
//! population.remove(0)?;
//! assert_eq!((&population.everyone() - &tea).ids(), [] as [u32; 0]);
//! assert_eq!(population.row("U02020202020202020202020202020202"), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it is fast
//!
//! Columns lie in chunks of 65,536 rows, each in the fewest bits that hold its values: a tag is one
//! bit a row, a prefecture a byte, a birthday two, an instant four. A predicate becomes tests of
//! columns, the cheapest that decides most first. Each works on masks of 64 rows a word, skips the
//! words that are empty by then, and never reads a chunk whose lowest and highest value answer for
//! all of it. What no column says — coupons, orders in a window — is asked of the friends' own
//! [`Records`], of those only who are left.
//!
//! # All orders at once
//!
//! The order history of all customers, [`PurchaseDays`](crate::rfm::PurchaseDays), answers in single passes when
//! cohorts come back ([`Cohorts`]) and how long customers take from one purchase to the next ([`Gaps`]); second
//! purchases are [`F2`](crate::insight::F2), spending is [`Deciles`](crate::rfm::Deciles).
//!
//! With the feature `parallel` large populations are asked on the threads of `rayon`'s pool.

mod age;
mod check;
mod chunk;
mod column;
mod columns;
mod fault;
mod friends;
mod kernel;
mod keys;
mod lanes;
mod load;
mod orders;
mod plan;
mod read;
mod run;
mod selection;
mod standing;
mod table;
mod translate;

pub use columns::{Bits, Cells, Codes, Columns, Field, Keys, Texts, Unit, Values};
pub use fault::{ColumnError, ColumnFault, RowError, Unanswered};
pub use friends::{Memory, Population};
pub(crate) use keys::Packed as PackedKey;
pub use orders::{Cohort, Cohorts, CohortsError, Gaps, MAX_COHORT_MONTHS};
pub use plan::{Plan, Records};
pub use read::TextColumn;
pub use selection::Selection;
pub use standing::{Move, Standing};
