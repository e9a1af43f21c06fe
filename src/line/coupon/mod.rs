//! LINE's own coupons, by the API of August 2025.
//!
//! They are cards in LINE's app that friends get and show, the same for everybody: a title, a picture, one code. LINE
//! tells nobody who got or used one, so what was issued, reserved and redeemed stays with the engine's own
//! [coupons](crate::coupon), and one of LINE's is only how one of these looks on a telephone. A friend's own code has
//! 20 signs and LINE has room for [16](NewLineCoupon::MAX_CODE): send it as a text beside the card.
//!
//! A coupon cannot be changed. To change one, close it and make another; closing also ends what friends have got. Up
//! to 5,000 may be valid at a time.
//!
//! ```
//! use enishi::line::{CloseOutcome, Discount, LineCouponId, LineZone, NewLineCoupon, Request, Reward};
//! let now = "2026-04-01T12:00:00+09:00".parse()?;
//! let reward = Reward::Discount(Discount::Fixed(500.try_into()?));
//! let (from, until) = ("2026-04-02T00:00:00+09:00".parse()?, "2026-05-01T00:00:00+09:00".parse()?);
//! let mut spring = NewLineCoupon::new("春の500円引き", reward, from, until, LineZone::TOKYO);
//! spring.code = Some("SPRING26".into());
//! let request = Request::create_coupon(&spring, now)?;
//! // … LINE answers:
//! let id = LineCouponId::of_created(br#"{"couponId":"01JYNW8JMQVFBNWF1APF8Z3FS7"}"#)?;
//! assert_eq!(Request::close_coupon(&id).path(), "/v2/bot/coupon/01JYNW8JMQVFBNWF1APF8Z3FS7/close");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod id;
mod new;
mod reward;
mod told;
mod zone;

pub use id::{LineCouponId, LineCouponIdError};
pub use new::{Acquisition, LineCouponFault, LineCouponFaults, NewLineCoupon, Visibility};
pub use reward::{CashBack, Discount, Reward};
pub use told::{
    CloseOutcome, LineCoupon, LineCouponError, LineCouponPage, LineCouponStatus, LineCouponTitle, LineCoupons,
    ToldAcquisition, ToldVisibility,
};
pub use zone::{LineZone, LineZoneError};
