//! What holds of every amount: reading, rounding, converting and splitting, against exact rational arithmetic.

use std::ops::RangeInclusive;

use ledger::{Currency, Decimal, Money, Rounding, Share, split};
use num_bigint::BigInt;
use proptest::prelude::*;

/// Every currency that there is, by trying all three-letter words.
fn currencies() -> Vec<Currency> {
    let letters = || 'A'..='Z';
    letters()
        .flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}"))))
        .filter_map(|code| code.parse().ok())
        .collect()
}

fn currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(currencies())
}

fn rounding() -> impl Strategy<Value = Rounding> {
    proptest::sample::select(&Rounding::ALL)
}

fn exponent(currency: Currency) -> u32 {
    u32::from(currency.exponent())
}

fn ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

/// All that a decimal can be, of up to this many minor digits.
fn decimal(scales: RangeInclusive<u32>) -> impl Strategy<Value = Decimal> {
    let mantissa = (0..=Decimal::MAX.mantissa(), 0_u32..96).prop_map(|(mantissa, shift)| mantissa >> shift);
    (mantissa, scales).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

/// That a result is what the rounding makes of the exact one, and that none is refused that fits.
fn expect_rounded(
    found: Option<i64>,
    numerator: &BigInt,
    denominator: &BigInt,
    rounding: Rounding,
) -> Result<(), TestCaseError> {
    if let Some(found) = found {
        prop_assert!(is_rounded(&found.into(), numerator, denominator, rounding));
        return Ok(());
    }
    let whole = numerator / denominator;
    prop_assert!(
        whole >= i64::MAX.into() || whole <= i64::MIN.into(),
        "{} fits",
        whole
    );
    Ok(())
}

/// The digits of a decimal that mean something.
fn bare(text: &str) -> String {
    let negative = text.starts_with('-');
    let (whole, fraction) = text
        .trim_start_matches('-')
        .split_once('.')
        .unwrap_or((text.trim_start_matches('-'), ""));
    let digits = format!(
        "{}.{}",
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0')
    );
    if negative && digits != "." {
        format!("-{digits}")
    } else {
        digits
    }
}

/// A hundred per cent, in ten-thousandths of one.
const HUNDRED: i64 = 1_000_000;

/// A whole cut at these points, so that the pieces add up to it.
fn pieces(whole: i64, cuts: Vec<i64>) -> Vec<i64> {
    let mut cuts: Vec<i64> = cuts.into_iter().filter(|cut| *cut <= whole).collect();
    cuts.sort_unstable();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(whole));
    starts.zip(ends).map(|(start, end)| end - start).collect()
}

/// Whether `rounded` is what `rounding` makes of `numerator / denominator`, by what each rounding is defined to
/// be rather than by how one is computed.
fn is_rounded(rounded: &BigInt, numerator: &BigInt, denominator: &BigInt, rounding: Rounding) -> bool {
    let off = rounded * denominator - numerator;
    let zero = BigInt::ZERO;
    let (exact, above) = (off == zero, off > zero);
    let within_one = off.magnitude() < denominator.magnitude();
    let twice = (off.magnitude() * 2_u8).cmp(denominator.magnitude());
    let away = above == (*numerator > zero);
    let nearest = |tie: bool| twice.is_lt() || (twice.is_eq() && tie);
    within_one
        && (exact
            || match rounding {
                Rounding::HalfEven => nearest(rounded % 2 == zero),
                Rounding::HalfUp => nearest(away),
                Rounding::HalfDown => nearest(!away),
                Rounding::Up => away,
                Rounding::Down => !away,
                Rounding::Floor => !above,
                Rounding::Ceiling => above,
            })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(minor in any::<i64>(), currency in currency()) {
        let money = Money::new(minor, currency);
        let text = money.to_decimal_string();
        prop_assert_eq!(Money::parse(&text, currency), Ok(money));
        let number: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(Money::from_json(&number, currency), Ok(money));
        let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        prop_assert_eq!(digits, usize::from(currency.exponent()));
    }

    #[test]
    fn whatever_is_read_is_written_the_same_but_for_zeros(text in "-?[0-9]{1,18}(\\.[0-9]{1,5})?", currency in currency()) {
        if let Ok(money) = Money::parse(&text, currency) {
            prop_assert_eq!(bare(&text), bare(&money.to_decimal_string()));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,20}", currency in currency()) {
        let _ = Money::parse(&text, currency);
        let _ = ledger::parse_decimal(&text);
    }

    #[test]
    fn conversions_round_as_named(
        minor in any::<i64>(), rate in decimal(0..=28), from in currency(), to in currency(), rounding in rounding(),
    ) {
        prop_assume!(!rate.is_zero());
        let converted = Money::new(minor, from).convert(rate, to, rounding).ok();
        prop_assert!(converted.is_none_or(|converted| converted.currency() == to));
        let numerator = BigInt::from(minor) * rate.mantissa() * ten(exponent(to));
        let denominator = ten(rate.scale() + exponent(from));
        expect_rounded(converted.map(Money::minor), &numerator, &denominator, rounding)?;
    }

    #[test]
    fn percentages_round_as_named(
        minor in any::<i64>(), percent in decimal(0..=28), rounding in rounding(), currency in currency(),
    ) {
        let part = Money::new(minor, currency).percent(percent, rounding).ok();
        let numerator = BigInt::from(minor) * percent.mantissa();
        expect_rounded(part.map(Money::minor), &numerator, &ten(percent.scale() + 2), rounding)?;
    }

    #[test]
    fn shares_add_up_and_are_within_one_unit_of_the_exact(
        total in 0..=i64::MAX, currency in currency(), cuts in proptest::collection::vec(0..=HUNDRED, 0..12),
    ) {
        let percents = pieces(HUNDRED, cuts);
        let shares: Vec<Share> = percents.iter().map(|part| Share::Percent(Decimal::new(*part, 4))).collect();
        let divided = split(Money::new(total, currency), &shares).unwrap();
        prop_assert_eq!(divided.iter().map(|share| share.minor()).sum::<i64>(), total);
        for (share, percent) in divided.iter().zip(&percents) {
            let off = i128::from(share.minor()) * 1_000_000 - i128::from(total) * i128::from(*percent);
            prop_assert!(off.abs() < 1_000_000, "{share} of {total} at {percent}");
            prop_assert!(!share.is_negative());
        }
    }

    #[test]
    fn fixed_amounts_stand_and_percentages_cover_the_rest(
        total in 0..=i64::MAX, kept in 0..=HUNDRED, cuts in proptest::collection::vec(0..=HUNDRED, 0..6),
        currency in currency(),
    ) {
        let total = Money::new(total, currency);
        let fixed = total.percent(Decimal::new(kept, 4), Rounding::HalfEven).unwrap();
        let rest = pieces(HUNDRED - kept, cuts);
        let rest = rest.into_iter().map(|part| Share::Percent(Decimal::new(part, 4)));
        let shares: Vec<Share> = std::iter::once(Share::Amount(fixed)).chain(rest).collect();
        let divided = split(total, &shares).unwrap();
        prop_assert_eq!(divided[0], fixed);
        prop_assert_eq!(divided.iter().map(|share| share.minor()).sum::<i64>(), total.minor());
        prop_assert!(divided.iter().all(|share| !share.is_negative()));
    }
}
