//! The pages and redirects that a browser gets.

use std::sync::LazyLock;

use zeroize::Zeroizing;

use crate::core::base64;
use crate::core::digest::sha256;
use crate::core::sanitize::printable;

use super::message::HttpReply;

const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--back:#f6f8fa;--card:#fff;--line:#d0d7de;--good:#1a7f37;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9aa4af;--back:#0d1117;--card:#161b22;--line:#30363d;--good:#4ac26b;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{max-width:34rem;width:100%;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 .75rem;font-size:1.35rem}
h1.good{color:var(--good)}
h1.bad{color:var(--bad)}
p{margin:.5rem 0;overflow-wrap:anywhere}
p.soft{color:var(--soft)}
";

pub(crate) struct Page<'a> {
    pub(crate) is_success: bool,
    pub(crate) title: &'a str,
    /// One paragraph each.
    pub(crate) text: Vec<String>,
}

impl Page<'_> {
    pub(crate) fn reply(&self) -> HttpReply {
        let Self { is_success, title, text } = self;
        let class = if *is_success { "good" } else { "bad" };
        let text = text.iter().fold(String::new(), |all, line| all + "<p>" + &escaped(&printable(line)) + "</p>\n");
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>amplify-creds: {title}</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1 class=\"{class}\">{title}</h1>\n{text}\
             <p class=\"soft\">You can close this page and go back to the terminal.</p>\n</main>\n</body>\n</html>\n",
            title = escaped(title)
        );
        let headers = vec![
            ("Content-Type", "text/html; charset=utf-8".to_owned().into()),
            ("Content-Security-Policy", POLICY.clone().into()),
            ("Referrer-Policy", "no-referrer".to_owned().into()),
            ("X-Content-Type-Options", "nosniff".to_owned().into()),
        ];
        HttpReply { status: "200 OK", headers, body: Zeroizing::new(body.into_bytes()) }
    }
}

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::encode(&sha256(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

pub(crate) fn redirect(url: &str) -> HttpReply {
    let headers = vec![("Location", url.to_owned().into()), ("Referrer-Policy", "no-referrer".to_owned().into())];
    HttpReply { status: "303 See Other", headers, body: Zeroizing::default() }
}

pub(crate) fn refused(status: &'static str) -> HttpReply {
    refused_with(status, status)
}

pub(crate) fn refused_with(status: &'static str, text: &str) -> HttpReply {
    let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned().into())];
    HttpReply { status, headers, body: Zeroizing::new(format!("{text}\n").into_bytes()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_add_elements() {
        let page = Page { is_success: false, title: "a<b>", text: vec!["<script>\"'&".to_owned()] };
        let body = String::from_utf8(page.reply().body.to_vec()).unwrap();
        assert!(body.contains("<p>&lt;script&gt;&quot;&#39;&amp;</p>") && !body.contains("<b>"), "{body}");
    }
}
