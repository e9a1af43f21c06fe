//! Messages in the forms of several channels, and the order in which the channels are asked.

#![allow(clippy::unwrap_used, reason = "tests")]

use enishi::message::{Placeholder, RenderError};
use enishi::model::{Channel, ChannelName};
use enishi::playbook::Playbook;

const SHOP: &str = r#"
    channels = ["email", "dm"]
    [shop]
    name = "縁"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [purposes]
    "お知らせ" = ["line", "email"]
    "読み物" = ["dm", "email", "line"]
    [messages.plain]
    line = [{ type = "text", text = "入荷しました" }]
    [messages.three]
    dm = { row = ["{about}", "A"] }
    email = { subject = "{shop.name}", text = "{friend.name|お客様}、B" }
    line = [{ type = "text", text = "C" }]
    [attributes]
    name = "text"
"#;

fn read(rest: &str) -> Playbook {
    Playbook::read(&format!("{SHOP}{rest}")).unwrap_or_else(|faults| panic!("{faults}"))
}

fn channels(playbook: &Playbook, message: &str) -> Vec<String> {
    playbook.messages()[message].channels().map(|channel| channel.to_string()).collect()
}

/// Seen to fail: the shop's name in its place.
#[test]
fn messages_show_where_the_shop_is_found() {
    let text = SHOP.replace("[shop]", "[shop]\n    url = \"https://kawachi.example/\"");
    let button = r#"{ type = "uri", label = "お店", uri = "{shop.url}" }"#;
    let template = format!(r#"{{ type = "buttons", text = "新着", actions = [{button}] }}"#);
    let rules = format!(
        "[messages.shop]\nline = [{{ type = \"template\", altText = \"新着\", template = {template} }}]\n\
         [scenarios.s]\non = \"follow\"\nsteps = [{{ send = \"shop\" }}]\n"
    );
    let playbook = Playbook::read(&format!("{text}{rules}")).unwrap_or_else(|faults| panic!("{faults}"));
    let mut engine = enishi::engine::Engine::new(playbook.into(), None).unwrap();
    let event = enishi::model::Event::from_json(
        br#"{"id":"1","type":"follow","friend":"hana","at":1775012400000,"user":"U4af4980629000000000000000000abcd","unblocked":false}"#,
        engine.playbook().currency(),
    );
    let event = event.unwrap();
    engine.record(&event, event.at).unwrap();
    let sent = engine.take_deliveries().remove(0).messages;
    assert!(sent.contains(r#""uri":"https://kawachi.example/""#), "{sent}");
}

// C1, C2: what a message is for decides where it goes first.
#[test]
fn channels_stand_in_the_order_of_the_purpose() {
    let playbook = read(
        r#"
        [messages.story]
        purpose = "読み物"
        line = [{ type = "text", text = "A" }]
        email = { text = "B" }
        [messages.news]
        purpose = "お知らせ"
        email = { text = "B" }
        line = [{ type = "text", text = "A" }]
        "#,
    );
    assert_eq!(channels(&playbook, "story"), ["email", "line"], "it has no form for the first");
    assert_eq!(channels(&playbook, "news"), ["line", "email"]);
    assert_eq!(playbook.messages()["news"].purpose().unwrap().as_str(), "お知らせ");
    // Without a purpose LINE comes first, and then the others by name.
    assert_eq!(channels(&playbook, "three"), ["line", "dm", "email"]);
    assert_eq!(channels(&playbook, "plain"), ["line"]);
    assert_eq!(playbook.messages()["plain"].purpose(), None);
}

#[test]
fn each_form_is_filled_in_by_itself() {
    let playbook = read("");
    let message = &playbook.messages()["three"];
    let known = |placeholder: &Placeholder| match placeholder {
        Placeholder::About => Some("order-7".into()),
        Placeholder::ShopName => Some("縁".into()),
        _ => None,
    };
    let on = |name: &str| Channel::Other(ChannelName::new(name).unwrap());
    assert_eq!(message.render(&on("dm"), &known).unwrap(), r#"{"row":["order-7","A"]}"#);
    assert_eq!(message.render(&on("email"), &known).unwrap(), r#"{"subject":"縁","text":"お客様、B"}"#);
    assert_eq!(message.render(&Channel::Line, &known).unwrap(), r#"[{"text":"C","type":"text"}]"#);
    assert_eq!(message.render(&on("fax"), &known), Err(RenderError::NoForm(on("fax"))));
    // A run that is about nothing has nothing to say there.
    assert_eq!(message.render(&on("dm"), &|_| None), Err(RenderError::Missing(Placeholder::About)));
    assert_eq!(Placeholder::About.to_string(), "about");
}

#[test]
fn what_kind_of_message_it_is_stands_beside_its_forms() {
    let playbook = read(
        r#"
        [messages.story]
        category = "読み物"
        sells = false
        content = "spring-2026"
        email = { text = "B" }
        "#,
    );
    let (plain, story) = (&playbook.messages()["plain"], &playbook.messages()["story"]);
    assert_eq!((plain.category.as_deref(), plain.sells, plain.content.as_deref()), (None, true, None));
    let told = (story.category.as_deref(), story.sells, story.content.as_deref());
    assert_eq!(told, (Some("読み物"), false, Some("spring-2026")));
}

// C5: LINE says the point, mail the detail. That the forms differ is not asked of pictures, nor of subjects.
#[test]
fn forms_that_say_different_things_are_no_fault() {
    read(
        r#"
        [messages.longer]
        line = [{ type = "text", text = "入荷しました" }]
        email = { subject = "入荷しました", text = "入荷しました。詳しくは…" }
        [messages.more]
        line = [{ type = "text", text = "A" }, { type = "text", text = "B" }]
        email = { text = "A" }
        [messages.picture]
        line = [{ type = "image", originalContentUrl = "https://example.com/a.png", previewImageUrl = "https://example.com/a.png" }]
        email = { picture = "https://example.com/a.png" }
        "#,
    );
    let twice = "[messages.t]\nline = [{ type = 'text', text = 'A' }]\nemail = { text = 'A', subject = 'B' }";
    assert_eq!(Playbook::read(&format!("{SHOP}{twice}")).unwrap_err().len(), 1);
}
