//! amplify-creds-config(5) and `help config`: the files, the keys of a profile, the program's own settings, the
//! readings, the form of the cache. Tests hold it to the keys that the program reads.

use super::page::{Block, Page, Section, exit_status, files, items, lines, text};
use super::variables;

pub(super) fn page() -> Page {
    let mut all = sections();
    all.push(variables::section());
    all.push(exit_status());
    all.push(security());
    all.push(examples());
    all.push(Section::new(
        "SEE ALSO",
        vec![text("amplify-creds(1), amplify-creds-explain(1), amplify-creds-doctor(1), amplify-creds-setup(1)")],
    ));
    Page {
        name: "amplify-creds-config".to_owned(),
        section: 5,
        about: "files, profile keys and settings of amplify-creds".to_owned(),
        sections: all,
    }
}

/// What `help config` prints.
pub(super) fn sections() -> Vec<Section> {
    vec![files(), keys(), settings(), dialects(), cache()]
}

fn keys() -> Section {
    Section::new(
        "PROFILE KEYS",
        vec![
            text(
                "In a section [profile NAME] of the config file, or [NAME] of the credentials file, which comes first.",
            ),
            Block::Heading("The role"),
            items(&[
                ("role_arn", "The role to assume."),
                ("source_profile", "The profile whose credentials assume it; with a role of its own, to any depth."),
                (
                    "credential_source",
                    "Environment, Ec2InstanceMetadata or EcsContainer in its stead: the environment's keys, the role of \
                     the instance, that of the container.",
                ),
                ("external_id", "What the role's trust policy asks for."),
                (
                    "role_session_name",
                    "The session's name, 2 to 64 letters, digits and +=,.@-_; {user}, {host}, {profile}, {project} and \
                     {env} are filled in. Default: amplify, as in the Amplify CLI.",
                ),
                ("duration_seconds", "How long it lasts, 900 to 43200. AWS allows 3600 for a role assumed by a role."),
                ("web_identity_token_file", "A file whose token gives the role: Kubernetes, GitHub."),
                ("region", "The region of the STS that is called, and of the shell or command that gets the keys."),
            ]),
            Block::Heading("MFA"),
            items(&[
                ("mfa_serial", "The device: an ARN, or a hardware device's number."),
                ("mfa_process", "A command that prints the code. It runs in a shell and may use the terminal."),
                (
                    "mfa_session",
                    "How long one code is good for every role of the user, such as 8h; off asks for each role anew. \
                     Default: 12h.",
                ),
            ]),
            Block::Heading("Where a chain begins"),
            items(&[
                ("aws_access_key_id, aws_secret_access_key", "A user's keys."),
                ("aws_session_token, aws_security_token", "The token of temporary ones."),
                ("aws_account_id", "The account of the keys, where a document names one."),
                ("credential_process", "A command that prints a credential_process document."),
                ("sso_session", "A section [sso-session NAME] with sso_start_url and sso_region: IAM Identity Center."),
                ("sso_start_url, sso_region", "The same in the profile itself."),
                ("sso_account_id, sso_role_name", "Which role of which account it gives."),
                ("login_session", "What aws login wrote."),
            ]),
            Block::Heading("What the session may do and says of itself"),
            items(&[
                (
                    "policy_arns",
                    "Managed policies that it cannot exceed, with commas between; read-only stands for ReadOnlyAccess, \
                     boundary for the permissions boundary of the Amplify environment.",
                ),
                ("policy", "A policy that it cannot exceed: JSON, or a file beside the config file."),
                ("session_tags", "KEY=VALUE, with commas between."),
                ("transitive_session_tags", "Which of those keys go on to roles assumed later."),
                ("source_identity", "Who is behind it, in CloudTrail and for every role assumed later."),
                ("provided_contexts", "ARN=FILE: what a context provider vouches for."),
            ]),
            Block::Heading("Where AWS is"),
            items(&[
                ("sts_regional_endpoints", "regional (the default) or legacy."),
                ("endpoint_url", "URL of every service; in a [services NAME] block, of one."),
                ("services", "The name of that section."),
                ("ignore_configured_endpoint_urls", "true: no configured URL counts."),
                ("use_fips_endpoint, use_dualstack_endpoint", "true: hosts with FIPS cryptography, with IPv6."),
                ("ca_bundle", "PEM file of the certificate authorities to trust."),
                ("ec2_metadata_service_endpoint, ec2_metadata_service_endpoint_mode", "The metadata service of EC2."),
                ("ec2_metadata_v1_disabled", "true: never ask it without a token."),
            ]),
            Block::Heading("How this program treats the profile"),
            items(&[
                ("include_profile", "A profile that fills in what this one leaves out."),
                ("min_ttl", "How long a cached session must still last to be handed out. Default: 15m."),
            ]),
        ],
    )
}

fn settings() -> Section {
    Section::new(
        "SETTINGS",
        vec![
            text("config.ini in amplify-creds' own configuration directory: KEY = VALUE, without sections."),
            items(&[
                ("dialect", "auto, amplify or aws. Default: auto."),
                ("lock_timeout", "How long to wait for another process that fetches the same session. Default: 240s."),
                ("min_ttl", "As the profile's key, for profiles without one."),
                (
                    "prompt",
                    "tty, pinentry, osascript, zenity, powershell or none. Default: the terminal, then a window.",
                ),
                ("serve_port", "The port of exec --serve. Default: a free one."),
                ("session_name", "The session name of profiles without role_session_name."),
            ]),
            text("Another key is an error: a setting that is silently passed over is worse than none."),
        ],
    )
}

fn dialects() -> Section {
    Section::new(
        "DIALECTS",
        vec![
            text("Tools read the same two files differently. --dialect says how they are read here:"),
            items(&[
                (
                    "auto",
                    "As any of your tools would mean it. The AWS spelling of a name comes first, then the Amplify CLI's. \
                     What one of them rejects and another takes is taken; amplify-creds doctor tells of it.",
                ),
                (
                    "aws",
                    "As the AWS SDK for Rust: [profile NAME] in config, [NAME] in credentials, and no quotes around the name.",
                ),
                (
                    "amplify",
                    "As the Amplify CLI, that is npm ini: a dot in a header makes nested sections, values may be quoted, \
                     \\; and \\# stand for themselves, and true, null and JSON lose their quotes.",
                ),
            ]),
            text(
                "Of a section that stands twice all keys count, the last of each. # and ; begin a comment after white \
                 space only. An indented line continues the value before it.",
            ),
        ],
    )
}

fn cache() -> Section {
    Section::new(
        "CACHE FORMAT",
        vec![
            text("One JSON object, by role and by session name, as the Amplify CLI reads and writes it:"),
            lines(
                r#"
{ "ROLE_ARN": {
    "SESSION_NAME": {
      "accessKeyId", "secretAccessKey", "sessionToken", "expiration",
      "credentials": { the same four },
      "amplifyCreds": { "v", "fingerprint", "writtenAt", "lifetime",
                        "profile", "accountId", "clockOffset" } },
    "SESSION_NAME#HHHHHHHH": { the same } },
  "MFA_SERIAL": { "ACCESS_KEY_ID#HHHHHHHH": { the same } } }"#,
            ),
            items(&[
                (
                    "expiration",
                    "RFC 3339, or milliseconds since 1970 where the Amplify CLI wrote it. Anything else counts as over.",
                ),
                (
                    "amplifyCreds",
                    "Whose session it is. v is 1; fingerprint, a SHA-256 in hex over everything that decides whose it is \
                     and what it may do; lifetime in seconds. An entry without it is the Amplify CLI's, and is used only \
                     where exactly one profile could have made it.",
                ),
                (
                    "#HHHHHHHH",
                    "The fingerprint's first eight digits: a session that the Amplify CLI must not take for the plain one.",
                ),
            ]),
            text("What is not known stays as it is. The file is replaced by rename, under locks/cache.lock."),
        ],
    )
}

fn security() -> Section {
    Section::new(
        "SECURITY",
        vec![text(
            "Whoever writes your config file chooses which commands run (credential_process, mfa_process) and whom you \
             call (endpoint_url, ca_bundle). amplify-creds doctor tells where others can read or write the files. Values \
             of secret keys are never shown.",
        )],
    )
}

fn examples() -> Section {
    Section::new(
        "EXAMPLES",
        vec![
            text("A role in another account with an external id and MFA, and a profile for the tools that cannot ask:"),
            lines(EXAMPLE),
            text("Which settings count, each with its file and line:"),
            lines("amplify-creds explain bizcorprole"),
            text("As the Amplify CLI reads the files, as JSON:"),
            lines("amplify-creds list --dialect amplify --json --properties"),
        ],
    )
}

const EXAMPLE: &str = "
[profile bizcorprole]
role_arn       = arn:aws:iam::222222222222:role/BizCorpRole
source_profile = devcorpuser
mfa_serial     = arn:aws:iam::111111111111:mfa/devcorpuser
external_id    = BizCorp-Ext-4711
region         = us-east-1

[profile devcorpuser]
region = us-east-1

[profile biz]
credential_process = /usr/local/bin/amplify-creds process bizcorprole
region = us-east-1";
