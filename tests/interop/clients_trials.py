"""The checks for every client that calls AWS through this program."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from clients_world import BIZ_CORP, EXTERNAL_ID, HANG, NO_MFA, QUESTION, Double, Home, KeyStore, Sandbox, Terminal, wait_for

# Credentials that no client may use instead.
STALE_DEFAULT = "\n[default]\naws_access_key_id = AKIASTALESTALESTALE\naws_secret_access_key = stale\n"
# Durations of sessions in `renewal`, in seconds. The longer ones are for a machine that is too busy for the shorter
# ones.
SESSIONS = (20, 80, 320)


def tried(options, client, moto):
    """The successful checks, the failed ones with reasons, and the duration in seconds."""
    started = time.monotonic()
    trials = [calls, at_once, failure, gives_up, terminal, interrupt]
    trials += [sandbox] if options.has_namespaces else []
    trials += [stored_key] if options.has_key_store else []
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
    """It gets credentials and can call AWS. A second run does not call STS for a role."""
    with Home(options, double.endpoint) as home:
        for _ in range(2):
            output = home.run(client)
            if not client.proves(output, NO_MFA, home):
                yield f"it is not the role: {output}"
        double.stop()
        if double.count() != 1:
            yield f"{double.count()} calls of AssumeRole in two runs"


def at_once(options, client, double):
    """Many processes on an empty cache make one call."""
    with Home(options, double.endpoint) as home, ThreadPoolExecutor(client.at_once) as pool:
        outputs = list(pool.map(lambda _: home.run(client), range(client.at_once)))
        double.stop()
        wrong = [output for output in outputs if not client.proves(output, NO_MFA, home)]
        if wrong or double.count() != 1:
            yield f"{len(wrong)} of {len(outputs)} have not the role, {double.count()} calls of AssumeRole: {wrong[:1]}"


def stored_key(options, client, double):
    """The key of the source profile is in the key store, and the sessions are sealed."""
    with Home(options, double.endpoint) as home, KeyStore(home.path) as store:
        home.variables |= store.variables | {"AMPLIFY_CREDS_SEAL": "on"}
        imported = [options.bin, "keys", "import", "devcorpuser", "--yes"]
        subprocess.run(imported, env=home.variables, check=True, capture_output=True)
        for file in home.path.rglob("*"):
            if file.is_file() and not file.is_symlink() and b"wJalr" in file.read_bytes():
                yield f"{file} has the key"
        for _ in range(2):
            output = home.run(client)
            if not client.proves(output, NO_MFA, home):
                yield f"the role of a stored key: {output}"
        if b"sessionToken" in home.cache.read_bytes():
            yield "the session is not sealed"
        # The profile of the key itself.
        output = home.run(client, AWS_PROFILE="devcorpuser")
        if not client.proves_user(output):
            yield f"the user of a stored key: {output}"


def sandbox(options, client, double):
    """In a sandbox with the socket of a broker, and without the user's files."""
    with Home(options, double.endpoint) as home, Sandbox(options, home) as inside:
        for _ in range(2):
            output = inside.run(client.once, client.variables)
            if not client.proves(output, NO_MFA, home):
                yield f"it is not the role: {output}"
        output = inside.run([options.bin, "process", "devcorpuser"])
        if "does not offer profile devcorpuser" not in output:
            yield f"another profile: {output}"
        if list(inside.path.rglob("cache.json")):
            yield "the client has a cache"
        double.stop()
        if double.count() != 1:
            yield f"{double.count()} calls of AssumeRole in two runs"


def failure(options, client, double):
    """Its output if AWS denies the call."""
    with Home(options, double.endpoint) as home:
        output = home.run(client, "refused")
        if client.shows not in output:
            yield f"shows {output}"
        if EXTERNAL_ID in output or "wJalr" in output:
            yield "shows a secret"


def gives_up(options, client, double):
    """The client is killed before STS has responded. The session is still cached."""
    with Home(options, double.endpoint) as home:
        # The double responds after `clear`.
        double.say(f"slow {HANG}")
        pipe = subprocess.PIPE
        process = subprocess.Popen(client.once, env=home.environment(client, "biz"), cwd=home.path, stdin=pipe, stdout=pipe, stderr=pipe)
        # The double reports a call when it receives it.
        wait_for(double.count, "our call to STS")
        process.kill()
        process.wait()
        double.say("clear")
        process.communicate()
        wait_for(home.cache.exists, "the session in the cache")
        output = home.run(client)
        double.stop()
        if not client.proves(output, NO_MFA, home) or double.count() != 1:
            yield f"{double.count()} calls of AssumeRole: {output}"


def renewal(options, client, double):
    """A client that runs longer than its session continues with another one."""
    for seconds in SESSIONS:
        with Home(options, double.endpoint) as home:
            double.say(f"sessions {seconds}")
            answers, slowest = around_expiry(client, home, seconds)
            is_role = all(client.proves(answer, NO_MFA, home) for answer in answers)
        if slowest < seconds:
            break
    double.stop()
    if not is_role:
        yield f"answers {answers}, the slowest after {slowest:.0f} s"
    elif answers[0].split()[2] == answers[1].split()[2] or double.count() < 2:
        yield f"{double.count()} calls of AssumeRole: {answers}"


def around_expiry(client, home, seconds):
    """A result before and one after the session expires, and the time of the slower one. A call that takes as long as a
    session lasts can return too late for it."""
    pipe = subprocess.PIPE
    command = dict(env=home.environment(client, "biz"), cwd=home.path, stdin=pipe, stdout=pipe, text=True, bufsize=1)
    answers, slowest = [], 0
    with subprocess.Popen(client.lines, **command) as process:
        for pause in (0, seconds + 2):
            # The session expires by the clock. A longer pause does not affect the result.
            time.sleep(pause)
            asked = time.monotonic()
            process.stdin.write("\n")
            answers.append(process.stdout.readline())
            slowest = max(slowest, time.monotonic() - asked)
        process.stdin.close()
    return answers, slowest


def terminal(options, client, double):
    """The terminal prompts for the code, and its settings are restored afterwards."""
    with Home(options, double.endpoint) as home:
        with Terminal(client, home) as screen:
            screen.wait_for(QUESTION)
            screen.type(double.code() + "\r")
            status = screen.end(double.code)
        if not client.proves(screen.text, BIZ_CORP, home):
            yield f"it is not the role, status {status}: {screen.text}"
        yield from screen.changes()


def interrupt(options, client, double):
    """Ctrl-C at the prompt ends both processes, and the terminal's settings are restored."""
    with Home(options, double.endpoint) as home:
        with Terminal(client, home) as screen:
            screen.wait_for(QUESTION)
            screen.type("\x03")
            screen.end()
        double.stop()
        if double.count():
            yield "STS was called"
        yield from screen.changes()


def served(options, client, double):
    """`exec --serve` provides the role, regardless of `[default]` in the files."""
    with Home(options, double.endpoint, STALE_DEFAULT) as home:
        command = [options.bin, "exec", "biz", "--serve", "--", *client.once]
        environment = {name: value for name, value in home.variables.items() if name != "AWS_PROFILE"}
        run = subprocess.run(command, env=environment, cwd=home.path, capture_output=True, text=True, timeout=HANG)
        if not client.proves(run.stdout, NO_MFA, home) or run.returncode != 0:
            yield f"it is not the role: {run}"
