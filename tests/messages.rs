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
