use serde_json::{Value, json};

use super::document::PolicyDocument;

/// `arn` is the role's, `seconds` the longest requested session.
pub fn role(arn: &str, trust: &PolicyDocument, seconds: Option<u32>) -> Value {
    let path_and_name = arn.split_once(":role/").map_or(arn, |(_, name)| name);
    let (path, name) = path_and_name.rsplit_once('/').map_or((None, path_and_name), |(path, name)| (Some(path), name));
    let mut properties = json!({"RoleName": name, "AssumeRolePolicyDocument": trust});
    if let Some(path) = path {
        properties["Path"] = json!(format!("/{path}/"));
    }
    // IAM's default is an hour.
    if let Some(seconds) = seconds.filter(|seconds| *seconds > 3600) {
        properties["MaxSessionDuration"] = json!(seconds);
    }
    template(
        "A role that another account assumes",
        &json!({"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}),
        &json!({"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}}),
    )
}

/// Each policy has a resource name, optionally a name of its own, and its text.
pub fn policies(description: &str, policies: &[(&str, Option<&str>, &PolicyDocument)]) -> Value {
    let mut resources = json!({});
    let mut outputs = json!({});
    for (resource, name, document) in policies {
        let mut properties = json!({"PolicyDocument": document});
        if let Some(name) = name {
            let (path, name) = name.rsplit_once('/').map_or((None, *name), |(path, name)| (Some(path), name));
            properties["ManagedPolicyName"] = json!(name);
            if let Some(path) = path {
                properties["Path"] = json!(format!("/{path}/"));
            }
        }
        resources[*resource] = json!({"Type": "AWS::IAM::ManagedPolicy", "Properties": properties});
        outputs[format!("{resource}Arn")] = json!({"Value": {"Ref": resource}});
    }
    template(description, &resources, &outputs)
}

fn template(description: &str, resources: &Value, outputs: &Value) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Resources": resources,
        "Outputs": outputs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_template_has_path_and_max_session() {
        let trust = PolicyDocument::new(Vec::new());
        let seen = role("arn:aws:iam::222222222222:role/teams/web/Deploy", &trust, Some(43_200));
        let properties = &seen["Resources"]["Role"]["Properties"];
        assert_eq!((&properties["RoleName"], &properties["Path"]), (&json!("Deploy"), &json!("/teams/web/")));
        assert_eq!(properties["MaxSessionDuration"], 43_200);
        let plain = role("arn:aws:iam::222222222222:role/R", &trust, Some(3600));
        assert!(plain["Resources"]["Role"]["Properties"].get("Path").is_none());
        assert!(plain["Resources"]["Role"]["Properties"].get("MaxSessionDuration").is_none());
    }

    #[test]
    fn policies_are_template_resources() {
        let document = PolicyDocument::new(Vec::new());
        let seen = policies("x", &[("Boundary", Some("a/b"), &document), ("Deployer", None, &document)]);
        assert_eq!(seen["Resources"]["Boundary"]["Properties"]["Path"], "/a/");
        assert_eq!(seen["Resources"]["Deployer"]["Type"], "AWS::IAM::ManagedPolicy");
        assert_eq!(seen["Outputs"]["BoundaryArn"]["Value"]["Ref"], "Boundary");
    }
}
