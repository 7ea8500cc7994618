#!/usr/bin/env python3
"""usage: Tests/Interrupts/interrupts.py [COUNT] [SEED]

Ends `make bench` at random moments, by INT, TERM, HUP and KILL to its process group, to make, to swift test and to the
test process, at smoke and at quick. Three seconds later nothing may run, listen or be locked, what was measured has to be
there, and the run has to say what ended it. Prints a line for each trial; exits 1 where one failed.

Nothing else may measure meanwhile. With INTERRUPTS_SHORT=1 it interrupts runs against a server of its own, without a stack
and without a build: a few seconds each, for the tests of the suite.
"""
import collections, fcntl, glob, http.server, itertools, json, os, random, signal, subprocess, sys, tempfile, threading
import time, uuid

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIGNALS = ["INT", "TERM", "HUP", "KILL"]
TARGETS = ["group", "make", "swift test", "test process"]
IS_SHORT = os.environ.get("INTERRUPTS_SHORT") == "1"
PROFILES = ["smoke"] if IS_SHORT else ["smoke", "quick"]
# From the start of swift test, in seconds: the stack starts, then it measures. quick goes on beyond that.
SPAN = {"smoke": 2.2} if IS_SHORT else {"smoke": 18, "quick": 30}
PATIENCE = 3.0
MARK = "INTERRUPTS_TRIAL"


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def stat(pid):
    """The name, the state, the parent and the start of a process; None where it is gone."""
    text = read(f"/proc/{pid}/stat").decode(errors="replace")
    if not text:
        return None
    name, rest = text.split("(", 1)[1].rsplit(")", 1)
    fields = rest.split()
    return name, fields[0], int(fields[1]), fields[19]


def processes():
    found = {int(name): stat(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    return {pid: facts for pid, facts in found.items() if facts and facts[1] not in "ZX"}


def descendants(root, table):
    family, grown = {root}, True
    while grown:
        more = {pid for pid, facts in table.items() if facts[2] in family} - family
        family, grown = family | more, bool(more)
    return family


def is_locked(path):
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


def listening(ports):
    lines = (read("/proc/net/tcp") + read("/proc/net/tcp6")).decode().splitlines()
    fields = [line.split() for line in lines]
    open_ports = {int(words[1].rsplit(":", 1)[1], 16) for words in fields if len(words) > 3 and words[3] == "0A"}
    return sorted(open_ports & ports)


def wait(until, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = until()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {seconds} s")


class Pong(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"pong")

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass


class Trial:
    def __init__(self, words, state, ports, results, number, how, target, profile, span):
        self.words, self.state, self.ports, self.results, self.number = words, state, ports, results, number
        self.how, self.target, self.profile, self.span = how, target, profile, span
        self.mark = f"{MARK}={uuid.uuid4()}"
        self.temporary = tempfile.TemporaryDirectory(prefix="interrupts-")
        self.log = tempfile.TemporaryFile("w+", errors="replace")
        self.problems = []

    def start(self):
        name, value = self.mark.split("=")
        environment = dict(os.environ, **{name: value, "TMPDIR": self.temporary.name, "SHOOTOUT_RESULTS": self.results})
        for inherited in ["MAKEFLAGS", "MAKELEVEL", "SHOOTOUT_OWNERS"]:
            environment.pop(inherited, None)
        self.make = subprocess.Popen(
            ["make", "bench", f"PROFILE={self.profile}"] + self.words, cwd=CHECKOUT, env=environment,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def family(self):
        table = processes()
        return {pid: table[pid] for pid in descendants(self.make.pid, table) if pid in table}

    def named(self, *names):
        if self.make.poll() is not None:
            raise EOFError("make ended before it was interrupted")
        return next((pid for pid, facts in self.family().items() if facts[0].startswith(names)), None)

    def swift(self):
        pid = self.named("swift-test", "built-swift")
        # What stands for swift also stands for the build before.
        return pid if pid and b"\0build\0" not in read(f"/proc/{pid}/cmdline") else None

    def test_process(self):
        return self.named("framework-shoot")

    def run_folder(self):
        folders = sorted(glob.glob(self.results + "/runs/*"))
        return folders[-1] if folders else None

    def attachments(self):
        folder = self.run_folder()
        return {os.path.basename(path) for path in glob.glob(f"{folder}/attachments/*.json")} if folder else set()

    def ours(self, before):
        """What still runs, found by marks and by what was seen before."""
        left = {}
        for pid, facts in processes().items():
            variables = read(f"/proc/{pid}/environ").split(b"\0")
            marked = any(v == self.mark.encode() or v.startswith(f"SHOOTOUT_TARGET={self.state}/".encode()) for v in variables)
            try:
                inside = os.readlink(f"/proc/{pid}/cwd").startswith(self.state + "/postgres")
            except OSError:
                inside = False
            if marked or inside or (pid in before and before[pid][3] == facts[3]):
                left[pid] = facts[0]
        return left

    def interrupt(self):
        swift = wait(self.swift, 300, "swift test")
        if self.target == "test process":
            wait(self.test_process, 300, "the test process")
        end = time.monotonic() + self.span
        while time.monotonic() < end and self.make.poll() is None:
            time.sleep(0.01)
        self.before = self.family()
        self.measuring = bool(self.run_folder()) and is_locked(self.run_folder() + "/attachments")
        self.kept = {name for name in self.attachments() if self.is_whole(name)}
        if self.make.poll() is not None:
            self.measuring = False
            return
        # swift test starts the tests more than once: those of each library by themselves.
        tests = wait(self.test_process, 60, "the test process") if self.target == "test process" else None
        pid = {"group": self.make.pid, "make": self.make.pid, "swift test": swift, "test process": tests}[self.target]
        number = getattr(signal, "SIG" + self.how)
        try:
            os.killpg(pid, number) if self.target == "group" else os.kill(pid, number)
        except ProcessLookupError:
            self.measuring = False

    def is_whole(self, name):
        try:
            json.loads(read(f"{self.run_folder()}/attachments/{name}"))
            return True
        except ValueError:
            return False

    def check(self, began):
        while time.monotonic() < began + PATIENCE and self.ours(self.before):
            self.make.poll()
            time.sleep(0.02)
        self.seconds = time.monotonic() - began
        self.make.poll()
        left = self.ours(self.before)
        if left:
            self.problems.append(f"still running: {left}")
        if ports := listening(self.ports):
            self.problems.append(f"listening: {ports}")
        locks = [f"{self.state}/use.lock", f"{self.state}/deploy.lock", f"{self.run_folder()}/attachments"]
        if held := [path for path in locks if is_locked(path)]:
            self.problems.append(f"locked: {held}")
        # SwiftPM leaves files of its own.
        leftovers = glob.glob(self.temporary.name + "/shootout*") + [
            path for path in [self.state + "/postgres", self.state + "/stack.json"] + glob.glob(self.state + "/homes/*")
            + glob.glob(self.results + "/.*") + glob.glob(f"{self.run_folder()}/.*") if os.path.exists(path)]
        if leftovers:
            self.problems.append(f"left behind: {leftovers}")
        if lost := self.kept - self.attachments():
            self.problems.append(f"lost: {sorted(lost)}")
        if broken := [name for name in self.attachments() if not self.is_whole(name)]:
            self.problems.append(f"broken: {broken}")
        self.says = json.loads(read(f"{self.run_folder()}/attachments/ended.json") or b"{}").get("by", "")
        killed = self.how == "KILL" and self.target == "test process"
        if self.measuring and not killed and not self.says:
            self.problems.append("the run does not say what ended it")
        self.log.seek(0)
        text = self.log.read()
        if "left behind by an earlier deployment" in text or "waiting for" in text:
            self.problems.append("the one before had left something")
        if self.measuring and not (self.how == "KILL" and self.target == "group"):
            if "INCOMPLETE" not in text and "no report can be made" not in text:
                self.problems.append("no report says that it is incomplete")
        if self.problems:
            self.problems.append("its output ends: " + text[-1500:])

    def run(self):
        self.start()
        try:
            self.interrupt()
            self.check(time.monotonic())
        except (EOFError, TimeoutError) as error:
            self.log.seek(0)
            self.problems.append(f"{error}; its output ends: {self.log.read()[-1500:]}")
            self.seconds, self.says, self.measuring, self.kept = 0, "", False, set()
        finally:
            for pid in self.ours(getattr(self, "before", {})) if self.problems else []:
                os.kill(pid, signal.SIGKILL)
            self.make.wait()
            self.temporary.cleanup()
        phase = "measuring" if self.measuring and "manifest.json" in self.kept else "starting"
        rounds = sum("--" in name for name in self.kept)
        print(f"{self.number:3} {self.how:4} {self.target:12} {self.profile:5} after {self.span:4.1f} s ({phase}, {rounds} files): "
              f"{'FAILED' if self.problems else 'ok'}, gone after {self.seconds:.1f} s; {self.says or '–'}", flush=True)
        for problem in self.problems:
            print(f"      {problem}", flush=True)
        return not self.problems


def main():
    count, seed = (int(word) for word in (sys.argv[1:] + ["40", "1"][len(sys.argv) - 1:])[:2])
    chance = random.Random(seed)
    if IS_SHORT:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pong)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = ["SCENARIOS=ping", "DEPLOYMENT=external", f"URLS=reference=http://127.0.0.1:{server.server_port}"]
        words.append("SWIFT=" + CHECKOUT + "/Tests/Interrupts/built-swift")
        state, ports = "/nowhere", set()
    else:
        words = ["SCENARIOS=ping,json-large", "FRAMEWORKS=sanic,reference"]
        answer = subprocess.run([CHECKOUT + "/.build/debug/shootout", "setup", "--check"], capture_output=True, text=True)
        state = next(line.split()[1] for line in answer.stdout.splitlines() if line.startswith("state "))
        frameworks = glob.glob(CHECKOUT + "/docker/frameworks/*/framework.json")
        ports = {json.load(open(path))["port"] for path in frameworks}
    plan = list(itertools.product(SIGNALS, TARGETS, PROFILES))
    chance.shuffle(plan)
    failed, counts = 0, collections.Counter()
    with tempfile.TemporaryDirectory(prefix="interrupts-") as results:
        for number, (how, target, profile) in enumerate(itertools.islice(itertools.cycle(plan), count), 1):
            counts[how, target, profile] += 1
            span = chance.uniform(0, SPAN[profile])
            failed += not Trial(words, state, ports, results + f"/{number}", number, how, target, profile, span).run()
    print(f"{count} interrupts, seed {seed}: {failed} failed")
    for target in TARGETS:
        print(f"  {target:12} " + "  ".join(f"{how} {sum(counts[how, target, p] for p in PROFILES)}" for how in SIGNALS))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
