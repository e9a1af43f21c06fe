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
//! | `[attributes]` | `name = "text"`, `"number"`, `"date"`, `"flag"`, or `{ of = ["…", "…"] }` for a choice |
//! | `tags` | a list of names, or `[tags]` with `"name" = {}` |
//! | `[segments]` | `name = "expression"`, or its JSON shape: see [`segment`](crate::segment) |
//! | `[messages.NAME]` | `line`: 1 to 5 LINE message objects, their texts with placeholders: see [`message`](crate::message) |
//! | `[coupons.NAME]` | `benefit = { amount = 500 }` or `{ rate = "10%", up_to = 2000 }`; `floor` (default 0); `valid = { for = "14d" }` |
//! | `[policy]` | `quiet_hours`, `caps`, `enter_within`: below |
//! | `[scenarios.NAME]` | `on`, `steps`, and what they need: below |
//!
//! Amounts are whole numbers, or decimals as text (`"9.80"`). Lengths of time are `30d`, `1d12h`, `45m`.
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
mod messages;
mod policies;
mod read;
mod reader;
mod scenarios;
mod segments;
mod shop;
mod source;
mod steps;

pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use read::{MAX_PLAYBOOK_BYTES, Playbook, PlaybookHash, Segment};
pub use shop::Shop;
