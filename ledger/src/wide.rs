//! Products wider than 128 bits, divided again before anybody sees them.

/// `one · other / divisor` cut off towards zero, and what is left; `None` if the divisor is zero or the quotient does not fit.
pub(crate) fn divided_product(one: u128, other: u128, divisor: u128) -> Option<(u128, u128)> {
    let (mut low, high) = one.carrying_mul(other, 0);
    if high >= divisor {
        return None;
    }
    // Long division, bit by bit. What is left so far is less than the divisor; doubled, it may have a 129th bit.
    let (mut left, mut quotient) = (high, 0_u128);
    for _ in 0..u128::BITS {
        let carried = left >> 127 == 1;
        left = (left << 1) | (low >> 127);
        low <<= 1;
        quotient <<= 1;
        if carried || left >= divisor {
            left = left.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    Some((quotient, left))
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "big integers have room, and divisors that are zero are left out"
)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    /// Numbers of every length.
    fn number() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0_u32..128).prop_map(|(number, shift)| number >> shift)
    }

    proptest! {
        #[test]
        fn it_is_what_big_integers_say(one in number(), other in number(), divisor in number()) {
            let product = BigUint::from(one) * BigUint::from(other);
            let expected = (divisor > 0).then(|| {
                let quotient = u128::try_from(&product / divisor).ok()?;
                Some((quotient, u128::try_from(&product % divisor).ok()?))
            });
            prop_assert_eq!(divided_product(one, other, divisor), expected.flatten());
        }
    }

    #[test]
    fn extremes_are_exact() {
        assert_eq!(
            divided_product(u128::MAX, u128::MAX, u128::MAX),
            Some((u128::MAX, 0))
        );
        assert_eq!(
            divided_product(u128::MAX, u128::MAX - 1, u128::MAX - 1),
            Some((u128::MAX, 0))
        );
        assert_eq!(
            divided_product(u128::MAX - 1, u128::MAX - 1, u128::MAX),
            Some((u128::MAX - 2, 1))
        );
        assert_eq!(divided_product(u128::MAX, u128::MAX, u128::MAX - 1), None);
        assert_eq!(divided_product(1, 1, 0), None);
    }
}
