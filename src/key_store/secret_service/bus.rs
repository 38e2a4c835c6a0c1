//! Calls to the Secret Service with a common deadline, and its prompts.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use zbus::message::Type as MessageType;
use zbus::{Address, Connection, DynamicType, MatchRule, MessageStream, ObjectPath, OwnedVariant, Type};

use super::call_error::CallError;
use crate::key_store::error::KeyStoreError;
use crate::key_store::single_prompt::PROMPT_LIMIT;
use crate::key_store::unlock::Unlock;

const LIMIT: Duration = Duration::from_secs(3);
const SERVICE: &str = "org.freedesktop.secrets";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
/// Instead of a path if there is no object.
pub(super) const NO_OBJECT: &str = "/";

/// The remaining time of an operation. An open prompt does not use it up.
pub(super) struct Budget(Cell<Duration>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(LIMIT))
    }

    async fn within<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, CallError>
    where
        CallError: From<E>,
    {
        let begun = Instant::now();
        let done = timeout(self.0.get(), work).await;
        self.0.set(self.0.get().saturating_sub(begun.elapsed()));
        Ok(done.map_err(|_| KeyStoreError::TimedOut(LIMIT.as_secs()))??)
    }
}

pub(super) struct Bus<'a> {
    connection: Connection,
    budget: &'a Budget,
    unlock: Unlock,
}

impl<'a> Bus<'a> {
    pub(super) async fn connect(address: Address, budget: &'a Budget, unlock: Unlock) -> Result<Self, CallError> {
        // The builder's `method_timeout` does not limit connecting.
        let connection = budget.within(zbus::connection::Builder::address(address).build()).await?;
        Ok(Self { connection, budget, unlock })
    }

    pub(super) async fn call<R: Type + DeserializeOwned>(
        &self,
        path: &ObjectPath<'_>,
        interface: &str,
        method: &str,
        body: &(impl Serialize + DynamicType),
    ) -> Result<R, CallError> {
        let call = self.connection.call_method(Some(SERVICE), path, Some(interface), method, body);
        let reply = self.budget.within(call).await?;
        // The text of zbus's error may contain the secret.
        reply.body().deserialize().map_err(|_| unexpected_reply())
    }

    /// Shows the prompt that the service returned and returns its result. Does nothing if there is none.
    pub(super) async fn show_prompt(&self, prompt: &ObjectPath<'_>) -> Result<Option<OwnedVariant>, CallError> {
        if prompt.as_str() == NO_OBJECT {
            return Ok(None);
        }
        if self.unlock == Unlock::Never {
            return Err(CallError::NeedsPrompt(KeyStoreError::Locked));
        }
        let rule = MatchRule::builder()
            .msg_type(MessageType::Signal)
            .sender(SERVICE)
            .interface(PROMPT)
            .member("Completed")
            .path(prompt)
            .build()?;
        // Before the prompt is shown, because a signal without a subscriber is lost.
        let mut signals = self.budget.within(MessageStream::for_match_rule(rule, &self.connection, None)).await?;
        // After the deadline the service closes the prompt, because its client is gone. `Prompt.Dismiss` would end
        // gnome-keyring 42.1.
        let shown = timeout(PROMPT_LIMIT, async {
            self.connection.call_method(Some(SERVICE), prompt, Some(PROMPT), "Prompt", &"").await?;
            poll_fn(|context| Pin::new(&mut signals).poll_next(context)).await.transpose()
        });
        let signal = shown.await.map_err(|_| KeyStoreError::TimedOut(PROMPT_LIMIT.as_secs()))??;
        let signal = signal.ok_or_else(unexpected_reply)?;
        let (is_dismissed, result): (bool, OwnedVariant) =
            signal.body().deserialize().map_err(|_| unexpected_reply())?;
        if is_dismissed { Err(KeyStoreError::Dismissed.into()) } else { Ok(Some(result)) }
    }
}

pub(super) fn unexpected_reply() -> CallError {
    KeyStoreError::Failed("the Secret Service sent an unexpected reply".to_owned()).into()
}
