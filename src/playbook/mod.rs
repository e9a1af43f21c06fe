//! Everything the shop has decided, in one document: read, checked as a whole, compiled.
//!
//! TOML for people, the same shape as JSON for programs. A playbook is either right, or every one
//! of its faults is reported at once, each with a code, a path, its line and what would be right
//! (law 8).
//!
//! ```
//! use enishi::playbook::Playbook;
//! let playbook = Playbook::read(r#"
//!     [shop]
//!     name = "河内の台所"
//!     zone = "Asia/Tokyo"
//!     currency = "JPY"
//!
//!     [messages.thanks]
//!     line = [{ type = "text", text = "友だち追加ありがとうございます。" }]
//!
//!     [scenarios.welcome]
//!     on = "follow"
//!     steps = [{ id = "thanks", send = "thanks" }]
//! "#)?;
//! assert_eq!(playbook.scenarios().len(), 1);
//!
//! let faulty = Playbook::read("[shop]\nname = 'x'\nzone = 'Asia/Tokio'\ncurency = 'JPY'").unwrap_err();
//! assert_eq!(faulty.len(), 3);
//! assert_eq!(faulty[1].code.as_str(), "E06");
//! # Ok::<(), enishi::playbook::Diagnostics>(())
//! ```
//!
//! The sections are `shop`, `attributes`, `tags`, `segments`, `messages`, `coupons`, `policy` and
//! `scenarios`; each is read by the file of its name.

mod attributes;
mod coupons;
mod diagnostic;
mod messages;
mod policies;
mod read;
mod reader;
mod scenarios;
mod segments;
mod shop;
mod source;
mod steps;

pub use diagnostic::{Code, Diagnostic, Diagnostics};
pub use read::{MAX_PLAYBOOK_BYTES, Playbook, PlaybookHash, Segment};
pub use shop::Shop;
