"""Sets up both accounts of the walk-through in moto, only from our own documents. Then runs setup, login, process,
check and real calls. moto checks signatures and evaluates policies. It only recognises statements on `*` and on an
assumed role. It does not simulate, and ignores trust policies of other accounts and MFA. The STS double of
`tests/support` supports these (`tests/cli/check_amplify.rs`)."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

from program import CONFIG, Home

DEV_CORP, BIZ_CORP = "111111111111", "222222222222"
BOUNDARY = f"arn:aws:iam::{BIZ_CORP}:policy/app-dev"
# The server runs until its stdin is closed. It chooses the port, so that no other process can take it first.
SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""
CHECK = ("check", "bizcorprole-amplify", "--for", "amplify", "--json")


class Moto:
    """moto's server with both accounts."""

    def __init__(self):
        # Otherwise every call is checked from the start.
        environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1000000"}
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", SERVER]
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        assert self.url, "moto does not start"

    def admin(self, account, service="iam"):
        """A client with all permissions in `account`."""
        client = self.client(service, "AKIAADMIN", "x", None)

        def for_account(request, **_):
            request.headers["x-moto-account-id"] = account

        client.meta.events.register("before-send", for_account)
        return client

    def client(self, service, key, secret, token):
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=botocore.config.Config(retries={"max_attempts": 0}),
        )

    def auth(self, is_on):
        """Switches the checks of signatures and policies on or off."""
        body = b"0" if is_on else b"1000000"
        request = urllib.request.Request(f"{self.url}/moto-api/reset-auth", data=body, headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200

    def stop(self):
        """Ends the server."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Story:
    """Two accounts and a developer's home."""

    def __init__(self, moto, directory, program):
        self.moto = moto
        self.home = Home(directory, program, {"AWS_ENDPOINT_URL": moto.url})
        user = moto.admin(DEV_CORP)
        user.create_user(UserName="devcorpuser")
        key = user.create_access_key(UserName="devcorpuser")["AccessKey"]
        self.home.write(
            ".aws/credentials",
            f"[devcorpuser]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {key['SecretAccessKey']}\n",
        )
        # moto's MFA session keys are one fixed key that moto itself does not know.
        self.home.write(".aws/config", CONFIG.replace("external_id", "mfa_session = off\nexternal_id"))
        self.home.write("app/amplify/.config/project-config.json", '{"projectName": "myapp"}')
        self.home.write("app/amplify/.config/local-env-info.json", '{"envName": "dev"}')
        self.home.write("app/amplify/team-provider-info.json", '{\n  "dev": {"awscloudformation": {}} // ours\n}\n')
        self.role = None

    def apply(self, categories=(), caller=True):
        """Creates or replaces role, policies and boundary from our documents."""
        self.moto.auth(False)
        iam, user = self.moto.admin(BIZ_CORP), self.moto.admin(DEV_CORP)
        if self.role:
            for policy in iam.list_attached_role_policies(RoleName="BizCorpRole")["AttachedPolicies"]:
                iam.detach_role_policy(RoleName="BizCorpRole", PolicyArn=policy["PolicyArn"])
                iam.delete_policy(PolicyArn=policy["PolicyArn"])
            iam.delete_role(RoleName="BizCorpRole")
        else:
            [boundary] = self.home.policies("boundary", "bizcorprole", "--arn", BOUNDARY, "--deny", "table=users")
            made = iam.create_policy(PolicyName="app-dev", PolicyDocument=json.dumps(boundary))
            assert made["Policy"]["Arn"] == BOUNDARY
        [document] = self.home.policies("trust", "bizcorprole")
        self.role = iam.create_role(RoleName="BizCorpRole", AssumeRolePolicyDocument=json.dumps(document))["Role"]
        wanted = ["--category", ",".join(categories)] if categories else []
        permissions = self.home.policies("amplify", "bizcorprole", "--boundary", BOUNDARY, "--check", *wanted)
        for number, policy in enumerate(permissions):
            made = iam.create_policy(PolicyName=f"amplify-{number}", PolicyDocument=json.dumps(policy))
            iam.attach_role_policy(RoleName="BizCorpRole", PolicyArn=made["Policy"]["Arn"])
        [document] = self.home.policies("caller", "bizcorprole")
        if not caller:
            document["Statement"][0]["Resource"] = "arn:aws:iam::222222222222:role/Another"
        user.put_user_policy(UserName="devcorpuser", PolicyName="caller", PolicyDocument=json.dumps(document))
        self.moto.auth(True)
        self.home.run("reset-cache", "--all")

    def run(self, *arguments, status=0):
        """Runs the program in the project's directory."""
        return self.home.run(*arguments, status=status, directory="app")

    def refused(self):
        """The output of check if the role is denied. moto accepts any code."""
        found = json.loads(self.run(*CHECK, "-t", "123456", status=1))
        assert found["categories"] is None, found
        return found["findings"][-1]["hint"]

    def checked(self):
        """The output of check."""
        return json.loads(self.run(*CHECK))

    def client(self, service):
        """A client with the credentials from `process`."""
        given = json.loads(self.run("process", "bizcorprole-amplify", "-t", "123456"))
        return self.moto.client(service, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def denied(call, **parameters):
    """Whether moto denies a call."""
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        # moto reports it in XML for services with JSON, so only the status is checked.
        return error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return False


def told(story):
    """Runs the complete set-up, then without one part after another."""
    story.apply()
    story.run("setup", "bizcorprole", "--project", "--yes")
    assert story.run("boundary", "set", BOUNDARY, "--yes").strip() == BOUNDARY
    assert "// ours" in (story.home.path / "app/amplify/team-provider-info.json").read_text()
    story.run("login", "bizcorprole-amplify", "-t", "123456")
    assert story.client("cognito-idp").create_user_pool(PoolName="users")["UserPool"]
    assert denied(story.client("ec2").describe_instances), "no more than Amplify needs"
    found = story.checked()
    assert not any(columns["allowed"] for columns in found["categories"].values()), found
    assert [finding["code"] for finding in found["findings"] if finding["severity"] != "info"] == ["not_simulated"], found
    yield "all of it: the role does what Amplify does, and check guesses nothing"

    story.apply(categories=["api", "storage", "function", "hosting"])
    assert denied(story.client("cognito-idp").create_user_pool, PoolName="users")
    yield "without auth: denied"

    story.apply(caller=False)
    assert "policy caller" in story.refused()
    yield "without the caller's policy: refused, and the cause among those given"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    options = parser.parse_args()
    moto = Moto()
    try:
        with tempfile.TemporaryDirectory() as directory:
            for chapter in told(Story(moto, directory, pathlib.Path(options.bin))):
                print(f"moto: {chapter}")
    finally:
        moto.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
