//! A share as a bar.

use crate::model::Rate;

/// The longest bar, in columns.
const MAX_COLUMNS: u16 = 200;

/// A horizontal bar for a share of the whole, where the whole takes `columns` columns, at most 200.
///
/// Drawn to an eighth of a column, downwards, with no space after it; what is above nothing shows
/// at least a sliver.
///
/// ```
/// use enishi::{model::Rate, report::bar};
/// assert_eq!(bar("50%".parse::<Rate>()?, 3), "█▌");
/// # Ok::<(), enishi::model::RateError>(())
/// ```
pub fn bar(share: Rate, columns: u16) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let whole = u64::from(columns.min(MAX_COLUMNS)) * 8;
    let eighths = whole * u64::from(share.ppm()) / u64::from(Rate::ONE.ppm());
    let eighths = if share.ppm() > 0 && whole > 0 { eighths.max(1) } else { eighths };
    let mut bar = "█".repeat((eighths / 8) as usize);
    bar.push_str(PARTS[(eighths % 8) as usize]);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_drawn_in_eighths() {
        let of = |ppm, columns| bar(Rate::from_ppm(ppm).unwrap(), columns);
        assert_eq!(of(0, 10), "");
        assert_eq!(of(1, 10), "▏");
        assert_eq!(of(125_000, 1), "▏");
        assert_eq!(of(999_999, 1), "▉");
        assert_eq!(of(1_000_000, 4), "████");
        assert_eq!(of(1_000_000, 0), "");
        assert_eq!(of(1_000_000, u16::MAX).chars().count(), 200);
    }
}
