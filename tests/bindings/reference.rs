//! What the drivers must print, from the Rust API alone: nothing here goes through C.

use std::sync::Arc;

use enishi::coupon::ledger::{Entry, Headroom};
use enishi::coupon::{KeyRing, Serial};
use enishi::delivery::Courier;
use enishi::engine::{Engine, EngineError, Input, Recorded, RestoreError, ShopView, Why, pack, step, why};
use enishi::insight::{CycleMedians, PlanTable};
use enishi::line::{Answer, ChannelSecret, HttpResponse, Reading, Webhook, verify};
use enishi::model::{CouponName, Currency, Event, Friend, FriendId, FriendKey, LocalTime, Timestamp, Zone};
use enishi::playbook::{Playbook, Preset};
use enishi::policy::{Quota, Stock};
use enishi::population::{Columns, Field, Population, Selection};
use enishi::rfm::{AsOf, Bins, ClassMap, Cuts, OrderColumns, Recency, Rfm, RfmOptions, Scheme};
use enishi::scenario::{Decision, Handover};
use enishi::segment::Predicate;
use enishi::store::{Fate, Handovers, Outbox};
use serde_json::Value as Json;

use super::population::{Gathered, put, seats, select, select_in};
use super::tape::Op;

#[path = "till.rs"]
mod till;

/// What all the ops print.
pub fn play(ops: &[Op]) -> Vec<u8> {
    let mut reference = Reference::default();
    for op in ops {
        reference.say(op.name);
        if let Err((status, message)) = reference.op(op) {
            reference.say(format!("  status: {status}\n  error: {status} {message}"));
            if let Some(diagnostics) = reference.diagnostics.take() {
                reference.say(format!("  diagnostics: {diagnostics}"));
            }
        }
    }
    reference.printed
}

/// The status and the message of a failure.
type Failure = (i32, String);

#[derive(Default)]
struct Reference {
    printed: Vec<u8>,
    diagnostics: Option<String>,
    playbook: Option<Arc<Playbook>>,
    question: Option<Predicate>,
    columns: Gathered,
    population: Option<Population>,
    /// The last selection, and the one before it.
    chosen: [Selection; 2],
    keys: Option<KeyRing>,
    /// What all friends share.
    told: (Stock, Option<Quota>),
    headroom: Option<Headroom>,
    /// What the last step said to the ledger.
    entries: Vec<Entry>,
    engine: Option<Engine>,
    /// What was decided, as a host would keep it: one JSON object on each line.
    log: Vec<u8>,
    outbox: Outbox,
    handovers: Handovers,
    courier: Courier,
    friend: Option<(Friend, Option<Timestamp>)>,
    till: till::Till,
}

impl Reference {
    fn say(&mut self, line: impl AsRef<str>) {
        self.printed.extend(line.as_ref().as_bytes());
        self.printed.push(b'\n');
    }

    /// A call went well, and gave this.
    fn good(&mut self, label: &str, value: impl ToString) {
        self.say(format!("  status: 0\n  {label}: {}", value.to_string()));
    }

    fn op(&mut self, op: &Op) -> Result<(), Failure> {
        let arg = |i: usize| op.args[i].as_slice();
        let text = |i: usize| String::from_utf8(op.args[i].clone()).unwrap();
        let number = |i: usize| text(i).parse::<i64>().unwrap();
        match op.name {
            "playbook" => {
                self.playbook = None;
                let playbook = Playbook::read_bytes(arg(0)).map_err(|faults| {
                    self.diagnostics = Some(faults.to_json());
                    (20, faults.to_string())
                })?;
                self.good("hash", playbook.hash());
                self.playbook = Some(Arc::new(playbook));
            }
            "presets" => {
                let told = |preset: Preset| {
                    let (name, text) = (Json::from(preset.name), Json::from(preset.text));
                    format!(r#"{{"name":{name},"text":{text}}}"#)
                };
                self.good("presets", format!("[{}]", Preset::ALL.map(told).join(",")));
            }
            "budget" => {
                let messages = self.playbook().policy().messages_within_budget(&PlanTable::jp_2023_06());
                self.good("any", yes(messages.is_some()));
                self.say(format!("  messages: {}", messages.unwrap_or(0)));
            }
            "learn" => {
                let friends: Vec<Friend> = self.engine().friends().collect();
                let (playbook, now) = (Arc::clone(self.engine().playbook()), self.engine().now());
                let learned = playbook.best_hour().clone().learned_from(friends.iter().map(|f| &f.reactions));
                self.good("best hour", learned.playbook_lines());
                let as_of = AsOf::new(now, *playbook.zone());
                let medians = CycleMedians::of(friends.iter().map(|friend| &friend.orders), &as_of);
                let least = u64::try_from(number(0)).unwrap();
                self.good("cycles", medians.recommended(&playbook.schema().cycles, least).playbook_lines());
            }
            "hygiene" => {
                let playbook = self.playbook();
                self.good("rules", playbook.hygiene().to_json());
                let of_columns = playbook.hygiene_of(self.population(), None, at(number(0)));
                self.good("columns", of_columns.to_json());
                let engine = self.engine.clone().unwrap();
                let seats = seats(self.population(), &engine);
                let of_friends = engine.playbook().hygiene_of(self.population(), Some(&seats), engine.now());
                self.good("friends", of_friends.to_json());
            }
            "adopt" => {
                let before = self.playbook.take().unwrap();
                let playbook = Playbook::read_bytes(arg(0)).map_err(|faults| {
                    self.diagnostics = Some(faults.to_json());
                    (20, faults.to_string())
                })?;
                self.good("hash", playbook.hash());
                self.good("hash", playbook.hash());
                self.playbook = Some(Arc::new(playbook.following(&before)));
                let playbook = self.playbook();
                self.engine().adopt(playbook).map_err(refused)?;
                self.say("  status: 0");
            }
            "stock" => {
                let (product, pieces) = (text(0), left("pieces", number(1))?);
                self.engine().set_stock(&product, pieces);
                self.say("  status: 0");
            }
            "quota" => {
                let told = (!arg(0).is_empty()).then(|| left("left", number(0))).transpose()?;
                self.engine().set_quota(told);
                self.say("  status: 0");
            }
            "new_shop" => {
                self.told = Default::default();
                self.headroom = None;
                self.say("  status: 0");
            }
            "shop_stock" => {
                self.told.0.set(&text(0), left("pieces", number(1))?);
                self.say("  status: 0");
            }
            "shop_quota" => {
                let told = (!arg(0).is_empty()).then(|| left("left", number(0))).transpose()?;
                self.told.1 = told.map(|left| Quota { left });
                self.say("  status: 0");
            }
            "tell" => {
                let (stock, quota) = self.told.clone();
                let headroom = self.headroom.clone();
                self.engine().tell(&shop(None, &stock, quota, headroom.as_ref()));
                self.say("  status: 0");
            }
            "keys" => {
                self.keys = None;
                self.keys = Some(KeyRing::new(small("id", number(0))?, arg(1)).map_err(argument)?);
                self.say("  status: 0");
            }
            "retire" => {
                let keys = self.keys.clone().unwrap();
                self.keys = Some(keys.with_retired(small("id", number(0))?, arg(1)).map_err(argument)?);
                self.say("  status: 0");
            }
            "engine" => {
                self.engine = None;
                let keys = self.keys.clone().filter(|_| arg(0) == b"keys");
                self.engine = Some(Engine::new(self.playbook(), keys).map_err(refused)?);
                (self.outbox, self.courier, self.handovers) = (Outbox::default(), Courier::new(), Handovers::default());
                self.log.clear();
                self.say("  status: 0");
            }
            "record" => {
                let now = Timestamp::from_millis(number(0)).map_err(argument)?;
                let event = Event::from_json(arg(1), self.playbook().currency()).map_err(|e| (21, e.to_string()))?;
                let recorded = self.engine().record(&event, now).map_err(refused)?;
                self.good("new", yes(recorded == Recorded::New));
            }
            "advance" => {
                let woken = self.engine().advance(at(number(0))).map_err(refused)?;
                self.good("woken", woken);
            }
            "play" => {
                let until = at(number(0));
                let mut twin = self.engine().clone();
                let woken = self.engine().play_until(until).map_err(refused)?;
                // Each turn is two calls: when, and go. Then one to learn there is no more, and the last.
                while let Some(due) = twin.next_wake().filter(|due| *due <= until) {
                    twin.advance(due.max(twin.now())).map_err(refused)?;
                    self.say("  status: 0\n  status: 0");
                }
                self.say("  status: 0");
                self.good("woken", woken);
            }
            "next_wake" => {
                let wake = self.engine().next_wake();
                self.say_instant(wake);
            }
            "next_send" => {
                self.pack();
                let pause = self.courier.paused_until(Timestamp::MIN).unwrap_or(Timestamp::MIN);
                let due = self.outbox.next_due().map(|due| due.max(pause));
                self.say_instant(due);
            }
            "decisions" => {
                let decisions = self.engine().take_decisions();
                let lines: String = decisions.iter().map(|decision| decision.to_json() + "\n").collect();
                self.log.extend(lines.as_bytes());
                self.good("decisions", lines);
            }
            "log" => self.log = arg(0).to_vec(),
            "why" => {
                let (friend, scenario, step) = (text(0), text(1), text(2));
                let (playbook, log) = (self.playbook(), self.decided()?);
                let engine = self.engine();
                let why = engine.why(&friend, &log, (&scenario, Some(&*step).filter(|step| !step.is_empty())));
                let nobody = engine.friend(&friend).is_none().then(|| (40, format!("nobody has the key '{friend}'")));
                self.say_why(why, &playbook, nobody, &scenario, &step)?;
            }
            "why_friend" => {
                let (scenario, step) = (text(1), text(2));
                let (playbook, log) = (self.playbook(), self.decided()?);
                let now = Timestamp::from_millis(number(0)).map_err(argument)?;
                let (friend, _) = self.friend.clone().unwrap();
                let about = (&*scenario, Some(&*step).filter(|step| !step.is_empty()));
                let why = why(&playbook, &friend, &log, about, now);
                self.say_why(why, &playbook, None, &scenario, &step)?;
            }
            "segment" => {
                self.question = None;
                let (name, playbook) = (text(0), self.playbook());
                let segment = playbook.segments().get(name.as_str());
                let segment = segment.ok_or((40, format!("the playbook has no segment '{name}'")))?;
                self.say("  status: 0");
                self.say_question(&segment.predicate);
            }
            "ask" => {
                self.question = None;
                let predicate = self.playbook().predicate(&text(0)).map_err(|faults| {
                    self.diagnostics = Some(faults.to_json());
                    (25, faults.to_string())
                })?;
                self.say("  status: 0");
                self.say_question(&predicate);
            }
            "ask_engine" => {
                let (friend, question) = (text(0), self.question());
                let engine = self.engine();
                let person = engine.friend(&friend).ok_or((40, format!("nobody has the key '{friend}'")))?;
                let now = engine.now();
                self.say_answer(&question, &person, now);
            }
            "ask_friend" => {
                let now = Timestamp::from_millis(number(0)).map_err(argument)?;
                let (friend, _) = self.friend.clone().unwrap();
                self.say_answer(&self.question(), &friend, now);
            }
            "deliver" => self.deliver(at(number(0)), &text(1), &text(2), arg(3))?,
            "hand_over" => {
                let told = self.engine().take_handovers();
                self.handovers.push(told);
                let next = self.handovers.next(at(number(0))).map(Handover::to_json);
                self.good("handover", next.unwrap_or_default());
            }
            "confirm" => {
                let open = self.handovers.confirm(text(0).parse().map_err(argument)?);
                self.good("open", yes(open));
            }
            "tally" => {
                let t = self.outbox.tally();
                let tally = format!(
                    r#"{{"accepted":{},"messages":{},"waiting":{},"refused":{},"unknown":{},"attempts":{}}}"#,
                    t.accepted, t.messages, t.waiting, t.refused, t.unknown, t.attempts
                );
                self.good("tally", tally);
            }
            "reload" => {
                let engine = self.engine().snapshot();
                let handovers = serde_json::to_string(&self.handovers).unwrap();
                let rest = serde_json::to_vec(&(&self.outbox, &self.handovers)).unwrap();
                let (version, length) = (3_u32.to_le_bytes(), (engine.len() as u64).to_le_bytes());
                let snapshot = [b"enishi desk\0", &version[..], &length, &engine, &rest].concat();
                let restored = Engine::restore(self.playbook(), self.keys.clone(), &engine);
                self.engine = Some(restored.map_err(|error| match error {
                    RestoreError::Engine(error) => refused(error),
                    error => (22, error.to_string()),
                })?);
                self.courier = Courier::new();
                self.handovers = serde_json::from_str(&handovers).unwrap();
                self.say("  status: 0");
                self.good("snapshot", snapshot.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
            }
            "code" => {
                let coupon = CouponName::new(&text(0)).map_err(argument)?;
                let friend = FriendId(u32::try_from(number(1)).unwrap());
                let code = self.keys.as_ref().unwrap().issue(&coupon, Serial::new(friend, small("nth", number(2))?));
                self.good("code", code);
            }
            "verify" => {
                let (keys, playbook) = (self.keys.clone().unwrap(), self.playbook());
                let found = keys.verify(&text(0), playbook.coupons().keys()).map_err(|e| (41, e.to_string()))?;
                let serial = match found.serial {
                    Serial::Friend { friend, nth } => format!(r#""friend":{},"nth":{nth}"#, friend.0),
                    Serial::Batch { number } => format!(r#""batch":{number}"#),
                };
                let told = format!(r#"{{"coupon":"{}",{serial},"code":"{}"}}"#, found.coupon, found.code);
                self.good("verified", told);
            }
            "friend" => {
                self.friend = None;
                let key = FriendKey::new(&text(0)).map_err(argument)?;
                let number = u32::try_from(number(1)).unwrap();
                if number == 0 {
                    return Err((12, "friends are numbered from 1".into()));
                }
                self.friend = Some((Friend::new(FriendId(number), key), None));
                self.say("  status: 0");
            }
            "step" => self.step(at(number(0)), arg(1))?,
            "reload_friend" => {
                let (friend, wake) = self.friend.as_ref().unwrap();
                let wake = wake.map(|wake| format!(r#""wake":"{wake}","#)).unwrap_or_default();
                let friend = serde_json::to_string(friend).unwrap();
                self.say("  status: 0");
                self.good("state", format!(r#"{{"enishi_friend":2,{wake}"friend":{friend}}}"#));
            }
            "webhook" => {
                let secret = ChannelSecret::new(&text(0)).map_err(argument)?;
                verify(&secret, arg(1), &text(2)).map_err(|e| (42, e.to_string()))?;
                self.say("  status: 0");
                let webhook = Webhook::parse(arg(1)).map_err(|e| (23, e.to_string()))?;
                let lines: String = webhook.readings().map(reading).collect();
                self.good("events", lines);
            }
            "rfm" => self.rfm(op)?,
            "columns" => {
                self.columns = Gathered::new(usize::try_from(number(0)).unwrap());
                self.say("  status: 0");
            }
            "add" => {
                self.columns.add(number(0), &text(1), number(2), arg(3))?;
                self.say("  status: 0");
            }
            "add_texts" => {
                self.columns.add_texts(number(0), &text(1), None, number(2), arg(3), arg(4))?;
                self.say("  status: 0");
            }
            "add_choices" => {
                let codes = Some((number(2), arg(3)));
                self.columns.add_texts(number(0), &text(1), codes, number(4), arg(5), arg(6))?;
                self.say("  status: 0");
            }
            "known" => {
                self.columns.set_known(arg(0), usize::try_from(number(1)).unwrap())?;
                self.say("  status: 0");
            }
            "load" => {
                self.population = None;
                let loaded = self.columns.lend(|columns| Population::load(columns).map_err(|e| e.to_string()))?;
                self.population = Some(loaded);
                self.say("  status: 0");
                self.say_size();
            }
            "append" => {
                let population = self.population.as_mut().unwrap();
                let appended = self.columns.lend(|columns| population.append(columns).map_err(|e| e.to_string()));
                if appended.is_ok() {
                    self.say("  status: 0");
                    self.say_size();
                }
                appended?;
            }
            "of_engine" => {
                self.population = Some(Population::of(self.engine().friends()).unwrap());
                self.say("  status: 0");
                self.say_size();
            }
            "put" => {
                let (friend, _) = self.friend.clone().unwrap();
                let row = put(self.population.as_mut().unwrap(), &friend)?;
                self.good("row", row);
                self.say_size();
            }
            "put_of_engine" => {
                let friend = self.engine().friend(&text(0));
                let friend = friend.ok_or((40, format!("nobody has the key '{}'", text(0))))?;
                let row = put(self.population.as_mut().unwrap(), &friend)?;
                self.good("row", row);
                self.say_size();
            }
            "remove" => {
                let row = u32::try_from(number(0)).unwrap();
                self.population.as_mut().unwrap().remove(row).map_err(|e| (43, e.to_string()))?;
                self.say("  status: 0");
                self.say_size();
            }
            "find" => {
                let row = self.population().row(&text(0));
                let row = row.ok_or((40, format!("nobody has the key '{}'", text(0))))?;
                self.good("row", row);
                let key = self.population().key(row).unwrap();
                self.good("key", key.as_str());
            }
            "key" => {
                let row = u32::try_from(number(0)).unwrap();
                let key = self.population().key(row);
                let key = key.ok_or((43, format!("row {row} has no key, or is not there")))?;
                self.good("key", key.as_str());
            }
            "select" => {
                let selection = select(self.population(), &self.question(), at(number(0)))?;
                self.say_chosen(selection);
            }
            "engine_select" => {
                let question = self.question();
                let selection = select_in(self.population(), self.engine.as_ref().unwrap(), &question);
                self.say_chosen(selection);
            }
            "everyone" => {
                let everyone = self.population().everyone();
                self.say_chosen(everyone);
            }
            "pick" => {
                let rows: Vec<u32> =
                    arg(0).chunks(4).map(|bytes| u32::from_ne_bytes(bytes.try_into().unwrap())).collect();
                let everyone = self.population().everyone();
                if let Some(row) = rows.iter().find(|row| !everyone.contains(**row)) {
                    return Err((43, format!("row {row} does not exist, or was removed")));
                }
                self.say_chosen(rows.into_iter().collect());
            }
            "join" => {
                let [last, before] = &self.chosen;
                let joined = match text(0).as_str() {
                    "and" => before & last,
                    "or" => before | last,
                    _ => before - last,
                };
                self.say_chosen(joined);
            }
            "plan" => {
                let question = self.question();
                let plan = self.population().plan(&question, at(number(0))).map(|plan| plan.to_string());
                let plan = plan.map_err(|e| (44, format!("no column answers `{}`", e.condition)))?;
                self.good("plan", plan);
            }
            "arrow" => {
                // Out as an array, in as a batch, whose one column is the attribute.
                let ids = self.chosen[0].ids();
                let columns = Columns::new(ids.len()).with(Field::Attribute(text(0).parse().unwrap()), ids.as_slice());
                self.population = Some(Population::load(&columns).unwrap());
                self.say("  status: 0");
                self.good("rows", ids.len());
                (0..3).for_each(|_| self.say("  status: 0"));
                self.say_size();
            }
            _ => self.at_the_till(op)?,
        }
        Ok(())
    }

    fn deliver(&mut self, now: Timestamp, status: &str, headers: &str, body: &[u8]) -> Result<(), Failure> {
        self.pack();
        let pause = self.courier.paused_until(now);
        let mut errand = None;
        while errand.is_none() && pause.is_none() && self.outbox.next_due().is_some_and(|due| due <= now) {
            errand = self.courier.take(&mut self.outbox, now, 1).unwrap().pop();
        }
        self.say("  status: 0");
        let Some(errand) = errand else {
            self.say("  nothing to send");
            return Ok(());
        };
        let request = errand.request.clone();
        // A rich menu's path says it all.
        let body_sent = String::from_utf8(request.body().unwrap_or_default().to_vec()).unwrap();
        let retry_key = request.retry_key().map(|key| key.to_string()).unwrap_or_default();
        self.say(format!("  request: {} {}", request.method().as_str(), request.path()));
        self.say(format!("  retry key: {retry_key}\n  body: {body_sent}"));
        let answer = match status {
            "lost" => return Ok(()),
            "0" => Answer::NoAnswer { why: "timed out".into() },
            _ => {
                let code = u16::try_from(status.parse::<i32>().unwrap());
                let code = code.map_err(|_| (12, format!("{status} is no HTTP status")))?;
                let header = |name: &str| {
                    let mut lines = headers.lines().filter_map(|line| line.split_once(':'));
                    lines.find(|(found, _)| found.to_lowercase() == name).map(|(_, value)| value.trim())
                };
                let response = HttpResponse {
                    status: code,
                    request_id: header("x-line-request-id"),
                    accepted_request_id: header("x-line-accepted-request-id"),
                    body,
                };
                Answer::judge(request.endpoint(), response)
            }
        };
        let fates = self.courier.feed(&mut self.outbox, &[(errand, answer)], now).unwrap();
        for arrival in self.outbox.take_arrivals() {
            let now = now.max(self.engine().now());
            self.engine().record(&arrival, now).unwrap();
        }
        let fate = match &fates[0] {
            Fate::Accepted { request_id: Some(id), .. } => format!(r#"{{"fate":"accepted","request_id":"{id}"}}"#),
            Fate::Accepted { request_id: None, .. } => r#"{"fate":"accepted","request_id":null}"#.into(),
            Fate::Later { at, .. } => format!(r#"{{"fate":"later","at":"{at}"}}"#),
            Fate::Split(parts) => format!(r#"{{"fate":"split","into":{}}}"#, parts.len()),
            Fate::Refused { why } => format!(r#"{{"fate":"refused","why":{}}}"#, Json::from(why.as_str())),
            Fate::Unknown => r#"{"fate":"unknown"}"#.into(),
        };
        self.good("fate", fate);
        Ok(())
    }

    fn step(&mut self, now: Timestamp, event: &[u8]) -> Result<(), Failure> {
        let (playbook, keys) = (self.playbook(), self.keys.clone());
        let event = (!event.is_empty()).then(|| Event::from_json(event, playbook.currency()));
        let event = event.transpose().map_err(|e| (21, e.to_string()))?;
        let input = event.as_ref().map_or(Input::Wake, Input::Event);
        let (friend, _) = self.friend.clone().unwrap();
        let (stock, quota) = self.told.clone();
        let headroom = self.headroom.clone();
        let stepped = step(&playbook, &shop(keys.as_ref(), &stock, quota, headroom.as_ref()), friend, input, now);
        let stepped = stepped.map_err(|e| (30, e.to_string()))?;
        let decisions: Vec<String> = stepped.effects.decisions.iter().map(|decision| decision.to_json()).collect();
        let requests = pack(&stepped.effects.deliveries);
        let requests: Vec<String> = requests
            .iter()
            .map(|parcel| {
                let request = parcel.request().unwrap();
                let body = String::from_utf8(request.body().unwrap().to_vec()).unwrap();
                format!(
                    r#"{{"method":"POST","path":"{}","retry_key":"{}","body":{}}}"#,
                    request.path(),
                    request.retry_key().unwrap(),
                    Json::from(body)
                )
            })
            .collect();
        let ledger = serde_json::to_string(&stepped.effects.ledger).unwrap();
        let (decisions, requests) = (decisions.join(","), requests.join(","));
        let effects =
            format!(r#"{{"decisions":[{decisions}],"requests":[{requests}],"handovers":[],"ledger":{ledger}}}"#);
        self.entries = stepped.effects.ledger;
        self.good("effects", effects);
        self.say_instant(stepped.next_wake);
        self.friend = Some((stepped.friend, stepped.next_wake));
        Ok(())
    }

    fn rfm(&mut self, op: &Op) -> Result<(), Failure> {
        let text = |i: usize| String::from_utf8(op.args[i].clone()).unwrap();
        let numbers = |i: usize| -> Vec<i64> {
            op.args[i].chunks(8).map(|bytes| i64::from_ne_bytes(bytes.try_into().unwrap())).collect()
        };
        let zone = Zone::new(&text(1), LocalTime::MIDNIGHT).map_err(argument)?;
        let as_of = AsOf::new(Timestamp::from_millis(text(0).parse().unwrap()).map_err(argument)?, zone);
        self.say("  status: 0");
        let bins = Bins::new(text(3).parse().unwrap_or(255)).map_err(argument)?;
        let scheme = match text(2).as_str() {
            "1" => Scheme::quantile(bins),
            "2" => Scheme::ntile(bins),
            other => return Err((12, format!("{other} is no enishi_rfm_scale"))),
        };
        self.say("  status: 0");
        let as_of = match text(4).as_str() {
            "1" => as_of.recency(Recency::LocalDates),
            "2" => as_of.recency(Recency::ElapsedDays),
            other => return Err((12, format!("{other} is no enishi_rfm_recency"))),
        };
        self.say("  status: 0");
        let customers: Vec<u32> =
            op.args[5].chunks(4).map(|bytes| u32::from_ne_bytes(bytes.try_into().unwrap())).collect();
        let (times, amounts) = (numbers(6), numbers(7));
        let orders = OrderColumns::new(&customers, &times, &amounts).map_err(|e| (24, e.to_string()))?;
        let rfm = Rfm::measure(&orders, &as_of, &RfmOptions::new());
        let scores = scheme.score(&rfm);
        // Measured, counted, and three times fetched.
        (0..5).for_each(|_| self.say("  status: 0"));
        for (customer, s) in rfm.customers().iter().zip(scores.all()) {
            self.say(format!("  customer {customer}: {} {} {}", s.recency, s.frequency, s.monetary));
        }
        let map = ClassMap::partition();
        let class = |count: &enishi::rfm::ClassCount<'_>| {
            let (name, label) = (&count.class.name, count.class.label.as_ref().unwrap());
            let customers = count.customers;
            format!(r#"{{"class":"{}","label":"{}","customers":{customers}}}"#, name.as_str(), label.as_str())
        };
        let classes: Vec<String> = map.count(scores.all()).iter().map(class).collect();
        let points = |cuts: &Cuts| {
            let points: Vec<String> = cuts.points().iter().map(|point| format!(r#""{point}""#)).collect();
            points.join(",")
        };
        let cuts = scores.cuts();
        self.say(format!(
            r#"  summary: {{"customers":{},"classes":[{}],"cuts":{{"recency":[{}],"frequency":[{}],"monetary":[{}]}}}}"#,
            rfm.len(),
            classes.join(","),
            points(&cuts.recency),
            points(&cuts.frequency),
            points(&cuts.monetary)
        ));
        Ok(())
    }

    fn say_size(&mut self) {
        let (friends, rows) = (self.population().len(), self.population().rows());
        self.say(format!("  friends: {friends}\n  rows: {rows}"));
    }

    fn say_chosen(&mut self, selection: Selection) {
        // Made, and fetched.
        self.say(format!("  status: 0\n  count: {}\n  status: 0", selection.count()));
        let ids: Vec<String> = selection.iter().map(|row| row.to_string()).collect();
        self.say(format!("  ids: {}", ids.join(" ")));
        self.chosen.rotate_right(1);
        self.chosen[0] = selection;
    }

    fn population(&self) -> &Population {
        self.population.as_ref().expect("the tape loads a population first")
    }

    fn say_question(&mut self, predicate: &Predicate) {
        self.good("text", predicate.expr());
        self.good("json", predicate.expr().to_json());
        self.question = Some(predicate.clone());
    }

    fn say_answer(&mut self, question: &Predicate, friend: &Friend, now: Timestamp) {
        self.good("inside", yes(question.matches(friend, now)));
        self.good("why", question.explain(friend, now).to_json());
        self.say_instant(question.next_change(friend, now));
    }

    fn say_why(
        &mut self,
        why: Option<Why>,
        playbook: &Playbook,
        nobody: Option<Failure>,
        scenario: &str,
        step: &str,
    ) -> Result<(), Failure> {
        let why = why.ok_or_else(|| {
            let no_scenario = (40, format!("the playbook has no scenario '{scenario}'"));
            let no_step = (40, format!("the scenario '{scenario}' has no step '{step}'"));
            nobody.unwrap_or(if playbook.scenarios().get(scenario).is_none() { no_scenario } else { no_step })
        })?;
        self.good("why", why.to_json());
        Ok(())
    }

    /// What was kept of the decisions.
    fn decided(&self) -> Result<Vec<Decision>, Failure> {
        let decisions = serde_json::Deserializer::from_slice(&self.log).into_iter().collect::<Result<_, _>>();
        decisions.map_err(|error| (22, format!("log: {error}")))
    }

    fn say_instant(&mut self, at: Option<Timestamp>) {
        self.good("any", yes(at.is_some()));
        self.say(format!("  at: {}", at.map_or(0, Timestamp::millis)));
    }

    fn pack(&mut self) {
        let parcels = self.engine().take_parcels();
        self.outbox.push(parcels);
    }

    fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("the tape makes an engine first")
    }

    fn question(&self) -> Predicate {
        self.question.clone().expect("the tape asks something first")
    }

    fn playbook(&self) -> Arc<Playbook> {
        Arc::clone(self.playbook.as_ref().expect("the tape compiles a playbook first"))
    }
}

fn reading(reading: Reading) -> String {
    match reading {
        Reading::Fact(event) => format!("{{\"record\":{}}}\n", event.to_json(Currency::JPY)),
        Reading::Link(link) => format!(
            "{{\"link\":{{\"id\":\"{}\",\"friend\":\"{}\",\"at\":\"{}\",\"nonce\":{}}}}}\n",
            link.id,
            link.friend,
            link.at,
            Json::from(&*link.nonce)
        ),
        Reading::Nothing(why) => format!("{{\"skip\":{}}}\n", Json::from(why.to_string())),
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("the tape has such times only where it expects an error")
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

fn argument(error: impl ToString) -> Failure {
    (12, error.to_string())
}

fn refused(error: EngineError) -> Failure {
    let status = match &error {
        EngineError::Event(_) => 30,
        EngineError::TimeWentBack { .. } => 31,
        EngineError::KeysMissing => 32,
        EngineError::Full => 33,
        other => panic!("{other:?} has no number"),
    };
    (status, error.to_string())
}

fn shop<'a>(
    keys: Option<&'a KeyRing>,
    stock: &'a Stock,
    quota: Option<Quota>,
    headroom: Option<&'a Headroom>,
) -> ShopView<'a> {
    let mut shop = ShopView::new(keys);
    (shop.stock, shop.quota, shop.headroom) = (Some(stock), quota, headroom);
    shop
}

fn left(name: &str, number: i64) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|_| (12, format!("{name} {number}: it cannot be less than 0")))
}

fn small(name: &str, number: i64) -> Result<u8, Failure> {
    u8::try_from(number).map_err(|_| (12, format!("{name} {number}: it is at most 255")))
}
