//! Expressions as JSON, for programs: the same shape, one object for each part.
//!
//! | JSON | text |
//! |---|---|
//! | `{"and": […]}`, `{"or": […]}`, `{"not": …}` | `… and …`, `… or …`, `not …` |
//! | `{"orders.count": {"within": "30d", ">=": 2}}` | `orders.count within 30d >= 2` |
//! | `{"orders.total": {"since": "2026-01-01", "<": "980.5"}}` | `orders.total since 2026-01-01 < 980.5` |
//! | `{"orders.sum": {"field": "quantity", "with": [{"field": "product", "=": "A"}], ">=": 3}}` | `orders.sum(quantity) of product 'A' >= 3` |
//! | `{"orders.distinct": {"field": "day", ">=": 2}}` | `orders.distinct(day) >= 2` |
//! | `{"events.count": {"event": "seminar", "with": [{"field": {"property": "place"}, "in": ["東京"]}], ">=": 1}}` | `event 'seminar' with place in ('東京')` |
//! | `{"coupons.count": {"state": "unused", ">=": 1}}`, `{"expires within": "3d", …}` for the state | `coupon unused`, `coupon expires within 3d` |
//! | `{"last order": {"older than": "30d"}}` | `last order older than 30d` |
//! | `{"sequence": {"first": {"of": "cart", "within": "7d"}, "then no": {"of": "order"}, "within": "1h"}}` | `cart within 7d then no order within 1h` |
//! | `{"tag": "VIP"}`, `{"tag": {"name": "VIP", "within": "7d"}}`, `{"tag": {"category": "興味"}}` | `tag 'VIP'`, `tag 'VIP' within 7d`, `tag of category '興味'` |
//! | `{"line": "following"}`, `{"reachable": "email"}` | `line is following`, `reachable by 'email'` |
//! | `{"last follow": {"within": "7d"}}` | `last follow within 7d` |
//! | `{"route": {"=": "店頭QR"}}`, `{"unknown route": true}` | `route = '店頭QR'`, `unknown route` |
//! | `{"attribute": {"name": "gender", "=": "female"}}`; as values also `{"date": "2026-01-31"}`, `{"number": "24.5"}` | `gender = 'female'` |
//! | `{"attribute": {"name": "memo", "contains": "肌"}}`, `in`, `starts with` | `memo contains '肌'` |
//! | `{"unknown": "birthday"}` | `unknown birthday` |
//! | `{"age": {"of": "birthday", ">=": 20}}`, `{"days since": {…}}`, `{"days until": {…}}` | `age of birthday >= 20` |
//! | `{"anniversary": {"of": "birthday", "within": 7}}`, `{"in": 7}`, `{"this month": true}` | `anniversary of birthday within 7d` |
//! | `{"cart": "filled"}`, `{"cart.total": {">=": 3000}}` | `cart is filled`, `cart.total >= 3000` |
//! | `{"rfm.recency": {">=": 4}}`, `{"rfm": ["champions"]}`, `{"cpm": ["優良"]}`, `{"decile": {"<=": 3}}` | `rfm.recency >= 4`, `rfm is 'champions'` |
//! | `{"sample": {"share": "10%", "of": "summer"}}` | `sample 10% of 'summer'` |
//! | `{"segment": "常連"}` | `segment '常連'` |
//!
//! A window or an age is one of `"within"`, `"older than"` (a span), `"between"` (two spans, the farther first),
//! `"since"`, `"before"` (a date), or `"from"` with `"to"` (dates, both included).

mod read;
mod write;

pub use read::{JsonError, MAX_DEPTH};
