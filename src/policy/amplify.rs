//! The permissions that the Amplify CLI, `ampx` and the CDK need, as documents and as single actions to simulate.

use crate::policy::actions::ActionRow;
use crate::policy::category::Category;
use crate::policy::document::{Effect, LARGEST, PolicyDocument, Statement, StringOrList};
use crate::policy::place::ArnScope;
use crate::policy::{actions, permissions_boundary};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionList {
    Documented,
    /// The documented policy and the Amplify CLI's actual calls.
    Minimal,
    /// AWS's managed policy AdministratorAccess-Amplify.
    Managed,
    /// The calls of `ampx` and the CDK with the caller's permissions.
    Gen2,
    /// The calls of `cdk bootstrap` and CloudFormation with the caller's permissions.
    Bootstrap,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Empty for all.
    pub categories: Vec<Category>,
    pub list: ActionList,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredAction {
    pub category: Category,
    pub action: String,
    /// The ARNs that a statement should name for it; `*` for any.
    pub resources: Vec<String>,
    pub via_cloudformation: bool,
}

pub const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

impl Selection {
    fn rows(&self) -> impl Iterator<Item = ActionRow> {
        let wanted = [&self.wanted(), &[Category::Deployment][..]].concat();
        let rows: Vec<_> = match self.list {
            ActionList::Gen2 => actions::gen2_rows().collect(),
            ActionList::Bootstrap => actions::bootstrap_rows().collect(),
            _ => actions::rows().collect(),
        };
        rows.into_iter().filter(move |row| {
            row.categories().any(|category| wanted.contains(&category))
                && !row.unless().any(|category| wanted.contains(&category))
        })
    }

    pub fn wanted(&self) -> Vec<Category> {
        if self.categories.is_empty() { Category::ALL.to_vec() } else { self.categories.clone() }
    }

    /// A row's actions in the list: direct ones, and those through CloudFormation. For some categories the
    /// documentation's list has none; the minimal list then uses the managed policy's actions.
    fn listed(&self, row: &ActionRow) -> [(bool, Vec<&'static str>); 2] {
        let (direct, via) = match self.list {
            ActionList::Gen2 | ActionList::Bootstrap => ("", ""),
            ActionList::Documented => (row.minimal, ""),
            ActionList::Minimal if row.categories().any(is_in_minimal) => (row.minimal, ""),
            ActionList::Minimal | ActionList::Managed => (row.managed, row.via_cloudformation),
        };
        let [mut direct, mut via] = [direct, via].map(|names| names.split_whitespace().collect::<Vec<_>>());
        if matches!(self.list, ActionList::Minimal | ActionList::Gen2 | ActionList::Bootstrap) {
            extend(&mut direct, row.called());
            extend(&mut via, row.called_by_cloudformation());
        }
        [(false, direct), (true, via)]
    }

    /// Whether only CloudFormation calls the action, with the caller's permissions.
    fn is_of_cloudformation(&self, action: &str) -> bool {
        let any = |is_in: &dyn Fn(&ActionRow) -> bool| actions::rows().any(|row| is_in(&row));
        let has = |row: &ActionRow, names: &str| row.actions(names.split_whitespace()).any(|known| known == action);
        let in_managed = || any(&|row| has(row, row.via_cloudformation)) && !any(&|row| has(row, row.managed));
        match self.list {
            ActionList::Gen2 => false,
            ActionList::Bootstrap => {
                let mut rows = self.rows();
                rows.any(|row| row.actions(row.called_by_cloudformation()).any(|known| known == action))
            }
            ActionList::Managed => in_managed(),
            ActionList::Documented | ActionList::Minimal => {
                let is_called = any(&|row| row.actions(row.called()).any(|known| known == action));
                let is_tagged = || any(&|row| row.actions(row.called_by_cloudformation()).any(|known| known == action));
                !is_called && (is_tagged() || in_managed())
            }
        }
    }
}

fn extend(names: &mut Vec<&'static str>, more: impl Iterator<Item = &'static str>) {
    for name in more {
        if !names.iter().any(|known| [name, "*"].contains(known)) {
            names.push(name);
        }
    }
}

pub fn is_in_minimal(category: Category) -> bool {
    actions::rows().any(|row| row.categories().any(|known| known == category) && !row.minimal.is_empty())
}

impl ActionRow {
    fn filled(&self, place: &ArnScope) -> Vec<String> {
        self.resources.split(' ').map(|resource| place.fill(resource)).collect()
    }

    fn actions<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> impl Iterator<Item = String> {
        names.into_iter().map(|name| format!("{}:{name}", self.service))
    }

    fn category(&self, wanted: &[Category]) -> Category {
        let asked = self.categories().find(|category| wanted.contains(category));
        asked.or_else(|| self.categories().next()).unwrap_or(Category::Deployment)
    }
}

/// The policies that allow a deployment of these categories, each within IAM's size. With the ARN of a boundary, they
/// allow only roles with that boundary. With `check`, they include the permissions of `check --for amplify`.
pub fn documents(place: &ArnScope, selection: &Selection, boundary: Option<&str>, check: bool) -> Vec<PolicyDocument> {
    let mut statements = Vec::new();
    if check {
        statements.push(for_check(place));
    }
    for row in selection.rows() {
        for (via_cloudformation, names) in selection.listed(&row) {
            if names.is_empty() {
                continue;
            }
            let sid = if via_cloudformation { format!("{}ViaCloudFormation", row.sid) } else { row.sid.to_owned() };
            let actions = StringOrList(row.actions(names).collect());
            let statement = Statement::new(sid, Effect::Allow, actions, StringOrList(row.filled(place)));
            statements.push(if via_cloudformation {
                statement.when("ForAnyValue:StringEquals", "aws:CalledVia", [CLOUDFORMATION])
            } else {
                statement
            });
        }
    }
    if let Some(boundary) = boundary {
        let roles = place.fill("arn:{p}:iam::{a}:role/*");
        let with_boundary = Statement::new(
            "RolesGetTheBoundary",
            Effect::Allow,
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            [roles],
        );
        statements.push(with_boundary.when("StringEquals", "iam:PermissionsBoundary", [boundary]));
        statements.extend(permissions_boundary::enforcement(place, boundary));
    }
    PolicyDocument::new(statements).split(LARGEST)
}

/// The permissions of `check --for amplify`: a simulation, and the role that it reads if a simulation is not possible.
pub fn for_check(place: &ArnScope) -> Statement {
    let actions = ["iam:GetRole", "iam:SimulatePrincipalPolicy"];
    Statement::new("CheckForAmplify", Effect::Allow, actions, [place.fill("arn:{p}:iam::{a}:role/*")])
}

/// Every action of the list. A `*` is replaced by the actions of that service in all documents.
pub fn probes(place: &ArnScope, selection: &Selection) -> Vec<RequiredAction> {
    let wanted = selection.wanted();
    let mut probes: Vec<RequiredAction> = Vec::new();
    let mut add = |row: &ActionRow, action: String| {
        let resources = row.filled(place);
        let via_cloudformation = selection.is_of_cloudformation(&action);
        if !probes.iter().any(|known| known.action == action && known.resources == resources) {
            probes.push(RequiredAction { category: row.category(&wanted), action, resources, via_cloudformation });
        }
    };
    for row in selection.rows() {
        for (_, names) in selection.listed(&row) {
            for action in row.actions(names) {
                if !action.ends_with(":*") {
                    add(&row, action);
                    continue;
                }
                for named in selection.rows().filter(|named| named.service == row.service) {
                    let all = [named.managed, named.via_cloudformation, named.probes].join(" ");
                    for action in named.actions(all.split_whitespace()).filter(|action| !action.ends_with(":*")) {
                        add(&named, action);
                    }
                }
            }
        }
    }
    probes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> ArnScope {
        ArnScope {
            partition: "aws".into(),
            region: Some("us-east-1".into()),
            account: Some("222222222222".into()),
            app: None,
        }
    }

    fn actions(documents: &[PolicyDocument]) -> Vec<String> {
        let statements = documents.iter().flat_map(|document| &document.statements);
        statements.flat_map(|statement| statement.action.0.clone()).collect()
    }

    fn selection(list: ActionList, categories: &[Category]) -> Selection {
        Selection { categories: categories.to_vec(), list }
    }

    #[test]
    fn omitted_category_omits_its_services() {
        const SERVICES: [(Category, &str); 10] = [
            (Category::Auth, "cognito-idp:"),
            (Category::Api, "appsync:"),
            (Category::Storage, "dynamodb:"),
            (Category::Function, "lambda:"),
            (Category::Hosting, "cloudfront:"),
            (Category::Analytics, "kinesis:"),
            (Category::Notifications, "mobiletargeting:"),
            (Category::Interactions, "lex:"),
            (Category::Predictions, "polly:"),
            (Category::Geo, "geo:"),
        ];
        for (category, service) in SERVICES {
            for list in [ActionList::Minimal, ActionList::Managed] {
                let of = |category| actions(&documents(&place(), &selection(list, &[category]), None, false));
                assert!(of(category).iter().any(|action| action.starts_with(service)), "{service}");
                let without = of(Category::Deployment);
                assert!(!without.iter().any(|action| action.starts_with(service)), "{service}");
                assert!(without.iter().any(|action| action == "cloudformation:CreateStack"));
            }
        }
    }

    #[test]
    fn amplify_documents_fit_the_size_limit() {
        for (list, count) in [
            (ActionList::Documented, 1),
            (ActionList::Minimal, 2),
            (ActionList::Managed, 3),
            (ActionList::Gen2, 1),
            (ActionList::Bootstrap, 1),
        ] {
            let boundary = Some("arn:aws:iam::222222222222:policy/B");
            let documents = documents(&place(), &selection(list, &[]), boundary, true);
            let sizes: Vec<_> = documents.iter().map(PolicyDocument::size).collect();
            assert!(sizes.iter().all(|size| *size <= LARGEST) && sizes.len() == count, "{sizes:?}");
        }
    }

    #[test]
    fn deployment_bucket_is_always_allowed() {
        let resources = |category| {
            let documents = documents(&place(), &selection(ActionList::Minimal, &[category]), None, false);
            let all = documents.into_iter().flat_map(|document| document.statements);
            let of_s3 = all.filter(|statement| statement.action.0 == ["s3:*"]);
            of_s3.flat_map(|statement| statement.resource.0).collect::<Vec<_>>()
        };
        assert_eq!(resources(Category::Auth), ["arn:aws:s3:::amplify-*", "arn:aws:s3:::amplify-*/*"]);
        assert_eq!(resources(Category::Storage), ["*"]);
    }

    #[test]
    fn required_actions_are_unique_without_wildcards() {
        for list in [ActionList::Documented, ActionList::Minimal, ActionList::Managed] {
            let probes = probes(&place(), &selection(list, &[]));
            assert!(probes.len() > 100 && probes.iter().all(|probe| !probe.action.contains('*')));
            for (index, probe) in probes.iter().enumerate() {
                assert!(!probes[..index].iter().any(|other| other == probe), "{probe:?}");
            }
            for category in Category::ALL {
                let is_shown = probes.iter().any(|probe| probe.category == category);
                let is_listed = match list {
                    ActionList::Documented => is_in_minimal(category),
                    // Pinpoint is shown under analytics if both are requested.
                    ActionList::Managed => category != Category::Notifications,
                    _ => true,
                };
                assert_eq!(is_shown, is_listed, "{category:?}");
            }
        }
    }
    #[test]
    fn recorded_calls_are_allowed_and_simulated() {
        for list in [ActionList::Minimal, ActionList::Gen2, ActionList::Bootstrap] {
            let selection = selection(list, &[]);
            let documents = documents(&place(), &selection, None, false);
            let allowed = |action: &String, resource: &str| {
                let statements = documents.iter().flat_map(|document| &document.statements);
                let mut of_action = statements.filter(|statement| statement.action.0.contains(action));
                of_action.any(|statement| statement.resource.0.iter().any(|known| known == resource))
            };
            let probes = probes(&place(), &selection);
            for row in selection.rows() {
                for action in row.actions(row.called().chain(row.called_by_cloudformation())) {
                    let resource = &row.filled(&place())[0];
                    assert!(allowed(&action, resource), "{action} {resource}");
                    let is_asked =
                        |probe: &RequiredAction| probe.action == action && probe.resources.contains(resource);
                    assert!(probes.iter().any(is_asked), "{action} {resource}");
                }
            }
        }
    }

    #[test]
    fn action_is_direct_where_the_cli_calls_it() {
        let via = |list, action: &str| selection(list, &[]).is_of_cloudformation(action);
        assert!(!via(ActionList::Minimal, "iam:GetPolicy") && via(ActionList::Managed, "iam:GetPolicy"));
        assert!(via(ActionList::Minimal, "iam:TagRole") && via(ActionList::Minimal, "lambda:TagResource"));
        assert!(!via(ActionList::Gen2, "lambda:InvokeAsync") && via(ActionList::Minimal, "lambda:InvokeAsync"));
    }
}
