//! What narrows or marks a session reaches AWS, and a session that is less never answers for one that is more.

use test_support::{Finished, TestHome, biz_corp as data};

use crate::{add_config, cache, json, without_mfa};

const POLICY: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[]}";

fn id(home: &TestHome, args: &[&str]) -> String {
    json(home.run(&[&["process"], args].concat()).succeeded())["AccessKeyId"].as_str().unwrap().to_owned()
}

#[test]
fn profile_and_flags_reach_aws() {
    let (sts, home) = without_mfa();
    home.write(".aws/narrow.json", POLICY);
    home.write(".aws/said.jwt", "eyJ.eyJ.sig\n");
    add_config(
        &home,
        "[profile marked]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         policy_arns = read-only\npolicy = narrow.json\nsession_tags = team=web,cost center=42\n\
         transitive_session_tags = team\nsource_identity = dev@corp\n\
         provided_contexts = arn:aws:iam::aws:contextProvider/IdentityCenter=said.jwt\n",
    );
    let arn = "arn:aws:iam::222222222222:policy/More";
    id(
        &home,
        &["marked", "--policy-arn", arn, "--tag", "team=ops", "--session-name", "by-hand", "--source-identity", "me"],
    );
    let calls = sts.calls();
    let sent = |name: &str| calls[0].param(name);
    assert_eq!(sent("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    assert_eq!(sent("PolicyArns.member.2.arn"), Some(arn));
    assert_eq!(sent("Policy"), Some(POLICY));
    assert_eq!((sent("Tags.member.1.Key"), sent("Tags.member.1.Value")), (Some("cost center"), Some("42")));
    assert_eq!((sent("Tags.member.2.Key"), sent("Tags.member.2.Value")), (Some("team"), Some("ops")));
    assert_eq!(sent("TransitiveTagKeys.member.1"), None, "the flag's tag is another than the profile's");
    assert_eq!((sent("SourceIdentity"), sent("RoleSessionName")), (Some("me"), Some("by-hand")));
    assert_eq!(sent("ProvidedContexts.member.1.ContextAssertion"), Some("eyJ.eyJ.sig"));
    assert_eq!(sent("ProvidedContexts.member.1.ProviderArn"), Some("arn:aws:iam::aws:contextProvider/IdentityCenter"));
    let seen = home.run(&["explain", "marked", "--json"]);
    let seen = json(seen.succeeded());
    assert_eq!(seen["hops"][0]["policy_arns"][0], "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_eq!(seen["hops"][0]["session_tags"][0]["transitive"], true);
    assert!(home.run(&["explain", "marked"]).succeeded().lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_session_that_is_less_answers_for_no_other() {
    let (sts, home) = without_mfa();
    home.write(".aws/a.json", POLICY);
    home.write(".aws/b.json", POLICY.replace("[]", "[{}]"));
    let a = home.path().join(".aws/a.json").display().to_string();
    let b = home.path().join(".aws/b.json").display().to_string();
    let all: Vec<Vec<&str>> = vec![
        vec!["nomfa"],
        vec!["nomfa", "--policy-arn", "read-only"],
        vec!["nomfa", "--policy", &a],
        vec!["nomfa", "--policy", &b],
        vec!["nomfa", "--tag", "team=web"],
        vec!["nomfa", "--external-id", "other"],
        vec!["nomfa", "--session-name", "other"],
    ];
    let ids: Vec<_> = all.iter().map(|args| id(&home, args)).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    assert_eq!(sts.count("AssumeRole"), ids.len());
    let again: Vec<_> = all.iter().map(|args| id(&home, args)).collect();
    assert_eq!(again, ids, "each has its own session");
    assert_eq!(cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().len(), ids.len());
}

#[test]
fn what_cannot_be_is_told_before_anything_is_sent() {
    let (sts, home) = without_mfa();
    home.write("bad.json", "[]");
    let bad = home.path().join("bad.json").display().to_string();
    let rows: &[(&[&str], i32)] = &[
        (&["nomfa", "--policy-arn", "nope"], 2),
        (&["nomfa", "--tag", "team"], 2),
        (&["nomfa", "--source-identity", "a b"], 2),
        (&["nomfa", "--provided-context", "nope"], 2),
        (&["nomfa", "--provided-context", "arn:aws:iam::aws:contextProvider/X=/no/such/file"], 3),
        (&["nomfa", "--policy", "/no/such/file"], 3),
        (&["nomfa", "--policy", &bad], 3),
        (&["nomfa", "--policy-arn", "boundary"], 3),
        (&["nomfa", "--role-arn", "nope"], 3),
        (&["nomfa", "--external-id", "x"], 3),
        (&["nomfa", "--session-name", "a b"], 3),
        (&["devcorpuser", "--role-arn", "arn:aws:iam::222222222222:role/NoMfa"], 2),
    ];
    for (args, status) in rows {
        home.run(&[&["process"], *args].concat()).failed_with(*status);
    }
    assert!(sts.calls().is_empty());
    assert!(home.run(&["process", "nomfa", "--role-arn", data::DEPLOY_ROLE]).code == Some(5));
    assert_eq!(sts.calls()[0].param("RoleArn"), Some(data::DEPLOY_ROLE));
}

#[test]
fn boundary_of_a_clone_narrows_as_an_own_policy_and_is_named() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile bound]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         policy_arns = boundary\n",
    );
    let local = "{\"dev\": {\"useProfile\": true, \"profileName\": \"bound\"}}";
    home.write("app/amplify/.config/project-config.json", "{}");
    home.write("app/amplify/.config/local-env-info.json", "{\"envName\": \"dev\"}");
    home.write("app/amplify/.config/local-aws-info.json", local);
    let write = |arn: &str| {
        let team = serde_json::json!({"dev": {"awscloudformation": {"PermissionsBoundaryPolicyArn": arn}}});
        home.write("app/amplify/team-provider-info.json", team.to_string());
    };
    let run = |args: &[&str]| -> Finished {
        home.command(args).current_dir(home.path().join("app")).output().unwrap().into()
    };
    for bad in [
        "x",
        "arn:aws:iam::222222222222:role/Admin",
        "arn:aws:s3:::bucket",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::22:policy/x",
        "arn:aws:iam::222222222222:policy/",
        "arn:aws:iam::222222222222:policy/a b",
        "arn:aws:iam::222222222222:policy/a\nb",
        "arn:aws:iam::222222222222:policy/a\u{1b}[2J",
        "arn:aws:iam::222222222222:policy/\u{e4}\u{202e}",
        &format!("arn:aws:iam::222222222222:policy/{}", "a".repeat(2048)),
    ] {
        write(bad);
        for args in [&["process", "bound"][..], &["process", "bound", "--policy-arn", "boundary"], &["login", "bound"]]
        {
            let run = run(args);
            run.failed_with(3);
            let first = run.first_error_line();
            assert!(first.contains("app/amplify/team-provider-info.json:1: PermissionsBoundaryPolicyArn"), "{first}");
            assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run:?}");
        }
    }
    assert!(sts.calls().is_empty());
    let arn = "arn:aws:iam::222222222222:policy/path/app-dev";
    write(arn);
    run(&["process", "bound"]).succeeded();
    assert_eq!(sts.calls()[0].param("PolicyArns.member.1.arn"), Some(arn));
    let line = format!("session policy {arn}: the permissions boundary in ~/app/amplify/team-provider-info.json:1\n");
    assert!(run(&["process", "bound", "-v"]).stderr.contains(&line));
    for args in
        [&["env", "bound", "--shell", "sh"][..], &["login", "bound"], &["explain", "bound"], &["whoami", "bound"]]
    {
        let run = run(args);
        assert!(run.code == Some(0) && run.stderr.matches(&line).count() == 1, "{args:?} {run:?}");
    }
    assert!(!run(&["env", "bound", "--shell", "sh", "-q"]).stderr.contains(arn));
    assert_eq!(run(&["list"]).stderr, "");
    let explained = run(&["explain", "bound"]).stdout;
    assert!(explained.lines().any(|line| line.contains("policy_arn") && line.contains(arn)), "{explained}");
}

#[test]
fn session_names_are_made_from_who_and_where() {
    let (sts, home) = without_mfa();
    let profile = |name: &str, template: &str| {
        format!(
            "[profile {name}]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
             role_session_name = {template}\n"
        )
    };
    add_config(&home, &profile("named", "{user}@{profile}"));
    add_config(&home, &profile("projects", "{project}-{env}"));
    home.run_with(&["process", "named"], &[("USER", "J\u{fc}rgen")]).succeeded();
    assert_eq!(sts.calls()[0].param("RoleSessionName"), Some("J-rgen@named"));
    assert!(cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().keys().all(|name| name.starts_with("J-rgen@named")));
    home.run_with(&["reset-cache", "named"], &[("USER", "J\u{fc}rgen")]).succeeded();
    assert_eq!(cache(&home).get(data::NO_MFA_ROLE), None);
    let run = home.run_with(&["process", "named"], &[("USER", ""), ("LOGNAME", ""), ("USERNAME", "")]);
    run.failed_with(3);
    assert!(run.stderr.contains("what {user} is") && run.stderr.contains("~/.aws/config:18"), "{}", run.stderr);
    home.run(&["process", "projects"]).failed_with(3);
    home.write("shop/amplify/.config/project-config.json", "{\"projectName\": \"Shop\"}");
    home.write("shop/amplify/.config/local-env-info.json", "{\"envName\": \"dev\"}");
    let mut command = home.command(&["process", "projects", "--no-cache"]);
    assert!(command.current_dir(home.path().join("shop")).output().unwrap().status.success());
    assert_eq!(sts.calls()[1].param("RoleSessionName"), Some("Shop-dev"));
}

#[test]
fn a_wrapper_with_flags_is_an_alias_with_them() {
    let (sts, home) = without_mfa();
    add_config(
        &home,
        "[profile less]\ncredential_process = amplify-creds process nomfa --policy-arn read-only --tag=team=web --session-name me\n\
         [profile keys]\ncredential_process = amplify-creds process devcorpuser --tag team=web\n\
         [profile wrong]\ncredential_process = amplify-creds process nomfa --tag team\n",
    );
    let seen = json(home.run(&["explain", "less", "--json"]).succeeded());
    assert_eq!((&seen["via"][0], &seen["hops"][0]["session_name"]), (&"less".into(), &"me".into()));
    let through = id(&home, &["less"]);
    assert_eq!(sts.calls()[0].param("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    assert_eq!(sts.calls()[0].param("Tags.member.1.Value"), Some("web"));
    let by_flags = ["nomfa", "--policy-arn", "read-only", "--tag", "team=web", "--session-name", "me"];
    assert_eq!(id(&home, &by_flags), through, "it is the same session");
    home.run(&["process", "keys"]).failed_with(3);
    home.run(&["process", "wrong"]).failed_with(3);
}
