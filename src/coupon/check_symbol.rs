//! The alphabet of codes and the symbol that catches slips of the hand.

use crate::model::half_width;

/// Crockford's base 32: without I, L and O, which look like 1, 1 and 0, and without U, which makes
/// words nobody wants to read on a coupon. What looks alike is read as what it looks like.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The sign that stands for `value` (below 32).
pub(super) fn sign(value: u8) -> char {
    char::from(ALPHABET[usize::from(value & 31)])
}

/// The value of a sign as a person may type it: any case, any width, confusable letters folded.
pub(super) fn value(typed: char) -> Option<u8> {
    let upper = match half_width(typed).to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|sign| char::from(*sign) == upper)?;
    u8::try_from(place).ok()
}

/// The symbol that makes the weighted sum of all symbols zero in the field of 32 elements.
///
/// Position `i` weighs αⁱ, α a generator. One wrong symbol changes the sum by αⁱ·d ≠ 0; swapping
/// the different symbols at `i` and `j` changes it by (αⁱ + αʲ)·d, which is zero only when 31 divides
/// `i − j`. So up to 31 symbols long, every single error and every swap of two symbols is caught.
pub(super) fn check(symbols: &[u8]) -> u8 {
    // Horner: the check symbol itself has weight α⁰ = 1.
    symbols.iter().fold(0, |sum, symbol| times_alpha(sum ^ symbol))
}

/// Multiplication by α in GF(2)[x]/(x⁵ + x² + 1), a primitive polynomial.
fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_error_and_every_swap_is_caught() {
        let symbols: Vec<u8> = (0..19).map(|i| (i * 7 + 3) % 32).collect();
        let right = check(&symbols);
        for i in 0..symbols.len() {
            for other in (0..32).filter(|other| *other != symbols[i]) {
                let mut wrong = symbols.clone();
                wrong[i] = other;
                assert_ne!(check(&wrong), right, "one error at {i}");
            }
            for j in (0..i).filter(|j| symbols[*j] != symbols[i]) {
                let mut wrong = symbols.clone();
                wrong.swap(i, j);
                assert_ne!(check(&wrong), right, "swap of {i} and {j}");
            }
            // A swap of a symbol with the check symbol itself.
            let mut wrong = symbols.clone();
            wrong[i] = right;
            assert!(symbols[i] == right || check(&wrong) != symbols[i], "swap of {i} with the check symbol");
        }
    }
}
