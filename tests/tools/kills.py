#!/usr/bin/env python3
"""Kills the real program at random moments, runs it again, and looks at everything that was promised.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/kills.py KARAT [--times 200] [--seed N]

Half of the kills are drawn over the whole run, the others over the part that publishes and mails; one that comes when the
program has ended does not count. After each kill: the log
is one chain, what it names is whole, `latest.json` names an entry and never goes back, nobody has two mails. After some
kills in a row the program runs to its end: exit code 0 (or 7 while a mail is held, because nobody can know whether it was
sent), the bytes of a run that nobody killed, no private folder, nothing that `karat gc` does not find.

So that a run takes a second, the queries of the project are replaced by their own results (as VALUES), made by one run
of the whole project; everything else is the program as it is. Needs duckdb, aiosmtpd and trustme (requirements.txt).
"""

import argparse
import decimal
import hashlib
import json
import logging
import os
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

from with_smtp import PASSWORD, PROJECT, READERS, USER, Post, Stage, context_of
import trustme

# Kills in a row before the program runs to its end.
IN_A_ROW = 4


def literal(value):
    """A value as text, which the query casts to its type."""
    if value is None:
        return "null"
    text = f"{value:f}" if isinstance(value, decimal.Decimal) else repr(value) if isinstance(value, float) else str(value)
    return "'" + text.replace("'", "''") + "'"


def frozen(run, folder):
    """Replaces the queries of all results by statements that give the rows which they gave."""
    names = {"VARCHAR": "varchar", "BIGINT": "bigint", "DOUBLE": "double", "BOOLEAN": "boolean", "DATE": "date"}
    queries = folder / "queries/3_results"
    for query in queries.glob("*.sql"):
        query.unlink()
    # Those of the run: among them are the statements that are written from the headers of classes.
    ran = sorted(file for file in (run / "sql").rglob("*.sql") if (run / "tables" / f"results.{file.stem}.parquet").exists())
    originals = {queries / file.name: file.read_text() for file in ran}
    for query, original in originals.items():
        table = run / "tables" / f"results.{query.stem}.parquet"
        rows = duckdb.sql(f"select * from '{table}'")
        kinds = [names.get(str(kind), str(kind).lower()) for kind in rows.types]
        header = [line for line in original.splitlines() if line.startswith("--")]
        title = next(line for line in header if line.startswith("-- title:"))
        key = next(line for line in header if line.startswith("-- key:"))
        lines = [f"({', '.join(literal(value) for value in row)})" for row in rows.fetchall()]
        lines = lines or [f"({', '.join('null' for _ in kinds)})"]
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for kind, name in zip(kinds, rows.columns))
        body = f"(values {', '.join(lines)}) as given ({', '.join(rows.columns)})"
        where = "" if len(rows) else " where 1 = 0"
        order = re.search(r"\[(.*)\]", key).group(1)
        text = f"select {columns} from {body}{where} order by {order}"
        query.write_text("\n".join([title, key]) + "\n\n" + text + "\n")


def project(karat, home):
    """Makes a small project with a mail server's address; gives its folder."""
    whole, small = home / "whole", home / "small"
    subprocess.run([karat, "--quiet", "generate", "--customers", "30", "--out", str(whole)], check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(PROJECT / "queries", whole / "queries")
    shutil.copytree(PROJECT / "reports", whole / "reports")
    text = (whole / "config.yaml").read_text()
    # The order lines alone: the other sources add reading, and no step of publishing.
    text = re.sub(r"(?ms)^  customers:\n.*?(?=^\S)", "", text) + "exports: []\n"
    # Without service cases a rate for them has nothing to multiply.
    text = re.sub(r"(?m)^  per_case:.*\n", "", text)
    (whole / "config.yaml").write_text(text)
    subprocess.run([karat, "--quiet", "run"], cwd=whole, check=True, stdout=subprocess.DEVNULL)
    (run,) = [manifest.parent for manifest in whole.glob("output/runs/*/*/manifest.json")]
    shutil.copytree(whole, small, ignore=shutil.ignore_patterns("output"))
    shutil.rmtree(small / "queries/2_business")
    shutil.rmtree(small / "queries/editions")
    shutil.rmtree(small / "queries/checks")
    (small / "queries/checks").mkdir()
    frozen(run, small)
    return small


def promised(names, read, seen=0):
    """What holds of a publish location at every moment: the log is one chain, what it names is whole, the pointer names an entry.

    Gives the number of entries and the place that `latest.json` names, which is never before `seen`.
    """
    before, entries = None, []
    log = sorted(name for name in names if re.fullmatch(r"log/[^./][^/]*\.json", name))
    for number, name in enumerate(log, start=1):
        assert name == f"log/{number:08}.json", f"the log has a gap at {number}"
        text = read(name)
        entry = json.loads(text)
        assert entry["seq"] == number and entry["previous_sha256"] == before, "the log is no chain"
        before = hashlib.sha256(text).hexdigest()
        entries.append(entry)
        run = f"runs/{entry['as_of']}/{entry['run_id']}"
        if f"{run}/manifest.json" not in names:
            assert number < len(log), f"the manifest of {name} is missing"
            continue  # removed as an old run
        manifest = read(f"{run}/manifest.json")
        assert hashlib.sha256(manifest).hexdigest() == entry["manifest_sha256"], "another manifest"
        for output in json.loads(manifest)["outputs"]:
            path = f"{run}/{output['path']}"
            assert path in names, f"{path} is missing"
            assert hashlib.sha256(read(path)).hexdigest() == output["sha256"], f"{path} is not what the manifest says"
    if "latest.json" in names:
        latest = json.loads(read("latest.json"))
        assert f"runs/{latest['as_of']}/{latest['run_id']}/manifest.json" in names, "`latest.json` names what is not there"
        assert latest["seq"] <= len(entries), "`latest.json` names what the log does not"
        assert latest["run_id"] == entries[latest["seq"] - 1]["run_id"] and latest["seq"] >= seen
        seen = latest["seq"]
    return len(entries), seen


class Trial:
    """A folder in which the program is killed again and again."""

    def __init__(self, karat, base, home, number, authority, expected=None):
        self.karat = karat
        self.folder = home / f"trial-{number}"
        shutil.copytree(base, self.folder)
        self.post = Post()
        self.stage = Stage(self.post, tls_context=context_of(authority), require_starttls=True, auth_required=True)
        self.stage.start()
        readers = "".join(f"    - {{to: {reader}, edition: full}}\n" for reader in READERS)
        with open(self.folder / "config.yaml", "a") as config:
            config.write(
                "engine: {spill: private/}\n"
                f"deliver:\n  smtp: smtp://{USER}:${{SMTP_PASSWORD}}@localhost:{self.stage.port}?tls=required\n"
                f"  ca_file: ca.pem\n  from: reports@example.com\n  domains: [example.com]\n  recipients:\n{readers}"
            )
        authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        self.output = self.folder / "output"
        self.expected = expected
        self.seen = 0

    def start(self, before=(), after=(), **environment):
        """Starts a run, perhaps below another program, with more arguments, with more in its environment."""
        return subprocess.Popen(
            [*before, self.karat, "--log", "json", "--output", "json", "run", *after], cwd=self.folder,
            env={**os.environ, "SMTP_PASSWORD": PASSWORD, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self, lines, stages, after):
        """Kills a run when it has told so many lines, or has begun one of the stages, and a moment more has passed.

        Tells whether it still ran.
        """
        process = self.start()
        try:
            for number, line in enumerate(process.stderr):
                if number == lines or any(f'"stage":"{stage}"' in line for stage in stages):
                    break
            time.sleep(after)
        finally:
            process.kill()
        process.communicate()
        return process.returncode == -9

    def finish(self):
        process = self.start()
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode in (0, 7), f"exit {process.returncode}\n{stdout}\n{stderr}"
        fates = [delivery["outcome"] for delivery in json.loads(stdout)["deliveries"]]
        for fate, count in zip(fates, self.post.counts()):
            if fate in ("sent", "sent_before"):
                assert count == 1, f"{fate}, but {count} mails arrived"
            else:
                assert fate == "held" and count <= 1, f"{fate}, and {count} mails arrived"
        assert (process.returncode == 0) == ("held" not in fates), f"exit {process.returncode}: {fates}"
        left = list((self.folder / "private").iterdir())
        assert not left, f"private folders are left: {left}"
        return fates.count("held"), stderr

    def promised(self):
        """What holds after every kill."""
        names = {str(path.relative_to(self.output)) for path in self.output.rglob("*") if path.is_file()}
        entries, self.seen = promised(names, lambda name: (self.output / name).read_bytes(), self.seen)
        assert all(count <= 1 for count in self.post.counts()), f"{self.post.counts()} mails"
        assert entries or not any(self.post.counts()), "mailed before it is published"

    def bytes(self):
        """All that is published, but for what differs between attempts."""
        found = {}
        for path in self.output.rglob("*"):
            name = str(path.relative_to(self.output))
            if path.is_file() and path.name != "volatile.json" and not name.startswith("deliveries/"):
                found[name] = path.read_bytes()
        return found

    def compare(self):
        subprocess.run(
            [self.karat, "--quiet", "gc", "--keep-days", "0"], cwd=self.folder, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, "SMTP_PASSWORD": PASSWORD},
        )
        self.promised()
        found = self.bytes()
        assert found.keys() == self.expected.keys(), f"differs: {sorted(found.keys() ^ self.expected.keys())[:9]}"
        differing = [name for name in found if found[name] != self.expected[name]]
        assert not differing, f"other bytes: {differing[:9]}"

    def end(self):
        self.stage.stop()
        shutil.rmtree(self.folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("karat")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 32)
    draw = random.Random(seed)
    karat = str(pathlib.Path(arguments.karat).resolve())
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        base = project(karat, home)
        sound = Trial(karat, base, home, 0, authority)
        _, stderr = sound.finish()
        assert sound.post.counts() == [1, 1, 1]
        sound.promised()
        expected = sound.bytes()
        events = [json.loads(line) for line in stderr.splitlines()]
        sound.end()
        whole = events[-1]["elapsed_ms"] / 1000
        # The part that publishes and mails, from its first line; adapted, because other work on the machine changes it.
        late = whole - next(event["elapsed_ms"] for event in events if event["stage"] == "publish") / 1000 + 0.1
        print(f"seed {seed}; a run takes {whole:.1f} s and tells {len(events)} lines; {len(expected)} files", flush=True)
        started, killed, ended, held, finished = time.monotonic(), 0, 0, 0, 0
        while killed < arguments.times:
            trial = Trial(karat, base, home, finished + 1, authority, expected)
            for _ in range(IN_A_ROW):
                if draw.random() < 0.5:
                    how = (-1, ["publish", "deliver"], draw.random() * late)
                else:
                    how = (draw.randrange(len(events)), [], draw.random() * 2 * whole / len(events))
                try:
                    was_running = trial.kill(*how)
                    trial.promised()
                except Exception:
                    print(f"seed {seed}, kill {killed + 1}: {how}", flush=True)
                    raise
                if how[1]:
                    late *= 1.04 if was_running else 0.9
                killed += was_running
                ended += not was_running
                if not was_running or killed == arguments.times:
                    break
            held += trial.finish()[0]
            trial.compare()
            trial.end()
            finished += 1
            if finished % 10 == 0:
                print(f"{time.monotonic() - started:6.0f} s  {killed} kills", flush=True)
        print(
            f"{killed} kills ({ended} more came too late); {finished} reruns, all with the same bytes; "
            f"{held} of {finished * len(READERS)} mails held, none sent twice; {time.monotonic() - started:.0f} s"
        )


if __name__ == "__main__":
    sys.exit(main())
