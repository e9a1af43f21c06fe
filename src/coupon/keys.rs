//! The secret that makes codes, and their verification without a lookup.

use core::fmt;
use core::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::model::CouponName;

use super::code::{Code, CodeError, Fields};
use super::serial::{Kind, Serial};

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
    /// To whom, or in which place of a batch.
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
        let (kind, number) = serial.parts();
        self.press(coupon, kind).code(number)
    }

    /// The codes of these numbers of a coupon, which no friend holds yet: for printed cards, or to be laid into a
    /// cart's own table of coupons. Always the same ones, in order of their numbers; no two are equal, and none is one
    /// that [`issue`](Self::issue) gives to a friend.
    ///
    /// A number is printed once: a [ledger](crate::store::Ledger::take_numbers) notes how far a coupon's batches went. What the codes
    /// are written to is the caller's: `code.to_string()` has hyphens, and its 20 signs without them fill the 20 of
    /// EC-CUBE's `coupon_cd` and OpenCart's `code`. LINE's own coupons have room for 16 and cannot carry one. About
    /// half a microsecond each.
    ///
    /// ```
    /// use enishi::coupon::{KeyRing, Serial};
    /// use enishi::model::CouponName;
    /// let card = CouponName::new("card")?;
    /// let keys = KeyRing::new(0, b"at least sixteen secret bytes")?;
    /// let lines: Vec<String> = keys.batch(&card, 0..1000).map(|code| code.to_string()).collect();
    /// assert_eq!(keys.verify(&lines[41], [&card])?.serial, Serial::Batch { number: 41 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn batch<'a>(&'a self, coupon: &'a CouponName, numbers: Range<u32>) -> impl Iterator<Item = Code> + use<'a> {
        let press = self.press(coupon, Kind::Batch);
        numbers.map(move |number| press.code(u64::from(number)))
    }

    /// Was this code issued for one of these coupons? Linear in their number, at most one HMAC each.
    ///
    /// Nothing is looked up. The tag of a code is compared in constant time: how many of its bits a guess has right
    /// cannot be told from how long the answer took. What comes before it (the form, the check symbol, the key's
    /// number, the coupon's short name) takes its time by what anybody can read in the code, and by no secret.
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
        for coupon in coupons {
            let short = short_name(coupon);
            // Twelve bits of the name only spare HMACs; the HMAC itself is over the whole name.
            let Some(kind) = Kind::ALL.into_iter().find(|kind| marked(short, *kind) == fields.coupon) else { continue };
            let Some(serial) = Serial::of(kind, fields.number) else { continue };
            if bool::from(tag(key, coupon, kind, fields.number).ct_eq(&fields.tag)) {
                return Ok(Verified { coupon, serial, code });
            }
        }
        Err(CodeError::Forged)
    }

    fn press<'a>(&'a self, coupon: &'a CouponName, kind: Kind) -> Press<'a> {
        let key = self.keys[usize::from(self.issuing)].as_ref().expect("the issuing key is set by `new`");
        Press { key, number: self.issuing, coupon, kind, marked: marked(short_name(coupon), kind) }
    }
}

/// All that the codes of a coupon have in common.
struct Press<'a> {
    key: &'a Hmac<Sha256>,
    number: u8,
    coupon: &'a CouponName,
    kind: Kind,
    marked: u16,
}

impl Press<'_> {
    fn code(&self, number: u64) -> Code {
        let tag = tag(self.key, self.coupon, self.kind, number);
        Code::from_fields(&Fields { key: self.number, coupon: self.marked, number, tag })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing {{ issuing: {}, .. }}", self.issuing)
    }
}

fn tag(key: &Hmac<Sha256>, coupon: &CouponName, kind: Kind, number: u64) -> u64 {
    // The copy has the key's two blocks behind it already.
    let mut mac = key.clone();
    mac.update(match kind {
        Kind::Friend => b"enishi coupon code 1\0".as_slice(),
        Kind::Batch => b"enishi coupon batch 1\0",
    });
    mac.update(&number.to_be_bytes());
    mac.update(coupon.as_str().as_bytes());
    let digest = mac.finalize().into_bytes();
    digest[..5].iter().fold(0, |tag, byte| tag << 8 | u64::from(*byte))
}

fn short_name(coupon: &CouponName) -> u16 {
    let digest = Sha256::digest(coupon.as_str().as_bytes());
    u16::from(digest[0]) << 4 | u16::from(digest[1]) >> 4
}

/// The twelve bits by which a code says for which coupon it is, and of which kind.
const fn marked(short_name: u16, kind: Kind) -> u16 {
    match kind {
        Kind::Friend => short_name,
        Kind::Batch => !short_name & 0xFFF,
    }
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
