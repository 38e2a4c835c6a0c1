"""The Amplify CLI (Gen 1): a project from its `init` to a denied role, in the walk-through's world."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

from world import REFUSED

DOWN, ENTER = "\x1b[B", "\r"
WRAPPER = "bizcorprole-amplify"
TABLE = [
    ("below mentioned services", DOWN + ENTER),
    ("friendly name", "users" + ENTER),
    ("table name", "users" + ENTER),
    ("name this column", "id" + ENTER),
    ("data type", ENTER),
    ("another column", "n" + ENTER),
    ("partition key", ENTER),
    ("sort key", "n" + ENTER),
    ("secondary ind", "n" + ENTER),
    ("Lambda Trigger", "n" + ENTER),
]
FUNCTION = [
    ("capability you want", ENTER),
    ("function name", "work" + ENTER),
    ("function template", ENTER),
    ("advanced settings", "n" + ENTER),
    ("edit the local lambda", "n" + ENTER),
]


class Project:
    """The steps in their order. Each returns its errors."""

    def __init__(self, world):
        self.world, self.app = world, world.directory / "app"
        self.app.mkdir()
        (self.app / "package.json").write_text('{"name": "app", "version": "1.0.0"}')
        world.make_policies("app-dev", "upd")
        self.boundary, self.changed = (f"arn:aws:iam::222222222222:policy/{name}" for name in ("app-dev", "upd"))

    def amplify(self, *words, directory=None, **more):
        return self.world.run([*self.world.amplify, *words], directory or self.app, **more)

    def setup(self):
        self.world.creds("setup", "bizcorprole", answers=[("Write this", "y" + ENTER), ("Log in now", "n" + ENTER)])
        config = (self.world.home / ".aws/config").read_text()
        return [f"[profile {WRAPPER}]" in config or f"the config is {config}"]

    def init(self):
        self.amplify(*headless(), "--permissions-boundary", self.boundary)
        yield self.holds(self.boundary)
        shown = self.world.creds("boundary", "show", directory=self.app).text
        yield self.boundary in shown or f"boundary show prints {shown!r}"
        yield self.world.sts_count("AssumeRole") == 1 or "more than one AssumeRole"

    def add_storage(self):
        self.amplify("add", "storage", answers=TABLE)
        return [(self.app / "amplify/backend/storage/users").is_dir() or "no storage"]

    def add_function(self):
        self.amplify("add", "function", answers=FUNCTION)
        # Its push would install development types from the npm registry.
        package = self.app / "amplify/backend/function/work/src/package.json"
        package.write_text('{"name": "work", "version": "2.0.0", "main": "index.js"}')
        return []

    def push(self):
        self.amplify("push", "--yes")
        yield "users-dev" in self.world.tables() or f"tables {self.world.tables()}"
        yield "work-dev" in self.world.functions() or f"functions {self.world.functions()}"
        yield self.roles_carry(self.boundary)

    def status(self):
        return ["users" in self.amplify("status").text or "status does not show the table"]

    def boundary_set(self):
        self.world.creds("boundary", "set", self.changed, "--yes", directory=self.app)
        return [self.holds(self.changed)]

    def push_again(self):
        # In a push without changes, Amplify's progress bar does not stop after moto's error.
        with (self.app / "amplify/backend/function/work/src/index.js").open("a") as source:
            source.write("// changed\n")
        self.amplify("push", "--force", "--yes")
        # moto does not change the boundary of an existing role, so only the templates show it.
        found = dict(self.world.template_boundaries("inhb-dev"))
        yield len(found) >= 3 or f"roles in the templates: {', '.join(found)}"
        # CloudFormation updates a nested stack if its template changes at the same URL; moto does not.
        roots = {name: arn for name, arn in found.items() if "functionwork" not in name}
        yield from (f"{name} has the boundary {arn}" for name, arn in roots.items() if arn != self.changed)
        built = self.app / "amplify/backend/awscloudformation/build/function/work/work-cloudformation-template.json"
        yield self.changed in built.read_text() or "the template that is uploaded for the function has another boundary"
        yield self.holds(self.changed)

    def pull(self):
        self.amplify("pull", "--yes")
        return [self.holds(self.changed)]

    def reset_cache(self):
        self.amplify("aws", "reset-cache")
        return [self.world.sessions() > 0 or "the wrapper's sessions are gone"]

    def reset_cache_ours(self):
        self.world.creds("reset-cache", directory=self.app)
        return [self.world.sessions() == 0 or "sessions are left"]

    def six_pulls(self):
        self.world.creds("reset-cache", "--all")
        before = self.world.sts_count("AssumeRole"), self.world.sts_count("GetSessionToken")
        clones = [self.world.directory / f"pull-{number}" for number in range(6)]
        for clone in clones:
            shutil.copytree(self.app, clone)
        with ThreadPoolExecutor(len(clones)) as pool:
            list(pool.map(lambda clone: self.amplify("pull", "--yes", directory=clone), clones))
        after = self.world.sts_count("AssumeRole"), self.world.sts_count("GetSessionToken")
        calls = tuple(late - early for early, late in zip(before, after))
        yield calls == (1, 1) or f"{calls[0]} AssumeRole and {calls[1]} GetSessionToken"

    def fresh_clone(self):
        clone = self.clone("clone")
        self.amplify(*headless(self.app_id()), directory=clone)
        shown = self.amplify("status", directory=clone).text
        return ["users" in shown or "status in the clone does not show the table"]

    def in_ci(self):
        """The set-up for CI: a clone, no profile in Amplify, the credentials of the environment."""
        clone = self.clone("ci")
        command = ["amplify-creds", "exec", "bizcorprole", "--", *self.world.amplify]
        self.world.run([*command, *headless(self.app_id(), provider={"configLevel": "general"})], clone)
        ran = self.world.run([*command, "status"], clone)
        return ["users" in ran.text or "status in the clone does not show the table"]

    def env_add(self):
        self.amplify("env", "add", *headless(env="test")[1:])
        return [self.holds(self.changed, "test")]

    def other_environment(self):
        """The boundary of an environment that is not the current one, set before its checkout."""
        self.world.creds("boundary", "set", self.boundary, "--env", "dev", "--yes", directory=self.app)
        self.amplify("env", "checkout", "dev")
        yield self.holds(self.boundary)
        self.amplify("push", "--force", "--yes")
        yield self.holds(self.boundary)

    def show_cloud(self):
        ran = self.world.creds("boundary", "show", "--cloud", directory=self.app, check=False)
        # moto does not change the boundary of an existing role, so the roles have the one of `init`.
        yield ran.status == 0 or f"status {ran.status}: {ran.text}"
        yield "authRole" in ran.text or ran.text

    def refused(self):
        info = self.app / "amplify/.config/local-aws-info.json"
        kept = info.read_text()
        config = self.world.home / ".aws/config"
        before = config.read_text()
        config.write_text(before + REFUSED)
        self.world.creds("setup", "refused", "--yes")
        info.write_text(kept.replace(WRAPPER, "refused-amplify"))
        ran = self.amplify("pull", "--yes", check=False)
        info.write_text(kept)
        config.write_text(before)
        yield ran.status != 0 or "the pull passes"
        yield "cannot assume" in ran.text or f"our error is not on the terminal: {ran.text[-300:]!r}"

    def list_denied(self):
        self.world.front.denied.add("cloudformation:ListStackResources")
        ran = self.amplify("pull", "--yes", check=False)
        self.world.front.denied.clear()
        return [ran.status != 0 or "the pull needs no ListStackResources"]

    def clone(self, name):
        clone = self.world.directory / name
        local = shutil.ignore_patterns("local-*.json", "#current-cloud-backend", "amplify-meta.json", "build", "node_modules")
        shutil.copytree(self.app, clone, ignore=local)
        return clone

    def app_id(self):
        info = json.loads((self.app / "amplify/team-provider-info.json").read_text())
        return info["dev"]["awscloudformation"]["AmplifyAppId"]

    def holds(self, arn, env="dev"):
        """Whether both of Amplify's files contain this boundary."""
        info = json.loads((self.app / "amplify/team-provider-info.json").read_text())[env]
        meta = json.loads((self.app / "amplify/backend/amplify-meta.json").read_text())["providers"]
        for name, provider in (("team-provider-info", info), ("amplify-meta", meta)):
            found = provider["awscloudformation"].get("PermissionsBoundaryPolicyArn")
            if found != arn:
                return f"{name} has the boundary {found}"
        return True

    def roles_carry(self, arn):
        lacking = [role for role, boundary in self.world.roles().items() if "inhb-dev" in role and boundary != arn]
        return not lacking or f"without the boundary: {', '.join(lacking)}"

    STEPS = (
        ("setup", setup), ("amplify init", init), ("amplify add storage", add_storage), ("amplify add function", add_function),
        ("amplify push", push), ("amplify status", status), ("boundary set", boundary_set), ("amplify push (2nd)", push_again),
        ("amplify push (3rd)", push_again), ("amplify pull", pull), ("amplify aws reset-cache", reset_cache),
        ("reset-cache", reset_cache_ours), ("amplify init (clone)", fresh_clone), ("amplify init (CI)", in_ci),
        ("amplify pull (six)", six_pulls), ("amplify env add", env_add), ("amplify env checkout", other_environment),
        ("boundary show --cloud", show_cloud), ("amplify pull (refused)", refused), ("amplify pull (denied)", list_denied),
    )  # fmt: skip


WITH_PROFILE = {"configLevel": "project", "useProfile": True, "profileName": WRAPPER}


def headless(app_id=None, env="dev", provider=WITH_PROFILE):
    amplify = {"projectName": "inhb", "envName": env, "defaultEditor": "code"} | ({"appId": app_id} if app_id else {})
    config = {"SourceDir": "src", "DistributionDir": "dist", "BuildCommand": "build", "StartCommand": "start"}
    frontend = {"frontend": "javascript", "framework": "none", "config": config}
    documents = {"amplify": amplify, "providers": {"awscloudformation": provider}, "frontend": frontend}
    return ["init", *(word for name, document in documents.items() for word in (f"--{name}", json.dumps(document))), "--yes"]
