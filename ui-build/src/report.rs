//! What the tool says: on standard error, as cargo does.

#![expect(clippy::print_stderr, reason = "this is where the tool speaks")]

use ui_manifest::Manifest;

use crate::first_load;

pub(crate) fn say(text: &str) {
    eprintln!("ui-build: {text}");
}

/// What a browser loads, file by file, and how much of it at first.
pub(crate) fn sizes(manifest: &Manifest) {
    say(&format!(
        "{:44} {:>10} {:>10} {:>10}",
        "file", "raw", "gzip", "brotli"
    ));
    let mut sum = [0; 3];
    for file in &manifest.files {
        let sizes = [file.size_bytes, file.gzip_bytes, file.brotli_bytes];
        say_sizes(&file.name, sizes);
        for (sum, size) in sum.iter_mut().zip(sizes) {
            *sum += size;
        }
    }
    say_sizes("all", sum);
    let first_bytes = first_load::size_bytes(manifest);
    say(&format!("the first visit loads {first_bytes} bytes, by brotli"));
}

fn say_sizes(name: &str, [raw, gzip, brotli]: [usize; 3]) {
    say(&format!("{name:44} {raw:>10} {gzip:>10} {brotli:>10}"));
}
