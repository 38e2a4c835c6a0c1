use crate::cli::context::Context;
use crate::cli::output::note;
use crate::profile::load::LoadError;
use crate::tools::Tool;

pub(super) fn note_unreadable(context: &Context, errors: &[LoadError]) {
    for error in errors {
        let line = format!(
            "{error}; because of this, some tools see no profile in that file; for details: amplify-creds doctor"
        );
        note(context, &line);
    }
}

pub(super) fn note_blind(context: &Context, blind: &[(Tool, String)], profile: &str) {
    for (tool, reason) in blind {
        note(context, &format!("the {} cannot use profile {profile}: it {reason}", tool.name()));
    }
}
