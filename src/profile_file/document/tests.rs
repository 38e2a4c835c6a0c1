use super::*;

fn config(text: &str) -> ProfileDocument {
    ProfileDocument::new(FileKind::Config, text)
}

/// The text after an edit, or the reason why the edit fails.
#[track_caller]
fn after(text: &str, edit: impl FnOnce(&mut ProfileDocument) -> Result<(), EditError>) -> String {
    let mut document = config(text);
    match edit(&mut document) {
        Ok(()) => document.text().to_owned(),
        Err(error) => {
            assert_eq!(document.text(), text, "a refused edit changes nothing");
            format!("{error:?}")
        }
    }
}

#[test]
fn new_profile_is_appended() {
    for (text, expected) in [
        ("", "[profile b]\nk = v\n"),
        ("[profile a]\nx=1\n", "[profile a]\nx=1\n\n[profile b]\nk = v\n"),
        ("[profile a]\nx=1\n\n", "[profile a]\nx=1\n\n[profile b]\nk = v\n"),
        ("[profile a]\nx=1", "[profile a]\nx=1\n\n[profile b]\nk = v"),
        ("[profile a]\r\nx=1\r\n", "[profile a]\r\nx=1\r\n\r\n[profile b]\r\nk = v\r\n"),
        ("[profile a]\r\nx=1", "[profile a]\r\nx=1\r\n\r\n[profile b]\r\nk = v"),
        ("[profile a]\nx=1\r", "[profile a]\nx=1\r\r\n\r\n[profile b]\r\nk = v"),
        ("\u{feff}", "\u{feff}\n[profile b]\nk = v"),
        ("\u{feff}# c\n", "\u{feff}# c\n\n[profile b]\nk = v\n"),
        ("[profile a\n", "[profile a\n\n[profile b]\nk = v\n"),
    ] {
        assert_eq!(after(text, |file| file.add_profile("b", &[("k", "v")], &[])), expected, "{text:?}");
    }
    let dotted = after("", |file| file.add_profile("a.b", &[("k", "v")], &["s3 =".into(), "  x = 1".into()]));
    assert_eq!(dotted, "[profile a.b]\ns3 =\n  x = 1\nk = v\n\n[a\\.b]\ns3 =\n  x = 1\nk = v\n");
    assert_eq!(after("x", |file| file.add_profile("a b", &[], &[])), "Name(\"a b\")");
    assert_eq!(after("x", |file| file.add_profile("b", &[("k", "a # b")], &[])), "Value(\"k\")");
    assert_eq!(after("[profile \"b\"]\n", |file| file.add_profile("b", &[], &[])), "Taken(\"b\", 1)");
    let mut credentials = ProfileDocument::new(FileKind::Credentials, "[a]\n");
    credentials.add_profile("b", &[("k", "v")], &[]).unwrap();
    assert_eq!(credentials.text(), "[a]\n\n[b]\nk = v\n");
}

#[test]
fn set_value_moves_comment_above() {
    for (text, expected) in [
        ("[profile a]\nregion = x\nb = 1\n", "[profile a]\nregion = new\nb = 1\n"),
        ("[profile a]\nregion=x", "[profile a]\nregion=new"),
        ("[profile a]\n  Region  =  x  \n", "[profile a]\n  region  =  new\n"),
        ("[profile a]\r\nregion\t=\tx # c\r\n", "[profile a]\r\n# c\r\nregion\t=\tnew\r\n"),
        ("[profile a]\nregion =\n", "[profile a]\nregion = new\n"),
        ("[profile a]\nregion : x # c\n", "[profile a]\n# c\nregion = new\n"),
        ("[profile a]\nk = v\rregion = x\n", "Disputed(1)"),
        ("[profile a]\n# c\rregion = x\n", "Disputed(1)"),
        ("[profile a]\nregion = x\n\u{a0}# c\n  y\n", "[profile a]\nregion = new\n\u{a0}# c\n"),
        ("[profile a]\nregion=\n", "[profile a]\nregion=new\n"),
        ("[profile a]\nregion = x\nregion = y\n", "[profile a]\nregion = x\nregion = new\n"),
        ("[profile a]\nregion =\n a = 1\n# c\n b = 2\nz = 3\n", "[profile a]\nregion = new\n# c\nz = 3\n"),
        ("[profile a]\nregion =\n a = 1", "[profile a]\nregion = new"),
        ("[profile a]\n[profile b]\nk = v\n", "[profile a]\nregion = new\n[profile b]\nk = v\n"),
        ("[profile a]\n\n# for b\n[profile b]\n", "[profile a]\nregion = new\n\n# for b\n[profile b]\n"),
        ("[profile a]\nk = v\n  more\n\n", "[profile a]\nk = v\n  more\nregion = new\n\n"),
        ("[profile a]\nk = v\n  # of the Rust SDK\n", "[profile a]\nk = v\n  # of the Rust SDK\nregion = new\n"),
        ("[profile a]\nk = v", "[profile a]\nk = v\nregion = new"),
        ("[profile a]", "[profile a]\nregion = new"),
    ] {
        assert_eq!(after(text, |file| file.set(1, "region", "new")), expected, "{text:?}");
    }
    let command = "[profile a]\ncredential_process = \"/a b/x\" process \"c # d\" # e\n";
    let expected = "[profile a]\n# e\ncredential_process = /x process d\n";
    assert_eq!(after(command, |file| file.set(1, "credential_process", "/x process d")), expected);
    assert_eq!(after("[profile a]\n", |file| file.set(1, "region", "a;b")), "Value(\"region\")");
    assert_eq!(after("[profile a]\n", |file| file.set(2, "region", "x")), "NoSection(2)");
}

#[test]
fn disputed_section_is_not_edited() {
    for text in [
        "[profile a] \nk = v\n",
        "[profile a] # c\nk = v\n",
        "[profile a]]\nk = v\n",
        "\u{feff}[profile a]\nk = v\n",
        "[profile a]\nk = v\rw = x\n",
        "[profile a]\n# c\n [profile b]\nk = v\n",
    ] {
        assert_eq!(after(text, |file| file.set(1, "region", "x")), "Disputed(1)", "{text:?}");
        assert_eq!(after(text, |file| file.remove_section(1)), "Disputed(1)", "{text:?}");
    }
}

#[test]
fn headers_are_renamed_and_tidied() {
    for (text, renamed, tidied) in [
        ("[profile a]\nk = v\n", "[profile b]\nk = v\n", "[profile a]\nk = v\n"),
        (" [a] \t\r\nk = v\r\n", "[profile b]\r\nk = v\r\n", "[a]\r\nk = v\r\n"),
        ("[profile a]# c\nk = v\n", "# c\n[profile b]\nk = v\n", "# c\n[profile a]\nk = v\n"),
        ("[profile a] note", "# note\n[profile b]", "# note\n[profile a]"),
        ("\u{feff}[profile a] ; c\n", "\u{feff}; c\n[profile b]\n", "\u{feff}; c\n[profile a]\n"),
        ("[profile \"a\" ]\n", "[profile b]\n", "[profile \"a\" ]\n"),
    ] {
        assert_eq!(after(text, |file| file.rename_profile(1, "b")), renamed, "{text:?}");
        assert_eq!(after(text, |file| file.tidy_header(1)), tidied, "{text:?}");
    }
    assert_eq!(after("[profile a]]\n", |file| file.tidy_header(1)), "Disputed(1)");
    assert_eq!(after("[profile a]\n", |file| file.rename_profile(1, "a b")), "Name(\"a b\")");
    assert_eq!(after("[profile a]\n[b]\n", |file| file.rename_profile(1, "b")), "Taken(\"b\", 2)");
}

#[test]
fn removed_section_takes_blank_lines_along() {
    let text = "# first\n[profile a]\nx = 1\n\n[profile b]\ny = 2\n# c\nz = 3\n\n# last\n[profile c]\nk = v";
    let without_b = "# first\n[profile a]\nx = 1\n\n# last\n[profile c]\nk = v";
    assert_eq!(after(text, |file| file.remove_section(5)), without_b);
    let without_c = "# first\n[profile a]\nx = 1\n\n[profile b]\ny = 2\n# c\nz = 3\n\n# last";
    assert_eq!(after(text, |file| file.remove_section(11)), without_c);
}

#[test]
fn alias_copies_section_lines() {
    let text = "[profile a.b]\nregion=x # c\ns3 =\n  k = 1\n";
    let aliased = "[profile a.b]\nregion=x # c\ns3 =\n  k = 1\n\n[a\\.b]\nregion=x # c\ns3 =\n  k = 1\n";
    assert_eq!(after(text, |file| file.add_alias(1)), aliased);
    assert_eq!(after(aliased, |file| file.add_alias(1)), "Taken(\"a.b\", 6)");
    assert_eq!(after("[profile a]\n", |file| file.add_alias(1)), "Name(\"a\")");
    assert_eq!(after("[plugins]\n", |file| file.add_alias(1)), "NoSection(1)");
}

#[test]
fn byte_order_mark_removal_keeps_other_text() {
    let mut document = config("\u{feff}[profile a]\r\nk = \u{feff}v");
    assert!(document.remove_mark() && !document.remove_mark());
    assert_eq!(document.text(), "[profile a]\r\nk = \u{feff}v");
}

#[test]
fn profile_is_found_in_every_spelling() {
    let document = config("[profile a]\n[a]\n[plugins]\n[profile \"a\"]\n[profile b]\n");
    assert_eq!((document.lines_of("a"), document.lines_of("c")), (vec![1, 2, 4], vec![]));
}
