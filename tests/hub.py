"""A Hub of our own: serves one repository as the real one does, in this process."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git_sha(content: bytes) -> str:
    """How the Hub names a small file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub:
    """Serves the repository small/bark; counts what was asked of it.

    files: name → content. Weights are "large files" as on the Hub, known by their SHA-256.
    break_after: a weight file ends after so many bytes, as when the network goes; None is whole.
    ranges: whether a download can be taken up in the middle. refusal: its answer to other names.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []
        self.sent = 0  # bytes of weights
        self.break_after: int | None = None
        self.ranges = True
        self.refusal = 404
        self.damage = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer(body=False)

            def do_GET(self) -> None:
                self.answer(body=True)

            def answer(self, *, body: bool) -> None:
                hub.asked.append(f"{self.command} {self.path}")
                path = self.path.partition("?")[0]
                name = path.partition(f"/resolve/{COMMIT}/")[2]
                if path.startswith("/api/models/small/bark"):
                    self.reply(200, json.dumps(self.listing(self.path)).encode(), body)
                elif name in hub.files and path.startswith("/small/bark/"):
                    self.send_file(name, body)
                else:
                    self.reply(hub.refusal, b"{}", body)

            def listing(self, path: str) -> object:
                files = []
                for name, content in hub.files.items():
                    sizes = "/tree/" in path or "blobs=" in path  # as the Hub: for those who ask
                    file: dict[str, object] = {"size": len(content)} if sizes else {}
                    large: dict[str, object] = {"size": len(content), "pointerSize": 130}
                    large |= {"sha256": hash_of(name, content)}
                    if "/tree/" in path:
                        file |= {"type": "file", "path": name, "oid": git_sha(content)}
                        large["oid"] = large.pop("sha256")
                    else:
                        file |= {"rfilename": name, "blobId": git_sha(content)}
                    files.append(file | ({"lfs": large} if is_large(name) else {}))
                if "/tree/" in path:
                    return files
                return {"id": "small/bark", "sha": COMMIT, "siblings": files}

            def send_file(self, name: str, body: bool) -> None:
                content, start = hub.files[name], 0
                tag = hash_of(name, content)
                wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
                if wanted and hub.ranges:
                    start = int(wanted[1])
                    self.send_response(206)
                    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
                    self.send_header("Content-Range", span)
                else:
                    self.send_response(200)
                self.send_header("Content-Length", str(len(content) - start))
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("ETag", f'"{tag}"')
                self.end_headers()
                if body:
                    if is_large(name) and hub.damage:
                        content = bytes(len(content))
                    rest = content[start:]
                    if is_large(name) and hub.break_after is not None:
                        rest = rest[: hub.break_after]
                    self.wfile.write(rest)
                    hub.sent += len(rest) * is_large(name)
                    self.close_connection = True

            def reply(self, status: int, content: bytes, body: bool) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                if status == 404:
                    self.send_header("X-Error-Code", "RepoNotFound")
                self.end_headers()
                if body:
                    self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def is_large(name: str) -> bool:
    return name.endswith((".safetensors", ".bin"))


def hash_of(name: str, content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if is_large(name) else git_sha(content)
