#!/usr/bin/env python3
"""Runs projects on one machine and on clusters of processes on loopback, and compares every byte.

    python3 tests/tools/cluster.py KARAT [--customers 300] [--trials 9] [--at-once 3] [--seed N] [--only PART]

KARAT is built with `--features cluster`. Parts: `same` (the sample, a generated history and `examples/full`, each on 1, 2 and 3 executors), `trials` (at a random
moment of a run an executor is killed, stopped and started again, or frozen and thawed, or the scheduler is killed: the run ends with the
same bytes, or with exit code 5, nothing visible, and the next one with the same bytes), `token` (who does not know it is refused). Every
statement that can runs on the cluster (`cluster_rows: 1`).
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = "0123456789abcdef0123456789abcdef"
# Differ between two attempts: when, how long, where.
VOLATILE = {"volatile.json", "latest.json"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(token):
    """The environment with the token, or without one."""
    kept = {name: value for name, value in os.environ.items() if name != "KARAT_CLUSTER_TOKEN"}
    return {**kept, "KARAT_CLUSTER_TOKEN": token} if token else kept


class Cluster:
    """A scheduler and executors; all end with the block."""

    def __init__(self, karat, home, executors, slots=1, token=TOKEN):
        self.karat, self.home, self.token, self.slots = karat, home, token, slots
        self.port = free_port()
        self.address = f"df://127.0.0.1:{self.port}"
        self.processes = []
        self.count = executors

    def __enter__(self):
        self.schedule()
        self.executors = [self.execute() for _ in range(self.count)]
        self.wait(self.count)
        return self

    def start(self, *arguments):
        process = subprocess.Popen([self.karat, "--quiet", "cluster", *arguments], env=environment(self.token))
        self.processes.append(process)
        return process

    def schedule(self):
        self.scheduler = self.start("scheduler", "--port", str(self.port))

    def execute(self):
        self.work = self.home / "work"
        return self.start(
            "executor", "--scheduler", self.address, "--port", str(free_port()), "--slots", str(self.slots),
            "--memory", "512", "--files", str(self.home), "--work", str(self.work),
        )

    def wait(self, executors):
        """Waits until so many executors are there."""
        for _ in range(600):
            try:
                if self.standing()["executors"] >= executors:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.1)
        raise AssertionError(f"there are not {executors} executors")

    def standing(self):
        """What the scheduler tells; the pass is that of the program, read from a request of it."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/cluster", headers={"User-Agent": shown(self.karat, self.token)})
        return json.load(urllib.request.urlopen(request, timeout=5))

    def __exit__(self, *_):
        # The scheduler last: executors tell it that they go.
        for processes in ([one for one in self.processes if one is not self.scheduler], [self.scheduler]):
            for process in processes:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            for process in processes:
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


SHOWN = {}


def shown(karat, token):
    """The pass that the program shows: it is asked to join a listener that only reads."""
    if token not in SHOWN:
        with socket.socket() as listener, tempfile.TemporaryDirectory() as folder:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            address = f"df://127.0.0.1:{listener.getsockname()[1]}"
            asking = subprocess.Popen(
                [karat, "--quiet", "cluster", "executor", "--scheduler", address, "--files", folder, "--port", str(free_port())],
                env=environment(token), stderr=subprocess.DEVNULL,
            )
            connection, _ = listener.accept()
            request = connection.recv(65536).decode()
            asking.kill()
            asking.wait()
            connection.close()
        SHOWN[token] = re.search(r"(?im)^user-agent: (.*?)\r?$", request).group(1)
    return SHOWN[token]


def run(karat, project, address=None, token=TOKEN, output="output", quiet=True):
    """Starts a run of the project into a folder of its own, on a cluster or here."""
    text = (project / "config.yaml").read_text()
    text = re.sub(r"(?m)^  location: output/.*$", f"  location: {output}/", text)
    text = re.sub(r"(?m)^engine:.*\n(  .*\n)*", "", text)
    engine = {"memory": "512MiB", "threads": 2, "spill": str(project / "spill")}
    if address:
        engine |= {"cluster": address, "cluster_rows": 1}
    text += "\nengine:\n" + "".join(f"  {name}: {value}\n" for name, value in engine.items())
    config = project / f"{output}.yaml"
    config.write_text(text)
    return subprocess.Popen(
        [karat, *(["--quiet"] if quiet else []), "--config", str(config), "run"],
        cwd=project, env=environment(token), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )


def ended(process, expected=0):
    _, said = process.communicate(timeout=600)
    assert process.returncode == expected, f"exit code {process.returncode} in place of {expected}:\n{said}"
    return said


def files(folder):
    """Every published file with the hash of its bytes."""
    found = {}
    for path in sorted(folder.glob("runs/**/*")):
        if path.is_file() and path.name not in VOLATILE:
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def same(project, one, other):
    left, right = files(project / one), files(project / other)
    assert len(left) > 50, f"only {len(left)} files"
    differ = sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))
    assert not differ, f"{len(differ)} files differ: {differ[:10]}"
    return len(left)


def elsewhere(project, output):
    (volatile,) = (project / output).glob("runs/*/*/volatile.json")
    return json.loads(volatile.read_text())["cluster"]


def projects(karat, home, customers):
    """The sample, a generated history and the full example, each published with all of its tables by a run on this machine."""
    sample, history, full = home / "sample", home / "history", home / "full"
    sample.mkdir()
    for name in ("config.yaml", "data", "queries", "reports"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        copy(PROJECT / name, sample / name)
    subprocess.run(
        [karat, "--quiet", "generate", "--customers", str(customers), "--flaws", "0.01", "--out", str(history)],
        check=True, stdout=subprocess.DEVNULL,
    )
    full.mkdir()
    shutil.copy(PROJECT / "examples/full/config.yaml", full)
    subprocess.run(
        [karat, "--quiet", "generate", "--customers", str(customers), "--seed", "1", "--out", str(full / "data")],
        check=True, stdout=subprocess.DEVNULL,
    )
    for project in (sample, history, full):
        config = project / "config.yaml"
        text = re.sub(r"(?m)^  tables: .*\n", "", config.read_text())
        config.write_text(re.sub(r"(?m)^(  location: output/.*)$", r"\1\n  tables: all", text))
        begin = time.monotonic()
        ended(run(karat, project, output="here"))
        print(f"{project.name}: {time.monotonic() - begin:.0f} s on this machine", flush=True)
    return sample, history, full


def part_same(karat, home, asked, sample, history, full):
    for executors in (1, 2, 3):
        with Cluster(karat, home, executors) as cluster:
            for project in (sample, history, full):
                begin = time.monotonic()
                output = f"on{executors}"
                ended(run(karat, project, cluster.address, output=output))
                count = same(project, "here", output)
                ran = elsewhere(project, output)
                assert len(ran["there"]) >= 20, ran
                print(
                    f"{project.name}, {executors} executors: {count} files are the same bytes, {len(ran['there'])} statements ran there, "
                    f"{time.monotonic() - begin:.0f} s; here: {len(ran['here'])}, {sorted(set(ran['here'].values()))}", flush=True,
                )
    # The cluster is gone, and the configuration still names it.
    subprocess.run(
        [karat, "--quiet", "--config", str(history / f"{output}.yaml"), "verify", "latest", "--duckdb", "none"],
        check=True, cwd=history, env=environment(TOKEN), stdout=subprocess.DEVNULL,
    )
    print("verified without a cluster", flush=True)


def trial(karat, home, history, number, draw, seconds):
    """A run while one of two executors is killed, stopped and started again at once, or frozen and thawed; or the scheduler is killed."""
    how = ("kill", "restart", "freeze", "kill", "restart", "freeze", "restart", "freeze", "scheduler")[number % 9]
    output = f"trial{number}"
    with Cluster(karat, home, 2) as cluster:
        running = run(karat, history, cluster.address, output=output)
        moment, pause, victim = draw.uniform(1, seconds), draw.uniform(0.5, 30), draw.choice(cluster.executors)
        time.sleep(moment)
        assert running.poll() is None, f"the run was faster than {moment:.1f} s"
        if how == "scheduler":
            cluster.scheduler.kill()
        elif how == "kill":
            victim.kill()
        elif how == "restart":
            victim.terminate()
            cluster.execute()
        else:
            victim.send_signal(signal.SIGSTOP)
            time.sleep(pause)
            victim.send_signal(signal.SIGCONT)
        _, said = running.communicate(timeout=600)
        code = running.returncode
        assert code == 5 or (code == 0 and how != "scheduler"), f"{how} after {moment:.1f} s: exit code {code}:\n{said}"
        if code == 5:
            # Nothing is visible: no log, no pointer, no run.
            left = [path for path in (history / output).rglob("*") if path.is_file()]
            assert not left and '"retryable":true' in said.replace(" ", ""), (left, said)
            if how == "scheduler":
                cluster.schedule()
                cluster.wait(2)
            ended(run(karat, history, cluster.address, output=output))
        same(history, "here", output)
        ran = elsewhere(history, output)
        shutil.rmtree(history / output)
    paused = f" for {pause:.1f} s" if how == "freeze" else ""
    return f"{how} after {moment:.1f} s{paused}: exit code {code}, the same bytes; {len(ran['there'])} statements there, {len(ran['here'])} here"


def part_trials(karat, home, asked, sample, history, full):
    with Cluster(karat, home, 2) as cluster:
        begin = time.monotonic()
        ended(run(karat, history, cluster.address, output="calm"))
        seconds = time.monotonic() - begin
        same(history, "here", "calm")
        ran = elsewhere(history, "calm")
        print(f"calm: {seconds:.0f} s, {len(ran['there'])} statements there; here: {ran['here']}", flush=True)
    draws = [random.Random(asked.seed + number) for number in range(asked.trials)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(asked.at_once) as pool:
        trials = [pool.submit(trial, karat, home, history, number, draw, 0.9 * seconds) for number, draw in enumerate(draws)]
        for done in concurrent.futures.as_completed(trials):
            failed += done.exception() is not None
            print(done.exception() or done.result(), flush=True)
    assert not failed, f"{failed} of {asked.trials} trials failed"
    said = ended(run(karat, history, f"df://127.0.0.1:{free_port()}", output="away"), 5)
    assert "does not answer" in said, said
    print(f"{asked.trials} trials; a scheduler that is not there: exit code 5", flush=True)


def refused(karat, arguments, token, expected, words):
    process = subprocess.run(
        [karat, *arguments], env=environment(token), capture_output=True, text=True, timeout=100, check=False
    )
    assert process.returncode == expected and words in process.stderr, (arguments, process.returncode, process.stderr)


def part_token(karat, home, asked, sample, history, full):
    other = "f" * 32
    with Cluster(karat, home, 1) as cluster:
        for token in (None, other):
            said = ended(run(karat, sample, cluster.address, token=token, output="refused"), 2)
            assert "KARAT_CLUSTER_TOKEN" in said, said
            asks = ["cluster", "executor", "--scheduler", cluster.address, "--files", str(home), "--port", str(free_port())]
            refused(karat, asks, token, 2, "KARAT_CLUSTER_TOKEN")
        assert cluster.standing()["executors"] == 1
        # A request that goes past the program: a call without the pass, to the scheduler and to an executor.
        (executor,) = [port for port in re.findall(r"--port\0(\d+)\0--slots", pathlib.Path(f"/proc/{cluster.executors[0].pid}/cmdline").read_text())]
        calls = [(cluster.port, "ballista.protobuf.SchedulerGrpc/PollWork"), (cluster.port, "ballista.protobuf.SchedulerGrpc/ExecuteQuery"),
                 (executor, "arrow.flight.protocol.FlightService/DoGet")]
        for port, call in calls:
            for pass_, status in ((None, 16), (shown(karat, TOKEN).replace("karat/", "karat/9"), 9)):
                asked_ = ["curl", "--silent", "--http2-prior-knowledge", "--dump-header", "-", "--output", "/dev/null", "--request", "POST",
                          "--header", "content-type: application/grpc", "--header", "te: trailers", f"http://127.0.0.1:{port}/{call}"]
                asked_ += ["--user-agent", pass_] if pass_ else []
                answer = subprocess.run(asked_, capture_output=True, timeout=30, check=False).stdout.decode()
                assert f"grpc-status: {status}" in answer, (call, answer)
        # A file that is not below the folders of the executor is named, and not read.
        elsewhere_ = pathlib.Path(tempfile.mkdtemp())
        shutil.copytree(sample, elsewhere_ / "sample", ignore=shutil.ignore_patterns("here", "spill", "output", "refused"))
        said = ended(run(karat, elsewhere_ / "sample", cluster.address, output="outside"), 2)
        assert ".parquet" in said and "--files" in said, said
        shutil.rmtree(elsewhere_)
    refused(karat, ["cluster", "scheduler", "--bind", "0.0.0.0", "--port", str(free_port())], None, 2, "no loopback address")
    refused(karat, ["cluster", "scheduler", "--port", str(free_port())], "short", 2, "KARAT_CLUSTER_TOKEN")
    print("without the token, with another one, of another version: refused; files outside are not read", flush=True)


PARTS = {"token": part_token, "trials": part_trials, "same": part_same}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("karat")
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--trials", type=int, default=9)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    karat = shutil.which(asked.karat) or sys.exit(f"there is no {asked.karat}")
    karat = os.path.realpath(karat)
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder).resolve()
        made = projects(karat, home, asked.customers)
        for name, part in PARTS.items():
            if asked.only in (None, name):
                begin = time.monotonic()
                part(karat, home, asked, *made)
                print(f"{name}: {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
