use std::fs::read_to_string;
use std::path::Path;
use std::thread::sleep;

use super::*;

fn answer(script: &str, limit: Duration) -> Result<String, ChildError> {
    let answer = run(script, &CallChain::default(), Stderr::Captured, limit)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

const SOON: Duration = Duration::from_secs(30);

/// A zombie has ended.
fn has_ended(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    state.is_empty() || state.starts_with('Z')
}

fn end(pid: &str) {
    Command::new("kill").arg(pid).status().unwrap();
}

#[test]
fn answer_is_used_while_a_background_process_holds_the_pipes() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    for (end_of_script, expected) in [
        ("echo keys", Ok("keys\n".to_owned())),
        ("echo no >&2; exit 3", Err(("exit status: 3".to_owned(), "no".to_owned()))),
    ] {
        let started = Instant::now();
        let outcome = answer(&format!("sleep 300 & echo $! >{}; {end_of_script}", pid.display()), SOON);
        let took = started.elapsed();
        end(read_to_string(&pid).unwrap().trim());
        let outcome = outcome.map_err(|error| match error {
            ChildError::Failed { status, message } => (status, message.summary),
            other => panic!("{other}"),
        });
        assert_eq!(outcome, expected);
        assert!(took < SOON / 3, "{took:?}");
    }
}

#[test]
fn output_above_the_limit_is_an_error() {
    let zeros = |bytes: usize| answer(&format!("head -c {bytes} /dev/zero; yes | head -c 300000 >&2"), SOON);
    assert_eq!(zeros(LONGEST_ANSWER).unwrap().len(), LONGEST_ANSWER);
    assert_eq!(zeros(LONGEST_ANSWER + 1), Err(ChildError::TooLong));
}

#[test]
fn endless_output_ends_at_the_deadline() {
    assert_eq!(answer("yes", Duration::from_millis(100)), Err(ChildError::TimedOut(0)));
}

#[test]
fn descendants_are_killed_at_the_deadline() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    let sleeper =
        |name: &str, prefix: &str| format!("{prefix} sh -c 'echo $$ >{}; exec sleep 300'", file(name).display());
    // The parent of the last process has ended, and the process holds no pipe of ours. Only Linux shows that it belongs
    // to the program.
    let orphan = format!("({} >/dev/null 2>&1 </dev/null &)", sleeper("orphan", ""));
    let mut names = vec!["child", "grandchild"];
    let script = if cfg!(target_os = "linux") {
        names.push("orphan");
        names.push("session");
        format!("{orphan}\n{} &\n", sleeper("session", "setsid"))
    } else {
        String::new()
    };
    let script = format!("{script}({} & wait) &\n{}", sleeper("grandchild", ""), sleeper("child", "exec"));
    let is_written = |path: &Path| read_to_string(path).is_ok_and(|pid| pid.ends_with('\n'));
    let mut limit = Duration::from_millis(200);
    loop {
        assert_eq!(answer(&script, limit), Err(ChildError::TimedOut(limit.as_secs())));
        // They start slowly on a machine under load.
        if names.iter().all(|name| is_written(&file(name))) {
            break;
        }
        limit *= 2;
        assert!(limit < Duration::from_secs(20), "they are started");
    }
    for name in names {
        let pid = read_to_string(file(name)).unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        while !has_ended(pid.trim()) {
            assert!(Instant::now() < until, "{name} runs on");
            sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn program_stays_in_our_group_and_session() {
    let ids = "ps -o pgid=,sid= -p $$";
    let own = Command::new("ps").args(["-o", "pgid=,sid=", "-p", &std::process::id().to_string()]).output().unwrap();
    assert_eq!(answer(ids, SOON).unwrap(), String::from_utf8_lossy(&own.stdout));
}
