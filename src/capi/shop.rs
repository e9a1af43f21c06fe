//! What all friends of a shop share and the host knows best: how much there is of what, how many messages are left
//! this month, and what may still be issued of each coupon.

use core::ffi::c_char;

use crate::coupon::KeyRing;
use crate::coupon::ledger::Headroom;
use crate::engine::ShopView;
use crate::policy::{Quota, Stock};

use super::boundary::{call, quietly};
use super::engine::enishi_engine;
use super::error::enishi_error;
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, count, text};

/// What was told of a shop's stock, of the messages left this month and of its ledger, for enishi_friend_step and
/// enishi_engine_tell. Of a product nobody told of there is enough, and so of messages and coupons.
///
/// Owner: the caller; ended by enishi_shop_free. Engines it was told to keep a copy.
/// Borrowed from it: nothing.
/// Threads: any; several may use it at once while none changes it.
/// After fork: both processes may go on using it.
pub struct enishi_shop {
    stock: Stock,
    quota: Option<Quota>,
    pub(super) headroom: Option<Headroom>,
}

impl Handle for enishi_shop {
    const NAME: &'static str = "shop";
}

const _: () = may_be_read_by_several::<enishi_shop>();

/// A shop of which nothing was told yet.
///
/// # Safety
/// The pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_new(out: *mut *mut enishi_shop, err: *mut *mut enishi_error) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_shop { stock: Stock::default(), quota: None, headroom: None }.into_raw());
            Ok(())
        })
    }
}

/// So many pieces there are of a product, by the name that events call it; 0 is sold out. What was told of
/// it before is replaced.
///
/// # Safety
/// `shop` is NULL or was given by this library and not freed, and nobody else uses it now; `product` leads
/// to `product_len` bytes; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_set_stock(
    shop: *mut enishi_shop,
    product: *const c_char,
    product_len: usize,
    pieces: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let shop = enishi_shop::borrow_mut(shop)?;
            shop.stock.set(text(product, product_len, "product")?, count(pieces, "pieces")?);
            Ok(())
        })
    }
}

/// So many LINE messages may still leave this month; one message to one friend is one. It is the host's to
/// know: the less of LINE's quota and the shop's budget, less what was sent and what waits to be sent.
///
/// # Safety
/// `shop` is NULL or was given by this library and not freed, and nobody else uses it now; `err` is NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_set_quota(shop: *mut enishi_shop, left: i64, err: *mut *mut enishi_error) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            enishi_shop::borrow_mut(shop)?.quota = Some(Quota { left: count(left, "left")? });
            Ok(())
        })
    }
}

/// There are enough messages, whatever was told before.
///
/// # Safety
/// As for enishi_shop_set_quota.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_lift_quota(shop: *mut enishi_shop, err: *mut *mut enishi_error) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            enishi_shop::borrow_mut(shop)?.quota = None;
            Ok(())
        })
    }
}

/// Ends a shop; NULL is taken too.
///
/// # Safety
/// `shop` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_free(shop: *mut enishi_shop) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_shop::free(shop) });
}

/// Tells an engine the whole of it: what it was told before of stock and quota is forgotten, and what it knows of the
/// ledger stays unless the shop asked one. Not part of a snapshot: tell a restored engine anew.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now;
/// `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_tell(
    engine: *mut enishi_engine,
    shop: *const enishi_shop,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let engine = enishi_engine::borrow_mut(engine)?;
            // The keys are the engine's since it was made.
            let view = enishi_shop::borrow(shop)?.view(None);
            engine.desk.change(|desk| {
                desk.engine.tell(&view);
                Ok(())
            })
        })
    }
}

/// Tells an engine how many pieces there are of one product, as enishi_shop_set_stock does; what it knows
/// else stays. A step with `in_stock` sends nothing when there are 0.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `product` leads
/// to `product_len` bytes; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_set_stock(
    engine: *mut enishi_engine,
    product: *const c_char,
    product_len: usize,
    pieces: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let engine = enishi_engine::borrow_mut(engine)?;
            let (product, pieces) = (text(product, product_len, "product")?, count(pieces, "pieces")?);
            engine.desk.change(|desk| {
                desk.engine.set_stock(product, pieces);
                Ok(())
            })
        })
    }
}

/// Tells an engine how many LINE messages may still leave this month, as enishi_shop_set_quota does. The
/// engine counts down what it decides from then on; tell it anew when a month begins or messages are bought.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `err` is NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_set_quota(
    engine: *mut enishi_engine,
    left: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let engine = enishi_engine::borrow_mut(engine)?;
            let left = count(left, "left")?;
            engine.desk.change(|desk| {
                desk.engine.set_quota(Some(left));
                Ok(())
            })
        })
    }
}

/// Tells an engine that there are enough messages, whatever was told before.
///
/// # Safety
/// As for enishi_engine_set_quota.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_lift_quota(engine: *mut enishi_engine, err: *mut *mut enishi_error) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            enishi_engine::borrow_mut(engine)?.desk.change(|desk| {
                desk.engine.set_quota(None);
                Ok(())
            })
        })
    }
}

impl enishi_shop {
    pub(super) const fn view<'a>(&'a self, keys: Option<&'a KeyRing>) -> ShopView<'a> {
        let mut view = ShopView::new(keys);
        view.stock = Some(&self.stock);
        view.quota = self.quota;
        view.headroom = self.headroom.as_ref();
        view
    }
}
