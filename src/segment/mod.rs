//! The language a marketer thinks in: who belongs to a segment, and when that will change.
//!
//! Two-valued logic with one rule for absence: a comparison with something unknown is false, and
//! `unknown x` asks for it by name; `not` is plain negation (X38). An expression is read from text
//! or JSON into an [`Expr`], checked against a [`Schema`] into a [`Predicate`], and asked about
//! one friend at one instant.
//!
//! # What can be said
//!
#![doc = include_str!("operators.md")]
//!
//! # How it is read
//!
//! - **What is counted** is `order`, `cart`, `view`, `click`, `reply`, `postback`, `message` (sent), `delivery`
//!   (taken by LINE), `coupon` with its state, and `event` with the name of one of the shop's own. There is one
//!   (`order within 30d`), there is none (`no order within 30d`), or something of them is compared: `orders.count`,
//!   `orders.total`, `carts.sum(quantity)`, `clicks.distinct(link)`, `events.sum(fee) 'セミナー'`.
//! - **Filters** narrow it: `of product 'A'`, `of category in ('a', 'b')`, `with amount >= 1000`, `with payment =
//!   '代引き'`. A text right after the word is what it is about: `click 'x'`, `message 'm1'`, `coupon 'hello' used`.
//!   What is asked of goods (`product`, `category`, `quantity`, `price`) is asked of one and the same line, and sums
//!   are then of the lines that pass, refunds not taken off.
//! - **Windows**: `within 30d`, `older than 30d`, `between 90d and 30d ago`, `since 2026-01-01`, `before 2026-01-01`,
//!   `from 2026-01-01 to 2026-01-31`, `ever`. For a coupon they ask when it was issued, used, or ran out.
//! - **Sequences**: `A within 7d then B within 3d without C`: some A of its window was followed by a B less than three
//!   days later, with no C between. `A then no B within 1h`: an hour went by since some A, without a B.
//! - **The next order** is `due` from the day on that a [cycle](crate::rfm::Cycles) after the last one ends: `reorder
//!   due`, `reorder of product 'SOAP-1' due within 3d` (today, or in less than three days), `due in 3d` (in exactly
//!   three), `overdue by 7d` (for seven days or more), `of category 'soap'`.
//! - **Joints**: `not` binds closest, then `and`, then `or`; brackets as usual.
//! - Full-width digits, signs, brackets and spaces are read as their usual forms outside quotes, and quotes may be
//!   typographic. Names with spaces, or that mean something else, are written `attribute '…'`, `property '…'`.
//!
//! # What holds of time
//!
//! What was at `t` is `within 30d` from `t` until, not including, the same local time 30 calendar days later;
//! from then on it is `older than 30d`. Nothing after `now` counts yet. Days are the shop's, from when the shop's day
//! begins. Who was born on 29 February has the birthday on the 28th of other years.
//!
//! # Asked three ways
//!
//! [`Predicate::matches`] answers, [`Predicate::explain`] says why and what would have to be different, and
//! `population` selects from millions; they agree. [`Predicate::next_change`] tells until when the answer stands.
//!
//! ```
//! use enishi::model::{Friend, FriendId, FriendKey, Zone};
//! use enishi::segment::{Expr, Schema};
//!
//! let schema = Schema::new(Zone::TOKYO);
//! let lapsing = Expr::parse("orders.count >= 2 and no order within 90d")?.expr;
//! let lapsing = schema.compile(&lapsing).expect("nothing here has to be declared");
//! let stranger = Friend::new(FriendId(1), FriendKey::new("eccube:customer:7")?);
//! assert!(!lapsing.matches(&stranger, "2026-04-01T12:00:00+09:00".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod compile;
mod contradiction;
mod depends;
mod ends;
mod explain;
mod followed;
mod json;
mod lex;
mod looks_back;
mod meter;
mod next_change;
mod occurrences;
mod parse;
mod predicate;
mod range;
mod rank;
mod reading;
mod reorder;
mod sample;
mod schema;
mod source;
mod syntax;
mod test;
mod text;

pub(crate) use calendar::{DateTest, age, anniversary};
pub use compile::{CompileError, MAX_ATOMS, Problem, nearest};
pub use contradiction::Contradiction;
pub use depends::Depends;
pub use explain::{Explanation, Part};
pub use json::{JsonError, MAX_DEPTH};
pub use looks_back::{LooksBack, Reach};
pub use occurrences::{CouponState, End, Field, Filter, Kind, Measure, Occurrences, Sequence};
pub use parse::{MAX_TEXT_BYTES, ParseError, Parsed};
pub use predicate::Predicate;
pub(crate) use predicate::{Node, Question, Tag};
pub(crate) use range::Range;
pub(crate) use sample::{Sample, draw};
pub use schema::{AttributeType, Schema, TagRule};
pub use syntax::{
    AgeTest, AnniversaryTest, Atom, Comparison, ContactEvent, Expr, LineState, Literal, RankTest, ReorderTest, RfmAxis,
    TagChoice, Toward, ValueTest,
};
pub(crate) use test::Test;
