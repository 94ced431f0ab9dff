//! The built browser application, inside the binary.
//!
//! The crate `ui-build` makes the files; this crate's build script takes them in if they were made from the sources of
//! today. It knows neither what they are nor who serves them.

/// A file of the application, with its compressed copies.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its path below the root of the site, without a leading slash. Except for the page it holds a hash of the content.
    pub name: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// SHA-256 of its content, in hexadecimal.
    pub hash: &'static str,
    /// The file.
    pub content: &'static [u8],
    /// The file, compressed by brotli.
    pub brotli: &'static [u8],
    /// The file, compressed by gzip.
    pub gzip: &'static [u8],
}

/// The name of the page.
pub const INDEX: &str = "index.html";

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The files of the application; none if this program was built without it.
pub fn assets() -> Option<&'static [Asset]> {
    (!ASSETS.is_empty()).then_some(ASSETS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_has_a_page() {
        if let Some(assets) = assets() {
            assert!(assets.iter().any(|asset| asset.name == INDEX));
        }
    }
}
