//! LINE's own coupons, over HTTP and against LINE's own schema where it is there.

use core::num::NonZeroU64;

use enishi::line::{
    Acquisition, Answer, CashBack, CloseOutcome, Discount, LineCoupon, LineCouponId, LineCouponPage, LineCouponStatus,
    LineCoupons, LineZone, NewLineCoupon, Request, Reward, ToldAcquisition, Visibility,
};
use line_stand_in::Fault;

use crate::lab::{HOUR, Lab};

fn yen(amount: u64) -> NonZeroU64 {
    NonZeroU64::new(amount).unwrap()
}

fn coupon(lab: &Lab, title: &str, reward: Reward) -> NewLineCoupon {
    let now = lab.now();
    NewLineCoupon::new(title, reward, now, now.plus_millis(HOUR), LineZone::TOKYO)
}

fn create(lab: &Lab, coupon: &NewLineCoupon) -> LineCouponId {
    let request = Request::create_coupon(coupon, lab.now()).unwrap();
    let body = lab.wait_on(lab.transport.ask(&request)).unwrap_or_else(|answer| panic!("{coupon:?}: {answer:?}"));
    LineCouponId::of_created(&body).unwrap()
}

fn detail(lab: &Lab, id: &LineCouponId) -> LineCoupon {
    LineCoupon::parse(&lab.wait_on(lab.transport.ask(&Request::coupon(id))).unwrap()).unwrap()
}

fn close(lab: &Lab, id: &LineCouponId) -> CloseOutcome {
    let request = Request::close_coupon(id);
    let answered = lab.wait_on(lab.transport.ask(&request));
    CloseOutcome::of(answered.map_or_else(|answer| answer, |_| Answer::Accepted { request_id: None }))
}

#[test]
fn whatever_can_be_written_line_takes_and_tells_again() {
    let lab = Lab::new();
    let rewards = [
        Reward::Discount(Discount::Fixed(yen(500))),
        Reward::Discount(Discount::Percentage(99)),
        Reward::Discount(Discount::Explicit { original: yen(1000), after: yen(700) }),
        Reward::CashBack(CashBack::Fixed(yen(1))),
        Reward::CashBack(CashBack::Percentage(1)),
        Reward::Free,
        Reward::Gift,
        Reward::Others,
    ];
    for reward in rewards {
        let mut written = coupon(&lab, "春", reward);
        written.code = Some("SPRING26".into());
        written.description = Some("説明".into());
        written.usage = Some("条件".into());
        written.image = Some("https://shop.example/a.png".into());
        written.barcode = Some("https://shop.example/b.png".into());
        written.acquisition = Acquisition::Lottery { probability: 10, at_most: 500.try_into().ok() };
        written.once = false;
        written.visibility = Visibility::Public;
        let told = detail(&lab, &create(&lab, &written));
        assert_eq!((told.reward, told.status), (Some(reward), Some(LineCouponStatus::Running)));
        assert_eq!((told.from, told.until), (Some(written.from), Some(written.until)));
        assert_eq!((told.code, told.description, told.usage), (written.code, written.description, written.usage));
        let lottery = ToldAcquisition::Lottery { probability: Some(10), at_most: Some(500) };
        assert_eq!((told.acquisition, told.once), (Some(lottery), false));
    }
    let unbounded = Acquisition::Lottery { probability: 1, at_most: None };
    let mut written = coupon(&lab, "春", Reward::Gift);
    written.acquisition = unbounded;
    let lottery = ToldAcquisition::Lottery { probability: Some(1), at_most: None };
    assert_eq!(detail(&lab, &create(&lab, &written)).acquisition, Some(lottery));
}

#[test]
fn all_pages_are_all_coupons() {
    let lab = Lab::new();
    let made: Vec<_> = (0..7).map(|n| create(&lab, &coupon(&lab, &format!("{n}"), Reward::Gift))).collect();
    assert_eq!(close(&lab, &made[3]), CloseOutcome::Closed);
    let mut which = LineCoupons::default();
    which.limit = Some(2);
    which.statuses.insert(LineCouponStatus::Running);
    let mut listed = Vec::new();
    loop {
        let body = lab.wait_on(lab.transport.ask(&Request::coupons(&which))).unwrap();
        let page = LineCouponPage::parse(&body).unwrap();
        listed.extend(page.coupons.into_iter().map(|coupon| coupon.id));
        which.start = page.next;
        if which.start.is_none() {
            break;
        }
    }
    let running: Vec<_> = made.iter().filter(|id| **id != made[3]).cloned().collect();
    assert_eq!(listed, running);
}

/// LINE takes no retry key: the first answer is lost, and what was asked twice is told by 410.
#[test]
fn a_close_whose_answer_was_lost_is_closed_all_the_same() {
    let lab = Lab::new();
    let id = create(&lab, &coupon(&lab, "春", Reward::Gift));
    lab.line.inject(Fault::Http500AfterAccept, None, 1);
    assert!(matches!(close(&lab, &id), CloseOutcome::Failed(answer) if answer.is_retryable()));
    assert_eq!(close(&lab, &id), CloseOutcome::ClosedBefore);
    assert_eq!(detail(&lab, &id).status, Some(LineCouponStatus::Closed));
    assert_eq!(close(&lab, &"nothing".parse().unwrap()), CloseOutcome::Unknown);
}

/// The same for making one: it is found by its title, and not made again.
#[test]
fn a_coupon_whose_answer_was_lost_is_in_the_list() {
    let lab = Lab::new();
    let request = Request::create_coupon(&coupon(&lab, "春 2026-07-14", Reward::Gift), lab.now()).unwrap();
    lab.line.inject(Fault::DropConnectionAfterAccept, None, 1);
    assert!(matches!(lab.wait_on(lab.transport.ask(&request)), Err(Answer::NoAnswer { .. })));
    let body = lab.wait_on(lab.transport.ask(&Request::coupons(&LineCoupons::default()))).unwrap();
    let titles: Vec<_> = LineCouponPage::parse(&body).unwrap().coupons.into_iter().map(|it| it.title).collect();
    assert_eq!(titles, ["春 2026-07-14".into()]);
}
