//! Pan and zoom: one transform between the canvas and the screen.

use crate::geometry::{Point, Rect, Size, Vector};

/// The smallest scale.
pub const MIN_SCALE: f64 = 0.1;
/// The largest scale.
pub const MAX_SCALE: f64 = 2.5;

/// What part of the canvas is on the screen, and how large. Screen points are in CSS pixels from the upper left
/// corner of the drawing area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Pixels per canvas unit.
    pub scale: f64,
    /// Where the canvas's origin is on the screen.
    pub origin: Point,
}

impl Default for Viewport {
    fn default() -> Self {
        Self {
            scale: 1.0,
            origin: Point::default(),
        }
    }
}

impl Viewport {
    /// Where a point of the canvas is on the screen.
    pub fn to_screen(self, point: Point) -> Point {
        Point::new(
            point.x.mul_add(self.scale, self.origin.x),
            point.y.mul_add(self.scale, self.origin.y),
        )
    }

    /// Which point of the canvas is at a point of the screen.
    pub fn to_canvas(self, point: Point) -> Point {
        Point::new(
            (point.x - self.origin.x) / self.scale,
            (point.y - self.origin.y) / self.scale,
        )
    }

    /// An offset on the screen, on the canvas: what a drag moved.
    pub fn offset_to_canvas(self, offset: Vector) -> Vector {
        offset * (1.0 / self.scale)
    }

    /// Moved by so many pixels.
    #[must_use]
    pub fn panned(self, by: Vector) -> Self {
        Self {
            origin: self.origin + by,
            ..self
        }
    }

    /// Zoomed by a factor, within the limits; what is under this point of the screen stays there.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: Point) -> Self {
        self.scaled(self.scale * factor, at)
    }

    /// At this scale, within the limits; what is under this point of the screen stays there.
    #[must_use]
    pub fn scaled(self, scale: f64, at: Point) -> Self {
        if !scale.is_finite() {
            return self;
        }
        let scale = scale.clamp(MIN_SCALE, MAX_SCALE);
        let under = self.to_canvas(at);
        let origin = Point::new(under.x.mul_add(-scale, at.x), under.y.mul_add(-scale, at.y));
        Self { scale, origin }
    }

    /// The factor of a turn of the wheel by so many pixels, as browsers count: smooth for touchpads, a tenth or so
    /// for a notch.
    pub fn wheel_factor(delta_px: f64) -> f64 {
        (-delta_px.clamp(-240.0, 240.0) * 0.0015).exp()
    }

    /// All of an area in the middle of a screen of this size, never larger than life.
    pub fn fitting(area: Rect, screen: Size, padding: f64) -> Self {
        let map = Self::map(area, screen, padding);
        Self::centred(area.center(), map.scale, screen)
    }

    /// The same on a map, which nobody zooms: the scale is as small as it takes.
    pub fn map(area: Rect, screen: Size, padding: f64) -> Self {
        let room = |length: f64| 2.0f64.mul_add(-padding, length).max(1.0);
        let across = room(screen.width) / area.size.width.max(1.0);
        let down = room(screen.height) / area.size.height.max(1.0);
        Self::around(area.center(), across.min(down).min(1.0), screen)
    }

    /// A point of the canvas in the middle of the screen, at a scale.
    pub fn centred(on: Point, scale: f64, screen: Size) -> Self {
        Self::around(on, scale.clamp(MIN_SCALE, MAX_SCALE), screen)
    }

    fn around(on: Point, scale: f64, screen: Size) -> Self {
        let origin = Point::new(
            on.x.mul_add(-scale, screen.width / 2.0),
            on.y.mul_add(-scale, screen.height / 2.0),
        );
        Self { scale, origin }
    }

    /// The part of the canvas that a screen of this size shows: what lies outside need not be drawn.
    pub fn visible(self, screen: Size) -> Rect {
        let corner = Point::new(screen.width, screen.height);
        Rect::between(self.to_canvas(Point::default()), self.to_canvas(corner))
    }

    /// Moved as little as shows all of an area, with a margin: where the keyboard's focus went.
    #[must_use]
    pub fn revealing(self, area: Rect, screen: Size, margin: f64) -> Self {
        let upper = self.to_screen(area.origin);
        let lower = self.to_screen(area.corner());
        self.panned(Vector::new(
            shift(upper.x, lower.x, screen.width, margin),
            shift(upper.y, lower.y, screen.height, margin),
        ))
    }

    /// As an SVG or CSS transform.
    pub fn transform(self) -> String {
        format!(
            "translate({} {}) scale({})",
            self.origin.x, self.origin.y, self.scale
        )
    }
}

/// By how much a span must move to be within a length; its beginning counts more.
fn shift(from: f64, to: f64, length: f64, margin: f64) -> f64 {
    let too_far = (to + margin - length).max(0.0);
    let from = from - too_far;
    if from < margin {
        margin - from - too_far
    } else {
        -too_far
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Size = Size::new(1000.0, 600.0);

    fn near(one: Point, other: Point) -> bool {
        one.distance(other) < 1e-6
    }

    #[test]
    fn zooms_at_the_cursor_within_the_limits() {
        let cursor = Point::new(300.0, 200.0);
        let mut viewport = Viewport::default().panned(Vector::new(40.0, -10.0));
        let under = viewport.to_canvas(cursor);
        for factor in [1.1, 10.0, 0.001, 1.7, f64::NAN] {
            viewport = viewport.zoomed(factor, cursor);
            assert!(near(viewport.to_canvas(cursor), under));
            assert!((MIN_SCALE..=MAX_SCALE).contains(&viewport.scale));
        }
        assert!(near(viewport.to_screen(under), cursor));
    }

    #[test]
    fn fits_an_area_in_the_middle() {
        let area = Rect::new(Point::new(-500.0, 100.0), Size::new(4000.0, 300.0));
        let viewport = Viewport::fitting(area, SCREEN, 40.0);
        assert!((viewport.scale - 0.23).abs() < 1e-9);
        assert!(near(viewport.to_screen(area.center()), Point::new(500.0, 300.0)));
        let visible = viewport.visible(SCREEN);
        assert!(visible.contains(area.origin) && visible.contains(area.corner()));
        let huge = Rect::new(Point::default(), Size::new(400_000.0, 300.0));
        assert!((Viewport::fitting(huge, SCREEN, 40.0).scale - MIN_SCALE).abs() < 1e-9);
        let visible = Viewport::map(huge, SCREEN, 40.0).visible(SCREEN);
        assert!(visible.contains(huge.origin) && visible.contains(huge.corner()));
        let tiny = Rect::new(Point::default(), Size::new(1.0, 1.0));
        assert!((Viewport::fitting(tiny, SCREEN, 40.0).scale - 1.0).abs() < 1e-9);
    }

    #[test]
    fn reveals_with_the_least_move() {
        let viewport = Viewport::default();
        let seen = Rect::new(Point::new(100.0, 100.0), Size::new(220.0, 64.0));
        assert_eq!(viewport.revealing(seen, SCREEN, 20.0), viewport);
        let right = seen.moved(Vector::new(900.0, 0.0));
        let moved = viewport.revealing(right, SCREEN, 20.0);
        assert!(near(moved.to_screen(right.corner()), Point::new(980.0, 164.0)));
        let left = seen.moved(Vector::new(-400.0, -300.0));
        let moved = viewport.revealing(left, SCREEN, 20.0);
        assert!(near(moved.to_screen(left.origin), Point::new(20.0, 20.0)));
    }

    #[test]
    fn the_wheel_is_smooth_and_bounded() {
        assert!(Viewport::wheel_factor(-100.0) > 1.1);
        assert!(Viewport::wheel_factor(1e9) > 0.6);
        let there_and_back = Viewport::wheel_factor(53.0) * Viewport::wheel_factor(-53.0);
        assert!((there_and_back - 1.0).abs() < 1e-12);
    }
}
