//! How many requests a second LINE takes at one endpoint.

use crate::model::Timestamp;

/// A token bucket that is told the time. Holds one second's worth: LINE does not say what its own
/// holds, and a smaller burst than allowed costs nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimit {
    per_second: u32,
    tokens: u32,
    filled: Timestamp,
}

impl RateLimit {
    pub(super) const fn per_second(per_second: u32) -> Self {
        Self { per_second, tokens: per_second, filled: Timestamp::MIN }
    }

    /// Takes a token, or says when there will be one.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.fill(now);
        match self.tokens.checked_sub(1) {
            Some(left) => {
                self.tokens = left;
                Ok(())
            }
            None => Err(self.filled.plus_millis(1000 / i64::from(self.per_second) + 1).max(now.plus_millis(1))),
        }
    }

    fn fill(&mut self, now: Timestamp) {
        let passed = now.since(self.filled).clamp(0, 1000);
        let grown = passed * i64::from(self.per_second) / 1000;
        if grown > 0 {
            let grown = u32::try_from(grown).unwrap_or(u32::MAX);
            self.tokens = self.tokens.saturating_add(grown).min(self.per_second);
            self.filled = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holds_as_many_as_it_says_and_no_more() {
        let start = Timestamp::EPOCH;
        let mut limit = RateLimit::per_second(200);
        assert_eq!((0..500).filter(|_| limit.take(start).is_ok()).count(), 200);
        let again = limit.take(start).unwrap_err();
        assert!(again > start && again <= start.plus_millis(6));
        assert_eq!(limit.take(again), Ok(()));
        let taken = (1..=10_000).filter(|ms| limit.take(start.plus_millis(*ms)).is_ok()).count();
        assert!((1_900..=2_001).contains(&taken), "{taken} in ten seconds");
    }
}
