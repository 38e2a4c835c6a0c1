"""Compares where botocore calls STS with `explain --json`: URL and signing region of every role of a chain.

botocore fetches a profile's credentials and makes each AssumeRole call up to the point of sending it. The unsent
requests are compared. `--write FILE` writes the named cases as vectors for the conformance test, which runs without
botocore.

These cases are excluded, because the program differs on purpose: AWS_REGION (botocore reads only AWS_DEFAULT_REGION),
regions in the profiles of a chain (the program uses each role's own, botocore the requested profile's), a missing
region, and empty variables, which count as unset."""

import argparse
import json
import os
import re
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

import botocore.awsrequest
import botocore.exceptions
import botocore.loaders
import botocore.session

from generate import Chance

SEED = 20260118
CASES = 800

ANSWER = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""

# botocore's errors for invalid configurations.
REFUSALS = (
    botocore.exceptions.InvalidRegionError,
    botocore.exceptions.InvalidSTSRegionalEndpointsConfigError,
    botocore.exceptions.InvalidConfigError,
    ValueError,
)


# ---------------------------------------------------------------------------------------------------------------------
# Cases: a chain of profiles p -> q -> … -> keys, variables, and `--region`.


def case(name, keys="", env=None, region=None, sources=(), sections="", variables_region="eu-west-1"):
    """`keys` belong to the requested profile, `sources` to the roles after it. A region is always required."""
    env = dict(env or {})
    if region is None and "region" not in [line.partition("=")[0].strip() for line in keys.splitlines()]:
        env.setdefault("AWS_DEFAULT_REGION", variables_region)
    names = ["p", *(f"source{number}" for number in range(1, len(sources) + 1)), "keys"]
    text = ""
    for name_of, source, more in zip(names, names[1:], [keys, *sources]):
        text += f"[profile {name_of}]\nrole_arn = arn:aws:iam::222222222222:role/{name_of}\nsource_profile = {source}\n"
        text += more.rstrip("\n") + "\n" if more else ""
    text += f"[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n{sections}"
    return {"name": name, "config": text, "env": env, "region": region}


REGIONS = [
    *("us-east-1", "us-east-2", "us-west-1", "eu-west-1", "eu-north-1", "ap-south-1", "ca-central-1", "sa-east-1"),
    *("ap-east-1", "af-south-1", "me-central-1", "il-central-1", "mx-central-1", "eu-south-2", "ap-southeast-7"),
    *("cn-north-1", "cn-northwest-1", "cn-west-9", "aws-cn-global"),
    *("us-gov-west-1", "us-gov-east-1", "us-gov-north-2", "aws-us-gov-global"),
    *("us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1", "us-isof-south-1"),
    *("eusc-de-east-1", "eusc-fr-west-1", "aws-iso-global", "aws-iso-b-global", "aws-iso-e-global", "aws-iso-f-global"),
    *("aws-global", "mars-north-1", "us-east", "cn-1", "x"),
    *("fips-us-east-1", "us-west-2-fips", "fips-us-gov-west-1", "fips-aws-global"),
]
BAD_REGIONS = ["us_east_1", "-eu", "eu-", "a b", "a.b", "x" * 64]

SERVICES = "[services s]\ns3 =\n  endpoint_url = http://s3.test\nsts =\n  endpoint_url = http://services.test:4\n"


def named_cases():
    yield case("the asked profile's URL for all hops", "endpoint_url = http://p", sources=["endpoint_url = http://q"])
    yield case("a source's URL counts for no hop", sources=["endpoint_url = http://q"])
    yield case("the asked profile's legacy for all hops", "sts_regional_endpoints = legacy", sources=["", ""])
    yield case("a source's legacy counts for no hop", sources=["sts_regional_endpoints = legacy"])
    yield case("a source's bad switch counts for no hop", sources=["sts_regional_endpoints = bad"])
    yield case("the asked profile's FIPS for all hops", "use_fips_endpoint = true", sources=["use_fips_endpoint=false"])
    yield case("a source's FIPS counts for no hop", sources=["use_fips_endpoint = true"])
    yield case("a source's dual-stack counts for no hop", sources=["use_dualstack_endpoint = true"])
    yield case("a source's services count for no hop", sources=["services = s"], sections=SERVICES)
    yield case("a source's missing services count for no hop", sources=["services = nope"])
    for value in ["legacy", "regional", "LEGACY", "bad"]:
        yield case(f"sts_regional_endpoints = {value}", f"sts_regional_endpoints = {value}")
        yield case(f"AWS_STS_REGIONAL_ENDPOINTS={value}", env={"AWS_STS_REGIONAL_ENDPOINTS": value})
    variable = {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}
    yield case("the variable beats the key: regional", "sts_regional_endpoints = legacy", variable)
    for other in ["use_fips_endpoint = true", "use_dualstack_endpoint = true", "endpoint_url = http://e"]:
        yield case(f"legacy and {other}", f"sts_regional_endpoints = legacy\n{other}")
        yield case(f"a bad switch and {other}", f"sts_regional_endpoints = bad\n{other}")
    for region in REGIONS:
        yield case(f"legacy in {region}", "sts_regional_endpoints = legacy", region=region)
        yield case(f"FIPS in {region}", "use_fips_endpoint = true", region=region)
        yield case(f"dual-stack in {region}", "use_dualstack_endpoint = true", region=region)
        both = "use_fips_endpoint = true\nuse_dualstack_endpoint = true"
        yield case(f"FIPS and dual-stack in {region}", both, region=region)
        yield case(f"a URL and {region}", "endpoint_url = https://e.test", region=region)
    for region in BAD_REGIONS:
        yield case(f"region {region}", region=region)
    for value in ["TRUE", "True", "1", "yes", "false"]:
        yield case(f"use_fips_endpoint = {value}", f"use_fips_endpoint = {value}")
        yield case(f"AWS_USE_FIPS_ENDPOINT={value} over true", "use_fips_endpoint = true", {"AWS_USE_FIPS_ENDPOINT": value})
        yield case(f"AWS_USE_DUALSTACK_ENDPOINT={value}", env={"AWS_USE_DUALSTACK_ENDPOINT": value})
        variable = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": value}
        yield case(f"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS={value}", "endpoint_url = http://e", variable)
        yield case(
            f"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS={value} over true",
            "endpoint_url = http://e\nignore_configured_endpoint_urls = true",
            variable,
        )
    yield case(
        "ignoring beats the variables",
        "ignore_configured_endpoint_urls = true",
        {"AWS_ENDPOINT_URL_STS": "http://v", "AWS_ENDPOINT_URL": "http://w"},
    )
    yield case("STS's variable beats the other", env={"AWS_ENDPOINT_URL_STS": "http://v", "AWS_ENDPOINT_URL": "http://w"})
    yield case("a variable beats services", "services = s", {"AWS_ENDPOINT_URL": "http://w"}, sections=SERVICES)
    yield case("services beat the profile's URL", "services = s\nendpoint_url = http://e", sections=SERVICES)
    yield case("a variable and missing services", "services = nope", {"AWS_ENDPOINT_URL": "http://w"})
    yield case("ignoring and missing services", "services = nope\nignore_configured_endpoint_urls = true")
    yield case("services for others alone", "services = s\nendpoint_url = http://e", sections="[services s]\ns3 =\n  x = 1\n")
    yield case("empty services", "services = s", sections="[services s]\n")
    yield case("services with an empty URL", "services = s", sections="[services s]\nsts =\n  endpoint_url =\n")
    twice = "[services s]\nsts =\n  endpoint_url = http://1\n  endpoint_url = http://2\n"
    yield case("services with two URLs", "services = s", sections=twice)
    yield case("services with a blank line", "services = s", sections="[services s]\nsts =\n\n  endpoint_url = http://1\n")
    yield case("services in capitals", "services = s", sections="[services s]\nSTS =\n  endpoint_url = http://1\n")
    yield case("services with a name in quotes", "services = s", sections=SERVICES.replace("[services s]", '[services "s"]'))
    yield case("an empty endpoint_url", "endpoint_url =")
    for url in ["localhost:1", "http://", "http://e/a/b", "http://e/a/", "http://[::1]:8", "https://e:443"]:
        yield case(f"endpoint_url = {url}", f"endpoint_url = {url}")


def generated_cases(seed, count):
    chance = Chance(seed)
    for number in range(count):
        yield generated(chance, f"generated {number}")


def generated(chance, name):
    keys, env, region = [], {}, None
    # Settings of a source must not count.
    noise = ["endpoint_url = http://noise", "sts_regional_endpoints = legacy", "use_fips_endpoint = true", "services = nope"]
    sources = ["\n".join(chance.sample(noise, chance.below(3))) for _ in range(chance.below(3))]
    value = chance.pick(BAD_REGIONS if chance.hit(0.03) else REGIONS)
    place = chance.below(3)
    if place == 0:
        region = value
    elif place == 1 and not sources:
        keys.append(f"region = {value}")
    else:
        env["AWS_DEFAULT_REGION"] = value

    def set_by_chance(probability, key, variable, values):
        if key and chance.hit(probability):
            keys.append(f"{key} = {chance.pick(values)}")
        if variable and chance.hit(probability / 2):
            env[variable] = chance.pick(values)

    switches = ["true", "true", "True", "false", "0", "1"]
    regional = ["legacy", "legacy", "legacy", "regional", "regional", "bad" if chance.hit(0.2) else "legacy"]
    urls = ["http://e.test", "https://e.test:8443/base", "http://127.0.0.1:1/", "nonsense" if chance.hit(0.2) else "http://f"]
    set_by_chance(0.4, "sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS", regional)
    set_by_chance(0.3, "use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT", switches)
    set_by_chance(0.3, "use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT", switches)
    set_by_chance(0.2, "ignore_configured_endpoint_urls", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", switches)
    set_by_chance(0.2, "endpoint_url", "AWS_ENDPOINT_URL", urls)
    set_by_chance(0.2, None, "AWS_ENDPOINT_URL_STS", urls)
    set_by_chance(0.2, "services", None, ["s", "s", "s", "others", "nope"])
    sections = f"{SERVICES}[services others]\ns3 =\n  endpoint_url = http://s3.test\n"
    return case(name, "\n".join(keys), env, region, sources, sections)


# ---------------------------------------------------------------------------------------------------------------------
# Both sides: a list of [role, URL, signing region], base first, or None if the configuration is invalid. UNKNOWN occurs
# only in botocore: its tables lack the dual-stack hosts of two partitions, but its rules have them.

UNKNOWN = "unknown"


class Body:
    def stream(self, *_args, **_more):
        yield ANSWER


LOADER = botocore.loaders.create_loader()


def theirs(case, path):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(case["env"], AWS_CONFIG_FILE=path, AWS_SHARED_CREDENTIALS_FILE="/dev/null")
    session = botocore.session.Session(profile="p")
    session.register_component("data_loader", LOADER)
    calls = []

    def note(request, **_more):
        header = request.headers["Authorization"]
        header = header.decode() if isinstance(header, bytes) else header
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        calls.append([re.search(r"role%2F(\w+)", body)[1], request.url, re.search(r"/\d{8}/([^/]+)/", header)[1]])
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Body())

    session.register("before-send.sts", note)
    if case["region"] is not None:
        session.set_config_variable("region", case["region"])
    try:
        session.get_credentials().get_frozen_credentials()
    except REFUSALS:
        return None
    except botocore.exceptions.EndpointVariantError:
        return UNKNOWN
    return [[role, without_slash(url), region] for role, url, region in calls]


REFUSED = [(3, "config"), (2, "usage")]


def ours(case, path, program):
    command = [program, "explain", "p", "--json", "--config-file", path, "--credentials-file", "/dev/null"]
    command += [f"--region={case['region']}"] if case["region"] is not None else []
    env = {"HOME": os.path.dirname(path), **case["env"]}
    run = subprocess.run(command, capture_output=True, env=env, stdin=subprocess.DEVNULL)
    document = json.loads(run.stdout)
    # An invalid --region is a usage error.
    if (run.returncode, document.get("error", {}).get("code")) in REFUSED:
        return None
    return [[hop["profile"], without_slash(hop["sts"]["endpoint"]), hop["sts"]["signing_region"]] for hop in document["hops"]]


def without_slash(url):
    """botocore adds a slash to a URL without a path. The request is the same."""
    return url[:-1] if url.endswith("/") else url


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", required=True, help="where cases are written")
    parser.add_argument("--bin", help="the program; without it, only --write")
    parser.add_argument("--write", help="write the named cases as vectors")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--show", type=int, default=10)
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    named = list(named_cases())
    cases = named + list(generated_cases(options.seed, CASES))
    directory = os.path.join(options.dir, "endpoints")
    os.makedirs(directory, exist_ok=True)
    paths = [os.path.join(directory, f"{number}.ini") for number in range(len(cases))]
    for one, path in zip(cases, paths):
        with open(path, "w", encoding="utf-8") as file:
            file.write(one["config"])

    mine = None
    if options.bin:
        with ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
            mine = list(pool.map(lambda pair: ours(*pair, options.bin), zip(cases, paths)))
    botocores = [theirs(one, path) for one, path in zip(cases, paths)]

    if options.write:
        rows = [{**one, "botocore": found} for one, found in zip(named, botocores) if found != UNKNOWN]
        with open(options.write, "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    if mine is None:
        return 0
    different = [found for found in zip(cases, mine, botocores) if found[2] not in (found[1], UNKNOWN)]
    refused, unknown = botocores.count(None), botocores.count(UNKNOWN)
    print(f"\n== endpoints of STS: {len(cases)} cases ({refused} refused, {unknown} unknown), {len(different)} differ")
    for one, found, expected in different[: options.show]:
        print(f"\n-- {one['name']}: {one['env']} region {one['region']}\n{one['config']}\n   ours   {found}\n   theirs {expected}")
    return 1 if different else 0


sys.exit(main())
