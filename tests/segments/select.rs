//! What is selected from a population is what is asked of its friends one by one.

use enishi::model::{Friend, FriendKey, Timestamp};
use enishi::population::Population;
use enishi::segment::Predicate;
use proptest::prelude::*;

use super::expressions::{expressions, shop_atom};
use super::people::{compiled, friends, instants, schema, zones};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn a_selection_holds_those_for_whom_it_matches(
        expr in expressions(shop_atom()), people in prop::collection::vec(friends(), 1..100), now in instants(), zone in zones(),
        changed in prop::collection::vec((any::<prop::sample::Index>(), friends()), 0..6),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let predicate = compiled(&expr, &schema(zone));
        let mut people = named(people);
        // Some are there from the first, some are added.
        let (first, later) = people.split_at(people.len() / 2);
        let mut population = Population::of(first).unwrap();
        population.append_friends(later).unwrap();
        let mut gone = vec![false; people.len()];
        check(&population, &predicate, &people, &gone, now)?;
        for (place, to) in changed {
            let row = place.index(people.len());
            let key = people[row].key.clone();
            people[row] = Friend { key, ..to };
            population.update(row as u32, &people[row]).unwrap();
        }
        for place in removed {
            let row = place.index(people.len());
            prop_assert_eq!(population.remove(row as u32).is_ok(), !gone[row]);
            gone[row] = true;
        }
        check(&population, &predicate, &people, &gone, now)?;
    }
}

fn check(
    population: &Population,
    predicate: &Predicate,
    people: &Vec<Friend>,
    gone: &[bool],
    now: Timestamp,
) -> Result<(), TestCaseError> {
    let expected: Vec<u32> = (0..people.len())
        .filter(|row| !gone[*row] && predicate.matches(&people[*row], now))
        .map(|row| row as u32)
        .collect();
    let plan = population.plan_with(predicate, now, people);
    prop_assert_eq!(&plan.ids(), &expected, "{}\n{}", predicate.expr(), plan);
    prop_assert_eq!(plan.count(), expected.len());
    let selected = population.select_with(predicate, now, people);
    prop_assert_eq!(&selected.iter().collect::<Vec<_>>(), &expected);
    // Without records it answers the same, or says what it cannot answer.
    if let Ok(ids) = population.ids(predicate, now) {
        prop_assert_eq!(&ids, &expected, "{}", predicate.expr());
    }
    Ok(())
}

fn named(mut people: Vec<Friend>) -> Vec<Friend> {
    for (place, friend) in people.iter_mut().enumerate() {
        friend.key = FriendKey::new(&format!("shop:{place}")).unwrap();
    }
    people
}
