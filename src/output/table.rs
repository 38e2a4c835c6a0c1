use std::iter::{once, repeat_n};

use unicode_width::UnicodeWidthStr;

use crate::core::sanitize::printable;

/// Columns are two spaces apart and measured in terminal cells, so that wide letters line up.
pub fn render<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let cleaned = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell)));
    let all: Vec<[String; N]> = once(header.map(str::to_owned)).chain(cleaned).collect();
    let widths: [usize; N] = std::array::from_fn(|column| all.iter().map(|row| row[column].width()).max().unwrap_or(0));
    let mut text = String::new();
    for row in &all {
        let start = text.len();
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(cell);
            text.extend(repeat_n(' ', width - cell.width() + 2));
        }
        text.truncate(start + text[start..].trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_wide_letters_line_up() {
        let rows = [["\u{958b}\u{767a}".to_owned(), "role".to_owned()], ["a\u{1b}b".to_owned(), String::new()]];
        assert_eq!(render(["PROFILE", "KIND"], &rows), "PROFILE  KIND\n\u{958b}\u{767a}     role\na\u{fffd}b\n");
    }
}
