//! Recognises this program in a `credential_process`. The profile is then an alias, and the command is not run.

use std::path::Path;

use crate::settings::seconds;

use super::inputs::RoleFlags;

/// The parts of `… process PROFILE [options]` that affect the plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wrapper {
    /// `None` if the environment names the profile.
    pub profile: Option<String>,
    pub duration: Option<u32>,
    pub region: Option<String>,
    /// `--role-arn`, `--external-id` and `--session-name`
    pub role: RoleFlags,
    /// `--policy-arn`, `--policy`, `--tag`, `--source-identity` and `--provided-context`, each with its value.
    pub extras: Vec<(&'static str, String)>,
    pub options: WrapperOptions,
}

/// Options of a wrapper's command that change how a session is fetched, not which one. They count like options of the
/// command line. `-v` and `-q` are ignored, because they only affect the messages of a process that is not started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WrapperOptions {
    pub refresh: bool,
    pub no_cache: bool,
    pub no_input: bool,
    /// In seconds.
    pub min_ttl: Option<u64>,
    /// In seconds.
    pub lock_timeout: Option<u64>,
    pub prompt: Option<String>,
}

impl WrapperOptions {
    /// Adds the options of an inner wrapper. Its own values have priority.
    pub(super) fn or(self, inner: &Self) -> Self {
        let Self { refresh, no_cache, no_input, min_ttl, lock_timeout, prompt } = self;
        Self {
            refresh: refresh || inner.refresh,
            no_cache: no_cache || inner.no_cache,
            no_input: no_input || inner.no_input,
            min_ttl: min_ttl.or(inner.min_ttl),
            lock_timeout: lock_timeout.or(inner.lock_timeout),
            prompt: prompt.or_else(|| inner.prompt.clone()),
        }
    }
}

const EXTRAS: [&str; 5] = ["--policy-arn", "--policy", "--tag", "--source-identity", "--provided-context"];

const REPEATABLE: [&str; 3] = ["--policy-arn", "--tag", "--provided-context"];

const SHELL_SYNTAX: [char; 12] = ['|', ';', '&', '<', '>', '$', '`', '(', ')', '*', '?', '~'];

const MESSAGES: [&str; 5] = ["-v", "-vv", "--verbose", "-q", "--quiet"];

/// Whether a shell would interpret something in `command`. `C:/PROGRA~2` and `"/opt/x (y)"` are paths. Only double
/// quotes are supported.
fn has_shell_syntax(command: &str) -> bool {
    if command.contains(['\'', '\\']) {
        return command.contains(SHELL_SYNTAX);
    }
    let (mut in_quotes, mut begins_word) = (false, true);
    command.chars().any(|char| {
        let counts = match char {
            '~' => begins_word && !in_quotes,
            _ if in_quotes => ['$', '`'].contains(&char),
            _ => SHELL_SYNTAX.contains(&char),
        };
        in_quotes ^= char == '"';
        begins_word = char.is_whitespace() || [':', '='].contains(&char);
        counts
    })
}

impl Wrapper {
    /// Whether the command names `profile`. In that profile's own section it means the key store.
    pub fn is_for(&self, profile: &str) -> bool {
        self.profile.as_deref() == Some(profile)
    }

    /// `this_program` is the path of the running executable, if known.
    pub fn parse(command: &str, this_program: Option<&Path>) -> Option<Self> {
        if has_shell_syntax(command) {
            return None;
        }
        let words = shlex::split(command)?;
        let (program, arguments) = words.split_first()?;
        let name = program.rsplit(['/', '\\']).next()?;
        let is_this = this_program.is_some_and(|this| this == Path::new(program));
        if !is_this && !["amplify-creds", "amplify-creds.exe"].contains(&name) {
            return None;
        }
        Self::options(arguments)
    }

    fn options(arguments: &[String]) -> Option<Self> {
        let mut found = Self::default();
        let (mut is_process, mut named) = (false, None);
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let (option, attached) = match word.split_once('=') {
                Some((option, value)) if word.starts_with("--") => (option, Some(value)),
                _ => (word, None),
            };
            if let Some(known) = EXTRAS.into_iter().find(|known| *known == option) {
                let is_repeated = found.extras.iter().any(|(option, _)| *option == known);
                if is_repeated && !REPEATABLE.contains(&known) {
                    return None;
                }
                found.extras.push((known, attached.or_else(|| words.next())?.to_owned()));
                continue;
            }
            let mut value = || attached.or_else(|| words.next());
            match option {
                "-p" | "--profile" => set(&mut named, value()?.to_owned())?,
                "-d" | "--duration" => set(&mut found.duration, u32::try_from(seconds(value()?)?).ok()?)?,
                "--region" => set(&mut found.region, value()?.to_owned())?,
                "--role-arn" => set(&mut found.role.role_arn, value()?.to_owned())?,
                "--external-id" => set(&mut found.role.external_id, value()?.to_owned())?,
                "--session-name" => set(&mut found.role.session_name, value()?.to_owned())?,
                "--min-ttl" => set(&mut found.options.min_ttl, seconds(value()?)?)?,
                "--lock-timeout" => set(&mut found.options.lock_timeout, seconds(value()?)?)?,
                "--prompt" => set(&mut found.options.prompt, value()?.to_owned())?,
                _ if MESSAGES.contains(&word) => {}
                "--refresh" if attached.is_none() && !found.options.refresh => found.options.refresh = true,
                "--no-cache" if attached.is_none() && !found.options.no_cache => found.options.no_cache = true,
                "--no-input" if attached.is_none() && !found.options.no_input => found.options.no_input = true,
                // Other options require running the command: an MFA code, for example, is valid once.
                _ if word.starts_with('-') => return None,
                "process" | "credential-process" if !is_process => is_process = true,
                _ if is_process && found.profile.is_none() => found.profile = Some(word.to_owned()),
                _ => return None,
            }
        }
        let names_two = found.profile.is_some() && named.is_some() && found.profile != named;
        found.profile = found.profile.or(named);
        (is_process && !names_two).then_some(found)
    }
}

/// Fails for a repeated option, which the command line rejects.
fn set<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_credential_process_command_is_recognised() {
        let of = |profile: &str| Some(Wrapper { profile: Some(profile.to_owned()), ..Wrapper::default() });
        let rows = [
            ("amplify-creds process biz", of("biz")),
            ("/usr/local/bin/amplify-creds process biz", of("biz")),
            ("\"/opt/my tools/amplify-creds\" process 'b z'", of("b z")),
            ("/opt/renamed credential-process biz", of("biz")),
            ("\"/opt/x (y)/amplify-creds\" process \"a&b\"", of("a&b")),
            ("C:/PROGRA~2/amplify-creds.exe process biz", of("biz")),
            ("~/bin/amplify-creds process biz", None),
            ("amplify-creds process --profile=~", None),
            ("amplify-creds process \"$P\"", None),
            ("amplify-creds process a\\\" ; amplify-creds process \\\"b", None),
            ("amplify-creds process 'x\"' ; echo '\"'", None),
            ("amplify-creds process \"a\";b", None),
            ("amplify-creds -p biz process", of("biz")),
            ("amplify-creds process --profile=biz -v -q", of("biz")),
            (
                "amplify-creds process biz --no-input --refresh --no-cache --min-ttl 30m --lock-timeout=5 --prompt tty",
                Some(Wrapper {
                    profile: Some("biz".to_owned()),
                    options: WrapperOptions {
                        refresh: true,
                        no_cache: true,
                        no_input: true,
                        min_ttl: Some(1800),
                        lock_timeout: Some(5),
                        prompt: Some("tty".to_owned()),
                    },
                    ..Wrapper::default()
                }),
            ),
            ("amplify-creds process biz -t 123456", None),
            ("amplify-creds process biz --mfa-token=-", None),
            ("amplify-creds process biz --min-ttl soon", None),
            ("amplify-creds process biz --no-cache=x", None),
            ("amplify-creds process", Some(Wrapper::default())),
            (
                "amplify-creds process biz -d 2h --region eu-west-1",
                Some(Wrapper {
                    profile: Some("biz".to_owned()),
                    duration: Some(7200),
                    region: Some("eu-west-1".to_owned()),
                    ..Wrapper::default()
                }),
            ),
            (
                "amplify-creds process biz --tag a=b --role-arn=r",
                Some(Wrapper {
                    profile: Some("biz".to_owned()),
                    role: RoleFlags { role_arn: Some("r".to_owned()), ..RoleFlags::default() },
                    extras: vec![("--tag", "a=b".to_owned())],
                    ..Wrapper::default()
                }),
            ),
            ("amplify-creds -p biz process biz", of("biz")),
            // The command line rejects two profiles and repeated options, so the command must run to fail.
            ("amplify-creds process biz -p other", None),
            ("amplify-creds -p other process biz", None),
            ("amplify-creds -p other process -p biz", None),
            ("amplify-creds process biz --duration 1h -d 2h", None),
            ("amplify-creds process biz --session-name one --session-name two", None),
            ("amplify-creds process biz --role-arn r --role-arn r", None),
            ("amplify-creds process biz --external-id a1 --external-id a2", None),
            ("amplify-creds process biz --policy a.json --policy b.json", None),
            ("amplify-creds process biz --source-identity one --source-identity two", None),
            ("amplify-creds process biz --region eu-west-1 --region eu-west-2", None),
            ("amplify-creds process biz --min-ttl 1m --min-ttl 2m", None),
            ("amplify-creds process biz --lock-timeout 1 --lock-timeout 2", None),
            ("amplify-creds process biz --prompt tty --prompt none", None),
            ("amplify-creds process biz --refresh --refresh", None),
            (
                "amplify-creds process biz --tag a=b --tag c=d",
                Some(Wrapper {
                    profile: Some("biz".to_owned()),
                    extras: vec![("--tag", "a=b".to_owned()), ("--tag", "c=d".to_owned())],
                    ..Wrapper::default()
                }),
            ),
            ("amplify-creds list", None),
            ("amplify-creds process biz extra", None),
            ("amplify-creds process biz --config-file x", None),
            ("amplify-creds process biz | jq .", None),
            ("amplify-creds process $X", None),
            ("other process biz", None),
            ("not-amplify-creds process biz", None),
            ("amplify-creds process \"biz", None),
            ("", None),
        ];
        for (command, expected) in rows {
            assert_eq!(Wrapper::parse(command, Some(Path::new("/opt/renamed"))), expected, "{command}");
        }
    }
}
