//! The engine: one pure function for one friend, and a whole shop of friends in memory.
//!
//! [`step`] is the law: what one input does to one friend at one instant. [`Engine`] keeps friends,
//! their keys and their wake-ups, and calls it. It opens nothing and reads no clock: the host says
//! what happened and what time it is, and takes out what is to be sent and what was decided.
//!
//! ```
//! use std::sync::Arc;
//! use enishi::engine::Engine;
//! use enishi::model::Event;
//! use enishi::playbook::Playbook;
//!
//! let playbook = Playbook::read(r#"
//!     [shop]
//!     name = "河内の台所"
//!     zone = "Asia/Tokyo"
//!     currency = "JPY"
//!     [messages.thanks]
//!     line = [{ type = "text", text = "友だち追加ありがとうございます。" }]
//!     [scenarios.welcome]
//!     on = "follow"
//!     steps = [{ id = "thanks", send = "thanks" }, { wait = "1d at 20:00" }, { id = "again", send = "thanks" }]
//! "#)?;
//! let mut engine = Engine::new(Arc::new(playbook), None)?;
//! let now = "2026-04-01T12:00:00+09:00".parse()?;
//! let follow = Event::from_json(br#"{"id":"e1","friend":"line:U4af4980629","at":"2026-04-01T12:00:00+09:00",
//!     "type":"follow","user":"U4af4980629000000000000000000abcd","unblocked":false}"#, engine.playbook().currency())?;
//! engine.record(&follow, now)?;
//! assert_eq!(engine.take_deliveries().len(), 1);
//!
//! let evening = engine.next_wake().unwrap();
//! assert_eq!(evening.to_string(), "2026-04-02T11:00:00Z");
//! engine.advance(evening)?;
//! assert_eq!(engine.take_deliveries()[0].step.as_str(), "again");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admit;
mod apply;
mod coupon_cases;
mod keys;
mod memory;
mod ordered;
mod packed;
mod parcel;
mod people;
mod records;
mod redemption;
mod scarce;
mod seen;
mod shelf;
mod snapshot;
mod step;
mod wakes;
mod why;

pub use admit::AdmitError;
pub use coupon_cases::{CouponBooks, coupon_cases, spending_of, spending_of_holders};
pub use memory::{Engine, EngineError, Recorded};
pub use parcel::{Parcel, pack};
pub use people::{Changes, Kept, Keyed};
pub use records::FriendsByRow;
pub use snapshot::{RestoreError, SNAPSHOT_VERSION};
pub use step::{Input, ShopView, Stepped, step};
pub use why::{NeverEntered, Standing, Waiting, Why, why};
