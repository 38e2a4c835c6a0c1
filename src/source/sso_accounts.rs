//! The accounts and roles that IAM Identity Center lists for a signed-in user.

use std::collections::VecDeque;
use std::pin::pin;
use std::time::Duration;

use aws_sdk_sso::Client as Portal;
use aws_sdk_sso::config::http::HttpResponse;
use aws_sdk_sso::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sso::operation::list_account_roles::ListAccountRolesError;
use aws_sdk_sso::operation::list_accounts::ListAccountsError;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::core::secret::Secret;
use crate::plan::limits::{SSO_ROLE_NAME, is_account};
use crate::plan::sources::{AccountRole, SsoSession};
use crate::source::error::SourceError;
use crate::source::sources::Sources;
use crate::source::sso::{failed, garbage};
use crate::sts::StsError;
use crate::sts::connections::Link;
use crate::token_files::secret_id;

/// For one call with its retries.
const TIMEOUT: Duration = Duration::from_secs(30);

const PAGE: i32 = 100;

/// A larger list is not from AWS.
const MOST_PAGES: usize = 200;

/// Accounts at once. The portal throttles more.
const CONCURRENT: usize = 4;

/// The pauses after a throttled call, in addition to the SDK's own retries, which end after about a second.
const PAUSES: [u64; 6] = [1, 2, 4, 8, 15, 30];

const PROGRESS: Duration = Duration::from_secs(1);

const TOO_MANY_REQUESTS: u16 = 429;

#[derive(Clone)]
struct Account {
    id: String,
    name: String,
}

enum ListError<E> {
    Call(Box<SdkError<E, HttpResponse>>),
    Garbage,
}

impl Sources<'_> {
    /// Fails if one account fails, so that the list is complete. `progress` is called at least every second with the
    /// number of accounts so far and, once it is known, of all.
    pub fn account_roles(
        &self,
        session: &SsoSession,
        mut progress: impl FnMut(usize, Option<usize>),
    ) -> Result<Vec<AccountRole>, SourceError> {
        let region = &session.region.value;
        let token = self.sso_token(session, TIMEOUT)?;
        let url = self.portal_url(region);
        let link = self.connections.link(&url).map_err(failed)?;
        let mut config = aws_sdk_sso::config::Builder::from(&link.config(region, TIMEOUT));
        config.set_endpoint_url(self.endpoints.sso.clone());
        let portal = Portal::from_conf(config.build());
        link.runtime.block_on(async {
            let mut listing = pin!(accounts(&portal, &token));
            let accounts = loop {
                match timeout(PROGRESS, &mut listing).await {
                    Ok(accounts) => break accounts.map_err(|error| error.classified(&link, &token))?,
                    Err(_) => progress(0, None),
                }
            };
            let count = accounts.len();
            let mut waiting = VecDeque::from(accounts);
            let (mut running, mut roles) = (JoinSet::new(), Vec::new());
            loop {
                while running.len() < CONCURRENT
                    && let Some(account) = waiting.pop_front()
                {
                    running.spawn(roles_of(portal.clone(), token.clone(), account));
                }
                progress(count - waiting.len() - running.len(), Some(count));
                let Ok(finished) = timeout(PROGRESS, running.join_next()).await else { continue };
                let Some(finished) = finished else { break };
                let found = finished.map_err(|error| failed(StsError::Setup(error.to_string())))?;
                roles.extend(found.map_err(|error| error.classified(&link, &token))?);
            }
            roles.sort_unstable();
            Ok(roles)
        })
    }
}

async fn accounts(portal: &Portal, token: &Secret) -> Result<Vec<Account>, ListError<ListAccountsError>> {
    let (mut accounts, mut next) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = portal.list_accounts().access_token(token.expose()).max_results(PAGE).set_next_token(next.clone());
        let page = retried(|| call.clone().send()).await?;
        for account in page.account_list.unwrap_or_default() {
            let id = account.account_id.filter(|id| is_account(id)).ok_or(ListError::Garbage)?;
            accounts.push(Account { id, name: account.account_name.unwrap_or_default() });
        }
        let before = std::mem::replace(&mut next, page.next_token.filter(|token| !token.is_empty()));
        if next.is_some() && next == before {
            return Err(ListError::Garbage);
        }
        if next.is_none() {
            return Ok(accounts);
        }
    }
    Err(ListError::Garbage)
}

async fn roles_of(
    portal: Portal,
    token: Secret,
    account: Account,
) -> Result<Vec<AccountRole>, ListError<ListAccountRolesError>> {
    let (mut roles, mut next) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let call = portal.list_account_roles().access_token(token.expose()).account_id(&account.id);
        let call = call.max_results(PAGE).set_next_token(next.clone());
        let page = retried(|| call.clone().send()).await?;
        for role in page.role_list.unwrap_or_default() {
            let role_name = role.role_name.filter(|name| SSO_ROLE_NAME.allows(name)).ok_or(ListError::Garbage)?;
            let Account { id: account_id, name: account_name } = account.clone();
            roles.push(AccountRole { account_id, account_name, role_name });
        }
        let before = std::mem::replace(&mut next, page.next_token.filter(|token| !token.is_empty()));
        if next.is_some() && next == before {
            return Err(ListError::Garbage);
        }
        if next.is_none() {
            return Ok(roles);
        }
    }
    Err(ListError::Garbage)
}

async fn retried<T, E, F>(call: impl Fn() -> F) -> Result<T, ListError<E>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    for pause in PAUSES {
        match call().await {
            Err(error) if error.raw_response().is_some_and(|raw| raw.status().as_u16() == TOO_MANY_REQUESTS) => {
                sleep(Duration::from_secs(pause)).await;
            }
            other => return other.map_err(ListError::of),
        }
    }
    call().await.map_err(ListError::of)
}

impl<E: ProvideErrorMetadata> ListError<E> {
    fn of(error: SdkError<E, HttpResponse>) -> Self {
        Self::Call(Box::new(error))
    }

    fn classified(&self, link: &Link<'_>, token: &Secret) -> SourceError {
        let Self::Call(error) = self else { return garbage() };
        match link.reason(error, &[Some(token)]) {
            StsError::Refused { code, .. } if code == "UnauthorizedException" => {
                let why = "IAM Identity Center no longer accepts its token";
                SourceError::Rejected { why, token: secret_id(token.expose()) }
            }
            error => failed(error),
        }
    }
}
