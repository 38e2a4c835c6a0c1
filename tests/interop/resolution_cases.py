"""The rows of the resolution table: the content of the two files and the environment, and the requested profile. Every
value names its profile, so that an outcome shows its origin: the access key id AK.PROFILE.FILE, the command
`give-PROFILE`, the role R-PROFILE of IAM Identity Center, the token file /tokens/PROFILE, the user PROFILE of `aws
login`."""

ARN = "arn:aws:iam::111111111111:role/{}"
SESSION = {"sso_region": "eu-west-1", "sso_start_url": "https://corp.example/start"}


def keys(profile, file="config", parts="is"):
    all_ = {
        "i": ("aws_access_key_id", f"AK.{profile}.{file}"),
        "s": ("aws_secret_access_key", "secret"),
        "t": ("aws_session_token", "token"),
    }
    return dict(all_[part] for part in parts)


def role(name, source=None, credential_source=None):
    found = {"role_arn": ARN.format(name)}
    if source is not None:
        found["source_profile"] = source
    if credential_source is not None:
        found["credential_source"] = credential_source
    return found


def web(profile, arn=True):
    found = {"web_identity_token_file": f"/tokens/{profile}"}
    return {**(role(profile) if arn else {}), **found}


def process(profile):
    return {"credential_process": f"give-{profile}"}


def sso(profile, **more):
    return {"sso_account_id": "111111111111", "sso_role_name": f"R-{profile}", **more}


def legacy(profile):
    return sso(profile, **SESSION)


def login(profile):
    return {"login_session": f"arn:aws:iam::111111111111:user/{profile}"}


def section(header, values):
    return f"[{header}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def config(profiles, sections=()):
    header = lambda name: "default" if name == "default" else f"profile {name}"
    text = "".join(section(header(name), values) for name, values in profiles.items())
    return text + "".join(section(name, values) for name, values in sections)


def credentials(profiles):
    return "".join(section(name, values) for name, values in profiles.items())


class Row(dict):
    pass


def row(name, profiles, in_credentials=None, sections=(), ask="A", env=None, text=None):
    return Row(
        id=name,
        profile=ask,
        config=text if text is not None else config(profiles, sections),
        credentials=credentials(in_credentials or {}),
        env=env or {},
    )


ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AK.env.env", "AWS_SECRET_ACCESS_KEY": "secret"}
ENV_WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/tokens/env", "AWS_ROLE_ARN": ARN.format("env")}
CORP = (("sso-session corp", SESSION),)

# One kind of credentials in profile P: config, credentials, environment.
KINDS = {
    "role": lambda p: (role(f"of-{p}", "end"), {}, {}),
    "named-source": lambda p: (role(f"of-{p}", credential_source="Environment"), {}, ENV_KEYS),
    "web": lambda p: (web(p), {}, {}),
    "sso": lambda p: (sso(p, sso_session="corp"), {}, {}),
    "legacy-sso": lambda p: (legacy(p), {}, {}),
    "token-only-sso": lambda p: ({"sso_session": "corp"}, {}, {}),
    "login": lambda p: (login(p), {}, {}),
    "process": lambda p: (process(p), {}, {}),
    "keys-in-config": lambda p: (keys(p), {}, {}),
    "keys-in-credentials": lambda p: ({}, keys(p, "credentials"), {}),
    "id-alone": lambda p: (keys(p, parts="i"), {}, {}),
    "secret-alone": lambda p: (keys(p, parts="s"), {}, {}),
    "region-alone": lambda p: ({"region": "eu-west-1"}, {}, {}),
}
END = {"end": keys("end", "credentials")}


def of_kinds(profile, *kinds):
    in_config, in_credentials, env = {}, {}, {}
    for kind in kinds:
        for whole, part in zip((in_config, in_credentials, env), KINDS[kind](profile)):
            whole.update(part)
    return in_config, in_credentials, env


def pairs():
    names = list(KINDS)
    excluded = {("sso", "legacy-sso"), ("id-alone", "keys-in-config"), ("role", "named-source")}
    for at, first in enumerate(names):
        for second in names[at + 1 :]:
            both = {first, second}
            if any(both == set(pair) for pair in excluded) or both == {"legacy-sso", "token-only-sso"}:
                continue
            yield first, second


def asked_and_source():
    for kind in KINDS:
        in_config, in_credentials, env = of_kinds("A", kind)
        yield row(f"asked {kind}", {"A": in_config}, {"A": in_credentials, **END}, CORP, env=env)
        in_config, in_credentials, env = of_kinds("S", kind)
        yield row(f"source {kind}", {"A": role("A", "S"), "S": in_config}, {"S": in_credentials, **END}, CORP, env=env)
        in_config, in_credentials, env = of_kinds("A", kind)
        itself = {**in_config, **role("A", "A")}
        if kind in ("web", "role", "named-source"):
            continue
        yield row(f"own source {kind}", {"A": itself}, {"A": in_credentials, **END}, CORP, env=env)
    for first, second in pairs():
        in_config, in_credentials, env = of_kinds("A", first, second)
        yield row(f"asked {first} + {second}", {"A": in_config}, {"A": in_credentials, **END}, CORP, env=env)
        in_config, in_credentials, env = of_kinds("S", first, second)
        profiles = {"A": role("A", "S"), "S": in_config}
        yield row(f"source {first} + {second}", profiles, {"S": in_credentials, **END}, CORP, env=env)
    for kind in ("sso", "login", "process"):
        for place in ("config", "credentials"):
            in_config, _, _ = of_kinds("A", kind)
            found = keys("A", place)
            both = {**in_config, **role("A", "A"), **(found if place == "config" else {})}
            yield row(f"own source {kind} + keys in {place}", {"A": both}, {"A": found} if place == "credentials" else {}, CORP)


def chains():
    yield row("three roles", {"A": role("A", "B"), "B": role("B", "C"), "C": role("C", "D"), "D": keys("D")})
    yield row("deep, ends in IMDS", {"A": role("A", "B"), "B": role("B", "C"), "C": role("C", credential_source="Ec2InstanceMetadata")})
    yield row("deep, ends in a container", {"A": role("A", "B"), "B": role("B", credential_source="EcsContainer")},
              env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/x"})
    yield row("deep, ends in SSO", {"A": role("A", "B"), "B": role("B", "C"), "C": sso("C", sso_session="corp")}, sections=CORP)
    yield row("deep, ends in a web identity", {"A": role("A", "B"), "B": role("B", "C"), "C": web("C")})
    yield row("a web identity is a base wherever it stands", {"A": role("A", "B"), "B": {**web("B"), "source_profile": "C"}, "C": keys("C")})
    yield row("keys stop the walk", {"A": role("A", "B"), "B": {**role("B", "C"), **keys("B")}, "C": keys("C")})
    yield row("keys in credentials stop the walk", {"A": role("A", "B"), "B": role("B", "C"), "C": keys("C")}, {"B": keys("B", "credentials")})
    yield row("keys of the asked profile do not count", {"A": {**role("A", "B"), **keys("A")}, "B": keys("B")})
    yield row("keys in credentials of the asked profile do not count", {"A": role("A", "B"), "B": keys("B")}, {"A": keys("A", "credentials")})
    yield row("loop of two", {"A": role("A", "B"), "B": role("B", "A")})
    yield row("loop of three", {"A": role("A", "B"), "B": role("B", "C"), "C": role("C", "A")})
    yield row("loop behind the asked profile", {"A": role("A", "B"), "B": role("B", "C"), "C": role("C", "B")})
    yield row("loop back to keys of the asked profile", {"A": {**role("A", "B"), **keys("A")}, "B": role("B", "A")})
    yield row("own source without anything", {"A": role("A", "A")})
    yield row("own source with keys", {"A": {**role("A", "A"), **keys("A")}})
    yield row("own source with keys in credentials", {"A": role("A", "A")}, {"A": keys("A", "credentials")})
    yield row("own source in credentials alone", {}, {"A": {**role("A", "A"), **keys("A", "credentials")}})
    yield row("own source with half a pair", {"A": {**role("A", "A"), **keys("A", parts="i")}})
    yield row("own source further on, with keys", {"A": role("A", "B"), "B": {**role("B", "B"), **keys("B")}})
    yield row("own source further on, without", {"A": role("A", "B"), "B": role("B", "B")})
    yield row("own source and a credential_source", {"A": {**role("A", "A", "Environment"), **keys("A")}}, env=ENV_KEYS)
    yield row("no source", {"A": role("A")})
    yield row("no source but keys", {"A": {**role("A"), **keys("A")}})
    yield row("no source but a process", {"A": {**role("A"), **process("A")}})
    yield row("no source but SSO", {"A": {**role("A"), **sso("A", sso_session="corp")}}, sections=CORP)
    yield row("no source but a login", {"A": {**role("A"), **login("A")}})
    yield row("both sources", {"A": role("A", "B", "Environment"), "B": keys("B")}, env=ENV_KEYS)
    yield row("both sources further on", {"A": role("A", "B"), "B": role("B", "C", "Environment"), "C": keys("C")}, env=ENV_KEYS)
    yield row("missing source", {"A": role("A", "B")})
    yield row("missing source further on", {"A": role("A", "B"), "B": role("B", "C")})
    yield row("missing source of a profile with keys", {"A": {**role("A", "B"), **keys("A")}})
    yield row("empty source", {"A": role("A", "")})
    yield row("source in other case", {"A": role("A", "b"), "B": keys("B")})
    yield row("source with a blank behind", {"A": role("A", "B  "), "B": keys("B")})
    yield row("source without credentials", {"A": role("A", "B"), "B": {"region": "eu-west-1"}})
    yield row("source with half a pair", {"A": role("A", "B"), "B": keys("B", parts="i")})
    yield row("source with the other half", {"A": role("A", "B"), "B": keys("B", parts="s")})
    yield row("source with a token alone", {"A": role("A", "B"), "B": keys("B", parts="t")})
    yield row("source only in credentials", {"A": role("A", "B")}, {"B": keys("B", "credentials")})
    yield row("role only in credentials", {"B": keys("B")}, {"A": role("A", "B")})
    yield row("all in credentials", {}, {"A": role("A", "B"), "B": keys("B", "credentials")})
    yield row("role in config, source in credentials", {"A": {"role_arn": ARN.format("A")}}, {"A": {"source_profile": "B"}, "B": keys("B", "credentials")})
    yield row("source is the default profile", {"A": role("A", "default"), "default": keys("default")})
    yield row("source_profile without a role", {"A": {"source_profile": "B", **keys("A")}, "B": keys("B")})
    yield row("source_profile and nothing else", {"A": {"source_profile": "B"}, "B": keys("B")})
    yield row("missing source_profile without a role", {"A": {"source_profile": "gone", **keys("A")}})
    yield row("asked profile does not exist", {"B": keys("B")})
    yield row("no files at all", {})
    yield row("empty profile", {"A": {}})
    yield row("external id, session name and duration", {"A": {**role("A", "B"), "external_id": "ext-1", "role_session_name": "me", "duration_seconds": "1800"}, "B": keys("B")})


def named_sources():
    for source, env in (
        ("Environment", ENV_KEYS),
        ("Ec2InstanceMetadata", {}),
        ("EcsContainer", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/x"}),
        ("EcsContainer", {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}),
    ):
        tag = next(iter(env), "nothing")
        yield row(f"credential_source {source} with {tag}", {"A": role("A", credential_source=source)}, env=env)
        yield row(f"credential_source {source} with {tag}, and keys", {"A": {**role("A", credential_source=source), **keys("A")}}, env=env)
        yield row(f"credential_source {source} with {tag}, and a process", {"A": {**role("A", credential_source=source), **process("A")}}, env=env)
    for wrong in ("environment", "ENVIRONMENT", "Ec2instanceMetadata", "ECSContainer", "EcsContainers", "Custom", "Environment2", ""):
        yield row(f"credential_source {wrong!r}", {"A": role("A", credential_source=wrong)}, env=ENV_KEYS)
        yield row(f"credential_source {wrong!r} further on", {"A": role("A", "B"), "B": role("B", credential_source=wrong)}, env=ENV_KEYS)
    yield row("credential_source with a comment", {}, text=f"[profile A]\nrole_arn = {ARN.format('A')}\ncredential_source=Ec2InstanceMetadata\n# x\n")


def half_pairs():
    for parts, told in (("i", "id"), ("s", "secret"), ("t", "token"), ("it", "id and token"), ("st", "secret and token")):
        yield row(f"{told} in config", {"A": keys("A", parts=parts)})
        yield row(f"{told} in credentials", {}, {"A": keys("A", "credentials", parts)})
    yield row("id in config, secret in credentials", {"A": keys("A", parts="i")}, {"A": keys("A", "credentials", "s")})
    yield row("id in credentials, secret in config", {"A": keys("A", parts="s")}, {"A": keys("A", "credentials", "i")})
    yield row("pair in both files", {"A": keys("A")}, {"A": keys("A", "credentials")})
    yield row("pair in credentials, token in config", {"A": keys("A", parts="t")}, {"A": keys("A", "credentials")})
    yield row("pair and token in one place", {"A": keys("A", parts="ist")})
    yield row("pair in config, half in credentials", {"A": keys("A")}, {"A": keys("A", "credentials", "i")})
    yield row("half with a role and a source", {"A": {**role("A", "B"), **keys("A", parts="i")}, "B": keys("B")})
    yield row("half in a source with a role", {"A": role("A", "B"), "B": {**role("B", "C"), **keys("B", parts="i")}, "C": keys("C")})


def identity_center():
    p = lambda **more: {"A": sso("A", sso_session="corp", **more)}
    without = lambda name, found: {key: value for key, value in found.items() if key != name}
    yield row("session", p(), sections=CORP)
    yield row("session, before its profile", {}, text=config({}, CORP) + config(p()))
    yield row("session with its scopes", p(), sections=(("sso-session corp", {**SESSION, "sso_registration_scopes": "sso:account:access"}),))
    yield row("session that does not exist", p())
    yield row("session in other case", p(), sections=(("sso-session Corp", SESSION),))
    yield row("empty session", p(), sections=(("sso-session corp", {}),))
    yield row("empty session name", {"A": sso("A", sso_session="")}, sections=CORP)
    yield row("a profile is no session", {**p(), "corp": SESSION})
    yield row("session in credentials is none", p(), {"sso-session corp": SESSION})
    for key in SESSION:
        yield row(f"session without {key}", p(), sections=(("sso-session corp", without(key, SESSION)),))
        yield row(f"same {key} in both", p(**{key: SESSION[key]}), sections=CORP)
        yield row(f"other {key} in both", p(**{key: "https://other.example/" if "url" in key else "us-east-1"}), sections=CORP)
        yield row(f"{key} in the profile alone", p(**{key: SESSION[key]}), sections=(("sso-session corp", without(key, SESSION)),))
        yield row(f"legacy without {key}", {"A": without(key, legacy("A"))})
    for key in ("sso_account_id", "sso_role_name"):
        yield row(f"session without {key} beside it", {"A": without(key, p()["A"])}, sections=CORP)
        yield row(f"legacy without {key}", {"A": without(key, legacy("A"))})
        yield row(f"{key} alone", {"A": {key: sso("A")[key]}})
        yield row(f"{key} in the session", {"A": without(key, p()["A"])}, sections=(("sso-session corp", {**SESSION, key: sso("A")[key]}),))
        yield row(f"as a source: legacy without {key}", {"A": role("A", "B"), "B": without(key, legacy("B"))})
    yield row("neither account nor role", {"A": {"sso_session": "corp"}}, sections=CORP)
    yield row("neither, legacy", {"A": SESSION})
    yield row("neither, but keys", {"A": {"sso_session": "corp", **keys("A")}}, sections=CORP)
    yield row("neither, and the session does not exist", {"A": {"sso_session": "gone"}})
    yield row("as a source: session that does not exist", {"A": role("A", "B"), "B": sso("B", sso_session="gone")})
    yield row("as a source: session", {"A": role("A", "B"), "B": sso("B", sso_session="corp")}, sections=CORP)
    yield row("split over both files", {"A": {"sso_session": "corp", "sso_account_id": "111111111111"}}, {"A": {"sso_role_name": "R-A"}}, CORP)


def web_identities():
    yield row("web identity", {"A": web("A")})
    yield row("web identity with a session name", {"A": {**web("A"), "role_session_name": "me"}})
    yield row("token without a role", {"A": web("A", arn=False)})
    yield row("token without a role, and keys", {"A": {**web("A", arn=False), **keys("A")}})
    yield row("token and credential_source", {"A": {**web("A"), "credential_source": "Environment"}}, env=ENV_KEYS)
    yield row("token and source_profile", {"A": {**web("A"), "source_profile": "B"}, "B": keys("B")})
    yield row("as a source: token without a role", {"A": role("A", "B"), "B": web("B", arn=False)})
    yield row("as a source: web identity", {"A": role("A", "B"), "B": web("B")})
    yield row("the environment's does not touch a profile asked for", {"A": web("A")}, env=ENV_WEB)
    yield row("nor a profile with keys", {"A": keys("A")}, env=ENV_WEB)
    yield row("nor a source", {"A": role("A", "B"), "B": web("B")}, env=ENV_WEB)


def nothing_asked():
    d = "default"
    ask = dict(ask=None)
    yield row("default", {d: keys(d)}, **ask)
    yield row("default in credentials", {}, {d: keys(d, "credentials")}, **ask)
    yield row("default is a role", {d: role(d, "B"), "B": keys("B")}, **ask)
    yield row("default is SSO", {d: sso(d, sso_session="corp")}, sections=CORP, **ask)
    yield row("default is a process", {d: process(d)}, **ask)
    yield row("nothing, and the environment's keys", {}, env=ENV_KEYS, **ask)
    yield row("another profile, and the environment's keys", {"B": keys("B")}, env=ENV_KEYS, **ask)
    yield row("default without credentials, and the environment's keys", {d: {"region": "eu-west-1"}}, env=ENV_KEYS, **ask)
    yield row("nothing, and the environment's web identity", {}, env=ENV_WEB, **ask)
    yield row("another profile, and the environment's web identity", {"B": keys("B")}, env=ENV_WEB, **ask)
    yield row("default without credentials, and the environment's web identity", {d: {"region": "eu-west-1"}}, env=ENV_WEB, **ask)
    yield row("default is a role, and the environment's web identity", {d: role(d, "B"), "B": keys("B")}, env=ENV_WEB, **ask)
    yield row("default has keys, and the environment's web identity", {d: keys(d)}, env=ENV_WEB, **ask)
    yield row("default has keys, and so has the environment", {d: keys(d)}, env=ENV_KEYS, **ask)
    yield row("keys and web identity in the environment", {}, env={**ENV_KEYS, **ENV_WEB}, **ask)
    yield row("web identity in the environment without a role", {}, env={"AWS_WEB_IDENTITY_TOKEN_FILE": "/tokens/env"}, **ask)
    yield row("role in the environment without a token", {}, env={"AWS_ROLE_ARN": ARN.format("env")}, **ask)
    yield row("id alone in the environment", {d: keys(d)}, env={"AWS_ACCESS_KEY_ID": "AK.env.env"}, **ask)
    yield row("nothing anywhere", {}, **ask)
    named = {"AWS_PROFILE": "B"}
    yield row("AWS_PROFILE", {d: keys(d), "B": keys("B")}, env=named, **ask)
    yield row("AWS_PROFILE that does not exist", {d: keys(d)}, env=named, **ask)
    yield row("AWS_PROFILE, and the environment's keys", {"B": keys("B")}, env={**named, **ENV_KEYS}, **ask)
    yield row("AWS_PROFILE, and the environment's web identity", {"B": keys("B")}, env={**named, **ENV_WEB}, **ask)
    yield row("AWS_PROFILE is a role", {"B": role("B", "C"), "C": keys("C")}, env=named, **ask)
    yield row("a profile asked for beats AWS_PROFILE", {"A": keys("A"), "B": keys("B")}, env=named)
    yield row("a profile asked for beats the environment's keys", {"A": keys("A")}, env=ENV_KEYS)


def all_rows():
    for group in (asked_and_source, chains, named_sources, half_pairs, identity_center, web_identities, nothing_asked):
        for one in group():
            yield Row(one, id=f"{group.__name__.replace('_', ' ')}: {one['id']}")
