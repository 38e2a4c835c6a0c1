"""The program in a home of its own, with the profile files of the walk-through."""

import json
import os
import pathlib
import subprocess

CONFIG = """[profile bizcorprole]
role_arn = arn:aws:iam::222222222222:role/BizCorpRole
source_profile = devcorpuser
mfa_serial = arn:aws:iam::111111111111:mfa/devcorpuser
external_id = BizCorp-Ext-4711
region = us-east-1

[profile deploy]
role_arn = arn:aws:iam::333333333333:role/teams/web/Deploy
source_profile = bizcorprole
session_tags = team=web
source_identity = dev
duration_seconds = 3600

[profile devcorpuser]
region = us-east-1
"""


class Home:
    """A home directory, and the program that runs in it."""

    def __init__(self, directory, program, environment=None):
        self.path = pathlib.Path(directory)
        self.program = str(pathlib.Path(program).resolve())
        self.environment = {"HOME": directory, "PATH": os.environ["PATH"], **(environment or {})}
        (self.path / ".aws").mkdir(exist_ok=True)
        self.write(".aws/config", CONFIG)
        self.write(".aws/credentials", "[devcorpuser]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n")

    def write(self, name, text):
        """Writes a file in the home."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments, status=0, directory=None):
        """The program's output. Its status must be `status`."""
        ran = subprocess.run(
            [self.program, *arguments],
            capture_output=True,
            cwd=self.path / (directory or "."),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            text=True,
            # Only a hanging run takes this long. The others take less than a second.
            timeout=600,
            check=False,
        )
        if ran.returncode != status:
            raise AssertionError(f"{arguments}: status {ran.returncode}, not {status}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def json(self, *arguments, status=0, directory=None):
        """The output as a JSON document."""
        return json.loads(self.run(*arguments, status=status, directory=directory))

    def policies(self, *arguments):
        """The documents of `policy`, one or several."""
        found = self.json("policy", *arguments)
        return found if isinstance(found, list) else [found]
