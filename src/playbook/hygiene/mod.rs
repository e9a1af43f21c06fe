//! Whether segments and tags do their work (T1, T4 to T6): what nobody uses, what can hold for nobody, what is too
//! small to be written to, what is twice the same. Rich menus that are linked in vain, or out of sight (R8).
//! Coupons that nobody gets or can use, or that are over when they are spoken of.

mod coupons;
mod findings;
mod limits;
mod menus;
mod people;
mod rules;
mod tag_names;

use core::fmt;

use serde_json::{Value as Json, json};

use crate::model::SegmentName;

pub use findings::{Finding, Times};
pub use limits::HygieneLimits;
pub(super) use limits::read;

/// What was found, in order of code, then of name.
///
/// ```
/// use enishi::playbook::Playbook;
/// let playbook = Playbook::read(r#"
///     tags = ["VIP"]
///     [shop]
///     name = "河内の台所"
///     zone = "Asia/Tokyo"
///     currency = "JPY"
///     [segments]
///     "迷い" = "order within 30d and no order within 90d"
/// "#).unwrap();
/// assert_eq!(playbook.hygiene().to_string(), "\
/// H01 segment '迷い' is used by no scenario, tag or other segment
/// H02 segment '迷い' can hold for nobody: `order within 30d` and `no order within 90d` exclude each other
/// H09 tag 'VIP' is read by no rule
/// ");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hygiene {
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// How many friends each segment has, by name; none when no population was looked at.
    pub sizes: Vec<SegmentSize>,
    /// How many friends there are; none when no population was looked at.
    pub friends: Option<usize>,
}

/// How large a segment is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SegmentSize {
    /// Which.
    pub segment: SegmentName,
    /// How many friends.
    pub friends: usize,
}

impl Hygiene {
    fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| (finding.code(), finding.to_string()));
        Self { findings, ..Self::default() }
    }

    /// As JSON: `friends`, `segments` with `segment` and `friends` each, `findings` with `code` and `text` each.
    pub fn to_json(&self) -> Json {
        let sizes = self.sizes.iter().map(|size| json!({ "segment": size.segment.as_str(), "friends": size.friends }));
        let findings =
            self.findings.iter().map(|finding| json!({ "code": finding.code(), "text": finding.to_string() }));
        json!({
            "friends": self.friends,
            "segments": sizes.collect::<Vec<_>>(),
            "findings": findings.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Hygiene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{} {finding}", finding.code()))
    }
}
