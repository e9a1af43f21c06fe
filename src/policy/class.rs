//! The two kinds of messages, which the rules treat apart.

use serde::{Deserialize, Serialize};

/// Why a message is sent. Decides which rules hold for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "every rule must decide about both")]
pub enum Class {
    /// Advertising: all rules hold.
    #[default]
    Promotional,
    /// Something the friend waits for, such as a shipping notice: quiet hours and caps let it pass,
    /// and it does not count toward caps (S14).
    Transactional,
}
