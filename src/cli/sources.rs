use std::path::PathBuf;
use std::rc::Rc;

use crate::cache::store::Store;
use crate::cli::connection_pool::ConnectionPool;
use crate::cli::context::Context;
use crate::core::clock::Clock;
use crate::core::origin::Located;
use crate::os::env;
use crate::plan::CredentialPlan;
use crate::source::Sources;
use crate::sts::connections::Connections;

pub(crate) fn with_sources<T>(
    context: &Context,
    pool: &ConnectionPool,
    plan: &CredentialPlan,
    store: &Store,
    what: impl FnOnce(&Sources<'_>) -> T,
) -> T {
    with_sources_trusting(context, pool, plan.ca_bundle.clone(), store, what)
}

pub(crate) fn with_sources_trusting<T>(
    context: &Context,
    pool: &ConnectionPool,
    ca_bundle: Option<Located<String>>,
    store: &Store,
    what: impl FnOnce(&Sources<'_>) -> T,
) -> T {
    let connections = connections(context, pool, ca_bundle);
    what(&Sources {
        connections: &connections,
        sso_cache: &context.paths.sso_cache(),
        login_cache: &context.paths.login_cache(&context.env),
        store,
        endpoints: context.source_endpoints(),
        key_store: &context.key_store(),
        clock: Clock::System,
    })
}

pub(crate) fn connections(
    context: &Context,
    pool: &ConnectionPool,
    ca_bundle: Option<Located<String>>,
) -> Rc<Connections> {
    pool.get(context, roots(context, ca_bundle))
}

/// The file of trusted certificate authorities, if any is configured. The settings of the AWS SDKs have priority over
/// those of other programs.
fn roots(context: &Context, ca_bundle: Option<Located<String>>) -> Option<Located<PathBuf>> {
    let of_others = || context.variable(&[env::REQUESTS_CA_BUNDLE, env::SSL_CERT_FILE]);
    let Located { value, from } = ca_bundle.or_else(of_others)?;
    Some(Located::new(context.paths.expand(value.into()), from))
}
