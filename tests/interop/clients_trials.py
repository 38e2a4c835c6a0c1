"""What is to be true of every client that calls AWS through us."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from clients_world import BIZ_CORP, EXTERNAL_ID, NO_MFA, Double, Home, Terminal, wait_for

# What no client may take instead.
STALE_DEFAULT = "\n[default]\naws_access_key_id = AKIASTALESTALESTALE\naws_secret_access_key = stale\n"
# How long a session lasts that a client is to see the end of.
SECONDS = 20


def tried(options, client, moto):
    """What held, what did not and why, and the seconds it took."""
    started = time.monotonic()
    trials = [calls, at_once, failure, gives_up, terminal, interrupt]
    trials += [renewal] if client.is_asked_again else []
    trials += [served] if client.is_served else []
    done, problems = [], []

    def attempt(trial):
        with Double(options.sts) as double:
            try:
                return [f"{trial.__name__}: {problem}" for problem in trial(options, client, double)]
            except Exception as error:  # noqa: BLE001 - one client must not hide what the others do
                return [f"{trial.__name__}: {type(error).__name__}: {error}"]

    for trial in trials:
        found = attempt(trial)
        problems += found
        done += [] if found else [trial.__name__.replace("_", " ")]
    with Home(options, moto.endpoint) as home:
        output = home.run(client)
        proven = client.proves(output, NO_MFA, home)
    problems += [] if proven else [f"moto: {output}"]
    done += ["moto"] if proven else []
    return done, problems, time.monotonic() - started


def calls(options, client, double):
    """It gets credentials and can call; a second run calls STS for no role."""
    with Home(options, double.endpoint) as home:
        for _ in range(2):
            output = home.run(client)
            if not client.proves(output, NO_MFA, home):
                yield f"it is not the role: {output}"
        double.stop()
        if double.count() != 1:
            yield f"{double.count()} calls of AssumeRole in two runs"


def at_once(options, client, double):
    """Many on a cold cache make one call."""
    with Home(options, double.endpoint) as home, ThreadPoolExecutor(client.at_once) as pool:
        outputs = list(pool.map(lambda _: home.run(client), range(client.at_once)))
        double.stop()
        wrong = [output for output in outputs if not client.proves(output, NO_MFA, home)]
        if wrong or double.count() != 1:
            yield f"{len(wrong)} of {len(outputs)} have not the role, {double.count()} calls of AssumeRole: {wrong[:1]}"


def failure(options, client, double):
    """What it shows when AWS refuses."""
    with Home(options, double.endpoint) as home:
        output = home.run(client, "refused")
        if client.shows not in output:
            yield f"shows {output}"
        if EXTERNAL_ID in output or "wJalr" in output:
            yield "shows a secret"


def gives_up(options, client, double):
    """The client is killed while STS has not answered yet: the session is kept."""
    with Home(options, double.endpoint) as home:
        double.say("slow 3")
        pipe = subprocess.PIPE
        process = subprocess.Popen(client.once, env=home.environment(client, "biz"), cwd=home.path, stdin=pipe, stdout=pipe, stderr=pipe)
        # The double tells of a call when it comes.
        wait_for(double.count, "our call to STS")
        process.kill()
        process.communicate()
        wait_for(home.cache.exists, "the session in the cache")
        double.say("clear")
        output = home.run(client)
        double.stop()
        if not client.proves(output, NO_MFA, home) or double.count() != 1:
            yield f"{double.count()} calls of AssumeRole: {output}"


def renewal(options, client, double):
    """A client that lives longer than its session goes on with another one."""
    with Home(options, double.endpoint) as home:
        double.say(f"sessions {SECONDS}")
        pipe = subprocess.PIPE
        command = dict(env=home.environment(client, "biz"), cwd=home.path, stdin=pipe, stdout=pipe, text=True, bufsize=1)
        with subprocess.Popen(client.lines, **command) as process:
            answers = []
            for pause in (0, SECONDS + 2):
                # Only until the session has ended: a longer pause changes no result.
                time.sleep(pause)
                process.stdin.write("\n")
                answers.append(process.stdout.readline())
            process.stdin.close()
        double.stop()
        if not all(client.proves(answer, NO_MFA, home) for answer in answers):
            yield f"answers {answers}"
        elif answers[0].split()[2] == answers[1].split()[2] or double.count() < 2:
            yield f"{double.count()} calls of AssumeRole: {answers}"


def terminal(options, client, double):
    """The code is asked for on the terminal, which is as it was afterwards."""
    with Home(options, double.endpoint) as home:
        with Terminal(client, home) as screen:
            screen.wait_for("Enter the MFA token code:")
            screen.type(double.code() + "\r")
            status = screen.end()
        if not client.proves(screen.text, BIZ_CORP, home):
            yield f"it is not the role, status {status}: {screen.text}"
        yield from screen.changes()


def interrupt(options, client, double):
    """Ctrl-C at the question ends both, and the terminal is as it was."""
    with Home(options, double.endpoint) as home:
        with Terminal(client, home) as screen:
            screen.wait_for("Enter the MFA token code:")
            screen.type("\x03")
            screen.end()
        double.stop()
        if double.count():
            yield "STS was called"
        yield from screen.changes()


def served(options, client, double):
    """`exec --serve` gives it the role, whatever `[default]` the files on disk have."""
    with Home(options, double.endpoint, STALE_DEFAULT) as home:
        command = [options.bin, "exec", "biz", "--serve", "--", *client.once]
        environment = {name: value for name, value in home.variables.items() if name != "AWS_PROFILE"}
        run = subprocess.run(command, env=environment, cwd=home.path, capture_output=True, text=True, timeout=300)
        if not client.proves(run.stdout, NO_MFA, home) or run.returncode != 0:
            yield f"it is not the role: {run}"
