//! Reads `tests/corpus/*.toml`: cases in which the engine's behaviour is specified, for every language.
//!
//! A file is one case, or a `playbook` (and `secret`) followed by several under `[[case]]`. A case has
//!
//! | key | |
//! |---|---|
//! | `name` | a sentence that says what is specified |
//! | `ids` | the requirements and accidents it belongs to |
//! | `playbook`, or `playbook_file` | the text, or a file in `tests/corpus/playbooks` |
//! | `secret` | what coupon codes are made with, under key number 0; [`SECRET`] when left out |
//! | `do` | what is done, in order: see below |
//! | `expect` | what came of it: all `decisions`, `deliveries`, `handovers` and switches of `menus` in order, who is inside which of the `segments` named, all `coupons` held, what is `known` of the past, what `quotes` say ([`quote_lines`]). What is left out is not compared, but something must be there |
//!
//! Each entry of `do` has `at`, which is the time told to the engine, and one of
//! - `event = { … }`: recorded. Its own `at` is the entry's unless it is given, as for late events;
//! - `event_json = '…'`: the same, as text of its own;
//! - `advance = true`: what is due is done, as of `at`;
//! - `play = true`: every wake-up until `at` is lived through;
//! - `stock = { SOAP-1 = 0 }`: so many pieces there are of these products from now on;
//! - `quota = 3`: so many LINE messages are left this month;
//! - `quote = { friend = "hana", basket = { … }, codes = ["SPRING26"] }`: what coupons do to that basket, for a guest when
//!   no friend is named. With `reserve = { checkout = "cart 1", friend = 1 }` what it took is then held for that checkout and
//!   the friend of that number, none for a guest, for a quarter of an hour. Quotes ask the ledger, which the case begins with.
//!
//! With `fails = "…"` the event must be refused with exactly that text.
//!
//! Expectations are lines of text, made from the JSON of what comes out ([`decision_line`],
//! [`delivery_line`], [`handover_line`], [`menu_line`]), so that every language compares the same. Times are local times of the shop:
//!
//! ```text
//! 2026-04-01T12:00 hana welcome#1/thanks sent
//! 2026-04-01T12:00 hana welcome#1/thanks+1 waits until 2026-04-02T20:00
//! 2026-04-01T12:00 hana welcome/thanks: 友だち追加ありがとうございます。
//! 2026-04-01T12:00 hana welcome/mail email: {"subject":"ようこそ","text":"…"}
//! 2026-04-01T12:00 hana welcome/menu buyers
//! 2026-04-01T14:00 hana - none
//! hana hello BR0M-… until 2026-04-15T12:00 unused
//! hana view 2026-04-01T12:00 SOAP-1 (skincare)
//! hana sent 2026-04-01T12:00 hello delivered 2026-04-01T12:01
//! 2026-04-01T12:00 hana pays 2700, tax 8% 200 (of 3000)
//! spring takes 300: a 200, b 100
//! rate takes 120 of 500: a 120
//! cart 1 holds spring, rate
//! cart 2 holds nothing: rate used_up
//! hello below_floor: 500 JPY more
//! ABC is unknown
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use enishi::coupon::{TypedIs, TypedQuote};
use enishi::model::{Timestamp, Zone};
use enishi::playbook::Playbook;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// The secret of cases that name none.
pub(crate) const SECRET: &str = "corpus secret, sixteen+";

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The file's name.
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) ids: Vec<String>,
    /// The text of the playbook.
    pub(crate) playbook: String,
    pub(crate) secret: String,
    pub(crate) actions: Vec<Action>,
    pub(crate) expect: Expect,
}

/// What is done with the engine.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// `Event::from_json` of exactly this text, then `Engine::record`.
    Record { now: Timestamp, event_json: String, fails: Option<String> },
    /// `Engine::advance`.
    Advance { now: Timestamp },
    /// `Engine::play_until`.
    Play { until: Timestamp },
    /// `Engine::set_stock`, product by product.
    Stock { now: Timestamp, pieces: BTreeMap<String, u64> },
    /// `Engine::set_quota`.
    Quota { now: Timestamp, left: u64 },
    /// `Checkout::quote_typed_after` a look of the case's ledger, with the engine's playbook and keys; nobody is a guest.
    /// Then `Ledger::reserve_all` of what it took.
    Quote {
        now: Timestamp,
        friend: Option<String>,
        basket_json: String,
        codes: Vec<String>,
        reserve: Option<ReserveTaken>,
    },
}

/// For whom what a quote took is held.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReserveTaken {
    pub(crate) checkout: String,
    /// The friend's number.
    #[serde(default)]
    pub(crate) friend: u32,
}

/// It is held so long.
pub(crate) const HELD_FOR_MS: i64 = 15 * 60_000;

impl Action {
    /// The time it tells the engine.
    pub(crate) const fn now(&self) -> Timestamp {
        match self {
            Self::Record { now, .. }
            | Self::Advance { now }
            | Self::Play { until: now }
            | Self::Stock { now, .. }
            | Self::Quota { now, .. }
            | Self::Quote { now, .. } => *now,
        }
    }
}

/// What must have come of it; what is `None` is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// Lines as of [`decision_line`], in order.
    pub(crate) decisions: Option<Vec<String>>,
    /// Lines as of [`delivery_line`], in order.
    pub(crate) deliveries: Option<Vec<String>>,
    /// Lines as of [`handover_line`], in order.
    pub(crate) handovers: Option<Vec<String>>,
    /// Lines as of [`menu_line`], in order.
    pub(crate) menus: Option<Vec<String>>,
    /// For each segment named, who is inside after the last action, by number of the friend.
    pub(crate) segments: Option<BTreeMap<String, Vec<String>>>,
    /// `friend coupon code until time used|unused`, by number of the friend, in order of issue.
    pub(crate) coupons: Option<Vec<String>>,
    /// What is remembered: each activity by name and time, then messages sent, then channels.
    pub(crate) known: Option<Vec<String>>,
    /// Lines as of [`quote_lines`], quote by quote.
    pub(crate) quotes: Option<Vec<String>>,
}

/// Every case of every file, by file name, then in order. Panics at the first file that is not as it should be.
pub(crate) fn load_all() -> Vec<Case> {
    let folder = folder();
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files.iter().flat_map(|path| load(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).collect()
}

/// One decision as a line, from `Decision::to_json`.
pub(crate) fn decision_line(json: &str, zone: &Zone) -> String {
    let decision: Json = serde_json::from_str(json).unwrap();
    let text = |key: &str| shown(&decision[key]);
    let time = |key: &str| local(&text(key), zone);
    let place = match (&decision["scenario"], &decision["run"], &decision["step"]) {
        (Json::Null, ..) => "-".to_owned(),
        (scenario, Json::Null, _) => shown(scenario),
        (scenario, run, Json::Null) => format!("{}#{run}", shown(scenario)),
        (scenario, run, step) => format!("{}#{run}/{}", shown(scenario), shown(step)),
    };
    // Where a step led: the name of another, or the end.
    let to = || match &decision["to"] {
        Json::Null => "end".to_owned(),
        step => shown(step),
    };
    let reason = text("reason");
    let facts = match reason.as_str() {
        "branched" => format!(" {} to {}", if decision["held"] == true { "yes" } else { "no" }, to()),
        "split" => format!(" {} to {}", text("arm"), to()),
        "happened" => format!(" {} at {} to {}", text("what"), time("happened_at"), to()),
        "timed_out" => format!(" to {}", to()),
        "went_back" => format!(" to {}, time {}", to(), text("times")),
        "step_gone" | "handed_over" | "group_lost" => format!(" to {}", text("to")),
        "coupon_issued" => format!(" {} until {}", text("coupon"), time("valid_until")),
        "tagged" => format!(" {} {}", text("tag"), text("turn")),
        "attribute_set" => format!(" {}", text("attribute")),
        "date_missing" => format!(" {}", text("date")),
        "started" | "stopped" | "not_running" => format!(" {}", text("other")),
        "menu_switched" => format!(" {}", menu(&decision["menu"])),
        "waits" => format!(" until {}", time("until")),
        "quiet_shifted" | "quiet_too_long" | "chat_open" | "selling_deferred" | "deferred_too_long" => {
            format!(" to {}", time("to"))
        }
        "entry_deferred" => format!(" behind {}", text("behind")),
        "capped" => format!(" with {} by {}", text("sent"), text("cap")),
        "cap_deferred" => format!(" to {} by {}", time("to"), text("cap")),
        "priority_lost" => format!(" to {} by {}", text("to"), text("cap")),
        "no_channel" => {
            let tried = decision["tried"].as_array().unwrap().iter().map(shown);
            format!(" of {}", tried.collect::<Vec<_>>().join(", "))
        }
        "too_much_selling" => format!(" {} of {}", text("selling"), text("of")),
        "quota_short" => format!(" {} left for {}", text("left"), text("kept_for")),
        "out_of_stock" => format!(" {}", text("product")),
        "same_content" => format!(" {}", text("content")),
        "value_missing" => format!(" {}", text("value")),
        "message_invalid" => format!(" {}", text("why")),
        "codes_used_up" | "coupon_not_held" | "coupon_expired" | "coupon_over" | "coupon_not_there" => {
            format!(" {}", text("coupon"))
        }
        "coupon_budget_spent" => format!(" {} {} of {}", text("coupon"), text("left"), text("needs")),
        "rounds_spent" => format!(" after {}", text("at_most")),
        "left" => match &decision["what"] {
            Json::Null => format!(": {}", text("how")),
            what => format!(": {} ({})", text("how"), shown(what)),
        },
        "too_soon" => format!(" before {}", time("from")),
        "stale" => format!(" of {}", time("happened_at")),
        "filtered" => format!(" {}", text("only")),
        "held_out" => format!(" {}", text("of")),
        "out_of_season" => format!(" at {}", time("turn")),
        "too_many_runs" => format!(" of {}", text("at_most")),
        _ => String::new(),
    };
    format!("{} {} {place} {reason}{facts}", time("at"), text("friend"))
}

/// One delivery as a line, from its JSON: the text of the first message, or its type when it has none.
pub(crate) fn delivery_line(json: &str, zone: &Zone) -> String {
    let delivery: Json = serde_json::from_str(json).unwrap();
    let text = |key: &str| shown(&delivery[key]);
    let messages: Json = serde_json::from_str(&text("messages")).unwrap();
    let first = messages[0].get("text").unwrap_or(&messages[0]["type"]);
    let (at, friend) = (local(&text("at"), zone), text("friend"));
    format!("{at} {friend} {}/{}: {}", text("scenario"), text("step"), shown(first))
}

/// One handover as a line, from its JSON: the letter is told as it is.
pub(crate) fn handover_line(json: &str, zone: &Zone) -> String {
    let handover: Json = serde_json::from_str(json).unwrap();
    let text = |key: &str| shown(&handover[key]);
    let (at, friend) = (local(&text("at"), zone), text("friend"));
    format!("{at} {friend} {}/{} {}: {}", text("scenario"), text("step"), text("to"), handover["body"])
}

/// One switch of a rich menu as a line, from its JSON: `-` stands for a rule of the menu's own.
pub(crate) fn menu_line(json: &str, zone: &Zone) -> String {
    let switch: Json = serde_json::from_str(json).unwrap();
    let text = |key: &str| shown(&switch[key]);
    let place = match &switch["scenario"] {
        Json::Null => "-".to_owned(),
        scenario => format!("{}/{}", shown(scenario), text("step")),
    };
    format!("{} {} {place} {}", local(&text("at"), zone), text("friend"), menu(&switch["menu"]))
}

/// A quote as lines: what is paid with what tax, then what each coupon takes off which line, then why others do
/// nothing and how far away they are, then what was typed for no coupon.
pub(crate) fn quote_lines(at: &str, who: &str, typed: &TypedQuote, playbook: &Playbook) -> Vec<String> {
    let (quote, zone) = (&typed.quote, playbook.zone());
    let taxes: Vec<String> = quote.taxes.iter().map(|total| format!("{} {}", total.rate, total.tax.minor())).collect();
    let (taxes, listed) = (taxes.join(", "), quote.listed.minor());
    let mut lines = vec![format!("{} {who} pays {}, tax {taxes} (of {listed})", local(at, zone), quote.to_pay.minor())];
    for coupon in &quote.taken {
        let goods = quote.lines.iter().zip(&coupon.lines).map(|(line, off)| (&*line.id, off.minor()));
        let slots = goods.chain([("shipping", coupon.shipping.minor())]);
        let mut gives: Vec<String> =
            slots.filter(|(_, off)| *off > 0).map(|(slot, off)| format!("{slot} {off}")).collect();
        gives.extend(coupon.points.map(|hundredths| format!("points {hundredths}")));
        gives.extend(coupon.gift.as_ref().map(|gift| format!("gift {} {}", gift.sku, gift.pieces)));
        let whole = coupon.capped_from.map_or(String::new(), |from| format!(" of {}", from.minor()));
        lines.push(format!("{} takes {}{whole}: {}", coupon.coupon, coupon.discount.minor(), gives.join(", ")));
    }
    for refused in &quote.refused {
        let distance = refused.why.distance(playbook.currency(), zone).map(|distance| format!(": {distance}"));
        lines.push(format!("{} {}{}", refused.coupon, refused.why.word(), distance.unwrap_or_default()));
    }
    lines.extend(typed.codes.iter().filter_map(|code| match code.is {
        TypedIs::NoCode(why) => Some(format!("{} is {}", code.typed, format!("{why:?}").to_lowercase())),
        TypedIs::Candidate(_) => None,
    }));
    lines
}

/// A menu's name; `none`, which no menu can be called, is the account's own.
fn menu(name: &Json) -> String {
    if name.is_null() { "none".to_owned() } else { shown(name) }
}

/// An instant as a local time of the shop, to the minute: `2026-04-01T12:00`.
pub(crate) fn local(instant: &str, zone: &Zone) -> String {
    let instant: Timestamp = instant.parse().unwrap();
    zone.show(instant).replace('/', "-").replace(' ', "T")
}

fn shown(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), ToOwned::to_owned)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    case: Vec<RawCase>,
    name: Option<String>,
    ids: Option<Vec<String>>,
    playbook: Option<String>,
    playbook_file: Option<String>,
    secret: Option<String>,
    r#do: Option<Vec<RawAction>>,
    expect: Option<Expect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: String,
    ids: Vec<String>,
    playbook: Option<String>,
    playbook_file: Option<String>,
    secret: Option<String>,
    r#do: Vec<RawAction>,
    expect: Option<Expect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAction {
    at: Timestamp,
    event: Option<Map<String, Json>>,
    event_json: Option<String>,
    advance: Option<bool>,
    play: Option<bool>,
    stock: Option<BTreeMap<String, u64>>,
    quota: Option<u64>,
    quote: Option<RawQuote>,
    fails: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuote {
    friend: Option<String>,
    basket: Map<String, Json>,
    #[serde(default)]
    codes: Vec<String>,
    reserve: Option<ReserveTaken>,
}

fn load(path: &Path) -> Result<Vec<Case>, String> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let mut raw: RawFile = toml::from_str(&text).map_err(|e| e.to_string())?;
    if let Some(name) = raw.name {
        let (ids, actions) = (raw.ids.ok_or("`ids` is missing")?, raw.r#do.ok_or("`do` is missing")?);
        let single =
            RawCase { name, ids, playbook: None, playbook_file: None, secret: None, r#do: actions, expect: raw.expect };
        raw.case.insert(0, single);
    } else if raw.ids.is_some() || raw.r#do.is_some() || raw.expect.is_some() {
        return Err("a case needs its `name`".into());
    }
    if raw.case.is_empty() {
        return Err("a file needs a case".into());
    }
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let shared = playbook(raw.playbook, raw.playbook_file)?;
    let secret = raw.secret.unwrap_or_else(|| SECRET.into());
    let case = |raw: RawCase| {
        let name = raw.name.clone();
        case(raw, &file, shared.as_deref(), &secret).map_err(|e| format!("{name}: {e}"))
    };
    raw.case.into_iter().map(case).collect()
}

fn case(raw: RawCase, file: &str, shared: Option<&str>, secret: &str) -> Result<Case, String> {
    let own = playbook(raw.playbook, raw.playbook_file)?;
    let playbook = own.or(shared.map(Into::into)).ok_or("`playbook` or `playbook_file` is missing")?;
    let expect = raw.expect.filter(|expect| *expect != Expect::default()).ok_or("nothing is expected")?;
    if raw.ids.is_empty() || raw.r#do.is_empty() {
        return Err("`ids` or `do` is empty".into());
    }
    Ok(Case {
        file: file.into(),
        name: raw.name,
        ids: raw.ids,
        playbook,
        secret: raw.secret.unwrap_or_else(|| secret.into()),
        actions: raw.r#do.into_iter().map(action).collect::<Result<_, _>>()?,
        expect,
    })
}

fn playbook(text: Option<String>, file: Option<String>) -> Result<Option<String>, String> {
    match (text, file) {
        (Some(_), Some(_)) => Err("`playbook` or `playbook_file`, not both".into()),
        (None, Some(file)) => {
            let path = folder().join("playbooks").join(&file);
            fs::read_to_string(path).map(Some).map_err(|e| format!("{file}: {e}"))
        }
        (text, None) => Ok(text),
    }
}

fn action(raw: RawAction) -> Result<Action, String> {
    let RawAction { at: now, event, event_json, advance, play, stock, quota, quote, fails } = raw;
    let event_json = match (event, event_json) {
        (Some(mut event), None) => {
            event.entry("at").or_insert_with(|| now.to_string().into());
            Some(Json::Object(event).to_string())
        }
        (None, text) => text,
        (Some(_), Some(_)) => return Err("`event` or `event_json`, not both".into()),
    };
    if fails.is_some() && event_json.is_none() {
        return Err(format!("at {now}: only an event fails"));
    }
    match (event_json, advance, play, stock, quota, quote) {
        (Some(event_json), None, None, None, None, None) => Ok(Action::Record { now, event_json, fails }),
        (None, Some(true), None, None, None, None) => Ok(Action::Advance { now }),
        (None, None, Some(true), None, None, None) => Ok(Action::Play { until: now }),
        (None, None, None, Some(pieces), None, None) => Ok(Action::Stock { now, pieces }),
        (None, None, None, None, Some(left), None) => Ok(Action::Quota { now, left }),
        (None, None, None, None, None, Some(RawQuote { friend, basket, codes, reserve })) => {
            Ok(Action::Quote { now, friend, basket_json: Json::Object(basket).to_string(), codes, reserve })
        }
        _ => {
            Err(format!("at {now}: exactly one of `event`, `event_json`, `advance`, `play`, `stock`, `quota`, `quote`"))
        }
    }
}
