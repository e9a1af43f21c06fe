//! Everything the shop has decided, in one document: read, checked as a whole, compiled.
//!
//! TOML for people, the same shape as JSON for programs. A playbook is either right, or every one
//! of its faults is reported at once, each with a code, a path, its line and what would be right
//! (law 8).
//!
//! ```
//! use enishi::playbook::Playbook;
//! let playbook = Playbook::read(r#"
//!     [shop]
//!     name = "河内の台所"
//!     zone = "Asia/Tokyo"
//!     currency = "JPY"
//!
//!     [messages.thanks]
//!     line = [{ type = "text", text = "友だち追加ありがとうございます。" }]
//!
//!     [scenarios.welcome]
//!     on = "follow"
//!     steps = [{ id = "thanks", send = "thanks" }]
//! "#)?;
//! assert_eq!(playbook.scenarios().len(), 1);
//!
//! let faulty = Playbook::read("[shop]\nname = 'x'\nzone = 'Asia/Tokio'\ncurency = 'JPY'").unwrap_err();
//! assert_eq!(faulty.len(), 3);
//! assert_eq!(faulty[1].code.as_str(), "E06");
//! # Ok::<(), enishi::playbook::Diagnostics>(())
//! ```
//!
//! # The document
//!
//! | section | what stands there |
//! |---|---|
//! | `[shop]` | `name`; `zone`, an IANA name; `currency`, a code, or `{ code, places }` for finer prices; `day_starts` (default `"00:00"`) |
//! | `[attributes]` | `name = "text"`, `"number"`, `"money"`, `"date"`, `"flag"`, `"list"` (of texts), or `["…", "…"]` for a choice, also as `{ of = ["…", "…"] }` |
//! | `[events]` | `"name" = { property = "text" }`, types as of attributes. An event that a scenario starts by and that has no properties need not stand here |
//! | `[orders]` | `properties = { payment = ["代引き", "カード"] }`: what is told of orders beside their lines, types as of attributes |
//! | `channels` | a list of names, or `[channels]` with `"name" = {}`: ways to reach friends beside LINE |
//! | `tags` | a list of names, or `[tags]` with `"name" = { … }`: below |
//! | `[rfm]`, `[cpm]`, `[decile]` | how customers are ranked: below |
//! | `[history]` | what is remembered beyond what rules look back at: below |
//! | `[hygiene]` | what the shop allows of its segments and tags: below |
//! | `[segments]` | `name = "expression"`, or its JSON shape: see [`segment`](crate::segment) |
//! | `[messages.NAME]` | `line`: 1 to 5 LINE message objects, their texts with placeholders: see [`message`](crate::message) |
//! | `[coupons.NAME]` | `benefit = { amount = 500 }` or `{ rate = "10%", up_to = 2000 }`; `floor` (default 0); `valid = { for = "14d" }` |
//! | `[policy]` | `quiet_hours`, `caps`, `enter_within`: below |
//! | `[scenarios.NAME]` | `on`, `steps`, and what they need: below |
//!
//! Amounts are whole numbers, or decimals as text (`"9.80"`). Lengths of time are `30d`, `1d12h`, `45m`.
//!
//! **`[tags]`.** `category` is the group a tag belongs to; left out, it is what stands before the first `/` or `：` of its
//! name. `expires = "180d"`: so long after it was put on a tag holds no longer. `when = "orders.total within 365d >= 100000"`:
//! a tag that nobody puts on or takes off; whoever the expression holds for has it. Such tags and segments may refer to
//! each other, but not in a circle.
//!
//! **`[rfm]`.** `recency` (days), `frequency` (orders) and `monetary` (amounts): one to nine ascending thresholds each, one
//! less than there are scores. `within = "365d"`: only orders placed less than this long ago count. `merge_same_day = true`:
//! orders of one day count as one. `amount`: `sum` (default) or `average`. `classes`: `"partition"` (default, see
//! [`ClassMap::partition`](crate::rfm::ClassMap::partition)), or a list of `{ name, label, recency = "4-5", frequency, monetary }`
//! of which the first that fits counts, with `others` for the rest.
//!
//! **`[cpm]`.** `lapse_days` (240), `toddler_days` (90), `loyal_days` (210), `total` (70,000 yen): see
//! [`CpmRule`](crate::rfm::CpmRule). **`[decile]`.** `totals`, nine descending amounts: what it takes to be in 1 to 9;
//! `within` as of `[rfm]`.
//!
//! **`[history]`.** Of what friends do, as much is remembered as segments, goals and branches look back at. To remember more
//! for rules still to come: `view`, `click`, `reply`, `postback`, `cart`, `message` (those sent to them, and when they arrived), each a length of
//! time or `"ever"`, and `events = { "name" = "ever" }`.
//!
//! **`[hygiene]`.** For [`Playbook::hygiene`] and [`Playbook::hygiene_of`]: `smallest_segment` (100 friends),
//! `overlap` (`"90%"` of the smaller), `stale_after` (`"180d"`), `longest_tag` (30 characters), `tags_in_categories`
//! (`false`).
//!
//! **`[policy]`.** `quiet_hours = { from = "21:00", to = "09:00", then = "shift" }` or `then = "drop"`; `at_most` is the
//! longest wait for their end, after which a message is dropped; `spread` lets shifted ones leave over so long.
//! `caps = [{ at_most = 2, per = "7d" }]`: no friend gets more promotional messages in any stretch of that length.
//! `enter_within` (default `"1d"`): what happened longer ago starts no scenario.
//!
//! **`[scenarios.NAME]`.**
//!
//! | key | values |
//! |---|---|
//! | `on` | `follow` (a first add), `refollow`, `any follow`, `link`, `order`, `shipped`, `delivered`, `cancelled`, `cart`, `view`, `click`, `message`, `postback` (these four also with one name: `click 'sale'`), `event '…'`, `tag '…'`, `redeem '…'`, `enter segment '…'`, `leave segment '…'` |
//! | `steps` | see below; at least one |
//! | `title` | for people |
//! | `class` | `promotional` (default), or `transactional`, which quiet hours and caps let pass |
//! | `goal` | `order`, or an expression; whoever reaches it leaves before the next message |
//! | `reentry` | `never` (default), `after end`, `after 30d` (from the last entry) |
//! | `priority` | the higher goes first when several are due at once; default 0 |
//!
//! A step is one of these. `id` names it; one without is named after the last that has one (`thanks+1`).
//!
//! | step | does |
//! |---|---|
//! | `{ send = "message" }` | sends; with `issue = "coupon"` beside it the coupon is issued if, and only if, the message leaves |
//! | `{ wait = "1d at 20:00" }` | waits: see [`Wait`](crate::scenario::Wait) |
//! | `{ if = "expression", then = "id", else = "end" }` | goes on there; `next` (default) and `end` are words; only forward |
//! | `{ issue = "coupon" }` | issues a coupon without a message |
//! | `{ tag = "…" }`, `{ untag = "…" }` | puts a tag on, takes it off |
//! | `{ end = true }` | ends the run; also beside another step, to end after it |

mod attributes;
mod coupons;
mod diagnostic;
mod history;
mod hygiene;
mod messages;
mod policies;
mod question;
mod ranks;
mod read;
mod reader;
mod scenarios;
mod segments;
mod shop;
mod source;
mod steps;
mod tags;

pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use hygiene::{Finding, Hygiene, HygieneLimits, SegmentSize};
pub use read::{MAX_PLAYBOOK_BYTES, Playbook, PlaybookHash, Segment};
pub use shop::Shop;
