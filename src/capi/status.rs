//! What a call came to.

/// What a call came to. Functions give it as int32_t. Numbers never change their meaning; new ones
/// may come, so treat any that is not 0 as an error.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum enishi_status {
    /// It was done.
    Ok = 0,

    /// A pointer that must lead somewhere is NULL.
    NullPointer = 10,
    /// Text is not UTF-8.
    InvalidUtf8 = 11,
    /// A number, name or length that cannot be.
    InvalidArgument = 12,
    /// The caller's buffer is smaller than what goes into it; nothing was written but the count.
    BufferTooSmall = 13,

    /// The playbook has faults; all of them are in the diagnostics.
    InvalidPlaybook = 20,
    /// Not the JSON of an event.
    InvalidEvent = 21,
    /// Not a snapshot, a friend's state or decisions as this version of the library gives them.
    InvalidState = 22,
    /// Not the body of a webhook.
    InvalidWebhook = 23,
    /// Columns that are no table of orders or friends.
    InvalidColumns = 24,
    /// The expression has faults; all of them are in the diagnostics.
    InvalidExpression = 25,
    /// Not the JSON of a basket, or one that no coupon can be reckoned on.
    InvalidBasket = 26,

    /// The event does not fit the playbook.
    EventRefused = 30,
    /// A time before one that was told already.
    TimeWentBack = 31,
    /// The playbook issues coupons, and there are no keys.
    KeysMissing = 32,
    /// Every number a friend can have is given.
    Full = 33,

    /// No segment, scenario, step, coupon or friend of this name.
    UnknownName = 40,
    /// The text is no coupon code of this shop.
    CodeRefused = 41,
    /// LINE did not sign these bytes with this secret.
    SignatureMismatch = 42,
    /// There is no such row, or it was removed.
    UnknownRow = 43,
    /// A question that the columns of a population do not answer.
    Unanswered = 44,

    /// The holder of a ledger failed: nothing was changed, and it may be tried again.
    LedgerFailed = 50,

    /// An earlier call on this handle ended in ENISHI_STATUS_PANIC; free it.
    Poisoned = 90,
    /// A defect of the library. Please report the message.
    Panic = 91,
}
