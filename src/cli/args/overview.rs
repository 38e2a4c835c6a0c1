//! The help of the program as a whole. A test compares it with the definitions.

pub(super) const OVERVIEW: &str = "\
Get AWS credentials for role profiles, with MFA and external IDs, in every tool

Usage: amplify-creds [OPTIONS] <COMMAND>

Get credentials:
  process      Print credentials as a credential_process document
  env          Print credentials as shell assignments
  exec         Run a command with credentials in its environment
  console      Open the AWS console in the browser
  broker       Serve profiles on a socket to containers and SSH hosts

Sign in:
  login        Sign in and enter MFA codes now, for later use
  logout       Sign out and delete the sessions of a sign-in
  whoami       Show the caller identity (sts:GetCallerIdentity)

Understand:
  list         List all profiles
  explain      Explain how credentials are resolved, without fetching them
  sessions     List the cached sessions
  audit        Show which credentials were handed out to which program
  doctor       Check profile files, and which tools can use a profile
  check        Test each role of a profile's chain against AWS

Set up:
  setup        Create profiles that work in every AWS tool
  keys         Keep long-term keys in the system's key store
  init         Print a shell function that selects a profile

AWS side:
  policy       Print IAM policies for cross-account access
  boundary     Show or change the Amplify permissions boundary

Maintenance:
  reset-cache  Delete cached sessions
  completions  Print a completion script for a shell
  man          Show a manual page
  help         Show help on a command or a topic

Global options:
  -p, --profile <PROFILE>        Profile to use (same as PROFILE)
      --region <REGION>          Region to use
      --env <NAME>               Amplify environment [default: the current one]
      --config-file <FILE>       Config file [default: ~/.aws/config]
      --credentials-file <FILE>  Credentials file [default: ~/.aws/credentials]
      --dialect <DIALECT>        Syntax of both files: auto, amplify or aws
      --no-input                 Never prompt
      --color <WHEN>             Use colours: auto, always or never
  -v, --verbose                  Print on stderr what is done and why
  -q, --quiet                    Print only errors on stderr
  -h, --help                     Print help (--help prints more than -h)
  -V, --version                  Print the version

Examples:
  amplify-creds setup
  amplify-creds process bizcorprole
  eval \"$(amplify-creds env bizcorprole)\"
";
