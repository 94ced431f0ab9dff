//! A node's size and ports.

use rules::model::EdgeState;

use super::{Arrival, EdgeRoute, Obstacles, Point, Rect, Size};
use crate::document::Document;

/// The size of every node: two lines.
pub const NODE_SIZE: Size = Size {
    width: 220.0,
    height: 64.0,
};

/// How large a port is drawn.
pub const PORT_RADIUS: f64 = 5.0;

/// Which way the graph runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// Entries at the top, exits at the bottom.
    #[default]
    TopDown,
    /// Entries at the left, exits at the right.
    LeftRight,
}

impl Orientation {
    /// Which way a document is drawn: as most of its edges run. Top-down if there is nothing to judge by.
    pub fn of(document: &Document) -> Self {
        let votes = document.edges().filter_map(|edge| {
            let way = document.position(edge.target)? - document.position(edge.source)?;
            Some(way.dx > way.dy)
        });
        let (right, down): (Vec<bool>, Vec<bool>) = votes.partition(|right| *right);
        if right.len() > down.len() {
            Self::LeftRight
        } else {
            Self::TopDown
        }
    }
}

/// Where an edge begins or ends on a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Port {
    /// Where edges come in.
    Entry,
    /// Where edges of this state go out.
    Exit(EdgeState),
}

/// Which exits a node shows. Success and failure are always there; `any` lies between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exits {
    /// Success and failure: a task, or a condition whose error nobody asks for.
    #[default]
    Two,
    /// And error.
    WithError,
}

impl Exits {
    /// The exits that a node shows. Looks at every edge of the document: in a loop over all nodes, prefer
    /// [`Graph::exits`](crate::graph::Graph::exits).
    pub fn of(document: &Document, id: &str) -> Self {
        let mut edges = document.edges().filter(|edge| edge.source == id);
        if edges.any(|edge| edge.state == EdgeState::Error) {
            Self::WithError
        } else {
            Self::Two
        }
    }

    /// The states that have an exit of their own.
    pub fn states(self) -> &'static [EdgeState] {
        match self {
            Self::Two => &[EdgeState::Success, EdgeState::Failure],
            Self::WithError => &[EdgeState::Success, EdgeState::Failure, EdgeState::Error],
        }
    }

    /// Where along the node's side an exit is, from 0 to 1.
    fn share(self, state: EdgeState) -> f64 {
        match (self, state) {
            (Self::Two, EdgeState::Success) => 0.3,
            (Self::Two, EdgeState::Any) => 0.5,
            (Self::Two, EdgeState::Failure) => 0.7,
            (Self::WithError, EdgeState::Success) => 0.2,
            (Self::WithError, EdgeState::Any) => 0.4,
            (Self::WithError, EdgeState::Failure) => 0.6,
            (_, EdgeState::Error) => 0.8,
        }
    }
}

impl Port {
    /// Where the port of a node in this rectangle is.
    pub fn position(self, area: Rect, exits: Exits, orientation: Orientation) -> Point {
        let (share, end) = match self {
            Self::Entry => (0.5, 0.0),
            Self::Exit(state) => (exits.share(state), 1.0),
        };
        let (along, across) = match orientation {
            Orientation::TopDown => (share, end),
            Orientation::LeftRight => (end, share),
        };
        Point::new(
            area.size.width.mul_add(along, area.left()),
            area.size.height.mul_add(across, area.top()),
        )
    }
}

impl EdgeRoute {
    /// The way of an edge from an exit to a node, past those in between, as it arrives among others.
    pub fn of(
        from: Point,
        target: Rect,
        arrival: Arrival,
        orientation: Orientation,
        obstacles: &Obstacles<'_>,
    ) -> Self {
        let to = arrival.end(target, orientation);
        Self::around(from, to, arrival.late, orientation, obstacles)
    }
}

/// The way of an edge that is being drawn, from a node's exit to the pointer.
pub fn loose_edge(
    source: Rect,
    exits: Exits,
    state: EdgeState,
    pointer: Point,
    orientation: Orientation,
) -> EdgeRoute {
    EdgeRoute::between(
        Port::Exit(state).position(source, exits, orientation),
        pointer,
        orientation,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_at_the_ends_of_the_flow() {
        let area = Rect::new(Point::new(100.0, 200.0), NODE_SIZE);
        let down = |port: Port| port.position(area, Exits::Two, Orientation::TopDown);
        assert_eq!(down(Port::Entry), Point::new(210.0, 200.0));
        assert_eq!(down(Port::Exit(EdgeState::Success)), Point::new(166.0, 264.0));
        let right = |port: Port| port.position(area, Exits::WithError, Orientation::LeftRight);
        assert_eq!(right(Port::Entry), Point::new(100.0, 232.0));
        assert!((right(Port::Exit(EdgeState::Error)).y - 251.2).abs() < 1e-9);
        assert!((right(Port::Exit(EdgeState::Error)).x - 320.0).abs() < 1e-9);
    }
}
