use std::path::Path;

use super::hjson::{HjsonError, HjsonNode, parse};

pub(super) const PROVIDER: &str = "awscloudformation";
pub(super) const BOUNDARY: &str = "PermissionsBoundaryPolicyArn";

pub type WithLine<T> = (T, u32);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Profile(String),
    Keys(String),
    Studio,
    Anything,
}

/// An entry of `local-aws-info.json` without a usable profile or key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrupt {
    pub line: u32,
}

pub fn current(text: &str) -> Result<Option<String>, HjsonError> {
    Ok(parse(text)?.get("envName").and_then(HjsonNode::text).map(str::to_owned))
}

/// Whether `local-env-info.json` names `root` as the project's path.
pub fn has_project_path(text: &str, root: &Path) -> bool {
    let info = parse(text).ok();
    // Compares text, as the Amplify CLI does: equal paths can have two spellings.
    info.is_some_and(|info| {
        info.get("projectPath").and_then(HjsonNode::text).is_some_and(|path| root.as_os_str() == path)
    })
}

pub fn source(info: &HjsonNode, environment: &str, exists: &dyn Fn(&str) -> bool) -> Result<WithLine<Source>, Corrupt> {
    let Some(entry) = info.get(environment).filter(|entry| entry.is_true()) else {
        return Ok((Source::Anything, info.line));
    };
    let get = |name| entry.get(name).and_then(|node| Some((node.text()?, node.line)));
    match get("configLevel") {
        Some(("general", line)) => return Ok((Source::Anything, line)),
        Some(("amplifyAdmin", line)) => return Ok((Source::Studio, line)),
        _ => {}
    }
    // Any other level means the project's own settings; the profile has priority.
    let uses_profile = entry.get("useProfile").is_some_and(HjsonNode::is_true);
    let profile = get("profileName").filter(|_| uses_profile);
    let keys = || get("awsConfigFilePath").filter(|(path, _)| exists(path));
    profile
        .map(|(name, line)| (Source::Profile(name.to_owned()), line))
        .or_else(|| keys().map(|(path, line)| (Source::Keys(path.to_owned()), line)))
        .ok_or(Corrupt { line: entry.line })
}

pub fn boundary(info: &HjsonNode, environment: &str) -> Option<WithLine<String>> {
    provider_text(info, environment, BOUNDARY)
}

pub fn provider_text(info: &HjsonNode, environment: &str, key: &str) -> Option<WithLine<String>> {
    let found = info.get(environment)?.get(PROVIDER)?.get(key)?;
    Some((found.text()?.to_owned(), found.line))
}

pub fn stack(info: &HjsonNode, environment: &str) -> Option<String> {
    part_of_arn(info.get(environment)?.get(PROVIDER)?.get("StackName")?)
}

pub fn api_id(meta: &HjsonNode) -> Option<String> {
    let apis = meta.get("api")?.members();
    apis.iter().find_map(|(_, api)| part_of_arn(api.get("output")?.get("GraphQLAPIIdOutput")?))
}

/// The file may come with a cloned repository, and the text becomes part of a pattern.
fn part_of_arn(node: &HjsonNode) -> Option<String> {
    let text = node.text().filter(|text| text.len() <= 128);
    text.filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_match_amplify_cli() {
        let profile = || Ok(Source::Profile("biz".to_owned()));
        let keys = || Ok(Source::Keys("/there".to_owned()));
        for (entry, expected) in [
            (r#"{"configLevel":"project","useProfile":true,"profileName":"biz"}"#, profile()),
            (r#"{"useProfile":1,"profileName":"biz","awsConfigFilePath":"/there"}"#, profile()),
            (r#"{"configLevel":"strange","useProfile":true,"profileName":"biz"}"#, profile()),
            (r#"{"configLevel":"project","useProfile":false,"awsConfigFilePath":"/there"}"#, keys()),
            (r#"{"useProfile":false,"profileName":"biz","awsConfigFilePath":"/there"}"#, keys()),
            (r#"{"useProfile":true,"profileName":"","awsConfigFilePath":"/there"}"#, keys()),
            (r#"{"configLevel":"general","useProfile":true,"profileName":"biz"}"#, Ok(Source::Anything)),
            (r#"{"configLevel":"amplifyAdmin","profileName":"biz"}"#, Ok(Source::Studio)),
            ("{}", Err(Corrupt { line: 2 })),
            ("7", Err(Corrupt { line: 2 })),
            (r#"{"configLevel":"project","useProfile":true}"#, Err(Corrupt { line: 2 })),
            (r#"{"useProfile":true,"profileName":7}"#, Err(Corrupt { line: 2 })),
            (r#"{"useProfile":false,"awsConfigFilePath":"/gone"}"#, Err(Corrupt { line: 2 })),
        ] {
            let info = parse(&format!("{{\n\"dev\": {entry}\n}}")).unwrap();
            let seen = source(&info, "dev", &|path| path == "/there");
            assert_eq!(seen, expected.map(|source| (source, 2)), "{entry}");
        }
        for none in ["[]", "{}", "{dev: null}", "{prod: {useProfile: true, profileName: \"biz\"}}"] {
            assert_eq!(source(&parse(none).unwrap(), "dev", &|_| true), Ok((Source::Anything, 1)), "{none}");
        }
    }

    #[test]
    fn current_environment_and_project_path_are_read() {
        for (text, expected) in [
            (r#"{"envName":"dev"}"#, Ok(Some("dev"))),
            ("\u{feff}{envName: dev\n} // mine", Ok(Some("dev"))),
            (r#"{"envName":""}"#, Ok(None)),
            (r#"{"envName":["dev"]}"#, Ok(None)),
            ("{}", Ok(None)),
            ("{", Err(1)),
        ] {
            let seen = current(text);
            assert_eq!(seen.as_ref().map(Option::as_deref).map_err(|error| error.line), expected, "{text}");
        }
        let text = r#"{"projectPath":"/home/dev/app"}"#;
        assert!(has_project_path(text, Path::new("/home/dev/app")));
        for (text, root) in [(text, "/home/dev"), (text, "/home/dev/app/"), ("{", "/home/dev/app"), ("{}", "")] {
            assert!(!has_project_path(text, Path::new(root)), "{text} {root}");
        }
    }

    #[test]
    fn boundary_belongs_to_environment() {
        let info = parse(
            "{\"dev\": {\"awscloudformation\": {\n\"PermissionsBoundaryPolicyArn\": \"arn:aws:iam::1:policy/b\"}},\n\
             \"prod\": {\"awscloudformation\": {\"PermissionsBoundaryPolicyArn\": \"\"}}, \"test\": 1}",
        );
        let info = info.unwrap();
        assert_eq!(boundary(&info, "dev"), Some(("arn:aws:iam::1:policy/b".to_owned(), 2)));
        for environment in ["prod", "test", "none"] {
            assert_eq!(boundary(&info, environment), None, "{environment}");
        }
    }

    #[test]
    fn stack_and_api_id_are_read_unless_they_are_patterns() {
        let team = parse(
            r#"{"dev": {"awscloudformation": {"StackName": "amplify-app-dev-86ef3"}},
            "prod": {"awscloudformation": {"StackName": "amplify-*"}}, "test": 1}"#,
        );
        let team = team.unwrap();
        assert_eq!(stack(&team, "dev").as_deref(), Some("amplify-app-dev-86ef3"));
        for environment in ["prod", "test", "none"] {
            assert_eq!(stack(&team, environment), None, "{environment}");
        }
        for (meta, expected) in [
            (r#"{"api": {"rest": {"output": {}}, "app": {"output": {"GraphQLAPIIdOutput": "abc1"}}}}"#, Some("abc1")),
            (r#"{"api": {"app": {"output": {"GraphQLAPIIdOutput": "*"}}}}"#, None),
            (r#"{"api": {"app": {}}}"#, None),
            (r#"{"api": []}"#, None),
            ("{}", None),
        ] {
            assert_eq!(api_id(&parse(meta).unwrap()).as_deref(), expected, "{meta}");
        }
    }
}
