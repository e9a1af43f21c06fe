//! Rich menus: which one a friend is to see, and whether it may be changed.

use core::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Friend, Hours, MenuName, RichMenuId, Timestamp, Zone};
use crate::policy::Reason;
use crate::segment::{Depends, Predicate};

/// The shop's rich menus. LINE shows none of them on a computer (R8): whatever a menu offers must be
/// within reach by messages too.
///
/// A menu is shown by its rule (R4-R6), or by a step of a scenario. Rules go first: while one holds, its
/// menu is what the friend is to see. A menu shown by rule is taken away when its rule no longer holds; a
/// menu without a rule stays until something else is shown.
///
/// Nobody's menu is changed of which it is not known that it may be: see [`may_switch`](Self::may_switch).
#[derive(Clone, Debug, Default)]
pub struct Menus {
    /// Whether the account has a default menu, which everybody sees who has none of their own. Without it
    /// nobody's own menu is ever taken away, only exchanged (X54).
    pub account_default: bool,
    /// Whether the shop says that nobody linked menus by hand before the engine came: then it counts as
    /// known that a friend has none of their own of whose menu nothing was told.
    pub take_over: bool,
    menus: BTreeMap<MenuName, Menu>,
    /// Those shown by rule, the one that goes first first.
    by_rule: Vec<MenuName>,
    /// Whether any is shown by rule, so that friends must be looked at.
    pub watched: bool,
    /// What of a friend's record the rules ask about.
    pub depends: Depends,
}

/// A rich menu.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Menu {
    /// Its name in the playbook.
    pub name: MenuName,
    /// LINE's id of it.
    pub rich_menu_id: RichMenuId,
    /// When it is shown without being asked for.
    pub rule: Option<MenuRule>,
}

impl Menu {
    /// A menu that is shown when a step asks for it.
    pub const fn new(name: MenuName, rich_menu_id: RichMenuId) -> Self {
        Self { name, rich_menu_id, rule: None }
    }
}

/// When a menu is shown: when all of this holds.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MenuRule {
    /// To whom; none is everybody.
    pub when: Option<Predicate>,
    /// In which hours of every day.
    pub between: Option<Hours>,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until, and not including, when.
    pub until: Option<Timestamp>,
    /// Of several that hold the one of the highest priority is shown, of those of one priority the first
    /// by name.
    pub priority: i32,
}

/// What a friend's menu is to be changed to.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a menu is linked or taken away")]
pub enum MenuChange<'m> {
    /// To this one.
    Link(&'m Menu),
    /// To the account's default.
    Unlink,
}

impl Menus {
    /// These menus, of an account without a default menu.
    pub fn new(menus: impl IntoIterator<Item = Menu>) -> Self {
        let menus: BTreeMap<_, _> = menus.into_iter().map(|menu| (menu.name.clone(), menu)).collect();
        let ruled = menus.values().filter_map(|menu| Some((Reverse(menu.rule.as_ref()?.priority), menu.name.clone())));
        let mut ruled: Vec<_> = ruled.collect();
        ruled.sort();
        let by_rule: Vec<MenuName> = ruled.into_iter().map(|(_, name)| name).collect();
        let mut all = Self { watched: !by_rule.is_empty(), menus, by_rule, ..Self::default() };
        // Who has come back can be shown a menu again.
        all.depends = all.predicates().map(Predicate::depends).chain([Depends::LINE]).collect();
        all
    }

    /// The menu of this name.
    pub fn get(&self, name: &str) -> Option<&Menu> {
        self.menus.get(name)
    }

    /// Their names.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &MenuName> + Clone {
        self.menus.keys()
    }

    /// Every condition they ask.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        self.menus.values().filter_map(|menu| menu.rule.as_ref()?.when.as_ref())
    }

    /// The menu whose rule holds, of several the first in rank. Linear in the menus shown by rule.
    pub fn wanted(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> Option<&Menu> {
        self.ruled().find(|(_, rule)| rule.holds(friend, now, zone)).map(|(menu, _)| menu)
    }

    /// The earliest instant after `now` at which [`wanted`](Self::wanted) could differ though nothing
    /// happens: exact for hours and seasons, and as exact as
    /// [`Predicate::next_change`] for conditions.
    pub fn next_change(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let mut first = None;
        for (_, rule) in self.ruled() {
            let turn = rule.next_turn(friend, now, zone);
            first = first.into_iter().chain(turn).min();
            // Those behind the one that holds come into question only when it no longer does.
            if rule.holds(friend, now, zone) {
                break;
            }
        }
        first
    }

    /// What rules make of what the friend sees, as far as that is known; nothing when it is what it is to
    /// be. Whether it may be done, [`may_switch`](Self::may_switch) says.
    pub fn change(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> Option<MenuChange<'_>> {
        let seen = friend.menu.as_ref().and_then(|seen| seen.menu.as_ref());
        match (self.wanted(friend, now, zone), seen) {
            (Some(wanted), Some(seen)) if wanted.name == *seen => None,
            (Some(wanted), _) => Some(MenuChange::Link(wanted)),
            // Shown by a rule that no longer holds; shown by a step it stays.
            (None, Some(seen)) if self.account_default && self.get(seen.as_str())?.rule.is_some() => {
                Some(MenuChange::Unlink)
            }
            (None, _) => None,
        }
    }

    /// May the friend's menu be changed, by a rule or by a step?
    ///
    /// Only when it is known what the friend sees, and that it was not set by hand (X55). It is known from
    /// the moment of a first follow that the engine heard of in time (within the policy's `enter_within`):
    /// who was no friend before has no menu of their own, since LINE links none to strangers. From then on
    /// the engine's own switches and the host's `menu` events tell. Of everybody else, whose follow was
    /// imported, is a re-follow, or was never told, nothing is known, and a menu set by hand may be there:
    /// theirs is left alone, unless the shop says that there are none ([`take_over`](Self::take_over)).
    ///
    /// # Errors
    /// Why not: [`Reason::NotFollowing`], [`Reason::Blocked`], [`Reason::MenuByHand`] or
    /// [`Reason::MenuUnknown`].
    pub fn may_switch(&self, friend: &Friend) -> Result<(), Reason> {
        if friend.line.is_blocked() {
            return Err(Reason::Blocked);
        }
        if !friend.line.is_following() {
            return Err(Reason::NotFollowing);
        }
        match &friend.menu {
            Some(seen) if seen.by_hand => Err(Reason::MenuByHand),
            None if !self.take_over => Err(Reason::MenuUnknown),
            _ => Ok(()),
        }
    }

    fn ruled(&self) -> impl Iterator<Item = (&Menu, &MenuRule)> {
        self.by_rule.iter().filter_map(|name| {
            let menu = self.menus.get(name)?;
            Some((menu, menu.rule.as_ref()?))
        })
    }
}

impl MenuRule {
    /// Does it hold?
    pub fn holds(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> bool {
        self.in_season(now) && self.in_hours(now, zone) && self.is_for(friend, now)
    }

    /// The earliest instant after `now` at which that could turn.
    fn next_turn(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        if let Some(from) = self.from.filter(|from| now < *from) {
            return Some(from);
        }
        if self.until.is_some_and(|until| until <= now) {
            return None;
        }
        let hours = self.between.and_then(|hours| hours.next_turn(now, zone));
        let condition = || self.when.as_ref().and_then(|when| when.next_change(friend, now));
        match (self.in_hours(now, zone), self.is_for(friend, now)) {
            (true, true) => [self.until, hours, condition()].into_iter().flatten().min(),
            // What does not hold must turn before the whole can; of two the later is soon enough.
            (false, true) => hours,
            (true, false) => condition(),
            (false, false) => hours.zip(condition()).map(|(hours, condition)| hours.max(condition)),
        }
    }

    fn in_season(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    fn in_hours(&self, now: Timestamp, zone: &Zone) -> bool {
        self.between.is_none_or(|hours| hours.covers(zone.time(now)))
    }

    fn is_for(&self, friend: &Friend, now: Timestamp) -> bool {
        self.when.as_ref().is_none_or(|when| when.matches(friend, now))
    }
}
