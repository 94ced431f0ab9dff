//! The browser application that this program was built with, as the composer serves it.

use bytes::Bytes;
use composer_api::{Ui, UiFile};
use ui_assets::{Asset, INDEX};

/// The application; none if this program was built without it.
pub(crate) fn embedded() -> Option<Ui> {
    let assets = ui_assets::assets()?;
    let page = assets.iter().find(|asset| asset.name == INDEX)?;
    let named = assets.iter().filter_map(|asset| {
        let name = asset.name.strip_prefix("assets/")?;
        Some((name.to_owned(), file(asset)))
    });
    Some(Ui::new(file(page), named))
}

fn file(asset: &Asset) -> UiFile {
    UiFile {
        content_type: asset.content_type,
        hash: asset.hash,
        content: Bytes::from_static(asset.content),
        brotli: Bytes::from_static(asset.brotli),
        gzip: Bytes::from_static(asset.gzip),
    }
}
