"""Prints botocore's result for each row of the resolution table: one JSON line per row. The argument is a file with one
JSON line per row, which contains the paths of its two files. Nothing is fetched: network providers are replaced by
stubs that return the request."""

import json
import os
import sys

import botocore.credentials as credentials
import botocore.session



def give(self, command):
    return {"access_key": "process:" + command.removeprefix("give-"), "secret_key": "x", "token": None, "expiry_time": None}


def load_of_login(self):
    profile = self._load_config().get("profiles", {}).get(self._profile_name, {})
    if "login_session" in profile:
        return credentials.Credentials("login:" + profile["login_session"].rsplit("/", 1)[-1], "x", method="login")


def only_when_asked_for(provider, name):
    """Disables the provider in the default chain: only `credential_source` may use the instance or container."""
    provider.load = lambda self: credentials.Credentials(name, "x", method=name) if asked_for else None


asked_for = []


def source_credentials(self, name):
    asked_for.append(name)
    try:
        return original(self, name)
    finally:
        asked_for.pop()


original = credentials.CanonicalNameCredentialSourcer.source_credentials
credentials.CanonicalNameCredentialSourcer.source_credentials = source_credentials
credentials.ProcessProvider._retrieve_credentials_using = give
credentials.LoginProvider.load = load_of_login
only_when_asked_for(credentials.InstanceMetadataProvider, "imds")
only_when_asked_for(credentials.ContainerProvider, "container")


def outcome(found):
    """The base and the roles in the order they are assumed."""
    refresh = getattr(found, "_refresh_using", None)
    if refresh is None:
        return {"base": base_of(found), "roles": []}
    fetcher = getattr(refresh, "__self__", None) or refresh._refresh.__self__
    if isinstance(fetcher, credentials.AssumeRoleCredentialFetcher):
        before = outcome(fetcher._source_credentials)
        return {**before, "roles": before["roles"] + [fetcher._role_arn]}
    if isinstance(fetcher, credentials.AssumeRoleWithWebIdentityCredentialFetcher):
        path = fetcher._web_identity_token_loader._web_identity_token_path
        return {"base": "web_identity:" + os.path.basename(path), "roles": []}
    if isinstance(fetcher, credentials.SSOCredentialFetcher):
        return {"base": "sso:" + fetcher._role_name.removeprefix("R-"), "roles": []}
    raise TypeError(f"an unknown fetcher: {fetcher}")


def base_of(found):
    key = found.access_key
    if key == "AK.env.env":
        return "environment"
    if key.startswith("AK."):
        _, profile, file = key.split(".")
        return f"static:{profile}@{file}"
    return key


def view(row):
    os.environ.clear()
    os.environ.update(row["env"], HOME=row["home"], AWS_CONFIG_FILE=row["config"], AWS_SHARED_CREDENTIALS_FILE=row["credentials"])
    try:
        found = botocore.session.Session(profile=row["profile"]).get_credentials()
    except Exception as error:
        return {"error": type(error).__name__}
    return {"error": "no credentials"} if found is None else outcome(found)


with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        print(json.dumps(view(json.loads(line))), flush=True)
