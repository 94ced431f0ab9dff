//! The scale of a chart: a round number at the top, so that lines can be read off.

use crate::formats::plain_tenths;

/// How wide and high a chart is drawn; it is stretched to its place.
pub(super) const WIDTH: f64 = 600.0;
pub(super) const HEIGHT: f64 = 160.0;

/// The place that a chart is drawn in.
pub(super) fn view_box() -> String {
    format!("0 0 {} {}", plain_tenths(WIDTH), plain_tenths(HEIGHT))
}

/// The smallest of 1, 2, 5, 10, 20, 50 … that is not below `most`.
pub(super) fn round_top(most: f64) -> f64 {
    let mut top = 1.0;
    let mut factors = [2.0, 2.5, 2.0].into_iter().cycle();
    while top < most {
        top *= factors.next().unwrap_or(2.0);
    }
    top
}

/// How high above the foot of the chart a value stands.
pub(super) fn y_of(value: f64, top: f64) -> f64 {
    HEIGHT - HEIGHT * value / top
}

/// A count, for drawing: no chart shows more digits than a float holds.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "a pixel is wider than the loss"
)]
pub(super) fn drawn(count: u64) -> f64 {
    count as f64
}

/// Where a step begins, and how wide it is.
pub(super) fn column(place: usize, count: usize) -> (f64, f64) {
    let width = WIDTH / drawn(u64::try_from(count.max(1)).unwrap_or(u64::MAX));
    (width * drawn(u64::try_from(place).unwrap_or(u64::MAX)), width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_round_and_holds_everything() {
        for (most, top) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (3.0, 5.0),
            (7.0, 10.0),
            (101.0, 200.0),
        ] {
            assert!((round_top(most) - top).abs() < 1e-9, "{most}");
        }
        assert!(y_of(0.0, 5.0) > y_of(5.0, 5.0) && y_of(5.0, 5.0).abs() < 1e-9);
    }

    #[test]
    fn columns_fill_the_chart() {
        let (last, width) = column(59, 60);
        assert!((last + width - WIDTH).abs() < 1e-9);
    }
}
