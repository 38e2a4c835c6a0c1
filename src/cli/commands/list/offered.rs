//! The profiles that a broker offers.

use std::path::Path;

use serde_json::json;

use crate::broker::OfferedProfile;
use crate::cli::args::List;
use crate::cli::broker_client::{not_decided_here, profiles};
use crate::cli::color::Color;
use crate::cli::context::Context;
use crate::cli::errors::failure::Failure;
use crate::cli::output::{write_json, write_stdout};
use crate::cli::screen::Screen;
use crate::core::clock::{Clock, Timestamp};
use crate::output::left;
use crate::output::table::{self, Cell, Fit, Layout};

const NARROWER: [Fit; 4] = [Fit::CutMiddle(3, 16), Fit::CutMiddle(0, 24), Fit::Drop(4), Fit::CutMiddle(3, 8)];

pub(super) fn run(context: &Context, socket: &Path, options: &List) -> Result<(), Failure> {
    if options.properties {
        return Err(not_decided_here("--properties"));
    }
    let offered = profiles(context, socket)?;
    let now = Clock::System.now();
    let ends = |profile: &OfferedProfile| Timestamp::parse_lenient(profile.session_expires.as_deref()?);
    if options.json {
        let rows = offered.iter().map(|profile| {
            let OfferedProfile { name, kind, account_id, role_arn, region, has_mfa, session_expires: _ } = profile;
            let session = ends(profile).map(|ends| json!({"expires": ends.rfc3339(), "seconds_left": ends.since(now)}));
            json!({
                "name": name, "kind": kind, "region": region, "role_arn": role_arn, "account_id": account_id,
                "has_mfa": has_mfa, "session": session,
            })
        });
        return write_json(&rows.collect::<serde_json::Value>());
    }
    let rows: Vec<_> = offered
        .iter()
        .map(|profile| {
            let role =
                profile.role_arn.as_deref().and_then(|arn| arn.split_once(":role/")).map_or("", |(_, role)| role);
            [
                profile.name.clone(),
                profile.kind.clone(),
                profile.account_id.clone().unwrap_or_default(),
                role.to_owned(),
                profile.region.clone().unwrap_or_default(),
                if profile.has_mfa { "yes".to_owned() } else { String::new() },
                ends(profile).map(|ends| left(ends.since(now))).unwrap_or_default(),
            ]
        })
        .collect();
    let Screen { width, painter } = Screen::of(context);
    let paint = |cell: Cell<'_>| match cell {
        Cell { row: None, text, .. } => painter.paint(Color::Bold, text).into_owned(),
        Cell { text, .. } => text.to_owned(),
    };
    let header = ["PROFILE", "KIND", "ACCOUNT", "ROLE", "REGION", "MFA", "SESSION"];
    let text = table::render_with(header, &rows, &Layout { width, fit: &NARROWER, paint: &paint });
    write_stdout(text.as_bytes())
}
