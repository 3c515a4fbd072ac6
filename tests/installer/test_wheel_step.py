"""A wheel from a URL, really fetched from loopback into a real environment: whole, cut off, changed, broken."""

from __future__ import annotations

import hashlib
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from loopback import Wheel, wheel

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.installer import Options
from envdoc.installer.dists import versions
from envdoc.installer.folder import folder_of, read_table
from envdoc.model.plan import InstallWheel, MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.results import InstallResult, ProofResult, ProofStatus

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
GOOD = "__version__ = '2.8.3'\n"
# torch is not there in these environments: one that says that there is no GPU
TORCH = {"torch/__init__.py": "class cuda:\n    is_available = staticmethod(lambda: False)\n"}
LOCAL = "2.8.3+cu128torch2.7"


def flash(code: str = GOOD, version: str = LOCAL) -> Wheel:
    return wheel("flash-attn", version, {"flash_attn/__init__.py": code, **TORCH})


class Shop:
    """Serves one body under any path; `cut` closes the connection after so many bytes; counts requests."""

    def __init__(self) -> None:
        self.body, self.cut, self.asked = b"", 0, 0
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.asked += 1
                self.send_response(200 if shop.body else 404)
                self.send_header("Content-Length", str(len(shop.body)))
                self.end_headers()
                self.wfile.write(shop.body[: shop.cut] if shop.cut else shop.body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1/{name.replace('+', '%2B')}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    started = Shop()
    yield started
    started.server.shutdown()
    started.server.server_close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def install(
    root: Path, shop: Shop, served: Wheel, sha256: str = "", most_mib: int = 8, engine: str = "uv"
) -> InstallResult:
    step = InstallWheel(
        "flash-attn",
        "Install flash-attn",
        "flash-attn",
        "2.8.3",
        shop.url(served.name),
        sha256,
        "mjun0812",
        most_mib=most_mib,
    )
    steps = (ProvidePython(MINOR, (sys.executable,)), MakeEnvironment(str(root)), step, Prove(("import:flash_attn",)))
    passed = (ProofResult("import:flash_attn", "import", ProofStatus.PASSED),)
    cache = Options(engine=engine, cache=str(root.parent / "cache"))
    plan = Plan(str(root), "test", steps)
    return installer.execute(plan, LocalHost(), cache, on_event=lambda _: None, prove=lambda *_: passed)


def codes(result: InstallResult) -> list[str]:
    return [finding.code for finding in result.findings]


def present(root: Path) -> bool:
    return "flash-attn" in versions(folder_of(str(root), LocalHost().system).site_packages)


def recorded(root: Path) -> dict[str, str]:
    return read_table(root / ".envdoc" / "wheels.json")


@pytest.mark.parametrize("engine", ["uv", "pip"])
def test_a_wheel_is_fetched_hashed_installed_and_tried(tmp_path: Path, shop: Shop, engine: str) -> None:
    good = flash()
    shop.body = good.content
    root = tmp_path / "env"
    result = install(root, shop, good, engine=engine)
    digest = hashlib.sha256(good.content).hexdigest()
    (step,) = [each for each in result.steps if each.id == "flash-attn"]
    assert (result.usable, codes(result), step.detail) == (True, [], f"{good.name}, sha256 {digest}")
    assert (present(root), recorded(root)) == (True, {good.name: digest})
    assert not list((root / ".envdoc" / "steps" / "flash-attn").glob("*.whl*"))
    assert install(root, shop, good, engine=engine).usable
    assert shop.asked == 1  # the second run does nothing


def test_a_known_hash_that_differs_installs_nothing(tmp_path: Path, shop: Shop) -> None:
    good = flash()
    shop.body = good.content
    result = install(tmp_path / "env", shop, good, sha256="0" * 64)
    assert (codes(result), present(tmp_path / "env"), recorded(tmp_path / "env")) == (
        ["wheel-hash-mismatch"],
        False,
        {},
    )


def uninstalled(root: Path) -> None:
    """As a user does who removes it by hand."""
    site = folder_of(str(root), LocalHost().system).site_packages
    assert site is not None
    for path in site.glob("flash_attn-*"):
        shutil.rmtree(path)


def test_a_recorded_hash_holds_for_later_downloads(tmp_path: Path, shop: Shop) -> None:
    good, other = flash(), flash(GOOD + "changed = True\n")
    shop.body = good.content
    root = tmp_path / "env"
    assert install(root, shop, good).usable
    uninstalled(root)
    shop.body = other.content
    assert codes(install(root, shop, good)) == ["wheel-hash-mismatch"]


@pytest.mark.parametrize(
    ("body", "cut", "most_mib"),
    [
        (flash().content, 100, 8),  # half a download
        (b"<!DOCTYPE html><title>Log in</title>", 0, 8),  # a captive portal
        (b"", 0, 8),  # 404
        (b"PK" + bytes(3 << 20), 0, 2),  # larger than the bound
    ],
    ids=["half", "page", "gone", "large"],
)
def test_what_is_no_whole_wheel_is_refused(tmp_path: Path, shop: Shop, body: bytes, cut: int, most_mib: int) -> None:
    shop.body, shop.cut = body, cut
    root = tmp_path / "env"
    result = install(root, shop, flash(), most_mib=most_mib)
    assert (codes(result), present(root), recorded(root), result.usable) == (["wheel-not-fetched"], False, {}, False)
    assert not list((root / ".envdoc" / "steps" / "flash-attn").glob("*"))
    shop.body, shop.cut = flash().content, 0
    assert install(root, shop, flash()).usable  # the same command goes on


@pytest.mark.parametrize("engine", ["uv", "pip"])
@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("raise ImportError('flash_attn_2_cuda.so: undefined symbol: _ZN3c105ErrorC2E')", "undefined symbol"),
        ("import os; os._exit(139)", ""),
    ],
    ids=["import", "dies"],
)
def test_what_does_not_run_is_taken_away_again(tmp_path: Path, shop: Shop, code: str, word: str, engine: str) -> None:
    bad = flash(code)
    shop.body = bad.content
    root = tmp_path / "env"
    result = install(root, shop, bad, engine=engine)
    assert (codes(result), present(root), recorded(root), result.usable) == (["wheel-does-not-run"], False, {}, False)
    (finding,) = result.findings
    assert word in " ".join(finding.evidence)


def test_a_file_whose_inside_is_another_version_is_taken_away(tmp_path: Path, shop: Shop) -> None:
    shop.body = flash(version="2.7.0+cu128torch2.7").content
    result = install(tmp_path / "env", shop, flash())
    assert not result.usable
    assert not present(tmp_path / "env")
