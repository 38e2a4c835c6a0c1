"""What a failure prints, and that it loses nothing."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys

from world import OWN, PYTHON, Doubles, Home, Problem, expect, finished, wait_for

# Users without a name. The checks run as root, for whom no file is read-only.
FIRST, SECOND = 64321, 64322
SIGNED_IN = "signed in to "


def closed_proxy_is_reported(options):
    with signed_in(options) as (doubles, home):
        kept, proxy = home.sso_file.read_text(), f"http://127.0.0.1:{closed_port()}"
        found = []
        for arguments in (["process", "sso"], ["login", "--refresh", "sso"]):
            found.append(home.run(*arguments, HTTPS_PROXY=proxy))
        # Without a registration, `login` calls IAM Identity Center first.
        home.sso_file.parent.rename(home.path / "cache")
        found.append(home.run("login", "sso", HTTPS_PROXY=proxy))
        expect(home.visit_count() == 1, "a browser was opened")
        # AWS Sign-In is first called with the code. The browser has a network.
        found.append(home.run("login", "signin", HTTPS_PROXY=proxy, BROWSER_PROXY=doubles.about["proxy"]))
        # The page of the earlier sign-in is the first one.
        wait_for(lambda: len(list(home.visits.glob("page-*"))) == 2, "last page")
        pages = "".join(page.read_text() for page in home.visits.glob("page-*"))
        expect("Not signed in" in pages and "Connection refused" in pages, f"the last pages: {pages}")
        shutil.rmtree(home.sso_file.parent, ignore_errors=True)
        (home.path / "cache").rename(home.sso_file.parent)
        for run in found:
            clear(run, home, 6, "proxy")
        expect(home.sso_file.read_text() == kept, "the token has changed")
        expect(not home.signin_file.exists(), "a session was stored")
        return "; ".join(first_line(run) for run in found)


def browser_that_fails_prints_the_address(options):
    for browser in ("false", "/nonexistent/browser"):
        with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
            visit = home.variables["BROWSER"].split()
            process = home.start("login", "sso", BROWSER=browser)
            lines = []
            while not (lines and lines[-1].startswith("  https://")):
                line = process.stderr.readline()
                expect(line, f"{browser}: no address: {lines}")
                lines.append(line)
            expect(any("Cannot open a browser" in line for line in lines), lines)
            home.client([*visit, lines[-1].strip()])
            run = finished(process)
            expect(run.returncode == 0 and SIGNED_IN in run.stderr, f"{browser}: {lines}{run}")
            expect(OWN in home.caller("sso"), home.caller("sso"))


def closed_browser_can_be_opened_again(options):
    """Ctrl-C during a sign-in keeps the earlier token."""
    with signed_in(options) as (doubles, home):
        kept = home.sso_file.read_text()
        doubles.say("sign-out")
        process = home.start("login", "sso", BROWSER="true")
        wait_for(lambda: listening(process.pid), "listener")
        process.send_signal(2)
        run = finished(process)
        expect(run.returncode in (-2, 130), run)
        expect(home.sso_file.read_text() == kept, "the token has changed")
        expect([file.name for file in home.sso_file.parent.iterdir() if file.suffix != ".json"] == [], "files remain")
        return f"exit {run.returncode}"


def clock_that_is_off_by_an_hour(options):
    if not shutil.which("faketime"):
        raise Problem("faketime is not installed")
    found = []
    for offset in ("+1h", "-1h"):
        before = ("faketime", "-f", offset)
        with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
            run = home.run("login", "sso", before=before)
            expect(run.returncode == 0, f"{offset}: login sso: {run.stderr}")
            run = home.run("process", "sso", before=before)
            expect(run.returncode == 0 and json.loads(run.stdout)["AccessKeyId"], f"{offset}: process sso: {run.stderr}")
            # The proof of AWS Sign-In has the time.
            run = home.run("login", "signin", before=before)
            clear(run, home, None, "clock")
            found.append(f"{offset}: exit {run.returncode}, {first_line(run)}")
            expect(not home.signin_file.exists(), "a session was stored")
            # The clock is right again. The times in the file are not.
            expect(OWN in home.caller("sso"), f"{offset}: {home.caller('sso')}")
            expect(OWN in home.boto3("sso"), f"{offset}: {home.boto3('sso')}")
    return "; ".join(found)


def torn_token_is_reported_and_replaced(options):
    with signed_in(options) as (doubles, home):
        whole = home.sso_file.read_text()
        for text in (whole[: len(whole) // 2], ""):
            home.sso_file.write_text(text)
            shutil.rmtree(home.path / ".amplify", ignore_errors=True)
            clear(home.run("process", "sso"), home, 4, "amplify-creds login sso", secrets=whole)
            expect(home.sso_file.read_text() == text, "the file has changed")
            home.login("sso")
            expect(OWN in home.caller("sso"), home.caller("sso"))


def token_that_is_written_in_place_is_read(options):
    """The SDK for JavaScript and the AWS CLI 2.9 do not replace the file, but write into it."""
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("sso")
        writer = "import sys, time\ntext = open(sys.argv[1]).read()\nprint('ready', flush=True)\nwhile True:\n"
        writer += "    file = open(sys.argv[1], 'w'); time.sleep(0.002); file.write(text); file.close(); time.sleep(0.01)\n"
        command = [sys.executable, "-c", writer, str(home.sso_file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                process.stdout.readline()
                runs = [home.run("process", "sso", "--refresh") for _ in range(options.rounds)]
            finally:
                process.kill()
        failed = [run.stderr for run in runs if run.returncode != 0]
        expect(not failed, f"{len(failed)} of {len(runs)} failed: {failed[:1]}")
        return f"{len(runs)} reads"


def read_only_cache_is_reported_before_the_browser(options):
    with of_user(options, FIRST) as (doubles, home):
        cache = home.sso_file.parent
        cache.mkdir(parents=True)
        give(home.path, FIRST)
        cache.chmod(0o500)
        run = home.run("login", "sso", before=as_user(FIRST))
        clear(run, home, None, "cache")
        expect(not home.visit_count(), "a browser was opened")
        expect(not doubles.requests()["identityCenter"], "IAM Identity Center was called")
        cache.chmod(0o700)
        run = home.run("login", "sso", before=as_user(FIRST))
        expect(run.returncode == 0, run)
        # The refresh token is valid once, so it must not be used if its successor cannot be stored.
        home.expire()
        give(home.path, FIRST)
        cache.chmod(0o500)
        run = home.run("process", "sso", before=as_user(FIRST))
        clear(run, home, 4, "cannot be written")
        expect(doubles.count("/token") == 1, "the refresh token was used")
        cache.chmod(0o700)
        again = home.run("process", "sso", before=as_user(FIRST))
        expect(again.returncode == 0 and doubles.count("/token") == 2, again)
        return first_line(run)


def other_user_gets_403_from_the_start_address(options):
    with of_user(options, FIRST) as (doubles, home):
        run = other_user_gets_403(home, "login", "sso", visit=home.variables["BROWSER"].split())
        expect(run.returncode == 0 and SIGNED_IN in run.stderr, run)
        expect(home.sso_file.stat().st_mode & 0o777 == 0o600, oct(home.sso_file.stat().st_mode))


def other_user_gets_403_from_the_start_address_of_the_console(options):
    with of_user(options, FIRST) as (doubles, home):
        visit = ["curl", "-sf", "-o", os.devnull]
        run = other_user_gets_403(home, "console", "role", visit=visit)
        expect(run.returncode == 0 and "opened the console" in run.stderr, run)


def other_user_gets_403(home, *command, visit):
    give(home.path, FIRST)
    recorder = f"{PYTHON} -c \"import sys; open('{home.visits}/address', 'w').write(sys.argv[1] + ' ')\""
    process = home.start(*command, before=as_user(FIRST), BROWSER=recorder)
    try:
        address = home.visits / "address"
        wait_for(lambda: address.exists() and address.read_text().endswith(" "), "start address")
        address = address.read_text().strip()
        curl = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code} %{redirect_url}", address]
        for _ in range(3):
            answer = home.client([*as_user(SECOND), *curl])
            expect(answer == "403", f"the other user gets: {answer}")
        visited = home.client([*as_user(FIRST), *visit, address])
        expect(not visited.startswith("exit"), f"the user gets: {visited}")
        return finished(process)
    finally:
        process.poll() is None and process.kill()


def home_of_another_user_is_not_used(options):
    with of_user(options, FIRST) as (doubles, home):
        give(home.path, FIRST)
        run = home.run("login", "sso", before=as_user(FIRST))
        expect(run.returncode == 0, run)
        home.expire()
        doubles.say("sign-out")
        give(home.path, FIRST)
        kept = home.sso_file.read_text()
        found = []
        # Root under sudo with HOME of the user, and another user.
        for before in ((), as_user(SECOND)):
            home.path.chmod(0o755)
            run = home.run("login", "sso", before=before)
            clear(run, home, None, "")
            found.append(f"exit {run.returncode}, {first_line(run)}")
            owners = {path.stat().st_uid for path in home.path.rglob("*") if ".aws" in path.parts or ".amplify" in path.parts}
            expect(owners == {FIRST}, f"files of the users {owners}")
            expect(home.sso_file.read_text() == kept, "the token has changed")
        expect(home.visit_count() == 1, "a browser was opened for the other user")
        return "; ".join(found)


class signed_in:
    """Doubles and a home with a token of IAM Identity Center that has expired."""

    def __init__(self, options, *arguments):
        self.doubles = Doubles(options.doubles, "--approve", *arguments)
        self.home = Home(options, self.doubles)

    def __enter__(self):
        self.home.login("sso")
        self.home.expire()
        return self.doubles, self.home

    def __exit__(self, *error):
        self.home.__exit__(*error)
        self.doubles.__exit__(*error)


class of_user:
    """Doubles and a home, which `give` gives to a user."""

    def __init__(self, options, user):
        if os.geteuid() != 0:
            raise Problem("only root can run a check with two users")
        self.doubles = Doubles(options.doubles, "--approve")
        self.home = Home(options, self.doubles)
        # The authority's directory is private.
        ca = self.home.path / "ca.pem"
        shutil.copy(self.doubles.about["ca"], ca)
        ca.chmod(0o644)
        self.home.variables["AWS_CA_BUNDLE"] = str(ca)

    def __enter__(self):
        return self.doubles, self.home

    def __exit__(self, *error):
        self.home.__exit__(*error)
        self.doubles.__exit__(*error)


def give(directory, user):
    for path in [directory, *directory.rglob("*")]:
        os.chown(path, user, user)


def as_user(user):
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listening(process):
    """Whether a process has a TCP socket that listens."""
    with open(f"/proc/{process}/net/tcp") as lines:
        inodes = {line.split()[9] for line in lines if line.split()[3] == "0A"}
    links = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{process}/fd")]
    return any(f"socket:[{inode}]" in links for inode in inodes)


def first_line(run):
    return next((line for line in run.stderr.splitlines() if line.startswith("amplify-creds: ")), run.stderr)


def clear(run, home, code, word, secrets=None):
    """The error's first line is complete and short, the message has the word, and no secret."""
    line = first_line(run)
    expect(run.returncode == code if code else run.returncode not in (0, 101), f"exit {run.returncode}, not {code}: {run.stderr}")
    expect(line.startswith("amplify-creds: ") and len(line) < 200 and not line.endswith(("…", "...")), f"first line: {run.stderr}")
    expect(word in run.stderr, f"no {word!r}: {run.stderr}")
    text = secrets or (home.sso_file.read_text() if os.access(home.sso_file, os.R_OK) else "")
    leaks = [value for value in re.findall(r'"([^"]{40,})"', text) if value in run.stderr + run.stdout]
    expect(not leaks and "code_challenge" not in line, f"a secret: {run.stderr}")


ROWS = [
    closed_proxy_is_reported,
    browser_that_fails_prints_the_address,
    closed_browser_can_be_opened_again,
    clock_that_is_off_by_an_hour,
    torn_token_is_reported_and_replaced,
    token_that_is_written_in_place_is_read,
    read_only_cache_is_reported_before_the_browser,
    other_user_gets_403_from_the_start_address,
    other_user_gets_403_from_the_start_address_of_the_console,
    home_of_another_user_is_not_used,
]
