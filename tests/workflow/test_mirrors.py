"""Mirrors on loopback: good, redirecting, a web page, without the file, refusing, silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from envdoc.host.local import LocalHost
from envdoc.knowledge.tables import load
from envdoc.model.finding import Finding
from envdoc.model.machine import Machine, MirrorAnswer, OperatingSystem, Serves, System
from envdoc.probe.mirrors import Place, Wanted, measure
from envdoc.rules.mirrors import best, better_than

WANTED = Wanted("2.8.0+cu128", "3.12", System.WINDOWS, "x86_64")
LISTING = (
    '<a href="../torch-2.8.0%2Bcu128-cp312-cp312-win_amd64.whl#sha256=0">x</a>'
    '<a href="torch-2.8.0%2Bcu128-cp312-cp312-manylinux_2_28_x86_64.whl">x</a>'
)
OLD = '<a href="torch-2.7.0%2Bcu128-cp312-cp312-win_amd64.whl">x</a>'
PORTAL = "<!doctype html><html><body>Please <a href='/login'>log in</a></body></html>"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "redirects":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/good/{rest}")
            self.end_headers()
            return
        if kind == "slow":
            time.sleep(3)
        body = {"good": LISTING, "old": OLD, "portal": PORTAL}.get(kind, "")
        if rest.endswith("config.json") and kind == "good":
            body = '{"model_type": "gpt2"}'
        if rest.endswith(".zst") and kind == "good":
            body = "compressed"
        if rest.endswith("LICENSE") and kind == "good":
            body = "MIT License"
        self.send_response(200 if body else 403)
        self.send_header("Content-Type", "text/html" if body.startswith("<") else "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def root() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("kind", "serves", "host"),
    [
        ("good", Serves.FILE, ""),
        ("redirects", Serves.FILE, "localhost"),
        ("old", Serves.LACKS, ""),
        ("portal", Serves.WEB_PAGE, ""),
        ("refuses", Serves.REFUSES, ""),
        ("slow", Serves.SILENT, ""),
    ],
)
def test_what_a_mirror_does_is_told_apart(root: str, kind: str, serves: Serves, host: str) -> None:
    limit = 1 if serves is Serves.SILENT else 60  # a busy machine may take seconds to send a request at all
    (told,) = measure(LocalHost(), (Place("pytorch", kind, f"{root}/{kind}"),), WANTED, timeout=limit)
    assert (told.serves, told.host) == (serves, host)
    assert told.wanted == ("" if serves is Serves.SILENT else "torch 2.8.0+cu128 for Python 3.12")


def test_the_wheel_of_another_platform_or_python_is_not_the_wanted_one(root: str) -> None:
    for other in (Wanted("2.8.0+cu128", "3.11", System.WINDOWS, "x86_64"), Wanted("2.8.0", "3.12", *_linux())):
        (told,) = measure(LocalHost(), (Place("pytorch", "good", f"{root}/good"),), other, timeout=5)
        assert told.serves is Serves.LACKS


def _linux() -> tuple[System, str]:
    return System.LINUX, "x86_64"


@pytest.mark.parametrize("of", ["huggingface", "github", "conda"])
def test_places_without_listings_are_asked_for_a_small_file(root: str, of: str) -> None:
    tail = "/" if of == "github" else ""
    places = tuple(Place(of, kind, f"{root}/{kind}{tail}") for kind in ("good", "portal", "refuses"))
    told = measure(LocalHost(), places, None, timeout=5)
    assert [each.serves for each in told] == [Serves.FILE, Serves.WEB_PAGE, Serves.REFUSES]


def test_all_are_asked_at_once_and_the_slow_ones_bound_it(root: str) -> None:
    places = tuple(Place("pytorch", str(n), f"{root}/slow") for n in range(12))
    began = time.monotonic()
    told = measure(LocalHost(), places, WANTED, timeout=1)
    assert {each.serves for each in told} == {Serves.SILENT}
    assert time.monotonic() - began < 6  # 12 s one after the other


def test_credentials_in_an_address_are_told_to_nobody(root: str) -> None:
    url = f"{root}/refuses".replace("http://", "http://me:s3cr3t@")
    told = measure(LocalHost(), (Place("pypi", "configured", url),), None, timeout=5)
    assert "s3cr3t" not in repr(told)


def answer(name: str, serves: Serves = Serves.FILE, **more: object) -> MirrorAnswer:
    values = {"of": "pypi", "name": name, "url": f"https://{name}.example/simple", "wanted": "pip", **more}
    return MirrorAnswer(serves=serves, **values)  # type: ignore[arg-type]


def test_the_best_serves_itself_and_is_quick() -> None:
    slow, quick, sends = answer("slow", seconds=2.0), answer("quick", seconds=0.2), answer("s", host="o", seconds=0.1)
    assert best([slow, sends, answer("x", Serves.LACKS), quick]) == (quick, slow, sends)


@pytest.mark.parametrize(
    ("now", "mirror", "taken"),
    [
        (answer("official", seconds=1.0), answer("m", seconds=0.1), False),  # quick enough
        (answer("official", seconds=4.0), answer("m", seconds=0.5), True),
        (answer("official", seconds=4.0), answer("m", seconds=3.0), False),
        (answer("official", Serves.SILENT), answer("m", seconds=3.0), True),
        (answer("official", Serves.SILENT), answer("m", Serves.WEB_PAGE), False),
        (answer("official", Serves.SILENT), answer("m", of="conda"), False),
    ],
)
def test_when_a_mirror_is_proposed(now: MirrorAnswer, mirror: MirrorAnswer, taken: bool) -> None:
    assert better_than(now, (now, mirror)) == (mirror if taken else None)


def findings(*answers: MirrorAnswer, system: System = System.LINUX) -> tuple[Finding, ...]:
    from envdoc.doctor import Case, examine

    machine = Machine(OperatingSystem(system, "x86_64"), mirrors=answers)
    return examine(Case(machine, load()), only=("mirrors",)).findings


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (answer("configured", Serves.WEB_PAGE), "source-web-page"),
        (answer("configured", Serves.LACKS), "source-lacks-file"),
        (answer("configured", Serves.REFUSES, detail="HTTP 403"), "source-refuses"),
        (answer("configured", Serves.SILENT, detail="no answer in 8 s"), "source-silent"),
        (answer("configured", host="pypi.org"), "source-redirects"),
        (answer("configured", seconds=6.0), "mirror-better"),
    ],
)
def test_each_is_a_finding_with_the_exact_setting(now: MirrorAnswer, code: str) -> None:
    (told,) = findings(now, answer("tuna", seconds=0.3))
    assert told.code == code
    if code != "source-redirects":
        assert [each.command for each in told.remediation.commands] == [
            "export UV_DEFAULT_INDEX=https://tuna.example/simple",
            "export PIP_INDEX_URL=https://tuna.example/simple",
        ]
    assert any("tuna" in line for line in told.evidence)


def test_hugging_face_behind_a_mirror_needs_xet_off_too() -> None:
    now = answer("official", Serves.SILENT, of="huggingface")
    (told,) = findings(now, answer("hf-mirror", of="huggingface", url="https://hf-mirror.com"), system=System.WINDOWS)
    assert 'set "HF_ENDPOINT=https://hf-mirror.com"' in [each.command for each in told.remediation.commands]
    assert 'set "HF_HUB_DISABLE_XET=1"' in [each.command for each in told.remediation.commands]


@pytest.mark.parametrize("configured", [False, True])
def test_cn_stands_for_the_tables_mirrors_and_leaves_what_is_configured(
    monkeypatch: pytest.MonkeyPatch, configured: bool
) -> None:
    from envdoc.workflow.sources import source_states

    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "ENVDOC_PYTORCH_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple" if configured else "")
    names = [state.source.name for state in source_states(LocalHost(), ("cn",), online=False)]
    mirrors = ["mirror:aliyun", "mirror:nju", "mirror:sjtu"]
    assert names == [*mirrors, *([] if configured else ["mirror:tuna"]), "pytorch", "pypi"]


def test_what_serves_well_is_no_finding() -> None:
    assert findings(answer("official", seconds=0.2), answer("tuna", seconds=0.1)) == ()
