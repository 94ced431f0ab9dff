//! What is under the pointer.

mod grid;
mod grip;

use std::collections::HashMap;

use self::grid::Grid;
use crate::document::{Document, Edge, EdgeId, Node, edges_into};
use crate::geometry::{Arrival, EdgeRoute, Orientation, Point, Port, Rect};
use crate::graph::Graph;
use crate::selection::Item;

/// How near the pointer must be to a port to take it, in pixels of the screen.
const PORT_REACH_PX: f64 = 12.0;
/// And to an edge.
const EDGE_REACH_PX: f64 = 6.0;
/// Zoomed out, reaches stop growing on the canvas: ports would swallow their nodes.
const WIDEST_REACH: f64 = 24.0;

/// What is under a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// A port of a node.
    Port {
        /// The node.
        node: String,
        /// Which port.
        port: Port,
    },
    /// A node.
    Node(String),
    /// An edge.
    Edge(EdgeId),
    /// A note.
    Note(String),
    /// The empty canvas.
    Nothing,
}

/// Where everything is. Built from a document, then told of each node that moves, so that dragging one of
/// thousands costs no more than its own edges. (Edges of other nodes go around it once the scene is built anew, when
/// the drag is over.)
#[derive(Debug, Clone)]
pub struct Scene {
    orientation: Orientation,
    graph: Graph,
    grid: Grid,
    nodes: HashMap<String, Rect>,
    notes: HashMap<String, Rect>,
    edges: HashMap<EdgeId, EdgeRoute>,
}

impl Scene {
    /// The scene of a document.
    pub fn of(document: &Document, orientation: Orientation) -> Self {
        let mut scene = Self {
            orientation,
            graph: Graph::of(document),
            grid: Grid::default(),
            nodes: HashMap::new(),
            notes: HashMap::new(),
            edges: HashMap::new(),
        };
        for node in document.nodes() {
            scene.put_node(document, &node.id);
        }
        for node in document.nodes() {
            scene.put_edges_into(node);
        }
        for note in document.notes() {
            scene.put_note(document, &note.id);
        }
        scene
    }

    /// Follows nodes and notes that are elsewhere now, and answers the edges that run differently. For what came or
    /// went, build the scene anew.
    pub fn follow<'i>(
        &mut self,
        document: &Document,
        moved: impl IntoIterator<Item = &'i Item>,
    ) -> Vec<EdgeId> {
        let mut places = Vec::new();
        for item in moved {
            match item {
                Item::Node(id) => {
                    self.put_node(document, id);
                    places.extend(self.graph.place(id));
                }
                Item::Note(id) => self.put_note(document, id),
                Item::Edge(_) => {}
            }
        }
        // Where an edge arrives depends on where all others come from that end in the same node.
        let after = places.iter().flat_map(|place| self.graph.targets(*place));
        let after: Vec<usize> = after.map(|(target, _)| *target).collect();
        places.extend(after);
        places.sort_unstable();
        places.dedup();
        let mut rerouted = Vec::new();
        for target in places.into_iter().filter_map(|place| document.node_at(place)) {
            self.put_edges_into(target);
            rerouted.extend(edges_into(target).map(|edge| edge.id()));
        }
        rerouted.sort();
        rerouted
    }

    /// The way of an edge.
    pub fn route(&self, edge: &EdgeId) -> Option<&EdgeRoute> {
        self.edges.get(edge)
    }

    /// What is under a point of the canvas, at a scale: the topmost of ports, nodes, edges and notes, in this
    /// order. What can be taken grows on the canvas as the view is zoomed out.
    pub fn at(&self, point: Point, scale: f64) -> Hit {
        let reach = |pixels: f64| (pixels / scale).min(WIDEST_REACH);
        let near = Rect::new(point, crate::geometry::Size::default()).grown(WIDEST_REACH);
        let items = self.grid.near(near);
        self.port_at(&items, point, reach(PORT_REACH_PX))
            .or_else(|| self.node_at(&items, point))
            .or_else(|| self.edge_at(&items, point, reach(EDGE_REACH_PX)))
            .or_else(|| self.note_at(&items, point))
            .unwrap_or(Hit::Nothing)
    }

    fn port_at(&self, items: &[&Item], point: Point, reach: f64) -> Option<Hit> {
        let nodes = items.iter().filter_map(|item| self.area_of_node(item));
        let ports = nodes.flat_map(|(id, area)| {
            let ports = self.ports(id, area).into_iter();
            ports.map(move |(port, place)| (id, port, place.distance(point)))
        });
        let in_reach = ports.filter(|(_, _, distance)| *distance <= reach);
        let (id, port, _) = in_reach.min_by(|one, other| one.2.total_cmp(&other.2))?;
        Some(Hit::Port {
            node: id.to_owned(),
            port,
        })
    }

    /// A node's ports and where they are.
    pub fn ports(&self, id: &str, area: Rect) -> Vec<(Port, Point)> {
        let exits = self.graph.place(id).map(|place| self.graph.exits(place));
        let exits = exits.unwrap_or_default();
        let states = exits.states().iter().copied();
        let ports = std::iter::once(Port::Entry).chain(states.map(Port::Exit));
        ports
            .map(|port| (port, port.position(area, exits, self.orientation)))
            .collect()
    }

    fn node_at(&self, items: &[&Item], point: Point) -> Option<Hit> {
        // Later nodes are drawn over earlier ones.
        let hits = items.iter().filter_map(|item| self.area_of_node(item));
        let hits = hits.filter(|(_, area)| area.contains(point));
        let (id, _) = hits.max_by_key(|(id, _)| self.graph.place(id))?;
        Some(Hit::Node(id.to_owned()))
    }

    fn edge_at(&self, items: &[&Item], point: Point, reach: f64) -> Option<Hit> {
        let edges = items.iter().filter_map(|item| match item {
            Item::Edge(id) => Some((id, self.edges.get(id)?.distance(point))),
            _ => None,
        });
        let (id, _) = edges
            .filter(|(_, distance)| *distance <= reach)
            .min_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(Hit::Edge(id.clone()))
    }

    fn note_at(&self, items: &[&Item], point: Point) -> Option<Hit> {
        let notes = items.iter().rev().filter_map(|item| match item {
            Item::Note(id) => Some((id, *self.notes.get(id)?)),
            _ => None,
        });
        let (id, _) = notes.into_iter().find(|(_, area)| area.contains(point))?;
        Some(Hit::Note(id.clone()))
    }

    fn area_of_node<'i>(&self, item: &'i Item) -> Option<(&'i str, Rect)> {
        match item {
            Item::Node(id) => Some((id, *self.nodes.get(id)?)),
            _ => None,
        }
    }

    /// The nodes and notes that a box touches.
    pub fn in_box(&self, area: Rect) -> Vec<Item> {
        let items = self.grid.near(area).into_iter();
        let touched = items.filter(|item| {
            let rect = match item {
                Item::Node(id) => self.nodes.get(id),
                Item::Note(id) => self.notes.get(id),
                Item::Edge(_) => None,
            };
            rect.is_some_and(|rect| rect.touches(area))
        });
        touched.cloned().collect()
    }

    /// All that a view shows some of: edges too.
    pub fn visible(&self, view: Rect) -> Vec<Item> {
        let items = self.grid.near(view).into_iter();
        let seen = items.filter(|item| match item {
            Item::Node(id) => self.nodes.get(id).is_some_and(|rect| rect.touches(view)),
            Item::Note(id) => self.notes.get(id).is_some_and(|rect| rect.touches(view)),
            Item::Edge(id) => {
                let route = self.edges.get(id);
                let mut pieces = route.into_iter().flat_map(EdgeRoute::segments);
                pieces.any(|(from, to)| Rect::between(from, to).touches(view))
            }
        });
        seen.cloned().collect()
    }

    fn put_node(&mut self, document: &Document, id: &str) {
        let Some(area) = document.area(id) else { return };
        self.grid.put(Item::Node(id.to_owned()), &[area]);
        self.nodes.insert(id.to_owned(), area);
    }

    fn put_note(&mut self, document: &Document, id: &str) {
        let Some(note) = document.note(id) else { return };
        self.grid.put(Item::Note(id.to_owned()), &[note.area]);
        self.notes.insert(id.to_owned(), note.area);
    }

    /// Leads all edges that end in a node.
    fn put_edges_into(&mut self, target: &Node) {
        let Some(area) = self.nodes.get(&target.id).copied() else {
            return;
        };
        let begun = edges_into(target).filter_map(|edge| Some((edge, self.beginning(edge)?)));
        let begun: Vec<(Edge<'_>, Point)> = begun.collect();
        let from: Vec<Point> = begun.iter().map(|(_, from)| *from).collect();
        let arrivals = Arrival::of_all(area, &from, self.orientation);
        for ((edge, from), arrival) in begun.into_iter().zip(arrivals) {
            let between = |area: Rect| self.nodes_between(area, [edge.source, edge.target]);
            let route = EdgeRoute::of(from, area, arrival, self.orientation, &between);
            self.put_edge(edge.id(), route);
        }
    }

    fn put_edge(&mut self, edge: EdgeId, route: EdgeRoute) {
        let pieces = route.segments().map(|(from, to)| Rect::between(from, to));
        self.grid
            .put(Item::Edge(edge.clone()), &pieces.collect::<Vec<_>>());
        self.edges.insert(edge, route);
    }

    /// Where an edge leaves its source.
    fn beginning(&self, edge: Edge<'_>) -> Option<Point> {
        let exits = self.graph.exits(self.graph.place(edge.source)?);
        let area = *self.nodes.get(edge.source)?;
        Some(Port::Exit(edge.state).position(area, exits, self.orientation))
    }

    /// The nodes that a rectangle touches, without these two.
    fn nodes_between(&self, area: Rect, ends: [&str; 2]) -> Vec<Rect> {
        let items = self.grid.near(area).into_iter();
        let nodes = items.filter_map(|item| self.area_of_node(item));
        let touched = nodes.filter(|(id, node)| !ends.contains(id) && node.touches(area));
        touched.map(|(_, node)| node).collect()
    }
}

#[cfg(test)]
mod tests {
    use rules::model::EdgeState;
    use serde_json::json;

    use super::*;
    use crate::document::from_json;
    use crate::edit;
    use crate::geometry::Vector;

    fn document() -> Document {
        from_json(&json!({
            "rules": [
                {"node_id": "a", "node_type": "condition", "expect": []},
                {"node_id": "b", "node_type": "task", "depends_on": [{"node_id": "a", "state": "error"}]},
                {"node_id": "c", "node_type": "task"}
            ],
            "layout": {
                "a": {"x": 0, "y": 0}, "b": {"x": 400, "y": 300}, "c": {"x": -300, "y": 0},
                "$notes": [{"id": "n", "text": "", "x": 380, "y": 280, "width": 300, "height": 200}]
            }
        }))
        .unwrap()
    }

    fn scene(document: &Document) -> Scene {
        Scene::of(document, Orientation::TopDown)
    }

    #[test]
    fn tells_ports_nodes_edges_and_notes_apart() {
        let document = document();
        let scene = scene(&document);
        let at = |x, y, scale| scene.at(Point::new(x, y), scale);
        assert_eq!(at(110.0, 30.0, 1.0), Hit::Node("a".to_owned()));
        let error = Port::Exit(EdgeState::Error);
        let node = "a".to_owned();
        assert_eq!(at(180.0, 70.0, 1.0), Hit::Port { node, port: error });
        let entry = Hit::Port {
            node: "b".to_owned(),
            port: Port::Entry,
        };
        assert_eq!(at(510.0, 295.0, 1.0), entry);
        let middle = scene.route(&EdgeId::new("a", "b")).unwrap().label_position();
        let edge = Hit::Edge(EdgeId::new("a", "b"));
        assert_eq!(at(middle.x, middle.y + 5.0, 1.0), edge);
        assert_eq!(at(middle.x, middle.y + 10.0, 1.0), Hit::Nothing);
        assert_eq!(at(middle.x, middle.y + 10.0, 0.4), edge, "the reach is in pixels");
        assert_eq!(at(390.0, 470.0, 1.0), Hit::Note("n".to_owned()));
        assert_eq!(at(2000.0, 0.0, 1.0), Hit::Nothing);
    }

    #[test]
    fn boxes_catch_what_they_touch() {
        let document = document();
        let scene = scene(&document);
        let caught = scene.in_box(Rect::between(Point::new(10.0, 40.0), Point::new(-100.0, -10.0)));
        assert_eq!(caught, [Item::Node("a".to_owned()), Item::Node("c".to_owned())]);
    }

    #[test]
    fn follows_a_node_and_its_edges_only() {
        let mut document = document();
        let mut scene = scene(&document);
        let moved = Item::Node("b".to_owned());
        let edit = edit::move_by(&document, [&moved], Vector::new(-800.0, 200.0));
        document.apply(&edit).unwrap();
        assert_eq!(scene.follow(&document, [&moved]), [EdgeId::new("a", "b")]);
        let fresh = Scene::of(&document, Orientation::TopDown);
        assert_eq!(scene.edges, fresh.edges);
        assert_eq!(scene.nodes, fresh.nodes);
        assert_eq!(
            scene.at(Point::new(-290.0, 520.0), 1.0),
            Hit::Node("b".to_owned())
        );
        assert_ne!(scene.at(Point::new(450.0, 340.0), 1.0), Hit::Node("b".to_owned()));
        let everything = Rect::new(Point::new(-5e3, -5e3), crate::geometry::Size::new(1e4, 1e4));
        assert_eq!(scene.visible(everything).len(), 5);
    }
    #[test]
    fn an_edge_makes_room_for_another_that_comes_from_elsewhere() {
        let after = |source: &str| json!({"node_id": source, "state": "success"});
        let mut document = from_json(&json!({
            "rules": [
                {"node_id": "a", "node_type": "task"},
                {"node_id": "b", "node_type": "task"},
                {"node_id": "c", "node_type": "task", "depends_on": [after("a"), after("b")]}
            ],
            "layout": {"a": {"x": -300, "y": 0}, "b": {"x": 300, "y": 0}, "c": {"x": 0, "y": 300}}
        }))
        .unwrap();
        let mut scene = scene(&document);
        let (left, right) = (EdgeId::new("a", "c"), EdgeId::new("b", "c"));
        let end = |scene: &Scene, edge| scene.route(edge).unwrap().points().last().copied().unwrap();
        assert!(end(&scene, &left).x < end(&scene, &right).x);
        let moved = Item::Node("a".to_owned());
        let edit = edit::move_by(&document, [&moved], Vector::new(1200.0, 0.0));
        document.apply(&edit).unwrap();
        assert_eq!(scene.follow(&document, [&moved]), [left.clone(), right.clone()]);
        assert!(end(&scene, &left).x > end(&scene, &right).x);
        assert_eq!(scene.edges, self::scene(&document).edges);
        // Each is taken where it ends.
        let beside = |edge| end(&scene, edge) + Vector::new(0.0, -18.0);
        assert_eq!(scene.at(beside(&left), 1.0), Hit::Edge(left.clone()));
        assert_eq!(scene.at(beside(&right), 1.0), Hit::Edge(right.clone()));
    }
}
