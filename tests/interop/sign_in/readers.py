"""Other clients with our files, and our program with theirs."""

import hashlib
import json

from world import OWN, Doubles, Home, expect

REFRESH = "refresh_token"


def clients_read_our_sso_token(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("sso")
        expect(OWN in home.caller("sso"), home.caller("sso"))
        answers = sso_clients(home)
        expect(all(OWN in answer for answer in answers.values()), answers)
        expect(doubles.count("/token") == 1, "a client has refreshed a valid token")
        return ", ".join(answers)


def clients_refresh_our_sso_token(options):
    """Each refreshes it, and ours uses the result."""
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("sso")
        for name in sso_clients(home):
            home.expire()
            before = doubles.count("/token")
            answer = sso_clients(home, name)[name]
            expect(OWN in answer, f"{name}: {answer}")
            expect(doubles.count("/token") == before + 1, f"{name} has not refreshed the token")
            expect(OWN in home.caller("sso"), f"after {name}: {home.caller('sso')}")
            expect(doubles.count("/token") == before + 1, f"{name} has not stored the token, or ours does not use it")


def clients_read_our_sign_in(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("signin")
        answers = sign_in_clients(home)
        expect(all(OWN in answer for answer in answers.values()), answers)
        for name in answers:
            home.expire("signin")
            before = doubles.count("/v1/token", "signIn")
            answer = sign_in_clients(home, name)[name]
            expect(OWN in answer, f"{name}: {answer}")
            expect(doubles.count("/v1/token", "signIn") == before + 1, f"{name} has not refreshed the session")
            caller = home.caller("signin")
            expect(OWN in caller, f"after {name}: {caller}")
            expect(doubles.count("/v1/token", "signIn") == before + 1, f"{name} has not stored the session")
        return ", ".join(answers)


def sso_clients(home, only=None):
    clients = {
        "AWS CLI 2": lambda: home.aws("sts", "get-caller-identity", "--profile", "sso"),
        "boto3": lambda: home.boto3("sso"),
        "JavaScript fromSSO": lambda: home.javascript("fromSSO", "sso"),
        "JavaScript default chain": lambda: home.javascript("fromNodeProviderChain", "sso"),
    }
    return {name: client() for name, client in clients.items() if only in (None, name)}


def sign_in_clients(home, only=None):
    clients = {
        "boto3": lambda: home.boto3("signin"),
        "JavaScript fromLoginCredentials": lambda: home.javascript("fromLoginCredentials", "signin"),
        "JavaScript default chain": lambda: home.javascript("fromNodeProviderChain", "signin"),
    }
    return {name: client() for name, client in clients.items() if only in (None, name)}


def our_program_uses_the_token_of_the_aws_cli(options):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        aws_sso_login(home)
        expect(OWN in home.caller("sso"), home.caller("sso"))
        before = home.token()
        home.expire()
        expect(OWN in home.caller("sso"), home.caller("sso"))
        after = home.token()
        expect(doubles.bodies("/token")[-1]["grantType"] == REFRESH, "ours has not refreshed the token")
        expect(after["accessToken"] != before["accessToken"] and after["refreshToken"] != before["refreshToken"], "not stored")
        expect(after["clientId"] == before["clientId"], "the token has another client")
        expect(OWN in home.aws("sts", "get-caller-identity", "--profile", "sso"), "the AWS CLI cannot use our refreshed token")


def sign_in_after_the_aws_cli_registers_for_codes(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        aws_sso_login(home)
        sign_in_again(home)
        registered = doubles.bodies("/client/register")
        expect([body.get("grantTypes") for body in registered] == [None, ["authorization_code", REFRESH]], registered)
        tokens = doubles.bodies("/token")
        expect(tokens[0]["clientId"] != tokens[1]["clientId"], "the device registration was used for a code")
        sign_in_again(home)
        expect(doubles.count("/client/register") == 2, "the registration is not used again")
        aws_sso_login(home)
        expect(doubles.count("/client/register") == 2, "the AWS CLI's registration is gone")


def aws_cli_signs_in_after_ours(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("sso")
        aws_sso_login(home)
        expect(OWN in home.caller("sso"), home.caller("sso"))
        home.expire()
        expect(OWN in home.caller("sso"), home.caller("sso"))
        expect(doubles.count("/client/register") == 2, f"{doubles.count('/client/register')} registrations")


def device_code_after_a_code_registers_again(options):
    """Both flows of ours, in both orders."""
    for flows in ([], ["--device-code"]), (["--device-code"], []):
        with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
            for flow in flows:
                sign_in_again(home, *flow)
            expect(doubles.count("/client/register") == 2, f"{flows}: {doubles.count('/client/register')} registrations")
            clients = [body["clientId"] for body in doubles.bodies("/token")]
            expect(clients[0] != clients[1], f"{flows}: one registration for both flows")


def logout_ends_the_session_for_all_clients(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login("sso")
        home.login("signin")
        copy = home.sso_file.read_text()
        answers = sso_clients(home) | sign_in_clients(home)
        expect(all(OWN in answer for answer in answers.values()), answers)
        cache = list((home.path / ".aws/cli/cache").glob("*.json"))
        expect(cache, "the AWS CLI has cached no session")
        for profile in ("sso", "signin"):
            run = home.run("logout", profile)
            expect(run.returncode == 0 and run.stdout.startswith("Signed out of "), run)
        expect(not home.sso_file.exists() and not home.signin_file.exists(), "a token file remains")
        cache = list((home.path / ".aws/cli/cache").glob("*.json"))
        expect(not cache, f"sessions of the AWS CLI remain: {cache}")
        answers = sso_clients(home) | sign_in_clients(home)
        expect(not any(OWN in answer for answer in answers.values()), answers)
        # The portal has ended it, so that a copy of the file is useless.
        home.sso_file.write_text(copy)
        answers = sso_clients(home)
        expect(not any(OWN in answer for answer in answers.values()), f"with a copy of the token: {answers}")
        home.expire()
        answers = sso_clients(home)
        expect(not any(OWN in answer for answer in answers.values()), f"with the refresh token of a copy: {answers}")
        return f"{doubles.count('/logout')} call of Logout"


def vanity_start_url_signs_in(options):
    for status in ("302", "405", "501"):
        with Doubles(options.doubles, "--approve", "--head", status) as doubles:
            about = doubles.about["identityCenter"]
            with Home(options, doubles, about["vanityUrl"]) as home:
                home.login("sso")
                expect(OWN in home.caller("sso"), f"HEAD {status}: {home.caller('sso')}")
                issuer = doubles.bodies("/client/register")[0]["issuerUrl"]
                expect(issuer == about["startUrl"], f"HEAD {status}: issuer {issuer}")
                expect(home.token()["startUrl"] == about["vanityUrl"], f"HEAD {status}: {home.token()['startUrl']}")
                expect(home.sso_file.name.startswith(hashlib.sha1(b"corp").hexdigest()), home.sso_file)
                answer = home.boto3("sso")
                expect(OWN in answer, f"HEAD {status}: boto3: {answer}")


def vanity_start_url_outside_of_aws_is_refused(options):
    with Doubles(options.doubles, "--approve", "--vanity", "https://evil.example/start") as doubles:
        with Home(options, doubles, doubles.about["identityCenter"]["vanityUrl"]) as home:
            run = home.run("login", "sso")
            expect(run.returncode == 3 and "redirects to a host that does not belong to AWS" in run.stderr, run)
            expect(not doubles.requests()["identityCenter"], "IAM Identity Center was called")
            expect(not any("evil" in target for target in doubles.requests()["connects"]), "the redirect was followed")
            expect(not home.visit_count(), "a browser was opened")


def sign_in_again(home, *flow):
    home.sso_file.unlink(missing_ok=True)
    home.login("sso", *flow)


def aws_sso_login(home):
    output = home.aws("sso", "login", "--profile", "sso", "--no-browser")
    expect("Successfully logged into" in output, f"aws sso login: {output}")
    expect(json.loads(home.sso_file.read_text())["refreshToken"], "no refresh token")


ROWS = [
    clients_read_our_sso_token,
    clients_refresh_our_sso_token,
    clients_read_our_sign_in,
    our_program_uses_the_token_of_the_aws_cli,
    sign_in_after_the_aws_cli_registers_for_codes,
    aws_cli_signs_in_after_ours,
    device_code_after_a_code_registers_again,
    logout_ends_the_session_for_all_clients,
    vanity_start_url_signs_in,
    vanity_start_url_outside_of_aws_is_refused,
]
