//! At what hour a friend is most likely to react (S8).

use sha2::{Digest, Sha256};

use crate::model::{FriendKey, LocalTime, Reactions};

/// At what hour a friend is written to: learned from that friend's reactions, and as long as they are few
/// from everybody's.
///
/// Hours are those of the shop's clock. Of a friend with so many reactions in each hour,
///
/// ```text
/// score(hour) = own(hour) + strength × shop(hour) / shop in all
/// ```
///
/// so a friend of whom nothing is known is written to when others react, and it takes about `strength`
/// reactions until the own habit weighs as much. In both, an hour counts twice and its two neighbours once
/// each: who reacts at 12:55 and at 13:05 has one habit, and a single reaction makes no peak. Of all hours
/// that lie in the window, if only with some of their minutes, the best is taken; of equal ones that in
/// which more of the shop's friends react, then the one that comes first after the window's beginning.
/// Everything is counted in whole numbers.
///
/// The minute is the friend's own, drawn from the key among the minutes of that hour that lie in the window,
/// so that those who share an hour are not all written to in one second (X35).
///
/// Saturdays and Sundays have a habit of everybody's of their own, where it is told, or nothing is; a friend's own
/// reactions are counted by the hour alone.
///
/// What is counted is reactions, and who is never written to at night does not react at night: hours with
/// many messages look better than they are. So the window should be one in which the shop likes to write.
///
/// ```
/// use enishi::insight::{BestHour, HourWindow};
/// use enishi::model::{FriendKey, Reactions};
/// let best_hour = BestHour::default();
/// let (key, day) = (FriendKey::new("eccube:customer:7")?, HourWindow::new("09:00".parse()?, "21:00".parse()?));
/// let stranger = best_hour.of(&Reactions::default(), &key, day);
/// assert_eq!((stranger.hour, stranger.own, stranger.time.to_string().as_str()), (20, 0, "20:48"));
///
/// let mut early = Reactions::default();
/// early.by_hour[10] = 15;
/// assert_eq!(best_hour.of(&early, &key, day).hour, 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestHour {
    /// Everybody's reactions; `None` while none are known.
    shop: Option<[u32; 24]>,
    /// Those on Saturdays and Sundays, where they were told apart.
    weekend: Option<[u32; 24]>,
    strength: u32,
}

/// The hours in which a message may leave: from one time of day until, not including, another. They may
/// cross midnight; when both are the same it is the whole day from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a window has two ends")]
pub struct HourWindow {
    /// The first minute.
    pub from: LocalTime,
    /// The first minute after.
    pub until: LocalTime,
}

/// The hour that was chosen, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BestHourChoice {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The time of day: that hour, and the friend's own minute.
    pub time: LocalTime,
    /// How many reactions of the friend are known.
    pub own: u32,
    /// How many of the shop's friends; 0 where what is usual in Japan stood for them.
    pub shop: u64,
}

/// What is usual in Japan while a shop knows nothing of its own: the lunch break and the evening (S8; a prior only,
/// C8). Nobody is woken.
const USUAL: [u32; 24] = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 2, 3, 4, 4, 3, 1];

/// The same on Saturdays and Sundays: the morning.
const USUAL_WEEKEND: [u32; 24] = [0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 4, 2, 1, 1, 1, 1, 1, 1, 2, 3, 3, 2, 1];

const HOURS: usize = 24;
const DAY: u16 = 24 * 60;

impl BestHour {
    /// The most reactions of one hour that are told of a shop.
    pub const MAX_COUNT: u32 = 1_000_000_000;

    /// The most a shop's habit can weigh.
    pub const MAX_STRENGTH: u32 = 10_000;

    /// The reactions of all friends in each hour. While there are none at all, what is usual in Japan
    /// stands for them.
    #[must_use]
    pub fn with_shop(mut self, by_hour: [u32; 24]) -> Self {
        let counts = by_hour.map(|count| count.min(Self::MAX_COUNT));
        self.shop = Some(counts).filter(|counts| counts.iter().any(|count| *count > 0));
        self
    }

    /// The reactions of all friends in each hour of Saturdays and Sundays, where they are other than on working days.
    #[must_use]
    pub fn with_weekend(mut self, by_hour: [u32; 24]) -> Self {
        self.weekend = Self::default().with_shop(by_hour).shop;
        self
    }

    /// How many own reactions weigh as much as everybody's habit; at most
    /// [`MAX_STRENGTH`](Self::MAX_STRENGTH).
    #[must_use]
    pub fn with_strength(mut self, reactions: u32) -> Self {
        self.strength = reactions.min(Self::MAX_STRENGTH);
        self
    }

    /// The same with the reactions of these friends as the shop's. Linear; of one friend at most 255 in an
    /// hour are known, so nobody outweighs all others.
    #[must_use]
    pub fn learned_from<'f>(self, friends: impl IntoIterator<Item = &'f Reactions>) -> Self {
        let mut by_hour = [0_u32; HOURS];
        for reactions in friends {
            for (sum, count) in by_hour.iter_mut().zip(reactions.by_hour) {
                *sum = sum.saturating_add(count.into());
            }
        }
        self.with_shop(by_hour)
    }

    /// The lines for a playbook's `[best_hour]` that keep this.
    pub fn playbook_lines(&self) -> String {
        let line = |key: &str, counts: [u32; 24]| format!("{key} = {counts:?}\n");
        let shop = self.shop.map(|counts| line("shop", counts)).unwrap_or_default();
        let weekend = self.weekend.map(|counts| line("weekend", counts)).unwrap_or_default();
        format!("{shop}{weekend}strength = {}\n", self.strength)
    }

    /// The best time in the window of a working day for the friend with this key and these reactions. Constant time.
    pub fn of(&self, reactions: &Reactions, key: &FriendKey, window: HourWindow) -> BestHourChoice {
        self.choose(self.shop, USUAL, reactions, key, window)
    }

    /// The same of a Saturday or Sunday. A shop that tells of all days alike is believed on these too.
    pub fn of_weekend(&self, reactions: &Reactions, key: &FriendKey, window: HourWindow) -> BestHourChoice {
        self.choose(self.weekend.or(self.shop), USUAL_WEEKEND, reactions, key, window)
    }

    fn choose(
        &self,
        told: Option<[u32; HOURS]>,
        usual: [u32; HOURS],
        reactions: &Reactions,
        key: &FriendKey,
        window: HourWindow,
    ) -> BestHourChoice {
        let own = reactions.by_hour.map(u64::from);
        let shop = told.unwrap_or(usual).map(u64::from);
        let (all_own, all_shop) = (own.iter().sum::<u64>(), shop.iter().sum::<u64>());
        // Times the shop's total, which makes it whole.
        let score = |hour: usize| {
            let habit = around(&shop, hour);
            (around(&own, hour) * all_shop + u64::from(self.strength) * habit, habit)
        };
        let better = |best: Stretch, next: Stretch| if score(next.hour()) > score(best.hour()) { next } else { best };
        let best = window.stretches().reduce(better).expect("a window lasts a minute at least");
        BestHourChoice {
            hour: best.hour() as u8,
            time: best.own_time(key),
            own: u32::try_from(all_own).unwrap_or(u32::MAX),
            shop: if told.is_some() { all_shop } else { 0 },
        }
    }
}

/// What is usual in Japan, which twenty own reactions outweigh.
impl Default for BestHour {
    fn default() -> Self {
        Self { shop: None, weekend: None, strength: 20 }
    }
}

/// An hour and its neighbours, around the clock: 1, 2, 1.
fn around(by_hour: &[u64; HOURS], hour: usize) -> u64 {
    by_hour[(hour + HOURS - 1) % HOURS] + 2 * by_hour[hour] + by_hour[(hour + 1) % HOURS]
}

impl HourWindow {
    /// From `from` until, not including, `until`.
    pub const fn new(from: LocalTime, until: LocalTime) -> Self {
        Self { from, until }
    }

    /// Its hours in order, the first and the last perhaps cut short: one hour twice where it begins and ends in it.
    fn stretches(self) -> impl Iterator<Item = Stretch> {
        let (from, length) = (self.from.minutes(), self.length());
        // Counted on from the first day's midnight.
        let end = from + length;
        (from / 60..end.div_ceil(60)).map(move |hour| {
            let (start, stop) = ((hour * 60).max(from), (hour * 60 + 60).min(end));
            Stretch { start: start % DAY, minutes: stop - start }
        })
    }

    fn length(self) -> u16 {
        match (DAY + self.until.minutes() - self.from.minutes()) % DAY {
            0 => DAY,
            minutes => minutes,
        }
    }
}

/// Minutes of one hour, in a row.
#[derive(Clone, Copy)]
struct Stretch {
    /// Minutes after midnight.
    start: u16,
    /// How many: at least one.
    minutes: u16,
}

impl Stretch {
    fn hour(self) -> usize {
        usize::from(self.start / 60)
    }

    /// The friend's own minute in it, by another part of the digest than the one that quiet hours spread by.
    fn own_time(self, key: &FriendKey) -> LocalTime {
        let digest = Sha256::digest(key.as_str().as_bytes());
        let minute = u16::from_be_bytes([digest[2], digest[3]]) % self.minutes;
        LocalTime::from_minutes(self.start + minute).unwrap_or(LocalTime::MIDNIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> LocalTime {
        text.parse().unwrap()
    }

    fn window(from: &str, until: &str) -> HourWindow {
        HourWindow::new(time(from), time(until))
    }

    fn key(n: u32) -> FriendKey {
        FriendKey::new(&format!("eccube:customer:{n}")).unwrap()
    }

    fn reacted(hours: &[(usize, u8)]) -> Reactions {
        let mut reactions = Reactions::default();
        hours.iter().for_each(|(hour, count)| reactions.by_hour[*hour] = *count);
        reactions
    }

    fn shop(hours: &[(usize, u32)]) -> BestHour {
        let mut by_hour = [0; 24];
        hours.iter().for_each(|(hour, count)| by_hour[*hour] = *count);
        BestHour::default().with_shop(by_hour)
    }

    fn hour(best_hour: &BestHour, reactions: &Reactions, window: HourWindow) -> u8 {
        best_hour.of(reactions, &key(7), window).hour
    }

    #[test]
    fn while_nothing_is_known_it_is_the_evening_and_within_office_hours_the_lunch_break() {
        let (usual, stranger) = (BestHour::default(), Reactions::default());
        assert_eq!(hour(&usual, &stranger, window("00:00", "00:00")), 20);
        assert_eq!(hour(&usual, &stranger, window("09:00", "17:00")), 12);
        assert_eq!(hour(&usual, &stranger, window("21:00", "09:00")), 21);
        assert_eq!(usual.of(&stranger, &key(7), window("09:00", "21:00")).shop, 0);
        assert_eq!(BestHour::default().with_shop([0; 24]), usual, "no reactions tell nothing");
    }

    #[test]
    fn days_off_begin_with_the_morning_unless_the_shop_knows_better() {
        let (stranger, day) = (Reactions::default(), window("09:00", "21:00"));
        let of_weekend = |best_hour: &BestHour| best_hour.of_weekend(&stranger, &key(7), day).hour;
        assert_eq!(of_weekend(&BestHour::default()), 10);
        let evening = shop(&[(19, 5)]);
        assert_eq!(of_weekend(&evening), 19, "told of all days alike");
        let mut by_hour = [0; 24];
        by_hour[15] = 3;
        let told = evening.with_weekend(by_hour);
        assert_eq!((of_weekend(&told), hour(&told, &stranger, day)), (15, 19));
        assert_eq!(told.of_weekend(&stranger, &key(7), day).shop, 3);
        assert!(told.playbook_lines().contains("\nweekend = [0, 0"));
        // An own habit of the lunch break outweighs it on days off as well.
        assert_eq!(told.of_weekend(&reacted(&[(12, 25)]), &key(7), day).hour, 12);
    }

    #[test]
    fn own_reactions_outweigh_the_shop_in_time() {
        let shop = shop(&[(20, 1000)]);
        let day = window("08:00", "22:00");
        let at_noon = |n: u8| hour(&shop, &reacted(&[(12, n)]), day);
        assert_eq!((at_noon(0), at_noon(19), at_noon(21)), (20, 20, 12));
        // As many own reactions as the strength weigh the same; the shop's habit decides.
        assert_eq!(at_noon(20), 20);
        assert_eq!(hour(&shop.clone().with_strength(1), &reacted(&[(12, 2)]), day), 12);
        assert_eq!(hour(&shop.clone().with_strength(0), &reacted(&[(12, 1)]), day), 12);
        assert_eq!(hour(&shop.with_strength(0), &Reactions::default(), day), 20, "nothing else is known");
    }

    #[test]
    fn neighbouring_hours_are_one_habit() {
        let shop = shop(&[(9, 1)]).with_strength(1);
        // Six in the evening, spread, are more than three at once in the morning.
        assert_eq!(hour(&shop, &reacted(&[(11, 3), (19, 2), (20, 2), (21, 2)]), window("08:00", "22:00")), 20);
        // Around midnight too.
        assert_eq!(hour(&shop, &reacted(&[(11, 2), (23, 2), (0, 2), (1, 2)]), window("00:00", "00:00")), 0);
    }

    #[test]
    fn of_equal_hours_the_first_after_the_beginning_of_the_window_is_taken() {
        let shop = shop(&[(10, 5), (14, 5), (22, 5), (2, 5)]);
        for (from, until, expected) in
            [("09:00", "18:00", 10), ("12:00", "11:00", 14), ("20:00", "06:00", 22), ("23:00", "22:00", 2)]
        {
            assert_eq!(hour(&shop, &Reactions::default(), window(from, until)), expected, "{from} to {until}");
        }
    }

    #[test]
    fn hours_cut_short_give_only_their_minutes_in_the_window() {
        let shop = shop(&[(12, 5)]);
        let times = |from: &str, until: &str| -> Vec<u16> {
            let of = |n: u32| shop.of(&Reactions::default(), &key(n), window(from, until)).time.minutes();
            let mut times: Vec<u16> = (0..2000).map(of).collect();
            times.sort_unstable();
            times.dedup();
            times
        };
        assert_eq!(times("12:50", "18:00"), (12 * 60 + 50..13 * 60).collect::<Vec<_>>());
        assert_eq!(times("09:00", "12:01"), [12 * 60]);
        assert_eq!(times("09:00", "18:00"), (12 * 60..13 * 60).collect::<Vec<_>>());
        // It begins and ends in the same hour, a day apart: first what comes first.
        assert_eq!(times("12:58", "12:03"), [12 * 60 + 58, 12 * 60 + 59]);
    }

    /// X35: no minute gets a crowd.
    #[test]
    fn friends_are_spread_over_the_hour() {
        let mut minutes = [0_u32; 60];
        for n in 0..60_000 {
            let time = BestHour::default().of(&Reactions::default(), &key(n), window("09:00", "21:00")).time;
            minutes[usize::from(time.minutes() % 60)] += 1;
        }
        assert!(minutes.iter().all(|count| (850..1150).contains(count)), "{minutes:?}");
    }

    #[test]
    fn the_shop_is_counted_over_its_friends() {
        let friends = [reacted(&[(12, 255), (20, 3)]), reacted(&[(12, 255)]), Reactions::default()];
        let learned = BestHour::default().with_strength(7).learned_from(&friends);
        assert_eq!(learned, shop(&[(12, 510), (20, 3)]).with_strength(7));
        assert_eq!(learned.of(&friends[0], &key(1), window("00:00", "00:00")).shop, 513);
        let lines = "shop = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 510, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]\nstrength = 7\n";
        assert_eq!(learned.playbook_lines(), lines);
        assert_eq!(BestHour::default().learned_from(&[]).playbook_lines(), "strength = 20\n");
    }

    fn windows() -> impl Strategy<Value = HourWindow> {
        let minute = || (0..DAY).prop_map(|minute| LocalTime::from_minutes(minute).unwrap());
        (minute(), minute()).prop_map(|(from, until)| HourWindow::new(from, until))
    }

    fn counts() -> impl Strategy<Value = [u8; 24]> {
        prop_oneof![prop::array::uniform24(0_u8..4), prop::array::uniform24(any::<u8>()), Just([0; 24])]
    }

    proptest! {
        /// Minute by minute, with fractions brought to one denominator.
        #[test]
        fn it_is_the_first_minute_of_the_best_hour(
            own in counts(), shop in prop::array::uniform24(0_u32..50), strength in 0_u32..60, window in windows(), n in 0_u32..100,
        ) {
            let best_hour = BestHour::default().with_shop(shop).with_strength(strength);
            let reactions = Reactions { last: None, by_hour: own };
            let choice = best_hour.of(&reactions, &key(n), window);
            let known = if shop.iter().all(|count| *count == 0) { USUAL } else { shop };
            let total: u64 = known.iter().map(|count| u64::from(*count)).sum();
            let smooth = |of: &dyn Fn(usize) -> u64, hour: usize| of((hour + 23) % 24) + 2 * of(hour) + of((hour + 1) % 24);
            let habit = |hour| smooth(&|hour| u64::from(known[hour]), hour);
            let score = |hour| (total * smooth(&|hour| u64::from(own[hour]), hour) + u64::from(strength) * habit(hour), habit(hour));
            let (mut minute, mut best) = (window.from.minutes(), None);
            let mut in_window = Vec::new();
            loop {
                let hour = usize::from(minute / 60);
                if best.is_none_or(|best| score(hour) > score(best)) {
                    best = Some(hour);
                }
                in_window.push(minute);
                minute = (minute + 1) % DAY;
                if minute == window.until.minutes() {
                    break;
                }
            }
            prop_assert_eq!(Some(usize::from(choice.hour)), best);
            prop_assert!(in_window.contains(&choice.time.minutes()));
            prop_assert_eq!(choice.time.minutes() / 60, u16::from(choice.hour));
            prop_assert_eq!(choice.own, own.iter().map(|count| u32::from(*count)).sum::<u32>());
        }

        #[test]
        fn another_reaction_at_the_chosen_hour_confirms_it(
            own in prop::array::uniform24(0_u8..9), shop in prop::array::uniform24(0_u32..50), strength in 0_u32..60, window in windows(),
        ) {
            let best_hour = BestHour::default().with_shop(shop).with_strength(strength);
            let mut reactions = Reactions { last: None, by_hour: own };
            let chosen = hour(&best_hour, &reactions, window);
            reactions.by_hour[usize::from(chosen)] += 1;
            prop_assert_eq!(hour(&best_hour, &reactions, window), chosen);
        }

        /// A habit that is far stronger than the shop's is followed, whatever the shop's.
        #[test]
        fn much_own_data_decides_alone(at in 0_usize..24, shop in prop::array::uniform24(any::<u32>())) {
            let best_hour = BestHour::default().with_shop(shop);
            let all_day = window("00:00", "00:00");
            prop_assert_eq!(usize::from(hour(&best_hour, &reacted(&[(at, 41)]), all_day)), at);
        }
    }
}
