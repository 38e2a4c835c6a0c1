/// Whether the root element is closed. The SDK's reader closes every open element at the end of the text. A connection
/// that breaks without a `Content-Length` would therefore result in a truncated token (aws-smithy-xml 0.64).
pub(crate) fn is_complete(xml: &str) -> bool {
    let root = xml.match_indices('<').find_map(|(at, _)| {
        let rest = &xml[at + 1..];
        rest.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some(rest)
    });
    let Some(root) = root else { return false };
    let name = &root[..root.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(root.len())];
    let text = xml.trim_end();
    let end = text.strip_suffix('>').map(str::trim_end).and_then(|text| text.strip_suffix(name));
    end.is_some_and(|text| text.ends_with("</")) || root.trim_end().split('<').count() == 1 && text.ends_with("/>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "<?xml version=\"1.0\"?>\n<!-- a -->\n<AssumeRoleResponse xmlns=\"x\"><Token>abc</Token>\
                         </AssumeRoleResponse >\n";

    #[test]
    fn truncated_document_is_incomplete() {
        assert!(is_complete(WHOLE));
        assert!(is_complete("<Empty/>"));
        let end = WHOLE.trim_end().len();
        for length in 0..end {
            assert!(!is_complete(&WHOLE[..length]), "{}", &WHOLE[..length]);
        }
        for other in ["", "text", "<", "<a", "<a>b", "<a></b>", "<a><b/>"] {
            assert!(!is_complete(other), "{other}");
        }
    }
}
