//! The names of what the Amplify CLI creates, by the name that its user gave. Read in the templates of version 14.2.2, and
//! observed in a push: the table `users` of `amplify add storage` is `users-dev` in the environment `dev`.

/// AppSync's id of an API: lower-case letters and digits.
const ANY_API_ID: &str = "??????????????????????????";
/// The Amplify CLI takes these characters from the name of the stack.
const ANY_BUCKET_ID: &str = "?????";
/// With this environment, names have no suffix.
const NO_SUFFIX: &str = "NONE";

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AmplifyNames {
    /// `None` for the names of every environment.
    pub environment: Option<String>,
    /// The ids of the GraphQL APIs, where the project knows them.
    pub api_ids: Vec<String>,
}

impl AmplifyNames {
    /// A table of `amplify add storage`, one of the GraphQL type, and one of another origin.
    pub(super) fn tables(&self, name: &str) -> Vec<String> {
        let any = [ANY_API_ID.to_owned()];
        let ids = if self.api_ids.is_empty() { &any[..] } else { &self.api_ids };
        self.names(name, |suffix| {
            let of_type = ids.iter().map(|id| format!("{name}-{id}{suffix}"));
            // The pattern of every environment has those of a type, too.
            let of_type = of_type.filter(|_| self.environment.is_some());
            [format!("{name}{suffix}")].into_iter().chain(of_type).collect()
        })
    }

    pub(super) fn functions(&self, name: &str) -> Vec<String> {
        self.names(name, |suffix| vec![format!("{name}{suffix}")])
    }

    pub(super) fn buckets(&self, name: &str) -> Vec<String> {
        self.names(name, |suffix| vec![format!("{name}{ANY_BUCKET_ID}{suffix}"), format!("{name}{suffix}")])
    }

    fn names(&self, name: &str, with_suffix: impl FnOnce(&str) -> Vec<String>) -> Vec<String> {
        let suffix = format!("-{}", self.environment.as_deref().unwrap_or("*"));
        let own = [name.to_owned()];
        if name.ends_with('*') || name.ends_with(&suffix) || suffix[1..] == *NO_SUFFIX {
            return own.into();
        }
        own.into_iter().chain(with_suffix(&suffix)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_suffixes_of_their_kind() {
        let in_dev = |api_ids: &[&str]| AmplifyNames {
            environment: Some("dev".into()),
            api_ids: api_ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        let dev = in_dev(&[]);
        assert_eq!(dev.tables("Post"), ["Post", "Post-dev", "Post-??????????????????????????-dev"]);
        assert_eq!(in_dev(&["abc", "def"]).tables("Post"), ["Post", "Post-dev", "Post-abc-dev", "Post-def-dev"]);
        assert_eq!(dev.functions("work"), ["work", "work-dev"]);
        assert_eq!(dev.buckets("photos"), ["photos", "photos?????-dev", "photos-dev"]);
        let every = AmplifyNames::default();
        assert_eq!(every.tables("users"), ["users", "users-*"]);
        assert_eq!(every.buckets("photos"), ["photos", "photos?????-*", "photos-*"]);
    }

    #[test]
    fn complete_names_and_patterns_have_no_other() {
        let named = |environment: &str| AmplifyNames { environment: Some(environment.into()), api_ids: Vec::new() };
        assert_eq!(named("dev").tables("users-dev"), ["users-dev"]);
        assert_eq!(named("dev").tables("users*"), ["users*"]);
        assert_eq!(named("NONE").tables("users"), ["users"]);
        assert_eq!(AmplifyNames::default().functions("work*"), ["work*"]);
    }
}
