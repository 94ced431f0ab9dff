//! The drawing as an SVG document of its own: to be put into a page, a ticket, a printout. Light, without scripts and
//! outside fonts.

use std::fmt::Write;

use rules::model::Quantifier;

use crate::document::{Document, Edge, Node, NodeKind, Note};
use crate::geometry::{Orientation, PORT_RADIUS, Point, Rect, entry_shape};
use crate::hit::Scene;
use crate::words::{self, Language};

/// The room around the drawing.
const MARGIN: f64 = 32.0;
/// How many characters of a name fit beside the mark, and of what the node does below it. Who looks at the drawing may
/// have any font, so there is room to spare; all of it is in the node's title.
const NAME: usize = 22;
const LINE: usize = 28;
/// The distance of a note's lines.
const NOTE_LEADING: f64 = 16.0;

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#5b6472}\
.name{font-size:14px;font-weight:600;fill:#1b2330}\
.node rect{fill:#fff;stroke:#c9d0da;stroke-width:1}\
.mark{fill:#eef0f4;stroke:#5b6472;stroke-width:1.2}\
.edge path{fill:none;stroke-width:1.5}\
.edge text{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}\
.success path{stroke:#0f766e}.success text{fill:#0f766e}\
.failure path{stroke:#b45309}.failure text{fill:#b45309}\
.error path{stroke:#b91c1c}.error text{fill:#b91c1c}\
.any path{stroke:#5b6472}\
.node .port{fill:#fff;stroke:#5b6472;stroke-width:1.2}.node .port.all{fill:#5b6472}\
.note rect{fill:#fdf6dd;stroke:#e5d9ac}";

/// What to draw with.
#[derive(Clone, Copy)]
pub struct Drawing<'d> {
    /// The rule.
    pub document: &'d Document,
    /// Which way it runs.
    pub orientation: Orientation,
    /// What tasks are called.
    pub title: &'d dyn Fn(&str) -> Option<String>,
    /// In which language.
    pub language: Language,
}

impl Drawing<'_> {
    /// The SVG document.
    pub fn to_svg(&self) -> String {
        let bounds = self.document.bounds().unwrap_or_default().grown(MARGIN);
        let mut svg = String::with_capacity(1024 * (self.document.len() + 2));
        self.write(&mut svg, bounds);
        svg
    }

    /// Writing to a string cannot fail, so the results are let go.
    fn write(&self, svg: &mut String, bounds: Rect) {
        let name = escaped(self.document.name());
        let (x, y) = (bounds.left(), bounds.top());
        let (width, height) = (bounds.size.width, bounds.size.height);
        let _ = write!(
            svg,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{x} {y} {width} {height}" role="img"><title>{name}</title><style>{STYLE}</style>"#
        );
        let _ = write!(
            svg,
            r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="#fff"/>"##
        );
        self.document.notes().for_each(|note| write_note(svg, note));
        let scene = Scene::of(self.document, self.orientation);
        for edge in self.document.edges() {
            self.write_edge(svg, &scene, edge);
        }
        for node in self.document.nodes() {
            self.write_node(svg, node);
        }
        svg.push_str("</svg>");
    }

    fn write_edge(&self, svg: &mut String, scene: &Scene, edge: Edge<'_>) {
        let (Some(source), Some(route)) = (self.document.node(edge.source), scene.route(&edge.id())) else {
            return;
        };
        let label = route.label_position();
        let word = words::exit(source.kind, edge.state, self.language);
        let _ = write!(
            svg,
            r#"<g class="edge {}"><path d="{}"/><text x="{}" y="{}">{word}</text></g>"#,
            edge.state.as_str(),
            route.path_data(),
            label.x,
            label.y + 4.0,
        );
    }

    fn write_node(&self, svg: &mut String, node: &Node) {
        let Some(area) = self.document.area(&node.id) else {
            return;
        };
        let title = node.task_name().and_then(self.title);
        let does = words::describe(node, title.as_deref(), self.language);
        let name = escaped(&words::ellipsis(node.name(), NAME)).into_owned();
        let line = escaped(&words::ellipsis(&does, LINE)).into_owned();
        let (left, top) = (area.left(), area.top());
        let _ = write!(
            svg,
            r#"<g class="node {}"><title>{}</title><rect x="{left}" y="{top}" width="{}" height="{}" rx="6"/>"#,
            node.kind.as_str(),
            escaped(&does),
            area.size.width,
            area.size.height,
        );
        write_mark(svg, node.kind, Point::new(left + 18.0, top + 22.0));
        let _ = write!(
            svg,
            r#"<text class="name" x="{}" y="{}">{name}</text><text x="{}" y="{}">{line}</text>"#,
            left + 32.0,
            top + 27.0,
            left + 12.0,
            top + 49.0,
        );
        self.write_entry(svg, node, area);
        svg.push_str("</g>");
    }

    fn write_entry(&self, svg: &mut String, node: &Node, area: Rect) {
        let edges = node.depends_on.len();
        if edges == 0 {
            return;
        }
        let class = match node.join() {
            Quantifier::All => "port all",
            Quantifier::Any => "port",
        };
        let Rect { origin, size } = entry_shape(area, edges, self.orientation);
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" rx="{PORT_RADIUS}"/>"#,
            origin.x, origin.y, size.width, size.height
        );
    }
}

/// A diamond for a condition, a square for a task.
fn write_mark(svg: &mut String, kind: NodeKind, at: Point) {
    let _ = match kind {
        NodeKind::Condition => write!(
            svg,
            r#"<path class="mark" d="M{} {}l7 7l-7 7l-7 -7z"/>"#,
            at.x,
            at.y - 7.0
        ),
        NodeKind::Task => write!(
            svg,
            r#"<path class="mark" d="M{} {}h12v12h-12z"/>"#,
            at.x - 6.0,
            at.y - 6.0
        ),
    };
}

fn write_note(svg: &mut String, note: &Note) {
    let (left, top) = (note.area.left(), note.area.top());
    let _ = write!(
        svg,
        r#"<g class="note"><rect x="{left}" y="{top}" width="{}" height="{}" rx="4"/>"#,
        note.area.size.width, note.area.size.height
    );
    let mut y = top + 20.0;
    for line in note.text.lines().filter(|_| note.area.size.height > NOTE_LEADING) {
        if y > note.area.bottom() {
            break;
        }
        let _ = write!(
            svg,
            r#"<text x="{}" y="{y}">{}</text>"#,
            left + 10.0,
            escaped(line)
        );
        y += NOTE_LEADING;
    }
    svg.push_str("</g>");
}

/// Text as XML character data: what XML 1.0 cannot hold is left out.
fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    let is_plain = |letter: char| !matches!(letter, '&' | '<' | '>' | '"' | '\'') && is_xml(letter);
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars().filter(|letter| is_xml(*letter)) {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped.into()
}

fn is_xml(letter: char) -> bool {
    !matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::from_json;

    fn svg(document: &Document, language: Language) -> String {
        let drawing = Drawing {
            document,
            orientation: Orientation::TopDown,
            title: &|_| None,
            language,
        };
        drawing.to_svg()
    }

    #[test]
    fn draws_all_there_is() {
        let document = from_json(&json!({
            "name": "Books & more",
            "rules": [
                {"node_id": "c", "node_type": "condition", "label": "<b>Book?</b>",
                 "expect": [{"field": "$context.event.total", "operator": "lt", "value": 5}]},
                {"node_id": "t", "node_type": "task", "task_name": "payment.tasks.generate_invoice", "join": "any",
                 "depends_on": [{"node_id": "c", "state": "failure"}]}
            ],
            "layout": {"c": {"x": -40, "y": 0}, "t": {"x": 0, "y": 144}, "$notes": [{"id": "n", "text": "one\ntwo\u{1}", "x": 300, "y": 0}]}
        }))
        .unwrap();
        let drawn = svg(&document, Language::Pt);
        assert!(drawn.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"624\" height=\"272\" viewBox=\"-72 -32 624 272\""));
        assert!(drawn.contains("<title>Books &amp; more</title>"));
        assert!(drawn.contains("&lt;b&gt;Book?&lt;/b&gt;"));
        assert!(drawn.contains(">total &lt; 5</text>"));
        assert!(drawn.contains("class=\"edge failure\"") && drawn.contains(">não</text>"));
        assert!(drawn.contains("<rect class=\"port\""), "any: an open ring");
        assert!(drawn.contains(">one</text>") && drawn.contains(">two</text>"));
        let opened = drawn.matches("<g").count();
        assert_eq!(opened, drawn.matches("</g>").count());
    }

    #[test]
    fn an_empty_rule_is_an_empty_drawing() {
        let drawn = svg(&Document::new("", "r"), Language::En);
        assert!(drawn.contains("viewBox=\"-32 -32 64 64\"") && drawn.ends_with("</svg>"));
    }
}
