"""Runs the real tools on the results of `setup`; started by `run`, see README.md. First, typical homes: each tool must
see the new profile with exactly the expected settings, and get the role's credentials through it from the STS double.
Then the generated files: a role, its user and the wrapper are added to each, and no tool may see another change."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import compare
import generate

HERE = Path(__file__).parent
ROLE = "arn:aws:iam::222222222222:role/NoMfa"
KEYS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
CREDENTIALS = "[devcorpuser]\n" + "".join(f"{key} = {value}\n" for key, value in KEYS.items())
CONFIG = f"# mine\n[profile biz]\nrole_arn = {ROLE}\nsource_profile = devcorpuser # the user\nregion = us-east-1\n"
NEW_ROLE = ["--role-arn", ROLE, "--source-profile", "devcorpuser", "--region", "us-east-1"]

# The description, the config file, the arguments of setup, the profile that every tool must see, and its target.
HOMES = [
    ("a wrapper", CONFIG, ["biz"], "biz-amplify", "biz"),
    ("line ends of Windows", CONFIG.replace("\n", "\r\n"), ["biz"], "biz-amplify", "biz"),
    ("no last line end", CONFIG.rstrip(), ["biz"], "biz-amplify", "biz"),
    ("a name of its own", CONFIG, ["biz", "--name", "a/b:c+d@e_1-%2"], "a/b:c+d@e_1-%2", "biz"),
    ("in place", CONFIG, ["biz", "--in-place"], "biz", "biz-role"),
    ("in place, with a dot", CONFIG.replace("biz", "biz.corp"), ["biz.corp", "--in-place"], "biz.corp", "biz.corp-role"),
    ("in place, the default", CONFIG.replace("profile biz", "default"), ["default", "--in-place"], "default", "default-role"),
    ("in place, as only Amplify sees it", CONFIG.replace("profile biz", "biz"), ["biz", "--in-place"], "biz", "biz-role"),
    ("in place, a note behind the header", CONFIG.replace("biz]", "biz] # x"), ["biz", "--in-place"], "biz", "biz-role"),
    ("a role whose name has a blank", CONFIG.replace("biz", "b z"), ["b z"], "b-z-amplify", '"b z"'),
    ("a new role", None, [*NEW_ROLE, "--name", "biz"], "biz-amplify", "biz"),
    ("a new role in place", None, [*NEW_ROLE, "--name", "biz", "--in-place"], "biz", "biz-role"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the tools are installed and the files written")
    parser.add_argument("--bin", type=Path, required=True, help="our program")
    parser.add_argument("--sts", type=Path, required=True, help="the STS double")
    parser.add_argument("--seed", default=generate.SEED, help="another seed makes other files")
    parser.add_argument("--files", type=int, default=500, help="how many of the generated files are edited")
    options = parser.parse_args()
    options.dir, options.bin, options.sts = options.dir.resolve(), options.bin.resolve(), options.sts.resolve()
    failed = homes(options) + edits(options)
    sys.exit(1 if failed else 0)


# ---------------------------------------------------------------------------------------------------------------------
# Homes.


def homes(options):
    double = subprocess.Popen([options.sts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        endpoint = double.stdout.readline().strip().split("=", 1)[1]
        failed = 0
        for number, home in enumerate(HOMES):
            problems = list(problems_of(options, endpoint, number, *home))
            failed += bool(problems)
            for problem in problems:
                print(f"setup, {home[0]}: {problem}")
        print(f"setup: {len(HOMES) - failed} homes passed, {failed} failed")
        return failed
    finally:
        double.stdin.close()
        double.stdout.close()
        double.wait()


def problems_of(options, endpoint, number, _about, config, arguments, name, target):
    home = options.dir / "homes" / str(number)
    shutil.rmtree(home, ignore_errors=True)
    files = home / ".aws"
    files.mkdir(parents=True)
    (files / "credentials").write_text(CREDENTIALS)
    if config is not None:
        (files / "config").write_bytes(config.encode())
    program = options.bin
    # Every second home calls the program by a path that needs quotes.
    if number % 2:
        program = home / "my tools" / "amplify-creds"
        program.parent.mkdir()
        # Not a link: setup writes the path of the file itself, unless PATH has the link.
        os.link(options.bin, program)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL_STS": endpoint}
    environment |= {name: os.environ[name] for name in ("PYTHONPATH", "PYTHONUTF8", "PYENV_ROOT") if name in os.environ}
    run = lambda command: subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    setup = run([program, "setup", *arguments, "--yes"])
    if setup.returncode != 0:
        yield f"setup failed: {setup.stderr}"
        return
    word = f'"{program}"' if " " in str(program) else str(program)
    command = f"{word} process {target}"
    # The Windows shell reads two quoted words only with a word after them.
    if '"' in word and '"' in target:
        command = f"{word} --profile {target} process"
    expected = {"credential_process": command, "region": "us-east-1"}

    node = run(["node", HERE / "setup_oracle.js", options.dir / "node", files / "config", files / "credentials", name])
    seen = json.loads(node.stdout) if node.returncode == 0 else {}
    yield from difference("the Amplify CLI", seen.get("amplify"), expected)
    yield from difference("the AWS SDK for JavaScript", seen.get("javascript"), expected)
    yield from difference("its credential_process", seen.get("process", {}).get("accountId"), "222222222222", node.stderr)

    view = "import botocore.session, json; print(json.dumps(botocore.session.Session().full_config['profiles']))"
    python = run([sys.executable, "-c", view])
    profiles = json.loads(python.stdout) if python.returncode == 0 else {}
    yield from difference("botocore", profiles.get(name), expected, python.stderr)
    # boto3 and the AWS CLI, with a region only in their own configuration.
    identity = f"import boto3; print(boto3.Session(profile_name={name!r}).client('sts').get_caller_identity()['Arn'])"
    cli = [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    for tool, command in (("boto3", [sys.executable, "-c", identity]), ("the AWS CLI", [*cli, "--profile", name])):
        caller = run(command)
        arn = "arn:aws:sts::222222222222:assumed-role/NoMfa/amplify"
        yield from difference(tool, caller.stdout.strip(), arn, caller.stderr)
    again = run([program, "setup", *arguments, "--yes"])
    yield from difference("a second run", (again.returncode, again.stdout), (0, ""), again.stderr)


def difference(tool, seen, expected, more=""):
    if seen != expected:
        yield f"{tool} has {seen!r}, not {expected!r} {more}"


# ---------------------------------------------------------------------------------------------------------------------
# Edits of the generated files.

ADDED = {
    "zz-user": {"region": "us-east-1", **KEYS},
    "zz-role": {"role_arn": ROLE, "source_profile": "zz-user", "external_id": "zz-1", "region": "us-east-1"},
    "zz-role-amplify": {"region": "us-east-1"},
}


def edits(options):
    started = time.monotonic()
    ADDED["zz-role-amplify"]["credential_process"] = f"{options.bin} process zz-role"
    cases = list(generate.cases(options.seed))
    shutil.rmtree(options.dir / "edits-home", ignore_errors=True)
    # Spread over all kinds of cases.
    step = max(1, len(cases) // options.files)
    cases = cases[::step][: options.files]
    before = compare.write_cases(options.dir / "before", cases)
    after = compare.write_cases(options.dir / "after", cases)
    rows = {row["id"]: row for row in map(json.loads, after.read_text().splitlines())}
    with ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
        runs = dict(zip(rows, pool.map(lambda row: edited(options, row), rows.values())))
    refused = {case: run for case, run in runs.items() if run is not None}
    # The case may have lacked a file, which now exists.
    for case, row in rows.items():
        for kind in ("config", "credentials"):
            path = after.parent / f"{case}.{kind}"
            row[kind] = str(path) if path.exists() else None
    after.write_text("".join(json.dumps(row) + "\n" for row in rows.values()))
    views = [seen(options, listing, name) for listing, name in ((before, "before"), (after, "after"))]
    problems = []
    for case in rows:
        for tool in ("amplify", "javascript", "botocore"):
            was, now = (view[case][tool] for view in views)
            found = changes(was, now, [] if case in refused else readable(tool, case, options))
            problems += [f"{case}: {tool}: {problem}" for problem in found]
    for problem in problems[:20]:
        print(f"setup, generated {problem}")
    for case, run in list(refused.items())[:5]:
        print(f"refused, files untouched: {case}: {run}")
    bad = len({problem.split(":")[0] for problem in problems}) + sum(run.startswith("!") for run in refused.values())
    print(
        f"setup: {len(rows)} generated files edited in {time.monotonic() - started:.0f} s, {len(refused)} refused,"
        f" {bad} with differences that nothing explains"
    )
    return bad + (len(refused) > len(rows) // 20)


def text(folder, case):
    paths = [folder / f"{case}.{kind}" for kind in ("config", "credentials")]
    return [path.read_bytes().decode(errors="replace") if path.exists() else "" for path in paths]


def edited(options, row):
    """Why the edit was rejected; with a `!` if the rejection was unexpected."""
    folder = options.dir / "after"
    paths = {kind: folder / f"{row['id']}.{kind}" for kind in ("config", "credentials")}
    was = {kind: path.read_bytes() if path.exists() else None for kind, path in paths.items()}
    arguments = ["--role-arn", ROLE, "--source-profile", "zz-user", "--external-id", "zz-1", "--region", "us-east-1"]
    arguments += ["--name", "zz-role", "--access-key-id", KEYS["aws_access_key_id"], "--secret-access-key", "-", "--yes"]
    files = ["--config-file", paths["config"], "--credentials-file", paths["credentials"]]
    run = subprocess.run(
        [options.bin, "setup", *arguments, *files],
        env={"HOME": str(options.dir / "edits-home" / row["id"])},
        input=KEYS["aws_secret_access_key"].encode(),
        capture_output=True,
    )
    if run.returncode == 0:
        lost = [kind for kind, text in was.items() if text is not None and not paths[kind].read_bytes().startswith(text)]
        return f"! {lost} do not begin as they did" if lost else None
    same = all((path.read_bytes() if path.exists() else None) == was[kind] for kind, path in paths.items())
    reason = run.stderr.decode(errors="replace").splitlines()[:1]
    return f"{'' if same and run.returncode == 3 else '! '}exit {run.returncode}: {reason}"


def seen(options, listing, name):
    node = compare.start(["node", HERE / "node_oracle.js", options.dir / "node", listing], options.dir / f"{name}-node.jsonl")
    python = compare.start([sys.executable, HERE / "botocore_oracle.py", listing], options.dir / f"{name}-botocore.jsonl")
    views = {line["id"]: line for line in compare.finish(node, options.dir / f"{name}-node.jsonl")}
    for line in compare.finish(python, options.dir / f"{name}-botocore.jsonl"):
        views[line["id"]]["botocore"] = line
    return views


def readable(tool, case, options):
    """The additions that a tool must see: all, except for the effects of another section of the file."""
    whole = "\n".join(text(options.dir / "after", case))
    # The loader rejects a file with such a section, before and after the edit.
    if tool == "javascript" and re.search(r"^[ \t]*\[(profile[ \t]+)?__proto__\]", whole, re.MULTILINE):
        return []
    # botocore adds the keys of [DEFAULT] to every section of that file that lacks them.
    if tool == "botocore" and "[DEFAULT]" in whole:
        own = {name: {key: value for key, value in keys.items() if key != "region"} for name, keys in ADDED.items()}
        return [(name, keys, False) for name, keys in own.items()]
    return [(name, keys, True) for name, keys in ADDED.items()]


def changes(was, now, added):
    """The changes that a tool sees, without the added profiles."""
    if "error" in was or "error" in now:
        if not ("error" in was and "error" in now):
            yield f"{was} -> {now}"
        return
    was, now = named(was), named(now)
    for name in [*was, *(name for name in now if name not in was)]:
        if not name.startswith("zz-") and was.get(name, "nothing") != now.get(name, "nothing"):
            yield f"profile {name!r} was {was.get(name)!r} and is {now.get(name)!r}"
    for name, expected, is_all in added:
        found = now.get(name)
        matches = found == expected if is_all else (found or {}).items() >= expected.items()
        if not matches:
            yield f"profile {name!r} is {found!r}"


def named(view):
    """Profiles by name, keys by name: the oracles return lists if the order counts."""
    profiles = view["profiles"] if isinstance(view, dict) else view
    items = profiles.items() if isinstance(profiles, dict) else profiles
    return {name: None if keys is None else dict(keys) for name, keys in items}


if __name__ == "__main__":
    main()
