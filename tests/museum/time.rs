//! Time: weekdays, nights, clocks, birthdays.

use std::collections::BTreeSet;
use std::sync::Arc;

use enishi::model::{Currency, Date, FriendKey, Span, Value, Zone};
use enishi::playbook::Playbook;
use enishi::policy::{Quiet, QuietHours, QuietRule};
use enishi::segment::{Expr, Schema};

use crate::NOON;
use crate::support::lab::{Lab, at, keys, playbook};

// Dittofeed: the weekday of the UTC date; "Monday to Friday at 08:00" fired from Tuesday to Saturday in Japan.
// Seen to fail when `Zone::date` takes the date of UTC.
#[test]
fn x29_dates_are_the_shops_not_greenwichs() {
    let schema = Schema::new(Zone::TOKYO);
    let april = schema.compile(&Expr::parse("first order since 2026-04-01").unwrap().expr).unwrap();
    let mut lab = Lab::new("[scenarios.s]\non = 'order'\nreentry = 'after end'\nsteps = [{ wait = '1d at 08:00' }]");
    // 07:30 in Tokyo is still the day before in Greenwich.
    lab.tell("2026-04-01T07:30:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"1""#);
    assert!(april.matches(&lab.friend("hana"), at(NOON)));
    assert_eq!(lab.decisions()[1], "2026-04-01T07:30 hana s#1/start+1 waits until 2026-04-02T08:00");
    lab.tell(
        "2026-03-31T23:59:00+09:00".replace("2026-03-31T23:59", "2026-04-01T07:31").as_str(),
        "taro",
        r#""type":"order_placed","order":"2","placed_at":"2026-03-31T23:59:59+09:00","total":"1""#,
    );
    assert!(!april.matches(&lab.friend("taro"), at(NOON)));
    // Five working days at eight in the morning, of which four begin on the day before in Greenwich.
    let mut lab =
        Lab::new("[scenarios.s]\non = 'weekday at 08:00'\nreentry = 'after end'\nsteps = [{ id = 'a', send = 'a' }]");
    lab.follow("2026-04-04T12:00:00+09:00", "hana");
    lab.play("2026-04-12T12:00:00+09:00");
    let days: Vec<String> = lab.deliveries().iter().map(|line| line[8..16].to_owned()).collect();
    assert_eq!(days, ["06T08:00", "07T08:00", "08T08:00", "09T08:00", "10T08:00"], "Monday to Friday");
}

// Mautic: 22:00–06:00 was swapped into 06:00–22:00, and everything left in the night.
// Seen to fail when `QuietHours::covers` takes hours that cross midnight for those between.
#[test]
fn x30_quiet_hours_cross_midnight() {
    let hours = QuietHours::new("22:00".parse().unwrap(), "06:00".parse().unwrap(), QuietRule::Shift).unwrap();
    let ask = |time: &str| {
        let now = at(&format!("2026-04-01T{time}+09:00"));
        hours.ask(&FriendKey::new("hana").unwrap(), now, now, &Zone::TOKYO)
    };
    for open in ["06:00:00", "12:00:00", "21:59:59.999"] {
        assert_eq!(ask(open), Quiet::Open, "{open}");
    }
    assert_eq!(ask("22:00:00"), Quiet::Until(at("2026-04-02T06:00:00+09:00")));
    assert_eq!(ask("23:59:59.999"), Quiet::Until(at("2026-04-02T06:00:00+09:00")));
    assert_eq!(ask("00:00:00"), Quiet::Until(at("2026-04-01T06:00:00+09:00")));
    assert_eq!(ask("05:59:59.999"), Quiet::Until(at("2026-04-01T06:00:00+09:00")));
}

// Dittofeed: one offset was taken for eight days; across a clock change everything came an hour off.
// Seen to fail when `Zone::plus` adds 86,400 seconds for a day.
#[test]
fn x31_every_day_has_its_own_offset() {
    let zone = Zone::new("America/New_York", "00:00".parse().unwrap()).unwrap();
    let noon = at("2026-03-05T12:00:00-05:00");
    let later = |days| zone.plus(noon, Span::days(days)).to_string();
    assert_eq!(
        [later(1), later(2), later(3), later(4)],
        ["2026-03-06T17:00:00Z", "2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z", "2026-03-09T16:00:00Z"]
    );
    assert_eq!(zone.plus(noon, Span::minutes(8 * 24 * 60)), noon.plus_millis(8 * 86_400_000), "hours are exact");
}

// EC-CUBE: a date went through UTC, and 1988-04-01 arrived as 1988-03-31.
// Seen to fail when `parse_date` comes out a day early.
#[test]
fn x32_a_birthday_is_a_date() {
    for zone in ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"] {
        let text = format!(
            "[shop]\nname = 'x'\nzone = '{zone}'\ncurrency = 'JPY'\n[attributes]\nbirthday = 'date'\n[segments]\ns = 'birthday = 1988-04-01'"
        );
        let playbook = Arc::new(Playbook::read(&text).unwrap());
        let mut lab = Lab::new("");
        lab.engine = enishi::engine::Engine::new(playbook, Some(keys())).unwrap();
        lab.tell("2026-04-01T00:30:00+09:00", "hana", r#""type":"profile","attributes":{"birthday":"1988-04-01"}"#);
        let restored =
            enishi::engine::Engine::restore(Arc::clone(lab.engine.playbook()), None, &lab.engine.snapshot()).unwrap();
        let friend = restored.friend("hana").unwrap();
        assert_eq!(friend.attribute("birthday").unwrap().to_string(), "1988-04-01");
        assert!(restored.playbook().segments()["s"].predicate.matches(&friend, restored.now()));
    }
}

// Systems that make a date out of a month and a day fell over on 29 February, or on 31 January and a month.
// Seen to fail when `anniversary` knows no other day for 29 February.
#[test]
fn x33_the_29th_of_february() {
    let mut lab = Lab::new(
        "[attributes]\nbirthday = 'date'\n[segments]\nafter = 'birthday > 2000-02-28 and birthday < 2000-03-01'",
    );
    lab.tell(NOON, "hana", r#""type":"profile","attributes":{"birthday":"2000-02-29"}"#);
    let leap: Date = "2000-02-29".parse().unwrap();
    assert_eq!(lab.friend("hana").attribute("birthday"), Some(&Value::Date(leap)));
    let after = &lab.engine.playbook().segments()["after"].predicate;
    assert!(after.matches(&lab.friend("hana"), lab.engine.now()));
    let none =
        crate::support::lab::event("e", "hana", NOON, r#""type":"profile","attributes":{"birthday":"2001-02-29"}"#);
    let none = enishi::model::Event::from_json(none.as_bytes(), Currency::JPY).unwrap();
    assert!(lab.engine.record(&none, at(NOON)).is_err(), "a day that never was");
    let later = |from: &str, days| Zone::TOKYO.show(Zone::TOKYO.plus(at(from), Span::days(days)));
    assert_eq!(later("2028-02-28T12:00:00+09:00", 1), "2028/02/29 12:00");
    assert_eq!(later("2028-02-29T12:00:00+09:00", 366), "2029/03/01 12:00");
    let mut lab = Lab::new(
        "[attributes]\nbirthday = 'date'\n[scenarios.s]\non = 'anniversary of birthday at 10:00'\nreentry = 'after end'\nsteps = [{ id = 'a', send = 'a' }]\n[scenarios.month]\non = 'day 31 at 10:00'\nreentry = 'after end'\nsteps = [{ id = 'b', send = 'b' }]",
    );
    lab.follow("2027-02-01T12:00:00+09:00", "hana");
    lab.tell("2027-02-01T12:00:00+09:00", "hana", r#""type":"profile","attributes":{"birthday":"2000-02-29"}"#);
    lab.play("2028-03-01T12:00:00+09:00");
    let lines = lab.deliveries();
    let of = |text: &str| lines.iter().filter(|line| line.ends_with(text)).map(|line| &line[..10]).collect::<Vec<_>>();
    assert_eq!(of("A"), ["2027-02-28", "2028-02-29"]);
    assert_eq!(of("B")[..3], ["2027-02-28", "2027-03-31", "2027-04-30"], "31 January and a month");
    assert_eq!(of("B").len(), 13);
}

// lifetimes #67 and others: "today" was the day of the import, or the wall clock of whoever asked.
// Seen to fail when a segment is asked as of the day the friend was first heard of (`Scene::look_at_segments`).
#[test]
fn x34_now_is_what_the_engine_was_told() {
    let rest = "[segments]\nlately = 'order within 30d'\n[scenarios.lapsed]\non = \"leave segment 'lately'\"\nsteps = [{ id = 'a', send = 'a' }]";
    let mut lab = Lab::new(rest);
    lab.follow("2021-04-01T12:00:00+09:00", "hana");
    lab.tell("2021-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"1""#);
    let lately = |lab: &Lab, now: &str| {
        lab.engine.playbook().segments()["lately"].predicate.matches(&lab.friend("hana"), at(now))
    };
    // The same record, asked as of two instants: neither the year of this test nor the day of the import is in it.
    assert!(lately(&lab, "2021-05-01T11:59:59+09:00"));
    assert!(!lately(&lab, "2021-05-01T12:00:00+09:00"));
    // Kept and taken up again later, nothing of it has become "today".
    let bytes = lab.engine.snapshot();
    lab.engine = enishi::engine::Engine::restore(playbook(rest), Some(keys()), &bytes).unwrap();
    assert_eq!(lab.engine.snapshot(), bytes, "the same bytes whenever and wherever");
    lab.play("2021-05-01T11:59:59+09:00");
    assert_eq!(lab.deliveries(), [""; 0]);
    lab.play("2021-05-02T00:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2021-05-01T12:00 hana lapsed/a: A"]);
}

// Everything held back by quiet hours left in the one second at 09:00.
// Seen to fail when nobody has a minute of their own: in `QuietHours::own_minute`, and in `own_share` for campaigns.
#[test]
fn x35_no_spike_in_the_morning() {
    let rest = "[policy]\nquiet_hours = { from = '21:00', to = '09:00', then = 'shift', spread = '60m' }\n[scenarios.s]\non = 'follow'\nsteps = [{ id = 'a', send = 'a' }]";
    let mut lab = Lab::new(rest);
    (0..600).for_each(|i| lab.follow("2026-04-01T23:00:00+09:00", &format!("line:{i}")));
    lab.play("2026-04-02T12:00:00+09:00");
    let lines = lab.deliveries();
    let mut minutes = std::collections::BTreeMap::<&str, u32>::new();
    lines.iter().for_each(|line| *minutes.entry(&line[..16]).or_default() += 1);
    assert_eq!(lines.len(), 600);
    assert!(minutes.len() > 55 && minutes.values().all(|count| *count < 40), "{minutes:?}");
    assert_eq!(*minutes.first_key_value().unwrap().0, "2026-04-02T09:00");
    assert!(*minutes.last_key_value().unwrap().0 <= "2026-04-02T10:00");
    // Nor where a campaign begins for everybody at one time of the calendar.
    let rest = "[scenarios.s]\non = '2026-04-10 at 10:00'\nspread = '1h'\nsteps = [{ id = 'a', send = 'a' }]";
    let mut lab = Lab::new(rest);
    (0..600).for_each(|i| lab.follow(NOON, &format!("line:{i}")));
    lab.play("2026-04-10T11:00:00+09:00");
    let lines = lab.deliveries();
    let minutes: BTreeSet<&str> = lines.iter().map(|line| &line[..16]).collect();
    assert_eq!((lines.len(), minutes.len()), (600, 60));
    assert_eq!((*minutes.first().unwrap(), *minutes.last().unwrap()), ("2026-04-10T10:00", "2026-04-10T10:59"));
}
