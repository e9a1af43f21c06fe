//! Messages as the shop wrote them, and as one friend gets them.
//!
//! A [`Message`] is a list of LINE message objects whose texts may hold placeholders:
//! `{friend.name}`, `{friend.name|お客様}` with a text for when it is not known,
//! `{coupon.hello.code}`, `{coupon.hello.until}` and `{shop.name}`. `{{` and `}}` stand for braces.
//! It is checked against LINE's limits when the playbook is read, and again once it is filled in.

mod content;
mod limits;
mod template;

pub use content::{Message, MessageFault, RenderError};
pub use template::{CouponField, Placeholder, Template, TemplateError};
