//! The names that the Amplify CLI 14.2.2 gives to tables, functions and buckets in an environment.

/// AppSync's ids have 26 characters.
const ANY_API_ID: &str = "??????????????????????????";

/// The Amplify CLI draws five random characters for the name of a stack.
const ANY_STAMP: &str = "?????";

/// The environment of a project from before environments existed. Its names have no suffix.
const NONE: &str = "NONE";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeployedNames {
    pub env: Option<String>,
    pub api_id: Option<String>,
    pub stack: Option<String>,
}

impl DeployedNames {
    /// A table of `add storage`, and the table of an `@model` type, which has its suffix even in the environment NONE
    /// (generateTableName in graphql-transformer-core's resource-helper.js).
    pub fn tables(&self, name: &str) -> Vec<String> {
        let mut names = self.functions(name);
        if let Some(env) = self.env.as_deref().filter(|_| !self.has_suffix(name)) {
            names.push(format!("{name}-{}-{env}", self.api_id.as_deref().unwrap_or(ANY_API_ID)));
        }
        names
    }

    pub fn functions(&self, name: &str) -> Vec<String> {
        self.bare_and_suffixed(name, &[name.to_owned()])
    }

    pub fn buckets(&self, name: &str) -> Vec<String> {
        let stamped = self.stamp().map(|stamp| format!("{name}{stamp}"));
        self.bare_and_suffixed(name, &[Some(name.to_owned()), stamped].into_iter().flatten().collect::<Vec<_>>())
    }

    fn bare_and_suffixed(&self, name: &str, bases: &[String]) -> Vec<String> {
        let env = self.env.as_deref().unwrap_or("*");
        let mut names = vec![name.to_owned()];
        // A name such as my-dev may also be a name that gets the suffix.
        let bases = if self.has_suffix(name) { &bases[..1] } else { bases };
        if env != NONE && !name.ends_with('*') {
            names.extend(bases.iter().map(|base| format!("{base}-{env}")));
        }
        names
    }

    /// Whether `name` is, or covers, a name with the suffix.
    fn has_suffix(&self, name: &str) -> bool {
        let is_full = |env: &String| name.strip_suffix(env.as_str()).is_some_and(|base| base.ends_with('-'));
        name.ends_with('*') || self.env.as_ref().is_some_and(is_full)
    }

    /// The fourth part of the stack's name, as in buildBucketName of the Amplify CLI's s3-stack-builder.js. If the
    /// stack's name has another form, the bucket has no stamp.
    fn stamp(&self) -> Option<&str> {
        let Some(stack) = &self.stack else { return Some(ANY_STAMP) };
        stack.strip_prefix("amplify-")?.split('-').nth(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(env: Option<&str>, api_id: Option<&str>, stack: Option<&str>) -> DeployedNames {
        let [env, api_id, stack] = [env, api_id, stack].map(|part| part.map(str::to_owned));
        DeployedNames { env, api_id, stack }
    }

    #[test]
    fn tables_have_environment_and_api() {
        for (env, api_id, name, expected) in [
            (Some("dev"), None, "users", &["users", "users-dev", "users-??????????????????????????-dev"][..]),
            (Some("dev"), Some("a1"), "users", &["users", "users-dev", "users-a1-dev"]),
            (Some("dev"), None, "users-dev", &["users-dev", "users-dev-dev"]),
            (Some("dev"), None, "Post-a1-dev", &["Post-a1-dev", "Post-a1-dev-dev"]),
            (Some("dev"), Some("a1"), "usersdev", &["usersdev", "usersdev-dev", "usersdev-a1-dev"]),
            (Some("dev"), None, "users*", &["users*"]),
            (Some("NONE"), Some("a1"), "users", &["users", "users-a1-NONE"]),
            (None, None, "users", &["users", "users-*"]),
            (None, None, "users*", &["users*"]),
        ] {
            assert_eq!(names(env, api_id, None).tables(name), expected, "{env:?} {api_id:?} {name}");
        }
    }

    #[test]
    fn functions_have_environment() {
        for (env, name, expected) in [
            (Some("dev"), "work", &["work", "work-dev"][..]),
            (Some("dev"), "work-dev", &["work-dev", "work-dev-dev"]),
            (Some("NONE"), "work", &["work"]),
            (None, "work", &["work", "work-*"]),
        ] {
            assert_eq!(names(env, None, None).functions(name), expected, "{env:?} {name}");
        }
    }

    #[test]
    fn buckets_have_environment_and_stamp() {
        for (env, stack, expected) in [
            (Some("dev"), None, &["photos", "photos-dev", "photos?????-dev"][..]),
            (Some("dev"), Some("amplify-app-dev-86ef3"), &["photos", "photos-dev", "photos86ef3-dev"]),
            (Some("dev"), Some("app-20180101"), &["photos", "photos-dev"]),
            (Some("NONE"), None, &["photos"]),
            (None, None, &["photos", "photos-*", "photos?????-*"]),
        ] {
            assert_eq!(names(env, None, stack).buckets("photos"), expected, "{env:?} {stack:?}");
        }
        assert_eq!(
            names(Some("dev"), None, None).buckets("photos86ef3-dev"),
            ["photos86ef3-dev", "photos86ef3-dev-dev"]
        );
    }
}
