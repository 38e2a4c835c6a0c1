use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

const CAP: u64 = 1 << 20;

struct Fixture {
    dir: TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn put(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn editor(&self) -> Editor {
        Editor::new(&self.path("cache"))
    }

    fn read(&self, name: &str) -> Original {
        Original::read(&self.path(name), self.dir.path(), CAP).unwrap()
    }

    fn write(&self, name: &str, text: &str) -> Result<Vec<Written>, WriteError> {
        let editor = self.editor();
        let lock = editor.lock()?;
        editor.write(&[Change::new(self.read(name), text)], &lock)
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(directory)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn new_file_is_private_and_existing_keeps_mode() {
    let place = Fixture::new();
    let written = place.write("home/.aws/config", "new").unwrap();
    assert!(written[0].backup.is_none() && written[0].file.shown == "~/home/.aws/config");
    let path = place.path("home/.aws/config");
    assert_eq!((fs::read_to_string(&path).unwrap(), mode(&path)), ("new".to_owned(), 0o600));
    assert_eq!((mode(path.parent().unwrap()), mode(&place.path("home"))), (0o700, 0o700));
    for wanted in [0o600, 0o640, 0o644, 0o755] {
        let path = place.put("kept", "old", wanted);
        place.write("kept", "new").unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap(), mode(&path)), ("new".to_owned(), wanted));
    }
    assert_eq!(place.names("home/.aws"), ["config"], "nothing else is left");
}

#[test]
fn file_with_secret_becomes_private() {
    let place = Fixture::new();
    for (before, after) in [(0o644, 0o600), (0o755, 0o700), (0o600, 0o600)] {
        let path = place.put("config", "old", before);
        let change = Change::new(place.read("config"), "old").private();
        assert_eq!(change.is_nothing(), before == after);
        let editor = place.editor();
        editor.write(&[change], &editor.lock().unwrap()).unwrap();
        assert_eq!(mode(&path), after);
    }
}

#[test]
fn backups_are_numbered_and_private() {
    let place = Fixture::new();
    place.put("config", "one", 0o644);
    place.put("cache/config.backup.7", "kept", 0o600);
    place.put("cache/config.backup.x", "kept", 0o600);
    let first = place.write("config", "two").unwrap().remove(0).backup.unwrap();
    let second = place.write("config", "three").unwrap().remove(0).backup.unwrap();
    assert_eq!((&first, &second), (&place.path("cache/config.backup.8"), &place.path("cache/config.backup.9")));
    assert_eq!(
        (fs::read_to_string(&first).unwrap(), fs::read_to_string(&second).unwrap()),
        ("one".into(), "two".into())
    );
    assert_eq!((mode(&first), mode(&second)), (0o600, 0o600));
}

#[test]
fn links_are_followed_without_cycles() {
    let place = Fixture::new();
    place.put("dotfiles/config", "old", 0o644);
    symlink("dotfiles/config", place.path("near")).unwrap();
    symlink(place.path("near"), place.path("far")).unwrap();
    place.write("far", "new").unwrap();
    assert_eq!(fs::read_to_string(place.path("dotfiles/config")).unwrap(), "new");
    assert!(fs::symlink_metadata(place.path("far")).unwrap().is_symlink());
    assert!(fs::symlink_metadata(place.path("near")).unwrap().is_symlink());
    assert_eq!(place.names("dotfiles"), ["config"]);
    symlink("dotfiles/none", place.path("dangling")).unwrap();
    place.write("dangling", "made").unwrap();
    assert_eq!(fs::read_to_string(place.path("dotfiles/none")).unwrap(), "made");
    symlink("ring", place.path("ring")).unwrap();
    let error = Original::read(&place.path("ring"), place.dir.path(), CAP).unwrap_err();
    assert!(matches!(error, WriteError::Io { .. }), "{error}");
}

#[test]
fn changed_file_is_not_overwritten() {
    for change in ["another text", "", "old"] {
        let place = Fixture::new();
        let path = place.put("config", "old", 0o600);
        let other = place.put("other", "old", 0o600);
        let changes = [Change::new(place.read("other"), "new"), Change::new(place.read("config"), "new")];
        fs::write(&path, change).unwrap();
        let editor = place.editor();
        let outcome = editor.write(&changes, &editor.lock().unwrap());
        if change == "old" {
            assert!(outcome.is_ok());
            continue;
        }
        assert!(matches!(outcome, Err(WriteError::Changed(_))), "{outcome:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), change);
        assert_eq!(fs::read_to_string(&other).unwrap(), "old", "none of several is written");
    }
    let place = Fixture::new();
    let gone = place.put("gone", "old", 0o600);
    let change = Change::new(place.read("gone"), "new");
    let came = Change::new(place.read("came"), "new");
    fs::remove_file(gone).unwrap();
    place.put("came", "theirs", 0o600);
    let editor = place.editor();
    for change in [change, came] {
        let outcome = editor.write(&[change], &editor.lock().unwrap());
        assert!(matches!(outcome, Err(WriteError::Changed(_))), "{outcome:?}");
    }
    let (one, two) = (place.put("one", "same", 0o600), place.put("two", "same", 0o600));
    symlink(&one, place.path("link")).unwrap();
    let change = Change::new(place.read("link"), "new");
    fs::remove_file(place.path("link")).unwrap();
    symlink(&two, place.path("link")).unwrap();
    let outcome = editor.write(&[change], &editor.lock().unwrap());
    assert!(matches!(outcome, Err(WriteError::Changed(_))), "a link that leads elsewhere: {outcome:?}");
}

#[test]
fn unwritable_file_is_refused() {
    let place = Fixture::new();
    for wanted in [0o400, 0o444, 0o440] {
        let path = place.put("config", "old", wanted);
        let outcome = place.write("config", "new");
        assert!(matches!(outcome, Err(WriteError::ReadOnly(_))), "{outcome:?}");
        assert_eq!((fs::read_to_string(&path).unwrap(), mode(&path)), ("old".to_owned(), wanted));
        fs::remove_file(path).unwrap();
    }
    let error = Original::read(Path::new("/dev/null"), place.dir.path(), CAP).unwrap_err();
    assert!(matches!(error, WriteError::NoFile(_)), "{error}");
    let error = Original::read(&place.path("."), place.dir.path(), CAP).unwrap_err();
    assert!(matches!(error, WriteError::NoFile(_)), "{error}");
    fs::write(place.path("latin"), b"\xe4").unwrap();
    let error = Original::read(&place.path("latin"), place.dir.path(), CAP).unwrap_err();
    assert!(matches!(error, WriteError::NotUtf8(..)), "{error}");
}

#[test]
fn foreign_file_is_refused() {
    // Only root can create a file of another user.
    let place = Fixture::new();
    let path = place.put("config", "old", 0o666);
    if std::os::unix::fs::chown(&path, Some(4711), None).is_err() {
        return;
    }
    let outcome = place.write("config", "new");
    assert!(matches!(outcome, Err(WriteError::ForeignOwner(_))), "{outcome:?}");
    let theirs = place.path("theirs");
    fs::create_dir(&theirs).unwrap();
    std::os::unix::fs::chown(&theirs, Some(4711), None).unwrap();
    let outcome = place.write("theirs/.aws/config", "new");
    assert!(matches!(outcome, Err(WriteError::ForeignOwner(_))), "{outcome:?}");
    let editor = Editor::new(&theirs);
    place.put("mine", "old", 0o600);
    let outcome = editor.write(&[Change::new(place.read("mine"), "new")], &editor.lock().unwrap());
    assert!(matches!(outcome, Err(WriteError::Backup { .. })), "{outcome:?}");
    assert_eq!(fs::read_to_string(place.path("mine")).unwrap(), "old", "nothing is written without a backup");
}

#[test]
fn leftover_temporary_file_is_replaced() {
    let place = Fixture::new();
    place.put("config", "old", 0o600);
    place.put(".config.amplify-creds.tmp", "half of a secr", 0o600);
    place.write("config", "new").unwrap();
    assert_eq!(place.names("."), ["cache", "config"]);
}

#[test]
fn concurrent_edits_are_all_kept() {
    for has_locks in [true, false] {
        let place = Fixture::new();
        place.put("config", "", 0o600);
        if !has_locks {
            // A file in the place of the directory of the lock files prevents locks.
            place.put("cache/locks", "", 0o600);
        }
        std::thread::scope(|scope| {
            for number in 0..16 {
                let place = &place;
                scope.spawn(move || {
                    let editor = place.editor();
                    let lock = editor.lock().unwrap();
                    let original = place.read("config");
                    let text = format!("{}{number}\n", original.text());
                    editor.write(&[Change::new(original, &text)], &lock).unwrap();
                });
            }
        });
        let text = fs::read_to_string(place.path("config")).unwrap();
        let mut lines: Vec<u32> = text.lines().map(|line| line.parse().unwrap()).collect();
        lines.sort_unstable();
        assert_eq!(lines, (0..16).collect::<Vec<_>>(), "locks: {has_locks}");
        assert_eq!(place.names("."), ["cache", "config"]);
    }
}

#[test]
fn concurrent_edits_without_exclusion_lose_no_file() {
    let place = Fixture::new();
    place.put("config", "old", 0o600);
    let texts: Vec<_> = (0..16).map(|number| format!("{number}").repeat(100_000)).collect();
    std::thread::scope(|scope| {
        for text in &texts {
            let place = &place;
            scope.spawn(move || {
                let outcome = place.editor().write(&[Change::new(place.read("config"), text)], &Exclusive::None);
                assert!(
                    matches!(outcome, Ok(_) | Err(WriteError::Changed(_) | WriteError::Backup { .. })),
                    "{outcome:?}"
                );
            });
        }
    });
    let text = fs::read_to_string(place.path("config")).unwrap();
    assert!(texts.contains(&text), "{} bytes", text.len());
    assert_eq!(place.names("."), ["cache", "config"]);
}
