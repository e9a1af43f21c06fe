//! LINE's memory of retry keys (REF "Retry failed API requests", DOC "Retrying a failed API request").

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::Endpoint;

/// A key is kept for 24 hours from the first request that carried it.
const MEMORY_MS: i64 = 24 * 3_600_000;

/// The UUID in a `X-Line-Retry-Key` header.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RetryKey(u128);

impl RetryKey {
    /// Reads the hexadecimal form 8-4-4-4-12 of any UUID version.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut groups = text.split('-');
        let mut digits = String::with_capacity(32);
        for length in [8, 4, 4, 4, 12] {
            digits.push_str(groups.next().filter(|group| group.len() == length)?);
        }
        let whole = groups.next().is_none() && digits.bytes().all(|b| b.is_ascii_hexdigit());
        whole.then(|| u128::from_str_radix(&digits, 16).ok()).flatten().map(Self)
    }
}

/// What a retry must repeat: LINE leaves other uses of a key undefined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) endpoint: Endpoint,
    pub(crate) body_hash: u64,
}

/// What LINE tells about an accepted request when its key comes again.
#[derive(Clone)]
pub(crate) struct FirstAcceptance {
    pub(crate) request_id: Arc<str>,
    /// Push only.
    pub(crate) sent_messages: Option<Value>,
}

#[derive(Default)]
pub(crate) struct RetryKeys {
    entries: HashMap<RetryKey, Entry>,
    by_age: VecDeque<(i64, RetryKey)>,
}

struct Entry {
    fingerprint: Fingerprint,
    acceptance: Option<FirstAcceptance>,
}

impl RetryKeys {
    /// Notes that a request with this key came in, whatever becomes of it. False if the key was used
    /// for another request before.
    pub(crate) fn arrive(&mut self, key: RetryKey, fingerprint: Fingerprint, at: i64) -> bool {
        self.forget(at);
        let by_age = &mut self.by_age;
        let entry = self.entries.entry(key).or_insert_with(|| {
            by_age.push_back((at, key));
            Entry { fingerprint, acceptance: None }
        });
        entry.fingerprint == fingerprint
    }

    pub(crate) fn acceptance(&self, key: RetryKey) -> Option<&FirstAcceptance> {
        self.entries.get(&key)?.acceptance.as_ref()
    }

    pub(crate) fn accept(&mut self, key: RetryKey, acceptance: FirstAcceptance) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.acceptance = Some(acceptance);
        }
    }

    fn forget(&mut self, at: i64) {
        while let Some((first, key)) = self.by_age.front().copied() {
            if at - first < MEMORY_MS {
                break;
            }
            self.by_age.pop_front();
            self.entries.remove(&key);
        }
    }
}
