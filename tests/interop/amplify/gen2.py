"""Gen 2 and the CDK: `cdk bootstrap` and `deploy`, and `ampx sandbox` to its first calls."""

import json

APP = """
const { App, Stack, CfnOutput, aws_sqs } = require('aws-cdk-lib');
const app = new App();
const stack = new Stack(app, 'Queue', { env: { account: '222222222222', region: 'us-east-1' } });
new aws_sqs.CfnQueue(stack, 'Queue', {});
"""
BACKEND = "import { defineBackend } from '@aws-amplify/backend';\ndefineBackend({});\n"
PROFILE = ("--profile", "bizcorprole-amplify")
MOTO = (("ampx sandbox", "NoSuchBucket", "moto has no bucket of the assets that the CDK's bootstrap template names"),)


def project(world, name, **files):
    """A directory that finds the installed packages."""
    directory = world.directory / name
    if not directory.exists():
        directory.mkdir()
        (directory / "node_modules").symlink_to(world.gen2 / "node_modules")
    for file, text in files.items():
        path = directory / file.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return directory


def bootstrap(world):
    world.creds("login", "bizcorprole-amplify")
    directory = project(world, "cdk", app_js=APP, cdk_json=json.dumps({"app": "node app.js"}))
    world.run([*world.cdk, "bootstrap", *PROFILE, "aws://222222222222/us-east-1"], directory)
    return ["CDKToolkit" in stacks(world) or f"stacks {stacks(world)}"]


def deploy(world):
    world.run([*world.cdk, "deploy", *PROFILE, "--require-approval", "never"], world.directory / "cdk")
    return ["Queue" in stacks(world) or f"stacks {stacks(world)}"]


def sandbox(world):
    package = json.dumps({"name": "sandbox", "type": "module"})
    directory = project(world, "sandbox", package_json=package, amplify__backend_ts=BACKEND)
    # `ampx` sends nothing through a proxy.
    proxy = {name: None for name in world.variables if name.lower().endswith("_proxy")}
    ran = world.run([*world.ampx, "sandbox", *PROFILE, "--once"], directory, check=False, AWS_ENDPOINT_URL=world.front.url, **proxy)
    return [ran.status == 0 or f"status {ran.status}\n{ran.text[-2500:]}"]


def stacks(world):
    return [stack["StackName"] for stack in world.moto_client("cloudformation").describe_stacks()["Stacks"]]


STEPS = (("cdk bootstrap", bootstrap), ("cdk deploy", deploy), ("ampx sandbox", sandbox))
