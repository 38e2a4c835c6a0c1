//! The text below the options in each `--help`. A test runs the examples.

pub(super) const EXAMPLES: &str = "\
Examples:
  amplify-creds process bizcorprole         print credentials for any AWS tool
  eval \"$(amplify-creds env bizcorprole)\"   put them into this shell
  amplify-creds explain bizcorprole         show where each setting comes from
  amplify-creds list                        show every profile

In ~/.aws/config, so that every SDK and the Amplify CLI use it:
  [profile biz]
  credential_process = /usr/local/bin/amplify-creds process bizcorprole";

pub(super) const PROCESS_EXAMPLES: &str = "\
Examples:
  amplify-creds process bizcorprole
  amplify-creds process bizcorprole --mfa-token 123456
  printf 123456 | amplify-creds process bizcorprole --mfa-token -
  amplify-creds process --refresh --min-ttl 30m bizcorprole

The code is asked for on the terminal itself, so it works when an SDK has all
three standard streams. Without a terminal and without a code it fails at once
with exit status 4 and the command to run.";

pub(super) const ENV_EXAMPLES: &str = "\
Examples:
  eval \"$(amplify-creds env bizcorprole)\"
  creds=$(amplify-creds env bizcorprole) && eval \"$creds\"   keeps the status
  amplify-creds env bizcorprole | source                      in fish
  amplify-creds env bizcorprole | from json | load-env        in Nushell
  eval (amplify-creds env bizcorprole | slurp)                in Elvish
  amplify-creds env bizcorprole --shell dotenv > .env         for docker, node
  amplify-creds env bizcorprole --shell github                in GitHub Actions
  eval \"$(amplify-creds env --unset)\"";

pub(super) const EXEC_EXAMPLES: &str = "\
Examples:
  amplify-creds exec bizcorprole -- aws s3 ls
  amplify-creds exec bizcorprole -- npx cdk deploy
  amplify-creds exec bizcorprole               a shell with the credentials
  amplify-creds exec bizcorprole -- sh -c 'aws s3 ls; env | grep AWS'
  amplify-creds exec bizcorprole --serve -- ./three-hours.sh

The command takes the place of this program: signals, job control and the exit
status are its own. Before it runs every failure is exit status 125; 126 is a
command that cannot be run, 127 one that does not exist.

Credentials in an environment end with their session. With --serve the command
asks a local endpoint for them instead, as in a container, and finds new ones
there before the old ones end; every AWS SDK does so by itself. It sees a config
file with the profile's region and other settings, and no credentials file. An
MFA code is never asked for on the command's terminal, but in a window, or by
a line that says to run login elsewhere.";

pub(super) const LOGIN_EXAMPLES: &str = "\
Examples:
  amplify-creds login bizcorprole
  amplify-creds login dev stage prod      one code, where one device serves all
  amplify-creds login --all --prompt pinentry

It says first how many codes it takes, then until when each session lasts. It
opens no console and no browser: it warms the cache that process, env and every
SDK behind them read.";

pub(super) const WHOAMI_EXAMPLES: &str = "\
Examples:
  amplify-creds whoami bizcorprole
  amplify-creds whoami bizcorprole --json
  amplify-creds exec bizcorprole -- amplify-creds whoami

Without an argument, -p and AMPLIFY_CREDS_PROFILE it shows the credentials of
the environment where it has some: most tools use them before a profile.";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  amplify-creds check bizcorprole
  amplify-creds check bizcorprole --refresh     ask for every session anew
  amplify-creds check bizcorprole --for amplify --category auth,api
  amplify-creds check bizcorprole --for amplify --gen 2
  amplify-creds check bizcorprole --json

Each step is made for real, and AWS is asked whom it takes us for. Where it
refuses, the likely causes are named; where its words leave several open, that
is said. Exit status 1 when a step fails.

--for amplify has IAM simulate every action that policy amplify lists with the
same options (--gen 2: those of ampx and cdk), boundary and organisation included: a table by category, who
denies, and the statement that mends it. Exit status 1 when anything is denied.
Where simulation is not permitted, all actions are unknown, and the statement that
permits it is printed.";

pub(super) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  amplify-creds explain bizcorprole
  amplify-creds explain bizcorprole --json

Nothing is sent and nothing is asked.";

pub(super) const RESET_EXAMPLES: &str = "\
Examples:
  amplify-creds reset-cache               the Amplify project's, inside one
  amplify-creds reset-cache --env prod
  amplify-creds reset-cache bizcorprole
  amplify-creds reset-cache --expired
  amplify-creds reset-cache --all --dry-run
  amplify-creds aws reset-cache           the same in the Amplify CLI's words

The Amplify CLI's own amplify aws reset-cache clears nothing where the project
uses a wrapper profile, and keeps the MFA session where it uses a role profile.";

pub(super) const SETUP_EXAMPLES: &str = "\
Examples:
  amplify-creds setup bizcorprole             adds profile bizcorprole-amplify
  amplify-creds setup bizcorprole --dry-run
  amplify-creds setup bizcorprole --in-place --project
  amplify-creds setup                         asks for a new role's settings
  amplify-creds setup --name bizcorprole --source-profile devcorpuser \\
    --role-arn arn:aws:iam::222222222222:role/BizCorpRole --yes
  printf %s \"$SECRET\" | amplify-creds setup --name bizcorprole \\
    --role-arn arn:aws:iam::222222222222:role/BizCorpRole --yes \\
    --source-profile devcorpuser --access-key-id AKIA... --secret-access-key -

The new profile has a credential_process and no role, which the Amplify CLI and
every SDK can use; --region gives its region. The diff is shown before anything
is written, comments and order stay, and what was there is kept beside the cache
as config.backup.N.";

pub(super) const SESSIONS_EXAMPLES: &str = "\
Examples:
  amplify-creds sessions
  amplify-creds sessions --json";

pub(super) const DOCTOR_EXAMPLES: &str = "\
Examples:
  amplify-creds doctor                    every profile, in every tool
  amplify-creds doctor bizcorprole        this one, and what it stands on
  amplify-creds doctor --fix              mend what can be mended, after a yes
  amplify-creds doctor --json | jq '.findings[] | select(.severity == \"error\")'

It reads the profile files as the Amplify CLI, the AWS CLI and the SDKs for
JavaScript, Rust and Go do, sends nothing, and changes nothing but by --fix,
which shows the change and asks first. Exit status 1 says that it found errors;
amplify-creds help findings lists all it can find.";

pub(super) const LIST_EXAMPLES: &str = "\
Examples:
  amplify-creds list
  amplify-creds list --json --properties --dialect aws";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(amplify-creds completions bash)              in ~/.bashrc
  source <(amplify-creds completions zsh)               in ~/.zshrc
  amplify-creds completions fish | source               in config.fish

Profiles, environments and session names are completed as they are at the time.";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  amplify-creds man
  amplify-creds man setup
  amplify-creds man config                the files, profile keys and settings
  amplify-creds man guide                 recipes, details, troubleshooting
  amplify-creds man env > amplify-creds-env.1

On a terminal the page is shown by man, with the pager that MANPAGER names; it
need not be installed. Elsewhere its source is printed.";

pub(super) const HELP_EXAMPLES: &str = "\
Examples:
  amplify-creds help setup
  amplify-creds help exit-codes           what each exit status means
  amplify-creds help environment          the variables that are read
  amplify-creds help config               files, profile keys, settings, cache
  amplify-creds help process              the document, and who asks for it
  amplify-creds help findings             what doctor can find";
