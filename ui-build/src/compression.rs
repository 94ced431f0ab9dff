//! Files as they travel: compressed once, here.

use std::io::{self, Write as _};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use ui_manifest::Effort;

const BROTLI_BEST: i32 = 11;
const BROTLI_QUICK: i32 = 2;
/// The window, as a power of two, that every browser takes.
const BROTLI_WINDOW_BITS: i32 = 22;

pub(crate) fn brotli(content: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: match effort {
            Effort::Full => BROTLI_BEST,
            Effort::Quick => BROTLI_QUICK,
        },
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Without a name or a time: the same content is the same file.
pub(crate) fn gzip(content: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(
        Vec::new(),
        match effort {
            Effort::Full => Compression::best(),
            Effort::Quick => Compression::fast(),
        },
    );
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
        for effort in [Effort::Full, Effort::Quick] {
            let mut plain = Vec::new();
            brotli::BrotliDecompress(&mut &brotli(&content, effort).unwrap()[..], &mut plain).unwrap();
            assert_eq!(plain, content);
            plain.clear();
            flate2::read::GzDecoder::new(&gzip(&content, effort).unwrap()[..])
                .read_to_end(&mut plain)
                .unwrap();
            assert_eq!(plain, content);
        }
    }
}
