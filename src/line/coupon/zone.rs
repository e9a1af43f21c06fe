//! The time zones LINE shows a coupon's days in.

use core::fmt;
use core::str::FromStr;

use crate::model::Zone;

/// A time zone by LINE's name for it: `ASIA_TOKYO`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineZone(&'static str);

/// LINE's names. All but the last four are those of the time-zone database in capital letters; of the last it is
/// nowhere said on which side of UTC they are.
const ZONES: [&str; 34] = [
    "PACIFIC_HONOLULU",
    "AMERICA_ANCHORAGE",
    "AMERICA_LOS_ANGELES",
    "AMERICA_PHOENIX",
    "AMERICA_CHICAGO",
    "AMERICA_NEW_YORK",
    "AMERICA_CARACAS",
    "AMERICA_SANTIAGO",
    "AMERICA_ST_JOHNS",
    "AMERICA_SAO_PAULO",
    "ATLANTIC_CAPE_VERDE",
    "EUROPE_LONDON",
    "EUROPE_PARIS",
    "EUROPE_ISTANBUL",
    "EUROPE_MOSCOW",
    "ASIA_TEHRAN",
    "ASIA_TBILISI",
    "ASIA_KABUL",
    "ASIA_TASHKENT",
    "ASIA_COLOMBO",
    "ASIA_KATHMANDU",
    "ASIA_ALMATY",
    "ASIA_RANGOON",
    "ASIA_BANGKOK",
    "ASIA_TAIPEI",
    "ASIA_TOKYO",
    "AUSTRALIA_DARWIN",
    "AUSTRALIA_SYDNEY",
    "ASIA_VLADIVOSTOK",
    "PACIFIC_TONGATAPU",
    "ETC_GMT_MINUS_12",
    "ETC_GMT_MINUS_11",
    "ETC_GMT_MINUS_2",
    "ETC_GMT_PLUS_12",
];

impl LineZone {
    /// Japan.
    pub const TOKYO: Self = Self("ASIA_TOKYO");

    /// LINE's name of a shop's zone.
    ///
    /// # Errors
    /// When LINE has none.
    pub fn of(zone: &Zone) -> Result<Self, LineZoneError> {
        zone.name().to_ascii_uppercase().replace('/', "_").parse().map_err(|_| LineZoneError(zone.name().into()))
    }

    /// LINE's name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for LineZone {
    type Err = LineZoneError;

    fn from_str(name: &str) -> Result<Self, LineZoneError> {
        let known = ZONES.into_iter().find(|known| *known == name);
        known.map(Self).ok_or_else(|| LineZoneError(name.chars().take(64).collect()))
    }
}

impl fmt::Debug for LineZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A zone LINE has no coupons in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("LINE shows no coupons in the time zone `{0}`; it has ASIA_TOKYO, ASIA_TAIPEI, ASIA_BANGKOK and 31 others")]
pub struct LineZoneError(pub String);
