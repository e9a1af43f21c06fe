//! A shop that uses what there is: 19 scenarios, 30 segments.

pub const SHOP: &str = r#"
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
second = { benefit = { amount = 500 }, valid = { for = "21d" } }
comeback = { benefit = { rate = "15%", up_to = 3000 }, valid = { for = "30d" } }
birthday = { benefit = { amount = 1000 }, valid = { for = "30d" } }
[messages]
welcome = { line = [{ type = "text", text = "友だち追加ありがとうございます。10%オフ：{coupon.hello.code}（{coupon.hello.until} まで）" }] }
goods = { line = [{ type = "text", text = "人気の三品をご紹介します。https://example.com/goods" }] }
offer = { line = [{ type = "text", text = "次回500円オフ：{coupon.second.code}（{coupon.second.until} まで）" }] }
comeback = { line = [{ type = "text", text = "またのお越しを15%オフでお待ちしています：{coupon.comeback.code}" }] }
cart = { line = [{ type = "text", text = "カートにお品物が残っています。https://example.com/cart" }] }
notice = { line = [{ type = "text", text = "ご注文ありがとうございます。" }] }
[scenarios.welcome]
on = "follow"
goal = "order"
steps = [
  { id = "thanks", send = "welcome", issue = "hello" },
  { wait = "1d at 20:00" },
  { id = "goods", send = "goods" },
  { wait = "7d from start at 12:00" },
  { id = "used?", if = "coupon 'hello' unused", else = "end" },
  { id = "remind", send = "goods" },
]
[scenarios.back]
on = "refollow"
steps = [{ id = "hello", send = "goods" }]
[scenarios.thanks]
on = "order"
class = "transactional"
reentry = "after end"
steps = [{ id = "t", send = "notice" }, { id = "w", wait = "3d at 12:00" }, { id = "tips", send = "notice" }]
[scenarios.shipped]
on = "shipped"
class = "transactional"
reentry = "after end"
steps = [{ id = "s", send = "notice" }]
[scenarios.arrived]
on = "delivered"
class = "transactional"
reentry = "after end"
steps = [{ wait = "7d at 20:00" }, { id = "review", send = "notice" }]
[scenarios.cancelled]
on = "cancelled"
class = "transactional"
reentry = "after end"
steps = [{ id = "c", send = "notice" }]
[scenarios.cart]
on = "cart"
goal = "order"
reentry = "after 7d"
steps = [{ wait = "1h" }, { id = "remind", send = "cart" }, { wait = "1d at 20:00" }, { id = "again", send = "cart" }]
[scenarios.look]
on = "view"
goal = "order"
reentry = "after 14d"
steps = [{ wait = "1d at 20:00" }, { id = "look", send = "goods" }]
[scenarios.f2]
on = "enter segment 'first'"
goal = "order"
priority = 20
steps = [{ id = "offer", send = "offer", issue = "second" }, { wait = "5d at 12:00" }, { id = "tips", send = "goods" }]
[scenarios.lapse]
on = "enter segment 'lapsing'"
goal = "order"
reentry = "after 180d"
steps = [{ id = "come_back", send = "comeback", issue = "comeback" }, { id = "mark", tag = "離反ケア済" }]
[scenarios.gone]
on = "enter segment 'gone'"
goal = "order"
reentry = "after 365d"
steps = [{ id = "miss", send = "goods" }]
[scenarios.regulars]
on = "enter segment 'regulars'"
steps = [{ id = "thank", send = "goods" }]
[scenarios.fallen]
on = "leave segment 'regulars'"
reentry = "after 180d"
steps = [{ id = "ask", send = "goods" }]
[scenarios.lookers]
on = "enter segment 'lookers'"
goal = "order"
steps = [{ id = "help", send = "goods" }]
[scenarios.left_carts]
on = "enter segment 'carts'"
goal = "order"
reentry = "after 30d"
steps = [{ wait = "2d" }, { id = "carts", send = "cart" }]
[scenarios.skin]
on = "tag '興味/スキンケア'"
steps = [{ id = "skin", send = "goods" }]
[scenarios.rich]
on = "enter segment 'rich'"
steps = [{ id = "rich", send = "goods" }]
[scenarios.linked]
on = "link"
steps = [{ id = "linked", send = "notice" }]
[scenarios.waits]
on = "event 'wait'"
reentry = "after end"
steps = [{ id = "w0", wait = "5d" }, { id = "w1", wait = "5d" }, { id = "w2", wait = "5d" }, { id = "w3", wait = "5d" }]
"#;
