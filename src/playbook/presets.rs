//! The presets that come with the crate: what many shops run alike.

/// A preset: a fragment of a playbook that playbooks may `include`.
///
/// Its text says at its head what it does, when, what ends it, what it needs to be told, and what shops often change. It
/// is TOML of the same grammar, with what depends on the language under `[ja]` and `[en]`.
///
/// | preset | scenarios | when | needs |
/// |---|---|---|---|
/// | `welcome` | `welcome` | a first add: at once with a coupon, +1 day, +7 days | follows |
/// | `first_order` | `first_order` | the first order: at once, +5 days, +21 days | orders |
/// | `arrival` | `arrival` | an order arrived: +3 days, +7 days for a review | deliveries |
/// | `f2` | `f2` | 30 days after the only order, with a coupon; +5 days, +14 days | orders |
/// | `lapse` | `lapse` | 90 days after the last of two orders or more; +3 days with a coupon | orders |
/// | `cart` | `cart` | a cart left for 45 minutes; 24 hours; 3 days, when switched on | carts |
/// | `browse` | `browse` | a look without an order: +1 day | views |
/// | `restock` | `restock`, `price_drop`, `product_news_stop` | at once | news of products |
/// | `low_stock` | `low_stock`, `product_news_stop` | at once | news of products |
/// | `reorder` | `reorder` | 3 days before the next order is due, by `[cycles]` | orders |
/// | `cross_sell` | `cross_sell` | bought 'A' and not 'B': 7 days after it arrived. The shop names the products | deliveries |
/// | `birthday` | `birthday` | the 1st of the month of birth, with a coupon | attribute `birthday` |
/// | `coupon_chain` | `coupon_chain` | the 1st of each month with a coupon; on its use a second; 3 days before its end | coupons redeemed |
/// | `brochure` | `brochure` | event `資料請求`: +1 day, +3 days, +7 days with a coupon | that event |
/// | `order_notice` | `order_notice`, `ship_notice` | at once, transactional | orders, shipments |
/// | `service_cycle` | `service_cycle` | event `来店`: +1 day, +7 days, +21 days with a coupon | that event |
/// | `link` | `link` | an add without a link: +2 days, +14 days | links |
/// | `vip` | `vip_silver`, `vip_gold`, `vip_platinum` | 3, 6, 10 orders in a year: at once | orders |
/// | `subscription` | `subscription`, `subscription_cancel` | event `定期開始`: at once, +7 days, +25 days; `定期解約`: at once, +30 days with a coupon | these events |
/// | `phase/launch` | of `welcome`, `order_notice`, `arrival`, `link` | with quiet hours, caps and little selling | |
/// | `phase/growth` | these, and of `first_order`, `f2`, `lapse`, `cart`, `browse`, `reorder`, `restock`, `birthday` | | |
/// | `phase/maturity` | these, of `vip`, `coupon_chain`, and `story` | with one in twenty held out of each | |
///
/// Messages and coupons of a preset are called after it or its scenario (`welcome-thanks`, `welcome-coupon`), segments
/// and tags after 定番 (`定番/カゴ落ち`), so that a shop's own names do not meet them; scenarios have the names above. Coupons
/// are shares and not amounts, so they are right in every currency, and texts name no number that the shop may change.
///
/// ```
/// use enishi::playbook::{Playbook, Preset};
/// let shop = "[shop]\nname = '河内の台所'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'";
/// for preset in Preset::ALL {
///     Playbook::read(&format!("include = ['presets/{}']\n{shop}", preset.name))?;
/// }
/// # Ok::<(), enishi::playbook::Diagnostics>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preset {
    /// What stands after `presets/` in `include`: `welcome`, `phase/growth`.
    pub name: &'static str,
    /// As it lies in the crate's folder `presets`.
    pub text: &'static str,
}

macro_rules! presets {
    ($($name:literal)*) => {
        [$(Preset { name: $name, text: include_str!(concat!("../../presets/", $name, ".toml")) }),*]
    };
}

impl Preset {
    /// All of them: the scenarios, then the bundles for a shop's phases (S20).
    pub const ALL: [Self; 22] = presets! {
        "welcome" "first_order" "arrival" "f2" "lapse" "cart" "browse" "restock" "low_stock" "reorder" "cross_sell"
        "birthday" "coupon_chain" "brochure" "order_notice" "service_cycle" "link" "vip" "subscription"
        "phase/launch" "phase/growth" "phase/maturity"
    };

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name == name)
    }
}
