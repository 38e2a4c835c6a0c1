//! The config file for a command under `exec --serve`: the profile's region and other settings, without credentials,
//! because SDKs read files before they call the endpoint.

use std::fmt::Write as _;

/// Writes `settings` as `[default]` and under the name of the profile, for a program that names it. Adds the section
/// that `services` names.
pub fn render(
    profile: Option<&str>,
    settings: &[(&str, String)],
    services: Option<(&str, &[(String, String)])>,
) -> String {
    let mut text = String::new();
    let named = profile.and_then(header).map(|header| format!("\n{header}"));
    for header in ["[default]".to_owned()].into_iter().chain(named) {
        let _ = writeln!(text, "{header}");
        for (key, value) in settings {
            add_property(&mut text, key, value);
        }
    }
    if let Some((name, properties)) = services {
        let _ = writeln!(text, "\n[services {name}]");
        for (key, value) in properties {
            add_property(&mut text, key, value);
        }
    }
    text
}

/// In the AWS CLI's form: botocore needs quotes around a name with blanks. `None` if quotes are not enough.
fn header(name: &str) -> Option<String> {
    let needs_more = |char: char| char.is_control() || "[]\"'#;\\".contains(char);
    match name {
        "" | "default" => None,
        name if name.contains(needs_more) => None,
        name if name.contains(char::is_whitespace) => Some(format!("[profile \"{name}\"]")),
        name => Some(format!("[profile {name}]")),
    }
}

/// A nested block's lines follow its key, indented as in the profile file.
fn add_property(text: &mut String, key: &str, value: &str) {
    let mut lines = value.lines();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(text, "{}", format!("{key} = {first}").trim_end());
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_block_stays_nested() {
        let settings = [
            ("region", "eu-west-1".to_owned()),
            ("s3", "\nmax_concurrent_requests = 20\naddressing_style = path".into()),
        ];
        let services = [("sqs".to_owned(), "\nendpoint_url = http://localhost:1".to_owned())];
        assert_eq!(
            render(None, &settings, Some(("mine", &services))),
            "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\n\
             [services mine]\nsqs =\n  endpoint_url = http://localhost:1\n"
        );
        assert_eq!(render(None, &[], None), "[default]\n");
    }

    #[test]
    fn settings_are_also_under_the_name_of_the_profile() {
        let settings = [("region", "eu-west-1".to_owned())];
        for (name, header) in [("p", "[profile p]"), ("no mfa", "[profile \"no mfa\"]"), ("a.b", "[profile a.b]")] {
            let expected = format!("[default]\nregion = eu-west-1\n\n{header}\nregion = eu-west-1\n");
            assert_eq!(render(Some(name), &settings, None), expected);
        }
        for name in ["default", "a]", "a\nb", "it's", "a;b", ""] {
            assert_eq!(render(Some(name), &settings, None), "[default]\nregion = eu-west-1\n", "{name}");
        }
    }
}
