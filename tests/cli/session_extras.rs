//! Options that narrow or mark a session are sent to AWS, and a narrower session is never used for a wider one.

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
    id(&home, &["marked", "--tag", "team=ops", "--session-name", "by-hand", "--source-identity", "me"]);
    let calls = sts.calls();
    let sent = |name: &str| calls[0].param(name);
    assert_eq!(sent("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
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
fn restricted_session_is_cached_separately() {
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
fn invalid_session_option_is_rejected_before_request() {
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
        let run = home.run(&[&["process"], *args].concat());
        run.failed_with(*status);
        let is_named = run.stderr.contains(&format!("invalid {} (expected ", args[1]));
        assert_eq!(is_named, !args[2].contains(['/', '\\']) && args[2] != "boundary", "{}", run.stderr);
    }
    assert!(sts.calls().is_empty());
    assert!(home.run(&["process", "nomfa", "--role-arn", data::DEPLOY_ROLE]).code == Some(5));
    assert_eq!(sts.calls()[0].param("RoleArn"), Some(data::DEPLOY_ROLE));
}

#[test]
fn boundary_as_session_policy_is_validated_and_noted() {
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
        for args in [&["process", "bound"][..], &["env", "bound", "--shell", "sh"], &["login", "bound"]] {
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
fn session_name_template_uses_user_and_project() {
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
    assert!(run.stderr.contains("placeholder {user}") && run.stderr.contains("~/.aws/config:18"), "{}", run.stderr);
    home.run(&["process", "projects"]).failed_with(3);
    home.write("shop/amplify/.config/project-config.json", "{\"projectName\": \"Shop\"}");
    home.write("shop/amplify/.config/local-env-info.json", "{\"envName\": \"dev\"}");
    let mut command = home.command(&["process", "projects", "--no-cache"]);
    assert!(command.current_dir(home.path().join("shop")).output().unwrap().status.success());
    assert_eq!(sts.calls()[1].param("RoleSessionName"), Some("Shop-dev"));
}

#[test]
fn wrapper_with_flags_is_an_alias_with_flags() {
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

fn wrappers(home: &TestHome) -> String {
    WRAPPERS.replace("HOME", &home.path().display().to_string())
}

/// The role `narrow` with a policy, and wrappers for it and for `nomfa`, which has no policy.
const WRAPPERS: &str = "[profile narrow]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\n\
     source_profile = devcorpuser\npolicy_arns = read-only\n\
     [profile agent]\ncredential_process = amplify-creds process nomfa --policy-arn read-only\n\
     [profile inline]\ncredential_process = amplify-creds process nomfa --policy HOME/p.json --tag team=web\n\
     [profile open]\ncredential_process = amplify-creds process nomfa --tag team=web --session-name me\n\
     [profile over-agent]\ncredential_process = amplify-creds process agent --session-name other -d 20m\n\
     [profile wide-agent]\ncredential_process = amplify-creds process agent --policy-arn read-only\n\
     [profile role-agent]\ncredential_process = amplify-creds process agent --role-arn arn:aws:iam::222222222222:role/X\n\
     [profile wide-narrow]\ncredential_process = amplify-creds process narrow --policy HOME/p.json\n\
     [profile agent-open]\ncredential_process = amplify-creds process open --policy-arn read-only --tag team=ops\n\
     [profile behind]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = agent\n";

#[test]
fn second_policy_for_profile_or_wrapper_is_rejected() {
    let (sts, home) = without_mfa();
    home.write("p.json", POLICY);
    add_config(&home, &wrappers(&home));
    let (role, other) = ("arn:aws:iam::222222222222:role/X", "arn:aws:iam::aws:policy/AdministratorAccess");
    let rows: &[(&str, &[&str])] = &[
        ("narrow", &["--policy-arn", other]),
        ("narrow", &["--policy-arn", "read-only"]),
        ("narrow", &["--policy", POLICY]),
        ("agent", &["--policy-arn", other]),
        ("agent", &["--policy", POLICY]),
        ("agent", &["--role-arn", role]),
        ("agent", &["--external-id", "other"]),
        ("agent", &["--tag", "team=web"]),
        ("agent", &["--source-identity", "me"]),
        ("agent", &["--provided-context", "arn:aws:iam::aws:contextProvider/X=/no/such/file"]),
        ("inline", &["--policy", POLICY]),
        ("inline", &["--tag", "team=ops"]),
        ("over-agent", &["--policy-arn", other]),
        ("over-agent", &["--tag", "team=web"]),
        ("agent-open", &["--tag", "team=web"]),
    ];
    for (profile, flags) in rows {
        let run = home.run(&[&["process", profile], *flags].concat());
        let line = run.failed_with(2).first_error_line();
        assert!(line.contains(flags[0]) && line.contains(profile) && line.contains("~/.aws/config:"), "{line}");
    }
    for (command, status) in [("env", 2), ("whoami", 2), ("check", 2), ("login", 2), ("exec", 125)] {
        home.run(&[command, "agent", "--policy-arn", other]).failed_with(status);
    }
    assert!(sts.calls().is_empty());
}

#[test]
fn second_policy_in_a_wrapper_is_a_configuration_error() {
    let (sts, home) = without_mfa();
    home.write("p.json", POLICY);
    add_config(&home, &wrappers(&home));
    for (profile, option) in [("wide-agent", "--policy-arn"), ("role-agent", "--role-arn"), ("wide-narrow", "--policy")]
    {
        for command in ["process", "explain", "login", "check"] {
            let run = home.run(&[command, profile]);
            let line = run.failed_with(3).first_error_line();
            assert!(line.contains(option) && line.contains(profile), "{line}");
        }
        home.run(&["exec", profile, "--", "true"]).failed_with(125);
    }
    assert!(sts.calls().is_empty());
}

#[test]
fn wrapper_with_a_policy_takes_other_options() {
    let (sts, home) = without_mfa();
    home.write("p.json", POLICY);
    add_config(&home, &wrappers(&home));
    let read_only = Some("arn:aws:iam::aws:policy/ReadOnlyAccess");
    id(&home, &["agent", "--session-name", "me", "-d", "30m"]);
    id(&home, &["narrow", "--tag", "team=web"]);
    // The options of both wrappers apply. The outer wrapper has priority.
    id(&home, &["over-agent"]);
    id(&home, &["agent-open"]);
    // The policy of the source does not limit the role that it assumes.
    sts.edit_world(|world| {
        world.put_role(test_support::Role::new(data::NO_MFA_ROLE).trusts("222222222222").trusts("111111111111"));
    });
    id(&home, &["behind", "--policy", POLICY]);
    let calls = sts.calls();
    let sent = |call: usize, name: &str| calls[call].param(name).map(str::to_owned);
    for call in 0..4 {
        assert_eq!(sent(call, "PolicyArns.member.1.arn").as_deref(), read_only, "{call}");
        assert_eq!(sent(call, "PolicyArns.member.2.arn"), None, "{call}");
    }
    assert_eq!(
        (sent(0, "RoleSessionName").as_deref(), sent(0, "DurationSeconds").as_deref()),
        (Some("me"), Some("1800"))
    );
    assert_eq!(sent(1, "Tags.member.1.Value").as_deref(), Some("web"));
    assert_eq!(
        (sent(2, "RoleSessionName").as_deref(), sent(2, "DurationSeconds").as_deref()),
        (Some("other"), Some("1200"))
    );
    assert_eq!(
        (sent(3, "RoleSessionName").as_deref(), sent(3, "Tags.member.1.Value").as_deref()),
        (Some("me"), Some("ops"))
    );
    assert_eq!(calls.last().unwrap().param("Policy"), Some(POLICY));
    assert_eq!(calls.last().unwrap().param("PolicyArns.member.1.arn"), None);
}

#[test]
fn wrapper_without_a_policy_passes_flags_on() {
    let (sts, home) = without_mfa();
    add_config(&home, &wrappers(&home));
    id(&home, &["open", "--policy-arn", "read-only", "--tag", "team=ops", "--external-id", "other"]);
    let calls = sts.calls();
    assert_eq!(calls[0].param("PolicyArns.member.1.arn"), Some("arn:aws:iam::aws:policy/ReadOnlyAccess"));
    assert_eq!((calls[0].param("Tags.member.1.Value"), calls[0].param("ExternalId")), (Some("ops"), Some("other")));
}
