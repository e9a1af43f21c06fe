//! Do the counters say what the uses come to?

use std::collections::BTreeMap;

use enishi::coupon::ledger::{Key, Record, Use};

/// Counts all uses among the records anew; panics where a counter says something else. Gives those that count.
pub(crate) fn must_add_up(records: &BTreeMap<Key, Record>) -> Vec<&Use> {
    let uses = records.values().filter_map(|record| match record {
        Record::Use(one) if one.counts() => Some(one),
        _ => None,
    });
    let uses: Vec<&Use> = uses.collect();
    for (key, record) in records {
        let counted = |counts: &dyn Fn(&Use) -> bool| uses.iter().filter(|one| counts(one)).count() as u64;
        match (key, record) {
            (Key::Coupon(coupon), Record::Coupon(totals)) => {
                assert_eq!(totals.counter.uses(), counted(&|one| one.key.coupon == *coupon), "{key:?}");
                let promised = records.iter().filter_map(|(other, record)| match record {
                    Record::Code(account) if other.coupon() == Some(coupon) => account.issued?.promise,
                    _ => None,
                });
                // What was promised stands for what was used of it.
                let unused: i64 = promised.map(|promise| promise.sum.minor() - promise.used.minor()).sum();
                let cost = uses.iter().filter(|one| one.key.coupon == *coupon).map(|one| one.cost().minor());
                assert_eq!(totals.taken.minor(), cost.sum::<i64>() + unused, "{key:?}");
            }
            (Key::Code(coupon, code), Record::Code(account)) => {
                let counted = counted(&|one| one.key.coupon == *coupon && one.code.as_ref() == Some(code));
                assert_eq!(account.counter.uses(), counted, "{key:?}");
            }
            (Key::Friend(coupon, friend), Record::Friend(counter)) => {
                let counted = counted(&|one| one.key.coupon == *coupon && one.friend == Some(*friend));
                assert_eq!(counter.uses(), counted, "{key:?}");
            }
            _ => {}
        }
    }
    uses
}
