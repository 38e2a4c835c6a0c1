//! Compares `policy amplify` with the documents of the Amplify documentation: it contains all their actions, and only
//! those.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use amplify_creds::policy::ArnScope;
use amplify_creds::policy::amplify::{ActionList, Selection, documents, probes};
use serde_json::Value;

fn text_or_list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
        other => panic!("{other}"),
    }
}

/// The actions, each with whether it is allowed only through CloudFormation.
fn actions(document: &Value) -> BTreeSet<(String, bool)> {
    let mut actions = BTreeSet::new();
    for statement in document["Statement"].as_array().unwrap() {
        assert_eq!(statement["Effect"], "Allow");
        let called_via = &statement["Condition"]["ForAnyValue:StringEquals"]["aws:CalledVia"];
        let via_cloudformation = !called_via.is_null();
        if via_cloudformation {
            assert_eq!(text_or_list(called_via), ["cloudformation.amazonaws.com"]);
        }
        actions.extend(text_or_list(&statement["Action"]).into_iter().map(|action| (action, via_cloudformation)));
    }
    // Actions that are allowed directly are also allowed through CloudFormation.
    let direct = actions.clone();
    actions.retain(|(action, via)| !via || !direct.contains(&(action.clone(), false)));
    actions
}

fn theirs(name: &str) -> BTreeSet<(String, bool)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/vectors/iam").join(name);
    actions(&serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

fn ours(list: ActionList) -> BTreeSet<(String, bool)> {
    let place = ArnScope { partition: "aws".into(), region: None, account: None, app: None };
    let selection = Selection { categories: Vec::new(), list };
    let documents = documents(&place, &selection, None, false);
    documents.iter().flat_map(|document| actions(&serde_json::to_value(document).unwrap())).collect()
}

#[test]
fn minimal_policy_matches_amplify_documentation() {
    let theirs = theirs("amplify-cli-minimal.json");
    assert_eq!(theirs.len(), 69, "as the blog post lists them");
    assert_eq!(ours(ActionList::Documented), theirs);
    assert!(ours(ActionList::Minimal).is_superset(&theirs));
}

#[test]
fn managed_policy_matches_aws() {
    let theirs = theirs("administrator-access-amplify.json");
    assert_eq!(theirs.len(), 280);
    assert_eq!(ours(ActionList::Managed), theirs);
}

#[test]
fn simulated_actions_cover_both_policies() {
    let place = ArnScope { partition: "aws".into(), region: None, account: None, app: None };
    for (list, name) in [
        (ActionList::Documented, "amplify-cli-minimal.json"),
        (ActionList::Managed, "administrator-access-amplify.json"),
    ] {
        let asked: BTreeSet<_> =
            probes(&place, &Selection { categories: Vec::new(), list }).into_iter().map(|probe| probe.action).collect();
        for (action, _) in theirs(name) {
            match action.strip_suffix('*') {
                Some(service) => assert!(asked.iter().any(|asked| asked.starts_with(service)), "{action}"),
                None => assert!(asked.contains(&action), "{action}"),
            }
        }
    }
}

#[test]
fn caller_policy_vector_has_expected_shape() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/vectors/iam/assume-role-caller.json");
    let theirs: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(theirs["Statement"][0]["Action"], "sts:AssumeRole");
    assert_eq!(theirs["Statement"][0]["Resource"], "<biz_corp_rol_arn>");
    // These tests must cover every document of the folder.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/vectors/iam");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["administrator-access-amplify.json", "amplify-cli-minimal.json", "assume-role-caller.json"]);
}
