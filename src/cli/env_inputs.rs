use crate::cli::context::{Context, env_profile};
use crate::cli::errors::failure::{CONFIG, Failure};
use crate::cli::exported_region;
use crate::core::origin::{Located, Origin};
use crate::core::secret::Secret;
use crate::os::{env, machine};
use crate::plan::endpoint::EndpointVariables;
use crate::plan::inputs::{HostnameFn, Inputs, RoleFlags};
use crate::plan::session::SessionExtras;
use crate::plan::session_name;
use crate::plan::sources::{ContainerService, ContainerToken, ECS_CONTAINER, MetadataService, WebIdentityInputs};
use crate::profile::keys::{KeyPlace, KeyPlaces, Keys};
use crate::source::SourceEndpoints;

impl Context {
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let region = self.global.region.clone().filter(|region| !region.is_empty());
        let region = region.map(|region| Located::new(region, Origin::Flag("--region")));
        let session_name = self.setting(env::AMPLIFY_CREDS_SESSION_NAME, "session_name");
        if let Some(name) = session_name.as_ref().filter(|name| !session_name::allows(&name.value)) {
            let message = format!("invalid session name in {}", name.from);
            let hint = format!("it must be {}", session_name::expected());
            return Err(Failure::new(CONFIG, message).at(&name.from, None).hint(hint));
        }
        let variable = || self.variable(&[env::AWS_REGION, env::AWS_DEFAULT_REGION]);
        // Users write regions in variables with blanks and capitals.
        let normal = |region: Located<String>| Located::new(region.value.trim().to_ascii_lowercase(), region.from);
        Ok(Inputs {
            may_lack_base: self.is_offline(),
            environment_region: region.clone().or_else(variable).map(normal),
            region: region.or_else(|| exported_region::of_user(&self.env)).map(normal),
            duration: None,
            role: RoleFlags::default(),
            extras: SessionExtras::default(),
            session_name,
            sts: EndpointVariables {
                url: self.variable(&[env::AWS_ENDPOINT_URL_STS, env::AWS_ENDPOINT_URL]),
                ignore_urls: self.variable(&[env::AWS_IGNORE_CONFIGURED_ENDPOINT_URLS]),
                fips: self.variable(&[env::AWS_USE_FIPS_ENDPOINT]),
                dual_stack: self.variable(&[env::AWS_USE_DUALSTACK_ENDPOINT]),
                regional: self.variable(&[env::AWS_STS_REGIONAL_ENDPOINTS]),
            },
            ca_bundle: self.variable(&[env::AWS_CA_BUNDLE]),
            environment: self.environment_keys(),
            web_identity: self.variable(&[env::AWS_WEB_IDENTITY_TOKEN_FILE]).map(|file| WebIdentityInputs {
                token_file: Located::new(file.value.into(), file.from),
                role_arn: self.variable(&[env::AWS_ROLE_ARN]),
                session_name: self.variable(&[env::AWS_ROLE_SESSION_NAME]),
            }),
            metadata: MetadataService {
                endpoint: self.variable(&[env::AWS_EC2_METADATA_SERVICE_ENDPOINT]),
                endpoint_mode: self.variable(&[env::AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE]),
                v1_disabled: self.variable(&[env::AWS_EC2_METADATA_V1_DISABLED]),
                disabled: self.variable(&[env::AWS_EC2_METADATA_DISABLED]),
            },
            container: self.container(),
            machine: HostnameFn(machine::name),
            unnamed_profile: env_profile(&self.env).map_or_else(|| "default".to_owned(), |found| found.value),
            program: env::executable(),
            waiting: self.chain().waiting(&self.config()),
        })
    }

    pub(super) fn source_endpoints(&self) -> SourceEndpoints {
        if self.env.switch(env::AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) {
            return SourceEndpoints::default();
        }
        let url = |name| self.variable(&[name, env::AWS_ENDPOINT_URL]).map(|url| url.value);
        SourceEndpoints {
            sso: url(env::AWS_ENDPOINT_URL_SSO),
            sso_oidc: url(env::AWS_ENDPOINT_URL_SSO_OIDC),
            signin: url(env::AWS_ENDPOINT_URL_SIGNIN),
        }
    }

    /// The relative URI has priority over the full one, as in every SDK.
    fn container(&self) -> ContainerService {
        let relative = self.variable(&[env::AWS_CONTAINER_CREDENTIALS_RELATIVE_URI]);
        let relative = relative.map(|path| Located::new(format!("{ECS_CONTAINER}{}", path.value), path.from));
        let file = self.env.path(env::AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE);
        let file = file.map(|path| ContainerToken::File { path: self.paths.expand(path), hash: String::new() });
        let text = || self.env.text(env::AWS_CONTAINER_AUTHORIZATION_TOKEN).map(Secret::new).map(ContainerToken::Text);
        ContainerService {
            uri: relative.or_else(|| self.variable(&[env::AWS_CONTAINER_CREDENTIALS_FULL_URI])),
            token: file.or_else(text),
        }
    }

    fn environment_keys(&self) -> Option<Keys> {
        let place = |name| KeyPlace { name, from: Origin::Variable(name) };
        Some(Keys {
            access_key_id: self.env.text(env::AWS_ACCESS_KEY_ID)?,
            secret_access_key: Secret::new(self.env.text(env::AWS_SECRET_ACCESS_KEY)?),
            session_token: self.env.text(env::AWS_SESSION_TOKEN).map(Secret::new),
            from: Origin::Variable(env::AWS_ACCESS_KEY_ID),
            places: KeyPlaces {
                access_key_id: place(env::AWS_ACCESS_KEY_ID),
                secret_access_key: place(env::AWS_SECRET_ACCESS_KEY),
                session_token: Some(place(env::AWS_SESSION_TOKEN)),
            },
        })
    }
}
