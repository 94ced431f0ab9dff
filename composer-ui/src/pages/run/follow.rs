//! A run that has not ended changes: it is read anew whenever the server says so.

use leptos::prelude::*;

use super::RunOnGraph;
use crate::{
    api::{Connection, RunStream},
    reading::Reading,
};

/// Follows a run until it has ended.
pub(super) fn follow_until_it_ends(reading: Reading<RunOnGraph>) {
    let stream: StoredValue<Option<RunStream>, LocalStorage> = StoredValue::new_local(None);
    let open = Memo::new(move |_| {
        let run = reading.get()?.run.run;
        run.finished_at
            .is_none()
            .then(|| (run.id, run.company_id.to_string()))
    });
    Effect::new(move |_| {
        let listening = open.get().map(|(id, company)| {
            let connection = RwSignal::new(Connection::Opening);
            // What happened before the stream was open, or while it was broken, it does not tell.
            Effect::new(move |_| {
                if connection.get() == Connection::Open {
                    reading.again();
                }
            });
            RunStream::open(&company, connection, move |run| {
                if run.id == id {
                    reading.again();
                }
            })
        });
        stream.set_value(listening);
    });
}
