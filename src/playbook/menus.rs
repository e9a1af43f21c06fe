//! `[menus]`

use crate::model::{Date, Hours, MenuName, Timestamp, Zone, parse_date};
use crate::scenario::{Menu, MenuRule, Menus};
use crate::segment::Schema;

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// What stands in the section beside the menus: none of them can be called so.
const KEYS: [&str; 2] = ["account_default", "take_over"];

/// What takes a friend's own menu away, wherever a menu is named.
const NONE: &str = "none";

/// `account_default = true`, and `[menus.NAME]` with `rich_menu_id = "richmenu-…"`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Menus {
    let Some(mut table) = reader.table(place) else { return Menus::default() };
    let account_default = reader.take(&mut table, "account_default");
    let take_over = reader.take(&mut table, "take_over");
    let named = reader.take_named(&mut table, |key| !KEYS.contains(&key));
    let mut menus = Vec::with_capacity(named.len());
    for (key, place) in named {
        match key.parse::<MenuName>() {
            Ok(name) if name.as_str() == NONE => {
                let message = format!("`{NONE}` is what takes a friend's own menu away: call the menu something else");
                reader.fault_at(&place, Code::Value, message, None);
            }
            Ok(name) => menus.extend(menu(reader, name, &place, schema)),
            Err(error) => reader.fault_at(&place, Code::Value, error.to_string(), None),
        }
    }
    reader.finish(table);
    let mut menus = Menus::new(menus);
    menus.account_default = account_default.and_then(|place| reader.flag(&place)).unwrap_or_default();
    menus.take_over = take_over.and_then(|place| reader.flag(&place)).unwrap_or_default();
    menus
}

fn menu(reader: &mut Reader<'_>, name: MenuName, place: &Place<'_>, schema: &Schema) -> Option<Menu> {
    if !matches!(place.node.value, Raw::Table(_)) {
        let needed = format!("{}, or a menu: a table with rich_menu_id = \"richmenu-…\"", KEYS.join(", "));
        reader.wrong_type(place, &needed);
        return None;
    }
    let mut table = reader.table(place)?;
    let id = reader.need(&mut table, "rich_menu_id", "rich_menu_id = \"richmenu-…\"");
    let when = reader.take(&mut table, "when");
    let between = reader.take(&mut table, "between");
    let from = reader.take(&mut table, "from");
    let until = reader.take(&mut table, "until");
    let priority = reader.take(&mut table, "priority");
    reader.finish(table);

    let has_rule = [&when, &between, &from, &until].into_iter().any(Option::is_some);
    if let Some(place) = priority.as_ref().filter(|_| !has_rule) {
        let help = "say when it is shown: when = \"line is following\" is always";
        reader.fault_at(place, Code::Value, "a priority among rules, and the menu has no rule", Some(help.into()));
    }
    let rule = MenuRule {
        when: when.and_then(|place| reader.predicate(&place, schema)),
        between: between.and_then(|place| reader.parsed::<Hours>(&place)),
        from: from.and_then(|place| first_instant(reader, &place, &schema.zone)),
        until: None,
        priority: priority.and_then(|place| reader.whole(&place, -1_000_000, 1_000_000)).map_or(0, |n| n as i32),
    };
    let rule = MenuRule { until: until.and_then(|place| end(reader, &place, &schema.zone, rule.from)), ..rule };
    let mut menu = Menu::new(name, reader.parsed(&id?)?);
    menu.rule = has_rule.then_some(rule);
    Some(menu)
}

/// `"2026-12-01"`: when that day of the shop begins.
fn first_instant(reader: &mut Reader<'_>, place: &Place<'_>, zone: &Zone) -> Option<Timestamp> {
    let date: Option<Date> = parse_date(reader.text(place)?);
    if date.is_none() {
        let help = "a day, such as \"2026-12-01\"";
        reader.fault_at(place, Code::Value, "this is no date", Some(help.into()));
    }
    date.map(|date| zone.start_of(date))
}

/// The day on which it is over, which comes after the one on which it begins.
fn end(reader: &mut Reader<'_>, place: &Place<'_>, zone: &Zone, from: Option<Timestamp>) -> Option<Timestamp> {
    let until = first_instant(reader, place, zone)?;
    if from.is_some_and(|from| until <= from) {
        let help = "the day after the last on which it is shown";
        reader.fault_at(place, Code::Value, "it would be over before it begins", Some(help.into()));
        return None;
    }
    Some(until)
}
