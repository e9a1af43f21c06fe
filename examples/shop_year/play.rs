//! The clock of the play: from one minute in which something happens to the next.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use enishi::coupon::{Basket, Candidate, KeyRing};
use enishi::delivery::{Courier, LineHttp, pump};
use enishi::engine::ShopView;
use enishi::model::{Event, EventId, Fact, Timestamp};
use enishi::store::{Store, run};
use line_stand_in::Clock;

use crate::Shop;
use crate::made_up::remembers_coupon;
use crate::options::Options;

/// What the play came to, beside what the store knows.
pub struct Played {
    pub events: usize,
    pub minutes: u64,
    pub took: Duration,
}

const MINUTE: i64 = 60_000;

/// Plays the shop from its start, or from where the store stands, to its end; what is still on its
/// way then gets two more days.
pub fn play<S: Store>(
    store: &mut S,
    shop: &Shop,
    line: &LineHttp,
    clock: &Clock,
    options: &Options,
) -> Result<Played, Box<dyn Error>> {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // A shop keeps its secret elsewhere; this one must give the same codes in every run.
    let keys = KeyRing::new(0, b"the secret of an example shop")?;
    let mut courier = Courier::new();
    let mut progress = Progress::new(shop, options.quiet);

    // The events of a minute are taken in at once, before the store works at that minute.
    let resumed_at = store.last_now()?;
    let mut told = shop.events.partition_point(|event| minute_of(event.at) <= resumed_at);
    let mut played = Played { events: told, minutes: 0, took: Duration::ZERO };
    // Somebody else's clock, an outside stand-in's, cannot be set: then its own time is all it has.
    while let Some(now) = next_minute(store, shop, told)? {
        clock.set(now.millis());
        let upto = told + shop.events[told..].partition_point(|event| event.at <= now);
        let mut happened = Vec::new();
        for event in &shop.events[told..upto] {
            happened.extend(with_coupon(store, shop, event)?);
        }
        if !happened.is_empty() {
            store.append(&happened)?;
        }
        played.events += upto - told;
        told = upto;
        run(store, &shop.playbook, &ShopView::new(Some(&keys)), now)?;
        runtime.block_on(pump(store, &mut courier, line, &|| now))?;
        played.minutes += 1;
        progress.show(now, played.events);
    }
    progress.end();
    played.took = began.elapsed();
    Ok(played)
}

/// The next minute in which an event happens, somebody wakes or a request is due.
fn next_minute<S: Store>(store: &mut S, shop: &Shop, told: usize) -> Result<Option<Timestamp>, S::Error> {
    let event = shop.events.get(told).map(|event| event.at);
    // What was taken in before a crash and not worked on belongs to the minute of the next event.
    let due = store.next_due()?.filter(|due| *due > Timestamp::MIN);
    let last = store.last_now()?;
    let next = event.into_iter().chain(due).min().map(|next| minute_of(next.max(last)));
    match next {
        Some(now) if now <= shop.end => Ok(Some(now)),
        // After the end nobody is woken any more, but what is on its way may arrive.
        Some(now) if store.tally()?.waiting > 0 && now <= shop.end.plus_millis(2 * 24 * 60 * MINUTE) => Ok(Some(now)),
        _ => Ok(None),
    }
}

/// The first full minute at or after an instant.
fn minute_of(at: Timestamp) -> Timestamp {
    let minutes = at.millis().div_euclid(MINUTE) + i64::from(at.millis().rem_euclid(MINUTE) > 0);
    Timestamp::from_millis(minutes * MINUTE).unwrap_or(at)
}

/// An event, and with an order the coupon its buyer has in hand and thinks of.
fn with_coupon<S: Store>(store: &mut S, shop: &Shop, event: &Event) -> Result<Vec<Event>, Box<dyn Error>>
where
    S::Error: 'static,
{
    let mut events = vec![event.clone()];
    if let (Some(seed), Fact::OrderPlaced(order)) = (shop.seed, &event.fact)
        && remembers_coupon(seed, &order.id)
        && let Some(kept) = store.friend(&event.friend)?
    {
        let friend = &kept.friend;
        let checkout = shop.playbook.checkout(friend, event.at);
        let basket = Basket::of_goods(&order.lines, "10%".parse()?);
        let candidates = Candidate::all_held(friend, |name| shop.playbook.coupons().get(name).map(AsRef::as_ref));
        let quote = checkout.quote(&basket, &candidates)?;
        if let Some(held) = quote.taken.first().and_then(|taken| candidates[taken.candidate].held) {
            events.push(Event {
                id: EventId::new(&format!("{}:coupon", event.id))?,
                friend: event.friend.clone(),
                at: event.at,
                fact: Fact::CouponRedeemed {
                    coupon: held.coupon.clone(),
                    code: held.code.clone(),
                    order: order.id.clone(),
                },
            });
        }
    }
    Ok(events)
}

/// One line that moves, on a terminal; a line a tenth elsewhere.
struct Progress {
    start: i64,
    length: i64,
    shown: i64,
    quiet: bool,
    terminal: bool,
}

impl Progress {
    fn new(shop: &Shop, quiet: bool) -> Self {
        let length = shop.end.since(shop.start).max(1);
        Self { start: shop.start.millis(), length, shown: -1, quiet, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, now: Timestamp, events: usize) {
        let percent = ((now.millis() - self.start) * 100 / self.length).min(100);
        let step = if self.terminal { 1 } else { 10 };
        if self.quiet || percent / step == self.shown {
            return;
        }
        self.shown = percent / step;
        let day = &now.to_string()[..10];
        let (begin, end) = if self.terminal { ("\r", "") } else { ("", "\n") };
        eprint!("{begin}  {day}  {percent:3} %  {events} events{end}");
        let _ = std::io::stderr().flush();
    }

    fn end(&self) {
        if self.terminal && !self.quiet {
            eprintln!();
        }
    }
}
