#!/usr/bin/env python3
"""Measures Karat beside the same core written by hand, on generated histories.

usage: benchmark.py KARAT [--lines MILLIONS …] [--times N] [--output FILE]

Each measurement is a process of its own; the candidates run in turn, N times (3), so that a busy moment meets all of them.
Printed are the medians, their ratio to the core in DuckDB, the CPU-seconds, the peak memory and the bytes written:

    full        karat run, into an empty publish location
    weekly      karat run, beside the publication of the week before
    sample      karat run on the sample of this repository
    duckdb      core_duckdb.sql          polars      core_polars.py
    reproduce   DuckDB on the run's own reproduce.sql
    floor       SHA-256 of every input file, and decoding the columns of the order lines

Histories are cached in $KARAT_CACHE/benchmark (by default ~/.cache/karat); 400,000 customers make 5 million order lines.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLONE = HERE.parents[2]
CACHE = Path(os.environ.get("KARAT_CACHE", Path.home() / ".cache/karat")) / "benchmark"
CUSTOMERS_OF_A_MILLION_LINES = 80_000
DECODE = """select max(order_id), max(customer_id), max(ordered_at), max(quantity), max(gross_amount), max(discount_amount),
    max(cost_amount) from read_parquet('order_lines/**/*.parquet')"""


def history(karat: Path, millions: float) -> Path:
    """The folder of a generated history; made once."""
    folder = CACHE / f"{millions:g}M"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        customers = str(int(millions * CUSTOMERS_OF_A_MILLION_LINES))
        subprocess.run([karat, "generate", "--customers", customers, "--out", folder], check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    return folder


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def measured(command: list, folder: Path) -> dict:
    """Seconds, CPU-seconds and peak memory of one process."""
    started = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status != 0:
        sys.exit(f"{command} failed:\n{error.decode(errors='replace')[-2000:]}")
    return {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024}


def run_folder(output: Path) -> Path:
    return sorted((output / "runs").glob("*/*"))[-1]


def of_history(karat: Path, folder: Path, times: int) -> dict:
    me = [sys.executable, Path(__file__).resolve(), karat]
    output = folder / "output"
    found: dict = {}

    def note(name: str, result: dict) -> None:
        found.setdefault(name, []).append(result)
        print(f"  {name:10} {result['seconds']:8.2f} s", file=sys.stderr)

    for _ in range(times):
        shutil.rmtree(output, ignore_errors=True)
        full = measured([karat, "run", "--quiet"], folder)
        full["written"] = size(run_folder(output))
        note("full", full)
        # The script needs the recorded inputs and the run folder only; `threads` is what the machine has.
        note("reproduce", measured([*me, "--part", "reproduce"], run_folder(output)))
        shutil.rmtree(output)
        subprocess.run([karat, "run", "--quiet", "--as-of", "2025-12-25"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        note("weekly", measured([karat, "run", "--quiet"], folder))
        note("duckdb", measured([*me, "--part", "duckdb"], folder))
        note("polars", measured([sys.executable, HERE / "core_polars.py"], folder))
        note("floor", measured([*me, "--part", "floor"], folder))
    return found


def of_sample(karat: Path, times: int) -> dict:
    folder = CACHE / "sample"
    results = []
    for _ in range(times):
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("data", "queries", "reports"):
            shutil.copytree(CLONE / name, folder / name)
        shutil.copy(CLONE / "config.yaml", folder)
        results.append(measured([karat, "run", "--quiet"], folder))
        results[-1]["written"] = size(run_folder(folder / "output"))
    return {"sample": results}


def part(name: str) -> None:
    """One candidate, in the process that is measured and in the folder where it reads."""
    if name == "floor":
        for file in sorted(Path().glob("*/**/*.parquet")):
            if file.parts[0] != "output":
                with open(file, "rb") as content:
                    hashlib.file_digest(content, "sha256")
    import duckdb

    script = {"floor": DECODE, "duckdb": None, "reproduce": None}[name]
    if name == "duckdb":
        script = (HERE / "core_duckdb.sql").read_text()
    elif name == "reproduce":
        script = Path("reproduce.sql").read_text()
    duckdb.connect().execute(script).fetchall()


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    import duckdb
    import polars

    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}; DuckDB {duckdb.__version__}, Polars {polars.__version__}"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("karat", type=Path)
    words.add_argument("--lines", type=float, nargs="*", default=[1, 5], help="millions of order lines (1 5)")
    words.add_argument("--times", type=int, default=3)
    words.add_argument("--output", type=Path, help="a JSON file of all measurements")
    words.add_argument("--part", help=argparse.SUPPRESS)
    chosen = words.parse_args()
    if chosen.part:
        part(chosen.part)
        return
    karat = chosen.karat.resolve()
    everything = {}
    print(machine())
    print(f"\n{'history':>8} {'':10} {'seconds':>9} {'/ duckdb':>9} {'CPU-s':>8} {'peak MiB':>9} {'written MB':>11} {'/ input':>8}")
    cases = [("sample", None, of_sample(karat, chosen.times))]
    for millions in chosen.lines:
        folder = history(karat, millions)
        cases.append((f"{millions:g}M", folder, of_history(karat, folder, chosen.times)))
    for name, folder, found in cases:
        everything[name] = found
        median = {key: statistics.median(one["seconds"] for one in all_) for key, all_ in found.items()}
        inputs = size(folder) - size(folder / "output") if folder else size(CLONE / "data")
        for key, all_ in found.items():
            cpu = statistics.median(one["cpu"] for one in all_)
            peak = max(one["memory"] for one in all_) / 2**20
            ratio = f"{median[key] / median['duckdb']:9.2f}" if "duckdb" in median else f"{'':9}"
            written = all_[0].get("written")
            bytes_ = f"{written / 1e6:11.1f} {written / inputs:8.2f}" if written else ""
            print(f"{name:>8} {key:10} {median[key]:9.2f} {ratio} {cpu:8.1f} {peak:9.0f} {bytes_}")
    if chosen.output:
        chosen.output.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
