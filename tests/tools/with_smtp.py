#!/usr/bin/env python3
"""Mails a run through real SMTP servers on loopback that fail in every way, and counts what arrives.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/with_smtp.py KARAT

KARAT is the program. Each scene has a server of its own with certificates made for it (STARTTLS and AUTH unless it says
otherwise), a copy of one published run of the sample, and three readers. Needs aiosmtpd and trustme (requirements.txt).
"""

import asyncio
import concurrent.futures
import contextlib
import email
import email.policy
import hashlib
import itertools
import json
import logging
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PROJECT = pathlib.Path(__file__).resolve().parents[2]
READERS = ["ann@example.com", "bob@example.com", "cem@example.com"]
ANN, BOB, CEM = READERS
# Seconds in which a slow server looks through a message: more than any other step of a conversation may take (smtp.rs).
SLOW = 75
USER, PASSWORD = "reports", "canary /@:%+ß"


class Post:
    """What a server does with the mails of each reader, and what it has taken."""

    def __init__(self, **scripts):
        # By first letters of the reader: a list of deeds, one for each mail; after the last it takes every mail.
        self.scripts = {reader: list(scripts.get(reader[:3], [])) for reader in READERS}
        self.taken = {reader: [] for reader in READERS}
        self.logins = 0
        self.commands = []
        self.waiting = threading.Event()

    def next(self, reader):
        return self.scripts[reader].pop(0) if self.scripts[reader] else "take"

    def counts(self):
        return [len(self.taken[reader]) for reader in READERS]

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins += 1
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.commands.append("EHLO")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.commands.append("MAIL")
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        assert session.authenticated, "a mail without a login"
        session.deed = self.next(address)
        if session.deed.startswith("rcpt "):
            return session.deed.removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        (reader,) = envelope.rcpt_tos
        if session.deed.startswith("data "):
            return session.deed.removeprefix("data ")
        self.taken[reader].append(envelope.content)
        if session.deed == "take and cut":
            server.transport.abort()
        if session.deed == "take slowly":
            await asyncio.sleep(SLOW)
        if session.deed == "take and wait":
            self.waiting.set()
            await asyncio.sleep(60)
        return f"250 2.0.0 queued for <{reader}>"


class Server(SMTP):
    """The server, but for one that breaks the connection in the middle of a message."""

    async def smtp_DATA(self, arg):
        if getattr(self.session, "deed", "") == "cut":
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Stage(Controller):
    """A server in a thread of its own."""

    def __init__(self, post, **options):
        self.options = {"authenticator": post.authenticate, "decode_data": False, "hostname": "localhost", **options}
        tls = self.options.pop("implicit", None)
        super().__init__(post, hostname="127.0.0.1", port=free_port(), ssl_context=tls)

    def factory(self):
        return Server(self.handler, **self.options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def context_of(authority, name="localhost"):
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


class Scene:
    """A copy of the published run, and a server."""

    def __init__(self, world, post=None, kind="starttls", certificate="localhost", authority=None):
        self.world = world
        self.folder = world.copy()
        self.post = post or Post()
        self.kind = kind
        authority = authority or world.authority
        if kind == "plain":
            options = {}
        elif kind == "implicit":
            # The library does not know that the connection is encrypted already.
            options = {"implicit": context_of(authority, certificate), "auth_required": True, "auth_require_tls": False}
        else:
            options = {"tls_context": context_of(authority, certificate), "require_starttls": True, "auth_required": True}
        self.stage = Stage(self.post, **options)
        self.password = PASSWORD
        self.configure()

    def configure(self):
        port = self.stage.port
        address = (
            f"smtps://{USER}:${{SMTP_PASSWORD}}@localhost:{port}"
            if self.kind == "implicit"
            else f"smtp://{USER}:${{SMTP_PASSWORD}}@localhost:{port}?tls=required"
        )
        readers = "".join(f"    - {{to: {reader}, edition: full}}\n" for reader in READERS)
        with open(self.folder / "config.yaml", "a") as config:
            config.write(
                f"deliver:\n  smtp: {address}\n  ca_file: ca.pem\n  from: reports@example.com\n"
                f"  domains: [example.com]\n  recipients:\n{readers}"
            )
        self.world.authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))

    def __enter__(self):
        self.stage.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Exception):
            self.stage.stop()

    def change_stage(self, **options):
        """Puts another server in the place of this one."""
        with contextlib.suppress(Exception):
            self.stage.stop()
        self.stage = Stage(self.post, **{**self.stage.options, **options})
        text = (self.folder / "config.yaml").read_text().split("deliver:\n  smtp:")[0]
        (self.folder / "config.yaml").write_text(text)
        self.configure()
        self.stage.start()

    def start(self, *arguments):
        environment = {**os.environ, "SMTP_PASSWORD": self.password}
        return subprocess.Popen(
            [self.world.karat, "--output", "json", *arguments],
            cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def finish(self, process, expected):
        stdout, stderr = process.communicate(timeout=120 + SLOW)
        assert process.returncode == expected, f"exit {process.returncode}, not {expected}\n{stdout}\n{stderr}"
        assert "canary" not in stdout + stderr, "the password is printed"
        if expected == 7 and "status" not in process.args:
            status = json.loads(stderr.strip().splitlines()[-1])
            assert status["code"] == 7 and status["stage"] == "deliver", status
        return [delivery["outcome"] for delivery in json.loads(stdout)["deliveries"]], stderr

    def finish_refused(self, expected, *arguments):
        """Runs the program and expects its exit code, and no data; gives what it says."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == expected and not stdout, f"exit {process.returncode}, not {expected}\n{stdout}\n{stderr}"
        return stderr

    def karat(self, expected, outcomes, *arguments):
        """Runs the program and expects its exit code and what it says of each reader."""
        found, stderr = self.finish(self.start(*(arguments or ("deliver", "latest"))), expected)
        assert found == outcomes, f"{found}, not {outcomes}\n{stderr}"
        return stderr

    def arrived(self, *counts):
        assert self.post.counts() == list(counts), f"{self.post.counts()} mails arrived, not {list(counts)}"


class World:
    """One published run, and the authority that readers trust."""

    def __init__(self, karat, home):
        self.karat, self.home = karat, home
        self.authority = trustme.CA()
        self.numbers = itertools.count()
        self.base = home / "base"
        self.base.mkdir()
        for name in ["config.yaml", "data", "queries", "reports"]:
            source = PROJECT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.base / name)
        subprocess.run([karat, "--quiet"], cwd=self.base, check=True, stdout=subprocess.DEVNULL)
        (manifest,) = self.base.glob("output/runs/*/*/manifest.json")
        self.run = manifest.parent.relative_to(self.base)

    def copy(self):
        folder = self.home / f"scene-{next(self.numbers)}"
        shutil.copytree(self.base, folder)
        return folder


def parsed(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def what_arrives(world, kind):
    """The three mails, each compared with the published files and with the dry run."""
    with Scene(world, kind=kind) as scene:
        # By the whole job: the run is published, so only the mail is left to do.
        scene.karat(0, ["sent"] * 3, "run")
        scene.arrived(1, 1, 1)
        for arguments in [("run",), ("deliver", "latest"), ("deliver", "latest", "--resend", BOB)]:
            expected = ["sent_before"] * (1 if "--resend" in arguments else 3)
            scene.karat(0, expected, *arguments)
        scene.arrived(1, 1, 1)
        subprocess.run(
            [world.karat, "--quiet", "deliver", "latest", "--dry-run", "mails"], cwd=scene.folder, check=True,
            env={**os.environ, "SMTP_PASSWORD": PASSWORD}, stdout=subprocess.DEVNULL,
        )
        run = scene.folder / world.run
        manifest = json.loads((run / "manifest.json").read_text())
        hashes = {output["path"]: output["sha256"] for output in manifest["outputs"]}
        names = set()
        for number, reader in enumerate(READERS, start=1):
            (content,) = scene.post.taken[reader]
            dry = (scene.folder / "mails" / f"{number:02}-{reader}.eml").read_bytes()
            assert content.rstrip(b"\r\n") == dry.rstrip(b"\r\n"), "the dry run is another message"
            mail = parsed(content)
            assert not mail.defects, mail.defects
            assert mail["To"] == reader and mail["From"] == "Superstore <reports@example.com>", mail.items()
            assert mail["Subject"] == "Superstore: customer profit report as of 1 January 2018", mail["Subject"]
            assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Run-Id"] == manifest["run_id"]
            made = json.loads((run / "volatile.json").read_text())["started"]
            assert mail["Date"].datetime.strftime("%Y-%m-%dT%H:%M:%S") == made[:19], (mail["Date"], made)
            names.add(mail["Message-ID"])
            assert sorted(set(mail.keys())) == sorted(mail.keys()), "a header stands twice"
            html = mail.get_body(("html",)).get_content()
            text = mail.get_body(("plain",)).get_content()
            for path, body in [("mail.html", html), ("mail.txt", text)]:
                published = (run / path).read_text()
                assert body.replace("\r\n", "\n").rstrip("\n") == published.rstrip("\n"), f"{path} arrives changed"
            attachments = list(mail.iter_attachments())
            assert [part.get_filename() for part in attachments] == ["report.html", "appendix.html", "method.html"]
            for part in attachments:
                assert part.get_content_type() == "text/html"
                assert hashlib.sha256(part.get_payload(decode=True)).hexdigest() == hashes[part.get_filename()]
            alternatives = [part.get_content_type() for part in mail.get_payload()[0].iter_parts()]
            assert alternatives == ["text/plain", "text/html"], alternatives
        assert len(names) == 3, "each mail has a name of its own"
        records = list((scene.folder / "output/deliveries").rglob("*.json"))
        assert len(records) == 6
        for record in records:
            assert not any(reader in record.read_text() + record.name for reader in READERS), record


def wrong_password(world):
    with Scene(world) as scene:
        scene.password = "canary: wrong"
        told = scene.karat(7, ["not_sent"] * 3)
        assert "no login" in told and scene.post.logins == 1, "a wrong password is tried once, not for each reader"
        scene.password = PASSWORD
        scene.karat(0, ["sent"] * 3)
        scene.arrived(1, 1, 1)


def no_encryption(world):
    with Scene(world, kind="plain") as scene:
        told = scene.karat(7, ["not_sent"] * 3)
        assert "offers no encryption" in told, told
        scene.arrived(0, 0, 0)
        assert scene.post.commands == ["EHLO"] and scene.post.logins == 0, scene.post.commands


def wrong_certificates(world):
    stranger = trustme.CA()
    for kind in ["starttls", "implicit"]:
        for options in [{"authority": stranger}, {"certificate": "other.example.com"}]:
            with Scene(world, kind=kind, **options) as scene:
                scene.karat(7, ["not_sent"] * 3)
                scene.arrived(0, 0, 0)
                assert scene.post.logins == 0, "the password went to a server that is not trusted"


def server_away(world):
    with Scene(world) as scene:
        scene.stage.stop()
        scene.karat(7, ["not_sent"] * 3)
        scene.change_stage()
        scene.karat(0, ["sent"] * 3)
        scene.arrived(1, 1, 1)


def one_refused(world):
    """4xx and 5xx, before and after the message: the others get theirs, and later the one does."""
    for deed in ["rcpt 451 4.3.0 try again later", "rcpt 550 5.1.1 no such user", "data 451 4.3.0 try again later", "data 552 5.3.4 too big"]:
        with Scene(world, Post(bob=[deed, deed])) as scene:
            told = scene.karat(7, ["sent", "not_sent", "sent"])
            assert deed.split(maxsplit=1)[1] in told, told
            scene.karat(7, ["sent_before", "not_sent", "sent_before"], "run")
            scene.arrived(1, 0, 1)
            scene.karat(0, ["sent_before", "sent", "sent_before"], "run")
            scene.arrived(1, 1, 1)


def cut_before_the_last_dot(world):
    with Scene(world, Post(bob=["cut"])) as scene:
        scene.karat(7, ["sent", "held", "sent"])
        scene.karat(7, ["sent_before", "held", "sent_before"])
        scene.karat(7, ["sent_before", "held", "sent_before"], "status")
        scene.arrived(1, 0, 1)
        scene.karat(0, ["sent"], "deliver", "latest", "--resend", BOB)
        scene.karat(0, ["sent_before"] * 3, "run")
        scene.arrived(1, 1, 1)


def cut_after_the_last_dot(world):
    with Scene(world, Post(bob=["take and cut"])) as scene:
        scene.karat(7, ["sent", "held", "sent"])
        for arguments in [("run",), ("deliver", "latest")]:
            scene.karat(7, ["sent_before", "held", "sent_before"], *arguments)
        scene.arrived(1, 1, 1)
        # Only a person makes it two, and both have one name.
        scene.karat(0, ["sent"], "deliver", "latest", "--resend", BOB)
        scene.karat(0, ["sent_before"] * 3)
        scene.arrived(1, 2, 1)
        first, second = scene.post.taken[BOB]
        assert first == second, "the same message, so that a mail program can tell"


def killed_after_the_last_dot(world):
    with Scene(world, Post(bob=["take and wait"])) as scene:
        process = scene.start("deliver", "latest")
        assert scene.post.waiting.wait(60), "the server never got the message"
        process.kill()
        process.communicate()
        scene.arrived(1, 1, 0)
        scene.karat(7, ["sent_before", "held", "sent"])
        scene.arrived(1, 1, 1)


def slow_answer(world):
    """The answer to a message comes late: it is waited for, nobody gets it twice."""
    with Scene(world, Post(bob=["take slowly"])) as scene:
        started = time.monotonic()
        scene.karat(0, ["sent"] * 3)
        assert time.monotonic() - started > SLOW, "it did not wait"
        scene.karat(0, ["sent_before"] * 3)
        scene.arrived(1, 1, 1)


def too_big(world):
    """A server that takes no message of this size: refused for all, held for none; another server takes it."""
    with Scene(world) as scene:
        scene.change_stage(data_size_limit=50_000)
        told = scene.karat(7, ["not_sent"] * 3)
        assert "552" in told, told
        scene.change_stage(data_size_limit=50_000_000)
        scene.karat(0, ["sent"] * 3, "run")
        scene.arrived(1, 1, 1)


def many_at_once(world):
    """Schedulers that start together: each mail goes out once, and what another one is sending counts as held."""
    with Scene(world) as scene:
        processes = [scene.start("deliver", "latest") for _ in range(6)]
        outcomes = []
        for process in processes:
            stdout, stderr = process.communicate(timeout=120)
            assert process.returncode in (0, 7), stderr
            outcomes.append([delivery["outcome"] for delivery in json.loads(stdout)["deliveries"]])
        scene.arrived(1, 1, 1)
        for reader in range(3):
            assert [outcome[reader] for outcome in outcomes].count("sent") == 1, outcomes
        scene.karat(0, ["sent_before"] * 3)


def hostile_names(world):
    """A project name that looks like headers and tags: one subject, three mails, nothing else."""
    with Scene(world) as scene:
        name = '"Ann" <b@evil.example>, 报告\u202e =?utf-8?q?x?= Bcc: eve@evil.example <b>&'
        text = (scene.folder / "config.yaml").read_text()
        assert "  name: Superstore " in text
        (scene.folder / "config.yaml").write_text(text.replace("  name: Superstore ", f"  name: {json.dumps(name)} ", 1))
        scene.karat(0, ["sent"] * 3, "run")
        scene.arrived(1, 1, 1)
        mail = parsed(scene.post.taken[ANN][0])
        assert [address.addr_spec for address in mail["From"].addresses] == ["reports@example.com"], mail["From"]
        assert [address.addr_spec for address in mail["To"].addresses] == [ANN] and mail["Bcc"] is None
        assert mail["Subject"].startswith('"Ann" <b@evil.example>, 报告'), mail["Subject"]
        html = mail.get_body(("html",)).get_content()
        assert "<b@evil" not in html and "&lt;b@evil.example&gt;" in html


def editions(world):
    """Two readers, two editions: each gets theirs, byte for byte, and nothing of the other's."""
    with Scene(world) as scene:
        path = scene.folder / "config.yaml"
        text = path.read_text()
        for reader, edition in [(BOB, "edition: aggregate"), (CEM, "edition: full, where: {region: West}")]:
            assert f"to: {reader}, edition: full" in text
            text = text.replace(f"to: {reader}, edition: full", f"to: {reader}, {edition}")
        path.write_text(text)
        # The published run does not hold these editions: nobody gets another one instead.
        assert "does not hold the edition" in scene.finish_refused(2, "deliver", "latest")
        scene.arrived(0, 0, 0)
        scene.karat(0, ["sent"] * 3, "run")
        scene.arrived(1, 1, 1)
        (manifest,) = [
            path for path in scene.folder.glob("output/runs/*/*/manifest.json") if json.loads(path.read_text())["editions"]
        ]
        run, listed = manifest.parent, json.loads(manifest.read_text())["editions"]
        folders = {record["edition"]: run / "editions" / record["name"] for record in listed}
        expected = {ANN: run, BOB: folders["aggregate"], CEM: folders["full"]}
        assert len(set(expected.values())) == 3, expected
        names = named_customers(run)
        for reader, folder in expected.items():
            mail = parsed(scene.post.taken[reader][0])
            # The method page goes along where an edition has one.
            pages = [name for name in ("report.html", "appendix.html", "method.html") if (folder / name).exists()]
            attached = [attachment.get_payload(decode=True) for attachment in mail.iter_attachments()]
            assert attached == [(folder / name).read_bytes() for name in pages], f"{reader}: other pages than {pages}"
            for kind, path in [("html", "mail.html"), ("plain", "mail.txt")]:
                body = mail.get_body((kind,)).get_content().replace("\r\n", "\n").rstrip("\n")
                assert body == (folder / path).read_text().rstrip("\n"), f"{reader}: another {path}"
        text = scene.post.taken[BOB][0] + (expected[BOB] / "report.html").read_bytes()
        assert names and not [name for name in names if name.encode() in text], "a customer in the aggregate edition"
        assert "region West" in parsed(scene.post.taken[CEM][0])["Subject"]


def named_customers(run):
    """The customers whom the full report names."""
    lines = (run / "tables/results.silent_customers.csv").read_text().splitlines()
    return [line.split(",")[0] for line in lines[1:]]


SCENES = [
    ("STARTTLS and AUTH: what arrives is what is published", lambda world: what_arrives(world, "starttls")),
    ("implicit TLS: what arrives is what is published", lambda world: what_arrives(world, "implicit")),
    ("a wrong password", wrong_password),
    ("a server without encryption", no_encryption),
    ("certificates of another authority, or of another name", wrong_certificates),
    ("a server that is away for a while", server_away),
    ("4xx and 5xx for one of three readers", one_refused),
    ("a connection cut before the last dot", cut_before_the_last_dot),
    ("a connection cut after the last dot", cut_after_the_last_dot),
    ("a program killed after the last dot", killed_after_the_last_dot),
    ("a message that is too big for the server", too_big),
    ("six deliveries at once", many_at_once),
    ("a hostile name", hostile_names),
    ("two readers with other editions", editions),
]


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    # What the servers say is not what is tried here.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(folder))
        # The slow one mostly waits, so the others go on beside it.
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            slow = beside.submit(slow_answer, world)
            for name, play in [*SCENES, ("an answer that comes late", lambda _: slow.result())]:
                since = time.monotonic()
                try:
                    play(world)
                    verdict = "holds"
                except Exception as error:  # the other scenes are worth seeing too
                    failed += 1
                    verdict = f"FAILS: {type(error).__name__}: {error}"
                print(f"{time.monotonic() - since:5.1f} s  {name}: {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
