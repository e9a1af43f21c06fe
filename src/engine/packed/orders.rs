//! Orders, the cart, and coupons.

use std::collections::BTreeMap;

use crate::model::{
    Cart, CartLine, Dated, Friend, HeldCoupon, Money, OrderHistory, OrderId, OrderRecord, OrderVersion, Redemption,
    Timestamp,
};

use super::Damage;
use super::bytes::{Reader, Writer, blank};
use super::profile::{read_properties, write_properties};

pub(super) fn is_clear(friend: &Friend) -> bool {
    friend.orders.all().is_empty() && friend.cart.is_none() && friend.coupons.is_empty()
}

pub(super) fn clear(friend: &mut Friend) {
    friend.orders = OrderHistory::default();
    friend.cart = None;
    friend.coupons.clear();
}

pub(super) fn write(friend: &Friend, writer: &mut Writer<'_>) {
    let orders = friend.orders.all();
    writer.count(orders.len());
    orders.iter().for_each(|order| write_order(order, writer));
    writer.flag(friend.cart.is_some());
    if let Some(cart) = &friend.cart {
        writer.time(cart.at);
        write_lines(&cart.value.lines, writer);
    }
    writer.count(friend.coupons.len());
    friend.coupons.iter().for_each(|held| write_coupon(held, writer));
}

pub(super) fn read(friend: &mut Friend, reader: &mut Reader<'_>) -> Result<(), Damage> {
    friend.orders.rewrite(|orders| reader.list(orders, || OrderRecord::new(blank()), read_order))?;
    match reader.flag()? {
        false => friend.cart = None,
        true => {
            let blank = || Dated { at: Timestamp::EPOCH, value: Cart::default() };
            let cart = friend.cart.get_or_insert_with(blank);
            cart.at = reader.time()?;
            read_lines(&mut cart.value.lines, reader)?;
        }
    }
    reader.list(&mut friend.coupons, blank_coupon, read_coupon)
}

/// What is known of an order.
mod bits {
    pub(super) const TOLD: u8 = 1;
    /// Placed at another time than it was told at.
    pub(super) const PLACED: u8 = 1 << 1;
    pub(super) const PROPERTIES: u8 = 1 << 2;
    pub(super) const SHIPPED: u8 = 1 << 3;
    pub(super) const DELIVERED: u8 = 1 << 4;
    pub(super) const CANCELLED: u8 = 1 << 5;
    pub(super) const REFUNDED: u8 = 1 << 6;
}

fn write_order(order: &OrderRecord, writer: &mut Writer<'_>) {
    let OrderRecord { id, version, shipped, delivered, cancelled, refunded } = order;
    let version = version.as_ref();
    let bit = |there: bool, bit: u8| if there { bit } else { 0 };
    writer.text(id.as_str());
    writer.byte(
        bit(version.is_some(), bits::TOLD)
            | bit(version.is_some_and(|version| version.placed_at != version.told_at), bits::PLACED)
            | bit(version.is_some_and(|version| !version.properties.is_empty()), bits::PROPERTIES)
            | bit(shipped.is_some(), bits::SHIPPED)
            | bit(delivered.is_some(), bits::DELIVERED)
            | bit(cancelled.is_some(), bits::CANCELLED)
            | bit(*refunded != Money::ZERO, bits::REFUNDED),
    );
    if let Some(OrderVersion { told_at, total, placed_at, lines, properties }) = version {
        writer.time(*told_at);
        if placed_at != told_at {
            writer.time(*placed_at);
        }
        writer.money(*total);
        write_lines(lines, writer);
        if !properties.is_empty() {
            write_properties(properties, writer);
        }
    }
    [shipped, delivered, cancelled].into_iter().flatten().for_each(|at| writer.time(*at));
    if *refunded != Money::ZERO {
        writer.money(*refunded);
    }
}

fn read_order(reader: &mut Reader<'_>, order: &mut OrderRecord) -> Result<(), Damage> {
    reader.id(&mut order.id)?;
    let told = reader.byte()?;
    let has = |bit: u8| told & bit != 0;
    if told >= bits::REFUNDED << 1 || !has(bits::TOLD) && (has(bits::PLACED) || has(bits::PROPERTIES)) {
        return Err(Damage);
    }
    if has(bits::TOLD) {
        let version = order.version.get_or_insert_with(|| OrderVersion {
            told_at: Timestamp::EPOCH,
            total: Money::ZERO,
            placed_at: Timestamp::EPOCH,
            lines: Vec::new(),
            properties: BTreeMap::new(),
        });
        version.told_at = reader.time()?;
        version.placed_at = if has(bits::PLACED) { reader.time()? } else { version.told_at };
        version.total = reader.money()?;
        read_lines(&mut version.lines, reader)?;
        match has(bits::PROPERTIES) {
            true => read_properties(&mut version.properties, reader)?,
            false => version.properties.clear(),
        }
    } else {
        order.version = None;
    }
    let time = |there: u8, reader: &mut Reader<'_>| has(there).then(|| reader.time()).transpose();
    order.shipped = time(bits::SHIPPED, reader)?;
    order.delivered = time(bits::DELIVERED, reader)?;
    order.cancelled = time(bits::CANCELLED, reader)?;
    order.refunded = if has(bits::REFUNDED) { reader.money()? } else { Money::ZERO };
    Ok(())
}

pub(super) fn write_lines(lines: &[CartLine], writer: &mut Writer<'_>) {
    writer.count(lines.len());
    for CartLine { sku, quantity, unit_price, categories } in lines {
        // Nearly always one piece or a few, of goods whose categories nobody told.
        writer.number(u64::from(*quantity) << 1 | u64::from(!categories.is_empty()));
        writer.text(sku);
        writer.money(*unit_price);
        if !categories.is_empty() {
            writer.count(categories.len());
            categories.iter().for_each(|category| writer.text(category));
        }
    }
}

pub(super) fn read_lines(into: &mut Vec<CartLine>, reader: &mut Reader<'_>) -> Result<(), Damage> {
    let blank = || CartLine { sku: Box::default(), quantity: 0, unit_price: Money::ZERO, categories: Vec::new() };
    reader.list(into, blank, |reader, line| {
        let told = reader.number()?;
        line.quantity = u32::try_from(told >> 1).map_err(|_| Damage)?;
        reader.text_into(&mut line.sku)?;
        line.unit_price = reader.money()?;
        match told & 1 {
            0 => line.categories.clear(),
            _ => reader.list(&mut line.categories, Box::default, |reader, category| reader.text_into(category))?,
        }
        Ok(())
    })
}

fn blank_coupon() -> HeldCoupon {
    let (issued_at, valid_until) = (Timestamp::EPOCH, Timestamp::EPOCH);
    HeldCoupon { coupon: blank(), code: Box::default(), issued_at, valid_until, redeemed: Default::default() }
}

fn write_coupon(held: &HeldCoupon, writer: &mut Writer<'_>) {
    let HeldCoupon { coupon, code, issued_at, valid_until, redeemed } = held;
    writer.name(coupon);
    writer.text(code);
    writer.time(*issued_at);
    writer.time(*valid_until);
    writer.count(redeemed.len());
    for Redemption { at, order } in redeemed {
        writer.time(*at);
        writer.text(order.as_str());
    }
}

fn read_coupon(reader: &mut Reader<'_>, held: &mut HeldCoupon) -> Result<(), Damage> {
    reader.name_into(&mut held.coupon)?;
    reader.text_into(&mut held.code)?;
    held.issued_at = reader.time()?;
    held.valid_until = reader.time()?;
    held.redeemed.clear();
    for _ in 0..reader.count()? {
        let (at, mut order) = (reader.time()?, blank::<OrderId>());
        reader.id(&mut order)?;
        held.redeemed.insert(Redemption { at, order });
    }
    Ok(())
}
