//! `on`: the goods a coupon looks at.

use std::collections::BTreeSet;

use crate::coupon::Scope;
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader};
use crate::playbook::source::Raw;

/// `{ products = ["SOAP-1"], categories = ["soap"], except_products = ["SOAP-9"], except_categories = ["sale"] }`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Scope> {
    let mut table = reader.table(place)?;
    let products = reader.take(&mut table, "products");
    let categories = reader.take(&mut table, "categories");
    let except_products = reader.take(&mut table, "except_products");
    let except_categories = reader.take(&mut table, "except_categories");
    reader.finish(table);
    let mut names = |place: Option<&Place<'_>>, none: &str| match place {
        Some(place) => super::labels(reader, place, none),
        None => Some(BTreeSet::new()),
    };
    let mut scope = Scope::default();
    let skus = names(products.as_ref(), "no product");
    let in_categories = names(categories.as_ref(), "no category");
    let except_skus = names(except_products.as_ref(), "no product");
    let not_in = names(except_categories.as_ref(), "no category");
    (scope.skus, scope.categories) = (skus?, in_categories?);
    (scope.except_skus, scope.except_categories) = (except_skus?, not_in?);
    let products = both(reader, except_products.as_ref(), "product", &scope.skus);
    let categories = both(reader, except_categories.as_ref(), "category", &scope.categories);
    (!products && !categories).then_some(scope)
}

/// Is anything excepted that is named too? Then nobody can tell which is meant.
fn both(reader: &mut Reader<'_>, excepted: Option<&Place<'_>>, what: &str, named: &BTreeSet<Box<str>>) -> bool {
    let places = excepted.map(|place| reader.list(place)).unwrap_or_default();
    let mut any = false;
    for place in places {
        if let Raw::Text(text) = &place.node.value
            && named.contains(text.as_str())
        {
            any = true;
            let message = format!("the {what} '{text}' is named and excepted");
            reader.fault_at(&place, Code::Value, message, Some("take it out of one of the lists".into()));
        }
    }
    any
}
