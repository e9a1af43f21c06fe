//! The retry key and its life.

use enishi::line::{RETRY_KEY_LIFE, RETRY_MARGIN, RetryKey, retry_deadline, retry_window};
use enishi::model::{DeliveryKey, Timestamp};
use proptest::prelude::*;

#[test]
fn x04_retries_end_ten_minutes_before_line_forgets_the_key() {
    assert_eq!(RETRY_KEY_LIFE.nominal_millis(), 24 * 60 * 60 * 1000);
    assert_eq!(RETRY_MARGIN.nominal_millis(), 10 * 60 * 1000);
    assert_eq!(retry_window().nominal_millis(), (24 * 60 - 10) * 60 * 1000);
    let first: Timestamp = "2026-04-01T20:00:00+09:00".parse().unwrap();
    assert_eq!(retry_deadline(first), "2026-04-02T19:50:00+09:00".parse().unwrap());
}

#[test]
fn a_key_is_the_same_for_ever() {
    // Computed by another program: SHA-256 over the domain and the parts, each after its
    // length in eight bytes. A change here sends the requests under way a second time.
    let key = RetryKey::derive(&[b"shop", b"welcome", b"1", b"greet", b"line:U4af4980629000000000000000000abcd"]);
    assert_eq!(key.to_string(), "be760def-3d6a-8ba0-b8b0-87017bff64f7");
    assert_eq!(RetryKey::derive(&[]).to_string(), "d58644a4-2dbf-89a7-9c17-9f3f700dcee2");
}

#[test]
fn the_key_of_a_delivery_is_sent_as_it_is() {
    let delivery = DeliveryKey::derive("test", &[b"1"]);
    assert_eq!(RetryKey::from(delivery).to_string(), delivery.to_string());
    assert_eq!(RetryKey::from(delivery).as_bytes(), delivery.as_bytes());
}

#[test]
fn a_key_is_read_from_its_own_text_only() {
    let capitals = "BE760DEF-3D6A-4BA0-B8B0-87017BFF64F7";
    assert_eq!(capitals.parse::<RetryKey>().unwrap().to_string(), capitals.to_lowercase());
    for text in ["", "be760def", "be760def-3d6a-8ba0-b8b0-87017bff64fg", "be760def-3d6a-8ba0-b8b0-87017bff64f7 "] {
        assert!(text.parse::<RetryKey>().is_err(), "{text:?}");
    }
}

proptest! {
    #[test]
    fn the_same_bytes_split_elsewhere_are_another_key(
        bytes in prop::collection::vec(any::<u8>(), 1..40),
        a in any::<prop::sample::Index>(),
        b in any::<prop::sample::Index>(),
    ) {
        let key = |cut: usize| RetryKey::derive(&[&bytes[..cut], &bytes[cut..]]);
        let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
        prop_assert_eq!(key(a) == key(b), a == b);
        prop_assert_ne!(RetryKey::derive(&[&bytes]), key(a));
    }

    #[test]
    fn a_key_is_a_uuid_of_version_eight_and_comes_back_from_its_text(part in any::<[u8; 8]>()) {
        let key = RetryKey::derive(&[&part]);
        let text = key.to_string();
        prop_assert_eq!(text.len(), 36);
        prop_assert_eq!(&text[14..15], "8");
        prop_assert!("89ab".contains(&text[19..20]));
        prop_assert_eq!(text.parse(), Ok(key));
    }
}
