//! What is drawn above all while the hand is busy: the loose edge, guides, the box.

use leptos::prelude::*;

use super::{Editor, hand::Verdict};

/// What is drawn above all else.
#[component]
pub(super) fn Overlay() -> impl IntoView {
    let hand = expect_context::<Editor>().hand;
    let loose = move || {
        hand.loose.get().map(|loose| {
            let verdict = match loose.verdict {
                Verdict::Nowhere => "",
                Verdict::Takes(_) => " taken",
                Verdict::Refuses(..) => " refused",
            };
            let class = format!("edge loose state-{}{verdict}", loose.state.as_str());
            view! {
                <g class=class>
                    <path class="edge-line" d=loose.path />
                </g>
            }
        })
    };
    let guides = move || {
        let guides = hand.guides.get().into_iter();
        guides
            .map(|guide| {
                view! { <line class="guide" x1=guide.from.x y1=guide.from.y x2=guide.to.x y2=guide.to.y /> }
            })
            .collect_view()
    };
    let lasso = move || {
        hand.lasso.get().map(|area| {
            view! {
                <rect
                    class="lasso"
                    x=area.left()
                    y=area.top()
                    width=area.size.width
                    height=area.size.height
                />
            }
        })
    };
    view! {
        <defs>
            <marker
                id="arrow"
                viewBox="0 0 8 8"
                refX="12"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                markerUnits="userSpaceOnUse"
                orient="auto"
            >
                <path d="M0.5 0.8L7 4L0.5 7.2z" fill="context-stroke" />
            </marker>
        </defs>
        {guides}
        {lasso}
        {loose}
    }
}
