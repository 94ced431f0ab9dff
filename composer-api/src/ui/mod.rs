//! The browser application, as it is served: its page at `/` and below `/app`, its files below `/assets`.
//!
//! Pages lie below `/app` since the API has `/runs` and `/tasks` itself. What the application is made of, those who put
//! the program together hand in as [`Ui`]; without it, `/` says how to build it.

mod encoding;
mod files;
mod headers;
mod missing;
mod serving;

use service::Setup;

pub use files::{Ui, UiFile};

/// Where the page is answered. Below `/app` the application itself knows what there is.
const PAGE_PATHS: [&str; 3] = ["/", "/app", "/app/*path"];

/// Adds the application's routes.
pub(crate) fn mount(setup: Setup, ui: Option<&Ui>) -> Setup {
    let Some(ui) = ui else {
        return PAGE_PATHS
            .into_iter()
            .fold(setup, |setup, path| setup.get(path, missing::page()));
    };
    PAGE_PATHS
        .into_iter()
        .fold(setup, |setup, path| setup.get(path, serving::page(ui)))
        .get("/assets/:name", serving::asset(ui))
}
