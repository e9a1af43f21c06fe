//! Populations at their edges: the ends of chunks and words, what is not known, and bad input.

#![allow(clippy::unwrap_used, reason = "tests")]

use enishi::model::{
    AttributeName, Decimal, Friend, FriendId, FriendKey, Money, Order, Timestamp, Value, ValueKind, Zone,
};
use enishi::population::{
    Bits, Cells, Codes, ColumnFault, Columns, Field, Keys, Population, RowError, Selection, TextColumn, Texts, Unit,
    Values,
};
use enishi::segment::{AttributeType, Expr, Predicate, Schema, TagRule};

const NOW: &str = "2026-01-01T09:00:00+09:00";

#[test]
fn the_ends_of_chunks_and_words_belong_to_them() {
    for rows in [1, 63, 64, 65, 65_535, 65_536, 65_537, 131_073] {
        // Each row its own number; tags on the first and the last row, and on a row in a thousand.
        let numbers: Vec<i64> = (0..rows as i64).collect();
        let tags: Vec<u8> =
            (0..rows).map(|row| u8::from(row == 0 || row + 1 == rows) | u8::from(row % 1000 == 0) << 1).collect();
        let names = vec!["VIP".parse().unwrap(), "tea".parse().unwrap()];
        let columns =
            Columns::new(rows).with(attribute("number"), numbers.as_slice()).with(Field::Tags(names), tags.as_slice());
        let mut population = Population::load(&columns).unwrap();
        let last = rows as u32 - 1;
        assert_eq!(ids(&population, &format!("number >= {last}")), [last]);
        assert_eq!(ids(&population, "number < 1"), [0]);
        assert_eq!(ids(&population, &format!("not number <= {}", last.max(1) - 1)).len(), usize::from(last > 0));
        let vips = ids(&population, "tag 'VIP'");
        assert_eq!((vips.first(), vips.last(), vips.len()), (Some(&0), Some(&last), if last == 0 { 1 } else { 2 }));
        assert_eq!(ids(&population, "tag 'tea'"), (0..=last).step_by(1000).collect::<Vec<_>>());
        assert_eq!(ids(&population, "not tag 'tea'").len(), rows - rows.div_ceil(1000));
        assert_eq!(population.everyone().count(), rows);
        population.remove(last).unwrap();
        assert_eq!(population.everyone().count(), rows - 1);
        assert_eq!(population.count(&ask("tag 'VIP' or not tag 'VIP'"), now()).unwrap(), rows - 1);
        assert!(!population.everyone().contains(last));
    }
}

#[test]
fn rows_appended_across_a_chunk_go_on_where_the_last_ended() {
    let load = |rows: std::ops::Range<i64>| -> (Vec<i64>, Vec<u8>) {
        (rows.clone().map(|row| row * 7 % 100_000).collect(), rows.map(|row| u8::from(row % 3 == 0)).collect())
    };
    let table = |(numbers, tags): &(Vec<i64>, Vec<u8>), take: &mut dyn FnMut(&Columns<'_>)| {
        take(
            &Columns::new(numbers.len())
                .with(attribute("number"), numbers.as_slice())
                .with(tag("VIP"), tags.as_slice()),
        );
    };
    let mut at_once = None;
    table(&load(0..140_000), &mut |columns| at_once = Some(Population::load(columns).unwrap()));
    let mut by_pieces: Option<Population> = None;
    for cut in [0..1, 1..100, 100..65_536, 65_536..65_537, 65_537..140_000] {
        table(&load(cut), &mut |columns| match &mut by_pieces {
            Some(population) => population.append(columns).unwrap(),
            None => by_pieces = Some(Population::load(columns).unwrap()),
        });
    }
    for question in ["number >= 50000", "number = 99999 or number = 0", "tag 'VIP' and number < 10"] {
        assert_eq!(ids(at_once.as_ref().unwrap(), question), ids(by_pieces.as_ref().unwrap(), question), "{question}");
    }
}

/// So many that with the feature `parallel` several threads take part.
#[test]
fn what_many_chunks_find_is_joined_in_order() {
    let numbers: Vec<u8> = (0..2_700_000).map(|row: u32| (row % 251) as u8).collect();
    let population =
        Population::load(&Columns::new(numbers.len()).with(attribute("number"), numbers.as_slice())).unwrap();
    let expected: Vec<u32> = (0..2_700_000).filter(|row| row % 251 == 250).collect();
    let predicate = ask("number >= 250");
    assert_eq!(population.ids(&predicate, now()).unwrap(), expected);
    assert_eq!(population.count(&predicate, now()).unwrap(), expected.len());
    assert_eq!(population.select(&predicate, now()).unwrap().ids(), expected);
}

#[test]
fn comparisons_with_the_unknown_are_false_and_not_is_plain() {
    let columns =
        Columns::new(3).with(attribute("number"), Cells::known([5_i64, 5, 7].as_slice(), Bits::new(&[0b101])));
    let population = Population::load(&columns).unwrap();
    for (question, rows) in [
        ("number = 5", [0].as_slice()),
        ("number != 5", &[2]),
        ("number <= 5", &[0]),
        ("not number = 5", &[1, 2]),
        ("not number != 5", &[0, 1]),
        ("unknown number", &[1]),
        ("not unknown number", &[0, 2]),
        ("number > 4.5", &[0, 2]),
        ("number > 6.999999999", &[2]),
        ("number = 5.5", &[]),
        ("number != 5.5", &[0, 2]),
    ] {
        assert_eq!(ids(&population, question), rows, "{question}");
    }
}

#[test]
fn an_age_ends_at_its_millisecond() {
    let days = |days: i64| now().millis() - days * 86_400_000;
    // 30 and 90 days ago to the millisecond, and one to either side; nothing; and one still to come.
    let instants = [days(30) - 1, days(30), days(30) + 1, days(90) - 1, days(90), days(90) + 1, 0, days(-1)];
    let friends: Vec<Friend> = (1..).zip(instants).map(|(id, at)| friend(id, (at != 0).then_some(at))).collect();
    let population = Population::of(&friends).unwrap();
    for (question, rows) in [
        ("last order older than 30d", [0, 1, 3, 4, 5].as_slice()),
        ("last order within 30d", &[2]),
        ("last order older than 30d and not last order older than 90d", &[0, 1, 5]),
        ("not last order older than 90d", &[0, 1, 2, 5, 6, 7]),
        ("no order within 30d", &[0, 1, 3, 4, 5, 6, 7]),
        ("order within 90d", &[0, 1, 2, 5]),
        ("first order older than 90d", &[3, 4]),
        ("orders.count >= 1", &[0, 1, 2, 3, 4, 5]),
        ("orders.count = 0", &[6, 7]),
        ("orders.total >= 100", &[0, 1, 2, 3, 4, 5]),
    ] {
        let predicate = ask(question);
        let one_by_one: Vec<u32> =
            (0..).zip(&friends).filter(|(_, f)| predicate.matches(f, now())).map(|(row, _)| row).collect();
        assert_eq!(one_by_one, rows, "{question}");
        assert_eq!(population.select_with(&predicate, now(), &friends).ids(), rows, "{question}");
    }
    // Of the order to come the columns know too much, so the record decides.
    let alone = population.select(&ask("orders.count >= 1"), now());
    assert_eq!(alone.unwrap_err().condition, "order", "the canonical text");
    assert!(population.select(&ask("first order older than 90d"), now()).is_ok());
}

#[test]
fn a_plan_says_what_will_be_read() {
    let (numbers, tags): (Vec<i64>, Vec<u8>) = (0..131_072).map(|row| (row, u8::from(row % 2 == 0))).unzip();
    let columns =
        Columns::new(numbers.len()).with(attribute("number"), numbers.as_slice()).with(tag("VIP"), tags.as_slice());
    let population = Population::load(&columns).unwrap();
    let predicate = ask("not tag 'VIP' and number >= 70000 and number < 71000");
    let plan = population.plan(&predicate, now()).unwrap();
    assert_eq!(
        plan.to_string(),
        "131072 rows in 2 chunks\n\
         all of\n  \
           not tag 'VIP': ~50.0% of rows, 2 chunks read\n  \
           attribute 'number' from 70000 to 70999: ~0.0% of rows, 1 chunks read, 1 skipped"
    );
    assert_eq!(plan.count(), 500);
    let records: Vec<Friend> = Vec::new();
    let predicate = ask("coupon 'hello' unused and tag 'VIP'");
    assert_eq!(
        population.plan_with(&predicate, now(), &records).to_string(),
        "131072 rows in 2 chunks\nall of\n  tag 'VIP': ~50.0% of rows, 2 chunks read\n  \
         coupon 'hello' unused, from the record of each row left"
    );
    let error = population.plan(&predicate, now()).err().unwrap();
    assert_eq!(
        error.to_string(),
        "no column can answer `coupon 'hello' unused`: give the friends' records along (`select_with`)"
    );
}

#[test]
fn keys_lead_to_their_rows_as_long_as_these_are_there() {
    let friends: Vec<Friend> = (1..=3).map(|id| friend(id, None)).collect();
    let mut population = Population::of(&friends).unwrap();
    let key = |row: usize| friends[row].key.as_str();
    assert_eq!((population.row(key(1)), population.row("nobody")), (Some(1), None));
    assert_eq!(population.key(2).as_ref(), Some(&friends[2].key));
    let taken = population.append_friends(&friends[1..2]).unwrap_err();
    assert_eq!((taken.row, taken.fault), (Some(0), ColumnFault::KeyTaken(1)));
    population.remove(1).unwrap();
    assert_eq!((population.row(key(1)), population.key(1)), (None, None));
    assert_eq!(population.remove(1), Err(RowError::Removed { row: 1 }));
    assert_eq!(population.update(1, &friends[1]), Err(RowError::Removed { row: 1 }));
    assert_eq!(population.remove(3), Err(RowError::Missing { row: 3, rows: 3 }));
    assert!(matches!(population.update(0, &friends[2]), Err(RowError::OtherKey { row: 0, .. })));
    population.append_friends(&friends[1..2]).unwrap();
    assert_eq!((population.row(key(1)), population.len(), population.rows()), (Some(3), 3, 4));
    assert_eq!(population.everyone(), [0, 2, 3].into_iter().collect::<Selection>());
}

#[test]
fn bad_columns_are_one_error_that_names_the_place() {
    let (two, three) = ([1_i64, 2], [1_i64, 2, 3]);
    let text = |offsets: &'static [i32], bytes: &'static [u8]| Texts::new(offsets, bytes);
    let ab = text(&[0, 1, 2], b"ab");
    let numbers = || attribute("number");
    let tags = |count: usize| Field::Tags((0..count).map(|k| format!("t{k}").parse().unwrap()).collect());
    let key = |texts| Columns::new(2).keyed(Keys::Texts(texts));
    let cases: Vec<(Columns<'_>, &str)> = vec![
        (Columns::new(2).with(numbers(), three.as_slice()), "attribute 'number': 3 cells for 2 rows"),
        (Columns::new(9).with(tag("VIP"), Bits::new(&[0])), "tag 'VIP': 8 cells for 9 rows"),
        (Columns::new(2).with(tag("VIP"), Bits::starting_at(&[0], 7)), "tag 'VIP': 1 cells for 2 rows"),
        (
            Columns::new(2).with(numbers(), Cells::known(two.as_slice(), Bits::new(&[]))),
            "attribute 'number': 0 cells for 2 rows",
        ),
        (
            Columns::new(2).with(tag("VIP"), two.as_slice()),
            "tag 'VIP': the values have another type: give bits, or bytes of 0 and 1",
        ),
        (
            Columns::new(2).with(numbers(), Values::Instants(&two, Unit::Seconds)),
            "attribute 'number': the values have another type: give numbers, bits, days or texts",
        ),
        (Columns::new(2).with(Field::Route, two.as_slice()), "route: the values have another type: give texts"),
        (
            Columns::new(2).with(Field::LinkedAt, two.as_slice()),
            "linked at: the values have another type: give instants",
        ),
        (
            Columns::new(2).with(tags(9), [0_u8, 0].as_slice()),
            "tags: the values have another type: give whole numbers with a bit for each tag",
        ),
        (
            Columns::new(2).with(tags(2), [0_i64, 4].as_slice()),
            "tags, row 1: there are bits past those of the 2 tags named",
        ),
        (
            Columns::new(2).with(tags(32), [0_i32, -1].as_slice()).with(tag("t3"), [0_u8, 0].as_slice()),
            "tag 't3': the column is there twice",
        ),
        (Columns::new(2).with(tag("VIP"), [1_u8, 2].as_slice()), "tag 'VIP', row 1: yes is written 1 and no 0"),
        (Columns::new(2).with(Field::OrderCount, [3_i64, -1].as_slice()), "order count, row 1: it is never negative"),
        (
            Columns::new(2).with(Field::OrderTotal, Cells::known(two.as_slice(), Bits::new(&[0b01]))),
            "order total, row 1: it is always known: write 0 for none",
        ),
        (
            Columns::new(2).with(numbers(), [1.5, f64::NAN].as_slice()),
            "attribute 'number', row 1: not an exact number: at most 18 digits, 9 of them after the point",
        ),
        (
            Columns::new(2).with(numbers(), [f64::INFINITY, 1.0].as_slice()),
            "attribute 'number', row 0: not an exact number: at most 18 digits, 9 of them after the point",
        ),
        (
            Columns::new(2).with(numbers(), [1e300, 1.0].as_slice()),
            "attribute 'number', row 0: not an exact number: at most 18 digits, 9 of them after the point",
        ),
        (
            Columns::new(2).with(numbers(), [0, i64::MAX].as_slice()),
            "attribute 'number', row 1: not an exact number: at most 18 digits, 9 of them after the point",
        ),
        (
            Columns::new(2).with(numbers(), Values::Days(&[0, i32::MIN])),
            "attribute 'number', row 1: outside the years 1900 to 9998: are the units right?",
        ),
        (
            Columns::new(2).with(Field::LastOrderAt, Values::Instants(&[0, 1_767_225_600_000], Unit::Seconds)),
            "last order at, row 1: outside the years 1900 to 9998: are the units right?",
        ),
        (
            Columns::new(2).with(Field::LastOrderAt, Values::Instants(&[i64::MIN, 0], Unit::Seconds)),
            "last order at, row 0: outside the years 1900 to 9998: are the units right?",
        ),
        (
            Columns::new(2).with(Field::Route, Values::Choices { codes: Codes::I32(&[1, 2]), texts: ab }),
            "route, row 1: the code 2 stands for none of 2 texts",
        ),
        (
            Columns::new(2).with(Field::Route, Values::Choices { codes: Codes::I32(&[-1, 0]), texts: ab }),
            "route, row 0: the code -1 stands for none of 2 texts",
        ),
        (
            Columns::new(2).with(Field::Route, text(&[], b"")),
            "route: not UTF-8, or offsets that do not ascend within the bytes",
        ),
        (
            Columns::new(2).with(Field::Route, text(&[0, 1, 2], b"a\xff")),
            "route, row 1: not UTF-8, or offsets that do not ascend within the bytes",
        ),
        (
            Columns::new(2).with(Field::Route, text(&[0, 2, 1], b"ab")),
            "route, row 1: not UTF-8, or offsets that do not ascend within the bytes",
        ),
        (
            Columns::new(2).with(Field::Route, text(&[-1, 0, 1], b"ab")),
            "route, row 0: not UTF-8, or offsets that do not ascend within the bytes",
        ),
        (
            Columns::new(2).with(Field::Route, text(&[0, 1, 9], b"ab")),
            "route, row 1: not UTF-8, or offsets that do not ascend within the bytes",
        ),
        (key(text(&[0, 1, 2], b"aa")), "keys, row 1: the key is that of row 0 already"),
        (key(text(&[0, 1, 1], b"a")), "keys, row 1: a name may not be empty"),
        (key(text(&[0, 1], b"a")), "keys: 1 cells for 2 rows"),
        (Columns::new(2).keyed(Keys::LineUsers(&[[0; 16]; 3])), "keys: 3 cells for 2 rows"),
        (Columns::new(usize::MAX), "rows: more than 4294967295 rows"),
    ];
    for (columns, expected) in cases {
        assert_eq!(Population::load(&columns).map(|_| ()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn what_is_appended_has_the_columns_of_the_rest_or_changes_nothing() {
    let numbers = [1_i64, 2];
    let keys = [[1; 16], [2; 16]];
    let first = Columns::new(2).keyed(Keys::LineUsers(&keys)).with(attribute("number"), numbers.as_slice());
    let mut population = Population::load(&first).unwrap();
    let other = [[3; 16], [2; 16]];
    let unmatched =
        "rows that are appended have the columns of the rows before them, and this one is in one of the two only";
    for (columns, expected) in [
        (Columns::new(2).keyed(Keys::LineUsers(&other)), format!("attribute 'number': {unmatched}")),
        (first.clone().with(tag("VIP"), [0_u8, 0].as_slice()), format!("tag 'VIP': {unmatched}")),
        (
            Columns::new(2).with(attribute("number"), numbers.as_slice()),
            "keys: either every row has a key or none has".into(),
        ),
        (
            Columns::new(2).keyed(Keys::LineUsers(&other)).with(attribute("number"), numbers.as_slice()),
            "keys, row 1: the key is that of row 1 already".into(),
        ),
    ] {
        assert_eq!(population.append(&columns).unwrap_err().to_string(), expected);
        assert_eq!((population.rows(), ids(&population, "number >= 0").len()), (2, 2));
        assert_eq!(population.row("U03030303030303030303030303030303"), None);
    }
    let mut of_friends = Population::of(&[friend(1, None)]).unwrap();
    let error = of_friends.append(&first).unwrap_err();
    assert_eq!(error.to_string(), "columns: a population built from friends goes on with friends");
}

#[test]
fn doubles_are_the_decimals_they_are_written_as() {
    let numbers = [0.1, 24.5, -3.0, 1e15, 0.3];
    let population = Population::load(&Columns::new(5).with(attribute("number"), numbers.as_slice())).unwrap();
    assert_eq!(ids(&population, "number = 0.1 or number = 0.3"), [0, 4]);
    assert_eq!(ids(&population, "number >= 24.5"), [1, 3]);
    assert_eq!(ids(&population, "number < 0"), [2]);
}

#[test]
fn numbers_too_large_and_too_fine_at_once_are_kept_all_the_same() {
    let decimals =
        ["999999999999999999", "0.000000001", "-999999999.999999999", "7"].map(|text| text.parse::<Decimal>().unwrap());
    let mut population = Population::load(&Columns::new(4).with(attribute("number"), decimals.as_slice())).unwrap();
    for (question, rows) in [
        ("number >= 999999999999999999", [0].as_slice()),
        ("number > 0 and number < 1", &[1]),
        ("number < 0", &[2]),
        ("number != 7", &[0, 1, 2]),
        ("unknown number", &[]),
    ] {
        assert_eq!(ids(&population, question), rows, "{question}");
    }
    let mut other = friend(1, None);
    other.set_attribute("number".parse().unwrap(), Some(Value::Number(decimals[3])), now());
    population.update(0, &other).unwrap();
    assert_eq!(ids(&population, "number = 7"), [0, 3]);
    assert_eq!(ids(&population, "number > 7"), [] as [u32; 0], "the odd one is gone");
}

#[test]
fn rows_of_text_are_read_or_refused_with_their_place() {
    let columns = [
        TextColumn::Key,
        TextColumn::Number(attribute("number")),
        TextColumn::Flag(tag("VIP")),
        TextColumn::Number(Field::OrderCount),
        TextColumn::Instant(Field::LastOrderAt),
        TextColumn::Skip,
    ];
    let good = [["a", "24.50", "yes", "3", "2025-12-31T10:00:00+09:00", "?"], ["b", "", "", "", "", ""]];
    let population = Population::read(&columns, good).unwrap();
    assert_eq!(ids(&population, "number = 24.5 and tag 'VIP' and orders.count = 3 and last order within 30d"), [0]);
    assert_eq!(ids(&population, "unknown number and orders.count = 0 and no order within 30d"), [1]);
    for (place, cell, expected) in [
        (0, "a", "keys, row 1: the key is that of row 0 already"),
        (1, "x", "attribute 'number', row 1: `x` is not a decimal number"),
        (2, "maybe", "tag 'VIP', row 1: `maybe` is not yes or no"),
        (3, "1.5", "order count, row 1: `1.5` is not a whole number"),
        (4, "yesterday", "last order at, row 1: `yesterday` is not an instant with an offset"),
    ] {
        let mut bad = good;
        bad[1][place] = cell;
        assert_eq!(Population::read(&columns, bad).unwrap_err().to_string(), expected);
    }
    let short = Population::read(&columns, [vec!["a"]]).unwrap_err();
    assert_eq!(short.to_string(), "record, row 0: 1 cells for 6 columns");
}

fn attribute(name: &str) -> Field {
    Field::Attribute(name.parse::<AttributeName>().unwrap())
}

fn tag(name: &str) -> Field {
    Field::Tag(name.parse().unwrap())
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn friend(id: u32, ordered: Option<i64>) -> Friend {
    let mut friend = Friend::new(FriendId(id), FriendKey::new(&format!("eccube:customer:{id}")).unwrap());
    if let Some(at) = ordered {
        let at = Timestamp::from_millis(at).unwrap();
        let order = Order {
            id: "1".parse().unwrap(),
            placed_at: at,
            total: Money::from_minor(100),
            lines: Vec::new(),
            properties: Default::default(),
        };
        friend.orders.placed(&order, at);
    }
    friend
}

fn ask(text: &str) -> Predicate {
    let mut schema = Schema::new(Zone::TOKYO);
    schema.attributes.insert("number".parse().unwrap(), AttributeType::Of(ValueKind::Number));
    schema.tags.extend(["VIP", "tea", "nobody"].map(|tag| (tag.parse().unwrap(), TagRule::default())));
    schema.coupons.insert("hello".parse().unwrap());
    schema.compile(&Expr::parse(text).unwrap().expr).unwrap()
}

fn ids(population: &Population, question: &str) -> Vec<u32> {
    population.select_with(&ask(question), now(), &Vec::new()).ids()
}
