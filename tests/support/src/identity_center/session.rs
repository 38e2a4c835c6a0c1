//! The tokens of signed-in users.

use chrono::{DateTime, Utc};

use crate::http::{Request, Response};
use crate::mint;

use super::{CLIENT, State, unauthorized};

/// The tokens of a signed-in user.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client_id: String,
    pub(super) access_token: String,
    pub(super) refresh_token: String,
    pub(super) expires: Option<DateTime<Utc>>,
}

impl Session {
    pub(super) fn new(client_id: &str) -> Self {
        let (access_token, refresh_token) = (mint::session_token(), mint::session_token());
        Self { client_id: client_id.to_owned(), access_token, refresh_token, expires: None }
    }
}

impl State {
    pub(super) fn latest(&self) -> &Session {
        self.sessions.last().expect("a session")
    }

    /// The session of a portal request, if its access token is valid.
    pub(super) fn session_of(&self, request: &Request) -> Option<usize> {
        let token = request.header("x-amz-sso_bearer_token")?;
        let is_valid = |session: &Session| {
            session.access_token == token && session.expires.is_none_or(|expires| Utc::now() < expires)
        };
        self.sessions.iter().position(is_valid)
    }
}

/// Ends the session in the service, so that its refresh token is invalid, too.
pub(super) fn logout(request: &Request, state: &mut State) -> Response {
    let Some(session) = state.session_of(request) else { return unauthorized() };
    state.sessions.remove(session);
    if state.sessions.is_empty() {
        state.sessions.push(Session::new(CLIENT.0));
    }
    Response::new(200, Utc::now())
}
