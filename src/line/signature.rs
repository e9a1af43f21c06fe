//! Did LINE write this? The webhook signature.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// The header that carries the signature. Header names have no case.
pub const SIGNATURE_HEADER: &str = "x-line-signature";

/// Checks that `header`, the value of [`SIGNATURE_HEADER`], is
/// Base64(HMAC-SHA256(`secret`, `raw_body`)).
///
/// `raw_body` is the body as it came off the wire, and is not looked into: JSON that was read and
/// written again has other bytes as soon as there is an emoji in it (X12). The time taken tells
/// nothing about where two signatures differ. A receiver of several channels has several secrets
/// and tries them in turn.
///
/// # Errors
/// See [`SignatureError`]; either way the body is to be answered with 400 or 401 and forgotten.
pub fn verify(secret: &ChannelSecret, raw_body: &[u8], header: &str) -> Result<(), SignatureError> {
    let given = decode(header).ok_or(SignatureError::Malformed)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(raw_body);
    let right: [u8; SIGNATURE_BYTES] = mac.finalize().into_bytes().into();
    if right.ct_eq(&given).into() { Ok(()) } else { Err(SignatureError::Mismatch) }
}

const SIGNATURE_BYTES: usize = 32;
const SIGNATURE_CHARS: usize = 44;

fn decode(header: &str) -> Option<[u8; SIGNATURE_BYTES]> {
    // The length first: a header of megabytes is not worth decoding.
    let encoded = Some(header).filter(|header| header.len() == SIGNATURE_CHARS)?;
    STANDARD.decode(encoded).ok()?.try_into().ok()
}

/// Why a body is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The header cannot be a signature of anybody's.
    #[error("{SIGNATURE_HEADER} must be {SIGNATURE_CHARS} characters of padded Base64, the form of 32 bytes")]
    Malformed,
    /// Signed with another secret, or over other bytes.
    #[error("the signature is not of these bytes with this secret; it is made over the raw body, before any parsing")]
    Mismatch,
}

/// The secret of a Messaging API channel. Never shown.
#[derive(Clone)]
pub struct ChannelSecret(Box<str>);

impl ChannelSecret {
    /// Takes the secret as the LINE Developers Console shows it. Its characters are the key; they
    /// are not decoded from hexadecimal.
    ///
    /// # Errors
    /// When it is empty, which would let anybody sign, or has white space, which comes with
    /// copying and would refuse every webhook.
    pub fn new(text: &str) -> Result<Self, ChannelSecretError> {
        if text.is_empty() || text.contains(char::is_whitespace) {
            Err(ChannelSecretError)
        } else {
            Ok(Self(text.into()))
        }
    }
}

impl fmt::Debug for ChannelSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelSecret(…)")
    }
}

/// A text that is not a channel secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a channel secret is not empty and has no white space")]
pub struct ChannelSecretError;
