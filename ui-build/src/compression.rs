//! Files as they travel: compressed once, here, as well as it goes.

use std::io::{self, Write as _};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

const BROTLI_QUALITY: i32 = 11;
/// The window, as a power of two, that every browser takes.
const BROTLI_WINDOW_BITS: i32 = 22;

pub(crate) fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Without a name or a time: the same content is the same file.
pub(crate) fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back() {
        let content = b"one, two, three, one, two, three, one, two, three".repeat(9);
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&content).unwrap()[..], &mut plain).unwrap();
        assert_eq!(plain, content);
        plain.clear();
        flate2::read::GzDecoder::new(&gzip(&content).unwrap()[..])
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain, content);
    }
}
