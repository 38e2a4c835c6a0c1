//! The scanner reproduces any text byte for byte, and reads a single line the same way as in its file.
#![no_main]

use amplify_creds::profile_file::lines::{Lines, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut again = String::new();
    for line in lines(text) {
        assert_eq!(line.start, again.len());
        assert_eq!(Lines::resume(text, line.start, line.number).next(), Some(line));
        again.push_str(line.text);
        again.push_str(line.terminator);
    }
    assert_eq!(again, text);
});
