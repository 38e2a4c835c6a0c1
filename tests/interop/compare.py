"""Generates the cases, runs the tools and our program on them, and compares the results; started by `run`, see
README.md."""

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import explained
import generate

HERE = Path(__file__).parent


def main():
    passed, failed = compare(arguments())
    print(f"interop: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def compare(options):
    """The numbers of passed and failed comparisons."""
    cases = list(generate.cases(options.seed))
    if options.only:
        cases = [case for case in cases if case["id"] in options.only]
    if options.sample:
        cases = sample(cases, options.sample)
    is_whole = not (options.only or options.sample)
    started = time.monotonic()
    listing = write_cases(options.dir / "cases", cases)
    node = start(["node", HERE / "node_oracle.js", options.dir / "node", listing], options.dir / "node.jsonl")
    python = start([sys.executable, HERE / "botocore_oracle.py", listing], options.dir / "botocore.jsonl")
    models = start([options.models, listing], options.dir / "models.jsonl")
    by_id = {case["id"]: {} for case in cases}
    for line in finish(node, options.dir / "node.jsonl"):
        by_id[line["id"]].update(amplify=line["amplify"], javascript=line["javascript"])
    for line in finish(python, options.dir / "botocore.jsonl"):
        by_id[line["id"]]["botocore"] = line
    for line in finish(models, options.dir / "models.jsonl"):
        by_id[line["id"]]["models"] = line
    listed_cases = [case for case in cases if case["features"] != ["rough"]]
    for case, ours in zip(listed_cases, run_ours(options, listed_cases)):
        by_id[case["id"]].update(ours)

    structured = [case for case in listed_cases if case["features"] != ["wild"]]
    tallies = [
        Tally("model: botocore", {}, compare_botocore_model, cases),
        Tally("model: AWS SDK for JavaScript", {}, compare_javascript_model, cases),
        Tally("model: Amplify CLI", explained.AMPLIFY, compare_amplify_model, listed_cases),
        Tally("amplify: npm ini 1.3.8 and Amplify's mapping", explained.AMPLIFY, compare_amplify, listed_cases),
        Tally("aws: botocore", explained.BOTOCORE, compare_botocore, structured),
        Tally("aws: AWS SDK for JavaScript", explained.JAVASCRIPT, compare_javascript, structured),
        Tally("auto: where the tools agree", explained.AUTO, compare_auto, listed_cases),
    ]
    for tally in tallies:
        tally.compare(by_id)
        tally.report(options.show, is_whole)
    failed = sum(tally.failures(is_whole) for tally in tallies)
    passed = sum(len(tally.cases) - len(tally.unexplained) for tally in tallies)
    print(f"{len(cases)} cases in {time.monotonic() - started:.0f} s")
    return passed, failed


def sample(cases, count):
    """`count` cases, always the same ones: the first case of each feature and each mark, and cases spread over the
    others."""
    first = {}
    for case in cases:
        for name in case["features"] + [mark["tag"] for mark in case["marks"]]:
            first.setdefault(name, case["id"])
    chosen = set(first.values())
    rest = [case["id"] for case in cases if case["id"] not in chosen]
    more = max(0, count - len(chosen))
    chosen |= {rest[number * len(rest) // more] for number in range(more)}
    return [case for case in cases if case["id"] in chosen]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the tools are installed and the cases written")
    parser.add_argument("--bin", type=Path, required=True, help="our program")
    parser.add_argument("--models", type=Path, required=True, help="our models of the tools, the example `tools`")
    parser.add_argument("--seed", default=generate.SEED, help="another seed makes other cases")
    parser.add_argument("--show", type=int, default=10, help="how many unexplained differences of a tool are printed")
    parser.add_argument("--only", nargs="*", help="ids of the cases to compare")
    parser.add_argument("--sample", type=int, help="compare only this many cases, which have every feature")
    options = parser.parse_args()
    options.dir, options.bin, options.models = (path.resolve() for path in (options.dir, options.bin, options.models))
    return options


# ---------------------------------------------------------------------------------------------------------------------
# Running.


def write_cases(folder, cases):
    """Writes the files of each case, and the list of cases for the oracles."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for case in cases:
        row = {"id": case["id"]}
        for kind in ("config", "credentials"):
            path = folder / f"{case['id']}.{kind}"
            row[kind] = None if case[kind] is None else str(path)
            if case[kind] is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(case[kind].encode())
            case[f"{kind}_path"] = str(path)
        rows.append(json.dumps(row))
    listing = folder / "cases.jsonl"
    listing.write_text("\n".join(rows) + "\n")
    return listing


def start(command, output):
    # The machine's own AWS settings must not affect the result.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.Popen([str(part) for part in command], stdout=open(output, "wb"), env=environment)


def finish(process, output):
    if process.wait() != 0:
        sys.exit(f"an oracle failed: {process.args}")
    with open(output, encoding="utf-8") as lines:
        return [parsed(line) for line in lines]


def parsed(text):
    """JSON with all numbers as floats, without negative zero: JavaScript has only floats, and does not write -0."""
    number = lambda digits: float(digits) + 0.0
    return json.loads(text, parse_int=number, parse_float=number)


def run_ours(options, cases):
    def one(case):
        dialects = ("amplify", "auto") if case["features"] == ["wild"] else ("amplify", "aws", "auto")
        return {f"ours_{dialect}": listed(options, case, dialect) for dialect in dialects}

    # More than cores, because most of a run is waiting for the process.
    with ThreadPoolExecutor(2 * (os.cpu_count() or 2)) as pool:
        return list(pool.map(one, cases))


def listed(options, case, dialect):
    command = [str(options.bin), "list", "--json", "--properties", "--show-values", "--dialect", dialect]
    command += ["--config-file", case["config_path"], "--credentials-file", case["credentials_path"]]
    run = subprocess.run(command, capture_output=True, env={"HOME": str(options.dir)}, stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 3):
        return {"crash": f"exit {run.returncode}: {run.stderr.decode(errors='replace')[:300]}"}
    document = parsed(run.stdout)
    if run.returncode == 3:
        error = document["error"]
        kind = "config" if error["file"] == case["config_path"] else "credentials"
        return {"error": error["message"], "file": kind, "line": error["line"]}
    values = lambda properties: {key: found["value"] for key, found in properties.items()}
    return {"profiles": {p["name"]: p["properties"] and values(p["properties"]) for p in document}}


# ---------------------------------------------------------------------------------------------------------------------
# Comparing. A difference is (what, name, key, ours, theirs); `what` determines which rows can explain it.


class Difference(collections.namedtuple("Difference", "what name key ours theirs")):
    def __str__(self):
        where = f"profile {self.name!r}" + (f" key {self.key!r}" if self.key is not None else "")
        return f"{self.what} {where if self.name is not None else ''}\n    ours   {self.ours!r}\n    theirs {self.theirs!r}"


def rejection(side, ours, theirs):
    return Difference(f"{side}-rejects", None, None, ours, theirs)


def compare_amplify(views):
    ours, theirs = views["ours_amplify"], views["amplify"]
    if "crash" in ours or ("error" in ours) != ("error" in theirs):
        yield rejection("ours" if "error" in ours else "tool", ours, theirs.get("error"))
        return
    if "error" in ours:
        return
    theirs = {name: properties and dict(properties) for name, properties in theirs["profiles"]}
    yield from profile_differences(ours["profiles"], {name: value if value is None else dict(value) for name, value in theirs.items()})
    common = [name for name in ours["profiles"] if name in theirs]
    if common != [name for name in theirs if name in ours["profiles"]]:
        yield Difference("order", None, None, common, list(theirs))


# configparser's names for the errors in our model.
PYTHON_ERRORS = {
    "DuplicateSection": "DuplicateSectionError",
    "DuplicateKey": "DuplicateOptionError",
    "OutsideSection": "MissingSectionHeaderError",
    "ByteOrderMark": "MissingSectionHeaderError",
    "NoEquals": "ParsingError",
    "NoName": "ParsingError",
    "NestedNoEquals": "ValueError",
}


def compare_botocore_model(views):
    ours, theirs = views["models"]["aws_cli"], views["botocore"]
    if ours["rejected"] or "error" in theirs:
        first = [(error["file"], PYTHON_ERRORS.get(error["problem"])) for error in ours["rejected"][:1]]
        if first != [(theirs.get("file"), theirs.get("error"))]:
            yield rejection("tool" if "error" in theirs else "ours", ours["rejected"], theirs)
        return
    for kind in ("profiles", "sso_sessions", "services"):
        yield from profile_differences(ours[kind], theirs[kind])


def compare_javascript_model(views):
    ours = views["models"]["sdk_js"]
    yield from profile_differences(ours["profiles"], {name: dict(keys) for name, keys in views["javascript"]})


def compare_amplify_model(views):
    ours, theirs = views["models"]["amplify"], views["amplify"]
    if bool(ours["rejected"]) != ("error" in theirs):
        yield rejection("tool" if "error" in theirs else "ours", ours["rejected"], theirs.get("error"))
    elif "error" not in theirs:
        # The lookup throws an error for null; the model has no keys there.
        theirs = {name: dict(keys or []) for name, keys in theirs["profiles"]}
        ours = {name: keys for name, keys in ours["profiles"].items() if theirs.get(name, True)}
        yield from profile_differences(ours, {name: keys for name, keys in theirs.items() if keys})


def compare_botocore(views):
    ours, theirs = views["ours_aws"], views["botocore"]
    if "error" in ours and "error" in theirs:
        # The first file decides on both sides.
        if ours["file"] != theirs["file"]:
            yield rejection("ours" if ours["file"] == "config" else "tool", ours, theirs)
    elif "error" in theirs:
        yield rejection("tool", None, theirs)
    elif "profiles" not in ours:
        yield rejection("ours", ours, None)
    else:
        yield from profile_differences(with_blocks(ours["profiles"]), theirs["profiles"])


def with_blocks(profiles):
    """Converts our nested blocks (lines after a line break) to botocore's dicts."""

    def block(value):
        pairs = [line.split("=", 1) for line in value.split("\n") if "=" in line]
        return {key.strip(): text.strip() for key, text in pairs}

    convert = lambda value: block(value) if value.startswith("\n") else value
    return {name: {key: convert(value) for key, value in keys.items()} for name, keys in profiles.items()}


def compare_javascript(views):
    ours = views["ours_aws"]
    if "profiles" not in ours:
        yield rejection("ours", ours, None)
    else:
        # The loader drops profiles without values.
        flat = {name: with_dotted_keys(keys) for name, keys in ours["profiles"].items()}
        flat = {name: keys for name, keys in flat.items() if any(map(javascript_value, keys.values()))}
        theirs = javascript_profiles(views)
        yield from profile_differences(flat, theirs, absent="")


def javascript_value(value):
    return value.strip(explained.JAVASCRIPT_BLANKS)


def javascript_profiles(views):
    # Sections of other kinds appear among the profiles with such names.
    profiles = {name: dict(keys) for name, keys in views["javascript"]}
    return {name: keys for name, keys in profiles.items() if not name.startswith(("sso-session.", "services."))}


def with_dotted_keys(keys):
    """Converts our nested blocks (lines after a line break) to the JavaScript loader's form, one key per line."""
    flat = {}
    for key, value in keys.items():
        if not value.startswith("\n"):
            flat[key] = value
            continue
        for line in value.split("\n")[1:]:
            inner, equals, text = line.partition("=")
            if equals and inner and text.strip():
                flat[f"{key}.{inner.strip()}"] = text.strip()
    return flat


def profile_differences(ours, theirs, absent=None):
    """`absent` is our value for a key that the tool may lack."""
    for name in list(ours) + [name for name in theirs if name not in ours]:
        if name not in ours or name not in theirs:
            yield Difference("profile", name, None, ours.get(name, "-"), theirs.get(name, "-"))
        elif ours[name] is None or theirs[name] is None:
            if ours[name] is not theirs[name]:
                yield Difference("profile", name, None, ours[name], theirs[name])
        else:
            for key in list(ours[name]) + [key for key in theirs[name] if key not in ours[name]]:
                mine, other = ours[name].get(key), theirs[name].get(key)
                missing = key not in ours[name] or key not in theirs[name]
                if absent is not None and mine == absent and key not in theirs[name]:
                    continue
                if missing or not same(mine, other):
                    yield Difference("key", name, key, mine, other)


def same(a, b):
    # 1 == True in Python.
    return a == b and json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def compare_auto(views):
    ours = views["ours_auto"]
    if "profiles" not in ours:
        yield rejection("ours", ours, None)
        return
    auto = ours["profiles"]
    if "ours_aws" not in views:
        return
    aws = views["ours_aws"].get("profiles", {})
    botocore = views["botocore"].get("profiles", {})
    javascript = javascript_profiles(views)
    for name in {**aws, **botocore, **javascript}:
        if name not in auto:
            yield Difference("profile", name, None, "-", "a tool lists it")
    for name in aws:
        if name not in botocore or name not in javascript or name not in auto:
            continue
        blocks = with_blocks({name: aws[name]})[name]
        agreed = [key for key in aws[name] if agrees(key, aws[name], blocks, botocore[name], javascript[name])]
        for key in agreed:
            expected = undone(key, aws[name][key])
            if auto[name].get(key) != expected:
                yield Difference("key", name, key, auto[name].get(key), expected)
        if len(agreed) == len(aws[name]) == len(botocore[name]):
            for key in auto[name]:
                if key not in aws[name]:
                    yield Difference("key", name, key, auto[name][key], None)


def agrees(key, aws, blocks, botocore, javascript):
    if key not in botocore or botocore[key] != blocks[key]:
        return False
    flat = with_dotted_keys({key: aws[key]})
    return bool(flat) and all(javascript.get(inner) == value for inner, value in flat.items())


def undone(key, value):
    """The result of `auto` for a value, by the rules for quotes and escapes. The lines of a block do not change."""
    if key in ("credential_process", "mfa_process") or value.startswith("\n"):
        return value
    first, line_break, rest = value.partition("\n")
    quoted = re.fullmatch(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""", first, re.DOTALL)
    first = quoted[2] if quoted else first
    return first.replace("\\;", ";").replace("\\#", "#") + line_break + rest


# ---------------------------------------------------------------------------------------------------------------------
# Counting.


class Tally:
    """One comparison: the number of equal cases, the explained differences and their explanations."""

    def __init__(self, title, table, differences, cases):
        self.title, self.table, self.differences, self.cases = title, table, differences, cases
        self.agreeing = 0
        self.by_row = collections.Counter()
        self.used = set()
        self.unexplained = []
        # Cases without possible explanations.
        self.strict = sum(not any(mark["tag"] in table for mark in case["marks"]) for case in cases)

    def compare(self, by_id):
        for case in self.cases:
            differences = list(self.differences(by_id[case["id"]]))
            rows, left = set(), []
            for difference in differences:
                found = list(self.explanations(case, difference))
                self.used.update(found)
                rows.update(found[:1])
                if not found:
                    left.append(difference)
            self.agreeing += not differences
            self.by_row.update(rows)
            if left:
                self.unexplained.append((case, left))

    def explanations(self, case, difference):
        for mark in case["marks"]:
            for row in self.table.get(mark["tag"], []):
                if explains(row, mark, difference):
                    yield mark["tag"], row

    def unused(self):
        rows = [(tag, row) for tag, rows in self.table.items() for row in rows]
        return [f"{tag}: {type(row).__name__}: {row.reason}" for tag, row in rows if (tag, row) not in self.used]

    def failures(self, whole):
        """With all cases, this also includes rows that explain nothing, and too few cases without possible
        explanations."""
        return len(self.unexplained) + (len(self.unused()) + self.is_lax() if whole else 0)

    def is_lax(self):
        return self.strict * 3 < len(self.cases)

    def report(self, show, whole):
        total = len(self.cases)
        differing = total - self.agreeing - len(self.unexplained)
        print(f"\n== {self.title}")
        print(f"   {total} cases: {self.agreeing} agree, {differing} differ as explained, {len(self.unexplained)} unexplained")
        print(f"   {self.strict} cases ({self.strict * 100 // max(total, 1)} %) carry nothing that could excuse a difference")
        if whole and self.is_lax():
            print("   FAILED: fewer than a third")
        for (tag, row), count in self.by_row.most_common():
            print(f"   {count:5} {tag}: {row.reason}")
        for row in self.unused() if whole else []:
            print(f"   excuses nothing: {row}")
        for case, left in self.unexplained[:show]:
            print(f"\n-- UNEXPLAINED {case['id']} ({', '.join(case['features'])})")
            for kind in ("config", "credentials"):
                print(f"   {kind}: {shortened(case[kind])!r}")
            for difference in left:
                print(f"   {difference}")


def shortened(text):
    return text and re.sub(r"(long ){9,}", "long … ", text)


def explains(row, mark, difference):
    if isinstance(row, explained.OursRejects):
        at = (mark["file"], mark["line"])
        return difference.what == "ours-rejects" and at == (difference.ours.get("file"), difference.ours.get("line"))
    if isinstance(row, explained.ToolRejects):
        return difference.what == "tool-rejects" and row.error == difference.theirs["error"]
    if difference.name not in mark["names"]:
        return False
    if isinstance(row, explained.Profile):
        return difference.what == "profile" or (difference.what == "key" and covers(mark, difference.key))
    marked = {**mark, "key": difference.key}
    return difference.what == "key" and covers(mark, difference.key) and row.fits(difference.ours, difference.theirs, marked)


def covers(mark, key):
    """The lines of a block are separate keys in the JavaScript loader."""
    return any(key == marked or key.startswith(f"{marked}.") for marked in mark["keys"])


if __name__ == "__main__":
    main()
