//! Lets the user choose a profile on the terminal.

use crate::cache::store::Store;
use crate::cli::context::Context;
use crate::cli::errors::failure::{CONFIG, Failure, NOBODY_TO_ASK};
use crate::cli::profile_rows::{ProfileRow, ProfileRows};
use crate::core::masking::masked;
use crate::plan::build;
use crate::plan::kind::ProfileKind;
use crate::profile::Profile;
use crate::prompt::PromptError;

use menu::choose;

/// The profile that the user chooses.
pub(crate) fn pick(context: &Context) -> Result<String, Failure> {
    if context.no_input() {
        return Err(not_possible(context));
    }
    let (set, inputs) = (context.profiles()?, context.inputs()?);
    let snapshot = Store::new(&context.paths.cache_dir).read();
    let rows = ProfileRows::new(context, &set, &inputs, &snapshot);
    let has_credentials = |profile: &Profile<'_>| ProfileKind::of(profile) != ProfileKind::Empty;
    let profiles: Vec<_> = set.all().into_iter().filter(has_credentials).collect();
    if profiles.is_empty() {
        let [config, credentials] = set.shown_files();
        return Err(Failure::new(CONFIG, format!("no profiles with credentials in {config} and {credentials}"))
            .hint("create the first profile: amplify-creds setup"));
    }
    let cells: Vec<_> = profiles
        .iter()
        .map(|profile| {
            let ProfileRow { account, role, session, has_mfa: _ } = rows.row(profile);
            [masked(&profile.name).into_owned(), account, role, session]
        })
        .collect();
    match choose(context, &cells) {
        Ok(place) => Ok(profiles[place].name.clone()),
        Err(PromptError::NobodyToAsk) => Err(not_possible(context)),
        Err(error) => Err(crate::cli::questions::unanswered(&error)),
    }
}

/// Lets the user choose if no option, variable or project names a profile, `default` has no credentials, and neither
/// has the environment. Without a terminal the error of the command follows.
pub(crate) fn pick_if_none_selected(context: Context) -> Result<Context, Failure> {
    if context.no_input() || context.selected()?.is_some() {
        return Ok(context);
    }
    let has_default = {
        let (set, inputs) = (context.profiles()?, context.inputs()?);
        build::environment(&inputs)?.is_some()
            || set.get("default").is_some_and(|profile| ProfileKind::of(&profile) != ProfileKind::Empty)
            || set.all().iter().all(|profile| ProfileKind::of(profile) == ProfileKind::Empty)
    };
    if has_default {
        return Ok(context);
    }
    match pick(&context) {
        Ok(name) => Ok(context.with_profile(name)),
        Err(failure) if failure.code == NOBODY_TO_ASK => Ok(context),
        Err(failure) => Err(failure),
    }
}

fn not_possible(context: &Context) -> Failure {
    let command = if context.verb == "acreds" { "acreds" } else { &format!("amplify-creds {}", context.verb) };
    Failure::new(NOBODY_TO_ASK, "no profile given, and no prompt is possible here")
        .hint(format!("name a profile: {command} PROFILE"))
        .hint("to see the profiles: amplify-creds list")
}

#[cfg(unix)]
mod menu {
    use crate::cli::color::{Color, Painter};
    use crate::cli::context::Context;
    use crate::output::table::{Cell, Fit, Layout, render_with};
    use crate::prompt::PromptError;
    use crate::prompt::menu::{Menu, MenuPart};

    /// Until the table fits the terminal.
    const NARROWER: [Fit; 6] =
        [Fit::CutMiddle(2, 12), Fit::CutMiddle(0, 24), Fit::Drop(1), Fit::Drop(3), Fit::CutMiddle(0, 12), Fit::Drop(2)];

    pub(super) fn choose(context: &Context, cells: &[[String; 4]]) -> Result<usize, PromptError> {
        let painter = Painter::question(context);
        let layout = |width| {
            let paint = |cell: Cell<'_>| cell.text.to_owned();
            let layout = Layout { width: Some(width), fit: &NARROWER, paint: &paint };
            let text = render_with(["PROFILE", "ACCOUNT", "ROLE", "SESSION"], cells, &layout);
            // The name may be wider than the terminal.
            text.lines().map(|line| crate::output::table::cut_middle(line, width)).collect()
        };
        let paint = |part, text: &str| match part {
            MenuPart::Heading => painter.paint(Color::Bold, text).into_owned(),
            MenuPart::Selected => painter.paint(Color::Green, text).into_owned(),
            MenuPart::Help => painter.paint(Color::Cyan, text).into_owned(),
        };
        let rows: Vec<_> = cells.iter().map(|row| row.to_vec()).collect();
        Menu { title: "Profile", rows: &rows, layout: &layout, paint: &paint }.choose()
    }
}

/// The Windows console has no keys one at a time here, so the user types a name.
#[cfg(not(unix))]
mod menu {
    use crate::cli::context::Context;
    use crate::cli::questions::Questions;
    use crate::prompt::PromptError;

    const SHOWN: usize = 30;

    pub(super) fn choose(context: &Context, cells: &[[String; 4]]) -> Result<usize, PromptError> {
        let mut ask = Questions::open(context)?;
        for row in cells.iter().take(SHOWN) {
            ask.say(&format!("  {}\n", row.join("  ")));
        }
        if cells.len() > SHOWN {
            ask.say(&format!("  and {} more (amplify-creds list)\n", cells.len() - SHOWN));
        }
        loop {
            let name = ask.line("Profile: ")?;
            match cells.iter().position(|row| row[0] == name) {
                Some(place) => return Ok(place),
                None if name.is_empty() => return Err(PromptError::Cancelled),
                None => ask.say("Invalid: expected the name of a profile.\n"),
            }
        }
    }
}
