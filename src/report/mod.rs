//! Numbers for people at a terminal.

mod bar;
mod table;

pub use bar::bar;
pub use table::{Align, Table};
