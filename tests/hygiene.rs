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
