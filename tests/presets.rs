//! The presets that come with the crate: read alone and together, changed in every number, faulty overrides told.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use enishi::playbook::{Playbook, Preset};
use enishi::scenario::Action;
use serde_json::{Map, Value as Json, json};

const LANGUAGES: [&str; 2] = ["ja", "en"];

#[test]
fn each_alone_and_all_together_are_read_in_both_languages() {
    for language in LANGUAGES {
        for preset in Preset::ALL {
            let playbook = read(&including(&[preset.name], language));
            assert!(!playbook.scenarios().is_empty(), "{}", preset.name);
            assert_eq!(playbook.hygiene().findings, [], "{}", preset.name);
            for scenario in playbook.scenarios() {
                assert!(scenario.title.is_some(), "{}: `{}` has a title in {language}", preset.name, scenario.name);
            }
        }
        let all: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name).collect();
        let playbook = read(&including(&all, language));
        assert_eq!(playbook.hygiene().findings, []);
        assert_eq!(playbook.scenarios().len(), 26, "all scenarios there are");
    }
}

/// Every number, length of time, share and time of day of a preset can be another, and the playbook is another then.
#[test]
fn every_number_of_a_preset_can_be_changed() {
    let mut changed = 0;
    for preset in Preset::ALL {
        let mut playbook = including(&[preset.name], "ja");
        let fragment = fragment(preset);
        for path in switched_off(&fragment) {
            put(&mut playbook, &path, json!(false));
        }
        let before = read(&playbook).hash();
        for (path, value) in overrides(&fragment) {
            let mut overridden = playbook.clone();
            put(&mut overridden, &path, value.clone());
            let after = Playbook::read(&overridden.to_string())
                .unwrap_or_else(|faults| panic!("{}: {path:?} = {value}\n{faults}", preset.name));
            assert_ne!(after.hash(), before, "{}: {path:?} = {value}", preset.name);
            changed += 1;
        }
    }
    assert!(changed >= 120, "{changed} numbers");
}

/// What a shop writes counts, and all else stays.
#[test]
fn what_the_shop_writes_lies_on_top() {
    let shop = "[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n";
    let read = |rest: &str| {
        let text = format!("include = ['presets/phase/growth']\ntags = ['VIP']\n{shop}{rest}");
        Playbook::read(&text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let as_it_is = read("");
    assert!(as_it_is.scenarios().get("cart").is_some() && as_it_is.policy().selling.is_some());
    let tags: Vec<&str> = as_it_is.schema().tags.keys().map(|tag| tag.as_str()).collect();
    assert_eq!(tags, ["VIP", "定番/商品のお知らせ不要"], "a list of names adds to those of the presets");

    let quiet = read("[policy]\nselling = false\nquiet_hours = { from = '22:00' }");
    assert_eq!(quiet.policy().selling, None, "false takes a setting out");
    let spelt = "from = '22:00', to = '09:00', then = 'shift', spread = '40m'";
    let whole = read(&format!("[policy]\nquiet_hours = {{ {spelt} }}"));
    assert_eq!(quiet.policy().quiet_hours, whole.policy().quiet_hours, "the rest of a table stays");
    assert_ne!(quiet.policy().quiet_hours, as_it_is.policy().quiet_hours);

    let amount = read("[coupons.welcome-coupon]\nbenefit = { amount = 500 }");
    let benefit = |playbook: &Playbook| playbook.coupons()["welcome-coupon"].benefit.clone();
    assert_eq!(benefit(&amount), enishi::coupon::Benefit::Amount(enishi::model::Money::from_minor(500)));
    assert_eq!(amount.coupons()["welcome-coupon"].valid, as_it_is.coupons()["welcome-coupon"].valid);

    for off in ["[scenarios.cart]\noff = true", "[scenarios]\ncart = false"] {
        let playbook = read(off);
        assert!(playbook.scenarios().get("cart").is_none());
        assert_eq!(playbook.scenarios().len(), as_it_is.scenarios().len() - 1);
    }

    let steps = |playbook: &Playbook| {
        let steps = playbook.scenarios().get("cart").unwrap().steps.iter();
        steps.map(|step| step.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(steps(&as_it_is), ["first", "next_day", "second"]);
    let on = read("[scenarios.cart.change]\nthird_day = { off = false }\nthird = { off = false }");
    assert_eq!(steps(&on), ["first", "next_day", "second", "third_day", "third"]);
    let anew = read("[scenarios.cart]\nsteps = [{ id = 'only', send = 'cart-first' }]");
    assert_eq!(steps(&anew), ["only"], "a list takes the place of the other");
    assert_eq!(anew.scenarios().get("cart").unwrap().stops.len(), 1, "and all else stays");
    assert_eq!(anew.scenarios().get("cart").unwrap().title.as_deref(), Some("カゴ落ち"));
}

/// `off` and `change` are for scenarios of the shop's own too, and leave no trace in what the playbook is called.
#[test]
fn a_shop_switches_its_own_off_too() {
    let shop = "[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[messages]\na = { line = [{ type = 'text', text = 'A' }] }\n";
    let read = |rest: &str| Playbook::read(&format!("{shop}{rest}")).unwrap_or_else(|faults| panic!("{faults}"));
    let plain = read("[scenarios.s]\non = 'follow'\nsteps = [{ id = 'a', send = 'a' }]");
    let same = "[scenarios.s]\noff = false\non = 'follow'\nsteps = [{ id = 'a', send = 'b', off = true }, { id = 'b', send = 'b', off = true }]\n\
                [scenarios.s.change]\na = { send = 'a', off = false }\n[scenarios.t]\noff = true";
    assert_eq!(read(same).hash(), plain.hash());
    let waiting = |or_after: &str, change: &str| {
        let wait = format!(
            "{{ id = 'w', wait = {{ first_of = ['order'], or_after = '{or_after}' }}, then = {{ 'time out' = 'end' }} }}"
        );
        read(&format!("[scenarios.s]\non = 'follow'\nsteps = [{wait}, {{ id = 'a', send = 'a' }}]\n{change}")).hash()
    };
    let part = "[scenarios.s.change]\nw = { wait = { or_after = '5d' } }";
    assert_eq!(waiting("3d", part), waiting("5d", ""), "a table of a step changes in part");
    assert_eq!(read(same).scenarios().get("s").unwrap().version, plain.scenarios().get("s").unwrap().version);
}

/// What is included is part of the playbook's content: the same written out has the same hash.
#[test]
fn a_playbook_is_named_by_what_it_includes() {
    let with = |presets: &[&str], language| read(&including(presets, language)).hash();
    assert_ne!(with(&["f2"], "ja"), with(&["lapse"], "ja"));
    assert_ne!(with(&["f2"], "ja"), with(&["f2"], "en"));
    assert_eq!(with(&["f2", "lapse"], "ja"), with(&["lapse", "f2"], "ja"));
    assert_eq!(with(&["phase/growth", "f2"], "ja"), with(&["phase/growth"], "ja"));
    assert_eq!(with(&["phase/growth", "phase/launch"], "ja"), with(&["phase/growth"], "ja"), "each lies there once");

    let f2 = Preset::named("f2").unwrap();
    let mut written = including(&[], "ja");
    for part in [json(f2.text), json(f2.text)["ja"].clone()] {
        for (section, names) in part.as_object().unwrap().iter().filter(|(key, _)| !LANGUAGES.contains(&key.as_str())) {
            for (name, rules) in names.as_object().unwrap() {
                for (key, value) in rules.as_object().into_iter().flatten() {
                    put(&mut written, &[section, name, key].map(Clone::clone), value.clone());
                }
                if rules.is_string() {
                    put(&mut written, &[section, name].map(Clone::clone), rules.clone());
                }
            }
        }
    }
    assert_eq!(read(&written).hash(), with(&["f2"], "ja"));
}

/// Where the fault lies is where it is told: in the shop's text, or in that of a preset which the shop made wrong.
#[test]
fn faults_are_told_where_they_stand() {
    let shop = "[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n";
    let told = |head: &str, rest: &str| {
        let faults = Playbook::read(&format!("{head}\n{shop}{rest}")).expect_err(rest);
        for fault in faults.iter() {
            let line = match fault.preset {
                Some(preset) => Preset::named(preset).unwrap().text.lines().nth(fault.line - 1).unwrap().to_owned(),
                None => format!("{head}\n{shop}{rest}").lines().nth(fault.line - 1).unwrap_or_default().to_owned(),
            };
            assert_eq!(fault.source, line.chars().take(200).collect::<String>());
        }
        let line = |fault: &enishi::playbook::Diagnostic| {
            let help = fault.help.as_deref().unwrap_or_default();
            let place = fault.preset.map_or("shop".to_owned(), |name| format!("preset {name}"));
            format!(
                "{} {place} {}:{} {}: {} [{help}]",
                fault.code.as_str(),
                fault.line,
                fault.column,
                fault.path,
                fault.message
            )
        };
        faults.iter().map(line).collect::<Vec<_>>()
    };
    let cart = "include = ['presets/cart']";
    assert_eq!(
        told("include = ['presets/kart', 'cart', 'presets/cart', 'presets/cart', 'zzz', 7]\nlanguage = 'fr'", "")[..4],
        [
            "E07 shop 1:12 include[0]: there is no preset 'presets/kart' [did you mean 'presets/cart'?]",
            "E07 shop 1:28 include[1]: there is no preset 'cart' [did you mean 'presets/cart'?]",
            "E09 shop 1:52 include[3]: this preset was included before []",
            "E07 shop 1:68 include[4]: there is no preset 'zzz' [there are: presets/welcome, first_order, arrival, f2, lapse, \
             cart, browse, restock, low_stock, reorder, cross_sell, birthday, coupon_chain, brochure, order_notice, \
             service_cycle, link, vip, subscription, phase/launch, phase/growth, phase/maturity]",
        ]
    );
    assert_eq!(
        told("include = 'presets/cart'\nlanguage = 'fr'", ""),
        [
            "E04 shop 1:11 include: this is a text [a list is needed]",
            "E06 shop 2:12 language: no preset is written in this language [ja or en]",
        ]
    );
    assert_eq!(
        told(
            cart,
            "[scenarios.cart.change]\nthrid = { off = true }\nsecond = { sned = 'y' }\nthird = { id = 'x' }\nfirst = 'later'\nnext_day = { wait = '1 day' }"
        ),
        [
            "E07 shop 7:9 scenarios.cart.change.thrid: there is no step with the id 'thrid' [did you mean 'third'?]",
            "E03 shop 8:12 scenarios.cart.steps[2].sned: `sned` has no meaning here [did you mean `send`?]",
            "E06 shop 9:11 scenarios.cart.change.third.id: a step keeps its id [it is what runs and other steps know it \
             by; write the steps anew to give it another]",
            "E04 shop 10:9 scenarios.cart.change.first: this is a text [a table, such as { wait = \"2d\" } or { off = true }, is needed]",
            "E06 shop 11:21 scenarios.cart.steps[1].wait: a wait is written 3d, 1d at 20:00, until 20:00, until monday at \
             20:00, 7d from start, 7d from start at 12:00 or 3d from plan []",
        ]
    );
    // The shop takes away what the preset's own steps need: the preset's line is shown.
    assert_eq!(
        told(cart, "[messages]\ncart-second = false"),
        [
            "E07 preset cart 25:27 scenarios.cart.steps[2].send: there is no message 'cart-second' [there are: cart-first, cart-third]"
        ]
    );
    assert_eq!(
        told(cart, "[scenarios.cart]\noff = 'yes'"),
        ["E04 shop 7:7 scenarios.cart.off: this is a text [true or false is needed]"]
    );
    let shown = Playbook::read(&format!("{cart}\n{shop}[messages]\ncart-second = false")).unwrap_err();
    assert!(shown.to_string().contains("--> preset cart, line 25, column 27: scenarios.cart.steps[2].send"), "{shown}");
    assert!(shown.to_json().contains(r#""preset":"cart""#));
}

/// However much is written over a preset, and however wrong, reading it takes the time of reading it.
#[test]
fn much_is_laid_over_a_preset_as_fast_as_it_is_read() {
    let shop = "include = ['presets/cart']\n[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n";
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let segments = lines(60_000, &|n| format!("'s{n}' = 'no order'\n"));
    assert_eq!(Playbook::read(&format!("{shop}[segments]\n{segments}")).unwrap().segments().len(), 60_001);
    let steps = lines(50_000, &|n| format!("{{ id = 's{n}', send = 'cart-first' }},"));
    let changes = lines(50_000, &|n| format!("'x{n}' = {{}}\n"));
    let far = format!("{shop}[scenarios.cart]\nsteps = [{steps}]\n[scenarios.cart.change]\n{changes}");
    assert_eq!(Playbook::read(&far).unwrap_err().len(), 1, "more steps than are read");
    let keys = lines(50_000, &|n| format!("'x{n}' = 1, "));
    let wide = format!("{shop}[scenarios.cart.change]\nfirst = {{ {keys} 'y' = 1 }}");
    assert_eq!(Playbook::read(&wide).unwrap_err().len(), 1001);
    let included = format!("include = [{}]\n", lines(300_000, &|n| format!("'{n}',")));
    assert_eq!(Playbook::read(&included).unwrap_err().len(), 1001);
}

/// Presets never say two things under one path, so the order in which they are included does not matter.
#[test]
fn no_two_presets_disagree() {
    let mut said: BTreeMap<String, (Json, &str)> = BTreeMap::new();
    for preset in Preset::ALL.iter().filter(|preset| !preset.name.starts_with("phase/")) {
        let mut leaves = Vec::new();
        collect_leaves(&fragment(*preset), &mut String::new(), &mut leaves);
        for (path, value) in leaves {
            let (earlier, by) = said.entry(path.clone()).or_insert((value.clone(), preset.name));
            assert_eq!(*earlier, value, "{path} of {by} and {}", preset.name);
        }
    }
    let names = Preset::ALL.map(|preset| preset.name);
    let backwards: Vec<&str> = names.iter().copied().filter(|name| !name.starts_with("phase/")).rev().collect();
    let forwards: Vec<&str> = backwards.iter().copied().rev().collect();
    assert_eq!(read(&including(&forwards, "ja")).hash(), read(&including(&backwards, "ja")).hash());
}

/// What presets call their own will not be what a shop calls its own: messages and coupons begin with the name of the
/// preset or one of its scenarios, segments and tags with 定番.
#[test]
fn names_of_presets_do_not_collide() {
    for preset in Preset::ALL {
        let fragment = fragment(preset);
        let scenarios = keys(&fragment["scenarios"]);
        for section in ["messages", "coupons"] {
            for name in keys(&fragment[section]) {
                let (owner, _) = name.split_once('-').unwrap_or_else(|| panic!("{}: {name}", preset.name));
                let is_own = owner == preset.name || scenarios.contains(&owner) || owner == "product_news";
                assert!(is_own, "{}: {name}", preset.name);
            }
        }
        for section in ["segments", "tags"] {
            for name in keys(&fragment[section]) {
                assert!(name.starts_with("定番/"), "{}: {name}", preset.name);
            }
        }
        for (scenario, rules) in fragment["scenarios"].as_object().unwrap() {
            for step in rules["steps"].as_array().into_iter().flatten() {
                assert!(step["id"].is_string(), "{scenario}: a step without a name cannot be changed: {step}");
            }
        }
    }
}

/// Not every step sells (S18): who gets several messages of a scenario gets one that does not. A chain of coupons is one.
#[test]
fn not_every_step_sells() {
    let all: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name).collect();
    for scenario in read(&including(&all, "ja")).scenarios().iter().filter(|it| it.name.as_str() != "coupon_chain") {
        let sells = scenario.steps.iter().filter_map(|step| match &step.action {
            Action::Send(send) => Some(send.message.sells),
            _ => None,
        });
        let sells: Vec<bool> = sells.collect();
        assert!(sells.len() < 2 || sells.contains(&false), "{}", scenario.name);
    }
}

/// A text that named a number would lie as soon as the shop changes that number.
#[test]
fn texts_are_there_in_both_languages_and_name_no_numbers() {
    for preset in Preset::ALL {
        let whole = json(preset.text);
        for (name, _) in fragment(preset)["messages"].as_object().into_iter().flatten() {
            for language in LANGUAGES {
                let text =
                    whole[language]["messages"][name]["line"][0]["text"].as_str().unwrap_or_else(|| panic!("{name}"));
                let without_names: String = text.split(['{', '}']).step_by(2).collect();
                assert!(!without_names.contains(|c: char| c.is_numeric()), "{name}: {text}");
            }
            let [ja, en] = LANGUAGES.map(|language| placeholders(&whole[language]["messages"][name]));
            assert_eq!(ja, en, "{name} asks for the same in both languages");
        }
    }
}

/// The list in the code is the folder.
#[test]
fn every_file_is_a_preset() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets");
    let mut files = Vec::new();
    for (folder, before) in [(folder.clone(), ""), (folder.join("phase"), "phase/")] {
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files.extend(name.strip_suffix(".toml").map(|name| format!("{before}{name}")));
        }
    }
    let mut named: Vec<String> = Preset::ALL.iter().map(|preset| preset.name.to_owned()).collect();
    files.sort();
    named.sort();
    assert_eq!(files, named);
    assert!(Preset::ALL.iter().all(|preset| preset.text.starts_with("# ")), "each says at its head what it does");
    let documented = include_str!("../src/playbook/presets.rs");
    assert!(names(documented).eq(Preset::ALL.map(|preset| preset.name)), "the table lists them all in order");
}

/// The first column of the table in the documentation.
fn names(documented: &str) -> impl Iterator<Item = &str> {
    documented.lines().filter_map(|line| Some(line.strip_prefix("/// | `")?.split_once('`')?.0))
}

fn read(playbook: &Json) -> Playbook {
    Playbook::read(&playbook.to_string()).unwrap_or_else(|faults| panic!("{faults}"))
}

fn including(presets: &[&str], language: &str) -> Json {
    let include: Vec<String> = presets.iter().map(|name| format!("presets/{name}")).collect();
    json!({
        "include": include,
        "language": language,
        "shop": { "name": "河内の台所", "zone": "Asia/Tokyo", "currency": "JPY" },
    })
}

/// A preset's rules, without what depends on the language.
fn fragment(preset: Preset) -> Json {
    let mut whole = json(preset.text);
    let spoken = whole["ja"]["messages"].clone();
    for name in keys(&spoken) {
        // A message without rules of its own is there all the same.
        let object = whole.as_object_mut().unwrap();
        let messages = object.entry("messages").or_insert_with(|| json!({}));
        messages.as_object_mut().unwrap().entry(name).or_insert_with(|| json!({}));
    }
    for key in ["ja", "en", "include"] {
        whole.as_object_mut().unwrap().remove(key);
    }
    whole
}

fn json(toml: &str) -> Json {
    serde_json::to_value(toml::from_str::<toml::Value>(toml).unwrap()).unwrap()
}

fn keys(table: &Json) -> Vec<&str> {
    table.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn placeholders(message: &Json) -> Vec<String> {
    let text = message["line"][0]["text"].as_str().unwrap();
    let mut found: Vec<String> = text.split(['{', '}']).skip(1).step_by(2).map(Into::into).collect();
    found.sort();
    found
}

/// What a shop would write to have one number of a preset otherwise, for each of its numbers.
fn overrides(fragment: &Json) -> Vec<(Vec<String>, Json)> {
    let mut found = Vec::new();
    let mut path = Vec::new();
    visit(fragment, &mut path, &mut found);
    found
}

fn visit(value: &Json, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Json)>) {
    match value {
        Json::Object(table) => {
            for (key, value) in table {
                path.push(key.clone());
                visit(value, path, found);
                path.pop();
            }
        }
        Json::Array(steps) if path.last().is_some_and(|key| key == "steps") => {
            for step in steps.iter().filter_map(Json::as_object) {
                let id = step["id"].as_str().unwrap();
                let above = path.len() - 1;
                let change = ["change", id].map(String::from);
                for (key, value) in step.iter().filter(|(key, _)| *key != "id") {
                    let path: Vec<String> = path[..above].iter().chain(&change).chain([key]).cloned().collect();
                    found.extend(other_numbers(value).into_iter().map(|value| (path.clone(), value)));
                }
            }
        }
        value => found.extend(other_numbers(value).into_iter().map(|value| (path.clone(), value))),
    }
}

/// Where a shop switches on what a preset has switched off.
fn switched_off(fragment: &Json) -> Vec<Vec<String>> {
    let steps_of = |(name, rules): (&String, &Json)| {
        let off = rules["steps"].as_array().into_iter().flatten().filter(|step| step["off"] == true);
        let path =
            |step: &Json| ["scenarios", name, "change", step["id"].as_str().unwrap(), "off"].map(String::from).into();
        off.map(path).collect::<Vec<_>>()
    };
    fragment["scenarios"].as_object().into_iter().flatten().flat_map(steps_of).collect()
}

/// The value with each of its numbers changed, one at a time.
fn other_numbers(value: &Json) -> Vec<Json> {
    match value {
        Json::Number(n) => vec![json!(n.as_i64().unwrap() + 1)],
        Json::String(text) => other_texts(text).into_iter().map(Json::from).collect(),
        Json::Array(items) => {
            let other = |place: usize| {
                let with = move |value| {
                    let mut items = items.clone();
                    items[place] = value;
                    Json::from(items)
                };
                other_numbers(&items[place]).into_iter().map(with)
            };
            (0..items.len()).flat_map(other).collect()
        }
        Json::Object(table) => {
            // Texts under `then` are names of steps.
            let other = |(key, value): (&String, &Json)| {
                let with = |value| {
                    let mut table: Map<String, Json> = table.clone();
                    table.insert(key.clone(), value);
                    Json::from(table)
                };
                other_numbers(value).into_iter().map(with).collect::<Vec<_>>()
            };
            table.iter().filter(|(key, _)| *key != "then").flat_map(other).collect()
        }
        _ => Vec::new(),
    }
}

/// Numbers in names, after a letter or a mark, are no numbers: `f2`.
fn other_texts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut before = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let in_name = before.is_alphabetic() || before == '/' || before == '-';
        before = c;
        if !c.is_ascii_digit() || in_name {
            continue;
        }
        let mut end = start + 1;
        while let Some((place, digit)) = chars.next_if(|(_, c)| c.is_ascii_digit()) {
            end = place + 1;
            before = digit;
        }
        let number: u32 = text[start..end].parse().unwrap();
        let is_hour = text[end..].starts_with(':');
        let other = if is_hour && number > 0 { number - 1 } else { number + 1 };
        let (width, head, tail) = (end - start, &text[..start], &text[end..]);
        found.push(format!("{head}{other:0width$}{tail}"));
    }
    found
}

fn put(playbook: &mut Json, path: &[String], value: Json) {
    let mut place = playbook;
    for key in path {
        place = place.as_object_mut().unwrap().entry(key).or_insert_with(|| json!({}));
    }
    *place = value;
}

fn collect_leaves(value: &Json, path: &mut String, leaves: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(table) => {
            for (key, value) in table {
                let length = path.len();
                path.push('.');
                path.push_str(key);
                collect_leaves(value, path, leaves);
                path.truncate(length);
            }
        }
        value => leaves.push((path.clone(), value.clone())),
    }
}
