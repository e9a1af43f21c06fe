//! Whether segments and tags do their work: T1, T4 to T6.

#![allow(clippy::unwrap_used, reason = "tests")]

use enishi::model::{Friend, FriendId, FriendKey, Money, Order, Timestamp};
use enishi::playbook::{Finding, Playbook};
use enishi::population::{Columns, Field, Population, Records};

const PLAYBOOK: &str = r#"
[shop]
name = "河内の台所"
zone = "Asia/Tokyo"
currency = "JPY"
[hygiene]
smallest_segment = 3
overlap = "75%"
stale_after = "90d"
longest_tag = 12
tags_in_categories = true
[tags]
"購入/VIP" = {}
"購入/ｖｉｐ" = {}
"タグ1" = {}
"興味/とてもとても長い名前の札" = {}
"興味/お茶" = { }
"興味/和菓子" = { }
"購入/常連" = { when = "orders.count >= 3" }
[segments]
"買った人" = "order"
"買っていない人" = "no order"
"迷い" = "last order older than 90d and order within 30d"
"みんな" = "order or no order"
"客" = "orders.count >= 1"
"二回以上" = "orders.count >= 2"
"お茶好き" = "tag '興味/お茶'"
"甘いもの好き" = "tag '興味/和菓子' or segment 'お茶好き'"
[messages.a]
line = [{ type = "text", text = "A" }]
[scenarios.s]
on = "enter segment '買った人'"
steps = [{ if = "tag of category '購入'", then = "a", else = "end" }, { id = "a", send = "a" }]
"#;

#[test]
fn the_rules_alone_tell_what_is_unused_impossible_or_badly_named() {
    let playbook = Playbook::read(PLAYBOOK).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(
        playbook.hygiene().to_string(),
        "\
H01 segment 'みんな' is used by no scenario, tag or other segment
H01 segment '二回以上' is used by no scenario, tag or other segment
H01 segment '客' is used by no scenario, tag or other segment
H01 segment '甘いもの好き' is used by no scenario, tag or other segment
H01 segment '買っていない人' is used by no scenario, tag or other segment
H01 segment '迷い' is used by no scenario, tag or other segment
H02 segment '迷い' can hold for nobody: `last order older than 90d` and `order within 30d` exclude each other
H03 segment 'みんな' holds for everybody: it cannot fail both `not order` and `not no order`
H09 tag 'タグ1' is read by no rule
H09 tag '興味/とてもとても長い名前の札' is read by no rule
H12 tag 'タグ1': the name has no category: write it as 興味/スキンケア
H12 tag 'タグ1': the name says nothing of what it is for
H12 tag '興味/とてもとても長い名前の札': the name has 15 characters: at most 12
H13 tags '購入/VIP' and '購入/ｖｉｐ' differ only in how they are typed
"
    );
}

#[test]
fn the_friends_tell_what_is_empty_small_stale_or_twice_the_same() {
    let playbook = Playbook::read(PLAYBOOK).unwrap();
    let (now, friends) = (at("2026-11-01T12:00:00+09:00"), friends());
    let population = Population::of(&friends).unwrap();
    let found = playbook.hygiene_of(&population, Some(&friends), now);
    let by_friends: Vec<String> = found
        .findings
        .iter()
        .filter(|finding| !playbook.hygiene().findings.contains(finding))
        .map(|finding| format!("{} {finding}", finding.code()))
        .collect();
    assert_eq!(
        by_friends,
        [
            "H04 segment '迷い' is empty",
            "H05 segment '買っていない人' has 2 friends: fewer than 3 are no axis of delivery",
            "H06 segments '客' and '買った人' are the same 6 friends",
            "H07 segment 'お茶好き' (4 friends) lies wholly in '甘いもの好き'",
            "H07 segment '二回以上' (4 friends) lies wholly in '客'",
            "H07 segment '二回以上' (4 friends) lies wholly in '買った人'",
            "H07 segment '買っていない人' (2 friends) lies wholly in '甘いもの好き'",
            "H08 75% of segment 'お茶好き' are in '客' too (3 friends)",
            "H08 75% of segment 'お茶好き' are in '買った人' too (3 friends)",
            "H10 nobody has tag 'タグ1'",
            "H10 nobody has tag '興味/とてもとても長い名前の札'",
            "H10 nobody has tag '購入/VIP'",
            "H10 nobody has tag '購入/常連'",
            "H10 nobody has tag '購入/ｖｉｐ'",
            "H11 tag '興味/お茶' was last put on somebody on 2026-06-01, longer than 90d ago",
        ]
    );
    assert_eq!(found.friends, Some(8));
    let sizes: Vec<_> = found.sizes.iter().map(|size| (size.segment.as_str(), size.friends)).collect();
    assert!(sizes.contains(&("二回以上", 4)) && sizes.contains(&("みんな", 8)));
    assert_eq!(found.to_json()["findings"][0]["code"], "H01");
}

#[test]
fn what_columns_cannot_answer_is_told_and_left_out() {
    let playbook = Playbook::read(PLAYBOOK).unwrap();
    let counts = [2_i32, 0, 1];
    let population = Population::load(&Columns::new(3).with(Field::OrderCount, counts.as_slice())).unwrap();
    let found = playbook.hygiene_of(&population, None, at("2026-11-01T12:00:00+09:00"));
    let uncounted = |finding: &&Finding| matches!(finding, Finding::SegmentUncounted { .. });
    let uncounted: Vec<String> = found.findings.iter().filter(uncounted).map(ToString::to_string).collect();
    assert_eq!(
        uncounted,
        [
            "segment 'お茶好き' was not counted: no column can answer `tag '興味/お茶'`",
            "segment '甘いもの好き' was not counted: no column can answer `tag '興味/和菓子'`",
            "segment '迷い' was not counted: no column can answer `last order older than 90d`",
        ]
    );
    // Of the tags only the derived one can be asked for.
    let of_nobody = |finding: &&Finding| matches!(finding, Finding::TagOfNobody { .. });
    let of_nobody: Vec<String> = found.findings.iter().filter(of_nobody).map(ToString::to_string).collect();
    assert_eq!(of_nobody, ["nobody has tag '購入/常連'"]);
}

/// Seen to fail: menus not looked at.
#[test]
fn menus_that_are_linked_in_vain_or_out_of_sight_are_told() {
    let playbook = Playbook::read(
        r#"
        [shop]
        name = "河内の台所"
        zone = "Asia/Tokyo"
        currency = "JPY"
        [menus.buyers]
        rich_menu_id = "richmenu-buyers"
        when = "order"
        [menus.members]
        rich_menu_id = "richmenu-members"
        [messages.a]
        line = [{ type = "text", text = "A" }]
        [scenarios.told]
        on = "link"
        steps = [{ id = "members", menu = "members" }, { id = "buyers", menu = "buyers" }, { send = "a" }]
        [scenarios.untold]
        on = "follow"
        steps = [{ id = "members", menu = "members" }]
        "#,
    );
    assert_eq!(
        playbook.unwrap_or_else(|faults| panic!("{faults}")).hygiene().to_string(),
        "\
H15 step 'told/buyers' links menu 'buyers', which has a rule of its own: by that it is shown and taken away, whatever the step says
H16 scenario 'untold' links menu 'members' at step 'members' and sends no message: who reads LINE on a computer sees no menu
"
    );
}

const COUPONS: &str = r#"
tags = ["クーポン対象"]
[shop]
name = "河内の台所"
zone = "Asia/Tokyo"
currency = "JPY"
[segments]
"常連" = "orders.count >= 3"
[messages.told]
line = [{ type = "text", text = "{coupon.hello.code} は {coupon.hello.until} まで" }]
[messages.plain]
line = [{ type = "text", text = "A" }]
"#;

/// What is told of these coupons, the messages and segments above beside them.
fn coupons(rest: &str) -> String {
    let text = format!("{COUPONS}{rest}");
    let playbook = Playbook::read(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let of_coupons = |finding: &&Finding| finding.code() >= "H17";
    let found = playbook.hygiene().findings;
    found.iter().filter(of_coupons).map(|finding| format!("{} {finding}\n", finding.code())).collect()
}

fn hello(keys: &str, steps: &str) -> String {
    hello_of("follow", keys, steps)
}

fn hello_of(on: &str, keys: &str, steps: &str) -> String {
    coupons(&format!(
        "[coupons.hello]\nbenefit = {{ amount = 500 }}\n{keys}\n[scenarios.s]\non = \"{on}\"\nsteps = [{steps}]"
    ))
}

/// Seen to fail: with every coupon taken for issued.
#[test]
fn coupons_nobody_gets_are_told() {
    let unissued = |keys: &str| hello(&format!("valid = {{ for = '14d' }}\n{keys}"), "{ id = 'a', send = 'plain' }");
    let told =
        "H17 coupon 'hello' is issued by no scenario and has no code for everybody: only printed codes give it\n";
    assert_eq!(unissued(""), told);
    assert_eq!(unissued("code = 'SPRING26'"), "");
    assert_eq!(hello("valid = { for = '14d' }", "{ id = 'a', issue = 'hello' }"), "");
    assert_eq!(hello("valid = { for = '14d' }", "{ id = 'a', send = 'told', issue = 'hello' }"), "");
}

/// Seen to fail: with waits that take no time, and with an end that is still valid.
#[test]
fn coupons_over_before_they_are_told_of_are_told() {
    let issued_and_told = |valid: &str, between: &str| {
        let steps = format!("{{ id = 'a', issue = 'hello' }}, {between}, {{ id = 'last', send = 'told' }}");
        hello(&format!("valid = {valid}"), &steps)
    };
    let over = |span: &str, after: &str| {
        format!(
            "H18 step 's/last' tells of coupon 'hello', which is over by then: it is valid for {span}, and was issued {after} before or earlier\n"
        )
    };
    let week = "{ for = '7d' }";
    assert_eq!(issued_and_told(week, "{ wait = '7d' }"), over("7d", "7d"), "it ends at that instant");
    assert_eq!(issued_and_told(week, "{ wait = '6d23h' }"), "");
    assert_eq!(issued_and_told(week, "{ wait = '4d' }, { id = 'w', wait = '4d12h' }"), over("7d", "8d12h"));
    assert_eq!(issued_and_told(week, "{ wait = '8d at 20:00' }"), over("7d", "7d"));
    assert_eq!(issued_and_told(week, "{ wait = '7d at 20:00' }"), "", "from evening to evening it is less");
    assert_eq!(issued_and_told(week, "{ wait = '8d from start' }"), "", "nobody knows how long ago that was");
    // An order leads there at once; without it the wait would be too long.
    let first_of = "{ wait = { first_of = ['order'], or_after = '9d' } }";
    assert_eq!(issued_and_told(week, first_of), "");
    let timed_out = "{ wait = { first_of = ['order'], or_after = '9d' }, then = { 'order' = 'end' } }";
    assert_eq!(issued_and_told(week, timed_out), over("7d", "9d"));
    // Issued anew on the way.
    assert_eq!(issued_and_told(week, "{ wait = '8d' }, { id = 'b', issue = 'hello' }"), "");
    // By another scenario too: nobody knows which code the message tells.
    let two = "[coupons.hello]\nbenefit = { amount = 500 }\nvalid = { for = '7d' }\n[scenarios.s]\non = 'follow'\nsteps = [{ id = 'a', issue = 'hello' }, { wait = '8d' }, { id = 'last', send = 'told' }]\n[scenarios.t]\non = 'link'\nsteps = [{ id = 'a', issue = 'hello' }]";
    assert_eq!(coupons(two), "");
}

#[test]
fn coupons_over_before_the_season_are_told() {
    let season = |until: &str, steps: &str| {
        coupons(&format!(
            "[coupons.hello]\nbenefit = {{ amount = 500 }}\ncode = 'SPRING26'\nvalid = {{ until = '{until}' }}\n[scenarios.s]\non = 'follow'\nfrom = '2026-04-01'\nsteps = [{steps}]"
        ))
    };
    let issue = "{ id = 'a', issue = 'hello' }";
    assert_eq!(
        season("2026-04-01", issue),
        "H19 step 's/a' comes on 2026-04-01 at the earliest, and coupon 'hello' is over on 2026-04-01\n"
    );
    assert_eq!(season("2026-04-02", issue), "");
    let late = "{ id = 'a', issue = 'hello' }, { wait = '10d' }, { id = 'told', send = 'told' }";
    assert_eq!(
        season("2026-04-11", late),
        "H19 step 's/told' comes on 2026-04-11 at the earliest, and coupon 'hello' is over on 2026-04-11\n"
    );
    assert_eq!(season("2026-04-12", late), "");
}

/// Seen to fail: with `first_order` not asked, and without the segment the scenario starts by.
#[test]
fn coupons_their_friends_cannot_use_are_told() {
    let issue = "{ id = 'a', issue = 'hello' }";
    let terms = |on: &str, keys: &str| hello_of(on, &format!("valid = {{ for = '14d' }}\n{keys}"), issue);
    assert_eq!(
        terms("follow", "only = 'orders.count >= 3 and orders.count < 2'"),
        "H20 coupon 'hello' can be used by nobody: `orders.count >= 3` and `orders.count < 2` exclude each other\n"
    );
    assert_eq!(
        terms("follow", "only = \"segment '常連'\"\nfirst_order = true"),
        "H20 coupon 'hello' can be used by nobody: `orders.count >= 3` and `no order` exclude each other\n"
    );
    let unusable = |one: &str, other: &str| {
        format!(
            "H21 scenario 's' issues coupon 'hello' to friends who cannot use it as they enter: `{one}` and `{other}` exclude each other\n"
        )
    };
    assert_eq!(terms("enter segment '常連'", "first_order = true"), unusable("orders.count >= 3", "no order"));
    assert_eq!(terms("delivered", "first_order = true"), unusable("order", "no order"));
    assert_eq!(
        terms("follow\"\nonly = \"not tag 'クーポン対象'", "only = \"tag 'クーポン対象'\""),
        unusable("not tag 'クーポン対象'", "tag 'クーポン対象'")
    );
    assert_eq!(terms("enter segment '常連'", "only = 'orders.count >= 2'"), "");
    assert_eq!(terms("follow", "first_order = true"), "");
    // A segment that only a coupon asks for is used.
    let used = format!(
        "{COUPONS}[coupons.hello]\nbenefit = {{ amount = 500 }}\nvalid = {{ for = '1d' }}\nonly = \"segment '常連'\""
    );
    assert!(!Playbook::read(&used).unwrap().hygiene().to_string().contains("H01"));
}

/// Seen to fail: with the steps of both arms counted.
#[test]
fn coupons_issued_more_often_than_they_may_be_used_are_told() {
    let told = |limit: u32, rest: &str, steps: &str| {
        let keys = format!("valid = {{ for = '14d' }}\nlimits = {{ per_friend = {limit} }}");
        hello_of(&format!("follow\"\n{rest}title = \""), &keys, steps)
    };
    let (one, two) = ("{ id = 'a', issue = 'hello' }", "{ id = 'a', issue = 'hello' }, { id = 'b', issue = 'hello' }");
    assert_eq!(told(1, "", one), "");
    assert_eq!(told(1, "", two), "H22 coupon 'hello' is issued 2 times to one friend, who may use it once\n");
    assert_eq!(told(2, "", two), "");
    let again = "H22 coupon 'hello' is issued again and again to one friend, who may use it 3 times\n";
    assert_eq!(told(3, "reentry = 'after 365d'\n", one), again);
    let arms = "{ id = 'd', split = { A = 1, B = 1 }, then = { A = 'a', B = 'b' } }, { id = 'a', issue = 'hello', end = true }, { id = 'b', issue = 'hello' }";
    assert_eq!(told(1, "", arms), "", "one arm or the other");
}

/// Six who bought, of whom four did twice; four who like tea, three of them customers, and one who likes sweets.
fn friends() -> Vec<Friend> {
    let (june, october) = (at("2026-06-01T12:00:00+09:00"), at("2026-10-20T12:00:00+09:00"));
    (0..8_u32)
        .map(|n| {
            let mut friend = Friend::new(FriendId(n), FriendKey::new(&format!("shop:{n}")).unwrap());
            for i in 0..[2, 2, 2, 2, 1, 1, 0, 0][n as usize] {
                let order = Order {
                    id: format!("{n}-{i}").parse().unwrap(),
                    placed_at: october,
                    total: Money::from_minor(1000),
                    lines: Vec::new(),
                    properties: Default::default(),
                };
                friend.orders.placed(&order, october);
            }
            if [3, 4, 5, 6].contains(&n) {
                friend.mark("興味/お茶".parse().unwrap(), true, june);
            }
            if n == 7 {
                friend.mark("興味/和菓子".parse().unwrap(), true, october);
            }
            friend
        })
        .collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The records are asked for as a trait object too.
#[test]
fn records_of_a_slice_serve() {
    let friends = friends();
    let records: &dyn Records = &friends;
    assert_eq!(records.friend(7).map(|friend| friend.key.to_string()).as_deref(), Some("shop:7"));
}
