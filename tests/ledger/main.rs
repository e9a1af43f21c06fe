//! The life of uses: what every ledger promises, whatever interleaves, and whenever the process dies.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests")]

/// Tests of this module, each asked of every ledger there is.
macro_rules! promises {
    ($($promise:ident,)*) => {
        mod memory {
            $(#[test] fn $promise() { super::$promise(&enishi::store::MemoryLedger::new()); })*
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&crate::file::open(&folder.path().join("shop.db")));
            })*
        }
    };
}

mod contract;
#[cfg(feature = "sqlite")]
mod file;
mod interleaved;
mod lab;
mod limits;
mod sums;
mod threads;
mod together;
mod told;
