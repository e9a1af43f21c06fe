//! The document as a whole.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::Message;
use crate::model::{CouponName, Currency, MessageName, ScenarioName, SegmentName, Zone};
use crate::policy::Policy;
use crate::scenario::{Action, Scenario};
use crate::segment::{Expr, Predicate, Schema};

use super::diagnostic::{Code, Diagnostics};
use super::reader::{Place, Reader};
use super::shop::{self, Shop};
use super::source::Node;
use super::{attributes, coupons, messages, policies, scenarios, segments};

/// The longest playbook, in bytes of text.
pub const MAX_PLAYBOOK_BYTES: usize = 4 << 20;

/// Everything the shop has decided, compiled and immutable.
#[derive(Clone, Debug)]
pub struct Playbook {
    shop: Shop,
    schema: Schema,
    segments: BTreeMap<SegmentName, Segment>,
    messages: BTreeMap<MessageName, Arc<Message>>,
    coupons: BTreeMap<CouponName, Arc<Coupon>>,
    scenarios: BTreeMap<ScenarioName, Scenario>,
    policy: Policy,
    hash: PlaybookHash,
}

/// A segment of the playbook.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Segment {
    /// As written.
    pub expr: Expr,
    /// Ready to ask.
    pub predicate: Predicate,
}

/// Names the content of a playbook: the same for the same rules, in TOML or JSON, however laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PlaybookHash([u8; 32]);

impl Playbook {
    /// Reads a playbook: JSON when it begins with a brace, else TOML.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn read(text: &str) -> Result<Self, Diagnostics> {
        // Editors on Windows put a mark before UTF-8.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::new(text);
        if text.len() > MAX_PLAYBOOK_BYTES {
            let message = format!("a playbook of {} bytes: at most {MAX_PLAYBOOK_BYTES} are read", text.len());
            reader.fault(Code::TooLarge, "", 0, message, None);
            return Err(Diagnostics::new(reader.into_faults()));
        }
        let root = match Node::read(text) {
            Ok(root) => root,
            Err(faults) => {
                for fault in faults {
                    reader.fault(Code::Syntax, "", fault.at, fault.message, None);
                }
                return Err(Diagnostics::new(reader.into_faults()));
            }
        };
        let playbook = sections(&mut reader, &root);
        let faults = reader.into_faults();
        match playbook {
            Some(playbook) if faults.is_empty() => Ok(playbook),
            _ => Err(Diagnostics::new(faults)),
        }
    }

    /// The same from bytes, as they come from a file or through C.
    ///
    /// # Errors
    /// As for [`read`](Self::read), and when the bytes are not UTF-8.
    pub fn read_bytes(bytes: &[u8]) -> Result<Self, Diagnostics> {
        match core::str::from_utf8(bytes) {
            Ok(text) => Self::read(text),
            Err(error) => {
                let sound = core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
                let mut reader = Reader::new(sound);
                let message = format!("byte {} is not UTF-8", error.valid_up_to());
                reader.fault(Code::Syntax, "", sound.len(), message, Some("save the file as UTF-8".into()));
                Err(Diagnostics::new(reader.into_faults()))
            }
        }
    }

    /// Who the shop is.
    pub fn shop(&self) -> &Shop {
        &self.shop
    }

    /// The shop's calendar.
    pub fn zone(&self) -> &Zone {
        &self.shop.zone
    }

    /// What money is counted in.
    pub fn currency(&self) -> Currency {
        self.shop.currency
    }

    /// What expressions may name: attributes with their types, tags, coupons, segments.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The segments.
    pub fn segments(&self) -> &BTreeMap<SegmentName, Segment> {
        &self.segments
    }

    /// The messages.
    pub fn messages(&self) -> &BTreeMap<MessageName, Arc<Message>> {
        &self.messages
    }

    /// The coupons.
    pub fn coupons(&self) -> &BTreeMap<CouponName, Arc<Coupon>> {
        &self.coupons
    }

    /// The scenarios.
    pub fn scenarios(&self) -> &BTreeMap<ScenarioName, Scenario> {
        &self.scenarios
    }

    /// The rules for all messages.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The name of its content.
    pub fn hash(&self) -> PlaybookHash {
        self.hash
    }

    /// Does any step issue a coupon, so that keys are needed?
    pub fn issues_coupons(&self) -> bool {
        let steps = self.scenarios.values().flat_map(|scenario| &scenario.steps);
        steps.into_iter().any(|step| matches!(step.action, Action::Issue(_) | Action::Send { issue: Some(_), .. }))
    }
}

fn sections(reader: &mut Reader<'_>, root: &Node) -> Option<Playbook> {
    let mut table = reader.table(&Place { path: String::new(), node: root })?;
    let shop = reader.need(&mut table, "shop", "[shop] with name, zone and currency");
    let attributes = reader.take(&mut table, "attributes");
    let tags = reader.take(&mut table, "tags");
    let segments = reader.take(&mut table, "segments");
    let messages = reader.take(&mut table, "messages");
    let coupons = reader.take(&mut table, "coupons");
    let policy = reader.take(&mut table, "policy");
    let scenarios = reader.take(&mut table, "scenarios");
    reader.finish(table);

    // A faulty shop must not hide the faults of the rest: go on with what most shops have.
    let shop = shop.and_then(|place| shop::read(reader, &place));
    let mut schema = Schema::new(shop.as_ref().map_or(Zone::TOKYO, |shop| shop.zone));
    schema.currency = shop.as_ref().map_or(Currency::JPY, |shop| shop.currency);
    if let Some(place) = attributes {
        schema.attributes = attributes::read(reader, &place);
    }
    if let Some(place) = tags {
        schema.tags = attributes::read_tags(reader, &place);
    }
    let coupons = coupons.map(|place| coupons::read(reader, &place, schema.currency)).unwrap_or_default();
    schema.coupons = coupons.keys().cloned().collect();
    let expressions = segments.map(|place| segments::read(reader, &place, &mut schema)).unwrap_or_default();
    let messages = messages.map(|place| messages::read(reader, &place, &schema)).unwrap_or_default();
    let policy = match policy {
        Some(place) => policies::read(reader, &place),
        None => Some(Policy::default()),
    };
    let names = scenarios::Names { schema: &schema, messages: &messages, coupons: &coupons };
    let scenarios = scenarios.map(|place| scenarios::read(reader, &place, &names)).unwrap_or_default();

    let compiled = |(name, expr): (SegmentName, Expr)| {
        let predicate = schema.segments.get(&name)?.clone();
        Some((name, Segment { expr, predicate }))
    };
    Some(Playbook {
        shop: shop?,
        segments: expressions.into_iter().filter_map(compiled).collect(),
        messages: messages.into_iter().filter_map(|(name, message)| Some((name, message?))).collect(),
        coupons: coupons.into_iter().filter_map(|(name, coupon)| Some((name, coupon?))).collect(),
        scenarios,
        policy: policy?,
        hash: PlaybookHash(root.hash()),
        schema,
    })
}

impl fmt::Display for PlaybookHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PlaybookHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
