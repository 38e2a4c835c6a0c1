use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[test]
fn secrets_in_output_of_programs_are_masked() {
    for line in [
        "<SecretAccessKey>hunter2pw</SecretAccessKey>",
        "GET https://svc:hunter2pw@v.example/x failed",
        "GET https://v.example/x?sig=hunter2pw failed",
        "Authorization: Bearer hunter2pw",
        "password: hunter2pw",
        "token: hunter2pw",
        "+ curl -u svc:hunter2pw https://v.example",
    ] {
        let shown = masked_output(line);
        assert!(!shown.contains("hunter2pw") && shown.contains(MASK), "{shown}");
    }
    let words = "session expired, run: corp login";
    assert_eq!(masked_output(words), words);
}

#[test]
fn secret_keys_are_detected_in_every_spelling() {
    for key in [
        "aws_secret_access_key",
        "secretAccessKey",
        "AWS_SESSION_TOKEN",
        "sessiontoken",
        "aws_security_token",
        "aws_secret_acess_key",
        "aws_secert_access_key",
        "aws_session_toke",
        "aws_secret",
        "password",
        "aws_s\u{435}cret_access_key",
        "db_password",
    ] {
        assert!(is_secret(key), "{key}");
    }
    for key in ["aws_access_key_id", "web_identity_token_file", "x_security_token_expires", "region", "source_profile"]
    {
        assert!(!is_secret(key), "{key}");
    }
}

#[test]
fn secret_in_text_is_masked() {
    for (text, expected) in [
        (format!("dev,AKIA1,{SECRET}"), "dev,AKIA1,****"),
        ("dev,AKIAIOSFODNN7EXAMPLE,short".to_owned(), "dev,AKIAIOSFODNN7EXAMPLE,****"),
        (format!("a {SECRET} b"), "a **** b"),
        ("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1".to_owned(), "****"),
        ("0123456789abcdef0123456789abcdef".to_owned(), "0123456789abcdef0123456789abcdef"),
        ("9e107d9d372bb6826bd81d3542a419d6".to_owned(), "9e107d9d372bb6826bd81d3542a419d6"),
        ("aws_secret_access_key = abc".to_owned(), "aws_secret_access_key = ****"),
        ("aws_secret_access_key: abc".to_owned(), "aws_secret_access_key: ****"),
        ("export AWS_SECRET_ACCESS_KEY=abc".to_owned(), "export AWS_SECRET_ACCESS_KEY=****"),
        ("Secret access key: abc".to_owned(), "Secret access key: ****"),
        (
            r#"{"AccessKeyId":"AKIA1", "SecretAccessKey": "a b", "SessionToken":"t"}"#.to_owned(),
            r#"{"AccessKeyId":"AKIA1", "SecretAccessKey": "****", "SessionToken":"****"}"#,
        ),
        (r#"{\"Token\":\"t\"}"#.to_owned(), r#"{\"Token\":\"****\"}"#),
    ] {
        assert_eq!(masked(&text), expected, "{text}");
    }
}

#[test]
fn names_without_secret_are_unchanged() {
    for text in [
        "",
        "bizcorprole",
        "MyCompany/Sandbox/Account1/ReadOnly",
        "123456789012_AWSAdministratorAccess",
        "AmazonWebServicesProductionReadOnlyAccess",
        "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
        "cannot read the token: no such file",
        "write aws_secret_access_key = \u{2026}",
        "m\u{fc}ller \u{958b}\u{767a}",
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "User name,Access key ID,Secret access key",
    ] {
        assert!(!holds_secret(text), "{text}: {}", masked(text));
    }
    let path = "cannot read /nix/store/0c4mdbnkc9vvrhi3hqxz3nyc3khzsgwj/x1Y2z3A4b5C6/config";
    assert_eq!(
        masked_message("cannot read /tmp/aB1cD2eF3/aB1cD2eF3/aB1cD2eF3/aB1cD2eF3"),
        "cannot read /tmp/aB1cD2eF3/aB1cD2eF3/aB1cD2eF3/aB1cD2eF3"
    );
    assert!(masked_message(path).contains("/x1Y2z3A4b5C6/config"));
    assert_eq!(masked_message(&format!("unknown profile {SECRET}")), "unknown profile ****");
}

#[test]
fn user_password_and_query_of_url_are_masked() {
    for (url, expected) in [
        ("https://sts.eu-west-1.amazonaws.com/", "https://sts.eu-west-1.amazonaws.com/"),
        ("http://user:hush@127.0.0.1:9/", "http://****@127.0.0.1:9/"),
        ("http://hush@h", "http://****@h"),
        ("http://user:a/b@h/x", "http://****@h/x"),
        ("http://user:a?b@h/x", "http://****@h/x"),
        ("http://user:a#b@h?q", "http://****@h?****"),
        ("http://h/x?sig=hush", "http://h/x?****"),
        ("http://h/a b?sig=hush", "http://h/a b?****"),
        ("http://h/x#hush", "http://h/x#****"),
        ("https://d-1.awsapps.com/start#/", "https://d-1.awsapps.com/start#/"),
        ("https://u:p@h/start#/", "https://****@h/start"),
        ("user:hush@h", "****"),
        ("h:80", "h:80"),
    ] {
        assert_eq!(shown_url(url), expected, "{url}");
    }
}

#[test]
fn message_masks_only_long_whole_secrets() {
    for (message, secret, expected) in [
        ("arn:aws:iam::222222222222:role/test/x", "test", "arn:aws:iam::222222222222:role/test/x"),
        ("it is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.", SECRET, "it is ****."),
        ("key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SECRET, "key=****"),
        ("role/administratoraccess", "administratoraccess", "role/administratoraccess"),
        ("the administratoraccess1", "administratoraccess", "the administratoraccess1"),
    ] {
        assert_eq!(without_secret(message, secret), expected, "{message}");
    }
}
