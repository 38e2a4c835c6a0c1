use rustix::process::getppid;

use super::process_names::MAX_DEPTH;

/// From the parent upward, each process's id and arguments. Ends early if the system hides a process.
pub fn command_lines() -> Vec<(i32, Vec<String>)> {
    let mut next = getppid().map(|pid| pid.as_raw_nonzero().get());
    let mut found = Vec::new();
    while let Some(pid) = next.filter(|pid| *pid > 1 && found.len() < MAX_DEPTH) {
        let Some((parent, arguments)) = process(pid) else { break };
        found.push((pid, arguments));
        next = Some(parent);
    }
    found
}

/// The parent's id and the arguments (proc(5)).
#[cfg(target_os = "linux")]
fn process(pid: i32) -> Option<(i32, Vec<String>)> {
    let parent = super::process_tree::parent_of(pid)?;
    let command_line = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let arguments =
        command_line.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned());
    Some((parent, arguments.collect()))
}

#[cfg(not(target_os = "linux"))]
fn process(pid: i32) -> Option<(i32, Vec<String>)> {
    let mut command = std::process::Command::new("/bin/ps");
    let output = command.args(["-o", "ppid=", "-o", "command=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = text.split_whitespace();
    let parent = words.next()?.parse().ok()?;
    Some((parent, words.map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_of_the_test_is_its_runner() {
        let ancestors = command_lines();
        let runner = ancestors.first().and_then(|(_, arguments)| arguments.first()).expect("a parent");
        assert!(!runner.is_empty(), "{ancestors:?}");
    }
}
