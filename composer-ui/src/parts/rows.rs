//! Tables of any length: every row is as high as the others, so that only those in sight are drawn.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};

use super::{Empty, Failed, Skeleton};
use crate::{
    api::ApiError,
    feed::{Feed, Progress},
    icons::Icon,
    navigation::navigation,
    words::words,
};

/// How high a row is; `--row` in the style sheets is the same.
const ROW_PX: i32 = 44;
/// How many rows beyond those in sight are drawn, so that scrolling shows no gap.
const MARGIN: usize = 12;
/// This close to the end, more is asked for.
const NEAR_END: usize = 40;
/// How high a table is taken to be until it is measured.
const USUAL_HEIGHT_PX: i32 = 800;

/// Which rows are shown.
pub(crate) type Only<T> = Arc<dyn Fn(&T) -> bool + Send + Sync>;

/// What a row is made from, and how it is told from others.
pub(crate) struct RowsOf<T: 'static> {
    /// The rows.
    pub(crate) feed: Feed<T>,
    /// What tells a row from the others, and one state of it from the next.
    pub(crate) key: fn(&T) -> String,
    /// The cells of a row.
    pub(crate) cells: Callback<T, AnyView>,
}

/// What a table shows.
#[derive(Clone, PartialEq)]
enum Shown {
    Skeleton,
    Failed(ApiError),
    NoMatch,
    Empty,
    Rows,
}

/// Which of the rows are drawn.
struct Window<T: 'static> {
    feed: Feed<T>,
    /// The places of those that are shown among all; none where all are.
    places: Memo<Option<Vec<usize>>>,
    top: RwSignal<i32>,
    height: RwSignal<i32>,
}

impl<T> Clone for Window<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Window<T> {}

impl<T: Clone + Send + Sync + 'static> Window<T> {
    fn new(feed: Feed<T>, only: Option<Only<T>>) -> Self {
        let places = move |_: Option<&Option<Vec<usize>>>| {
            let only = only.as_deref()?;
            Some(feed.items.with(|items| places_of(items, only)))
        };
        let window = Self {
            feed,
            places: Memo::new(places),
            top: RwSignal::new(0),
            height: RwSignal::new(USUAL_HEIGHT_PX),
        };
        Effect::new(move |_| {
            // What comes may be kept from sight by a filter: then the end is still near.
            feed.items.track();
            if window.range().1 + NEAR_END >= window.count() {
                feed.load_more();
            }
        });
        window
    }

    /// How many rows there are, in sight or not.
    fn count(self) -> usize {
        let chosen = self.places.with(|places| places.as_ref().map(Vec::len));
        chosen.unwrap_or_else(|| self.feed.items.with(Vec::len))
    }

    /// The first row to be drawn, and the one after the last.
    fn range(self) -> (usize, usize) {
        in_sight(self.top.get(), self.height.get(), self.count())
    }

    /// The rows to be drawn.
    fn rows(self) -> Vec<T> {
        let (first, last) = self.range();
        self.feed.items.with(|items| {
            self.places.with(|places| {
                let place = |at| places.as_ref().map_or(Some(at), |places| places.get(at).copied());
                (first..last)
                    .filter_map(|at| items.get(place(at)?).cloned())
                    .collect()
            })
        })
    }
}

/// A table: its head, and its rows as far as they are in sight; or why there are none.
#[component]
pub(crate) fn Table<T: Clone + Send + Sync + 'static>(
    /// What it is called, for those who do not see it.
    label: &'static str,
    /// Its style, which says how wide the columns are.
    class: &'static str,
    /// The heads of the columns.
    heads: Vec<&'static str>,
    /// The rows.
    rows: RowsOf<T>,
    /// Which of them are shown.
    #[prop(optional_no_strip)]
    only: Option<Only<T>>,
    /// Whether filters keep rows away, so that no rows means no match.
    #[prop(into)]
    is_filtered: Signal<bool>,
    /// Whether the top is in sight: there, new rows push nothing away.
    #[prop(optional)]
    at_top: RwSignal<bool>,
    /// What stands there when there is nothing at all.
    empty: ViewFn,
) -> impl IntoView {
    let RowsOf { feed, key, cells } = rows;
    let window = Window::new(feed, only);
    let body = NodeRef::<html::Div>::new();
    let measure = follow_scrolling(body, window, at_top);
    let shown = Memo::new(move |_| match feed.progress.get() {
        Progress::Loading if feed.items.with(Vec::is_empty) => Shown::Skeleton,
        Progress::Failed(error) => Shown::Failed(error),
        _ if window.count() > 0 => Shown::Rows,
        _ if is_filtered.get() => Shown::NoMatch,
        _ => Shown::Empty,
    });
    // What stands in place of rows is no part of a table.
    let role = move |role: &'static str| move || (shown.get() == Shown::Rows).then_some(role);
    let heads = heads
        .into_iter()
        .map(|head| view! { <span role=role("columnheader")>{head}</span> });
    let content = move || match shown.get() {
        Shown::Skeleton => view! { <Skeleton /> }.into_any(),
        Shown::Failed(error) => {
            let retry = Callback::new(move |()| feed.reload());
            view! { <Failed error=error on_retry=retry /> }.into_any()
        }
        Shown::NoMatch => view! { <NoMatch /> }.into_any(),
        Shown::Empty => empty.run(),
        Shown::Rows => view! { <Rows window=window key=key cells=cells /> }.into_any(),
    };
    view! {
        <div
            class=format!("table {class}")
            role=role("table")
            aria-label=move || role("table")().and(Some(label))
            aria-rowcount=move || role("table")().map(|_| (window.count() + 1).to_string())
        >
            <div class="body" node_ref=body role=role("rowgroup") tabindex="0" on:scroll=move |_| measure()>
                <div class="row head" role=role("row")>
                    {heads.collect_view()}
                </div>
                {content}
            </div>
        </div>
    }
}

/// The rows in sight, in a box as high as all of them.
#[component]
fn Rows<T: Clone + Send + Sync + 'static>(
    window: Window<T>,
    key: fn(&T) -> String,
    cells: Callback<T, AnyView>,
) -> impl IntoView {
    view! {
        <div
            class="rows"
            role="presentation"
            style:height=move || format!("{}px", pixels(window.count()))
        >
            <div
                role="presentation"
                style:transform=move || format!("translateY({}px)", pixels(window.range().0))
            >
                <For
                    each=move || window.rows()
                    key=key
                    children=move |row| view! { <div class="row" role="row">{cells.run(row)}</div> }
                />
            </div>
        </div>
    }
}

/// The filters fit nothing: the way out is to clear them.
#[component]
fn NoMatch() -> impl IntoView {
    let words = words();
    let navigation = navigation();
    view! {
        <Empty icon=Icon::Search title=words.common.no_match_title text=words.common.no_match>
            <button class="button" type="button" on:click=move |_| navigation.clear_filters()>
                {words.common.clear_filters}
            </button>
        </Empty>
    }
}

/// Keeps the window where the reader scrolled to: what is returned has to be called when that changes.
fn follow_scrolling<T: 'static>(
    body: NodeRef<html::Div>,
    window: Window<T>,
    at_top: RwSignal<bool>,
) -> impl Fn() + Copy + 'static {
    let (top, height) = (window.top, window.height);
    let measure = move || {
        if let Some(body) = body.get_untracked() {
            top.set(body.scroll_top());
            height.set(body.client_height());
            at_top.set(body.scroll_top() < ROW_PX);
        }
    };
    Effect::new(move |_| {
        body.track();
        measure();
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    measure
}

fn places_of<T>(items: &[T], only: &(dyn Fn(&T) -> bool + Send + Sync)) -> Vec<usize> {
    let fitting = items.iter().enumerate().filter(|(_, item)| only(item));
    fitting.map(|(place, _)| place).collect()
}

fn in_sight(top: i32, height: i32, count: usize) -> (usize, usize) {
    let row_at = |pixels: i32| usize::try_from(pixels / ROW_PX).unwrap_or(0);
    let first = row_at(top).saturating_sub(MARGIN).min(count);
    let last = row_at(top.saturating_add(height))
        .saturating_add(MARGIN + 1)
        .min(count);
    (first, last)
}

fn pixels(rows: usize) -> i64 {
    i64::try_from(rows)
        .unwrap_or(i64::MAX)
        .saturating_mul(ROW_PX.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_sight_is_drawn() {
        assert_eq!(in_sight(0, 440, 100_000), (0, 10 + MARGIN + 1));
        assert_eq!(
            in_sight(44_000, 440, 100_000),
            (1_000 - MARGIN, 1_010 + MARGIN + 1)
        );
        assert_eq!(in_sight(0, 440, 3), (0, 3));
        assert_eq!(in_sight(44_000, 440, 3), (3, 3), "the list became shorter");
        assert_eq!(in_sight(-20, 440, 3), (0, 3), "pulled beyond its start");
    }

    #[test]
    fn what_a_filter_takes_keeps_its_place() {
        assert_eq!(places_of(&[5, 8, 7, 2], &|number| *number > 5), [1, 2]);
    }
}
