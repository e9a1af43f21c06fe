//! Who comes into a segment and who leaves it, told at the instant, as if everybody were asked all the time.

use enishi::model::{Friend, FriendKey, SegmentName, Timestamp};
use enishi::population::{Move, Standing};
use proptest::prelude::*;

use super::expressions::{expressions, shop_atom};
use super::people::{DAY, START, compiled, friends, schema, zones};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn moves_are_told_when_they_happen(
        exprs in prop::collection::vec(expressions(shop_atom()), 1..4),
        people in prop::collection::vec(friends(), 1..5),
        news in prop::collection::vec((0_i64..150 * DAY, any::<prop::sample::Index>(), friends()), 0..6),
        zone in zones(), samples in prop::collection::vec(0_i64..150 * DAY, 30),
    ) {
        let schema = schema(zone);
        let segments: Vec<(SegmentName, _)> = exprs.iter().enumerate().map(|(i, expr)| {
            (format!("s{i}").parse().unwrap(), compiled(expr, &schema))
        }).collect();
        let mut standing = Standing::new(segments.clone());
        let mut people: Vec<Friend> = people.into_iter().enumerate().map(|(i, friend)| named(i, friend)).collect();
        let mut moves = Vec::new();
        for (row, friend) in people.iter().enumerate() {
            moves.extend(standing.look(row as u32, friend, at(0)));
        }
        // Life goes on: now and then somebody becomes another, and now and then somebody looks who is inside.
        let mut news: Vec<_> = news.into_iter().map(|(when, who, to)| (when, Some((who, to)))).collect();
        news.extend(samples.iter().map(|when| (*when, None)));
        news.sort_by_key(|(when, _)| *when);
        for (when, news) in news {
            moves.extend(standing.advance(at(when), &people));
            if let Some((who, to)) = news {
                let row = who.index(people.len());
                people[row] = named(row, to);
                moves.extend(standing.look(row as u32, &people[row], at(when)));
            }
            for (name, predicate) in &segments {
                let inside: Vec<u32> = standing.inside(name.as_str()).unwrap().iter().collect();
                let expected: Vec<u32> = (0..people.len() as u32)
                    .filter(|row| predicate.matches(&people[*row as usize], at(when))).collect();
                prop_assert_eq!(inside, expected, "{} at {}", predicate.expr(), at(when));
            }
        }
        told_in_turn(&moves)?;
    }
}

/// In order of time, and never twice the same way.
fn told_in_turn(moves: &[Move]) -> Result<(), TestCaseError> {
    let mut inside = std::collections::BTreeMap::new();
    for pair in moves.windows(2) {
        prop_assert!(pair[0].at <= pair[1].at);
    }
    for told in moves {
        let before = inside.insert((told.row, told.segment.clone()), told.came_in).unwrap_or(false);
        prop_assert_ne!(before, told.came_in);
    }
    Ok(())
}

fn named(row: usize, friend: Friend) -> Friend {
    Friend { key: FriendKey::new(&format!("shop:{row}")).unwrap(), ..friend }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(START + ms).unwrap()
}
