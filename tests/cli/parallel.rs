//! Many processes at once on a cold cache: one call, one prompt, equal answers.

use std::process::Stdio;

use test_support::{Fault, biz_corp as data};

use crate::without_mfa;

#[test]
fn sixty_four_calls_at_once_are_one_call_to_aws() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Slow(std::time::Duration::from_millis(100)), None);
    let children: Vec<_> = (0..64)
        .map(|_| home.command(&["process", "nomfa"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let mut answers: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    answers.dedup_by(|a, b| a.stdout == b.stdout && a.status.success() && b.status.success());
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].status.success(), "{answers:#?}");
    assert_eq!(sts.count("AssumeRole"), 1);
}

#[test]
fn different_roles_do_not_wait_for_one_another() {
    let (sts, home) = without_mfa();
    crate::add_config(
        &home,
        "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = other\n",
    );
    home.run(&["process", "nomfa"]).succeeded();
    // The other role's call hangs; the warm hit and the dead-locked one must not meet.
    sts.fault(Fault::Hang, None);
    let mut hanging = home.command(&["process", "other"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(sts.wait_for("AssumeRole", 2, std::time::Duration::from_secs(10)));
    home.run(&["process", "nomfa"]).succeeded();
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    sts.clear_faults();
    // A holder that is killed frees its lock.
    home.run(&["process", "other"]).succeeded();
    assert_eq!(sts.calls().iter().filter(|call| call.param("RoleArn") == Some(data::NO_MFA_ROLE)).count(), 3);
}

#[test]
fn a_wait_ends_by_its_bound_with_exit_7() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Hang, None);
    let mut holder = home.command(&["process", "nomfa"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(sts.wait_for("AssumeRole", 1, std::time::Duration::from_secs(10)));
    let run = home.run(&["process", "nomfa", "--lock-timeout", "1s"]);
    run.failed_with(7);
    holder.kill().unwrap();
    holder.wait().unwrap();
}
