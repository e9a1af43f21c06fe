//! What is read of a playbook is all of it; quiet hours end when they end.

use enishi::playbook::Playbook;
use enishi::policy::QuietHours;
use proptest::prelude::*;

use super::checker::step_names;
use super::shops::{Sort, Telling, shops};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What is read is all there: no scenario, step or segment goes missing in silence.
    #[test]
    fn a_playbook_that_is_read_is_whole(shop in shops(Sort::Any, Telling::InTime, 2)) {
        let read = Playbook::read(&shop.playbook).unwrap();
        let toml: toml::Table = shop.playbook.parse().unwrap();
        let written = toml["scenarios"].as_table().unwrap();
        prop_assert_eq!(read.scenarios().len(), written.len());
        for (name, scenario) in written {
            let known: Vec<String> = read.scenarios().get(name).unwrap().steps.iter().map(|step| step.name.to_string()).collect();
            prop_assert_eq!(known, step_names(scenario.as_table().unwrap()));
        }
        prop_assert_eq!(read.segments().len(), toml["segments"].as_table().unwrap().len());
        let json = serde_json::to_string(&toml).unwrap();
        prop_assert_eq!(Playbook::read(&json).unwrap().hash(), read.hash());
    }

    /// Shifting never takes longer than the night, and ends outside it.
    #[test]
    fn quiet_hours_end_when_they_end(
        from in 0_u16..1440,
        length in 1_u16..1440,
        spread in 0_u16..1440,
        minute in 0_i64..60 * 24 * 400,
        friend in 0_u32..50,
        zone in 0_usize..3,
    ) {
        use enishi::model::{FriendKey, LocalTime, Zone};
        use enishi::policy::{Quiet, QuietRule};
        let zone = Zone::new(["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"][zone], LocalTime::MIDNIGHT).unwrap();
        let time = |minutes: u16| LocalTime::from_minutes(minutes % 1440).unwrap();
        let spread = spread % (1440 - length);
        let hours = QuietHours::new(time(from), time(from + length), QuietRule::Shift).unwrap().spread(spread).unwrap();
        let now = super::small_shop::instant(super::small_shop::START + minute * 60_000 + 7);
        let rules = Rules { quiet: (from, (from + length) % 1440) };
        match hours.ask(&FriendKey::new(&format!("hana {friend}")).unwrap(), now, now, &zone) {
            Quiet::Open => prop_assert!(!rules.is_quiet(zone.time(now).minutes())),
            Quiet::Until(end) => {
                prop_assert!(rules.is_quiet(zone.time(now).minutes()));
                prop_assert!(!rules.is_quiet(zone.time(end).minutes()), "{} is still quiet", zone.show(end));
                // Open hours shorter than one that clocks skip are there only on the next day.
                let skipped = if length > 1440 - 60 { 1440 } else { 0 };
                let longest = (i64::from(length) + i64::from(spread) + 60 + skipped) * 60_000;
                prop_assert!(end > now && end.since(now) <= longest, "{} to {}", zone.show(now), zone.show(end));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

/// Quiet hours, looked at minute by minute.
struct Rules {
    quiet: (u16, u16),
}

impl Rules {
    fn is_quiet(&self, minute: u16) -> bool {
        let (from, to) = self.quiet;
        let mut at = from;
        while at != to {
            if at == minute {
                return true;
            }
            at = (at + 1) % 1440;
        }
        false
    }
}
