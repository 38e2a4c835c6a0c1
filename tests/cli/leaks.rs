//! No command shows a secret in a wrong place: under a misspelled key, in a name, in a URL.

use test_support::TestHome;

use crate::{PROGRAM, json};

const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1";

const COMMANDS: [&[&str]; 12] = [
    &["list"],
    &["list", "--json"],
    &["list", "--json", "--properties"],
    &["list", "--json", "--properties", "--show-values"],
    &["doctor"],
    &["doctor", "--json"],
    &["explain", "k"],
    &["explain", "k", "--json"],
    &["process", "k"],
    &["setup", "k", "--name", "new", "--dry-run"],
    &["keys", "list"],
    &["keys", "import", "k", "--dry-run"],
];

fn assert_hidden(form: &str, secret: &str) {
    let text = form.replace("SECRET", secret);
    for (config, credentials) in [(text.replace("[k]", "[profile k]"), ""), (String::new(), text.as_str())] {
        let home = TestHome::new(PROGRAM);
        home.config(&config);
        home.credentials(credentials);
        for dialect in ["auto", "aws", "amplify"] {
            for command in COMMANDS {
                let run = home.run(&[command, &["--dialect", dialect]].concat());
                if command[0] == "process" && run.code == Some(0) {
                    continue;
                }
                assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{form}{command:?} {run:?}");
            }
        }
    }
}

#[test]
fn secret_in_wrong_place_is_not_shown() {
    for form in [
        "[k]\naws_access_key_id = AKIA1\naws_secret_acess_key = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_secert_access_key = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_secret_access_key = x\naws_session_toke = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_secret = SECRET\n",
        "[k]\npassword = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_s\u{435}cret_access_key = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_access_key_id = SECRET\n",
        "[k]\naws_access_key_id = AKIA1\naws_secret_access_key = x\naws_access_key_id = SECRET\n",
        "[k]\raws_access_key_id = AKIA1\raws_secret_access_key = SECRET\r",
        "[k]\nregion = x\n  AKIA1\n  SECRET\n",
        "[k]\nregion =\n  SECRET\n",
        "[k]\nregion = SECRET\n",
        "[k]\nsource_profile = SECRET\n",
        "[k]\nrole_arn = SECRET\n",
        "[k]\noutput = json\n  SECRET\n",
        "[k]\nUser name,Access key ID,Secret access key\ndev,AKIA1,SECRET\n",
        "[k]\n{\"AccessKeyId\":\"AKIA1\",\"SecretAccessKey\":\"SECRET\"}\n",
        "[dev,AKIA1,SECRET]\nregion = x\n",
        "[aws_secret_access_key = SECRET]\nregion = x\n",
        "[{\"SecretAccessKey\": \"SECRET\"}]\nregion = x\n",
        "[profile SECRET]\nregion = x\n[SECRET]\nregion = y\n",
        "[k]\nSECRET = x\nSECRET = x\n",
        "[k]\nendpoint_url = http://user:SECRET@127.0.0.1:9/\n",
        "[k]\nendpoint_url = http://127.0.0.1:9/?sig=SECRET\n",
        "[k]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = SECRET\n",
    ] {
        assert_hidden(form, SECRET);
    }
    // Short secrets, which only the key or the form reveals.
    for form in [
        "[k]\naws_secret_acess_key = SECRET\n",
        "[k]\npassword = SECRET\n",
        "[k]\naws_secret_access_key : SECRET\n",
        "[aws_secret_access_key = SECRET]\nregion = x\n",
        "[{\"SecretAccessKey\": \"SECRET\"}]\nregion = x\n",
        "[k]\nendpoint_url = http://user:SECRET@127.0.0.1:9/\n",
        "[k]\nendpoint_url = http://127.0.0.1:9/?sig=SECRET\n",
    ] {
        assert_hidden(form, "hush-hush");
    }
}

#[test]
fn password_in_endpoint_is_not_shown() {
    let role = "[profile k]\nrole_arn = arn:aws:iam::222222222222:role/R\nsource_profile = user\nregion = us-east-1\n";
    let keys = "[user]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n";
    for (line, variables) in [
        ("endpoint_url = http://127.0.0.1:9/?sig=hush-hush", vec![]),
        ("endpoint_url = http://user:hush-hush@127.0.0.1:9/", vec![]),
        ("services = s\n[services s]\nsts =\n  endpoint_url = http://127.0.0.1:9/?sig=hush-hush", vec![]),
        ("services = s\n[services s]\nsts =\n  endpoint_url = http://u:hush-hush@127.0.0.1:9/", vec![]),
        ("", vec![("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9/?sig=hush-hush")]),
        ("", vec![("AWS_ENDPOINT_URL", "http://u:hush-hush@127.0.0.1:9/")]),
        ("", vec![("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9/"), ("HTTP_PROXY", "http://u:hush-hush@127.0.0.1:9")]),
        ("", vec![("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9/"), ("HTTP_PROXY", "http://127.0.0.1:9/?hush-hush")]),
    ] {
        let home = TestHome::new(PROGRAM);
        home.config(&format!("{role}{line}\n"));
        home.credentials(keys);
        for command in COMMANDS {
            let run = home.run_with(command, &variables);
            assert!(!run.stdout.contains("hush") && !run.stderr.contains("hush"), "{line} {command:?} {run:?}");
        }
        let run = home.run_with(&["-v", "process", "k"], &variables);
        assert!(run.code != Some(0) && !run.stderr.contains("hush"), "{line} {run:?}");
    }
}

#[test]
fn query_in_container_uri_is_not_shown() {
    let home = TestHome::new(PROGRAM);
    home.config(
        "[profile k]\nrole_arn = arn:aws:iam::222222222222:role/R\ncredential_source = EcsContainer\nregion = us-east-1\n",
    );
    for uri in [
        "http://127.0.0.1:9/ecs?sig=hush-hush",
        "http://127.0.0.1:9/e cs?sig=hush-hush",
        "http://127.0.0.1:9/ecs?sig=hush hush-hush",
        "http://127.0.0.1:9/ecs#hush-hush",
        "https://user:hush-hush@127.0.0.1:9/ecs",
        "https://user:hush hush@127.0.0.1:9/ecs",
        "ftp://user:hush-hush@127.0.0.1:9/ecs",
    ] {
        let variables = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)];
        for command in COMMANDS {
            let run = home.run_with(&[&["-v"], command].concat(), &variables);
            assert!(!run.stdout.contains("hush") && !run.stderr.contains("hush"), "{uri} {command:?} {run:?}");
        }
        assert!(home.run_with(&["explain", "k"], &variables).stdout.contains("127.0.0.1:9"), "{uri}");
    }
}

#[test]
fn show_values_shows_unknown_keys_and_no_secrets() {
    let home = TestHome::new(PROGRAM);
    home.config("[profile k]\nregion = eu-west-1\nteam = blue\naws_secret = hush\n");
    let value = |args: &[&str], key: &str| {
        json(home.run(&[&["list", "--json", "--properties"], args].concat()).succeeded())[0]["properties"][key]["value"]
            .clone()
    };
    for (args, key, expected) in [
        (&[][..], "region", "eu-west-1"),
        (&[], "team", "****"),
        (&[], "aws_secret", "****"),
        (&["--show-values"], "region", "eu-west-1"),
        (&["--show-values"], "team", "blue"),
        (&["--show-values"], "aws_secret", "****"),
    ] {
        assert_eq!(value(args, key), expected, "{args:?} {key}");
    }
    assert_eq!(home.run(&["list", "--show-values"]).code, Some(2));
}

#[test]
fn steering_characters_are_not_printed() {
    let home = TestHome::new(PROGRAM);
    let odd = ["a\u{61c}b", "c\u{2028}d", "e\u{2029}f", "g\u{202e}h", "i\u{85}j"];
    let config = odd.map(|name| {
        format!(
            "[profile {name}]\nregion = us-east-1\nrole_arn = arn:aws:iam::222222222222:role/R\n\
             source_profile = user\nsource_identity = {name}\n"
        )
    });
    let config = config.concat();
    home.config(&config);
    home.credentials("[user]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n");
    let steers = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for command in COMMANDS.iter().chain([&["sessions", "--json"][..], &["whoami", "--json"]].iter()) {
        for name in odd {
            let command: Vec<_> = command.iter().map(|word| if *word == "k" { name } else { word }).collect();
            let run = home.run(&command);
            assert!(!run.stdout.contains(steers) && !run.stderr.contains(steers), "{command:?} {run:?}");
        }
    }
    let list = json(home.run(&["list", "--json"]).succeeded());
    assert_eq!(list[0]["name"], odd[0]);
}
