use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};

use crate::policy::Category;

use super::global::{NO_PROFILE, own_region, unused};
use super::policy_examples::{
    AMPLIFY_EXAMPLES, BOUNDARY_CLEAR_EXAMPLES, BOUNDARY_POLICY_EXAMPLES, BOUNDARY_SET_EXAMPLES, BOUNDARY_SHOW_EXAMPLES,
    CALLER_EXAMPLES, INVITE_EXAMPLES, MFA_EXAMPLES, TRUST_EXAMPLES,
};
use super::shared::duration;

/// The documents of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Trust policy of the role: who may assume it
    #[command(after_long_help = TRUST_EXAMPLES, arg(own_region("Region that decides the AWS partition")))]
    Trust(Trust),
    /// Identity policy for the caller: sts:AssumeRole on every role
    #[command(after_long_help = CALLER_EXAMPLES, args(unused(["region"])))]
    Caller(Plain),
    /// Let users manage their MFA device, and deny all else without MFA
    #[command(after_long_help = MFA_EXAMPLES, arg(own_region("Region that decides the AWS partition")))]
    Mfa(Plain),
    /// Invitation to use the role, which setup reads
    #[command(after_long_help = INVITE_EXAMPLES, arg(own_region("Region to work in [default: the profile's]")))]
    Invite(InvitePolicy),
    /// Permissions that Amplify needs to deploy
    #[command(after_long_help = AMPLIFY_EXAMPLES, arg(own_region("Region in the ARNs [default: the profile's]")))]
    Amplify(AmplifyPolicy),
    /// Permissions boundary for the roles that Amplify creates
    #[command(after_long_help = BOUNDARY_POLICY_EXAMPLES, arg(own_region("Region in the ARNs [default: the profile's]")))]
    Boundary(BoundaryPolicy),
}

impl PolicyVerb {
    /// The command, for hints.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Trust(_) => "policy trust",
            Self::Caller(_) => "policy caller",
            Self::Mfa(_) => "policy mfa",
            Self::Invite(_) => "policy invite",
            Self::Amplify(_) => "policy amplify",
            Self::Boundary(_) => "policy boundary",
        }
    }
}

/// The profile, and how a document is printed.
#[derive(Debug, Args)]
pub struct Plain {
    /// Profile to use
    ///
    /// Default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE, AWS_DEFAULT_PROFILE, the
    /// profile of the Amplify project, "default".
    #[arg(value_name = "PROFILE")]
    pub name: Option<String>,
    /// Format: json or cloudformation
    #[arg(long, value_name = "FORMAT", hide_possible_values = true, default_value = "json")]
    pub format: FormatArg,
    /// File to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite a file that has other content
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// How a document is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// Policy document
    Json,
    /// CloudFormation template
    Cloudformation,
}

#[derive(Debug, Args)]
pub struct Trust {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Account or ARN that assumes the role (repeatable)
    ///
    /// A 12-digit account ID, or the ARN of a user or role. Default: the source
    /// of the profile, if its ARN is known.
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: Vec<String>,
    /// External ID instead of the profile's
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Create a random external ID
    #[arg(long, conflicts_with = "external_id")]
    pub new_external_id: bool,
    /// Require MFA [default: if the profile has an MFA device]
    #[arg(long)]
    pub mfa: bool,
    /// Require MFA with a code not older than this
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub mfa_max_age: Option<u64>,
    /// Require a session name, for example "devcorp-*"
    #[arg(long, value_name = "PATTERN")]
    pub session_name: Option<String>,
}

#[derive(Debug, Args)]
pub struct InvitePolicy {
    /// Profile of the role [default: as in policy trust]
    ///
    /// Without a profile, use --role-arn.
    #[arg(value_name = "PROFILE")]
    pub name: Option<String>,
    /// Role, if no profile has it
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// External ID instead of the profile's
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Whether the role requires MFA [default: as in the profile]
    #[arg(long)]
    pub mfa: bool,
    /// Session duration instead of the profile's
    #[arg(short, long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<u64>,
    /// Text for the reader, up to 200 characters
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// File to write [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Overwrite a file that has other content
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// The scope of ARNs.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// Account of the app [default: the role's]
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Name of the Amplify project [default: the current one]
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct AmplifyPolicy {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Account and project.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Amplify generation, 1 or 2
    ///
    /// 1 is the Amplify CLI; 2 is ampx and cdk. Default: the generation of the
    /// project, or 1.
    #[arg(long = "gen", value_name = "NUMBER", hide_possible_values = true)]
    pub generation: Option<GenerationArg>,
    /// Print what cdk bootstrap needs, for the administrator who runs it
    #[arg(long, conflicts_with_all = ["category", "documented", "managed", "boundary"])]
    pub bootstrap: bool,
    /// Categories, separated by commas
    ///
    /// all, deployment, auth, api, storage, function, hosting, analytics,
    /// notifications, interactions, predictions or geo. Default: the categories
    /// of the project, or all.
    #[arg(long, value_name = "NAME", value_delimiter = ',', hide_possible_values = true)]
    pub category: Vec<CategoryArg>,
    /// Only actions in the Amplify documentation
    #[arg(long, conflicts_with_all = ["category", "managed"])]
    pub documented: bool,
    /// Actions of the AWS managed policy
    #[arg(long)]
    pub managed: bool,
    /// Permissions boundary that new roles must have
    ///
    /// "" allows roles without one. Default: the boundary of the Amplify
    /// environment.
    #[arg(long, value_name = "ARN")]
    pub boundary: Option<String>,
    /// Add the permissions to simulate the policy in IAM
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub struct BoundaryPolicy {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Account and project.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Categories of the app, separated by commas
    ///
    /// all, deployment, auth, api, storage, function, hosting, analytics,
    /// notifications, interactions, predictions or geo. Default: all.
    #[arg(long, value_name = "NAME", value_delimiter = ',', hide_possible_values = true)]
    pub category: Vec<CategoryArg>,
    /// Deny the use of a resource or action (repeatable)
    ///
    /// table=NAME, bucket=NAME, function=NAME or parameter=PATH, each also with
    /// an action, for example table=users:Scan; service=PREFIX; or
    /// action=SERVICE:ACTION.
    #[arg(long, value_name = "KIND=NAME", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// Allow functions another action (repeatable)
    ///
    /// For example ses:SendEmail.
    #[arg(long, value_name = "ACTION", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// Name of the policy
    ///
    /// Default: amplify-PROJECT-ENVIRONMENT-boundary.
    #[arg(long = "name", value_name = "NAME")]
    pub policy_name: Option<String>,
    /// ARN of the policy
    ///
    /// Default: the boundary of the Amplify environment, or from the account and the name.
    #[arg(long, value_name = "ARN", conflicts_with = "policy_name")]
    pub arn: Option<String>,
    /// Print the policy for the deploying user instead
    ///
    /// With it, the user can create roles only with the boundary.
    #[arg(long, conflicts_with_all = ["category", "deny", "allow"])]
    pub deployer: bool,
}

/// A generation of Amplify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GenerationArg {
    /// The Amplify CLI
    #[value(name = "1")]
    One,
    /// ampx and the CDK
    #[value(name = "2")]
    Two,
}

/// A category, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryArg {
    All,
    One(Category),
}

impl ValueEnum for CategoryArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [CategoryArg; Category::ALL.len() + 1] = {
            let mut all = [CategoryArg::All; Category::ALL.len() + 1];
            let mut index = 0;
            while index < Category::ALL.len() {
                all[index + 1] = CategoryArg::One(Category::ALL[index]);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::All => Some(PossibleValue::new("all").help("Every category")),
            Self::One(category) => category.to_possible_value(),
        }
    }
}

impl ValueEnum for Category {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.services()))
    }
}

/// What `boundary` does.
#[derive(Debug, Subcommand)]
pub enum BoundaryVerb {
    /// Print the ARN of the permissions boundary
    #[command(after_long_help = BOUNDARY_SHOW_EXAMPLES, arg(own_region("With --cloud: region of the endpoints")))]
    Show {
        /// Compare the files of Amplify with the roles in AWS
        #[arg(long)]
        cloud: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the permissions boundary
    #[command(after_long_help = BOUNDARY_SET_EXAMPLES, args(unused(NO_PROFILE)))]
    Set {
        /// ARN of a managed policy
        #[arg(value_name = "ARN")]
        arn: String,
        /// Whether it is written.
        #[command(flatten)]
        write: Write,
    },
    /// Remove the permissions boundary
    #[command(after_long_help = BOUNDARY_CLEAR_EXAMPLES, args(unused(NO_PROFILE)))]
    Clear {
        /// Whether it is written.
        #[command(flatten)]
        write: Write,
    },
}

/// Whether a change is written.
#[derive(Debug, Args)]
pub struct Write {
    /// Print the diff, without writing it
    #[arg(long)]
    pub dry_run: bool,
    /// Write without a prompt
    #[arg(short, long, conflicts_with = "dry_run")]
    pub yes: bool,
}
