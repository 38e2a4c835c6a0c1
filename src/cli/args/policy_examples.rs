//! The text below the options in the `--help` of `policy` and `boundary`. A test runs the examples.

pub(super) const POLICY_EXAMPLES: &str = "\
Examples:
  # for the account with the role
  amplify-creds policy trust bizcorprole
  # for the account with the user
  amplify-creds policy caller bizcorprole
  # for the user of the role, who runs amplify-creds setup --from FILE
  amplify-creds policy invite bizcorprole --output invitation.json
  amplify-creds policy amplify bizcorprole --category auth,api,function
  amplify-creds policy boundary bizcorprole --deny table=users

The documents are created from the profile, the Amplify project and the options,
without the network. amplify-creds check tests them.";

pub(super) const TRUST_EXAMPLES: &str = "\
Examples:
  amplify-creds policy trust bizcorprole
  amplify-creds policy trust bizcorprole --mfa-max-age 1h --new-external-id
  amplify-creds policy trust --principal 111111111111 --new-external-id --mfa
  amplify-creds policy trust bizcorprole --format cloudformation

The principal is known if the profile's source is a role, uses IAM Identity
Center, or has an MFA device with the name of its user. Otherwise run
amplify-creds whoami SOURCE to get the ARN, and pass it with --principal.

For a chain, this is the policy of the last role. Run the command once for each
profile of the chain. Role chaining drops the MFA context, so the trust policy
of a role that another role assumes cannot require MFA.";

pub(super) const CALLER_EXAMPLES: &str = "\
Examples:
  amplify-creds policy caller bizcorprole
  aws iam put-user-policy --profile dev --user-name devcorpuser \\
    --policy-name bizcorp \\
    --policy-document \"$(amplify-creds policy caller bizcorprole)\"

For a chain, the policy has all roles. The user needs the first role, and each
role needs the next one.";

pub(super) const INVITE_EXAMPLES: &str = "\
Examples:
  amplify-creds policy invite bizcorprole --output invitation.json
  amplify-creds policy invite --mfa --external-id BizCorp-Ext-4711 \\
    --role-arn arn:aws:iam::222222222222:role/BizCorpRole
  amplify-creds policy invite bizcorprole --note \"Questions: ops@biz.example\"

Send the JSON document to the user of the role, who runs:
  amplify-creds setup --from invitation.json

It contains the role's ARN, the external ID, the region, the session duration,
the note, and whether the role requires MFA. It contains no secret: AWS does not
treat the external ID as one. A value that is unknown is null, and setup prompts
for it.";

pub(super) const MFA_EXAMPLES: &str = "\
Examples:
  amplify-creds policy mfa
  # in the account of the profile's MFA device
  amplify-creds policy mfa bizcorprole

Attach the policy to a group of users. Each user can manage an MFA device, and
everything else is denied without MFA. Give each user a device before you attach
the policy, or right after.";

pub(super) const AMPLIFY_EXAMPLES: &str = "\
Examples:
  amplify-creds policy amplify bizcorprole
  amplify-creds policy amplify bizcorprole --category auth,api,storage
  amplify-creds policy amplify bizcorprole --managed --output amplify.json
  amplify-creds policy amplify bizcorprole --gen 2
  amplify-creds policy amplify bizcorprole --bootstrap

Gen 1 (the Amplify CLI): the minimal policy in the Amplify documentation, and
the other actions that version 14.2.2 calls. With --documented, only the first.
With --managed, the actions of the AWS managed policy
AdministratorAccess-Amplify. Deployment (stacks, roles, the app and its bucket)
is always included. Auth with triggers and REST APIs also need function. ARNs
are limited to the partition, region, account and project if they are known and
the action supports it.

Gen 2 (ampx and the CDK): the actions that ampx sandbox, ampx pipeline-deploy
and cdk deploy call with the caller's permissions. They deploy with the roles
that cdk bootstrap creates. An administrator runs cdk bootstrap once per account
and region; --bootstrap prints the actions that it and CloudFormation call. The
AWS managed policy for the caller is AmplifyBackendDeployFullAccess.

A policy that is too large for IAM (6,144 characters without white space) is
split: into a JSON array on stdout, or into the files NAME-1.json, NAME-2.json
and so on.

A user who can create roles can create a role that is allowed everything. With a
permissions boundary, the user can create only roles that have the boundary. If
the profile is the Amplify project's, the boundary of the environment is used.";

pub(super) const BOUNDARY_POLICY_EXAMPLES: &str = "\
Examples:
  amplify-creds policy boundary bizcorprole --deny table=users
  amplify-creds policy boundary bizcorprole --deny table=users:Scan --env dev
  amplify-creds policy boundary bizcorprole --allow ses:SendEmail
  amplify-creds policy boundary bizcorprole --deployer
  amplify-creds policy boundary bizcorprole --format cloudformation

A permissions boundary grants nothing. It is the maximum of what a role of the
app can do, whatever its policies allow. It also keeps these roles from creating
roles without the boundary. The deploying user needs the same rule: it is part
of policy amplify, and --deployer prints it separately.

--deny covers a name, and also the names that the Amplify CLI makes from it:
table=users also denies users-ENV and the table of a GraphQL type users. ENV is
the project's current environment or --env. Outside a project and without --env,
ENV matches every environment. DataStore keeps the changes of all types in
table=AmplifyDataStore. dynamodb:PartiQLSelect also reads a table: deny it, too.

Then create the policy and set it as the boundary:
  aws iam create-policy --policy-name NAME \\
    --policy-document file://boundary.json
  amplify-creds boundary set ARN";

pub(super) const BOUNDARY_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary show
  amplify-creds boundary set arn:aws:iam::222222222222:policy/app-dev-boundary
  amplify-creds boundary clear --env prod --dry-run

The boundary is stored in amplify/team-provider-info.json and takes effect at
the next amplify push (with --force if nothing else has changed).

amplify env add copies the boundary of the current environment, but not to
another AWS account, which does not have the policy. There, and always with
--yes, run amplify env add --permissions-boundary ARN ('' for no boundary).

The diff is shown, and you are asked, before anything is written. Comments and
order are kept.";

pub(super) const BOUNDARY_SHOW_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary show
  amplify-creds boundary show --env prod --json
  amplify-creds boundary show --cloud";

pub(super) const BOUNDARY_SET_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary set arn:aws:iam::222222222222:policy/app-dev-boundary
  amplify-creds boundary set arn:aws:iam::aws:policy/PowerUserAccess --dry-run";

pub(super) const BOUNDARY_CLEAR_EXAMPLES: &str = "\
Examples:
  amplify-creds boundary clear --dry-run
  amplify-creds boundary clear --env prod --yes";
