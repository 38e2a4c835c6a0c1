"""Runs botocore and the AWS SDK for Rust over the rows of the resolution table; started by `resolve`, see README.md."""

import argparse
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import resolution_cases
import resolution_choices

HERE = Path(__file__).parent
TABLE = HERE.parent / "conformance" / "vectors" / "resolution.json"


def main():
    options = arguments()
    rows = [dict(row) for row in resolution_cases.all_rows()]
    ids = [row["id"] for row in rows]
    if len(set(ids)) != len(ids):
        sys.exit(f"two rows of one name: {sorted(name for name in ids if ids.count(name) > 1)}")
    listing = write(options.dir / "resolution", rows)
    botocore = subprocess.run([sys.executable, HERE / "botocore_chain.py", listing], stdout=subprocess.PIPE, check=True)
    seen = [json.loads(line) for line in botocore.stdout.splitlines()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sdk = list(pool.map(lambda line: of_sdk(options.sdk, json.loads(line)), listing.read_text().splitlines()))
    choices = resolution_choices.Choices()
    for row, of_botocore, of_rust in zip(rows, seen, sdk):
        row["botocore"], row["rust"] = of_botocore, of_rust
        plain = [outcome if "error" not in outcome else "error" for outcome in (of_botocore, of_rust)]
        if plain[0] == plain[1] and not choices.is_ours(row["id"]):
            row["expected"] = plain[0]
        else:
            row["expected"], row["why"] = choices.of(row["id"], *plain)
    if choices.problems():
        sys.exit("\n".join(choices.problems()))
    text = "[\n" + ",\n".join(json.dumps(row, sort_keys=True) for row in rows) + "\n]\n"
    agreed = sum("why" not in row for row in rows)
    print(f"{len(rows)} rows, botocore and the SDK for Rust agree on {agreed}")
    if options.bless:
        TABLE.write_text(text)
    elif TABLE.read_text() != text:
        sys.exit(f"{TABLE} is not what the tools say now; --bless writes it")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the rows' files are written")
    parser.add_argument("--sdk", type=Path, required=True, help="the program of sdk-oracle")
    parser.add_argument("--bless", action="store_true", help="write the table")
    return parser.parse_args()


def write(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, row in enumerate(rows):
        paths = {kind: folder / f"{number:04}.{kind}" for kind in ("config", "credentials")}
        for kind, path in paths.items():
            path.write_text(row[kind])
        listed = {"profile": row["profile"], "env": row["env"], "home": str(folder)}
        lines.append(json.dumps({**listed, **{kind: str(path) for kind, path in paths.items()}}))
    listing = folder / "rows.jsonl"
    listing.write_text("\n".join(lines) + "\n")
    return listing


def of_sdk(program, row):
    env = {**row["env"], "HOME": row["home"], "AWS_CONFIG_FILE": row["config"], "AWS_SHARED_CREDENTIALS_FILE": row["credentials"]}
    command = [program] + ([] if row["profile"] is None else [row["profile"]])
    run = subprocess.run(command, env=env, capture_output=True, check=True)
    answer = json.loads(run.stdout)
    log = answer["log"]
    if row["profile"] is None and answer["key"] == "AK.env.env":
        return {"base": "environment", "roles": []}
    chain = next((line["chain"] for line in log if "chain" in line), None)
    is_built = any(line.get("message", "").startswith("first credentials will be loaded from") for line in log)
    if chain and is_built:
        return {"base": base_of(chain), "roles": re.findall(r'RoleArn \{ role_arn: "([^"]*)"', chain)}
    # The token does not exist. The attempt is enough.
    failed = [line["provider"] for line in log if line.get("message") == "provider failed to provide credentials"]
    if row["profile"] is None and failed == ["WebIdentityToken"] and "AWS_ROLE_ARN" in row["env"]:
        return {"base": "web_identity:env", "roles": []}
    names = re.findall(r"\b(NoProfilesDefined|MissingProfile|CredentialLoop|InvalidCredentialSource|MissingCredentialSource|UnknownProvider"
                       r"|ProfileDidNotContainCredentials|InvalidSsoConfig|MissingSsoSession|TokenProviderConfig|InvalidProfile"
                       r"|InvalidConfiguration|CredentialsNotLoaded)\b", str(answer["error"]))
    return {"error": names[-1] if names else "no credentials"}


def base_of(chain):
    base = chain.split("base: ", 1)[1].split(", chain: [", 1)[0]
    kind = re.match(r"\w+", base)[0]
    one = lambda pattern: re.search(pattern, base)[1]
    match kind:
        case "AccessKey":
            _, profile, file = one(r'access_key_id: "([^"]*)"').split(".")
            return f"static:{profile}@{file}"
        case "NamedSource":
            names = {"environment": "environment", "ec2instancemetadata": "imds", "ecscontainer": "container"}
            return names[one(r'NamedSource\("([^"]*)"\)').lower()]
        case "CredentialProcess":
            # The SDK does not log arguments, so the command is one word.
            return "process:" + one(r"give-(\w+)")
        case "Sso":
            return "sso:" + one(r'sso_role_name: Some\("R-([^"]*)"\)')
        case "WebIdentityTokenRole":
            return "web_identity:" + one(r'web_identity_token_file: "/tokens/([^"]*)"')
        case "LoginSession":
            return "login:" + one(r'login_session_arn: "[^"]*/([^"]*)"')
    raise ValueError(base)


main()
