use std::iter::once;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::core::sanitize::printable;

const GAP: usize = 2;

/// One way to make a table narrower. Columns are counted from 0.
#[derive(Debug, Clone, Copy)]
pub enum Fit {
    /// Cuts the middle of the cells of a column, down to so many terminal cells or the width of its heading.
    CutMiddle(usize, usize),
    /// Cuts the start of the cells of a column.
    CutStart(usize, usize),
    CutEnd(usize, usize),
    Drop(usize),
}

/// A cell or, without a row, a heading.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'c> {
    pub row: Option<usize>,
    pub column: usize,
    pub text: &'c str,
}

pub struct Layout<'a> {
    /// In terminal cells; `None` for no limit.
    pub width: Option<usize>,
    /// Applied in this order, until the table fits.
    pub fit: &'a [Fit],
    pub paint: &'a dyn Fn(Cell<'_>) -> String,
}

pub fn render<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> String {
    let paint = |cell: Cell<'_>| cell.text.to_owned();
    render_with(header, rows, &Layout { width: None, fit: &[], paint: &paint })
}

/// Columns are two spaces apart and measured in terminal cells, so that wide letters line up.
pub fn render_with<const N: usize>(header: [&str; N], rows: &[[String; N]], layout: &Layout<'_>) -> String {
    let cleaned = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell)));
    let mut all: Vec<[String; N]> = once(header.map(str::to_owned)).chain(cleaned).collect();
    // A dropped column has no width.
    let mut widths: [Option<usize>; N] =
        std::array::from_fn(|column| Some(all.iter().map(|row| row[column].width()).max().unwrap_or(0)));
    for fit in layout.fit {
        let total = widths.iter().flatten().map(|width| width + GAP).sum::<usize>().saturating_sub(GAP);
        let excess = layout.width.map_or(0, |limit| total.saturating_sub(limit));
        if excess == 0 {
            break;
        }
        let (column, least, cut): (_, _, fn(&str, usize) -> String) = match *fit {
            Fit::CutMiddle(column, least) => (column, least, cut_middle),
            Fit::CutStart(column, least) => (column, least, cut_start),
            Fit::CutEnd(column, least) => (column, least, cut_end),
            Fit::Drop(column) => {
                widths[column] = None;
                continue;
            }
        };
        if let Some(width) = &mut widths[column] {
            let narrow = (*width).saturating_sub(excess).max(least).max(header[column].width());
            *width = narrow.min(*width);
            for row in &mut all {
                row[column] = cut(&row[column], *width);
            }
        }
    }
    let mut text = String::new();
    for (index, row) in all.iter().enumerate() {
        let mut blanks = 0;
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let Some(width) = width else { continue };
            if !cell.is_empty() {
                text.extend(std::iter::repeat_n(' ', blanks));
                text.push_str(&(layout.paint)(Cell { row: index.checked_sub(1), column, text: cell }));
                blanks = 0;
            }
            blanks += width - cell.width() + GAP;
        }
        text.push('\n');
    }
    text
}

/// Cuts the middle of a text that is wider than `width`.
pub fn cut_middle(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let end: String = fit(&mut text.chars().rev(), width / 3).chars().rev().collect();
    let start = fit(&mut text.chars(), width.saturating_sub(1 + end.width()));
    format!("{start}\u{2026}{end}")
}

fn cut_start(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let end: String = fit(&mut text.chars().rev(), width.saturating_sub(1)).chars().rev().collect();
    format!("\u{2026}{end}")
}

fn cut_end(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    format!("{}\u{2026}", fit(&mut text.chars(), width.saturating_sub(1)))
}

fn fit(chars: &mut dyn Iterator<Item = char>, width: usize) -> String {
    let mut columns = 0;
    let fits = |char: &char| {
        columns += char.width().unwrap_or(0);
        columns <= width
    };
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_wide_letters_line_up() {
        let rows = [["\u{958b}\u{767a}".to_owned(), "role".to_owned()], ["a\u{1b}b".to_owned(), String::new()]];
        assert_eq!(render(["PROFILE", "KIND"], &rows), "PROFILE  KIND\n\u{958b}\u{767a}     role\na\u{fffd}b\n");
    }

    #[test]
    fn table_is_narrowed_step_by_step() {
        let rows = [["profile-with-a-long-name", "arn:aws:sts::222222222222:role/x", "note"].map(str::to_owned)];
        let steps = [Fit::Drop(2), Fit::CutMiddle(0, 10), Fit::CutStart(1, 20)];
        let paint = |cell: Cell<'_>| cell.text.to_owned();
        let of = |width| render_with(["PROFILE", "ARN", "NOTE"], &rows, &Layout { width, fit: &steps, paint: &paint });
        assert_eq!(of(None), render(["PROFILE", "ARN", "NOTE"], &rows));
        assert_eq!(of(Some(64)), of(None));
        let row = |width| of(Some(width)).lines().last().unwrap().to_owned();
        assert_eq!(row(63), "profile-with-a-long-name  arn:aws:sts::222222222222:role/x");
        assert_eq!(row(50), "profile-wi\u{2026}-name  arn:aws:sts::222222222222:role/x");
        assert_eq!(row(32), "profil\u{2026}ame  \u{2026}222222222222:role/x");
        assert_eq!(row(10), row(32), "the least width");
        let layout = Layout { width: Some(40), fit: &[Fit::Drop(2), Fit::CutEnd(1, 4)], paint: &paint };
        let text = render_with(["PROFILE", "ARN", "NOTE"], &rows, &layout);
        assert_eq!(text.lines().last(), Some("profile-with-a-long-name  arn:aws:sts::\u{2026}"));
        for width in 32..64 {
            assert!(of(Some(width)).lines().all(|line| line.width() <= width), "{width}");
        }
    }

    #[test]
    fn wide_letters_fit_the_width() {
        let rows = [["\u{958b}\u{767a}\u{958b}\u{767a}\u{958b}\u{767a}\u{958b}\u{767a}".to_owned(), "x".to_owned()]];
        let paint = |cell: Cell<'_>| cell.text.to_owned();
        for width in 10..20 {
            let layout = Layout { width: Some(width), fit: &[Fit::CutMiddle(0, 4)], paint: &paint };
            let text = render_with(["NAME", "K"], &rows, &layout);
            assert!(text.lines().all(|line| line.width() <= width), "{width}: {text}");
        }
    }

    #[test]
    fn colour_does_not_move_columns() {
        let rows = [["yes".to_owned(), "a".to_owned()], ["no".to_owned(), "b".to_owned()]];
        let paint = |cell: Cell<'_>| match (cell.row, cell.column) {
            (Some(row), 0) => format!("<{row}:{}>", cell.text),
            _ => cell.text.to_owned(),
        };
        let text = render_with(["OK", "X"], &rows, &Layout { width: None, fit: &[], paint: &paint });
        assert_eq!(text, "OK   X\n<0:yes>  a\n<1:no>   b\n");
    }
}
