//! Random expressions, and that every way of writing one gives it back.

use enishi::model::{Date, Decimal, Span};
use enishi::segment::{AgeTest, Atom, Comparison, CouponState, End, Expr, LineState, Literal, Window};
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn text_and_json_give_the_expression_back(expr in expressions(any_atom())) {
        let text = expr.to_string();
        let parsed = Expr::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(&parsed.expr, &expr, "{}", text);
        prop_assert_eq!(parsed.expr.to_string(), text.clone(), "the canonical text is canonical");
        prop_assert_eq!(parsed.places.len(), atoms(&expr));
        let json = expr.to_json();
        prop_assert_eq!(&Expr::from_json(&json).unwrap(), &expr, "{}", json);
        let as_text: serde_json::Value = serde_json::from_str(&json.to_string()).unwrap();
        prop_assert_eq!(&Expr::from_json(&as_text).unwrap(), &expr);
        // Full-width signs and any white space between the words mean the same.
        let wide = text.replace(" >= ", "　＞＝\n").replace(" and ", "\tAND　").replace('(', "（").replace(" not ", " NOT ");
        if !text.contains('\'') {
            prop_assert_eq!(&Expr::parse(&wide).unwrap().expr, &expr, "{}", wide);
        }
    }
}

fn atoms(expr: &Expr) -> usize {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().map(atoms).sum(),
        Expr::Not(inner) => atoms(inner),
        Expr::Atom(_) => 1,
    }
}

pub(crate) fn expressions(atom: impl Strategy<Value = Atom> + 'static) -> impl Strategy<Value = Expr> {
    atom.prop_map(Expr::Atom).prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(Expr::All),
            several().prop_map(Expr::Any),
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

/// Conditions on orders only: what time alone can change.
pub(crate) fn order_atom() -> impl Strategy<Value = Atom> {
    prop_oneof![
        (windows(), comparisons(), 0_u32..4).prop_map(|(window, is, value)| Atom::OrdersCount { window, is, value }),
        (windows(), comparisons(), 0_i64..300).prop_map(|(window, is, value)| Atom::OrdersTotal {
            window,
            is,
            value: Decimal::whole(value).unwrap()
        }),
        (select(vec![End::First, End::Last]), ages()).prop_map(|(which, test)| Atom::Order { which, test }),
    ]
}

fn any_atom() -> impl Strategy<Value = Atom> {
    let decimals =
        (-1_000_000_000_i64..1_000_000_000, 0_u8..=9).prop_map(|(n, scale)| Decimal::from_parts(n, scale).unwrap());
    let literals = prop_oneof![
        "\\PC{0,12}".prop_map(|text| Literal::Text(text.into())),
        decimals.clone().prop_map(Literal::Number),
        dates().prop_map(Literal::Date),
        any::<bool>().prop_map(Literal::Flag),
    ];
    let equality = || select(vec![Comparison::Equal, Comparison::NotEqual]);
    prop_oneof![
        3 => order_atom(),
        1 => (windows(), comparisons(), decimals).prop_map(|(window, is, value)| Atom::OrdersTotal { window, is, value }),
        1 => (windows(), comparisons(), any::<u32>()).prop_map(|(window, is, value)| Atom::OrdersCount { window, is, value }),
        1 => names().prop_map(|name| Atom::Tag(name.parse().unwrap())),
        1 => select(vec![LineState::Following, LineState::Blocked, LineState::Linked]).prop_map(Atom::Line),
        1 => (equality(), "\\PC{0,12}").prop_map(|(is, value)| Atom::Route { is, value: value.into() }),
        3 => (names(), comparisons(), literals).prop_map(|(name, is, value)| Atom::Attribute { name: name.parse().unwrap(), is, value }),
        2 => names().prop_map(|name| Atom::Unknown(name.parse().unwrap())),
        1 => (names(), select(vec![CouponState::Held, CouponState::Unused, CouponState::Used, CouponState::Expired]))
            .prop_map(|(name, state)| Atom::Coupon { name: name.parse().unwrap(), state }),
        1 => names().prop_map(|name| Atom::Segment(name.parse().unwrap())),
    ]
}

/// Names that mean something else, that are written with quotes, and any others.
fn names() -> impl Strategy<Value = String> {
    let words = [
        "and",
        "OR",
        "Not",
        "order",
        "orders.count",
        "tag",
        "attribute",
        "unknown",
        "within",
        "first_order",
        "line",
        "true",
        "is",
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
    ];
    prop_oneof![select(words.to_vec()).prop_map(Into::into), "[a-zぁ-ん']([a-z ぁ-ん'\"()]{0,6}[a-z])?"]
}

fn windows() -> impl Strategy<Value = Window> {
    prop_oneof![
        2 => Just(Window::Ever),
        3 => spans().prop_map(Window::Within),
        2 => (spans(), 1_u32..50).prop_map(|(until, more)| {
            Window::Between { from: Span::days((until.nominal_millis() / 86_400_000) as u32 + more), until }
        }),
        1 => dates().prop_map(Window::Since),
    ]
}

fn ages() -> impl Strategy<Value = AgeTest> {
    prop_oneof![
        spans().prop_map(AgeTest::OlderThan),
        spans().prop_map(AgeTest::Within),
        dates().prop_map(AgeTest::Before),
        dates().prop_map(AgeTest::Since),
    ]
}

fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        (0_u32..100).prop_map(Span::days),
        (0_u32..3000).prop_map(Span::minutes),
        (0_u32..60, 0_u32..1440).prop_map(|(days, minutes)| format!("{days}d{minutes}m").parse().unwrap()),
    ]
}

fn dates() -> impl Strategy<Value = Date> {
    (0_u64..120).prop_map(|days| Date::from_ymd_opt(2026, 2, 1).unwrap() + chrono::Days::new(days))
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    select(Comparison::ALL.map(|(is, _)| is).to_vec())
}
