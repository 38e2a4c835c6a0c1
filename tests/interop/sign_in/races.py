"""Several processes at the same moment."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

from world import Doubles, Home, Lines, Terminal, expect, finished

PROCESSES = 32


def boto3_refreshes_sso_with_ours(options):
    return refreshes(options, "sso", "/token", "identityCenter")


def boto3_refreshes_sign_in_with_ours(options):
    return refreshes(options, "signin", "/v1/token", "signIn")


def refreshes(options, profile, path, service):
    """Ours must end with credentials in each round. A round with two calls is a race: the later one has a used refresh
    token."""
    chance = random.Random(1)
    races, boto3_failed, lost, problems = 0, [], 0, []
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        home.login(profile)
        # A call takes some time.
        doubles.say("slow 0.05")
        with Lines(home, profile) as boto3:
            # The first call imports what the later ones use.
            boto3.ask()
            boto3.answer()
            for number in range(options.rounds):
                home.expire(profile)
                before = doubles.count(path, service)
                # Either one may read the file first.
                pause = chance.uniform(-0.03, 0.06)
                if pause > 0:
                    boto3.ask()
                    time.sleep(pause)
                process = home.start("process", profile)
                if pause <= 0:
                    time.sleep(-pause)
                    boto3.ask()
                run = finished(process)
                other = boto3.answer()
                calls = doubles.count(path, service) - before
                races += calls > 1
                is_key = other.startswith("ASIA")
                boto3_failed += [] if is_key else [other]
                lost += calls > 1 and is_key
                if run.returncode != 0 or not json.loads(run.stdout)["AccessKeyId"].startswith("ASIA"):
                    problems.append(f"round {number}: exit {run.returncode}: {run.stderr}")
                # The file has a token that both can use.
                again = home.run("process", profile, "--refresh")
                if again.returncode != 0 or doubles.count(path, service) - before != calls:
                    problems.append(f"after round {number}: exit {again.returncode}: {again.stderr}")
                    home.login(profile)
    figures = f"{options.rounds} rounds, {races} races, {lost} lost by ours, boto3 failed in {len(boto3_failed)}"
    figures += f" ({boto3_failed[0]})" if boto3_failed else ""
    expect(not problems, f"{figures}; {len(problems)} problems: {problems[0] if problems else ''}")
    return figures


def processes_open_one_page(options):
    with Doubles(options.doubles, "--approve") as doubles, Home(options, doubles) as home:
        runs, seconds = at_once(home, AMPLIFY_CREDS_SIGN_IN="auto")
        failed = [run.stderr for run in runs if run.returncode != 0]
        expect(not failed, f"{len(failed)} failed: {failed[:1]}")
        keys = {json.loads(run.stdout)["AccessKeyId"] for run in runs}
        counts = (len(keys), home.visit_count(), doubles.count("/token"))
        expect(counts == (1, 1, 1), f"keys, pages and token calls: {counts}")
        return f"{PROCESSES} processes, one page, one token call, {seconds:.2f} s"


def at_once(home, **more):
    started = time.monotonic()
    processes = [home.start("process", "sso", **more) for _ in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        runs = list(pool.map(finished, processes))
    return runs, time.monotonic() - started


def processes_with_a_terminal_show_one_device_code(options):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        doubles.say("pending 2")
        settings = {"AMPLIFY_CREDS_SIGN_IN": "auto", "AMPLIFY_CREDS_SIGN_IN_FLOW": "device"}
        started = time.monotonic()
        terminals = [Terminal(home, "process", "sso", **settings) for _ in range(PROCESSES)]
        statuses = [terminal.end() for terminal in terminals]
        seconds = time.monotonic() - started
        failed = [terminal.text for terminal, status in zip(terminals, statuses) if status != 0]
        expect(not failed, f"{len(failed)} failed: {failed[:1]}")
        shown = sum(doubles.about["identityCenter"]["userCode"] in terminal.text for terminal in terminals)
        counts = (shown, doubles.count("/device_authorization"))
        # The first poll and the two pending ones.
        expect(counts == (1, 1) and doubles.count("/token") == 3, f"codes: {counts}, token calls: {doubles.count('/token')}")
        return f"{PROCESSES} processes, one code on one terminal, {seconds:.2f} s"


def processes_without_a_terminal_show_no_device_code(options):
    with Doubles(options.doubles) as doubles, Home(options, doubles) as home:
        runs, seconds = at_once(home, AMPLIFY_CREDS_SIGN_IN="auto", AMPLIFY_CREDS_SIGN_IN_FLOW="device")
        wrong = [run for run in runs if run.returncode not in (4, 5) or "amplify-creds login" not in run.stderr]
        expect(not wrong, wrong[:1])
        expect(doubles.count("/device_authorization") == 0, "a code was requested")
        return f"exit {sorted({run.returncode for run in runs})}, {seconds:.2f} s: {runs[0].stderr.strip()}"


ROWS = [
    boto3_refreshes_sso_with_ours,
    boto3_refreshes_sign_in_with_ours,
    processes_open_one_page,
    processes_with_a_terminal_show_one_device_code,
    processes_without_a_terminal_show_no_device_code,
]
