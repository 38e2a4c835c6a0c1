//! Access control lists of new directories on Windows. In the user's profile the inherited list excludes other users.
//! Elsewhere (a `HOME` on another drive) every user could read, until `icacls` limits the list.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::os::env;
use crate::os::env::Env;

/// Full access to the directory and everything in it.
const ALL: &str = ":(OI)(CI)F";
const OTHERS: [&str; 2] = ["*S-1-5-18", "*S-1-5-32-544"];

pub fn create_private_dir(dir: &Path) -> std::io::Result<()> {
    let env = Env::process();
    // Directories below the first new one inherit its list.
    if let Some(first) = dir.ancestors().take_while(|path| !path.exists()).last() {
        std::fs::create_dir(first).or_else(|error| if first.is_dir() { Ok(()) } else { Err(error) })?;
        if !is_in_profile(first, &env) {
            keep_private(first, &env);
        }
    }
    std::fs::create_dir_all(dir)
}

fn is_in_profile(path: &Path, env: &Env) -> bool {
    env.path(env::USERPROFILE).is_some_and(|profile| path.starts_with(profile))
}

fn keep_private(dir: &Path, env: &Env) {
    let Some(user) = user(env) else { return };
    // Grants come first, so that the inherited rights remain if the user name is unknown.
    for arguments in [grants(&user), vec!["/inheritance:r".to_owned()]] {
        let mut icacls = Command::new(icacls(env));
        icacls.arg(dir).args(arguments).arg("/q").env_remove(env::AMPLIFY_CREDS_MFA_TOKEN);
        let status = icacls.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            return;
        }
    }
}

fn grants(user: &str) -> Vec<String> {
    let who = std::iter::once(user).chain(OTHERS);
    std::iter::once("/grant:r".to_owned()).chain(who.map(|who| format!("{who}{ALL}"))).collect()
}

fn user(env: &Env) -> Option<String> {
    let name = env.text(env::USERNAME)?;
    Some(match env.text(env::USERDOMAIN) {
        Some(domain) => format!(r"{domain}\{name}"),
        None => name,
    })
}

/// The full path, so that a program of that name in the current directory is not run.
fn icacls(env: &Env) -> PathBuf {
    let windows = env.path(env::SYSTEMROOT).unwrap_or_else(|| r"C:\Windows".into());
    windows.join("System32").join("icacls.exe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_name_the_user_with_the_domain() {
        let env = Env::fixed([("USERNAME", "dev"), ("USERDOMAIN", "CORP"), ("SystemRoot", r"D:\Win")]);
        let expected =
            ["/grant:r", r"CORP\dev:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"].map(str::to_owned);
        assert_eq!(grants(&user(&env).unwrap()), expected);
        assert_eq!(icacls(&env), Path::new(r"D:\Win\System32\icacls.exe"));
        assert_eq!(user(&Env::fixed([])), None);
    }

    #[test]
    fn directory_below_the_profile_is_recognized() {
        let env = Env::fixed([("USERPROFILE", r"C:\Users\dev")]);
        assert!(is_in_profile(Path::new(r"C:\Users\dev\.amplify"), &env));
        assert!(!is_in_profile(Path::new(r"C:\Users\developer\.amplify"), &env));
        assert!(!is_in_profile(Path::new(r"D:\home\.amplify"), &env));
    }

    #[test]
    fn existing_directory_is_accepted() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join("a/b/c");
        create_private_dir(&dir).unwrap();
        create_private_dir(&dir).unwrap();
        std::fs::write(dir.join("file"), "x").unwrap();
        assert!(create_private_dir(&dir.join("file")).is_err());
    }
}
