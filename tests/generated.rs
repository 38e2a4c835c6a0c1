//! Compares the committed man pages byte for byte with those generated from the command line's definitions. `BLESS=1
//! cargo test --test generated` rewrites them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use amplify_creds::cli::manual::pages;
fn compare(relative: &str, made: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(relative);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let there = fs::read(&path).unwrap_or_default();
    assert!(there == made, "{relative} is not what the definitions give; BLESS=1 cargo test --test generated");
}

#[test]
fn man_pages_are_up_to_date() {
    let mut made: Vec<String> = pages()
        .iter()
        .map(|page| {
            compare(&format!("man/{}", page.file_name()), page.roff().as_bytes());
            page.file_name()
        })
        .collect();
    let man = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let mut there: Vec<_> =
        fs::read_dir(man).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    // tests/picture.rs generates it.
    made.push("terminal.svg".to_owned());
    // The source of the guide.
    made.push("guide.md".to_owned());
    made.sort();
    there.sort();
    assert_eq!(there, made, "a page that nothing makes");
}
