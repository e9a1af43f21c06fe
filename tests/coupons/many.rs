//! More coupons than can all be combined in every way.

use enishi::coupon::{BestFor, Candidate, Checkout, Coupon, NotApplied, Quote, Search, With};
use enishi::model::Zone;

use crate::brute::answer;
use crate::random::{self, Dice};
use crate::shop::{amount, basket, guest, now, rate, taken, yen};

fn best(coupons: &[Coupon], best_for: BestFor, at_most: usize) -> Quote {
    let guest = guest();
    let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
    checkout.combining.best_for = best_for;
    checkout.combining.at_most = at_most;
    let candidates: Vec<Candidate<'_>> = coupons.iter().map(Candidate::shared).collect();
    checkout.quote(&basket(&[(3, 1000), (1, 2500), (2, 77)]), &candidates).unwrap()
}

/// Coupons of which each makes a difference to all that come after it.
fn tangled(count: usize) -> Vec<Coupon> {
    (0..count)
        .map(|nth| {
            let mut coupon = rate(&format!("c{nth:02}"), &format!("{}%", 1 + nth % 5), None);
            coupon.scope.skus = [["0"], ["1"], ["2"]][nth % 3].map(Box::from).into();
            coupon.stacking.with = [With::All, With::Group("x".into()), With::Group("y".into())][nth % 7 % 3].clone();
            coupon
        })
        .collect()
}

/// What brute force finds of up to fourteen coupons is found, though the work is bounded; and if it is not, it is told
/// how far away it may be.
#[test]
fn the_best_of_fourteen_is_found_or_missed_by_no_more_than_is_told() {
    let (friends, vips) = (random::friends(), random::vips());
    let mut complete = 0;
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let mut checkout = random::checkout(&mut dice, &friends);
        checkout.combining.at_most = 3;
        let basket = std::iter::repeat_with(|| random::basket(&mut dice)).find(|it| it.lines.len() > 3).unwrap();
        let coupons: Vec<Coupon> = (0..14).map(|nth| random::coupon(&mut dice, &format!("c{nth:02}"), &vips)).collect();
        let candidates: Vec<Candidate<'_>> = coupons.iter().map(Candidate::shared).collect();
        let quote = checkout.quote(&basket, &candidates).unwrap();
        let expected = answer(&basket, &candidates, &checkout);
        let off = expected.off_lines.iter().sum::<i64>() + expected.off_shipping;
        match quote.search {
            Search::Complete => {
                complete += 1;
                assert_eq!(crate::agree::told(&quote), expected, "seed {seed}");
            }
            Search::CutShort { most } => {
                assert!(off <= most.minor(), "seed {seed}");
                let customer = checkout.combining.best_for == BestFor::Customer;
                assert!(!customer || off <= quote.discount.minor() * 3, "seed {seed}");
            }
        }
    }
    assert!(complete > 0);
}

#[test]
fn the_search_ends_however_many_there_are_and_says_so() {
    let coupons = tangled(64);
    for best_for in [BestFor::Customer, BestFor::Shop] {
        let quote = best(&coupons, best_for, 20);
        let Search::CutShort { most } = quote.search else { panic!("{best_for:?}: all of them?") };
        assert!(quote.discount <= most);
        assert_eq!(best(&coupons, best_for, 20), quote, "the same work every time");
    }
    assert_eq!(best(&tangled(12), BestFor::Customer, 12).search, Search::Complete);
    assert_eq!(best(&tangled(12), BestFor::Shop, 12).search, Search::Complete);
}

#[test]
fn of_very_many_the_sixty_four_that_give_most_alone_are_looked_at() {
    let coupons: Vec<Coupon> = (1..=100).map(|off| amount(&format!("c{off:03}"), off)).collect();
    let quote = best(&coupons, BestFor::Customer, 3);
    assert_eq!(taken(&quote), ["c098", "c099", "c100"]);
    assert_eq!((quote.discount, quote.search), (yen(297), Search::Complete));
    let left_out = |why: &NotApplied| *why == NotApplied::NotLookedAt { at_most: 64 };
    let refused: Vec<&str> = quote.refused.iter().filter(|it| left_out(&it.why)).map(|it| it.coupon.as_str()).collect();
    assert_eq!((refused.len(), refused[0], refused[35]), (36, "c001", "c036"));
}
