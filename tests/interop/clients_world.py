"""What surrounds a client: the STS double and moto, a home, a terminal, and what `ampx` asks first."""

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NO_MFA = "arn:aws:iam::222222222222:role/NoMfa"
BIZ_CORP = "arn:aws:iam::222222222222:role/BizCorpRole"
EXTERNAL_ID = "BizCorp-Ext-4711"
SERIAL = "arn:aws:iam::111111111111:mfa/devcorpuser"
CREDENTIALS = """[devcorpuser]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
"""
CONFIG = f"""[profile biz]
role_arn = {NO_MFA}
source_profile = devcorpuser
region = us-east-1

[profile mfa]
role_arn = {BIZ_CORP}
source_profile = devcorpuser
external_id = {EXTERNAL_ID}
mfa_serial = {SERIAL}
region = us-east-1

[profile refused]
role_arn = {BIZ_CORP}
source_profile = devcorpuser
external_id = another-one
region = us-east-1
"""


class Double:
    """The STS double as a process: what it was asked, and its MFA device."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True, bufsize=1)
        self.endpoint = self.process.stdout.readline().strip().split("=", 1)[1]
        self.lines, self.changed = [], threading.Condition()
        self.follower = threading.Thread(target=self.follow, daemon=True)
        self.follower.start()

    def follow(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def code(self):
        """What the MFA device shows now."""
        with self.changed:
            seen = len(self.lines)
            self.say("")
            self.changed.wait_for(lambda: any("# code " in line for line in self.lines[seen:]), 120)
            return re.search(r"# code (\d{6})", "".join(self.lines[seen:]))[1]

    def count(self, action="AssumeRole"):
        """How many calls of an action have been reported; all of them after `stop`."""
        return sum(f" {action} " in line for line in self.lines)

    def stop(self):
        """Ends the double, which reports what it still has to report."""
        self.process.stdin.close()
        self.process.wait()
        self.follower.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.process.stdout.close()


class Moto:
    """moto's STS: another implementation, which takes what it is given."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-c", "import sys; from moto.server import main; main(sys.argv[1:])", "-p", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: is_open(port), "moto")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Ssm(ThreadingHTTPServer):
    """Stands where `ampx` makes its first call, notes with whose keys that is, and knows no parameter."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.server.keys.append(re.search(r"Credential=(\w+)/", self.headers["Authorization"])[1])
            body = b'{"__type":"ParameterNotFound"}'
            self.send_response(400)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.keys = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Home:
    """A fresh home whose wrapper profiles `setup` wrote."""

    def __init__(self, options, endpoint, more=""):
        self.path = Path(tempfile.mkdtemp(prefix="home-", dir=options.dir / "clients"))
        files = self.path / ".aws"
        files.mkdir()
        (files / "config").write_text(CONFIG)
        (files / "credentials").write_text(CREDENTIALS + more)
        self.variables = {"HOME": str(self.path), "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL_STS": endpoint}
        self.variables |= {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "CI": "true", "TERM": "xterm", "NODE_NO_WARNINGS": "1"}
        kept = ("PYTHONPATH", "PYTHONUTF8", "PYENV_ROOT")
        self.variables |= {name: os.environ[name] for name in kept if name in os.environ}
        self.cache = self.path / ".amplify/awscloudformation/cache.json"
        # A project of Amplify Gen 2.
        (self.path / "amplify").mkdir()
        (self.path / "amplify/backend.ts").touch()
        (self.path / "package.json").write_text('{"name": "project", "type": "module"}')
        for profile in ("biz", "mfa", "refused"):
            subprocess.run([options.bin, "setup", profile, "--yes"], env=self.variables, check=True, capture_output=True)

    def environment(self, client, profile):
        return self.variables | client.variables | {"AWS_PROFILE": f"{profile}-amplify"}

    def run(self, client, profile="biz", **more):
        environment = self.environment(client, profile) | more
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        run = subprocess.run(client.once, env=environment, cwd=self.path, text=True, timeout=300, **pipes)
        return run.stdout + run.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Terminal:
    """A client on a pseudo-terminal of its own."""

    def __init__(self, client, home):
        self.text = ""
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        environment = {name: value for name, value in home.environment(client, "mfa").items() if name != "CI"}
        # A session of its own whose terminal this is, as a terminal emulator starts a shell.
        own = "import os, fcntl, termios, sys; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
        command = [sys.executable, "-c", own, *client.once]
        ends = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave}
        self.process = subprocess.Popen(command, env=environment, cwd=home.path, **ends)

    def read(self, patience):
        if select.select([self.master], [], [], patience)[0]:
            try:
                self.text += os.read(self.master, 65536).decode(errors="replace")
            except OSError:
                return

    def wait_for(self, words, patience=120):
        deadline = time.monotonic() + patience
        while words not in self.text:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(f"{words!r} on the terminal, which shows {self.text!r}")
            self.read(0.2)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def end(self, patience=120):
        deadline = time.monotonic() + patience
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the client's end: {self.text!r}")
            self.read(0.2)
        self.read(0.2)
        return self.process.returncode

    def changes(self):
        if self.after != self.before:
            yield f"the terminal was {self.before} and is {self.after}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.after = termios.tcgetattr(self.slave)
        os.close(self.master)
        os.close(self.slave)


def wait_for(is_so, what, patience=120):
    """Waits for an event; `patience` only ends a run that would hang."""
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)
