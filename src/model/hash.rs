//! A quick hash that is the same everywhere.

/// The same for the same bytes, on every platform and in every run. No proof against malice: whoever uses it
/// bounds what many equal hashes cost.
///
/// Words are folded by a wide product, as wyhash does it.
pub(crate) fn stable_hash(bytes: &[u8]) -> u64 {
    let fold = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * 0xe703_7ed1_a0b4_28db;
        (product >> 64) as u64 ^ product as u64
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let hash = words
        .iter()
        .fold(bytes.len() as u64 ^ 0x9e37_79b9_7f4a_7c15, |hash, word| fold(hash, u64::from_le_bytes(*word)));
    fold(fold(hash, u64::from_le_bytes(last)), 0x2d35_8dcc_aa6c_78a5)
}
