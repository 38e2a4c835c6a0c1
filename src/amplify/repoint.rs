use super::hjson::{HjsonError, HjsonNode, HjsonValue, parse};
use super::splice::{JsonText, Member, quoted};

/// `text` is empty if the file is missing.
pub fn point(text: &str, environment: &str, profile: &str) -> Result<String, HjsonError> {
    let entry =
        [("configLevel", quoted("project")), ("useProfile", "true".to_owned()), ("profileName", quoted(profile))];
    let file = JsonText::new(text);
    let whole = |indent| file.object(&entry, Some(indent));
    if text.trim().is_empty() {
        return Ok(file.object(&[(environment, whole("  "))], Some("")));
    }
    let root = parse(text)?;
    let splices = match (&root.value, root.get(environment)) {
        (HjsonValue::Object(_), None) => file.insert(&root, &|indent| vec![(environment, file.object(&entry, indent))]),
        (_, None) => vec![(root.bytes, file.object(&[(environment, whole("  "))], Some("")))],
        (_, Some(node @ HjsonNode { value: HjsonValue::Object(_), .. })) => {
            let is_so = |key| match key {
                // Any other level means the project's own settings.
                "configLevel" => !matches!(node.get(key).and_then(HjsonNode::text), Some("general" | "amplifyAdmin")),
                "useProfile" => node.get(key).is_some_and(HjsonNode::is_true),
                _ => node.get(key).and_then(HjsonNode::text) == Some(profile),
            };
            let wanted = entry.iter().filter(|(key, _)| !is_so(*key));
            let (there, new): (Vec<Member<'_>>, Vec<_>) = wanted.cloned().partition(|(key, _)| node.get(key).is_some());
            let set = there.into_iter().filter_map(|(key, value)| Some((node.get(key)?.bytes.clone(), value)));
            let added = if new.is_empty() { Vec::new() } else { file.insert(node, &|_| new.clone()) };
            set.chain(added).collect()
        }
        (_, Some(other)) => vec![(other.bytes.clone(), whole(file.indent(other.bytes.start)))],
    };
    Ok(file.spliced(splices))
}

#[cfg(test)]
mod tests {
    use super::super::environment::{Source, source};
    use super::*;

    #[track_caller]
    fn pointed(text: &str) -> String {
        let new = point(text, "dev", "biz").unwrap();
        let root = parse(&new).unwrap_or_else(|error| panic!("{error:?}: {new}"));
        let seen = source(&root, "dev", &|_| false).map(|(source, _)| source);
        assert_eq!(seen, Ok(Source::Profile("biz".to_owned())), "{new}");
        if let Ok(before) = parse(text) {
            let others = |root: &HjsonNode| root.members().iter().filter(|(name, _)| name != "dev").count();
            assert_eq!(others(&before), others(&root), "{new}");
        }
        assert_eq!(point(&new, "dev", "biz").unwrap(), new, "once is enough");
        new
    }

    #[test]
    fn existing_environment_gets_profile() {
        for (text, expected) in [
            (
                "{\n  \"dev\": {\n    \"configLevel\": \"project\",\n    \"useProfile\": true,\n    \"profileName\": \"old\"\n  }\n}",
                "{\n  \"dev\": {\n    \"configLevel\": \"project\",\n    \"useProfile\": true,\n    \"profileName\": \"biz\"\n  }\n}",
            ),
            (
                "\u{feff}// mine\r\n{dev: {useProfile: true, profileName: 'old', /* c */ x: 1}}",
                "\u{feff}// mine\r\n{dev: {useProfile: true, profileName: \"biz\", /* c */ x: 1}}",
            ),
            (
                "dev: {\n  useProfile: 1\n  profileName: old \n}\n",
                "dev: {\n  useProfile: 1\n  profileName: \"biz\" \n}\n",
            ),
            (
                r#"{"dev": {"configLevel": "amplifyAdmin"}, "prod": {}}"#,
                r#"{"dev": {"configLevel": "project", "useProfile": true, "profileName": "biz"}, "prod": {}}"#,
            ),
            (
                "{\n  \"dev\": {\n    \"useProfile\": false,\n    \"awsConfigFilePath\": \"/x\" // old\n  }\n}",
                "{\n  \"dev\": {\n    \"useProfile\": true,\n    \"awsConfigFilePath\": \"/x\", // old\n    \"profileName\": \"biz\"\n  }\n}",
            ),
            (
                "{dev: {\n  configLevel: general\n}}",
                "{dev: {\n  configLevel: \"project\"\n  \"useProfile\": true,\n  \"profileName\": \"biz\"\n}}",
            ),
        ] {
            // Hjson allows a bare value and a quoted one without a comma between them.
            assert_eq!(pointed(text), expected, "{text}");
        }
    }

    #[test]
    fn missing_environment_is_added() {
        const ENTRY: &str = "\"dev\": {\n    \"configLevel\": \"project\",\n    \"useProfile\": true,\n    \"profileName\": \"biz\"\n  }";
        assert_eq!(pointed(""), format!("{{\n  {ENTRY}\n}}"));
        assert_eq!(pointed("{}"), format!("{{\n  {ENTRY}\n}}"));
        assert_eq!(pointed("{\n}\n"), format!("{{\n  {ENTRY}\n}}\n"));
        assert_eq!(pointed("{\n  \"prod\": {}\n}"), format!("{{\n  \"prod\": {{}},\n  {ENTRY}\n}}"));
        assert_eq!(pointed("{\n  \"prod\": {}, # c\n}"), format!("{{\n  \"prod\": {{}}, # c\n  {ENTRY}\n}}"));
        assert_eq!(pointed("{\n  \"prod\": 1}"), format!("{{\n  \"prod\": 1,\n  {ENTRY}}}"));
        assert_eq!(pointed("[]"), format!("{{\n  {ENTRY}\n}}"));
        let crlf = pointed("{\r\n  \"prod\": {}\r\n}\r\n");
        assert_eq!(crlf, format!("{{\n  \"prod\": {{}},\n  {ENTRY}\n}}\n").replace('\n', "\r\n"));
        assert!(pointed(r#"{"prod": {}}"#).starts_with(r#"{"prod": {}, "dev": {"configLevel": "project", "#));
        for text in
            ["prod: {}", "prod: x", "{prod: x\n}", "// nothing", "{ // nothing\n}", "{dev: null}", "{dev: 7, prod: {}}"]
        {
            pointed(text);
        }
    }

    #[test]
    fn invalid_text_is_not_changed() {
        assert_eq!(point("{\n", "dev", "biz").map_err(|error| error.line), Err(2));
    }
}
