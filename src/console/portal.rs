//! Links of the portal of IAM Identity Center (IAM Identity Center user guide, "Creating shortcut links").

use form_urlencoded::Serializer;

use crate::plan::limits::is_endpoint;
use crate::plan::sources::SsoBase;

/// `None` if the start URL is not an `https` URL.
pub(crate) fn link(sso: &SsoBase, destination: Option<&str>) -> Option<String> {
    let start = sso.session.start_url.value.trim();
    let start = start.split('#').next().unwrap_or(start).trim_end_matches('/');
    if !start.starts_with("https://") || !is_endpoint(start) {
        return None;
    }
    let mut query = Serializer::new(String::new());
    query.append_pair("account_id", &sso.account_id.value).append_pair("role_name", &sso.role_name.value);
    if let Some(destination) = destination {
        query.append_pair("destination", destination);
    }
    Some(format!("{start}/#/console?{}", query.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::origin::{Located, Origin};
    use crate::plan::sources::SsoSession;

    #[test]
    fn link_follows_the_start_url() {
        let sso = |start: &str| {
            let found = |value: &str| Located::new(value.to_owned(), Origin::Default);
            let session = SsoSession { name: None, start_url: found(start), region: found("eu-west-1"), scopes: None };
            SsoBase { session, account_id: found("111111111111"), role_name: found("A+b"), endpoint: None }
        };
        let link = |start: &str, destination| link(&sso(start), destination);
        let plain = "https://d-1.awsapps.com/start/#/console?account_id=111111111111&role_name=A%2Bb";
        for start in
            ["https://d-1.awsapps.com/start", "https://d-1.awsapps.com/start/", "https://d-1.awsapps.com/start/#/x"]
        {
            assert_eq!(link(start, None).as_deref(), Some(plain), "{start}");
        }
        let with_page = format!("{plain}&destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fs3%3Fa%3Db");
        let page = Some("https://console.aws.amazon.com/s3?a=b");
        assert_eq!(link("https://d-1.awsapps.com/start", page), Some(with_page));
        for start in ["http://d-1.awsapps.com/start", "corp", "https://user@corp.example/start"] {
            assert_eq!(link(start, None), None, "{start}");
        }
    }
}
