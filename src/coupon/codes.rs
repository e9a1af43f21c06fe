//! What is typed in for a coupon.

/// What is typed in for a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a code is one friend's or everybody's")]
pub enum Codes {
    /// A code for each friend, made by the [`KeyRing`](super::KeyRing) when it is issued.
    Personal,
    /// One for everybody, as the shop wrote it: `SPRING26`. Compared without regard to case, width and hyphens.
    Shared(Box<str>),
}
