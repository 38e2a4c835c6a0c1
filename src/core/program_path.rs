//! Whether a path of this program lasts. A profile contains the path, and must work after the next installation of a
//! package or of another version of Node.js or Python.

use Lifetime::{Lasting, Replaced, Temporary};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    Lasting,
    /// In a cache that its owner empties at any time.
    Temporary(&'static str),
    /// In a directory that an update replaces or removes.
    Replaced(&'static str),
}

/// Consecutive names in a path. At the end of a name, `#` matches digits and dots, and `*` anything.
type Place = &'static [&'static str];

const CACHES: [(Place, &str); 14] = [
    (&["_npx"], "npx's cache"),
    (&["pnpm", "dlx"], "the cache of pnpm dlx"),
    (&["pnpm", "dlx-#"], "the cache of pnpm dlx"),
    (&["pnpm-cache", "dlx"], "the cache of pnpm dlx"),
    (&["dlx-#"], "the cache of yarn dlx"),
    (&["bunx-*"], "the cache of bunx"),
    (&[".bun", "install", "cache"], "the cache of bun"),
    // UV_CACHE_DIR may name any directory.
    (&["archive-v#"], "the cache of uvx"),
    (&["environments-v#"], "the cache of uvx"),
    (&["pipx", ".cache"], "the cache of pipx run"),
    (&[".cache", "pipx"], "the cache of pipx run"),
    (&["Caches", "pipx"], "the cache of pipx run"),
    (&["pipx", "Cache"], "the cache of pipx run"),
    (&["pipx", "cache"], "the cache of pipx run"),
];

const REPLACED: [(Place, &str); 24] = [
    (&[".nvm", "versions"], "a Node.js version of nvm"),
    (&["nvm", "v#"], "a Node.js version of nvm"),
    (&[".fnm", "node-versions"], "a Node.js version of fnm"),
    (&["fnm", "node-versions"], "a Node.js version of fnm"),
    (&["fnm_multishells"], "a Node.js version of fnm"),
    (&[".nodenv", "versions"], "a Node.js version of nodenv"),
    (&["nodenv", "versions"], "a Node.js version of nodenv"),
    (&[".nvs", "node"], "a Node.js version of nvs"),
    (&[".volta", "tools"], "a directory of volta"),
    (&["Volta", "tools"], "a directory of volta"),
    (&["volta", "tools"], "a directory of volta"),
    (&[".proto", "tools"], "a version of proto"),
    (&[".asdf", "installs"], "a version of asdf"),
    (&["installs", "nodejs"], "a version of asdf"),
    (&["installs", "python"], "a version of asdf"),
    (&["asdf", "installs"], "a version of asdf"),
    (&["mise", "installs"], "a version of mise"),
    (&["rtx", "installs"], "a version of rtx"),
    (&[".pyenv", "versions"], "a Python version of pyenv"),
    (&["pyenv", "versions"], "a Python version of pyenv"),
    (&[".pnpm"], "pnpm's store"),
    (&["pnpm", "store"], "pnpm's store"),
    (&["pnpm", "global"], "pnpm's store"),
    (&[".yarn", "unplugged"], "a project's .yarn directory"),
];

/// Global packages of npm (also on Windows), Yarn and bun: an update replaces the program at the same path.
const GLOBAL: [Place; 4] =
    [&["lib", "node_modules"], &["npm", "node_modules"], &["yarn", "global"], &["install", "global"]];

/// pipx and `uv tool` update a program at the same path.
const LASTING_ENVIRONMENTS: [Place; 2] = [&["pipx", "venvs"], &["uv", "tools"]];

#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings {
    /// In a virtual environment of Python (PEP 405).
    pub is_in_environment: bool,
    /// The parent of `node_modules` has a `package.json`.
    pub is_in_project: bool,
}

pub fn lifetime(path: &str, Surroundings { is_in_environment, is_in_project }: Surroundings) -> Lifetime {
    let names: Vec<_> = path.split(['/', '\\']).collect();
    let is_in = |place: &Place| names.windows(place.len()).any(|names| names.iter().zip(*place).all(matches));
    let find = |places: &[(Place, &'static str)]| places.iter().find(|(place, _)| is_in(place)).map(|(_, what)| *what);
    if let Some(what) = find(&CACHES) {
        return Temporary(what);
    }
    if let Some(what) = find(&REPLACED) {
        return Replaced(what);
    }
    let is_global = GLOBAL.iter().enumerate().any(|(at, place)| is_in(place) && (at > 1 || !is_in_project));
    if names.contains(&"node_modules") && !is_global {
        return Replaced("a project's node_modules");
    }
    if is_in_environment && !LASTING_ENVIRONMENTS.iter().any(is_in) {
        return Replaced("a virtual environment of Python");
    }
    Lasting
}

/// `1.10.0` as numbers that can be compared. A version of another form is the oldest.
pub fn version_numbers(version: &str) -> Vec<u64> {
    version.split('.').map_while(|number| number.parse().ok()).collect()
}

fn matches((name, pattern): (&&str, &&str)) -> bool {
    if let Some(start) = pattern.strip_suffix('#') {
        let rest = name.strip_prefix(start).unwrap_or_default();
        return !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    }
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
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
            ("/srv/shop", Replaced("a project's node_modules")),
            ("/srv/npm/shop", Replaced("a project's node_modules")),
            ("/opt/pyenv/versions/3.13.1/lib", Replaced("a Python version of pyenv")),
            ("/opt/asdf-data/installs/nodejs/22.1.0/lib", Replaced("a version of asdf")),
            ("C:\\Users\\dev\\AppData\\Local\\pnpm-cache\\dlx\\1a", Temporary("the cache of pnpm dlx")),
            ("/home/dev/.nvm/versions/node/v22.1.0/lib", Replaced("a Node.js version of nvm")),
            ("C:\\Users\\dev\\AppData\\Roaming\\nvm\\v22.1.0", Replaced("a Node.js version of nvm")),
            ("/home/dev/.volta/tools/image/packages/amplify-creds/lib", Replaced("a directory of volta")),
            ("/home/dev/.asdf/installs/nodejs/22.1.0/lib", Replaced("a version of asdf")),
            ("/home/dev/.local/share/mise/installs/node/22/lib", Replaced("a version of mise")),
            ("/home/dev/.local/share/pnpm/global/5/.pnpm/x@1", Replaced("pnpm's store")),
            ("/srv/shop/node_modules/.pnpm/@amplify-creds+linux-x64@0.1.0", Replaced("pnpm's store")),
            ("/srv/shop/.yarn/unplugged/x", Replaced("a project's .yarn directory")),
        ] {
            let path = format!("{directory}/{platform}");
            assert_eq!(lifetime(&path, Surroundings::default()), expected, "{path}");
        }
        let in_project = Surroundings { is_in_project: true, ..Surroundings::default() };
        let of_project = Replaced("a project's node_modules");
        for (directory, expected) in [("lib", of_project), ("npm", of_project), (".config/yarn/global", Lasting)] {
            let path = format!("/home/dev/{directory}/{platform}");
            assert_eq!(lifetime(&path, in_project), expected, "{path}");
        }
        for (path, is_in_environment, expected) in [
            ("/usr/bin/amplify-creds", false, Lasting),
            ("/opt/archive-vault/bin/amplify-creds", false, Lasting),
            ("/opt/dlx-tools/amplify-creds", false, Lasting),
            ("/opt/nvm/vendor/amplify-creds", false, Lasting),
            ("/home/dev/.yarn/bin/amplify-creds", false, Lasting),
            ("/home/mise/bin/amplify-creds", false, Lasting),
            ("/home/dev/.cargo/bin/amplify-creds", false, Lasting),
            ("/srv/shop/.venv/bin/amplify-creds", true, Replaced("a virtual environment of Python")),
            ("/home/dev/.local/share/pipx/venvs/amplify-creds/bin/amplify-creds", true, Lasting),
            ("/home/dev/.local/share/uv/tools/amplify-creds/bin/amplify-creds", true, Lasting),
            ("/home/dev/.cache/pipx/1f2/bin/amplify-creds", true, Temporary("the cache of pipx run")),
            ("/home/dev/.cache/uv/archive-v0/a1b2/bin/amplify-creds", true, Temporary("the cache of uvx")),
            ("/home/dev/.pyenv/versions/3.13.1/bin/amplify-creds", false, Replaced("a Python version of pyenv")),
        ] {
            let surroundings = Surroundings { is_in_environment, ..Surroundings::default() };
            assert_eq!(lifetime(path, surroundings), expected, "{path}");
        }
    }
}
