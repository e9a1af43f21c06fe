//! The secret that makes codes, and their verification without a lookup.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::CouponName;

use super::code::{Code, CodeError, Fields, Serial};

/// The secret keys of a shop's codes: one that issues, and older ones whose codes are still good.
///
/// Never part of a playbook: keys come from the host at start.
#[derive(Clone)]
pub struct KeyRing {
    keys: [Option<Hmac<Sha256>>; 8],
    issuing: u8,
}

/// A code that was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified<'a> {
    /// For which coupon.
    pub coupon: &'a CouponName,
    /// To whom.
    pub serial: Serial,
    /// The code itself, for its canonical text.
    pub code: Code,
}

impl KeyRing {
    /// The shortest secret, in bytes.
    pub const MIN_SECRET: usize = 16;

    /// A ring that issues with key number `id` (0 to 7).
    ///
    /// # Errors
    /// When `id` is over 7 or the secret is shorter than [`MIN_SECRET`](Self::MIN_SECRET).
    pub fn new(id: u8, secret: &[u8]) -> Result<Self, KeyError> {
        let ring = Self { keys: [const { None }; 8], issuing: id };
        ring.with_retired(id, secret)
    }

    /// The same ring, which also verifies codes made with an older key. A number used before is replaced.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    pub fn with_retired(mut self, id: u8, secret: &[u8]) -> Result<Self, KeyError> {
        let place = self.keys.get_mut(usize::from(id)).ok_or(KeyError::Number(id))?;
        if secret.len() < Self::MIN_SECRET {
            return Err(KeyError::Short(secret.len()));
        }
        *place = Some(Hmac::new_from_slice(secret).map_err(|_| KeyError::Short(secret.len()))?);
        Ok(self)
    }

    /// The code of this serial: always the same one.
    pub fn issue(&self, coupon: &CouponName, serial: Serial) -> Code {
        let key = self.keys[usize::from(self.issuing)].as_ref().expect("the issuing key is set by `new`");
        let tag = tag(key, coupon, serial);
        Code::from_fields(&Fields { key: self.issuing, coupon: short_name(coupon), serial, tag })
    }

    /// Was this code issued for one of these coupons? Linear in their number, at most one HMAC each;
    /// the comparison takes the same time whatever the code.
    ///
    /// # Errors
    /// When the text is no code, is mistyped, or was never issued.
    pub fn verify<'a>(
        &self,
        typed: &str,
        coupons: impl IntoIterator<Item = &'a CouponName>,
    ) -> Result<Verified<'a>, CodeError> {
        let code: Code = typed.parse()?;
        let fields = code.fields();
        let key = self.keys[usize::from(fields.key)].as_ref().ok_or(CodeError::Forged)?;
        // Twelve bits of the name only spare HMACs; the HMAC itself is over the whole name.
        let candidates = coupons.into_iter().filter(|coupon| short_name(coupon) == fields.coupon);
        for coupon in candidates {
            if bool::from(tag(key, coupon, fields.serial).ct_eq(&fields.tag)) {
                return Ok(Verified { coupon, serial: fields.serial, code });
            }
        }
        Err(CodeError::Forged)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing {{ issuing: {}, .. }}", self.issuing)
    }
}

fn tag(key: &Hmac<Sha256>, coupon: &CouponName, serial: Serial) -> u64 {
    let mut mac = key.clone();
    mac.update(b"enishi coupon code 1\0");
    mac.update(&serial.bits().to_be_bytes());
    mac.update(coupon.as_str().as_bytes());
    let digest = mac.finalize().into_bytes();
    digest[..5].iter().fold(0, |tag, byte| tag << 8 | u64::from(*byte))
}

fn short_name(coupon: &CouponName) -> u16 {
    let digest = Sha256::digest(coupon.as_str().as_bytes());
    u16::from(digest[0]) << 4 | u16::from(digest[1]) >> 4
}

/// Why a secret was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A number over 7.
    #[error("key number {0}: keys are numbered 0 to 7")]
    Number(u8),
    /// Too short to be secret.
    #[error("a secret of {0} bytes: {min} or more are needed", min = KeyRing::MIN_SECRET)]
    Short(usize),
}
