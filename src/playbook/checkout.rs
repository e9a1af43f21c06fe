//! The checkout by the shop's own rules.

use crate::coupon::{Checkout, KeyRing, Shelf};
use crate::model::{Friend, Timestamp};

use super::Playbook;

impl Playbook {
    /// A checkout by all the shop has decided: its zone, its `tax_rounding`, `[coupon_rules]`, and what must be left of an
    /// order by `[margin]`. For a guest the friend is somebody nothing is known of.
    ///
    /// ```
    /// use enishi::coupon::Rounding;
    /// use enishi::model::{Friend, FriendId, FriendKey};
    /// use enishi::playbook::Playbook;
    ///
    /// let playbook = Playbook::read(r#"
    ///     [shop]
    ///     name = "河内の台所"
    ///     zone = "Asia/Tokyo"
    ///     currency = "JPY"
    ///     tax_rounding = "half up"
    ///     [coupon_rules]
    ///     at_most = 2
    ///     [margin]
    ///     floor = "20%"
    ///     default = "30%"
    /// "#)?;
    /// let guest = Friend::new(FriendId(0), FriendKey::new("guest")?);
    /// let checkout = playbook.checkout(&guest, "2026-04-01T12:00:00+09:00".parse()?);
    /// assert_eq!((checkout.combining.at_most, checkout.tax_rounding), (2, Rounding::HalfUp));
    /// assert!(checkout.guard.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checkout<'a>(&'a self, friend: &'a Friend, now: Timestamp) -> Checkout<'a> {
        let mut checkout = Checkout::new(friend, now, self.zone());
        checkout.combining = *self.combining();
        checkout.tax_rounding = self.shop().tax_rounding;
        checkout.guard = self.margin();
        checkout
    }

    /// Where codes that are typed in at a checkout are looked up.
    pub fn shelf<'a>(&'a self, keys: Option<&'a KeyRing>) -> Shelf<'a> {
        Shelf { coupons: self.coupons(), keys }
    }
}
