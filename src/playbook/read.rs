//! The document as a whole.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::margin::{Costs, Guard, Then};
use crate::coupon::{Checkout, Codes, Combining, Coupon, KeyRing, Shelf};
use crate::insight::BestHour;
use crate::message::Message;
use crate::model::{CouponName, Currency, Friend, MessageName, SegmentName, Timestamp, Zone};
use crate::policy::{Policy, Traits};
use crate::scenario::{Menus, Scenario, Scenarios};
use crate::segment::{Expr, LooksBack, Predicate, Schema};

use super::diagnostic::{Code, Diagnostics};
use super::hygiene::HygieneLimits;
use super::reader::{Place, Reader};
use super::shop::{self, Shop};
use super::source::Node;
use super::{
    attributes, best_hour, caps, changes, coupons, cycles, history, hygiene, include, menus, messages, policies, ranks,
    scenarios, segments, tags,
};

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
    combining: Combining,
    margin: Option<(Costs, Then)>,
    menus: Menus,
    scenarios: Scenarios,
    policy: Policy,
    best_hour: BestHour,
    looks_back: LooksBack,
    hygiene: HygieneLimits,
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

/// Names the content of a playbook: the same for the same rules, in TOML or JSON, however laid out, whether written
/// by the shop or included.
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
        let mut root = include::resolve(&mut reader, root);
        changes::apply(&mut reader, &mut root);
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

    /// How coupons are put together on one cart.
    pub fn combining(&self) -> &Combining {
        &self.combining
    }

    /// What orders cost and what must be left of them, as the guard of a [`Checkout`](crate::coupon::Checkout); none when
    /// the shop wrote no `[margin]`. Costs of many goods come beside it: `guard.costs.clone().with_skus(…)`.
    pub fn margin(&self) -> Option<Guard<'_>> {
        self.margin.as_ref().map(|(costs, then)| Guard { costs, then: *then })
    }

    /// A checkout as the shop has it: in its zone, by `[coupon_rules]`, and guarded where it wrote `[margin]`.
    pub fn checkout<'a>(&'a self, friend: &'a Friend, now: Timestamp) -> Checkout<'a> {
        let mut checkout = Checkout::new(friend, now, self.zone());
        (checkout.combining, checkout.guard) = (self.combining, self.margin());
        checkout
    }

    /// Where codes that are typed in at a checkout are looked up.
    pub fn shelf<'a>(&'a self, keys: Option<&'a KeyRing>) -> Shelf<'a> {
        Shelf { coupons: &self.coupons, keys }
    }

    /// The rich menus.
    pub fn menus(&self) -> &Menus {
        &self.menus
    }

    /// The scenarios.
    pub fn scenarios(&self) -> &Scenarios {
        &self.scenarios
    }

    /// The rules for all messages.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// When friends are best written to.
    pub fn best_hour(&self) -> &BestHour {
        &self.best_hour
    }

    /// How far back its rules look: what of a friend's past must be remembered.
    pub fn looks_back(&self) -> &LooksBack {
        &self.looks_back
    }

    /// What the shop allows of its segments and tags.
    pub fn hygiene_limits(&self) -> &HygieneLimits {
        &self.hygiene
    }

    /// The name of its content.
    pub fn hash(&self) -> PlaybookHash {
        self.hash
    }

    /// Does any step issue a coupon with a code for each friend, so that keys are needed?
    pub fn issues_coupons(&self) -> bool {
        let personal = |coupon: &Arc<Coupon>| coupon.codes == Codes::Personal;
        self.scenarios.iter().any(|scenario| scenario.coupons().any(personal))
    }

    /// The same playbook, following another: runs of scenarios that were written anew with `when_edited =
    /// "keep"` end by the steps they began by, and those that migrate find the way from steps that are gone.
    #[must_use]
    pub fn following(mut self, before: &Self) -> Self {
        self.scenarios.keep_earlier(&before.scenarios);
        // What runs that go on as they began ask and wait for is not to be forgotten.
        for scenario in self.scenarios.all_earlier() {
            scenario.predicates().for_each(|predicate| self.looks_back.join(predicate.looks_back()));
            scenario.look_back(&mut self.looks_back);
        }
        self
    }
}

fn sections(reader: &mut Reader<'_>, root: &Node) -> Option<Playbook> {
    let mut table = reader.table(&Place { path: String::new(), node: root })?;
    let shop = reader.need(&mut table, "shop", "[shop] with name, zone and currency");
    let attributes = reader.take(&mut table, "attributes");
    let events = reader.take(&mut table, "events");
    let orders = reader.take(&mut table, "orders");
    let channels = reader.take(&mut table, "channels");
    let tags = reader.take(&mut table, "tags");
    let segments = reader.take(&mut table, "segments");
    let ranks = ranks::Sections {
        rfm: reader.take(&mut table, "rfm"),
        cpm: reader.take(&mut table, "cpm"),
        decile: reader.take(&mut table, "decile"),
    };
    let cycles = reader.take(&mut table, "cycles");
    let best_hour = reader.take(&mut table, "best_hour");
    let history = reader.take(&mut table, "history");
    let hygiene = reader.take(&mut table, "hygiene");
    let purposes = reader.take(&mut table, "purposes");
    let messages = reader.take(&mut table, "messages");
    let coupons = reader.take(&mut table, "coupons");
    let coupon_rules = reader.take(&mut table, "coupon_rules");
    let margin = reader.take(&mut table, "margin");
    let menus = reader.take(&mut table, "menus");
    let policy = reader.take(&mut table, "policy");
    let scenarios = reader.take(&mut table, "scenarios");
    reader.finish(table);

    // A faulty shop must not hide the faults of the rest: go on with what most shops have.
    let shop = shop.and_then(|place| shop::read(reader, &place));
    let mut schema = Schema::new(shop.as_ref().map_or(Zone::TOKYO, |shop| shop.zone));
    schema.currency = shop.as_ref().map_or(Currency::JPY, |shop| shop.currency);
    schema.shop_url = shop.as_ref().is_none_or(|shop| shop.url.is_some());
    if let Some(place) = attributes {
        schema.attributes = attributes::read(reader, &place);
    }
    schema.events = events.map(|place| attributes::read_events(reader, &place)).unwrap_or_default();
    for event in scenarios.iter().flat_map(scenarios::events_listened_to) {
        schema.events.entry(event).or_default();
    }
    schema.order_properties = orders.map(|place| attributes::read_orders(reader, &place)).unwrap_or_default();
    schema.channels = channels.map(|place| attributes::read_channels(reader, &place)).unwrap_or_default();
    schema.ranks = ranks::read(reader, &ranks, schema.currency);
    schema.cycles = Arc::new(cycles.and_then(|place| cycles::read(reader, &place)).unwrap_or_default());
    schema.messages = messages.iter().flat_map(Place::names).collect();
    schema.scenarios = scenarios.iter().flat_map(Place::names).collect();
    schema.coupons = coupons.iter().flat_map(Place::names).collect();
    let tags = tags.map(|place| tags::read(reader, &place)).unwrap_or_default();
    schema.tags = tags.rules;
    let expressions = segments::read(reader, segments.as_ref(), tags.conditions, &mut schema);
    let names = coupons::Names { schema: &schema, week_starts: caps::week_starts(policy.as_ref()) };
    let coupons = coupons.map(|place| coupons::read(reader, &place, names)).unwrap_or_default();
    let combining = coupon_rules.map(|place| coupons::read_rules(reader, &place)).unwrap_or_default();
    let margin = margin.and_then(|place| coupons::read_margin(reader, &place, schema.currency));
    let purposes = purposes.map(|place| messages::read_purposes(reader, &place, &schema)).unwrap_or_default();
    let messages = messages.map(|place| messages::read(reader, &place, &schema, &purposes)).unwrap_or_default();
    let menus = menus.map(|place| menus::read(reader, &place, &schema)).unwrap_or_default();
    let known = || messages.values().flatten();
    let categories = known().filter_map(|message| message.category.as_deref()).collect();
    let policy = match policy {
        Some(place) => policies::read(reader, &place, &policies::Names { schema: &schema, categories }),
        None => Some(Policy::default()),
    };
    let policy =
        policy.map(|policy| Policy { messages: known().map(|message| traits_of(message)).collect(), ..policy });
    let names = scenarios::Names { schema: &schema, messages: &messages, coupons: &coupons, menus: &menus };
    let scenarios = scenarios.map(|place| scenarios::read(reader, &place, &names)).unwrap_or_default();

    let mut looks_back = match history {
        Some(place) => history::read(reader, &place, schema.events.keys()),
        None => LooksBack::default(),
    };
    let hygiene = hygiene.map(|place| hygiene::read(reader, &place)).unwrap_or_default();
    let derived = schema.tags.values().filter_map(|rule| rule.when.as_ref());
    let asked = scenarios.iter().flat_map(Scenario::predicates).chain(menus.predicates());
    let asked = asked.chain(policy.iter().flat_map(Policy::predicates));
    let asked = asked.chain(coupons.values().flatten().filter_map(|coupon| coupon.terms.only.as_ref()));
    for predicate in schema.segments.values().chain(derived).chain(asked) {
        looks_back.join(predicate.looks_back());
    }
    scenarios.iter().for_each(|scenario| scenario.look_back(&mut looks_back));
    let compiled = |(name, expr): (SegmentName, Expr)| {
        let predicate = schema.segments.get(&name)?.clone();
        Some((name, Segment { expr, predicate }))
    };
    Some(Playbook {
        shop: shop?,
        segments: expressions.into_iter().filter_map(compiled).collect(),
        messages: messages.into_iter().filter_map(|(name, message)| Some((name, message?))).collect(),
        coupons: coupons.into_iter().filter_map(|(name, coupon)| Some((name, coupon?))).collect(),
        combining,
        margin,
        menus,
        scenarios: Scenarios::new(scenarios),
        policy: policy?,
        best_hour: best_hour.and_then(|place| best_hour::read(reader, &place)).unwrap_or_default(),
        looks_back,
        hygiene,
        hash: PlaybookHash(root.hash()),
        schema,
    })
}

/// What the gate must know of a message after it was sent.
fn traits_of(message: &Message) -> (MessageName, Traits) {
    let mut traits = Traits::default();
    traits.category.clone_from(&message.category);
    traits.sells = message.sells;
    traits.content.clone_from(&message.content);
    traits.several_channels = message.channels().nth(1).is_some();
    (message.name().clone(), traits)
}

impl PlaybookHash {
    /// Its first bytes as a number: enough to tell a shop's own playbooks apart.
    pub fn short(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
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
