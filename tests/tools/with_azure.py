#!/usr/bin/env python3
"""Runs a command beside a throw-away Azure Blob server on loopback: Azurite, from npm.

    python3 tests/tools/with_azure.py -- cargo test --lib real_store

The command finds the server through the usual AZURE_* variables and a container of its own through KARAT_TEST_STORE.
Azurite is installed into $KARAT_CACHE, by default ~/.cache/karat; it needs node and npm.
"""

import base64
import datetime
import hashlib
import hmac
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

AZURITE = "3.35.0"
# The account that every Azurite has; it is published with it and opens nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
CONTAINER = "karat-test"


def installed():
    """The server's script, installed once into the cache folder."""
    cache = pathlib.Path(os.environ.get("KARAT_CACHE") or pathlib.Path.home() / ".cache" / "karat")
    folder = cache / f"azurite-{AZURITE}"
    script = folder / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, f"azurite@{AZURITE}"],
            check=True, stdout=sys.stderr,
        )
    return script


def make_container(address):
    """Asks for a container; tells whether the server made it."""
    day = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
    version = "2021-08-06"
    headers = f"x-ms-date:{day}\nx-ms-version:{version}"
    signed = "PUT" + "\n" * 12 + f"{headers}\n/{ACCOUNT}/{ACCOUNT}/{CONTAINER}\nrestype:container"
    mark = hmac.new(base64.b64decode(KEY), signed.encode(), hashlib.sha256).digest()
    request = urllib.request.Request(
        f"{address}/{CONTAINER}?restype=container",
        method="PUT",
        headers={
            "x-ms-date": day, "x-ms-version": version, "Content-Length": "0",
            "Authorization": f"SharedKey {ACCOUNT}:{base64.b64encode(mark).decode()}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 201
    except urllib.error.HTTPError as error:
        raise SystemExit(f"the server refuses the container: {error}") from error
    except OSError:
        return False


def main():
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if not command:
        raise SystemExit(__doc__)
    # A stop ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/{ACCOUNT}"
    server = subprocess.Popen(
        [
            "node", installed(), "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--inMemoryPersistence",
            "--blobHost", "127.0.0.1", "--blobPort", str(port),
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            if make_container(address):
                break
            if server.poll() is not None:
                raise SystemExit("the Azure server ended by itself")
            time.sleep(0.5)
        else:
            raise SystemExit("the Azure server does not become ready")
        environment = {
            **os.environ,
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            "AZURE_ENDPOINT": address,
            "KARAT_TEST_ROUNDS": "5",
            "KARAT_TEST_STORE": f"az://{CONTAINER}/trial",
        }
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
