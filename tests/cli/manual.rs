//! Help and manual: lines are short enough, everything is documented, and every example works.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use amplify_creds::cli::manual::{Page, pages};
use amplify_creds::profile::key_names::KEYS;
use amplify_creds::settings::SETTING_NAMES;
#[cfg(target_os = "linux")]
use test_support::KeyStoreDaemon;
use test_support::{FakeSts, Federation, Finished, Role, Terminal, TestHome, biz_corp};

use crate::{PROGRAM, add_config, fresh_code, without_mfa};

/// The words of the command that a page documents.
fn words(page: &Page) -> Vec<&str> {
    let name = page.name.strip_prefix("amplify-creds-").unwrap_or_default();
    let below = ["policy", "boundary", "keys"].iter().find_map(|verb| {
        let below = name.strip_prefix(verb)?.strip_prefix('-')?;
        Some(vec![*verb, below])
    });
    below.unwrap_or_else(|| name.split_terminator(' ').collect())
}

fn helped() -> Vec<String> {
    let pages = pages().into_iter().filter(|page| page.section == 1);
    let verbs = pages.filter_map(|page| match words(&page)[..] {
        [verb] => Some(verb.to_owned()),
        _ => None,
    });
    let topics = ["exit-codes", "environment", "config", "process", "findings"].map(str::to_owned);
    verbs.chain(topics).collect()
}

fn source(relative: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)).unwrap()
}

#[test]
fn help_lines_fit_80_columns() {
    let home = TestHome::new(PROGRAM);
    let mut all = vec![home.run(&["help"]), home.run(&["--help"]), home.run(&["-h"])];
    for name in helped() {
        all.push(home.run(&["help", &name]));
        all.extend((name != "environment").then(|| home.run(&[&name, "--help"])).filter(|run| run.code == Some(0)));
    }
    all.extend(
        pages().iter().filter(|page| page.section == 1).map(|page| home.run(&[&words(page)[..], &["-h"]].concat())),
    );
    for run in all {
        for line in run.succeeded().lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}

#[test]
fn help_pages_have_examples() {
    let home = TestHome::new(PROGRAM);
    for page in pages().iter().filter(|page| page.section == 1) {
        let args = [&words(page)[..], &["--help"]].concat();
        let run = home.run(&args);
        assert!(run.succeeded().contains("\nExamples:\n  "), "{args:?}");
    }
}

#[test]
fn help_environment_lists_every_variable() {
    let text = TestHome::new(PROGRAM).run(&["help", "environment"]).stdout;
    let listed: BTreeSet<_> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let code = source("src/os/env.rs");
    let names: Vec<_> = code.split("pub const ").skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(names.len() > 60, "{names:?}");
    for name in names {
        assert!(listed.contains(name), "{name} is not in help environment");
    }
}

#[test]
fn help_config_lists_every_key() {
    let text = TestHome::new(PROGRAM).run(&["help", "config"]).stdout;
    let explained: BTreeSet<_> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    // The Amplify CLI's spellings of three keys, in both cases.
    let spellings =
        |key: &str| ["accesskeyid", "secretaccesskey", "sessiontoken"].contains(&key.to_lowercase().as_str());
    let read = KEYS.into_iter().filter(|key| key.is_read).map(|key| key.name);
    for key in read.filter(|key| !spellings(key)).chain(SETTING_NAMES) {
        assert!(explained.contains(key), "{key} is not in help config");
    }
}

#[test]
fn man_without_terminal_prints_roff() {
    let home = TestHome::new(PROGRAM);
    for (args, name) in [
        (&["man"][..], "AMPLIFY\\-CREDS 1"),
        (&["man", "env"], "AMPLIFY\\-CREDS\\-ENV 1"),
        (&["man", "amplify-creds-env"], "AMPLIFY\\-CREDS\\-ENV 1"),
        (&["man", "config"], "AMPLIFY\\-CREDS\\-CONFIG 5"),
        (&["man", "guide"], "AMPLIFY\\-CREDS\\-GUIDE 7"),
    ] {
        let run = home.run(args);
        assert!(run.succeeded().starts_with(&format!(".TH {name} ")), "{args:?}");
    }
    let run = home.run(&["man", "nosuch"]);
    assert_eq!(run.failed_with(2).first_error_line(), "amplify-creds: no manual page is called nosuch");
}

#[test]
fn man_on_terminal_runs_man_or_prints_text() {
    let home = TestHome::new(PROGRAM);
    // Without a `man` the page is printed as text. The other `man` prints its argument, a temporary file that is
    // removed again.
    for (man, expected) in [
        (None, "amplify-creds-env - print credentials"),
        (Some("#!/bin/sh\nread -r first <\"$1\"; echo \"it shows $first\"\n"), "it shows .TH AMPLIFY"),
    ] {
        if let Some(script) = man {
            home.write_program("bin/man", script);
        } else {
            fs::create_dir_all(home.path().join("bin")).unwrap();
        }
        let tmp = home.path().join("tmp");
        fs::create_dir_all(&tmp).unwrap();
        let script = format!(
            "PATH={}/bin TMPDIR={} \"$PROGRAM\" man env 2>\"$FILES/stderr\"",
            home.path().display(),
            tmp.display()
        );
        let mut terminal = Terminal::script(&home, &script);
        terminal.expect(expected);
        let (_, left) = terminal.finish();
        assert_eq!(left.run.code, Some(0), "{left:?}");
        assert_eq!(fs::read_dir(&tmp).unwrap().count(), 0, "the file is still there");
    }
}

/// The commands in a page's EXAMPLES, without their explanations.
fn examples(page: &str) -> Vec<String> {
    let Some(section) = page.split(".SH EXAMPLES\n").nth(1) else { return Vec::new() };
    let section = section.split("\n.SH ").next().unwrap();
    let mut commands: Vec<String> = Vec::new();
    for line in section.lines().filter(|line| !line.starts_with('.')) {
        let line = line.replace("\\-", "-").replace("\\(aq", "'").replace("\\(ti", "~").replace("\\e", "\\");
        match commands.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.pop();
                last.push_str(line.trim_start());
            }
            None => commands.push(line),
        }
    }
    let is_command = |line: &String| line.contains("amplify-creds ") && !line.contains(" = ") && !line.starts_with('#');
    commands.into_iter().filter(is_command).collect()
}

/// The shell of an example that is not for a POSIX shell.
fn shell_of(example: &str) -> &'static str {
    match example {
        _ if example.ends_with("| source") => "fish",
        _ if example.ends_with("load-env") || example.contains("init nu") => "nu",
        _ if example.starts_with("eval (") => "elvish",
        _ if example.contains("<(amplify-creds completions zsh)") || example.contains("init zsh") => "zsh",
        _ if example.contains("<(") || example.contains("init bash") => "bash",
        _ => "sh",
    }
}

/// A home in which the names of the examples exist: roles, other programs, an Amplify project.
pub(crate) struct Shown {
    pub(crate) sts: FakeSts,
    pub(crate) home: TestHome,
    federation: Federation,
    bin: PathBuf,
    #[cfg(target_os = "linux")]
    key_store: Option<KeyStoreDaemon>,
}

/// A tool: it requests the profile's credentials as an SDK would, or finds some in its environment.
const TOOL: &str = "#!/bin/sh
case \"$*\" in *AMPLIFY_CREDS_SOCKET=*) exit 0 ;; esac
profile=$AWS_PROFILE
while [ $# -gt 0 ]; do
    [ \"$1\" = --profile ] && profile=$2
    shift
done
[ -z \"$profile\" ] || exec amplify-creds process \"$profile\" >/dev/null
[ -n \"$AWS_ACCESS_KEY_ID$AWS_CONTAINER_CREDENTIALS_FULL_URI\" ] || [ \"${0##*/}\" = amplify ]
";

impl Shown {
    pub(crate) fn new() -> Self {
        let (sts, home) = without_mfa();
        // A role with all permissions, so that check succeeds.
        let role = Role::new(biz_corp::BIZ_CORP_ROLE).trusts("111111111111").external_id(biz_corp::EXTERNAL_ID);
        let all = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
        sts.edit_world(|world| world.put_role(role.mfa_required().policy("all", all)));
        let bin = home.path().join("bin");
        for name in ["dev", "stage", "prod"] {
            let role = "role_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n";
            add_config(&home, &format!("[profile {name}]\n{role}"));
        }
        let wrapper = format!("credential_process = {}/amplify-creds process bizcorprole\n", bin.display());
        add_config(&home, &format!("[profile biz]\n{wrapper}region = us-east-1\n\n[default]\nregion = us-east-1\n"));
        let shown = Self {
            federation: Federation::start(&sts),
            sts,
            home,
            bin,
            #[cfg(target_os = "linux")]
            key_store: None,
        };
        for name in ["aws", "npx", "terraform", "docker", "code", "cursor", "amplify"] {
            shown.tool(name, TOOL);
        }
        shown.tool("wl-copy", "#!/bin/sh\ncat >/dev/null\n");
        shown.tool("ssh", "#!/bin/sh\n");
        shown.tool("jq", "#!/bin/sh\ncat >/dev/null\n");
        shown.tool("../project/three-hours.sh", TOOL);
        symlink(PROGRAM, shown.bin.join("amplify-creds")).unwrap();
        for (file, text) in [
            ("local-env-info.json", r#"{"projectPath":"","envName":"dev"}"#),
            (
                "local-aws-info.json",
                r#"{"dev":{"configLevel":"project","useProfile":true,"profileName":"bizcorprole"},
                    "prod":{"configLevel":"project","useProfile":true,"profileName":"prod"}}"#,
            ),
            ("project-config.json", "{}"),
            ("../team-provider-info.json", r#"{"dev":{"awscloudformation":{"AuthRoleName":"NoMfa"}}}"#),
        ] {
            shown.home.write(&format!("project/amplify/.config/{file}"), text);
        }
        shown
    }

    /// Starts a key store, and stores the key that an example of `keys` needs. False if none is installed.
    #[cfg(target_os = "linux")]
    fn prepare_keys(&mut self, example: &str) -> bool {
        self.key_store = KeyStoreDaemon::unlocked();
        if ["keys list", "keys rotate", "keys remove"].iter().any(|verb| example.contains(verb)) {
            self.run("sh", "amplify-creds keys import devcorpuser --yes");
        }
        if example.contains("--finish") {
            self.run("sh", "amplify-creds keys rotate devcorpuser --yes");
        }
        self.key_store.is_some()
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "only Linux has a key store for tests")]
    fn prepare_keys(&mut self, _example: &str) -> bool {
        false
    }

    /// The variable with the address of the key store.
    #[cfg(target_os = "linux")]
    fn key_store(&self) -> Option<(&'static str, String)> {
        Some(("DBUS_SESSION_BUS_ADDRESS", self.key_store.as_ref()?.address().to_owned()))
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "only Linux has a key store for tests")]
    fn key_store(&self) -> Option<(&'static str, String)> {
        None
    }

    /// Adds a program of another vendor.
    pub(crate) fn tool(&self, name: &str, script: &str) {
        self.home.write_program(&format!("bin/{name}"), script);
    }

    /// Runs the lines in `shell` with a valid code; `None` if the shell is not installed.
    pub(crate) fn run(&self, shell: &str, lines: &str) -> Option<Finished> {
        let Some(path) = ["/usr/local/bin", "/usr/bin", "/bin"]
            .map(|dir| Path::new(dir).join(shell))
            .into_iter()
            .find(|path| path.exists())
        else {
            eprintln!("{shell} is not installed: {lines}");
            return None;
        };
        let code = fresh_code(&self.sts);
        let lines = with_broker(&lines.replace("123456", &code));
        let output = Command::new(path)
            .arg("-c")
            .arg(&lines)
            .env_clear()
            .envs(self.home.environment())
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.bin.display()))
            .env("SHELL", "/bin/sh")
            .env("SECRET", biz_corp::SECRET_ACCESS_KEY)
            .env("AWS_ENDPOINT_URL_IAM", self.sts.url())
            .env("AWS_ENDPOINT_URL_SIGNIN", self.federation.url())
            .env("BROWSER", "curl --silent --location --output /dev/null")
            .envs(self.key_store())
            .env("GITHUB_ENV", self.home.path().join("github-env"))
            .envs((!lines.contains(&code)).then_some(("AMPLIFY_CREDS_MFA_TOKEN", &code)))
            .current_dir(self.home.path().join("project"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Some(Finished::from(output))
    }
}

/// Ends a broker that the lines start, and starts the one that they use.
fn with_broker(lines: &str) -> String {
    const START: &str = "amplify-creds broker ";
    let after = |mark: &str| Some(lines.split_once(mark)?.1.split_whitespace().next().unwrap_or_default().to_owned());
    let wait = |socket: &str| format!("& broker=$!\nuntil [ -S {socket} ]; do kill -0 $broker; sleep 0.02; done");
    let end = "\nstatus=$?; kill $broker; wait $broker && exit $status";
    let start = lines.lines().find(|line| line.starts_with(START));
    match (start, after("--socket "), after("AMPLIFY_CREDS_SOCKET=")) {
        (Some(line), Some(socket), _) => lines.replace(line, &format!("{line} {}", wait(&socket))) + end,
        (None, _, Some(socket)) if socket.starts_with('~') => {
            format!("{START}bizcorprole --socket {socket} {}\n{lines}{end}", wait(&socket))
        }
        _ => lines.to_owned(),
    }
}

/// Examples that ask before they write. The test does not answer.
const ASK: [&str; 15] = [
    "amplify-creds setup",
    "amplify-creds setup --from invitation.json",
    "amplify-creds setup bizcorprole",
    "amplify-creds setup --sso corp",
    "amplify-creds setup --sso corp --template '{account_id}-{role}' --prune",
    "amplify-creds setup bizcorprole --in-place --project",
    "amplify-creds setup bizcorprole --for-agent",
    "amplify-creds doctor --fix",
    "amplify-creds keys import devcorpuser",
    "amplify-creds keys import dev-keys --from aws-vault",
    "amplify-creds keys add dev-keys",
    "amplify-creds keys rotate devcorpuser",
    "amplify-creds keys rotate devcorpuser --finish",
    "amplify-creds keys remove devcorpuser",
    "amplify-creds boundary set arn:aws:iam::222222222222:policy/app-dev-boundary",
];

/// Examples that find an error: the profile of the project has a role.
const FIND: [&str; 2] = ["amplify-creds doctor", "amplify-creds doctor bizcorprole"];

const SANDBOX: &str = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n\
    [profile sandbox]\nsso_session = corp\nsso_account_id = 111111111111\nsso_role_name = Own\n";

#[test]
fn help_examples_run() {
    let (mut ran, mut wrong) = (0, Vec::new());
    for page in pages() {
        for example in examples(&page.roff()) {
            let mut shown = Shown::new();
            if example.contains("amplify-creds keys ") && !shown.prepare_keys(&example) {
                continue;
            }
            if example.contains("setup --name") {
                shown.home.config("");
            }
            if example.contains("setup --from") {
                let role = "'{\"version\": 1, \"role_arn\": \"arn:aws:iam::222222222222:role/New\"}'";
                shown.run("sh", &format!("echo {role} >invitation.json"));
            }
            if example.contains("logout") {
                add_config(&shown.home, SANDBOX);
            }
            if example.contains("--access-key-id") {
                shown.home.credentials("");
            }
            let shell = shell_of(&example);
            let start = if shell == "zsh" { "autoload -U compinit; compinit -D; " } else { "" };
            let lines = format!("{start}{}", example.replace("AKIA...", biz_corp::ACCESS_KEY_ID));
            let Some(run) = shown.run(shell, &lines) else { continue };
            ran += 1;
            let expected = match example.as_str() {
                example if ASK.contains(&example) => 4,
                example if FIND.contains(&example) => 1,
                _ => 0,
            };
            if run.code != Some(expected) {
                wrong.push(format!("{}: {example}: {run:#?}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran > 50, "{ran}");
}
