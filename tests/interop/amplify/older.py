"""Shares the cache with an older Amplify CLI (provider 6.9.1, CLI 10.5.2). Calls that CLI's own profile loader."""

import json

LOADER = """
const manager = require('amplify-provider-awscloudformation/lib/system-config-manager');
const context = { print: { info() {}, error() {}, success() {} }, input: {}, amplify: { AmplifyToolkit: {} } };
manager.getProfiledAwsConfig(context, process.argv[1]).then(
  (config) => { console.log('KEY ' + config.accessKeyId); process.exit(0); },
  (error) => { console.error(error); process.exit(1); },
);
"""


def load(world, profile="bizcorprole"):
    """The access key id of the older code, and its requests."""
    ran = world.run(["node", "-e", LOADER, profile], world.older)
    return next(line.split()[1] for line in ran.text.splitlines() if line.startswith("KEY ")), ran.text


def cached(world):
    sessions = json.loads(world.cache.read_text())["arn:aws:iam::222222222222:role/BizCorpRole"]
    return {session["accessKeyId"] for session in sessions.values()}


def reads_ours(world):
    world.creds("reset-cache", "--all")
    world.creds("login", "bizcorprole")
    before = world.sts_count("AssumeRole")
    key, _ = load(world)
    yield key in cached(world) or "the older code has other keys than our cache"
    yield world.sts_count("AssumeRole") == before or "the older code asked STS"


def ours_reads(world):
    world.creds("reset-cache", "--all")
    key, text = load(world)
    yield "MFA" in text or "the older code asked for no code"
    before = world.sts_count("AssumeRole")
    printed = world.creds("process", "bizcorprole").text
    yield key in printed or "process prints other keys than the older code's cache has"
    yield world.sts_count("AssumeRole") == before or "process asked STS"


STEPS = (("older code reads our cache", reads_ours), ("we read the older cache", ours_reads))
