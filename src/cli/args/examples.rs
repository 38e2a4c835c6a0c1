//! The text below the options in each `--help`. A test runs the examples.

pub(super) const PROCESS_EXAMPLES: &str = "\
Examples:
  amplify-creds process bizcorprole
  amplify-creds process bizcorprole --mfa-token 123456
  printf 123456 | amplify-creds process bizcorprole --mfa-token -
  amplify-creds process --refresh --min-ttl 30m bizcorprole

In ~/.aws/config, for every SDK and the Amplify CLI:
  [profile biz]
  credential_process = /usr/local/bin/amplify-creds process bizcorprole

The prompt for an MFA code is on the terminal device, so it also works when an
SDK uses stdin, stdout and stderr. Without a terminal and without a code, the
command fails at once with exit status 4 and prints the command to run.";

pub(super) const ENV_EXAMPLES: &str = "\
Examples:
  eval \"$(amplify-creds env bizcorprole)\"
  # keep the exit status
  creds=$(amplify-creds env bizcorprole) && eval \"$creds\"
  # fish
  amplify-creds env bizcorprole | source
  # Nushell
  amplify-creds env bizcorprole | from json | load-env
  # Elvish
  eval (amplify-creds env bizcorprole | slurp)
  # a .env file, for docker or node
  amplify-creds env bizcorprole --shell dotenv > .env
  # GitHub Actions
  amplify-creds env bizcorprole --shell github
  # remove the variables
  eval \"$(amplify-creds env --unset)\"";

pub(super) const EXEC_EXAMPLES: &str = "\
Examples:
  amplify-creds exec bizcorprole -- aws s3 ls
  amplify-creds exec bizcorprole -- npx cdk deploy
  # start a shell
  amplify-creds exec bizcorprole
  amplify-creds exec bizcorprole -- sh -c 'aws s3 ls; env | grep AWS'
  # renew the credentials while the command runs
  amplify-creds exec bizcorprole --serve -- ./three-hours.sh

The command replaces this process, so signals, job control and the exit status
are the command's. A failure before the command starts is exit status 125. Exit
status 126 means that the command cannot be run, 127 that it was not found.

If nothing selects a profile and there is no default one, a terminal shows a
list of the profiles.

Credentials in the environment stop working when the session expires. With
--serve the command gets its credentials from a local endpoint, as in an ECS
container, and every AWS SDK renews them there. The command sees a config file
with the profile's region and settings, and an empty credentials file. An MFA
prompt is never on the command's terminal: it is a dialog, or a message to run
amplify-creds login in another terminal.";

pub(super) const BROKER_EXAMPLES: &str = "\
Examples:
  amplify-creds broker bizcorprole --socket ~/.creds/dev/socket
  # read-only sessions, for a coding agent in a sandbox
  amplify-creds broker bizcorprole --policy-arn read-only --socket ~/.creds/ro/s

A container or sandbox needs this program and the directory of the socket, but
none of your files. Where AMPLIFY_CREDS_SOCKET has the path of the socket,
process, env, exec, whoami and list ask the broker.

MFA prompts and sign-ins are on this machine. A client chooses one of the
profiles, a minimum time left and a shorter duration, and nothing else. For SSH
hosts and containers see: amplify-creds man guide";

pub(super) const CONSOLE_EXAMPLES: &str = "\
Examples:
  amplify-creds console bizcorprole
  amplify-creds console bizcorprole --service s3 --region eu-west-1
  amplify-creds console bizcorprole --duration 1h
  # the credentials of this shell
  amplify-creds exec bizcorprole -- amplify-creds console
  # copy the address for a browser on another machine
  amplify-creds console bizcorprole --print | wl-copy

Only a session of a role can open the console. For a profile of IAM Identity
Center, the command opens a link of its portal. Without PROFILE, --profile and
AMPLIFY_CREDS_PROFILE, it uses the credentials of the environment if there are
any.

The browser is opened at an address of 127.0.0.1 that works once and leads to
the console. Otherwise other users could read the sign-in token in the arguments
of the browser. Over SSH, without a display, or if no browser starts, the
address of the console is printed on the terminal. It is never printed on
stderr, which may be a log.

--print prints the address on stdout. Keep it secret: every person with it can
use the console as you. It can be opened for 15 minutes.

The setting browser selects the browser, also for login. This line opens each
profile in its own container of Firefox, with an extension such as \"Open
external links in a container\":
  browser = firefox 'ext+container:name={profile}&url={url}'";

pub(super) const LOGIN_EXAMPLES: &str = "\
Examples:
  amplify-creds login bizcorprole
  # one code for all profiles with the same MFA device
  amplify-creds login dev stage prod
  amplify-creds login --all --prompt pinentry

The command prints which codes and sign-ins are needed, and then when each
session expires. IAM Identity Center and AWS Sign-In open a browser. Over SSH
and without a display, you enter a code in a browser on any machine.";

pub(super) const LOGOUT_EXAMPLES: &str = "\
Examples:
  amplify-creds logout sandbox
  amplify-creds logout --session corp
  amplify-creds logout --all

The command signs out at IAM Identity Center, and deletes the token file and
the cached sessions that came from it. The AWS CLI and SDKs use the same file.";

pub(super) const WHOAMI_EXAMPLES: &str = "\
Examples:
  amplify-creds whoami bizcorprole
  amplify-creds whoami bizcorprole --json
  amplify-creds exec bizcorprole -- amplify-creds whoami

Without PROFILE, --profile and AMPLIFY_CREDS_PROFILE, the command shows the
credentials of the environment if there are any, because most tools use them
before a profile.";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  amplify-creds check bizcorprole
  # with new sessions instead of cached ones
  amplify-creds check bizcorprole --refresh
  amplify-creds check bizcorprole --for amplify --category auth,api
  amplify-creds check bizcorprole --for amplify --gen 2
  amplify-creds check bizcorprole --json

Each role is assumed, and AWS is asked for the caller identity. If a request is
denied, the likely causes are printed. Exit status 1 means that a step failed.

With --for amplify, IAM simulates every action that Amplify needs, including the
permissions boundary and the policies of the organization. The result is a table
of categories with the denied actions, the policy type that denies them, and the
statement that allows them. Exit status 1 means that an action is denied. If the
simulation itself is denied, all actions are unknown, and the statement that
allows the simulation is printed.";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  amplify-creds explain bizcorprole
  amplify-creds explain bizcorprole --json

The command does not use the network and does not prompt.";

pub(super) const RESET_EXAMPLES: &str = "\
Examples:
  # the sessions of the Amplify project
  amplify-creds reset-cache
  amplify-creds reset-cache --env prod
  amplify-creds reset-cache bizcorprole
  amplify-creds reset-cache --expired
  amplify-creds reset-cache --all --dry-run

The Amplify CLI's own command, amplify aws reset-cache, deletes nothing if the
project uses a profile with a credential_process, and keeps the MFA session if
it uses a role profile.";

pub(super) const SETUP_EXAMPLES: &str = "\
Examples:
  # add profile bizcorprole-amplify
  amplify-creds setup bizcorprole
  amplify-creds setup bizcorprole --dry-run
  amplify-creds setup bizcorprole --in-place --project
  # a read-only profile for a coding agent: bizcorprole-agent
  amplify-creds setup bizcorprole --for-agent
  # prompt for the settings of a new role
  amplify-creds setup
  # from an invitation of the role's owner (policy invite)
  amplify-creds setup --from invitation.json
  # without prompts
  amplify-creds setup --name bizcorprole --source-profile devcorpuser \\
    --role-arn arn:aws:iam::222222222222:role/BizCorpRole --yes
  # with the keys of a new source profile
  printf %s \"$SECRET\" | amplify-creds setup --name bizcorprole \\
    --role-arn arn:aws:iam::222222222222:role/BizCorpRole --yes \\
    --source-profile devcorpuser --access-key-id AKIA... --secret-access-key -
  # one profile for each role of an sso-session
  amplify-creds setup --sso corp
  amplify-creds setup --sso corp --template '{account_id}-{role}' --prune

The new profile has a credential_process and no role, so the Amplify CLI and
every SDK can use it. With --sso, each profile has sso_session, sso_account_id,
sso_role_name, region and credential_process, so that tools with and without
IAM Identity Center get the same credentials.

With --for-agent, the credential_process of the new profile has a session policy
and a session name with the agent's name. Options of a session cannot change
them. It is a default, not a boundary: a program of the same user can use
PROFILE or other files. For a boundary, run the agent in a sandbox with only the
socket of amplify-creds broker. ReadOnlyAccess also reads data, such as S3
objects.

The diff is shown before anything is written. Comments and order are kept. The
previous content is saved as config.backup.N in the directory of the cache.";

pub(super) const INIT_EXAMPLES: &str = "\
Examples:
  # in ~/.bashrc
  eval \"$(amplify-creds init bash)\"
  # in ~/.zshrc, after compinit
  eval \"$(amplify-creds init zsh)\"
  # in config.fish
  amplify-creds init fish | source
  # Nushell, in a directory of NU_LIB_DIRS or autoload
  amplify-creds init nu | save --force acreds.nu

The script defines the function acreds and its completion:
  acreds                select a profile from a list
  acreds PROFILE        select a profile
  acreds --keys PROFILE select a profile by its keys
  acreds -              select the previous profile again
  acreds --unset        select no profile

If every tool can use the profile through amplify-creds, acreds sets AWS_PROFILE
and the region, and removes keys from the environment. Tools then renew the
credentials themselves. For any other profile, and with --keys or an option of
the session such as --duration, acreds exports keys, as env does.";

pub(super) const ACREDS_EXAMPLES: &str = "\
Examples:
  acreds
  acreds bizcorprole-amplify
  acreds -
  acreds --keys bizcorprole
  acreds --unset";

pub(super) const SESSIONS_EXAMPLES: &str = "\
Examples:
  amplify-creds sessions
  amplify-creds sessions --json";

pub(super) const AUDIT_EXAMPLES: &str = "\
Examples:
  amplify-creds audit
  amplify-creds audit bizcorprole --since 1h
  # the sessions that were new in the last week
  amplify-creds audit --since 7d --json | jq '.[] | select(.source == \"new\")'

The log is off by default. To turn it on, add this line to config.ini:
  audit_log = on

process, env, exec, acreds and console then add a line to audit.jsonl before
they hand out credentials. Each renewal of exec --serve adds a line, too, and
broker one for each client. A line has time, profile, command, role, session
name, policies, source (cached, new, or keys for plain access keys), access key
ID, and the names of the asking process and of the processes above it. The log
has no secrets and no arguments.

If a tool ran the credential_process of a profile, the table shows that profile,
and PROFILE can be its name or the name of the profile in the command.

The file is in ~/.local/state/amplify-creds on Linux. Above 1 MiB it is renamed
to audit.jsonl.1; four older files are kept. If the log cannot be written, the
credentials are still handed out, and the command prints a warning.";

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  # all profiles in all tools
  amplify-creds doctor
  # one profile and its sources
  amplify-creds doctor bizcorprole
  # fix problems, after a prompt
  amplify-creds doctor --fix
  amplify-creds doctor --json | jq '.findings[] | select(.severity == \"error\")'

The command reads the profile files in the same way as the Amplify CLI, the AWS
CLI and the SDKs for JavaScript, Rust and Go. It does not use the network. Only
--fix writes files; it shows the changes and asks first. Exit status 1 means
that there are errors. amplify-creds help findings lists all findings.";

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  amplify-creds list
  amplify-creds list --json --properties --dialect aws";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  # in ~/.bashrc
  source <(amplify-creds completions bash)
  # in ~/.zshrc
  source <(amplify-creds completions zsh)
  # in config.fish
  amplify-creds completions fish | source

The scripts complete the names of profiles, environments and sessions.";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  amplify-creds man
  amplify-creds man setup
  # files, profile keys and settings
  amplify-creds man config
  # recipes, networks and troubleshooting
  amplify-creds man guide
  amplify-creds man env > amplify-creds-env.1

On a terminal, the command man shows the page. The page need not be installed.
If stdout is not a terminal, the roff source is printed.";

pub(super) const HELP_EXAMPLES: &str = "\
Examples:
  amplify-creds help setup
  amplify-creds help policy trust
  # what each exit status means
  amplify-creds help exit-codes
  # environment variables
  amplify-creds help environment
  # files, profile keys, settings and cache
  amplify-creds help config
  # the credential_process document, and the tools that read it
  amplify-creds help process
  # the findings of doctor
  amplify-creds help findings";
