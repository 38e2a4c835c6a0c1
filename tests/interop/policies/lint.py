"""Checks every document of `policy` with parliament, and every template with cfn-lint."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import parliament

from program import Home

CATEGORIES = "auth,api,storage,function,hosting,analytics,notifications,interactions,predictions,geo"
BOUNDARY = "arn:aws:iam::222222222222:policy/app-dev"
DENIALS = "table=users,bucket=private,function=billing,parameter=/amplify/secret,service=ec2,action=dynamodb:Scan"

DOCUMENTS = {
    "trust": ["trust", "bizcorprole", "--mfa-max-age", "1h", "--session-name", "dev-*"],
    "trust of a chain": ["trust", "deploy"],
    "trust of an account": ["trust", "--principal", "111111111111", "--new-external-id"],
    "caller": ["caller", "bizcorprole"],
    "caller of a chain": ["caller", "deploy"],
    "mfa": ["mfa", "bizcorprole"],
    "minimal": ["amplify", "bizcorprole"],
    "minimal with a boundary": ["amplify", "bizcorprole", "--boundary", BOUNDARY, "--check", "--app", "my-app"],
    "documented": ["amplify", "bizcorprole", "--documented"],
    "gen 2": ["amplify", "bizcorprole", "--gen", "2", "--check"],
    "bootstrap": ["amplify", "bizcorprole", "--bootstrap", "--check"],
    "managed": ["amplify", "bizcorprole", "--managed"],
    "boundary": ["boundary", "bizcorprole", "--deny", DENIALS, "--allow", "ses:SendEmail"],
    "deployer": ["boundary", "bizcorprole", "--arn", BOUNDARY, "--deployer"],
}
DOCUMENTS |= {f"only {name}": ["amplify", "bizcorprole", "--category", name] for name in CATEGORIES.split(",")}
DOCUMENTS |= {f"boundary of {name}": ["boundary", "bizcorprole", "--category", name] for name in CATEGORIES.split(",")}

# Expected findings of parliament: the issue, a part of its detail, and the reason.
EXPECTED = [
    ("RESOURCE_STAR", "", "buckets, and what a boundary only limits, have names of the user's choice"),
    ("MISMATCHED_TYPE_BUT_USABLE", "given Arn", "AWS's own examples compare iam:PermissionsBoundary as text"),
    ("RESOURCE_MISMATCH", "s3:CreateAccessPoint", "s3:* on the deployment bucket alone is not meant for all that S3 has"),
    ("INVALID_ARN", "", "policies of AWS's own have `aws` for an account"),
    ("RESOURCE_POLICY_PRIVILEGE_ESCALATION", "cdk-hnb659fds-assets-", "cdk bootstrap creates the bucket with its policy"),
    ("RESOURCE_MISMATCH", "es:AddTags", "it is used on domains; parliament wants the other resources of it, too"),
]


def looked_at(name, document):
    """Unexpected findings of parliament. It does not support trust policies, so their statements get a resource."""
    document = json.loads(json.dumps(document))
    for statement in document["Statement"]:
        if statement.pop("Principal", None):
            statement["Resource"] = "arn:aws:iam::222222222222:role/BizCorpRole"
    analyzed = parliament.analyze_policy_string(json.dumps(document))
    for finding in map(parliament.enhance_finding, analyzed.findings):
        excuse = [why for issue, part, why in EXPECTED if issue == finding.issue and part in str(finding.detail)]
        if not excuse:
            yield f"{name}: {finding.severity} {finding.issue} {finding.title} {str(finding.detail)[:300]}"


def main():
    """Prints the checked documents, and fails on unexpected findings."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    options = parser.parse_args()
    problems, count, templates = [], 0, []
    with tempfile.TemporaryDirectory() as directory:
        home = Home(directory, options.bin)
        for name, arguments in DOCUMENTS.items():
            for document in home.policies(*arguments):
                count += 1
                size = len("".join(json.dumps(document, separators=(",", ":")).split()))
                if size > 6144:
                    problems.append(f"{name}: {size} characters")
                sids = [statement["Sid"] for statement in document["Statement"]]
                if len(set(sids)) != len(sids):
                    problems.append(f"{name}: a Sid comes twice")
                problems += looked_at(name, document)
            template = pathlib.Path(directory) / f"{name.replace(' ', '-')}.template.json"
            home.run("policy", *arguments, "--format", "cloudformation", "--output", str(template))
            templates.append(str(template))
        lint = [str(pathlib.Path(sys.executable).with_name("cfn-lint")), *templates]
        linted = subprocess.run(lint, capture_output=True, text=True, check=False)
        if linted.returncode:
            problems.append(linted.stdout + linted.stderr)
        # Verifies that the linter finds a known error.
        broken = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:NoSuch", "Resource": "*"}]}
        if not list(looked_at("broken", broken)):
            problems.append("parliament does not find an action that there is not")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{count} documents by parliament, {len(templates)} templates by cfn-lint: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
