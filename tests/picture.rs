//! The picture in the README: a run of the real program on a real terminal, drawn as SVG. Only the code, which changes
//! each time, is replaced. `BLESS=1 cargo test --test picture` redraws it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use test_support::{FakeSts, Terminal, TestHome, World, biz_corp};

/// The typed commands.
const COMMANDS: [&str; 3] = [
    "amplify-creds whoami biz | head -3",
    // Key ids change in each run.
    "amplify-creds process biz | cut -c-32",
    "amplify-creds doctor | head -4",
];

/// Width and height of a character in pixels.
const CELL: (usize, usize) = (9, 19);
/// Around the text.
const MARGIN: usize = 16;

#[test]
fn terminal_picture_is_up_to_date() {
    let screen = run();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("man/terminal.svg");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, draw(&screen)).unwrap();
    }
    let drawn = text(&fs::read_to_string(&path).unwrap());
    assert_eq!(drawn, screen.trim_end(), "man/terminal.svg is not what happens: BLESS=1 cargo test --test picture");
}

/// The lines that a picture shows.
fn text(svg: &str) -> String {
    let lines = svg.lines().filter_map(|line| line.strip_prefix("<text ")?.strip_suffix("</text>")?.split_once('>'));
    lines.map(|(_, line)| line.replace("&lt;", "<").replace("&amp;", "&")).collect::<Vec<_>>().join("\n")
}

/// Returns the content of the terminal.
fn run() -> String {
    let sts = FakeSts::start(World::biz_corp());
    let home = TestHome::biz_corp(env!("CARGO_BIN_EXE_amplify-creds"), &sts);
    let bin = home.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(home.program(), bin.join("amplify-creds")).unwrap();
    let config = fs::read_to_string(home.path().join(".aws/config")).unwrap();
    let wrapper = format!("[profile biz]\ncredential_process = {}/amplify-creds process bizcorprole\n", bin.display());
    home.config(&format!("{config}\n{wrapper}region = us-east-1\n"));
    let commands = COMMANDS.map(|command| format!("printf '$ %s\\n' '{command}'\n{command}"));
    let mut terminal = Terminal::script(
        &home,
        &format!("export PATH=\"{}:$PATH\" LC_ALL=C.UTF-8\nstty echo\n{}", bin.display(), commands.join("\n")),
    );
    let before = terminal.expect("Enter the MFA token code: ");
    let code = sts.next_unused_code(biz_corp::MFA_SERIAL);
    terminal.type_line(&code);
    let (after, left) = terminal.finish();
    assert_eq!(left.run.code, Some(0), "{left:?}");
    let screen = format!("{before}Enter the MFA token code: {after}").replace('\r', "");
    screen.replace(&code, "123456")
}

/// Draws the screen's lines in a window. Typed text is highlighted, and the width is that of the terminal.
fn draw(screen: &str) -> String {
    let lines: Vec<_> = screen.trim_end().lines().collect();
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap();
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, lines.len() * CELL.1 + 2 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\">\n<!-- Drawn by tests/picture.rs from a run of the program; only the MFA code differs. -->\n\
         <title>A terminal: one MFA code, then credentials for every tool</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1d2021\"/>\n\
         <g style=\"white-space:pre\" font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\" fill=\"#d5c4a1\" xml:space=\"preserve\">\n"
    );
    for (at, line) in lines.iter().enumerate() {
        let y = MARGIN + (at + 1) * CELL.1 - 5;
        let colour = if line.starts_with("$ ") { " fill=\"#b8bb26\"" } else { "" };
        let length = line.chars().count() * CELL.0;
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        // Writing into memory cannot fail.
        let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{y}\" textLength=\"{length}\"{colour}>{line}</text>");
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}
