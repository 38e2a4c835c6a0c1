"""Chromium on the page of the console."""

from pages import arguments_of
from world import Doubles, Home, expect, finished, result

ACCOUNT, ROLE = "222222222222", "NoMfa"


def chromium_opens_the_console_of_a_role(options):
    return console(options)


def chromium_opens_the_console_without_post(options):
    return console(options, commands=["no-post"])


def chromium_opens_the_console_by_a_template(options):
    return console(options, template="{url}")


def chromium_opens_the_portal_of_identity_center(options):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        directory = home.chromium(None)
        run = home.run("console", "sso")
        expect(run.returncode == 0 and "opened the console of account 111111111111, role Own" in run.stderr, run)
        page = result(directory, "last")
        expect(page["heading"] == "Portal", page)
        expect(page["hash"].startswith("#/console?account_id=111111111111&role_name=Own&destination="), page)
        expect(not doubles.requests()["console"], "the federation endpoint was called")


def console(options, commands=(), template=None):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        for command in commands:
            doubles.say(command)
        directory = home.chromium(None, holds=True, template=template)
        process = home.start("console", "role", "--service", "s3")
        try:
            page = result(directory, "last")
            run = finished(process)
            # The browser is still open.
            command_lines = arguments_of({process.pid}) + all_arguments()
        finally:
            process.poll() is None and process.kill()
            (directory / "close").touch()
        expect(run.returncode == 0 and run.stdout == "", f"exit {run.returncode}: {run.stderr}")
        expect(f"opened the console of account {ACCOUNT}, role {ROLE}, for 1 h 00 m" in run.stderr, run.stderr)
        expect(page["heading"] == "Console" and not page["problems"], page)
        destination = "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"
        for row in (f"account: {ACCOUNT}", f"role: {ROLE}", f"destination: {destination}", "duration: 3600 s"):
            expect(row in page["text"], page)
        requests = doubles.requests()["console"]
        expect(requests[0]["method"] == "POST" and not requests[0]["query"], requests[0])
        expect(not [line for line in command_lines if "SigninToken" in line], "the token is in an argument")
        return f"{len(command_lines)} command lines, {len(requests)} requests"


def all_arguments():
    """The command lines of all processes: the browser may have left ours."""
    return arguments_of({1})


ROWS = [
    chromium_opens_the_console_of_a_role,
    chromium_opens_the_console_without_post,
    chromium_opens_the_console_by_a_template,
    chromium_opens_the_portal_of_identity_center,
]
