use proptest::prelude::{any, proptest};

use super::*;

fn inner(text: &str) -> Option<String> {
    parse(text).ok()?.get("a")?.get("b")?.text().map(str::to_owned)
}

#[test]
fn texts_are_read_in_every_form() {
    for text in [
        r#"{"a":{"b":"x y"}}"#,
        "\u{feff}{\"a\": {\"b\": \"x y\",},}",
        "// one\n{ # two\n \"a\" : /* three\n */ {\"b\"\n:\n\"x y\"} }\n# four",
        "a: {\n  b: x y\n}",
        "{a: {c: \"1\" b: 'x y'}}",
        "{a: {c: true, d: [1, [2], {e: f\n}], b: \"x y\"}}",
        "a: {b: \"x\\u0020y\"}\r\n",
        "{a: {b: 1, b: \"x y\"}}",
        "a:\n{\nb: '''\n  x y\n  '''\n}",
    ] {
        assert_eq!(inner(text).as_deref(), Some("x y"), "{text}");
    }
    assert_eq!(inner("{a:{b: 1 x, y} // no comment\n}}").as_deref(), Some("1 x, y} // no comment"));
    assert_eq!(inner(r#"{a:{b:"\ud83d\ude00\ud83dx"}}"#).as_deref(), Some("\u{1f600}\u{fffd}x"));
}

#[test]
fn truthiness_matches_javascript() {
    for (value, is_true) in [
        ("true", true),
        ("1", true),
        ("[]", true),
        ("{}", true),
        ("\"x\"", true),
        ("false", false),
        ("null", false),
        ("0", false),
        ("-0.0", false),
        ("\"\"", false),
    ] {
        assert_eq!(parse(&format!("{{a: {value}}}")).unwrap().get("a").unwrap().is_true(), is_true, "{value}");
    }
}

#[test]
fn problems_have_lines() {
    for (text, line, problem) in [
        ("", 1, HjsonProblem::Empty),
        ("\u{feff}", 1, HjsonProblem::Empty),
        ("{", 1, HjsonProblem::Ends),
        ("{\n\"a\": [1,", 2, HjsonProblem::Ends),
        ("{\"a\": \"x", 1, HjsonProblem::Ends),
        ("{\"a\"}", 1, HjsonProblem::Name),
        ("{,}", 1, HjsonProblem::Name),
        ("{\n\n\"a\": }", 3, HjsonProblem::Value),
        ("{\"a\": \"x\n\"}", 2, HjsonProblem::Quoted),
        ("{\"a\": \"\\x\"}", 1, HjsonProblem::Quoted),
        ("{\"a\": \"\\u12\u{fc}\"}", 1, HjsonProblem::Quoted),
        ("{}\n}", 2, HjsonProblem::More),
        ("nonsense", 1, HjsonProblem::Name),
    ] {
        assert_eq!(parse(text), Err(HjsonError { line, problem }), "{text:?}");
    }
    let deep = "[".repeat(1 << 20);
    assert_eq!(parse(&deep).unwrap_err().problem, HjsonProblem::Deep);
    // Many values on one line must not take quadratic time.
    assert_eq!(parse(&format!("[{}", "1,".repeat(1 << 19))).unwrap_err().problem, HjsonProblem::Ends);
    assert!(parse(&format!("{}{}", "[".repeat(100), "]".repeat(100))).is_ok());
}

#[test]
fn values_have_lines() {
    let root = parse("{\n  \"a\":\n    {\"b\": 1,\n  c: \"x\"}\n}").unwrap();
    let a = root.get("a").unwrap();
    assert_eq!((root.line, a.line, a.get("c").unwrap().line), (1, 3, 4));
}

proptest! {
    #[test]
    fn any_text_is_parsed_without_panic(text in any::<String>(), marks in "[{}\\[\\],:\"'#/*\\\\u0-9 a\n]{0,64}") {
        let _ = (parse(&text), parse(&marks));
    }
}

#[test]
fn values_have_byte_ranges() {
    let text = "\u{feff}// c\n{\"a\": {b: plain text \n c: \"x\" /* d */, e: 12 , f: [1], g: '''y\n'''} } // z";
    let root = parse(text).unwrap();
    let a = root.get("a").unwrap();
    let seen = |node: &HjsonNode| text[node.bytes.clone()].to_owned();
    let members: Vec<_> = a.members().iter().map(|(_, node)| seen(node)).collect();
    assert_eq!(members, ["plain text", "\"x\"", "12", "[1]", "'''y\n'''"]);
    assert!(seen(a).starts_with("{b") && seen(a).ends_with("'''}") && seen(&root).ends_with("} }"));
}
