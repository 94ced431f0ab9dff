//! The sign of what a node does, and the shapes of its ports.

use canvas::document::NodeKind;
use leptos::prelude::*;
use rules::model::EdgeState;

/// The lines of a node's sign, in a square of 16.
pub(crate) fn mark(kind: NodeKind, task: Option<&str>) -> &'static str {
    if kind == NodeKind::Condition {
        return "M8 1.5L14.5 8L8 14.5L1.5 8z";
    }
    let task = task.and_then(|task| task.rsplit('.').next());
    match task.unwrap_or_default() {
        "generate_invoice" => "M4 2h8v12l-2-1.3L8 14l-2-1.3L4 14zM6.2 5.5h3.6M6.2 8.5h3.6",
        "generate_royalty" | "generate_commission" => {
            "M4 12.5L12 3.5M4.8 3.5a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 0 1 0-3.2M11.2 9.3a1.6 1.6 0 1 1 0 3.2a1.6 1.6 0 0 1 0-3.2"
        }
        "generate_shipment" | "duplicate_shipment" => "M2.5 5L8 2l5.5 3v6L8 14l-5.5-3zM2.5 5L8 8l5.5-3M8 8v6",
        "notify" => "M4 11V7a4 4 0 0 1 8 0v4l1 1.2H3zM6.8 14h2.4",
        "post_transaction" => "M8 2.5v11M3 4.5h10M3 4.5L1.5 9h3zM13 4.5L11.5 9h3zM5 13.5h6",
        "split_payment" => "M8 2v4M8 6c0 3-4.5 3-4.5 7M8 6c0 3 4.5 3 4.5 7M8 6v7",
        "hold" => "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
        "capture_hold" | "release_hold" => "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1",
        "convert_currency" => "M3 5.5h9L9.5 3M13 10.5H4L6.5 13",
        "abort_flow" => "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM5.5 8h5",
        "emit_event" => {
            "M8 6.8a1.2 1.2 0 1 1 0 2.4a1.2 1.2 0 0 1 0-2.4M4.8 4.8a4.5 4.5 0 0 0 0 6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4"
        }
        _ => "M3 3h10v10H3zM6 8h4M8 6v4",
    }
}

/// A port's shape around its middle: a state is told by shape as well as by colour.
#[component]
pub(crate) fn PortShape(state: EdgeState) -> impl IntoView {
    let path = match state {
        EdgeState::Success => "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
        EdgeState::Failure => "M0 -6L6 0L0 6L-6 0z",
        EdgeState::Error => "M-4.5 -4.5h9v9h-9z",
        EdgeState::Any => "M-5.5 4L0 -5.5L5.5 4z",
    };
    view! { <path class="port-shape" d=path /> }
}
