//! What is drawn: a version of a rule, with every node in a place.

use api_types::RuleVersion;
use canvas::{
    document::{self, Document},
    geometry::{Orientation, Rect},
    hit::Scene,
    layout,
};

/// The room around the graph, in units of the canvas.
const MARGIN: f64 = 24.0;

/// A graph that does not change.
pub(crate) struct Drawing {
    /// The rule.
    pub(crate) document: Document,
    /// Where everything is.
    pub(crate) scene: Scene,
    /// Which way it runs.
    pub(crate) orientation: Orientation,
}

impl Drawing {
    /// The graph of a version; none if it cannot be read as one.
    pub(crate) fn of(version: &RuleVersion) -> Option<Self> {
        Self::parse(version.rules.text(), version.layout.text())
    }

    fn parse(rules: &str, layout: &str) -> Option<Self> {
        let text = format!(r#"{{"rules":{rules},"layout":{layout}}}"#);
        let mut document = document::parse(&text).ok()?;
        let orientation = Orientation::of(&document);
        // What nobody placed is placed here, for this look at it alone.
        if let Some(edit) = layout::place_missing(&document, orientation) {
            document.apply(&edit).ok()?;
        }
        Some(Self {
            scene: Scene::of(&document, orientation),
            document,
            orientation,
        })
    }

    /// What it takes up.
    pub(crate) fn bounds(&self) -> Rect {
        self.document.bounds().unwrap_or_default().grown(MARGIN)
    }

    /// Where this node is; without it, where the first of the rule is.
    pub(crate) fn first(&self, node: Option<&str>) -> Option<Rect> {
        let chosen = node.and_then(|id| self.document.area(id));
        let mut roots = self.document.nodes().filter(|node| node.depends_on.is_empty());
        chosen.or_else(|| self.document.area(&roots.next()?.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_that_nobody_placed_have_places_of_their_own() {
        let rules = r#"[{"node_id":"a","node_type":"condition","expect":[]},
            {"node_id":"b","node_type":"task","task_name":"t","depends_on":[{"node_id":"a","state":"success"}]}]"#;
        let drawing = Drawing::parse(rules, "{}").unwrap();
        let area = |id| drawing.document.area(id).unwrap();
        assert!(!area("a").touches(area("b")));
        let edge = drawing.document.edges().next().unwrap().id();
        assert!(drawing.scene.route(&edge).is_some());
        assert!(drawing.bounds().contains(area("b").corner()));
        assert_eq!(drawing.first(Some("b")), Some(area("b")));
        assert_eq!(drawing.first(Some("gone")), Some(area("a")));
    }

    #[test]
    fn what_is_no_graph_is_not_drawn() {
        assert!(Drawing::parse("[{}]", "{}").is_none());
    }
}
