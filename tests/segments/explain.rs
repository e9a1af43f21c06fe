//! What is explained is what is answered.

use enishi::model::Friend;
use enishi::segment::{Explanation, Expr, Part};
use proptest::prelude::*;

use super::expressions::{expressions, shop_atom};
use super::people::{compiled, friends, instants, schema, zones};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_explanation_says_what_matches_says(
        expr in expressions(shop_atom()), friend in friends(), now in instants(), zone in zones(),
    ) {
        let schema = schema(zone);
        let predicate = compiled(&expr, &schema);
        let why = predicate.explain(&friend, now);
        prop_assert_eq!(why.holds, predicate.matches(&friend, now), "{}\n{}", expr, why);
        prop_assert!(why.decides);
        if let Some(at) = why.turns_at {
            prop_assert!(at > now);
            prop_assert_ne!(predicate.matches(&friend, at), why.holds, "{}", why);
            prop_assert_eq!(predicate.matches(&friend, at.plus_millis(-1)), why.holds, "{}", why);
        }
        sound(&why)?;
        leaves_are_right(&why, &friend, &schema, now)?;
        // Those that decide are enough: with the others turned, the answer stays.
        prop_assert_eq!(with_the_others_turned(&why), why.holds, "{}", why);
    }
}

/// Every joint says of its parts what it should, and some part decides where the whole does.
fn sound(why: &Explanation) -> Result<(), TestCaseError> {
    let verdicts: Vec<bool> = why.parts.iter().map(|part| part.holds).collect();
    let expected = match &why.part {
        Part::All => verdicts.iter().all(|holds| *holds),
        Part::Any => verdicts.iter().any(|holds| *holds),
        Part::Not => !verdicts[0],
        Part::Segment { .. } => verdicts[0],
        _ => why.holds,
    };
    prop_assert_eq!(why.holds, expected);
    if why.decides && !why.parts.is_empty() {
        prop_assert!(why.parts.iter().any(|part| part.decides), "{}", why);
    }
    prop_assert!(why.decides || why.parts.iter().all(|part| !part.decides));
    why.parts.iter().try_for_each(sound)
}

/// Each condition, written out and asked by itself, has the verdict it is shown with.
fn leaves_are_right(
    why: &Explanation,
    friend: &Friend,
    schema: &enishi::segment::Schema,
    now: enishi::model::Timestamp,
) -> Result<(), TestCaseError> {
    let (text, needs) = match &why.part {
        Part::Condition { text, needs, .. } => (text, needs.is_some()),
        Part::Segment { text } => (text, why.decides),
        _ => return why.parts.iter().try_for_each(|part| leaves_are_right(part, friend, schema, now)),
    };
    let alone = compiled(&Expr::parse(text).unwrap().expr, schema);
    prop_assert_eq!(alone.matches(friend, now), why.holds, "{}", text);
    prop_assert_eq!(needs, why.decides, "{}", text);
    why.parts.iter().try_for_each(|part| leaves_are_right(part, friend, schema, now))
}

fn with_the_others_turned(why: &Explanation) -> bool {
    let mut parts = why.parts.iter().map(with_the_others_turned);
    match &why.part {
        Part::All => parts.all(|part| part),
        Part::Any => parts.any(|part| part),
        Part::Not => !parts.next().unwrap(),
        Part::Segment { .. } => parts.next().unwrap(),
        _ => why.holds == why.decides,
    }
}
