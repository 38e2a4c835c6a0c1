"""Runs the checks of the sign-in and prints one line each: `ok` or `FAILED`, the check, and what it found."""

import argparse
import sys
import time
from pathlib import Path

import console
import failures
import pages
import races
import readers
from world import Problem

MODULES = [pages, console, readers, races, failures]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="amplify-creds")
    parser.add_argument("--doubles", required=True, help="the example sign-in-double")
    parser.add_argument("--dir", type=Path, required=True, help="directory of the installed clients and of the homes")
    parser.add_argument("--installed", type=Path, required=True, help="what tests/interop/install installed")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--only", default="", help="run the checks with this word in their names")
    parser.add_argument("--rounds", type=int, default=50, help="rounds of each race")
    parser.add_argument("--keep", action="store_true", help="keep the homes; those of failed checks are always kept")
    options = parser.parse_args()
    options.playwright = options.dir / "node/node_modules/playwright-core"
    options.python = options.dir / "python"
    options.sdk = options.installed / "node"
    rows = [row for module in MODULES for row in module.ROWS if options.only in row.__name__]
    failed = sum(not is_ok(row, options) for row in rows)
    print(f"sign-in: {len(rows) - failed} passed, {failed} failed")
    return 1 if failed or not rows else 0


def is_ok(row, options):
    started = time.monotonic()
    try:
        found, is_good = row(options) or "", True
    except Problem as problem:
        found, is_good = str(problem), False
    except Exception as error:  # noqa: BLE001 - one check must not hide the others
        found, is_good = f"{type(error).__name__}: {error}", False
    name, found = row.__name__.replace("_", " "), found.strip().replace("\n", " / ")
    print(f"{'ok' if is_good else 'FAILED':6} {name} ({time.monotonic() - started:.1f} s){': ' if found else ''}{found}", flush=True)
    return is_good


sys.exit(main())
