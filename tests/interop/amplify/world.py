"""The simulated AWS, a home of the walk-through in it, and programs on their own terminals."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import front

sys.path.insert(0, str(Path(__file__).parent.parent))
from clients_world import CREDENTIALS, EXTERNAL_ID, Double, Moto  # noqa: E402

ACCOUNT = front.service.ACCOUNT
CONFIG = f"""[profile bizcorprole]
role_arn = arn:aws:iam::222222222222:role/BizCorpRole
source_profile = devcorpuser
external_id = {EXTERNAL_ID}
mfa_serial = arn:aws:iam::111111111111:mfa/devcorpuser
region = us-east-1

[profile devcorpuser]
region = us-east-1
"""
# Another profile with the same role. If it is in the file, Amplify's cache entries could belong to either profile.
REFUSED = """
[profile refused]
role_arn = arn:aws:iam::222222222222:role/BizCorpRole
source_profile = devcorpuser
external_id = another-one
region = us-east-1
"""
CODE = r"Enter the MFA token code:|MFA code"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\r")
# Seconds after which a program counts as hanging. The longest, `ampx sandbox`, takes one minute.
HANG = 300


class World:
    def __init__(self, options):
        self.options = options
        os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
        self.sts, self.moto = Double(options.sts), Moto()
        self.codes, self.one_asks = [], threading.Lock()
        self.directory = Path(options.dir).resolve() / "run"
        self.home = self.directory / "home"
        (self.home / ".aws").mkdir(parents=True)
        self.front = front.Front(self.directory, self.sts.endpoint, self.moto.endpoint)
        (self.home / ".aws/config").write_text(CONFIG)
        (self.home / ".aws/credentials").write_text(CREDENTIALS)
        self.cache = self.home / ".amplify/awscloudformation/cache.json"
        link = self.directory / "bin"
        link.mkdir()
        (link / "amplify-creds").symlink_to(Path(options.bin).resolve())
        self.variables = {
            "HOME": str(self.home), "PATH": f"{link}:{os.environ['PATH']}", "TERM": "xterm", "LANG": "C.UTF-8",
            "NODE_NO_WARNINGS": "1", "AWS_REGION": "us-east-1", "CDK_DISABLE_VERSION_CHECK": "1", **self.front.variables(),
        }  # fmt: skip
        self.gen1, self.gen2, self.older = (Path(options.dir).resolve() / name for name in ("gen1", "gen2", "older"))
        self.amplify = ["node", str(self.gen1 / "node_modules/@aws-amplify/cli-internal/bin/amplify")]
        self.cdk = ["node", str(self.gen2 / "node_modules/aws-cdk/bin/cdk")]
        self.ampx = ["node", str(self.gen2 / "node_modules/@aws-amplify/backend-cli/lib/ampx.js")]

    def run(self, command, directory, answers=(), check=True, until=None, **more):
        """Runs a program on a terminal and returns its output. `answers` are pairs of a prompt and its answer, in
        order. A prompt for a code is always answered. If `until` returns true, the program is ended."""
        environment = {name: value for name, value in (self.variables | more).items() if value is not None}
        program = Program([str(word) for word in command], directory, environment)
        program.play(list(answers), self.code, until)
        if check and program.status != 0:
            raise Failed(f"{' '.join(map(str, command[-4:]))}: status {program.status}\n{program.text[-3000:]}")
        return program

    def code(self):
        """An unused code. AWS also accepts the next code, but no code twice, and none that is older than a used one."""
        while True:
            with self.one_asks:
                self.sts.say("codes")
                line = next(line for line in reversed(self.sts.lines) if "# codes " in line)
                fresh = [code for code in line.split(",")[0].split()[3:] if code not in self.codes]
                if fresh:
                    self.codes.append(fresh[0])
                    return fresh[0]
            # The polling interval does not affect the result.
            time.sleep(1)

    def creds(self, *arguments, directory=None, check=True, **more):
        return self.run(["amplify-creds", *arguments], directory or self.home, check=check, **more)

    def moto_client(self, service):
        import boto3

        keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
        return boto3.client(service, endpoint_url=self.moto.endpoint, region_name="us-east-1", **keys)

    def make_policies(self, *names):
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        for name in names:
            self.moto_client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(everything))

    def tables(self):
        return self.moto_client("dynamodb").list_tables()["TableNames"]

    def functions(self):
        return [function["FunctionName"] for function in self.moto_client("lambda").list_functions()["Functions"]]

    def roles(self):
        """The boundary of each role, by name."""
        iam = self.moto_client("iam")
        names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
        boundary = lambda name: iam.get_role(RoleName=name)["Role"].get("PermissionsBoundary", {})
        return {name: boundary(name).get("PermissionsBoundaryArn") for name in names}

    def template_boundaries(self, part):
        """The boundaries of the roles in the templates of the stacks with this part in their names."""
        cloud = self.moto_client("cloudformation")
        stacks = [stack["StackName"] for stack in cloud.describe_stacks()["Stacks"] if part in stack["StackName"]]
        for stack in stacks:
            resources = cloud.get_template(StackName=stack)["TemplateBody"]["Resources"]
            roles = ((name, resource) for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role")
            yield from ((f"{stack} {name}", role["Properties"].get("PermissionsBoundary")) for name, role in roles)

    def sts_count(self, action):
        self.sts.code()  # all earlier calls are reported now
        return self.sts.count(action)

    def sessions(self):
        """The number of sessions in the cache."""
        roles = json.loads(self.cache.read_text()) if self.cache.exists() else {}
        return sum(len(sessions) for sessions in roles.values())

    def stop(self):
        self.sts.stop()
        self.moto.__exit__()
        self.front.shutdown()


class Failed(Exception):
    pass


class Program:
    def __init__(self, command, directory, environment):
        self.text, self.status = "", None
        self.master, slave = pty.openpty()
        # Wide enough to prevent wrapped lines.
        fcntl.ioctl(slave, termios.TIOCSWINSZ, b"\x32\x00\x2c\x01\x00\x00\x00\x00")
        own = "import os,fcntl,termios,sys; os.setsid(); fcntl.ioctl(0,termios.TIOCSCTTY,0); os.execvp(sys.argv[1],sys.argv[1:])"
        ends = {"stdin": slave, "stdout": slave, "stderr": slave}
        self.process = subprocess.Popen([sys.executable, "-c", own, *command], cwd=directory, env=environment, **ends)
        os.close(slave)

    def play(self, answers, code, until):
        deadline, seen, coded = time.monotonic() + HANG, 0, 0
        while True:
            if until and until():
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                return
            if time.monotonic() > deadline:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                waits = f", which waits for {answers[0][0]!r}" if answers else ""
                raise Failed(f"a program hangs{waits}: {self.text[-3000:]}")
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    data = os.read(self.master, 65536)
                except OSError:  # the terminal is closed
                    break
                self.text += ESCAPES.sub("", data.decode(errors="replace"))
            elif self.process.poll() is not None:
                break
            if len(re.findall(CODE, self.text)) > coded:
                coded = len(re.findall(CODE, self.text))
                os.write(self.master, (code() + "\r").encode())
            else:
                # A question that did not appear is skipped when the next one appears.
                for position, (question, keys) in enumerate(answers):
                    if found := re.search(question, self.text[seen:]):
                        seen += found.end()
                        # The prompts lose keys that arrive while they are drawn.
                        for key in re.findall(r"\x1b\[.|\r|[^\x1b\r]+", keys):
                            time.sleep(0.4)
                            os.write(self.master, key.encode())
                        del answers[: position + 1]
                        break
        self.status = self.process.wait()
        os.close(self.master)
