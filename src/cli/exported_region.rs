//! `AMPLIFY_CREDS_EXPORTED_REGION` lists the region variables that this program set, as `NAME=REGION` separated by
//! commas. A variable that still has this value belongs to the exported credentials and is not the user's choice.

use crate::core::origin::{Located, Origin};
use crate::os::env::{self, AMPLIFY_CREDS_EXPORTED_REGION, Env};

const VARIABLES: [&str; 2] = [env::AWS_REGION, env::AWS_DEFAULT_REGION];

pub(crate) fn of_user(env: &Env) -> Option<Located<String>> {
    VARIABLES.into_iter().find_map(|name| Some(Located::new(user_value(env, name)?, Origin::Variable(name))))
}

/// The region variables for a shell or a command with credentials for `region`, and their record. If `region` is
/// missing, the user's own variables remain.
pub(crate) fn assignments(env: &Env, region: Option<&str>) -> Vec<(&'static str, Option<String>)> {
    let Some(region) = region else {
        let ours = VARIABLES.into_iter().filter(|name| user_value(env, name).is_none());
        return ours.chain([AMPLIFY_CREDS_EXPORTED_REGION]).map(|name| (name, None)).collect();
    };
    let ours = VARIABLES.into_iter().filter(|name| user_value(env, name).as_deref() != Some(region));
    let record: Vec<_> = ours.map(|name| format!("{name}={region}")).collect();
    let record = (!record.is_empty()).then(|| record.join(","));
    let variables = VARIABLES.into_iter().map(|name| (name, Some(region.to_owned())));
    variables.chain([(AMPLIFY_CREDS_EXPORTED_REGION, record)]).collect()
}

fn user_value(env: &Env, name: &str) -> Option<String> {
    let value = env.text(name)?;
    let record = env.text(AMPLIFY_CREDS_EXPORTED_REGION).unwrap_or_default();
    let is_ours = record.split(',').any(|entry| entry.split_once('=') == Some((name, value.as_str())));
    (!is_ours).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = AMPLIFY_CREDS_EXPORTED_REGION;
    const BOTH_OURS: (&str, &str) = (RECORD, "AWS_REGION=eu-west-1,AWS_DEFAULT_REGION=eu-west-1");

    #[test]
    fn region_that_differs_from_record_is_kept() {
        let user = |variables: &[(&str, &str)]| {
            let variable = |name| variables.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value);
            let env = Env::fixed([RECORD, env::AWS_REGION, env::AWS_DEFAULT_REGION].map(|name| (name, variable(name))));
            of_user(&env).map(|found| (found.from.to_string(), found.value))
        };
        let some = |name: &str, value: &str| Some((format!("${name}"), value.to_owned()));
        let ours = [("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1")];
        assert_eq!(user(&[]), None);
        assert_eq!(user(&ours), some("AWS_REGION", "eu-west-1"));
        assert_eq!(user(&[ours[0], ours[1], BOTH_OURS]), None);
        assert_eq!(user(&[("AWS_REGION", "us-west-2"), ours[1], BOTH_OURS]), some("AWS_REGION", "us-west-2"));
        let other = ("AWS_DEFAULT_REGION", "us-west-2");
        assert_eq!(user(&[ours[0], other, BOTH_OURS]), some("AWS_DEFAULT_REGION", "us-west-2"));
        let one = (RECORD, "AWS_DEFAULT_REGION=eu-west-1");
        assert_eq!(user(&[ours[0], ours[1], one]), some("AWS_REGION", "eu-west-1"));
    }

    #[test]
    fn own_exported_regions_are_recorded_and_removed() {
        let set = |name, value: &str| (name, Some(value.to_owned()));
        let empty = Env::fixed([]);
        let both = [set("AWS_REGION", "eu-west-1"), set("AWS_DEFAULT_REGION", "eu-west-1")];
        assert_eq!(assignments(&empty, Some("eu-west-1")), [&both[..], &[set(RECORD, BOTH_OURS.1)]].concat());
        assert_eq!(assignments(&empty, None), ["AWS_REGION", "AWS_DEFAULT_REGION", RECORD].map(|name| (name, None)));
        let user = Env::fixed([("AWS_REGION", "eu-west-1")]);
        let record = set(RECORD, "AWS_DEFAULT_REGION=eu-west-1");
        assert_eq!(assignments(&user, Some("eu-west-1")), [&both[..], &[record]].concat());
        assert_eq!(assignments(&user, None), [("AWS_DEFAULT_REGION", None), (RECORD, None)]);
        let ours = Env::fixed([both[0].clone(), both[1].clone()].map(|(name, _)| (name, "eu-west-1")));
        assert_eq!(assignments(&ours, Some("eu-west-1"))[2], (RECORD, None));
    }
}
