//! One step: what it does.

use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::Message;
use crate::model::{
    AttributeName, Channel, CouponName, Decimal, MenuName, MessageName, ScenarioName, Span, TagName, Value,
};
use crate::policy::QuietRule;
use crate::scenario::{Action, Alternative, Anchor, Arm, Await, Awaited, Goto, HandOver, Send, Since, Trigger, Wait};

use super::diagnostic::Code;
use super::reader::{Place, Reader, Table};
use super::scenarios::Names;
use super::source::Raw;
use super::steps::{Draft, Jump, Namer};
use super::{messages, triggers};

/// What a step comes to.
pub(super) enum Kind<'n> {
    /// Has a fault of its own, and might lead anywhere.
    Faulty,
    /// Leads to the next step, or ends.
    Done(Action),
    /// Leads where its jumps say, once these are places.
    Jumping {
        jumps: Vec<Jump<'n>>,
        /// How often it may go back, where that is said.
        bound: Option<Place<'n>>,
        make: Make<'n>,
    },
}

/// Makes a step of the places of its jumps.
type Make<'n> = Box<dyn FnOnce(Vec<Goto>) -> Option<Action> + 'n>;

/// The keys of which a step has exactly one, and those that may stand beside each.
const KINDS: [(&str, &[&str]); 15] = [
    ("send", &["issue", "by", "quiet", "in_stock", "no_reaction"]),
    ("issue", &[]),
    ("expire", &[]),
    ("wait", &["then"]),
    ("if", &["then", "else", "at_most"]),
    ("split", &["then", "salt"]),
    ("tag", &[]),
    ("untag", &[]),
    ("set", &["to"]),
    ("unset", &[]),
    ("menu", &[]),
    ("unlink_menu", &[]),
    ("start", &[]),
    ("stop", &[]),
    ("emit", &["letter"]),
];

/// One table: the finer steps it comes to, and an end after them where it says `end`. `None` when one has no
/// name.
pub(super) fn read<'n>(
    reader: &mut Reader<'_>,
    place: &Place<'n>,
    names: &Names<'_>,
    namer: &mut Namer,
) -> Option<Vec<Draft<'n>>> {
    let mut table = reader.table(place)?;
    let id = reader.take(&mut table, "id");
    let end = reader.take(&mut table, "end");
    let there: Vec<&'static str> = KINDS.iter().map(|(kind, _)| *kind).filter(|kind| table.has(kind)).collect();
    let kind = match there[..] {
        // A coupon beside a message goes with it.
        ["send", "issue"] => Some("send"),
        [kind] => Some(kind),
        _ => None,
    };
    let is_clear = match (kind, &end) {
        (Some("if" | "split"), Some(_)) => false,
        (Some(_), _) => true,
        (None, end) => there.is_empty() && end.is_some(),
    };
    let mut kinds = match kind {
        Some(kind) if is_clear => {
            let (beside, mut step) = (beside(kind), StepReader { names, table: &mut table });
            let kinds = step.read(reader, kind).unwrap_or_else(|| vec![Kind::Faulty]);
            // What belongs to this kind and was not looked at for a fault has a meaning all the same.
            for key in beside {
                reader.take(&mut table, key);
            }
            kinds
        }
        _ => Vec::new(),
    };
    if !is_clear {
        for key in KINDS.iter().flat_map(|(kind, beside)| beside.iter().chain([kind])) {
            reader.take(&mut table, key);
        }
        let all = KINDS.map(|(kind, _)| kind).join(", ");
        let help = format!("exactly one of {all}; or end alone, or beside one that leads on");
        reader.fault_at(place, Code::Value, "it is not clear what this step does", Some(help));
        kinds.push(Kind::Faulty);
    }
    reader.finish(table);
    let name = namer.name(reader, place, id.as_ref());
    match end.map(|place| read_end(reader, &place)) {
        Some(None) => kinds.push(Kind::Faulty),
        Some(Some(Some(result))) if is_clear => kinds.push(Kind::Done(Action::End(result))),
        _ => {}
    }
    let mut drafts = Vec::with_capacity(kinds.len());
    let mut name = Some(name?);
    for kind in kinds {
        let name = match name.take() {
            Some(name) => name,
            None => namer.name(reader, place, None)?,
        };
        drafts.push(Draft { name, kind, place: place.clone() });
    }
    Some(drafts)
}

/// The keys that may stand beside a kind of step.
fn beside(kind: &str) -> &'static [&'static str] {
    KINDS.iter().find(|(known, _)| *known == kind).map_or(&[], |(_, beside)| beside)
}

/// The result within, none for `false`; none at all when it is faulty.
#[allow(clippy::option_option, reason = "faulty, no end, an end without a result, an end with one")]
fn read_end(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Option<Option<Box<str>>>> {
    match &place.node.value {
        Raw::Text(result) => Some(Some(Some(result.as_str().into()))),
        _ => reader.flag(place).map(|ends| ends.then_some(None)),
    }
}

struct StepReader<'t, 'n, 'a, 'b> {
    names: &'a Names<'b>,
    table: &'t mut Table<'n>,
}

impl<'n> StepReader<'_, 'n, '_, '_> {
    /// Reads the step of this kind.
    fn read(&mut self, reader: &mut Reader<'_>, kind: &'static str) -> Option<Vec<Kind<'n>>> {
        let place = reader.take(self.table, kind)?;
        let (names, schema) = (self.names, self.names.schema);
        let action = match kind {
            "send" => return self.send(reader, &place),
            "wait" => return self.wait(reader, &place).map(|kind| vec![kind]),
            "if" => return self.branch(reader, &place).map(|kind| vec![kind]),
            "split" => return self.split(reader, &place).map(|kind| vec![kind]),
            "issue" => coupon(reader, &place, names).map(Action::Issue),
            "expire" => {
                reader.known(&place, "coupon", schema.coupons.iter().map(CouponName::as_str)).map(Action::Expire)
            }
            "tag" => tagging(reader, &place, names, true),
            "untag" => tagging(reader, &place, names, false),
            "set" => self.set(reader, &place),
            "unset" => attribute(reader, &place, names).map(|attribute| Action::Set { attribute, value: None }),
            "menu" => {
                let known = names.menus.names().map(MenuName::as_str);
                reader.known(&place, "menu", known).map(|menu| Action::Menu(Some(menu)))
            }
            "unlink_menu" => unlink_menu(reader, &place, names),
            "start" => scenario(reader, &place, names).map(Action::Start),
            "stop" => scenario(reader, &place, names).map(Action::Stop),
            _ => self.emit(reader, &place),
        };
        Some(vec![Kind::Done(action?)])
    }

    /// What stands beside the step, if anything does; none when it is faulty.
    fn optional<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        read: impl FnOnce(&mut Reader<'_>, &Place<'n>) -> Option<T>,
    ) -> Option<Option<T>> {
        match reader.take(self.table, key) {
            Some(place) => read(reader, &place).map(Some),
            None => Some(None),
        }
    }

    /// `{ send = "…", issue = "…", by = "email", quiet = "ignore", in_stock = true, no_reaction = { … } }`
    fn send(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Vec<Kind<'n>>> {
        let names = self.names;
        let message = message(reader, place, names);
        let known: Vec<Channel> = message.iter().flat_map(|message| message.channels()).collect();
        let issue = self.optional(reader, "issue", |reader, place| coupon(reader, place, names));
        let by = self.optional(reader, "by", |reader, place| channels(reader, place, &known));
        let quiet = self.optional(reader, "quiet", read_quiet);
        let in_stock = self.optional(reader, "in_stock", |reader, place| reader.flag(place));
        let follow_up = self.optional(reader, "no_reaction", |reader, place| follow_up(reader, place, &known));
        let mut send = Send::new(message?);
        let (by, follow_up) = (by?, follow_up?);
        send.issue = issue?;
        send.quiet = quiet?;
        send.in_stock = in_stock?.unwrap_or(false);
        let later = |channel: &Channel| follow_up.as_ref().is_some_and(|(_, then_by)| channel == then_by);
        send.channels = by.unwrap_or_else(|| known.iter().filter(|channel| !later(channel)).cloned().collect()).into();
        match follow_up {
            None => Some(vec![Kind::Done(Action::Send(Box::new(send)))]),
            Some(_) if send.channels.iter().any(later) || send.channels.is_empty() => {
                let help = "the message needs a form for two channels, and `then_by` names the second";
                reader.fault_at(place, Code::Value, "nothing is left for the first channel", Some(help.into()));
                None
            }
            Some((within, then_by)) => Some(followed_up(send, within, then_by)),
        }
    }

    /// `{ wait = "1d at 20:00" }`, `{ wait = { first_of = ["order"], or_after = "3d" }, then = { "time out" = "…" } }`
    fn wait(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Kind<'n>> {
        if !matches!(place.node.value, Raw::Table(_)) {
            let wait = reader.parsed::<Wait>(place)?;
            triggers::check_date(reader, place, wait.date(), self.names.schema)?;
            if let Some(stray) = reader.take(self.table, "then") {
                let help = "wait = { first_of = [\"order\"], or_after = \"3d\" }";
                reader.fault_at(&stray, Code::Value, "a wait for a time leads to the next step", Some(help.into()));
            }
            return Some(Kind::Done(Action::Wait(wait)));
        }
        let mut table = reader.table(place)?;
        let first_of = reader.need(&mut table, "first_of", "first_of = [\"order\", \"click 'sale'\"]");
        let or_after = reader.need(&mut table, "or_after", "or_after = \"3d\": nobody waits for ever");
        let since = reader.take(&mut table, "since");
        reader.finish(table);
        let names = self.names;
        let awaited = first_of.map(|place| {
            let places = reader.list(&place);
            if places.is_empty() {
                reader.fault_at(&place, Code::Value, "there is nothing to wait for", None);
            }
            let awaited: Vec<_> = places.iter().map(|place| read_awaited(reader, place, names)).collect();
            awaited.into_iter().collect::<Option<Vec<_>>>().filter(|awaited| !awaited.is_empty())
        });
        let or_after = or_after.and_then(|place| {
            let wait = reader.parsed::<Wait>(&place)?;
            triggers::check_date(reader, &place, wait.date(), names.schema).map(|()| wait)
        });
        let since = match since {
            Some(place) => read_since(reader, &place),
            None => Some(Since::Step),
        };
        let awaited = awaited??;
        let mut ways: Vec<&str> = awaited.iter().map(|(text, _)| &**text).collect();
        ways.push(TIME_OUT);
        let jumps = self.optional(reader, "then", |reader, place| jumps(reader, place, &ways))?;
        let jumps = jumps.unwrap_or_else(|| vec![Jump::Next; ways.len()]);
        let (or_after, since) = (or_after?, since?);
        let make = move |mut gotos: Vec<Goto>| {
            let timed_out = gotos.pop()?;
            let all = awaited.into_iter().zip(gotos);
            let first_of = all.map(|((text, what), goto)| Alternative::new(text, what, goto)).collect();
            Some(Action::Await(Box::new(Await { first_of, since, or_after, timed_out })))
        };
        Some(Kind::Jumping { jumps, bound: None, make: Box::new(make) })
    }

    /// `{ if = "…", then = "…", else = "…", at_most = 3 }`
    fn branch(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Kind<'n>> {
        let when = reader.predicate(place, self.names.schema);
        let then = reader.take(self.table, "then");
        let otherwise = reader.take(self.table, "else");
        let bound = reader.take(self.table, "at_most");
        let at_most = bound.as_ref().map(|place| reader.whole(place, 1, 1000));
        if then.is_none() && otherwise.is_none() {
            let help = "write then = \"…\" or else = \"…\": a step's id, \"next\" or \"end\"";
            reader.fault_at(place, Code::Flow, "this branch leads nowhere special", Some(help.into()));
            return None;
        }
        let at_most = at_most.map_or(Some(None), |at_most| at_most.map(Some))?;
        let jump = |place: Option<Place<'n>>| place.map_or(Jump::Next, |place| Jump::To(place, at_most));
        let jumps = vec![jump(then), jump(otherwise)];
        let make = |gotos: Vec<Goto>| match (gotos[..].first(), gotos[..].last(), when) {
            (Some(then), Some(otherwise), Some(when)) => {
                Some(Action::Branch { when, then: *then, otherwise: *otherwise })
            }
            _ => None,
        };
        Some(Kind::Jumping { jumps, bound, make: Box::new(make) })
    }

    /// `{ split = { "A" = 50, "B" = 50 }, then = { "A" = "…" }, salt = "…" }`
    fn split(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Kind<'n>> {
        let named = reader.named::<String>(place);
        let weights: Vec<Option<i64>> = named.iter().map(|(_, place)| reader.whole(place, 1, 1_000_000)).collect();
        if matches!(place.node.value, Raw::Table(_)) && named.len() < 2 {
            let help = "{ \"A\" = 50, \"B\" = 50 }";
            reader.fault_at(place, Code::Value, "a split has two arms or more", Some(help.into()));
            return None;
        }
        let arms: Vec<Box<str>> = named.into_iter().map(|(name, _)| name.into()).collect();
        let ways: Vec<&str> = arms.iter().map(|name| &**name).collect();
        let jumps = self.optional(reader, "then", |reader, place| jumps(reader, place, &ways))?;
        let salt = self.optional(reader, "salt", |reader, place| reader.text(place).map(Box::from))?;
        let jumps = jumps.unwrap_or_else(|| vec![Jump::Next; ways.len()]);
        let weights: Vec<i64> = weights.into_iter().collect::<Option<_>>()?;
        // Without a salt of its own each split is salted by its place in the playbook.
        let salt = salt.unwrap_or_else(|| place.path.as_str().into());
        let make = move |gotos: Vec<Goto>| {
            let arms = arms.into_iter().zip(weights).zip(gotos);
            let arm = |((name, weight), goto)| Some(Arm::new(name, u32::try_from(weight).ok()?, goto));
            Some(Action::Split { salt, arms: arms.map(arm).collect::<Option<_>>()? })
        };
        Some(Kind::Jumping { jumps, bound: None, make: Box::new(make) })
    }

    /// `{ set = "points", to = 5 }`
    fn set(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Action> {
        let attribute = attribute(reader, place, self.names);
        let to = reader.need(self.table, "to", "to = the value; to forget it, unset = \"…\"")?;
        let attribute = attribute?;
        let takes = self.names.schema.attributes.get(&attribute)?;
        let currency = self.names.schema.currency;
        match plain(&to).and_then(|value| takes.fit(&value, currency)) {
            Some(value) => Some(Action::Set { attribute, value: Some(value) }),
            None => {
                let message = format!("the attribute '{attribute}' takes {}", takes.wanted(currency));
                reader.fault_at(&to, Code::Type, message, None);
                None
            }
        }
    }

    /// `{ emit = "staff", letter = { text = "…" } }`
    fn emit(&mut self, reader: &mut Reader<'_>, place: &Place<'n>) -> Option<Action> {
        let to = reader.label(place);
        let schema = self.names.schema;
        let letter = reader.need(self.table, "letter", "letter = { text = \"…\" }: what is told");
        let letter = letter.and_then(|place| messages::letter_form(reader, &place, schema));
        Some(Action::HandOver(Box::new(HandOver::new(to?, letter?))))
    }
}

/// The way a wait takes when nothing came.
const TIME_OUT: &str = "time out";

/// A message, a wait for a reaction to it, and the message on another channel: three steps. Who cannot be
/// reached on the first channel gets the second at once.
fn followed_up<'n>(send: Send, within: Span, then_by: Channel) -> Vec<Kind<'n>> {
    let mut second = send.clone();
    second.channels = [then_by].into();
    second.follows_up = true;
    let first = move |gotos: Vec<Goto>| {
        let if_unreachable = *gotos.last()?;
        Some(Action::Send(Box::new(Send { if_unreachable, ..send })))
    };
    let wait = move |gotos: Vec<Goto>| {
        let reacted = Alternative::new("reaction".into(), Awaited::Reaction, *gotos.last()?);
        let or_after = Wait::For { span: within, from: Anchor::Step };
        let wait = Await { first_of: [reacted].into(), since: Since::Step, or_after, timed_out: Goto::Next };
        Some(Action::Await(Box::new(wait)))
    };
    vec![
        Kind::Jumping { jumps: vec![Jump::Next, Jump::Ahead(2)], bound: None, make: Box::new(first) },
        Kind::Jumping { jumps: vec![Jump::Next, Jump::Ahead(2)], bound: None, make: Box::new(wait) },
        Kind::Done(Action::Send(Box::new(second))),
    ]
}

/// `{ within = "48h", then_by = "email" }`
fn follow_up(reader: &mut Reader<'_>, place: &Place<'_>, known: &[Channel]) -> Option<(Span, Channel)> {
    let mut table = reader.table(place)?;
    let within = reader.need(&mut table, "within", "within = \"48h\"");
    let then_by = reader.need(&mut table, "then_by", "then_by = \"email\"");
    reader.finish(table);
    let within = within.and_then(|place| reader.span(&place, "nobody reacts in no time at all"));
    let then_by = then_by.and_then(|place| channel(reader, &place, known));
    Some((within?, then_by?))
}

/// `"email"`, or `["email", "line"]`: the first that reaches the friend.
fn channels(reader: &mut Reader<'_>, place: &Place<'_>, known: &[Channel]) -> Option<Vec<Channel>> {
    if matches!(place.node.value, Raw::Text(_)) {
        return channel(reader, place, known).map(|channel| vec![channel]);
    }
    let places = reader.list(place);
    let named: Vec<_> = places.iter().map(|place| channel(reader, place, known)).collect();
    let named = named.into_iter().collect::<Option<Vec<_>>>()?;
    if named.is_empty() {
        reader.fault_at(place, Code::Value, "the message could not go out at all", None);
        return None;
    }
    Some(named)
}

fn channel(reader: &mut Reader<'_>, place: &Place<'_>, known: &[Channel]) -> Option<Channel> {
    reader.known(place, "form of the message for the channel", known.iter().map(Channel::as_str))
}

fn read_quiet(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<QuietRule> {
    let words = [("shift", QuietRule::Shift), ("drop", QuietRule::Drop), ("ignore", QuietRule::Ignore)];
    reader.one_of(place, words, "there is no such rule of quiet hours", "shift, drop or ignore")
}

fn read_since(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Since> {
    let words = [("step", Since::Step), ("start", Since::Start)];
    let help = "step (since the wait began) or start (since the run began)";
    reader.one_of(place, words, "nothing counts since then", help)
}

/// Something that happens, `reaction`, or a condition; with its text.
fn read_awaited(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<(Box<str>, Awaited)> {
    if let Raw::Text(text) = &place.node.value {
        let text = text.trim();
        if text == "reaction" {
            return Some((text.into(), Awaited::Reaction));
        }
        match triggers::read_event(reader, place, names.schema)? {
            Some(Trigger::Enter(_, predicate)) => return Some((text.into(), Awaited::When(predicate))),
            Some(trigger) if trigger.is_remembered() => return Some((text.into(), Awaited::Event(trigger))),
            Some(_) => {
                let help = "write the condition itself, such as not segment '…'";
                reader.fault_at(place, Code::Value, "nobody remembers whether this happened", Some(help.into()));
                return None;
            }
            None => {}
        }
    }
    let predicate = reader.predicate(place, names.schema)?;
    let text = match &place.node.value {
        Raw::Text(text) => text.trim().into(),
        _ => predicate.expr().to_string().into(),
    };
    Some((text, Awaited::When(predicate)))
}

/// `{ "click 'sale'" = "tips", "time out" = "remind" }`: a jump for each of the ways, the next step for those
/// that are not named.
fn jumps<'n>(reader: &mut Reader<'_>, place: &Place<'n>, ways: &[&str]) -> Option<Vec<Jump<'n>>> {
    let mut jumps = vec![Jump::Next; ways.len()];
    let mut sound = true;
    for (way, place) in reader.named::<String>(place) {
        match ways.iter().position(|known| *known == way.trim()) {
            Some(index) => jumps[index] = Jump::To(place, None),
            None => {
                let known = ways.iter().map(|way| format!("\"{way}\"")).collect::<Vec<_>>().join(", ");
                reader.fault_at(&place, Code::UnknownName, format!("nothing leads to `{way}`"), Some(known));
                sound = false;
            }
        }
    }
    sound.then_some(jumps)
}

fn message(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Arc<Message>> {
    let name: MessageName = reader.known(place, "message", names.messages.keys().map(MessageName::as_str))?;
    names.messages.get(&name)?.clone()
}

fn coupon(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Arc<Coupon>> {
    let name: CouponName = reader.known(place, "coupon", names.coupons.keys().map(CouponName::as_str))?;
    names.coupons.get(&name)?.clone()
}

fn scenario(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<ScenarioName> {
    reader.known(place, "scenario", names.schema.scenarios.iter().map(ScenarioName::as_str))
}

fn attribute(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<AttributeName> {
    reader.known(place, "attribute", names.schema.attributes.keys().map(AttributeName::as_str))
}

fn tagging(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>, on: bool) -> Option<Action> {
    let tag: TagName = reader.known(place, "tag", names.schema.tags.keys().map(TagName::as_str))?;
    if names.schema.tags.get(&tag).is_some_and(|rule| rule.when.is_some()) {
        let message = format!("nobody puts the tag '{tag}' on or takes it off: its `when` says who has it");
        reader.fault_at(place, Code::Value, message, None);
        return None;
    }
    Some(Action::Tag { tag, on })
}

/// `unlink_menu = true`: only where everybody without a menu of their own sees one of the account's (X54).
fn unlink_menu(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Action> {
    if !reader.flag(place)? {
        reader.fault_at(place, Code::Value, "this step would do nothing", Some("unlink_menu = true".into()));
        return None;
    }
    if !names.menus.account_default {
        let help = "account_default = true under [menus], if the account has a default menu; or link another with menu = \"…\"";
        reader.fault_at(place, Code::Value, "the friend would be left without any menu", Some(help.into()));
        return None;
    }
    Some(Action::Menu(None))
}

/// A value as it stands in the playbook.
fn plain(place: &Place<'_>) -> Option<Value> {
    Some(match &place.node.value {
        Raw::Text(text) => Value::Text(text.as_str().into()),
        Raw::Whole(n) => Value::Number(Decimal::whole(*n)?),
        Raw::Flag(yes) => Value::Flag(*yes),
        Raw::List(items) => {
            let text = |item: &super::source::Node| match &item.value {
                Raw::Text(text) => Some(text.as_str().into()),
                _ => None,
            };
            Value::List(items.iter().map(text).collect::<Option<_>>()?)
        }
        Raw::Table(_) | Raw::Other(..) => return None,
    })
}
