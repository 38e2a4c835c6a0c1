use crate::profile_file::FileKind;

use super::*;

const ROLE: &str = "role_arn = arn:aws:iam::222222222222:role/x\n";
const KEYS: &str = "aws_access_key_id = A\naws_secret_access_key = s\n";

/// The five tools' results for profile `p`: `ok` if they can use it, `-` if they do not see it.
fn visibilities(config: &str, credentials: &str) -> [String; 5] {
    let config = config.replace("ROLE\n", ROLE).replace("KEYS\n", KEYS);
    let credentials = credentials.replace("KEYS\n", KEYS);
    let views = Views::read(&config, &credentials);
    Tool::ALL.map(|tool| {
        let Visibility { visible, resolvable, reason } = views.visibility(tool, "p");
        assert_eq!(visible && !resolvable, reason.is_some(), "{tool:?}");
        if visible { reason.unwrap_or_else(|| "ok".to_owned()) } else { "-".to_owned() }
    })
}

#[test]
fn tools_use_profiles_or_give_reason() {
    let role = "cannot assume a role in versions 14.2.2 to 14.5.1 (amplify-cli#14626)";
    let none = "finds no credentials";
    let half = "finds only half of a key pair";
    let round = "finds a loop of source profiles";
    let ask = "cannot prompt for the MFA code";
    let nothing = "finds no source_profile or credential_source for the role";
    let both = "does not accept source_profile together with credential_source";
    let several = "rejects a profile with several kinds of credentials";
    let source = "[profile s]\n";
    let rows: [(&str, &str, [&str; 5]); 22] = [
        ("[profile p]\nregion = r\n", "[p]\nKEYS\n", ["ok", "ok", "ok", "ok", "ok"]),
        ("", "[p]\nKEYS\n", ["needs a section in the config file, too", "ok", "ok", "ok", "ok"]),
        ("[profile p]\nKEYS\n", "", ["reads keys only from the credentials file", "ok", "ok", "ok", "ok"]),
        ("[profile p]\nregion = r\n", "", [none; 5]),
        ("[profile p]\nregion = r\n", "[p]\naws_access_key_id = A\n", [half, half, none, half, half]),
        // botocore never combines the id and the secret of two files.
        ("[profile p]\naws_secret_access_key = s\n", "[p]\naws_access_key_id = A\n", [half, half, "ok", "ok", "ok"]),
        ("[profile p]\nROLE\nsource_profile = s\n", "[s]\nKEYS\n", [role, "ok", "ok", "ok", "ok"]),
        (
            "[profile p]\nROLE\nsource_profile = s\nmfa_serial = m\n",
            "[s]\nKEYS\n",
            [role, "ok", ask, "sends no MFA code", ask],
        ),
        (
            "[profile p]\nROLE\nsource_profile = s\n",
            "",
            [
                role,
                "does not see source_profile s",
                "does not see source_profile s",
                "does not see source_profile s",
                "does not see source_profile s",
            ],
        ),
        ("[profile p]\nROLE\n", "", [role, nothing, none, nothing, none]),
        // Without source credentials, the JavaScript SDK silently uses the keys.
        ("[profile p]\nROLE\n", "[p]\nKEYS\n", [role, nothing, "ok", nothing, "ok"]),
        ("[profile p]\nROLE\nsource_profile = p\n", "[p]\nKEYS\n", [role, "ok", "ok", "ok", "ok"]),
        (
            "[profile p]\nROLE\nsource_profile = p\n",
            "",
            [
                role,
                round,
                round,
                "finds no credentials in source_profile p",
                "finds no credentials in source_profile p",
            ],
        ),
        (
            "[profile p]\nROLE\nsource_profile = q\n[profile q]\nROLE\nsource_profile = p\n",
            "",
            [role, round, round, round, round],
        ),
        (
            "[profile p]\nROLE\nsource_profile = s\ncredential_source = Environment\n",
            "[s]\nKEYS\n",
            [role, both, none, both, several],
        ),
        (
            "[profile p]\nROLE\ncredential_source = environment\n",
            "",
            [
                role,
                "does not know this credential_source",
                "does not know this credential_source",
                "does not know this credential_source",
                "does not know this credential_source",
            ],
        ),
        (
            "[profile p]\nsource_profile = s\n",
            "[s]\nKEYS\n[p]\nKEYS\n",
            ["ok", "ok", "ok", "ok", "needs a role_arn with source_profile"],
        ),
        ("[profile p]\ncredential_process = x\n", "", ["ok"; 5]),
        (
            "[profile p]\ncredential_process = x\nROLE\nsource_profile = s\n",
            "[s]\nKEYS\n",
            [role, "ok", "ok", "ok", several],
        ),
        (
            "[profile p]\nsso_session = c\nsso_account_id = 1\nsso_role_name = r\n[sso-session c]\nsso_start_url = u\nsso_region = r\n",
            "",
            ["does not support IAM Identity Center", "ok", "ok", "ok", "ok"],
        ),
        (
            "[profile p]\nsso_session = d\nsso_account_id = 1\nsso_role_name = r\n",
            "",
            [
                "does not support IAM Identity Center",
                "does not see sso-session d",
                "does not see sso-session d",
                "does not see sso-session d",
                "does not see sso-session d",
            ],
        ),
        // A duplicate header stops botocore for every profile.
        (&format!("[profile p]\ncredential_process = x\n{source}{source}"), "", ["ok", "-", "ok", "ok", "ok"]),
    ];
    for (config, credentials, expected) in rows {
        assert_eq!(visibilities(config, credentials), expected.map(str::to_owned), "{config}--\n{credentials}");
    }
}

#[test]
fn sso_key_next_to_sso_session_has_a_reason() {
    let session = "sso_session = c\nsso_account_id = 1\nsso_role_name = r\n[sso-session c]\nsso_start_url = u\n";
    let (amplify, rust) =
        ("does not support IAM Identity Center", "does not accept sso_region together with sso_session");
    let other = "does not accept sso_region with another value than in the sso-session";
    for (own, shared, expected) in [
        ("r", "sso_region = r\n", [amplify, "ok", "ok", rust, "ok"]),
        ("s", "sso_region = r\n", [amplify, other, other, rust, other]),
        ("r", "", [amplify, "ok", other, rust, other]),
    ] {
        let config = format!("[profile p]\nsso_region = {own}\n{session}{shared}");
        assert_eq!(visibilities(&config, ""), expected.map(str::to_owned), "{config}");
    }
}

/// The tools' results for the command in profile `p`: `ok` if they start `meant`.
fn commands(command: &str, meant: &str) -> [String; 5] {
    let config = format!("[profile p]\ncredential_process = {command}\n");
    let views = Views::read(&config, "");
    Tool::ALL.map(|tool| views.check_command(tool, "p", meant).err().unwrap_or_else(|| "ok".to_owned()))
}

#[test]
fn tools_start_command_or_give_reason() {
    let other = "starts the command with other arguments";
    let open = "reads an unclosed quote in the command";
    let go = |reason| ["ok", "ok", "ok", "ok", reason];
    let lines = "/x --a\n  --b";
    for (command, meant, expected) in [
        ("/x --a", "/x --a", ["ok"; 5]),
        ("\"/a b/x\" --a", "\"/a b/x\" --a", ["ok"; 5]),
        ("/x \"a b\"", "/x \"a b\"", ["ok"; 5]),
        // The Go SDK drops the first and the last quote.
        ("\"/a b/x\" \"c d\"", "\"/a b/x\" \"c d\"", go("starts /a")),
        ("\"/x\" --a \"c\"", "\"/x\" --a \"c\"", go("starts /x --a c")),
        ("\"/x\" --a \"c d\" 'e \"", "\"/x\" --a \"c d\" 'e \"", ["ok"; 5]),
        ("'/x'", "'/x'", ["ok"; 5]),
        ("'/x' 'a \"b'", "'/x' 'a \"b'", go(open)),
        (lines, "/x --a --b", [other, "ok", other, other, other]),
    ] {
        let found = commands(command, meant);
        assert_eq!(found, expected.map(str::to_owned), "{command}");
    }
}

#[test]
fn process_of_amplify_only_name_is_not_run() {
    let expected = "runs the credential_process only if the JS SDK also sees the profile";
    assert_eq!(visibilities("[p]\ncredential_process = x\n", "")[0], expected);
}

/// Why the tools do not see the header on line 1; `=` if they do.
fn hidden(kind: FileKind, text: &str, name: &str) -> [String; 5] {
    let (config, credentials) = if kind == FileKind::Config { (text, "") } else { ("", text) };
    let views = Views::read(config, credentials);
    Tool::ALL.map(|tool| {
        let view = views.view(tool);
        let names: Vec<_> = view.headers().filter(|(_, line, _)| *line == 1).map(|(_, _, name)| name).collect();
        let line = HeaderLine { kind, text: text.lines().next().unwrap(), has_values: text.contains('=') };
        if names.contains(&name) { "=".to_owned() } else { why_hidden(view, line, &names) }
    })
}

#[test]
fn hidden_headers_have_reasons() {
    let prefix = "needs [profile NAME] in the config file";
    let letters = "accepts only ASCII letters, digits and _-@+.%:/ in a name";
    let alone = "does not see a header with other text on its line";
    let bom = "rejects the whole config file (line 1: the file begins with a byte order mark)";
    let rows = [
        ("[profile a]\nk = v\n", "a", ["=", "=", "=", "=", "="]),
        ("[a]\nk = v\n", "a", ["=", prefix, prefix, prefix, prefix]),
        ("[my-profile]\nk = v\n", "my-profile", ["reads its name as my-", prefix, prefix, prefix, prefix]),
        ("[profile a.b]\nk = v\n", "a.b", ["reads a dot in a profile name as a path separator", "=", "=", "=", "="]),
        ("[profile a b]\nk = v\n", "a b", ["=", "needs quotes around a name with blanks", letters, letters, "="]),
        ("[profile m\u{fc}ller]\nk = v\n", "m\u{fc}ller", ["=", "=", letters, letters, "="]),
        ("[profile \"a\"]\nk = v\n", "a", ["reads its name as \"a\"", "=", "=", letters, "reads its name as \"a\""]),
        ("[profile a] # c\nk = v\n", "a", [alone, "=", "=", "=", "="]),
        ("[profile a]\n", "a", ["=", "=", "does not see a profile without settings", "=", "="]),
        ("\u{feff}[profile a]\nk = v\n", "a", [alone, bom, "=", bom, "does not see a header after a byte order mark"]),
    ];
    for (text, name, expected) in rows {
        assert_eq!(hidden(FileKind::Config, text, name), expected.map(str::to_owned), "{text}");
    }
}
