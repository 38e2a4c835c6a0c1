//! Each test names the rule of npm ini that it covers by number.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::profile_file::npm_ini::NpmIni;
use crate::profile_file::npm_ini::{Value, read};
use crate::profile_file::sections::FileKind::{Config, Credentials};

/// How npm ini reads words that are JSON.
pub(super) fn keyword(value: Json) -> Json {
    match value.as_str() {
        Some("true") => json!(true),
        Some("false") => json!(false),
        Some("null") => json!(null),
        _ => value,
    }
}

fn file(text: &str) -> NpmIni<'_> {
    read(text).expect("a file that npm ini reads")
}

fn sections(text: &str) -> Json {
    serde_json::to_value(Value::Object(file(text).sections())).expect("JSON")
}

fn order(text: &str) -> Vec<String> {
    file(text).sections().entries().map(|entry| entry.key.into_owned()).collect()
}

fn table(rows: &[(&str, Json)]) {
    for (text, expected) in rows {
        assert_eq!(&sections(text), expected, "{text}");
    }
}

#[test]
fn rule_1_lines_end_at_either_character_and_comments_may_be_indented() {
    table(&[
        ("[a]\rx=1\r\n\r\ny=2\n\n", json!({"a": {"x": "1", "y": "2"}})),
        (" \t; c\n\u{feff}# c\n\u{85}# c\nx=1", json!({"\u{85}": true, "x": "1"})),
    ]);
}

#[test]
fn rule_2_a_header_is_the_whole_line() {
    table(&[
        ("[profile a=b]\nx=1", json!({"profile a=b": {"x": "1"}})),
        ("[]\nx=1", json!({"": {"x": "1"}})),
        ("[a\u{2028}b]\nx=1", json!({"a\u{2028}b": {"x": "1"}})),
    ]);
    for broken in ["[a] ", " [a]", "[a] ; c", "[a", "[a]]", "\u{feff}[a]"] {
        let read = sections(&format!("[z]\n{broken}\nx=1"));
        assert_eq!(read["z"]["x"], json!("1"), "{broken}");
        assert_eq!(read["z"].as_object().map(serde_json::Map::len), Some(2), "{broken}");
    }
}

#[test]
fn rule_3_a_key_ends_at_the_first_equals_sign() {
    table(&[
        ("x=a=b\n=v\n =w", json!({"x": "a=b", "": "w"})),
        ("x=a\u{2028}b\ny=a\u{2029}\nz\u{2028}w", json!({"z\u{2028}w": true})),
        ("region=a\ns3 =\n  region = b", json!({"region": "b", "s3": ""})),
        ("[a=b\n[a]=b", json!({"[a": "b", "[a]": "b"})),
    ]);
}

#[test]
fn rule_4_words_are_json_even_in_quotes() {
    table(&[(
        "a\nb=\nc=true\nd=\"false\"\ne='null'\nf=True\ng=5\nh='\"true\"'",
        json!({"a": true, "b": "", "c": true, "d": false, "e": null, "f": "True", "g": "5", "h": true}),
    )]);
}

#[test]
fn rule_5_arrays_collect_and_stay_arrays() {
    table(&[
        ("k[]=a\nk[]\nk=b\n", json!({"k": ["a", true, "b"]})),
        ("k=a\nk[]=b", json!({"k": ["a", "b"]})),
        ("k=\nk[]=b\nl=false\nl[]=c", json!({"k": ["b"], "l": ["c"]})),
        ("k='{\"a\":1}'\nk[]=b", json!({"k": [{"a": 1}, "b"]})),
        ("k='[1]'\nk=b", json!({"k": [1, "b"]})),
        ("[]=b\n\"[]\"=c\n\"k[]\"=d", json!({"[]": "c", "k": ["d"]})),
        ("k[]=a\n[k]\nx=1\n[k.y]\nz=2", json!({"k": ["a"]})),
    ]);
}

#[test]
fn rule_6_sections_continue_and_proto_is_dropped() {
    table(&[
        ("[a]\nx=1\ny=1\n[b]\n[a]\nx=2", json!({"a": {"x": "2", "y": "1"}, "b": {}})),
        ("[__proto__]\nx=1\n[\"__proto__\"]\ny=1\n[a]\n__proto__=1\n__proto__[]=1\n\"__proto__\"=1", json!({"a": {}})),
        ("[a]\n'[\"__proto__\"]'=1\n'[[\"__proto__\"]]'=1\n[b.__proto__]\nx=1", json!({"a": {}, "b": {}})),
        ("[constructor]\ntoString[]=1", json!({"constructor": {"toString": ["1"]}})),
        ("a=x\n[a]\ny=1", json!({"a": "x"})),
        ("a=false\n[a]\ny=1", json!({"a": {"y": "1"}})),
        ("a='{\"x\":1}'\n[a]\ny=1", json!({"a": {"x": 1, "y": "1"}})),
        ("['1e3']\n['null']\n['{}']\n['true']", json!({"1000": {}, "null": {}, "[object Object]": {}, "true": {}})),
    ]);
}

#[test]
fn rules_7_to_9_are_undone_in_headers_keys_and_values() {
    table(&[
        ("[\u{feff}a#b]\nk\\;x # c=1\n\"k y\"=\u{a0}1\u{a0}", json!({"a": {"k;x": "1", "k y": "1"}})),
        ("[\" a \"]\n'5'=1", json!({" a ": {"5": "1"}})),
    ]);
}

#[test]
fn rule_8_json_without_length_or_string_form_is_rejected() {
    for (text, line) in [
        ("[a]\n'null'=x", 2),
        ("[__proto__]\r\n\r\n'null'", 3),
        ("a\rb\n'{\"length\":3}'=1", 2),
        ("'{\"length\":\"0x\",\"toString\":1}'=1", 1),
        ("'{\"length\":[\" 5 \"]}'", 1),
        ("['{\"toString\":1}']", 1),
        ("\n'[[{\"toString\":1}]]'=1", 2),
    ] {
        assert_eq!(read(text).map_err(|error| error.line).err(), Some(line), "{text}");
    }
    table(&[
        ("'{\"length\":2}'=1\n'[\"a\",\"b\",\"c[]\"]'=1", json!({"[object Object]": "1", "a,b,c[]": "1"})),
        ("'[1,[null,\"a\",[]],{}]'\n'-2.50'=1", json!({"1,,a,,[object Object]": true, "-2.5": "1"})),
    ]);
}

#[test]
fn rule_10_dots_nest_and_escaped_dots_move_last() {
    table(&[
        ("[a]\nb=1\n[a.b.c]\nx=1", json!({"a": {"b": {"c": {"x": "1"}}}})),
        (r"[a\.b.c\.d]", json!({"a\\.b": {"c.d": {}}})),
        ("[\"a\\\\.b\"]\n[c\\\\.d]", json!({"a.b": {}, "c.d": {}})),
        (".=1\n[..]\n[a.]", json!({".": "1", "": {"": {"": {}}}, "a": {"": {}}})),
        ("[__proto__.a]\n[b.__proto__.c]\n[__proto__.d\\.e]", json!({"__proto__.a": {}, "b": {"c": {}}, "d.e": {}})),
        ("a.b='{\"x\":1}'\nc.d=1\ne.f[]=1", json!({"a": {"b": {"x": 1}}, "c.d": "1", "e.f": ["1"]})),
        ("[a.b]\nx=1\n[a]\ny=1\nb=1", json!({"a": {"y": "1", "b": {"x": "1"}}})),
    ]);
    assert_eq!(
        order("[p a\\.b]\n[c]\n[7]\n[a\\.b]\n[4294967295]\n[4294967294]\n[01]\n[3.x]"),
        ["3", "7", "4294967294", "c", "4294967295", "01", "p a.b", "a.b"]
    );
}

#[test]
fn rule_11_the_dotted_and_the_escaped_spelling_together_vanish() {
    table(&[
        ("[a\\.b]\nx=1\n[a.b]\nx=2", json!({"a": {"b": {"x": "1"}}})),
        ("[a.b]\nx=2\n[a\\.b]\nx=1", json!({"a": {"b": {"x": "2"}}})),
        // One object temporarily has two names.
        ("[p\\.q]\nx=1\n[p\\.q.r]\ny=2", json!({"p.q": {"x": "1", "r": {"y": "2"}}})),
    ]);
}

#[test]
fn picker_keeps_first_and_lookup_finds_last() {
    let file = file(
        "profile 10=\n[profile b]\nx=1\n[profile 10]\nx=2\n[2profile]\n[b]\nx=3\n[my-profile]\n[profile constructor]",
    );
    let profiles = file.profiles(Config);
    let listed: Vec<_> = profiles.listed().map(|profile| (profile.name.as_ref(), profile.listed.line)).collect();
    assert_eq!(listed, [("2", 6), ("10", 4), ("b", 2), ("my-", 9)]);
    let found = |name| profiles.lookup(name).map(|profile| profile.found.line);
    assert_eq!([found("b"), found("10"), found("constructor"), found("profile b")], [Some(7), Some(4), Some(10), None]);
    let credentials = file.profiles(Credentials);
    let names: Vec<_> = credentials.listed().map(|profile| profile.name.as_ref()).collect();
    assert_eq!(names, ["profile 10", "profile b", "2profile", "b", "my-profile", "profile constructor"]);
}

#[test]
fn lookup_splits_scalars_and_normalizes_keys() {
    let file = file(
        "x=a\u{1f680}\ny=false\nz[]=q\n[k]\naws_access_key_id=1\nsessionToken=\nb=2\nsecretAccessKey=3\naws_secret_access_key=4",
    );
    let profiles = file.profiles(Config);
    let keys = |name: &str| -> Vec<(String, Option<&str>, u32)> {
        let normalized = profiles.lookup(name).expect("a name").normalized();
        normalized.map(|entry| (entry.key.into_owned(), entry.value.text(), entry.line)).collect()
    };
    let half = Some("\u{fffd}");
    assert_eq!(keys("x"), [("0".into(), Some("a"), 1), ("1".into(), half, 1), ("2".into(), half, 1)]);
    assert_eq!(keys("y"), []);
    assert_eq!(keys("z"), [("0".into(), Some("q"), 3)]);
    assert_eq!(
        keys("k"),
        [("b".into(), Some("2"), 7), ("secretAccessKey".into(), Some("3"), 8), ("accessKeyId".into(), Some("1"), 5)]
    );
}

#[test]
fn sections_have_headers_and_arrays_last_line() {
    let file = file("x=1\n[a] \r[b]\n\n[b.c]\ny[]=1\ny[]=2\n['b']\n[\"b\"]");
    let sections = file.sections();
    let Some(Value::Object(b)) = sections.get("b").map(|entry| entry.value) else { panic!("no b") };
    let headers: Vec<_> = b.headers().map(|header| (header.line, header.text)).collect();
    assert_eq!(headers, [(2, "[b]"), (7, "['b']"), (8, "[\"b\"]")]);
    let c = b.get("c").expect("c");
    let Value::Object(inner) = c.value else { panic!("no c") };
    assert_eq!((c.line, inner.get("y").map(|entry| entry.line)), (4, Some(6)));
    assert_eq!(inner.headers().map(|header| header.line).collect::<Vec<_>>(), [4]);
}

#[test]
fn debug_hides_values() {
    let file = file("x=hush\n[a]\nb[]=hush\nc='{\"d\":\"hush\"}'");
    let text = format!("{file:?} {:?}", file.profiles(Config));
    assert!(!text.contains("hush") && text.contains("line 2, object"), "{text}");
}

#[test]
fn deep_nesting_does_not_overflow_stack() {
    let name = format!("[{}a]\nx=1", "a.".repeat(1_000_000));
    let json = format!("x='{}{}'\n['{0}{1}']", "[".repeat(1_000_000), "]".repeat(1_000_000));
    for text in [&name, &json] {
        let file = file(text);
        assert!(serde_json::to_string(&Value::Object(file.sections())).is_ok_and(|json| json.contains("null")));
    }
}

/// Lines of every form with every line end. Their keys and values hold their line number.
fn located() -> impl Strategy<Value = String> {
    let form = prop::sample::select(vec![
        "[s.t]",
        "[s]",
        "[p\\.q]",
        "k=L",
        "m[]=L",
        "n = 'L'",
        "[t] ",
        "; c",
        "",
        "k[]=\"L\"",
    ]);
    let end = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]);
    prop::collection::vec((form, end), 0..40).prop_map(|lines| {
        lines.into_iter().fold(String::new(), |text, (form, end)| {
            let number = text.matches('\n').count() + 1;
            text + &form.replace('L', &format!("line {number}")) + end
        })
    })
}

fn check_lines(object: crate::profile_file::npm_ini::Object<'_>, text: &str) {
    for header in object.headers() {
        let number = text.lines().nth(header.line as usize - 1).unwrap_or("");
        assert!(number.contains(header.text), "{header:?}");
    }
    for entry in object.entries() {
        match entry.value {
            Value::Text(value) => assert_eq!(value, format!("line {}", entry.line)),
            Value::Array(inner) => {
                assert_eq!(inner.entries().last().map(|item| item.line), Some(entry.line));
                check_lines(inner, text);
            }
            Value::Object(inner) => check_lines(inner, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

proptest! {
    #[test]
    fn npm_ini_values_have_lines(text in located()) {
        check_lines(file(&text).sections(), &text);
    }

    #[test]
    fn any_text_is_read_or_rejected_at_line(
        text in r#"([\[\]{}=;#.,:\\"' \n\r\t\u{feff}\u{85}\u{2028}0-2a-c]|__proto__|profile|null|\PC|\n\[|=')*"#
    ) {
        let last = u32::try_from(text.split('\n').count()).expect("a short text");
        match read(&text) {
            Err(error) => prop_assert!((1..=last).contains(&error.line)),
            Ok(file) => for kind in [Config, Credentials] {
                let profiles = file.profiles(kind);
                for section in file.sections().entries() {
                    prop_assert!((1..=last).contains(&section.line));
                }
                for profile in profiles.listed() {
                    prop_assert!(profiles.lookup(&profile.name).is_some());
                    for entry in profile.properties().chain(profile.normalized()) {
                        prop_assert!((1..=last).contains(&entry.line));
                    }
                }
            },
        }
    }
}
