//! `sessions` lists every session in the cache, including those of the Amplify CLI.

use serde_json::{Value, json};

use crate::cache::entry::CachedEntry;
use crate::cache::file::problem;
use crate::cache::sessions::session_name;
use crate::cache::store::Store;
use crate::cli::args::Sessions;
use crate::cli::color::Color;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::screen::Screen;
use crate::core::clock::{Clock, Timestamp};
use crate::core::masking::masked;
use crate::core::origin::SourceFile;
use crate::output::table::{Cell, Fit, Layout};
use crate::output::{left, near, table};

const HEADER: [&str; 7] = ["ROLE OR DEVICE", "ACCOUNT", "SESSION", "PROFILE", "LEFT", "UNTIL", "WRITTEN BY"];

/// The column of the remaining time.
const LEFT: usize = 4;

/// The seconds under which a session is shown as about to expire.
const SOON: i64 = 900;

const NARROWER: [Fit; 8] = [
    Fit::CutMiddle(2, 20),
    Fit::CutMiddle(0, 24),
    Fit::Drop(6),
    Fit::CutMiddle(3, 20),
    Fit::CutMiddle(2, 10),
    Fit::Drop(5),
    Fit::CutMiddle(3, 10),
    Fit::Drop(1),
];

struct SessionRow {
    /// The role's ARN, or the device's serial.
    outer: String,
    is_role: bool,
    /// The session name. For an MFA session, the user's access key id.
    name: String,
    account: Option<String>,
    /// The profile for which the session was fetched. The Amplify CLI does not store it.
    profile: Option<String>,
    expires: Timestamp,
    /// Seconds; zero if expired.
    left: i64,
    is_ours: bool,
    is_sealed: bool,
}

pub(crate) fn run(context: &Context, options: &Sessions) -> Result<(), Failure> {
    let store = Store::new(&context.paths.cache_dir);
    let file = SourceFile::new(store.path().to_owned(), &context.paths.home);
    if let Some(problem) = problem(store.path()) {
        context.warn(|| {
            format!("{} cannot be used: {problem}; to replace it: amplify-creds reset-cache --all", file.shown)
        });
    }
    let rows = rows(&store);
    if options.json {
        let document: Vec<_> = rows.iter().map(json_of).collect();
        return write_json(&json!(document));
    }
    if rows.is_empty() {
        return write_stdout(format!("no sessions in {}\n", file.shown).as_bytes());
    }
    write_stdout(table_of(&rows, Clock::System.now(), Screen::of(context)).as_bytes())
}

fn table_of(rows: &[SessionRow], now: Timestamp, screen: Screen) -> String {
    let cells: Vec<_> = rows.iter().map(|row| cells(row, now)).collect();
    let paint = |Cell { row, column, text }: Cell<'_>| {
        let color = match row.map(|row| rows[row].left) {
            None => Some(Color::Bold),
            Some(0) if column == LEFT => Some(Color::Red),
            Some(..SOON) if column == LEFT => Some(Color::Yellow),
            Some(_) => None,
        };
        color.map_or_else(|| text.to_owned(), |color| screen.painter.paint(color, text).into_owned())
    };
    table::render_with(HEADER, &cells, &Layout { width: screen.width, fit: &NARROWER, paint: &paint })
}

fn rows(store: &Store) -> Vec<SessionRow> {
    let snapshot = store.read();
    let now = Clock::System.now();
    let sessions = snapshot.sessions();
    let read = |(outer, inner, entry): (String, String, _)| row(outer, &inner, CachedEntry::read(entry)?, now);
    sessions.all().into_iter().filter_map(read).collect()
}

fn row(outer: String, inner: &str, session: CachedEntry, now: Timestamp) -> Option<SessionRow> {
    let is_sealed = session.is_sealed();
    let CachedEntry { lease, mark, .. } = session;
    let is_role = outer.contains(":role/");
    if !is_role && mark.is_none() {
        return None;
    }
    let account = || outer.split(':').nth(4).filter(|account| !account.is_empty()).map(str::to_owned);
    Some(SessionRow {
        is_role,
        name: session_name(inner, mark.as_ref()).to_owned(),
        account: mark.as_ref().and_then(|mark| mark.account_id.clone()).or_else(account),
        is_ours: mark.is_some(),
        profile: mark.map(|mark| mark.profile),
        expires: lease.expiration,
        left: lease.seconds_left(now).max(0),
        is_sealed,
        outer,
    })
}

fn json_of(row: &SessionRow) -> Value {
    let SessionRow { outer, is_role, name, account, profile, expires, left, is_ours, is_sealed } = row;
    json!({
        "role_arn": is_role.then_some(outer),
        "mfa_serial": (!is_role).then_some(outer),
        "session_name": name,
        "account_id": account,
        "profile": profile.as_deref().map(masked),
        "expires": expires.rfc3339(),
        "seconds_left": left,
        "written_by": written_by(*is_ours),
        "sealed": is_sealed,
    })
}

fn cells(row: &SessionRow, now: Timestamp) -> [String; 7] {
    let SessionRow { outer, is_role: _, name, account, profile, expires, left: seconds, is_ours, is_sealed: _ } = row;
    let short = outer.split_once(":role/").map_or_else(|| outer.rsplit(':').next(), |(_, role)| Some(role));
    [
        short.unwrap_or(outer).to_owned(),
        account.clone().unwrap_or_default(),
        name.clone(),
        masked(profile.as_deref().unwrap_or_default()).into_owned(),
        if *seconds > 0 { left(*seconds) } else { "expired".to_owned() },
        near(*expires, now),
        written_by(*is_ours).to_owned(),
    ]
}

fn written_by(is_ours: bool) -> &'static str {
    if is_ours { "amplify-creds" } else { "amplify" }
}
