"""Compares the recorded actions with those that `policy amplify` allows."""

import fnmatch
import json
import subprocess

# The steps, the policy's name in the row, and its options.
POLICIES = (
    (("amplify ",), "amplify", ()),
    (("cdk deploy", "ampx "), "ampx and cdk", ("--gen", "2")),
    (("cdk bootstrap",), "cdk bootstrap", ("--bootstrap",)),
)


def compare(world, recorded):
    """A row for each command with actions that the policy does not allow, and one for each other command."""
    for commands, kind, options in POLICIES:
        called = {}
        for step, action, resource, *_, caller in recorded:
            # The user assumes the role, and the policy belongs to the role. GetCallerIdentity needs no permission.
            ours = action in ("sts:GetSessionToken", "sts:GetCallerIdentity", "cdk-cli-telemetry:POST /metrics")
            ours = ours or action == "sts:AssumeRole" and "/cdk-" not in resource
            by_cdk_role = "/cdk-" in caller
            if step.startswith(commands) and not ours and not by_cdk_role:
                called.setdefault(action.lower(), step)
        if not called:
            continue
        command = ["amplify-creds", "policy", "amplify", "bizcorprole", *options]
        printed = subprocess.run(command, cwd=world.home, env=world.variables, capture_output=True, text=True, check=False)
        if printed.returncode != 0:
            print(f"FAIL  policy of {kind:<19}{printed.stderr.strip().splitlines()[0]}")
            yield "FAIL"
            continue
        allowed = allowed_actions(json.loads(printed.stdout))
        missing = [f"{action} ({step})" for action, step in called.items() if not any(fnmatch.fnmatchcase(action, one) for one in allowed)]
        outcome = "FAIL" if missing else "ok"
        print(f"{outcome:<6}policy of {kind:<18} {len(called)} actions called, {len(missing)} not allowed")
        print("".join(f"      {line}\n" for line in missing), end="", flush=True)
        yield outcome


def allowed_actions(documents):
    found = set()
    for document in documents if isinstance(documents, list) else [documents]:
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                actions = statement["Action"]
                found |= {action.lower() for action in ([actions] if isinstance(actions, str) else actions)}
    return found
