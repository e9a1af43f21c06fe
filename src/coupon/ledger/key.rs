//! What the records of a ledger are called.

use serde::{Deserialize, Serialize};

use crate::model::{CheckoutId, CouponName, FriendId, NameError, OrderId};

/// What a record is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "who holds records has to know them all")]
pub enum Key {
    /// All uses of a coupon together.
    Coupon(CouponName),
    /// One personal code, in its canonical text.
    Code(CouponName, Box<str>),
    /// The uses of a coupon by one friend.
    Friend(CouponName, FriendId),
    /// Under which numbers one person is known.
    Person(FriendId),
    /// One use.
    Use(UseKey),
    /// An order: what was used on it, and how much of it came back.
    Order(OrderId),
    /// What a checkout holds all together.
    Checkout(CheckoutId),
}

/// Names one use: a coupon is used once at most on one checkout.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "which, and where")]
pub struct UseKey {
    /// Which coupon.
    pub coupon: CouponName,
    /// On which checkout.
    pub checkout: CheckoutId,
}

impl Key {
    /// The coupon the record is about; friends, orders and checkouts have several.
    pub const fn coupon(&self) -> Option<&CouponName> {
        match self {
            Self::Coupon(coupon) | Self::Code(coupon, _) | Self::Friend(coupon, _) => Some(coupon),
            Self::Use(key) => Some(&key.coupon),
            Self::Person(_) | Self::Order(_) | Self::Checkout(_) => None,
        }
    }

    /// The key in three columns: a number for the kind, which never changes, the coupon, and the rest.
    pub fn columns(&self) -> (u8, &str, String) {
        let coupon = self.coupon().map_or("", CouponName::as_str);
        match self {
            Self::Coupon(_) => (0, coupon, String::new()),
            Self::Code(_, code) => (1, coupon, code.to_string()),
            Self::Friend(_, friend) => (2, coupon, friend.0.to_string()),
            Self::Person(friend) => (3, coupon, friend.0.to_string()),
            Self::Use(key) => (4, coupon, key.checkout.to_string()),
            Self::Order(order) => (5, coupon, order.to_string()),
            Self::Checkout(checkout) => (6, coupon, checkout.to_string()),
        }
    }

    /// The key these [columns](Self::columns) are of.
    ///
    /// # Errors
    /// When they are of none.
    pub fn from_columns(kind: u8, coupon: &str, name: &str) -> Result<Self, KeyColumnsError> {
        let coupon = || CouponName::new(coupon);
        let friend = || name.parse().map(FriendId).map_err(|_| KeyColumnsError::Friend);
        Ok(match kind {
            0 => Self::Coupon(coupon()?),
            1 => Self::Code(coupon()?, name.into()),
            2 => Self::Friend(coupon()?, friend()?),
            3 => Self::Person(friend()?),
            4 => Self::Use(UseKey { coupon: coupon()?, checkout: CheckoutId::new(name)? }),
            5 => Self::Order(OrderId::new(name)?),
            6 => Self::Checkout(CheckoutId::new(name)?),
            _ => return Err(KeyColumnsError::Kind(kind)),
        })
    }
}

/// Why columns are not those of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyColumnsError {
    /// No such kind of record.
    #[error("there is no kind {0} of records")]
    Kind(u8),
    /// Not a friend's number.
    #[error("a friend is told by a number")]
    Friend,
    /// Not a name.
    #[error(transparent)]
    Name(#[from] NameError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_as_they_are_written() {
        let coupon = CouponName::new("hello").unwrap();
        let keys = [
            Key::Coupon(coupon.clone()),
            Key::Code(coupon.clone(), "AAAA-BBBB".into()),
            Key::Friend(coupon.clone(), FriendId(7)),
            Key::Person(FriendId(7)),
            Key::Use(UseKey { coupon, checkout: CheckoutId::new("cart 1").unwrap() }),
            Key::Order(OrderId::new("39").unwrap()),
            Key::Checkout(CheckoutId::new("cart 1").unwrap()),
        ];
        for (place, key) in keys.into_iter().enumerate() {
            let (kind, coupon, name) = key.columns();
            assert_eq!(usize::from(kind), place, "the number of a kind never changes");
            assert_eq!(Key::from_columns(kind, coupon, &name), Ok(key));
        }
        assert_eq!(Key::from_columns(7, "hello", "x"), Err(KeyColumnsError::Kind(7)));
        assert_eq!(Key::from_columns(2, "hello", "x"), Err(KeyColumnsError::Friend));
    }
}
