use std::path::Path;

use crate::os::fs::{other_owner, read_capped};

use super::project::MAX_BYTES;

pub fn is_around(directory: &Path) -> bool {
    let root = directory.ancestors().find(|root| is_gen1(root) || is_gen2(root));
    root.is_some_and(|root| !is_gen1(root))
}

fn is_gen1(root: &Path) -> bool {
    root.join("amplify/.config").exists()
}

fn is_gen2(root: &Path) -> bool {
    let amplify = root.join("amplify");
    other_owner(&amplify).is_none() && (amplify.join("backend.ts").exists() || is_module(&amplify.join("package.json")))
}

fn is_module(package: &Path) -> bool {
    let Ok(Some(text)) = read_capped(package, MAX_BYTES) else { return false };
    serde_json::from_slice::<serde_json::Value>(&text).is_ok_and(|package| package["type"] == "module")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn project_kind_follows_its_files() {
        let kinds = [
            (&["amplify/backend.ts"][..], "", true),
            (&["amplify/package.json"], r#"{"type": "module"}"#, true),
            (&["amplify/package.json"], "{}", false),
            (&["amplify/package.json"], "no JSON", false),
            (&["amplify/backend.ts", "amplify/.config/project-config.json"], "", false),
            (&["package.json"], r#"{"type": "module"}"#, false),
        ];
        for (files, text, expected) in kinds {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("amplify/.config")).unwrap();
            if files.len() == 1 {
                fs::remove_dir(root.path().join("amplify/.config")).unwrap();
            }
            for file in files {
                fs::write(root.path().join(file), text).unwrap();
            }
            let below = root.path().join("src/components");
            fs::create_dir_all(&below).unwrap();
            assert_eq!(is_around(&below), expected, "{files:?} {text}");
        }
    }
}
