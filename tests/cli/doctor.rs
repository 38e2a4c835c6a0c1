//! `doctor`: the JSON contract, the exit status, the report of 80 columns, and the checks of rights, variables and
//! cache.

use std::fs;

use serde_json::Value;
use test_support::TestHome;

use crate::{PROGRAM, add_config, biz_corp, json};

/// A home with files that only the user can read, so that rights are not a finding.
fn private(config: &str, credentials: &str) -> TestHome {
    let home = TestHome::new(PROGRAM);
    home.config(config);
    home.credentials(credentials);
    make_private(&home);
    home
}

#[cfg(windows)]
fn make_private(_home: &TestHome) {}

#[cfg(unix)]
fn make_private(home: &TestHome) {
    for name in ["config", "credentials"] {
        use std::os::unix::fs::PermissionsExt;
        let path = home.path().join(".aws").join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// The findings of a code.
fn of_code<'d>(document: &'d Value, code: &str) -> Vec<&'d Value> {
    document["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).collect()
}

const KEYS: &str = "aws_access_key_id = AKIA1\naws_secret_access_key = hush\n";

#[test]
fn doctor_json_has_every_documented_key() {
    let home =
        private("[profile a.b]\nregion = x\n[my-profile]\nregion = x\n", &format!("[half]\n{KEYS}[m z]\n{KEYS}"));
    let document = json(home.run(&["doctor", "--json"]).succeeded());
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&document), ["findings", "headers", "visibility"]);
    let finding = &document["findings"][0];
    assert_eq!(keys(finding), ["code", "file", "hint", "line", "message", "profile", "severity"]);
    assert_eq!((finding["code"].as_str(), finding["line"].as_u64()), (Some("hidden_name"), Some(1)));
    assert_eq!((finding["severity"].as_str(), finding["profile"].as_str()), (Some("warning"), Some("a.b")));
    assert_eq!(finding["file"].as_str().unwrap(), home.file(".aws/config").to_str().unwrap());
    let consumers = ["amplify", "aws_cli", "sdk_go", "sdk_js", "sdk_rust"];
    let sight = &document["visibility"]["a.b"];
    assert_eq!(keys(sight), consumers);
    assert_eq!(keys(&sight["amplify"]), ["reason", "resolvable", "visible"]);
    assert_eq!((&sight["amplify"]["visible"], &sight["aws_cli"]["visible"]), (&false.into(), &true.into()));
    assert!(sight["amplify"]["reason"].as_str().unwrap().contains("dot"));
    assert!(document["visibility"]["half"]["aws_cli"]["reason"].is_null());
    let header = &document["headers"][1];
    assert_eq!(keys(header), ["file", "header", "line", "names"]);
    assert_eq!((header["header"].as_str(), header["line"].as_u64()), (Some("[my-profile]"), Some(3)));
    assert_eq!(keys(&header["names"]), consumers);
    assert_eq!(
        (&header["names"]["amplify"][0], header["names"]["aws_cli"].as_array().unwrap().len()),
        (&"my-".into(), 0)
    );
}

#[test]
fn doctor_status_depends_only_on_errors() {
    let home = private(&format!("[profile a]\n{KEYS}"), "");
    assert_eq!(home.run(&["doctor"]).code, Some(0));
    add_config(&home, "[profile a.b]\nregion = x\n");
    assert_eq!(home.run(&["doctor"]).code, Some(0), "a warning");
    add_config(&home, "[profile a]\nregion = x\n");
    for args in [&["doctor"][..], &["doctor", "--json"], &["doctor", "a.b"]] {
        let run = home.run(args);
        assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{run:?}");
        assert!(run.stdout.contains("duplicate_section"), "{run:?}");
    }
}

#[test]
fn doctor_profile_includes_its_sources() {
    let role = "role_arn = arn:aws:iam::222222222222:role/x\n";
    let home = private(
        &format!(
            "[profile top]\n{role}source_profile = base\n[profile base]\nregion = x\n[profile other]\nregion = \"x\"\n"
        ),
        "[base]\naws_access_key_id = AKIA1\n",
    );
    let document = json(&home.run(&["doctor", "--json", "top"]).stdout);
    assert!(of_code(&document, "read_differently").is_empty(), "{document}");
    assert_eq!(document["visibility"].as_object().unwrap().keys().collect::<Vec<_>>(), ["top"]);
    assert_eq!(document["visibility"]["top"]["aws_cli"]["reason"], "finds only half of a key pair");
    for args in [&["doctor", "--json", "top"][..], &["doctor", "--json", "-p", "base"]] {
        assert_eq!(of_code(&json(&home.run(args).stdout), "half_pair").len(), 1, "{args:?}");
    }
    assert!(of_code(&json(home.run(&["doctor", "--json", "other"]).succeeded()), "half_pair").is_empty());
    let unknown = home.run(&["doctor", "toop"]);
    assert!(unknown.failed_with(3).stderr.contains("did you mean top?"), "{unknown:?}");
    assert_eq!(json(&home.run(&["doctor", "toop", "--json"]).stdout)["error"]["code"], "profile_not_found");
}

#[test]
fn walkthrough_wrapper_works_in_every_tool() {
    let (_sts, home) = biz_corp();
    let program = home.program().display().to_string();
    add_config(
        &home,
        &format!("[profile biz]\ncredential_process = {program} process bizcorprole\nregion = us-east-1\n"),
    );
    let document = json(home.run(&["doctor", "--json"]).succeeded());
    for consumer in ["amplify", "aws_cli", "sdk_js", "sdk_rust", "sdk_go"] {
        assert_eq!(document["visibility"]["biz"][consumer]["resolvable"], true, "{consumer}");
        let is_expected = consumer == "aws_cli";
        assert_eq!(document["visibility"]["bizcorprole"][consumer]["resolvable"], is_expected, "{consumer}");
    }
    assert!(of_code(&document, "mfa_ignored").is_empty() && of_code(&document, "amplify_role").is_empty());
    // The program's check does not exist on Windows.
    if cfg!(windows) {
        return;
    }
    add_config(&home, "[profile lost]\ncredential_process = /no/such/amplify-creds process nobody\n");
    let document = json(&home.run(&["doctor", "--json", "lost"]).stdout);
    assert_eq!(document["visibility"]["lost"]["sdk_js"]["reason"], "cannot start /no/such/amplify-creds");
}

#[test]
fn invalid_value_makes_a_profile_unusable_in_tools_that_send_it() {
    let rows: &[(&str, [bool; 4])] = &[
        ("role_arn = arn:aws:iam::1111:role/Deploy", [false; 4]),
        ("role_arn = arn:aws:iam::222222222222:role/R\nexternal_id = a b", [false; 4]),
        ("role_arn = arn:aws:iam::222222222222:role/R\nregion = eu west 1", [false; 4]),
        // The Rust SDK does not send it; for Go it is not known.
        ("role_arn = arn:aws:iam::222222222222:role/R\nduration_seconds = 5", [false, false, true, true]),
        ("role_arn = arn:aws:iam::222222222222:role/R\nservices = none", [false, true, true, true]),
        ("role_arn = arn:aws:iam::222222222222:role/R", [true; 4]),
    ];
    for (settings, expected) in rows {
        let home = private(
            &format!("[profile a]\nsource_profile = base\n{settings}\n"),
            "[base]\naws_access_key_id = AKIA1\naws_secret_access_key = hush\n",
        );
        let document = json(&home.run(&["doctor", "--json", "a"]).stdout);
        let resolvable = ["aws_cli", "sdk_js", "sdk_rust", "sdk_go"]
            .map(|tool| document["visibility"]["a"][tool]["resolvable"].as_bool().unwrap());
        assert_eq!(resolvable, *expected, "{settings}");
    }
}

#[test]
fn doctor_report_fits_80_columns_without_repetition() {
    let section = |number| {
        format!(
            "[profile team-with-a-rather-long-name-{number}.prod]\nrole_arn = arn:aws:iam::222222222222:role/R\n\
             source_profile = keys\nmfa_serial = arn:aws:iam::111111111111:mfa/u\nregion = x # c\n"
        )
    };
    let config: String = (0..300).map(section).collect();
    let home = private(&config, &format!("[keys]\n{KEYS}"));
    let run = home.run(&["doctor"]);
    let report = run.succeeded();
    let wide: Vec<_> = report.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    assert!(report.lines().count() < 70, "{report}");
    assert!(!report.contains('\u{1b}'));
    assert!(report.lines().any(|line| line.starts_with("PROFILE ") && line.contains("AWS CLI")), "{report}");
    assert!(report.contains("and 297 more"), "{report}");
    let document = json(home.run(&["doctor", "--json"]).succeeded());
    assert_eq!(of_code(&document, "hidden_name").len(), 300, "JSON has them all");
}

#[test]
fn doctor_hides_secrets_and_control_characters() {
    let home = private(
        "[profile a\u{1b}[2J]\nregion = \"\u{1b}]0;x\u{7}\"\n",
        "[a]\naws_access_key_id = AKIA1\naws_secret_access_key = hu#sh\naws_session_token = \"hush\" # old\n",
    );
    for args in [&["doctor"][..], &["doctor", "--json"], &["doctor", "-v"]] {
        let run = home.run(args);
        assert!(
            !run.stdout.contains("hush") && !run.stdout.contains("hu#sh") && !run.stdout.contains("`hu"),
            "{run:?}"
        );
        assert!(run.stdout.contains("****") && !run.stdout.contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn missing_files_are_not_a_finding() {
    let home = TestHome::new(PROGRAM);
    assert_eq!(
        home.run(&["doctor"]).succeeded(),
        "no profiles in the config and credentials files; to create one: amplify-creds setup\n\n0 errors, 0 warnings, 0 notes in 0 profiles\n"
    );
    let document = json(home.run(&["doctor", "--json"]).succeeded());
    assert_eq!(document, serde_json::json!({"findings": [], "visibility": {}, "headers": []}));
}

#[cfg(unix)]
#[test]
fn permissive_file_modes_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let home = private(&format!("[profile a]\n{KEYS}"), "");
    home.write(".amplify/awscloudformation/cache.json", "{}");
    let set = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&home.cache_dir(), 0o700);
    set(&home.cache_file(), 0o600);
    assert!(of_code(&json(home.run(&["doctor", "--json"]).succeeded()), "mode").is_empty());
    set(&home.path().join(".aws/config"), 0o640);
    set(&home.cache_dir(), 0o755);
    set(&home.cache_file(), 0o644);
    let document = json(home.run(&["doctor", "--json"]).succeeded());
    let hints: Vec<_> = of_code(&document, "mode").iter().map(|finding| finding["hint"].as_str().unwrap()).collect();
    assert_eq!(
        hints,
        [
            "chmod 600 ~/.aws/config",
            "chmod 600 ~/.amplify/awscloudformation/cache.json",
            "chmod 700 ~/.amplify/awscloudformation"
        ]
    );
}

#[test]
fn doctor_checks_cache_and_its_dates() {
    let home = private(&format!("[profile a]\n{KEYS}"), "");
    let found = || -> Vec<String> {
        let document = json(home.run(&["doctor", "--json"]).succeeded());
        let codes = document["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap());
        codes.filter(|code| *code != "mode").map(str::to_owned).collect()
    };
    let codes = |text: &str| {
        home.write(".amplify/awscloudformation/cache.json", text);
        found()
    };
    let entry = |written: &str, offset: i64| {
        format!(
            r#"{{"arn:aws:iam::222222222222:role/R":{{"amplify":{{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t",
            "expiration":"2099-01-01T00:00:00Z","amplifyCreds":{{"v":1,"fingerprint":"f","writtenAt":"{written}",
            "lifetime":3600,"profile":"a","accountId":null,"clockOffset":{offset}}}}}}}}}"#
        )
    };
    assert!(codes("{}").is_empty());
    assert!(codes(&entry("2020-01-01T00:00:00Z", 0)).is_empty());
    assert_eq!(codes("{ not JSON"), ["cache_corrupt"]);
    assert_eq!(codes(r#"{"arn:aws:iam::222222222222:role/R":{"amplify":{"accessKeyId":7}}}"#), ["cache_corrupt"]);
    assert!(codes(r#"{"arn:aws:iam::222222222222:role/R":{"amplify":{}}}"#).is_empty(), "an old Amplify CLI's");
    fs::write(home.cache_file(), b"{\"\xff\":1}").unwrap();
    assert_eq!(found(), ["cache_corrupt"], "not UTF-8");
    #[cfg(target_os = "linux")]
    {
        fs::remove_file(home.cache_file()).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, home.cache_file(), rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(found(), ["cache_corrupt"], "a FIFO, which is not waited for");
        fs::remove_file(home.cache_file()).unwrap();
    }
    let amplifys = r#"{"arn:aws:iam::222222222222:role/R":{"amplify":{"accessKeyId":"A","secretAccessKey":"s",
        "sessionToken":"t","expiration":"2099-01-01T00:00:00.000Z"}}}"#;
    assert_eq!(codes(amplifys), ["cache_foreign"]);
    assert_eq!(codes(&entry("2098-01-01T00:00:00Z", 0)), ["clock"], "written in the future");
    assert_eq!(codes(&entry("2020-01-01T00:00:00Z", 3600)), ["clock"], "an hour behind AWS");
}

/// The path of config.ini is that of Linux.
#[cfg(target_os = "linux")]
#[test]
fn invalid_setting_is_reported_with_its_line() {
    let home = TestHome::new(PROGRAM);
    home.write(".aws/config", "[default]\nregion = us-east-1\n");
    let settings = ".config/amplify-creds/config.ini";
    home.write(settings, "seal = off\naudit_log = On\nprompt = tty\nsign_in = auto\nsign_in_flow = auto\n");
    let report = home.run(&["doctor"]);
    assert!(!report.stdout.contains("invalid_setting"), "{report:?}");
    home.write(settings, "seal = 1\naudit_log = yes\nprompt = gui\nsign_in = auto\nsign_in_flow = phone\n");
    let report = home.run(&["doctor", "--json"]);
    assert_eq!(report.code, Some(1), "{report:?}");
    let report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found: Vec<_> = findings.iter().filter(|finding| finding["code"] == "invalid_setting").collect();
    let found: Vec<_> =
        found.iter().map(|hit| (hit["line"].as_u64().unwrap(), hit["message"].as_str().unwrap())).collect();
    let expected =
        [(2, "invalid audit_log"), (1, "invalid seal"), (3, "invalid prompt method"), (5, "invalid sign_in_flow")];
    assert_eq!(found, expected);
    let report = home.run(&["doctor"]);
    for line in ["  ~/.config/amplify-creds/config.ini:2: invalid audit_log\n", "    hint: expected on or off\n"] {
        assert!(report.stdout.contains(line), "{report:?}");
    }
    let report = home.run_with(&["doctor", "--json"], &[("AMPLIFY_CREDS_SIGN_IN", "now")]);
    assert!(report.stdout.contains("invalid sign_in in $AMPLIFY_CREDS_SIGN_IN\""), "{report:?}");
}

#[cfg(unix)]
#[test]
fn doctor_fix_changes_only_fixable_findings() {
    use std::os::unix::fs::PermissionsExt;
    let home = TestHome::new(PROGRAM);
    home.config(
        "\u{feff}# mine\n[profile a.b] \nregion = eu-west-1\n[profile c] # why\nregion = eu-west-2\n[profile d]\nregion = x",
    );
    home.credentials("[c]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    let path = home.path().join(".aws/config");
    let before = fs::read(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let shown = home.run(&["doctor", "--fix", "--dry-run"]);
    assert!(!shown.stdout.contains("PROFILE"), "only the diff: {}", shown.stdout);
    assert!(shown.stdout.contains("+[a\\.b]"), "{}", shown.stdout);
    assert_eq!(fs::read(&path).unwrap(), before);
    home.run(&["doctor", "--fix"]).failed_with(4);
    assert_eq!(fs::read(&path).unwrap(), before, "the question was not answered");
    let run = home.run(&["doctor", "--fix", "--yes"]);
    assert!(run.stderr.contains("wrote ~/.aws/config; backup: "), "{run:?}");
    assert!(!run.stdout.contains("byte_order_mark"), "the report is of the files as they are now: {run:?}");
    let after = fs::read_to_string(&path).unwrap();
    assert_eq!(
        after,
        "# mine\n[profile a.b]\nregion = eu-west-1\n# why\n[profile c]\nregion = eu-west-2\n[profile d]\nregion = x\n\n\
         [a\\.b]\nregion = eu-west-1"
    );
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = home.run(&["doctor", "--fix", "--yes"]);
    assert!(again.stderr.contains("nothing can be fixed automatically"), "{again:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), after);
    let seen = json(&home.run(&["doctor", "--json"]).stdout);
    for consumer in ["amplify", "aws_cli", "sdk_js", "sdk_rust", "sdk_go"] {
        assert_eq!(seen["visibility"]["a.b"][consumer]["visible"], true, "{consumer}");
    }
}

#[test]
fn colour_is_printed_only_on_request() {
    let home = private(&format!("[profile a]\n{KEYS}[profile b]\nrole_arn = arn:aws:iam::1:role/x\n"), "");
    let plain = home.run(&["doctor"]).stdout;
    assert!(plain.contains("\nerror "), "{plain}");
    let coloured = home.run(&["doctor", "--color", "always"]).stdout;
    assert!(coloured.contains("\n\u{1b}[31merror\u{1b}[0m "), "{coloured}");
    let without: String = ["\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[36m", "\u{1b}[0m"]
        .iter()
        .fold(coloured, |text, code| text.replace(code, ""));
    assert_eq!(without, plain, "colour adds no text");
    assert_eq!(home.run(&["--color", "never", "doctor"]).stdout, plain);
    home.run(&["list", "--color", "sometimes"]).failed_with(2);
}

#[test]
fn role_without_twelve_digits_is_reported() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile prod]\nrole_arn = arn:aws:iam::1234567891:role/R\nsource_profile = user\n");
    home.credentials("[user]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    let run = home.run(&["doctor", "prod"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("profile prod has an invalid role_arn"), "{run:?}");
}
