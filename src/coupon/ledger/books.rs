//! The records one operation works on: read when they are needed, written back as a whole.

use std::collections::BTreeMap;

use crate::model::{CheckoutId, CouponName, FriendId, OrderId};

use super::{
    Change, CheckoutUses, CodeAccount, ConditionalWrite, Counter, Key, OrderUses, Person, Record, Totals, Undecided,
    Use, UseKey, Versioned,
};

/// The records one operation works on.
pub(super) struct Books<'r, E> {
    read: &'r mut dyn FnMut(&Key) -> Result<Versioned, E>,
    pages: BTreeMap<Key, Page>,
}

struct Page {
    version: u64,
    /// As it was read.
    before: Option<Record>,
    /// As it is to be.
    record: Option<Record>,
}

impl<'r, E> Books<'r, E> {
    pub(super) fn new(read: &'r mut dyn FnMut(&Key) -> Result<Versioned, E>) -> Self {
        Self { read, pages: BTreeMap::new() }
    }

    /// One use, if there is one.
    pub(super) fn one_use(&mut self, key: &UseKey) -> Result<Option<Use>, Undecided<E>> {
        match &self.page(Key::Use(key.clone()))?.record {
            Some(Record::Use(one)) => Ok(Some(one.clone())),
            Some(_) => Err(Undecided::Mistaken),
            None => Ok(None),
        }
    }

    /// The use as it is from now on.
    pub(super) fn put(&mut self, one: Use) -> Result<(), Undecided<E>> {
        let page = self.page(Key::Use(one.key.clone()))?;
        page.record = Some(Record::Use(one));
        Ok(())
    }

    fn page(&mut self, key: Key) -> Result<&mut Page, Undecided<E>> {
        use std::collections::btree_map::Entry;
        match self.pages.entry(key) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let Versioned { version, record } = (self.read)(unknown.key()).map_err(Undecided::Unread)?;
                Ok(unknown.insert(Page { version, before: record.clone(), record }))
            }
        }
    }

    /// All that was looked at is a condition; what is other than before is written.
    pub(super) fn close(self) -> ConditionalWrite {
        let change = |(key, page): (Key, Page)| {
            let record = page.record.filter(|record| page.before.as_ref() != Some(record));
            Change { key, version: page.version, record }
        };
        ConditionalWrite { changes: self.pages.into_iter().map(change).collect() }
    }
}

/// Records that are there as soon as somebody asks for them; looked at without a change they are not written.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident($($part:ident: $of:ty),*) -> $record:ty = $variant:ident($($key:expr),*);)*) => {
        impl<E> Books<'_, E> {$(
            $(#[$doc])*
            pub(super) fn $name(&mut self, $($part: $of),*) -> Result<&mut $record, Undecided<E>> {
                let page = self.page(Key::$variant($($key),*))?;
                if page.before.is_none() && page.record.is_none() {
                    page.before = Some(Record::$variant(<$record>::default()));
                    page.record.clone_from(&page.before);
                }
                match &mut page.record {
                    Some(Record::$variant(record)) => Ok(record),
                    _ => Err(Undecided::Mistaken),
                }
            }
        )*}
    };
}

kept! {
    /// All uses of a coupon.
    totals(coupon: &CouponName) -> Totals = Coupon(coupon.clone());
    /// One code.
    code(coupon: &CouponName, code: &str) -> CodeAccount = Code(coupon.clone(), code.into());
    /// The uses by one friend.
    friend(coupon: &CouponName, friend: FriendId) -> Counter = Friend(coupon.clone(), friend);
    /// A person's numbers.
    person(friend: FriendId) -> Person = Person(friend);
    /// What was used on an order.
    order(order: &OrderId) -> OrderUses = Order(order.clone());
    /// What a checkout holds all together.
    checkout(checkout: &CheckoutId) -> CheckoutUses = Checkout(checkout.clone());
}
