"""Tiny valid wheels, and a package index on loopback that serves them and can go away midway.

    with Index(folder) as index:
        index.add("cu128", wheel("torch", "2.7.1+cu128", {"torch/version.py": "…"}, requires=("numpy",)))
        index.url("cu128")     # http://127.0.0.1:PORT/cu128/          PEP 503: --index-url
        index.links("cu128")   # http://127.0.0.1:PORT/links/cu128/    one flat page: --find-links

Each name ("cu128", "pypi", …) is an index of its own. `index.asked` lists the paths that were asked for.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import quote, unquote

TORCH_VERSION = """\
from typing import Optional

__version__ = {version!r}
debug = False
cuda: Optional[str] = {cuda!r}
git_version = 'x'
hip: Optional[str] = None
"""


@dataclass(frozen=True)
class Wheel:
    """A wheel file: its name and bytes."""

    name: str
    project: str
    content: bytes


def wheel(
    name: str,
    version: str,
    files: Mapping[str, str | bytes] | None = None,
    *,
    requires: tuple[str, ...] = (),
    scripts: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
) -> Wheel:
    """A valid wheel of the distribution `name`, with `files` beside a module of that name."""
    module = re.sub(r"[-_.]+", "_", name)
    folder = f"{module}-{version}.dist-info"
    inside: dict[str, bytes] = {f"{module}/__init__.py": f"__version__ = {version!r}\n".encode()}
    inside |= {path: text if isinstance(text, bytes) else text.encode() for path, text in (files or {}).items()}
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    inside[f"{folder}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode()
    inside[f"{folder}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    if scripts:
        points = "".join(f"{script} = {target}\n" for script, target in scripts.items())
        inside[f"{folder}/entry_points.txt"] = f"[console_scripts]\n{points}".encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in inside.items())
    inside[f"{folder}/RECORD"] = (record + f"{folder}/RECORD,,\n").encode()
    return Wheel(f"{module}-{version}-{tag}.whl", name, _zip(inside))


def torch_wheel(version: str, *, requires: tuple[str, ...] = ()) -> Wheel:
    """A torch of this version, whose `torch/version.py` names the CUDA of its local tag."""
    found = re.search(r"\+cu(\d+)(\d)$", version)
    cuda = f"{found[1]}.{found[2]}" if found else None
    return wheel(
        "torch", version, {"torch/version.py": TORCH_VERSION.format(version=version, cuda=cuda)}, requires=requires
    )


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


@dataclass
class Index:
    """Several indexes on one loopback server. `fail_after`: requests of files until it goes away, None: never."""

    user: str = ""  # "me:token": then basic authentication is asked for
    refusal: int = 401  # what others get
    shelves: dict[str, dict[str, Wheel]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fail_after: int | None = None
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Index:
        index = self

        class Handler(_Handler):
            shop = index

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Go away: later requests are refused by the system."""
        self.server.shutdown()
        self.server.server_close()

    def add(self, shelf: str, *wheels: Wheel) -> None:
        self.shelves.setdefault(shelf, {}).update({each.name: each for each in wheels})

    def root(self, *, credentials: bool = False) -> str:
        at = f"{self.user}@" if credentials and self.user else ""
        return f"http://{at}127.0.0.1:{self.server.server_address[1]}"

    def url(self, shelf: str, *, credentials: bool = False) -> str:
        return f"{self.root(credentials=credentials)}/{shelf}/"

    def links(self, shelf: str) -> str:
        return f"{self.root()}/links/{shelf}/"

    def served(self) -> list[str]:
        """The wheels that were downloaded, as `shelf/file`."""
        return [path.removeprefix("/files/") for path in self.asked if path.startswith("/files/")]


class _Handler(BaseHTTPRequestHandler):
    shop: Index
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(self.path)
        if self.command == "GET":
            self.shop.asked.append(path)
        if self.shop.user and self.headers.get("Authorization") != _basic(self.shop.user):
            self._answer(self.shop.refusal, b"", "text/plain")
            return
        parts = [part for part in path.split("/") if part]
        if parts[:1] == ["files"] and self._gone():
            self.close_connection = True
            self.connection.close()
            return
        content, kind = self._content(parts)
        self._answer(200 if content is not None else 404, content or b"", kind)

    def _gone(self) -> bool:
        if self.shop.fail_after is None:
            return False
        self.shop.fail_after -= self.command == "GET"
        return self.shop.fail_after < 0

    def _content(self, parts: list[str]) -> tuple[bytes | None, str]:
        if parts[:1] == ["files"] and len(parts) == 3:
            found = self.shop.shelves.get(parts[1], {}).get(parts[2])
            return (found.content if found else None), "application/octet-stream"
        if parts[:1] == ["links"]:
            return self._page(parts[1], list(self.shop.shelves.get(parts[1], {}).values())), "text/html"
        if len(parts) == 2:
            wanted = [
                each for each in self.shop.shelves.get(parts[0], {}).values() if _normal(each.project) == parts[1]
            ]
            return (self._page(parts[0], wanted) if wanted else None), "text/html"
        return None, "text/plain"

    def _page(self, shelf: str, wheels: list[Wheel]) -> bytes:
        links = "".join(
            f'<a href="/files/{shelf}/{quote(each.name)}#sha256={hashlib.sha256(each.content).hexdigest()}">'
            f"{each.name}</a><br>\n"
            for each in wheels
        )
        return f"<!DOCTYPE html><html><body>\n{links}</body></html>\n".encode()

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
