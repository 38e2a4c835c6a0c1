//! Signs in to IAM Identity Center by an authorization code with PKCE, as the AWS CLI does for an `sso_session` (observed
//! in 2.36).

use form_urlencoded::Serializer;

use crate::core::clock::Timestamp;
use crate::core::secret::Secret;
use crate::plan::sources::SsoSession;
use crate::source::Sources;
use crate::source::registration::{Grant, Registration};

use super::browser_flow::BrowserFlow;
use super::callback::response;
use super::device_code;
use super::error::SignInError;
use super::flow::Flow;
use super::interaction::{Interaction, Notice};
use super::pkce::Pkce;
use super::start_url;
use super::token_service::{DEFAULT_SCOPE, TokenService};

/// Returns when the stored token expires.
pub fn sign_in(
    sources: &Sources<'_>,
    session: &SsoSession,
    flow: Flow,
    interaction: &Interaction<'_>,
) -> Result<Timestamp, SignInError> {
    let issuer = start_url::resolve(sources, session)?;
    let url = sources.oidc_url(&session.region.value);
    let service = TokenService::connect(sources, session, &issuer, &url)?;
    if flow == Flow::DeviceCode {
        return device_code::sign_in(&service, interaction);
    }
    let registration = match Registration::find(sources, session, Grant::AuthorizationCode) {
        Some(stored) => stored,
        None => service.register(Grant::AuthorizationCode)?,
    };
    let browser = BrowserFlow::bind()?;
    let redirect_uri = browser.redirect_uri();
    let address = authorize_url(&url, session, &registration, browser.pkce(), &redirect_uri);
    let exchange = |code: &Secret, pkce: &Pkce| {
        let token = service.token(&registration, Grant::AuthorizationCode.types()[0], code, |request| {
            request.code(code.expose()).code_verifier(pkce.verifier.expose()).redirect_uri(&redirect_uri)
        })?;
        service.store(&registration, token)
    };
    let signed_in = match flow {
        Flow::Paste => pasted(interaction, browser.pkce(), &address, exchange),
        _ => browser.run(interaction, sources.sso_cache, &address, |code, pkce| Ok((exchange(code, pkce)?, None))),
    };
    signed_in.inspect_err(|error| {
        // AWS shows a page without a response if it has deleted the registration.
        if matches!(error, SignInError::TimedOut(_) | SignInError::Cancelled | SignInError::Signalled(_)) {
            Registration::forget(sources, session, &registration.client_id);
        }
    })
}

fn authorize_url(
    service: &str,
    session: &SsoSession,
    registration: &Registration,
    pkce: &Pkce,
    redirect_uri: &str,
) -> String {
    let scopes = session.scopes.as_ref().map_or_else(|| DEFAULT_SCOPE.to_owned(), |scopes| scopes.join(" "));
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &registration.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", &pkce.state)
        .append_pair("code_challenge_method", "S256")
        // The name of the AWS CLI's parameter. RFC 6749 has `scope`.
        .append_pair("scopes", &scopes)
        .append_pair("code_challenge", &pkce.challenge)
        .finish();
    format!("{}/authorize?{query}", service.trim_end_matches('/'))
}

/// The browser is on another machine, so the user pastes the address of the page that it could not load.
fn pasted<T>(
    interaction: &Interaction<'_>,
    pkce: &Pkce,
    address: &str,
    exchange: impl FnOnce(&Secret, &Pkce) -> Result<T, SignInError>,
) -> Result<T, SignInError> {
    (interaction.notice)(Notice::PasteAddress(address));
    let pasted = (interaction.paste)()?;
    let query = pasted.trim().split_once('?').map_or("", |(_, query)| query);
    let response = response(query.split('#').next().unwrap_or_default(), &pkce.state);
    exchange(&response.ok_or(SignInError::InvalidPaste)?.code()?, pkce)
}
