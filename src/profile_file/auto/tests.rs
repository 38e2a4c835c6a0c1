use proptest::prelude::*;

use crate::profile_file::sections::FileKind::{Config, Credentials};

use super::*;

fn names(kind: FileKind, text: &str) -> Vec<(String, Spelling)> {
    let named = |section: &Section<'_>| match &section.name {
        Name::Profile(name, spelling) => Some((name.to_string(), *spelling)),
        _ => None,
    };
    read(kind, text).sections.iter().filter_map(named).collect()
}

fn all(text: &str) -> Vec<(String, String, u32)> {
    let reading = read(Config, text);
    let properties = reading.sections.iter().flat_map(Section::properties);
    properties.map(|p| (p.key.to_string(), p.value.to_string(), p.line)).collect()
}

fn value(line: &str) -> String {
    all(&format!("[default]\n{line}\n")).pop().map(|(_, value, _)| value).unwrap_or_default()
}

#[test]
fn headers_give_profile_names() {
    let aws = Spelling::Aws;
    let amplify = Spelling::Amplify;
    let rows = [
        (Config, "[default]", Some(("default", aws))),
        (Config, "[profile default]", Some(("default", aws))),
        (Config, "[profile foo]", Some(("foo", aws))),
        (Config, "[profile\tfoo]", Some(("foo", aws))),
        (Config, "[profile  foo]", Some(("foo", aws))),
        (Config, "[ profile foo ]", Some(("foo", aws))),
        (Config, "[profile\u{a0}foo]", Some(("foo", aws))),
        (Config, "[profile \"foo bar\"]", Some(("foo bar", aws))),
        (Config, "[profile 'a.b']", Some(("a.b", aws))),
        (Config, "[profile a b]", Some(("a b", aws))),
        (Config, "[profile a.b]", Some(("a.b", aws))),
        (Config, "[profile m\u{fc}ller]", Some(("m\u{fc}ller", aws))),
        (Config, "[profile foo]]", Some(("foo]", aws))),
        (Config, "[profile foo] note", Some(("foo", aws))),
        (Config, "[profile foo] ; note ]", Some(("foo", aws))),
        (Config, "[profile foo];note", Some(("foo", aws))),
        (Config, "[profile foo#bar]", Some(("foo#bar", aws))),
        (Config, "[profile a\\.b]", Some(("a.b", amplify))),
        (Config, "[profile a\\;b\\#c]", Some(("a;b#c", amplify))),
        (Config, "[\"profile foo\"]", Some(("foo", amplify))),
        (Config, "[\"profile a\\\\.b\"]", Some(("a.b", amplify))),
        (Config, "[foo]", Some(("foo", amplify))),
        (Config, "[foo bar]", Some(("foo bar", amplify))),
        (Config, "[a\\.b]", Some(("a.b", amplify))),
        (Config, "[a.b]", None),
        (Config, "[my-profile]", None),
        (Config, "[foo profile]", None),
        (Config, "[profilefoo]", None),
        (Config, "[profile]", None),
        (Config, "[profile.foo]", None),
        (Config, "[]", None),
        (Config, "[sso-session corp]", None),
        (Config, "[services dev]", None),
        (Config, "[plugins]", None),
        (Config, "[preview]", None),
        (Credentials, "[foo]", Some(("foo", aws))),
        (Credentials, "[ foo ]", Some(("foo", aws))),
        (Credentials, "[a.b]", Some(("a.b", aws))),
        (Credentials, "[my-profile]", Some(("my-profile", aws))),
        (Credentials, "[profile foo]", Some(("profile foo", aws))),
        (Credentials, "[a\\.b]", Some(("a.b", amplify))),
        (Credentials, "[\" a\\\\.b\"]", Some(("a.b", amplify))),
        (Credentials, "[\"foo\"]", Some(("foo", amplify))),
        (Credentials, "[sso-session x]", None),
    ];
    for (kind, header, expected) in rows {
        let seen = names(kind, header);
        let seen: Vec<_> = seen.iter().map(|(name, spelling)| (name.as_str(), *spelling)).collect();
        assert_eq!(seen, expected.into_iter().collect::<Vec<_>>(), "{kind:?} {header}");
    }
}

#[test]
fn prefixed_default_hides_plain_default() {
    for text in ["[default]\na=1\n[profile default]\nb=2\n", "[profile default]\nb=2\n[default]\na=1\n"] {
        let reading = read(Config, text);
        let kept: Vec<_> = reading.sections.iter().filter(|s| matches!(s.name, Name::Profile(..))).collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].properties()[0].key, "b");
    }
}

#[test]
fn values_follow_aws_with_amplify_escapes() {
    let rows = [
        ("k = v", "v"),
        ("k=a=b==", "a=b=="),
        ("k = v # note", "v"),
        ("k = v ; note", "v"),
        ("k = a#b;c", "a#b;c"),
        ("k =#x", "#x"),
        ("k = \"v\"", "v"),
        ("k = 'v'", "v"),
        ("k = \"v\" # note", "v"),
        ("k = \"v' ", "\"v'"),
        ("k = \"a\" and \"b\"", "\"a\" and \"b\""),
        ("k = \"a\\\"b\"", "a\\\"b"),
        ("k = a\\;b\\#c", "a;b#c"),
        ("k = \"a\\;b\"", "a;b"),
        ("k = \"", "\""),
        ("k = true", "true"),
        ("k: v", "v"),
        ("k:a=b", "a=b"),
        ("k = a:b", "a:b"),
        ("aws_secret_access_key: a/b=", "a/b="),
        ("\u{a0}k\u{a0}=\u{a0} v\u{a0} ", "v"),
        ("k =\u{3000}\"v\"\u{a0}", "v"),
        ("k = a\u{a0}b", "a\u{a0}b"),
        ("credential_process: \"/a b/c\" d:e # note", "\"/a b/c\" d:e"),
        ("k = null", "null"),
        ("k = 007", "007"),
        ("k = %(x)s $HOME", "%(x)s $HOME"),
        ("credential_process = \"/a b/c\" 'd ; e' f # note", "\"/a b/c\" 'd ; e' f"),
        ("credential_process = \"only\"", "\"only\""),
        ("mfa_process = ykman code \\; x", "ykman code \\; x"),
        ("Credential_Process = x \"a # b\"", "x \"a # b\""),
    ];
    for (line, expected) in rows {
        assert_eq!(value(line), expected, "{line}");
    }
}

#[test]
fn keys_are_lower_case_with_lines() {
    let seen = all("# c\n[default]\n\nREGION = x\n[profile a]\nOutput=y\n");
    assert_eq!(seen, [("region".into(), "x".into(), 4), ("output".into(), "y".into(), 6)]);
}

#[test]
fn deeper_lines_continue_properties() {
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("s3 =\n  a = 1\n  b = 2\nregion = x", &[("s3", "\na = 1\nb = 2"), ("region", "x")]),
        ("x = a\n  b\n\tc", &[("x", "a\nb\nc")]),
        ("x = a\n\n  b", &[("x", "a\nb")]),
        ("s3 =\n  a = 1 # c\n  # whole\n  b = 2", &[("s3", "\na = 1 # c\nb = 2")]),
        ("  region = a\n  output = b", &[("region", "a"), ("output", "b")]),
        ("  s3 =\n    a = 1\n  region = b", &[("s3", "\na = 1"), ("region", "b")]),
        ("\u{a0}s3 =\n\u{a0}\u{a0}a = 1\n\u{a0}region = b", &[("s3", "\na = 1"), ("region", "b")]),
        ("s3:\n  a: 1\rregion = b\r  more\r\rx = y", &[("s3", "\na: 1"), ("region", "b\nmore"), ("x", "y")]),
        ("  region = a\noutput = b\n  more", &[("region", "a"), ("output", "b\nmore")]),
    ];
    for (text, expected) in rows {
        let seen: Vec<_> =
            all(&format!("[default]\n{text}\n")).into_iter().map(|(key, value, _)| (key, value)).collect();
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(seen, expected, "{text}");
    }
}

#[test]
fn lenient_input_is_reported() {
    let rows: &[(&str, &[(Code, u32)])] = &[
        ("\u{feff}[default]\na = 1\n", &[(Code::ByteOrderMark, 1)]),
        ("a = 1\n[default]\n", &[(Code::OutsideSection, 1)]),
        ("[default]\n  a = 1\n", &[(Code::IndentedProperty, 2)]),
        ("[default]\njunk\n= v\na: b\n", &[(Code::NoProperty, 2), (Code::NoProperty, 3), (Code::ColonDelimiter, 4)]),
        ("[default] note\na = 1\n", &[(Code::TextAfterHeader, 1)]),
        ("[default]\na = 1\n[profile b\nc = 2\n", &[(Code::HeaderNotClosed, 3)]),
        ("[default]\r\na = 1 # fine\r\n; fine\r\n", &[]),
        (
            "[default]\na\u{a0}= 1\nb =\u{a0}2\n\u{3000}c = 3 \n",
            &[(Code::WideBlank, 2), (Code::WideBlank, 3), (Code::WideBlank, 4)],
        ),
        (
            "[default]\ra: 1\rb: 2",
            &[
                (Code::LoneCarriageReturn, 1),
                (Code::ColonDelimiter, 1),
                (Code::LoneCarriageReturn, 1),
                (Code::ColonDelimiter, 1),
            ],
        ),
        ("[default]\na = 1\rb = 2\nc = 3\r", &[(Code::LoneCarriageReturn, 2), (Code::LoneCarriageReturn, 3)]),
    ];
    for (text, expected) in rows {
        let seen: Vec<_> = findings(text).iter().map(|finding| (finding.code, finding.line)).collect();
        assert_eq!(seen, *expected, "{text}");
    }
}

#[test]
fn file_with_lone_carriage_returns_has_all_sections() {
    let text = "[profile a]\rregion = x\rsts =\r  endpoint_url = u\r[profile b]\rregion: y";
    let sections = read(Config, text).sections;
    let keys = |at: usize| sections[at].properties().into_iter().map(|p| (p.key, p.value)).collect::<Vec<_>>();
    assert_eq!(keys(0), [("region".into(), "x".into()), ("sts".into(), "\nendpoint_url = u".into())]);
    assert_eq!(keys(1), [("region".into(), "y".into())]);
    assert_eq!(sections[0].block("sts")[0].value, "u");
}

#[test]
fn command_on_several_lines_is_one() {
    for (text, expected) in [
        ("credential_process = /c --user jo\n    --role x", "/c --user jo --role x"),
        ("credential_process =\n  /c\n\n  # note\n  --role x", "/c --role x"),
        ("mfa_process = /c \\\n  --role x", "/c --role x"),
        ("region = a\n  b", "a\nb"),
    ] {
        let text = format!("[default]\n{text}\n");
        assert_eq!(read(Config, &text).sections[0].settings()[0].value, expected, "{text}");
    }
}

#[test]
fn broken_header_ends_section() {
    let text = "[profile a]\nx = 1\n[profile b # half\ny = 2\n[profile c]\nz = 3\n";
    let reading = read(Config, text);
    assert_eq!(reading.broken, [BrokenHeader { line: 3, begins: "b".to_owned(), after: Some(0) }]);
    let keys: Vec<_> = reading.sections.iter().flat_map(Section::properties).map(|p| p.key.to_string()).collect();
    assert_eq!(keys, ["x", "z"]);
}

#[test]
fn indented_header_starts_section_without_property_above() {
    let named = |text: &str| names(Config, text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(named("[profile empty]\n [profile b]\nregion = x\n"), ["empty", "b"]);
    assert_eq!(named(" [profile b]\nregion = x\n"), ["b"]);
    assert_eq!(named("[profile a]\n  x = 1\n  [profile b]\n  y = 2\n"), ["a", "b"]);
    assert_eq!(named("[profile a]\nx = 1\n [profile b]\n"), ["a"], "deeper than a property: it continues that");
    let text = "[profile empty]\n [profile b]\nregion = x\n";
    let sections = read(Config, text).sections;
    assert!(sections[0].properties().is_empty());
    assert_eq!((sections[1].properties()[0].key.as_ref(), sections[1].properties()[0].line), ("region", 3));
}

#[test]
fn byte_order_mark_is_skipped() {
    assert_eq!(names(Config, "\u{feff}[profile a]\n"), [("a".to_owned(), Spelling::Aws)]);
}

proptest! {
    #[test]
    fn headers_match_line_by_line_search(text in "\u{feff}?(\\[a\\]|\\[|\\]|a|=|:|#| |\t|\n|\n|\r|\u{fc}|\u{a0}){0,60}") {
        let mut indentation = None;
        let each: Vec<_> = without_mark(&text).filter_map(|line| header_line(line, &mut indentation)).collect();
        prop_assert_eq!(headers(&text).collect::<Vec<_>>(), each);
    }

    #[test]
    fn any_text_gives_lines_within_file(text in "(\\[|\\]|profile |\"|'|\\\\|=|#|;| |\t|\n|\r|\u{feff}|a|\u{fc}|\\.){0,60}") {
        for kind in [Config, Credentials] {
            let last = text.matches('\n').count() + 1;
            let reading = read(kind, &text);
            for section in &reading.sections {
                for property in section.properties() {
                    prop_assert!(property.line >= section.line && property.line as usize <= last);
                    prop_assert!(!property.key.is_empty());
                }
            }
            let _ = crate::profile_file::aws::read(kind, &text).map(|r| r.sections.iter().map(|s| s.properties().len()).sum::<usize>());
        }
    }
}
