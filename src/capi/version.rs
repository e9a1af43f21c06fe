//! Which library this is.

use core::ffi::{CStr, c_char};

/// The version of this ABI. It grows with every change of the header.
const ABI: u32 = 1;
/// The oldest ABI whose callers this library serves. It grows when something is taken away.
const ABI_MIN: u32 = 1;

/// The version of the ABI of this library. A binding made for the header of version V checks, when it
/// loads the library, that enishi_abi_min() <= V <= enishi_abi_version().
#[unsafe(no_mangle)]
pub extern "C" fn enishi_abi_version() -> u32 {
    ABI
}

/// The oldest version of the ABI this library still serves.
#[unsafe(no_mangle)]
pub extern "C" fn enishi_abi_min() -> u32 {
    ABI_MIN
}

/// The version of the library, such as "0.1.0". Never freed.
#[unsafe(no_mangle)]
pub extern "C" fn enishi_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };
    VERSION.as_ptr()
}
