"""Downloads: gone on with after a break, begun anew where the server cannot, never half under the file's name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from envdoc.host.download import download

BODY = bytes(range(256)) * 4000
DIGEST = hashlib.sha256(BODY).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves BODY. `breaks_at`: bytes after which the connection ends, once; `ranges`: whether it knows parts."""

    breaks_at: int | None = None
    ranges = True
    asked: list[str]
    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.ranges else 0
        if start > len(BODY):
            self.send_response(416)
            self.end_headers()
            return
        self.send_response(206 if wanted and self.server.ranges else 200)
        if wanted and self.server.ranges:
            self.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        at, self.server.breaks_at = self.server.breaks_at, None
        self.wfile.write(BODY[start:at] if at else BODY[start:])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as made:
        made.asked = []
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        made.shutdown()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/file"


def test_a_broken_download_is_gone_on_with(server: Server, tmp_path: Path) -> None:
    server.breaks_at = 300_000
    target = tmp_path / "file"
    got = download(url(server), str(target), 20, 1 << 24, resume=True)
    assert not got.known
    assert not target.exists()
    kept = (tmp_path / "file.part").read_bytes()
    assert len(kept) > 200_000
    assert BODY.startswith(kept)
    assert download(url(server), str(target), 20, 1 << 24, resume=True).value == DIGEST
    assert server.asked == ["", f"bytes={len(kept)}-"]
    assert target.read_bytes() == BODY
    assert not (tmp_path / "file.part").exists()


def test_without_resume_nothing_of_half_a_file_is_left(server: Server, tmp_path: Path) -> None:
    server.breaks_at = 3000
    assert not download(url(server), str(tmp_path / "file"), 20, 1 << 24).known
    assert list(tmp_path.iterdir()) == []


def test_a_server_without_parts_sends_it_all_anew(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    (tmp_path / "file.part").write_bytes(b"what another run left")
    assert download(url(server), str(tmp_path / "file"), 20, 1 << 24, resume=True).value == DIGEST


def test_what_is_longer_than_the_file_is_no_beginning_of_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"x" * (len(BODY) + 9))
    got = download(url(server), str(tmp_path / "file"), 20, 1 << 24, resume=True)
    assert "no beginning" in got.detail
    assert download(url(server), str(tmp_path / "file"), 20, 1 << 24, resume=True).value == DIGEST


def test_the_bound_counts_what_was_there_too(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(BODY[:5000])
    got = download(url(server), str(tmp_path / "file"), 20, 800_000, resume=True)
    assert "longer than 800000 bytes" in got.detail


def test_a_file_of_this_machine_is_copied(tmp_path: Path) -> None:
    (tmp_path / "a b.whl").write_bytes(BODY)
    target = tmp_path / "copy"
    assert download((tmp_path / "a b.whl").as_uri(), str(target), 20, 1 << 24).value == DIGEST
    assert target.read_bytes() == BODY
    assert not download((tmp_path / "none").as_uri(), str(target), 20, 1 << 24).known
