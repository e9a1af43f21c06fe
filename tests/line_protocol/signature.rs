//! Signatures, beyond the vectors LINE publishes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use enishi::line::{ChannelSecret, SignatureError, verify};
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use sha2::Sha256;

#[test]
fn x12_the_bytes_are_signed_and_not_the_text_they_mean() {
    let escaped = br#"{"events":[],"text":"\ud83d\ude04"}"#;
    let literal = r#"{"events":[],"text":"😄"}"#.as_bytes();
    let meaning = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).unwrap();
    assert_eq!(meaning(escaped), meaning(literal));

    for (signed, other) in [(&escaped[..], literal), (literal, &escaped[..])] {
        assert_eq!(verify(&secret(), signed, &sign(signed)), Ok(()));
        assert_eq!(verify(&secret(), other, &sign(signed)), Err(SignatureError::Mismatch));
    }
}

#[test]
fn a_body_is_not_parsed() {
    let garbage = b"\xff\x00{[";
    assert_eq!(verify(&secret(), garbage, &sign(garbage)), Ok(()));
}

#[test]
fn a_header_that_is_no_signature_is_told_from_a_wrong_one() {
    let right = sign(b"body");
    let unpadded = right.trim_end_matches('=');
    let url_safe = format!("{}_=", &right[..42]);
    // The last digit before the padding has two bits which mean nothing and must be zero.
    let loose = format!("{}B=", &right[..42]);
    let padded = format!(" {right}");
    for header in ["", " ", "deadbeef", unpadded, &url_safe, &loose, &padded, &right.repeat(9)] {
        assert_eq!(verify(&secret(), b"body", header), Err(SignatureError::Malformed), "{header:?}");
    }
    assert_eq!(verify(&secret(), b"bodz", &right), Err(SignatureError::Mismatch));
    let other = ChannelSecret::new("other").unwrap();
    assert_eq!(verify(&other, b"body", &right), Err(SignatureError::Mismatch));
}

#[test]
fn every_byte_of_a_signature_counts() {
    let right = STANDARD.decode(sign(b"body")).unwrap();
    for place in 0..right.len() {
        let mut wrong = right.clone();
        wrong[place] ^= 1;
        assert_eq!(verify(&secret(), b"body", &STANDARD.encode(wrong)), Err(SignatureError::Mismatch), "byte {place}");
    }
}

#[test]
fn a_secret_is_neither_empty_nor_padded_nor_shown() {
    assert!(ChannelSecret::new("").is_err());
    assert!(ChannelSecret::new("abc\n").is_err());
    assert!(!format!("{:?}", ChannelSecret::new("hush").unwrap()).contains("hush"));
}

proptest! {
    #[test]
    fn no_header_is_taken_but_the_right_one(header in ".{0,60}", digits in "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=") {
        for header in [header, digits] {
            prop_assert_eq!(verify(&secret(), b"body", &header).is_ok(), header == sign(b"body"));
        }
    }
}

fn secret() -> ChannelSecret {
    ChannelSecret::new("secret").unwrap()
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}
