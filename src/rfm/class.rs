//! Names for groups of scores.

use core::ops::RangeInclusive;

use crate::model::Name;

use super::{Bins, Score};

/// The most rules a map may have.
pub const MAX_CLASS_RULES: usize = 200;

/// A class by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The name rules and programs use.
    pub name: Name,
    /// The name people read, where it is another.
    pub label: Option<Name>,
}

/// The scores that make up a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassRule {
    /// Which class.
    pub class: Class,
    /// Recency scores.
    pub recency: RangeInclusive<u8>,
    /// Frequency scores.
    pub frequency: RangeInclusive<u8>,
    /// Monetary scores.
    pub monetary: RangeInclusive<u8>,
}

impl ClassRule {
    fn matches(&self, score: Score) -> bool {
        self.recency.contains(&score.recency)
            && self.frequency.contains(&score.frequency)
            && self.monetary.contains(&score.monetary)
    }
}

/// Which class each score belongs to: ordered rules of which the first that matches wins, and a
/// class for the scores of no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMap {
    /// The rules' classes in order, then the class of the others.
    classes: Vec<Class>,
    /// The place in `classes` of every score there can be.
    table: Vec<u8>,
}

/// How many customers a class has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCount<'a> {
    /// Which class.
    pub class: &'a Class,
    /// How many.
    pub customers: u64,
}

impl ClassMap {
    /// Ten classes which share out the five by five scores of recency and frequency so that each
    /// has exactly one (semantics 4.10 b). Scores over five are `others`.
    pub fn partition() -> Self {
        let others = Class { name: plain("others"), label: Some(plain("その他")) };
        Self::new(partition_rules(), others).expect("ten rules with ranges that are not empty")
    }

    /// A map by rules of one's own. Several rules may lead to the same class.
    ///
    /// # Errors
    /// When there are more than [`MAX_CLASS_RULES`] rules, or one can never match because a range
    /// is empty or lies outside the scores there are.
    pub fn new(rules: Vec<ClassRule>, others: Class) -> Result<Self, ClassMapError> {
        if rules.len() > MAX_CLASS_RULES {
            return Err(ClassMapError::TooMany { rules: rules.len() });
        }
        let possible = |range: &RangeInclusive<u8>| (1..=Bins::MAX.get()).any(|score| range.contains(&score));
        for (rule, r) in rules.iter().enumerate() {
            if ![&r.recency, &r.frequency, &r.monetary].into_iter().all(possible) {
                return Err(ClassMapError::NeverMatches { rule, name: r.class.name.clone() });
            }
        }
        // Classes of one name are one, at the place of the first.
        let mut classes: Vec<Class> = Vec::new();
        for class in rules.iter().map(|rule| &rule.class).chain([&others]) {
            if classes.iter().all(|known| known.name != class.name) {
                classes.push(class.clone());
            }
        }
        let place = |class: &Class| classes.iter().position(|c| c.name == class.name).map_or(0, |place| place as u8);
        let all = 0..=Bins::MAX.get();
        let mut table = Vec::with_capacity(TABLE_SIDE.pow(3));
        for recency in all.clone() {
            for frequency in all.clone() {
                for monetary in all.clone() {
                    let score = Score { recency, frequency, monetary };
                    let rule = rules.iter().find(|rule| rule.matches(score));
                    table.push(place(rule.map_or(&others, |rule| &rule.class)));
                }
            }
        }
        Ok(Self { classes, table })
    }

    /// The classes, in the order of the rules; the class of the others comes last unless a rule
    /// names it too.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The class of a score.
    pub fn class_of(&self, score: Score) -> &Class {
        &self.classes[self.place_of(score)]
    }

    /// The place of a score's class among [`classes`](Self::classes).
    pub fn place_of(&self, score: Score) -> usize {
        let side = |score: u8| usize::from(score).min(TABLE_SIDE - 1);
        let cell = (side(score.recency) * TABLE_SIDE + side(score.frequency)) * TABLE_SIDE + side(score.monetary);
        usize::from(self.table[cell])
    }

    /// How many of these scores each class has, in the order of [`classes`](Self::classes); classes
    /// with nobody are there too.
    pub fn count(&self, scores: &[Score]) -> Vec<ClassCount<'_>> {
        let mut counts: Vec<_> = self.classes.iter().map(|class| ClassCount { class, customers: 0 }).collect();
        for score in scores {
            counts[self.place_of(*score)].customers += 1;
        }
        counts
    }
}

fn partition_rules() -> Vec<ClassRule> {
    let rule = |name, label, recency, frequency| ClassRule {
        class: Class { name: plain(name), label: Some(plain(label)) },
        recency,
        frequency,
        monetary: 1..=Bins::MAX.get(),
    };
    vec![
        rule("champions", "最優良", 5..=5, 4..=5),
        rule("loyal", "優良", 3..=4, 4..=5),
        rule("potential_loyalist", "優良候補", 4..=5, 2..=3),
        rule("new", "新規", 5..=5, 1..=1),
        rule("promising", "有望", 4..=4, 1..=1),
        rule("need_attention", "要フォロー", 3..=3, 3..=3),
        rule("about_to_sleep", "休眠予備軍", 3..=3, 1..=2),
        rule("cant_lose", "離反優良", 1..=2, 5..=5),
        rule("at_risk", "離反予備軍", 1..=2, 3..=4),
        rule("hibernating", "休眠", 1..=2, 1..=2),
    ]
}

fn plain(name: &str) -> Name {
    Name::new(name).expect("the names in this file are short and plain")
}

/// Scores from 0, which nobody has, to the most bins.
const TABLE_SIDE: usize = Bins::MAX.get() as usize + 1;

/// Why rules do not make a map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassMapError {
    /// More than anybody could tell apart.
    #[error("{rules} class rules: at most {MAX_CLASS_RULES}")]
    TooMany {
        /// How many there are.
        rules: usize,
    },
    /// A range without scores.
    #[error("rule {rule} (`{}`) can never match: each range must hold a score from 1 to {}", name.as_str(), Bins::MAX.get())]
    NeverMatches {
        /// Which rule, from zero.
        rule: usize,
        /// Its class.
        name: Name,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str) -> Class {
        Class { name: Name::new(name).unwrap(), label: None }
    }

    fn score(recency: u8, frequency: u8, monetary: u8) -> Score {
        Score { recency, frequency, monetary }
    }

    /// Semantics 4.10 (b), written as the grid: rows are recency 1 to 5, columns frequency 1 to 5.
    #[test]
    fn the_partition_gives_each_cell_exactly_once() {
        let grid = [
            "hibernating hibernating at_risk at_risk cant_lose",
            "hibernating hibernating at_risk at_risk cant_lose",
            "about_to_sleep about_to_sleep need_attention loyal loyal",
            "promising potential_loyalist potential_loyalist loyal loyal",
            "new potential_loyalist potential_loyalist champions champions",
        ];
        let map = ClassMap::partition();
        let mut cells = Vec::new();
        for (row, r) in grid.iter().zip(1..) {
            for (name, f) in row.split(' ').zip(1..) {
                for m in 1..=5 {
                    assert_eq!(map.class_of(score(r, f, m)).name.as_str(), name, "R{r} F{f} M{m}");
                    let rules = partition_rules().iter().filter(|rule| rule.matches(score(r, f, m))).count();
                    assert_eq!(rules, 1, "R{r} F{f} M{m}");
                }
                cells.push(score(r, f, 3));
            }
        }
        let counts: Vec<_> = map.count(&cells).iter().map(|c| (c.class.name.as_str(), c.customers)).collect();
        assert_eq!(
            counts,
            [
                ("champions", 2),
                ("loyal", 4),
                ("potential_loyalist", 4),
                ("new", 1),
                ("promising", 1),
                ("need_attention", 1),
                ("about_to_sleep", 2),
                ("cant_lose", 2),
                ("at_risk", 4),
                ("hibernating", 4),
                ("others", 0),
            ]
        );
        assert_eq!(map.class_of(score(6, 1, 1)).name.as_str(), "others");
    }

    #[test]
    fn the_first_rule_that_matches_wins() {
        let rule = |name: &str, r: RangeInclusive<u8>| ClassRule {
            class: class(name),
            recency: r,
            frequency: 1..=5,
            monetary: 1..=5,
        };
        let map = ClassMap::new(vec![rule("a", 4..=5), rule("b", 2..=5), rule("a", 1..=1)], class("rest")).unwrap();
        let names: Vec<_> = map.classes().iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "rest"]);
        let of = |r| map.class_of(score(r, 1, 1)).name.as_str();
        assert_eq!([1, 2, 3, 4, 5, 6, 255].map(of), ["a", "b", "b", "a", "a", "rest", "rest"]);
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges, reason = "the fault looked for")]
    fn faulty_rules_are_named() {
        let rule = |r| ClassRule { class: class("a"), recency: r, frequency: 1..=5, monetary: 1..=5 };
        for range in [0..=0, 5..=4, 11..=20] {
            let error = ClassMap::new(vec![rule(1..=5), rule(range)], class("rest")).unwrap_err();
            assert_eq!(error, ClassMapError::NeverMatches { rule: 1, name: Name::new("a").unwrap() });
        }
        let many = vec![rule(1..=5); MAX_CLASS_RULES + 1];
        assert_eq!(ClassMap::new(many, class("rest")), Err(ClassMapError::TooMany { rules: 201 }));
    }
}
