//! Random expressions: any that can be written, and those that fit the shop of `people`.

use enishi::model::{Date, Decimal, EventName, Rate, Span};
use enishi::rfm::Goods;
use enishi::segment::{
    AgeTest, AnniversaryTest, Atom, Comparison, ContactEvent, CouponState, End, Expr, Field, Filter, Kind, LineState,
    Literal, Measure, Occurrences, RankTest, ReorderTest, RfmAxis, Sequence, TagChoice, Toward, ValueTest,
};
use proptest::prelude::*;
use proptest::sample::select;

/// Conditions joined at random, up to four levels deep.
pub fn expressions(atom: impl Strategy<Value = Atom> + 'static) -> impl Strategy<Value = Expr> {
    atom.prop_map(Expr::Atom).prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(Expr::All),
            several().prop_map(Expr::Any),
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

/// Any condition that can be written, whatever a shop declares.
pub fn any_atom() -> impl Strategy<Value = Atom> {
    let name = |text: String| text.parse().unwrap();
    let measures =
        prop_oneof![Just(Measure::Count), any_field().prop_map(Measure::Sum), any_field().prop_map(Measure::Distinct),];
    let measured = (any_occurrences(true), measures, comparisons(), decimals(), any::<u32>()).prop_map(
        |(of, measure, is, sum, count)| {
            let value = if matches!(measure, Measure::Sum(_)) { sum } else { Decimal::whole(count.into()).unwrap() };
            Atom::Measure { of, measure, is, value }
        },
    );
    prop_oneof![
        4 => measured,
        1 => (any_occurrences(true), 0_i64..2).prop_map(|(of, n)| {
            let (is, value) = if n == 0 { (Comparison::Equal, 0) } else { (Comparison::AtLeast, 1) };
            Atom::Measure { of, measure: Measure::Count, is, value: Decimal::whole(value).unwrap() }
        }),
        2 => (ends(), any_occurrences(false), ages()).prop_map(|(which, of, test)| Atom::Ends { which, of, test }),
        2 => (any_occurrences(true), any_occurrences(false), prop::option::of(spans()), prop::option::of(any_occurrences(false)))
            .prop_map(|(first, then, within, without)| {
                Atom::Sequence(Box::new(Sequence { first, then, came: true, within, without }))
            }),
        1 => (any_occurrences(true), any_occurrences(false), spans()).prop_map(|(first, then, within)| {
            Atom::Sequence(Box::new(Sequence { first, then, came: false, within: Some(within), without: None }))
        }),
        1 => (names(), prop::option::of(ages()))
            .prop_map(move |(text, held)| Atom::Tag { tag: TagChoice::Named(name(text)), held }),
        1 => ("\\PC{0,12}", prop::option::of(ages()))
            .prop_map(|(text, held)| Atom::Tag { tag: TagChoice::Category(text.into()), held }),
        1 => lines().prop_map(Atom::Line),
        1 => names().prop_map(|text| Atom::Reachable(text.parse().unwrap())),
        1 => (contacts(), ages()).prop_map(|(event, test)| Atom::Contact { event, test }),
        1 => any_tests().prop_map(Atom::Route),
        1 => Just(Atom::UnknownRoute),
        3 => (names(), any_tests()).prop_map(|(text, test)| Atom::Attribute { name: text.parse().unwrap(), test }),
        2 => names().prop_map(|text| Atom::Unknown(text.parse().unwrap())),
        1 => (names(), comparisons(), any::<u32>()).prop_map(|(text, is, value)| Atom::Age { name: text.parse().unwrap(), is, value }),
        1 => (names(), towards(), comparisons(), any::<u32>())
            .prop_map(|(text, toward, is, value)| Atom::Days { name: text.parse().unwrap(), toward, is, value }),
        1 => (names(), anniversaries(366)).prop_map(|(text, test)| Atom::Anniversary { name: text.parse().unwrap(), test }),
        1 => any::<bool>().prop_map(Atom::CartFilled),
        1 => (comparisons(), decimals()).prop_map(|(is, value)| Atom::CartTotal { is, value }),
        1 => prop_oneof![
            (axes(), comparisons(), 1_u8..=10).prop_map(|(axis, is, value)| RankTest::Score(axis, is, value)),
            prop::collection::vec("\\PC{0,8}".prop_map(Into::into), 1..3).prop_map(RankTest::RfmClass),
            prop::collection::vec("\\PC{0,8}".prop_map(Into::into), 1..3).prop_map(RankTest::CpmClass),
            (comparisons(), 1_u8..=10).prop_map(|(is, value)| RankTest::Decile(is, value)),
        ]
        .prop_map(Atom::Rank),
        1 => (reordered("\\PC{0,8}".boxed()), reorders(366)).prop_map(|(of, test)| Atom::Reorder { of, test }),
        1 => (0_u32..=1_000_000, "\\PC{0,8}")
            .prop_map(|(ppm, of)| Atom::Sample { share: Rate::from_ppm(ppm).unwrap(), of: of.into() }),
        1 => names().prop_map(|text| Atom::Segment(text.parse().unwrap())),
    ]
}

/// Conditions the shop of `people` can ask.
pub fn shop_atom() -> impl Strategy<Value = Atom> {
    let attribute = |name: &str, test: ValueTest| Atom::Attribute { name: name.parse().unwrap(), test };
    let date = || select(vec!["birthday", "更新日"]).prop_map(|name| name.parse().unwrap());
    prop_oneof![
        5 => order_atom(),
        8 => measured(),
        4 => (ends(), occurrences(false), ages()).prop_map(|(which, of, test)| Atom::Ends { which, of, test }),
        3 => (begun(), occurrences(false), prop::option::of(short_spans()), prop::option::of(occurrences(false)))
            .prop_map(|(first, then, within, without)| {
                Atom::Sequence(Box::new(Sequence { first, then, came: true, within, without }))
            }),
        3 => (begun(), occurrences(false), short_spans()).prop_map(|(first, then, within)| {
            Atom::Sequence(Box::new(Sequence { first, then, came: false, within: Some(within), without: None }))
        }),
        2 => (select(vec!["VIP", "興味/スキンケア", "興味/メイク"]), prop::option::of(ages()))
            .prop_map(|(name, held)| Atom::Tag { tag: TagChoice::Named(name.parse().unwrap()), held }),
        1 => Just(Atom::Tag { tag: TagChoice::Named("購入/常連".parse().unwrap()), held: None }),
        1 => prop::option::of(ages()).prop_map(|held| Atom::Tag { tag: TagChoice::Category("興味".into()), held }),
        1 => lines().prop_map(Atom::Line),
        1 => Just(Atom::Reachable("email".parse().unwrap())),
        2 => (contacts(), ages()).prop_map(|(event, test)| Atom::Contact { event, test }),
        1 => text_tests(&["店頭QR", "チラシ"]).prop_map(Atom::Route),
        1 => Just(Atom::UnknownRoute),
        1 => one_of(&["female", "male"]).prop_map(move |test| attribute("gender", test)),
        1 => text_tests(&["肌が弱い", "肌"]).prop_map(move |test| attribute("メモ", test)),
        1 => number_tests().prop_map(move |test| attribute("score", test)),
        1 => date_tests().prop_map(move |test| attribute("更新日", test)),
        1 => any::<bool>().prop_map(move |yes| attribute("会員", ValueTest::Is(Comparison::Equal, Literal::Flag(yes)))),
        1 => select(vec!["赤", "青"]).prop_map(move |text| attribute("好きな色", ValueTest::Contains(text.into()))),
        1 => select(vec!["gender", "birthday", "score", "好きな色"]).prop_map(|name| Atom::Unknown(name.parse().unwrap())),
        2 => (date(), comparisons(), 0_u32..60).prop_map(|(name, is, value)| Atom::Age { name, is, value }),
        2 => (date(), towards(), comparisons(), 0_u32..40)
            .prop_map(|(name, toward, is, value)| Atom::Days { name, toward, is, value }),
        2 => (date(), anniversaries(40)).prop_map(|(name, test)| Atom::Anniversary { name, test }),
        1 => any::<bool>().prop_map(Atom::CartFilled),
        1 => (comparisons(), 0_i64..300).prop_map(|(is, value)| Atom::CartTotal { is, value: Decimal::whole(value).unwrap() }),
        3 => ranks().prop_map(Atom::Rank),
        3 => (reordered(select(vec!["A", "B", "C", "skincare", "makeup"]).prop_map(Into::into).boxed()), reorders(30))
            .prop_map(|(of, test)| Atom::Reorder { of, test }),
        1 => (0_u32..=1_000_000, "[a-c]")
            .prop_map(|(ppm, of)| Atom::Sample { share: Rate::from_ppm(ppm).unwrap(), of: of.into() }),
        2 => select(vec!["最近", "肌ケア関心"]).prop_map(|name| Atom::Segment(name.parse().unwrap())),
    ]
}

/// Conditions on orders alone.
pub fn order_atom() -> impl Strategy<Value = Atom> {
    let orders = || windows().prop_map(|window| Occurrences { kind: Kind::Order, filters: Vec::new(), window });
    let whole = |n: i64| Decimal::whole(n).unwrap();
    prop_oneof![
        (orders(), comparisons(), 0_i64..4).prop_map(move |(of, is, n)| Atom::Measure {
            of,
            measure: Measure::Count,
            is,
            value: whole(n)
        }),
        (orders(), comparisons(), 0_i64..300).prop_map(move |(of, is, n)| Atom::Measure {
            of,
            measure: Measure::Sum(Field::Amount),
            is,
            value: whole(n)
        }),
        (ends(), ages()).prop_map(|(which, test)| Atom::Ends { which, of: Occurrences::all(Kind::Order), test }),
    ]
}

fn measured() -> impl Strategy<Value = Atom> {
    let counted = (occurrences(true), prop::bool::ANY).prop_flat_map(|(of, day)| {
        let fields = match &of.kind {
            _ if day => vec![Field::Day],
            Kind::Order => vec![Field::Product, Field::Category, Field::Property("payment".parse().unwrap())],
            Kind::Cart | Kind::View => vec![Field::Product, Field::Category],
            Kind::Click => vec![Field::Link],
            Kind::Message | Kind::Delivery => vec![Field::Message, Field::Scenario],
            Kind::Coupon(_) => vec![Field::Coupon],
            Kind::Event(_) => vec![Field::Property("会場".parse().unwrap()), Field::Property("held".parse().unwrap())],
            _ => vec![Field::Day],
        };
        (Just(of), select(fields)).prop_map(|(of, field)| (of, Measure::Distinct(field)))
    });
    let summed = (occurrences(true), prop::bool::ANY).prop_map(|(of, first)| {
        let measure = match &of.kind {
            Kind::Order | Kind::Cart => Measure::Sum(if first { Field::Amount } else { Field::Quantity }),
            Kind::Event(_) => Measure::Sum(Field::Property(if first { "fee" } else { "seats" }.parse().unwrap())),
            _ => Measure::Count,
        };
        (of, measure)
    });
    let plain = occurrences(true).prop_map(|of| (of, Measure::Count));
    (prop_oneof![2 => plain, 1 => counted, 1 => summed], comparisons(), 0_i64..4, 0_i64..300).prop_map(
        |((of, measure), is, few, many)| {
            let value = Decimal::whole(if matches!(measure, Measure::Sum(_)) { many } else { few }).unwrap();
            Atom::Measure { of, measure, is, value }
        },
    )
}

/// What the shop of `people` knows of its friends; `still` for what need not have an instant.
fn occurrences(still: bool) -> impl Strategy<Value = Occurrences> {
    let coupon = if still {
        vec![CouponState::Held, CouponState::Unused, CouponState::Used, CouponState::Expired]
    } else {
        vec![CouponState::Held, CouponState::Used, CouponState::Expired]
    };
    let event: EventName = "セミナー".parse().unwrap();
    let kinds = prop_oneof![
        3 => Just(Kind::Order),
        3 => select(vec![Kind::Cart, Kind::View, Kind::Click, Kind::Reply, Kind::Postback, Kind::Message, Kind::Delivery]),
        1 => select(coupon).prop_map(Kind::Coupon),
        1 => spans().prop_map(move |span| if still { Kind::Coupon(CouponState::Expires(span)) } else { Kind::Click }),
        2 => Just(Kind::Event(event)),
    ];
    kinds.prop_flat_map(move |kind| {
        let expires = matches!(kind, Kind::Coupon(CouponState::Expires(_)));
        let window = if still && !expires { windows().boxed() } else { Just(None).boxed() };
        (prop::collection::vec(filters(&kind), 0..2), window, Just(kind))
            .prop_map(|(filters, window, kind)| Occurrences { kind, filters, window })
    })
}

/// What something else may follow.
fn begun() -> impl Strategy<Value = Occurrences> {
    (occurrences(false), windows()).prop_map(|(of, window)| Occurrences { window, ..of })
}

fn filters(kind: &Kind) -> BoxedStrategy<Filter> {
    let on = |field: Field, tests: BoxedStrategy<ValueTest>| {
        tests.prop_map(move |test| Filter { field: field.clone(), test }).boxed()
    };
    let property = |name: &str| Field::Property(name.parse().unwrap());
    let goods = || {
        prop_oneof![
            on(Field::Product, text_tests(&["A", "B"])),
            on(Field::Category, text_tests(&["skincare", "makeup"])),
        ]
    };
    match kind {
        Kind::Order => prop_oneof![
            2 => goods(),
            1 => on(Field::Amount, number_tests()),
            1 => on(Field::Quantity, number_tests()),
            1 => on(property("payment"), one_of(&["代引き", "カード"])),
        ]
        .boxed(),
        Kind::Cart => prop_oneof![goods(), on(Field::Price, number_tests()), on(Field::Amount, number_tests())].boxed(),
        Kind::View => goods().boxed(),
        Kind::Click => on(Field::Link, text_tests(&["x", "y"])),
        Kind::Reply => on(Field::Text, text_tests(&["はい", "いいえ"])),
        Kind::Postback => on(Field::Data, text_tests(&["x", "y"])),
        Kind::Message | Kind::Delivery => prop_oneof![
            on(Field::Message, one_of(&["m1", "m2"])),
            on(Field::Scenario, one_of(&["s1"])),
            on(Field::Class, one_of(&["promotional", "transactional"])),
        ]
        .boxed(),
        Kind::Coupon(_) => on(Field::Coupon, one_of(&["hello", "second"])),
        _ => prop_oneof![
            on(property("会場"), text_tests(&["東京", "大阪"])),
            on(property("seats"), number_tests()),
            on(property("held"), date_tests()),
        ]
        .boxed(),
    }
}

fn text_tests(texts: &[&'static str]) -> BoxedStrategy<ValueTest> {
    let some = select(texts.to_vec());
    prop_oneof![
        3 => one_of(texts),
        1 => some.clone().prop_map(|text| ValueTest::Contains(text.into())),
        1 => some.prop_map(|text| ValueTest::StartsWith(text.into())),
    ]
    .boxed()
}

fn one_of(texts: &[&'static str]) -> BoxedStrategy<ValueTest> {
    let literal = select(texts.to_vec()).prop_map(|text| Literal::Text(text.into()));
    prop_oneof![
        (select(vec![Comparison::Equal, Comparison::NotEqual]), literal.clone())
            .prop_map(|(is, v)| ValueTest::Is(is, v)),
        prop::collection::vec(literal, 1..3).prop_map(ValueTest::In),
    ]
    .boxed()
}

fn number_tests() -> BoxedStrategy<ValueTest> {
    let number = (0_i64..4).prop_map(|n| Literal::Number(Decimal::whole(n * n * 5).unwrap()));
    (comparisons(), number).prop_map(|(is, value)| ValueTest::Is(is, value)).boxed()
}

fn date_tests() -> BoxedStrategy<ValueTest> {
    (comparisons(), dates()).prop_map(|(is, date)| ValueTest::Is(is, Literal::Date(date))).boxed()
}

fn ranks() -> impl Strategy<Value = RankTest> {
    prop_oneof![
        (axes(), comparisons(), 1_u8..=5).prop_map(|(axis, is, value)| RankTest::Score(axis, is, value)),
        select(vec!["champions", "loyal", "休眠", "new"]).prop_map(|name| RankTest::RfmClass(vec![name.into()])),
        prop::collection::vec(
            select(vec!["初回現役", "よちよち現役", "優良離脱", "初回離脱"]).prop_map(Into::into),
            1..3
        )
        .prop_map(RankTest::CpmClass),
        (comparisons(), 1_u8..=10).prop_map(|(is, value)| RankTest::Decile(is, value)),
    ]
}

fn any_occurrences(windowed: bool) -> impl Strategy<Value = Occurrences> {
    let states = prop_oneof![
        select(vec![CouponState::Held, CouponState::Unused, CouponState::Used, CouponState::Expired]),
        spans().prop_map(CouponState::Expires),
    ];
    let kinds = prop_oneof![
        4 => select(vec![Kind::Order, Kind::Cart, Kind::View, Kind::Click, Kind::Reply, Kind::Postback, Kind::Message, Kind::Delivery]),
        1 => states.prop_map(Kind::Coupon),
        1 => names().prop_map(|text| Kind::Event(text.parse().unwrap())),
    ];
    let filters = (any_field(), any_tests()).prop_map(|(field, test)| Filter { field, test });
    let window = if windowed { windows().boxed() } else { Just(None).boxed() };
    (kinds, prop::collection::vec(filters, 0..3), window).prop_map(|(kind, filters, window)| Occurrences {
        kind,
        filters,
        window,
    })
}

fn any_field() -> impl Strategy<Value = Field> {
    let named = Field::NAMED.map(|(field, _)| field).to_vec();
    prop_oneof![3 => select(named), 2 => names().prop_map(|text| Field::Property(text.parse().unwrap()))]
}

fn any_tests() -> impl Strategy<Value = ValueTest> {
    let literals = || {
        prop_oneof![
            "\\PC{0,12}".prop_map(|text| Literal::Text(text.into())),
            decimals().prop_map(Literal::Number),
            dates().prop_map(Literal::Date),
            any::<bool>().prop_map(Literal::Flag),
        ]
    };
    prop_oneof![
        4 => (comparisons(), literals()).prop_map(|(is, value)| ValueTest::Is(is, value)),
        2 => prop::collection::vec(literals(), 1..4).prop_map(ValueTest::In),
        1 => "\\PC{0,12}".prop_map(|text| ValueTest::Contains(text.into())),
        1 => "\\PC{0,12}".prop_map(|text| ValueTest::StartsWith(text.into())),
    ]
}

/// Names that mean something else, that are written with quotes, and any others.
pub fn names() -> impl Strategy<Value = String> {
    let words = [
        "and",
        "OR",
        "Not",
        "order",
        "orders.count",
        "orders.sum",
        "views",
        "tag",
        "attribute",
        "unknown",
        "within",
        "first_order",
        "line",
        "true",
        "is",
        "in",
        "then",
        "age",
        "of",
        "with",
        "times",
        "rfm",
        "rfm.recency",
        "decile",
        "reorder",
        "due",
        "overdue",
        "sample",
        "route",
        "product",
        "property",
        "viewed",
        "coupon",
        "cart.total",
        "ago",
        "誕生日",
        "Ａ",
        "it's",
        "“x”",
        "a.b",
        "_",
        "3d",
        "2026-01-01",
        "-",
        "a b",
        "興味/スキンケア",
        "、",
    ];
    prop_oneof![select(words.to_vec()).prop_map(Into::into), "[a-zぁ-ん']([a-z ぁ-ん'\"()]{0,6}[a-z])?"]
}

fn windows() -> impl Strategy<Value = Option<AgeTest>> {
    prop::option::weighted(0.75, ages())
}

fn ages() -> impl Strategy<Value = AgeTest> {
    prop_oneof![
        2 => spans().prop_map(AgeTest::OlderThan),
        4 => spans().prop_map(AgeTest::Within),
        2 => (spans(), 1_u32..50).prop_map(|(until, more)| {
            AgeTest::Between { from: Span::days((until.nominal_millis() / 86_400_000) as u32 + more), until }
        }),
        1 => dates().prop_map(AgeTest::Before),
        1 => dates().prop_map(AgeTest::Since),
        1 => (dates(), 0_u64..40).prop_map(|(from, days)| AgeTest::During { from, to: from + chrono::Days::new(days) }),
    ]
}

fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        (0_u32..100).prop_map(Span::days),
        short_spans(),
        (0_u32..60, 0_u32..1440).prop_map(|(days, minutes)| format!("{days}d{minutes}m").parse().unwrap()),
    ]
}

fn short_spans() -> impl Strategy<Value = Span> {
    prop_oneof![(0_u32..3000).prop_map(Span::minutes), (0_u32..20).prop_map(Span::days)]
}

fn dates() -> impl Strategy<Value = Date> {
    (0_u64..120).prop_map(|days| Date::from_ymd_opt(2026, 2, 1).unwrap() + chrono::Days::new(days))
}

fn decimals() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_i64..1_000_000_000, 0_u8..=9).prop_map(|(n, scale)| Decimal::from_parts(n, scale).unwrap())
}

fn anniversaries(most: u16) -> impl Strategy<Value = AnniversaryTest> {
    prop_oneof![
        (1..=most).prop_map(AnniversaryTest::Within),
        (0..=most).prop_map(AnniversaryTest::In),
        Just(AnniversaryTest::ThisMonth),
    ]
}

fn reordered(names: BoxedStrategy<String>) -> impl Strategy<Value = Goods> {
    prop_oneof![
        Just(Goods::Anything),
        names.clone().prop_map(|sku| Goods::Product(sku.into())),
        names.prop_map(|name| Goods::Category(name.into())),
    ]
}

fn reorders(most: u16) -> impl Strategy<Value = ReorderTest> {
    prop_oneof![
        Just(ReorderTest::Due),
        (1..=most).prop_map(ReorderTest::DueWithin),
        (0..=most).prop_map(ReorderTest::DueIn),
        (1..=most).prop_map(ReorderTest::OverdueBy),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    select(Comparison::ALL.map(|(is, _)| is).to_vec())
}

fn ends() -> impl Strategy<Value = End> {
    select(vec![End::First, End::Last])
}

fn towards() -> impl Strategy<Value = Toward> {
    select(vec![Toward::Since, Toward::Until])
}

fn axes() -> impl Strategy<Value = RfmAxis> {
    select(vec![RfmAxis::Recency, RfmAxis::Frequency, RfmAxis::Monetary])
}

fn lines() -> impl Strategy<Value = LineState> {
    select(vec![LineState::Following, LineState::Blocked, LineState::Linked])
}

fn contacts() -> impl Strategy<Value = ContactEvent> {
    select(vec![
        ContactEvent::FirstFollow,
        ContactEvent::LastFollow,
        ContactEvent::LastBlock,
        ContactEvent::LastLink,
        ContactEvent::FirstContact,
    ])
}
