//! Checks every row of `vectors/npm-ini.json`, recorded from npm ini 1.3.8 and Amplify's own functions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use amplify_creds::profile_file::FileKind;
use amplify_creds::profile_file::npm_ini::{AmplifyProfile, Entry, NpmIni, read};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value as Json, json};

/// Rows in which the real code wrote to a built-in function, shown as `__function__`. These names are ordinary here.
const BUILT_INS: [(&str, &[&str]); 4] = [
    ("config/nasty-hasOwnProperty-section", &["expected_sections"]),
    ("config/nasty-constructor-section", &["expected_sections"]),
    ("config/nasty-valueOf", &["expected_sections"]),
    (
        "config/nasty-toString-key-array",
        &["expected_sections", "expected_profiles", "expected_normalized", "expected_listed_values"],
    ),
];

#[derive(serde::Deserialize)]
struct Row {
    name: String,
    file: String,
    input: String,
    parse_error: Option<String>,
    #[serde(flatten)]
    expected: BTreeMap<String, Json>,
}

#[derive(serde::Deserialize)]
struct Order {
    #[serde(rename = "expected_sections")]
    sections: Option<Names>,
}

/// The names of a JSON object in their order, which `serde_json::Value` loses.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

fn object<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Json {
    let json = |value| serde_json::to_value(value).expect("a value is JSON");
    Json::Object(entries.map(|entry| (entry.key.into_owned(), json(entry.value))).collect())
}

/// The reader's result for a row, under the vectors' field names.
fn fields(file: &NpmIni<'_>, kind: FileKind, row: &Row) -> Vec<(&'static str, Json)> {
    let profiles = file.profiles(kind);
    let asked = row.expected.get("expected_profiles").and_then(Json::as_object).into_iter().flatten();
    let names: BTreeSet<_> =
        asked.map(|(name, _)| name.as_str()).chain(profiles.listed().map(|profile| profile.name.as_ref())).collect();
    let found = |keys: fn(&AmplifyProfile<'_>) -> Json| -> Json {
        let found = names.iter().filter_map(|name| profiles.lookup(name));
        Json::Object(found.map(|profile| (profile.name.to_string(), keys(profile))).collect())
    };
    let mut fields = vec![
        ("expected_sections", object(file.sections().entries())),
        ("expected_profiles", found(|profile| object(profile.properties()))),
        ("expected_normalized", found(|profile| object(profile.normalized()))),
    ];
    if kind == FileKind::Config {
        let values = profiles.listed().map(|profile| Entry { key: profile.name.clone(), ..profile.listed.clone() });
        fields.push(("expected_listed", profiles.listed().map(|profile| json!(profile.name)).collect()));
        fields.push(("expected_listed_values", object(values)));
    }
    fields
}

/// The fields in which a row differs.
fn differences(row: &Row, order: &Order) -> BTreeSet<&'static str> {
    let kind = if row.file == "config" { FileKind::Config } else { FileKind::Credentials };
    let file = match (read(&row.input), &row.parse_error) {
        (Err(_), Some(_)) => return BTreeSet::new(),
        (Ok(file), None) => file,
        _ => return BTreeSet::from(["parse_error"]),
    };
    let fields = fields(&file, kind, row);
    let mut different: BTreeSet<_> =
        fields.iter().filter(|(name, ours)| row.expected.get(*name) != Some(ours)).map(|(name, _)| *name).collect();
    let order = order.sections.iter().flat_map(|names| &names.0);
    if !file.sections().entries().map(|entry| entry.key).eq(order.map(String::as_str)) {
        different.insert("the order of expected_sections");
    }
    different
}

#[test]
fn npm_ini_parser_matches_vectors() {
    let text = include_str!("vectors/npm-ini.json");
    let rows: Vec<Row> = serde_json::from_str(text).expect("the vectors are rows");
    let orders: Vec<Order> = serde_json::from_str(text).expect("the vectors are rows");
    assert_eq!(rows.len(), 247);
    let mut wrong = Vec::new();
    for (row, order) in rows.iter().zip(&orders) {
        let name = format!("{}/{}", row.file, row.name);
        let different = differences(row, order);
        let known = BUILT_INS.iter().find(|(built_in, _)| *built_in == name).map_or(&[][..], |(_, fields)| fields);
        if different.iter().eq(known.iter().collect::<BTreeSet<_>>()) {
            println!("ok {name}");
        } else {
            println!("DIFFERS {name}: {different:?}");
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows differ: {wrong:?}", wrong.len(), rows.len());
}
