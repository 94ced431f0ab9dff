//! Runs as they are stored and change: server-sent events. The browser reconnects by itself after most faults and says
//! what it saw last; where it gives up, a new stream is opened after a while.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

use api_types::Run;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use crate::query::encoded;

/// How long to wait before a stream is opened again that the browser gave up.
const PAUSE: Duration = Duration::from_secs(3);

/// Whether a stream is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// Not yet.
    Opening,
    /// It is.
    Open,
    /// It was; it is tried again.
    Broken,
}

/// A stream of the runs of a company, until it is dropped.
pub(crate) struct RunStream {
    _open: Rc<Open>,
}

struct Open {
    url: String,
    connection: RwSignal<Connection>,
    on_run: Rc<dyn Fn(Run)>,
    source: RefCell<Option<Source>>,
}

/// The browser's stream, with what it calls.
struct Source {
    events: EventSource,
    _listeners: [Closure<dyn Fn(Event)>; 3],
}

impl RunStream {
    /// Listens for the runs of a company.
    pub(crate) fn open(
        company_id: &str,
        connection: RwSignal<Connection>,
        on_run: impl Fn(Run) + 'static,
    ) -> Self {
        let open = Rc::new(Open {
            url: format!("/runs/stream?company_id={}", encoded(company_id)),
            connection,
            on_run: Rc::new(on_run),
            source: RefCell::new(None),
        });
        open.connect();
        Self { _open: open }
    }
}

impl Open {
    fn connect(self: &Rc<Self>) {
        let Ok(events) = EventSource::new(&self.url) else {
            return;
        };
        let (connection, on_run, weak) = (self.connection, Rc::clone(&self.on_run), Rc::downgrade(self));
        let given_up = events.clone();
        let opened = Closure::new(move |_: Event| {
            let _ = connection.try_set(Connection::Open);
        });
        let broken = Closure::new(move |_: Event| {
            let _ = connection.try_set(Connection::Broken);
            if given_up.ready_state() == EventSource::CLOSED {
                reconnect(weak.clone());
            }
        });
        let run = Closure::new(move |event: Event| {
            if let Some(run) = read(&event) {
                on_run(run);
            }
        });
        for (name, listener) in [("open", &opened), ("error", &broken), ("run", &run)] {
            // It takes every listener that is a function.
            let _ = events.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        *self.source.borrow_mut() = Some(Source {
            events,
            _listeners: [opened, broken, run],
        });
    }
}

/// Not at once: the server may need a moment. Nor if nobody listens any more.
fn reconnect(open: Weak<Open>) {
    set_timeout(
        move || {
            if let Some(open) = open.upgrade() {
                open.connect();
            }
        },
        PAUSE,
    );
}

impl Drop for Source {
    fn drop(&mut self) {
        self.events.close();
    }
}

fn read(event: &Event) -> Option<Run> {
    let data = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    serde_json::from_str(&data).ok()
}
