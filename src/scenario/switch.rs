//! Rich menus: switched by steps, and by rules of their own.

use crate::model::{DeliveryKey, Friend, Journey, MenuName, MenuSeen};
use crate::policy::Reason;
use crate::segment::Depends;

use super::scene::Scene;
use super::{Effects, Menu, MenuChange, MenuSwitch, Occasion, Scenario};

impl Scene<'_> {
    /// Links a menu because a step says so, or takes the friend's own away.
    pub(super) fn switch_by_step(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        journey: &mut Journey,
        menu: Option<&MenuName>,
        effects: &mut Effects,
    ) {
        if let Err(reason) = self.menus.may_switch(friend) {
            return self.note(friend, journey, reason, effects);
        }
        let there = menu.map(|name| self.menus.get(name.as_str()).ok_or(name)).transpose();
        let menu = match there {
            Ok(menu) => menu,
            // A run that goes on as it began may ask for what an edit took out; nobody is left without a menu for it.
            Err(name) => return self.note(friend, journey, Reason::MenuGone { menu: name.clone() }, effects),
        };
        let key = self.delivery_key(friend, scenario, journey);
        self.switch(friend, key, menu, Some(journey), effects);
    }

    /// Shows what the menus' own rules say, where it may be changed. A menu that may not be is left alone without
    /// a word each time: no step asked for it.
    pub(super) fn switch_by_rule(
        &self,
        friend: &mut Friend,
        occasion: &Occasion<'_>,
        changed: Depends,
        effects: &mut Effects,
    ) {
        let looks = self.menus.watched && (changed == Depends::ALL || changed.meets(self.menus.depends));
        if !looks || self.menus.may_switch(friend).is_err() {
            return;
        }
        let menu = match self.menus.change(friend, self.now, self.zone) {
            None => return,
            Some(MenuChange::Link(menu)) => Some(menu),
            Some(MenuChange::Unlink) => None,
        };
        let (at, name) = (self.now.millis().to_be_bytes(), menu.map_or("", |menu| menu.name.as_str()));
        // Of one instant several events may be told, each of which may lead back to the same menu.
        let told = occasion.event().map_or("", |event| event.id.as_str());
        let parts: [&[u8]; 5] =
            [self.shop.as_bytes(), friend.key.as_str().as_bytes(), &at, told.as_bytes(), name.as_bytes()];
        self.switch(friend, DeliveryKey::derive("enishi menu 1", &parts), menu, None, effects);
    }

    fn switch(
        &self,
        friend: &mut Friend,
        key: DeliveryKey,
        menu: Option<&Menu>,
        by: Option<&Journey>,
        effects: &mut Effects,
    ) {
        let Some(user) = friend.line.user else { return };
        let name = menu.map(|menu| menu.name.clone());
        let told_later = friend.menu.as_ref().map_or(self.now, |seen| seen.at.max(self.now));
        friend.menu = Some(MenuSeen { at: told_later, menu: name.clone(), by_hand: false });
        self.note_with(friend, by, Reason::MenuSwitched { menu: name.clone() }, Some(key), effects);
        effects.menus.push(MenuSwitch {
            key,
            at: self.now,
            friend: friend.key.clone(),
            user,
            scenario: by.map(|journey| journey.scenario.clone()),
            step: by.map(|journey| journey.step.clone()),
            menu: name,
            rich_menu: menu.map(|menu| menu.rich_menu_id.clone()),
        });
    }
}
