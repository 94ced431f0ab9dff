//! The corner that a selected note is resized by.

use super::{Hit, Scene, WIDEST_REACH};
use crate::geometry::{Point, Vector};

/// How near the pointer must be to the corner, in pixels of the screen.
const GRIP_REACH_PX: f64 = 12.0;
/// From a note's corner to the middle of the strokes that are drawn within it.
const TO_STROKES: Vector = Vector { dx: -8.0, dy: -8.0 };

impl Scene {
    /// The corner of a note, if it can be taken at a point of the canvas: from the point to the corner. What lies over
    /// the corner keeps its presses.
    pub fn grip_of(&self, note: &str, point: Point, scale: f64) -> Option<Vector> {
        let corner = self.notes.get(note)?.corner();
        let reach = (GRIP_REACH_PX / scale).min(WIDEST_REACH);
        let is_near = (corner + TO_STROKES).distance(point) <= reach;
        let is_free = || match self.at(point, scale) {
            Hit::Note(hit) => hit == note,
            Hit::Nothing => true,
            Hit::Port { .. } | Hit::Node(_) | Hit::Edge(_) => false,
        };
        (is_near && is_free()).then(|| corner - point)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;
    use crate::geometry::Orientation;

    /// A node lies over the corner of one note, another note over that of the second.
    fn scene() -> Scene {
        let document = from_json(&json!({
            "rules": [{"node_id": "a", "node_type": "task"}],
            "layout": {
                "a": {"x": 190, "y": 80},
                "$notes": [
                    {"id": "under", "text": "", "x": 0, "y": 0, "width": 200, "height": 100},
                    {"id": "free", "text": "", "x": 1000, "y": 0, "width": 200, "height": 100},
                    {"id": "over", "text": "", "x": 1195, "y": 0, "width": 200, "height": 100}
                ]
            }
        }))
        .unwrap();
        Scene::of(&document, Orientation::TopDown)
    }

    #[test]
    fn a_corner_is_taken_near_its_strokes() {
        let scene = scene();
        let grip = |x, y| scene.grip_of("free", Point::new(x, y), 1.0);
        assert_eq!(grip(1192.0, 92.0), Some(Vector::new(8.0, 8.0)));
        assert_eq!(
            grip(1190.0, 102.0),
            Some(Vector::new(10.0, -2.0)),
            "beside the note"
        );
        assert_eq!(grip(1100.0, 50.0), None);
        assert_eq!(scene.grip_of("gone", Point::new(1192.0, 92.0), 1.0), None);
    }

    #[test]
    fn what_lies_over_a_corner_keeps_its_presses() {
        let scene = scene();
        let node = Point::new(195.0, 95.0);
        assert_eq!(scene.at(node, 1.0), Hit::Node("a".to_owned()));
        assert_eq!(scene.grip_of("under", node, 1.0), None);
        let other = Point::new(1197.0, 92.0);
        assert_eq!(scene.at(other, 1.0), Hit::Note("over".to_owned()));
        assert_eq!(scene.grip_of("free", other, 1.0), None);
    }

    #[test]
    fn far_away_a_note_is_not_all_corner() {
        let scene = scene();
        let grip = |x, y| scene.grip_of("free", Point::new(x, y), 0.1);
        assert!(grip(1175.0, 80.0).is_some());
        assert_eq!(grip(1150.0, 50.0), None);
    }
}
