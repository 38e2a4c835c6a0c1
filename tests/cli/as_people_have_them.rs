//! Files, variables and codes in unusual but common forms are read as intended.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use test_support::{Finished, TestHome, biz_corp as data};

use crate::{PROGRAM, biz_corp, json, without_mfa};

/// The result of `process p` with these files.
fn process(config: &str, credentials: &str) -> Finished {
    let home = TestHome::new(PROGRAM);
    home.config(config);
    home.credentials(credentials);
    home.run(&["process", "p"])
}

#[test]
fn keys_are_read_in_every_form() {
    for credentials in [
        "[p]\naws_access_key_id: AKIA1\naws_secret_access_key: abc\n",
        "[p]\naws_access_key_id =\u{a0}AKIA1\u{a0}\naws_secret_access_key\u{a0}= abc\u{a0}\n",
        "[p]\raws_access_key_id = AKIA1\raws_secret_access_key = abc\r",
        "\u{feff}[p]\r\naws_access_key_id = AKIA1\r\naws_secret_access_key = abc\r\n",
        "\u{a0}[p]\n\u{a0}aws_access_key_id = AKIA1\n\u{a0}aws_secret_access_key = abc\n",
    ] {
        let run = process("", credentials);
        let document = json(run.succeeded());
        assert_eq!((&document["AccessKeyId"], &document["SecretAccessKey"]), (&"AKIA1".into(), &"abc".into()));
    }
}

#[test]
fn exact_dialect_rejects_lenient_forms() {
    let home = TestHome::new(PROGRAM);
    home.credentials("[p]\naws_access_key_id: AKIA1\naws_secret_access_key: abc\n");
    home.run(&["process", "p", "--dialect", "aws"]).failed_with(3);
}

#[test]
fn command_on_several_lines_is_one_command() {
    let home = TestHome::new(PROGRAM);
    let program = home.write_program(
        "bin/c",
        "#!/bin/sh\nprintf '{\"Version\":1,\"AccessKeyId\":\"AK%s\",\"SecretAccessKey\":\"s\"}' $#\n",
    );
    home.config(&format!("[profile p]\ncredential_process = {} --user jo\n    --role x\n", program.display()));
    assert_eq!(json(home.run(&["process", "p"]).succeeded())["AccessKeyId"], "AK4");
    let findings = json(home.run(&["doctor", "p", "--json"]).stdout.trim_end());
    let sdk = &findings["visibility"]["p"]["sdk_rust"];
    assert_eq!((&sdk["visible"], &sdk["resolvable"]), (&true.into(), &false.into()), "{sdk}");
}

#[test]
fn process_output_with_bom_or_http_date_is_read() {
    let home = TestHome::new(PROGRAM);
    let answer = "\u{feff}{\"Version\":1,\"AccessKeyId\":\"ASIA1\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\
                  \"Expiration\":\"Thu, 01 Jan 2099 00:00:00 GMT\"}";
    let file = home.write("answer.json", answer);
    home.config(&format!("[profile p]\ncredential_process = cat {}\n", file.display()));
    assert_eq!(json(home.run(&["process", "p"]).succeeded())["Expiration"], "2099-01-01T00:00:00Z");
}

#[test]
fn uppercase_region_is_converted_to_lower_case() {
    let (_sts, home) = without_mfa();
    for region in ["EU-West-1", " eu-west-1 "] {
        let run = home.run_with(&["env", "nomfa", "--shell", "bash"], &[("AWS_REGION", region)]);
        assert!(run.succeeded().contains("AWS_REGION=eu-west-1\n") || run.stdout.contains("AWS_REGION='eu-west-1'"));
    }
    let explained = json(home.run(&["explain", "nomfa", "--json", "--region", " EU-WEST-1"]).succeeded());
    assert_eq!(explained["hops"][0]["sts"]["signing_region"], "eu-west-1");
}

#[test]
fn path_variable_with_home_variable_is_expanded() {
    let (_sts, home) = without_mfa();
    fs::rename(home.path().join(".aws"), home.path().join("alt")).unwrap();
    let variables =
        [("AWS_CONFIG_FILE", "$HOME/alt/config"), ("AWS_SHARED_CREDENTIALS_FILE", "${HOME}/alt/credentials")];
    home.run_with(&["process", "nomfa"], &variables).succeeded();
}

#[test]
fn policy_and_token_files_with_bom_are_read() {
    let (_sts, home) = without_mfa();
    home.write("policy.json", "\u{feff}{\"Version\":\"2012-10-17\",\"Statement\":[]}\r\n");
    home.run(&["process", "nomfa", "--policy", "~/policy.json"]).succeeded();
    home.write("policy.json", b"{\n\"Sid\":\"\xfc\"}");
    let run = home.run(&["process", "nomfa", "--policy", "~/policy.json"]);
    assert!(
        run.failed_with(3).stderr.contains("line 2 is not valid UTF-8 at byte 9 of the file (0xFC)"),
        "{}",
        run.stderr
    );
}

#[test]
fn invalid_byte_has_its_line_everywhere() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile p]\nregion = eu-west-1\n");
    home.write(".aws/credentials", b"[p]\n# Schl\xfcssel\n");
    for command in [&["process", "p"][..], &["doctor"], &["list"], &["setup", "p", "--yes"], &["whoami", "p"]] {
        let run = home.run(command);
        let first = run.failed_with(3).first_error_line();
        assert!(
            first.contains("~/.aws/credentials:2 is not valid UTF-8 at byte 10 of the file (0xFC)"),
            "{command:?}: {first}"
        );
    }
    let error = &json(&home.run(&["list", "--json"]).stdout)["error"];
    assert_eq!(error["line"], 2, "{error}");
}

#[test]
fn code_with_blanks_is_accepted_from_every_source() {
    let (sts, home) = biz_corp();
    let spaced = || {
        let code = sts.next_unused_code(data::MFA_SERIAL);
        format!("{} {}", &code[..3], &code[3..])
    };
    let with = |args: &[&str], variables: &[(&str, &str)], stdin: &str| -> Finished {
        let mut command = home.command(args);
        command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap().into()
    };
    let refresh = ["login", "bizcorprole", "--refresh", "--quiet"];
    with(&[&refresh[..], &["--mfa-token", &format!(" {}\r\n", spaced())]].concat(), &[], "").succeeded();
    with(&[&refresh[..], &["--mfa-token", "-"]].concat(), &[], &format!("\u{feff}\r\n {}\r\n", spaced())).succeeded();
    with(&refresh, &[("AMPLIFY_CREDS_MFA_TOKEN", &format!("{}\n", spaced()))], "").succeeded();
}
