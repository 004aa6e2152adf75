"""A web server on this machine that can be told to misbehave, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Server:
    """What it serves and how; a test changes it between requests."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    """By their paths."""
    ranges: bool = True
    """Whether it knows how to send a part."""
    tagged: bool = True
    """Whether it says which version of a file it sends."""
    sized: bool = True
    """Whether it says how large a file is."""
    cuts: list[int] = field(default_factory=list)
    """After how many bytes the next answers break off."""
    shift: int = 0
    """By how many bytes a part begins before what was asked for."""
    headers: dict[str, str] = field(default_factory=dict)
    """Said with every answer, in the place of its own."""
    before: Callable[[], object] = lambda: None
    """Called before it answers."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The headers of all requests."""

    def url(self, path: str) -> str:
        return self.address + path


class _Answers(http.server.BaseHTTPRequestHandler):
    shelf: Server

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def do_GET(self) -> None:
        shelf = self.shelf
        shelf.asked.append(dict(self.headers))
        shelf.before()
        content = shelf.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        begin = self._begin(tag)
        if begin >= len(content) > 0:
            self.send_error(416)
            return
        said = {"Content-Length": str(len(content) - begin)} if shelf.sized else {}
        if shelf.tagged:
            said["ETag"] = tag
        if begin:
            said["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        self.send_response(206 if begin else 200)
        for name, value in {**said, **shelf.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        cut = shelf.cuts.pop(0) if shelf.cuts else len(content)
        with contextlib.suppress(ConnectionError):  # who asked has heard enough
            self.wfile.write(content[begin:][:cut])

    def _begin(self, tag: str) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if found is None or not self.shelf.ranges or self.headers.get("If-Range", tag) != tag:
            return 0
        return int(found[1]) - self.shelf.shift


@contextlib.contextmanager
def served(**files: bytes) -> Iterator[Server]:
    """A server of these files, each under its name with a slash before it."""
    shelf = Server(files={f"/{name}": content for name, content in files.items()})
    answers = type("Answers", (_Answers,), {"shelf": shelf})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), answers) as server:
        shelf.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield shelf
        finally:
            server.shutdown()
            thread.join()
