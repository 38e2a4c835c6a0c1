use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};

use crate::policy::Category;

use super::shared::duration;

pub(super) const POLICY_EXAMPLES: &str = "\
Examples:
  amplify-creds policy trust bizcorprole          for Biz Corp, who has the role
  amplify-creds policy caller bizcorprole         for Dev Corp, who assumes it
  amplify-creds policy amplify bizcorprole --category auth,api,function
  amplify-creds policy boundary bizcorprole --deny table=users

Nothing is sent: the documents come from the profile, the Amplify project and
the options. amplify-creds check proves them.";

const TRUST_EXAMPLES: &str = "\
Examples:
  amplify-creds policy trust bizcorprole
  amplify-creds policy trust bizcorprole --mfa-max-age 1h --new-external-id
  amplify-creds policy trust --principal 111111111111 --new-external-id --mfa
  amplify-creds policy trust bizcorprole --format cloudformation

Who assumes the role is known where the profile's source is another role, a role
of IAM Identity Center or has an MFA device, which is called like its user;
otherwise amplify-creds whoami SOURCE tells it, for --principal. Of a chain this
is the policy of the last role; ask for each of its profiles. A role's session
carries no MFA on, so a role that another role assumes cannot ask for it.";

const CALLER_EXAMPLES: &str = "\
Examples:
  amplify-creds policy caller bizcorprole
  aws iam put-user-policy --profile dev --user-name devcorpuser \\
    --policy-name bizcorp --policy-document \"$(amplify-creds policy caller bizcorprole)\"

Of a chain all roles are named: the user needs the first, and each role the one
that comes after it.";

const MFA_EXAMPLES: &str = "\
Examples:
  amplify-creds policy mfa
  amplify-creds policy mfa bizcorprole          in the account of its MFA device

For a group of users: each may have a device, and may do nothing else without
its code. Give a user one before the policy, or right after.";

const AMPLIFY_EXAMPLES: &str = "\
Examples:
  amplify-creds policy amplify bizcorprole
  amplify-creds policy amplify bizcorprole --category auth,api,storage
  amplify-creds policy amplify bizcorprole --managed --output amplify.json
  amplify-creds policy amplify bizcorprole --gen 2
  amplify-creds policy amplify bizcorprole --bootstrap

For the Amplify CLI (--gen 1): the minimal policy of the Amplify documentation
(--documented: only that), and the actions that version 14.2.2 calls besides. With
--managed, the actions of AWS's managed policy AdministratorAccess-Amplify. The
categories are those of the Amplify project, outside a project all of them.
Deployment (stacks, roles, the app and its bucket) is always included; auth with
triggers and REST APIs also need function. ARNs are narrowed to partition, region,
account and project, where the action allows it and they are known.

For ampx and the CDK (--gen 2): what ampx sandbox, ampx pipeline-deploy and cdk
deploy call with the caller's permissions. They deploy with the roles that cdk
bootstrap creates. An administrator runs cdk bootstrap once per account and region;
--bootstrap prints what it and CloudFormation then call with the caller's
permissions.
AWS's managed policy for the caller is AmplifyBackendDeployFullAccess.

What IAM would find too large (6,144 characters without white space) is divided:
on stdout a JSON array, in files NAME-1.json, NAME-2.json and so on.

Who may make roles can make one that may do anything; with a boundary that is
held down: roles can then be made only if they carry it. The environment's own
boundary is taken where the project's profile is asked for.";

const BOUNDARY_POLICY_EXAMPLES: &str = "\
Examples:
  amplify-creds policy boundary bizcorprole --deny table=users
  amplify-creds policy boundary bizcorprole --deny table=users:Scan --env dev
  amplify-creds policy boundary bizcorprole --allow ses:SendEmail
  amplify-creds policy boundary bizcorprole --deployer
  amplify-creds policy boundary bizcorprole --format cloudformation

A boundary grants nothing: it is the most that a role of the app can have,
whatever its policies say. It also keeps roles from creating roles without it. For
the user who deploys, the same is in policy amplify, or by itself in --deployer.

NAME is the name that amplify add asked for. --deny covers it, and the names that
Amplify makes of it in the environment: in dev, table=users covers users, users-dev
and the @model table users-APIID-dev. Outside a project, --env names the
environment; without it every environment is covered: users-*. DataStore keeps the
changes of all types in table=AmplifyDataStore. PartiQL reads a table with
dynamodb:PartiQLSelect, so deny that action, too.

Then:
  aws iam create-policy --policy-name NAME --policy-document file://boundary.json
  amplify-creds boundary set ARN";

pub(super) const BOUNDARY_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary show
  amplify-creds boundary set arn:aws:iam::222222222222:policy/app-dev-boundary
  amplify-creds boundary clear --env prod --dry-run

It stands in amplify/team-provider-info.json, and holds from the next push on
(amplify push --force where nothing else has changed). amplify env add takes it
over from the current environment; into another account, which has no such
policy, it cannot: there pass amplify env add --permissions-boundary ARN, with
--yes in any case, and '' for none. The diff is shown and a yes asked for before
anything is written; comments and order stay.";

const BOUNDARY_SHOW_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary show
  amplify-creds boundary show --env prod --json
  amplify-creds boundary show --cloud";

const BOUNDARY_SET_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary set arn:aws:iam::222222222222:policy/app-dev-boundary
  amplify-creds boundary set arn:aws:iam::aws:policy/PowerUserAccess --dry-run";

const BOUNDARY_CLEAR_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary clear --dry-run
  amplify-creds boundary clear --env prod --yes";

/// The documents of `policy`.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Who may assume the profile's role: the role's trust policy
    #[command(after_help = TRUST_EXAMPLES)]
    Trust(Trust),
    /// What assumes it: sts:AssumeRole on the roles of the profile's chain
    #[command(after_help = CALLER_EXAMPLES)]
    Caller(Plain),
    /// Users have MFA devices of their own, and can do nothing without them
    #[command(after_help = MFA_EXAMPLES)]
    Mfa(Plain),
    /// What Amplify needs to deploy
    #[command(after_help = AMPLIFY_EXAMPLES)]
    Amplify(AmplifyPolicy),
    /// How far the roles that Amplify makes may go: a permissions boundary
    #[command(after_help = BOUNDARY_POLICY_EXAMPLES)]
    Boundary(BoundaryPolicy),
}

/// The profile, and how a document is printed.
#[derive(Debug, Args)]
pub struct Plain {
    /// Profile [default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE,
    /// AWS_DEFAULT_PROFILE, the Amplify project's, "default"]
    #[arg(value_name = "PROFILE")]
    pub name: Option<String>,
    /// JSON, or a CloudFormation template with it
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub format: FormatArg,
    /// File to write it to, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write over a file that says something else
    #[arg(long, requires = "output")]
    pub force: bool,
}

/// How a document is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// The policy
    Json,
    /// A template
    Cloudformation,
}

/// Options of `policy trust`.
#[derive(Debug, Args)]
pub struct Trust {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Who assumes the role: an account's twelve digits, or the ARN of a user or
    /// a role (repeatable) [default: the profile's source, where it is known]
    #[arg(long, value_name = "WHO")]
    pub principal: Vec<String>,
    /// Another external id than the profile's
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Draw a new external id that nobody can guess
    #[arg(long, conflicts_with = "external_id")]
    pub new_external_id: bool,
    /// Ask for MFA [default: where the profile has a device]
    #[arg(long)]
    pub mfa: bool,
    /// Ask for MFA, with a code given at most so long ago, such as 1h
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub mfa_max_age: Option<u64>,
    /// Take only sessions with such a name, such as "devcorp-*"
    #[arg(long, value_name = "PATTERN")]
    pub session_name: Option<String>,
}

/// What an ARN is narrowed to.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// Account of the app [default: that of the profile's role]
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Name of the Amplify project [default: that around the current directory]
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
}

/// Options of `policy amplify`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct AmplifyPolicy {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Account and project.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Generation of Amplify: 1 for the Amplify CLI, 2 for ampx and cdk [default:
    /// the project's, else 1]
    #[arg(long = "gen", value_name = "NUMBER")]
    pub generation: Option<GenerationArg>,
    /// What cdk bootstrap needs, for the administrator who runs it once
    #[arg(long, conflicts_with_all = ["category", "documented", "managed", "boundary"])]
    pub bootstrap: bool,
    /// Categories, with commas between them [default: the project's, else all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub category: Vec<CategoryArg>,
    /// Only the actions of the Amplify documentation
    #[arg(long, conflicts_with_all = ["category", "managed"])]
    pub documented: bool,
    /// The actions of AWS's managed policy instead of the minimal ones
    #[arg(long)]
    pub managed: bool,
    /// Let roles be made only with this boundary; "" for any [default: the
    /// environment's]
    #[arg(long, value_name = "ARN")]
    pub boundary: Option<String>,
    /// Allow what amplify-creds check --for amplify asks, too
    #[arg(long)]
    pub check: bool,
}

/// Options of `policy boundary`.
#[derive(Debug, Args)]
pub struct BoundaryPolicy {
    /// Profile and output.
    #[command(flatten)]
    pub plain: Plain,
    /// Account and project.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Categories that the app has, separated by commas [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub category: Vec<CategoryArg>,
    /// Deny this to every role of the app: table=NAME, bucket=NAME,
    /// function=NAME, parameter=PATH, each also NAME:ACTION, such as
    /// table=users:Scan; service=PREFIX, action=SERVICE:ACTION (repeatable)
    #[arg(long, value_name = "KIND=NAME", value_delimiter = ',')]
    pub deny: Vec<String>,
    /// What the app's functions may do besides, such as ses:SendEmail (repeatable)
    #[arg(long, value_name = "ACTION", value_delimiter = ',')]
    pub allow: Vec<String>,
    /// The policy's name [default: amplify-PROJECT-ENVIRONMENT-boundary]
    #[arg(long = "name", value_name = "NAME")]
    pub policy_name: Option<String>,
    /// The policy's ARN [default: the environment's, else by account and name]
    #[arg(long, value_name = "ARN", conflicts_with = "policy_name")]
    pub arn: Option<String>,
    /// Only what forces new roles to carry it, for the policies of who deploys
    #[arg(long)]
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
    /// Print the ARN of the environment's boundary, if it has one
    #[command(after_help = BOUNDARY_SHOW_EXAMPLES)]
    Show {
        /// Compare both files of the Amplify CLI and the boundaries of the roles at AWS
        #[arg(long)]
        cloud: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the boundary of the environment
    #[command(after_help = BOUNDARY_SET_EXAMPLES)]
    Set {
        /// ARN of a managed policy
        #[arg(value_name = "ARN")]
        arn: String,
        /// Whether it is written.
        #[command(flatten)]
        write: Write,
    },
    /// Remove the boundary of the environment
    #[command(after_help = BOUNDARY_CLEAR_EXAMPLES)]
    Clear {
        /// Whether it is written.
        #[command(flatten)]
        write: Write,
    },
}

/// Whether a change is written.
#[derive(Debug, Args)]
pub struct Write {
    /// Print the diff, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing
    #[arg(short, long, conflicts_with = "dry_run")]
    pub yes: bool,
}
