//! Signs in to AWS Sign-In by an authorization code with PKCE and a proof of possession, as `aws login` does (observed in
//! AWS CLI 2.32 and later).

use std::path::PathBuf;
use std::sync::Arc;

use aws_sdk_signin::types::CreateOAuth2TokenRequestBody;
use form_urlencoded::Serializer;
use serde_json::json;
use zeroize::Zeroizing;

use crate::core::base64;
use crate::core::clock::Timestamp;
use crate::core::digest::sha256_hex;
use crate::core::secret::Secret;
use crate::source::dpop::SigningKey;
use crate::source::login::SignInCall;
use crate::source::{Service, Sources};
use crate::sts::StsError;
use crate::token_files::{TokenFields, TokenFile};

use super::browser_flow::BrowserFlow;
use super::callback::response;
use super::error::SignInError;
use super::flow::Flow;
use super::interaction::{Interaction, Notice};
use super::pkce::Pkce;
use super::token_service::{TIMEOUT, check_writable};

const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";

/// A session that is not stored yet, because its identity decides the name of the file.
pub struct LoginSession {
    /// The ARN for `login_session`.
    pub identity: String,
    pub expires: Timestamp,
    file: PathBuf,
    fields: TokenFields,
}

impl LoginSession {
    pub fn store(&self, sources: &Sources<'_>) -> Result<(), SignInError> {
        let file = TokenFile::new(self.file.clone());
        file.put_locked(sources.store, &self.fields)
            .map_err(|reason| SignInError::NotSaved { file: self.file.clone(), reason: reason.to_string() })
    }
}

/// `expected` is the identity of an existing `login_session`. The user may accept another one.
pub fn sign_in(
    sources: &Sources<'_>,
    region: &str,
    expected: Option<&str>,
    flow: Flow,
    interaction: &Interaction<'_>,
) -> Result<LoginSession, SignInError> {
    check_writable(&TokenFile::new(sources.login_cache.join(sha256_hex(expected.unwrap_or_default()) + ".json")))?;
    let failed = || SignInError::Source(Service::SignIn.failed(StsError::Setup("cannot make a key".to_owned())));
    let (key, pem) = SigningKey::generate().ok_or_else(failed)?;
    let client =
        Client { sources, region, expected, interaction, url: sources.signin_url(region), key: Arc::new(key), pem };
    if flow == Flow::Browser { client.in_browser() } else { client.by_paste() }
}

struct Client<'a> {
    sources: &'a Sources<'a>,
    region: &'a str,
    expected: Option<&'a str>,
    interaction: &'a Interaction<'a>,
    url: String,
    key: Arc<SigningKey>,
    pem: Zeroizing<String>,
}

impl Client<'_> {
    fn in_browser(&self) -> Result<LoginSession, SignInError> {
        let browser = BrowserFlow::bind()?;
        let redirect_uri = browser.redirect_uri();
        let address = authorize_url(&self.url, SAME_DEVICE, browser.pkce(), &redirect_uri);
        browser.run(self.interaction, self.sources.login_cache, &address, |code, pkce| {
            let session = self.exchange(SAME_DEVICE, code, pkce, &redirect_uri)?;
            let subject = format!("AWS Sign-In as {}", session.identity);
            Ok((session, Some(subject)))
        })
    }

    /// The confirmation page shows the response as Base64.
    fn by_paste(&self) -> Result<LoginSession, SignInError> {
        let pkce = Pkce::new().map_err(|error| SignInError::Listener(error.to_string()))?;
        let redirect_uri = format!("{}/v1/sessions/confirmation", self.url);
        (self.interaction.notice)(Notice::PasteCode(&authorize_url(&self.url, CROSS_DEVICE, &pkce, &redirect_uri)));
        let pasted = (self.interaction.paste)()?;
        let query = base64::decode_url(pasted.trim().trim_end_matches('='));
        let query = query.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(SignInError::InvalidPaste)?;
        let code = response(&query, &pkce.state).ok_or(SignInError::InvalidPaste)?.code()?;
        self.exchange(CROSS_DEVICE, &code, &pkce, &redirect_uri)
    }

    fn exchange(
        &self,
        client_id: &str,
        code: &Secret,
        pkce: &Pkce,
        redirect_uri: &str,
    ) -> Result<LoginSession, SignInError> {
        let Self { sources, region, expected, url, key, pem, interaction } = self;
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("authorization_code")
            .code(code.expose())
            .code_verifier(pkce.verifier.expose())
            .redirect_uri(redirect_uri);
        let body = body.build().map_err(|error| Service::SignIn.failed(StsError::Setup(error.to_string())))?;
        let call = SignInCall { region, url, key, secret: code, timeout: TIMEOUT };
        let issued = sources.signin_token(&call, body)?;
        let identity = issued.identity().ok_or_else(|| Service::SignIn.failed(StsError::Garbage))?;
        if expected.is_some_and(|expected| expected != identity) && !(interaction.accepts)(&identity) {
            return Err(SignInError::OtherIdentity(identity));
        }
        let account = identity.split(':').nth(4).unwrap_or_default().to_owned();
        let mut fields = TokenFields::new();
        fields.insert("accessToken".to_owned(), issued.access_token(Some(&json!(account))));
        fields.insert("tokenType".to_owned(), json!(issued.token_type));
        fields.insert("clientId".to_owned(), json!(client_id));
        fields.insert("refreshToken".to_owned(), json!(issued.refresh_token.expose()));
        fields.insert("idToken".to_owned(), json!(issued.id_token));
        fields.insert("dpopKey".to_owned(), json!(pem.as_str()));
        let file = sources.login_cache.join(sha256_hex(identity.trim()) + ".json");
        Ok(LoginSession { identity, expires: issued.expires, file, fields })
    }
}

fn authorize_url(base: &str, client_id: &str, pkce: &Pkce, redirect_uri: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("state", &pkce.state)
        // RFC 7636 has S256.
        .append_pair("code_challenge_method", "SHA-256")
        .append_pair("scope", "openid")
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_challenge", &pkce.challenge)
        .finish();
    format!("{base}/v1/authorize?{query}")
}
