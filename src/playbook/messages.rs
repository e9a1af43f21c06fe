//! `[messages]`

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::message::{Message, Placeholder};
use crate::model::{AttributeName, CouponName, MessageName};
use crate::segment::Schema;

use super::diagnostic::Code;
use super::reader::{Place, Reader};

pub(super) fn read(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    schema: &Schema,
) -> BTreeMap<MessageName, Option<Arc<Message>>> {
    let named = reader.named::<MessageName>(place);
    named.into_iter().map(|(name, place)| (name.clone(), message(reader, name, &place, schema))).collect()
}

/// `line = [{ type = "text", text = "…" }]`
fn message(reader: &mut Reader<'_>, name: MessageName, place: &Place<'_>, schema: &Schema) -> Option<Arc<Message>> {
    let mut table = reader.table(place)?;
    let line = reader.need(&mut table, "line", "line = [{ type = \"text\", text = \"…\" }]");
    reader.finish(table);
    let line = line?;
    let objects: Vec<_> = reader.list(&line).iter().map(|object| object.node.to_json()).collect();
    if !matches!(line.node.value, super::source::Raw::List(_)) {
        return None;
    }
    let message = match Message::new(name, &objects) {
        Ok(message) => message,
        Err(faults) => {
            for fault in faults {
                let path = format!("{}{}", line.path, fault.path);
                reader.fault(Code::Value, &path, line.node.at, fault.message, None);
            }
            return None;
        }
    };
    let mut sound = true;
    for placeholder in message.placeholders() {
        sound &= match placeholder {
            Placeholder::Friend(name) => {
                let known = schema.attributes.keys().map(AttributeName::as_str);
                reader.known_name::<AttributeName>(&line, "attribute", name.as_str(), known).is_some()
            }
            Placeholder::Coupon(name, _) => {
                let known = schema.coupons.iter().map(CouponName::as_str);
                reader.known_name::<CouponName>(&line, "coupon", name.as_str(), known).is_some()
            }
            Placeholder::ShopName => true,
        };
    }
    sound.then(|| Arc::new(message))
}
