//! Chooses one of many rows on the terminal, by typing parts of them. Keys are read one at a time, so the terminal's
//! canonical mode is off. The cursor stays in the first line of the menu: if the terminal becomes narrower and wraps
//! lines, all of them are after the cursor and are erased by the next frame.
//!
//! dialoguer's fuzzy select (0.12) does not redraw after a change of the size, and leaves the cursor hidden after
//! Ctrl-C, Ctrl-Z and SIGTERM.

use std::time::{Duration, Instant};

use super::menu_filter::{FilterText, matches};
use super::menu_key::{Key, KeyReader};
use super::question::PromptError;
use super::terminal::Terminal;

const TIME_LIMIT: Duration = Duration::from_hours(1);
/// More rows would hide what is on the screen.
const MOST_ROWS: usize = 15;
const HELP: &str = "type to filter, Enter selects, Esc cancels";

pub struct Menu<'m> {
    pub title: &'m str,
    /// The cells of each row. The first is its name.
    pub rows: &'m [Vec<String>],
    /// The heading and all rows as lines of at most this width.
    pub layout: &'m dyn Fn(usize) -> Vec<String>,
    pub paint: &'m dyn Fn(MenuPart, &str) -> String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuPart {
    Heading,
    Selected,
    Help,
}

impl Menu<'_> {
    /// The index of the chosen row.
    pub fn choose(&self) -> Result<usize, PromptError> {
        let mut terminal = Terminal::open(Instant::now() + TIME_LIMIT)?;
        terminal.read_keys();
        let chosen = self.choose_on(&mut terminal);
        terminal.say("\r\x1b[J");
        chosen
    }

    fn choose_on(&self, terminal: &mut Terminal) -> Result<usize, PromptError> {
        let texts: Vec<_> = self.rows.iter().map(|row| FilterText::new(row)).collect();
        let mut screen = Screen::default();
        let mut state = State { query: String::new(), found: matches(&texts, ""), selected: 0 };
        let mut keys = KeyReader::default();
        loop {
            let size = terminal.size();
            if screen.size != size {
                screen = Screen { size, lines: (self.layout)(size.0.saturating_sub(3)) };
            }
            terminal.say(&self.frame(&screen, &state));
            for key in keys.next(terminal, screen.size)? {
                match key {
                    Key::Enter => {
                        if let Some(row) = state.found.get(state.selected) {
                            return Ok(*row);
                        }
                    }
                    Key::Escape => return Err(PromptError::Cancelled),
                    key => state.apply(key, &texts),
                }
            }
        }
    }

    fn frame(&self, screen: &Screen, state: &State) -> String {
        let (width, height) = screen.size;
        let shown = MOST_ROWS.min(height.saturating_sub(3));
        let mut lines = Vec::new();
        let heading = screen.lines.first().map(|line| format!("  {line}"));
        lines.extend(heading.filter(|_| shown > 0).map(|line| (self.paint)(MenuPart::Heading, &line)));
        let first = state.selected.saturating_sub(shown.saturating_sub(1));
        for (at, row) in state.found.iter().enumerate().skip(first).take(shown) {
            let line = screen.lines.get(row + 1).map_or("", String::as_str);
            lines.push(if at == state.selected {
                (self.paint)(MenuPart::Selected, &format!("> {line}"))
            } else {
                format!("  {line}")
            });
        }
        let count = format!("  {} of {}", state.found.len(), self.rows.len());
        let help = format!("{count}; {HELP}");
        let help = if help.len() < width { help } else { count };
        lines.push((self.paint)(MenuPart::Help, &help));
        // The prompt and the end of the filter.
        let room = width.saturating_sub(self.title.len() + 4);
        let skipped = state.query.chars().count().saturating_sub(room);
        let query: String = state.query.chars().skip(skipped).collect();
        let prompt = format!("{}: {query}", self.title);
        format!("\r\x1b[J{prompt}\r\n{}\x1b[{}A\r{prompt}", lines.join("\r\n"), lines.len())
    }
}

#[derive(Default)]
struct Screen {
    /// Columns and rows.
    size: (usize, usize),
    lines: Vec<String>,
}

struct State {
    query: String,
    found: Vec<usize>,
    selected: usize,
}

impl State {
    fn apply(&mut self, key: Key, texts: &[FilterText]) {
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::Up => self.selected = self.selected.saturating_sub(1),
            Key::Down => self.selected = (self.selected + 1).min(last),
            Key::PageUp => self.selected = self.selected.saturating_sub(MOST_ROWS),
            Key::PageDown => self.selected = (self.selected + MOST_ROWS).min(last),
            Key::Home => self.selected = 0,
            Key::End => self.selected = last,
            Key::Char(char) => self.query.push(char),
            Key::Backspace => drop(self.query.pop()),
            Key::ClearLine => self.query.clear(),
            Key::Enter | Key::Escape => {}
        }
        if matches!(key, Key::Char(_) | Key::Backspace | Key::ClearLine) {
            self.found = matches(texts, &self.query);
            self.selected = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_fits_the_terminal_and_ends_at_the_prompt() {
        let rows: Vec<_> = (0..40).map(|row| vec![format!("profile-{row}"), "222222222222".to_owned()]).collect();
        let lines = |width: usize| -> Vec<String> {
            let cut = |line: String| line.chars().take(width).collect();
            std::iter::once("PROFILE".to_owned()).chain(rows.iter().map(|row| row.join("  "))).map(cut).collect()
        };
        let menu = Menu { title: "Profile", rows: &rows, layout: &lines, paint: &|_, text| text.to_owned() };
        let texts: Vec<_> = rows.iter().map(|row| FilterText::new(row)).collect();
        for size in [(80, 24), (20, 5), (12, 2), (1, 1)] {
            let screen = Screen { size, lines: lines(size.0.saturating_sub(3)) };
            let mut state = State { query: String::new(), found: matches(&texts, ""), selected: 0 };
            for key in [Key::End, Key::Up, Key::Char('3'), Key::Down, Key::Char('x')] {
                state.apply(key, &texts);
                let frame = menu.frame(&screen, &state);
                let (list, end) = frame.rsplit_once("\x1b[").unwrap();
                let list: Vec<_> = list.trim_start_matches("\r\x1b[J").split("\r\n").collect();
                assert!(size.1 < 3 || list.len() <= size.1, "{size:?} {list:#?}");
                // A narrow terminal shows the end of the filter.
                let shown = end.strip_prefix(&format!("{}A\rProfile: ", list.len() - 1)).unwrap();
                assert!(state.query.ends_with(shown) && (size.0 < 20 || state.query == shown), "{size:?} {end:?}");
                assert!(size.0 < 20 || list.iter().all(|line| line.len() < size.0), "{size:?} {list:#?}");
            }
        }
    }
}
