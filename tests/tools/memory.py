#!/usr/bin/env python3
"""Runs a history that is 20 times larger than the memory, under a hard bound, and compares all bytes with a run without one.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/memory.py KARAT [--customers 125000] [--memory 16MiB] [--bound 400] [--times 20]

`--memory` is that of the query engine (`engine.memory`), `--bound` the megabytes that the whole program may use, files in its
cache included, which the kernel enforces by a control group (root), or else four times that as limit on private addresses
(`prlimit --data`), of which the stacks of threads take many. The size of a history is that of its rows in memory: what a number or a day
takes, and for a text its bytes and four more. `--times` is how many times `--memory` that must be at least; the script asks for more
customers when it is less.

    "$TOOLS/python3" tests/tools/memory.py target/release/karat --customers 500000 --memory 64MiB --bound 600
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb

UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}

# Bytes of a value of each type in memory; a text has its own bytes and an offset.
WIDTHS = {"INTEGER": 4, "DATE": 4, "BIGINT": 8, "DOUBLE": 8, "TIMESTAMP": 8, "BOOLEAN": 1, "DECIMAL(18,2)": 16}


class Bound:
    """What keeps the program below so many bytes."""

    def __init__(self, size):
        self.size, self.folder = size, None
        for folder, limit, peak in [
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes"),
            ("/sys/fs/cgroup", "memory.max", "memory.peak"),
        ]:
            here = pathlib.Path(folder) / f"karat-memory-{os.getpid()}"
            try:
                here.mkdir()
            except OSError:
                continue
            try:
                (here / limit).write_text(str(size))
                self.folder, self.peak = here, here / peak
                return
            except OSError:
                here.rmdir()

    def command(self, command):
        if self.folder:
            return ["sh", "-c", f'echo $$ >{self.folder}/cgroup.procs && exec "$@"', "sh", *command]
        return ["prlimit", f"--data={4 * self.size}", *command]

    def said(self):
        if self.folder:
            return f"control group, {int(self.peak.read_text()) >> 20} MB at most, files in its cache included"
        return "limit on private addresses"

    def end(self):
        if self.folder:
            self.folder.rmdir()


def in_memory(source):
    """Rows of a source and the bytes that they take in memory."""
    files = f"read_parquet('{source}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
    columns = duckdb.sql(f"describe select * from {files}").fetchall()
    fixed = sum(WIDTHS[kind] for _, kind, *_ in columns if kind != "VARCHAR")
    texts = [f"coalesce(strlen({name}), 0) + 4" for name, kind, *_ in columns if kind == "VARCHAR"]
    rows, text = duckdb.sql(f"select count(*), coalesce(sum({' + '.join(texts)}), 0) from {files}").fetchall()[0]
    return rows, rows * fixed + int(text)


def published(folder):
    (run,) = [manifest.parent for manifest in folder.glob("output/runs/*/*/manifest.json")]
    return run, {
        str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file() and path.name != "volatile.json"
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("karat")
    parser.add_argument("--customers", type=int, default=125_000)
    parser.add_argument("--memory", default="16MiB")
    parser.add_argument("--bound", type=int, default=400)
    parser.add_argument("--times", type=float, default=20)
    arguments = parser.parse_args()
    karat = str(pathlib.Path(arguments.karat).resolve())
    memory = int(arguments.memory[:-3]) * UNITS[arguments.memory[-3:]]
    bound = Bound(arguments.bound << 20)
    try:
        with tempfile.TemporaryDirectory() as home:
            home = pathlib.Path(home)
            free, bounded = home / "free", home / "bounded"
            subprocess.run([karat, "--quiet", "generate", "--customers", str(arguments.customers), "--out", str(free)],
                           check=True, stdout=subprocess.DEVNULL)
            sizes = [in_memory(source) for source in sorted(free.iterdir()) if source.is_dir()]
            rows, size = (sum(part) for part in zip(*sizes))
            print(f"{rows} rows, {size >> 20} MB in memory, {size / memory:.1f} times {arguments.memory}", flush=True)
            assert size >= arguments.times * memory, "ask for more customers"
            subprocess.run(["cp", "-R", str(free), str(bounded)], check=True)
            (bounded / "config.yaml").open("a").write(f"engine: {{memory: {arguments.memory}, threads: 2, spill: spill/, deadline: 35m}}\n")
            (free / "config.yaml").open("a").write("engine: {memory: 8GiB}\n")
            started = time.monotonic()
            subprocess.run(bound.command([karat, "run", "--quiet"]), cwd=bounded, check=True, stdout=subprocess.DEVNULL)
            run, found = published(bounded)
            levels = json.loads((run / "volatile.json").read_text())["fallback_levels"]
            print(f"bounded: {time.monotonic() - started:.0f} s; {bound.said()}; levels {levels}", flush=True)
            assert not list((bounded / "spill").iterdir()), "spill files are left"
            started = time.monotonic()
            subprocess.run([karat, "run", "--quiet"], cwd=free, check=True, stdout=subprocess.DEVNULL)
            _, expected = published(free)
            print(f"unbounded: {time.monotonic() - started:.0f} s", flush=True)
            assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
            differing = [name for name in found if found[name] != expected[name]]
            assert not differing, differing
            print(f"{len(found)} files are the same bytes")
    finally:
        bound.end()


if __name__ == "__main__":
    sys.exit(main())
