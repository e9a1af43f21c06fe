//! Signs as a Japanese keyboard gives them.

/// Full-width ASCII as the ASCII it stands for; any other sign as it is.
pub(crate) fn half_width(sign: char) -> char {
    match sign {
        '！'..='～' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        other => other,
    }
}
