"""Chromium on the pages of a sign-in."""

import json
import shutil
from pathlib import Path

from world import SESSION_ARN, Doubles, Home, expect, finished, result

PROFILES = {"sso": "account 111111111111, role Own", "signin": SESSION_ARN}


def chromium_allows_sso(options):
    return last_page(options, "sso", "allow", "Signed in", 0)


def chromium_denies_sso(options):
    return last_page(options, "sso", "deny", "Not signed in", 4)


def chromium_allows_sign_in(options):
    return last_page(options, "signin", "allow", "Signed in", 0)


def chromium_denies_sign_in(options):
    return last_page(options, "signin", "deny", "Not signed in", 4)


def chromium_with_a_session_comes_back_at_once(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        for profile in PROFILES:
            directory = home.chromium(None)
            home.login(profile)
            page = result(directory, "last")
            expect(page["heading"] == "Signed in" and not page["problems"], page)


def last_page(options, profile, press, heading, status):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        directory = home.chromium(press, holds=True)
        process = home.start("login", profile)
        try:
            before = result(directory, "ready")
            expect(before["icon"] == 404, f"the icon: {before}")
            expect(before["again"] == 404, f"the start address answers again: {before}")
            expect(before["url"].endswith("/authorize"), before)
            processes = {process.pid}
            command_lines = arguments_of(processes)
            expect(any(before["address"] in line for line in command_lines), "the browser is not among our processes")
            (directory / "press").touch()
            page = result(directory, "last")
            run = finished(process)
            # The browser is still open.
            command_lines += arguments_of(processes)
        finally:
            process.poll() is None and process.kill()
            (directory / "close").touch()
        expect(run.returncode == status, f"exit {run.returncode}: {run.stderr}")
        expect(page["heading"] == heading and page["title"] == f"amplify-creds: {heading}", page)
        expect(PROFILES[profile] in page["text"][0], page)
        expect(page["styled"] == "12px", f"the style is not used: {page}")
        expect(not page["problems"], page["problems"])
        file = home.sso_file if profile == "sso" else home.signin_file
        expect(file.exists() == (status == 0), f"{file}")
        secrets = [] if status else values(file.read_text())
        leaks = [line for line in command_lines for word in ["state=", "code_challenge", "code=", *secrets] if word in line]
        expect(not leaks, f"arguments: {leaks}")
        shots = options.dir / "screenshots"
        shots.mkdir(exist_ok=True)
        for scheme in ("light", "dark"):
            shutil.copy(directory / f"{scheme}.png", shots / f"{profile}-{press}-{scheme}.png")
        return f"{len(command_lines)} command lines, screenshots in {shots}"


def values(text):
    """The secrets of a token file."""
    fields = json.loads(text)
    found = [fields[name] for name in ("accessToken", "refreshToken", "clientSecret") if name in fields]
    keys = fields["accessToken"]
    found += [keys["secretAccessKey"], keys["sessionToken"]] if isinstance(keys, dict) else []
    return [value for value in found if isinstance(value, str)]


def arguments_of(processes):
    """The command lines of these processes and of those that they started, which are added."""
    parents = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            # The name in parentheses may contain blanks.
            parents[int(directory.name)] = int((directory / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    more = True
    while more:
        more = {process for process, parent in parents.items() if parent in processes} - processes
        processes |= more
    lines = []
    for process in processes:
        try:
            lines.append(Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines


ROWS = [
    chromium_allows_sso,
    chromium_denies_sso,
    chromium_allows_sign_in,
    chromium_denies_sign_in,
    chromium_with_a_session_comes_back_at_once,
]
