//! Access control lists of the directories that we create on Windows. A directory in the user's profile inherits a list
//! without other users. Elsewhere (a `HOME` on another drive) the inherited list lets every user read. There `icacls`
//! limits the list to the user, the system and the administrators.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::os::env;
use crate::os::env::Env;

/// Everything, for the directory and for all that will be in it.
const ALL: &str = ":(OI)(CI)F";
/// The system and the administrators, whose rights nobody can take away for good.
const OTHERS: [&str; 2] = ["*S-1-5-18", "*S-1-5-32-544"];

/// Makes a directory and its parents, readable by this user alone.
pub fn create_private_dir(dir: &Path) -> std::io::Result<()> {
    let env = Env::process();
    // What is made below the first new directory inherits its list.
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
    // The inherited rights go only once the user has some of his own: a name that nothing knows must lock nobody out.
    for arguments in [granting(&user), vec!["/inheritance:r".to_owned()]] {
        let mut icacls = Command::new(icacls(env));
        icacls.arg(dir).args(arguments).arg("/q").env_remove(env::AMPLIFY_CREDS_MFA_TOKEN);
        let status = icacls.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            return;
        }
    }
}

fn granting(user: &str) -> Vec<String> {
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

/// By its full path: a program of that name in the current directory is not meant.
fn icacls(env: &Env) -> PathBuf {
    let windows = env.path(env::SYSTEMROOT).unwrap_or_else(|| r"C:\Windows".into());
    windows.join("System32").join("icacls.exe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_given_to_the_user_by_domain_and_name() {
        let env = Env::fixed([("USERNAME", "dev"), ("USERDOMAIN", "CORP"), ("SystemRoot", r"D:\Win")]);
        let expected =
            ["/grant:r", r"CORP\dev:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"].map(str::to_owned);
        assert_eq!(granting(&user(&env).unwrap()), expected);
        assert_eq!(icacls(&env), Path::new(r"D:\Win\System32\icacls.exe"));
        assert_eq!(user(&Env::fixed([])), None);
    }

    #[test]
    fn below_the_profile_nothing_is_set() {
        let env = Env::fixed([("USERPROFILE", r"C:\Users\dev")]);
        assert!(is_in_profile(Path::new(r"C:\Users\dev\.amplify"), &env));
        assert!(!is_in_profile(Path::new(r"C:\Users\developer\.amplify"), &env));
        assert!(!is_in_profile(Path::new(r"D:\home\.amplify"), &env));
    }

    #[test]
    fn directories_are_made_with_their_parents_and_again() {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join("a/b/c");
        create_private_dir(&dir).unwrap();
        create_private_dir(&dir).unwrap();
        std::fs::write(dir.join("file"), "x").unwrap();
        assert!(create_private_dir(&dir.join("file")).is_err());
    }
}
