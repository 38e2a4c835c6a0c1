"""The environment of a check: the doubles, a home, and the programs that run in it."""

import hashlib
import json
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Seconds after which a run counts as hanging.
HANG = 60
# Debian's, which other users than root can start.
PYTHON = "/usr/bin/python3"
ACCOUNT = "111111111111"
OWN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Own/"
SESSION_ARN = f"arn:aws:iam::{ACCOUNT}:user/dev"
CONFIG = """[sso-session corp]
sso_start_url = {start_url}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile sso]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Own
region = eu-west-1

[profile keys]
aws_access_key_id = {key}
aws_secret_access_key = {secret}

[profile role]
role_arn = {role}
source_profile = keys
region = eu-west-1

[profile signin]
login_session = arn:aws:iam::111111111111:user/dev
region = eu-west-1
"""


class Problem(Exception):
    """The reason of a failed check."""


def expect(is_so, problem):
    if not is_so:
        raise Problem(problem)


def wait_for(find, what):
    deadline = time.monotonic() + HANG
    while not (found := find()):
        expect(time.monotonic() < deadline, f"no {what} in {HANG} s")
        # The polling interval does not affect the result.
        time.sleep(0.02)
    return found


class Doubles:
    """IAM Identity Center, AWS Sign-In and STS behind a proxy, as a process."""

    def __init__(self, program, *arguments):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program, *arguments], stdin=pipe, stdout=pipe, text=True, bufsize=1)
        self.about = json.loads(self.process.stdout.readline())

    def say(self, command):
        """Returns when the doubles have run the command."""
        self.process.stdin.write(f"{command}\n")
        self.requests()

    def requests(self):
        self.process.stdin.write("requests\n")
        answer = json.loads(self.process.stdout.readline())
        expect("error" not in answer, answer)
        return answer

    def count(self, path, service="identityCenter"):
        return sum(request["path"] == path for request in self.requests()[service])

    def bodies(self, path, service="identityCenter"):
        return [json.loads(request["body"]) for request in self.requests()[service] if request["path"] == path]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Home:
    """A fresh home with the profiles `sso`, `signin` and `role`."""

    def __init__(self, options, doubles, start_url=None):
        self.options, self.doubles = options, doubles
        self.path = Path(tempfile.mkdtemp(prefix="home-", dir=options.dir))
        (self.path / ".aws").mkdir()
        sts, role = doubles.about["sts"], doubles.about["console"]["role"]
        start_url = start_url or doubles.about["identityCenter"]["startUrl"]
        config = CONFIG.format(start_url=start_url, role=role, key=sts["accessKeyId"], secret=sts["secretAccessKey"])
        (self.path / ".aws/config").write_text(config)
        self.visits = self.path / "visits"
        self.visits.mkdir()
        self.variables = {
            "HOME": str(self.path),
            "PATH": os.environ["PATH"],
            "HTTPS_PROXY": doubles.about["proxy"],
            "AWS_CA_BUNDLE": doubles.about["ca"],
            "BROWSER": f"{PYTHON} {HERE}/visit.py {self.visits}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.variables |= {name: os.environ[name] for name in ("PYENV_ROOT",) if name in os.environ}
        self.sso_file = self.path / f".aws/sso/cache/{hashlib.sha1(b'corp').hexdigest()}.json"
        self.signin_file = self.path / f".aws/login/cache/{hashlib.sha256(SESSION_ARN.encode()).hexdigest()}.json"

    def chromium(self, press, holds=False, template=None):
        """Uses Chromium as the browser. Returns the directory of its results."""
        directory = Path(tempfile.mkdtemp(prefix="browser-", dir=self.path))
        plan = {"chromium": self.options.chromium, "playwright": str(self.options.playwright), "press": press}
        plan |= {"proxy": self.doubles.about["proxy"], "directory": str(directory), "holds": holds}
        (directory / "plan").write_text(json.dumps(plan))
        self.variables["BROWSER"] = f"node {HERE}/browser.js {directory}/plan"
        if template:
            self.variables["AMPLIFY_CREDS_BROWSER"] = f"node {HERE}/browser.js {directory}/plan {template}"
        return directory

    def start(self, *arguments, **more):
        """Starts amplify-creds without a terminal."""
        pipe = subprocess.PIPE
        command = [*more.pop("before", ()), self.options.bin, *arguments]
        return subprocess.Popen(
            command, env=self.variables | more, cwd=self.path, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def run(self, *arguments, **more):
        with self.start(*arguments, **more) as process:
            return finished(process)

    def login(self, profile, *options):
        run = self.run("login", *options, profile)
        expect(run.returncode == 0, f"login {profile}: {run.stderr}")
        return run

    def caller(self, profile):
        """The ARN that our credentials prove, or the error."""
        run = self.run("whoami", "--json", profile)
        return json.loads(run.stdout)["arn"] if run.returncode == 0 else f"exit {run.returncode}: {run.stderr}"

    def client(self, command, **more):
        """The output of another client."""
        run = subprocess.run(
            command, env=self.variables | more, cwd=self.path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG
        )
        return run.stdout.strip() if run.returncode == 0 else f"exit {run.returncode}: {run.stdout}{run.stderr}".strip()

    def aws(self, *arguments):
        # Debian's AWS CLI must not import our packages.
        return self.client(["/usr/bin/aws", *arguments], AWS_PAGER="")

    def boto3(self, profile):
        return self.client([sys.executable, str(HERE / "python_client.py"), profile], PYTHONPATH=str(self.options.python))

    def javascript(self, name, profile):
        more = {"SDK": str(self.options.sdk), "NODE_EXTRA_CA_CERTS": self.doubles.about["ca"], "NODE_NO_WARNINGS": "1"}
        return self.client(["node", "--require", str(HERE / "proxy.js"), str(HERE / "javascript.js"), name, profile], **more)

    def token(self):
        return json.loads(self.sso_file.read_text())

    def expire(self, profile="sso"):
        """Expires the access token in the file, and deletes the cached sessions, also those of the AWS CLI."""
        past = (datetime.now(timezone.utc) - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        file = self.sso_file if profile == "sso" else self.signin_file
        fields = json.loads(file.read_text())
        (fields if profile == "sso" else fields["accessToken"])["expiresAt"] = past
        # Readers never see a part of it.
        new = file.with_suffix(".new")
        new.write_text(json.dumps(fields))
        new.chmod(0o600)
        new.rename(file)
        for cache in (".amplify", ".aws/cli/cache"):
            shutil.rmtree(self.path / cache, ignore_errors=True)

    def visit_count(self):
        return len(list(self.visits.glob("visit-*")))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None and not self.options.keep:
            shutil.rmtree(self.path, ignore_errors=True)


def finished(process):
    """The completed run of a process, without waiting forever."""
    try:
        out, err = process.communicate(timeout=HANG)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise Problem(f"{process.args} hangs: {out}{err}") from None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def result(directory, name):
    """A result of browser.js."""
    wait_for((directory / name).exists, f"{name} of the browser")
    found = json.loads((directory / name).read_text())
    expect("error" not in found, found)
    return found


class Lines:
    """boto3 in a process that gets credentials for each line."""

    def __init__(self, home, profile):
        pipe = subprocess.PIPE
        environment = home.variables | {"PYTHONPATH": str(home.options.python)}
        command = [sys.executable, str(HERE / "python_client.py"), profile, "lines"]
        self.process = subprocess.Popen(
            command, env=environment, cwd=home.path, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, bufsize=1
        )
        expect(self.process.stdout.readline() == "ready\n", "boto3 does not start")

    def ask(self):
        self.process.stdin.write("\n")

    def answer(self):
        return self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Terminal:
    """amplify-creds with a controlling terminal. Its stdout is a pipe, as in a tool that runs a credential_process."""

    OWN = "import os, fcntl, termios, sys; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"

    def __init__(self, home, *arguments, **more):
        self.master, slave = pty.openpty()
        command = [sys.executable, "-c", self.OWN, home.options.bin, *arguments]
        self.process = subprocess.Popen(
            command, env=home.variables | more, cwd=home.path, stdin=slave, stdout=subprocess.PIPE, stderr=slave, text=True, start_new_session=True
        )
        os.close(slave)
        self.text, self.output = "", ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while select.select([self.master], [], [], HANG)[0]:
            try:
                self.text += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                # The other end is closed.
                return

    def end(self):
        self.output = self.process.communicate(timeout=HANG)[0]
        self.reader.join(HANG)
        os.close(self.master)
        return self.process.returncode
