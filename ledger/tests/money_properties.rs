//! What holds of every amount: reading, rounding, converting and splitting, against exact rational arithmetic.

use ledger::{Currency, Decimal, Money, Rounding, Share, split};
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

fn ten(power: u32) -> i128 {
    10_i128.pow(power)
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
fn is_rounded(rounded: i128, numerator: i128, denominator: i128, rounding: Rounding) -> bool {
    let exact = rounded * denominator == numerator;
    let above = rounded * denominator > numerator;
    let within_one = (rounded * denominator - numerator).abs() < denominator;
    let twice = (2 * (rounded * denominator - numerator).abs()).cmp(&denominator);
    let away = above == (numerator > 0);
    let nearest = |tie: bool| twice.is_lt() || (twice.is_eq() && tie);
    within_one
        && (exact
            || match rounding {
                Rounding::HalfEven => nearest(rounded % 2 == 0),
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
        minor in any::<i32>(), mantissa in 1_i64..1_000_000_000_000, scale in 0_u32..=12,
        from in currency(), to in currency(), rounding in rounding(),
    ) {
        let rate = Decimal::new(mantissa, scale);
        let converted = Money::new(i64::from(minor), from).convert(rate, to, rounding);
        let numerator = i128::from(minor) * i128::from(mantissa) * ten(exponent(to));
        let denominator = ten(scale + exponent(from));
        match converted {
            Ok(converted) => {
                prop_assert_eq!(converted.currency(), to);
                prop_assert!(is_rounded(converted.minor().into(), numerator, denominator, rounding));
            }
            Err(_) => prop_assert!((numerator / denominator).abs() >= i128::from(i64::MAX)),
        }
    }

    #[test]
    fn percentages_round_as_named(
        minor in any::<i64>(), mantissa in 0_i64..=1_000_000_000, scale in 7_u32..=12, rounding in rounding(),
        currency in currency(),
    ) {
        let part = Money::new(minor, currency).percent(Decimal::new(mantissa, scale), rounding).unwrap();
        let numerator = i128::from(minor) * i128::from(mantissa);
        prop_assert!(is_rounded(part.minor().into(), numerator, ten(scale + 2), rounding));
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
