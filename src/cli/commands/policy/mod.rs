mod invite;
mod plans;

use serde_json::Value;

use crate::amplify::boundary::is_boundary;
use crate::cli::args::policy::Trust as TrustArgs;
use crate::cli::args::policy::{AmplifyPolicy, BoundaryPolicy, FormatArg, InvitePolicy, Plain, PolicyVerb};
use crate::cli::context::Context;
use crate::cli::errors::failure::{Failure, INTERNAL, USAGE};
use crate::cli::output::{note, note_external_id};
use crate::cli::policy_categories::{ActionOptions, named, note_categories, selection};
use crate::cli::selection::no_boundary;
use crate::cli::{policy_denials, policy_file, selection};
use crate::core::shell_word::shell_word;
use crate::os::random;
use crate::plan::limits::EXTERNAL_ID;
use crate::plan::{CredentialPlan, Hop};
use crate::policy::amplify::ActionList;
use crate::policy::denied_use::is_action;
use crate::policy::document::{LARGEST, PolicyDocument};
use crate::policy::principal::{FoundPrincipal, Principal};
use crate::policy::trust::TrustConditions;
use crate::policy::{ArnScope, amplify, caller, cloudformation, device_account, mfa, permissions_boundary, principal};

use plans::{place_without_plan, plan_and_place, plan_if_any, plan_with_roles, require_roles};

/// Random bytes, because an external id must not be guessable.
const EXTERNAL_ID_BYTES: usize = 16;

pub(crate) fn name(document: &PolicyVerb) -> Option<&str> {
    match document {
        PolicyVerb::Trust(TrustArgs { plain, .. })
        | PolicyVerb::Caller(plain)
        | PolicyVerb::Mfa(plain)
        | PolicyVerb::Amplify(AmplifyPolicy { plain, .. })
        | PolicyVerb::Boundary(BoundaryPolicy { plain, .. }) => plain.name.as_deref(),
        PolicyVerb::Invite(InvitePolicy { name, .. }) => name.as_deref(),
    }
}

pub(crate) fn run(context: &Context, document: &PolicyVerb) -> Result<(), Failure> {
    match document {
        PolicyVerb::Trust(options) => trust(context, options),
        PolicyVerb::Caller(options) => {
            let plan = plan_with_roles(context)?;
            if plan.hops.len() > 1 {
                let line = "the user needs only the first of these roles; each role needs only the next one";
                note(context, line);
            }
            print(context, options, "Assume the roles of a chain", "Caller", &[caller::document(&plan)])
        }
        PolicyVerb::Mfa(options) => {
            let place = match plan_if_any(context)? {
                Some(plan) => ArnScope { account: device_account(&plan), ..ArnScope::of(&plan) },
                None => place_without_plan(context)?,
            };
            print(context, options, "Require MFA; let users manage their device", "Mfa", &[mfa::document(&place)])
        }
        PolicyVerb::Invite(options) => invite::invite(context, options),
        PolicyVerb::Amplify(options) => deployment(context, options),
        PolicyVerb::Boundary(options) => boundary(context, options),
    }
}

fn print(context: &Context, plain: &Plain, about: &str, name: &str, all: &[PolicyDocument]) -> Result<(), Failure> {
    emit(context, plain, all, || {
        let name_of = |number| if all.len() == 1 { name.to_owned() } else { format!("{name}{number}") };
        let names: Vec<_> = (1..=all.len()).map(name_of).collect();
        let policies: Vec<_> = names.iter().zip(all).map(|(name, one)| (name.as_str(), None, one)).collect();
        cloudformation::policies(about, &policies)
    })
}

fn emit(
    context: &Context,
    plain: &Plain,
    documents: &[PolicyDocument],
    template: impl FnOnce() -> Value,
) -> Result<(), Failure> {
    match plain.format {
        FormatArg::Json => policy_file::documents(context, plain, documents),
        FormatArg::Cloudformation => policy_file::template(context, plain, &template()),
    }
}

fn trust(context: &Context, options: &TrustArgs) -> Result<(), Failure> {
    // The owner of the role has no profile for it and uses options instead.
    let plan = if options.principal.is_empty() {
        Some(plan_with_roles(context)?)
    } else {
        match plan_if_any(context)? {
            Some(plan) if context.command_line_profile().is_some() => Some(require_roles(plan)?),
            plan => plan.filter(|plan| !plan.hops.is_empty()),
        }
    };
    let hop = plan.as_ref().and_then(|plan| plan.hops.last());
    let mut trust = hop.map(TrustConditions::of).unwrap_or_default();
    let mut notes = Vec::new();
    let partition = match hop {
        Some(hop) => hop.role_arn.value.partition().to_owned(),
        None => place_without_plan(context)?.partition,
    };
    for who in &options.principal {
        let found = Principal::parse(who, &partition).ok_or_else(|| {
            Failure::new(
                USAGE,
                format!("invalid --principal {who} (expected an account id, or the ARN of a user or a role)"),
            )
            .hint("for example 111111111111 or arn:aws:iam::111111111111:user/devcorpuser")
        })?;
        trust.principals.push(found);
    }
    if let (true, Some(plan)) = (trust.principals.is_empty(), &plan) {
        trust.principals.push(source(plan, &mut notes)?);
    }
    let is_role = trust.principals.iter().any(Principal::is_role);
    let is_first = plan.as_ref().is_none_or(|plan| plan.hops.len() == 1);
    let has_device = plan.as_ref().is_some_and(|plan| plan.mfa.is_some()) && is_first && !is_role;
    trust.mfa = options.mfa || options.mfa_max_age.is_some() || has_device;
    trust.mfa_max_age = options.mfa_max_age;
    if trust.mfa && is_role {
        return Err(Failure::new(
            USAGE,
            "role chaining drops the MFA context, so this trust policy cannot require MFA",
        )
        .hint("require MFA in the trust policy of the first role of the chain"));
    }
    trust.external_id = external_id(options, hop, &mut notes)?.or(trust.external_id);
    trust.session_name.clone_from(&options.session_name);
    check_session_name(options.session_name.as_deref())?;
    let document = trust.document();
    emit(context, &options.plain, std::slice::from_ref(&document), || {
        let arn = hop.map_or("AmplifyDeploy", |hop| hop.role_arn.value.as_str());
        let seconds = hop.map(|hop| hop.duration.requested.value).filter(|_| is_first);
        cloudformation::role(arn, &document, seconds)
    })?;
    for line in notes {
        note_external_id(context, &line);
    }
    Ok(())
}

fn source(plan: &CredentialPlan, notes: &mut Vec<String>) -> Result<Principal, Failure> {
    let Some(FoundPrincipal { principal, from, is_likely }) = principal::of(plan) else {
        let source = &plan.base.profile;
        return Err(Failure::new(
            USAGE,
            format!("cannot determine the user of the keys in profile {source}; add --principal ARN"),
        )
        .at(plan.base.source.origin(), Some(source))
        .hint(format!("to see the ARN: amplify-creds whoami {source}; --principal also accepts an account id")));
    };
    if is_likely {
        notes.push(format!(
            "the user's name is assumed to be that of the MFA device ({from}); if that is wrong, add --principal ARN"
        ));
    }
    Ok(principal)
}

fn external_id(options: &TrustArgs, hop: Option<&Hop>, notes: &mut Vec<String>) -> Result<Option<String>, Failure> {
    match &options.external_id {
        Some(id) if EXTERNAL_ID.allows(id) => return Ok(Some(id.clone())),
        Some(_) => return Err(Failure::new(USAGE, format!("invalid --external-id (expected {EXTERNAL_ID})"))),
        None if !options.new_external_id => return Ok(None),
        None => {}
    }
    let drawn = random::hex(EXTERNAL_ID_BYTES).map_err(|error| Failure::new(INTERNAL, error.to_string()))?;
    let id = drawn.expose().to_owned();
    notes.push(match hop.map(|hop| (&hop.profile, hop.external_id.as_ref())) {
        Some((profile, Some(old))) => {
            format!("next, set external_id = {id} in profile {profile} (replace the one at {})", old.from)
        }
        Some((profile, None)) => format!("next, add external_id = {id} to profile {profile}"),
        None => format!("next, add external_id = {id} to the profile that assumes the role"),
    });
    Ok(Some(id))
}

/// Accepts the characters of a session name, and wildcards.
fn check_session_name(pattern: Option<&str>) -> Result<(), Failure> {
    let fits = |pattern: &str| {
        (1..=64).contains(&pattern.len())
            && pattern.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-*?${}:".contains(c))
    };
    if pattern.is_none_or(fits) {
        return Ok(());
    }
    Err(Failure::new(USAGE, "invalid --session-name (expected a pattern of up to 64 letters, digits and _+=,.@-*?)"))
}

fn deployment(context: &Context, options: &AmplifyPolicy) -> Result<(), Failure> {
    let AmplifyPolicy { plain, place, generation, category, documented, managed, bootstrap, boundary, check } = options;
    let (generation, documented, managed, bootstrap) = (*generation, *documented, *managed, *bootstrap);
    let options = ActionOptions { generation, category, documented, managed, bootstrap };
    let selection = selection(context, &options)?;
    let is_gen2 = [ActionList::Gen2, ActionList::Bootstrap].contains(&selection.list);
    let (plan, place) = plan_and_place(context, place)?;
    let boundary = match boundary {
        Some(_) if is_gen2 => {
            return Err(Failure::new(USAGE, "--boundary cannot be used with --gen 2").hint(
                "the CDK creates the roles; set their boundary with: cdk bootstrap --custom-permissions-boundary NAME",
            ));
        }
        None if is_gen2 => None,
        Some(arn) => Some(arn.clone()).filter(|arn| !arn.is_empty()),
        None => environment_boundary(context, plan.as_ref())?,
    };
    if let Some(arn) = boundary.as_ref().filter(|arn| !is_boundary(arn)) {
        return Err(no_boundary(arn));
    }
    let documents = amplify::documents(&place, &selection, boundary.as_deref(), *check);
    let about = match selection.list {
        ActionList::Bootstrap => "Run cdk bootstrap",
        ActionList::Gen2 => "Deploy with ampx and the CDK",
        _ => "Deploy with the Amplify CLI",
    };
    print(context, plain, about, "AmplifyDeploy", &documents)?;
    if documents.len() > 1 && plain.format == FormatArg::Json && plain.output.is_none() {
        let line = format!(
            "these are {} policies, and IAM accepts one document at a time; --output FILE writes each to its own file",
            documents.len()
        );
        note(context, &line);
    }
    note_categories(context, &selection, !category.is_empty());
    if selection.list == ActionList::Gen2 {
        let line = "an administrator must run cdk bootstrap once; it creates the roles cdk-hnb659fds-* that this policy \
                    allows to assume; its own policy: amplify-creds policy amplify --bootstrap";
        note(context, line);
    } else if selection.list == ActionList::Bootstrap {
        note(context, "these permissions can create an administrator role: detach them after cdk bootstrap");
    } else if boundary.is_none() {
        let profile = plan.as_ref().map_or_else(String::new, |plan| format!(" {}", shell_word(&plan.profile)));
        let warning = "warning: this policy can create roles with all permissions; to limit them:";
        note(context, &format!("{warning} amplify-creds policy boundary{profile}"));
    }
    Ok(())
}

fn environment_boundary(context: &Context, plan: Option<&CredentialPlan>) -> Result<Option<String>, Failure> {
    let Some(plan) = plan else { return Ok(None) };
    selection::iam_boundary(context, plan.profile_in_files())
}

fn boundary(context: &Context, options: &BoundaryPolicy) -> Result<(), Failure> {
    let BoundaryPolicy { plain, place, category, deny, allow, policy_name, arn, deployer } = options;
    let (plan, place) = plan_and_place(context, place)?;
    let (denials, denials_note) = policy_denials::denials(context, deny)?;
    if let Some(bad) = allow.iter().find(|action| !is_action(action)) {
        return Err(Failure::new(USAGE, format!("invalid --allow {bad} (expected an action such as ses:SendEmail)")));
    }
    let of_environment = environment_boundary(context, plan.as_ref())?.filter(|_| policy_name.is_none());
    let arn = match arn.clone().or(of_environment) {
        Some(arn) => arn,
        None => boundary_arn(context, &place, policy_name.as_deref())?,
    };
    let name = arn.split_once(":policy/").map(|(_, name)| name).filter(|_| is_boundary(&arn));
    let Some(name) = name else { return Err(no_boundary(&arn)) };
    let for_deployer = permissions_boundary::for_deployer(&place, &arn);
    if *deployer {
        return print(context, plain, "Create only roles with the boundary", "AmplifyDeployer", &[for_deployer]);
    }
    let document = permissions_boundary::document(&place, &named(category), allow, &denials, &arn).map_err(|size| {
        Failure::new(USAGE, format!("the boundary would have {size} characters, but IAM accepts up to {LARGEST}"))
            .hint("a role can have only one boundary; name fewer categories, or deny by pattern: table=users*")
    })?;
    emit(context, plain, std::slice::from_ref(&document), || {
        let policies = [("Boundary", Some(name), &document), ("DeployerIsHeldToTheBoundary", None, &for_deployer)];
        cloudformation::policies("A permissions boundary for the roles of an Amplify app", &policies)
    })?;
    if let Some(line) = denials_note {
        note(context, line);
    }
    note(
        context,
        &format!("after you have created the policy, run in the Amplify project: amplify-creds boundary set {arn}"),
    );
    let line = "also require it of the deploying user: amplify-creds policy amplify --boundary ARN, or --deployer here";
    note(context, line);
    Ok(())
}

/// The ARN of a boundary that does not exist yet.
fn boundary_arn(context: &Context, place: &ArnScope, name: Option<&str>) -> Result<String, Failure> {
    let Some(account) = &place.account else {
        return Err(Failure::new(USAGE, "cannot determine the account of the boundary; add --account")
            .hint("or use a profile with a role_arn, or add --arn"));
    };
    let usual = || {
        let (app, env) = (place.app.clone(), selection::word(context, "env"));
        let words = [Some("amplify".to_owned()), app, env, Some("boundary".to_owned())];
        let name = words.into_iter().flatten().collect::<Vec<_>>().join("-");
        name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    };
    let name = name.map_or_else(usual, str::to_owned);
    let fits = (1..=128).contains(&name.rsplit('/').next().unwrap_or_default().len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c));
    if !fits {
        return Err(Failure::new(USAGE, "invalid --name (expected up to 128 letters, digits and _+=,.@-)"));
    }
    Ok(format!("arn:{}:iam::{account}:policy/{}", place.partition, name.trim_start_matches('/')))
}
