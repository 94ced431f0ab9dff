//! Points, sizes and rectangles.

use std::ops::{Add, Sub};

/// Nothing is placed farther from the origin: what lies beyond is a mistake, and would make grids explode.
const FARTHEST: f64 = 1_000_000.0;

/// A place on the canvas, or on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A way from one point to another.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vector {
    /// To the right.
    pub dx: f64,
    /// Down.
    pub dy: f64,
}

/// How large something is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Size {
    /// Across.
    pub width: f64,
    /// Down.
    pub height: f64,
}

/// An upright rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Its upper left corner.
    pub origin: Point,
    /// Its size; never negative.
    pub size: Size,
}

impl Point {
    /// A point.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Whether something may be placed here: finite, and not absurdly far off.
    pub fn is_sound(self) -> bool {
        self.x.abs() <= FARTHEST && self.y.abs() <= FARTHEST
    }

    /// How far it is to another point.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// How far it is to the nearest point of a straight line between two points.
    pub fn distance_to_segment(self, from: Self, to: Self) -> f64 {
        let along = to - from;
        let length = along.dx.mul_add(along.dx, along.dy * along.dy);
        if length == 0.0 {
            return self.distance(from);
        }
        let offset = self - from;
        let share = offset.dx.mul_add(along.dx, offset.dy * along.dy) / length;
        self.distance(from + along * share.clamp(0.0, 1.0))
    }

    /// Mirrored at the diagonal: top-down becomes left-right.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self::new(self.y, self.x)
    }

    /// The point in the middle between two.
    #[must_use]
    pub fn middle(self, other: Self) -> Self {
        Self::new(f64::midpoint(self.x, other.x), f64::midpoint(self.y, other.y))
    }
}

impl Vector {
    /// A vector.
    pub const fn new(dx: f64, dy: f64) -> Self {
        Self { dx, dy }
    }
}

impl Size {
    /// A size.
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }
}

impl Rect {
    /// The rectangle with this upper left corner and size.
    pub const fn new(origin: Point, size: Size) -> Self {
        Self { origin, size }
    }

    /// The rectangle between two opposite corners, in any order: a box drawn in any direction.
    pub fn between(one: Point, other: Point) -> Self {
        let origin = Point::new(one.x.min(other.x), one.y.min(other.y));
        let size = Size::new((one.x - other.x).abs(), (one.y - other.y).abs());
        Self { origin, size }
    }

    /// The left edge.
    pub fn left(self) -> f64 {
        self.origin.x
    }

    /// The top edge.
    pub fn top(self) -> f64 {
        self.origin.y
    }

    /// The right edge.
    pub fn right(self) -> f64 {
        self.origin.x + self.size.width
    }

    /// The bottom edge.
    pub fn bottom(self) -> f64 {
        self.origin.y + self.size.height
    }

    /// The middle.
    pub fn center(self) -> Point {
        self.origin.middle(self.corner())
    }

    /// The lower right corner.
    pub fn corner(self) -> Point {
        Point::new(self.right(), self.bottom())
    }

    /// Whether a point lies in it or on its edge.
    pub fn contains(self, point: Point) -> bool {
        (self.left()..=self.right()).contains(&point.x) && (self.top()..=self.bottom()).contains(&point.y)
    }

    /// Whether two rectangles have a point in common.
    pub fn touches(self, other: Self) -> bool {
        self.left() <= other.right()
            && other.left() <= self.right()
            && self.top() <= other.bottom()
            && other.top() <= self.bottom()
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let origin = Point::new(self.left().min(other.left()), self.top().min(other.top()));
        let corner = Point::new(self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self::between(origin, corner)
    }

    /// The rectangle with a margin on every side.
    #[must_use]
    pub fn grown(self, margin: f64) -> Self {
        let origin = Point::new(self.left() - margin, self.top() - margin);
        let size = Size::new(
            2.0f64.mul_add(margin, self.size.width).max(0.0),
            2.0f64.mul_add(margin, self.size.height).max(0.0),
        );
        Self { origin, size }
    }

    /// Mirrored at the diagonal.
    #[must_use]
    pub fn transposed(self) -> Self {
        let size = Size::new(self.size.height, self.size.width);
        Self::new(self.origin.transposed(), size)
    }

    /// The rectangle, moved.
    #[must_use]
    pub fn moved(self, by: Vector) -> Self {
        Self::new(self.origin + by, self.size)
    }
}

impl Add<Vector> for Point {
    type Output = Self;

    fn add(self, by: Vector) -> Self {
        Self::new(self.x + by.dx, self.y + by.dy)
    }
}

impl Sub for Point {
    type Output = Vector;

    fn sub(self, from: Self) -> Vector {
        Vector::new(self.x - from.x, self.y - from.y)
    }
}

impl std::ops::Mul<f64> for Vector {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self::new(self.dx * factor, self.dy * factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_to_a_segment_ends_at_its_ends() {
        let (from, to) = (Point::new(0.0, 0.0), Point::new(10.0, 0.0));
        assert!((Point::new(5.0, 3.0).distance_to_segment(from, to) - 3.0).abs() < 1e-9);
        assert!((Point::new(13.0, 4.0).distance_to_segment(from, to) - 5.0).abs() < 1e-9);
        assert!((Point::new(3.0, 4.0).distance_to_segment(from, from) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_box_may_be_drawn_in_any_direction() {
        let drawn = Rect::between(Point::new(10.0, 20.0), Point::new(-5.0, 40.0));
        assert_eq!(drawn, Rect::new(Point::new(-5.0, 20.0), Size::new(15.0, 20.0)));
        assert!(drawn.contains(drawn.center()));
    }

    #[test]
    fn what_is_not_finite_or_too_far_is_unsound() {
        assert!(Point::new(-1e6, 1e6).is_sound());
        assert!(!Point::new(f64::NAN, 0.0).is_sound());
        assert!(!Point::new(0.0, 1e7).is_sound());
    }
}
