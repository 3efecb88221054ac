#!/usr/bin/env python3
"""Runs the real program on disks that are full, slow or read-only, beside servers that fail, and beside itself.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/faults.py KARAT [SCENE…]

Each scene says which faults of ../faults.md it tries, and expects the exit code, the words, that nothing half is published, and
that the next run does the job with the same bytes. Needs Linux, root for the disks (`unshare -m`), and the packages of
kills.py, whose small project it uses.
"""

import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from kills import project

KARAT = HOME = BASE = None


class Copy:
    """A copy of the small project."""

    number = 0

    def __init__(self, config=""):
        Copy.number += 1
        self.folder = HOME / f"copy-{Copy.number}"
        shutil.copytree(BASE, self.folder)
        self.output = self.folder / "output"
        self.environment = {}
        with open(self.folder / "config.yaml", "a") as file:
            file.write(config or "engine: {spill: private/}\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def shell(self, script, timeout=300):
        """Runs a script of the shell in the folder; `$KARAT` is the program."""
        return subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env={**os.environ, "KARAT": KARAT}, capture_output=True, text=True,
            timeout=timeout,
        )

    def start(self, *arguments):
        return subprocess.Popen(
            [KARAT, "--log", "json", "--output", "json", "run", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, **self.environment},
        )

    def run(self, code=0, *arguments):
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=400)
        return judged(process.returncode, stdout, stderr, code)

    def published(self):
        found = {}
        for path in self.output.rglob("*") if self.output.exists() else []:
            if path.is_file() and path.name != "volatile.json":
                found[str(path.relative_to(self.output))] = path.read_bytes()
        return found

    def nothing_visible(self):
        log = list((self.output / "log").glob("*.json")) if self.output.exists() else []
        assert not log and not (self.output / "latest.json").exists(), "something is visible"

    def nothing_private(self):
        left = list((self.folder / "private").glob("*"))
        assert not left, f"left: {left}"


def judged(found, stdout, stderr, code):
    """Expects an exit code; gives the status line of a failure, else all that was told."""
    assert found == code, f"exit {found}, not {code}\n{stdout}\n{stderr[-3000:]}"
    if code == 0:
        return stderr
    status = json.loads(stderr.strip().splitlines()[-1])
    assert status["code"] == code, status
    return status


def expected():
    """The bytes of a run that nothing disturbs."""
    if not hasattr(expected, "bytes"):
        with Copy() as copy:
            copy.run()
            expected.bytes = copy.published()
    return expected.bytes


def same(copy):
    found = copy.published()
    assert found.keys() == expected().keys(), sorted(found.keys() ^ expected().keys())[:9]
    differing = [name for name in found if found[name] != expected()[name]]
    assert not differing, differing


# --- Disks.


def work_disk_full():
    """F17, F18: no room for results and spill files, at several sizes."""
    for size in ["16k", "64k", "200k", "400k"]:
        with Copy() as copy:
            script = (
                f"mkdir -p private && mount -t tmpfs -o size={size} none private && "
                '"$KARAT" --log json run; code=$?; ls -A private >&3; exit $code'
            )
            done = copy.shell(f"exec 3>left; exec unshare -m bash -c '{script}'")
            status = judged(done.returncode, done.stdout, done.stderr, 5)
            assert "No space left" in json.dumps(status), status
            assert (copy.folder / "left").read_text() == "", "the work folder is not empty"
            copy.nothing_visible()
            copy.run()
            same(copy)


def publish_disk_full():
    """F19: no room where the run is published; with room again the next run does the job."""
    codes = set()
    for size in ["40k", "200k", "600k", "900k"]:
        with Copy() as copy:
            (copy.folder / "output").mkdir(exist_ok=True)
            script = (
                f"mount -t tmpfs -o size={size} none output && "
                '"$KARAT" --log json run; code=$?; test ! -e output/latest.json || code=99; '
                "find output -name \"*.karat-part\" >&3; mount -o remount,size=50m output; "
                '"$KARAT" --quiet run >/dev/null || code=98; cp -r output whole; exit $code'
            )
            done = copy.shell(f"exec 3>left; exec unshare -m bash -c '{script}'")
            codes.add(done.returncode)
            status = judged(done.returncode, done.stdout, done.stderr, 6)
            assert "no space left" in json.dumps(status), status
            assert (copy.folder / "left").read_text() == "", "half files are left"
            copy.output = copy.folder / "whole"
            same(copy)
    assert codes == {6}, codes


def large_files():
    """F20: a limit on the size of files is an error, and no end by a signal."""
    for blocks in [4, 16, 64]:
        with Copy() as copy:
            done = copy.shell(f'ulimit -f {blocks}; exec "$KARAT" --log json run')
            status = judged(done.returncode, done.stdout, done.stderr, 5)
            assert "File too large" in json.dumps(status), status
            copy.nothing_visible()
            copy.nothing_private()
            copy.run()
            same(copy)


def few_handles():
    """F21: few files may be open."""
    codes = []
    for handles in [16, 24, 32, 64]:
        with Copy() as copy:
            done = copy.shell(f'ulimit -n {handles}; exec timeout 120 "$KARAT" --log json run')
            assert done.returncode != 124, f"{handles} files: it hangs"
            codes.append(done.returncode)
            if done.returncode != 0:
                # While it computes it is out of something; while it publishes, publishing failed.
                assert done.returncode in (5, 6), done.stderr
                status = judged(done.returncode, done.stdout, done.stderr, done.returncode)
                assert "ulimit -n" in json.dumps(status), status
                copy.nothing_visible()
                copy.run()
            same(copy)
    assert codes[-1] == 0 and codes[0] != 0, f"exit codes {codes}"
    return f"exit codes {codes}"


def read_only():
    """F25, F50: a work folder or a publish location that cannot be written is a mistake of the configuration, told first."""
    for folder, word in [("private", "private folder"), ("output", "publish safely")]:
        with Copy() as copy:
            script = f'mkdir -p {folder}; mount -t tmpfs -o ro none {folder} && exec "$KARAT" --log json run'
            done = copy.shell(f"exec unshare -m bash -c '{script}'")
            status = judged(done.returncode, done.stdout, done.stderr, 2)
            assert word in status["message"], status
            assert '"stage":"read"' not in done.stderr, "it began to read before it looked"


def disk_errors():
    """F26 in part, F27: a disk that cannot sync, and one that is slow to."""
    if not shutil.which("strace"):
        return "not tried: strace is not installed"
    with Copy() as copy:
        trace = "strace -f -qq -o /dev/null -e trace=fsync -e"
        # Counted in each thread: the first of all are those of the trial before any work.
        for when, code in [("1", 2), ("12+", 6)]:
            done = copy.shell(f'exec {trace} inject=fsync:error=EIO:when={when} "$KARAT" --log json run')
            status = judged(done.returncode, done.stdout, done.stderr, code)
            assert "Input/output error" in json.dumps(status), status
            copy.nothing_visible()
            copy.nothing_private()
        done = copy.shell(f'exec {trace} inject=fsync:delay_exit=50000 "$KARAT" --log json run')
        judged(done.returncode, done.stdout, done.stderr, 0)
        same(copy)


def no_memory():
    """F24: no memory for threads, or for the work, ends the program; nothing is visible, and the next run does the job."""
    codes = []
    for kilobytes in [150_000, 300_000, 900_000]:
        with Copy() as copy:
            done = copy.shell(f'ulimit -v {kilobytes}; exec timeout 120 "$KARAT" --log json run')
            assert done.returncode != 124, f"{kilobytes} kB: it hangs"
            codes.append(done.returncode)
            if done.returncode != 0:
                copy.nothing_visible()
            copy.run()
            copy.shell('"$KARAT" --quiet gc --keep-days 0')
            same(copy)
            copy.nothing_private()
    assert codes[0] != 0, codes
    return f"exit codes {codes}"


# --- Servers of inputs.


class Store(http.server.BaseHTTPRequestHandler):
    """One Parquet file behind HTTP, with ranges and an ETag, and a script of faults."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, with_body):
        server = self.server
        server.requests += 1
        deed = server.deed(server.requests, self.command)
        if deed == "hang":
            time.sleep(600)
        if isinstance(deed, int):
            server.refused += 1
            self.send_response(deed)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = server.content
        tag = '"two"' if deed == "changed" else '"one"'
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(wanted.group(1)) if wanted else 0
        last = int(wanted.group(2)) if wanted and wanted.group(2) else len(content) - 1
        part = content[first : last + 1]
        if self.headers.get("If-Match", tag) != tag:
            self.send_response(412)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if not with_body:
            return
        if deed == "cut":
            self.wfile.write(part[: len(part) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif deed == "trickle":
            for byte in part:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.2)
        else:
            self.wfile.write(part)


class Served:
    """A copy of the project whose order lines come over HTTP."""

    def __init__(self, deed, config="engine: {spill: private/}\n"):
        self.copy = Copy(config)
        (file, *_) = sorted((self.copy.folder / "order_lines").rglob("*.parquet"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.content, self.server.deed, self.server.requests = file.read_bytes(), deed, 0
        self.server.refused = 0
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        path = self.copy.folder / "config.yaml"
        address = f"http://127.0.0.1:{self.server.server_port}/orders.parquet"
        path.write_text(path.read_text().replace("location: order_lines/", f"location: {address}", 1))

    def __enter__(self):
        return self.copy

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.copy.__exit__()

    @staticmethod
    def volatile(copy):
        (path,) = copy.output.glob("runs/*/*/volatile.json")
        return json.loads(path.read_text())


def sound_server(_number, _command):
    return None


def bursts():
    """F28, F30: refusals in bursts and a connection that is cut in a body: tried again, counted, and the bytes are right."""
    with Served(sound_server) as copy:
        copy.run()
        assert Served.volatile(copy)["retries"] == 0
        tables = {name: text for name, text in copy.published().items() if "/tables/canonical." in name}
    for what, deed in [
        ("503 in bursts", lambda number, _: 503 if number in (1, 2, 4) else None),
        ("429", lambda number, _: 429 if number == 2 else None),
        ("cut in a body", lambda number, command: "cut" if command == "GET" and number < 4 else None),
    ]:
        served = Served(deed)
        with served as copy:
            copy.run()
            refused, retries = served.server.refused, Served.volatile(copy)["retries"]
            assert refused == retries and (refused > 0 or what == "cut in a body"), f"{what}: {refused} refused, {retries} counted"
            again = {name: text for name, text in copy.published().items() if "/tables/canonical." in name}
            assert sorted(map(len, again.values())) == sorted(map(len, tables.values())), what
            assert sorted(again.values()) == sorted(tables.values()), what


def never_works():
    """F29, F39: a server that always fails ends the run soon and not after a day; one that refuses, at once."""
    for code, is_retryable, most in [(500, True, 150), (503, True, 150), (403, False, 30), (404, False, 30)]:
        with Served(lambda number, _, code=code: code) as copy:
            started = time.monotonic()
            status = copy.run(4)
            took = time.monotonic() - started
            assert status["retryable"] == is_retryable and took < most, f"{code}: {took:.0f} s, {status}"
            copy.nothing_visible()
            copy.nothing_private()


def out_of_time():
    """F31, F32: a server that never answers, or a byte at a time: the run ends at its deadline and says where."""
    for deed in ["hang", "trickle"]:
        engine = "engine: {spill: private/, deadline: 5s}\n"
        with Served(lambda number, command, deed=deed: deed if command == "GET" else None, engine) as copy:
            started = time.monotonic()
            status = copy.run(5)
            took = time.monotonic() - started
            assert took < 35 and status["stage"] == "read" and status["retryable"], f"{deed}: {took:.0f} s, {status}"
            assert "out of time" in status["message"], status
            copy.nothing_visible()
            copy.nothing_private()


def changed_input():
    """F34: the object is another one when it is read, or when it is looked at before publishing."""
    for first in [2, 3, 4]:
        with Served(lambda number, _, first=first: "changed" if number >= first else None) as copy:
            process = copy.start()
            stdout, stderr = process.communicate(timeout=300)
            if process.returncode == 0:
                assert first == 4, f"changed from request {first} on, and published"
                continue
            status = judged(process.returncode, stdout, stderr, 4)
            assert "changed during the run" in status["message"] and status["retryable"], status
            copy.nothing_visible()


# --- Itself.


def eight_at_once():
    """F53, F54, F63: eight processes do one run, and eight do eight: one chain, nothing lost, nothing twice."""
    with Copy() as copy:
        processes = [copy.start() for _ in range(8)]
        codes = []
        for process in processes:
            _, stderr = process.communicate(timeout=400)
            codes.append(process.returncode)
            assert process.returncode in (0, 8), stderr
        assert codes.count(0) >= 1
        same(copy)
        days = [f"2026-01-{day:02}" for day in range(2, 10)]
        processes = [copy.start("--as-of", day) for day in days]
        for process in processes:
            _, stderr = process.communicate(timeout=400)
            assert process.returncode == 0, stderr
        log = sorted((copy.output / "log").glob("*.json"))
        entries = [json.loads(path.read_text()) for path in log]
        assert [entry["seq"] for entry in entries] == list(range(1, 10))
        assert sorted(entry["as_of"] for entry in entries) == ["2026-01-01", *days]
        for before, after in zip(log, entries[1:]):
            assert after["previous_sha256"] == hashlib.sha256(before.read_bytes()).hexdigest()
        newest = max(entries, key=lambda entry: (entry["latest"], entry["seq"]))
        latest = json.loads((copy.output / "latest.json").read_text())
        assert latest["run_id"] == newest["run_id"] and newest["as_of"] == days[-1]
        copy.nothing_private()


def suspended():
    """F12: a process sleeps until its lease has expired and another has published; it wakes up and does no harm."""
    with Copy() as copy:
        process = copy.start()
        for line in process.stderr:
            if '"stage":"compute"' in line:
                break
        process.send_signal(signal.SIGSTOP)
        (lease,) = copy.output.glob("leases/*/*.json")
        content = json.loads(lease.read_text())
        lease.write_text(json.dumps({**content, "until": 1}))
        copy.run()
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=300)
        assert process.returncode in (0, 8), stderr
        found = copy.published()
        found = {name: text for name, text in found.items() if not name.startswith("leases/")}
        assert found == expected(), sorted(found.keys() ^ expected().keys())


def files_change():
    """F68: what is edited while a run goes on: SQL and configuration were read before; a template stops the run."""
    def edited(change):
        copy = Copy()
        process = copy.start()
        for line in process.stderr:
            if '"stage":"compute"' in line:
                break
        change(copy.folder)
        stdout, stderr = process.communicate(timeout=300)
        return copy, process.returncode, stdout, stderr

    def sql_and_configuration(folder):
        (folder / "config.yaml").write_text("project: {name: Another}\n")
        for query in (folder / "queries").rglob("*.sql"):
            query.write_text("select 1 as one\n")

    copy, code, stdout, stderr = edited(sql_and_configuration)
    with copy:
        judged(code, stdout, stderr, 0)
        same(copy)

    def template(folder):
        path = folder / "reports/management/report.html"
        path.write_text(path.read_text().replace("</main>", "<p>Edited</p></main>"))

    copy, code, stdout, stderr = edited(template)
    with copy:
        status = judged(code, stdout, stderr, 4)
        assert "report.html` changed during the run" in status["message"], status
        copy.nothing_visible()


def nobody_listens():
    """F70: stdout and stderr are closed, full or a pipe that nobody reads: the run goes on, and its exit code is right."""
    for redirection in [">&- 2>&-", ">/dev/full 2>/dev/full", "> >(true) 2> >(true)"]:
        with Copy() as copy:
            done = copy.shell(f'"$KARAT" --log json run {redirection}')
            assert done.returncode == 0, f"{redirection}: exit {done.returncode}"
            same(copy)


SCENES = [
    work_disk_full, publish_disk_full, large_files, few_handles, read_only, disk_errors, no_memory, bursts, never_works,
    out_of_time, changed_input, eight_at_once, suspended, files_change, nobody_listens,
]


def main(scenes, usage):
    """Plays the scenes that the command line names, or all."""
    global KARAT, HOME, BASE
    if len(sys.argv) < 2:
        raise SystemExit(usage)
    KARAT = str(pathlib.Path(sys.argv[1]).resolve())
    chosen = [scene for scene in scenes if len(sys.argv) == 2 or scene.__name__ in sys.argv[2:]]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        HOME = pathlib.Path(folder)
        BASE = project(KARAT, HOME)
        for scene in chosen:
            started = time.monotonic()
            try:
                verdict = f"holds{'; ' + said if (said := scene()) else ''}"
            except Exception as error:  # the other scenes are worth seeing too
                failed += 1
                verdict = f"FAILS: {type(error).__name__}: {error}"
            print(f"{time.monotonic() - started:5.1f} s  {scene.__doc__.split(chr(10))[0]} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(SCENES, __doc__))
