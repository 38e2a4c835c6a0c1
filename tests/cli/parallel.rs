//! Many processes at once on an empty cache: one call, one prompt, equal results.

use std::process::Stdio;

use test_support::{Fault, biz_corp as data};

use crate::without_mfa;

#[test]
fn different_roles_do_not_wait_for_one_another() {
    let (sts, home) = without_mfa();
    crate::add_config(
        &home,
        "[profile other]\nrole_arn = arn:aws:iam::222222222222:role/NoMfa\nsource_profile = devcorpuser\n\
         role_session_name = other\n",
    );
    home.run(&["process", "nomfa"]).succeeded();
    // The call for the other role hangs. A warm hit and the killed holder's lock must not depend on it.
    sts.fault(Fault::Hang, None);
    let mut hanging = home.command(&["process", "other"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sts.wait_for("AssumeRole", 2);
    home.run(&["process", "nomfa"]).succeeded();
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    sts.clear_faults();
    // The lock of a killed holder is free.
    home.run(&["process", "other"]).succeeded();
    assert_eq!(sts.calls().iter().filter(|call| call.param("RoleArn") == Some(data::NO_MFA_ROLE)).count(), 3);
}

#[test]
fn lock_timeout_exits_7() {
    let (sts, home) = without_mfa();
    sts.fault(Fault::Hang, None);
    let mut holder = home.command(&["process", "nomfa"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sts.wait_for("AssumeRole", 1);
    let run = home.run(&["process", "nomfa", "--lock-timeout", "1s"]);
    run.failed_with(7);
    let who = format!("waited 1 s for process {} (amplify-creds process nomfa)", holder.id());
    assert!(run.first_error_line().contains(&who), "{}", run.stderr);
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[cfg(unix)]
mod waiting {
    use std::fs;
    use std::process::Stdio;

    use test_support::{Fault, Finished, Terminal, TestHome, biz_corp as data};

    use crate::{biz_corp, fresh_code, json, without_mfa};

    const QUESTION: &str = "Enter the MFA token code: ";

    /// Runs of the program on their own terminals. Each has reported that it waits for another process.
    fn waiters(home: &TestHome, args: &str) -> Vec<Terminal> {
        let mut all: Vec<_> = ["a", "b", "c"].map(|name| Terminal::named(home, name, args)).into();
        for waiter in &mut all {
            waiter.expect("amplify-creds: waiting for process ");
        }
        all
    }

    #[test]
    fn concurrent_calls_on_empty_cache_share_prompt_and_call() {
        let (sts, home) = biz_corp();
        let mut terminal = Terminal::script(
            &home,
            "i=0; while [ $i -lt 256 ]; do \"$PROGRAM\" process bizcorprole >\"$FILES/out.$i\" 2>\"$FILES/err.$i\" \
             </dev/null & i=$((i+1)); done; wait",
        );
        terminal.expect(QUESTION);
        terminal.type_line(&fresh_code(&sts));
        let (rest, left) = terminal.finish();
        left.restored();
        assert!(!rest.contains(QUESTION), "a second prompt: {rest}");
        let read = |name: String| fs::read_to_string(home.path().join("terminal").join(name)).unwrap();
        let first = read("out.0".to_owned());
        json(&first);
        for index in 0..256 {
            assert_eq!((read(format!("err.{index}")).as_str(), read(format!("out.{index}"))), ("", first.clone()));
        }
        assert_eq!((sts.count("GetSessionToken"), sts.count("AssumeRole")), (1, 1));
    }

    #[test]
    fn cancelled_prompt_ends_current_waiters_only() {
        let (sts, home) = biz_corp();
        let mut terminal = Terminal::start(&home, "process bizcorprole", "</dev/null");
        terminal.expect(QUESTION);
        let waiters = waiters(&home, "process bizcorprole");
        terminal.type_control('c');
        let (_, left) = terminal.finish();
        left.restored().failed_with(130);
        for waiter in waiters {
            waiter.finish().1.restored().failed_with(130);
        }
        // Without a terminal, a later process is not cancelled, but cannot prompt.
        home.run(&["process", "bizcorprole"]).failed_with(4);
        home.run(&["process", "bizcorprole", "-t", &fresh_code(&sts)]).succeeded();
    }

    #[test]
    fn sts_outage_is_shared_by_all_waiters() {
        let (sts, home) = without_mfa();
        sts.fault(Fault::Hang, None);
        let first = home.command(&["process", "nomfa"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        sts.wait_for("AssumeRole", 1);
        let waiters = waiters(&home, "process nomfa");
        sts.replace_faults(Fault::ServerError(503));
        Finished::from(first.wait_with_output().unwrap()).failed_with(6);
        for waiter in waiters {
            waiter.finish().1.restored().failed_with(6);
        }
        assert!(sts.count("AssumeRole") <= 3, "only the holder tries: {}", sts.count("AssumeRole"));
    }

    #[test]
    fn waiter_prints_lock_holder_on_terminal() {
        let (sts, home) = without_mfa();
        sts.fault(Fault::Hang, None);
        let mut holder =
            home.command(&["process", "nomfa"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sts.wait_for("AssumeRole", 1);
        let mut terminal = Terminal::start(&home, "process nomfa", "</dev/null");
        terminal.expect(&format!("amplify-creds: waiting for process {} (amplify-creds process nomfa)", holder.id()));
        sts.clear_faults();
        holder.kill().unwrap();
        holder.wait().unwrap();
        let (_, left) = terminal.finish();
        json(left.restored().succeeded());
    }

    #[test]
    fn early_renewal_neither_delays_nor_fails_callers() {
        let (sts, home) = without_mfa();
        home.run(&["process", "nomfa"]).succeeded();
        crate::age_cache(&home, 46 * 60);
        sts.fault(Fault::Hang, None);
        let calls = sts.count("AssumeRole");
        let all: Vec<_> = (0..16)
            .map(|_| home.command(&["process", "nomfa"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        for one in all {
            let run = one.wait_with_output().unwrap();
            assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
        }
        // Zero, if the first process had no time to send its request.
        assert!(sts.count("AssumeRole") <= calls + 1, "one tries, and the others back off");
        sts.clear_faults();
        // With less than five minutes left, a call has a timeout of 5 s.
        crate::age_cache(&home, 10 * 60);
        let id = |run: &Finished| json(run.succeeded())["AccessKeyId"].clone();
        let old =
            crate::cache(&home)[data::NO_MFA_ROLE].as_object().unwrap().values().next().unwrap()["accessKeyId"].clone();
        assert_ne!(id(&home.run(&["process", "nomfa"])), old);
    }

    #[test]
    fn abandoned_early_renewal_does_not_fail_waiters() {
        let (sts, home) = without_mfa();
        home.run(&["process", "nomfa"]).succeeded();
        // With less than five minutes left, an early renewal has a timeout of 5 s for its call.
        crate::age_cache(&home, 56 * 60);
        sts.fault(Fault::HELD, Some(1));
        let calls = sts.count("AssumeRole");
        let early = home.command(&["process", "nomfa"]).stdout(Stdio::piped()).spawn().unwrap();
        sts.wait_for("AssumeRole", calls + 1);
        // Waits for the lock, and gets it after the other process has given up.
        home.run(&["process", "nomfa", "--refresh"]).succeeded();
        assert!(early.wait_with_output().unwrap().status.success());
    }

    #[test]
    fn session_fetched_during_reset_is_not_stored() {
        let (sts, home) = without_mfa();
        home.run(&["process", "nomfa"]).succeeded();
        sts.fault(Fault::HELD, None);
        let calls = sts.count("AssumeRole");
        let fetch = home.command(&["process", "nomfa", "--refresh"]).stdout(Stdio::piped()).spawn().unwrap();
        sts.wait_for("AssumeRole", calls + 1);
        home.run(&["reset-cache", "nomfa"]).succeeded();
        sts.clear_faults();
        let run = fetch.wait_with_output().unwrap();
        assert!(run.status.success() && !run.stdout.is_empty());
        let file = fs::read_to_string(home.cache_file()).unwrap_or_default();
        assert!(!file.contains(data::NO_MFA_ROLE), "{file}");
        home.run(&["process", "nomfa"]).succeeded();
        assert_eq!(sts.count("AssumeRole"), calls + 2);
    }
}
