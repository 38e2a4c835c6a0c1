//! Decides the STS endpoint of each session: URL and signing region, as in botocore 1.43.11
//! (`tests/interop/endpoints.py` compares them). Only the region differs: each hop uses its own. The requested profile
//! decides for the whole chain, never its sources.

use crate::core::origin::{Located, Origin};
use crate::profile::{Profile, ProfileSet, Setting};

use super::error::PlanError;
use super::limits;
use super::limits::is_endpoint;
use super::partition::{iam_host, partition_of};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub url: Located<String>,
    pub kind: EndpointKind,
    pub signing_region: Located<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointKind {
    /// AWS's endpoint for one region. Its sessions work in all regions.
    Regional,
    /// AWS's old endpoint for all regions. Its sessions fail in regions that must be enabled.
    Global,
    Configured,
}

#[derive(Debug, Clone, Default)]
pub struct EndpointVariables {
    /// `AWS_ENDPOINT_URL_STS`, otherwise `AWS_ENDPOINT_URL`.
    pub url: Option<Located<String>>,
    pub ignore_urls: Option<Located<String>>,
    pub fips: Option<Located<String>>,
    pub dual_stack: Option<Located<String>>,
    pub regional: Option<Located<String>>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    url: Option<Located<String>>,
    legacy: Option<Origin>,
    fips: Option<Origin>,
    dual_stack: Option<Origin>,
}

/// The regions that `sts_regional_endpoints = legacy` sends to the global endpoint: those that existed before STS had
/// regional endpoints. The list is botocore's.
const LEGACY_REGIONS: [&str; 16] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    GLOBAL_REGION,
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
/// Later regions that every account has.
const DEFAULT_REGIONS: [&str; 2] = ["ap-northeast-2", "ap-northeast-3"];
const GLOBAL_REGION: &str = "aws-global";
const GLOBAL_SIGNING_REGION: &str = "us-east-1";
const GLOBAL_URL: &str = "https://sts.amazonaws.com";

/// Whether every account of the partition `aws` has `region`. Other regions must be enabled, and STS there rejects the
/// keys of accounts without them (AWS Account Management reference, "Enable or disable AWS Regions in your account").
pub fn is_enabled_by_default(region: &str) -> bool {
    LEGACY_REGIONS.contains(&region) || DEFAULT_REGIONS.contains(&region)
}

impl Choice {
    /// Variables have priority over the profile's settings.
    pub(super) fn of(
        profile: Option<(&ProfileSet<'_>, &Profile<'_>)>,
        variables: &EndpointVariables,
    ) -> Result<Self, PlanError> {
        Self::of_service("sts", profile, variables)
    }

    fn of_service(
        service: &str,
        profile: Option<(&ProfileSet<'_>, &Profile<'_>)>,
        variables: &EndpointVariables,
    ) -> Result<Self, PlanError> {
        let name = profile.map_or("environment", |(_, profile)| &profile.name);
        let EndpointVariables { url, ignore_urls, fips, dual_stack, regional } = variables;
        let said = |variable: &Option<Located<String>>, key| {
            variable.clone().or_else(|| profile.and_then(|(_, profile)| profile.get(key)).map(Setting::located))
        };
        let is_on = |variable, key| said(variable, key).filter(|switch| switch.value.eq_ignore_ascii_case("true"));
        let legacy = match said(regional, "sts_regional_endpoints") {
            Some(found) if found.value == "legacy" => Some(found.from),
            Some(found) if found.value != "regional" => {
                return Err(invalid(name, "sts_regional_endpoints", "regional or legacy", found.from));
            }
            _ => None,
        };
        let url = match (is_on(ignore_urls, "ignore_configured_endpoint_urls"), url) {
            (Some(_), _) => None,
            (None, Some(url)) => Some(url.clone()),
            (None, None) => match profile {
                Some((set, profile)) => configured(service, set, profile)?,
                None => None,
            },
        };
        if let Some(url) = url.as_ref().filter(|url| !is_endpoint(&url.value)) {
            let expected = "a URL such as https://sts.eu-west-1.amazonaws.com, without a password";
            return Err(invalid(name, "endpoint_url", expected, url.from.clone()));
        }
        Ok(Self {
            url,
            legacy,
            fips: is_on(fips, "use_fips_endpoint").map(|switch| switch.from),
            dual_stack: is_on(dual_stack, "use_dualstack_endpoint").map(|switch| switch.from),
        })
    }

    pub(super) fn endpoint(&self, region: Located<String>) -> Endpoint {
        let Self { url, legacy, fips, dual_stack } = self;
        let (region, pseudo) = without_fips(region);
        if let Some(url) = url {
            return Endpoint { url: url.clone(), kind: EndpointKind::Configured, signing_region: region };
        }
        let fips = pseudo.as_ref().or(fips.as_ref());
        let is_plain = fips.is_none() && dual_stack.is_none();
        let legacy = legacy.as_ref().filter(|_| is_plain && LEGACY_REGIONS.contains(&region.value.as_str()));
        if legacy.is_some() || (is_plain && region.value == GLOBAL_REGION) {
            let signing_region = Located::new(GLOBAL_SIGNING_REGION.to_owned(), region.from.clone());
            let url = Located::new(GLOBAL_URL.to_owned(), legacy.unwrap_or(&region.from).clone());
            return Endpoint { url, kind: EndpointKind::Global, signing_region };
        }
        let host = partition_of(&region.value).host(&region.value, fips.is_some(), dual_stack.is_some());
        let from = fips.or(dual_stack.as_ref()).cloned().unwrap_or(Origin::Default);
        let signing_region = match region.value.as_str() {
            GLOBAL_REGION => Located::new(GLOBAL_SIGNING_REGION.to_owned(), region.from),
            _ => region,
        };
        let url = Located::new(format!("https://{host}"), from);
        Endpoint { url, kind: EndpointKind::Regional, signing_region }
    }
}

/// Removes the FIPS marker of old files from the region (`fips-us-east-1`, `us-west-2-fips`), and returns its origin.
fn without_fips(mut region: Located<String>) -> (Located<String>, Option<Origin>) {
    let plain = limits::without_fips(&region.value);
    let marked = plain != region.value;
    region.value = plain;
    let from = marked.then(|| region.from.clone());
    (region, from)
}

/// IAM's endpoint, one per partition (botocore 1.44.5). `profile` and the variables apply, with IAM's URL.
pub fn iam(
    profile: Option<(&ProfileSet<'_>, &Profile<'_>)>,
    variables: &EndpointVariables,
    partition: &str,
) -> Result<Endpoint, PlanError> {
    let Choice { url, legacy: _, fips, dual_stack } = Choice::of_service("iam", profile, variables)?;
    let (region, host) = iam_host(partition, fips.is_some(), dual_stack.is_some());
    let signing_region = Located::new(region.to_owned(), Origin::Default);
    if let Some(url) = url {
        return Ok(Endpoint { url, kind: EndpointKind::Configured, signing_region });
    }
    let from = fips.or(dual_stack).unwrap_or(Origin::Default);
    Ok(Endpoint { url: Located::new(format!("https://{host}"), from), kind: EndpointKind::Global, signing_region })
}

/// The URL for the service in the profile's `services` section, otherwise the profile's own `endpoint_url`.
fn configured(
    service: &str,
    set: &ProfileSet<'_>,
    profile: &Profile<'_>,
) -> Result<Option<Located<String>>, PlanError> {
    if let Some(services) = profile.get("services") {
        let Some(section) = set.services(services.value) else {
            let (profile, section, at) = (profile.name.clone(), services.value.to_owned(), services.at);
            return Err(PlanError::NoServices { profile, section, at });
        };
        if let Some(url) = section.setting(service, "endpoint_url") {
            return Ok(Some(url));
        }
    }
    Ok(profile.get("endpoint_url").map(Setting::located))
}

fn invalid(profile: &str, key: &'static str, expected: &str, from: Origin) -> PlanError {
    PlanError::Invalid { profile: profile.to_owned(), key, expected: expected.to_owned(), from }
}
