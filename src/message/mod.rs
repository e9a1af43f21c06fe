//! Messages as the shop wrote them, and as one friend gets them.
//!
//! A [`Message`] is a list of LINE message objects, or a [`Letter`] for another channel, or several of these
//! forms: LINE says the point, the mail tells it at length. Their texts may hold placeholders, and `{{` and
//! `}}` stand for braces:
//!
//! | placeholder | stands for |
//! |---|---|
//! | `{friend.name}` | an attribute of the friend |
//! | `{coupon.hello.code}`, `{coupon.hello.until}` | the coupon last issued to the friend: its code, and when it ends to be valid |
//! | `{about}` | what the run is about: the id of an order, a product. Not known where it is about nothing |
//! | `{shop.name}` | the shop's name |
//! | `{shop.url}` | where the shop is found, as `[shop]` has it |
//!
//! `{friend.name|お客様}` has a text for when the value is not known; without one, the message is not sent then.
//! A message is checked against LINE's limits when the playbook is read, and again once it is filled in.

mod content;
mod fill;
mod letter;
mod limits;
mod template;

pub use content::{Message, MessageFault, RenderError};
pub use letter::Letter;
pub use template::{CouponField, Placeholder, Template, TemplateError};
