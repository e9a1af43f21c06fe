//! A shop that uses what there is: all presets, 30 segments of its own, and one scenario that only waits.

pub const SHOP: &str = r#"
include = [
  "presets/arrival", "presets/birthday", "presets/brochure", "presets/browse", "presets/cart",
  "presets/coupon_chain", "presets/cross_sell", "presets/f2", "presets/first_order", "presets/lapse",
  "presets/link", "presets/low_stock", "presets/order_notice", "presets/reorder", "presets/restock",
  "presets/service_cycle", "presets/subscription", "presets/vip", "presets/welcome",
]
[shop]
name = "河内の台所"
zone = "Asia/Tokyo"
currency = "JPY"
day_starts = "04:00"
[attributes]
gender = { of = ["female", "male"] }
birthday = "date"
points = "number"
[tags]
"興味/スキンケア" = { expires = "90d" }
"興味/食" = {}
"離反ケア済" = {}
VIP = { when = "orders.total within 365d >= 50000" }
[policy]
quiet_hours = { from = "21:00", to = "09:00", then = "shift", at_most = "12h", spread = "40m" }
caps = [{ at_most = 1, per = "1d" }, { at_most = 3, per = "7d" }]
[segments]
first = "orders.count = 1 and last order older than 30d"
repeat = "orders.count >= 2"
lapsing = "orders.count >= 2 and no order within 90d"
gone = "orders.count >= 1 and no order within 180d"
regulars = "orders.count >= 3 and order within 90d"
lookers = "orders.count = 0 and line is following and first follow older than 14d"
carts = "cart within 3d and no order within 3d"
blocked = "line is blocked"
rich = "orders.total within 365d >= 50000"
thrifty = "orders.count >= 2 and orders.total < 10000"
from_shop = "route = '店頭QR'"
from_site = "route = 'サイトバナー'"
from_parcel = "route = '同梱チラシ'"
reachable = "line is following"
linked = "line is linked"
women = "gender = 'female'"
men = "gender = 'male'"
points_rich = "points >= 1000"
skin = "tag '興味/スキンケア'"
food = "tag '興味/食'"
vip = "tag 'VIP'"
coupon_idle = "coupon 'hello' unused"
coupon_used = "coupon 'hello' used"
clicked = "click within 30d"
silent = "no click within 60d"
viewed = "view within 7d"
news = "message within 7d"
no_news = "no message within 30d"
buyers_of_the_week = "order within 7d"
first_year = "first order within 365d"
[coupons]
hello = { benefit = { rate = "10%", up_to = 2000 }, valid = { for = "14d" } }
[scenarios.waits]
on = "event 'wait'"
reentry = "after end"
steps = [{ id = "w0", wait = "5d" }, { id = "w1", wait = "5d" }, { id = "w2", wait = "5d" }, { id = "w3", wait = "5d" }]
"#;
