"""Runs real clients with `credential_process` profiles against the STS double; started by `run`, see README.md. Each
client calls GetCallerIdentity, which proves that it got credentials and could sign with them."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clients_trials import tried
from clients_world import BIZ_CORP, NAMESPACES, NO_MFA, Double, Home, Moto, Ssm

DRIVERS = Path(__file__).parent / "clients"
OUR_LINE = f"amplify-creds: cannot assume {BIZ_CORP}: AccessDenied"
QUICK = ("boto3", "AWS CLI v1", "SDK for JavaScript")
# The number of clients that run at the same time.
SIDE_BY_SIDE = 3


class Client:
    """A program that calls GetCallerIdentity."""

    # A client that calls repeatedly keeps its credentials as long as its SDK does.
    is_asked_again = False
    # Its output for a failure: our line, or its own message.
    shows = OUR_LINE
    # Whether it uses a container's credentials.
    is_served = False
    # The number of processes that run at once on an empty cache.
    at_once = 32
    variables = {}

    def __init__(self, name, once, lines=None, **more):
        self.name, self.once, self.lines, self.is_asked_again = name, once, lines, lines is not None
        for key, value in more.items():
            setattr(self, key, value)

    def proves(self, text, role, _home):
        """Whether it had the role's credentials and AWS accepted them."""
        account, name = role.split(":")[4], role.rsplit("/", 1)[1]
        return f"arn:aws:sts::{account}:assumed-role/{name}/amplify" in text

    def proves_user(self, text):
        """Whether it had the key of the user devcorpuser."""
        return "arn:aws:iam::111111111111:user/devcorpuser" in text


class Cdk(Client):
    """The CDK's look-up of its app's account. Without credentials it continues and only informs the app."""

    shows = "account undefined"

    def proves(self, text, role, _home):
        return f"account {role.split(':')[4]}" in text

    def proves_user(self, text):
        return "account 111111111111" in text


class Ampx(Client):
    """`ampx sandbox` up to its first call to AWS, which checks whether the account is bootstrapped. Each run takes six
    seconds of processor time."""

    shows = "Could not load credentials from any providers"
    at_once = 4

    def __init__(self, modules):
        command = ["node", modules / "node_modules/@aws-amplify/backend-cli/lib/ampx.js", "sandbox", "--once"]
        super().__init__("ampx sandbox", command)
        self.ssm = Ssm()
        endpoint = f"http://127.0.0.1:{self.ssm.server_port}"
        # It runs only if it detects that npm started it.
        self.variables = {"AWS_ENDPOINT_URL_SSM": endpoint, "npm_config_user_agent": "npm/10.0.0", "AMPLIFY_DISABLE_TELEMETRY": "1"}

    def proves(self, _text, _role, home):
        # Each run makes one call.
        return bool(self.ssm.keys) and self.ssm.keys.pop() in home.cache.read_text()

    def proves_user(self, _text):
        return bool(self.ssm.keys) and self.ssm.keys.pop() == "AKIAIOSFODNN7EXAMPLE"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the clients are installed and the homes are made")
    parser.add_argument("--bin", type=Path, required=True, help="our program")
    parser.add_argument("--sts", type=Path, required=True, help="the STS double")
    parser.add_argument("--only", help="clients whose name has this in it")
    parser.add_argument("--measure", type=int, metavar="RUNS", help="only measure a hit against a process that does nothing")
    options = parser.parse_args()
    options.has_key_store = all(shutil.which(program) for program in ("dbus-daemon", "gnome-keyring-daemon"))
    options.has_namespaces = subprocess.run([*NAMESPACES, "true"], capture_output=True).returncode == 0
    options.dir, options.bin, options.sts = options.dir.resolve(), options.bin.resolve(), options.sts.resolve()
    clients, skipped = installed(options.dir)
    clients = [client for client in clients if options.only is None or options.only in client.name]
    if options.measure:
        return measure(options, clients)
    failed = 0
    # The clients mostly wait for sessions to expire.
    with Moto() as moto, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for client, (done, problems, seconds) in zip(clients, pool.map(lambda client: tried(options, client, moto), clients)):
            failed += bool(problems)
            print(f"clients: {client.name}: {', '.join(done)} ({seconds:.0f} s)", flush=True)
            for problem in problems:
                print(f"clients: {client.name}: FAILED {problem}", flush=True)
    for name, reason in skipped:
        print(f"\n!!! SKIPPED: {name}: {reason}")
    print(f"clients: {len(clients) - failed} passed, {failed} failed, {len(skipped)} skipped")
    is_expected = bool(os.environ.get("CI"))
    sys.exit(1 if failed or (skipped and is_expected) else 0)


def one_call_each(options):
    """Runs each client of `QUICK` once on an empty cache. Returns the numbers of passed and failed clients."""
    by_name = {client.name: client for client in installed(options.dir)[0]}
    passed = 0
    for name in QUICK:
        with Double(options.sts) as double, Home(options, double.endpoint) as home:
            output = home.run(by_name[name])
            double.stop()
            if by_name[name].proves(output, NO_MFA, home) and double.count() == 1:
                passed += 1
            else:
                print(f"clients: {name}: FAILED {double.count()} calls of AssumeRole: {output}")
    return passed, len(QUICK) - passed


def installed(folder):
    """The installed clients, and the missing ones with reasons: `run` writes a reason into NAME.missing."""
    python, node, amplify = [sys.executable], folder / "node", folder / "clients" / "amplify"
    lines = lambda command: {"once": [*command, "once"], "lines": [*command, "lines"]}
    javascript = lambda modules, way: lines(["node", DRIVERS / "node.js", modules, way])
    cli = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    # This version is older than AWS_ENDPOINT_URL_STS. `sh` is needed because only the environment contains the address.
    cli2 = ["sh", "-c", f'exec /usr/bin/aws {" ".join(cli)} --endpoint-url "$AWS_ENDPOINT_URL_STS"']
    # The CDK rejects the second of two processes in one directory.
    cdk = ["sh", "-c", 'exec node "$0" ls --output "$(mktemp -d -p "$HOME")" --app "node $1"']
    cdk += [amplify / "node_modules/aws-cdk/bin/cdk", DRIVERS / "cdk_app.js"]
    clients = [
        ("python", Client("boto3", **lines([*python, DRIVERS / "python.py"]), is_served=True)),
        ("python", Client("AWS CLI v1", [*python, "-m", "awscli", *cli])),
        ("cli2", Client("AWS CLI v2", cli2)),
        ("node", Client("SDK for JavaScript", **javascript(node, "ini"))),
        ("node", Client("SDK for JavaScript, default chain", **javascript(node, "chain"), is_served=True,
                        shows="Could not load credentials from any providers")),
        ("rust", Client("SDK for Rust", **lines([folder / "clients" / "rust" / "debug" / "sdk-client"]), is_served=True)),
        ("go", Client("SDK for Go", **lines([folder / "clients" / "go-client"]), is_served=True)),
        ("amplify", Cdk("CDK", cdk)),
        ("amplify", Client("Amplify CLI's loader", **javascript(amplify, "amplify"))),
        ("amplify", Ampx(amplify)),
    ]
    missing = {path.stem: path.read_text().strip() for path in (folder / "clients").glob("*.missing")}
    there = [client for needs, client in clients if needs not in missing]
    return there, [(client.name, missing[needs]) for needs, client in clients if needs in missing]


def measure(options, clients):
    """Medians of whole runs in turn: a hit, and a process that only prints the same document."""
    with Double(options.sts) as double, Home(options, double.endpoint) as home:
        document = home.path / "document.json"
        process = subprocess.run([options.bin, "process", "biz"], env=home.variables, check=True, capture_output=True)
        document.write_bytes(process.stdout)
        with open(home.path / ".aws/config", "a") as config:
            config.write(f"\n[profile noop-amplify]\ncredential_process = /bin/cat {document}\nregion = us-east-1\n")
        print(f"{'client':36} {'hit ms':>8} {'no-op ms':>9} {'more ms':>8}")
        for client in clients:
            times = {"biz": [], "noop": []}
            for _ in range(options.measure):
                for profile, seconds in times.items():
                    started = time.perf_counter()
                    home.run(client, profile)
                    seconds.append(time.perf_counter() - started)
            hit, noop = (statistics.median(times[profile]) * 1000 for profile in ("biz", "noop"))
            print(f"{client.name:36} {hit:8.1f} {noop:9.1f} {hit - noop:8.1f}", flush=True)


if __name__ == "__main__":
    main()
