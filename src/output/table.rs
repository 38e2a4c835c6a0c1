//! Aligned columns for people.

use unicode_width::UnicodeWidthStr;

use crate::core::sanitize::printable;

/// Rows under a header, columns two spaces apart, no space at the end of a line. Cells lose what would steer the
/// terminal; columns are counted in terminal cells, so that wide letters line up.
pub fn render<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let cleaned = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell)));
    let all: Vec<[String; N]> = std::iter::once(header.map(str::to_owned)).chain(cleaned).collect();
    let mut widths = [0; N];
    for row in &all {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(cell));
        }
    }
    let mut text = String::new();
    for row in &all {
        let start = text.len();
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width - columns(cell) + 2));
        }
        text.truncate(start + text[start..].trim_end().len());
        text.push('\n');
    }
    text
}

/// How many columns of a terminal the cell takes.
fn columns(cell: &str) -> usize {
    if cell.is_ascii() { cell.len() } else { cell.width() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_for_every_script() {
        let rows = [["\u{958b}\u{767a}".to_owned(), "role".to_owned()], ["a\u{1b}b".to_owned(), String::new()]];
        assert_eq!(render(["PROFILE", "KIND"], &rows), "PROFILE  KIND\n\u{958b}\u{767a}     role\na\u{fffd}b\n");
    }
}
