"""Prints what botocore sees in each case: one JSON line per case. The argument is a file with one JSON line per case,
which contains the paths of its two files (null if missing)."""

import json
import os
import sys

import botocore.exceptions
import botocore.session


def view(config, credentials, missing):
    session = botocore.session.Session()
    session.set_config_variable("config_file", config or missing)
    session.set_config_variable("credentials_file", credentials or missing)
    try:
        full = session.full_config
        return {kind: full.get(kind, {}) for kind in ("profiles", "sso_sessions", "services")}
    except botocore.exceptions.ConfigParseError as error:
        where = "config" if error.kwargs["path"] == config else "credentials"
        cause = error.kwargs["error"]
        # configparser reports the line of some errors, and the first of several lines for others.
        lines = [getattr(cause, "lineno", None)] + [line for line, _ in getattr(cause, "errors", [])]
        line = next((line for line in lines if line is not None), None)
        return {"error": type(cause).__name__, "file": where, "line": line}


def main():
    cases = sys.argv[1]
    missing = os.path.join(os.path.dirname(cases), "missing")
    with open(cases, encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            print(json.dumps({"id": case["id"], **view(case["config"], case["credentials"], missing)}))


main()
