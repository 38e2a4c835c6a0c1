"""Runs the walk-through with the real programs. Prints a row for each step: ok, FAIL or moto's fault, and the
actions."""

import argparse
import shutil
import sys
import time
import traceback
from pathlib import Path

import gen1
import gen2
import older
import policy
from world import Failed, World

MOTO = gen2.MOTO


def moto_fault(step, wrong):
    """The reason, if moto caused all errors of the step."""
    reasons = [next((why for name, words, why in MOTO if name == step and words in text), None) for text in wrong]
    return reasons[0] if wrong and all(reasons) else None


def play(world, name, step):
    """Runs a step and returns its outcome and errors."""
    first, began = len(world.front.calls), time.monotonic()
    try:
        wrong = [found for found in step() or () if found is not True]
    except Failed as failure:
        wrong = [str(failure)]
    except Exception:  # a step that cannot be played is a failure of its row, not of the run
        wrong = [traceback.format_exc()]
    calls = world.front.calls[first:]
    refused = [f"{action} {resource}: {status} {answer[:300]!r}" for action, resource, status, answer, *_ in calls if status >= 500]
    why = moto_fault(name, wrong)
    outcome = "ok" if not wrong else "moto" if why else "FAIL"
    note = why or f"{len({call[0] for call in calls})} actions"
    print(f"{outcome:<6}{name:<28}{time.monotonic() - began:6.1f} s  {note}", flush=True)
    if outcome == "FAIL":
        print("".join(f"      {line}\n" for text in [*wrong, *refused[:5]] for line in str(text).splitlines()[-30:]), end="")
    return outcome, calls


def write(directory, recorded):
    """Writes each command's actions for `policy`, and a second file with resources, statuses and callers for
    debugging."""
    actions = dict.fromkeys(f"{name}\t{action}\n" for name, action, *_ in recorded)
    (directory / "actions.tsv").write_text("".join(actions))
    calls = (f"{name}\t{action}\t{resource}\t{status}\t{caller}\n" for name, action, resource, status, *_, caller in recorded)
    (directory / "calls.tsv").write_text("".join(calls))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the programs are installed")
    parser.add_argument("--bin", required=True, help="the program under test")
    parser.add_argument("--sts", required=True, help="the STS double")
    parser.add_argument("--until", help="the last step to play")
    options = parser.parse_args()
    shutil.rmtree(options.dir / "run", ignore_errors=True)
    world, outcomes, recorded = World(options), [], []
    project = gen1.Project(world)
    steps = [(name, lambda step=step: step(project)) for name, step in gen1.Project.STEPS]
    steps += [(name, lambda step=step: step(world)) for name, step in older.STEPS + gen2.STEPS]
    for name, step in steps:
        outcome, calls = play(world, name, step)
        outcomes.append(outcome)
        recorded += [(name, *call) for call in calls]
        write(options.dir, recorded)
        if name == options.until:
            break
    outcomes += policy.compare(world, recorded)
    world.stop()
    counts = [outcomes.count(outcome) for outcome in ("ok", "FAIL", "moto")]
    print("amplify: {} ok, {} failed, {} moto's fault".format(*counts), flush=True)
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
