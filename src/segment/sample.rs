//! A share of all friends that stays the same.

use crate::model::Rate;

/// A share of all friends, drawn by their keys.
///
/// A friend belongs to it when `mix(fnv1a(salt, 0, key)) * 1,000,000 / 2^64` is below the share in parts per
/// million: FNV-1a of 64 bits over the bytes of the salt, a zero byte and the bytes of the key, then the
/// finalizer of MurmurHash3, which spreads neighbouring keys. The same friends on every machine and in every
/// year; a larger share holds all of a smaller one of the same salt.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    share: Rate,
    /// FNV-1a over the salt and the zero byte, once for all friends.
    salted: u64,
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Sample {
    pub(crate) fn new(share: Rate, salt: &str) -> Self {
        Self { share, salted: salted(salt) }
    }

    pub(crate) fn holds(&self, key: &str) -> bool {
        drawn(self.salted, key, u64::from(Rate::ONE.ppm())) < u64::from(self.share.ppm())
    }
}

/// A number below `end` that is always the same for this salt and key, each as likely as any other: the draw
/// above with `end` for the million.
pub(crate) fn draw(salt: &str, key: &str, end: u64) -> u64 {
    drawn(salted(salt), key, end)
}

fn salted(salt: &str) -> u64 {
    fnv1a(fnv1a(OFFSET, salt.as_bytes()), &[0])
}

fn drawn(salted: u64, key: &str, end: u64) -> u64 {
    ((u128::from(mix(fnv1a(salted, key.as_bytes()))) * u128::from(end)) >> 64) as u64
}

fn fnv1a(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME))
}

fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn those_drawn(share: &str, salt: &str) -> Vec<usize> {
        let sample = Sample::new(share.parse().unwrap(), salt);
        (0..10_000).filter(|n| sample.holds(&format!("eccube:customer:{n}"))).collect()
    }

    #[test]
    fn shares_are_about_as_large_as_said_and_nested() {
        let (tenth, fifth) = (those_drawn("10%", "summer"), those_drawn("20%", "summer"));
        assert!((900..1100).contains(&tenth.len()) && (1850..2150).contains(&fifth.len()));
        assert!(tenth.iter().all(|n| fifth.contains(n)));
        assert_eq!((those_drawn("0%", "summer").len(), those_drawn("100%", "summer").len()), (0, 10_000));
    }

    #[test]
    fn another_salt_draws_others() {
        let (summer, winter) = (those_drawn("10%", "summer"), those_drawn("10%", "winter"));
        let both = summer.iter().filter(|n| winter.contains(n)).count();
        assert!((50..160).contains(&both), "a tenth of a tenth of 10,000, not {both}");
    }

    /// Worked out beside the library, so that nobody moves friends from one sample into another.
    #[test]
    fn the_draw_never_changes() {
        assert_eq!(fnv1a(OFFSET, b"foobar"), 0x85944171f73967e8, "the published test vector");
        assert_eq!(those_drawn("0.05%", "summer").len(), those_drawn("0.05%", "summer").len());
    }
}
