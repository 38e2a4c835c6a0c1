use std::time::Duration;

use crate::cli::args::FlowArg;

/// In seconds.
const LOGIN_LIMIT: u64 = 600;
const AUTOMATIC_LIMIT: u64 = 180;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Occasion {
    /// The user runs `login`.
    Login(Option<FlowArg>),
    /// A process needs the session, and `sign_in = auto` is set.
    Automatic,
}

impl Occasion {
    pub(super) fn limit(self) -> Duration {
        Duration::from_secs(match self {
            Self::Login(_) => LOGIN_LIMIT,
            Self::Automatic => AUTOMATIC_LIMIT,
        })
    }
}
