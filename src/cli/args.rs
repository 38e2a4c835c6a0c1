//! Owns the command line: definitions only, no behaviour. Help, man pages and completions are made from it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::ArgValueCandidates;

use crate::output::shell::{NAMES, Shell, ShellName};
use crate::settings::seconds;

use super::args_policy::{BOUNDARY_EXAMPLES, BoundaryVerb, CategoryArg, POLICY_EXAMPLES, PolicyVerb};
use super::complete::{environments, man_pages, profiles, session_names, topics};

const EXAMPLES: &str = "\
Examples:
  amplify-creds process bizcorprole         print credentials for any AWS tool
  eval \"$(amplify-creds env bizcorprole)\"   put them into this shell
  amplify-creds explain bizcorprole         show where each setting comes from
  amplify-creds list                        show every profile

In ~/.aws/config, so that every SDK and the Amplify CLI use it:
  [profile biz]
  credential_process = /usr/local/bin/amplify-creds process bizcorprole";

const PROCESS_EXAMPLES: &str = "\
Examples:
  amplify-creds process bizcorprole
  amplify-creds process bizcorprole --mfa-token 123456
  printf 123456 | amplify-creds process bizcorprole --mfa-token -
  amplify-creds process --refresh --min-ttl 30m bizcorprole

The code is asked for on the terminal itself, so it works when an SDK has all
three standard streams. Without a terminal and without a code it fails at once
with exit status 4 and the command to run.";

const ENV_EXAMPLES: &str = "\
Examples:
  eval \"$(amplify-creds env bizcorprole)\"
  creds=$(amplify-creds env bizcorprole) && eval \"$creds\"   keeps the status
  amplify-creds env bizcorprole | source                      in fish
  amplify-creds env bizcorprole | from json | load-env        in Nushell
  eval (amplify-creds env bizcorprole | slurp)                in Elvish
  amplify-creds env bizcorprole --shell dotenv > .env         for docker, node
  amplify-creds env bizcorprole --shell github                in GitHub Actions
  eval \"$(amplify-creds env --unset)\"";

const EXEC_EXAMPLES: &str = "\
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

const LOGIN_EXAMPLES: &str = "\
Examples:
  amplify-creds login bizcorprole
  amplify-creds login dev stage prod      one code, where one device serves all
  amplify-creds login --all --prompt pinentry

It says first how many codes it takes, then until when each session lasts. It
opens no console and no browser: it warms the cache that process, env and every
SDK behind them read.";

const WHOAMI_EXAMPLES: &str = "\
Examples:
  amplify-creds whoami bizcorprole
  amplify-creds whoami bizcorprole --json";

const CHECK_EXAMPLES: &str = "\
Examples:
  amplify-creds check bizcorprole
  amplify-creds check bizcorprole --refresh     ask for every session anew
  amplify-creds check bizcorprole --for amplify --category auth,api
  amplify-creds check bizcorprole --json

Each step is made for real, and AWS is asked whom it takes us for. Where it
refuses, the likely causes are named; where its words leave several open, that
is said. Exit status 1 when a step fails.

--for amplify has IAM simulate every action that the Amplify CLI needs (the list
of policy amplify), boundary and organisation included: a table by category, who
denies, and the statement that mends it. Exit status 1 when anything is denied.
Where IAM does not simulate for these credentials, their role's policies are read
and judged, without the organisation's; what cannot be read leaves actions unknown.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  amplify-creds explain bizcorprole
  amplify-creds explain bizcorprole --json

Nothing is sent and nothing is asked.";

const RESET_EXAMPLES: &str = "\
Examples:
  amplify-creds reset-cache               the Amplify project's, inside one
  amplify-creds reset-cache --env prod
  amplify-creds reset-cache bizcorprole
  amplify-creds reset-cache --expired
  amplify-creds reset-cache --all --dry-run";

const SETUP_EXAMPLES: &str = "\
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

const SESSIONS_EXAMPLES: &str = "\
Examples:
  amplify-creds sessions
  amplify-creds sessions --json";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  amplify-creds doctor                    every profile, in every tool
  amplify-creds doctor bizcorprole        this one, and what it stands on
  amplify-creds doctor --fix              mend what can be mended, after a yes
  amplify-creds doctor --json | jq '.findings[] | select(.severity == \"error\")'

It reads the profile files as the Amplify CLI, the AWS CLI and the SDKs for
JavaScript, Rust and Go do, sends nothing, and changes nothing but by --fix,
which shows the change and asks first. Exit status 1 says that it found errors;
amplify-creds help findings lists all it can find.";

const LIST_EXAMPLES: &str = "\
Examples:
  amplify-creds list
  amplify-creds list --json --properties --dialect aws";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(amplify-creds completions bash)              in ~/.bashrc
  source <(amplify-creds completions zsh)               in ~/.zshrc
  amplify-creds completions fish | source               in config.fish

Profiles, environments and session names are completed as they are at the time.";

const MAN_EXAMPLES: &str = "\
Examples:
  amplify-creds man
  amplify-creds man setup
  amplify-creds man config                the files, profile keys and settings
  amplify-creds man env > amplify-creds-env.1

On a terminal the page is shown by man, with the pager that MANPAGER names; it
need not be installed. Elsewhere its source is printed.";

const HELP_EXAMPLES: &str = "\
Examples:
  amplify-creds help setup
  amplify-creds help exit-codes           what each exit status means
  amplify-creds help environment          the variables that are read
  amplify-creds help config               files, profile keys, settings, cache
  amplify-creds help process              the document, and who asks for it
  amplify-creds help findings             what doctor can find";

/// Credentials for AWS role profiles, once, for every tool: role chains, external ids, MFA
#[derive(Debug, Parser)]
#[command(
    name = "amplify-creds",
    version,
    after_help = EXAMPLES,
    disable_help_subcommand = true,
    term_width = 80,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Default, Args)]
pub struct Global {
    /// Profile; the same as the argument
    #[arg(short, long, global = true, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub profile: Option<String>,
    /// Region of the STS to call, before AWS_REGION and the profile's
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Environment of the Amplify project, other than its current one
    #[arg(long, global = true, value_name = "NAME", add = ArgValueCandidates::new(environments))]
    pub env: Option<String>,
    /// How the profile files are read
    #[arg(long, global = true, value_name = "DIALECT")]
    pub dialect: Option<DialectArg>,
    /// Config file instead of ~/.aws/config
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::Other)]
    pub config_file: Option<PathBuf>,
    /// Credentials file instead of ~/.aws/credentials
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::Other)]
    pub credentials_file: Option<PathBuf>,
    /// Never ask anything
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Say on stderr what is done and why
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// How the profile files are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// As any of your tools would mean it
    Auto,
    /// Exactly as the Amplify CLI
    Amplify,
    /// Exactly as the AWS SDKs
    Aws,
}

/// How to ask for an MFA code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PromptArg {
    /// On the terminal
    Tty,
    /// By GnuPG's pinentry
    Pinentry,
    /// By a dialog of macOS
    Osascript,
    /// By a dialog of GTK
    Zenity,
    /// By a dialog of Windows, also from inside WSL
    Powershell,
    /// Not at all
    None,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print credentials as a credential_process document
    #[command(alias = "credential-process", after_help = PROCESS_EXAMPLES)]
    Process(Fetch),
    /// Print credentials as assignments for a shell to evaluate
    #[command(after_help = ENV_EXAMPLES)]
    Env(EnvOptions),
    /// As `aws configure export-credentials` spells process and env
    #[command(hide = true)]
    Export(Export),
    /// Run a command with credentials in its environment
    #[command(after_help = EXEC_EXAMPLES)]
    Exec(ExecOptions),
    /// Show how a profile's credentials come about, without getting them
    #[command(alias = "show", after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Forget cached sessions
    #[command(aliases = ["resetCache", "clear"], after_help = RESET_EXAMPLES)]
    ResetCache(ResetCache),
    /// As the Amplify CLI spells it
    #[command(hide = true, aliases = ["awscloudformation", "awscfn"])]
    Aws {
        /// What to do.
        #[command(subcommand)]
        command: Amplify,
    },
    /// Answer for MFA once, now, so that no tool has to ask later
    #[command(after_help = LOGIN_EXAMPLES)]
    Login(Login),
    /// Ask AWS whose the credentials are
    #[command(name = "whoami", after_help = WHOAMI_EXAMPLES)]
    WhoAmI(WhoAmI),
    /// Try each hop of a profile's chain at AWS
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<Check>),
    /// List every profile
    #[command(aliases = ["ls", "profiles"], after_help = LIST_EXAMPLES)]
    List(List),
    /// Show which tool can use which profile, and what is wrong with the files
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(Doctor),
    /// Show the cached sessions
    #[command(after_help = SESSIONS_EXAMPLES)]
    Sessions(Sessions),
    /// Make a profile that every tool can use, of one that there is or of your answers
    #[command(after_help = SETUP_EXAMPLES)]
    Setup(Box<Setup>),
    /// Print the IAM documents of the cross-account set-up
    #[command(after_help = POLICY_EXAMPLES)]
    Policy {
        /// Which document.
        #[command(subcommand)]
        document: Box<PolicyVerb>,
    },
    /// Show or change the permissions boundary of the Amplify environment
    #[command(after_help = BOUNDARY_EXAMPLES)]
    Boundary {
        /// What to do.
        #[command(subcommand)]
        command: BoundaryVerb,
    },
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: CompletionShell,
    },
    /// Print what the last of the words could be; the completion scripts run it
    #[command(hide = true)]
    Complete {
        /// After the words comes an empty one, which this shell cannot pass on
        #[arg(long)]
        new_word: bool,
        /// The words of the command line, the program's first
        #[arg(last = true)]
        words: Vec<OsString>,
    },
    /// Show the manual page of a command, or of the files
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Command, or config [default: the program's own page]
        #[arg(value_name = "PAGE", add = ArgValueCandidates::new(man_pages))]
        page: Option<String>,
    },
    /// Print help on a command or a topic
    #[command(after_help = HELP_EXAMPLES)]
    Help {
        /// Command, or exit-codes, environment, config, process, findings
        #[arg(add = ArgValueCandidates::new(topics))]
        topic: Option<String>,
    },
}

/// Options of the commands that get credentials.
#[derive(Debug, Default, Args)]
pub struct Fetch {
    /// Profile [default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE,
    /// AWS_DEFAULT_PROFILE, the Amplify project's (not in process), "default"]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// How to get them.
    #[command(flatten)]
    pub how: How,
}

/// How credentials are got.
#[derive(Debug, Default, Clone, Args)]
pub struct How {
    /// MFA code; "-" reads it from stdin (an argument can be seen by other processes)
    #[arg(short = 't', long, value_name = "CODE")]
    pub mfa_token: Option<String>,
    /// How to ask for an MFA code [default: the terminal, else a window where there is a screen]
    #[arg(long, value_name = "WAY")]
    pub prompt: Option<PromptArg>,
    /// Session duration, such as 1h or 3600
    #[arg(short, long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<u64>,
    /// Another role than the profile's
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Another external id than the profile's
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Another session name than the profile's
    #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(session_names))]
    pub session_name: Option<String>,
    /// Let the session do no more than this managed policy allows; "read-only"
    /// and the Amplify environment's "boundary" are known (repeatable)
    #[arg(long, value_name = "ARN")]
    pub policy_arn: Vec<String>,
    /// Let the session do no more than this policy allows: a file, or JSON
    #[arg(long, value_name = "FILE")]
    pub policy: Option<String>,
    /// Give the session a tag (repeatable)
    #[arg(long, value_name = "KEY=VALUE")]
    pub tag: Vec<String>,
    /// Who is behind the session, in CloudTrail and for every role assumed later
    #[arg(long, value_name = "NAME")]
    pub source_identity: Option<String>,
    /// Who else vouches for the caller: a context provider, and the file with
    /// its assertion (repeatable)
    #[arg(long, value_name = "ARN=FILE")]
    pub provided_context: Vec<String>,
    /// Renew a session that lasts no longer than this
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub min_ttl: Option<u64>,
    /// Take no cached session for this profile
    #[arg(long)]
    pub refresh: bool,
    /// Neither read nor write the cache
    #[arg(long)]
    pub no_cache: bool,
    /// How long to wait for another process that fetches the same session
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub lock_timeout: Option<u64>,
}

/// Options of `env`.
#[derive(Debug, Args)]
pub struct EnvOptions {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// The shell [default: the one that started this command, else $SHELL]
    #[arg(long, value_name = "SHELL", value_parser = shell())]
    pub shell: Option<Shell>,
    /// Take the variables away again
    #[arg(long)]
    pub unset: bool,
}

/// Options of `export`, for people who come from the AWS CLI.
#[derive(Debug, Args)]
pub struct Export {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// For whom
    #[arg(long, default_value = "process")]
    pub format: ExportFormat,
}

/// The formats of `aws configure export-credentials` (AWS CLI 2.9.19 and later).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A credential_process document
    Process,
    /// Exports for a POSIX shell
    Env,
    /// Assignments alone
    EnvNoExport,
    /// PowerShell
    Powershell,
    /// The command prompt of Windows
    WindowsCmd,
    /// fish
    Fish,
}

impl Export {
    /// The command as we spell it.
    pub fn spelt_out(self) -> Command {
        let shell = match self.format {
            ExportFormat::Process => return Command::Process(self.fetch),
            ExportFormat::Env => Shell::Posix,
            ExportFormat::EnvNoExport => Shell::Dotenv,
            ExportFormat::Powershell => Shell::PowerShell,
            ExportFormat::WindowsCmd => Shell::Cmd,
            ExportFormat::Fish => Shell::Fish,
        };
        Command::Env(EnvOptions { fetch: self.fetch, shell: Some(shell), unset: false })
    }
}

/// The shells with a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompletionShell {
    /// GNU bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    #[value(alias = "pwsh")]
    Powershell,
    /// Elvish
    Elvish,
    /// Nushell
    #[value(alias = "nushell")]
    Nu,
}

/// Options of `exec`.
#[derive(Debug, Args)]
pub struct ExecOptions {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Give it a local endpoint that renews the credentials while it runs
    #[arg(long)]
    pub serve: bool,
    /// The command and its arguments, after -- [default: a shell, $SHELL]
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Options of `login`.
#[derive(Debug, Args)]
pub struct Login {
    /// Profiles [default: the one that the environment or the Amplify project names]
    #[arg(value_name = "PROFILE", conflicts_with = "all", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Every profile that leads to a session
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// How to get them.
    #[command(flatten)]
    pub how: How,
}

/// Options of `whoami`.
#[derive(Debug, Args)]
pub struct WhoAmI {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Options that all commands with credentials have.
    #[command(flatten)]
    pub fetch: Fetch,
    /// Also ask IAM whether the credentials may do what this tool does
    #[arg(long = "for", value_name = "TOOL")]
    pub target: Option<TargetArg>,
    /// With --for amplify: categories, with commas between them [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "target")]
    pub category: Vec<CategoryArg>,
    /// With --for amplify: the actions of AWS's managed policy instead of the
    /// minimal ones
    #[arg(long, requires = "target")]
    pub managed: bool,
    /// With --for amplify: name of the project, which stacks are called by
    /// [default: that around the current directory]
    #[arg(long, value_name = "NAME", requires = "target")]
    pub app: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The tools whose permissions are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetArg {
    /// The Amplify CLI
    Amplify,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Profile [default: AMPLIFY_CREDS_PROFILE, AWS_PROFILE,
    /// AWS_DEFAULT_PROFILE, the Amplify project's, "default"]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Explain with this session duration
    #[arg(short, long, value_name = "TIME", value_parser = duration)]
    pub duration: Option<u64>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `reset-cache`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct ResetCache {
    /// Forget the sessions of this profile's chain [default: the Amplify project's]
    #[arg(value_name = "PROFILE", conflicts_with_all = ["project", "all", "expired"], add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Forget the sessions of the Amplify project's chain
    #[arg(long, conflicts_with_all = ["all", "expired"])]
    pub project: bool,
    /// Forget every session
    #[arg(long)]
    pub all: bool,
    /// Forget the sessions that are over
    #[arg(long)]
    pub expired: bool,
    /// Say what would go, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The Amplify CLI's way to `reset-cache`.
#[derive(Debug, Subcommand)]
pub enum Amplify {
    /// Forget cached sessions
    #[command(alias = "resetCache")]
    ResetCache(ResetCache),
}

/// Options of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// With --json: every property with its value (secrets as ****), file and line
    #[arg(long, requires = "json")]
    pub properties: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Doctor {
    /// Profiles [default: all]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub names: Vec<String>,
    /// Print JSON: findings, who sees which profile, what each header is to whom
    #[arg(long)]
    pub json: bool,
    /// First mend what can be mended without guessing: a byte-order mark, what
    /// stands behind a header, dotted names for the Amplify CLI, rights of others
    #[arg(long, conflicts_with = "json")]
    pub fix: bool,
    /// With --fix: only show what would change
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// With --fix: write without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub yes: bool,
}

/// Options of `sessions`.
#[derive(Debug, Args)]
pub struct Sessions {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Options of `setup`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Setup {
    /// Profile to make usable everywhere [default: ask for a new one]
    #[arg(value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub name: Option<String>,
    /// Name of the profile to add [default: PROFILE-amplify]; without PROFILE,
    /// of the new role's profile
    #[arg(long = "name", value_name = "NAME")]
    pub new_name: Option<String>,
    /// Let the tools' profile keep the name; the role's keys move to NAME-role,
    /// and what points at them follows
    #[arg(long)]
    pub in_place: bool,
    /// Also point the Amplify project's environment at it
    #[arg(long)]
    pub project: bool,
    /// Print the diff, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Ask nothing
    #[arg(short, long)]
    pub yes: bool,
    /// The new role's ARN
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Profile whose keys assume the new role
    #[arg(long, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    pub source_profile: Option<String>,
    /// External id that the new role asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// MFA device that the new role asks for
    #[arg(long, value_name = "SERIAL")]
    pub mfa_serial: Option<String>,
    /// Access key id of a new source profile
    #[arg(long, value_name = "ID")]
    pub access_key_id: Option<String>,
    /// Secret access key of a new source profile: "-" reads it from stdin; an
    /// argument could be seen by other processes
    #[arg(long, value_name = "-", value_parser = only_stdin, requires = "access_key_id")]
    pub secret_access_key: Option<()>,
}

/// Whatever `output::shell` has a name for.
fn shell() -> impl TypedValueParser<Value = Shell> {
    let value = |name: &ShellName| PossibleValue::new(name.name).help(name.about).aliases(name.alias);
    let named = |given: String| NAMES.iter().find(|name| name.is(&given)).map_or(Shell::Posix, |name| name.shell);
    PossibleValuesParser::new(NAMES.iter().map(value)).map(named)
}

fn only_stdin(text: &str) -> Result<(), String> {
    if text == "-" {
        Ok(())
    } else {
        Err("give -, and the secret on stdin: an argument can be seen by others".to_owned())
    }
}

pub(super) fn duration(text: &str) -> Result<u64, String> {
    seconds(text).ok_or_else(|| "give seconds, or a time such as 90s, 15m, 1h30m, 12h".to_owned())
}
