//! The config file of a command under `exec --serve`: the profile's region and other settings, and nothing that leads
//! to credentials, since SDKs read files before they ask the endpoint.

use std::fmt::Write as _;

/// `settings` as `[default]`, and the section that its `services` names.
pub fn render(settings: &[(&str, String)], services: Option<(&str, &[(String, String)])>) -> String {
    let mut text = "[default]\n".to_owned();
    for (key, value) in settings {
        add_property(&mut text, key, value);
    }
    if let Some((name, properties)) = services {
        let _ = writeln!(text, "\n[services {name}]");
        for (key, value) in properties {
            add_property(&mut text, key, value);
        }
    }
    text
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
            render(&settings, Some(("mine", &services))),
            "[default]\nregion = eu-west-1\ns3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\n\
             [services mine]\nsqs =\n  endpoint_url = http://localhost:1\n"
        );
        assert_eq!(render(&[], None), "[default]\n");
    }
}
