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
//! | `include`, `language` | presets the playbook lies on, and the language of their texts: below |
//! | `[shop]` | `name`; `zone`, an IANA name; `currency`, a code, or `{ code, places }` for finer prices; `day_starts` (default `"00:00"`); `url`, for `{shop.url}` in messages; `tax_rounding` (`"down"` (default), `"half up"`, `"up"`), once for each rate of an order |
//! | `[attributes]` | `name = "text"`, `"number"`, `"money"`, `"date"`, `"flag"`, `"list"` (of texts), or `["…", "…"]` for a choice, also as `{ of = ["…", "…"] }` |
//! | `[events]` | `"name" = { property = "text" }`, types as of attributes. An event that a scenario starts by and that has no properties need not stand here |
//! | `[orders]` | `properties = { payment = ["代引き", "カード"] }`: what is told of orders beside their lines, types as of attributes |
//! | `channels` | a list of names, or `[channels]` with `"name" = {}`: ways to reach friends beside LINE |
//! | `tags` | a list of names, or `[tags]` with `"name" = { … }`: below |
//! | `[rfm]`, `[cpm]`, `[decile]` | how customers are ranked: below |
//! | `[cycles]` | how long the shop's goods last: below |
//! | `[best_hour]` | when the shop's friends react: below |
//! | `[history]` | what is remembered beyond what rules look back at: below |
//! | `[hygiene]` | what the shop allows of its segments and tags: below |
//! | `[segments]` | `name = "expression"`, or its JSON shape: see [`segment`](crate::segment) |
//! | `[purposes]` | `"お知らせ" = ["line", "email"]`: by which channels messages of a purpose go out, in order |
//! | `[messages.NAME]` | `line`: 1 to 5 LINE message objects; a table of texts for each other channel; what kind of message it is: below |
//! | `[menus]` | the account's rich menus, and who sees which: below |
//! | `[coupons.NAME]` | `benefit` and `valid`, and what they need: below |
//! | `[coupon_rules]` | `at_most = 3` (default): so many coupons on one order; `best_for = "customer"` (default), or `"shop"` |
//! | `[margin]` | `floor = "20%"`: what must be left of an order with coupons, and what it costs: see `docs/coupons.md` |
//! | `[policy]` | who gets messages, when and how often: below |
//! | `[scenarios.NAME]` | `on`, `steps`, and what they need: below |
//!
//! Amounts are whole numbers, or decimals as text (`"9.80"`). Lengths of time are `30d`, `1d12h`, `45m`.
//!
//! **`include`.** `include = ["presets/welcome", "presets/f2"]`, or a whole phase, `["presets/phase/growth"]`: see [`Preset`] for
//! what there is. `language = "en"` has their texts in English (default `"ja"`); the names of their segments, tags and
//! events are the same in both, so that nobody's place changes with the language. Over the presets lies what the shop
//! writes: under the same path the shop's counts, and all else stays.
//!
//! | to | write |
//! |---|---|
//! | change a number, a text, a setting | it under the same path: `[scenarios.cart]`, `reentry = "after 3d"`. A list takes the place of the whole list; a `benefit` and a `valid` that of the whole table |
//! | take a setting out | `false`: `[policy]`, `selling = false` |
//! | switch a scenario off | `[scenarios.cart]`, `off = true` |
//! | change a step | what is to be otherwise under its `id`: `[scenarios.welcome.change]`, `next_day = { wait = "2d" }` |
//! | switch a step off, or on | `[scenarios.cart.change]`, `third = { off = false }` |
//! | add tags or channels | them, as a list or a table |
//!
//! `off` and `change` are for scenarios of the shop's own too. A fault in what was included tells the preset and its line.
//! The [hash](Playbook::hash) is that of everything, wherever it stands; a run knows a scenario by what it came to, so
//! `when_edited` says what a change does to runs.
//!
//! ```
//! use enishi::playbook::Playbook;
//! let playbook = Playbook::read(r#"
//!     include = ["presets/phase/growth"]
//!
//!     [shop]
//!     name = "河内の台所"
//!     zone = "Asia/Tokyo"
//!     currency = "JPY"
//!
//!     [coupons.f2-coupon]
//!     benefit = { amount = 500 }
//!
//!     [scenarios.browse]
//!     off = true
//!
//!     [scenarios.welcome.change]
//!     next_day = { wait = "1d at 12:00" }
//! "#)?;
//! assert!(playbook.scenarios().get("f2").is_some() && playbook.scenarios().get("browse").is_none());
//! # Ok::<(), enishi::playbook::Diagnostics>(())
//! ```
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
//! **`[cycles]`.** When the next order is due, for `reorder …` in expressions: see [`Cycles`](crate::rfm::Cycles). `default`
//! (`"30d"`), `at_least` (`"7d"`), `at_most` (`"180d"`), `own_from` (3 gaps); `products = { "SOAP-1" = "45d" }` and
//! `categories = { "soap" = "60d" }`, all of them whole days. [`CycleMedians`](crate::insight::CycleMedians) recommends them.
//!
//! **`[best_hour]`.** See [`BestHour`](crate::insight::BestHour). `shop`, 24 whole numbers: the reactions of all friends in each hour
//! from 0 to 23 o'clock; `weekend`, the same of Saturdays and Sundays, where they are told apart; `strength` (20): how many
//! reactions of a friend's own weigh as much.
//!
//! **`[history]`.** Of what friends do, as much is remembered as segments, goals and branches look back at. To remember more
//! for rules still to come: `view`, `click`, `reply`, `postback`, `cart`, `message` (those sent to them, and when they arrived), each a length of
//! time or `"ever"`, and `events = { "name" = "ever" }`.
//!
//! **`[hygiene]`.** For [`Playbook::hygiene`] and [`Playbook::hygiene_of`]: `smallest_segment` (100 friends),
//! `overlap` (`"90%"` of the smaller), `stale_after` (`"180d"`), `longest_tag` (30 characters), `tags_in_categories`
//! (`false`).
//!
//! **`[messages.NAME]`.** `line = [{ type = "text", text = "…" }]`; for a channel of the shop a table of texts of which
//! whoever serves it makes something: `email = { subject = "…", text = "…" }`. All texts have placeholders: see
//! [`message`](crate::message). At least one form must be there, and no two may say the same (C5). `purpose` names one of
//! `[purposes]`; without one LINE is tried first, then the others by name. `category = "news"` is what caps may count it
//! under, `sells = false` says that it is no sales talk, and `content = "spring-2026"` marks messages of which a friend
//! gets only one.
//!
//! **`[menus]`.** `account_default = true` when the account has a menu that everybody sees who has none of their own:
//! without it no menu is ever taken away, only exchanged. `take_over = true` when nobody linked menus by hand before:
//! see [`Menus::may_switch`](crate::scenario::Menus::may_switch). `[menus.NAME]` has `rich_menu_id = "richmenu-…"`,
//! LINE's id of it, and where it is shown by rule `when = "orders.count >= 1"`, `between = "11:00-14:00"` (may cross
//! midnight), `from = "2026-12-01"` and `until = "2026-12-26"` (days of the shop, the latter not included): all that is
//! written must hold. Of several the highest `priority` (default 0) is shown. LINE shows rich menus on telephones only.
//!
//! **`[coupons.NAME]`.** More on all of it in `docs/coupons.md`; what it comes to is a [`Coupon`](crate::coupon::Coupon).
//!
//! | key | values |
//! |---|---|
//! | `benefit` | `{ amount = 500 }`; `{ rate = "10%", up_to = 2000, rounding = "down" }` (default), `"half up"`, `"up"`; `"free shipping"`, or `{ shipping = "free", up_to = 800 }`; `{ points = "2x" }`; `{ gift = "SAMPLE", pieces = 1 }`; `{ buy = 2, get = 1, off = "50%", at_most = 3 }`; `{ by = "subtotal", steps = [{ from = 3000, amount = 300 }, { from = 10000, rate = "10%" }] }`, also by `"orders"` and `"spent"` |
//! | `valid` | `for = "14d"` from its issue; `from`, `until`: `2026-04-01`, or `2026-04-01 at 10:00`, the latter not included; one end must be there. `not_on = ["2026-04-29", "2026-05-03..2026-05-05"]` |
//! | `on` | the goods it looks at: `products`, `categories`, `except_products`, `except_categories`, lists each |
//! | `floor` | what these must come to (default 0; nothing at all is never enough) |
//! | `first_order` | `true`: only on the first order that counts |
//! | `only` | an expression: only for friends for whom it holds |
//! | `channels`, `payments`, `shippings` | lists: only orders from there, paid so, sent so |
//! | `limits` | `per_code` (1), `per_friend`, `in_total`; `within = { at_most = 100, per = "calendar day" }`, `per` as of caps; `budget = { sum = 300000, reserve = "order" }` (default), or `"issue"` |
//! | `code` | `"SPRING26"`: one code for everybody, in place of one for each friend |
//! | `with` | `"alone"` (default), `"all"`, `{ group = "…" }`: beside which others it is taken |
//! | `order` | the lower goes first (default 0), then by name |
//! | `base` | of what a rate is taken when others went before: `"running"` (default), what is left; `"initial"`, the price before |
//!
//! **`[policy]`.** What every message passes before it leaves, in this order; all of it may be left out. What is
//! `transactional` is asked only whether a channel reaches the friend, whether its `content` was told, and whether its
//! product is in stock.
//!
//! | key | values |
//! |---|---|
//! | `consent` | `"assumed"` (default), or `"asked"`: only who said yes gets advertising. Who said no gets none either way |
//! | `same_message` | `"30d"` (default): for so long no message leaves on a second channel, unless it follows up on the first; `"0m"` lets it. Messages with the same `content` never leave twice |
//! | `chat` | `{ hold = "12h" }` (default): while staff talk with the friend advertising waits, so long after they began at most. `for_at_most`: what would wait longer in all is dropped. Or `"ignore"` |
//! | `quiet_hours` | `{ from = "21:00", to = "09:00", then = "shift" }` or `then = "drop"`. `at_most`: the longest wait for their end since the message was ready, after which it is dropped. `spread = "40m"`: shifted ones leave over so long, each friend at a minute of their own |
//! | `caps` | a list of caps, below; every one must have room |
//! | `gap` | `"20h"`, or `{ at_least = "20h", then = "defer", for_at_most = "3d" }`: a cap of one |
//! | `week_starts` | `"monday"` (default) to `"sunday"`, for caps by the week |
//! | `selling` | `{ at_most = 2, of_last = 3 }`: of the last three promotional messages, the one that is to leave included, at most two may be sales talk. `within = "30d"` (default): older ones are forgotten. `then`, `for_at_most` as of caps |
//! | `quota` | `{ keep = [{ below = 1000, for = "expression" }] }`: when fewer than so many LINE messages are left this month, only these friends get advertising there. Of several reached all must hold. When fewer are left than friends are due at one instant, those go first who are served down to the lowest number |
//! | `budget` | `{ month = 30000, plan = "standard" }`: yen a month on LINE's plan `communication`, `light` or `standard`; see [`Policy::messages_within_budget`](crate::policy::Policy::messages_within_budget) |
//! | `holdout` | `{ global = "2%", per_scenario = "5%" }`: friends who get nothing, so that it can be seen what messages bring; the same ones for ever |
//! | `enter_within` | `"1d"` (default): what happened longer ago starts no scenario |
//!
//! A cap is `{ at_most = 2, per = "7d" }`: no friend gets more in any stretch of that length, to the minute. What was
//! sent is counted, not what was planned.
//!
//! | key | values |
//! |---|---|
//! | `per` | `"7d"`, rolling; or `"calendar day"`, `"calendar week"`, `"calendar month"`, which begin when the shop's day does |
//! | `of` | `"promotional"` (default): advertising; `"channel line"`, `"category news"`, `"scenario welcome"`: of it only that; `"all"` counts notices about orders too, though these are never held back |
//! | `for` | an expression: only for friends for whom it holds (by phase, as first buyers and regulars) |
//! | `then` | `"drop"` (default), or `"defer"`: it waits for the first instant with room and then asks for everything anew |
//! | `for_at_most` | with `"defer"`: what would wait longer in all is dropped |
//!
//! A message takes the first of its channels that reaches the friend, also when a cap of that channel is full. Of two
//! due at one instant the scenario of the higher `priority` goes first; what then finds no room is `priority_lost`.
//!
//! **`[scenarios.NAME]`.** More on all of it in `docs/scenarios.md`.
//!
//! | key | values |
//! |---|---|
//! | `on` | what starts it: below. It must be there |
//! | `steps` | what is done: below; at least one |
//! | `title` | for people |
//! | `only` | an expression: whom it is for, asked at the time of what starts it |
//! | `class` | `promotional` (default), or `transactional`, which quiet hours and caps let pass |
//! | `goal` | `order`, or an expression; whoever reaches it leaves |
//! | `stop` | a list of what ends a run early: things that happen, as of `on`, and expressions |
//! | `reentry` | `never` (default), `after end`, `after 30d` (from the last entry), `each` (once for each order or product) |
//! | `if_running` | a start while a run goes on: `ignore` (default), `restart`, `parallel` (one run for each order or product, at most 20) |
//! | `priority` | the higher goes first when several are due at once; default 0 |
//! | `group` | `{ name = "育成", rank = 3, if_lost = "drop" }`: of a group a friend goes through one at a time, the highest rank first. `if_lost`: `drop` (default), `defer`, `stay` |
//! | `from`, `until` | `2026-12-01`, or `2026-12-01 at 10:00`: its season, the latter not included |
//! | `backfill` | `{ last = "30d", over = "7d" }`, or `last = "ever"`: who comes in at `from` of those to whom it happened before |
//! | `spread` | `3h`: over so long the entries of one time of the calendar are spread |
//! | `holdout` | `5%`: friends held out of it, where it is not the policy's share |
//! | `when_edited`, `moved` | what becomes of runs when it is written anew: `migrate` (default), with `moved = { old = "new" }` for steps that have another name; `keep`; `exit` |
//!
//! | `on` | |
//! |---|---|
//! | `follow`, `refollow`, `any follow`, `link` | a first add, a return, either, the account link |
//! | `order`, `shipped`, `delivered`, `cancelled`, `cart` | of orders, and a cart with something in it |
//! | `view`, `click`, `message`, `postback` | each also with one name: `click 'sale'` |
//! | `restocked`, `price dropped`, `running out` | news of a product that the host tells |
//! | `event '…'`, `tag '…'`, `redeem '…'` | an event of the shop's own, a tag put on, a coupon used |
//! | `enter segment '…'`, `leave segment '…'` | by an event or by time alone |
//! | `monday at 20:00`, `day 1 at 10:00`, `7d before anniversary of birthday at 10:00` | times: see [`Moment`](crate::scenario::Moment) |
//! | `by hand` | an `enter` event, or a `start` step |
//!
//! A step is one of these. `id` names it; one without is named after the last that has one (`thanks+1`). Where a step leads
//! is another's `id`, `next` (default) or `end`. Each has a page in `docs/steps/`.
//!
//! | step | does |
//! |---|---|
//! | `{ send = "message" }` | sends, if the gate lets it. Beside it `issue = "coupon"`: issued if, and only if, the message leaves; `by = ["email", "line"]`: the channels; `quiet = "ignore"`; `in_stock = true`; `no_reaction = { within = "48h", then_by = "email" }` |
//! | `{ wait = "1d at 20:00" }` | waits: see [`Wait`](crate::scenario::Wait) |
//! | `{ wait = { first_of = ["order", "click 'x'", "reaction"], or_after = "3d" } }` | waits for the first of these; `since = "start"` inside; beside it `then = { "order" = "id", "time out" = "end" }` |
//! | `{ if = "expression", then = "id", else = "end" }` | goes on there; back only with `at_most = 3` |
//! | `{ split = { A = 50, B = 50 }, then = { A = "id" } }` | draws, the same for each friend for ever; `salt` |
//! | `{ issue = "coupon" }`, `{ expire = "coupon" }` | issues one without a message; ends the newest that was not used |
//! | `{ tag = "…" }`, `{ untag = "…" }` | puts a tag on, takes it off |
//! | `{ set = "points", to = 3 }`, `{ unset = "points" }` | sets an attribute, makes it unknown |
//! | `{ menu = "…" }`, `{ unlink_menu = true }` | links a rich menu, takes the friend's own away |
//! | `{ start = "scenario" }`, `{ stop = "scenario" }` | begins another scenario by its own rules, ends its runs |
//! | `{ emit = "staff", letter = { text = "…" } }` | hands something to the host |
//! | `{ end = true }`, `{ end = "result" }` | ends the run; also beside another step, to end after it |

mod attributes;
mod best_hour;
mod caps;
mod changes;
mod checkout;
mod coupons;
mod cycles;
mod diagnostic;
mod history;
mod hygiene;
mod include;
mod menus;
mod messages;
mod policies;
mod presets;
mod question;
mod ranks;
mod read;
mod reader;
mod scenarios;
mod segments;
mod setter;
mod shop;
mod source;
mod step;
mod steps;
mod tags;
mod triggers;

pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use hygiene::{Finding, Hygiene, HygieneLimits, SegmentSize, Times};
pub use presets::Preset;
pub use read::{MAX_PLAYBOOK_BYTES, Playbook, PlaybookHash, Segment};
pub use shop::Shop;
