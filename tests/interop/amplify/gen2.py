"""Gen 2 and the CDK: `cdk bootstrap` and `deploy`, and `ampx sandbox` up to its first calls."""

import json

APP = """
const { App, Stack, CfnOutput, aws_sqs } = require('aws-cdk-lib');
const app = new App();
const stack = new Stack(app, 'Queue', { env: { account: '222222222222', region: 'us-east-1' } });
new aws_sqs.CfnQueue(stack, 'Queue', {});
"""
BACKEND = "import { defineBackend } from '@aws-amplify/backend';\ndefineBackend({});\n"
PROFILE = ("--profile", "bizcorprole-amplify")
# moto's known errors: the step, words in its row, and the description.
MOTO = (("ampx sandbox", "<BucketName>127<", "moto takes the loopback address of the template's URL for a bucket"),)


def project(world, name, **files):
    """Creates a directory that finds the installed packages."""
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
    # `ampx` does not use the proxy.
    proxy = {name: None for name in world.variables if name.lower().endswith("_proxy")}
    npx = {"npm_config_user_agent": "npm/11.0.0 node/v20"}
    first = len(world.front.calls)
    made = lambda: [call for call in world.front.calls[first:] if call[0] == "cloudformation:CreateStack"]
    # After a failure it waits for changes of the sources.
    ran = world.run([*world.ampx, "sandbox", *PROFILE, "--once"], directory, check=False, until=made, AWS_ENDPOINT_URL=world.front.url, **npx, **proxy)
    yield bool(made()) or f"no stack is created: status {ran.status}\n{ran.text[-2500:]}"
    yield from (f"CreateStack: {answer.decode()}" for _, _, status, answer, *_ in made() if status != 200)


def stacks(world):
    return [stack["StackName"] for stack in world.moto_client("cloudformation").describe_stacks()["Stacks"]]


STEPS = (("cdk bootstrap", bootstrap), ("cdk deploy", deploy), ("ampx sandbox", sandbox))
