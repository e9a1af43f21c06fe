//! The language a marketer thinks in: who belongs to a segment, and when that will change.
//!
//! Two-valued logic with one rule for absence: a comparison with something unknown is false, and
//! `unknown x` asks for it by name; `not` is plain negation (X38). An expression is read from text
//! or JSON into an [`Expr`], checked against a [`Schema`] into a [`Predicate`], and asked about
//! one friend at one instant.
//!
//! | text | holds for a friend |
//! |---|---|
//! | `orders.count >= 2` | with two orders or more that count |
//! | `orders.total within 365d >= 100000` | who spent that much in the last 365 days |
//! | `orders.count between 90d and 30d ago = 0` | with no order in that stretch |
//! | `orders.count since 2026-01-01 >= 1` | with an order on or after that day of the shop |
//! | `order within 90d`, `no order within 90d` | with some, with none (T9, T10) |
//! | `last order older than 30d`, `first order within 7d` | whose last (first) order is that old |
//! | `first order before 2026-01-01`, `last order since 2026-01-01` | by the shop's days |
//! | `tag '興味/スキンケア'` | who has the tag |
//! | `line is following`, `line is blocked`, `line is linked` | by what is known of them on LINE (F8, F10) |
//! | `route = '店頭QR'` | whose first follow came that way (F2) |
//! | `gender = 'female'`, `attribute '好きな色' != '赤'` | by an attribute (F13) |
//! | `unknown birthday` | whose attribute is not known |
//! | `coupon 'hello' unused`, `held`, `used`, `expired` | by the coupons issued to them (K13) |
//! | `segment '常連'` | who belong to another segment |
//! | `a and b`, `a or b`, `not a`, `( … )` | as it says; `not` binds closest, then `and` |
//!
//! An order placed at `t` is `within 30d` from `t` until, not including, the same local time 30
//! calendar days later; from then on it is `older than 30d`. Orders after `now` do not count yet.
//! Full-width digits, signs and spaces are read as their usual forms outside quotes.
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

mod compile;
mod json;
mod lex;
mod next_change;
mod parse;
mod predicate;
mod syntax;
mod text;

pub use compile::{AttributeType, CompileError, MAX_ATOMS, Problem, Schema, nearest};
pub use json::{JsonError, MAX_DEPTH};
pub use parse::{MAX_TEXT_BYTES, ParseError, Parsed};
pub use predicate::Predicate;
pub use syntax::{AgeTest, Atom, Comparison, CouponState, End, Expr, LineState, Literal, Window};
