#!/usr/bin/env python3
"""Every call of a run on its local disk fails, one after the other; and the power goes at every moment.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/disk.py KARAT [SCENE…] [--all] [--minutes M] [--at-once 2]

`calls_that_fail`: a library in front of libc (failing_calls.c) lets the N-th call on a file of the project fail: opening, writing,
syncing, renaming, linking, making and removing; reading. The error comes before the effect or after it, once or for ever from
there on. After each: what readers see is whole, nobody has two mails, the exit code and the words fit, and a rerun ends with
the same bytes. A spread of the calls is tried; `--all` tries every call that changes something in every way, and more reads.

`power_lost`: the calls of a real run are recorded (strace) and played to a model of a disk that keeps only what was synced. At
every moment, and with all, none, or any of the rest lost: the old or the new publication is there, whole; what a mail
was sent of is never lost; and a run after it ends with the same bytes. The same for a run that finishes what a killed one began.

Needs Linux, a C compiler, strace (which it installs, as root), and the packages of kills.py, whose small project it uses.
"""

import argparse
import collections
import concurrent.futures
import copy
import errno
import itertools
import json
import logging
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import duckdb
import trustme

from kills import Trial, project, promised

# How many calls of each kind and way are tried unless all are.
SPREAD = {"change": 16, "read": 8}
# Of so many reads one is tried with `--all`: they are many, and one file is read by many.
EACH_READ = 20


class Stand:
    """What all trials share."""

    def __init__(self, karat, home):
        self.karat, self.home, self.authority = karat, home, trustme.CA()
        self.base = project(karat, home)
        self.library = home / "failing_calls.so"
        source = pathlib.Path(__file__).parent / "failing_calls.c"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-o", self.library, source, "-ldl"], check=True)
        self.numbers = itertools.count()
        sound = self.trial()
        sound.finish()
        self.expected = sound.bytes()
        sound.end()

    def trial(self):
        return Trial(self.karat, self.base, self.home, next(self.numbers), self.authority, getattr(self, "expected", None))


# --- Calls that fail.

# Where a call may fail with which exit code, besides 0 and 7, which are looked at by what is there. 2 while it is found out whether a
# folder can be used at all; 6 when what is to be published cannot be read from the private folder, or the project's folder, `.`, in
# which the publish location lies, cannot be synced.
CODES = {
    ".": {2, 6}, "config.yaml": {2}, "queries": {2}, "reports": {2, 4, 5}, "order_lines": {4}, "private": {2, 5, 6}, "output": {2, 6},
}


def environment(stand, trial, kind, at, number=0, after=False, on=False):
    return {
        "LD_PRELOAD": str(stand.library), "FAIL_BELOW": f"{trial.folder}/", "FAIL_KIND": kind, "FAIL_AT": str(at),
        "FAIL_WITH": str(number), "FAIL_AFTER": str(int(after)), "FAIL_ON": str(int(on)), "FAIL_LOG": f"{trial.folder}.calls",
    }


def calls_of(trial):
    """The calls that were counted: name and path."""
    path = pathlib.Path(f"{trial.folder}.calls")
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    calls = sorted((int(number), call, path) for number, call, path in (line.split(" ", 2) for line in lines))
    return [(call, re.sub(r"^(\./)+", "", path)) for _, call, path in calls]


def one_call(stand, kind, at, error, after, on):
    """One call fails; gives what it was and the exit code, or nothing when the run had fewer calls."""
    trial = stand.trial()
    what = f"{kind} {at} {errno.errorcode[error]}{' after its effect' if after else ''}{' and all later' if on else ''}"
    try:
        process = trial.start(**environment(stand, trial, kind, at, error, after, on))
        stdout, stderr = process.communicate(timeout=300)
        calls, code = calls_of(trial), process.returncode
        if len(calls) < at:
            assert code == 0, f"exit {code} although nothing failed\n{stderr[-2000:]}"
            return None
        call, path = calls[at - 1]
        place = path.split("/")[0]
        what = f"{what}: {call} {path}"
        assert "panicked" not in stderr, stderr[-3000:]
        trial.promised()
        is_published = any((trial.output / "log").glob("*.json"))
        if code in (0, 7):
            assert is_published, f"exit {code}, and nothing is published"
        else:
            assert on or code in CODES[place], f"exit {code}: {stderr.strip().splitlines()[-1]}"
            status = json.loads(stderr.strip().splitlines()[-1])
            said = json.dumps(status)
            assert status["code"] == code and ("os error" in said or "rror" in said), said
            assert not is_published or "in the log" in said, f"exit {code}, and something is visible: {said}"
        trial.finish()
        trial.compare()
        return call, place, code
    except Exception as failure:
        raise AssertionError(f"{what}: {failure}") from failure
    finally:
        trial.end()


def calls_that_fail(stand, arguments):
    """Each call on a file of the project fails: what readers see is whole, the code fits, a rerun ends with the same bytes."""
    ways = {
        "change": [(errno.EIO, False, False), (errno.ENOSPC, False, False), (errno.EIO, True, False), (errno.ENOSPC, False, True)],
        "read": [(errno.EIO, False, False)],
    }
    trials = []
    for kind, listed in ways.items():
        trial = stand.trial()
        process = trial.start(**environment(stand, trial, kind, 0))
        process.communicate(timeout=300)
        total = len(calls_of(trial))
        trial.end()
        assert process.returncode == 0 and total > 500, f"{total} calls of the kind {kind}, exit {process.returncode}"
        for way in listed:
            step = (1 if kind == "change" else EACH_READ) if arguments.all else max(1, total * len(listed) // SPREAD[kind])
            first = random.Random(f"{kind} {way}").randrange(step) + 1
            trials += [(kind, at, *way) for at in range(first, total + 1, step)]
    random.Random(1).shuffle(trials)
    seen, failures, done = collections.Counter(), [], 0
    end = time.monotonic() + arguments.minutes * 60

    def in_time(*trial):
        return one_call(stand, *trial) if time.monotonic() < end else "too late"

    with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
        for future in concurrent.futures.as_completed([pool.submit(in_time, *trial) for trial in trials]):
            try:
                if future.result() == "too late":
                    continue
                done += 1
                seen[future.result()] += 1
            except AssertionError as failure:
                done += 1
                failures.append(str(failure))
                print(f"FAILS: {failure}", flush=True)
            if done % 100 == 0 and arguments.all:
                print(f"{done} of {len(trials)} calls, {len(failures)} failures", flush=True)
    beyond = seen.pop(None, 0)
    if arguments.all:
        for (call, place, code), count in sorted(seen.items()):
            print(f"{count:5}  {call:8} {place:12} exit {code}")
    assert not failures, f"{len(failures)} of {len(trials)}; the first: {failures[0]}"
    codes = collections.Counter(code for _, _, code in seen.elements())
    told = ", ".join(f"{count} x {code}" for code, count in sorted(codes.items()))
    assert beyond * 10 < len(trials) and {2, 5, 6} <= set(codes), f"{beyond} came too late; exit codes {told}"
    return f"{seen.total()} of {len(trials)} calls, exit codes {told}"


# --- Spill files.


def spilling(base, home):
    """The project with so many doubtful lines, each twice, that the engine sorts them on the disk."""
    folder = home / "spilling"
    shutil.copytree(base, folder)
    lines = duckdb.sql(f"select * from read_parquet('{folder}/order_lines/**/*.parquet', hive_partitioning = false)")
    many = duckdb.sql(
        "select lines.* replace (order_id || '-' || md5(order_id || copy) as order_id) from lines, range(125) copies(copy), range(2) "
        "order by hash(copy, order_id, line_number)"
    )
    many.write_parquet(str(folder / "lines.parquet"))
    shutil.rmtree(folder / "order_lines")
    (folder / "order_lines").mkdir()
    (folder / "lines.parquet").rename(folder / "order_lines/lines.parquet")
    return folder


def spill_files(stand, arguments):
    """Reading or writing a spill file fails: the run ends with 5, the query and a hint; another does the job."""
    base, told = spilling(stand.base, stand.home), []

    def trial():
        made = Trial(stand.karat, base, stand.home, next(stand.numbers), stand.authority)
        text = (made.folder / "config.yaml").read_text()
        (made.folder / "config.yaml").write_text(text.replace("{spill: private/}", "{spill: private/, memory: 64MiB, threads: 2}"))
        return made

    # Each fails from there on, as a disk does that dies; 1 is the opening.
    for kind, at in [("read", 1), ("read", 40), ("change", 2), ("change", 40)]:
        dying = trial()
        settings = {**environment(stand, dying, kind, at, errno.EIO, on=True), "FAIL_WITHIN": "/datafusion-"}
        process = dying.start(**settings)
        stdout, stderr = process.communicate(timeout=300)
        calls = calls_of(dying)
        assert len(calls) >= at, f"{kind}: only {len(calls)} calls on spill files"
        status = json.loads(stderr.strip().splitlines()[-1])
        what = f"{kind} {at}, {calls[at - 1]}: exit {process.returncode}, {status}"
        assert process.returncode == 5 and "Input/output error" in json.dumps(status), what
        assert "queries/1_canonical/" in status["message"] and "engine.spill" in status["hint"], what
        assert not list(dying.output.rglob("*.json")), f"{what}: something is visible"
        told.append(calls[at - 1][0])
        if (kind, at) == ("read", 40):
            dying.finish()
        dying.end()
    return f"{', '.join(told)}"


# --- Power.

# Calls that change files; the model refuses those that it does not know.
WRITES = {"write", "pwrite64", "writev", "pwritev", "copy_file_range", "sendfile", "ftruncate", "fallocate"}
TRACED = WRITES | {
    "open", "openat", "creat", "fsync", "fdatasync", "sync", "syncfs", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir", "connect",
}
# A descriptor or folder with its path, or a text.
PART = re.compile(r'(?:\d+|AT_FDCWD)<((?:[^<>\\]|\\.)*)>|"((?:[^"\\]|\\.)*)"')


class Call:
    """A call that ended: its name, arguments and result, and the lines of the record at which it began and ended."""

    def __init__(self, text, begun, ended):
        self.name, self.text, result = re.match(r"(\w+)\((.*)\) += (-?\d+)", text).groups()
        self.result, self.begun, self.ended = int(result), begun, ended
        self.parts = PART.findall(self.text)

    @staticmethod
    def all(trace):
        """The calls as they ended; those that make a folder as they began, since another thread may use it before they return."""
        return sorted(Call.ended_in(trace), key=lambda call: call.begun if call.name.startswith("mkdir") else call.ended)

    @staticmethod
    def ended_in(trace):
        begun = {}
        for number, line in enumerate(trace.read_text(errors="replace").splitlines()):
            process, text = re.match(r"(\d+) +(.*)", line).groups()
            start = number
            if text.startswith("<..."):
                start, head = begun.pop(process)
                text = head + re.sub(r"^<\.\.\. \w+ resumed>", "", text)
            if text.endswith("<unfinished ...>"):
                begun[process] = (start, text.removesuffix("<unfinished ...>"))
            elif re.match(r"\w+\(.*\) += -?\d", text):
                yield Call(text, start, number)


class Node:
    """A file or a folder of the model."""

    def __init__(self, is_folder, content=None, is_synced=False):
        self.is_folder, self.content, self.is_synced = is_folder, content, is_synced
        # Of a folder: what readers see, what is certain, and the changes in between, each with the line at which it ended.
        self.seen, self.certain, self.pending = {}, {}, []

    def change(self, call, names):
        self.seen = applied(self.seen, names)
        self.pending.append((call.ended, names))

    def sync(self, call):
        """What was done before the call began is certain from now on."""
        for _, names in (change for change in self.pending if change[0] < call.begun):
            self.certain = applied(self.certain, names)
        self.pending = [change for change in self.pending if change[0] >= call.begun]


def applied(names, change):
    return {name: node for name, node in {**names, **change}.items() if node is not None}


class Disk:
    """A disk that keeps what was synced, and of the rest anything or nothing.

    It keeps to what POSIX promises and not to what file systems do beyond it: the bytes of a file are certain when the file was
    synced, its name when its folder was.
    """

    def __init__(self):
        # Above the publish location lies the folder of the project, which is there; the publish location itself may not be.
        self.top = Node(True)
        # The files that were made, in order, and their bytes as far as they are known from an earlier time.
        self.made, self.known = [], []

    def at(self, trial):
        """Makes it the disk of this trial; what happened before it, happened before each of its calls."""
        self.cwd, self.root = str(trial.folder), str(trial.output)
        folders = [self.top]
        for folder in folders:
            folder.pending = [(-1, names) for _, names in folder.pending]
            folders += [node for node in folder.seen.values() if node.is_folder]

    def load(self, folder, node=None):
        """Takes what is there for certain."""
        node = node or self.top
        if node is self.top and folder.exists():
            node.seen[folder.name] = node.certain[folder.name] = Node(True)
            node = node.seen[folder.name]
        for path in folder.iterdir() if folder.exists() else []:
            child = Node(True) if path.is_dir() else Node(False, path.read_bytes(), True)
            node.seen[path.name] = node.certain[path.name] = child
            if path.is_dir():
                self.load(path, child)

    def place(self, path, folder):
        """The parts of a path from the folder of the project; none when it is not the publish location or below it."""
        whole = pathlib.PurePosixPath(folder or self.cwd, path)
        if whole == pathlib.PurePosixPath(self.cwd):
            return ()
        is_below = whole.is_relative_to(self.root)
        return whole.relative_to(self.cwd).parts if is_below else None

    def node(self, place):
        node = self.top
        for part in place:
            node = node.seen.get(part) if node else None
        return node

    def play(self, call):
        """Plays a call; tells whether it changed what may be left."""
        names, paths = [], [path for path, _ in call.parts if path]
        for index, (_, name) in enumerate(call.parts):
            if name:
                names.append(self.place(name, call.parts[index - 1][0] if index else None))
        if call.name in ("open", "openat", "creat"):
            (place,) = names
            if not place or call.result < 0 or "O_CREAT" not in call.text:
                return False
            assert self.node(place) is None, f"a file is written to again: {call.text}"
            number = len(self.made)
            node = Node(False, self.known[number] if number < len(self.known) else b"")
            self.made.append(node)
            self.node(place[:-1]).change(call, {place[-1]: node})
            return True
        if call.name in WRITES:
            place = self.place(paths[-1 if call.name == "copy_file_range" else 0], None) if paths else None
            if not place or call.result < 0:
                return False
            node = self.node(place)
            assert not node.is_synced, f"a file is written to after it was synced: {call.text[:200]}"
            if call.name == "write" and len(self.known) < len(self.made):
                node.content += call.parts[-1][1].encode("latin-1").decode("unicode_escape").encode("latin-1")
            return False
        if call.name in ("fsync", "fdatasync"):
            place = self.place(paths[0], None)
            if place is None or call.result != 0:
                return False
            node = self.node(place)
            if node.is_folder:
                node.sync(call)
            node.is_synced = True
            return True
        if not any(names) or call.result != 0:
            return False
        assert all(names), f"from or to elsewhere: {call.name} {call.text}"
        folder, name = self.node(names[-1][:-1]), names[-1][-1]
        if call.name.startswith("rename"):
            assert names[0][:-1] == names[1][:-1], f"from folder to folder: {call.text}"
            folder.change(call, {names[0][-1]: None, name: self.node(names[0])})
        elif call.name.startswith("link"):
            folder.change(call, {name: self.node(names[0])})
        elif call.name.startswith("mkdir"):
            folder.change(call, {name: Node(True)})
        elif call.name.startswith(("unlink", "rmdir")):
            folder.change(call, {name: None})
        else:
            raise AssertionError(f"the model does not know {call.name}")
        return True

    def files(self, held, node=None, above=""):
        """The files by path below the publish location, when `held` says what each folder holds."""
        found = {}
        for name, child in held(node or self.top).items():
            path = f"{above}{name}" if node else ""
            if child.is_folder:
                found.update(self.files(held, child, f"{path}/" if path else ""))
            else:
                found[path] = child
        return found

    def lost(self):
        """All names are lost that are not certain."""
        return self.files(lambda node: node.certain)

    def kept(self):
        """All names are kept."""
        return self.files(lambda node: node.seen)

    def some(self, draw):
        """Of the changes of each folder that are not certain, any are kept."""
        def held(node):
            names = node.certain
            for _, change in node.pending:
                names = applied(names, change) if draw.random() < 0.5 else names
            return names
        return self.files(held)


class Power:
    """Runs of a trial whose calls are played to the model; counts what was looked at."""

    def __init__(self, disk, draw, is_left_out=lambda _: False):
        self.disk, self.draw, self.is_left_out = disk, draw, is_left_out
        self.calls, self.states, self.certain = 0, 0, 0

    def run(self, trial, is_cut):
        """Runs the program; gives what would be left where the power goes after some of the calls, each with the name of the call."""
        trace = trial.folder / "trace"
        process = trial.start([
            "strace", "-f", "-y", "-qq", "-s", "100000", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={','.join(sorted(TRACED))}",
        ])
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, f"exit {process.returncode}\n{stdout}\n{stderr[-3000:]}"
        calls = [call for call in Call.all(trace) if not self.is_left_out(call)]
        # Once for the bytes of all files, as they are in the end; no file is written to after it was synced.
        rehearsal = copy.deepcopy(self.disk)
        for call in calls:
            if call.name != "connect":
                rehearsal.play(call)
        for path, node in rehearsal.kept().items():
            node.content = (trial.output / path).read_bytes()
        self.disk.known = [node.content for node in rehearsal.made]
        changes, mails, left = 0, 0, []
        for call in calls:
            if call.name == "connect":
                if f"htons({trial.stage.port})" in call.text:
                    mails += 1
                    self.before_mail(mails)
            elif self.disk.play(call):
                changes += 1
                self.look(call)
                if is_cut(call):
                    left.append((f"{call.name} {call.text[-150:]}", copy.deepcopy(self.disk)))
        self.calls += changes
        found = {path: node.content for path, node in self.disk.lost().items()}
        there = [path for path in self.disk.kept() if not path.endswith(".karat-part")]
        missing = sorted(path for path in there if found.get(path) != (trial.output / path).read_bytes())
        assert not missing, f"after the run not certain: {missing[:9]}"
        return left

    def look(self, call):
        """Nothing that may be left after the power goes here is half."""
        for files in [self.disk.lost(), self.disk.kept(), self.disk.some(self.draw), self.disk.some(self.draw)]:
            self.states += 1
            torn = [path for path, node in files.items() if not node.is_synced and not path.endswith(".karat-part")]
            assert not torn, f"after {call.name} {call.text}: not synced, and named: {torn}"
            entries, _ = promised(files.keys(), lambda path: files[path].content)
            assert entries >= self.certain, f"after {call.name} {call.text}: a publication is lost again"
            self.certain = max(self.certain, entries if files.keys() == self.disk.lost().keys() else 0)

    def before_mail(self, mails):
        """What a mail is sent of is certain, and that it is about to be sent is too."""
        files = self.disk.lost()
        intents = [path for path in files if path.endswith(".intent.json")]
        assert "latest.json" in files and any(path.startswith("log/") for path in files), "mailed, and not certain"
        assert len(intents) >= mails - 1, f"{mails} mails, {len(intents)} certain intents"


def laid_out(files, trial):
    """Makes the publish location of a trial what is left: these files."""
    for path, node in files.items():
        target = trial.output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(node.content if node.is_synced else b"")


def is_commit(call):
    """The last calls of a publication, which name its manifest, its entry of the log and its pointer, and what follows each."""
    return call.name.startswith(("link", "rename")) and re.search(r"manifest\.json|log/|latest\.json", call.text)


def is_step(call):
    """The first and the last calls of an upload, and the commit."""
    return is_commit(call) or call.name.startswith("mkdir") or call.name == "rename" and "report.html" in call.text


def power_lost(stand, arguments):
    """The power goes after each call: the old or the new publication is there, whole; a run after it ends with the same bytes."""
    if not shutil.which("strace"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "strace"], check=True, stdout=subprocess.DEVNULL)
    draw = random.Random(16)
    told = []

    def traced(power, prepare, is_cut=lambda _: False):
        trial = stand.trial()
        try:
            prepare(trial)
            power.disk.at(trial)
            return power.run(trial, is_cut)
        finally:
            trial.end()

    # The first publication of all.
    first = Power(Disk(), draw)
    cuts = traced(first, lambda trial: None, is_step)
    told.append(f"a first publication: {first.calls} calls, {first.states} states of the disk")

    # The second, which removes the first, because one is kept.
    def published_before(trial):
        config = trial.folder / "config.yaml"
        text = config.read_text()
        assert "publish:\n" in text
        config.write_text(text.replace("publish:\n", "publish:\n  keep: 1\n"))
        process = trial.start(after=["--as-of", "2025-12-01"])
        _, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr[-2000:]
        trial.post.taken = {reader: [] for reader in trial.post.taken}
        second.disk.load(trial.output)

    second = Power(Disk(), draw)
    traced(second, published_before)
    assert second.certain == 2, second.certain
    told.append(f"a second: {second.calls}, {second.states}")

    # A program that did not sync its files, or its folders, would be found out.
    for what, is_left_out in [
        ("files", lambda call: call.name == "fsync" and ".karat-part" in call.text),
        ("folders", lambda call: call.name == "fsync" and ".karat-part" not in call.text),
    ]:
        try:
            traced(Power(Disk(), draw, is_left_out), lambda trial: None)
        except AssertionError:
            continue
        raise AssertionError(f"syncs of {what} could be left out, and nobody would know")

    # A run after the power went ends with the same bytes, whatever is left.
    chosen = cuts if arguments.all else draw.sample(cuts, 6)
    for name, disk in chosen:
        trial = stand.trial()
        try:
            laid_out(disk.some(draw), trial)
            trial.finish()
            trial.compare()
        except Exception as failure:
            raise AssertionError(f"a run after the power went at {name}: {failure}") from failure
        finally:
            trial.end()
    told.append(f"{len(chosen)} runs after it")

    # A process is killed after one of these calls; another finishes its job, and then the power goes.
    commits = [(name, disk) for name, disk in cuts if arguments.all or re.match(r"link.*(manifest|log/)|rename.*latest", name)]
    power = None
    calls = states = 0
    for name, disk in commits:
        power = Power(disk, draw)
        try:
            traced(power, lambda trial: laid_out(disk.kept(), trial))
        except Exception as failure:
            raise AssertionError(f"killed at {name}: {failure}") from failure
        calls, states = calls + power.calls, states + power.states
    assert len(commits) >= 3, cuts
    told.append(f"{len(commits)} runs that finish a killed one: {calls}, {states}")
    return "; ".join(told)


SCENES = [calls_that_fail, spill_files, power_lost]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("karat")
    parser.add_argument("scenes", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--minutes", type=float, default=1e6, help="try no further call after so many minutes")
    parser.add_argument("--at-once", type=int, default=2)
    arguments = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        stand = Stand(str(pathlib.Path(arguments.karat).resolve()), pathlib.Path(folder))
        for scene in SCENES:
            if arguments.scenes and scene.__name__ not in arguments.scenes:
                continue
            started = time.monotonic()
            try:
                verdict = f"holds; {scene(stand, arguments)}"
            except Exception as error:  # the other scenes are worth seeing too
                failed += 1
                verdict = f"FAILS: {type(error).__name__}: {error}"
            print(f"{time.monotonic() - started:5.1f} s  {scene.__doc__} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
