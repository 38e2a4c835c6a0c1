use std::fs;
use std::path::Path;

#[cfg(windows)]
pub(super) use crate::os::fs::is_another_users;

/// Checks the nearest existing directory: under sudo with HOME kept, new files would belong to root.
#[cfg(unix)]
pub(super) fn is_another_users(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let there = path.ancestors().find_map(|path| fs::metadata(path).ok());
    there.is_some_and(|metadata| metadata.uid() != rustix::process::geteuid().as_raw())
}

#[cfg(unix)]
pub(super) fn is_link_to_another_users(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mut on_the_way = dir.ancestors().take(2);
    let is_link = on_the_way.any(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()));
    is_link && fs::metadata(dir).is_ok_and(|there| there.uid() != 0) && is_another_users(dir)
}

#[cfg(windows)]
pub(super) fn is_link_to_another_users(dir: &Path) -> bool {
    let mut on_the_way = dir.ancestors().take(2);
    let is_link = on_the_way.any(|path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()));
    is_link && is_another_users(dir)
}
