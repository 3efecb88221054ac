#!/usr/bin/env python3
"""Runs the real program beside stores that are not what they should be: expired, archived, not trusted, or elsewhere.

    . tests/tools/python.sh && install_tools
    "$TOOLS/python3" tests/tools/stores.py KARAT [SCENE…]

A server on loopback speaks as much of S3 as a run needs, in path style, and follows a script. Each scene says which faults of
../faults.md it tries. Uses the small project of kills.py; needs the same packages.
"""

import datetime
import hashlib
import http.server
import json
import re
import ssl
import sys
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

import trustme

import faults
from faults import Copy

KEY, SECRET, TOKEN = "AKIACANARYKEY", "canary-secret-of-the-store", "canary-token-of-the-session"


class Request(http.server.BaseHTTPRequestHandler):
    """One request to a bucket that lies in memory."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, message):
        # A real store repeats what it was given.
        text = f"<Code>{code}</Code><Message>{message}</Message><Token-0>{TOKEN}</Token-0><AWSAccessKeyId>{KEY}</AWSAccessKeyId>"
        self.answer(status, f'<?xml version="1.0"?><Error>{text}</Error>'.encode(), Content_Type="application/xml")

    def handle_one(self):
        server = self.server
        address = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(address.query, keep_blank_values=True)
        _, _, key = urllib.parse.unquote(address.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with server.lock:
            server.requests.append((self.command, key))
            deed = server.script(self, len(server.requests), key)
        if callable(deed):
            return deed(self)
        if self.command == "GET" and "list-type" in query:
            return self.list(query.get("prefix", [""])[0])
        if self.command == "POST" and "delete" in query:
            names = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for name in names:
                server.objects.pop(name, None)
            gone = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
            return self.answer(200, f'<?xml version="1.0"?><DeleteResult>{gone}</DeleteResult>'.encode())
        with server.lock:
            there = server.objects.get(key)
            if self.command == "PUT":
                if there is not None and self.headers.get("If-None-Match") == "*":
                    return self.refuse(412, "PreconditionFailed", "it is there")
                server.objects[key] = body
                return self.answer(200, ETag=tag(body))
            if self.command == "DELETE":
                server.objects.pop(key, None)
                return self.answer(204)
        if there is None:
            return self.refuse(404, "NoSuchKey", "it is not there")
        wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        headers = {"ETag": tag(there), "Last_Modified": "Wed, 01 Jan 2025 00:00:00 GMT"}
        part = there
        if wanted:
            first, last = map(int, wanted.groups())
            part = there[first : last + 1]
            headers["Content_Range"] = f"bytes {first}-{first + len(part) - 1}/{len(there)}"
        self.answer(206 if wanted else 200, part, Content_Length=str(len(part)), **headers)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_one

    def list(self, prefix):
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><ETag>{escape(tag(content))}</ETag>"
            "<LastModified>2025-01-01T00:00:00.000Z</LastModified></Contents>"
            for key, content in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        text = f'<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>'
        self.answer(200, text.encode(), Content_Type="application/xml")


def tag(content):
    return f'"{hashlib.md5(content).hexdigest()}"'


def sound(_request, _number, _key):
    return None


def refused(status, code, message):
    return lambda request: request.refuse(status, code, message)


class Store:
    """A server, and a copy of the project that reads from it or publishes to it."""

    def __init__(self, script=sound, reads=False, publishes=False, certificate=None):
        self.copy = Copy()
        self.server = server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
        server.daemon_threads, server.handle_error = True, lambda *_: None
        server.objects, server.requests, server.script, server.lock = {}, [], script, threading.RLock()
        scheme = "http"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.address = f"{scheme}://localhost:{server.server_port}"
        self.copy.environment = {
            "AWS_ENDPOINT": self.address, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN,
        }
        path = self.copy.folder / "config.yaml"
        text = path.read_text()
        if reads:
            (file, *_) = sorted((self.copy.folder / "order_lines").rglob("*.parquet"))
            server.objects["orders/orders.parquet"] = file.read_bytes()
            text = text.replace("location: order_lines/", "location: s3://bucket/orders/", 1)
        if publishes:
            text = text.replace("location: output/", "location: s3://bucket/published/", 1)
        path.write_text(text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.copy.__exit__()

    def run(self, code, *words, most=60):
        """Runs the program; expects an exit code, words of the failure, an end within so many seconds, and no secret."""
        started = time.monotonic()
        process = self.copy.start()
        stdout, stderr = process.communicate(timeout=300)
        assert not [secret for secret in (SECRET, TOKEN) if secret in stdout + stderr], "a secret is told"
        status = faults.judged(process.returncode, stdout, stderr, code)
        took = time.monotonic() - started
        assert took < most, f"it took {took:.0f} s: {status}"
        if code != 0:
            missing = [word for word in words if word not in json.dumps(status)]
            assert not missing, f"{missing} in {status}"
            assert not [key for key in self.server.objects if "/log/" in key], "something is visible"
            self.copy.nothing_private()
        return status


def credentials_expire():
    """F40: credentials that last no longer than a part of the run; those of a role are renewed in time."""
    expired = refused(400, "ExpiredToken", "The provided token has expired.")
    # While it reads: a listing, or the object itself.
    for first in [1, 2]:
        with Store(lambda _, number, key, first=first: expired if number >= first else None, reads=True) as store:
            status = store.run(4, "not allowed to", "s3://bucket/orders", "ExpiredToken", "credentials have expired", most=30)
            assert status["retryable"] and len(store.server.requests) <= first + 1, (status, store.server.requests)
    # While it publishes: a file; the entry of the log.
    for what in ["/report.html", "/log/0"]:
        def script(request, _, key, what=what):
            return expired if what in key and request.command == "PUT" else None
        with Store(script, publishes=True) as store:
            status = store.run(6, "not allowed to", "s3://bucket/published", "ExpiredToken", "credentials have expired", most=30)
            assert status["retryable"], status
            store.server.script = sound
            store.run(0)
    # A role: each key counts for a second, and the next is fetched in time.
    issued = {}

    def role(request, _, key):
        if key == "role":
            name = f"{KEY}{len(issued)}"
            issued[name] = time.monotonic()
            until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
            text = {"AccessKeyId": name, "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
            return lambda request: request.answer(200, json.dumps(text).encode(), Content_Type="application/json")
        name = re.search(r"Credential=(\w+)/", request.headers.get("Authorization", "")).group(1)
        return expired if time.monotonic() - issued[name] > 1 else None

    with Store(role, reads=True, publishes=True) as store:
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]:
            del store.copy.environment[name]
        (store.copy.folder / "token").write_text("canary")
        store.copy.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{store.address}/bucket/role"
        store.copy.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(store.copy.folder / "token")
        store.run(0)
        first, *_, last = issued.values()
        assert last - first > 1, f"{len(issued)} keys within {last - first:.1f} s: none had to be renewed"
        assert any(key.startswith("published/log/") for key in store.server.objects), "nothing is published"
    return f"{len(issued)} keys of a role"


def not_trusted():
    """F41: a certificate of an unknown authority, or for another name: told at once; one that the machine trusts is taken."""
    authority = trustme.CA()
    for certificate, word in [(authority.issue_cert("localhost"), "UnknownIssuer"), (authority.issue_cert("example.com"), "not valid for name")]:
        for reads, code in [(True, 4), (False, 6)]:
            with Store(reads=reads, publishes=not reads, certificate=certificate) as store:
                if word == "not valid for name":
                    trust(store, authority)
                store.run(code, "s3://bucket/", word, "Certificates are always checked", most=20)
                assert not store.server.requests, "it was talked to"
    with Store(reads=True, publishes=True, certificate=authority.issue_cert("localhost")) as store:
        trust(store, authority)
        store.run(0)


def trust(store, authority):
    authority.cert_pem.write_to_path(str(store.copy.folder / "ca.pem"))
    store.copy.environment["SSL_CERT_FILE"] = str(store.copy.folder / "ca.pem")


def led_away():
    """F42: a redirect to another server is refused and named, and that server hears nothing; one to the same server is followed."""
    for status in [302, 307]:
        with Store() as other:
            def away(request, *_, status=status):
                to = f"{other.address}{request.path}?signature=canary"
                return lambda request: request.answer(status, Location=to)
            for reads, code in [(True, 4), (False, 6)]:
                with Store(away, reads=reads, publishes=not reads) as store:
                    told = store.run(code, "leads away", other.address, "write its address into config.yaml", most=20)
                    assert "canary" not in json.dumps(told) and not told["retryable"], told
            assert not other.server.requests, other.server.requests
    # A plain web server that has the file in another of its places.
    def moved(request, _, key):
        to = request.path.replace("/old/", "/new/")
        return (lambda request: request.answer(302, Location=to)) if request.path.startswith("/old/") else None
    for is_same in [True, False]:
        with Store(reads=True) as other, Store(moved if is_same else away_to(other), reads=True) as store:
            path = store.copy.folder / "config.yaml"
            old = f"{store.address}/old/orders/orders.parquet"
            path.write_text(path.read_text().replace("location: s3://bucket/orders/", f"location: {old}", 1))
            if is_same:
                store.run(0)
            else:
                store.run(4, "leads away", other.address, most=20)
                assert not other.server.requests, other.server.requests


def away_to(other):
    return lambda request, *_: lambda request: request.answer(302, Location=f"{other.address}{request.path}")


def archived():
    """F43: an object that must be restored before it can be read."""
    def script(request, _, key):
        is_read = key.endswith(".parquet") and request.command == "GET"
        message = "The operation is not valid for the object's storage class"
        return refused(403, "InvalidObjectState", message) if is_read else None
    with Store(script, reads=True) as store:
        status = store.run(4, "orders.parquet", "InvalidObjectState", "restore it", most=20)
        assert not status["retryable"], status


SCENES = [credentials_expire, not_trusted, led_away, archived]

if __name__ == "__main__":
    sys.exit(faults.main(SCENES, __doc__))
