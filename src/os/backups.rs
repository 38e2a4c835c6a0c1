//! Backups of edited files: `NAME.backup.1`, `NAME.backup.2`, …

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

const MARK: &str = ".backup.";

pub fn next_backup(directory: &Path, name: &str) -> io::Result<PathBuf> {
    let of_name =
        |entry: fs::DirEntry| numbered(&entry.file_name()).filter(|(known, _)| known == name).map(|(_, number)| number);
    let last = fs::read_dir(directory)?.flatten().filter_map(of_name).max().unwrap_or(0);
    Ok(directory.join(format!("{name}{MARK}{}", last.saturating_add(1))))
}

/// Empty if the directory is missing or unreadable.
pub fn backups(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries.filter_map(|entry| Some((numbered(&entry.file_name())?, entry.path()))).collect();
    all.sort();
    all.into_iter().map(|(_, path)| path).collect()
}

fn numbered(file: &OsStr) -> Option<(String, u32)> {
    let (name, number) = file.to_str()?.rsplit_once(MARK)?;
    Some((name.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_found_by_their_number() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["config.backup.10", "config.backup.9", "config.backup.x", "credentials.backup.1", "cache.json"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let names: Vec<_> = backups(dir.path()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["config.backup.9", "config.backup.10", "credentials.backup.1"]);
        assert_eq!(next_backup(dir.path(), "config").unwrap(), dir.path().join("config.backup.11"));
        assert_eq!(next_backup(dir.path(), "x").unwrap(), dir.path().join("x.backup.1"));
        assert!(backups(&dir.path().join("missing")).is_empty());
    }
}
