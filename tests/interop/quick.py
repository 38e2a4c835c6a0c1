"""Runs the sample of `run quick`: 500 cases against the tools, and one call by each of three clients."""

import argparse
import sys
from pathlib import Path

import clients
import compare
import generate

CASES = 500


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the tools are installed and the cases written")
    parser.add_argument("--bin", type=Path, required=True, help="our program")
    parser.add_argument("--models", type=Path, required=True, help="our models of the tools, the example `tools`")
    parser.add_argument("--sts", type=Path, required=True, help="the STS double, the example `fake-sts`")
    parser.set_defaults(seed=generate.SEED, show=10, only=None, sample=CASES)
    options = parser.parse_args()
    for name in ("dir", "bin", "models", "sts"):
        setattr(options, name, getattr(options, name).resolve())
    results = [compare.compare(options), clients.one_call_each(options)]
    passed, failed = (sum(numbers) for numbers in zip(*results))
    print(f"interop: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
