//! The permissions that the Amplify CLI needs to deploy: as documents, and as single actions to be asked about.

use crate::policy::actions::ActionRow;
use crate::policy::category::Category;
use crate::policy::document::{Effect, LARGEST, PolicyDocument, Statement, StringOrList};
use crate::policy::place::ArnScope;
use crate::policy::{actions, permissions_boundary};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionList {
    /// The minimal policy of the Amplify documentation, for all categories.
    Documented,
    /// The same, and what the Amplify CLI was observed to need besides.
    Minimal,
    /// AWS's managed policy AdministratorAccess-Amplify.
    Managed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// By name; none for the whole list.
    pub categories: Vec<Category>,
    pub list: ActionList,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredAction {
    pub category: Category,
    /// `service:Action`
    pub action: String,
    /// The ARNs that a statement should name for it; `*` for any.
    pub resources: Vec<String>,
    pub via_cloudformation: bool,
}

pub const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

impl Selection {
    fn rows(&self) -> impl Iterator<Item = ActionRow> {
        let wanted = [&self.wanted(), &[Category::Deployment][..]].concat();
        actions::rows().filter(move |row| {
            row.categories().any(|category| wanted.contains(&category))
                && !row.unless().any(|category| wanted.contains(&category))
        })
    }

    fn wanted(&self) -> Vec<Category> {
        if self.categories.is_empty() { Category::ALL.to_vec() } else { self.categories.clone() }
    }

    /// The actions of a row, without and with the condition that CloudFormation calls them. Of the categories that the
    /// minimal policy does not have, the managed policy's actions are taken.
    fn listed(&self, row: &ActionRow) -> [(bool, Vec<String>); 2] {
        let is_documented = || row.categories().any(is_in_minimal);
        let (direct, via_cloudformation) = match self.list {
            ActionList::Documented => (row.minimal, ""),
            ActionList::Minimal if is_documented() => (row.minimal, ""),
            ActionList::Minimal | ActionList::Managed => (row.managed, row.via_cloudformation),
        };
        let mut direct = row.actions(direct);
        if self.list == ActionList::Minimal {
            direct.extend(row.observed().map(|observed| format!("{}:{}", row.service, observed.name)));
        }
        [(false, direct), (true, row.actions(via_cloudformation))]
    }

    /// What the Amplify CLI was observed to need besides the documentation's list, as `service:Action` with its evidence.
    pub fn observed(&self) -> Vec<(String, &'static str)> {
        let of_row = |row: ActionRow| {
            let service = row.service;
            row.observed().map(move |observed| (format!("{service}:{}", observed.name), observed.evidence))
        };
        let rows = self.rows().filter(|_| self.list == ActionList::Minimal);
        rows.flat_map(of_row).collect()
    }
}

pub fn is_in_minimal(category: Category) -> bool {
    actions::rows().any(|row| row.categories().any(|known| known == category) && !row.minimal.is_empty())
}

impl ActionRow {
    fn filled(&self, place: &ArnScope) -> Vec<String> {
        self.resources.split(' ').map(|resource| place.fill(resource)).collect()
    }

    fn actions(&self, names: &str) -> Vec<String> {
        names.split_whitespace().map(|name| format!("{}:{name}", self.service)).collect()
    }

    fn category(&self, wanted: &[Category]) -> Category {
        let asked = self.categories().find(|category| wanted.contains(category));
        asked.or_else(|| self.categories().next()).unwrap_or(Category::Deployment)
    }
}

/// The policies that let their holder deploy these categories, each within IAM's size. With the ARN of a boundary, roles
/// can be made only if they carry it; with `check` they can be proved by `check --for amplify`.
pub fn documents(place: &ArnScope, selection: &Selection, boundary: Option<&str>, check: bool) -> Vec<PolicyDocument> {
    let mut statements = Vec::new();
    if check {
        statements.push(for_check(place));
    }
    for row in selection.rows() {
        for (via_cloudformation, actions) in selection.listed(&row) {
            if actions.is_empty() {
                continue;
            }
            let sid = if via_cloudformation { format!("{}ViaCloudFormation", row.sid) } else { row.sid.to_owned() };
            let statement = Statement::new(sid, Effect::Allow, StringOrList(actions), StringOrList(row.filled(place)));
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

fn is_of_cloudformation(action: &str) -> bool {
    let is_in = |row: &ActionRow, names: &str| row.actions(names).iter().any(|known| known == action);
    actions::rows().any(|row| is_in(&row, row.via_cloudformation))
        && !actions::rows().any(|row| is_in(&row, row.managed))
}

/// What `check --for amplify` asks IAM, as a statement: a simulation, and what it reads where there is none.
pub fn for_check(place: &ArnScope) -> Statement {
    let actions = ["iam:GetRole", "iam:SimulatePrincipalPolicy"];
    Statement::new("CheckForAmplify", Effect::Allow, actions, [place.fill("arn:{p}:iam::{a}:role/*")])
}

/// Every action of the list, one by one. A `*` stands for the actions of that service that any document names.
pub fn probes(place: &ArnScope, selection: &Selection) -> Vec<RequiredAction> {
    let wanted = selection.wanted();
    let mut probes: Vec<RequiredAction> = Vec::new();
    let mut add = |row: &ActionRow, action: String| {
        let resources = row.filled(place);
        let via_cloudformation = is_of_cloudformation(&action);
        if !probes.iter().any(|known| known.action == action && known.resources == resources) {
            probes.push(RequiredAction { category: row.category(&wanted), action, resources, via_cloudformation });
        }
    };
    for row in selection.rows() {
        for (_, actions) in selection.listed(&row) {
            for action in actions {
                if !action.ends_with(":*") {
                    add(&row, action);
                    continue;
                }
                for named in selection.rows().filter(|named| named.service == row.service) {
                    let all = [named.managed, named.via_cloudformation, named.probes].map(|names| named.actions(names));
                    for action in all.concat().into_iter().filter(|action| !action.ends_with(":*")) {
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
    fn a_category_left_out_leaves_out_its_services() {
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
    fn every_document_fits() {
        for (list, count) in [(ActionList::Documented, 1), (ActionList::Minimal, 2), (ActionList::Managed, 3)] {
            let boundary = Some("arn:aws:iam::222222222222:policy/B");
            let documents = documents(&place(), &selection(list, &[]), boundary, true);
            let sizes: Vec<_> = documents.iter().map(PolicyDocument::size).collect();
            assert!(sizes.iter().all(|size| *size <= LARGEST) && sizes.len() == count, "{sizes:?}");
        }
    }

    #[test]
    fn the_bucket_of_the_deployment_is_always_there() {
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
    fn no_probe_is_a_pattern_and_none_comes_twice() {
        for list in [ActionList::Minimal, ActionList::Managed] {
            let probes = probes(&place(), &selection(list, &[]));
            assert!(probes.len() > 100 && probes.iter().all(|probe| !probe.action.contains('*')));
            for (index, probe) in probes.iter().enumerate() {
                assert!(!probes[..index].iter().any(|other| other == probe), "{probe:?}");
            }
            for category in Category::ALL {
                // Pinpoint is shown under analytics where both are asked for.
                let is_shown = probes.iter().any(|probe| probe.category == category);
                assert_eq!(
                    is_shown,
                    list == ActionList::Minimal || category != Category::Notifications,
                    "{category:?}"
                );
            }
        }
    }
}
