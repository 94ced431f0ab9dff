//! The style sheets of a folder as one: the tokens, what they are laid upon, then the rest by name.

use std::{fs, path::Path};

use anyhow::Context as _;

/// What comes before all others, in this order.
const FIRST: [&str; 2] = ["tokens.css", "base.css"];

pub(crate) fn sheet(folder: &Path) -> anyhow::Result<String> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "css")
        {
            names.push(name);
        }
    }
    names.sort_by_key(|name| {
        let place = FIRST.iter().position(|first| first == name);
        (place.unwrap_or(FIRST.len()), name.clone())
    });
    let mut sheet = String::new();
    for name in names {
        let text =
            fs::read_to_string(folder.join(&name)).with_context(|| format!("{name} cannot be read"))?;
        sheet.push_str(&condensed(&text));
    }
    Ok(sheet)
}

/// Without comments, indentation and empty lines. Our sheets have no comment within a string.
fn condensed(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |sheet, line| sheet + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        assert_eq!(
            condensed("/* a\n b */\na {\n  b: c; /* d */\n}\n\n/* open"),
            "a {\nb: c;\n}\n"
        );
    }

    #[test]
    fn tokens_come_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["about.css", "base.css", "tokens.css", "notes.txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(sheet(folder.path()).unwrap(), "tokens.css\nbase.css\nabout.css\n");
    }
}
