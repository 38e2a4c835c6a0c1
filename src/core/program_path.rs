//! Whether a path of this program lasts. A profile contains the path, and must work after the next installation of a
//! package or of another version of Node.js or Python.

use Lifetime::{Lasting, Replaced, Temporary};

/// A place in which package managers install programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    Lasting,
    /// In a cache that its owner empties at any time.
    Temporary(&'static str),
    /// In a directory that an update replaces or removes.
    Replaced(&'static str),
}

/// Directories of caches: each is a part of the path, from the left. `*` at the end matches the rest of a name.
const CACHES: [(&[&str], &str); 9] = [
    (&["_npx"], "npx's cache"),
    (&["pnpm", "dlx*"], "the cache of pnpm dlx"),
    (&["dlx-*"], "the cache of yarn dlx"),
    (&["bunx-*"], "the cache of bunx"),
    // UV_CACHE_DIR may name any directory.
    (&["archive-v*"], "the cache of uvx"),
    (&["environments-v*"], "the cache of uvx"),
    (&["pipx", ".cache"], "the cache of pipx run"),
    (&[".cache", "pipx"], "the cache of pipx run"),
    (&["Caches", "pipx"], "the cache of pipx run"),
];

const REPLACED: [(&[&str], &str); 17] = [
    (&[".nvm", "versions"], "a Node.js version of nvm"),
    (&["nvm", "v*"], "a Node.js version of nvm"),
    (&[".fnm", "node-versions"], "a Node.js version of fnm"),
    (&["fnm", "node-versions"], "a Node.js version of fnm"),
    (&["fnm_multishells"], "a Node.js version of fnm"),
    (&[".nodenv", "versions"], "a Node.js version of nodenv"),
    (&[".volta", "tools"], "a directory of volta"),
    (&["Volta", "tools"], "a directory of volta"),
    (&["volta", "tools"], "a directory of volta"),
    (&[".asdf", "installs"], "a version of asdf"),
    (&["asdf", "installs"], "a version of asdf"),
    (&["mise", "installs"], "a version of mise"),
    (&[".pyenv", "versions"], "a Python version of pyenv"),
    (&[".pnpm"], "pnpm's store"),
    (&["pnpm", "store"], "pnpm's store"),
    (&["pnpm", "global"], "pnpm's store"),
    (&[".yarn", "*"], "a project's .yarn directory"),
];

/// The parents of `node_modules` for global packages, in which an update replaces the program at the same path: npm's
/// (also on Windows), Yarn's and bun's.
const GLOBAL_PARENTS: [&str; 3] = ["lib", "npm", "global"];

/// pipx and `uv tool` update a program at the same path.
const LASTING_ENVIRONMENTS: [&[&str]; 2] = [&["pipx", "venvs"], &["uv", "tools"]];

/// `is_in_environment`: whether the program is in a virtual environment of Python (PEP 405).
pub fn lifetime(path: &str, is_in_environment: bool) -> Lifetime {
    let names: Vec<_> = path.split(['/', '\\']).collect();
    let is_in = |place: &[&str]| names.windows(place.len()).any(|names| names.iter().zip(place).all(matches));
    let find =
        |places: &[(&[&str], &'static str)]| places.iter().find(|(place, _)| is_in(place)).map(|(_, what)| *what);
    if let Some(what) = find(&CACHES) {
        return Temporary(what);
    }
    if let Some(what) = find(&REPLACED) {
        return Replaced(what);
    }
    if let Some(at) = names.iter().position(|name| *name == "node_modules")
        && !GLOBAL_PARENTS.contains(&names[at.saturating_sub(1)])
    {
        return Replaced("a project's node_modules");
    }
    if is_in_environment && !LASTING_ENVIRONMENTS.iter().any(|place| is_in(place)) {
        return Replaced("a virtual environment of Python");
    }
    Lasting
}

/// `1.10.0` as numbers that can be compared. A version of another form is the oldest.
pub fn version_numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|number| number.parse().ok()).collect()
}

fn matches((name, pattern): (&&str, &&str)) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetime_of_installed_programs() {
        let platform = "node_modules/amplify-creds/node_modules/@amplify-creds/linux-x64/bin/amplify-creds";
        for (directory, expected) in [
            ("/home/dev/.npm/_npx/0b8a31ae2d5c6d44", Temporary("npx's cache")),
            ("/home/dev/.cache/pnpm/dlx/5b2c/19a", Temporary("the cache of pnpm dlx")),
            ("/tmp/xfs-5a/dlx-1234", Temporary("the cache of yarn dlx")),
            ("/usr/lib", Lasting),
            ("/home/dev/.npm-global/lib", Lasting),
            ("C:\\Users\\dev\\AppData\\Roaming\\npm", Lasting),
            ("/home/dev/.config/yarn/global", Lasting),
            ("/work/shop", Replaced("a project's node_modules")),
            ("/work/npm/shop", Replaced("a project's node_modules")),
            ("/home/dev/.nvm/versions/node/v22.1.0/lib", Replaced("a Node.js version of nvm")),
            ("C:\\Users\\dev\\AppData\\Roaming\\nvm\\v22.1.0", Replaced("a Node.js version of nvm")),
            ("/home/dev/.volta/tools/image/packages/amplify-creds/lib", Replaced("a directory of volta")),
            ("/home/dev/.asdf/installs/nodejs/22.1.0/lib", Replaced("a version of asdf")),
            ("/home/dev/.local/share/mise/installs/node/22/lib", Replaced("a version of mise")),
            ("/home/dev/.local/share/pnpm/global/5/.pnpm/x@1", Replaced("pnpm's store")),
            ("/work/shop/node_modules/.pnpm/@amplify-creds+linux-x64@0.1.0", Replaced("pnpm's store")),
            ("/work/shop/.yarn/unplugged/x", Replaced("a project's .yarn directory")),
        ] {
            let path = format!("{directory}/{platform}");
            assert_eq!(lifetime(&path, false), expected, "{path}");
        }
        for (path, is_in_environment, expected) in [
            ("/usr/bin/amplify-creds", false, Lasting),
            ("/home/mise/bin/amplify-creds", false, Lasting),
            ("/home/dev/.cargo/bin/amplify-creds", false, Lasting),
            ("/work/shop/.venv/bin/amplify-creds", true, Replaced("a virtual environment of Python")),
            ("/home/dev/.local/share/pipx/venvs/amplify-creds/bin/amplify-creds", true, Lasting),
            ("/home/dev/.local/share/uv/tools/amplify-creds/bin/amplify-creds", true, Lasting),
            ("/home/dev/.cache/pipx/1f2/bin/amplify-creds", true, Temporary("the cache of pipx run")),
            ("/home/dev/.cache/uv/archive-v0/a1b2/bin/amplify-creds", true, Temporary("the cache of uvx")),
            ("/home/dev/.pyenv/versions/3.13.1/bin/amplify-creds", false, Replaced("a Python version of pyenv")),
        ] {
            assert_eq!(lifetime(path, is_in_environment), expected, "{path}");
        }
    }
}
