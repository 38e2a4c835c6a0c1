"""The environment of a client: the STS double and moto, a home, a terminal, and the first call of `ampx`."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Seconds after which a run counts as hanging. All trials of the AWS CLI, including 32 at once, take 30 s.
HANG = 1200
# Marks the end of a client's output on its terminal.
END = "<end of the output>"
QUESTION = "Enter the MFA token code:"
# The server runs until its stdin is closed. It chooses the port, so that no other process can take it first.
MOTO = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""
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
NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount")


class Double:
    """The STS double as a process: its calls, and its MFA device."""

    def __init__(self, program):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program], stdin=pipe, stdout=pipe, text=True, bufsize=1)
        self.endpoint = self.process.stdout.readline().strip().split("=", 1)[1]
        # The last line of the introduction.
        next(line for line in self.process.stdout if "# code " in line)
        self.lines, self.changed = [], threading.Condition()
        self.follower = threading.Thread(target=self.follow, daemon=True)
        self.follower.start()

    def follow(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()

    def say(self, command):
        """Returns when the double has run the command."""
        self.process.stdin.write(command + "\n")
        self.code()

    def code(self):
        """The current code of the MFA device. The double prints it after it has run all earlier commands."""
        with self.changed:
            seen = len(self.lines)
            self.process.stdin.write("\n")
            self.changed.wait_for(lambda: any("# code " in line for line in self.lines[seen:]), HANG)
            return re.search(r"# code (\d{6})", "".join(self.lines[seen:]))[1]

    def count(self, action="AssumeRole"):
        """The number of reported calls of an action. It includes all calls after `stop`."""
        return sum(f" {action} " in line for line in self.lines)

    def stop(self):
        """Ends the double, which then reports its remaining calls."""
        self.process.stdin.close()
        self.process.wait()
        self.follower.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.process.stdout.close()


class Moto:
    """moto's STS: an independent implementation that accepts any keys."""

    def __init__(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([sys.executable, "-c", MOTO], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        self.endpoint = self.process.stdout.readline().strip()
        if not self.endpoint:
            raise RuntimeError("moto does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Ssm(ThreadingHTTPServer):
    """Receives the first call of `ampx` and records its keys. It has no parameters."""

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
    """A fresh home with wrapper profiles that `setup` wrote."""

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
        run = subprocess.run(client.once, env=environment, cwd=self.path, text=True, timeout=HANG, **pipes)
        return run.stdout + run.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


class Sandbox:
    """Namespaces in which the home is empty. A broker outside answers on a socket inside."""

    # Covers the home, after its socket has another path.
    COVER = 'mount --bind "$1/run" "$HOME/run" && mount -t tmpfs none "$1" && shift && cd && exec "$@"'

    def __init__(self, options, home):
        self.home = home
        self.path = Path(tempfile.mkdtemp(prefix="inside-", dir=options.dir / "clients"))
        (self.path / "run").mkdir()
        (self.path / ".aws").mkdir()
        wrapper = f"[profile biz-amplify]\ncredential_process = {options.bin} process biz\nregion = us-east-1\n"
        (self.path / ".aws/config").write_text(wrapper)
        for name in ("amplify", "package.json"):
            shutil.move(home.path / name, self.path / name)
        self.broker = subprocess.Popen(
            [options.bin, "broker", "biz", "--socket", home.path / "run/socket"],
            env=home.variables, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        wait_for((home.path / "run/socket").exists, "the socket")

    def run(self, command, variables=None):
        environment = self.home.variables | (variables or {}) | {"HOME": str(self.path), "AWS_PROFILE": "biz-amplify"}
        environment["AMPLIFY_CREDS_SOCKET"] = str(self.path / "run/socket")
        command = [*NAMESPACES, "sh", "-c", self.COVER, "sh", self.home.path, *command]
        run = subprocess.run(command, env=environment, text=True, timeout=HANG, stdin=subprocess.DEVNULL, capture_output=True)
        return run.stdout + run.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.broker.terminate()
        self.broker.wait()
        shutil.rmtree(self.path, ignore_errors=True)


class KeyStore:
    """gnome-keyring on its own session bus, with an unlocked collection."""

    CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""

    def __init__(self, directory):
        config = Path(directory) / "bus.conf"
        config.write_text(self.CONFIG % directory)
        bus = ["dbus-daemon", f"--config-file={config}", "--print-address", "--nofork", "--nopidfile"]
        self.bus = subprocess.Popen(bus, stdout=subprocess.PIPE, text=True)
        self.variables = {"DBUS_SESSION_BUS_ADDRESS": self.bus.stdout.readline().strip()}
        environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory)} | self.variables
        keyring = ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"]
        self.keyring = subprocess.Popen(keyring, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.keyring.stdin.write(b"password")
        self.keyring.stdin.close()
        has_owner = ["dbus-send", f"--bus={self.variables['DBUS_SESSION_BUS_ADDRESS']}", "--print-reply", "--dest=org.freedesktop.DBus"]
        has_owner += ["/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
        answer = lambda: subprocess.run(has_owner, capture_output=True, text=True).stdout
        wait_for(lambda: "true" in answer(), "the start of gnome-keyring")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in (self.keyring, self.bus):
            process.kill()
            process.wait()
        self.bus.stdout.close()


class Terminal:
    """A client on its own pseudo-terminal."""

    def __init__(self, client, home):
        self.text = ""
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        environment = {name: value for name, value in home.environment(client, "mfa").items() if name != "CI"}
        # A new session with this controlling terminal, like the shell in a terminal emulator.
        own = "import os, fcntl, termios, sys; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
        command = [sys.executable, "-c", own, *client.once]
        ends = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave}
        self.process = subprocess.Popen(command, env=environment, cwd=home.path, **ends)

    def read(self, seconds):
        """Reads the available output. Returns after `seconds` without output, so that the caller can check the
        process."""
        if select.select([self.master], [], [], seconds)[0]:
            self.text += os.read(self.master, 65536).decode(errors="replace")

    def wait_for(self, words):
        deadline = time.monotonic() + HANG
        while words not in self.text:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(f"{words!r} on the terminal, which shows {self.text!r}")
            self.read(0.2)

    def type(self, keys):
        os.write(self.master, keys.encode())

    def end(self, code=None):
        """Waits for the client's end. Types `code()` at each prompt: on a busy machine, a code can expire before STS
        receives it."""
        deadline, questions = time.monotonic() + HANG, 1
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the client's end: {self.text!r}")
            self.read(0.2)
            if code and self.text.count(QUESTION) > questions:
                questions += 1
                self.type(code() + "\r")
        # A terminal keeps the order of its output: after this word, all output has been read.
        os.write(self.slave, END.encode())
        while END not in self.text:
            self.read(HANG)
        self.text = self.text.replace(END, "")
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


def wait_for(is_so, what):
    deadline = time.monotonic() + HANG
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        # The polling interval does not affect the result.
        time.sleep(0.05)
