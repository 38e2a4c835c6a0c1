//! Prints what our models of the tools see in each case, one JSON line per case. `tests/interop` compares it with the
//! tools themselves. The argument is a file with one JSON line per case, which contains the paths of its two files
//! (null if missing).

use std::error::Error;
use std::fs;
use std::io::{self, Write};

use amplify_creds::profile_file::section_view::SectionView;
use amplify_creds::profile_file::{FileKind, Name};
use amplify_creds::tools::{Tool, Views};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let cases = std::env::args().nth(1).ok_or("give the file of the cases")?;
    let mut out = io::stdout().lock();
    for line in fs::read_to_string(cases)?.lines() {
        let case: Value = serde_json::from_str(line)?;
        let text = |kind: &str| case[kind].as_str().map_or(Ok(String::new()), fs::read_to_string);
        let (config, credentials) = (text("config")?, text("credentials")?);
        let views = Views::read(&config, &credentials);
        let seen = Tool::ALL.map(|consumer| (consumer.key().to_owned(), view(&views, consumer)));
        let mut object = Map::from_iter(seen);
        object.insert("id".to_owned(), case["id"].clone());
        writeln!(out, "{}", Value::Object(object))?;
    }
    Ok(())
}

/// Profiles, sso-sessions and services with their keys, and the error of a rejected file.
fn view(views: &Views<'_>, consumer: Tool) -> Value {
    let view = views.view(consumer);
    let files = [FileKind::Config, FileKind::Credentials];
    let mut kinds = [Map::new(), Map::new(), Map::new()];
    for seen in files.iter().flat_map(|kind| view.sections(*kind)) {
        let (kind, name) = match &seen.name {
            Name::Profile(name, _) => (0, name),
            Name::SsoSession(name) => (1, name),
            Name::Services(name) => (2, name),
            Name::Other => continue,
        };
        let keys = kinds[kind].entry(name.clone()).or_insert_with(|| json!({}));
        for (key, value) in values(seen) {
            keys[key] = value;
        }
    }
    let [profiles, sso_sessions, services] = kinds;
    let rejection = |kind: &FileKind| {
        let error = view.rejected(*kind)?;
        Some(json!({"file": kind.name(), "line": error.line, "problem": format!("{:?}", error.problem)}))
    };
    let rejected: Vec<_> = files.iter().filter_map(rejection).collect();
    json!({"profiles": profiles, "sso_sessions": sso_sessions, "services": services, "rejected": rejected})
}

fn values<'s>(seen: &'s SectionView<'_>) -> impl Iterator<Item = (&'s str, Value)> {
    seen.properties.iter().map(|property| {
        let value = property.typed.clone().unwrap_or_else(|| json!(property.value));
        (&*property.key, value)
    })
}
